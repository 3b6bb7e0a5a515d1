"""Automatic variograms: truths recovered, intervals that cover, and data that would break it."""
import json

import numpy as np
import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram, variogram_from_dict
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.geostatistics.fitting import fit_variogram
from lodescope.algorithms.progress import Progress

QUICK = ("spherical", "exponential", "matern15")


def holes(rng, count, per_hole=25, step=4.0, extent=600.0):
    """Samples of vertical holes, and their holes."""
    collars = np.repeat(rng.uniform(0.0, extent, (count, 2)), per_hole, axis=0)
    return (np.column_stack([collars, np.tile(np.arange(per_hole) * -step, count)]),
            np.repeat(np.arange(count), per_hole))


def simulate(rng, coordinates, variogram, columns=1):
    """Gaussian fields with this variogram, (n, columns)."""
    matrix = variogram.covariance(coordinates, coordinates) + (variogram.nugget + 1e-9) * np.eye(len(coordinates))
    return np.linalg.cholesky(matrix) @ rng.standard_normal((len(coordinates), columns))


def test_anisotropy_nugget_and_sill_are_recovered_on_drill_holes():
    rng = np.random.default_rng(1)
    truth = Variogram(15.0, (Structure("exponential", 85.0, (300.0, 300.0, 60.0)),))
    coordinates, groups = holes(rng, 48)
    values = simulate(rng, coordinates, truth)[:, 0] + 500.0
    found = fit_variogram(coordinates + np.array([450_000.0, 6_800_000.0, 300.0]), values, groups=groups)
    variogram, structure = found.variogram, found.variogram.structures[0]
    assert variogram.sill == pytest.approx(100.0, rel=0.35)
    assert 0.07 < variogram.nugget / variogram.sill < 0.25
    assert len(structure.ranges) == 3
    assert structure.ranges[0] > 2.5 * structure.ranges[2]
    assert structure.ranges[2] == pytest.approx(60.0, rel=0.5)
    assert found.samples_used == 1200
    assert sum(c["chosen"] for c in found.candidates) == 1
    assert variogram_from_dict(json.loads(json.dumps(variogram.to_dict()))) == variogram
    json.dumps([found.candidates, [e.to_dict() for e in found.experimental]])
    assert found.experimental[0].label == "All directions"
    assert found.experimental[-1].label == "Down the hole"


def test_oblique_ellipse_is_found_in_the_plane():
    rng = np.random.default_rng(2)
    truth = Variogram(0.1, (Structure("spherical", 0.9, (300.0, 100.0), 40.0),))
    coordinates = rng.uniform(0.0, 1000.0, (700, 2))
    found = fit_variogram(coordinates, simulate(rng, coordinates, truth), models=QUICK).variogram.structures[0]
    assert abs(found.azimuth - 40.0) < 12.0
    assert 1.8 < found.ranges[0] / found.ranges[1] < 5.0


def test_isotropic_fields_are_mostly_left_isotropic():
    kept = 0
    for seed in range(4):
        rng = np.random.default_rng(seed)
        coordinates = rng.uniform(0.0, 500.0, (250, 2))
        truth = Variogram(0.2, (Structure("exponential", 0.8, (120.0,)),))
        found = fit_variogram(coordinates, simulate(rng, coordinates, truth), models=("exponential",))
        kept += len(found.variogram.structures[0].ranges) == 1
    assert kept >= 3


@pytest.mark.parametrize(("model", "rivals"), [("exponential", ("gaussian",)),
                                               ("gaussian", ("exponential", "spherical"))])
def test_likelihood_tells_rough_from_smooth(model, rivals):
    rng = np.random.default_rng(5)
    coordinates = rng.uniform(0.0, 500.0, (400, 2))
    values = simulate(rng, coordinates, Variogram(0.02, (Structure(model, 0.98, (150.0,)),)))
    found = fit_variogram(coordinates, values, models=(model, *rivals), anisotropy="none")
    assert found.variogram.structures[0].model == model


def test_intervals_cover_what_they_say():
    inside = []
    for seed in (11, 12):
        rng = np.random.default_rng(seed)
        truth = Variogram(0.15, (Structure("exponential", 0.85, (250.0, 250.0, 60.0)),))
        coordinates, _ = holes(rng, 24)
        hidden = rng.uniform([0.0, 0.0, -100.0], [600.0, 600.0, 0.0], (500, 3))
        values = simulate(rng, np.concatenate([coordinates, hidden]), truth)
        found = fit_variogram(coordinates, values[:600], models=QUICK)
        kriged = DualKriging(found.variogram).fit(coordinates, values[:600]).predict(hidden, variance=True)
        inside.append(np.abs(kriged.estimate[:, 0] - values[600:, 0]) <= 1.96 * np.sqrt(kriged.variance))
    assert 0.90 <= np.mean(inside) <= 0.99


