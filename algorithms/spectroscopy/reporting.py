"""Report of the spectra of an image."""
import numpy as np

from ..reports.figures import histogram_figure
from ..reports.page import Page
from ..reports.svg import Plot
from ..versions import versions
from .absorption import measure, window_of
from .continuum import remove_continuum
from .matching import angles
from .noise import LEAST_SNR
from .smoothing import stretches

PACKAGES = ("numpy", "scipy", "numba")
HIDDEN = ("tiles", "catalogue", "threads", "left_out", "minerals", "title", "notes", "image")
HISTOGRAMS, LINES, SCREE = 6, 5, 15
WIDE, HIGH = 960, 380


def spectral_report(job, study, warnings):
    """HTML report of a finished study.

    Parameters
    ----------
    job : JobFolder
        Its settings ``left_out`` are pairs of a reason and wavelengths.
    study : Study
    warnings : list of str

    Returns
    -------
    str
    """
    page = Page("Spectral features", job.settings.get("title", ""))
    for warning in dict.fromkeys(warnings):
        page.warning(warning)
    page.number("Pixels with data", study.valid)
    page.number("Bands used", len(study.micrometres))
    page.number("Features", len(study.features))
    page.number("Principal components", study.loadings.shape[1])
    spectra = study.clean(study.sample)
    _add_spectrum(page, study, spectra)
    _add_bands(page, job, study)
    _add_features(page, study, spectra)
    _add_matches(page, study, spectra)
    _add_noise(page, study)
    _add_components(page, study)
    page.parameters({key: value for key, value in job.settings.items()
                     if key not in HIDDEN and value not in (None, "", [])})
    page.versions(versions(PACKAGES))
    return page.render()


def _add_spectrum(page, study, spectra):
    """The mean spectrum with its continuum, and what is left without it."""
    x, mean = study.micrometres, np.nanmean(spectra, axis=0)
    low, high = np.nanpercentile(spectra, [10.0, 90.0], axis=0)
    plot = Plot("Mean spectrum", "Wavelength (\u00b5m)", "Reflectance", WIDE, HIGH)
    for number, (first, last) in enumerate(stretches(x)):
        plot.band(x[first:last], low[first:last], high[first:last], None if number else "80 % of the pixels", "#7d9db5")
    plot.line(*_broken(x, mean), "Mean")
    removed = remove_continuum(mean[None], x)[0]
    if np.isfinite(removed).all():
        plot.line(x, mean / removed, "Continuum (upper hull)", dashed=True)
    below = Plot("Mean spectrum without its continuum", "Wavelength (\u00b5m)", "Of the continuum", WIDE, HIGH)
    below.line(*_broken(x, removed))
    page.section("Spectra")
    page.text(f"From {len(spectra)} pixels, after scaling, correction and smoothing.")
    page.figures(plot.render(), below.render())


def _broken(x, y):
    """A line that ends at a gap between bands and starts again behind it."""
    cuts = [first for first, _ in stretches(x)[1:]]
    return np.insert(x, cuts, x[cuts]), np.insert(np.asarray(y, dtype=float), cuts, np.nan)


def _add_bands(page, job, study):
    """Which bands are used, and why others are not."""
    rows = [(reason, len(found), ", ".join(f"{value:.4g}" for value in found))
            for reason, found in job.settings.get("left_out", []) if found]
    page.section("Bands")
    page.text(*job.settings.get("notes", []))
    page.text(f"{len(study.micrometres)} bands from {study.micrometres[0]:.4g} to {study.micrometres[-1]:.4g} "
              "micrometres are used.")
    if rows:
        page.table(("Left out because", "Bands", "Micrometres"), rows)


