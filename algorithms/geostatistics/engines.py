"""Choice of the kriging engine.

Exact dual kriging factorises the covariance of all samples once; beyond some
15,000 samples that no longer fits, and nested thinned neighbourhoods take
over. PyKrige is the independent reference.
"""
from ..errors import InputError
from .dual import DualKriging
from .multilevel import MultilevelKriging
from .pykrige_bridge import PyKrigeKriging
from .tiles import evaluate, fill, grid_blocks, grid_points, needed

EXACT_LIMIT = 15_000
ENGINES = ("exact", "multilevel", "pykrige")
NEIGHBOURS = 48  # of each level of thinning
EXACT_VARIANCES = 2e12  # operations; beyond, variances come from local neighbourhoods


def grid_parts(engine, grid):
    """Parts of a grid that an engine works through; ``done`` of `krige_grid` has one flag for each."""
    return engine.blocks(grid) if hasattr(engine, "blocks") else grid_blocks(grid)


def krige_grid(engine, *args, **options):
    """Krige a grid in the way that suits the engine; arguments as for `tiles.evaluate`."""
    if hasattr(engine, "evaluate"):
        engine.evaluate(*args, **options)
    else:
        evaluate(engine, *args, **options)


class LocalVariance:
    """Exact estimates and gradients, with variances from local neighbourhoods.

    The exact variance of every cell costs the square of the number of
    samples; neighbourhoods give it to about one per cent.

    Parameters
    ----------
    dual : DualKriging
    local : MultilevelKriging
    """

    def __init__(self, dual, local):
        self.dual, self.local = dual, local

    def fit(self, coordinates, values, counts=None):
        """Fit both engines."""
        self.dual.fit(coordinates, values, counts)
        self.local.fit(coordinates, values, counts)
        self.note = self.dual.note
        return self

    def blocks(self, grid):
        """See `MultilevelKriging.blocks`."""
        return self.local.blocks(grid)

    def evaluate(self, grid, quantities, out, progress, threads=None, done=None, block=None, convert=None, needs=None):
        """As `tiles.evaluate`."""
        needs = needed(name for name, _ in quantities) if needs is None else needs
        blend = self.local.blend(grid, block)
        spread = {key: value for key, value in needs.items() if key.endswith("variance")}

        def predict(part):
            sure = self.dual.predict(grid_points(grid, part), gradient=needs.get("gradient", False), block=block,
                                     check=progress.check)
            doubt = blend.predict(part, progress.check, **spread)
            sure.variance, sure.gradient_variance = doubt.variance, doubt.gradient_variance
            return sure

        fill(blend.parts(), predict, grid, quantities, out, progress, threads, done, convert)


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
    """An unfitted engine with ``fit`` and ``predict``; `krige_grid` takes any of them.

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
