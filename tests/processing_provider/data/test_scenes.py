"""Scenes of EMIT and PRISMA, and others that are arrays of an HDF5 or netCDF file."""
import numpy as np
import numpy.testing as npt
import pytest
from osgeo import gdal
from qgis.core import QgsRasterLayer

from lodescope.processing_provider.data.cubes import Image
from lodescope.processing_provider.data.hyperspectral import read_bands
from lodescope.processing_provider.data.scenes import cube_name, cube_of, find_scene, open_image

ROWS, COLUMNS, BANDS = 14, 11, 40
NANO = np.linspace(420.0, 2450.0, BANDS)
GEOGRAPHIC = ('GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],'
              'UNIT["degree",0.0174532925199433]]')
pytestmark = pytest.mark.skipif(gdal.GetDriverByName("netCDF") is None or gdal.GetDriverByName("HDF5") is None,
                                reason="GDAL cannot write netCDF or read HDF5 here")


def stored(bands=BANDS, kind=np.float32, seed=0):
    """Values (rows, columns, bands), different everywhere."""
    return (1000.0 * np.random.default_rng(seed).uniform(0.1, 0.9, (ROWS, COLUMNS, bands))).astype(kind)


def array_in(group, name, values, dimensions, **attributes):
    """An array of a file; GDAL writes it when the group is gone."""
    values = np.ascontiguousarray(values)
    kind = {"f": gdal.GDT_Float32, "i": gdal.GDT_Int32, "u": gdal.GDT_UInt16}[values.dtype.kind]
    values = values.astype({gdal.GDT_Float32: np.float32, gdal.GDT_Int32: np.int32, gdal.GDT_UInt16: np.uint16}[kind])
    array = group.CreateMDArray(name, dimensions, gdal.ExtendedDataType.Create(kind))
    if values.dtype.kind == "f":
        array.SetNoDataValueDouble(-9999.0)
    for key, value in attributes.items():
        attribute(array, key, value)
    array.WriteArray(values)
    return array


def attribute(holder, name, value):
    text = isinstance(value, str)
    kind = gdal.ExtendedDataType.CreateString() if text else gdal.ExtendedDataType.Create(gdal.GDT_Float64)
    sizes = [] if text or np.ndim(value) == 0 else [len(value)]
    holder.CreateAttribute(name, sizes, kind).Write(value if text or sizes == [] else list(map(float, value)))


def emit(path, variable="reflectance", lookup=True, **names):
    """A scene like those of EMIT, and its values, columns and rows of the lookup table."""
    file = gdal.GetDriverByName("netCDF").CreateMultiDimensional(str(path))
    root = file.GetRootGroup()
    attribute(root, "geotransform", (20.0, 0.001, 0.0, -29.0, 0.0, -0.001))
    attribute(root, "spatial_ref", GEOGRAPHIC)
    sizes = {"downtrack": ROWS, "crosstrack": COLUMNS, "bands": BANDS, "ortho_y": ROWS + 4, "ortho_x": COLUMNS + 3}
    dimension = {name: root.CreateDimension(name, "", "", size) for name, size in sizes.items()}
    values, good = stored(), np.ones(BANDS)
    good[20] = 0.0
    array_in(root, variable, values, [dimension[name] for name in ("downtrack", "crosstrack", "bands")],
             **names)
    sensor = root.CreateGroup("sensor_band_parameters")
    array_in(sensor, "wavelengths", NANO, [dimension["bands"]], units="nm")
    array_in(sensor, "fwhm", np.full(BANDS, 8.5), [dimension["bands"]])
    array_in(sensor, "good_wavelengths", good, [dimension["bands"]])
    across, along = np.zeros((2, ROWS + 4, COLUMNS + 3), int)
    along[2:-2, 1:-2], across[2:-2, 1:-2] = np.mgrid[1:ROWS + 1, COLUMNS:0:-1]
    along[5, 5], across[5, 5] = -along[5, 4], -across[5, 4]  # filled in from a neighbour
    if lookup:
        location = root.CreateGroup("location")
        for name, table in (("glt_x", across), ("glt_y", along)):
            array_in(location, name, table, [dimension["ortho_y"], dimension["ortho_x"]])
    return values, np.abs(across), np.abs(along)


