"""Scenes that are arrays of an HDF5 or netCDF file, such as those of EMIT and PRISMA, as images with bands.

GDAL shows the first dimension of such an array as bands, which here are the
lines of the scene. The array is read in its own order instead.
"""
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from osgeo import gdal, gdal_array, osr
from qgis.core import QgsRasterLayer

from .rasters import open_raster

NAMED = re.compile(r'^(?:NETCDF|HDF5(?:IMAGE)?):"*(.+?)"*:(?://?)?([^:]*)$', re.I)
DRIVERS = ("netCDF", "HDF5", "HDF5Image")
ENDINGS = (".nc", ".nc4", ".h5", ".he5", ".hdf5")
WAVELENGTHS = re.compile(r"^(band_?)?(cent(er|re)_?)?wavelengths?$", re.I)
DEPTH = 4  # of groups within groups
ACROSS, ALONG = ("x", "lon", "longitude", "easting"), ("y", "lat", "latitude", "northing")
PRISMA = re.compile(r"^PRS_L(\w+)_HCO$")
REFLECTANCES = ("2C", "2D")
HIGHEST = 65535.0  # stored for the largest reflectance of a PRISMA scene
GROUND_POINTS = 15
BLOCK = 256  # rows and columns that are read together at most
KEPT_BYTES = 384 * 2 ** 20


@dataclass
class Part:
    """An array with its wavelengths, and where rows, columns and bands are in it.

    Attributes
    ----------
    array : gdal.MDArray
    axes : tuple of int
        Dimension of the rows, of the columns and of the bands.
    items : list of dict
        Metadata of each band.
    scale, offset : float
    """

    array: object
    axes: tuple
    items: list
    scale: float = 1.0
    offset: float = 0.0

    def size(self, which):
        """Number of rows (0), columns (1) or bands (2)."""
        return int(self.array.GetDimensions()[self.axes[which]].GetSize())

    @property
    def kind(self):
        """GDAL type of the stored numbers."""
        return self.array.GetDataType().GetNumericDataType()

    def read(self, row, column, rows, columns, bands):
        """Stored numbers (rows, columns, bands) of these bands, counted from 0."""
        first, count = [0, 0, 0], [0, 0, 0]
        low, high = int(min(bands)), int(max(bands)) + 1
        for axis, start, number in zip(self.axes, (row, column, low), (rows, columns, high - low)):
            first[axis], count[axis] = start, number
        values = self.array.ReadAsArray(array_start_idx=first, count=count)
        if values is None:
            raise RuntimeError(gdal.GetLastErrorMsg())
        return values.transpose(self.axes)[:, :, np.asarray(bands) - low]


