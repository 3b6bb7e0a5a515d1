"""Transforms of clean assays, and their exact inverse.

References
----------
Box, G. E. P. & Cox, D. R. (1964). An analysis of transformations. Journal of the Royal Statistical Society B 26.
https://doi.org/10.1111/j.2517-6161.1964.tb00553.x
Rousseeuw, P. J. & Croux, C. (1993). Alternatives to the median absolute deviation. Journal of the American
Statistical Association 88. https://doi.org/10.1080/01621459.1993.10476408
"""
import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import boxcox, inv_boxcox

from ..errors import InputError
from .assayunits import PPM, label_of_name
from .compositional import (
    balance_names,
    basis_of_signs,
    closed,
    clr,
    clr_of_ilr,
    ilr,
    log_size,
    parse_balances,
    pivot_signs,
    sized,
)

KINDS = ("none", "log", "boxcox", "clr", "ilr", "zscore")
LOG_RATIOS = ("clr", "ilr")
POSITIVE = ("log", "boxcox", "clr", "ilr")
SUFFIXES = {"log": "log", "boxcox": "boxcox", "zscore": "z", "clr": "clr"}
POWERS = (-3.0, 3.0)
# The least power of a value; below it, one less that power would lose the digits of the value.
LEAST_POWER = 1e-6
TOTAL = 1e6
SIZE, REST = "logratio_size", "rest"


