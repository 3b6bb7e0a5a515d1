"""Free-text logs through Processing: classes, intensities and per cent read back from the written layer."""
import shutil
from pathlib import Path

import pytest
from qgis.core import QgsProcessingException, QgsVectorLayer

ROOT = Path(__file__).resolve().parents[3]
CARBONATITE = "med gr carbonatite, strong fenitisation, 5% bastnaesite in veinlets, wk silicif."
SAMPLE_ROCKS = {
    "basalt": ("metabasalt", "mafic volc", "dk green m-gr basalt"), "shale": ("shale", "blk shale", "grey carb shale"),
    "banded_iron_formation": ("bif", "banded iron fm", "bnded fe fm", "iron-formation"),
    "dolerite": ("dol", "mafic intrusive"),
}
LOGS = [CARBONATITE, "no visible sulphides, fresh", "", None, "GRBT", CARBONATITE]


@pytest.fixture
def parse(toolbox, folder, table, feedback, request):
    """Run on texts with the dictionary: ``parse(texts, **changes)`` gives outputs and rows as dicts."""

    def run(texts=LOGS, layer=None, **more):
        layer = layer or table("logs", depth=[float(row) for row in range(len(texts))], note=list(texts),
                               **more.pop("columns", {}))
        path = str(folder / f"{request.node.name.replace('[', '_').replace(']', '')}.gpkg")
        given = {"PARSER": "dictionary", **more}
        outputs = toolbox("parsedrilllogs", feedback, INPUT=layer, TEXT_FIELD="note", OUTPUT=path, **given)
        written = QgsVectorLayer(path, "parsed", "ogr")
        names = written.fields().names()
        return outputs, [dict(zip(names, feature.attributes())) for feature in written.getFeatures()]

    return run


def test_a_log_becomes_classes_intensities_and_per_cent(parse):
    outputs, rows = parse()
    first = rows[0]
    assert (first["lith"], first["lith_sub"], first["lith_group"]) == ("carbonatite", "carbonatitic", "igneous")
    assert 0.5 < first["lith_p"] <= first["lith_group_p"] <= 1.0
    assert (first["grain"], first["grain_n"]) == ("medium", 3.0)
    assert (first["alt_1"], first["alt_1_int"]) == ("fenite", 3.0)
    assert (first["alt_fenite"], first["alt_silica"]) == (3.0, 1.0)
    assert (first["min_1"], first["min_1_pct"]) == ("bastnaesite", 5.0)
    assert first["min_bastnaesite"] == 3.0
    assert first["structure"] == "veined"
    assert first["str_veined_p"] > 0.8
    assert first["depth"] == 0.0
    assert rows[5] == {**first, "fid": rows[5]["fid"], "depth": 5.0}
    assert (outputs["ROWS"], outputs["UNIQUE"], outputs["EMPTY"]) == (6, 3, 2)
    assert outputs["UNKNOWN_SHARE"] == pytest.approx(0.25)
    assert outputs["PARSER_USED"] == "dictionary"


def test_what_is_negated_is_not_there_and_missing_texts_stay_empty(parse):
    _, rows = parse()
    assert (rows[1]["weathering"], rows[1]["weathering_n"]) == ("fresh", 0.0)
    assert rows[1]["lith"] == "unknown"
    assert "min_sulphide" not in rows[1]
    assert rows[1]["min_bastnaesite"] == 0.0
    assert not rows[1]["min_1"]
    for row in rows[2:4]:
        assert all(not value for name, value in row.items() if name not in ("fid", "depth", "note"))
    assert rows[4]["lith"] == "granite"


def test_details_bound_the_fields(parse):
    _, main = parse(DETAIL="main")
    assert not [name for name in main[0] if name.startswith(("alt_s", "min_b", "str_"))]
    _, present = parse(["pyrite, chalcopyrite, galena", "pyrite"], MOST_LABELS=1)
    assert [name for name in present[0] if name.startswith("min_") and name.endswith("_pct")] == [
        "min_1_pct", "min_pyrite_pct"]
    _, often = parse(["pyrite, chalcopyrite", "pyrite"], LEAST_ROWS=2)
    assert "min_chalcopyrite" not in often[0]
    assert often[0]["min_pyrite"] == 1.0


