"""What can be wrong with rare-earth assays: units, gaps, values below detection."""
import numpy as np

from ..errors import InputError
from .lambdas import LEAST_ELEMENTS
from .rare_earths import oxide_of, reference_values
from .ree_names import ELEMENTS
from .ree_patterns import oxides, spikes, total

# Oxides of a sample cannot add up to more than this (ppm); the margin is for analytical error.
IMPOSSIBLE = 1.05e6
# More than this share of impossible samples is a wrong unit and no slip.
FEW = 0.01
# Median sums outside this range (ppm of oxides) are seen in few rocks; the upper crust has about 170.
POOR, RICH = 5.0, 2e5
CHECKED = 20_000


def check_sums(elements):
    """Warnings about sums of oxides that rocks do not have.

    Parameters
    ----------
    elements : array, shape (n, 15)
        In ppm.

    Returns
    -------
    list of str

    Raises
    ------
    InputError
        The oxides of more than 1 % of the samples add up to more than a sample weighs.
    """
    made = oxides(elements)
    sums = total(made, ELEMENTS)
    most = ELEMENTS[int(np.nansum(made, axis=0).argmax())]
    sums = sums[np.isfinite(sums) & (sums > 0.0)]
    if not sums.size:
        raise InputError("INPUT: no rare-earth field holds a value above zero; choose other fields or another layer.")
    beyond = int((sums > IMPOSSIBLE).sum())
    if beyond > FEW * sums.size:
        raise InputError(
            f"INPUT: the rare-earth oxides of {beyond:,} of {sums.size:,} samples add up to more than 100 per cent "
            f"(the largest sum is {sums.max() / 1e4:,.0f} per cent, {most} contributes most); choose another 'Unit', "
            f"or another field for {most} under 'Fields by hand'."
        )
    warnings, median = [], float(np.median(sums))
    if beyond:
        warnings.append(f"The oxides of {beyond:,} samples add up to more than 100 per cent; check these samples.")
    if not POOR <= median <= RICH:
        warnings.append(
            f"The median of the total oxides is {median:.3g} ppm, which few rocks have (the upper crust has about 170 "
            "ppm); check the unit.")
    return warnings


def check_pattern(elements, reference, fields):
    """Warnings about elements that stand out of the pattern of most samples.

    Parameters
    ----------
    elements : array, shape (n, 15)
    reference : str
    fields : dict
        Symbols to field names.

    Returns
    -------
    list of str
    """
    step = max(1, len(elements) // CHECKED)
    found = spikes(elements[::step], reference_values(reference))
    return [
        f"{symbol} is {ratio:.3g} times what its neighbours in the pattern let expect (median); check the unit of the "
        f"field '{fields[symbol]}' and of those of its neighbours." for symbol, ratio in found.items()
    ]


def blank_rows(values):
    """Samples (n,) of which every assay is zero or missing: with many elements that means not analysed.

    Parameters
    ----------
    values : array, shape (n, m)
        With fewer than 7 elements zeros may be true for a coarse detection limit, and no sample is blank.
    """
    values = np.asarray(values)
    if values.shape[1] < LEAST_ELEMENTS:
        return np.zeros(len(values), bool)
    return (values == 0.0).any(axis=1) & ~(values > 0.0).any(axis=1)


def check_gaps(values, columns):
    """Warnings about negative values, zeros and missing values, field by field.

    Parameters
    ----------
    values : array, shape (n, m)
    columns : sequence of dict
        With the key ``field``.

    Returns
    -------
    list of str
    """
    values = np.asarray(values)
    kinds = (
        ((values < 0.0).sum(axis=0), "negative values, which often mean below detection, are taken as missing ({}); "
         "'Prepare assays' gives them a value"),
        ((values == 0.0).sum(axis=0), "zeros add nothing to the sums and are left out of ratios and patterns ({}); if "
         "they mean below detection, 'Prepare assays' gives them a value"),
        (np.isnan(values).sum(axis=0), "values are missing ({}); such samples have smaller sums unless 'Samples with "
         "gaps' says otherwise"),
    )
    warnings = []
    for counts, text in kinds:
        named = ", ".join(f"{column['field']}: {count:,}" for column, count in zip(columns, counts) if count)
        if named:
            warnings.append(f"{int(counts.sum()):,} " + text.format(named) + ".")
    return warnings


def check_absent(recipe):
    """Warnings about elements without a field, and which sums lack them."""
    absent = [element for element in ELEMENTS if element not in recipe.measured]
    if not absent:
        return []
    warnings = [f"No field for {', '.join(absent)}: sums are those of the other elements."]
    for group, symbols in recipe.groups.items():
        lacking = [oxide_of(symbol, recipe.oxides) for symbol in symbols if symbol in absent]
        if lacking and group not in ("TREO", "LREO", "HREO"):
            warnings.append(f"{group} lacks {', '.join(lacking)}.")
        if len(lacking) == len(symbols):
            warnings.append(f"{group} is left empty, as none of its elements has a field.")
    return warnings
