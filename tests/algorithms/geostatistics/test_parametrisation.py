"""Parameters to models and back, with angles as in the variogram file."""
import numpy as np
import pytest

from lodescope.algorithms.geostatistics.covariance import Structure, Variogram, rotation
from lodescope.algorithms.geostatistics.parametrisation import (
    LARGEST_NUGGET,
    Parametrisation,
    angles_of,
    azimuth_and_dip,
    main_directions,
)

LIMITS = (1.0, 10_000.0)


def log_ranges_of(structure, dimensions):
    """Log-range matrix of a structure."""
    axes = rotation(structure.azimuth, structure.dip, structure.rake, dimensions)
    return (axes.T * np.log(structure.ranges[:dimensions])) @ axes


@pytest.mark.parametrize("angles", [(0, 0, 0), (35, -10, 0), (200, -60, 40), (350, -5, -70), (120, 0, 30),
                                    (77, -89, 12), (0, -90, 25), (45, 0, 90)])
def test_ellipsoid_and_angles_come_back(angles):
    structure = Structure("spherical", 1.0, (400.0, 150.0, 40.0), *angles)
    shape = Parametrisation(("spherical",), "full", 3, LIMITS)
    found = shape.variogram(shape.vector(log_ranges_of(structure, 3), 0.2), 2.0)
    assert found.nugget == pytest.approx(0.4)
    assert found.sill == pytest.approx(2.0)
    np.testing.assert_allclose(found.structures[0].ranges, structure.ranges, rtol=1e-9)
    first, second = structure.matrix(3), found.structures[0].matrix(3)
    np.testing.assert_allclose(first.T @ first, second.T @ second, atol=1e-10)
    assert -90.0 <= found.structures[0].dip <= 0.0
    assert -90.0 < found.structures[0].rake <= 90.0


@pytest.mark.parametrize("azimuth", [0.0, 30.0, 179.0])
def test_plane_ellipse_comes_back(azimuth):
    shape = Parametrisation(("cubic",), "full", 2, LIMITS)
    structure = Structure("cubic", 1.0, (300.0, 80.0), azimuth)
    found = shape.variogram(shape.vector(log_ranges_of(structure, 2), 0.1), 1.0).structures[0]
    np.testing.assert_allclose(found.ranges, (300.0, 80.0), rtol=1e-9)
    assert found.azimuth == pytest.approx(azimuth, abs=1e-6)
    assert found.dip == 0.0


def test_correlogram_has_the_same_ellipsoid_as_the_variogram():
    shape = Parametrisation(("matern15", "spherical"), "full", 3, LIMITS)
    structure = Structure("matern15", 1.0, (400.0, 150.0, 40.0), 35.0, -20.0, 15.0)
    theta = shape.vector(log_ranges_of(structure, 3), 0.25, multiplier=3.0, second=0.4)
    correlogram, variogram = shape.correlogram(theta), shape.variogram(theta, 1.0)
    np.testing.assert_allclose(correlogram.shares, [0.75 * 0.6, 0.75 * 0.4])
    for matrix, nested in zip(correlogram.matrices, variogram.structures):
        np.testing.assert_allclose(matrix.T @ matrix, nested.matrix(3).T @ nested.matrix(3), atol=1e-12)
    assert variogram.structures[1].ranges[0] == pytest.approx(1200.0)


@pytest.mark.parametrize(("vertical", "dip"), [(30.0, 0.0), (500.0, -90.0)])
def test_horizontal_anisotropy_turns_with_the_longer_axis(vertical, dip):
    shape = Parametrisation(("spherical",), "horizontal", 3, LIMITS)
    found = shape.variogram(shape.vector(np.diag(np.log([100.0, 100.0, vertical])), 0.0), 1.0).structures[0]
    assert found.dip == dip
    assert found.ranges[0] >= found.ranges[1] >= found.ranges[2]
    matrix = found.matrix(3)
    np.testing.assert_allclose(matrix.T @ matrix, np.diag([1e-4, 1e-4, vertical**-2.0]), atol=1e-12)


