"""Rare-earth geochemistry: numbers read back from the layer, what is taken for what, and bad input."""
import csv
import json
from pathlib import Path

import numpy as np
import pytest
from qgis.core import (
    QgsGraduatedSymbolRenderer,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

from lodescope.algorithms.geochemistry.rare_earths import oxide_factor, references
from lodescope.processing_provider.geochemistry import reegeochemistry as module
from lodescope.processing_provider.geochemistry.ree_layer import class_breaks, total_style

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
CHONDRITE = references()["chondrite_ms95"]["values"]
NGSA, CARBONATITE = DATA / "ngsa" / "ngsa_all.csv", DATA / "ree_carbonatite_drillholes" / "drillholes.csv"
CAPRICORN = DATA / "capricorn_soil" / "capricorn_soil.gpkg"
MIXED = {"Ce": "CeO2", "Pr": "Pr6O11", "Tb": "Tb4O7"}
PLACES = [(100.0, 200.0), (300.0, 400.0), (500.0, 600.0)]


def chondritic(factors, suffix="_ppm"):
    """Columns of samples that are multiples of the chondrite."""
    return {f"{symbol}{suffix}": np.array([value * factor for factor in factors])
            for symbol, value in CHONDRITE.items()}


def read(path, name):
    """A column of a written layer; NaN for NULL."""
    layer = path if isinstance(path, QgsVectorLayer) else QgsVectorLayer(str(path), "result", "ogr")
    assert layer.isValid()
    index = layer.fields().lookupField(name)
    assert index >= 0, layer.fields().names()
    values = [feature.attributes()[index] for feature in layer.getFeatures()]
    return np.array([np.nan if value is None or str(value) == "NULL" else float(value) for value in values])


def refused(toolbox, **parameters):
    """The sentence with which a run is refused."""
    with pytest.raises(QgsProcessingException) as error:
        toolbox("reegeochemistry", **parameters)
    text = str(error.value)
    assert text.rstrip().endswith(".")
    assert "Traceback" not in text
    return text


def test_multiples_of_the_reference_come_back_flat(toolbox, points, folder):
    out = folder / "flat.gpkg"
    result = toolbox("reegeochemistry", INPUT=points(PLACES, **chondritic([10.0, 100.0, 1000.0])), OUTPUT=str(out))
    for symbol in CHONDRITE:
        assert read(out, f"{symbol}_N") == pytest.approx([10.0, 100.0, 1000.0])
    for name in ("La_Yb_N", "La_Sm_N", "Gd_Yb_N", "Ce_anomaly", "Pr_anomaly", "Eu_anomaly"):
        assert read(out, name) == pytest.approx([1.0] * 3)
    assert read(out, "Y_Ho") == pytest.approx([1.57 / 0.0546] * 3)
    assert read(out, "REE_n") == pytest.approx([15] * 3)
    assert read(out, "La2O3_ppm") == pytest.approx(np.array([10.0, 100.0, 1000.0]) * 0.237 * 1.17277, rel=1e-5)
    shares = read(out, "LREO_share") + read(out, "HREO_share")
    assert shares == pytest.approx([100.0] * 3)
    assert (result["SAMPLES"], result["FOUND"]) == (3, 15)
    assert result["TREO_MEDIAN"] == pytest.approx(read(out, "TREO_ppm")[1])
    assert result["LA_YB_MEDIAN"] == pytest.approx(1.0)
    layer = QgsVectorLayer(str(out), "result", "ogr")
    assert sorted(feature.geometry().asPoint().x() for feature in layer.getFeatures()) == [100.0, 300.0, 500.0]
    assert json.loads(result["FIELDS_USED"])["Ce"] == "Ce_ppm"


def test_oxides_in_per_cent_equal_elements_in_ppm(toolbox, points, folder):
    factors = [50.0, 500.0, 5000.0]
    ppm = chondritic(factors)
    formulas = {symbol: MIXED.get(symbol, f"{symbol}2O3") for symbol in CHONDRITE}
    pct = {f"{formula} (%)": ppm[f"{symbol}_ppm"] * oxide_factor(formula) / 1e4 for symbol, formula in formulas.items()}
    one, two = folder / "elements.gpkg", folder / "oxides.gpkg"
    toolbox("reegeochemistry", INPUT=points(PLACES, **ppm), OUTPUT=str(one), OUTPUT_UNIT="pct")
    toolbox("reegeochemistry", INPUT=points(PLACES, **pct), OUTPUT=str(two), OUTPUT_UNIT="pct")
    for name in ("TREO_pct", "LREO_pct", "HREO_pct", "MREO_pct", "NdPr_pct", "CREO_pct", "TREE_pct", "HREE_LREE"):
        assert read(one, name) == pytest.approx(read(two, name), rel=1e-9), name
    by_hand = sum(pct[f"{formulas[symbol]} (%)"] for symbol in CHONDRITE)
    assert read(two, "TREO_pct") == pytest.approx(by_hand)


def test_a_unit_is_asked_for_and_never_guessed(toolbox, points, feedback):
    layer = points(PLACES, **chondritic([10.0, 20.0, 30.0], ""))
    text = refused(toolbox, INPUT=layer, OUTPUT="TEMPORARY_OUTPUT")
    assert "do not tell their unit" in text
    assert "'Unit'" in text
    assert "La, Ce, Pr" in text
    text = refused(toolbox, INPUT=points(PLACES, **chondritic([300.0, 300.0, 300.0], "")), UNIT="pct",
                   OUTPUT="TEMPORARY_OUTPUT")
    assert "more than 100 per cent" in text
    toolbox("reegeochemistry", feedback, INPUT=points(PLACES, **chondritic([10.0, 20.0, 30.0])), UNIT="ppb",
            OUTPUT="TEMPORARY_OUTPUT")
    assert any("say otherwise" in warning for warning in feedback.warnings)
    assert any("check the unit" in warning for warning in feedback.warnings)


def test_what_was_taken_is_logged_and_can_be_corrected(toolbox, points, folder, feedback):
    columns = chondritic([10.0, 20.0, 30.0])
    columns.update(lant=columns.pop("La_ppm") * oxide_factor("La2O3"), Ce2O3_ppm=columns["Ce_ppm"] * 2.0)
    out = folder / "by_hand.gpkg"
    toolbox("reegeochemistry", feedback, INPUT=points(PLACES, **columns), OUTPUT=str(out),
            ASSIGN="La2O3_ppm = LANT; Tm =")
    assert read(out, "La_N") == pytest.approx([10.0, 20.0, 30.0])
    assert read(out, "Ce_N") == pytest.approx([10.0, 20.0, 30.0])
    assert QgsVectorLayer(str(out), "result", "ogr").fields().lookupField("Tm_N") < 0
    assert any("La: field 'lant', read as La2O3 in ppm" in line for line in feedback.info)
    assert any("'Ce_ppm' (not 'Ce2O3_ppm') used" in warning for warning in feedback.warnings)
    assert any("No field for Tm" in warning for warning in feedback.warnings)


@pytest.mark.parametrize(("text", "words"), [
    ("La = nowhere", "there is no field 'nowhere'"), ("Lat = La_ppm", "'Lat = La_ppm' is not read"),
    ("La = Ce_ppm; Pr = Ce_ppm", "given for two elements"), ("La = La_ppm; La2O3 = Ce_ppm", "given twice"),
])
def test_wrong_corrections_are_refused(toolbox, points, text, words):
    layer = points(PLACES, **chondritic([10.0, 20.0, 30.0]))
    assert words in refused(toolbox, INPUT=layer, ASSIGN=text, OUTPUT="TEMPORARY_OUTPUT")


def test_layers_without_rare_earths_are_refused(toolbox, points):
    text = refused(toolbox, INPUT=points(PLACES, Au_ppb=np.ones(3), Lat=np.ones(3)), OUTPUT="TEMPORARY_OUTPUT")
    assert "no field of 'samples' is named like a rare earth" in text
    assert "Au_ppb, Lat" in text
    text = refused(toolbox, INPUT=points(PLACES, Au_ppb=np.ones(3), Ce_ppm=np.ones(3)), OUTPUT="TEMPORARY_OUTPUT")
    assert "only 'Ce_ppm'" in text


def test_text_below_detection_is_refused_with_advice(toolbox, points, folder):
    columns = {**chondritic([10.0, 20.0, 30.0]), "La_ppm": ["2.1", "<0.5", "3"]}
    out = folder / "text.gpkg"
    text = refused(toolbox, INPUT=points(PLACES, **columns), OUTPUT=str(out))
    assert "'La_ppm'" in text
    assert "'<0.5'" in text
    assert "Prepare assays" in text
    assert not out.exists()
    columns["La_ppm"] = ["2.37", "4,74", None]
    toolbox("reegeochemistry", INPUT=points(PLACES, **columns), OUTPUT=str(out))
    assert read(out, "La_N") == pytest.approx([10.0, 20.0, np.nan], nan_ok=True)


def test_negative_zero_and_missing_values(toolbox, points, folder, feedback):
    columns = chondritic([10.0, 20.0, 30.0])
    columns["Gd_ppm"] = [-0.5, 0.0, None]
    layer, out = points(PLACES, **columns), folder / "gaps.gpkg"
    toolbox("reegeochemistry", feedback, INPUT=layer, OUTPUT=str(out))
    assert np.isnan(read(out, "Gd_Yb_N")).all()
    assert np.isnan(read(out, "Eu_anomaly")).all()
    assert read(out, "REE_n") == pytest.approx([14] * 3)
    without = sum(CHONDRITE[symbol] for symbol in CHONDRITE if symbol != "Gd")
    assert read(out, "TREE_ppm") == pytest.approx(without * np.array([10.0, 20.0, 30.0]))
    assert read(out, "lambda0") == pytest.approx(np.log([10.0, 20.0, 30.0]) + np.log(0.237 / 0.2472), abs=0.05)
    told = " ".join(feedback.warnings)
    assert "1 negative values" in told
    assert "1 zeros" in told
    assert "1 values are missing (Gd_ppm: 1)" in told
    toolbox("reegeochemistry", INPUT=layer, OUTPUT=str(out), MISSING="null")
    assert np.isnan(read(out, "TREO_ppm")).tolist() == [True, False, True]
    assert np.isfinite(read(out, "LREO_ppm")).all()
    toolbox("reegeochemistry", INPUT=layer, OUTPUT=str(out), MISSING="interpolate")
    assert read(out, "Gd_N") == pytest.approx([10.0, 20.0, 30.0])
    assert read(out, "REE_filled") == pytest.approx([1] * 3)
    assert np.isnan(read(out, "Eu_anomaly")).all()


def test_tables_shapefiles_and_temporary_layers(toolbox, table, points, folder, feedback):
    columns = chondritic([10.0, 20.0, 30.0])
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    result = toolbox(
        "reegeochemistry", context=context, INPUT=table(**columns), OUTPUT="TEMPORARY_OUTPUT", PATTERN=False)
    layer = context.takeResultLayer(result["OUTPUT"])
    assert read(layer, "La_Yb_N") == pytest.approx([1.0] * 3)
    assert layer.fields().lookupField("La_N") < 0
    shape = folder / "short.shp"
    toolbox("reegeochemistry", feedback, INPUT=points(PLACES, **columns), OUTPUT=str(shape))
    assert read(shape, "TREO_ppm").size == 3
    assert any("Ce_anomaly" not in name and len(name) <= 10
               for name in QgsVectorLayer(str(shape), "short", "ogr").fields().names())


def test_an_assay_is_not_written_twice(toolbox, points, folder):
    columns = {f"{symbol}2O3_ppm": np.array([10.0, 20.0, 30.0]) for symbol in ("La", "Nd", "Sm", "Gd")}
    out = folder / "twice.gpkg"
    toolbox("reegeochemistry", INPUT=points(PLACES, **columns), OUTPUT=str(out))
    names = QgsVectorLayer(str(out), "result", "ogr").fields().names()
    assert [name for name in names if name.startswith("La2O3")] == ["La2O3_ppm"]
    assert read(out, "TREO_ppm") == pytest.approx([40.0, 80.0, 120.0])
    assert np.isnan(read(out, "Ce_anomaly")).all()


def test_filled_gaps_and_numbers_from_text_are_written_beside_the_assay(toolbox, points, folder):
    """An assay stays as it is, so what was filled or read from its text needs a field of its own."""
    columns = {f"{symbol}2O3_ppm": np.array([10.0, 20.0, 30.0]) for symbol in ("La", "Nd", "Sm", "Gd")}
    out = folder / "filled.gpkg"
    gap = {**columns, "Sm2O3_ppm": np.array([10.0, np.nan, 30.0])}
    toolbox("reegeochemistry", INPUT=points(PLACES, **gap), OUTPUT=str(out), MISSING="interpolate")
    assert np.isnan(read(out, "Sm2O3_ppm")).tolist() == [False, True, False]
    assert np.isfinite(read(out, "Sm2O3_ppm_2")).all()
    out = folder / "text.gpkg"
    toolbox("reegeochemistry", INPUT=points(PLACES, **{**columns, "Sm2O3_ppm": ["1,5", "2,5", ""]}),
            OUTPUT=str(out))
    assert read(out, "Sm2O3_ppm_2") == pytest.approx([1.5, 2.5, np.nan], nan_ok=True)


def test_report_by_group(toolbox, points, folder):
    layer = points(PLACES, lith=["shale", "shale", None], **chondritic([10.0, 20.0, 30.0]))
    out, report = folder / "groups.gpkg", folder / "groups.html"
    toolbox("reegeochemistry", INPUT=layer, OUTPUT=str(out), REPORT=str(report), GROUP="lith", REFERENCE="paas_p12")
    text = report.read_text(encoding="utf-8")
    for word in ("shale", "(no group)", "Pourmand et al. (2012)", ">Dy</text>", ">Y</text>", "O'Neill (2016)".replace(
            "'", "&#x27;")):
        assert word in text, word
    assert "<script" not in text
    assert read(out, "La_N") == pytest.approx(np.array([10.0, 20.0, 30.0]) * 0.237 / 44.56)


def test_style_has_classes_with_their_unit(points):
    totals = np.arange(1.0, 101.0)
    layer = points(np.column_stack([totals, totals]), TREO_ppm=totals)
    breaks = class_breaks(totals)
    total_style("TREO_ppm", "ppm", breaks, "Title")(layer)
    renderer = layer.renderer()
    assert isinstance(renderer, QgsGraduatedSymbolRenderer)
    assert [item.label() for item in renderer.ranges()][-1] == "95.05 to 100 ppm"
    assert renderer.ranges()[0].lowerValue() == 1.0
    assert len({item.symbol().color().name() for item in renderer.ranges()}) == len(renderer.ranges()) == 7
    assert class_breaks(np.array([np.nan, 0.0])).size == 0


def test_references_of_the_dialog_are_those_of_the_file():
    assert list(references()) == module.REFERENCE_VALUES


def test_groups_are_numbered_by_size():
    numbers, names = module.group_numbers(["b", "a", "b", "", *(f"rare{k}" for k in range(300))])
    assert names[0] == "b"
    assert len(names) == 201
    assert names[-1] == "(other groups)"
    assert numbers[0] == numbers[2] == 0
    assert numbers[-1] == 200


@pytest.mark.skipif(not NGSA.exists(), reason="reference data are not here")
def test_ngsa_medians(toolbox, folder, feedback):
    out = folder / "ngsa.gpkg"
    result = toolbox("reegeochemistry", feedback, INPUT=str(NGSA), OUTPUT=str(out), GROUP="CODE",
                     REPORT=str(folder / "ngsa.html"))
    with NGSA.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = [symbol for symbol in CHONDRITE if f"{symbol}_ppm" in rows[0]]
    assert [symbol for symbol in CHONDRITE if symbol not in found] == ["Tm"]
    columns = np.array([[float(row[f"{symbol}_ppm"] or "nan") for symbol in found] for row in rows])
    columns[columns < 0.0] = np.nan
    made = columns * [oxide_factor(MIXED.get(symbol, f"{symbol}2O3")) for symbol in found]
    assert result["SAMPLES"] == len(rows)
    assert result["FOUND"] == 14
    sums = np.nansum(made, axis=1)
    assert result["TREO_MEDIAN"] == pytest.approx(np.median(sums[np.isfinite(made).any(axis=1)]), rel=1e-9)
    known = np.isfinite(made).any(axis=1)
    assert read(out, "TREO_ppm") == pytest.approx(np.where(known, sums, np.nan), rel=1e-9, nan_ok=True)
    slope = columns[:, found.index("La")] / 0.237 / (columns[:, found.index("Yb")] / 0.161)
    assert result["LA_YB_MEDIAN"] == pytest.approx(np.nanmedian(slope), rel=1e-9)
    assert any("No field for Tm" in warning for warning in feedback.warnings)
    assert any("negative values" in warning for warning in feedback.warnings)
    assert 0.5 < result["EU_ANOMALY_MEDIAN"] < 0.75


@pytest.mark.skipif(not CAPRICORN.exists(), reason="reference data are not here")
def test_capricorn_soil_has_every_element(toolbox, folder):
    result = toolbox("reegeochemistry", INPUT=str(CAPRICORN), OUTPUT=str(folder / "capricorn.gpkg"))
    assert result["FOUND"] == 15
    assert json.loads(result["FIELDS_USED"])["Y"] == "Y_ppm"
    assert np.isnan(read(folder / "capricorn.gpkg", "TREO_ppm")).sum() == 393  # rows of zeros, one with a negative Tm
    assert 100.0 < result["TREO_MEDIAN"] < 250.0


@pytest.mark.skipif(not CARBONATITE.exists(), reason="reference data are not here")
def test_carbonatite_oxides_need_a_unit(toolbox, folder, feedback):
    assert "CEO2, PR2O3, ND2O3" in refused(toolbox, INPUT=str(CARBONATITE), OUTPUT="TEMPORARY_OUTPUT")
    out = folder / "carbonatite.gpkg"
    result = toolbox("reegeochemistry", feedback, INPUT=str(CARBONATITE), OUTPUT=str(out), UNIT="pct", GROUP="LITO")
    assert list(json.loads(result["FIELDS_USED"]).values()) == ["LA2O3", "CEO2", "PR2O3", "ND2O3"]
    assert any("coordinate" in warning for warning in feedback.warnings)
    with CARBONATITE.open(encoding="utf-8") as file:
        cerium = np.array([float(row["CEO2"] or "nan") for row in csv.DictReader(file)])
    assert np.sort(read(out, "CeO2_ppm")) == pytest.approx(np.sort(cerium * 1e4), rel=1e-9, nan_ok=True)
    assert np.isnan(read(out, "HREO_ppm")).all()


def test_program(program, points, folder):
    source = folder / "source.gpkg"
    layer = points(PLACES, **chondritic([10.0, 20.0, 30.0]))
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(source), QgsProject.instance().transformContext(),
                                              QgsVectorFileWriter.SaveVectorOptions())
    out, report = folder / "program.gpkg", folder / "program.html"
    code, output = program("reegeochemistry", INPUT=source, OUTPUT=out, REPORT=report, REFERENCE="nasc_g84")
    assert code == 0, output
    assert read(out, "La_N") == pytest.approx(np.array([10.0, 20.0, 30.0]) * 0.237 / 32.0)
    assert report.exists()
    code, output = program("reegeochemistry", INPUT=source, OUTPUT=out, ASSIGN="La = nowhere")
    assert code != 0
    assert "there is no field 'nowhere'" in output
    assert "Traceback" not in output
