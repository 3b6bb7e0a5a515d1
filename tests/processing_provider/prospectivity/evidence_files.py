"""Evidence rasters for the tests of prospectivity, written with plain GDAL."""
import numpy as np
from osgeo import gdal, osr

UTM = 32650


def write_evidence(path, bands, cell=100.0, west=500_000.0, north=7_000_000.0, epsg=UTM, names=None, kind=None,
                   units=None, table=False, nodata=-9999.0):
    """Write arrays (bands, rows, columns) as a GeoTIFF; returns its path as text."""
    bands = np.asarray(bands)
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), bands.shape[2], bands.shape[1], len(bands),
                                                   kind or gdal.GDT_Float32)
    dataset.SetGeoTransform((west, cell, 0.0, north, 0.0, -cell))
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(epsg)
    dataset.SetProjection(crs.ExportToWkt())
    for number, values in enumerate(bands):
        band = dataset.GetRasterBand(number + 1)
        if np.asarray(values).dtype.kind == "f":
            band.SetNoDataValue(nodata)
            values = np.where(np.isfinite(values), values, nodata)
        if table:
            colours = gdal.ColorTable()
            colours.SetColorEntry(1, (200, 0, 0, 255))
            band.SetColorTable(colours)
        band.WriteArray(values)
        if names:
            band.SetDescription(names[number])
        if units:
            band.SetUnitType(units[number])
    dataset.FlushCache()
    del dataset
    return str(path)
