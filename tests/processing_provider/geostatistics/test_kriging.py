"""Kriging from layer to GeoTIFF: known planes come back, PyKrige agrees, and a real survey is predicted as well."""
import csv
import json

import numpy as np
import numpy.testing as npt
import pytest
from osgeo import gdal, osr
from qgis.core import QgsProcessingFeedback, QgsRasterLayer

from lodescope.processing_provider.data.rasters import sample_raster

WEST, SOUTH, BASE = 500_000.0, 6_700_000.0, 300.0
LEVELS = (340.0, 360.0, 395.0)
PLANES = ("north", "east", "up")


def scattered(dimensions, rng):
    """Sixty places in a box of 1000 x 800 x 120 m."""
    return rng.uniform(0.0, 1.0, (60, dimensions)) * [1000.0, 800.0, 120.0][:dimensions]


def clustered(dimensions, rng):
    """Tight clusters, in space vertical holes, that leave most of the box empty."""
    collars = rng.uniform(0.0, 1.0, (7, 2)) * [1000.0, 800.0]
    plan = np.repeat(collars, 9, axis=0) + rng.normal(0.0, 4.0 if dimensions == 2 else 0.4, (63, 2))
    return plan if dimensions == 2 else np.column_stack([plan, np.tile(np.linspace(2.0, 118.0, 9), 7)])


def planes_of(local):
    """Northing, easting and elevation less their offsets, by field name."""
    return dict(zip(("east", "north", "up"), local.T))


def place(local):
    """Coordinates on the map."""
    return local + np.array([WEST, SOUTH, BASE])[:local.shape[1]]


@pytest.mark.parametrize(("dimensions", "layout", "file"), [
    (2, scattered, True), (2, clustered, False), (3, scattered, False), (3, clustered, True),
])
def test_planes_come_back(toolbox, points, read, variogram_file, tmp_path, dimensions, layout, file):
    local = layout(dimensions, np.random.default_rng(5))
    fields = [name for name in PLANES if name in planes_of(local)]
    more = {"LEVELS": ",".join(f"{level:g}" for level in LEVELS)} if dimensions == 3 else {}
    if file:
        structure = {"model": "matern15", "sill": 900.0, "ranges": [400.0, 250.0, 60.0], "azimuth": 35.0, "dip": -10.0}
        more["VARIOGRAM"] = variogram_file(tmp_path / "v.json", 25.0, structure)
    toolbox("kriging", INPUT=points(place(local), **planes_of(local)), FIELDS=fields, DRIFT="linear", CELL_SIZE=40,
            TRANSFORM="auto", EXTENT="499990,501030,6699980,6700820 [EPSG:32650]", OUTPUT=str(tmp_path / "p.tif"),
            **more)
    raster = read(tmp_path / "p.tif")
    assert raster.transform == (499_990.0, 40.0, 0.0, 6_700_820.0, 0.0, -40.0)
    assert (raster.nodata, raster.kind) == (-9999.0, gdal.GDT_Float32)
    expected = {"north": (raster.y - SOUTH, 800.0), "east": (raster.x - WEST, 1000.0)}
    ends = [f"@z={level:g}" for level in LEVELS] if dimensions == 3 else [""]
    wanted = [f"{name}:{quantity}{end}" for name in fields for quantity in ("estimate", "variance") for end in ends]
    assert list(raster.bands) == wanted
    for name in fields:
        for end in ends:
            truth, span = expected.get(name) or (np.full(raster.x.shape, float(end[3:]) - BASE), 120.0)
            npt.assert_allclose(raster[f"{name}:estimate{end}"], truth, rtol=0.0, atol=1e-6 * span)
            assert (raster[f"{name}:variance{end}"] >= 0.0).all()


