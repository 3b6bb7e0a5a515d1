"""Imputation against brute force and against fields whose truth is known."""
import numpy as np
import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.geochemistry.imputation import KnnImputer, Scale, median_impute
from lodescope.algorithms.geochemistry.imputationtuning import hide
from lodescope.algorithms.progress import Progress


def scene(rng, count=800, share=0.05, noise=0.1):
    """Places, true values of six fields that share two factors, and the same with gaps."""
    places = rng.uniform(0.0, 1000.0, (count, 3))
    factors = np.column_stack([np.sin(places[:, 0] / 120.0), np.cos(places[:, 1] / 150.0)])
    logs = factors @ rng.normal(0.0, 1.0, (2, 6)) + rng.normal(0.0, noise, (count, 6)) + np.arange(6.0)
    truth = np.exp(logs)
    gaps = rng.random(truth.shape) < share
    gaps[gaps.all(axis=1)] = False
    return places, truth, np.where(gaps, np.nan, truth), gaps


def rmse(values, truth, at):
    return float(np.sqrt(np.mean(np.square(np.log(values[at] / truth[at])))))


def test_better_than_the_median_and_the_error_it_tells_is_true():
    places, truth, values, gaps = scene(np.random.default_rng(1), 2000)
    imputer = KnnImputer(1).fit(values, places)
    filled = imputer.transform(values, places)
    found, plain = rmse(filled, truth, gaps), rmse(median_impute(values), truth, gaps)
    assert found < 0.25 * plain
    told = np.mean([scores["rmse"] for scores in imputer.error["fields"].values()])
    assert told == pytest.approx(found, rel=0.25)
    assert np.mean([s["rmse_median"] for s in imputer.error["fields"].values()]) == pytest.approx(plain, rel=0.25)
    np.testing.assert_array_equal(filled[~gaps], values[~gaps])


def test_equals_brute_force():
    rng = np.random.default_rng(2)
    places, _, values, gaps = scene(rng, 150)
    imputer = KnnImputer(0).fit(values, places, tune=False)
    imputer.choice = {"embedding": "value", "space": 1.0}
    imputer.per_field = [{"neighbours": 5, "adjustment": "none"} for _ in range(6)]
    imputer.prepare()
    filled = imputer.transform(values, places)
    logs = np.log(values)
    centre = np.nanmedian(logs, axis=0)
    spread = 1.4826 * np.nanmedian(np.abs(logs - centre), axis=0)
    dense = imputer.scale.fill((logs - centre) / spread)
    features = dense / dense.std(axis=0) / imputer.search.unit
    for row, column in np.argwhere(gaps)[:40]:
        distance = np.sqrt(np.square(features - features[row]).sum(axis=1)
                           + np.square((places - places[row]) * imputer.search.metre).sum(axis=1))
        donors = [d for d in np.argsort(distance, kind="stable") if np.isfinite(values[d, column])][:5]
        weights = 1.0 / (distance[donors] + 1e-3)
        assert np.log(filled[row, column]) == pytest.approx(weights @ logs[donors, column] / weights.sum(), abs=1e-9)


def test_filling_by_sweeps_is_the_regression_on_all_known_values():
    rng = np.random.default_rng(3)
    _, _, values, _ = scene(rng, 200, share=0.3)
    scale = Scale.fit(values)
    scaled = scale.forward(values)
    filled = scale.fill(scaled)
    covariance = np.linalg.inv(scale.precision)
    for row in np.flatnonzero(np.isnan(scaled).any(axis=1))[:20]:
        gap = np.isnan(scaled[row])
        if gap.all():
            continue
        expected = covariance[np.ix_(gap, ~gap)] @ np.linalg.solve(covariance[np.ix_(~gap, ~gap)], scaled[row, ~gap])
        np.testing.assert_allclose(filled[row, gap], expected, atol=0.02)


def test_ratio_adjustment_finds_parts_of_diluted_samples():
    rng = np.random.default_rng(4)
    pattern = np.exp(rng.normal(0.0, 1.0, (400, 1)) * np.linspace(-1.0, 1.0, 8))
    truth = pattern * rng.lognormal(0.0, 1.5, (400, 1)) * np.exp(rng.normal(0.0, 0.03, (400, 8)))
    gaps = rng.random(truth.shape) < 0.05
    values = np.where(gaps, np.nan, truth)
    imputer = KnnImputer(0).fit(values, tune=False)
    imputer.choice = {"embedding": "ratio", "space": 0.0}
    imputer.per_field = [{"neighbours": 8, "adjustment": "ratio"} for _ in range(8)]
    assert rmse(imputer.prepare().transform(values), truth, gaps) < 0.15
    assert rmse(median_impute(values), truth, gaps) > 1.0


