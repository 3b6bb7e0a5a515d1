"""Evidence rasters as channels of a model: symmetric, scaled, gaps filled and marked.

A number becomes one channel: its logarithm when it is skewed and positive,
less the median, in units of the spread between the quartiles, cut at
`MOST`. A class becomes one channel for each class that is not rare. A gap is
the median (0), or no class at all; the last channel is the share of bands
that are known in a cell.
"""
from dataclasses import dataclass, field

import numpy as np

from ..errors import InputError

MOST = 6.0  # spreads from the median
SKEWED = 1.0
NORMAL_SPREAD = 1.349  # quartiles of a normal distribution are so many standard deviations apart
SAMPLED = 200_000  # cells that medians and spreads are taken from
MOST_CLASSES, LEAST_SHARE = 30, 0.005
LEAST_KNOWN = 0.5  # of the bands; a cell with fewer is nodata
COORDINATE = 0.995  # correlation with easting or northing


@dataclass(frozen=True)
class Band:
    """One band of evidence and how it becomes channels.

    Attributes
    ----------
    name, unit : str
    classes : tuple of int, or None
        Codes with a channel of their own, the most common one first; None for a number.
    log : bool
        Whether the logarithm is taken.
    middle, spread : float
        Median, and standard deviation as the quartiles tell it, on the scale of the channel.
    low, high : float
        1 % and 99 % quantile of the values.
    known : float
        Share of the cells with a value.
    """

    name: str
    unit: str = ""
    classes: tuple = None
    log: bool = False
    middle: float = 0.0
    spread: float = 1.0
    low: float = 0.0
    high: float = 0.0
    known: float = 1.0

    @property
    def channels(self):
        """Number of channels."""
        return 1 if self.classes is None else len(self.classes)

    def apply(self, values, out):
        """Channels of values (...) into ``out`` (channels, ...); gaps become 0."""
        if self.classes is not None:
            for number, code in enumerate(self.classes):
                out[number] = values == code
            return
        part = out[0]
        part[...] = values
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                np.log(part, out=part)
        part -= np.float32(self.middle)
        part *= np.float32(1.0 / self.spread)
        np.clip(part, -MOST, MOST, out=part)
        part[~np.isfinite(values)] = 0.0
        if self.log:
            part[values <= 0.0] = -MOST

    def typical(self):
        """Channels (channels,) of a place like any other: the median, or the most common class."""
        out = np.zeros(self.channels, np.float32)
        if self.classes is not None:
            out[0] = 1.0
        return out

    def to_card(self):
        """The band as a card holds it."""
        entry = {"name": self.name, "unit": self.unit, "known": self.known}
        if self.classes is not None:
            return {**entry, "kind": "class", "classes": list(self.classes)}
        return {**entry, "kind": "number", "transform": "log" if self.log else "none", "middle": self.middle,
                "spread": self.spread, "low": self.low, "high": self.high}

    @classmethod
    def from_card(cls, entry):
        """The band of an entry of a card."""
        if entry.get("kind") == "class":
            return cls(entry["name"], entry.get("unit", ""), tuple(entry["classes"]), known=entry.get("known", 1.0))
        return cls(entry["name"], entry.get("unit", ""), None, entry["transform"] == "log", entry["middle"],
                   entry["spread"], entry.get("low", 0.0), entry.get("high", 0.0), entry.get("known", 1.0))


@dataclass(frozen=True)
class Preparation:
    """How bands of evidence become the channels of a model.

    Attributes
    ----------
    bands : tuple of Band
    """

    bands: tuple
    names: list = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "names", [band.name for band in self.bands])

    @property
    def channels(self):
        """Number of channels, with the one that tells what is known."""
        return 1 + sum(band.channels for band in self.bands)

    @property
    def parts(self):
        """The channels of each band, as a list of slices."""
        ends = np.cumsum([band.channels for band in self.bands]).tolist()
        return [slice(end - band.channels, end) for end, band in zip(ends, self.bands)]

    def labels(self):
        """Names of the channels, by which models of different areas are matched."""
        out = []
        for band in self.bands:
            out += [band.name] if band.classes is None else [f"{band.name}={code}" for code in band.classes]
        return [*out, "(known)"]

    def apply(self, values):
        """Channels (channels, ...) of raw values (bands, ...) with NaN for gaps, float32."""
        out = np.empty((self.channels, *values.shape[1:]), np.float32)
        known = out[-1]
        known[...] = 0.0
        for band, part, own in zip(self.bands, self.parts, values):
            own = np.asarray(own, np.float32)
            band.apply(own, out[part])
            known += np.isfinite(own)
        known /= len(self.bands)
        return out

    def typical(self):
        """Channels of a place like any other, shape (channels - 1,)."""
        return np.concatenate([band.typical() for band in self.bands])

    def to_card(self):
        """The bands as a card holds them."""
        return [band.to_card() for band in self.bands]

    @classmethod
    def from_card(cls, card):
        """The preparation of a card."""
        return cls(tuple(Band.from_card(entry) for entry in card["features"]))


