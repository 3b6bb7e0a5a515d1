import numpy as np
import pytest
from pykrige.ok import OrdinaryKriging
from pykrige.ok3d import OrdinaryKriging3D
from pykrige.uk import UniversalKriging
from pykrige.uk3d import UniversalKriging3D
from scipy.spatial.transform import Rotation

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.geostatistics import pykrige_bridge
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram, rotation
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.geostatistics.kernels import single_blas
from lodescope.algorithms.geostatistics.pykrige_bridge import PyKrigeKriging

ORIGIN = np.array([2000.0, 5000.0, 100.0])
NUGGET, SILL = 0.2, 0.8
AZIMUTH, DIP, RAKE = 35.0, -25.0, 15.0
RANGES = (420.0, 210.0, 90.0)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """PyKrige's matrix products on many threads wait for each other on a busy machine."""
    with single_blas():
        yield


def data(dimensions, count=150):
    generator = np.random.default_rng(5)
    coordinates = (ORIGIN + generator.random((count, 3)) * [1000.0, 1000.0, 300.0])[:, :dimensions]
    points = (ORIGIN + generator.random((200, 3)) * [1000.0, 1000.0, 300.0])[:, :dimensions]
    points[:20] = coordinates[:20]
    return coordinates, generator.normal(size=(count, 2)) + 3.0, points


def turned(dimensions):
    """PyKrige's own anisotropy arguments: it turns counter-clockwise about x, y, z, then stretches."""
    if dimensions == 2:
        return {"anisotropy_scaling": RANGES[0] / RANGES[1], "anisotropy_angle": 90.0 - AZIMUTH}
    angles = -Rotation.from_matrix(rotation(AZIMUTH, DIP, RAKE)).as_euler("xyz", degrees=True)
    return {"anisotropy_scaling_y": RANGES[0] / RANGES[1], "anisotropy_scaling_z": RANGES[0] / RANGES[2],
            **{f"anisotropy_angle_{axis}": angle for axis, angle in zip("xyz", angles)}}


def stock(drift, dimensions, coordinates, values, model, exact):
    """PyKrige used as its manual says."""
    kind = {("constant", 2): OrdinaryKriging, ("constant", 3): OrdinaryKriging3D,
            ("linear", 2): UniversalKriging, ("linear", 3): UniversalKriging3D}[drift, dimensions]
    settings = {"drift_terms": ["regional_linear"]} if drift == "linear" else {}
    return kind(*coordinates.T, values, variogram_model=model,
                variogram_parameters={"psill": SILL, "range": RANGES[0], "nugget": NUGGET},
                exact_values=exact, **turned(dimensions), **settings)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("model", ["spherical", "exponential", "gaussian"])
@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("drift", ["constant", "linear"])
def test_both_engines_equal_stock_pykrige_with_its_own_anisotropy(drift, dimensions, model, exact):
    coordinates, values, points = data(dimensions)
    estimate, variance = stock(drift, dimensions, coordinates, values[:, 1], model, exact).execute("points", *points.T)
    variogram = Variogram(NUGGET, (Structure(model, SILL, RANGES, AZIMUTH, DIP, RAKE),))
    for engine in (DualKriging, PyKrigeKriging):
        got = engine(variogram, drift, exact=exact).fit(coordinates, values).predict(points, variance=True)
        np.testing.assert_allclose(got.estimate[:, 1], estimate, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(got.variance, variance, rtol=1e-6, atol=1e-6 * (SILL + NUGGET))


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("structures", [
    [("matern15", 0.6, 1.0)], [("spherical", 0.5, 1.0), ("exponential", 0.3, 2.5)],
    [("cubic", 0.5, 1.0), ("matern25", 0.2, 0.4)],
])
def test_nested_structures_equal_dual_kriging(structures, dimensions):
    coordinates, values, points = data(dimensions)
    nested = tuple(Structure(model, sill, tuple(stretch * r for r in RANGES), AZIMUTH, DIP, RAKE)
                   for model, sill, stretch in structures)
    variogram = Variogram(0.1, nested)
    got = PyKrigeKriging(variogram, "linear").fit(coordinates, values).predict(points, variance=True)
    expected = DualKriging(variogram, "linear").fit(coordinates, values).predict(points, variance=True)
    np.testing.assert_allclose(got.estimate, expected.estimate, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(got.variance, expected.variance, rtol=1e-6, atol=1e-6)


def test_points_in_chunks_equal_all_at_once(monkeypatch):
    coordinates, values, points = data(3)
    variogram = Variogram(NUGGET, (Structure("spherical", SILL, RANGES),))
    engine = PyKrigeKriging(variogram).fit(coordinates, values)
    whole = engine.predict(points, variance=True)
    monkeypatch.setattr(pykrige_bridge, "CHUNK_BYTES", 8 * 6 * 150 * 37)
    parts = engine.predict(points, variance=True)
    np.testing.assert_allclose(parts.estimate, whole.estimate, atol=1e-12)
    np.testing.assert_allclose(parts.variance, whole.variance, atol=1e-12)


def test_constructor_leaves_pykrige_as_it_was():
    kept = pykrige_bridge.ok3d._find_statistics
    coordinates, values, _ = data(3)
    PyKrigeKriging(Variogram(NUGGET, (Structure("spherical", SILL, RANGES),))).fit(coordinates, values)
    assert pykrige_bridge.ok3d._find_statistics is kept


def test_what_pykrige_cannot_do_is_said():
    coordinates, values, points = data(3)
    simple = Variogram(NUGGET, (Structure("spherical", SILL, RANGES),))
    twisted = Variogram(NUGGET, (Structure("spherical", SILL, RANGES), Structure("cubic", SILL, (50.0,))))
    with pytest.raises(InputError, match="anisotropy"):
        PyKrigeKriging(twisted).fit(coordinates, values)
    with pytest.raises(InputError, match="simple kriging"):
        PyKrigeKriging(simple, "none")
    with pytest.raises(InputError, match="two samples"):
        PyKrigeKriging(simple).fit(coordinates[:1], values[:1])
    with pytest.raises(InputError, match="gradients"):
        PyKrigeKriging(simple).fit(coordinates, values).predict(points, gradient=True)
    doubled = PyKrigeKriging(simple).fit(coordinates, values, np.full(150, 2))
    assert "merged" in doubled.note


def test_a_trend_that_the_samples_do_not_determine_is_refused():
    line = np.column_stack([np.linspace(0.0, 100.0, 20), np.zeros(20)])
    variogram = Variogram(NUGGET, (Structure("spherical", SILL, (50.0,)),))
    with pytest.raises(InputError, match="one line"):
        PyKrigeKriging(variogram, "linear").fit(line, line[:, 0])


def test_a_system_that_cannot_be_solved_is_refused(monkeypatch):
    coordinates, values, points = data(2)
    engine = PyKrigeKriging(Variogram(NUGGET, (Structure("spherical", SILL, (50.0,)),))).fit(coordinates, values)

    def fail(*arguments):
        raise np.linalg.LinAlgError

    monkeypatch.setattr(engine.kriging, "execute", fail)
    with pytest.raises(InputError, match="cannot solve"):
        engine.predict(points)


def test_prediction_can_be_stopped():
    coordinates, values, points = data(2)
    engine = PyKrigeKriging(Variogram(NUGGET, (Structure("spherical", SILL, (50.0,)),))).fit(coordinates, values)

    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        engine.predict(points, check=stop)
