"""How targets and drill sites look: colours by rank, labels, names of fields a format changed; broken areas."""
import numpy as np
import pytest
from map_files import areas_layer, write_map
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingContext, QgsRenderContext, QgsVectorLayer

from lodescope.processing_provider.prospectivity.mapinputs import Frame, default_band, partners_of, zone_areas
from lodescope.processing_provider.prospectivity.occurrences import areas_on
from lodescope.processing_provider.prospectivity.sitelayer import site_style
from lodescope.processing_provider.prospectivity.targetlayer import target_style


@pytest.fixture(scope="module")
def targets(toolbox, folder):
    """Thirty targets in a shapefile, which shortens the names of fields."""
    values = np.zeros((12, 61))
    values[2:5, 1::2] = np.linspace(0.6, 0.9, 30)
    path = folder / "targets.shp"
    toolbox("delineatetargets", RASTER=write_map(folder / "styles.tif", {"a": values}), THRESHOLD=0.5,
            CONNECTIVITY="4", OUTPUT=str(path))
    return QgsVectorLayer(str(path), "targets", "ogr")


def test_targets_have_colours_by_rank_and_labels(targets):
    target_style({"rank": "rank"}, "Targets", "About")(targets)
    assert targets.metadata().title() == "Targets"
    assert targets.labelsEnabled() and targets.labeling().settings().fieldName == "rank"
    renderer, scope = targets.renderer(), QgsRenderContext()
    renderer.startRender(scope, targets.fields())
    colours = {}
    for feature in targets.getFeatures():
        colours.setdefault(renderer.originalSymbolForFeature(feature, scope).color().name(), []).append(feature["rank"])
    renderer.stopRender(scope)
    assert sorted(map(len, colours.values())) == [5, 10, 15]
    assert [1, 2, 3, 4, 5] in [sorted(ranks) for ranks in colours.values()]


def test_drill_sites_have_labels(points):
    layer = points(np.array([[0.0, 0.0]]), rank_2=[1.0])
    site_style({"rank": "rank_2"}, "Sites", "About")(layer)
    assert layer.labelsEnabled() and layer.labeling().settings().fieldName == "rank_2"


def test_band_by_its_name():
    assert default_band(["Nd:sd", "Nd:mean", "Nd:p10"]) == 2
    assert default_band(["Nd:variance", "Nd:estimate"]) == 2
    assert default_band(["p:mean", "prospectivity:probability"]) == 2
    assert default_band(["", "anything"]) == 1
    names = ["Nd:mean@z=1", "Nd:sd@z=1", "Nd:mean@z=2", "Nd:sd@z=2", "La:sd@z=2"]
    assert partners_of(names, 3) == {"sd": 4}
    assert partners_of(["a", "b"], 1) == {}


def test_area_of_zones_is_that_of_the_ellipsoid():
    whole = zone_areas(np.radians([90.0, 45.0, 0.0, -90.0]), 2.0 * np.pi, 6378137.0, 6356752.314245)
    assert whole.sum() == pytest.approx(510_065_621_724_089, rel=1e-9)
    assert whole[2] == pytest.approx(whole[:2].sum())
    assert zone_areas(np.radians([90.0, -90.0]), 2.0 * np.pi, 1.0, 1.0)[0] == pytest.approx(4.0 * np.pi)


def test_area_that_crosses_itself_is_mended():
    frame = Frame(QgsCoordinateReferenceSystem("EPSG:32650"), 0.0, 10.0, 1.0, 1.0, 10, 10)
    bow = areas_layer("POLYGON((0 0, 10 10, 10 0, 0 10, 0 0))")
    inside = areas_on(bow, "Areas", frame, QgsProcessingContext())
    rows, columns = np.indices((10, 10))
    x, y = columns + 0.5, 9.5 - rows
    expected = (y < x) == (y < 10.0 - x)
    sure = (x != y) & (x != 10.0 - y)
    assert (inside == ~expected)[sure].all() or (inside == expected)[sure].all()
    assert 40 <= inside.sum() <= 60