def test_columns_share_ranges_and_keep_their_sills():
    rng = np.random.default_rng(3)
    coordinates = rng.uniform(0.0, 400.0, (300, 2))
    truth = Variogram(0.2, (Structure("exponential", 0.8, (150.0,)),))
    values = simulate(rng, coordinates, truth, 4) * [1.0, 10.0, 0.1, 1.0]
    found = fit_variogram(coordinates, values, models=("exponential",), anisotropy="none")
    np.testing.assert_allclose(found.sills[[1, 2]] / [100.0, 0.01], 1.0, rtol=0.5)
    assert found.variogram_of(1).sill == pytest.approx(found.sills[1])
    assert found.variogram.structures[0].ranges[0] == pytest.approx(150.0, rel=0.45)


def test_a_trend_does_not_pass_for_continuity():
    rng = np.random.default_rng(4)
    coordinates = rng.uniform(0.0, 1000.0, (300, 2))
    truth = Variogram(0.3, (Structure("spherical", 0.7, (150.0,)),))
    values = 0.05 * coordinates[:, 0] + simulate(rng, coordinates, truth)[:, 0]
    plain = fit_variogram(coordinates, values, models=("spherical",), anisotropy="none").variogram
    linear = fit_variogram(coordinates, values, models=("spherical",), anisotropy="none", drift="linear").variogram
    assert linear.sill < 2.0 < plain.sill
    assert linear.structures[0].ranges[0] < 400.0


def test_two_structures_are_found_where_there_are_two():
    rng = np.random.default_rng(6)
    coordinates = rng.uniform(0.0, 1000.0, (900, 2))
    coordinates[450:] = coordinates[:450] + rng.normal(0.0, 8.0, (450, 2))
    truth = Variogram(0.05, (Structure("spherical", 0.5, (30.0,)), Structure("spherical", 0.45, (500.0,))))
    found = fit_variogram(coordinates, simulate(rng, coordinates, truth), models=("spherical",), anisotropy="none",
                          structures=2).variogram
    assert len(found.structures) == 2
    assert found.structures[0].ranges[0] < 90.0 < 200.0 < found.structures[1].ranges[0]


def test_merged_duplicates_carry_less_nugget():
    rng = np.random.default_rng(7)
    coordinates = rng.uniform(0.0, 500.0, (400, 2))
    smooth = simulate(rng, coordinates, Variogram(0.0, (Structure("exponential", 1.0, (200.0,)),)))[:, 0]
    counts = np.where(np.arange(400) % 2, 9, 1)
    values = smooth + rng.standard_normal(400) / np.sqrt(counts)
    found = fit_variogram(coordinates, values, models=("exponential",), anisotropy="none", counts=counts)
    ignored = fit_variogram(coordinates, values, models=("exponential",), anisotropy="none")
    assert found.variogram.nugget == pytest.approx(1.0, rel=0.4)
    assert ignored.variogram.nugget < found.variogram.nugget


def test_same_seed_gives_the_same_variogram():
    rng = np.random.default_rng(8)
    coordinates, values = rng.uniform(0, 100, (150, 3)), rng.lognormal(size=150)
    first, second = (fit_variogram(coordinates, values, models=QUICK, rng=np.random.default_rng(5)) for _ in range(2))
    assert first.variogram == second.variogram


ODD = {
    "skewed": lambda rng, x: rng.lognormal(0.0, 2.5, len(x)),
    "outlier": lambda rng, x: np.r_[1e12, rng.standard_normal(len(x) - 1)],
    "huge": lambda rng, x: 1e90 * rng.standard_normal(len(x)),
    "tiny": lambda rng, x: 1e-90 * rng.standard_normal(len(x)),
    "integers": lambda rng, x: rng.integers(0, 3, len(x)),
    "mostly zero": lambda rng, x: np.where(np.arange(len(x)) % 20, 0.0, 5.0),
    "one differs": lambda rng, x: np.r_[1.0, np.zeros(len(x) - 1)],
    "trend": lambda rng, x: x[:, 0],
    "noise": lambda rng, x: rng.standard_normal(len(x)),
    "far from zero": lambda rng, x: 1e9 + rng.standard_normal(len(x)),
}


