"""Shape of rare-earth patterns as coefficients of orthogonal polynomials in the ionic radius.

O'Neill (2016), doi:10.1093/petrology/egw047; see also Anenburg and Williams
(2022), doi:10.1007/s11004-021-09959-5. Coefficient 0 is the mean level of the
logarithm of the pattern, 1 its slope, 2 its curvature and 3 its sinuosity.
"""
import numpy as np

from .rare_earths import RADII, reference_values
from .ree_names import ELEMENTS

REFERENCE = "chondrite_on16"
LANTHANIDES = tuple(element for element in ELEMENTS if element != "Y")
DEGREE = 4
# Fewer elements than this say too little of four coefficients.
LEAST_ELEMENTS = 7
# Elements left out of the fit, and elements over which the polynomials are orthogonal.
EXCLUDED = {"eu": ("Eu",), "ce_eu": ("Ce", "Eu")}
BASES = {"oneill": tuple(element for element in LANTHANIDES if element != "Eu"), "full": LANTHANIDES}
ROWS = 50_000


def orthogonal_polynomials(points, places, degree=DEGREE):
    """Monic polynomials that are orthogonal over given points, at other places.

    Parameters
    ----------
    points : array, shape (p,)
        Where they are orthogonal.
    places : array, shape (q,)
        Where their values are wanted.
    degree : int
        Number of polynomials, the constant one included.

    Returns
    -------
    array, shape (q, degree)
    """
    points, places = np.asarray(points, float), np.asarray(places, float)
    both = np.concatenate([points, places])
    inside = slice(0, points.size)
    columns = [np.ones(both.size)]
    for _ in range(degree - 1):
        last = columns[-1]
        weight = (last[inside] ** 2).sum()
        following = (both - (points * last[inside] ** 2).sum() / weight) * last
        if len(columns) > 1:
            following = following - weight / (columns[-2][inside] ** 2).sum() * columns[-2]
        columns.append(following)
    return np.column_stack(columns)[points.size:]


def lambdas(elements, exclude="eu", basis="oneill", progress=None):
    """Coefficients of each pattern by least squares on the logarithms.

    Parameters
    ----------
    elements : array, shape (n, 15)
        Contents in ppm in the order of `ELEMENTS`; NaN or zero where unknown.
    exclude : str
        ``"eu"`` as in the paper, or ``"ce_eu"`` for weathered rocks, whose Ce
        is oxidised.
    basis : str
        Polynomials orthogonal over all lanthanides but Eu (``"oneill"``) or
        over all of them (``"full"``).
    progress : Progress, optional

    Returns
    -------
    array, shape (n, 4)
        NaN where fewer than 7 elements are known.
    """
    used = [element for element in LANTHANIDES if element not in EXCLUDED[exclude]]
    columns = [ELEMENTS.index(element) for element in used]
    radii = np.array([RADII[element] for element in used])
    design = orthogonal_polynomials([RADII[element] for element in BASES[basis]], radii)
    norms = reference_values(REFERENCE)[columns]
    result = np.full((len(elements), DEGREE), np.nan)
    for start in range(0, len(elements), ROWS):
        part = np.asarray(elements[start:start + ROWS], float)[:, columns]
        known = np.isfinite(part) & (part > 0.0)
        logs = np.log(np.where(known, part, 1.0) / norms)
        result[start:start + ROWS] = _fit(design, logs, known)
        if progress is not None:
            progress(min(1.0, (start + ROWS) / len(elements)))
    return result


def _fit(design, logs, known):
    """Least squares for each set of elements that are known together."""
    result = np.full((len(logs), DEGREE), np.nan)
    patterns, which = np.unique(np.packbits(known, axis=1), axis=0, return_inverse=True)
    order = np.argsort(which.reshape(-1), kind="stable")
    ends = np.cumsum(np.bincount(which.reshape(-1), minlength=len(patterns)))
    for first, last in zip(np.r_[0, ends[:-1]], ends):
        rows = order[first:last]
        there = known[rows[0]]
        if there.sum() >= LEAST_ELEMENTS:
            result[rows] = logs[np.ix_(rows, there)] @ np.linalg.pinv(design[there]).T
    return result
