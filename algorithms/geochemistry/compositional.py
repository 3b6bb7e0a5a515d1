"""Log-ratio coordinates of compositions, and the way back.

References
----------
Aitchison, J. (1986). The Statistical Analysis of Compositional Data. Chapman and Hall,
https://doi.org/10.1007/978-94-009-4109-0
Egozcue, J. J., Pawlowsky-Glahn, V., Mateu-Figueras, G. & Barcelo-Vidal, C. (2003). Isometric logratio transformations
for compositional data analysis. Mathematical Geology 35. https://doi.org/10.1023/A:1023818214614
Filzmoser, P., Hron, K. & Templ, M. (2018). Applied Compositional Data Analysis (pivot coordinates). Springer,
https://doi.org/10.1007/978-3-319-96422-5
"""
import re

import numpy as np

from ..errors import InputError


def clr(parts):
    """Centred log-ratios (n, D) of positive parts (n, D); each row sums to 0, NaN where a part is missing."""
    logs = np.log(parts)
    return logs - logs.mean(axis=1, keepdims=True)


def log_size(parts):
    """Mean natural logarithm (n,) of the parts of each row: what log-ratios leave out."""
    return np.log(parts).mean(axis=1)


def closed(coordinates, total):
    """Parts (n, D) whose centred log-ratios these are and whose sum is ``total``."""
    parts = np.exp(coordinates - coordinates.max(axis=1, keepdims=True))
    return total * parts / parts.sum(axis=1, keepdims=True)


def sized(coordinates, size):
    """Parts (n, D) with these centred log-ratios and mean logarithms (n,)."""
    return np.exp(coordinates + np.asarray(size)[:, None])


def pivot_signs(count):
    """Partition behind pivot coordinates (D - 1, D): each part against all that follow it."""
    signs = -np.triu(np.ones((count, count)), 1) + np.eye(count)
    return signs[:-1]


def basis_of_signs(signs):
    """Orthonormal basis (D - 1, D) of a sequential binary partition.

    Parameters
    ----------
    signs : array, shape (D - 1, D)
        1 for parts in the numerator of a balance, -1 in its denominator, 0 for the others.
    """
    plus, minus = (signs > 0).sum(axis=1, keepdims=True), (signs < 0).sum(axis=1, keepdims=True)
    size = np.sqrt(plus * minus / (plus + minus))
    return np.where(signs > 0, size / plus, np.where(signs < 0, -size / minus, 0.0))


def ilr(parts, basis):
    """Isometric log-ratio coordinates (n, D - 1) of positive parts (n, D)."""
    return np.log(parts) @ basis.T


def clr_of_ilr(coordinates, basis):
    """Centred log-ratios (n, D) of isometric coordinates (n, D - 1)."""
    return np.asarray(coordinates) @ basis


def balance_names(labels, signs):
    """Readable names of coordinates: ``ilr_La_vs_rest``, ``ilr_Yb_vs_Lu``, ``ilr_La_Ce_vs_Yb_Lu``."""
    names = []
    for number, row in enumerate(signs, 1):
        plus = [labels[k] for k in np.flatnonzero(row > 0)]
        minus = [labels[k] for k in np.flatnonzero(row < 0)]
        pivot = len(plus) == 1 and len(minus) > 1 and number + len(minus) == len(labels)
        over, under = _joined(plus), "rest" if pivot else _joined(minus)
        names.append(f"ilr_{over}_vs_{under}" if over and under else f"ilr_{number}")
    return names


def _joined(labels):
    """Up to three labels in one name; empty when there are more."""
    return "_".join(re.sub(r"\W+", "_", label).strip("_") for label in labels) if len(labels) <= 3 else ""


def parse_balances(text, labels):
    """A sequential binary partition written as ``"La Ce / Yb Lu; La / Ce; Yb / Lu"``.

    Parameters
    ----------
    text : str
        Balances separated by semicolons; parts separated by spaces or commas.
    labels : list of str
        Names of the parts, as the text has them.

    Returns
    -------
    array, shape (D - 1, D)
        Signs.

    Raises
    ------
    InputError
        A part is unknown, or the balances do not split all parts one by one.
    """
    balances = [balance for balance in text.split(";") if balance.strip()]
    signs = np.zeros((len(balances), len(labels)))
    for row, balance in enumerate(balances):
        sides = balance.split("/")
        if len(sides) != 2:
            raise InputError(f"The balance '{balance.strip()}' needs one '/', as in 'La Ce / Yb Lu'.")
        for sign, side in zip((1.0, -1.0), sides):
            for part in filter(None, re.split(r"[\s,]+", side)):
                if part not in labels:
                    raise InputError(f"The balances name '{part}', which is none of the parts: {', '.join(labels)}.")
                signs[row, labels.index(part)] = sign
    _check_partition(signs, labels)
    return signs


def _check_partition(signs, labels):
    """Refuse balances that are not orthogonal, or too few."""
    complete = len(signs) == len(labels) - 1 and (signs > 0).any(axis=1).all() and (signs < 0).any(axis=1).all()
    if complete:
        basis = basis_of_signs(signs)
        complete = np.allclose(basis @ basis.T, np.eye(len(basis)), atol=1e-9)
    if not complete:
        raise InputError(
            f"The balances do not split the {len(labels)} parts ({', '.join(labels)}) one by one: "
            f"{len(labels) - 1} are needed, and each must divide one side of an earlier balance."
        )
