"""The sample project: every layer is there, north up and in its place, wherever the folder is."""
import shutil

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer

from lodescope.ui import sampleproject
from lodescope.ui.sampleproject import place_sample

EXTENT = (548_000.0, 7_240_000.0, 549_200.0, 7_240_900.0)


@pytest.fixture(scope="module")
def project(qgis_app, tmp_path_factory):
    """The project in a folder with odd letters."""
    path = place_sample(tmp_path_factory.mktemp("Ordner mit ä und 矿"))
    found = QgsProject()
    assert found.read(str(path))
    yield found
    found.clear()


def layers(project, kind):
    return {layer.name(): layer for layer in project.mapLayers().values() if isinstance(layer, kind)}


def test_every_layer_is_valid_and_where_the_project_is(project):
    assert set(layers(project, QgsVectorLayer)) == {"Known occurrences", "Collars", "Samples", "Faults", "Soil",
                                                    "Geological units"}
    assert set(layers(project, QgsRasterLayer)) == {
        "Kriged lanthanum", "Chance of high lanthanum", "Flux gradient", "Magnetics", "Hyperspectral image",
        "Elevation"}
    for layer in project.mapLayers().values():
        assert layer.isValid(), layer.name()
        assert project.homePath() in layer.source()
        assert layer.crs().authid() == "EPSG:32750"


def test_every_layer_lies_in_the_deposit(project):
    west, south, east, north = EXTENT
    for layer in project.mapLayers().values():
        extent = layer.extent()
        assert west - 100.0 <= extent.xMinimum() <= extent.xMaximum() <= east + 100.0, layer.name()
        assert south - 100.0 <= extent.yMinimum() <= extent.yMaximum() <= north + 100.0, layer.name()


def test_rasters_are_north_up(project):
    for layer in layers(project, QgsRasterLayer).values():
        transform = gdal.Open(layer.source()).GetGeoTransform()
        assert (transform[2], transform[4]) == (0.0, 0.0)
        assert transform[1] > 0.0 > transform[5]


def test_grades_are_high_where_the_samples_are(project):
    """A map that is turned or mirrored would not follow the samples."""
    samples, grades = layers(project, QgsVectorLayer)["Samples"], layers(project, QgsRasterLayer)["Kriged lanthanum"]
    names = [grades.bandName(band) for band in range(1, grades.bandCount() + 1)]
    band = 1 + next(number for number, name in enumerate(names) if "estimate@z=340" in name)
    pairs = []
    for feature in samples.getFeatures():
        point = next(feature.geometry().vertices())
        if abs(point.z() - 340.0) < 4.0:
            value, known = grades.dataProvider().sample(feature.geometry().asPoint(), band)
            pairs.append((value, feature["La_ppm"])) if known else None
    kriged, measured = np.log(np.array(pairs)).T
    assert len(kriged) > 20
    assert np.corrcoef(kriged, measured)[0, 1] > 0.9


def test_project_opens_on_the_deposit_and_names_nobody(project):
    assert project.viewSettings().defaultViewExtent().contains(layers(project, QgsRasterLayer)["Elevation"].extent())
    assert project.saveUser() == project.saveUserFullName() == ""
    group = project.layerTreeRoot().findGroup("Results")
    assert [node.isVisible() for node in group.findLayers()] == [True, False, False]


def test_work_in_the_sample_is_kept(tmp_path):
    path = place_sample(tmp_path)
    assert not list(path.parent.rglob("*.py"))
    path.write_bytes(b"changed")
    assert place_sample(tmp_path).read_bytes() == b"changed"


class Window:
    """An interface that opens nothing."""

    def __init__(self):
        self.opened, self.told = [], []

    def addProject(self, path):
        self.opened.append(path)

    def messageBar(self):
        return self

    def pushMessage(self, title, text, level, seconds):
        self.told.append(text)


def test_folder_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise OSError(28, "No space left on device")

    window = Window()
    sampleproject.open_sample(window, str(tmp_path))
    assert window.opened == [str(tmp_path / "Lodescope sample" / "sample.qgz")]
    shutil.rmtree(tmp_path / "Lodescope sample")
    monkeypatch.setattr(sampleproject.shutil, "copytree", refuse)
    sampleproject.open_sample(window, str(tmp_path))
    assert len(window.opened) == 1
    assert "No space left" in window.told[0]
