"""Job: tonnage, grade and metal above cut-offs, with intervals, by class and by polygon."""
import math

import numpy as np

from ..errors import InputError
from ..geochemistry.assayunits import LABELS, PPM
from ..geostatistics.covariance import variogram_from_dict
from .cells import Cells, choose_distribution, no_data
from .classes import NAMES, class_limits, class_method, classify
from .gradeshape import Z90
from .quantities import cutoffs_of
from .simulation import isotropic, none_shared, of_variogram, one_for_all, shared_errors
from .tonnage import Blocks, Curves, cutoff_scores
from .tonnagereport import tonnage_report

OUTSIDE = "outside the polygons"
TOGETHER = "measured and indicated"
QUANTITIES = ("tonnage", "grade", "metal")
ENDINGS = ("", "_p5", "_p10", "_p50", "_p90", "_p95", "_plugin")
COLUMNS = ("cutoff", *(f"{name}{ending}" for name in QUANTITIES for ending in ENDINGS))
DEFAULT_PART = 5.0  # the default range is the longer side of the raster over this
WHOLLY = 5.0  # ranges beyond so many diagonals are a shared error
MOST_STEPS = 12
MUCH = 0.2  # share of the tonnage in unclassified cells that is worth a warning
MOST_DENSE = 25.0  # t/m3, above the densest metals
SERIES = (1.0, 2.0, 5.0)
SKEWED = 12.0


def run(job, progress):
    """Sum up a prediction.

    Reads ``bands`` (quantities, levels, rows, columns) and, if there,
    ``density`` (levels or 1, rows, columns) and ``polygons`` (rows, columns);
    writes ``table`` (rows, columns) and ``report.html``.

    Returns
    -------
    dict
        ``columns`` of the table; ``groups``, ``names`` and ``cells`` of its
        rows; ``cells``, ``volume``, ``outside``, ``cutoffs``, ``unit``.
    """
    survey = Survey(job, progress)
    for chunk in survey.cells.chunks(progress.span(0.02, 0.97)):
        survey.add(chunk, progress)
    if not survey.used:
        raise no_data(job.settings["field"])
    survey.finish(progress)
    rows = survey.rows()
    job.save("table", np.array([row["values"] for row in rows]))
    job.write_text("report.html", tonnage_report(job, survey, rows, progress.warnings))
    progress(1.0)
    return {
        "columns": list(COLUMNS), "groups": [row["group"] for row in rows], "names": [row["name"] for row in rows],
        "counts": [row["cells"] for row in rows], "cells": survey.used, "volume": survey.volume,
        "outside": survey.cells.outside, "cutoffs": survey.cutoffs, "unit": LABELS[job.settings["unit"]],
        "range": survey.length if math.isfinite(survey.length) else None,
    }


