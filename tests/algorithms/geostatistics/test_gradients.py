"""Gradient quantities on a grid and at samples without their own hole."""
from dataclasses import replace

import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.geostatistics.covariance import variogram_from_dict
from lodescope.algorithms.geostatistics.data import prepare_fields
from lodescope.algorithms.geostatistics.engines import make_engine
from lodescope.algorithms.geostatistics.gradients import (
    GradientBands,
    band_names,
    gradients_at_samples,
    gradients_without_value,
    sample_names,
    spread_to_samples,
)
from lodescope.algorithms.geostatistics.solves import group_fields
from lodescope.algorithms.progress import Progress


def test_names_follow_the_dimensions():
    assert band_names(["estimate", "dz", "plunge", "dx"], 2) == ("estimate", "dx")
    assert band_names(["sd"], 3) == ("dx_sd", "dy_sd", "dz_sd", "magnitude_sd", "significance")
    assert band_names(["flux"], 2) == ("dx", "dy", "flux_x", "flux_y")


@pytest.fixture
def solve(drilling, smooth_variogram):
    """A slope, with one sample that has no value and one that stands twice."""
    coordinates, holes = drilling
    values = (coordinates - coordinates.mean(axis=0)) @ [0.01, 0.02, 0.05]
    values[17] = np.nan
    coordinates = np.vstack([coordinates, coordinates[:1]])
    values, holes = np.append(values, values[0]), np.append(holes, holes[0])
    fields = prepare_fields(coordinates, values[:, None], ["a"], holes)
    (found,) = group_fields(fields, [variogram_from_dict(smooth_variogram)])
    return found


def engine_of(solve, values=None, kept=slice(None), drift="linear"):
    places = solve.places
    engine = make_engine("exact", solve.variogram, drift, exact=False)
    values = solve.values if values is None else values
    return engine.fit(places.coordinates[kept], values[kept], places.counts[kept])


def test_a_slope_has_its_gradient_at_every_sample(solve):
    (found,) = gradients_at_samples(solve, engine_of(solve), Progress())
    for name, slope in zip(("dx", "dy", "dz"), (0.01, 0.02, 0.05)):
        npt.assert_allclose(found[name], slope, rtol=1e-6)
    npt.assert_allclose(found["magnitude"], np.sqrt(0.01**2 + 0.02**2 + 0.05**2), rtol=1e-6)


def test_the_own_hole_is_not_used(solve):
    (found,) = gradients_at_samples(solve, engine_of(solve, drift="constant"), Progress())
    hole = solve.places.groups == solve.places.groups[30]
    refit = engine_of(solve, kept=~hole, drift="constant").predict(
        solve.places.coordinates[hole], variance=True, gradient=True, gradient_variance=True)
    npt.assert_allclose(found["estimate"][hole], refit.estimate[:, 0], atol=1e-9)
    npt.assert_allclose(found["dz"][hole], refit.gradient[:, 0, 2], atol=1e-10)
    npt.assert_allclose(found["dx_sd"][hole], np.sqrt(refit.gradient_variance[:, 0]), rtol=1e-6)
    npt.assert_allclose(found["sd"][hole], np.sqrt(refit.variance), rtol=1e-6)


def test_samples_get_the_result_of_their_place(solve):
    (found,) = gradients_at_samples(solve, engine_of(solve), Progress())
    table = spread_to_samples(found, solve.places, 121, sample_names(3))
    assert np.isnan(table[17]).all()
    npt.assert_array_equal(table[120], table[0])
    assert np.isfinite(np.delete(table, 17, axis=0)).all()


def test_doubtful_gradients_are_hidden(solve):
    engine = engine_of(solve, drift="constant")
    points = np.array([[500_200.0, 7_000_200.0, 150.0], [503_000.0, 7_003_000.0, 150.0]])
    names = band_names(["estimate", "dx", "magnitude"], 3)
    bands = GradientBands(solve.fields, names, mask=1.0)
    (found,) = bands(solve, engine.predict(points, **bands.needs))
    assert np.isfinite(found["magnitude"][0])
    assert np.isnan(found["magnitude"][1])
    assert np.isnan(found["dx"][1])
    assert np.isfinite(found["estimate"]).all()


def test_samples_without_a_value_get_one_from_other_holes(solve, drilling):
    """The slope is known at a sample that was not assayed, and its own hole plays no part in it."""
    coordinates, holes = drilling
    rows = np.array([17])
    (found,) = gradients_without_value(solve, engine_of(solve), coordinates, np.append(holes, holes[0]), rows)
    npt.assert_allclose([found["dx"], found["dy"], found["dz"]], [[0.01], [0.02], [0.05]], rtol=1e-5)
    changed = solve.values.copy()
    changed[solve.places.groups == solve.places.groups[16]] += 5.0
    fields = tuple(replace(field, values=changed[:, 0]) for field in solve.fields)
    other = replace(solve, fields=fields)
    (again,) = gradients_without_value(other, engine_of(other), coordinates, np.append(holes, holes[0]), rows)
    npt.assert_allclose(again["estimate"], found["estimate"], rtol=1e-9)
