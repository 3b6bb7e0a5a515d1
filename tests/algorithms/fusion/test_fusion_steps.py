"""The steps of a recipe one by one, each against a known answer."""
from collections import Counter

import numpy as np
import pytest
from scipy.stats import boxcox, ks_2samp
from sklearn.decomposition import PCA

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.fusion.components import Components, Scaler
from lodescope.algorithms.fusion.drift import CellSurvey, drift
from lodescope.algorithms.fusion.embedding import Embedding
from lodescope.algorithms.fusion.imputing import Imputer
from lodescope.algorithms.fusion.lines import LineDistance
from lodescope.algorithms.fusion.onehot import OneHot
from lodescope.algorithms.fusion.powers import PowerTransforms


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def test_powers_are_those_of_scipy(rng):
    values = np.column_stack([rng.lognormal(0.0, 1.0, 400), rng.gamma(2.0, 1.0, 400), rng.normal(0.0, 1.0, 400)])
    values[3, 0] = np.nan
    powers = PowerTransforms.fit(values)
    truth, power = boxcox(values[:, 1])
    assert powers.powers[1] == pytest.approx(power, abs=1e-3)
    assert np.allclose(powers.apply(values)[:, 1], truth, atol=0.01)
    assert np.isnan(powers.powers[2])
    assert np.array_equal(powers.apply(values)[:, 2], values[:, 2])
    assert np.isnan(powers.apply(values)[3, 0])
    assert np.isfinite(powers.apply(np.array([[-5.0, 0.0, 1.0]]))).all()


def test_rare_classes_are_together_and_new_ones_told():
    codes = np.repeat([0, 1, 2, -1], [60, 30, 2, 8])
    onehot = OneHot.fit("rock", codes, ["schist", "granite", "dyke"])
    assert onehot.features == ["rock=schist", "rock=granite", "rock=other"]
    unseen = Counter()
    out = onehot.apply(np.array([0, 1, 2, 3, -1]), ["granite", "dyke", "gabbro", "schist"], unseen)
    assert out.tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 1], [1, 0, 0], [0, 0, 0]]
    assert unseen == {"rock=gabbro": 1}


def test_ten_thousand_classes_are_refused():
    with pytest.raises(InputError, match="10,000 different classes"):
        OneHot.fit("id", np.arange(10_000), [str(k) for k in range(10_000)])
    with pytest.raises(InputError, match="fewer than 5 samples"):
        OneHot.fit("id", np.arange(100), [str(k) for k in range(100)])


def test_components_are_those_of_scikit_learn(rng):
    values = rng.normal(0.0, 1.0, (200, 5)) @ rng.normal(0.0, 1.0, (5, 8))
    found = Components.fit(values, np.zeros(8, dtype=int), 3)
    truth = PCA(3).fit(values)
    assert np.allclose(np.abs(found.apply(values)), np.abs(truth.transform(values)), atol=1e-8)
    assert np.allclose(found.shares, truth.explained_variance_ratio_)
    assert (found.loadings[np.abs(found.loadings).argmax(axis=0), range(3)] > 0.0).all()
    enough = Components.fit(values, np.zeros(8, dtype=int))
    assert enough.shares.sum() >= 0.99 > enough.shares[:-1].sum()


def test_blocks_of_components_do_not_mix(rng):
    values = rng.normal(0.0, 1.0, (100, 6))
    found = Components.fit(values, np.array([0, 1, 0, 1, 0, 1]))
    assert (found.loadings[1::2][:, found.blocks == 0] == 0.0).all()
    assert (found.loadings[::2][:, found.blocks == 1] == 0.0).all()


def test_scaling_leaves_gaps_and_constants(rng):
    values = np.column_stack([rng.normal(3.0, 2.0, 50), np.full(50, 7.0)])
    values[4, 0] = np.nan
    scaled = Scaler.fit(values).apply(values)
    assert np.nanmean(scaled[:, 0]) == pytest.approx(0.0, abs=1e-12)
    assert np.nanstd(scaled[:, 0]) == pytest.approx(1.0)
    assert (scaled[:, 1] == 0.0).all()


def test_gaps_are_filled_from_like_samples(rng):
    places = rng.uniform(0.0, 1.0, (300, 2))
    one = rng.normal(0.0, 1.0, 300)
    values = np.column_stack([one, one + 0.05 * rng.normal(0.0, 1.0, 300)])
    imputer = Imputer.fit(places, values, np.full(300, -1), 5, 0.1, rng)
    holey = values.copy()
    holey[:60, 1] = np.nan
    filled = imputer.apply(places, holey, np.full(300, -1))
    assert np.corrcoef(filled[:60, 1], values[:60, 1])[0, 1] > 0.95
    assert np.array_equal(filled[60:], values[60:])
    mean = Imputer.fit(places, values, np.full(300, -1), 0, 1.0, rng)
    assert (mean.apply(places, np.full((3, 2), np.nan)) == 0.0).all()


def test_distance_to_lines_is_exact(rng):
    segments = np.vstack([rng.uniform(0.0, 1000.0, (40, 4)), [[0.0, 0.0, 50_000.0, 100.0], [3.0, 3.0, 3.0, 3.0]]])
    points = rng.uniform(-500.0, 3000.0, (400, 2))
    start, along = segments[:, :2], segments[:, 2:] - segments[:, :2]
    part = ((points[:, None] - start) * along).sum(axis=2) / np.maximum((along**2).sum(axis=1), 1e-300)
    truth = np.linalg.norm(points[:, None] - start - np.clip(part, 0.0, 1.0)[..., None] * along, axis=2).min(axis=1)
    assert np.abs(LineDistance(segments)(points) - truth).max() < 1e-8
    with pytest.raises(InputError, match="no line"):
        LineDistance(np.empty((0, 4)))


def test_waves_have_the_range_as_their_unit():
    wave = Embedding("fourier", np.zeros(2), np.eye(2) / 100.0, np.zeros((0, 2)))
    found = dict(zip(wave.features, wave.apply(np.array([[25.0, 50.0]]))[0]))
    assert found["wave_1_1_sin"] == pytest.approx(1.0)
    assert found["wave_2_1_cos"] == pytest.approx(-1.0)
    assert found["wave_2_2_sin"] == pytest.approx(1.0)


def test_bumps_are_one_at_their_centres(rng):
    places = rng.uniform(0.0, 1000.0, (200, 2))
    bumps = Embedding.fit("rbf", places, np.eye(2) / 200.0, rng)
    centres = bumps.centres * 200.0 + places.mean(axis=0)
    assert np.allclose(np.diag(bumps.apply(centres)), 1.0)
    assert len(bumps.features) == 24


def test_drift_is_that_of_kolmogorov_and_smirnov(rng):
    a, b = rng.normal(0.0, 1.0, 300), rng.normal(0.5, 1.0, 500)
    found = drift(np.append(a, np.nan), b)
    assert found["distance"] == pytest.approx(ks_2samp(a, b).statistic, abs=1e-12)
    assert found["outside"] == pytest.approx(((b < a.min()) | (b > a.max())).mean())
    assert np.isnan(drift(a, np.array([np.nan]))["shift"])


def test_cells_are_counted_and_kept_evenly():
    survey = CellSurvey(1, 100_000)
    for start in range(0, 100_000, 777):
        part = np.arange(start, min(start + 777, 100_000), dtype=float)[None]
        survey.add(np.where(part % 2 == 0, part, np.nan))
    assert survey.coverage[0] == 0.5
    assert survey.values.shape[1] == pytest.approx(20_000, abs=1)