class Survey:
    """One run: how a cell becomes tonnes, and the sums.

    Attributes
    ----------
    cells : Cells
    curves : tonnage.Curves
    cutoffs : list of float
    method, limits
        Of the classes.
    length : float
        Range of the shared errors in metres, 0 for none and infinite for one error of all cells.
    notes : list of str
        How the numbers were made, for log and report.
    """

    columns, together = COLUMNS, TOGETHER

    def __init__(self, job, progress):
        self.settings, self.notes = job.settings, []
        settings, names = self.settings, self.settings["quantities"]
        self.grid, self.field = settings["grid"], settings["field"]
        self.density, self.polygons = job.array("density"), job.array("polygons")
        self.cells = Cells(job.array("bands"), names, settings["keep_outside"])
        self.distribution, reason = choose_distribution(
            self.cells, settings["distribution"], settings.get("transform") or "")
        self.note(f"Distribution of the grade of a cell: {self.distribution} ({reason}).", progress)
        self.variogram = variogram_from_dict(settings["variogram"]) if settings.get("variogram") else None
        self.method = class_method(names, settings["classes"])
        self.limits = class_limits(self.method, settings["limits"])
        self.sill = self._sill(progress) if self.method == "efficiency" else None
        self._check_support()
        self.cutoffs = self._cutoffs(progress)
        self.polygon_names = [*settings["polygon_names"], OUTSIDE] if self.polygons is not None else []
        self.used = self.undense = 0
        self.volume, self.richest = 0.0, 0.0
        self.rank = np.argsort(np.argsort(self.grid["levels"])) if self.grid["levels"] else np.zeros(1, int)
        self.length, errors = self._errors(progress)
        groups = len(self.class_names) * max(len(self.polygon_names), 1)
        self.curves = Curves(self.cutoffs, groups, errors, int(settings["realisations"]), int(settings["seed"]))

    def note(self, text, progress):
        """Keep a sentence for the report, and log it."""
        self.notes.append(text)
        progress.log(text)

    @property
    def class_names(self):
        """Names of the classes; one without a name when there are none."""
        return NAMES if self.method != "none" else ("",)

    def _sill(self, progress):
        """Variance of a cell without samples near."""
        if self.variogram is not None and self.variogram.transform in ("", "none"):
            return self.variogram.sill
        sill = max((float(np.square(self.cells.sd(chunk)).max(initial=0.0)) for chunk in self.cells.chunks()),
                   default=0.0)
        self.note(f"Kriging efficiency: the largest variance of the raster, {sill:.4g}, stands for that without "
                  "samples.", progress)
        return sill or 1.0

    def _check_support(self):
        """Refuse blocks whose noise is not known."""
        if self.settings["support"] == "block" and "epistemic" not in self.cells.names and self.variogram is None:
            raise InputError("Block support needs to know which part of the uncertainty is noise: give a variogram "
                             "file, use a raster with a band FIELD:epistemic, or choose sample support.")

    def _cutoffs(self, progress):
        """The cut-offs of the user, or round ones that suit the grades."""
        if self.settings["cutoffs"]:
            return sorted(float(cutoff) for cutoff in self.settings["cutoffs"])
        sample = self.cells.sampled()
        if not sample.known.any():
            raise no_data(self.field)
        high = self.cells.shape(sample, self.distribution).at(np.float64(Z90))
        stated = [cutoff for cutoff in cutoffs_of(self.cells.names) if cutoff > 0.0]
        found = sorted({*automatic_cutoffs(self.cells.mean(sample), high), *stated})
        self.note(f"Cut-offs, chosen from the grades: {', '.join(f'{cutoff:g}' for cutoff in found)}.", progress)
        return found

    def _errors(self, progress):
        """Range of the errors that neighbours share, and the errors."""
        shape = self.cells.levels, self.cells.rows, self.cells.columns
        side = self.settings["cell_metres"]
        sizes = float(np.mean(self.settings["thickness"])), side, side
        spans = [count * size for count, size in zip(shape, sizes)]
        given = self.settings["correlation"]
        if given is None and self.variogram is not None:
            ranges = [length for structure in self.variogram.structures for length in structure.ranges]
            self.note("Errors of neighbouring cells are correlated as the variogram file says.", progress)
            function = of_variogram(self.variogram)
            return max(ranges), shared_errors(shape, sizes, function, min(ranges), progress.check)
        length = max(spans[1:]) / DEFAULT_PART if given is None else float(given)
        if given is None:
            progress.warn(f"No correlation range was given: errors are taken as correlated over {length:.4g} m, a "
                          f"fifth of the longer side of the raster. Give the range of the variogram of the errors; a "
                          f"longer one widens the intervals.")
        if length <= 0.0:
            return 0.0, none_shared()
        if length > WHOLLY * math.hypot(*spans):
            return math.inf, one_for_all()
        return length, shared_errors(shape, sizes, isotropic(length), length, progress.check)

    def add(self, chunk, progress):
        """Take in a chunk."""
        mean, sd = self.cells.mean(chunk), self.cells.sd(chunk)
        self.richest = max(self.richest, float(mean.max(initial=0.0)))
        shape, share = self._at_support(chunk)
        bands = [self._stated(chunk, cutoff) for cutoff in self.cutoffs]
        coarse = self.curves.errors.index(int(self.rank[chunk.level]), *chunk.places())
        self.curves.add(Blocks(
            self._tonnes(chunk), mean, shape, cutoff_scores(shape, self.cutoffs, bands, mean.size), share,
            self._group(chunk, mean, sd), coarse, any(band is not None for band in bands)), progress.check)
        self.used += mean.size
        self.volume += mean.size * self._cell_volume(chunk)

    def _cell_volume(self, chunk):
        """Cubic metres of a cell of the level of a chunk."""
        return self.settings["cell_area"] * self.settings["thickness"][chunk.level]

    def _tonnes(self, chunk):
        """Tonnes of the known cells."""
        volume = self._cell_volume(chunk)
        if self.density is None:
            return np.full(int(chunk.known.sum()), volume * self.settings["density"])
        level = min(chunk.level, len(self.density) - 1)
        density = chunk.take(np.asarray(self.density[level, chunk.rows], float)).copy()
        missing = ~np.isfinite(density)
        density[missing] = self.settings["density"]
        self.undense += int(missing.sum())
        if (density <= 0.0).any():
            raise InputError(f"The density raster has values down to {density.min():g}: densities must be above zero, "
                             "in tonnes per cubic metre; correct it, or set such cells to no data.")
        if (density > MOST_DENSE).any():
            raise InputError(f"The density raster has values up to {density.max():g}: densities must be in tonnes per "
                             "cubic metre, such as 2.7; divide it by 1000 if it is in kilograms.")
        return volume * density

    def share(self, chunk):
        """Part of the variance of the known cells that neighbours may share."""
        found = self.cells.epistemic_share(chunk)
        if found is not None:
            return found
        whole = 1.0 if self.variogram is None else self.variogram.partial_sill / self.variogram.sill
        return np.full(int(chunk.known.sum()), whole)

    def _at_support(self, chunk):
        """Distribution of the grades at the chosen support, and the part of its variance that neighbours may share."""
        share = self.share(chunk)
        if self.settings["support"] == "sample":
            return self.cells.shape(chunk, self.distribution), share
        left = share + (1.0 - share) * float(self.settings["noise_left"])
        known = np.where(left > 0.0, share / np.where(left > 0.0, left, 1.0), 0.0)
        return self.cells.shape(chunk, self.distribution, np.sqrt(left)), known

    def _stated(self, chunk, cutoff):
        """Chances that a band states; those are for samples, so there are none for blocks."""
        if self.settings["support"] != "sample":
            return None
        return self.cells.exceedance(chunk, cutoff)

    def _group(self, chunk, mean, sd):
        """Joint number of class and polygon of each cell."""
        number = np.zeros(mean.size, np.intp)
        if self.method != "none":
            epistemic = chunk["epistemic"] if self.method == "epistemic" else None
            number = classify(self.method, self.limits, mean, sd, epistemic, self.sill)
        if self.polygons is not None:
            polygon = chunk.take(np.asarray(self.polygons[chunk.rows])).astype(np.intp)
            number = number * len(self.polygon_names) + np.where(polygon < 0, len(self.polygon_names) - 1, polygon)
        return number

    def finish(self, progress):
        """Close the sums and say what has to be known about them."""
        self.curves.finish()
        self._check_unit()
        if self.cells.outside:
            progress.warn(f"{self.cells.outside:,} cells outside what the model knows are left out; tick 'Keep cells "
                          "outside' to count them all the same.")
        if self.undense:
            progress.warn(f"{self.undense:,} cells have no value in the density raster; {self.settings['density']:g} "
                          "t/m3 was taken there.")
        missing = self.cells.count - self.used - self.cells.outside
        if missing:
            progress.log(f"{missing:,} of {self.cells.count:,} cells have no prediction and do not count.")
        self._warn_of_guesses(progress)
        metal = self.curves.expected.metal.sum(axis=0)
        if len(metal) > 1 and metal[1] > 1.001 * metal[0]:
            progress.warn("The distribution of the grades reaches below zero, so that more metal lies above the lowest "
                          "cut-off than there is in all: choose the lognormal distribution.")

    def _warn_of_guesses(self, progress):
        """Say when much of the tonnage lies where hardly anything is known."""
        if self.method == "none":
            return
        tonnage = self.curves.expected.tonnage[:, 1]
        count = len(self.polygon_names) or 1
        guessed = tonnage[(len(NAMES) - 1) * count:].sum() / (tonnage.sum() or 1.0)
        if guessed > MUCH:
            progress.warn(
                f"{100.0 * guessed:.0f} % of the expected tonnage above {self.cutoffs[0]:g} lies in unclassified "
                "cells. There a prediction falls back on the mean of the samples, which is too rich when holes were "
                "drilled where grades are high; neither the numbers nor their intervals can know that. Rely on the "
                "classes, or on polygons around the holes.")

    def _check_unit(self):
        """Refuse a unit in which the grades would be more than all of the rock."""
        unit = self.settings["unit"]
        if self.richest * PPM[unit] > 1e6:
            raise InputError(f"Mean grades reach {self.richest:.4g} {LABELS[unit]}, which is more than the whole rock: "
                             "choose the unit of the grades.")

    @property
    def to_tonnes(self):
        """Tonnes of metal per tonne of rock and unit of grade."""
        return PPM[self.settings["unit"]] * 1e-6

    def rows(self):
        """Rows of the table: total, classes and polygons, each with all material and every cut-off."""
        count = len(self.polygon_names) or 1
        every = np.arange(self.curves.groups)
        parts = [("total", "all", every)]
        if self.method != "none":
            parts += [("class", name, every[every // count == k]) for k, name in enumerate(NAMES)]
            parts.append(("classes", TOGETHER, every[every // count < 2]))
        parts += [("polygon", name, every[every % count == k]) for k, name in enumerate(self.polygon_names)]
        return [row for part in parts for row in self._rows_of(*part)]

    def _rows_of(self, group, name, members):
        """Rows of one part."""
        expected, plugin = self.curves.expected.of(members), self.curves.plugin.of(members)
        found = self.curves.simulated.of(members).quantiles()
        scale = {"tonnage": 1.0, "grade": 1.0, "metal": self.to_tonnes}
        columns = [np.array([0.0, *self.cutoffs])]
        for quantity in QUANTITIES:
            parts = (getattr(expected, quantity), *found[quantity], getattr(plugin, quantity))
            columns += [scale[quantity] * part for part in parts]
        cells = int(self.curves.counts[members].sum())
        return [{"group": group, "name": name, "cells": cells, "values": values} for values in zip(*columns)]


def automatic_cutoffs(mean, high):
    """Round cut-offs from low grades to those that few cells reach.

    Even steps, or the series 1, 2, 5 where grades differ by more than an
    order of magnitude.

    Parameters
    ----------
    mean, high : numpy.ndarray, shape (n,)
        Expected grades, and their 90 per cent quantiles.
    """
    top = float(np.quantile(high, 0.98))
    middle = float(np.median(mean))
    if top <= 0.0:
        raise InputError("The grades are not above zero, so that there is nothing to choose cut-offs from: check the "
                         "raster, or give cut-offs.")
    if middle > 0.0 and top / middle > SKEWED:
        first, last = math.floor(math.log10(middle)) - 1, math.ceil(math.log10(top))
        series = [value * 10.0 ** power for power in range(first, last + 1) for value in SERIES]
        found = [float(f"{value:.6g}") for value in series if 0.1 * middle <= value <= top]
        return found[:MOST_STEPS] if len(found) <= MOST_STEPS else found[-MOST_STEPS:]
    power = 10.0 ** math.floor(math.log10(top / MOST_STEPS))
    step = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power * MOST_STEPS >= top)
    return [float(f"{step * k:.6g}") for k in range(1, int(top / step + 1e-9) + 1)]
