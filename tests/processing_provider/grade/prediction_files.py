"""GeoTIFFs as predictions and kriging write them, made with plain GDAL."""
import numpy as np
from osgeo import gdal, osr

WEST, NORTH, CELL = 500_000.0, 6_700_000.0, 10.0


def write_prediction(path, bands, epsg=32650, cell=CELL, nodata=-9999.0, metadata=None, transform=None):
    """Write bands, a dict of descriptions to arrays (rows, columns) with NaN where there is no data."""
    first = np.asarray(next(iter(bands.values())))
    rows, columns = first.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), columns, rows, len(bands), gdal.GDT_Float32)
    dataset.SetGeoTransform(transform or (WEST, cell, 0.0, NORTH, 0.0, -cell))
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
