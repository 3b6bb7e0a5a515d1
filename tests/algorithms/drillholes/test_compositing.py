"""Composites with known means, breaks and coverage."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.drillholes.breaks import cut_at
from lodescope.algorithms.drillholes.compositing import RESIDUALS, fill_density, make_composites
from lodescope.algorithms.errors import InputError


def hole(starts, ends, length, breaks=None, residuals="merge"):
    """Composites of one hole."""
    starts, ends = np.asarray(starts, float), np.asarray(ends, float)
    breaks = None if breaks is None else np.asarray(breaks)
    return make_composites(np.zeros(len(starts), int), starts, ends, length, breaks, residuals)


def test_means_are_weighted_by_length():
    made = hole([0, 1, 3], [1, 3, 5], 4.0)
    npt.assert_allclose(np.column_stack([made.start, made.end]), [[0, 5]])  # the last metre is merged
    npt.assert_allclose(made.mean(np.array([10.0, 1.0, 2.0]))[0], [(10 + 2 + 4) / 5])
    made = hole([0, 1, 3], [1, 3, 8], 4.0)
    npt.assert_allclose(np.column_stack([made.start, made.end]), [[0, 4], [4, 8]])
    mean, coverage = made.mean(np.array([10.0, 1.0, 2.0]))
    npt.assert_allclose(mean, [(10 + 2 + 2) / 4, 2.0])
    npt.assert_allclose(coverage, 1.0)


def test_density_weighs_the_heavy_rock_more():
    made = hole([0, 1], [1, 4], 4.0)
    mean, _ = made.mean(np.array([10.0, 2.0]), np.array([4.0, 2.0]))
    npt.assert_allclose(mean, [(10 * 4 + 2 * 6) / 10])


@pytest.mark.parametrize(("residuals", "expected"), [
    ("merge", [[0, 4], [4, 9]]), ("keep", [[0, 4], [4, 8], [8, 9]]), ("discard", [[0, 4], [4, 8]]),
    ("equal", [[0, 4.5], [4.5, 9]]),
])
def test_short_ends(residuals, expected):
    made = hole([0], [9], 4.0, residuals=residuals)
    npt.assert_allclose(np.column_stack([made.start, made.end]), expected)


@pytest.mark.parametrize("residuals", ["merge", "discard"])
def test_an_end_of_half_a_composite_is_kept(residuals):
    made = hole([0], [10], 4.0, residuals=residuals)
    npt.assert_allclose(np.column_stack([made.start, made.end]), [[0, 4], [4, 8], [8, 10]])


def test_a_hole_shorter_than_half_a_composite():
    assert len(hole([0], [1], 4.0, residuals="discard")) == 0
    npt.assert_allclose(hole([0], [1], 4.0).end, [1])


def test_lengths_without_an_exact_binary_form_give_no_crumbs():
    edges = np.arange(31) * 0.1
    made = hole(edges[:-1], edges[1:], 0.3, residuals="keep")
    npt.assert_allclose(made.length, np.full(10, 0.3))
    assert (np.bincount(made.composite) == 3).all()


def test_breaks_are_honoured():
    made = hole([0, 2, 5, 6], [2, 5, 6, 10], 4.0, [0, 0, 1, 0])
    npt.assert_allclose(np.column_stack([made.start, made.end]), [[0, 5], [5, 6], [6, 10]])
    npt.assert_array_equal(made.majority(np.array([0, 0, 1, 0])), [0, 1, 0])
    npt.assert_allclose(made.mean(np.array([1.0, 2.0, 7.0, 4.0]))[0], [(2 + 6) / 5, 7, 4])


def test_no_composite_spans_two_holes():
    made = make_composites(np.array([0, 0, 1]), np.array([0.0, 1.0, 0.0]), np.array([1.0, 3.0, 5.0]), 2.0)
    npt.assert_array_equal(made.hole, [0, 0, 1, 1, 1])
    npt.assert_allclose(made.mean(np.array([1.0, 3.0, 9.0]))[0], [2, 3, 9, 9, 9])


def test_missing_values_lower_the_coverage_not_the_mean():
    made = hole([0, 1, 2, 3], [1, 2, 3, 4], 4.0)
    mean, coverage = made.mean(np.array([2.0, np.nan, 6.0, np.nan]))
    npt.assert_allclose([mean, coverage], [[4.0], [0.5]])
    mean, coverage = made.mean(np.full(4, np.nan))
    assert np.isnan(mean[0])
    assert coverage[0] == 0.0


def test_gaps():
    made = hole([0, 3], [2, 4], 4.0)
    npt.assert_allclose(made.covered(), [3.0])
    made = hole([1, 9], [2, 11], 4.0)  # a long gap: a new beginning
    npt.assert_allclose(np.column_stack([made.start, made.end]), [[1, 2], [9, 11]])


def test_overlaps_share_their_mean_and_count_once():
    made = hole([0, 1, 1], [2, 2, 3], 4.0)
    assert not made.apart
    npt.assert_allclose(made.covered(), [3.0])
    mean, coverage = made.mean(np.array([1.0, 5.0, 2.0]))
    npt.assert_allclose(mean, [(2 + 5 + 4) / 5])
    npt.assert_allclose(coverage, [1.0])
    npt.assert_allclose(made.mean(np.array([1.0, np.nan, np.nan]))[1], [2 / 3])


def test_majority_is_by_length_and_upper_first():
    made = hole([0, 1, 2], [1, 2, 4], 4.0)
    assert made.majority(np.array([1, 1, 0]))[0] == 1
    assert made.majority(np.array([2, 0, 1]))[0] == 1
    assert made.majority(np.array([2, -1, -1]))[0] == 2
    assert made.majority(np.array([-1, -1, -1]))[0] == -1


@pytest.mark.parametrize("residuals", [name for name in RESIDUALS if name != "discard"])
def test_metal_is_conserved(residuals):
    rng = np.random.default_rng(4)
    holes = np.repeat(np.arange(40), 50)
    widths = rng.uniform(0.3, 3.0, 2000)
    ends = np.concatenate([np.cumsum(widths[holes == k]) for k in range(40)])
    starts = ends - widths
    grade = rng.lognormal(size=2000)
    grade[rng.random(2000) < 0.1] = np.nan
    density = rng.uniform(2.0, 4.0, 2000)
    codes = np.repeat(rng.integers(0, 3, 400), 5)
    made = make_composites(holes, starts, ends, 4.0, codes, residuals)
    mean, coverage = made.mean(grade)
    npt.assert_allclose(np.nansum(mean * coverage * made.length), np.nansum(grade * widths), rtol=1e-12)
    npt.assert_allclose(made.length.sum(), widths.sum(), rtol=1e-12)
    npt.assert_allclose(made.covered(), made.length, rtol=1e-9)
    mean, _ = made.mean(grade, density)
    valid = np.isfinite(grade)
    mass = np.bincount(made.composite, made.weight * (density * valid)[made.piece], len(made))
    npt.assert_allclose(np.nansum(mean * mass), np.nansum(grade * widths * density), rtol=1e-12)


def test_composites_agree_with_a_plain_loop():
    rng = np.random.default_rng(8)
    ends = np.cumsum(rng.uniform(0.2, 2.5, 60))
    starts = np.r_[0.0, ends[:-1]]
    grade = rng.normal(size=60)
    made = hole(starts, ends, 3.0, residuals="keep")
    for top, bottom, mean in zip(made.start, made.end, made.mean(grade)[0]):
        common = np.maximum(np.minimum(ends, bottom) - np.maximum(starts, top), 0.0)
        npt.assert_allclose(mean, (common * grade).sum() / common.sum(), rtol=1e-10)


def test_too_many_composites_are_refused():
    with pytest.raises(InputError, match="greater composite length"):
        hole([0], [1e5], 1e-4)


def test_missing_densities_take_the_mean_of_the_hole():
    density, missing = fill_density(np.array([2.0, np.nan, 4.0, 0.0]), np.array([0, 0, 0, 1]), np.array([3.0, 1, 1, 1]))
    npt.assert_allclose(density, [2.0, 2.5, 4.0, 2.5])
    assert missing == 2
    with pytest.raises(InputError, match="density"):
        fill_density(np.full(2, np.nan), np.zeros(2, int), np.ones(2))


def test_intervals_are_cut_where_the_log_changes():
    log = np.array([0, 0, 1]), np.array([0.0, 3.0, 0.0]), np.array([3.0, 8.0, 9.0]), np.array([5, 6, 7])
    row, start, end, code = cut_at(np.array([0, 0, 1, 1]), np.array([0.0, 2.0, 1.0, 8.0]),
                                   np.array([2.0, 10.0, 3.0, 12.0]), log)
    npt.assert_array_equal(row, [0, 1, 1, 1, 2, 3, 3])
    npt.assert_allclose(start, [0, 2, 3, 8, 1, 8, 9])
    npt.assert_allclose(end, [2, 3, 8, 10, 3, 9, 12])
    npt.assert_array_equal(code, [5, 5, 6, -1, 7, 7, -1])
