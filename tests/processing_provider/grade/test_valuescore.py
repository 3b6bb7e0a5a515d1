"""Value scores: bands by their names, numbers read back, chosen cells, kriged rasters and bad input."""
import math

import numpy as np
import numpy.testing as npt
import pytest
from prediction_files import CELL, NORTH, WEST, write_prediction
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProject, QgsVectorLayer

ROWS, COLUMNS, LEVELS = 20, 30, (100.0, 130.0)


def score(value):
    with np.errstate(divide="ignore"):
        return 100.0 * (1.0 + 10.0 / (1.0 + 2.0 * np.asarray(value) ** -5.0) ** 2)


def quantities():
    """Mean, parts of the uncertainty and chance, different on both levels and in all directions."""
    rng = np.random.default_rng(4)
    north = np.linspace(3.0, 0.5, ROWS)[:, None] * np.linspace(0.8, 1.2, COLUMNS)
    means = [north, north + 0.3]
    made = []
    for mean in means:
        epistemic, aleatoric = rng.uniform(0.05, 0.4, (2, ROWS, COLUMNS))
        made.append({"mean": mean.copy(), "sd": np.hypot(epistemic, aleatoric), "epistemic": epistemic,
                     "aleatoric": aleatoric, "probability>1": rng.uniform(0.0, 1.0, (ROWS, COLUMNS))})
    made[0]["mean"][3, 4] = np.nan
    return made


@pytest.fixture(scope="module")
def levels():
    return quantities()


@pytest.fixture(scope="module")
def raster(folder, levels):
    """A prediction in space."""
    bands = {f"TREO_pct:{name}@z={level:g}": made[name] for name in levels[0] for made, level in zip(levels, LEVELS)}
    return write_prediction(folder / "prediction.tif", bands)


@pytest.fixture(scope="module")
def flat(folder, levels):
    """A prediction on the map, of two fields."""
    bands = {f"{field}:{name}": values for field in ("TREO_pct", "Nd_ppm") for name, values in levels[1].items()}
    return write_prediction(folder / "flat.tif", bands)


def test_scores_on_levels(toolbox, raster, levels, read, tmp_path, feedback):
    outputs = toolbox("valuescore", feedback, INPUT=raster, CUTOFF=1.0, OUTPUT=str(tmp_path / "v.tif"),
                      REPORT=str(tmp_path / "r.html"), OUTPUT_CELLS=str(tmp_path / "best.gpkg"))
    made = read(tmp_path / "v.tif")
    assert made.transform == (WEST, CELL, 0.0, NORTH, 0.0, -CELL)
    everything = []
    for part, level in zip(levels, LEVELS):
        value = part["probability>1"] * part["mean"] * (1.0 - part["epistemic"] / part["sd"])
        npt.assert_allclose(made[f"TREO_pct:value@z={level:g}"], value, rtol=1e-4)
        npt.assert_allclose(made[f"TREO_pct:hyperscore@z={level:g}"], score(value), rtol=1e-4)
        npt.assert_allclose(made[f"TREO_pct:grade_factor@z={level:g}"], part["mean"], rtol=1e-5)
        everything.append(value)
    everything = np.stack(everything)
    assert np.isnan(made["TREO_pct:hyperscore@z=100"][3, 4])
    assert outputs["CELLS"] == everything.size - 1
    assert outputs["HIGHEST_SCORE"] == pytest.approx(float(score(np.nanmax(everything))), rel=1e-5)
    level, row, column = np.unravel_index(np.nanargmax(everything), everything.shape)
    layer = QgsVectorLayer(str(tmp_path / "best.gpkg"))
    best = next(layer.getFeatures())
    place = next(best.geometry().vertices())
    assert (place.x(), place.y(), place.z()) == (WEST + (column + 0.5) * CELL, NORTH - (row + 0.5) * CELL,
                                                 LEVELS[level])
    assert best["hyperscore"] == pytest.approx(outputs["HIGHEST_SCORE"])
    assert layer.featureCount() == 10
    report = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "The best cell" in report and "confidence" in report.lower()
    assert any("chances above 1 are those of the band" in line for line in feedback.info)


