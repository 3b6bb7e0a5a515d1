"""Reports of the geostatistical jobs."""
from ..reports.figures import (
    calibration_figure,
    change_figure,
    histogram_figure,
    map_figure,
    predicted_observed_figure,
    residual_map_figure,
    short_variogram_figure,
    variogram_figure,
)
from ..reports.page import Page
from ..versions import versions
from .inputs import angles, metres
from .scores import calibration, score_rows
from .tiles import grid_shape

PACKAGES = ("numpy", "scipy", "numba", "pykrige", "scikit-fem", "pyamg")
HIDDEN = ("grid", "variogram", "threads", "units", "fields")


def variogram_report(job, field, fit, validation, warnings):
    """HTML report of a fitted variogram."""
    variogram = fit.variogram
    page = _page(f"Variogram of {field.name}", job, [field], warnings)
    page.number("Nugget / sill", variogram.nugget / variogram.sill)
    page.number("Longest range", max(max(s.ranges) for s in variogram.structures), "m")
    _add_fit(page, field, fit)
    _add_validation(page, validation.grouped[0], validation.single[0], validation.kind)
    return _finished(page, job)


def kriging_report(job, gridding, bands, warnings):
    """HTML report of kriged grades."""
    page = _page(f"Kriging of {', '.join(bands.fields)}", job, gridding.fields, warnings)
    _add_fields(page, job, gridding, bands, "estimate")
    return _finished(page, job)


def flux_report(job, gridding, bands, notes, warnings):
    """HTML report of flux gradients; ``notes`` say what the flux law did."""
    page = _page(f"Flux gradients of {', '.join(bands.fields)}", job, gridding.fields, warnings)
    page.text(
        "Gradients are in units of the field per metre and belong to the kriged grade without its nugget. Azimuth is "
        "the horizontal direction in which the grade rises, clockwise from north; plunge is negative downwards. "
        "Standard deviations say how well a gradient is known: where the magnitude is less than about twice its "
        "standard deviation, its direction is little more than a guess.")
    if notes:
        page.section("Law of flux")
        page.text(*notes)
        _add_changes(page, job, bands)
    _add_fields(page, job, gridding, bands, "magnitude")
    return _finished(page, job)


def indicator_report(job, runs, bands, warnings):
    """HTML report of indicator kriging."""
    page = _page(f"Indicator kriging of {', '.join(bands.fields)}", job, [run.field for run in runs], warnings)
    for run in runs:
        page.section(run.field.name)
        page.text(f"Cut-offs: {', '.join(f'{cutoff:g}' for cutoff in run.cutoffs)}. Engine: {run.engine}.")
        page.table(("Structure", "Share of the indicator variance", "Ranges (m)", "Azimuth, dip, rake"),
                   _structures(run.variogram), "Indicator variogram")
        _add_validation(page, run.held_out["scores"], run.held_out["scores_single"], run.scores["validation"])
        _add_map(page, job, bands, run.number, "mean")
    return _finished(page, job)


def _page(title, job, fields, warnings):
    """A page with the counts of samples."""
    page = Page(title, _extent(job))
    for warning in dict.fromkeys(warnings):
        page.warning(warning)
    page.number("Samples", max(field.places.rows.size for field in fields))
    page.number("Merged coincident samples", max(field.places.merged for field in fields))
    return page


def _extent(job):
    """Grid and dimensions in a line."""
    dimensions = job.array("coordinates").shape[1]
    grid = job.settings.get("grid")
    if not grid:
        return f"Samples in {dimensions} dimensions"
    levels, rows, columns = grid_shape(grid)
    return f"{dimensions} dimensions, {columns} x {rows} cells of {grid['cell']:g} m, {levels} level(s)"


def _add_fields(page, job, gridding, bands, quantity):
    """Variogram, validation and map of every field."""
    found = {
        grouped.name: (grouped, single, validation.kind)
        for validation in gridding.validations for grouped, single in zip(validation.grouped, validation.single)
    }
    for number, (field, variogram) in enumerate(zip(gridding.fields, gridding.variograms)):
        page.section(field.name)
        page.text(f"Engine: {gridding.engines[field.name]}. Transform: {field.transform.name}.")
        if field.name in gridding.fits:
            _add_fit(page, field, gridding.fits[field.name])
        else:
            page.table(("Structure", "Sill", "Ranges (m)", "Azimuth, dip, rake"), _structures(variogram), "Variogram")
        _add_validation(page, *found[field.name])
        _add_map(page, job, bands, number, quantity)


