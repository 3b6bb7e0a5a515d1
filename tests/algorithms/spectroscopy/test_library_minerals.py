"""Depths on the spectral library of the U.S. Geological Survey as the AVIRIS sensor sees it.

Recordings of error bars and of single infrared detectors are no spectra of
the visible and are left out by their names and their missing values.
"""
import re
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest
from sklearn.metrics import roc_auc_score

from lodescope.algorithms.spectroscopy.absorption import join, measure, window_of
from lodescope.algorithms.spectroscopy.catalogue import FILE, choose, read_catalogue
from lodescope.algorithms.spectroscopy.smoothing import smooth, smoothing_matrix
from lodescope.algorithms.spectroscopy.wavelengths import band_order, water_vapour

PATH = Path(__file__).resolve().parents[4] / "shared" / "data" / "usgs_splib07_aviris95" / "splib07_av95.npz"
REE = re.compile(r"_REE|^Monazite|^Xenotime|^Neodymium_Oxide|^Calcite_REE")
LINES = ("Nd_0580", "Nd_0740", "Nd_0800", "Nd_0870")
pytestmark = pytest.mark.skipif(not PATH.exists(), reason="the reference data is not here")


@pytest.fixture(scope="module")
def library():
    """Wavelengths, names and spectra (spectra, bands)."""
    with np.load(PATH, allow_pickle=False) as content:
        waves, names, spectra = content["wavelength_um"], content["names"], content["reflectance"]
    order, dropped = band_order(waves, ~water_vapour(waves))
    assert len(dropped) == 5
    shown = np.isfinite(spectra[:, order]).any(axis=1) & ~np.char.startswith(names, "error bars")
    return waves[order], names[shown], spectra[shown][:, order].astype(float)


def depths(waves, spectra, wanted=LINES):
    """Depths (spectra, lines)."""
    chosen, _ = choose(read_catalogue(FILE.read_text(encoding="utf-8")), ",".join(wanted), waves)
    out = []
    for feature in chosen:
        first, last = feature.window(waves)
        out.append(measure(window_of(spectra, waves, feature), waves[first:last], feature)[:, 0])
    return np.column_stack(out)


def ranked(library, noise=None, smoothed=False, seed=1):
    """Area under the curve of ``Nd:index`` for rare-earth minerals against all else that has a value."""
    waves, names, spectra = library
    if noise:
        rng = np.random.default_rng(seed)
        spectra = spectra + rng.normal(size=spectra.shape) * np.nanmean(spectra, axis=1, keepdims=True) / noise
    if smoothed:
        spectra = smooth(spectra, smoothing_matrix(waves, 5, 2))
    index = join(depths(waves, spectra, LINES[1:3]))
    known, rare = np.isfinite(index), np.array([bool(REE.search(name)) for name in names])
    assert (rare & known).sum() == 24
    assert known.sum() > 1700
    return roc_auc_score(rare[known], index[known])


def test_bastnaesite_has_its_four_lines_and_plain_minerals_have_none(library):
    waves, names, spectra = library
    found = depths(waves, spectra)
    bastnaesite = found[np.char.startswith(names, "Bastnaesite_REE")][0]
    npt.assert_allclose(bastnaesite, [0.52, 0.60, 0.62, 0.55], atol=0.04)
    for name in ("Calcite WS272", "Kaolinite KGa-1", "Alunite GDS84"):
        chosen = np.char.startswith(names, name)
        assert chosen.any()
        assert np.nanmax(found[chosen]) < 0.008


@pytest.mark.parametrize(("noise", "smoothed", "least"), [
    (None, False, 0.97), (None, True, 0.97), (50, False, 0.92), (50, True, 0.93), (20, False, 0.88), (20, True, 0.90),
])
def test_neodymium_ranks_rare_earth_minerals_above_the_rest(library, noise, smoothed, least):
    seeds = range(1, 11) if noise else (1,)
    assert np.mean([ranked(library, noise, smoothed, seed) for seed in seeds]) >= least


def test_doublet_is_that_of_kaolinite(library):
    waves, names, spectra = library
    index = join(depths(waves, spectra, ("Kaolinite",)), geometric=True)
    kaolinite, muscovite, calcite = (np.char.startswith(names, f"{word} ")
                                     for word in ("Kaolinite", "Muscovite", "Calcite"))
    assert np.nanmedian(index[kaolinite]) > 0.08
    assert np.nanmedian(index[muscovite]) < 0.02
    assert np.nanmedian(index[calcite]) < 0.02


def test_carbonates_are_told_apart_by_position(library):
    waves, names, spectra = library
    chosen, _ = choose(read_catalogue(FILE.read_text(encoding="utf-8")), "Carbonate_2330", waves)
    first, last = chosen[0].window(waves)
    found = measure(window_of(spectra, waves, chosen[0]), waves[first:last], chosen[0])[:, 1]
    calcite, dolomite = (found[np.char.startswith(names, word)] for word in ("Calcite WS272", "Dolomite HS102"))
    assert np.nanmedian(dolomite) < 2.328 < np.nanmedian(calcite)