class AssayTransform:
    """A change of scale of several fields at once.

    Parameters
    ----------
    kind : str
        One of `KINDS`.

    Attributes
    ----------
    fields, units : list of str
        In the order of the columns.
    names : list of str
        Of the coordinates.
    parameters : dict
        ``power`` (Box-Cox), ``centre`` and ``spread`` (z-score) by column, or
        ``signs`` of the balances and ``rest`` (whether the part that was not
        analysed is one of the parts).
    """

    def __init__(self, kind="none"):
        if kind not in KINDS:
            raise InputError(f"There is no transform '{kind}': use one of {', '.join(KINDS)}.")
        self.kind = kind

    def fit(self, values, fields, units=None, rest="auto", balances="", taken=()):
        """Learn from clean values.

        Parameters
        ----------
        values : array of float64, shape (n, m)
            NaN where missing.
        fields, units : list of str
            Names, and units as in `assayunits.PPM` (empty when unknown).
        rest : str
            ``"yes"``, ``"no"`` or ``"auto"``: whether the rest up to 100 % is a part of log-ratios.
        balances : str
            Partition behind ilr, as `parse_balances` reads it; pivot coordinates when empty.
        taken : iterable of str
            Names that coordinates must not have.

        Returns
        -------
        AssayTransform
            Itself.
        """
        values = np.asarray(values, np.float64)
        self.fields, self.units = list(fields), list(units or [""] * len(fields))
        self.parameters, self.notes = {}, []
        self._check(values)
        if self.kind == "boxcox":
            self.parameters["power"] = [boxcox_power(column[np.isfinite(column)]) for column in values.T]
        elif self.kind == "zscore":
            centre = np.nanmedian(values, axis=0)
            spread = 1.4826 * np.nanmedian(np.abs(values - centre), axis=0)
            flat = [name for name, size in zip(fields, spread) if not size > 0.0]
            if flat:
                raise InputError(f"More than half of the values of {', '.join(flat)} are equal, so they have no robust "
                                 "z-score; take another transform or leave these fields out.")
            self.parameters = {"centre": centre.tolist(), "spread": spread.tolist()}
        elif self.kind in LOG_RATIOS:
            self._fit_ratios(values, rest, balances)
        self.names = _free_names(self._names(), taken)
        return self

    def forward(self, values):
        """Coordinates (n, k) of values (n, m); NaN where a value, or for log-ratios any of its row, is missing.

        Raises
        ------
        InputError
            A logarithm of a value that is not above zero.
        """
        values = np.asarray(values, np.float64)
        self._check(values)
        if self.kind == "log":
            return np.log(values)
        if self.kind == "boxcox":
            return boxcox(values, np.array(self.parameters["power"]))
        if self.kind == "zscore":
            return (values - self.parameters["centre"]) / self.parameters["spread"]
        if self.kind not in LOG_RATIOS:
            return np.zeros((len(values), 0))
        parts = self.parts(values)
        ratios = clr(parts) if self.kind == "clr" else ilr(parts, self.basis)
        return np.column_stack([ratios, log_size(parts)])

    def inverse(self, coordinates):
        """Values (n, m) in their units of coordinates (n, k), in the order of ``names``.

        Log-ratios without their size (a NaN column) close to 100 %.
        """
        coordinates = np.asarray(coordinates, np.float64)
        if self.kind == "log":
            return np.exp(coordinates)
        if self.kind == "boxcox":
            return inv_boxcox(coordinates, np.array(self.parameters["power"]))
        if self.kind == "zscore":
            return coordinates * self.parameters["spread"] + self.parameters["centre"]
        if self.kind not in LOG_RATIOS:
            return coordinates
        ratios, size = coordinates[:, :-1], coordinates[:, -1]
        ratios = ratios if self.kind == "clr" else clr_of_ilr(ratios, self.basis)
        parts = np.where(np.isfinite(size)[:, None], sized(ratios, size), closed(ratios, TOTAL))
        return parts[:, :len(self.fields)] / self._factors()

    def parts(self, values):
        """Parts (n, D) of a composition in ppm, or as they are when a unit is unknown; with the rest when it is one."""
        parts = np.asarray(values, np.float64) * self._factors()
        if not self.parameters["rest"]:
            return parts
        rest = TOTAL - parts.sum(axis=1)
        if (rest <= 0.0).any():
            raise InputError(
                f"In {int((rest <= 0.0).sum()):,} rows the fields add up to 100 % or more, so no rest is left; check "
                "the units, leave out fields that count twice, or set 'Rest as a part' to no."
            )
        return np.column_stack([parts, rest])

    @property
    def basis(self):
        """Orthonormal basis (D - 1, D) of ilr."""
        return basis_of_signs(np.array(self.parameters["signs"]))

    @property
    def optional(self):
        """Coordinates without which the inverse still works."""
        return [name for name in self.names[-1:] if self.kind in LOG_RATIOS]

    def to_tensors(self):
        """Arrays and JSON content from which `from_tensors` makes the same transform."""
        numbers = {key: np.array(value, np.float64) for key, value in self.parameters.items() if key != "rest"}
        return numbers, {"kind": self.kind, "fields": self.fields, "units": self.units, "names": self.names,
                         "rest": bool(self.parameters.get("rest", False))}

    @classmethod
    def from_tensors(cls, tensors, content):
        """The transform of what `to_tensors` gave."""
        transform = cls(content["kind"])
        transform.fields, transform.units, transform.names = content["fields"], content["units"], content["names"]
        transform.parameters = {key: np.asarray(value).tolist() for key, value in tensors.items()}
        transform.parameters["rest"], transform.notes = content["rest"], []
        return transform

    def _check(self, values):
        """Refuse values that the transform cannot take."""
        if self.kind not in POSITIVE:
            return
        with np.errstate(invalid="ignore"):
            bad = (values <= 0.0).sum(axis=0)
        if bad.any():
            listed = ", ".join(f"{name} ({count:,})" for name, count in zip(self.fields, bad) if count)
            raise InputError(
                f"The transform '{self.kind}' needs values above zero, but these fields hold zero or less: {listed}; "
                "let negative numbers and zeros mean 'below', or take 'zscore' or no transform."
            )

    def _fit_ratios(self, values, rest, balances):
        if len(self.fields) < 2:
            raise InputError(f"The transform '{self.kind}' compares fields with each other: choose two or more.")
        known = all(self.units)
        if not known and any(self.units):
            without = [name for name, unit in zip(self.fields, self.units) if not unit]
            self.notes.append(f"Units of {', '.join(without[:6])} are unknown, so all fields are taken to have the "
                              "same unit, and there is no rest.")
        if rest == "yes" and not known:
            raise InputError("The rest up to 100 % can be a part only when the units of all fields are known; name "
                             "them under 'Units', such as La=ppm, or set 'Rest as a part' to no.")
        total = (values * self._factors()).sum(axis=1)
        full = known and not (total >= TOTAL).any()
        if rest == "auto" and known and not full:
            self.notes.append(f"In {int((total >= TOTAL).sum()):,} rows the fields add up to 100 % or more, so the "
                              "rest is not one of the parts.")
        self.parameters["rest"] = rest == "yes" or (rest == "auto" and full)
        if self.kind == "ilr":
            labels = self.labels()
            signs = parse_balances(balances, labels) if balances.strip() else pivot_signs(len(labels))
            self.parameters["signs"] = signs.tolist()

    def labels(self):
        """Short names of the parts."""
        labels = [label_of_name(name) for name in self.fields]
        labels = labels if len(set(labels)) == len(labels) else list(self.fields)
        return labels + [REST] if self.parameters.get("rest") else labels

    def _factors(self):
        """Parts per million in the unit of each field, 1 where some unit is unknown."""
        return np.array([PPM[unit] for unit in self.units]) if all(self.units) else np.ones(len(self.units))

    def _names(self):
        if self.kind in SUFFIXES and self.kind != "clr":
            return [f"{name}_{SUFFIXES[self.kind]}" for name in self.fields]
        if self.kind == "clr":
            return [f"{name}_clr" for name in self.fields + [REST] * self.parameters["rest"]] + [SIZE]
        if self.kind == "ilr":
            return balance_names(self.labels(), np.array(self.parameters["signs"])) + [SIZE]
        return []


def boxcox_power(values):
    """Power of the Box-Cox transform with the highest likelihood, among those that can be inverted exactly.

    Parameters
    ----------
    values : array of float64, shape (n,)
        Above zero.

    Returns
    -------
    float
        Between -3 and 3, and such that no value to this power is below a millionth.
    """
    if len(values) < 2 or np.ptp(values) == 0.0:
        return 1.0
    logs = np.log(values)
    reach = -np.log(LEAST_POWER)
    bounds = (max(POWERS[0], -reach / max(logs.max(), 1e-9)), min(POWERS[1], reach / max(-logs.min(), 1e-9)))
    # Divided by their geometric mean, the values have a likelihood without a Jacobian.
    scaled = np.exp(logs - logs.mean())
    best = minimize_scalar(lambda power: np.log(boxcox(scaled, power).var()), bounds=bounds, method="bounded",
                           options={"xatol": 1e-9})
    return float(best.x)


def _free_names(names, taken):
    """Names that differ from each other and from those taken, whatever their case."""
    used, free = {name.lower() for name in taken}, []
    for name in names:
        number, wanted = 1, name
        while name.lower() in used:
            number += 1
            name = f"{wanted}_{number}"
        used.add(name.lower())
        free.append(name)
    return free