def test_nugget_of_nothing_is_zero_but_not_for_the_gaussian():
    eye = np.eye(2) * np.log(50.0)
    for model, least in (("spherical", 0.0), ("gaussian", 1e-6)):
        shape = Parametrisation((model,), "none", 2, LIMITS)
        assert shape.variogram(shape.vector(eye, 0.0), 1.0).nugget == pytest.approx(least)


def test_clipping_keeps_ranges_and_nugget_within_limits():
    shape = Parametrisation(("spherical", "cubic"), "full", 3, LIMITS)
    theta = shape.clipped(np.r_[20.0, 1.0, 0.5, -20.0, 2.0, 0.0, 50.0, 50.0, -50.0])
    values = np.exp(np.linalg.eigvalsh(shape.log_ranges(theta)))
    assert values.min() >= LIMITS[0] * (1 - 1e-9)
    assert values.max() <= LIMITS[1] * (1 + 1e-9)
    assert shape.nugget(theta) == pytest.approx(LARGEST_NUGGET)
    np.testing.assert_allclose(shape.clipped(theta), theta)


def test_prior_prefers_the_sphere():
    shape = Parametrisation(("spherical",), "full", 3, LIMITS)
    mean, precision = shape.prior(100.0)
    np.testing.assert_allclose(shape.log_ranges(mean), np.log(100.0) * np.eye(3), atol=1e-12)
    assert np.all(np.linalg.eigvalsh(precision) > 0.0)


def test_axis_signs_do_not_matter():
    axes = rotation(200.0, -30.0, 20.0)
    np.testing.assert_allclose(angles_of(axes), (200.0, -30.0, 20.0))
    np.testing.assert_allclose(angles_of(axes * np.array([[-1.0], [-1.0], [1.0]])), (200.0, -30.0, 20.0))
    assert azimuth_and_dip((0.0, 0.0, 1.0)) == (0.0, -90.0)
    assert azimuth_and_dip((0.0, -1.0)) == (0.0, 0.0)


def test_no_range_of_two_structures_exceeds_the_limit():
    shape = Parametrisation(("spherical", "cubic"), "full", 2, LIMITS)
    for longest in (100.0, 3000.0, 9000.0, 1e6):
        theta = shape.vector(np.diag(np.log([longest, 50.0])), 0.2, multiplier=40.0)
        first, second = shape.variogram(theta, 1.0).structures
        assert second.ranges[0] <= LIMITS[1] * (1.0 + 1e-9)
        assert second.ranges[0] >= 1.49 * first.ranges[0]
        np.testing.assert_allclose(shape.clipped(theta), theta)


def test_equal_horizontal_and_vertical_ranges_are_isotropic():
    shape = Parametrisation(("cubic",), "horizontal", 3, LIMITS)
    found = shape.variogram(shape.vector(np.log(200.0) * np.eye(3), 0.1), 1.0).structures[0]
    assert (found.ranges, found.dip) == (pytest.approx((200.0,)), 0.0)


def test_main_directions_are_the_axes_or_the_compass():
    def names(ranges, *angles, dimensions=3):
        structure = Structure("cubic", 1.0, ranges, *angles)
        return main_directions(Variogram(0.0, (structure,)), dimensions)

    assert [d[0] for d in names((9.0,), dimensions=2)] == ["Azimuth 0°", "Azimuth 45°", "Azimuth 90°", "Azimuth 135°"]
    assert names((9.0,))[-1] == ("Vertical", 0.0, -90.0)
    assert [d[0] for d in names((9.0, 9.0, 2.0))] == ["Azimuth 0°", "Azimuth 90°", "Vertical"]
    assert [d[0] for d in names((9.0, 2.0, 2.0), 0.0, -90.0)] == ["Azimuth 0°", "Azimuth 90°", "Vertical"]
    major, semi, _ = names((9.0, 5.0, 2.0), 30.0, -20.0)
    assert major == ("Major axis", pytest.approx(30.0), pytest.approx(-20.0))
    assert semi[:2] == ("Semi-major axis", pytest.approx(120.0))
