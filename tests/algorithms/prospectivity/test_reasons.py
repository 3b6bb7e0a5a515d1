"""Contrasts of evidence in and around targets against plain arithmetic, and their words."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.prospectivity.reasons import ClassCounts, Contrast, ZoneSums, reason_texts


def zones():
    """Two targets (1, 2) and their surroundings (3, 4)."""
    made = np.zeros((20, 30), np.int32)
    made[3:12, 3:12], made[5:10, 5:10] = 3, 1
    made[10:19, 18:28], made[12:17, 20:26] = 4, 2
    return made


def summed(sums, values):
    """The contrast of values that come in strips."""
    where = zones()
    for top in range(0, 20, 7):
        sums.add(where[top:top + 7], values[top:top + 7])
    return sums.contrast()


def test_contrast_is_that_of_means():
    values = np.random.default_rng(0).normal(1e6, 3.0, (20, 30)).astype(np.float32)
    values[6, 6] = values[0, 0] = np.nan
    values[5:10, 5:10] += 20.0
    made, where, exact = summed(ZoneSums(2), values), zones(), values.astype(float)
    for k in range(2):
        inside, around = np.nanmean(exact[where == k + 1]), np.nanmean(exact[where == k + 3])
        assert made.inside[k] == pytest.approx(inside)
        assert made.around[k] == pytest.approx(around)
        assert made.score[k] == pytest.approx((inside - around) / np.nanstd(exact), rel=1e-6)


def test_target_without_surroundings_is_compared_with_the_map():
    where, values = zones(), np.random.default_rng(0).normal(size=(20, 30))
    values[where == 4] = np.nan
    assert summed(ZoneSums(2), values).around[1] == pytest.approx(np.nanmean(values))


def test_band_of_one_value_is_no_reason():
    made = summed(ZoneSums(2), np.full((20, 30), 7.0))
    assert np.isnan(made.score).all()
    assert reason_texts({"flat": made}) == ["", ""]


def test_class_that_prevails():
    where, codes = zones(), np.ones((20, 30))
    codes[where == 1] = 3.0
    codes[5, 5:8] = 1.0
    codes[where == 2] = 2.0
    codes[where == 4] = 2.0
    codes[0, 0] = np.nan
    made = summed(ClassCounts(2, ["", "shale", "schist", "granite"]), codes)
    assert made.names[0] == "granite"
    npt.assert_allclose([made.inside[0], made.around[0]], [22.0 / 25.0, 0.0])
    assert made.score[1] == pytest.approx(0.0)
    assert reason_texts({"rock": made})[0] == "rock granite: 88 % against 0 % around"
    assert summed(ClassCounts(2), codes).names[0] == "class 3"


def test_words_name_the_strongest_bands():
    def one(*scores):
        scores = np.array(scores)
        return Contrast(scores, 10.0 + scores, np.full(scores.size, 10.0))

    contrasts = {"a": one(0.5, np.nan), "b": one(-2.0, 0.1), "c": one(1.0, -0.3)}
    texts = reason_texts(contrasts, most=2)
    assert texts == ["b low: -2.0 sd, 8 against 10 around; c high: +1.0 sd, 11 against 10 around",
                     "c low: -0.3 sd, 9.7 against 10 around"]
    influence = np.array([[0.3, -0.1, 0.1], [0.2, 0.0, np.nan]])
    texts = reason_texts(contrasts, influence, 3)
    assert texts == ["a high: +0.5 sd, 10.5 against 10 around (+0.30 probability); "
                     "c high: +1.0 sd, 11 against 10 around (+0.10 probability)", "a (+0.20 probability)"]
    assert reason_texts({}) == []