def test_space_serves_where_composition_says_nothing():
    rng = np.random.default_rng(5)
    places = rng.uniform(0.0, 1000.0, (1000, 2))
    truth = np.exp(np.column_stack([np.sin(places[:, 0] / 200.0) * 2.0, rng.normal(0.0, 1.0, 1000)]))
    values = truth.copy()
    values[::10, 0] = np.nan
    imputer = KnnImputer(1).fit(values, places)
    assert imputer.choice["space"] == 3.0
    assert rmse(imputer.transform(values, places), truth, np.isnan(values)) < 0.4
    empty = values.copy()
    empty[::10] = np.nan
    assert np.isfinite(imputer.transform(empty, places)).all()
    assert np.isnan(imputer.transform(empty)[::10]).all()


def test_holes_are_honoured_and_make_the_error_larger():
    rng = np.random.default_rng(6)
    holes = np.repeat(np.arange(40), 25)
    places = np.column_stack([holes % 8 * 200.0, holes // 8 * 200.0, np.tile(np.arange(25) * 2.0, 40)])
    level = rng.normal(0.0, 1.0, 40)[holes]
    truth = np.exp(np.column_stack([level + rng.normal(0.0, 0.1, 1000), rng.normal(0.0, 1.0, 1000)]))
    values = truth.copy()
    values[rng.random(1000) < 0.1, 0] = np.nan
    imputer = KnnImputer(1).fit(values, places, holes)
    scores = imputer.error["fields"][0]
    assert imputer.error["rule"] == "sample"
    assert scores["rmse"] < 0.3 < 0.7 < scores["rmse_grouped"]
    values[:, 0] = np.where(holes % 3 == 0, np.nan, truth[:, 0])
    assert KnnImputer(1).fit(values, places, holes).error["rule"] == "hole"


def test_values_that_were_not_measured_are_no_truth():
    places, _, values, _ = scene(np.random.default_rng(11), 1500, 0.2)
    measured = np.ones(values.shape, bool)
    measured[:, 0] = False
    measured[::2, 1] = False
    every = KnnImputer(1).fit(values, places).error["fields"]
    some = KnnImputer(1).fit(values, places, measured=measured).error["fields"]
    assert 0 not in some
    assert 0 < some[1]["hidden"] < 0.8 * every[1]["hidden"]
    assert some[2]["hidden"] == every[2]["hidden"]


def test_same_seed_same_result_and_saved_imputers_agree():
    places, _, values, _ = scene(np.random.default_rng(7), 300)
    first, second = (KnnImputer(3).fit(values, places) for _ in range(2))
    np.testing.assert_array_equal(first.transform(values, places), second.transform(values, places))
    tensors, content = first.to_tensors()
    saved = KnnImputer.from_tensors(tensors, content)
    np.testing.assert_array_equal(saved.transform(values, places), first.transform(values, places))


def test_fields_with_few_values_and_empty_rows_keep_their_gaps():
    _, _, values, _ = scene(np.random.default_rng(8), 200)
    values[:, 2] = np.nan
    values[:5, 2] = 1.0
    values[9] = np.nan
    filled = KnnImputer(1).fit(values).transform(values)
    assert np.isnan(filled[5:, 2]).all()
    assert np.isnan(filled[9]).all()
    assert np.isfinite(np.delete(np.delete(filled, 2, axis=1), 9, axis=0)).all()
    with pytest.raises(InputError, match="enough values"):
        KnnImputer(1).fit(values[:8])


def test_fields_with_negative_values_are_filled_on_their_own_scale():
    rng = np.random.default_rng(9)
    base = rng.normal(0.0, 2.0, 500)
    truth = np.column_stack([base, np.exp(base), base * 3.0 + rng.normal(0.0, 0.1, 500)])
    values = truth.copy()
    values[::7, 0] = np.nan
    filled = KnnImputer(1).fit(values).transform(values)
    assert np.sqrt(np.mean(np.square(filled - truth)[::7, 0])) < 0.3


def test_hidden_values_follow_the_patterns_of_missing_ones():
    values = np.random.default_rng(0).random((400, 5))
    values[::4, 1:3] = np.nan
    hidden = hide(values, np.random.default_rng(1))
    assert set(map(tuple, hidden[hidden.any(axis=1)])) == {(False, True, True, False, False)}
    assert not hidden[::4].any()


def test_cancel():
    progress = Progress()
    progress._stop.set()
    places, _, values, _ = scene(np.random.default_rng(7), 300)
    with pytest.raises(Cancelled):
        KnnImputer(1).fit(values, places, progress=progress)


def test_a_few_zeros_do_not_spoil_the_logarithmic_scale():
    places, truth, values, gaps = scene(np.random.default_rng(10), 600)
    values[::50, 0] = np.where(np.isnan(values[::50, 0]), np.nan, 0.0)
    filled = KnnImputer(1).fit(values, places).transform(values, places)
    assert (filled[values == 0.0] == 0.0).all()
    assert rmse(filled, truth, gaps) < 0.4 * rmse(median_impute(values), truth, gaps)