def _add_fit(page, field, fit):
    """The fitted variogram, the models it was chosen from and the values it is for."""
    variogram = fit.variogram
    if field.transform.name != "none":
        page.text(f"Nugget and sills are those of the values after the transform {field.transform.name}.")
    page.table(("Structure", "Sill", "Ranges (m)", "Azimuth, dip, rake"), _structures(variogram),
               "Fitted variogram" if fit.candidates else "Variogram")
    unit = f" ({variogram.unit})" if variogram.unit else ""
    plain = variogram.unit if field.transform.name == "none" else ""
    page.figures(
        variogram_figure(fit.experimental, variogram, plain),
        short_variogram_figure(fit.experimental, variogram, plain),
        histogram_figure(field.observed, field.name + unit),
    )
    rows = [(" + ".join(c["models"]), c["anisotropy"], c["terms"], c["log_likelihood"], c["aic"],
             "chosen" if c["chosen"] else "") for c in fit.candidates]
    if not rows:
        return
    page.table(("Model", "Anisotropy", "Samples", "Log-likelihood", "AIC", ""), rows,
               "Models tried. Likelihoods are restricted ones by Vecchia's approximation; a lower AIC is better among "
               "those of the same number of samples.")


def _structures(variogram):
    """Rows for the table of a variogram."""
    rows = [("nugget", variogram.nugget, "", "")]
    for s in variogram.structures:
        turned = ", ".join(angles(s)) if len(set(s.ranges)) > 1 else "isotropic"
        rows.append((s.model, s.sill, " x ".join(metres(length) for length in s.ranges), turned))
    return rows


def _add_validation(page, grouped, single, kind):
    """Scores, intervals and residuals of samples that were left out."""
    if not grouped.observed.size:
        return
    left, alone = grouped.scores(), single.scores()
    known = dict(score_rows(alone))
    rows = [(label, value, known.get(label, "")) for label, value in score_rows(left)]
    page.table(("Score", f"Each {kind} left out", "Each sample left out"), rows, "Cross-validation")
    if kind != "sample" and left["r2"] is not None and alone["r2"] is not None:
        page.text(f"The first column is what new places can expect. Samples left out one by one have neighbours of the "
                  f"same {kind}; that flatters R2 by {alone['r2'] - left['r2']:.2g} here.")
    page.figures(
        predicted_observed_figure(grouped.observed, grouped.mean),
        calibration_figure(*calibration(grouped.observed, grouped.quantile), label=f"Each {kind} left out"),
        residual_map_figure(grouped.coordinates, grouped.mean - grouped.observed),
    )


def _level(job, bands, number, quantity):
    """Values of a quantity on its middle level, and a name for them; None when it has no band."""
    start = bands.starts(number).get(quantity)
    if start is None:
        return None
    levels = grid_shape(job.settings["grid"])[0]
    band = start + levels // 2
    return job.load("grid")[band], bands.descriptions[band]


def _add_map(page, job, bands, number, quantity):
    """The middle level of one quantity from above."""
    found = _level(job, bands, number, quantity)
    if found:
        grid = job.settings["grid"]
        page.figures(map_figure(found[0], grid["west"], grid["north"], grid["cell"], found[1], title=found[1]))


def _add_changes(page, job, bands):
    """Histogram of what the flux law changed, for every field that shows it."""
    figures = []
    for number, name in enumerate(bands.fields):
        found = _level(job, bands, number, "change")
        if found and found[0].any():
            figures.append(change_figure(found[0], found[1], title=f"Change of {name} against kriging"))
    if figures:
        page.figures(*figures)


def _finished(page, job):
    """The page with settings and versions."""
    settings = {key: value for key, value in job.settings.items() if key not in HIDDEN and value not in (None, "", [])}
    page.parameters(settings)
    page.versions(versions(PACKAGES))
    return page.render()
