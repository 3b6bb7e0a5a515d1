"""Makes the sample project: results of the sample deposit in ``results``, and ``sample.qgz`` with all layers styled.

Run it with ``make sample``, with QGIS's Python. Paths in the project are
relative, so the folder can be copied anywhere.
"""
import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFillSymbol,
    QgsHillshadeRenderer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsProject,
    QgsRasterLayer,
    QgsReferencedRectangle,
    QgsRendererCategory,
    QgsSettings,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tests"), "/usr/share/qgis/python/plugins"]

FIELD, UNIT = "La_ppm", {"La_ppm": "ppm"}
GRID = {"EXTENT": "548000,549200,7240000,7240900 [EPSG:32750]", "CELL_SIZE": 15, "LEVELS": "300:380:40"}
RESULTS = {  # file without ending to title
    "kriging": "Kriged lanthanum", "indicatorkriging": "Chance of high lanthanum", "fluxgradient": "Flux gradient",
}
# Title, group, layer of the GeoPackage, visible; the first is on top.
VECTORS = (
    ("Known occurrences", "Drilling", "deposits", True), ("Collars", "Drilling", "collars", True),
    ("Samples", "Drilling", "samples", True), ("Faults", "Geology", "faults", True),
    ("Soil", "Geology", "soil", False), ("Geological units", "Geology", "geology", False),
)
COLOURS = ("#b5c9a8", "#e3c7a0", "#c9b4d6", "#a9c4d9", "#e0b3a8", "#d8d59c", "#bdbdbd", "#9fc9bf")


def main(folder=HERE):
    """Write results and project into a folder that holds the sample."""
    application = QgsApplication([], False)
    application.initQgis()
    QgsSettings().setValue("projects/anonymize_saved_projects", True, QgsSettings.Section.Core)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "sample"  # QGIS writes into the head of a GeoPackage that it opens
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.py", "*.aux.xml", "*.qgz"))
        compute(copy)
        project = QgsProject()
        furnish(project, copy)
        if not project.write(str(copy / "sample.qgz")):
            raise SystemExit(project.error())
        project.clear()
        shutil.copytree(copy / "results", folder / "results", dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns("*.aux.xml"))
        shutil.copyfile(copy / "sample.qgz", folder / "sample.qgz")
    application.exitQgis()


def compute(folder):
    """Run the algorithms of the results: variogram, grades, chances and gradients of one field."""
    from processing.core.Processing import Processing

    Processing.initialize()
    from lodescope.processing_provider.provider import LodescopeProvider

    provider = LodescopeProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    import processing

    results = folder / "results"
    results.mkdir(exist_ok=True)
    source = {"INPUT": f"{folder / 'sample.gpkg'}|layername=samples", "HOLE_ID": "hole_id", "SEED": 1}
    variogram = str(results / "variogram.json")
    processing.run("lodescope:fitvariogram", {
        **source, "FIELD": FIELD, "MODEL_TYPES": ["matern15", "matern25", "cubic"], "UNIT": "ppm",
        "VARIOGRAM": variogram})
    processing.run("lodescope:kriging", {
        **source, **GRID, "FIELDS": [FIELD], "VARIOGRAM": variogram, "OUTPUT": str(results / "kriging.tif")})
    processing.run("lodescope:indicatorkriging", {
        **source, **GRID, "LEVELS": "340", "FIELDS": [FIELD], "CUTOFFS": "50, 100, 200",
        "OUTPUT": str(results / "indicatorkriging.tif")})
    processing.run("lodescope:fluxgradient", {
        **source, **GRID, "LEVELS": "340", "FIELDS": [FIELD], "VARIOGRAM": variogram,
        "OUTPUT": str(results / "fluxgradient.tif"), "OUTPUT_SAMPLES": "TEMPORARY_OUTPUT"})


def furnish(project, folder):
    """Put all layers with their styles into the project."""
    from lodescope.processing_provider.styles import raster_style

    crs = QgsCoordinateReferenceSystem("EPSG:32750")
    project.setCrs(crs)
    project.setTitle("Lodescope sample deposit")
    project.setFileName(str(folder / "sample.qgz"))
    project.writeEntryBool("Paths", "/Absolute", False)
    for title, group, name, visible in VECTORS:
        layer = QgsVectorLayer(f"{folder / 'sample.gpkg'}|layername={name}", title, "ogr")
        symbolise(layer, name)
        add(project, layer, group, visible)
    for number, (name, title) in enumerate(RESULTS.items()):
        layer = QgsRasterLayer(str(folder / "results" / f"{name}.tif"), title)
        raster_style(UNIT)(layer)
        add(project, layer, "Results", number == 0)
    magnetics = QgsRasterLayer(str(folder / "magnetics.tif"), "Magnetics")
    raster_style({})(magnetics)
    add(project, magnetics, "Evidence", False)
    add(project, QgsRasterLayer(str(folder / "hyperspectral.dat"), "Hyperspectral image"), "Evidence", False)
    elevation = QgsRasterLayer(str(folder / "elevation.tif"), "Elevation")
    elevation.setRenderer(QgsHillshadeRenderer(elevation.dataProvider(), 1, 315.0, 45.0))
    add(project, elevation, "Evidence", True)
    extent = elevation.extent()
    extent.scale(1.05)
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(extent, crs))


def add(project, layer, group, visible):
    """Add a layer below those that are there, in a group of its own."""
    if not layer.isValid():
        raise SystemExit(f"QGIS cannot open {layer.source()}.")
    root = project.layerTreeRoot()
    project.addMapLayer(layer, False)
    node = (root.findGroup(group) or root.addGroup(group)).addLayer(layer)
    node.setItemVisibilityChecked(visible)
    node.setExpanded(visible)


def symbolise(layer, name):
    """The style of a layer of the GeoPackage."""
    if name == "geology":
        units = sorted(layer.uniqueValues(layer.fields().lookupField("unit")))
        layer.setRenderer(QgsCategorizedSymbolRenderer("unit", [
            QgsRendererCategory(unit, QgsFillSymbol.createSimple(
                {"color": COLOURS[number % len(COLOURS)], "outline_color": "#6f6f6f", "outline_width": "0.2"}), unit)
            for number, unit in enumerate(units)]))
        return
    if name == "faults":
        symbol = QgsLineSymbol.createSimple({"line_color": "#3a3a3a", "line_width": "0.6", "line_style": "dash"})
    else:
        shape, colour, size = {
            "deposits": ("star", "#d1495b", "4.5"), "collars": ("triangle", "#2f4858", "3"),
            "samples": ("circle", "#d9741a", "1.2"), "soil": ("square", "#8a6d3b", "1.6")}[name]
        symbol = QgsMarkerSymbol.createSimple({
            "name": shape, "color": colour, "size": size, "outline_color": "#ffffff", "outline_width": "0.2"})
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))


if __name__ == "__main__":
    if "lodescope" not in sys.modules:
        import_module("conftest")  # of the tests: it loads this folder as ``lodescope``
    os.environ.setdefault("LODESCOPE_PYTHON", str(ROOT / ".venv" / "worker" / "bin" / "python"))
    main()