def test_chosen_cell(toolbox, raster, levels, tmp_path):
    x, y = WEST + 7.2 * CELL, NORTH - 12.9 * CELL
    outputs = toolbox("valuescore", INPUT=raster, CUTOFF=1.0, CELL=f"{x},{y} [EPSG:32650]", CELL_LEVEL=104.0,
                      OUTPUT=str(tmp_path / "v.tif"), REPORT=str(tmp_path / "r.html"))
    part = {name: values[12, 7] for name, values in levels[0].items()}
    assert outputs["CELL_CHANCE"] == pytest.approx(part["probability>1"], rel=1e-5)
    assert outputs["CELL_GRADE_FACTOR"] == pytest.approx(part["mean"], rel=1e-5)
    assert outputs["CELL_CONFIDENCE"] == pytest.approx(1.0 - part["epistemic"] / part["sd"], rel=1e-4)
    value = outputs["CELL_CHANCE"] * outputs["CELL_GRADE_FACTOR"] * outputs["CELL_CONFIDENCE"]
    assert outputs["CELL_VALUE"] == pytest.approx(value)
    assert outputs["CELL_SCORE"] == pytest.approx(float(score(value)))
    report = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert f"The chosen cell: easting {WEST + 7.5 * CELL:.10g}, northing {NORTH - 12.5 * CELL:.10g}" in report
    assert "elevation 100" in report


def test_constants_weights_and_cutoff_by_default(toolbox, flat, levels, read, tmp_path):
    outputs = toolbox("valuescore", INPUT=flat, TARGET="nd_ppm", GAIN=1.0, BETA=3.0, GAMMA=0.2, KAPPA=1.5,
                      CONFIDENCE_WEIGHT=0.0, GRADE_WEIGHT=2.0, OUTPUT=str(tmp_path / "v.tif"))
    value = levels[1]["probability>1"] * levels[1]["mean"] ** 2
    truth = 100.0 * (1.0 + (1.0 / (1.0 + math.exp(-0.2) * value ** -3.0)) ** 1.5)
    assert outputs["CUTOFF_USED"] == 1.0
    npt.assert_allclose(read(tmp_path / "v.tif")["Nd_ppm:hyperscore"], truth, rtol=1e-4)


def test_kriged_grades(toolbox, points, read, tmp_path, feedback):
    """What kriging wrote is scored, with the chance from its variance and the confidence from the variation."""
    rng = np.random.default_rng(8)
    place = rng.uniform(0.0, 1000.0, (60, 2)) + [WEST, NORTH]
    layer = points(place, La_ppm=100.0 + 0.05 * (place[:, 0] - WEST) + rng.normal(0.0, 3.0, 60))
    toolbox("kriging", INPUT=layer, FIELDS=["La_ppm"], TRANSFORM="none", CELL_SIZE=100,
            OUTPUT=str(tmp_path / "k.tif"))
    toolbox("valuescore", feedback, INPUT=str(tmp_path / "k.tif"), CUTOFF=120.0, OUTPUT=str(tmp_path / "v.tif"))
    kriged, made = read(tmp_path / "k.tif"), read(tmp_path / "v.tif")
    estimate, sd = kriged["La_ppm:estimate"], np.sqrt(kriged["La_ppm:variance"])
    chance = 0.5 * np.vectorize(math.erfc)((120.0 - estimate) / sd / math.sqrt(2.0))
    npt.assert_allclose(made["La_ppm:exceedance"], chance, atol=1e-5)
    npt.assert_allclose(made["La_ppm:confidence"], 1.0 / (1.0 + sd / estimate), rtol=1e-5)
    assert made.transform == kriged.transform
    assert any("normal distribution" in line for line in feedback.info)


def test_indicator_kriging(toolbox, points, read, tmp_path):
    rng = np.random.default_rng(9)
    place = rng.uniform(0.0, 500.0, (80, 2)) + [WEST, NORTH]
    layer = points(place, Nd=rng.lognormal(1.0, 0.8, 80))
    toolbox("indicatorkriging", INPUT=layer, FIELDS=["Nd"], CUTOFFS="2, 4", CELL_SIZE=50,
            OUTPUT=str(tmp_path / "k.tif"))
    outputs = toolbox("valuescore", INPUT=str(tmp_path / "k.tif"), CUTOFF=4.0, OUTPUT=str(tmp_path / "v.tif"))
    npt.assert_allclose(read(tmp_path / "v.tif")["Nd:exceedance"], read(tmp_path / "k.tif")["Nd:probability>4"],
                        atol=1e-6)
    assert outputs["CONFIDENCE_USED"] == "variation"


