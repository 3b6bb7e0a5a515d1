"""Raw features: every column that fusion makes, before it is scaled."""
from collections import Counter

import numpy as np

from ..errors import InputError
from ..modelfile import require_names
from .embedding import AXES, Embedding
from .lines import LineDistance
from .neighbours import NeighbourField, fit_neighbours, metric_of
from .onehot import OneHot
from .powers import PowerTransforms

COORDINATES, EMBEDDING, NEIGHBOURS = "coordinates", "spatial embedding", "samples of other holes"
ABSURD = 1e20  # nodata values of 32-bit rasters, such as -3.4e38 or a mean of some of them, are beyond it
DEFAULT_RANGE = 1.0 / 3.0  # of the extent, where no field tells how far grades are alike


class Columns:
    """Makes the raw features of a table in a fixed order.

    Attributes
    ----------
    settings : dict
    numbers : list of str
        Columns of numbers taken from the table.
    flags : list of str
        Numbers and distances whose gaps are features as well.
    lines : dict
        Names to `LineDistance`.
    powers : PowerTransforms
        Of the numbers and then of the distances to lines.
    onehots : list of OneHot
    shares : dict
        Names of class columns to the share of the samples that each class
        has, which stands for it when there are no ones and zeros.
    embedding : Embedding
    fields : list of NeighbourField
    names : list of dict
        ``name``, ``source``, ``everywhere``, ``unit`` and ``kind`` ("number",
        "flag", "class", "place" or "neighbour") of each raw feature.
    """

    def __init__(self, settings, numbers, flags, lines, powers, onehots, shares, embedding, fields, names=()):
        self.settings, self.numbers, self.flags, self.lines = settings, numbers, flags, lines
        self.powers, self.onehots, self.shares = powers, onehots, shares
        self.embedding, self.fields, self.names = embedding, fields, list(names)

    @property
    def classes(self):
        """Columns of classes taken from the table."""
        return [onehot.name for onehot in self.onehots]

    @classmethod
    def fit(cls, table, settings, lines, rng, progress):
        """Fit what turns a table into raw features.

        Parameters
        ----------
        table : SampleTable
            Without the fields that are kriged.
        settings : dict
            See `recipe.DEFAULTS`; ``krige_values`` holds the fields that are
            kriged, names to arrays (n,).
        lines : dict or None
            Names to segments (k, 4).
        rng : numpy.random.Generator
        progress : Progress
        """
        lines = {name: LineDistance(segments) for name, segments in (lines or {}).items()}
        values = {**{name: believable(column) for name, column in table.numbers.items()},
                  **{f"distance_{name}": line(table.coordinates) for name, line in lines.items()}}
        kept = [name for name in values if _varies(name, values[name], progress)]
        lines = {name: line for name, line in lines.items() if f"distance_{name}" in kept}
        numbers = [name for name in kept if name in table.numbers]
        matrix = np.column_stack([values[name] for name in kept]) if kept else np.empty((len(table), 0))
        powers = PowerTransforms.fit(matrix, settings["boxcox"])
        onehots = [OneHot.fit(name, codes, labels, settings["class_share"], settings["most_classes"])
                   for name, (codes, labels) in table.classes.items()]
        onehots = [onehot for onehot in onehots if onehot.classes and _differs(onehot, table, progress)]
        shares = {onehot.name: _shares(*table.classes[onehot.name]) for onehot in onehots}
        fields = _fit_fields(table, settings, rng, progress)
        metric = metric_of(fields[0].variogram, table.dimensions) if fields else _default_metric(table.coordinates)
        embedding = Embedding.fit(settings["embedding"], table.coordinates, metric, rng)
        flags = [name for name, column in zip(kept, matrix.T) if settings["flags"] and np.isnan(column).any()]
        made = cls(settings, numbers, flags, lines, powers, onehots, shares, embedding, fields)
        made.names = made._names(table)
        return made

    def _names(self, table):
        """Description of each raw feature."""
        out = []
        if self.settings["coordinates"]:
            out += [_name(axis, COORDINATES, True, "m", "place") for axis in AXES[: table.dimensions]]
        known = [(name, table.sources.get(name, ""), name in table.everywhere, table.units.get(name, ""))
                 for name in self.numbers]
        known += [(f"distance_{name}", name, True, "m") for name in self.lines]
        out += [_name(*entry, "number") for entry in known]
        out += [_name(f"{entry[0]}_missing", *entry[1:3], "", "flag") for entry in known if entry[0] in self.flags]
        for onehot in self.onehots:
            source, everywhere = table.sources.get(onehot.name, ""), onehot.name in table.everywhere
            features = [onehot.name] if not self.settings["onehot"] else onehot.features
            out += [_name(feature, source, everywhere, "", "class") for feature in features]
        if self.settings["embedding"] != "none":
            out += [_name(feature, EMBEDDING, True, "", "place") for feature in self.embedding.features]
        for field in self.fields:
            out += [_name(feature, NEIGHBOURS, True, unit, "neighbour")
                    for feature, unit in zip(field.features, field.units)]
        return out

    def matrix(self, table, groups=None, unseen=None, check=None):
        """Raw features of a table, shape (n, features), with gaps.

        Parameters
        ----------
        table : SampleTable
        groups : numpy.ndarray of int, shape (n,), optional
            Drill hole of each place, whose samples are left out.
        unseen : collections.Counter, optional
            Gains places by classes that the fit did not meet.
        check : callable, optional
        """
        out = np.empty((len(table), len(self.names)), order="F")
        at = self._put(out, 0, table.coordinates if self.settings["coordinates"] else np.empty((len(table), 0)))
        first, missing = at, []
        values = [believable(table.numbers[name]) if name in table.numbers else np.nan for name in self.numbers]
        values += [line(table.coordinates, check) for line in self.lines.values()]
        for name, column in zip([*self.numbers, *(f"distance_{name}" for name in self.lines)], values):
            out[:, at] = column
            if name in self.flags:
                missing.append(np.isnan(out[:, at]))
            self.powers.apply_column(out[:, at], at - first)
            at += 1
        for column in missing:
            out[:, at] = column
            at += 1
        for onehot in self.onehots:
            at = self._put(out, at, self._class(onehot, table, unseen))
        if self.settings["embedding"] != "none":
            at = self._put(out, at, self.embedding.apply(table.coordinates))
        for field in self.fields:
            at = self._put(out, at, field.apply(table.coordinates, groups, check))
        return out

    def _put(self, out, at, block):
        """Write a block of columns; returns where the next one begins."""
        out[:, at:at + block.shape[1]] = block
        return at + block.shape[1]

    def _class(self, onehot, table, unseen):
        """Columns of one class column; gaps where the table does not have it."""
        if onehot.name not in table.classes:
            return np.full((len(table), len(onehot.features) if self.settings["onehot"] else 1), np.nan)
        codes, labels = table.classes[onehot.name]
        if self.settings["onehot"]:
            return onehot.apply(codes, labels, unseen)
        onehot.apply(codes, labels, unseen)
        shares = np.array([self.shares[onehot.name].get(label, 0.0) for label in labels] + [0.0])
        return shares[np.where(codes >= 0, codes, len(labels))][:, None]

    def require(self, table, where):
        """Refuse a table that lacks columns.

        Raises
        ------
        InputError
            It names them.
        """
        require_names(self.numbers, table.numbers, "columns", where)
        require_names(self.classes, table.classes, "classes", where)

    def state(self):
        """Arrays and JSON values from which `restore` makes the same."""
        arrays, info = _prefixed("powers", self.powers.state()[0]), {}
        embedding, described = self.embedding.state()
        arrays.update(_prefixed("embedding", embedding))
        for number, line in enumerate(self.lines.values()):
            arrays[f"lines.{number}"] = line.segments
        parts = [field.state() for field in self.fields]
        for number, (tensors, _) in enumerate(parts):
            arrays.update(_prefixed(f"fields.{number}", tensors))
        info.update(numbers=self.numbers, flags=self.flags, lines=list(self.lines),
                    onehots=[onehot.to_dict() for onehot in self.onehots], shares=self.shares, embedding=described,
                    fields=[content for _, content in parts], names=self.names)
        return arrays, info

    @classmethod
    def restore(cls, settings, arrays, info):
        """The same from what `state` gave."""
        lines = {name: LineDistance(arrays[f"lines.{number}"]) for number, name in enumerate(info["lines"])}
        fields = [NeighbourField.restore(below(f"fields.{number}", arrays), content)
                  for number, content in enumerate(info["fields"])]
        return cls(settings, info["numbers"], info["flags"], lines,
                   PowerTransforms.restore(below("powers", arrays), {}),
                   [OneHot(**content) for content in info["onehots"]], info["shares"],
                   Embedding.restore(below("embedding", arrays), info["embedding"]), fields, info["names"])


