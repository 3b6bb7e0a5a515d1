"""The cells of a prediction, a bounded number at a time, with what each is known to be."""
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .gradeshape import MOST_SKEW, GradeShape, PowerShape, lognormal_skew
from .quantities import (
    QUANTILES,
    check_distribution,
    has_parts,
    has_quantiles,
    has_spread,
    mean_name,
    probability_name,
)

CHUNK = 65_536
SAMPLED = 50_000
# Where this share of cells has twice its standard deviation above its mean, no normal distribution of grades can be.
WIDE_SHARE = 0.05


@dataclass(frozen=True)
class Chunk:
    """Whole rows of one level.

    Attributes
    ----------
    level, top : int
        Level and first row.
    shape : tuple of int
        Rows and columns.
    values : dict
        Quantities to float64 arrays (rows * columns,).
    known : numpy.ndarray of bool, shape (rows * columns,)
        Cells that take part.
    outside : int
        Number of cells left out as they lie outside what the model knows.
    """

    level: int
    top: int
    shape: tuple
    values: dict
    known: np.ndarray
    outside: int

    @property
    def rows(self):
        """The rows of the grid as a slice."""
        return slice(self.top, self.top + self.shape[0])

    def take(self, values):
        """The known cells of an array (rows * columns,) or (rows, columns)."""
        return np.asarray(values).reshape(-1)[self.known]

    def __getitem__(self, name):
        return self.values[name][self.known]

    def places(self):
        """Rows and columns of the known cells in the grid."""
        row, column = np.divmod(np.flatnonzero(self.known), self.shape[1])
        return row + self.top, column

    def spread(self, array):
        """Values of the known cells as float32 (rows, columns), NaN elsewhere."""
        out = np.full(self.known.shape, np.nan, np.float32)
        out[self.known] = array
        return out.reshape(self.shape)


