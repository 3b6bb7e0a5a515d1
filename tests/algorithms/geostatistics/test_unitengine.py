"""Units of a map, each kriged from its own samples."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.geostatistics.covariance import variogram_from_dict
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.geostatistics.unitengine import UnitEngine, UnitMap


@pytest.fixture
def engine(drilling, grid, smooth_variogram):
    """Value 1 in the west, 9 in the east, nowhere anything between."""
    coordinates, holes = drilling
    units = np.zeros((10, 10), int)
    units[:, 5:] = 1
    unit_map = UnitMap(grid, units)
    at = unit_map.at(coordinates)
    values = np.where(at == 0, 1.0, 9.0)[:, None] + 1e-3 * np.sin(coordinates[:, :1])
    found = UnitEngine(lambda: DualKriging(variogram_from_dict(smooth_variogram)), unit_map, at)
    return found.fit(coordinates, values), holes, at


def test_points_take_the_unit_of_their_cell(grid):
    units = np.arange(100).reshape(10, 10)
    points = np.array([[500_001.0, 7_000_399.0], [500_399.0, 7_000_001.0], [499_999.0, 7_000_200.0]])
    npt.assert_array_equal(UnitMap(grid, units).at(points), [0, 99, -1])


def test_units_with_too_few_samples_are_named(drilling, grid, smooth_variogram):
    coordinates, _ = drilling
    unit_map = UnitMap(grid, np.zeros((10, 10), int), ["granite", "schist"])
    units = np.zeros(len(coordinates), int)
    units[0] = 1
    found = UnitEngine(lambda: DualKriging(variogram_from_dict(smooth_variogram)), unit_map, units)
    found.fit(coordinates, coordinates[:, 2:])
    assert found.note.endswith("from all samples: schist.")


def test_a_contact_stays_sharp(engine):
    points = np.array([[500_199.0, 7_000_200.0, 150.0], [500_201.0, 7_000_200.0, 150.0]])
    npt.assert_allclose(engine[0].predict(points).estimate[:, 0], [1.0, 9.0], atol=0.01)


def test_left_out_holes_are_predicted_within_their_unit(engine):
    model, holes, units = engine
    found = model.leave_out(holes, gradient=True)
    npt.assert_allclose(found.estimate[:, 0], np.where(units == 0, 1.0, 9.0), atol=0.01)
    assert np.isfinite(found.gradient).all()
    assert np.isfinite(found.variance).all()
