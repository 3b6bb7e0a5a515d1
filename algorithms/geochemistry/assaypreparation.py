"""The whole way from assays as a laboratory gives them to clean, transformed values, kept as a model."""
from dataclasses import dataclass, field

import numpy as np

from ..errors import InputError
from ..modelfile import load_model, make_card, save_model
from ..progress import Progress
from .assayreading import (
    ABOVE,
    ABSENT,
    CENSORED,
    IMPUTED,
    MEASURED,
    Reading,
    plan_readings,
    read_column,
    refuse_unreadable,
)
from .assaytransform import POSITIVE, AssayTransform
from .censoring import fit_policy, replace_below
from .imputation import LEAST_SHARE, LEAST_VALUES, KnnImputer

KIND, TITLE = "assaytransform", "Prepared assays: reading, detection limits, imputation and transform"
IMPUTATIONS = ("none", "knn", "median")


@dataclass
class Prepared:
    """Prepared assays.

    Attributes
    ----------
    raw : array of float64, shape (n, m)
        As read: the detection limit where below it, NaN where missing.
    values : array of float64, shape (n, m)
        Clean values, NaN where they stay missing.
    flags : array of int8, shape (n, m)
        0 measured, 1 below detection, 2 above range, 3 imputed, 4 missing.
    coordinates : array of float64, shape (n, k)
        Transformed values.
    notes : dict
        Field names to what was decided.
    warnings : list of str
    """

    raw: np.ndarray
    values: np.ndarray
    flags: np.ndarray
    coordinates: np.ndarray = None
    notes: dict = field(default_factory=dict)
    warnings: list = field(default_factory=list)