def fit_preparation(values, names, units, classes, rng, progress):
    """How to make channels from evidence, and which bands are of use.

    Bands that are constant or have no value are left out with a warning.

    Parameters
    ----------
    values : numpy.ndarray, shape (bands, rows, columns)
        NaN for gaps; may be memory-mapped.
    names, units : list of str
    classes : list of bool
        Which bands hold codes of classes.
    rng : numpy.random.Generator
    progress : Progress

    Returns
    -------
    preparation : Preparation
    kept : list of int
        Numbers of its bands.

    Raises
    ------
    InputError
        No band is of use.
    """
    cells = values.shape[1] * values.shape[2]
    chosen = None if cells <= SAMPLED else np.sort(rng.choice(cells, SAMPLED, replace=False))
    bands, kept, constant = [], [], []
    for number, name in enumerate(names):
        progress.check()
        flat = values[number].reshape(-1)
        band = fit_band(np.asarray(flat if chosen is None else flat[chosen], float), name, units[number],
                        classes[number])
        if band is None:
            constant.append(name)
            continue
        bands.append(band)
        kept.append(number)
    if constant:
        progress.warn(f"Evidence that is the same everywhere, or nowhere known, is left out: {', '.join(constant)}.")
    if not bands:
        raise InputError("Every band of the evidence is the same everywhere or has no data in the area; "
                         "choose other rasters.")
    return Preparation(tuple(bands)), kept


def fit_band(values, name, unit="", classes=False):
    """How one band becomes channels; None when it is the same everywhere or nowhere known.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n,)
    name, unit : str
    classes : bool
    """
    finite = values[np.isfinite(values)]
    if finite.size < 2 or np.ptp(finite) <= 1e-9 * max(abs(finite[0]), 1e-30):
        return None
    share = finite.size / values.size
    if classes:
        codes, counts = np.unique(finite, return_counts=True)
        order = np.argsort(-counts, kind="stable")[:MOST_CLASSES]
        common = [int(codes[k]) for k in order if counts[k] >= LEAST_SHARE * finite.size]
        return Band(name, unit, tuple(common or [int(codes[order[0]])]), known=share)
    low, high = np.quantile(finite, [0.01, 0.99])
    log = finite.min() > 0.0 and skewness(finite) > SKEWED
    scaled = np.log(finite) if log else finite
    first, middle, last = np.quantile(scaled, [0.25, 0.5, 0.75])
    spread = (last - first) / NORMAL_SPREAD
    deviation = float(scaled.std())
    if spread < 0.1 * deviation:  # mostly one value, such as a distance buffer that is 0 nearly everywhere
        spread = deviation
    return Band(name, unit, None, bool(log), float(middle), float(spread), float(low), float(high), share)


def skewness(values):
    """Third moment in units of the standard deviation."""
    away = values - values.mean()
    return float(np.mean(away ** 3) / max(np.mean(away ** 2), 1e-300) ** 1.5)


def like_coordinates(values, names):
    """Names of bands that rise steadily across the area, as a longitude does: a model would learn places by heart."""
    step = [max(1, length // 150) for length in values.shape[1:]]
    rows, columns = (np.arange(0, length, jump, dtype=float) for length, jump in zip(values.shape[1:], step))
    plane = [np.repeat(rows, columns.size), np.tile(columns, rows.size)]
    found = []
    for name, band in zip(names, values):
        sample = np.asarray(band[::step[0], ::step[1]], float).ravel()
        known = np.isfinite(sample)
        if known.sum() < 50 or np.ptp(sample[known]) == 0.0:
            continue
        design = np.column_stack([np.ones(known.sum()), *(axis[known] for axis in plane)])
        fitted = design @ np.linalg.lstsq(design, sample[known], rcond=None)[0]
        if np.corrcoef(fitted, sample[known])[0, 1] > COORDINATE:
            found.append(name)
    return found


def known_cells(values):
    """Which cells have at least half of the bands, shape (rows, columns); band after band, so that memory is small."""
    count = np.zeros(values.shape[1:], np.int32)
    for band in values:
        count += np.isfinite(band)
    return count >= LEAST_KNOWN * len(values)
