"""Report of a fusion: what went in, what came out, and what to beware of."""
import numpy as np
from scipy.stats import rankdata

from ..reports.page import Page
from ..reports.svg import PALETTE, Plot
from ..versions import versions
from .drift import drift

PACKAGES = ("numpy", "scipy", "safetensors")
MOST_ROWS, MOST_HEAT, LOADINGS = 60, 40, 6
POOR_COVERAGE, LARGE_DRIFT, OUTSIDE = 0.9, 0.4, 0.1
SUSPICIOUS = 0.98  # rank correlation with a target that no honest feature has


def fusion_report(job, recipe, table, features, survey, unseen, warnings):
    """HTML report of a fusion.

    Parameters
    ----------
    job : JobFolder
    recipe : Recipe
    table : SampleTable
    features : numpy.ndarray, shape (n, features)
    survey : CellSurvey or None
    unseen : collections.Counter
    warnings : list of str
    """
    page = Page("Fused features", ", ".join(table.targets) or "no target")
    for message in warnings:
        page.warning(message)
    holes = np.unique(table.groups[table.groups >= 0]).size
    page.number("Samples", len(table))
    page.number("Drill holes", holes)
    page.number("Features at samples", len(recipe.names))
    page.number("Features on the map", int(recipe.everywhere.sum()))
    _add_use(page, recipe)
    _add_columns(page, job, recipe, table, survey)
    _add_classes(page, recipe, unseen)
    _add_correlation(page, recipe, table, features)
    if recipe.components is not None:
        _add_components(page, recipe)
    if survey is not None:
        _add_drift(page, job, table, survey)
    page.section("Features")
    page.table(("Number", "Feature", "Made from", "Known everywhere", "Unit before the steps"),
               [(number, entry["name"], entry["source"], entry["everywhere"], entry["unit"])
                for number, entry in enumerate(recipe.names, start=1)])
    page.parameters({key: value for key, value in recipe.settings.items() if key not in ("variogram", "taken")})
    page.versions(versions(PACKAGES))
    return page.render()


def _add_use(page, recipe):
    """How the features may be used, and what keeps them honest."""
    page.section("Use")
    if recipe.settings["use"] == "map":
        page.text("Map: every feature is known at every cell, so a model of these features can be mapped.")
    else:
        page.text("XRF first: some features are known at samples only. A model of them predicts at samples whose cheap "
                  "assays are known; the raster holds only the features that exist everywhere.")
    page.text("Neighbour and kriging features and filled gaps at a sample are made without the samples of its own hole "
              "and without samples at its very place. To validate a model by spatial blocks, let the blocks stand for "
              "the holes. Scalers, powers and variograms are fitted to all samples here; inside a cross-validation the "
              "recipe is fitted again to the training folds.")


def _add_columns(page, job, recipe, table, survey):
    """What was used, with its coverage."""
    page.section("Sources")
    on_map = _mapped(job, survey.coverage) if survey is not None else {}
    rows = []
    for name in [*table.numbers, *table.classes]:
        known = np.isfinite(table.numbers[name]) if name in table.numbers else table.classes[name][0] >= 0
        rows.append((name, table.sources.get(name, ""), name in table.everywhere, 100.0 * known.mean(),
                     int((~known).sum()), None if name not in on_map else 100.0 * on_map[name], _treated(recipe, name)))
        if known.mean() < POOR_COVERAGE and name in table.everywhere:
            page.warning(f"'{name}' has no value at {int((~known).sum()):,} of {len(table):,} samples; they lie "
                         "outside it or where it has no data.")
    _warn_outside(page, table)
    page.table(("Column", "Source", "Known everywhere", "Samples with a value (%)", "Samples without",
                "Cells with a value (%)", "Box-Cox power"), rows)


def _warn_outside(page, table):
    """Say how many samples lie outside everything that a map has."""
    known = [np.isfinite(values) for name, values in table.numbers.items() if name in table.everywhere]
    known += [codes >= 0 for name, (codes, _) in table.classes.items() if name in table.everywhere]
    outside = int((~np.any(known, axis=0)).sum()) if known else 0
    if outside:
        page.warning(f"{outside:,} of {len(table):,} samples lie outside all rasters and maps; all that they have of "
                     "those is filled from other samples.")


def _treated(recipe, name):
    """The power of a column as text."""
    if name in recipe.settings["krige"]:
        return "kriged"
    if name not in recipe.columns.numbers:
        return "left out" if name not in recipe.columns.classes else ""
    power = recipe.columns.powers.powers[recipe.columns.numbers.index(name)]
    return "none" if np.isnan(power) else "log" if power == 0.0 else f"{power:.3g}"