def test_scene_of_emit_lies_on_its_map(tmp_path):
    path = tmp_path / "EMIT_L2A_RFL_001.nc"
    values, across, along = emit(path)
    name = f'NETCDF:"{path}":reflectance'
    assert cube_of(str(path)) == name
    assert cube_name(name) == "EMIT_L2A_RFL_001"
    bands = read_bands(QgsRasterLayer(name, "scene"))
    npt.assert_allclose(bands.micrometres, NANO / 1000.0, rtol=1e-6)
    npt.assert_allclose(bands.widths, 0.0085, rtol=1e-6)
    assert 20 not in bands.order
    image = Image(str(path), bands)
    assert (image.rows, image.columns) == across.shape
    assert image.dataset.GetGeoTransform() == pytest.approx((20.0, 0.001, 0.0, -29.0, 0.0, -0.001))
    assert image.crs.isGeographic()
    wanted = np.full((*across.shape, BANDS), -9999.0)
    wanted[across > 0] = values[along[across > 0] - 1, across[across > 0] - 1]
    npt.assert_array_equal(image.read(0, 0, *across.shape), wanted[:, :, bands.order])
    npt.assert_array_equal(image.read(3, 2, 5, 7), wanted[3:8, 2:9][:, :, bands.order])
    assert (image.read(0, 0, 1, 3) == -9999.0).all()


def test_radiance_of_emit_says_so(tmp_path):
    emit(tmp_path / "a.nc", "radiance", units="uW/cm^2/SR/nm")
    assert "radiance uW/cm^2/SR/nm" in read_bands(str(tmp_path / "a.nc")).stated
    emit(tmp_path / "b.nc", long_name="Surface Reflectance")
    assert read_bands(str(tmp_path / "b.nc")).stated == ""


def test_band_last_array_without_a_lookup_table(tmp_path):
    values, _, _ = emit(tmp_path / "a.nc", lookup=False)
    bands = read_bands(str(tmp_path / "a.nc"))
    image = Image(str(tmp_path / "a.nc"), bands)
    npt.assert_array_equal(image.read(0, 0, ROWS, COLUMNS), values[:, :, bands.order])
    assert image.dataset.GetGeoTransform(can_return_null=True) is None


def prisma(path, level="2D"):
    """A scene like those of PRISMA, and its values (rows, columns, bands of both detectors)."""
    file = gdal.GetDriverByName("netCDF").CreateMultiDimensional(str(path))
    root = file.GetRootGroup()
    waves = {"Vnir": np.r_[0.0, np.linspace(1000.0, 410.0, 20)], "Swir": np.r_[np.linspace(2480.0, 950.0, 25), 0.0]}
    for name, value in {"L2ScaleVnirMin": 0.0, "L2ScaleVnirMax": 0.9, "L2ScaleSwirMin": -0.1, "L2ScaleSwirMax": 0.8,
                        "Epsg_Code": 32734, "Product_ULcorner_easting": 300000.0, "Product_ULcorner_northing": 6.8e6,
                        "Product_LRcorner_easting": 300000.0 + 30 * (COLUMNS - 1),
                        "Product_LRcorner_northing": 6.8e6 - 30 * (ROWS - 1)}.items():
        attribute(root, name, float(value))
    group = root
    for name in ("HDFEOS", "SWATHS", f"PRS_L{level}_HCO", "Data Fields"):
        group = group.CreateGroup(name)
    sizes = {"rows": ROWS, "columns": COLUMNS, "Vnir": 21, "Swir": 26}
    dimension = {name: group.CreateDimension(name, "", "", size) for name, size in sizes.items()}
    parts = []
    for detector, values in waves.items():
        attribute(root, f"List_Cw_{detector}", values)
        attribute(root, f"List_Fwhm_{detector}", np.where(values > 0.0, 12.0, 0.0))
        attribute(root, f"List_Cw_{detector}_Flags", (values > 0.0).astype(float))
        parts.append(stored(len(values), np.uint16, len(values)))
        array_in(group, f"{detector.upper()}_Cube", parts[-1].transpose(0, 2, 1),
                 [dimension[name] for name in ("rows", detector, "columns")])
    return np.concatenate(parts, axis=2)


