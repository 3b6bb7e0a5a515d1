"""Fields and variograms of a job, and how well a real survey is kriged with those that are chosen by themselves."""
import csv
from pathlib import Path

import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.geostatistics.engines import make_engine
from lodescope.algorithms.geostatistics.inputs import (
    choose_variograms,
    describe,
    drift_kind,
    field_solves,
    read_fields,
    transform_name,
)
from lodescope.algorithms.geostatistics.results import kriging_results
from lodescope.algorithms.progress import Progress

JURA = Path(__file__).resolve().parents[4] / "shared" / "data" / "jura"
METALS = ("Cd", "Co", "Cr", "Cu", "Ni", "Pb", "Zn")
# Validation places of the survey are no closer to each other than this, metres.
APART = 255.0


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


@pytest.fixture(scope="module")
def survey():
    """Places in metres and seven metals of the whole Jura survey."""
    if not JURA.is_dir():
        pytest.skip("the reference data are not here")
    rows = []
    for part in ("pred", "val"):
        with (JURA / f"jura_{part}.csv").open(newline="") as file:
            rows += list(csv.DictReader(file))
    return (np.array([[1000.0 * float(row[axis]) for axis in ("Xloc", "Yloc")] for row in rows]),
            np.array([[float(row[metal]) for metal in METALS] for row in rows]))


def hidden_places(places, rng, count=100):
    """Up to 100 places far from each other, as the validation set of the survey was laid out."""
    chosen = []
    for row in rng.permutation(len(places)):
        if not chosen or np.linalg.norm(places[chosen] - places[row], axis=1).min() > APART:
            chosen.append(row)
    return np.array(chosen[:count])


def root_mean_square(errors):
    return float(np.sqrt(np.mean(np.square(errors))))


def own_errors(make_job, known, asked):
    """Kriging error of each metal when everything is chosen by itself."""
    job = make_job({"fields": METALS}, coordinates=known[0], values=known[1])
    fields, errors = read_fields(job, Progress()), []
    variograms, _ = choose_variograms(job, fields, Progress())
    for field, variogram, truth in zip(fields, variograms, asked[1].T):
        engine = make_engine("exact", variogram).fit(field.places.coordinates, field.values, field.places.counts)
        found = engine.predict(asked[0], variance=True)
        estimate = kriging_results(field, found.estimate[:, 0], found.variance)["estimate"]
        errors.append(root_mean_square(estimate - truth))
    return np.array(errors)


def pykrige_errors(known, asked):
    """Kriging error of each metal by PyKrige's default call."""
    from pykrige.ok import OrdinaryKriging

    errors = []
    for values, truth in zip(known[1].T, asked[1].T):
        estimate, _ = OrdinaryKriging(*known[0].T, values).execute("points", *asked[0].T)
        errors.append(root_mean_square(estimate - truth))
    return np.array(errors)


def test_every_metal_of_the_survey_is_kriged_better_than_by_pykrige(make_job, survey):
    """Means over several validation sets: a single set of a hundred places leaves some per cent to chance."""
    pytest.importorskip("pykrige")
    rng, logs = np.random.default_rng(11), []
    for _ in range(4):
        hidden = hidden_places(survey[0], rng)
        shown = np.setdiff1d(np.arange(len(survey[0])), hidden)
        known, asked = ([part[rows] for part in survey] for rows in (shown, hidden))
        logs.append(np.log(own_errors(make_job, known, asked) / pykrige_errors(known, asked)))
    ratios = np.exp(np.mean(logs, axis=0))
    assert (ratios < 1.0).all()
    assert np.exp(np.mean(logs)) < 0.95
