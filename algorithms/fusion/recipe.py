"""The recipe: everything that turns what is known at a place into features, fitted once and kept in a file."""
from dataclasses import replace

import numpy as np

from ..modelfile import load_model, make_card, save_model
from ..progress import Progress
from .columns import Columns, below, refuse_sample_only
from .components import ENOUGH, Components, Scaler
from .imputing import Imputer

KIND, TITLE = "recipe", "recipe of fused features"
CHUNK = 4096  # places at once, so that what is in work fits the processor's cache
DEFAULTS = {
    "use": "map",  # or "xrf_first", which also takes columns known at samples only
    "boxcox": True,
    "impute": "knn",  # "mean", or "none" to leave gaps
    "impute_neighbours": 10,
    "space": 1.0,  # weight of coordinates against columns when gaps are filled
    "flags": False,  # features that tell where there was a gap
    "onehot": True,  # otherwise a class is the share of the samples that it has
    "class_share": 0.01,  # least share of a class of its own
    "most_classes": 50,
    "coordinates": True,
    "embedding": "none",  # "fourier" or "rbf"
    "neighbours": 8,  # of each target; 0 for none
    "per_hole": 4,  # neighbours of one hole at most
    "krige": (),  # columns whose kriged value and gradient are features in place of themselves
    "variogram": None,  # content of a variogram file
    "scale": True,
    "components": None,  # 0 for none; None for at most 100 that hold ...
    "variance": ENOUGH,  # ... this part of the variance
    "most_missing": 0.5,  # share of the rasters without which a cell has no features
    "taken": (),  # names that features must not have
}