def _fit_fields(table, settings, rng, progress):
    """Neighbour fields of the targets, and of the fields to be kriged."""
    wanted = [(name, table.targets[name], settings["neighbours"]) for name in table.targets if settings["neighbours"]]
    wanted += [(name, values, 0) for name, values in settings["krige_values"].items()
               if not (name in table.targets and settings["neighbours"])]
    found = []
    for number, (name, values, neighbours) in enumerate(wanted):
        part = progress.span(number / len(wanted), (number + 1) / len(wanted))
        field = fit_neighbours(name, table, values, neighbours, settings["per_hole"], rng, part, settings["variogram"])
        if field is None:
            progress.warn(f"{name}: there is nothing to learn from samples of other holes (one hole, or equal values), "
                          "so its neighbour features are left out.")
        else:
            found.append(field)
    return found


def believable(values):
    """Values with gaps where they are as large as only forgotten nodata values are."""
    if values.size and values.max() < ABSURD and values.min() > -ABSURD:
        return values
    return np.where(np.abs(values) < ABSURD, values, np.nan)


def _default_metric(coordinates):
    """Ranges of a third of the extent, the same in all directions."""
    span = float(np.ptp(coordinates, axis=0).max()) or 1.0
    return np.eye(coordinates.shape[1]) / (DEFAULT_RANGE * span)


