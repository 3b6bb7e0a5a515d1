"""Places of samples for kriged errors: in the CRS of the model, and gaps where there are none."""
import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsVectorLayer,
)

from lodescope.processing_provider.grade.gradeprediction import read_points

UTM = QgsCoordinateReferenceSystem("EPSG:32650")


def source_of(kind, texts, crs="EPSG:32650"):
    layer = QgsVectorLayer(f"{kind}?crs={crs}", "places", "memory")
    for text in texts:
        feature = QgsFeature()
        if text:
            feature.setGeometry(QgsGeometry.fromWkt(text))
        layer.dataProvider().addFeatures([feature])
    context = QgsProcessingContext()
    source = QgsProcessingFeatureSource(layer, context)
    source.layer = layer  # keeps it alive
    return source, np.array([feature.id() for feature in layer.getFeatures()]), context


@pytest.mark.usefixtures("qgis_processing")
def test_places_are_read_in_the_order_of_the_ids():
    source, ids, context = source_of("PointZ", ["POINT Z (500000 4000000 10)", "", "POINT Z (500100 4000200 20)"])
    found = read_points(source, ids[::-1], 3, UTM, context)
    np.testing.assert_array_equal(found, [[500_100.0, 4_000_200.0, 20.0], [np.nan] * 3, [500_000.0, 4_000_000.0, 10.0]])
    assert read_points(source, ids, 2, UTM, context).shape == (3, 2)
    replaced = read_points(source, ids, 3, UTM, context, np.array([1.0, 2.0, 3.0]))
    assert replaced[:, 2].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.usefixtures("qgis_processing")
def test_places_come_in_the_crs_of_the_model():
    source, ids, context = source_of("Point", ["POINT (117 36.14)"], "EPSG:4326")
    found = read_points(source, ids, 2, UTM, context)
    assert found[0] == pytest.approx([500_000.0, 3_999_400.0], abs=1500.0)


@pytest.mark.usefixtures("qgis_processing")
def test_layers_without_such_points_have_none():
    square = "POLYGON ((0 0, 1 0, 1 1, 0 0))"
    for kind, text, dimensions in (("Polygon", square, 2), ("Point", "POINT (500000 4000000)", 3)):
        source, ids, context = source_of(kind, [text])
        assert read_points(source, ids, dimensions, UTM, context) is None
