"""Writes the sample deposit beside this file: python3 make_sample.py [FOLDER].

Needs numpy and GDAL only. The seed is fixed: the same values come out each time.
"""
import sys
from pathlib import Path

import numpy as np
from osgeo import gdal, ogr, osr

sys.path.insert(0, str(Path(__file__).resolve().parent))
import deposit
from drilling import assay_table, collar_table, drill, log_table, sample_table, survey_table
from image import write_image

HALO_FIELDS = ("La_ppm", "Ce_ppm", "Nd_ppm", "Y_ppm", "Fe_pct", "Al_pct")
CELL = 15.0


def reference_system():
    """The projected system of every layer."""
    system = osr.SpatialReference()
    system.ImportFromEPSG(deposit.EPSG)
    system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return system


def write_layer(store, name, geometry_type, rows):
    """Write ``rows``, dictionaries whose ``geometry`` (if any) is an OGR geometry, as one layer or table."""
    system = None if geometry_type == ogr.wkbNone else reference_system()
    layer = store.CreateLayer(name, system, geometry_type, options=["SPATIAL_INDEX=NO"])
    kinds = {int: ogr.OFTInteger, float: ogr.OFTReal, str: ogr.OFTString}
    for key, value in rows[0].items():
        if key != "geometry":
            layer.CreateField(ogr.FieldDefn(key, kinds[type(value)]))
    store.StartTransaction()
    for row in rows:
        feature = ogr.Feature(layer.GetLayerDefn())
        for key, value in row.items():
            if key == "geometry":
                feature.SetGeometry(value)
            elif value is not None:
                feature.SetField(key, value)
        layer.CreateFeature(feature)
    store.CommitTransaction()


def point(x, y, z=None):
    """A point, with elevation when ``z`` is given."""
    geometry = ogr.Geometry(ogr.wkbPoint if z is None else ogr.wkbPoint25D)
    geometry.AddPoint_2D(x, y) if z is None else geometry.AddPoint(x, y, z)
    return geometry


def polygon(points):
    """A polygon from its corners."""
    ring = ogr.Geometry(ogr.wkbLinearRing)
    for x, y in [*points, points[0]]:
        ring.AddPoint_2D(round(x, 2), round(y, 2))
    geometry = ogr.Geometry(ogr.wkbPolygon)
    geometry.AddGeometry(ring)
    return geometry


def line(points):
    """A line from its vertices."""
    geometry = ogr.Geometry(ogr.wkbLineString)
    for x, y in points:
        geometry.AddPoint_2D(round(x, 2), round(y, 2))
    return geometry


def contact(side):
    """Vertices of a contact of the iron formation at the surface, from west to east; ``side`` is -1 or 1."""
    vertices = []
    for east in np.arange(0.0, deposit.WIDTH + 1.0, 20.0):
        north = np.linspace(deposit.SOUTH, deposit.SOUTH + deposit.HEIGHT, 3601)
        x = np.full(len(north), deposit.WEST + east)
        distance = deposit.across(x, north, deposit.surface(x, north))
        vertices.append((x[0], float(np.interp(side * deposit.HALF_THICKNESS, distance, north))))
    return vertices


def dyke_corners():
    """Corners of the dyke, longer than the map."""
    corners = []
    for side, north in ((-14.0, -50.0), (14.0, -50.0), (14.0, 950.0), (-14.0, 950.0)):
        east = 640.0 + (side - (north - 430.0) * np.sin(0.3)) / np.cos(0.3)
        corners.append((deposit.WEST + east, deposit.SOUTH + north))
    return corners


def geology():
    """The map units as features that cover the area without gap or overlap."""
    west, south = deposit.WEST, deposit.SOUTH
    east, north = west + deposit.WIDTH, south + deposit.HEIGHT
    area = polygon([(west, south), (east, south), (east, north), (west, north)])
    lower, upper = contact(-1), contact(1)
    shapes = {
        "metabasalt": polygon([*upper, (east, north), (west, north)]),
        "banded iron formation": polygon([*lower, *upper[::-1]]),
        "shale": polygon([(west, south), (east, south), *lower[::-1]]),
    }
    dolerite = polygon(dyke_corners()).Intersection(area)
    shapes = {name: shape.Difference(dolerite) for name, shape in shapes.items()}
    shapes["dolerite"] = dolerite
    return [
        {"unit": name, "code": deposit.LITHOLOGIES.index(name) + 1, "diffusivity": deposit.DIFFUSIVITY[name],
         "geometry": ogr.ForceToMultiPolygon(shape)}
        for name, shape in shapes.items()
    ]


def faults():
    """Two faults: the one that the dyke follows and a smaller one across the second altered body."""
    corners = dyke_corners()
    main = [corners[0], corners[3]]
    small = [(deposit.WEST + 905.0, deposit.SOUTH + 180.0), (deposit.WEST + 940.0, deposit.SOUTH + 640.0)]
    return [
        {"name": "Long Dyke Fault", "geometry": line(main)},
        {"name": "East Creek Fault", "geometry": line(small)},
    ]


def occurrences():
    """Known deposits and occurrences, each above an altered body or on the iron formation."""
    places = [
        ("Western Lens", "rare earths", "deposit", 330.0, -75.0),
        ("Eastern Lens", "rare earths", "deposit", 860.0, -50.0),
        ("Camp Ridge", "iron", "deposit", 480.0, 5.0), ("Kite Hill", "iron", "occurrence", 1040.0, -5.0),
        ("Old Pit", "rare earths", "occurrence", 250.0, -60.0),
        ("Well Track", "rare earths", "occurrence", 925.0, -40.0),
    ]
    return [
        {"name": name, "commodity": commodity, "status": status,
         "geometry": point(deposit.WEST + east, round(deposit.SOUTH + float(deposit.outcrop(east)) + offset, 1))}
        for name, commodity, status, east, offset in places
    ]