def _varies(name, values, progress):
    """Whether a column can be a feature, with a warning when it cannot."""
    known = values[np.isfinite(values)]
    if not known.size:
        progress.warn(f"'{name}' has no value at any sample, so it is left out of the features.")
        return False
    if np.ptp(known) == 0.0:
        progress.warn(f"'{name}' has the same value ({known[0]:g}) at all samples, so it is left out of the features.")
        return False
    return True


def _differs(onehot, table, progress):
    """Whether not all samples are of one class, with a warning when they are."""
    if len(onehot.features) > 1 or (table.classes[onehot.name][0] < 0).any():
        return True
    progress.warn(f"'{onehot.name}' has the same class ({onehot.classes[0]}) at all samples, so it is left out of the "
                  "features.")
    return False


def _shares(codes, labels):
    """Share of the samples that each class has."""
    counts = Counter(codes[codes >= 0].tolist())
    total = max(sum(counts.values()), 1)
    return {labels[code]: count / total for code, count in sorted(counts.items())}


def _name(name, source, everywhere, unit, kind):
    return {"name": name, "source": source, "everywhere": everywhere, "unit": unit, "kind": kind}


def _prefixed(prefix, arrays):
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def below(prefix, arrays):
    """The arrays whose name begins with a prefix and a dot, without it."""
    return {name[len(prefix) + 1:]: array for name, array in arrays.items() if name.startswith(f"{prefix}.")}


def refuse_sample_only(table, where="a map"):
    """Refuse columns that a map cannot have.

    Raises
    ------
    InputError
        It lists them.
    """
    lacking = [name for name in [*table.numbers, *table.classes] if name not in table.everywhere]
    if lacking:
        raise InputError(
            f"These features are known at the samples only, so {where} cannot be made from them: {', '.join(lacking)}. "
            "Krige them first ('Fields to krige here'), or set the use to 'xrf_first'.")