def _add_features(page, study, spectra):
    """Table of the features and histograms of the deepest ones."""
    if not study.features:
        return
    rows, depths = [], []
    for feature in study.features:
        first, last = feature.window(study.micrometres)
        removed = window_of(spectra, study.micrometres, feature, study.settings["continuum"])
        found = measure(removed, study.micrometres[first:last], feature, study.settings["shallow"])
        depth = found[:, 0][np.isfinite(found[:, 0])]
        depths.append(depth)
        high = float(np.percentile(depth, 98.0)) if depth.size else None
        clear = found[np.isfinite(found[:, 1])]
        rows.append((feature.name, feature.minerals, f"{feature.search_from:g} to {feature.search_to:g}",
                     float(depth.mean()) if depth.size else None, high,
                     float(np.median(clear[:, 1])) if len(clear) else None,
                     100.0 * len(clear) / max(len(found), 1), feature.source))
    page.section("Features")
    page.text("Depths are shares of the continuum. A feature is clear where it is deeper than "
              f"{study.settings['shallow']:g}; noise alone makes depths of about three times its share of the signal.")
    page.table(("Feature", "Minerals", "Deepest within (\u00b5m)", "Mean depth", "98 % below",
                "Median position (\u00b5m)", "Clear in % of pixels", "Source"), rows)
    if study.left_out:
        page.text(f"Not covered by the usable bands: {', '.join(feature.name for feature in study.left_out)}.")
    deepest = np.argsort([-np.percentile(depth, 98.0) if depth.size else 0.0 for depth in depths])[:HISTOGRAMS]
    page.figures(*(histogram_figure(depths[k], "Depth", title=study.features[k].name) for k in deepest))


def _add_matches(page, study, spectra):
    """Which library spectra were matched, those first that are nearest to the most pixels."""
    if not study.minerals:
        return
    page.section("Library spectra")
    page.text("The spectral angle is in radians, 0 for the same shape, over all bands that both share. The fit is the "
              "share of the variance of the absorptions that the library spectrum explains, 0 to 1; it compares the "
              "windows in which the library spectrum has an absorption of any mineral.")
    found = angles(spectra, study.library)
    found = found[np.isfinite(found).all(axis=1)]
    nearest = np.bincount(np.argmin(found, axis=1), minlength=len(study.minerals)) if len(found) else np.zeros(
        len(study.minerals))
    weights = np.zeros((len(study.minerals), 0)) if study.fit is None else study.fit.weights
    page.table(("Spectrum", "Nearest in % of pixels", "Median angle", "Smallest angle", "Bands shared",
                "Windows compared"),
               [(study.minerals[k], 100.0 * float(nearest[k]) / max(len(found), 1),
                 float(np.median(found[:, k])) if len(found) else None,
                 float(found[:, k].min()) if len(found) else None, int(np.isfinite(study.library[k]).sum()),
                 ", ".join(feature.name for feature, weight in zip(study.features, weights[k]) if weight > 0))
                for k in np.argsort(-nearest, kind="stable")])


def _add_noise(page, study):
    """Signal-to-noise ratios of the minimum noise fraction."""
    if study.fractions is None:
        return
    plot = Plot("Minimum noise fraction", "Component", "Variance in units of that of the noise", y_log=True)
    number = np.arange(1, len(study.fractions) + 1)
    plot.line(number, study.fractions, "Components")
    plot.line([1, len(number)], [1.0 + LEAST_SNR] * 2, "Half as much signal as noise", dashed=True)
    page.section("Noise")
    page.figures(plot.render())


def _add_components(page, study):
    """Variance and loadings of the principal components, and their cross-validation."""
    if not study.loadings.size:
        return
    share = 100.0 * study.variances / max(study.variances.sum(), 1e-300)
    scree = Plot("Variance of the components", "Component", "Share of the variance (%)", 480, HIGH, y_log=True)
    number = np.arange(1, min(SCREE, len(share)) + 1)
    scree.line(number, share[:len(number)])
    scree.points(number, share[:len(number)])
    figures = [scree.render()]
    if study.errors is not None:
        plot = Plot("Cross-validation", "Components", "RMSE of unseen bands (reflectance)", 480, HIGH)
        plot.line(np.arange(1, len(study.errors) + 1), study.errors)
        figures.append(plot.render())
    loadings = Plot("Loadings", "Wavelength (\u00b5m)", "Loading", WIDE, HIGH)
    kept = study.loadings.shape[1]
    for k in range(min(kept, LINES)):
        loadings.line(*_broken(study.micrometres, study.loadings[:, k]), f"PC{k + 1}")
    page.section("Principal components")
    page.figures(*figures, loadings.render())
    page.table(("Component", "Share of the variance (%)", "Together (%)", "Largest loadings at (\u00b5m)"),
               [(f"PC{k + 1}", float(share[k]), float(share[:k + 1].sum()), _largest(study, k)) for k in range(kept)])


def _largest(study, component):
    """Where a component has its largest loadings, with their signs."""
    loadings = study.loadings[:, component]
    order = np.argsort(-np.abs(loadings))[:4]
    return ", ".join(f"{study.micrometres[k]:.3f} ({loadings[k]:+.2f})" for k in sorted(order))
