"""Scores, targets and drill sites by qgis_process: exit codes, sentences, no traceback, nothing half-written."""
import numpy as np
import pytest
from map_files import centres, write_map
from qgis.core import QgsVectorLayer

ROWS, COLUMNS = 30, 40


@pytest.fixture(scope="module")
def raster(folder):
    rows, columns = np.indices((ROWS, COLUMNS))
    chance = np.exp(-((rows - 8.0) ** 2 + (columns - 30.0) ** 2) / 60.0)
    chance[20:24, 5:9] = 0.9
    return write_map(folder / "map.tif", {"a:probability": chance, "a:uncertainty": 0.1 + 0.0 * chance})


@pytest.fixture(scope="module")
def deposits(folder):
    cells = [[8, 30], [9, 28], [21, 6], [6, 33], [28, 2]]
    table = folder / "deposits.csv"
    table.write_text("X,Y\n" + "\n".join(f"{x},{y}" for x, y in centres(cells)))
    path = folder / "deposits.vrt"
    path.write_text(f'<OGRVRTDataSource><OGRVRTLayer name="deposits"><SrcDataSource>{table}</SrcDataSource>'
                    '<GeometryType>wkbPoint</GeometryType><LayerSRS>EPSG:32650</LayerSRS>'
                    '<GeometryField encoding="PointFromColumns" x="X" y="Y"/></OGRVRTLayer></OGRVRTDataSource>')
    return path


def count(path):
    return QgsVectorLayer(str(path), "made", "ogr").featureCount()


def test_good_input(program, raster, deposits, folder):
    code, output = program("evaluateprospectivity", RASTER=raster, DEPOSITS=deposits, REPORT=folder / "e.html")
    assert code == 0, output
    assert "AUC" in output and (folder / "e.html").exists()
    code, output = program("delineatetargets", RASTER=raster, THRESHOLD=0.5, OUTPUT=folder / "t.gpkg",
                           REPORT=folder / "t.html")
    assert code == 0, output
    assert count(folder / "t.gpkg") == 2
    code, output = program("suggestdrillsites", RASTER=raster, COUNT=2, HOLES=deposits, OUTPUT=folder / "s.gpkg")
    assert code == 0, output
    assert count(folder / "s.gpkg") == 2


@pytest.mark.parametrize(("name", "more", "message"), [
    ("evaluateprospectivity", {"BAND": 2}, "same value"),
    ("delineatetargets", {"THRESHOLD": 5}, "No cell reaches the cut"),
    ("suggestdrillsites", {"COUNT": 0}, "number of sites is 0"),
])
def test_bad_input(program, raster, deposits, folder, name, more, message):
    made = folder / f"{name}.html"
    inputs = {"DEPOSITS": deposits} if name == "evaluateprospectivity" else {"OUTPUT": folder / f"{name}.gpkg"}
    code, output = program(name, RASTER=raster, REPORT=made, **inputs, **more)
    assert code != 0
    assert message in output and "Traceback" not in output
    assert not made.exists() and not (folder / f"{name}.gpkg").exists()
