"""The columns that rare-earth chemistry adds to a table, from assays as they stand."""
from dataclasses import dataclass

import numpy as np

from .lambdas import DEGREE, lambdas
from .rare_earths import PPM, oxide_of, reference_values, to_element
from .ree_names import ELEMENTS
from .ree_patterns import (
    CERIUM,
    EUROPIUM,
    PLACE,
    PRASEODYMIUM,
    SLOPES,
    anomaly,
    fill_gaps,
    groups_of,
    normalise,
    oxides,
    quotient,
    share,
    slope,
    total,
)

PARTS = ("LREO", "HREO", "MREO", "NdPr", "CREO")
MISSING = ("sum", "null", "interpolate")


@dataclass(frozen=True)
class Recipe:
    """What is computed and by which definitions.

    Attributes
    ----------
    columns : tuple of dict
        One for each assay: ``element``, ``oxide`` (formula or empty) and ``unit``; see `ree_names.settle`.
    reference : str
        A key of `rare_earths.references`.
    definition, magnet, oxides, cerium : str
        Keys of `rare_earths.LIGHT`, `rare_earths.MAGNET`, kind of `rare_earths.oxide_of`, key of `ree_patterns.CERIUM`.
    unit : str
        Of oxides and sums in the result, ``"ppm"`` or ``"pct"``.
    missing : str
        ``"sum"`` adds what is known, ``"null"`` leaves sums with a missing part empty, ``"interpolate"`` reads gaps off
        the pattern.
    exclude, basis : str
        See `lambdas.lambdas`.
    pattern : bool
        Whether the normalised contents are wanted.
    """

    columns: tuple
    reference: str = "chondrite_ms95"
    definition: str = "la_sm"
    magnet: str = "pr_nd_tb_dy"
    oxides: str = "stable"
    cerium: str = "la_pr"
    unit: str = "ppm"
    missing: str = "sum"
    exclude: str = "eu"
    basis: str = "oneill"
    pattern: bool = True

    @property
    def measured(self):
        """Symbols of the assays, in the order of `ELEMENTS`."""
        return tuple(element for element in ELEMENTS if element in {column["element"] for column in self.columns})

    @property
    def groups(self):
        """Elements of each group of oxides."""
        return groups_of(self.definition, self.magnet)

    def names(self):
        """Names of all columns of `compute`, in order."""
        written = ELEMENTS if self.missing == "interpolate" else self.measured
        return [
            *(f"{oxide_of(element, self.oxides)}_{self.unit}" for element in written),
            *(f"{group}_{self.unit}" for group in ("TREO", *PARTS)), f"TREE_{self.unit}", "HREE_LREE",
            *(f"{part}_share" for part in PARTS), *SLOPES, "Ce_anomaly", "Pr_anomaly", "Eu_anomaly", "Y_Ho",
            *(f"lambda{degree}" for degree in range(DEGREE)), "REE_n",
            *(["REE_filled"] if self.missing == "interpolate" else []),
            *(f"{element}_N" for element in written if self.pattern),
        ]


def contents(values, recipe):
    """Assays as contents of the elements.

    Parameters
    ----------
    values : array, shape (n, m)
        As they stand in the table, in the order of ``recipe.columns``. A negative value is no content and becomes NaN.
    recipe : Recipe

    Returns
    -------
    array, shape (n, 15)
        In ppm of the element; NaN where nothing is known.
    """
    elements = np.full((len(values), len(ELEMENTS)), np.nan)
    for column, assay in zip(np.asarray(values, float).T, recipe.columns):
        known = np.where(column >= 0.0, column, np.nan)
        elements[:, PLACE[assay["element"]]] = to_element(known, assay["unit"], assay["oxide"])
    return elements


def compute(elements, recipe):
    """Every column of `Recipe.names`.

    Parameters
    ----------
    elements : array, shape (n, 15)
        As `contents` gives them.
    recipe : Recipe

    Returns
    -------
    array, shape (columns, n)
        NaN where a quantity cannot be had.
    """
    reference = reference_values(recipe.reference)
    counts = [(elements > 0.0).sum(axis=1)]
    used = elements
    if recipe.missing == "interpolate":
        used, filled = fill_gaps(elements, reference)
        counts.append(filled)
    written = [PLACE[element] for element in (ELEMENTS if recipe.missing == "interpolate" else recipe.measured)]
    pattern = normalise(used, reference)[:, written].T if recipe.pattern else ()
    return np.vstack([
        *(oxides(used, recipe.oxides)[:, written] / PPM[recipe.unit]).T, *_sums(used, recipe),
        *_shapes(elements, reference, recipe), *counts, *pattern,
    ])


def _sums(elements, recipe):
    """Sums of oxides, of elements, their ratio and the shares of the oxides."""
    made = oxides(elements, recipe.oxides) / PPM[recipe.unit]
    needed = recipe.measured if recipe.missing == "null" else ()
    groups = recipe.groups
    sums = {name: total(made, symbols, needed) for name, symbols in groups.items()}
    light, heavy = (total(elements, groups[name], needed) for name in ("LREO", "HREO"))
    return [*sums.values(), total(elements, ELEMENTS, needed) / PPM[recipe.unit], quotient(heavy, light),
            *(share(sums[part], sums["TREO"]) for part in PARTS)]


def _shapes(elements, reference, recipe):
    """Slopes, anomalies, Y/Ho and lambda coefficients, from measured contents only."""
    pattern = normalise(elements, reference)
    return [
        *(slope(pattern, name) for name in SLOPES), anomaly(pattern, "Ce", CERIUM[recipe.cerium]),
        anomaly(pattern, "Pr", PRASEODYMIUM), anomaly(pattern, "Eu", EUROPIUM),
        quotient(elements[:, PLACE["Y"]], elements[:, PLACE["Ho"]]),
        *lambdas(elements, recipe.exclude, recipe.basis).T,
    ]