@pytest.mark.parametrize("kind", sorted(ODD))
def test_odd_values_still_give_a_usable_variogram(kind):
    rng = np.random.default_rng(9)
    coordinates = rng.uniform(0.0, 300.0, (80, 3))
    check_usable(fit_variogram(coordinates, ODD[kind](rng, coordinates), structures=2))


PLACES = {
    "one hole": lambda rng: np.column_stack([np.zeros((60, 2)), -np.arange(60.0)]),
    "plane": lambda rng: np.column_stack([rng.uniform(0, 100, (60, 2)), np.zeros(60)]),
    "grid": lambda rng: np.stack(np.meshgrid(*[np.arange(8.0)] * 2), axis=-1).reshape(-1, 2),
    "twins": lambda rng: np.repeat(rng.uniform(0, 100, (30, 3)), 2, axis=0),
    "two clusters": lambda rng: rng.normal(0.0, 1.0, (60, 2)) + np.arange(60)[:, None] % 2 * 1e5,
    "far away": lambda rng: rng.uniform(0, 10, (60, 3)) + 1e7,
}


@pytest.mark.parametrize("kind", sorted(PLACES))
@pytest.mark.parametrize("anisotropy", ["auto", "full"])
def test_odd_places_still_give_a_usable_variogram(kind, anisotropy):
    rng = np.random.default_rng(10)
    coordinates = PLACES[kind](rng)
    check_usable(fit_variogram(coordinates, rng.standard_normal(len(coordinates)), anisotropy=anisotropy,
                               drift="linear", models=("spherical", "gaussian")))


@pytest.mark.parametrize("count", [2, 3, 5, 10, 11, 14])
@pytest.mark.parametrize("drift", ["constant", "linear"])
def test_few_samples_get_a_variogram(count, drift):
    rng = np.random.default_rng(count)
    found = fit_variogram(rng.uniform(0.0, 100.0, (count, 3)), rng.standard_normal(count), drift=drift)
    check_usable(found)
    assert any("too few" in text for text in found.warnings) == (count <= 10)


def test_all_samples_at_one_place_get_the_default():
    found = fit_variogram(np.ones((30, 3)), np.arange(30.0))
    check_usable(found)
    assert "default" in found.warnings[0]


def check_usable(found):
    """A variogram that kriging can work with."""
    variogram = found.variogram
    assert np.isfinite(variogram.sill)
    assert variogram.nugget >= 0.0
    for structure in variogram.structures:
        assert structure.sill > 0.0
        assert np.all(np.isfinite(structure.ranges))
        assert np.all(np.diff(structure.ranges) <= 0.0)
        if structure.model == "gaussian":
            assert variogram.nugget >= 1e-7 * variogram.sill
    assert all(np.all(np.isfinite(e.semivariance)) for e in found.experimental)


@pytest.mark.parametrize(("arguments", "message"), [
    ({"values": np.full(30, 2.0)}, "same value"),
    ({"values": np.r_[np.nan, np.arange(29.0)]}, "missing or infinite"),
    ({"values": 1e200 * np.arange(30.0)}, "another unit"),
    ({"models": ("linear",)}, "variogram models"),
    ({"models": ()}, "variogram models"),
    ({"anisotropy": "zonal"}, "anisotropy 'zonal'"),
    ({"structures": 3}, "1 or 2 structures"),
])
def test_what_cannot_be_fitted_is_refused_by_name(arguments, message):
    rng = np.random.default_rng(0)
    settings = {"coordinates": rng.uniform(0, 1, (30, 2)), "values": rng.standard_normal(30), **arguments}
    with pytest.raises(InputError, match=message):
        fit_variogram(**settings)


def test_progress_moves_and_stop_is_obeyed():
    import threading
    seen, stop = [], threading.Event()

    def emit(event, **fields):
        seen.append(fields["value"])
        if fields["value"] > 20.0:
            stop.set()

    rng = np.random.default_rng(0)
    coordinates, values = rng.uniform(0, 1, (100, 2)), rng.standard_normal(100)
    fit_variogram(coordinates, values, models=QUICK, progress=Progress(lambda event, **f: seen.append(f["value"])))
    assert seen == sorted(seen)
    assert seen[-1] == 100.0
    with pytest.raises(Cancelled):
        fit_variogram(coordinates, values, models=QUICK, progress=Progress(emit, stop))