class AssayPreparation:
    """Reading, detection limits, imputation and transform of some fields.

    Attributes
    ----------
    readings : dict
        Field names to `Reading`.
    policies : dict
        Field names to what `censoring.fit_policy` gives.
    imputation : str
        One of `IMPUTATIONS`.
    imputer : KnnImputer or None
    medians : array of float64, shape (m,)
    transform : AssayTransform
    """

    def fit(self, columns, settings, places=None, groups=None, progress=None):
        """Settle every step for these columns and prepare them.

        Parameters
        ----------
        columns : dict
            Field names to `RawColumn`.
        settings : dict
            Those of `plan_readings`, and ``policy``, ``imputation``,
            ``transform``, ``rest``, ``balances``, ``seed`` and ``taken``
            (names that are in use).
        places : array of float64, shape (n, d), optional
            In metres, NaN where a sample has no place.
        groups : array of int, shape (n,), optional
            Drill holes.
        progress : Progress, optional

        Returns
        -------
        Prepared
        """
        progress = progress or Progress()
        kind = settings.get("transform", "none")
        self.seed, self.imputation = int(settings.get("seed") or 0), settings.get("imputation", "none")
        self.readings = plan_readings(columns, {**settings, "positive": kind in POSITIVE})
        progress(0.05)
        prepared = self._read(columns, progress.span(0.05, 0.25))
        self.policies = {
            name: fit_policy(settings.get("policy", "half"), prepared.raw[:, k], prepared.flags[:, k] == CENSORED)
            for k, name in enumerate(self.readings)}
        self._replace(prepared)
        progress(0.25)
        self._fit_imputer(prepared, places, groups, progress.span(0.25, 0.5))
        progress(0.5)
        self._impute(prepared, places, progress.span(0.5, 0.95))
        self.transform = AssayTransform(kind).fit(
            prepared.values, list(self.readings), [reading.unit for reading in self.readings.values()],
            settings.get("rest", "auto"), settings.get("balances", ""), settings.get("taken", ()))
        return self._finish(prepared)

    def apply(self, columns, places=None, progress=None):
        """Prepare other columns, with the same names, in the same way; see `fit`."""
        progress = progress or Progress()
        prepared = self._read(columns, progress.span(0.0, 0.3))
        self._replace(prepared)
        self._impute(prepared, places, progress.span(0.3, 0.95))
        return self._finish(prepared)

    def save(self, path, **card):
        """Write the model file; ``card`` is added to its card."""
        tensors, contents = {"medians": self.medians}, {}
        parts = {"transform": self.transform, "imputer": self.imputer}
        for part, owner in parts.items():
            if owner is not None:
                arrays, contents[part] = owner.to_tensors()
                tensors.update({f"{part}.{name}": array for name, array in arrays.items()})
        features = [{"name": name, "unit": reading.unit} for name, reading in self.readings.items()]
        return save_model(path, tensors, make_card(
            KIND, TITLE, features=features, targets=[{"name": name} for name in self.transform.names],
            readings=[reading.to_dict() for reading in self.readings.values()], policies=self.policies,
            imputation=self.imputation, seed=self.seed, parts=contents, optional=self.transform.optional, **card))

    @classmethod
    def load(cls, path):
        """The preparation in a model file, and its card."""
        tensors, card = load_model(path, KIND)
        made = cls()
        made.seed, made.imputation = card["seed"], card["imputation"]
        made.readings = {
            content["name"]: Reading(**{key: tuple(value) if isinstance(value, list) else value
                                        for key, value in content.items()}) for content in card["readings"]}
        made.policies, made.medians = card["policies"], tensors["medians"]
        arrays = {part: {name.split(".", 1)[1]: array for name, array in tensors.items() if name.startswith(f"{part}.")}
                  for part in ("transform", "imputer")}
        made.transform = AssayTransform.from_tensors(arrays["transform"], card["parts"]["transform"])
        made.imputer = None
        if "imputer" in card["parts"]:
            made.imputer = KnnImputer.from_tensors(arrays["imputer"], card["parts"]["imputer"])
        return made, card

    def _read(self, columns, progress):
        """Raw values and marks of all fields."""
        read = {}
        for number, (name, reading) in enumerate(self.readings.items()):
            progress(number / len(self.readings))
            read[name] = read_column(columns[name], reading)
        if any(reading.unreadable == "refuse" for reading in self.readings.values()):
            refuse_unreadable(read)
        raw = np.column_stack([column.values for column in read.values()])
        flags = np.column_stack([column.marks for column in read.values()])
        warnings = [text for column in read.values() for text in column.warnings]
        for name, column in read.items():
            if column.unreadable:
                warnings.append(f"{name}: {sum(column.unreadable.values()):,} texts that are no assays count as "
                                f"missing, for example '{next(iter(column.unreadable))[:40]}'.")
        empty = [name for name, column in read.items() if (column.marks == ABSENT).all()]
        if empty:
            raise InputError(f"The field {', '.join(repr(name) for name in empty)} holds no assay at all; choose other "
                             "fields.")
        return Prepared(raw, raw.copy(), flags, None, {name: column.notes for name, column in read.items()}, warnings)

    def _replace(self, prepared):
        """Put values in place of those below detection."""
        for k, name in enumerate(self.readings):
            policy = self.policies[name]
            below = prepared.flags[:, k] == CENSORED
            rng = np.random.default_rng([self.seed, k])
            prepared.values[:, k] = replace_below(prepared.raw[:, k], below, policy, rng)
            if below.any() and "reason" in policy:
                prepared.warnings.append(f"{name}: {policy['reason']}, too few to fit a distribution; "
                                         f"{policy['factor']:g} of the limit is taken.")

    def _fit_imputer(self, prepared, places, groups, progress):
        """Learn how to fill gaps; nothing is learnt where there are none."""
        with np.errstate(all="ignore"):
            self.medians = np.array([np.median(column[np.isfinite(column)]) if np.isfinite(column).any() else np.nan
                                     for column in prepared.values.T])
        self.imputer = None
        if self.imputation == "knn" and np.isfinite(prepared.values).any():
            self.imputer = KnnImputer(self.seed).fit(
                prepared.values, places, groups, prepared.flags == MEASURED, progress=progress)

    def _impute(self, prepared, places, progress):
        """Fill missing values, never those below detection."""
        if self.imputation == "none":
            return
        if self.imputation == "median":
            filled = np.where(np.isfinite(prepared.values), prepared.values, self.medians)
        else:
            filled = self.imputer.transform(prepared.values, places, progress)
        gaps = prepared.flags == ABSENT
        prepared.values = np.where(gaps, filled, prepared.values)
        prepared.flags[gaps & np.isfinite(prepared.values)] = IMPUTED
        if self.imputer is None:
            return
        for name, usable in zip(self.readings, self.imputer.usable):
            if not usable:
                prepared.warnings.append(
                    f"{name}: too few values to fill the others from (at least {LEAST_VALUES} and "
                    f"{100 * LEAST_SHARE:.0f} % of the rows are needed); its gaps stay, so leave the field out or find "
                    "more assays.")

    def _finish(self, prepared):
        """The transformed values."""
        prepared.coordinates = self.transform.forward(prepared.values)
        gaps = ~np.isfinite(prepared.coordinates)
        if self.transform.kind in ("clr", "ilr") and gaps.any():
            prepared.warnings.append(
                f"{int(gaps.any(axis=1).sum()):,} rows have no log-ratios because a part is missing; impute missing "
                "values or choose fewer fields.")
        prepared.warnings += self.transform.notes
        return prepared


def summary(preparation, prepared):
    """Counts and statistics of every field, as a list of dicts in their order."""
    rows = []
    for k, (name, reading) in enumerate(preparation.readings.items()):
        flags, values = prepared.flags[:, k], prepared.values[:, k]
        measured, known = prepared.raw[flags == MEASURED, k], values[np.isfinite(values)]
        limits = np.unique(prepared.raw[flags == CENSORED, k])
        rows.append({
            "field": name, "unit": reading.unit, "rows": len(flags),
            **{label: int((flags == code).sum()) for label, code in (
                ("measured", MEASURED), ("below", CENSORED), ("above", ABOVE), ("imputed", IMPUTED),
                ("missing", ABSENT))},
            "limits": limits[:5].tolist(), "more_limits": max(0, len(limits) - 5),
            "policy": preparation.policies[name], "before": _spread(measured), "after": _spread(known),
        })
    return rows


def _spread(values):
    """Least, median and greatest value; None when there is none."""
    return [float(np.min(values)), float(np.median(values)), float(np.max(values))] if len(values) else None
