"""Concentration-area model: known breaks of synthetic fields, number of lines, bad input."""
import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.prospectivity.curves import RankedArea
from lodescope.algorithms.prospectivity.fractal import concentration_area, fractal_model


def area_of(values):
    side = int(np.sqrt(values.size))
    return RankedArea(np.asarray(values[:side * side], np.float32).reshape(side, side), np.full(side, 2.0))


def broken_power(count, first, second, at):
    """Values whose area above c falls as c^-first from 1 up to ``at``, and as c^-second from there."""
    share = (np.arange(count) + 0.5) / count
    turn = at ** -first
    return np.where(share > turn, share ** (-1.0 / first), at * (share / turn) ** (-1.0 / second))


@pytest.mark.parametrize(("first", "second", "at"), [(0.5, 3.0, 10.0), (1.0, 4.0, 5.0), (2.0, 0.8, 3.0)])
def test_known_break(first, second, at):
    model = fractal_model(area_of(broken_power(40_000, first, second, at)))
    assert model.breaks.size == 1
    assert model.breaks[0] == pytest.approx(at, rel=0.03)
    np.testing.assert_allclose(model.slopes, [-first, -second], rtol=0.05)
    assert model.misfit < 0.02


def test_known_break_of_random_values():
    found = []
    for seed in range(10):
        share = np.random.default_rng(seed).uniform(size=40_000)
        turn = 10.0 ** -0.5
        values = np.where(share > turn, share ** -2.0, 10.0 * (share / turn) ** (-1.0 / 3.0))
        found.append(fractal_model(area_of(values), 2).breaks[0])
    assert np.median(found) == pytest.approx(10.0, rel=0.05)


def test_two_populations():
    """A tenth of the ground has ten times the background: the cut lies between both."""
    rng = np.random.default_rng(1)
    values = np.exp(rng.normal(0.0, 0.3, 90_000))
    values[:9000] *= 10.0
    model = fractal_model(area_of(values))
    assert 2.0 < model.breaks[0] < 20.0
    assert np.all(np.diff(model.breaks) < 0.0)


def test_two_breaks_as_asked_for():
    share = (np.arange(90_000) + 0.5) / 90_000
    log = np.interp(np.log10(share)[::-1], [-5.0, -3.0, -1.0, 0.0], [2.6, 2.0, 1.5, 0.0])[::-1]
    model = fractal_model(area_of(10.0 ** log), 3)
    np.testing.assert_allclose(np.log10(model.breaks), [2.0, 1.5], atol=0.03)


def test_curve_counts_area():
    area = area_of(np.arange(1.0, 10_001.0))
    values, areas = concentration_area(area)
    np.testing.assert_allclose(areas, 2.0 * (10_001.0 - values))
    assert np.all(np.diff(values) > 0.0)


def test_values_below_zero_take_no_part():
    values = broken_power(40_000, 1.0, 4.0, 5.0)
    values[::2] *= -1.0
    model = fractal_model(area_of(values))
    assert model.values[0] > 0.0
    assert model.breaks[0] == pytest.approx(5.0, rel=0.05)


@pytest.mark.parametrize("values", [-np.arange(1.0, 101.0), np.repeat([0.0, 1.0, 2.0], 40)])
def test_too_few_values_are_refused(values):
    with pytest.raises(InputError, match="above zero"):
        fractal_model(area_of(values))