class Scene:
    """Parts of the same ground, one behind the other.

    Parameters
    ----------
    parts : list of Part
    lookup : tuple of gdal.MDArray, optional
        Column and row in the array, counted from 1, for each pixel of the
        map; 0 where the map is empty.
    stated : str
        What the file says its values are.

    Attributes
    ----------
    dataset : gdal.Dataset
        Size, place and metadata, without the values.
    """

    def __init__(self, parts, lookup=None, stated=""):
        self.parts, self.lookup = parts, lookup
        rows, columns = (int(dimension.GetSize()) for dimension in lookup[0].GetDimensions()) if lookup else (
            parts[0].size(0), parts[0].size(1))
        self.nodata = parts[0].array.GetNoDataValueAsDouble()
        kind = gdal.GDT_Float32 if lookup and self.nodata is None else parts[0].kind
        sizes = [int(size) or BLOCK for size in parts[0].array.GetBlockSize()]
        self.block, self.kept = [min(sizes[axis], BLOCK) for axis in parts[0].axes[:2]], {}
        self.fill = np.nan if self.nodata is None else self.nodata
        self.numbers = [(part, band) for part in parts for band in range(part.size(2))]
        self.dataset = gdal.GetDriverByName("VRT").Create("", columns, rows, len(self.numbers), kind)
        self.dataset.SetMetadataItem("long_name", stated)
        for number, (part, band) in enumerate(self.numbers, start=1):
            target = self.dataset.GetRasterBand(number)
            target.SetMetadata(part.items[band])
            target.SetScale(part.scale)
            target.SetOffset(part.offset)
            if self.nodata is not None:
                target.SetNoDataValue(self.nodata)

    def read(self, row, column, rows, columns, numbers):
        """Stored numbers (rows, columns, bands); bands are counted from 1."""
        if self.lookup is None:
            return self._stored(row, column, rows, columns, numbers)
        tables = (table.ReadAsArray(array_start_idx=[row, column], count=[rows, columns]) for table in self.lookup)
        across, along = (np.abs(table.astype(int)) - 1 for table in tables)  # those filled in are negative
        there = (across >= 0) & (along >= 0)
        dtype = gdal_array.GDALTypeCodeToNumericTypeCode(self.dataset.GetRasterBand(1).DataType)
        out = np.full((rows, columns, len(numbers)), self.fill, dtype)
        high, wide = self.block
        places = np.where(there, along // high * (self.parts[0].size(1) // wide + 1) + across // wide, -1)
        for place in np.unique(places[there]):
            here = places == place
            top, left = int(along[here][0]) // high * high, int(across[here][0]) // wide * wide
            out[here] = self._block(top, left, numbers)[along[here] - top, across[here] - left]
        return out

    def _block(self, top, left, numbers):
        """A block of the array, kept for the tiles that follow: a map turned against the array needs it often."""
        key = (top, left, tuple(numbers))
        if key not in self.kept:
            sizes = [min(self.block[k], self.parts[0].size(k) - start) for k, start in enumerate((top, left))]
            values = self._stored(top, left, *sizes, numbers)
            while self.kept and sum(block.nbytes for block in self.kept.values()) + values.nbytes > KEPT_BYTES:
                self.kept.pop(next(iter(self.kept)))
            self.kept[key] = values
        self.kept[key] = self.kept.pop(key)  # the last one to go
        return self.kept[key]

    def _stored(self, row, column, rows, columns, numbers):
        wanted = [self.numbers[number - 1] for number in numbers]
        if len(self.parts) == 1:
            return self.parts[0].read(row, column, rows, columns, [band for _, band in wanted])
        out = np.empty((rows, columns, len(wanted)), gdal_array.GDALTypeCodeToNumericTypeCode(self.parts[0].kind))
        for part in self.parts:
            places = [place for place, (owner, _) in enumerate(wanted) if owner is part]
            if places:
                out[:, :, places] = part.read(row, column, rows, columns, [wanted[place][1] for place in places])
        return out


def open_image(source):
    """A raster as a dataset, and what reads its values where GDAL would take lines for bands.

    Parameters
    ----------
    source : QgsRasterLayer or str or pathlib.Path

    Returns
    -------
    dataset : gdal.Dataset
    read : callable or None
        See `Scene.read`.
    """
    path = source.source() if isinstance(source, QgsRasterLayer) else str(source)
    match = NAMED.match(path)
    scene = None
    if match:
        scene = find_scene(*match.groups())
    elif path.lower().endswith(ENDINGS):
        scene = find_scene(path)
    return (scene.dataset, scene.read) if scene is not None else (open_raster(source), None)


def cube_of(path):
    """The name under which GDAL knows the image cube of an HDF5 or netCDF file; empty when it has none.

    Parameters
    ----------
    path : str
        A file, or already such a name.
    """
    if NAMED.match(path):
        return path
    scene = find_scene(path) if path.lower().endswith(ENDINGS) else None
    if scene is None:
        return ""
    last = scene.parts[0].array.GetName()
    known = [name for name, _ in _opened(path, gdal.OF_RASTER).GetSubDatasets()]
    return next((name for name in known if re.split(r"[/:]", name)[-1] == last), path)


def cube_name(cube):
    """Name of the file in the name of a cube, for layers and sentences."""
    match = NAMED.match(cube)
    return Path(match.group(1) if match else cube).stem


def find_scene(path, variable=""):
    """The scene of an HDF5 or netCDF file; None when it has none that has to be read in this way.

    Parameters
    ----------
    path : str
    variable : str
        Path of the array in the file; empty for the first that has bands.
    """
    dataset = _opened(path, gdal.OF_MULTIDIM_RASTER)
    root = dataset.GetRootGroup() if dataset is not None else None
    if root is None:
        return None
    return _prisma(root) or _with_wavelengths(root, variable, dataset.GetDriver().ShortName == "netCDF")


def _opened(path, how):
    """A dataset, or None, whatever GDAL does with errors."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return gdal.OpenEx(path, how, allowed_drivers=list(DRIVERS))
    except RuntimeError:
        return None
    finally:
        gdal.PopErrorHandler()


def _groups(group, depth=DEPTH):
    """A group and all within it."""
    found = [group]
    for name in (group.GetGroupNames() or []) if depth else []:
        found += _groups(group.OpenGroup(name), depth - 1)
    return found


def _within(group, *names):
    """A group by the names on the way to it; None when it is not there."""
    for name in names:
        if group is None or name not in (group.GetGroupNames() or []):
            return None
        group = group.OpenGroup(name)
    return group


def _attribute(holder, name):
    """An attribute of a group or an array; None without it."""
    found = [attribute for attribute in holder.GetAttributes() or [] if attribute.GetName() == name]
    return found[0].Read() if found else None


def _prisma(root):
    """A scene of PRISMA: both its cubes."""
    swaths = _within(root, "HDFEOS", "SWATHS")
    name = next((name for name in (swaths.GetGroupNames() or []) if PRISMA.match(name)), "") if swaths else ""
    fields = _within(swaths, name, "Data Fields") or _within(swaths, name, "Data_Fields") if name else None
    if fields is None:
        return None
    level = PRISMA.match(name).group(1)
    parts = [part for part in (_prisma_part(root, fields, detector, level) for detector in ("Vnir", "Swir")) if part]
    if not parts:
        return None
    scene = Scene(parts, stated="" if level in REFLECTANCES else f"Radiance, PRISMA level {level}")
    _place_prisma(scene, root, swaths.OpenGroup(name))
    return scene


def _prisma_part(root, fields, detector, level):
    """One detector of a scene of PRISMA."""
    if f"{detector.upper()}_Cube" not in (fields.GetMDArrayNames() or []):
        return None
    array = fields.OpenMDArray(f"{detector.upper()}_Cube")
    waves, widths, flags = (np.atleast_1d(_attribute(root, f"List_{word}")) for word in (
        f"Cw_{detector}", f"Fwhm_{detector}", f"Cw_{detector}_Flags"))
    sizes = [int(dimension.GetSize()) for dimension in array.GetDimensions()]
    if len(sizes) != 3 or len(waves) not in sizes:
        return None
    axis = 1 if sizes[1] == len(waves) else sizes.index(len(waves))
    flags = flags if len(flags) == len(waves) else waves > 0.0
    items = [{"wavelength": repr(float(wave)), "wavelength_units": "Nanometers", "bbl": str(int(flag)),
              **({"fwhm": repr(float(widths[number]))} if len(widths) == len(waves) else {})}
             for number, (wave, flag) in enumerate(zip(waves, flags))]
    low, high = (_attribute(root, f"L2Scale{detector}{word}") for word in ("Min", "Max"))
    scaled = level in REFLECTANCES and low is not None and high is not None
    scale, offset = ((float(high) - float(low)) / HIGHEST, float(low)) if scaled else (1.0, 0.0)
    rows, columns = (other for other in range(3) if other != axis)
    return Part(array, (rows, columns, axis), items, scale, offset)


def _place_prisma(scene, root, swath):
    """Corners of the map, or points of the swath on the ground."""
    corners = [_attribute(root, f"Product_{corner}corner_{word}") for corner, word in (
        ("UL", "easting"), ("LR", "easting"), ("UL", "northing"), ("LR", "northing"))]
    epsg, dataset = _attribute(root, "Epsg_Code"), scene.dataset
    columns, rows = dataset.RasterXSize, dataset.RasterYSize
    if None not in (*corners, epsg) and float(corners[1]) > float(corners[0]) and min(columns, rows) > 1:
        west, east, north, south = map(float, corners)  # centres of the outermost pixels
        wide, high = (east - west) / (columns - 1), (north - south) / (rows - 1)
        dataset.SetGeoTransform((west - wide / 2.0, wide, 0.0, north + high / 2.0, 0.0, -high))
        dataset.SetProjection(_wkt(int(epsg)))
        return
    ground = _within(swath, "Geolocation Fields") or _within(swath, "Geolocation_Fields")
    if ground is not None and {"Latitude", "Longitude"} <= set(ground.GetMDArrayNames() or []):
        _place_by_points(dataset, *(ground.OpenMDArray(name).ReadAsArray() for name in ("Longitude", "Latitude")))


def _wkt(epsg):
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    return system.ExportToWkt()


def _place_by_points(dataset, longitude, latitude):
    """Ground control points all over a swath."""
    if longitude.shape != (dataset.RasterYSize, dataset.RasterXSize):
        return
    rows, columns = (np.unique(np.linspace(0, size - 1, GROUND_POINTS).astype(int)) for size in longitude.shape)
    dataset.SetGCPs([gdal.GCP(float(longitude[row, column]), float(latitude[row, column]), 0.0, column + 0.5, row + 0.5)
                     for row in rows for column in columns], _wkt(4326))


def _with_wavelengths(root, variable, is_netcdf):
    """A scene whose wavelengths are an array of the file, as that of EMIT."""
    known = [group.OpenMDArray(name) for group in _groups(root) for name in group.GetMDArrayNames() or []]
    wavelengths = [array for array in known if WAVELENGTHS.match(array.GetName()) and array.GetDimensionCount() == 1]
    cubes = [array for array in known if array.GetDimensionCount() == 3 and _same_name(array, variable)]
    for cube in cubes:
        for waves in wavelengths:
            axis = _axis(cube, waves)
            if axis is None or (is_netcdf and axis == 0):  # GDAL shows the latter as it is
                continue
            return _scene_of(root, known, cube, waves, axis)
    return None


def _same_name(array, variable):
    """Whether an array has this name; GDAL writes blanks as underscores."""
    return not variable or array.GetFullName().replace(" ", "_").strip("/") == variable.replace(" ", "_").strip("/")


def _axis(cube, waves):
    """Which dimension of a cube has these wavelengths; None when none has."""
    wanted = waves.GetDimensions()[0]
    dimensions = cube.GetDimensions()
    same = [k for k, one in enumerate(dimensions) if one.GetFullName() == wanted.GetFullName()]
    same += [k for k in (2, 0, 1) if dimensions[k].GetSize() == wanted.GetSize()]
    return same[0] if same and dimensions[same[0]].GetSize() == wanted.GetSize() else None


def _scene_of(root, known, cube, waves, axis):
    """The scene of a cube whose wavelengths were found."""
    rows, columns = (other for other in range(3) if other != axis)
    others = {array.GetName().lower(): array for array in known}
    items = [{"wavelength": repr(float(wave))} for wave in waves.ReadAsArray()]
    for name, item in (("fwhm", "fwhm"), ("good_wavelengths", "bbl")):
        if name in others and others[name].GetTotalElementsCount() == len(items):
            for band, value in zip(items, others[name].ReadAsArray().ravel()):
                band[item] = repr(float(value))
    for band in items if waves.GetUnit() else []:
        band["wavelength_units"] = waves.GetUnit()
    scale, offset = cube.GetScale(), cube.GetOffset()
    part = Part(cube, (rows, columns, axis), items, 1.0 if scale is None else scale, 0.0 if offset is None else offset)
    tables = [others[name] for name in ("glt_x", "glt_y") if name in others and others[name].GetDimensionCount() == 2]
    ortho = _attribute(root, "geotransform")
    lookup = tuple(tables) if len(tables) == 2 and ortho is not None and len(ortho) == 6 else None
    words = " ".join(filter(None, (cube.GetName(), str(_attribute(cube, "long_name") or ""), cube.GetUnit())))
    scene = Scene([part], lookup, words)
    _place_scene(scene, root, cube, others, ortho)
    return scene


def _place_scene(scene, root, cube, others, ortho):
    """Put a scene where its lookup table, its coordinates or its latitudes and longitudes say."""
    dataset, part = scene.dataset, scene.parts[0]
    system = cube.GetSpatialRef()
    wkt = system.ExportToWkt() if system is not None else str(_attribute(root, "spatial_ref") or "")
    if scene.lookup is not None:
        dataset.SetGeoTransform(tuple(float(value) for value in ortho))
        dataset.SetProjection(wkt or _wkt(4326))
        return
    west, wide = _steps(others, ACROSS, part.size(1))
    north, high = _steps(others, ALONG, part.size(0))
    if wide and high:
        dataset.SetGeoTransform((west - wide / 2.0, wide, 0.0, north - high / 2.0, 0.0, high))
        dataset.SetProjection(wkt)
    elif {"lon", "lat"} <= set(others):
        _place_by_points(dataset, others["lon"].ReadAsArray(), others["lat"].ReadAsArray())


def _steps(others, names, size):
    """First value and step of an even coordinate; 0 and 0 when there is none."""
    for name in names:
        array = others.get(name)
        if array is None or array.GetDimensionCount() != 1 or array.GetTotalElementsCount() != size or size < 2:
            continue
        values = array.ReadAsArray().astype(float)
        step = (values[-1] - values[0]) / (size - 1)
        if step and np.allclose(np.diff(values), step, rtol=0.01):
            return values[0], step
    return 0.0, 0.0
