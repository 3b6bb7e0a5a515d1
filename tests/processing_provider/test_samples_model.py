"""The bundled model from drill-hole tables to rare earths gives what its steps give."""
import shutil
from pathlib import Path

import pytest
from osgeo import ogr

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "resources" / "models" / "samples_from_tables.model3"
HOLES = "\"hole_id\" IN ('LS007', 'LS008', 'LS010')"
ELEMENTS = ["La_ppm", "Ce_ppm", "Nd_ppm", "Tm_ppm", "Yb_ppm", "Fe_pct"]
TABLES = {
    "COLLAR_HOLE_ID": "hole_id", "COLLAR_DEPTH": "length_m", "SURVEY_HOLE_ID": "hole_id", "SURVEY_DEPTH": "depth_m",
    "SURVEY_AZIMUTH": "azimuth", "SURVEY_DIP": "dip", "INTERVAL_HOLE_ID": "hole_id", "FROM": "from_m", "TO": "to_m",
}


@pytest.fixture(scope="module")
def tables(folder):
    """The tables of three holes of the sample deposit, as inputs."""
    path = folder / "tables.gpkg"
    shutil.copy(ROOT / "resources" / "sample" / "sample.gpkg", path)
    layers = {"COLLARS": "collars", "SURVEYS": "surveys", "INTERVALS": "assays"}
    return {**TABLES, **{name: f"{path}|layername={layer}|subset={HOLES}" for name, layer in layers.items()}}


@pytest.fixture(scope="module")
def by_hand(toolbox, tables, folder):
    """The layer of rare earths of the three steps, run one by one."""
    files = [str(folder / f"{name}.gpkg") for name in ("intervals", "clean", "by_hand")]
    toolbox("desurveydrillholes", **tables, OUTPUT=files[0])
    toolbox("prepareassays", INPUT=files[0], FIELDS=ELEMENTS, HOLE_ID="hole", DETECTION_LIMITS="logratio",
            IMPUTATION="knn", OUTPUT=files[1])
    toolbox("reegeochemistry", INPUT=files[1], FIELDS=ELEMENTS, OUTPUT=files[2])
    return rows(files[2])


def rows(path):
    """Names of fields, and place and values of every feature."""
    store = ogr.Open(str(path))
    layer = store.GetLayer(0)
    names = [layer.GetLayerDefn().GetFieldDefn(at).GetName() for at in range(layer.GetLayerDefn().GetFieldCount())]
    return names, [(feature.GetGeometryRef().GetPoints()[0], [feature[name] for name in names]) for feature in layer]


def assert_samples(names, found):
    """The rows are those of whole holes with clean numbers in space."""
    assert len(found) > 100
    assert all(isinstance(values[names.index("Tm_ppm")], float) for _, values in found)
    assert len({place[2] for place, _ in found}) > 100
    assert {"TREO_ppm", "Ce_ppm_flag", "hole"} <= set(names)


def test_model_gives_what_its_steps_give(program, tables, by_hand, folder):
    path = folder / "model.gpkg"
    code, output = program(str(MODEL), **{**tables, "FIELDS": ELEMENTS, "rare_earths:RARE_EARTHS": path,
                                        "assays:SAMPLES": folder / "samples.gpkg"})
    assert code == 0, output
    names, found = rows(path)
    assert_samples(names, found)
    assert names == by_hand[0]
    assert found == by_hand[1]