def test_scene_of_prisma_joins_both_detectors(tmp_path):
    path = tmp_path / "PRS_L2D_STD.he5"
    values = prisma(path)
    assert cube_of(str(path)).startswith("HDF5:")
    bands = read_bands(cube_of(str(path)))
    used = bands.micrometres[bands.order]
    assert (used[0], used[-1]) == pytest.approx((0.410, 2.480))
    assert (np.diff(used) > 0.0).all()
    assert {0, 46} & set(bands.order) == set()
    npt.assert_allclose(bands.scale[[1, 40]], [0.9 / 65535, 0.9 / 65535])
    npt.assert_allclose(bands.offset[[1, 40]], [0.0, -0.1])
    npt.assert_allclose(bands.widths[bands.order], 0.012)
    image = Image(cube_of(str(path)), bands)
    assert image.dtype == np.uint16
    npt.assert_array_equal(image.read(0, 0, ROWS, COLUMNS), values[:, :, bands.order])
    npt.assert_array_equal(image.read(2, 3, 4, 5), values[2:6, 3:8][:, :, bands.order])
    assert image.dataset.GetGeoTransform() == (299985.0, 30.0, 0.0, 6800015.0, 0.0, -30.0)
    assert image.crs.authid() == "EPSG:32734"


def test_radiance_of_prisma_says_so(tmp_path):
    prisma(tmp_path / "PRS_L1_STD.he5", "1")
    assert read_bands(str(tmp_path / "PRS_L1_STD.he5")).stated == "Radiance, PRISMA level 1"


def test_other_rasters_are_read_as_they_are(tmp_path):
    path = str(tmp_path / "a.tif")
    gdal.GetDriverByName("GTiff").Create(path, 3, 2, 4)
    dataset, read = open_image(path)
    assert (dataset.RasterCount, read, cube_of(path)) == (4, None, "")


@pytest.mark.parametrize("content", [None, b"", b"no netCDF"])
def test_files_without_a_scene_have_none(tmp_path, content):
    path = tmp_path / "a.nc"
    if content is not None:
        path.write_bytes(content)
    assert find_scene(str(path)) is None
    assert cube_of(str(path)) == ""


def test_file_of_a_scene_is_an_image_for_the_algorithm(toolbox, read, tmp_path):
    path, out = tmp_path / "EMIT_L2A_RFL_001.nc", tmp_path / "out.tif"
    values, across, along = emit(path)
    library = np.linspace(0.2, 0.6, BANDS)
    (tmp_path / "one.csv").write_text("nm,ONE\n" + "\n".join(f"{w!r},{v!r}" for w, v in zip(NANO.tolist(),
                                                                                          library.tolist())))
    toolbox("spectralfeatures", INPUT=str(path), FEATURES="none", COMPONENTS=0, LIBRARY=str(tmp_path / "one.csv"),
            VALUES="reflectance", OUTPUT=str(out))
    used = read_bands(str(path)).order
    spectra = values[along - 1, across - 1][:, :, used].astype(float)
    cosine = spectra @ library[used] / np.linalg.norm(spectra, axis=2) / np.linalg.norm(library[used])
    npt.assert_allclose(read(out)["ONE:angle"], np.where(across > 0, np.arccos(cosine), np.nan), atol=2e-3)
    assert read(out).transform == pytest.approx((20.0, 0.001, 0.0, -29.0, 0.0, -0.001))