class Recipe:
    """Fitted transforms, and the features they make.

    Attributes
    ----------
    settings : dict
        As `DEFAULTS`.
    columns : Columns
    scaler : Scaler
        Of all raw features.
    imputer : Imputer
        Of the numbers among them.
    components : Components or None
    names : list of dict
        ``name``, ``source``, ``everywhere`` and ``unit`` of each feature.
    holes : list of str
        Names of the drill holes that the groups count.
    about : dict
        What else stands on the card.
    """

    def __init__(self, settings, columns, scaler, imputer, components):
        self.settings, self.columns, self.scaler = settings, columns, scaler
        self.imputer, self.components = imputer, components
        self.names = _unique(self._described(), settings["taken"])
        self.holes, self.about = [], {}

    @classmethod
    def fit(cls, table, settings=None, rng=None, progress=None, lines=None):
        """Fit every transform to a table of samples.

        Inside a cross-validation this is called with the samples of the
        training folds only.

        Parameters
        ----------
        table : SampleTable
            With the targets, and the fields to be kriged, among its columns.
        settings : dict, optional
            Changes to `DEFAULTS`. ``krige`` names columns of ``numbers`` or
            ``targets`` whose kriged value and gradient, without the own hole,
            are features in place of themselves.
        rng : numpy.random.Generator, optional
        progress : Progress, optional
        lines : dict, optional
            Names to segments (k, 4) whose distance is a feature.

        Returns
        -------
        Recipe

        Raises
        ------
        InputError
            A map is wanted from columns known at samples only, or the classes
            are too many.
        """
        settings = {**DEFAULTS, **(settings or {})}
        rng, progress = rng or np.random.default_rng(0), progress or Progress()
        known = {**table.numbers, **table.targets}
        kriged = {name: known[name] for name in settings["krige"]}
        table = replace(table, numbers={name: v for name, v in table.numbers.items() if name not in kriged})
        if settings["use"] == "map":
            refuse_sample_only(table)
        columns = Columns.fit(table, {**settings, "krige_values": kriged}, lines, rng, progress.span(0.0, 0.7))
        columns.settings = settings
        progress(0.7)
        return cls._fit_rest(table, settings, columns, rng, progress.span(0.7, 1.0))

    def refit(self, table, rng=None, progress=None):
        """The same steps fitted to other samples, such as those of a training fold; see `fit`."""
        lines = {name: line.segments for name, line in self.columns.lines.items()}
        return Recipe.fit(table, self.settings, rng, progress, lines)

    def hole_numbers(self, names):
        """Numbers by which the recipe knows drill holes, shape (len(names),); -1 for holes it does not know."""
        known = {name.casefold(): number for number, name in enumerate(self.holes)}
        return np.array([known.get(name.casefold(), -1) for name in names], dtype=np.int64)

    @classmethod
    def _fit_rest(cls, table, settings, columns, rng, progress):
        """Scaling, imputation and components of the raw features of the samples."""
        raw = columns.matrix(table, table.groups, check=progress.check)
        kinds = np.array([entry["kind"] for entry in columns.names])
        scaler = Scaler.fit(raw, np.isin(kinds, ("flag", "class")))
        scaled = scaler.apply(raw)
        progress(0.5)
        neighbours = settings["impute_neighbours"] if settings["impute"] == "knn" else 0
        imputer = Imputer.fit(table.coordinates, scaled[:, kinds == "number"], table.groups, neighbours,
                              settings["space"], rng)
        recipe = cls(settings, columns, scaler, imputer, None)
        if settings["components"] != 0 and raw.shape[1]:
            recipe._fill(table.coordinates, scaled, table.groups, slice(None), progress.check)
            blocks = np.array([0 if entry["everywhere"] else 1 for entry in columns.names])
            components = Components.fit(scaled, blocks, settings["components"], settings["variance"])
            recipe = cls(settings, columns, scaler, imputer, components)
        progress(1.0)
        return recipe

    def _described(self):
        """Names of the features with what is known about them."""
        if self.components is None:
            return [{key: entry[key] for key in ("name", "source", "everywhere", "unit")}
                    for entry in self.columns.names]
        counts, out = {0: 0, 1: 0}, []
        for block in self.components.blocks.tolist():
            counts[block] += 1
            out.append({"name": f"{'sample_' if block else ''}PC{counts[block]}", "source": "principal components",
                        "everywhere": block == 0, "unit": ""})
        return out

    @property
    def everywhere(self):
        """Which features a map can have, shape (features,)."""
        return np.array([entry["everywhere"] for entry in self.names], dtype=bool)

    def transform(self, table, own_holes=True, cells=False, unseen=None, check=None):
        """Features of the places of a table.

        Parameters
        ----------
        table : SampleTable
        own_holes : bool
            Whether samples of the own hole of each place, by ``table.groups``,
            and samples at its very place stay out of its features.
        cells : bool
            For the cells of a map: nothing is left out, only features that
            are known everywhere are made, and a place that most rasters do
            not cover has none.
        unseen : collections.Counter, optional
            Gains places by classes that the fit did not meet.
        check : callable, optional
            Called now and then; may raise to stop.

        Returns
        -------
        features : numpy.ndarray, shape (n, features)

        Raises
        ------
        InputError
            The table lacks columns.
        """
        if cells:
            table = table.only([name for name in [*table.numbers, *table.classes] if name in table.everywhere])
        else:
            self.columns.require(table, "the table of samples")
        kept = self.everywhere if cells else np.ones(len(self.names), dtype=bool)
        out = np.empty((len(table), int(kept.sum())))
        for start in range(0, len(table), CHUNK):
            if check:
                check()
            rows = slice(start, start + CHUNK)
            part = table.take(rows)
            out[rows] = self._part(part, part.groups if own_holes and not cells else None, cells, kept, unseen, check)
        return out

    def _part(self, table, groups, cells, kept, unseen, check):
        """Features of a few places."""
        raw = self.columns.matrix(table, groups, unseen, check)
        plain = self.components is None and not self.settings["scale"]
        scaled = np.subtract(raw, self.scaler.mean, out=None if plain else raw)
        scaled /= self.scaler.deviation
        used = np.array([entry["everywhere"] or not cells for entry in self.columns.names], dtype=bool)
        gaps, bare = np.isnan(scaled), None
        if cells and gaps.any():
            bare = self._bare(gaps)
            scaled[bare] = 0.0  # nothing is filled that is emptied again
        if self.settings["impute"] != "none" and gaps.any():
            self._fill(table.coordinates, scaled, groups, used, check)
        if self.components is not None:
            scaled[:, ~used] = 0.0
            scaled -= self.components.centre
            features = scaled @ self.components.loadings[:, kept]
        elif not plain:
            features = scaled[:, kept]
        else:
            features = np.where(gaps, scaled * self.scaler.deviation + self.scaler.mean, raw)[:, kept]
        if bare is not None:
            features[bare] = np.nan
        return features

    def _fill(self, coordinates, scaled, groups, used, check):
        """Fill the gaps of scaled raw features in place: numbers from samples, all else with the mean."""
        numbers = np.flatnonzero([entry["kind"] == "number" for entry in self.columns.names])
        chosen = np.arange(len(self.columns.names))[used]
        columns = np.isin(numbers, chosen)
        part = scaled[:, numbers[columns]]
        imputer = self.imputer if columns.all() else self.imputer.only(columns)
        scaled[:, numbers[columns]] = imputer.apply(coordinates, part, groups, check)
        rest = scaled[:, chosen]
        rest[np.isnan(rest)] = 0.0
        scaled[:, chosen] = rest

    def _bare(self, gaps):
        """Which places have no value of most rasters."""
        numbers = [k for k, entry in enumerate(self.columns.names)
                   if entry["kind"] == "number" and entry["everywhere"] and entry["name"] in self.columns.numbers]
        if not numbers:
            return np.zeros(len(gaps), dtype=bool)
        return gaps[:, numbers].mean(axis=1) > self.settings["most_missing"]

    def to_tensors(self):
        """Arrays by name, and the JSON values that go with them."""
        arrays, described = self.columns.state()
        for name, part in (("scaler", self.scaler), ("imputer", self.imputer), ("components", self.components)):
            tensors, info = part.state() if part is not None else ({}, None)
            arrays.update({f"{name}.{key}": array for key, array in tensors.items()})
            described = {**described, name: info}
        return arrays, {"settings": self.settings, "steps": described, "holes": self.holes}

    @classmethod
    def from_tensors(cls, arrays, content):
        """The recipe from what `to_tensors` gave."""
        steps, settings = content["steps"], {**DEFAULTS, **content["settings"]}
        columns = Columns.restore(settings, arrays, steps)
        components = None
        if steps["components"] is not None:
            components = Components.restore(below("components", arrays), steps["components"])
        recipe = cls(settings, columns, Scaler.restore(below("scaler", arrays), steps["scaler"]),
                     Imputer.restore(below("imputer", arrays), steps["imputer"]), components)
        recipe.holes = list(content.get("holes") or [])
        return recipe

    def save(self, path, **about):
        """Write the recipe as a model file; ``about`` goes onto its card."""
        arrays, content = self.to_tensors()
        card = make_card(KIND, TITLE, features=self.names, recipe=content, **{**self.about, **about})
        return save_model(path, arrays, card)

    @classmethod
    def load(cls, path):
        """Read a recipe.

        Raises
        ------
        InputError
            The file is no recipe.
        """
        arrays, card = load_model(path, KIND)
        recipe = cls.from_tensors(arrays, card["recipe"])
        recipe.about = {key: value for key, value in card.items() if key not in ("recipe", "features")}
        return recipe


def _unique(names, taken):
    """Names that differ from each other and from ``taken``, upper and lower case apart."""
    used, out = {name.lower() for name in taken}, []
    for entry in names:
        name, number = entry["name"], 1
        if name.lower() in used:
            name = f"{name}_feature"
        while name.lower() in used:
            number += 1
            name = f"{entry['name']}_feature{number}"
        used.add(name.lower())
        out.append({**entry, "name": name})
    return out

