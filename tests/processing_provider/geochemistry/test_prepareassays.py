"""Prepare assays and apply its model, as users run them; numbers are read back from the written layers."""
import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from qgis.core import (
    NULL,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsVectorLayer,
)

ROOT = Path(__file__).resolve().parents[3]
NGSA = ROOT.parent / "shared" / "data" / "ngsa"
TEXTS = ["<0.5", "1.25", "n.d.", "2,500.5", ">10000", "", "0.5%", "3 ppm"]


def columns(layer):
    """Attributes of a layer by field, None for NULL."""
    layer = layer if isinstance(layer, QgsVectorLayer) else QgsVectorLayer(str(layer), "result", "ogr")
    assert layer.isValid()
    rows = [feature.attributes() for feature in layer.getFeatures()]
    return {name: [None if row[k] is None or row[k] == NULL else row[k] for row in rows]
            for k, name in enumerate(layer.fields().names())}


def run(toolbox, feedback, path, **parameters):
    """Outputs and the columns of the written layer."""
    results = toolbox("prepareassays", feedback, OUTPUT=str(path), **parameters)
    return results, columns(results["OUTPUT"])


def test_text_becomes_numbers_with_flags_and_keeps_other_fields(toolbox, table, feedback, tmp_path):
    layer = table(sample=list("abcdefgh"), La_ppm=TEXTS)
    results, read = run(toolbox, feedback, tmp_path / "clean.gpkg", INPUT=layer, FIELDS=["La_ppm"])
    assert read["sample"] == list("abcdefgh")
    assert read["La_ppm"] == [0.25, 1.25, 0.25, 2500.5, 10000.0, None, 5000.0, 3.0]
    assert read["La_ppm_flag"] == [1, 0, 1, 0, 2, 4, 0, 0]
    assert read["La_ppm_raw"] == [text or None for text in TEXTS]
    assert [results[name] for name in ("MEASURED", "BELOW_DETECTION", "ABOVE_RANGE", "IMPUTED", "MISSING")] == [
        4, 2, 1, 0, 1]
    assert any("'n.d.' (1)" in line for line in feedback.info)
    assert any("above the range" in line for line in feedback.warnings)


def test_negative_numbers_are_limits_and_sentinels_are_not(toolbox, points, feedback, tmp_path):
    layer = points([[0.0, 0.0], [10.0, 0.0], [20.0, 0.0], [30.0, 0.0]], Au_ppb=[-5.0, 12.0, -999.0, 7.0])
    _, read = run(toolbox, feedback, tmp_path / "below.gpkg", INPUT=layer, FIELDS=["Au_ppb"], DETECTION_LIMITS="sqrt2")
    assert read["Au_ppb"] == [pytest.approx(5.0 / np.sqrt(2.0)), 12.0, None, 7.0]
    assert read["Au_ppb_flag"] == [1, 0, 4, 0]
    assert read["Au_ppb_raw"] == [-5.0, 12.0, -999.0, 7.0]
    _, read = run(toolbox, feedback, tmp_path / "real.gpkg", INPUT=layer, FIELDS=["Au_ppb"], NEGATIVE="real")
    assert read["Au_ppb"] == [-5.0, 12.0, None, 7.0]


def test_limits_from_text_and_from_a_table(toolbox, table, feedback, tmp_path):
    layer = table(La_ppm=["BDL", "4", "9"], Ce_ppm=["BDL", "8", "3"])
    limits = table("limits", element=["la_PPM", "Ce_ppm"], limit=[2.0, 0.6])
    _, read = run(toolbox, feedback, tmp_path / "a.gpkg", INPUT=layer, FIELDS=["La_ppm", "Ce_ppm"],
                  LIMITS_TABLE=limits, LIMITS="Ce_ppm=1")
    assert read["La_ppm"][0] == 1.0
    assert read["Ce_ppm"][0] == 0.5