def refusal(toolbox, **parameters):
    with pytest.raises(QgsProcessingException) as failure:
        toolbox("valuescore", **parameters)
    text = str(failure.value).split("\n")[-1]
    del failure  # its traceback holds layers, which must not outlive QGIS
    assert "internal error" not in text and "Traceback" not in text
    return text


@pytest.mark.parametrize(("wrong", "words"), [
    ({"CUTOFF": 0.0}, "The cut-off is 0"), ({"CUTOFF": -1.0}, "The cut-off is -1"),
    ({"GAIN": -1.0}, "Gain G is -1"), ({"BETA": 0.0}, "Beta is 0"), ({"KAPPA": 0.0}, "Kappa is 0"),
    ({"GRADE_WEIGHT": -1.0}, "zero or more"), ({"CONFIDENCE_LOW": 1.0}, "must be above the one that becomes 0"),
    ({"CELL": "0,0 [EPSG:32650]"}, "lies outside the raster"), ({"TARGET": "Cu"}, "has no field 'Cu'"),
    ({"CELL_LEVEL": 100.0}, "without its place on the map"),
    ({"OUTPUT": "v.png"}, "is no GeoTIFF"),
])
def test_parameters_that_cannot_be_meant(toolbox, raster, tmp_path, wrong, words):
    assert words in refusal(toolbox, **{"INPUT": raster, "CUTOFF": 1.0, "OUTPUT": str(tmp_path / "o.tif"), **wrong})


def test_rasters_that_cannot_be_used(toolbox, flat, folder, tmp_path):
    plain, output = np.ones((4, 5)), str(tmp_path / "o.tif")
    common = {"CUTOFF": 1.0, "OUTPUT": output}
    assert "holds several fields (TREO_pct, Nd_ppm)" in refusal(toolbox, INPUT=flat, **common)
    path = write_prediction(folder / "dem.tif", {"elevation": plain})
    assert "has no bands such as FIELD:mean" in refusal(toolbox, INPUT=path, **common)
    path = write_prediction(folder / "bare.tif", {"La:mean": plain})
    assert "how uncertain the grade is" in refusal(toolbox, INPUT=path, **common)
    path = write_prediction(folder / "empty.tif", {"La:mean": np.nan * plain, "La:sd": plain})
    assert "no cell with a prediction of 'La'" in refusal(toolbox, INPUT=path, **common)
    path = write_prediction(folder / "kriged.tif", {"La:estimate": plain, "La:variance": plain})
    assert "kriged grades do not have" in refusal(toolbox, INPUT=path, CONFIDENCE="epistemic", **common)
    assert "give the cut-off of 'La'" in refusal(toolbox, INPUT=path, OUTPUT=output)
    assert "would overwrite the raster" in refusal(toolbox, INPUT=path, CUTOFF=1.0, OUTPUT=path)
    path = write_prediction(folder / "wide.tif", {"La:mean": plain, "La:sd": plain},
                            transform=(WEST, 20.0, 0.0, NORTH, 0.0, -10.0))
    assert "are not square (20 by 10)" in refusal(toolbox, INPUT=path, **common)
    path = write_prediction(folder / "south.tif", {"La:mean": plain, "La:sd": plain},
                            transform=(WEST, 10.0, 0.0, NORTH, 0.0, 10.0))
    assert "is not north up" in refusal(toolbox, INPUT=path, **common)
    assert not (tmp_path / "o.tif").exists()


def test_cancel_leaves_nothing(toolbox, raster, tmp_path, make_feedback):
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    toolbox("valuescore", make_feedback(cancel_at=15.0), context, INPUT=raster, CUTOFF=1.0,
            OUTPUT=str(tmp_path / "o.tif"))
    assert list(tmp_path.iterdir()) == []


def test_program(program, raster, flat, tmp_path):
    code, output = program("valuescore", INPUT=raster, CUTOFF=1.0, OUTPUT=tmp_path / "v.tif",
                           REPORT=tmp_path / "r.html")
    assert code == 0, output
    assert (tmp_path / "v.tif").exists() and (tmp_path / "r.html").exists()
    code, output = program("valuescore", INPUT=flat, CUTOFF=1.0, OUTPUT=tmp_path / "w.tif")
    assert code != 0
    assert "holds several fields" in output
    assert "Traceback" not in output
