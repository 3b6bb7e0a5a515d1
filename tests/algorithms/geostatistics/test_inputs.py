"""Fields and variograms of a job."""
import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.inputs import (
    choose_variograms,
    describe,
    drift_kind,
    field_solves,
    read_fields,
    transform_name,
)
from lodescope.algorithms.progress import Progress


def skewed(coordinates):
    rng = np.random.default_rng(5)
    return np.exp(rng.normal(0.0, 1.0, len(coordinates)))


def test_the_transform_of_the_file_counts():
    given = {"transform": "log"}
    assert transform_name({"transform": "auto", "variogram": given}) == "log"
    assert transform_name({"transform": "log", "variogram": given}) == "log"
    assert transform_name({"transform": "auto", "variogram": None}) == "auto"
    with pytest.raises(InputError, match="'log', but 'none' was chosen"):
        transform_name({"transform": "none", "variogram": given})


def test_a_trend_is_not_taken_for_skewness():
    assert transform_name({"transform": "auto", "drift": "linear"}) == "none"


@pytest.mark.parametrize(
    ("settings", "kind"),
    [({"drift": "linear"}, "linear"), ({"drift": "none"}, "constant"), ({"drift": "none", "mean": 3.0}, "none")],
)
def test_a_known_mean_makes_simple_kriging(settings, kind):
    assert drift_kind(settings) == kind


def test_merged_samples_and_wrong_scales_are_told(make_job, drilling):
    coordinates, _ = drilling
    values = skewed(coordinates)
    values[3] *= 40.0
    said = []
    job = make_job({"fields": ["La"], "transform": "none"}, coordinates=np.vstack([coordinates, coordinates[:2]]),
                   values=np.append(values, values[:2])[:, None])
    progress = Progress(lambda event, **fields: said.append(fields))
    (field,) = read_fields(job, progress)
    assert "2 coincident samples were merged" in said[0]["message"]
    assert field.transform.name == "none"
    assert "strongly skewed" in progress.warnings[0]


def test_fields_without_a_file_get_their_own_variogram(make_job, drilling):
    coordinates, _ = drilling
    values = np.column_stack([coordinates[:, 2] * 0.1, np.sin(coordinates[:, 0] / 80.0)])
    values += np.random.default_rng(2).normal(0.0, 0.1, values.shape)
    job = make_job({"fields": ["a", "b"], "units": {"a": "ppm"}}, coordinates=coordinates, values=values)
    fields = read_fields(job, Progress())
    variograms, fits = choose_variograms(job, fields, Progress())
    assert [v.field for v in variograms] == ["a", "b"]
    assert variograms[0].unit == "ppm"
    assert set(fits) == {"a", "b"}
    assert [numbers for _, numbers in field_solves(fields, variograms)] == [[0], [1]]


def test_one_correlogram_serves_all_fields_when_asked(make_job, drilling):
    coordinates, _ = drilling
    base = np.sin(coordinates[:, 0] / 80.0) + np.random.default_rng(2).normal(0.0, 0.1, len(coordinates))
    values = np.column_stack([base, 10.0 * base])
    job = make_job({"fields": ["a", "b"], "shared_correlogram": True}, coordinates=coordinates, values=values)
    fields = read_fields(job, Progress())
    variograms, _ = choose_variograms(job, fields, Progress())
    assert variograms[1].sill == pytest.approx(100.0 * variograms[0].sill, rel=1e-6)
    assert [numbers for _, numbers in field_solves(fields, variograms)] == [[0, 1]]
    assert "nugget" in describe(variograms[0])


def test_a_given_file_is_used_and_brought_to_other_fields(make_job, drilling, smooth_variogram):
    coordinates, _ = drilling
    base = np.sin(coordinates[:, 0] / 80.0)
    progress = Progress()
    job = make_job({"fields": ["a", "b"], "variogram": {**smooth_variogram, "field": "a"}}, coordinates=coordinates,
                   values=np.column_stack([base, 3.0 * base]))
    fields = read_fields(job, progress)
    variograms, fits = choose_variograms(job, fields, progress)
    assert fits == {}
    assert variograms[0].sill == 10.5
    assert variograms[1].sill == pytest.approx(9.0 * 10.5)
    assert "in proportion" in progress.warnings[0]
