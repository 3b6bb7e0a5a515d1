import math

import pytest
from qgis.core import NULL, QgsFeature, QgsProcessingException, QgsVectorLayer

from lodescope.processing_provider.data.tables import as_text, read_table


@pytest.fixture
def layer():
    layer = QgsVectorLayer("None?field=hole:string&field=at:double&field=code:string", "surveys", "memory")
    features = []
    for attributes in ([" DH 1 ", 10.0, "7"], ["DH2", NULL, "x"], [NULL, 2.5, NULL]):
        feature = QgsFeature(layer.fields())
        feature.setAttributes(attributes)
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def test_columns_come_as_text_and_as_numbers(layer):
    table = read_table(layer, ["hole", "at", "", "hole"], "Surveys")
    assert len(table) == 3
    assert list(table.columns) == ["hole", "at"]
    assert table.texts("hole") == ["DH 1", "DH2", ""]
    assert table.texts("at") == ["10", "", "2.5"]
    assert table.numbers("at")[[0, 2]].tolist() == [10.0, 2.5]
    assert math.isnan(table.numbers("at")[1])
    assert table.ids.tolist() == [feature.id() for feature in layer.getFeatures()]


def test_text_in_a_column_of_numbers_is_named_with_its_input(layer):
    with pytest.raises(QgsProcessingException, match=r"Surveys: the field 'code' holds text .* for example 'x'"):
        read_table(layer, ["code"], "Surveys").numbers("code")


def test_a_missing_field_and_an_empty_layer_are_named(layer):
    with pytest.raises(QgsProcessingException, match="Surveys: there is no field 'azi' in 'surveys'; its fields are"):
        read_table(layer, ["azi"], "Surveys")
    with pytest.raises(QgsProcessingException, match="Surveys: 'none' has no features"):
        read_table(QgsVectorLayer("None?field=a:int", "none", "memory"), ["a"], "Surveys")


@pytest.mark.parametrize(("value", "text"), [(NULL, ""), (None, ""), (7.0, "7"), (7, "7"), (0.5, "0.5"), (" a ", "a")])
def test_values_as_text(value, text):
    assert as_text(value) == text