def test_raster_is_north_up_in_its_crs_and_speaks_for_itself(toolbox, points, tmp_path):
    local = scattered(2, np.random.default_rng(5))
    results = toolbox("kriging", INPUT=points(place(local), **planes_of(local)), FIELDS=["north"], DRIFT="linear",
                      CELL_SIZE=50, OUTPUT=str(tmp_path / "n.tif"), REPORT=str(tmp_path / "n.html"))
    dataset = gdal.Open(str(tmp_path / "n.tif"))
    assert osr.SpatialReference(dataset.GetProjection()).GetAuthorityCode(None) == "32650"
    items = dataset.GetMetadata()
    assert items["LODESCOPE_ALGORITHM"] == "lodescope:kriging"
    assert json.loads(items["LODESCOPE_PARAMETERS"])["drift"] == "linear"
    layer = QgsRasterLayer(str(tmp_path / "n.tif"))
    high, found = layer.dataProvider().sample(layer.extent().center() + _up(layer), 1)
    low, _ = layer.dataProvider().sample(layer.extent().center() - _up(layer), 1)
    assert found
    assert high > low
    assert results["SAMPLES"] == 60
    assert results["CELLS"] == dataset.RasterXSize * dataset.RasterYSize
    assert results["ENGINE_USED"] == "exact"
    assert results["REPORT"] == str(tmp_path / "n.html")
    assert "<svg" in (tmp_path / "n.html").read_text(encoding="utf-8")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["n.html", "n.tif"]


def _up(layer):
    """Two cells north, as a vector."""
    from qgis.core import QgsVector

    return QgsVector(0.0, 2.0 * layer.rasterUnitsPerPixelY())


def turned(azimuth, dip):
    """PyKrige's three angles for a major axis of this azimuth and dip and a level second axis."""
    a, d = np.radians([azimuth, dip])
    major = np.array([np.sin(a) * np.cos(d), np.cos(a) * np.cos(d), np.sin(d)])
    second = np.array([-np.cos(a), np.sin(a), 0.0])
    axes = np.stack([major, second, np.cross(major, second)])
    about = (np.arctan2(axes[2, 1], axes[2, 2]), -np.arcsin(axes[2, 0]), np.arctan2(axes[1, 0], axes[0, 0]))
    return dict(zip(("anisotropy_angle_x", "anisotropy_angle_y", "anisotropy_angle_z"), -np.degrees(about)))


def shape(dimensions):
    """Anisotropy in the variogram file, and the same in PyKrige's words."""
    ranges = [300.0, 150.0, 50.0][:dimensions]
    scaling = {"anisotropy_scaling_y": 2.0, "anisotropy_scaling_z": 6.0}
    if dimensions == 2:
        return {"ranges": ranges, "azimuth": 35.0}, {"anisotropy_scaling": 2.0, "anisotropy_angle": 55.0}
    return {"ranges": ranges, "azimuth": 35.0, "dip": -20.0}, {**scaling, **turned(35.0, -20.0)}


CASES = [(2, "none", "spherical", 12.0), (2, "linear", "exponential", 0.0),
         (3, "none", "exponential", 5.0), (3, "linear", "spherical", 12.0)]


