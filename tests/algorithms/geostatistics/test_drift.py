import numpy as np
import pytest

from lodescope.algorithms.geostatistics.drift import Drift

HOLE = np.column_stack([np.full(40, 5e5), np.full(40, 7e6), np.linspace(-300.0, 0.0, 40)])


def test_linear_trend_spans_the_coordinates():
    points = np.array([5e5, 7e6, 0.0]) + np.random.default_rng(0).random((30, 3)) * [1000.0, 800.0, 200.0]
    drift = Drift("linear", points)
    columns = drift.columns(points)
    assert drift.size == 4
    assert drift.note == ""
    fitted = columns @ np.linalg.lstsq(columns, points - points.mean(axis=0), rcond=None)[0]
    np.testing.assert_allclose(fitted, points - points.mean(axis=0), atol=1e-8)
    assert np.linalg.cond(columns) < 1.001


def test_slopes_are_the_differences_of_the_columns():
    drift = Drift("linear", np.random.default_rng(1).random((20, 2)) * 100.0)
    step = drift.columns(np.array([[11.0, 20.0], [10.0, 21.0]])) - drift.columns(np.array([[10.0, 20.0]]))
    np.testing.assert_allclose(drift.slopes(), step, atol=1e-12)


@pytest.mark.parametrize(("points", "size", "word"), [
    (HOLE, 2, "line"),
    (np.column_stack([np.random.default_rng(2).random((30, 2)) * 100.0, np.full(30, 12.0)]), 3, "plane"),
    (HOLE[:1], 1, "one point"),
    (np.array([[0.0, 0.0], [10.0, 10.0], [20.0, 20.0]]), 2, "line"),
])
def test_trend_is_taken_only_along_what_the_samples_span(points, size, word):
    drift = Drift("linear", points)
    assert drift.size == size
    assert word in drift.note
    assert np.isfinite(drift.columns(points)).all()


def test_other_kinds_have_one_column_or_none():
    assert Drift("constant", HOLE).columns(HOLE).shape == (40, 1)
    assert Drift("constant", HOLE).slopes().shape == (3, 1)
    assert Drift("none", HOLE).columns(HOLE).shape == (40, 0)
    assert Drift("none", HOLE).slopes().shape == (3, 0)