class Cells:
    """Bands of one field of a prediction.

    Parameters
    ----------
    array : numpy.ndarray, shape (quantities, levels, rows, columns)
        NaN where there is no data; may be memory-mapped.
    names : list of str
        Quantities, as in the band descriptions.
    keep_outside : bool
        Whether cells outside what the model knows take part.
    extra : list of str
        Quantities without which a cell does not take part.
    """

    def __init__(self, array, names, keep_outside=False, extra=()):
        self.array, self.names, self.keep_outside = array, list(names), keep_outside
        self.mean_band = mean_name(self.names)
        self.levels, self.rows, self.columns = array.shape[1:]
        wanted = dict.fromkeys([self.mean_band, *self.spread_names(), "epistemic", *extra])
        self.needed = [name for name in wanted if name in self.names]
        self.outside = 0

    def spread_names(self):
        """Quantities from which the standard deviation is taken, the best ones there are."""
        for names in (["sd"], ["variance"], ["epistemic", "aleatoric"], list(QUANTILES)):
            if all(name in self.names for name in names):
                return names
        return []

    @property
    def count(self):
        """Number of cells, known or not."""
        return self.levels * self.rows * self.columns

    def chunks(self, progress=None):
        """All cells, as `Chunk` after `Chunk`; also counts the cells left out as ``outside``."""
        high, self.outside = max(CHUNK // self.columns, 1), 0
        tops = [(level, top) for level in range(self.levels) for top in range(0, self.rows, high)]
        for number, (level, top) in enumerate(tops):
            if progress is not None:
                progress(number / len(tops))
            chunk = self._chunk(level, top, high)
            self.outside += chunk.outside
            yield chunk

    def _chunk(self, level, top, high):
        part = np.asarray(self.array[:, level, top:top + high], dtype=float)
        values = dict(zip(self.names, part.reshape(len(self.names), -1)))
        known = np.all([np.isfinite(values[name]) for name in self.needed], axis=0)
        if "outside" in values and not self.keep_outside:
            beyond = known & (values["outside"] > 0.5)
            known &= ~beyond
            return Chunk(level, top, part.shape[1:], values, known, int(beyond.sum()))
        return Chunk(level, top, part.shape[1:], values, known, 0)

    def mean(self, chunk):
        """Expected grade of the known cells."""
        return chunk[self.mean_band]

    def sd(self, chunk):
        """Standard deviation of the grade of the known cells, of a single sample in the cell."""
        source = self.spread_names()
        if source == ["sd"]:
            return np.maximum(chunk["sd"], 0.0)
        if source == ["variance"]:
            return np.sqrt(np.maximum(chunk["variance"], 0.0))
        if source == ["epistemic", "aleatoric"]:
            return np.hypot(chunk["epistemic"], chunk["aleatoric"])
        return PowerShape.from_quantiles(self.mean(chunk), *(chunk[name] for name in source)).sd

    def shape(self, chunk, distribution, shrink=1.0):
        """Distribution of the known cells, its spread times ``shrink`` at an unchanged mean."""
        mean = self.mean(chunk)
        if distribution == "quantiles":
            return PowerShape.from_quantiles(mean, *(chunk[name] for name in QUANTILES), shrink)
        sd = self.sd(chunk)
        skew = np.minimum(lognormal_skew(mean, sd), MOST_SKEW) if distribution == "lognormal" else np.zeros(mean.shape)
        return GradeShape.from_moments(mean, sd * shrink, skew * shrink)

    def exceedance(self, chunk, cutoff):
        """Chance of a grade above a cut-off as the bands state it, or None when no band does.

        NaN where the band has no value.
        """
        name = probability_name(self.names, cutoff)
        return None if name is None else np.clip(chunk[name], 0.0, 1.0)

    def epistemic_share(self, chunk):
        """Epistemic variance as a share of the whole, [0, 1]; None when no band tells."""
        if "epistemic" not in self.names or not has_spread(self.names):
            return None
        part = np.square(np.nan_to_num(chunk["epistemic"]))
        whole = part + np.square(chunk["aleatoric"]) if has_parts(self.names) else np.square(self.sd(chunk))
        whole = np.where(np.isfinite(whole), whole, part)
        return np.clip(part / np.where(whole > 0.0, whole, 1.0), 0.0, 1.0)

    def sampled(self):
        """Evenly thinned cells that cover all levels, as one `Chunk`, for choices that need no precision."""
        step = max(1, int(np.ceil(np.sqrt(self.count / SAMPLED))))
        part = np.asarray(self.array[:, :, step // 2::step, step // 2::step], dtype=float)
        values = dict(zip(self.names, part.reshape(len(self.names), -1)))
        known = np.all([np.isfinite(values[name]) for name in self.needed], axis=0)
        return Chunk(0, 0, (1, known.size), values, known, 0)


def choose_distribution(cells, chosen="auto", transform=""):
    """Distribution of the grades within the limits of what the bands tell, and a sentence on why.

    Parameters
    ----------
    cells : Cells
    chosen : str
        One of `quantities.DISTRIBUTIONS`.
    transform : str
        The transform with which the raster was kriged, when that is known.

    Returns
    -------
    distribution, reason : str
    """
    check_distribution(cells.names, chosen)
    if chosen != "auto":
        return chosen, "as chosen"
    if has_quantiles(cells.names):
        return "quantiles", "a power of the grade is normal, with p10, p50, p90 and mean as the bands say"
    if transform in ("log", "normalscore", "boxcox"):
        return "lognormal", f"mean and standard deviation of the bands; the grades were kriged after the transform " \
                            f"{transform}"
    sample = cells.sampled()
    if not sample.known.any():
        return "normal", "mean and standard deviation of the bands"
    wide = float(np.mean(2.0 * cells.sd(sample) > cells.mean(sample)))
    if wide > WIDE_SHARE:
        return "lognormal", (f"mean and standard deviation of the bands; normal distributions would reach far below "
                             f"zero in {100.0 * wide:.0f} % of the cells")
    return "normal", "mean and standard deviation of the bands; they stay clear of zero"


def no_data(field):
    """The error for a raster without a single usable cell."""
    return InputError(f"The raster has no cell with a prediction of '{field}': all cells are without data or outside "
                      "what the model knows; choose another raster, or keep the cells outside.")
