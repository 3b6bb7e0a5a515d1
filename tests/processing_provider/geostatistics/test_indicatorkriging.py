"""Indicator kriging from layer to GeoTIFF: PyKrige agrees, distributions are distributions, bad choices are refused."""
import numpy as np
import numpy.testing as npt
import pytest
from qgis.core import QgsProcessingException

WEST, SOUTH = 500_000.0, 6_700_000.0
EXTENT = "500000,501000,6700000,6700800"
SHAPE = {"model": "spherical", "sill": 0.8, "ranges": [350.0]}
CUTOFFS = (1.0, 2.0, 3.5)


@pytest.fixture(scope="module")
def survey(points):
    """Local places, grades and their layer; the first ten samples stand at cell centres."""
    rng = np.random.default_rng(31)
    local = rng.uniform(0.0, 1.0, (80, 2)) * [1000.0, 800.0]
    local[:10] = np.column_stack([np.arange(10) * 80.0 + 20.0, np.arange(10) % 7 * 80.0 + 60.0])
    grade = np.exp(0.6 + 0.8 * np.sin(local[:, 0] / 140.0) + 0.3 * rng.normal(size=80))
    return local, grade, points(local + [WEST, SOUTH], g=grade)


@pytest.fixture(scope="module")
def one(toolbox, survey, read, variogram_file, folder):
    """One cut-off with a given variogram."""
    path = variogram_file(folder / "v.json", 0.2, SHAPE)
    toolbox("indicatorkriging", INPUT=survey[2], FIELDS=["g"], CUTOFFS="2", VARIOGRAM=path, CELL_SIZE=40, EXTENT=EXTENT,
            QUANTITIES=["probability"], OUTPUT=str(folder / "one.tif"))
    return read(folder / "one.tif")


def test_probability_is_pykriges_indicator(one, survey, truth, folder):
    """P(grade > 2) is one less the kriged indicator of grades up to 2, kept between 0 and 1."""
    local, grade, _ = survey
    case = {"name": "i", "drift": "none", "samples": "samples", "values": "values", "targets": "targets",
            "variogram": {"model": "spherical", "sill": 0.8, "range": 350.0, "nugget": 0.2}}
    targets = one.centres() - [WEST, SOUTH]
    answer = truth(folder, [case], samples=local, values=(grade <= 2.0).astype(float), targets=targets)
    expected = np.clip(1.0 - answer["i_estimate"], 0.0, 1.0).reshape(one.x.shape)
    assert list(one.bands) == ["g:probability>2"]
    npt.assert_allclose(one["g:probability>2"], expected, rtol=0.0, atol=2e-6)


def test_sampled_cells_are_certain(one, survey):
    local, grade, _ = survey
    for (x, y), value in zip(local[:10] + [WEST, SOUTH], grade):
        row, column = np.argwhere(np.hypot(one.x - x, one.y - y) < 1e-6)[0]
        assert one["g:probability>2"][row, column] == pytest.approx(float(value > 2.0), abs=1e-6)


@pytest.fixture(scope="module")
def many(toolbox, survey, read, folder):
    """Three cut-offs with variograms fitted here, and the outputs."""
    results = toolbox("indicatorkriging", INPUT=survey[2], FIELDS=["g"], CUTOFFS=[3.5, 1, 2], QUANTILES="10, 50 90",
                      CELL_SIZE=40, EXTENT=EXTENT, OUTPUT=str(folder / "many.tif"), REPORT=str(folder / "many.html"))
    return results, read(folder / "many.tif")


def test_bands_are_named_and_ordered(many, folder):
    results, raster = many
    assert list(raster.bands) == ["g:probability>1", "g:probability>2", "g:probability>3.5", "g:mean", "g:variance",
                                  "g:p10", "g:p50", "g:p90"]
    assert results["SAMPLES"] == 80
    assert 0.0 <= results["COVERAGE_80"] <= 1.0
    assert "<svg" in (folder / "many.html").read_text(encoding="utf-8")


def test_every_cell_holds_a_distribution(many, survey):
    _, raster = many
    low, high = survey[1].min(), survey[1].max()
    chance = np.stack([raster[f"g:probability>{cutoff:g}"] for cutoff in CUTOFFS])
    assert ((chance >= 0.0) & (chance <= 1.0)).all()
    assert (np.diff(chance, axis=0) <= 1e-6).all()
    p10, p50, p90 = (raster[f"g:p{p}"] for p in (10, 50, 90))
    assert (p10 <= p50).all()
    assert (p50 <= p90).all()
    for values in (raster["g:mean"], p10, p90):
        assert ((values >= low * (1 - 1e-6)) & (values <= high * (1 + 1e-6))).all()
    assert (raster["g:variance"] >= 0.0).all()
    # A median above a cut-off means that grades above it are the likelier ones.
    for cutoff, row in zip(CUTOFFS, chance):
        assert (row[p50 > cutoff + 1e-4] >= 0.5 - 1e-4).all()
        assert (row[p50 < cutoff - 1e-4] <= 0.5 + 1e-4).all()


def test_rich_ground_is_richer(many):
    """The field is highest where the sine is: the map has to say so."""
    _, raster = many
    wave = np.sin((raster.x - WEST) / 140.0)
    rich, poor = wave > 0.7, wave < -0.7
    assert raster["g:probability>2"][rich].mean() > raster["g:probability>2"][poor].mean() + 0.5
    assert raster["g:mean"][rich].mean() > 2.0 * raster["g:mean"][poor].mean()


@pytest.mark.parametrize(("wrong", "words"), [
    ({"CUTOFFS": "1, two"}, "Cut-offs: '1, two' is not a list of numbers"),
    ({"CUTOFFS": "1 inf"}, "every number must be finite"),
    ({"QUANTILES": "50, 100"}, "Quantiles must lie between 0 and 100"),
    ({"QUANTITIES": []}, "QUANTITIES"),
])
def test_bad_choices_are_refused(toolbox, survey, tmp_path, wrong, words):
    with pytest.raises(QgsProcessingException) as failure:
        toolbox("indicatorkriging", INPUT=survey[2], FIELDS=["g"], CELL_SIZE=40,
                OUTPUT=str(tmp_path / "no.tif"), **wrong)
    assert words in str(failure.value)
    assert list(tmp_path.iterdir()) == []


def test_cutoffs_outside_the_samples_end_in_a_sentence_or_certainty(toolbox, survey, read, tmp_path):
    """A cut-off above every sample: nowhere is there a chance of more than a tail."""
    try:
        toolbox("indicatorkriging", INPUT=survey[2], FIELDS=["g"], CUTOFFS="1; 1000", CELL_SIZE=100, EXTENT=EXTENT,
                QUANTITIES=["probability"], OUTPUT=str(tmp_path / "far.tif"))
    except QgsProcessingException as failure:
        assert "1000" in str(failure)
        assert "internal error" not in str(failure)
        assert list(tmp_path.iterdir()) == []
    else:
        npt.assert_allclose(read(tmp_path / "far.tif")["g:probability>1000"], 0.0, atol=1e-6)