@pytest.fixture(scope="module")
def compared(toolbox, points, read, variogram_file, truth, folder):
    """Our raster and PyKrige's numbers for each of `CASES`; every third sample stands at a cell centre."""
    rng, questions, arrays, rasters = np.random.default_rng(8), [], {}, []
    for number, (dimensions, drift, model, nugget) in enumerate(CASES):
        local = scattered(dimensions, rng)
        cells = rng.permutation(25 * 20)[:20]
        local[::3, :2] = np.column_stack([cells % 25, cells // 25]) * 40.0 + 20.0
        if dimensions == 3:
            local[::3, 2] = LEVELS[1] - BASE
        values = 50.0 + 0.02 * local[:, 0] + 8.0 * np.sin(local[:, 1] / 90.0) + rng.normal(0.0, 4.0, len(local))
        structure, anisotropy = shape(dimensions)
        path = variogram_file(folder / f"v{number}.json", nugget, {"model": model, "sill": 40.0, **structure})
        more = {"LEVELS": " ".join(map(str, LEVELS))} if dimensions == 3 else {}
        toolbox("kriging", INPUT=points(place(local), g=values), FIELDS=["g"], VARIOGRAM=path, DRIFT=drift,
                CELL_SIZE=40, EXTENT="500000,501000,6700000,6700800", OUTPUT=str(folder / f"o{number}.tif"), **more)
        rasters.append(read(folder / f"o{number}.tif"))
        targets = rasters[-1].centres(LEVELS if dimensions == 3 else ()) - np.array([WEST, SOUTH, BASE])[:dimensions]
        arrays.update({f"s{number}": local, f"v{number}": values, f"t{number}": targets})
        questions.append({"name": f"c{number}", "drift": drift, "samples": f"s{number}", "values": f"v{number}",
                          "targets": f"t{number}", "variogram": {"model": model, "sill": 40.0, "range": 300.0,
                                                                 "nugget": nugget, "anisotropy": anisotropy}})
    return rasters, truth(folder, questions, **arrays), arrays


@pytest.mark.parametrize("number", range(len(CASES)))
def test_equals_pykrige(compared, number):
    rasters, answers, arrays = compared
    for quantity in ("estimate", "variance"):
        if CASES[number][0] == 3:
            ours = rasters[number].stack(f"g:{quantity}", LEVELS)
        else:
            ours = rasters[number][f"g:{quantity}"]
        theirs = answers[f"c{number}_{quantity}"].reshape(ours.shape)
        npt.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6 * (52.0 if quantity == "variance" else 1.0))
    samples, targets = arrays[f"s{number}"], arrays[f"t{number}"]
    hits = np.linalg.norm(targets[:, None] - samples[None], axis=2) < 1e-9
    assert hits.any(axis=1).sum() == 20
    ours = (rasters[number].stack("g:estimate", LEVELS) if CASES[number][0] == 3 else rasters[number]["g:estimate"])
    rows, columns = np.nonzero(hits)
    npt.assert_allclose(ours.ravel()[rows], arrays[f"v{number}"][columns], rtol=1e-6)


def test_pykrige_engine_gives_the_same_raster(toolbox, points, read, compared, folder):
    rasters, _, arrays = compared
    toolbox("kriging", INPUT=points(place(arrays["s0"]), g=arrays["v0"]), FIELDS=["g"], ENGINE="pykrige",
            VARIOGRAM=str(folder / "v0.json"), CELL_SIZE=40, EXTENT="500000,501000,6700000,6700800",
            OUTPUT=str(folder / "engine.tif"))
    for name, ours in rasters[0].bands.items():
        npt.assert_allclose(read(folder / "engine.tif")[name], ours, rtol=1e-6, atol=1e-5)


def test_grid_of_a_raster_is_taken_over_and_gaps_of_a_field_stay_its_own(toolbox, points, read, compared, folder):
    """A second field with missing values leaves the first as it was, on the grid of its own raster."""
    rasters, _, arrays = compared
    gaps = [None if k % 4 == 0 else 2.0 * v for k, v in enumerate(arrays["v0"])]
    toolbox("kriging", INPUT=points(place(arrays["s0"]), g=arrays["v0"], half=gaps), FIELDS=["g", "half"],
            KEEP_SILL=True, VARIOGRAM=str(folder / "v0.json"), GRID_RASTER=str(folder / "o0.tif"),
            OUTPUT=str(folder / "two.tif"))
    both = read(folder / "two.tif")
    assert both.transform == rasters[0].transform
    npt.assert_array_equal(both["g:estimate"], rasters[0]["g:estimate"])
    npt.assert_array_equal(both["g:variance"], rasters[0]["g:variance"])
    assert both["half:variance"].mean() > both["g:variance"].mean()


def test_simple_and_block_kriging(toolbox, points, read, compared, folder):
    """Far from all samples simple kriging gives the known mean and the whole variance; a block varies less."""
    _, _, arrays = compared
    common = {"INPUT": points(place(arrays["s0"]), g=arrays["v0"]), "FIELDS": ["g"],
              "VARIOGRAM": str(folder / "v0.json"), "CELL_SIZE": 40, "EXTENT": "500900,504900,6700600,6701000"}
    toolbox("kriging", MEAN=70.0, OUTPUT=str(folder / "simple.tif"), **common)
    toolbox("kriging", MEAN=70.0, BLOCK_POINTS=3, OUTPUT=str(folder / "block.tif"), **common)
    simple, block = read(folder / "simple.tif"), read(folder / "block.tif")
    npt.assert_allclose(simple["g:estimate"][:, -1], 70.0, rtol=1e-6)
    npt.assert_allclose(simple["g:variance"][:, -1], 52.0, rtol=1e-6)
    assert (block["g:variance"][:, -1] < 40.0).all()
    npt.assert_allclose(block["g:estimate"][:, -1], 70.0, rtol=1e-6)


MODELS = ("linear", "spherical", "exponential", "gaussian")


def test_jura_at_default_settings_beside_pykrige(toolbox, points, truth, folder, data):
    """All seven metals at the 100 validation points of the Jura survey, with nothing chosen by hand.

    PyKrige fits by itself the parameters of one model, by default the linear
    one. The mean absolute error of no metal may be above that call's. The root
    mean square rests on a few hot spots, five of which make three quarters of
    it for copper, and so a hundred places leave two to four per cent of it to
    chance. Chromium and copper come out up to half a per cent above the call
    at these places; no metal may be worse than this, nor all together worse
    than the call. Means over several such sets of places are held against it
    where variograms are chosen.
    """
    metals = ("Cd", "Co", "Cr", "Cu", "Ni", "Pb", "Zn")
    known, asked = (_survey(data / "jura" / f"jura_{part}.csv", metals) for part in ("pred", "val"))
    cases = [{"name": f"{metal}{model}", "drift": "none", "samples": "samples", "values": metal, "targets": "targets",
              "fit": model} for metal in metals for model in MODELS]
    theirs = truth(folder, cases, samples=known["place"], targets=asked["place"], **{m: known[m] for m in metals})
    layer = points(known["place"] + [WEST, SOUTH], **{metal: known[metal] for metal in metals})
    toolbox("kriging", INPUT=layer, FIELDS=list(metals), CELL_SIZE=10, OUTPUT=str(folder / "jura.tif"))
    raster, ratios, absolute, chance = QgsRasterLayer(str(folder / "jura.tif")), {}, {}, {}
    for number, metal in enumerate(metals):
        ours = sample_raster(raster, 2 * number + 1, asked["place"] + [WEST, SOUTH], raster.crs(), None)
        errors = np.stack([ours, *(theirs[f"{metal}{model}_estimate"] for model in MODELS)]) - asked[metal]
        squares, means = np.sqrt(np.mean(errors**2, axis=1)), np.mean(np.abs(errors), axis=1)
        print(f"Jura {metal}: RMSE {squares[0]:.4f}, PyKrige", dict(zip(MODELS, np.round(squares[1:], 4))))
        print(f"Jura {metal}: MAE {means[0]:.4f}, PyKrige", dict(zip(MODELS, np.round(means[1:], 4))))
        chance[metal] = _interval_of_ratio(errors[0], errors[1])
        print(f"Jura {metal}: RMSE over that of PyKrige's default call, 95 % interval", np.round(chance[metal], 3))
        ratios[metal], absolute[metal] = squares[0] / squares[1], means[0] / means[1]
    assert max(absolute.values()) <= 1.0
    assert all(ratios[metal] <= 1.0 for metal in ("Cd", "Co", "Ni", "Pb", "Zn"))
    assert max(ratios.values()) <= 1.005
    assert max(low for low, _ in chance.values()) <= 1.0
    assert np.exp(np.mean(np.log(list(ratios.values())))) <= 1.0


def _interval_of_ratio(ours, theirs):
    """95 % bootstrap interval of the ratio of two root mean square errors at the same places."""
    draws = np.random.default_rng(0).integers(0, ours.size, (2000, ours.size))
    ratios = np.sqrt(np.mean(ours[draws] ** 2, axis=1) / np.mean(theirs[draws] ** 2, axis=1))
    return np.quantile(ratios, [0.025, 0.975])


def _survey(path, metals):
    """Places in metres and metals of one file of the survey."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = {metal: np.array([float(row[metal]) for row in rows]) for metal in metals}
    return {"place": np.array([[float(row["Xloc"]), float(row["Yloc"])] for row in rows]) * 1000.0, **found}


@pytest.fixture
def data():
    """The folder of the reference data."""
    from pathlib import Path

    folder = Path(__file__).resolve().parents[4] / "shared" / "data"
    if not (folder / "jura").is_dir():
        pytest.skip("the reference data are not here")
    return folder


def test_many_fields_share_one_factorisation(toolbox, points, read, compared, folder):
    """Nine multiples of a field are nine times its raster; one engine line in the log is one factorisation."""
    _, _, arrays = compared
    columns = {f"f{k}": (k + 1.0) * arrays["v0"] for k in range(9)}
    feedback = QgsProcessingFeedback(False)
    toolbox("kriging", feedback=feedback, INPUT=points(place(arrays["s0"]), **columns), FIELDS=list(columns),
            VARIOGRAM=str(folder / "v0.json"), CELL_SIZE=40, EXTENT="500000,501000,6700000,6700800", KEEP_SILL=True,
            OUTPUT=str(folder / "nine.tif"))
    nine = read(folder / "nine.tif")
    for k in range(9):
        npt.assert_allclose(nine[f"f{k}:estimate"], (k + 1.0) * nine["f0:estimate"], rtol=1e-5)
    engines = [line for line in feedback.textLog().splitlines() if line.startswith("Engine ")]
    assert len(engines) == 1
    assert "f0, f1, f2" in engines[0]
