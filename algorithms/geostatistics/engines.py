"""Choice of the kriging engine.

Exact dual kriging factorises the covariance of all samples once; beyond some
15,000 samples that no longer fits, and nested thinned neighbourhoods take
over. PyKrige is the independent reference.
"""
from ..errors import InputError
from .dual import DualKriging
from .multilevel import MultilevelKriging
from .pykrige_bridge import PyKrigeKriging

EXACT_LIMIT = 15_000
ENGINES = ("exact", "multilevel", "pykrige")
NEIGHBOURS = 48  # of each level of thinning


def choose_engine(samples, engine="auto", neighbours=None):
    """Name of the engine and the reason for it.

    Parameters
    ----------
    samples : int
        Distinct places.
    engine : str
        "auto" or one of `ENGINES`.
    neighbours : int, optional
        Asks for local neighbourhoods of that many samples per level.

    Returns
    -------
    name, reason : str
    """
    if engine != "auto":
        return engine, "as chosen"
    if neighbours:
        return "multilevel", f"{neighbours} neighbours per level were asked for"
    if samples <= EXACT_LIMIT:
        return "exact", f"{samples} samples are at most {EXACT_LIMIT}"
    return "multilevel", f"{samples} samples are more than {EXACT_LIMIT}"


def make_engine(name, variogram, drift="constant", neighbours=None, exact=True, mean=None, single=False):
    """An unfitted engine; all have ``fit``, ``predict`` and ``evaluate``.

    Parameters
    ----------
    name : str
        One of `ENGINES`.
    variogram : Variogram
    drift : str
        "constant", "linear" or "none".
    neighbours : int, optional
        Samples per level of the multilevel engine.
    exact : bool
        Honour samples at coincident points; False filters the nugget out.
    mean : numpy.ndarray, shape (m,), optional
        Known means of simple kriging, with the drift "none".
    single : bool
        Variances of the exact engine in single precision.

    Raises
    ------
    InputError
        PyKrige was asked for simple kriging, which it does not have.
    """
    if name == "multilevel":
        return MultilevelKriging(variogram, drift, neighbours=neighbours or NEIGHBOURS, mean=mean, exact=exact)
    if name == "pykrige":
        if drift == "none":
            raise InputError("PyKrige has no simple kriging: leave the known mean empty or choose another engine.")
        return PyKrigeKriging(variogram, drift, exact=exact)
    return DualKriging(variogram, drift, mean=mean, exact=exact, single=single)
