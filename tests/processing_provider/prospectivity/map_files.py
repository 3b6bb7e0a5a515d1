"""Maps with known answers as GeoTIFFs, and areas as layers."""
import numpy as np
from osgeo import gdal, osr
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsVectorLayer

WEST, NORTH, CELL = 500_000.0, 6_700_000.0, 100.0


def write_map(path, bands, epsg=32650, transform=None, nodata=-9999.0, metadata=None):
    """Write bands, a dict of descriptions to arrays (rows, columns) with NaN where there is no data."""
    rows, columns = np.asarray(next(iter(bands.values()))).shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), columns, rows, len(bands), gdal.GDT_Float32)
    dataset.SetGeoTransform(transform or (WEST, CELL, 0.0, NORTH, 0.0, -CELL))
    if epsg:
        reference = osr.SpatialReference()
        reference.ImportFromEPSG(epsg)
        dataset.SetProjection(reference.ExportToWkt())
    for name, value in (metadata or {}).items():
        dataset.SetMetadataItem(name, value)
    for number, (description, values) in enumerate(bands.items(), start=1):
        band = dataset.GetRasterBand(number)
        band.SetNoDataValue(nodata)
        band.SetDescription(description)
        band.WriteArray(np.where(np.isfinite(values), values, nodata).astype(np.float32))
    dataset.FlushCache()
    del dataset
    return str(path)


def centres(cells, wide=CELL, high=CELL, west=WEST, north=NORTH):
    """Centres of cells (n, 2; row and column) as points (n, 2)."""
    cells = np.asarray(cells, float)
    return np.column_stack([west + (cells[:, 1] + 0.5) * wide, north - (cells[:, 0] + 0.5) * high])


def areas_layer(*shapes, crs="EPSG:32650", name="areas"):
    """A layer of polygons given as well-known text."""
    layer = QgsVectorLayer(f"Polygon?crs={crs}", name, "memory")
    features = []
    for shape in shapes:
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromWkt(shape))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.updateExtents()
    return layer


def box(first_row, last_row, first_column, last_column, wide=CELL, high=CELL, west=WEST, north=NORTH):
    """Cells from rows and columns up to, and without, the last ones, as a polygon in well-known text."""
    left, right = west + first_column * wide, west + last_column * wide
    top, bottom = north - first_row * high, north - last_row * high
    return (f"POLYGON(({left} {top}, {right} {top}, {right} {bottom}, {left} {bottom}, {left} {top}))")


def refused(toolbox, name, **parameters):
    """What an algorithm says when it refuses to run; empty when it runs. No frame of the run is kept."""
    try:
        toolbox(name, **parameters)
    except QgsProcessingException as error:
        return str(error).replace("Unable to execute algorithm\n", "").strip()
    return ""
