"""The content of a variogram file: checked, and as a curve to draw."""
import json
from pathlib import Path

import numpy as np
from qgis.core import QgsProcessingException

from ...algorithms.errors import InputError
from ...algorithms.geostatistics.covariance import MODELS, read_variogram, rotation, variogram_from_dict
from ...algorithms.reports.figures import model_semivariance
from ..translation import tr

__all__ = ["MODELS", "load_variogram", "mean_semivariances", "plan_ellipse", "save_variogram", "semivariances"]


def load_variogram(path):
    """The content of a variogram file.

    Raises
    ------
    QgsProcessingException
        It is none; the message says why.
    """
    try:
        return read_variogram(path).to_dict()
    except InputError as error:
        raise QgsProcessingException(str(error)) from error


def save_variogram(content, path):
    """Write a variogram file, whole or not at all.

    Raises
    ------
    QgsProcessingException
        The content is no variogram, or the file cannot be written.
    """
    partial = Path(f"{path}.partial")
    try:
        partial.write_text(json.dumps(variogram_from_dict(content).to_dict(), indent=1) + "\n", encoding="utf-8")
        partial.replace(path)
    except InputError as error:
        raise QgsProcessingException(str(error)) from error
    except OSError as error:
        raise QgsProcessingException(
            tr("The file {} cannot be written ({}): choose another place for it.").format(path, error.strerror)
        ) from error


def semivariances(content, lags, azimuth, dip, dimensions):
    """Semivariance of a variogram at distances along a direction, nugget included.

    Parameters
    ----------
    content : dict
        As in a variogram file.
    lags : sequence of float
        Metres.
    azimuth, dip : float
        Degrees.
    dimensions : int
        2 or 3.

    Returns
    -------
    list of float
    """
    direction = rotation(azimuth, dip, dimensions=dimensions)[0]
    return model_semivariance(variogram_from_dict(content), np.asarray(lags, dtype=float), direction).tolist()


def mean_semivariances(content, lags):
    """Mean semivariance of a variogram at each of several bundles of lag vectors, nugget included.

    Parameters
    ----------
    content : dict
        As in a variogram file.
    lags : sequence of array_like, shape (v, d)
        Metres.

    Returns
    -------
    list of float
    """
    variogram = variogram_from_dict(content)
    return [variogram.sill - float(variogram.at(np.asarray(vectors, dtype=float)).mean()) for vectors in lags]


def plan_ellipse(content, dimensions):
    """Ranges of the longest structure in the plan: those of its section by a horizontal plane.

    Returns
    -------
    longest, shortest : float
        Metres.
    azimuth : float
        Of the longest, degrees from 0 to 180.
    """
    structure = max(variogram_from_dict(content).structures, key=lambda one: max(one.ranges))
    shape = structure.matrix(dimensions)[:, :2]
    squares, axes = np.linalg.eigh(shape.T @ shape)
    longest, shortest = 1.0 / np.sqrt(np.maximum(squares, 1e-300))
    east, north = axes[:, 0]
    return float(longest), float(shortest), float(np.degrees(np.arctan2(east, north)) % 180.0)