@pytest.fixture
def assays(points):
    """Three lognormal metals in 30 holes with gaps and values below detection."""
    rng = np.random.default_rng(4)
    hole = np.repeat(np.arange(30), 10)
    place = np.column_stack([hole % 6 * 100.0, hole // 6 * 100.0, -np.tile(np.arange(10), 30) * 5.0])
    level = np.sin(place[:, 0] / 150.0) + np.cos(place[:, 1] / 120.0)
    metals = {name: np.exp(level * slope + rng.normal(0.0, 0.15, 300) + base)
              for name, slope, base in (("La_ppm", 1.0, 3.0), ("Ce_ppm", 0.8, 4.0), ("Fe_pct", -0.3, 2.0))}
    text = {name: [f"{value:.4g}" for value in column] for name, column in metals.items()}
    for row in range(0, 300, 9):
        text["Ce_ppm"][row] = ""
    for row in np.argsort(metals["La_ppm"])[:20]:
        text["La_ppm"][row] = f"<{np.sort(metals['La_ppm'])[20]:.4g}"
    return points(place, name="assays", hole=[f"H{k:02d}" for k in hole], **text), metals


@pytest.mark.parametrize("transform", ["boxcox", "ilr"])
def test_model_gives_the_same_again_and_the_inverse_restores(toolbox, assays, feedback, tmp_path, transform):
    layer, metals = assays
    model = str(tmp_path / "model.safetensors")
    results, read = run(
        toolbox, feedback, tmp_path / "clean.gpkg", INPUT=layer, FIELDS=list(metals), HOLE_ID="hole",
        DETECTION_LIMITS="ros", IMPUTATION="knn", TRANSFORM=transform, MODEL=model, REPORT=str(tmp_path / "r.html"))
    names = results["NAMES"].split(";")
    assert results["IMPUTED"] == 34 and results["MISSING"] == 0 and results["BELOW_DETECTION"] == 20
    assert results["RMSE"] < 0.7 * results["RMSE_MEDIAN"]
    assert results["RMSE_GROUPED"] > 0.0
    again = columns(toolbox("applyassaytransform", feedback, INPUT=layer, MODEL=model, DIRECTION="forward",
                            OUTPUT=str(tmp_path / "again.gpkg"))["OUTPUT"])
    for name in [*metals, *names, "Ce_ppm_flag"]:
        assert again[name] == read[name]
    back = columns(toolbox("applyassaytransform", feedback, INPUT=str(tmp_path / "clean.gpkg"), MODEL=model,
                           DIRECTION="inverse", OUTPUT=str(tmp_path / "back.gpkg"))["OUTPUT"])
    for name in metals:
        np.testing.assert_allclose(back[f"{name}_inverse"], read[name], rtol=1e-9)
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "RMSE of the median" in html and "own hole unused" in html and "<svg" in html


def test_models_refuse_layers_that_lack_a_field(toolbox, assays, table, feedback, tmp_path):
    layer, metals = assays
    model = str(tmp_path / "model.safetensors")
    run(toolbox, feedback, tmp_path / "a.gpkg", INPUT=layer, FIELDS=list(metals), MODEL=model, TRANSFORM="log")
    other = table("soil", La_ppm=["1"], Ce=["2"])
    with pytest.raises(QgsProcessingException, match=r"'soil' does not have: Ce_ppm, Fe_pct; it has: La_ppm, Ce"):
        toolbox("applyassaytransform", feedback, INPUT=other, MODEL=model, OUTPUT="memory:")


@pytest.mark.parametrize(("values", "more", "words"), [
    (["1", "abc", "abc"], {}, r"'La_ppm' in 2 of 3 rows: 'abc' \(2\)"),
    (["1,234", "2,345", "5,678"], {}, "decimal mark"),
    (["", "", ""], {}, "holds no assay at all"),
    (["1", "2", "3"], {"LIMITS": "Ce=1"}, "'Ce' is none of the chosen fields"),
    (["1", "2", "3"], {"LIMITS": "La_ppm"}, "FIELD=VALUE"),
    (["1", "2", "3"], {"UNITS": "La_ppm=furlong"}, "Units"),
    (["1", "2", "3"], {"SENTINELS": "x"}, "no list of numbers"),
    (["1", "2", "3"], {"TRANSFORM": "clr"}, "two or more"),
    (["-1.5", "2", "3"], {"TRANSFORM": "log", "NEGATIVE": "real"}, "zero or less: La_ppm"),
])
def test_bad_input_is_one_sentence_and_leaves_no_file(toolbox, table, feedback, tmp_path, values, more, words):
    path = tmp_path / "none.gpkg"
    with pytest.raises(QgsProcessingException, match=words):
        toolbox("prepareassays", feedback, INPUT=table(La_ppm=values), FIELDS=["La_ppm"], OUTPUT=str(path), **more)
    assert not path.exists()


def test_wrong_fields_are_named(toolbox, table, feedback):
    with pytest.raises(QgsProcessingException, match="no field 'Lu'"):
        toolbox("prepareassays", feedback, INPUT=table(La=["1"]), FIELDS=["Lu"], OUTPUT="memory:")


def test_cancel_writes_nothing(toolbox, assays, make_feedback, tmp_path):
    layer, metals = assays
    path = tmp_path / "none.gpkg"
    assert toolbox("prepareassays", make_feedback(cancel_at=5), INPUT=layer, FIELDS=list(metals), IMPUTATION="knn",
                   OUTPUT=str(path)) == {}
    assert not path.exists()


def test_geographic_points_are_imputed_by_distances_on_the_globe(toolbox, points, feedback, tmp_path):
    rng = np.random.default_rng(2)
    place = np.column_stack([rng.uniform(179.0, 181.0, 200), rng.uniform(60.0, 61.0, 200)])
    value = np.exp(2.0 * np.sin(3.0 * place[:, 0]))
    place[:, 0] = np.where(place[:, 0] > 180.0, place[:, 0] - 360.0, place[:, 0])
    text = [None if row % 10 == 0 else float(v) for row, v in enumerate(value)]
    _, read = run(toolbox, feedback, tmp_path / "globe.gpkg", FIELDS=["La_ppm"], IMPUTATION="knn",
                  INPUT=points(place, crs="EPSG:4326", La_ppm=text))
    error = np.log(np.array(read["La_ppm"]) / value)[::10]
    assert np.sqrt(np.mean(error**2)) < 0.5 * np.log(value).std()


def test_national_survey_flags_its_negative_numbers(toolbox, feedback, tmp_path):
    if not NGSA.exists():
        pytest.skip("the survey is not at hand")
    with (NGSA / "ngsa_Tc.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    limits = json.loads((NGSA / "columns.json").read_text(encoding="utf-8"))["detection_limit_ppm"]
    names = ["As_ppm", "Be_ppm", "La_ppm", "Cd_ppm"]
    uri = f"file://{NGSA / 'ngsa_Tc.csv'}?delimiter=,&xField=LONGITUDE&yField=LATITUDE&crs=EPSG:4283&detectTypes=yes"
    layer = QgsVectorLayer(uri, "ngsa", "delimitedtext")
    results, read = run(toolbox, feedback, tmp_path / "ngsa.gpkg", INPUT=layer, FIELDS=names, DETECTION_LIMITS="half")
    negative = {name: [float(row[name] or "nan") < 0.0 for row in rows if row["LONGITUDE"]] for name in names}
    assert results["BELOW_DETECTION"] == sum(map(sum, negative.values())) > 100
    for name in names:
        assert [flag == 1 for flag in read[f"{name}_flag"]] == negative[name]
        below = {value for value, is_below in zip(read[name], negative[name]) if is_below}
        assert below <= {float(limits[name]) / 2.0}


def test_program_prepares_the_sample_deposit_and_refuses_bad_input(program, tmp_path):
    deposit = tmp_path / "deposit.gpkg"
    shutil.copy(ROOT / "resources" / "sample" / "sample.gpkg", deposit)
    table = f"{deposit}|layername=assays"
    raw = columns(table)
    code, output = program(
        "prepareassays", INPUT=table, FIELDS="La_ppm;Ce_ppm;Lu_ppm", DETECTION_LIMITS="logratio", IMPUTATION="knn",
        TRANSFORM="ilr", OUTPUT=str(tmp_path / "clean.gpkg"), MODEL=str(tmp_path / "m.safetensors"))
    assert code == 0, output
    read = columns(tmp_path / "clean.gpkg")
    for name in ("La_ppm", "Ce_ppm", "Lu_ppm"):
        below = [str(text or "").startswith("<") for text in raw[name]]
        assert [flag == 1 for flag in read[f"{name}_flag"]] == below
        assert read[f"{name}_flag"].count(3) == sum(not text for text in raw[name])
        assert all(value < float(text[1:]) for value, text in zip(read[name], raw[name]) if str(text).startswith("<"))
    np.testing.assert_allclose(
        read["ilr_Ce_vs_rest"],
        [np.sqrt(2 / 3) * np.log(c / np.sqrt(u * (1e6 - a - c - u)))
         for a, c, u in zip(read["La_ppm"], read["Ce_ppm"], read["Lu_ppm"])], rtol=1e-9)
    code, output = program("prepareassays", INPUT=table, FIELDS="hole_id", OUTPUT=str(tmp_path / "no.gpkg"))
    assert code != 0
    assert "is no assay" in output and "Traceback" not in output


def test_models_impute_layers_in_another_crs_at_the_same_places(toolbox, points, feedback, tmp_path):
    rng = np.random.default_rng(3)
    place = np.column_stack([rng.uniform(400_000, 410_000, 200), rng.uniform(7_000_000, 7_010_000, 200)])
    values = [None if row % 10 == 0 else float(np.exp(np.sin(x / 2000.0))) for row, x in enumerate(place[:, 0])]
    layer, model = points(place, crs="EPSG:32750", La_ppm=values), str(tmp_path / "m.safetensors")
    _, read = run(toolbox, feedback, tmp_path / "a.gpkg", INPUT=layer, FIELDS=["La_ppm"], IMPUTATION="knn", MODEL=model)
    import processing

    degrees = processing.run("native:reprojectlayer", {"INPUT": layer, "TARGET_CRS": "EPSG:4326", "OUTPUT": "memory:"})
    again = columns(toolbox("applyassaytransform", feedback, INPUT=degrees["OUTPUT"], MODEL=model,
                            OUTPUT=str(tmp_path / "b.gpkg"))["OUTPUT"])
    np.testing.assert_allclose(again["La_ppm"], read["La_ppm"], rtol=1e-6)


def test_points_are_coloured_by_their_first_field(toolbox, points, feedback, tmp_path):
    context, project = QgsProcessingContext(), QgsProject()
    context.setProject(project)
    layer = points(np.random.default_rng(1).uniform(0.0, 9.0, (30, 2)), La_ppm=np.arange(1.0, 31.0))
    toolbox("prepareassays", feedback, context, INPUT=layer, FIELDS=["La_ppm"],
            OUTPUT=QgsProcessingOutputLayerDefinition(str(tmp_path / "clean.gpkg"), project))
    ((destination, details),) = context.layersToLoadOnCompletion().items()
    written = QgsVectorLayer(destination, "clean", "ogr")
    details.postProcessor().postProcessLayer(written, context, feedback)
    assert written.renderer().classAttribute() == '"La_ppm"'
    assert written.metadata().title() == "Prepare assays"