def test_codes_and_a_code_table_say_what_the_rock_is(parse, table):
    codes = {"code": ["ZZ1", "GRN", None]}
    meanings = table("codes", short=["zz1"], words=["nepheline syenite"])
    _, rows = parse(["wk alt", "fresh", "basalt"], columns=codes, CODE_FIELD="code", CODE_TABLE=meanings,
                    CODE_TABLE_CODE="short", CODE_TABLE_TEXT="words")
    assert [row["lith"] for row in rows] == ["nepheline_syenite", "granite", "basalt"]


def test_more_fields_are_read_after_the_text(parse):
    _, rows = parse(["granite"], columns={"comment": ["3% pyrite"]}, EXTRA_FIELDS=["comment"])
    assert (rows[0]["lith"], rows[0]["min_pyrite_pct"]) == ("granite", 3.0)


def test_points_keep_their_place_and_get_colours(points, toolbox, folder, feedback):
    from lodescope.processing_provider.drillholes.logstyle import log_style

    layer = points([[500_000.0, 6_700_000.0, 100.0], [500_050.0, 6_700_000.0, 90.0]], note=["granite", "clay"])
    path = str(folder / "points.gpkg")
    toolbox("parsedrilllogs", feedback, INPUT=layer, TEXT_FIELD="note", OUTPUT=path, PARSER="dictionary")
    written = QgsVectorLayer(path, "parsed", "ogr")
    places = [next(feature.geometry().vertices()) for feature in written.getFeatures()]
    assert [(place.x(), place.z()) for place in places] == [(500_000.0, 100.0), (500_050.0, 90.0)]
    log_style("lith_group")(written)
    assert {category.value() for category in written.renderer().categories()} >= {"igneous", "sedimentary"}


def test_report_lists_words_that_were_not_understood(parse, folder):
    report = folder / "report.html"
    parse(["granite with qwertzx"], REPORT=str(report))
    text = report.read_text(encoding="utf-8")
    assert "qwertzx" in text
    assert "granite" in text


@pytest.mark.parametrize(("changes", "words"), [
    ({"TEXT_FIELD": "depth"}, "holds no text"),
    ({"TEXT_FIELD": "nothing"}, "no field 'nothing'"),
    ({"MODEL": "/nowhere/x.safetensors", "PARSER": "auto"}, "cannot be read"),
    ({"CODE_FIELD": "nowhere"}, "no field 'nowhere'"),
])
def test_wrong_input_is_one_sentence(toolbox, table, feedback, changes, words):
    layer = table("logs", depth=[1.0], note=["granite"])
    with pytest.raises(QgsProcessingException, match=words):
        toolbox("parsedrilllogs", feedback,
                **{"INPUT": layer, "TEXT_FIELD": "note", "OUTPUT": "TEMPORARY_OUTPUT", "PARSER": "dictionary",
                   **changes})


def test_a_layer_without_any_text_is_refused(toolbox, table, feedback):
    layer = table("logs", note=["x", "y"], other=["a", "b"])
    layer.startEditing()
    for feature in layer.getFeatures():
        layer.changeAttributeValue(feature.id(), 0, "")
    layer.commitChanges()
    with pytest.raises(QgsProcessingException, match="no row has a text"):
        toolbox("parsedrilllogs", feedback, INPUT=layer, TEXT_FIELD="note", OUTPUT="TEMPORARY_OUTPUT",
                PARSER="dictionary")


def test_sample_logs_run_through_qgis_process(program, folder):
    sample = folder / "sample.gpkg"
    shutil.copy(ROOT / "resources" / "sample" / "sample.gpkg", sample)
    path = folder / "parsed.gpkg"
    code, output = program("parsedrilllogs", INPUT=f"{sample}|layername=drill_logs", TEXT_FIELD="description",
                           PARSER="dictionary", OUTPUT=path)
    assert code == 0, output
    layer = QgsVectorLayer(str(path), "parsed", "ogr")
    assert layer.featureCount() > 100
    for feature in layer.getFeatures():
        text = feature["description"]
        rock = next(rock for rock, starts in SAMPLE_ROCKS.items() if text.lower().startswith(starts))
        assert (feature["lith"], "veinlets" in text) == (rock, "veined" in (feature["structure"] or "")) or (
            "vns" in text and feature["lith"] == rock), text
    code, output = program("parsedrilllogs", INPUT=f"{sample}|layername=drill_logs", TEXT_FIELD="from_m",
                           OUTPUT=folder / "none.gpkg")
    assert code != 0
    assert "holds no text" in output
    assert "Traceback" not in output
    assert not (folder / "none.gpkg").exists()
