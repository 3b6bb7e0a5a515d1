import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.prospectivity.evidence import (
    Preparation,
    fit_band,
    fit_preparation,
    known_cells,
    like_coordinates,
)


def normal_quartiles(values):
    first, middle, last = np.quantile(values, [0.25, 0.5, 0.75])
    return middle, (last - first) / 1.349


def test_symmetric_band_is_scaled_by_median_and_quartiles():
    values = np.random.default_rng(0).normal(40.0, 3.0, 5000)
    band = fit_band(values, "magnetics")
    middle, spread = normal_quartiles(values)
    assert not band.log
    assert band.middle == pytest.approx(middle)
    assert band.spread == pytest.approx(spread)


def test_skewed_positive_band_is_taken_as_logarithm():
    values = np.exp(np.random.default_rng(0).normal(3.0, 1.0, 5000))
    band = fit_band(values, "La_ppm")
    out = np.empty((1, 5000), np.float32)
    band.apply(values.astype(np.float32), out)
    assert band.log
    assert np.median(out) == pytest.approx(0.0, abs=1e-3)
    assert out.std() == pytest.approx(1.0, abs=0.05)


def test_band_that_is_mostly_one_value_keeps_a_spread():
    values = np.zeros(1000)
    values[:60] = np.linspace(0.1, 1.0, 60)
    band = fit_band(values, "buffer")
    assert band.spread == pytest.approx(values.std())


@pytest.mark.parametrize("values", [np.full(50, 3.0), np.full(50, np.nan), np.full(50, 1e12)])
def test_constant_band_is_no_band(values):
    assert fit_band(values, "x") is None


def test_constant_bands_are_left_out_with_their_names():
    values = np.random.default_rng(0).normal(size=(3, 20, 20)).astype(np.float32)
    values[1] = 7.0
    progress = Progress()
    preparation, kept = fit_preparation(values, ["a", "b", "c"], [""] * 3, [False] * 3, np.random.default_rng(1),
                                        progress)
    assert preparation.names == ["a", "c"]
    assert kept == [0, 2]
    assert "b" in progress.warnings[0]
    with pytest.raises(InputError, match="same everywhere"):
        fit_preparation(values[1:2], ["b"], [""], [False], np.random.default_rng(1), Progress())


def test_classes_become_one_channel_each_and_gaps_none():
    values = np.array([2.0, 2.0, 2.0, 5.0, 5.0, np.nan])
    band = fit_band(values, "rock", classes=True)
    preparation = Preparation((band,))
    out = preparation.apply(values[None].astype(np.float32))
    assert band.classes == (2, 5)
    np.testing.assert_array_equal(out[0], [1, 1, 1, 0, 0, 0])
    np.testing.assert_array_equal(out[1], [0, 0, 0, 1, 1, 0])
    np.testing.assert_array_equal(out[2], [1, 1, 1, 1, 1, 0])
    assert preparation.labels() == ["rock=2", "rock=5", "(known)"]


def test_gaps_are_the_median_and_are_told():
    rng = np.random.default_rng(0)
    preparation = Preparation((fit_band(rng.normal(size=100), "a"), fit_band(np.exp(2 * rng.normal(size=100)), "b")))
    out = preparation.apply(np.array([[np.nan, 0.3], [1.0, np.nan]], np.float32))
    assert out[0, 0] == 0.0
    assert out[1, 1] == 0.0
    np.testing.assert_array_equal(out[-1], [0.5, 0.5])


def test_values_that_have_no_logarithm_are_low():
    preparation = Preparation((fit_band(np.exp(2 * np.random.default_rng(0).normal(size=100)), "b"),))
    assert preparation.apply(np.array([[0.0, -3.0]], np.float32))[0].tolist() == [-6.0, -6.0]


def test_card_restores_the_preparation():
    rng = np.random.default_rng(0)
    bands = (fit_band(np.exp(2 * rng.normal(size=100)), "a", "ppm"),
             fit_band(rng.integers(0, 3, 100) * 1.0, "c", "", True))
    again = Preparation.from_card({"features": Preparation(bands).to_card()})
    values = np.exp(rng.normal(size=(2, 50))).astype(np.float32)
    np.testing.assert_array_equal(again.apply(values), Preparation(bands).apply(values))


def test_longitude_is_seen_and_noise_is_not():
    rows, columns = np.mgrid[:80, :90]
    noise = np.random.default_rng(0).normal(size=rows.shape)
    bands = np.stack([111.0 + 0.01 * columns - 0.001 * rows, noise, columns + 60.0 * noise])
    assert like_coordinates(bands, ["lon", "noise", "trend"]) == ["lon"]


def test_cells_need_half_of_the_bands():
    values = np.ones((4, 1, 3))
    values[:2, 0, 1] = values[:3, 0, 2] = np.nan
    assert known_cells(values).tolist() == [[True, True, False]]