def soil_samples(rng):
    """Surface samples on a shaken grid; soil shows the rock below at two thirds of its contrast, with 8 % noise."""
    east, north = np.meshgrid(np.arange(40.0, deposit.WIDTH, 70.0), np.arange(40.0, deposit.HEIGHT, 65.0))
    x = np.round(deposit.WEST + east.ravel() + rng.uniform(-20.0, 20.0, east.size), 1)
    y = np.round(deposit.SOUTH + north.ravel() + rng.uniform(-20.0, 20.0, east.size), 1)
    rock = deposit.truth(x, y, deposit.surface(x, y))
    soil = {}
    for name in HALO_FIELDS:
        middle = np.exp(np.log(rock[name]).mean())
        soil[name] = middle * (rock[name] / middle) ** 0.67 * np.exp(rng.normal(0.0, 0.08, x.size))
    return [
        {"sample": f"S{i + 1:04d}", **{name: round(float(values[i]), 2) for name, values in soil.items()},
         "geometry": point(x[i], y[i])}
        for i in range(x.size)
    ]


def cell_centres(cell):
    """Easting and northing of cell centres; row 0 is the north row."""
    x = deposit.WEST + np.arange(cell / 2.0, deposit.WIDTH, cell)
    y = deposit.SOUTH + deposit.HEIGHT - np.arange(cell / 2.0, deposit.HEIGHT, cell)
    return np.meshgrid(x, y)


def magnetics(x, y):
    """Vertical field in nT over magnetised rock, reduced to the pole and 40 m above the ground.

    Susceptibility at four depths is continued upward with the Fourier transform (Blakely 1995,
    doi:10.1017/CBO9780511549816); the edges are mirrored.
    """
    rows, columns = x.shape
    wave = 2.0 * np.pi * np.hypot(*np.meshgrid(np.fft.fftfreq(2 * columns, CELL), np.fft.fftfreq(2 * rows, CELL)))
    field = np.zeros((2 * rows, 2 * columns))
    for depth in (10.0, 50.0, 90.0, 130.0):
        layer = deposit.geophysics(x, y, deposit.surface(x, y) - depth)["susceptibility"] * 1e-3
        mirrored = np.block([[layer, layer[:, ::-1]], [layer[::-1], layer[::-1, ::-1]]])
        slab = np.exp(-wave * (depth + 20.0)) - np.exp(-wave * (depth + 60.0))
        field += np.fft.ifft2(np.fft.fft2(mirrored) * slab).real
    return 0.5 * 55000.0 * field[:rows, :columns]


def write_raster(path, values, description, unit):
    """Write one band as a tiled, compressed float32 GeoTIFF."""
    rows, columns = values.shape
    options = ["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64", "COMPRESS=DEFLATE", "PREDICTOR=3"]
    raster = gdal.GetDriverByName("GTiff").Create(str(path), columns, rows, 1, gdal.GDT_Float32, options)
    raster.SetGeoTransform((deposit.WEST, CELL, 0.0, deposit.SOUTH + deposit.HEIGHT, 0.0, -CELL))
    raster.SetProjection(reference_system().ExportToWkt())
    band = raster.GetRasterBand(1)
    band.SetNoDataValue(-9999.0)
    band.SetDescription(description)
    band.SetUnitType(unit)
    band.WriteArray(np.round(values, 2).astype(np.float32))


def write_vectors(path, rng):
    """Write the GeoPackage."""
    path.unlink(missing_ok=True)
    store = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    holes = drill(rng)
    write_layer(store, "samples", ogr.wkbPoint25D, sample_table(holes, point))
    write_layer(store, "collars", ogr.wkbPoint25D, collar_table(holes, point))
    write_layer(store, "surveys", ogr.wkbNone, survey_table(holes))
    write_layer(store, "assays", ogr.wkbNone, assay_table(holes, rng))
    write_layer(store, "drill_logs", ogr.wkbNone, log_table(holes, rng))
    write_layer(store, "soil", ogr.wkbPoint, soil_samples(rng))
    write_layer(store, "geology", ogr.wkbMultiPolygon, geology())
    write_layer(store, "faults", ogr.wkbLineString, faults())
    write_layer(store, "deposits", ogr.wkbPoint, occurrences())


def main(folder):
    """Write all files of the sample deposit into ``folder``."""
    ogr.UseExceptions()
    gdal.UseExceptions()
    gdal.SetConfigOption("OGR_CURRENT_DATE", "2024-01-01T00:00:00.000Z")
    folder.mkdir(parents=True, exist_ok=True)
    write_vectors(folder / "sample.gpkg", np.random.default_rng(deposit.SEED))
    x, y = cell_centres(CELL)
    write_raster(folder / "elevation.tif", deposit.surface(x, y), "elevation", "m")
    write_raster(folder / "magnetics.tif", magnetics(x, y), "magnetics reduced to the pole", "nT")
    system = reference_system().ExportToWkt(["FORMAT=WKT1_ESRI"])
    write_image(folder / "hyperspectral.dat", *cell_centres(30.0), system, np.random.default_rng([deposit.SEED, 99]))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
