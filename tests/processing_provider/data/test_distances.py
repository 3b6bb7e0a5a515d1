"""Line layers as segments: lines, parts, boundaries of polygons, another CRS."""
import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
    QgsVectorLayer,
)

from lodescope.processing_provider.data.distances import lines_problem, read_segments, title_of

UTM = QgsCoordinateReferenceSystem("EPSG:32650")


def layer_of(kind, *shapes, crs="EPSG:32650"):
    layer = QgsVectorLayer(f"{kind}?crs={crs}", "faults", "memory")
    for shape in shapes:
        feature = QgsFeature()
        if shape:
            feature.setGeometry(QgsGeometry.fromWkt(shape))
        layer.dataProvider().addFeatures([feature])
    return layer


def read(layer):
    from qgis.core import QgsProcessingFeatureSource

    return read_segments(QgsProcessingFeatureSource(layer, QgsProcessingContext()), UTM, QgsProcessingContext())


def test_parts_of_lines_become_segments():
    found = read(layer_of("MultiLineString", "MULTILINESTRING((0 0,1 0,1 2),(5 5,6 6))", ""))
    assert found.tolist() == [[0, 0, 1, 0], [1, 0, 1, 2], [5, 5, 6, 6]]


def test_polygons_give_their_boundaries():
    found = read(layer_of("Polygon", "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,2 1,2 2,1 1))"))
    assert len(found) == 7
    assert np.hypot(*(found[:, 2:] - found[:, :2]).T).sum() == pytest.approx(16.0 + 2.0 + np.sqrt(2.0))


def test_another_crs_is_brought_over():
    found = read(layer_of("LineString", "LINESTRING(117 36,117 36.1)", crs="EPSG:4326"))
    assert found[0, 0] == pytest.approx(500_000.0, abs=0.01)
    assert found[0, 3] - found[0, 1] == pytest.approx(11_094.0, rel=2e-3)


def test_layers_without_lines_are_refused():
    assert "not a layer of lines" in lines_problem(layer_of("Point", "POINT(1 1)"))
    assert "no features" in lines_problem(layer_of("LineString"))
    with pytest.raises(QgsProcessingException, match="has a shape"):
        read(layer_of("LineString", ""))


def test_a_layer_of_a_larger_file_has_its_own_name(tmp_path):
    from qgis.core import QgsVectorFileWriter

    options, path = QgsVectorFileWriter.SaveVectorOptions(), str(tmp_path / "deposit.gpkg")
    options.layerName = "faults"
    QgsVectorFileWriter.writeAsVectorFormatV3(
        layer_of("LineString", "LINESTRING(0 0,1 1)"), path, QgsProcessingContext().transformContext(), options)
    assert title_of(QgsVectorLayer(f"{path}|layername=faults", "deposit", "ogr")) == "faults"
    assert title_of(QgsVectorLayer(f"{path}|layername=faults", "thrusts", "ogr")) == "thrusts"
    assert title_of(layer_of("LineString", "LINESTRING(0 0,1 1)")) == "faults"