def _mapped(job, values):
    """Values of the columns of the tiles by their names."""
    settings = job.settings
    everywhere = set(settings["everywhere"])
    names = [name for name in settings["numbers"] if name in everywhere]
    names += [entry["name"] for entry in settings["classes"] if entry["name"] in everywhere]
    return dict(zip(names, values))


def _add_classes(page, recipe, unseen):
    """Class lists, with what is rare and what the fit did not meet."""
    if not recipe.columns.onehots:
        return
    page.section("Classes")
    page.table(("Column", "Classes", "Rare, taken together"),
               [(onehot.name, ", ".join(onehot.classes), ", ".join(onehot.rare[:MOST_ROWS]))
                for onehot in recipe.columns.onehots])
    if unseen:
        page.table(("Class without a sample at the fit", "Places"), unseen.most_common(MOST_ROWS))


def _add_correlation(page, recipe, table, features):
    """Rank correlations of the features with the targets and with each other."""
    page.section("Correlation")
    names = [entry["name"] for entry in recipe.names]
    if table.targets:
        rows = [(name, *(spearman(features[:, k], values) for values in table.targets.values()))
                for k, name in enumerate(names)]
        rows.sort(key=lambda row: -np.nanmax(np.nan_to_num(np.abs(row[1:]))))
        page.table(("Feature", *(f"with {name}" for name in table.targets)), rows[:MOST_ROWS],
                   "Rank correlation (Spearman) of the features with the targets, the closest first.")
        for name, *found in rows:
            if np.nanmax(np.nan_to_num(np.abs(found))) > SUSPICIOUS:
                page.warning(f"'{name}' follows a target almost exactly; is it the target in another unit?")
    shown = min(len(names), MOST_HEAT)
    if shown > 1:
        plot = Plot("Rank correlation of the features", "Feature (number)", "Feature (number)", 560, 520)
        matrix = _correlations(features[:, :shown])
        edges = np.arange(shown + 1) + 0.5
        plot.heat(edges, edges, matrix, "r", centred=True)
        page.figures((plot.render(), "Features are numbered as in the table of features."))


def _correlations(features):
    """Rank correlations (m, m); gaps take the middle rank."""
    filled = np.where(np.isfinite(features), features, np.nanmedian(np.where(np.isfinite(features), features, 0.0)))
    ranks = np.apply_along_axis(rankdata, 0, filled)
    spread = ranks.std(axis=0)
    ranks = (ranks - ranks.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    return ranks.T @ ranks / len(ranks)


def spearman(a, b):
    """Rank correlation of two columns where both are known; NaN with fewer than three of them."""
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < 3 or np.ptp(a[known]) == 0.0 or np.ptp(b[known]) == 0.0:
        return float("nan")
    return float(np.corrcoef(rankdata(a[known]), rankdata(b[known]))[0, 1])


def _add_components(page, recipe):
    """Scree and loadings."""
    page.section("Principal components")
    components, raw = recipe.components, recipe.columns.names
    shares = 100.0 * components.shares
    plot = Plot("Scree", "Component", "Variance (%)", 540, 340)
    plot.bars(np.arange(len(shares) + 1) + 0.5, shares, None, PALETTE[0])
    page.figures((plot.render(), f"{len(shares)} components hold {shares.sum():.1f} % of the variance."))
    rows = []
    held = np.cumsum(shares)
    for number, entry in enumerate(recipe.names[:MOST_ROWS]):
        column = components.loadings[:, number]
        largest = np.argsort(-np.abs(column), kind="stable")[:LOADINGS]
        rows.append((entry["name"], shares[number], held[number],
                     ", ".join(f"{raw[k]['name']} {column[k]:+.2f}" for k in largest if column[k] != 0.0)))
    page.table(("Component", "Variance (%)", "Together (%)", "Largest loadings"), rows)


def _add_drift(page, job, table, survey):
    """How the cells differ from the samples."""
    page.section("Samples and map")
    rows = []
    for name, values in _mapped(job, survey.values).items():
        if name not in table.numbers:
            continue
        found = drift(table.numbers[name], values)
        rows.append((name, found["shift"], 100.0 * found["outside"], found["distance"]))
        if found["distance"] > LARGE_DRIFT or found["outside"] > OUTSIDE:
            page.warning(f"'{name}' differs between the samples and the map ({100.0 * found['outside']:.0f} % of the "
                         "cells are beyond the range of the samples); predictions there are extrapolation.")
    page.table(("Column", "Shift of the mean (standard deviations)", "Cells beyond the samples' range (%)",
                "Distance of the distributions (0 to 1)"), rows)
