"""Bad input: handled and told, or refused in one sentence; nothing half-written, and an old result survives."""
import subprocess

import numpy as np
import numpy.testing as npt
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsRectangle,
    QgsVectorFileWriter,
)

WEST, SOUTH = 500_000.0, 6_700_000.0
STRUCTURE = {"model": "spherical", "sill": 1.0, "ranges": [300.0]}


def scatter(count=40, dimensions=2):
    return np.random.default_rng(41).uniform(0.0, 1.0, (count, dimensions)) * [1000.0, 800.0, 120.0][:dimensions]


def grades(local):
    return 2.0 + np.sin(local[:, 0] / 150.0) + 0.001 * local[:, 1]


@pytest.fixture(scope="module")
def layers(points):
    """Layers by what is wrong with them."""
    local, one = scatter(), np.ones(40)
    place, g = local + [WEST, SOUTH], grades(local)
    texts = ["<0.5" if k in (3, 9, 21) else f"{v:.3f}" for k, v in enumerate(g)]
    return {
        "good": points(place, g=g, code=["A"] * 40),
        "empty": points(np.empty((0, 2)), g=np.empty(0)),
        "one": points(place[:1], g=g[:1]),
        "equal": points(place, g=one),
        "coincident": points(place[:1] + 0 * place, g=g),
        "null": points(place, g=[None] * 40),
        "below detection": points(place, g=texts),
        "words": points(place, g=["granite"] * 40),
        "infinite": points(place, g=np.inf * one),
        "degrees": points(local / 1e4 + [117.0, -29.0], crs="EPSG:4326", g=g),
    }


@pytest.fixture(scope="module")
def files(folder, variogram_file):
    """Variogram files by what is wrong with them."""
    made = {
        "good": variogram_file(folder / "good.json", 0.1, STRUCTURE),
        "model": variogram_file(folder / "model.json", 0.1, {**STRUCTURE, "model": "wavelet"}),
        "range": variogram_file(folder / "range.json", 0.1, {**STRUCTURE, "ranges": [-300.0]}),
        "schema": variogram_file(folder / "schema.json", 0.1, STRUCTURE, schema=2),
        "log": variogram_file(folder / "log.json", 0.1, STRUCTURE, transform="log"),
        "transform": variogram_file(folder / "transform.json", 0.1, STRUCTURE, transform="cube root"),
        "missing": str(folder / "nowhere.json"),
    }
    for name, text in (("text", "nugget 0.1"), ("list", "[1, 2]"), ("binary", "\0\0")):
        (folder / f"{name}.json").write_text(text)
        made[name] = str(folder / f"{name}.json")
    return made


def refusal(toolbox, name="kriging", **parameters):
    """The sentence with which a run is refused."""
    field = {"FIELD": "g"} if name == "fitvariogram" else {"FIELDS": ["g"], "CELL_SIZE": 50}
    with pytest.raises(QgsProcessingException) as failure:
        toolbox(name, **{**field, **parameters})
    text = str(failure.value).split("\n")[-1]
    assert "internal error" not in text
    assert "Traceback" not in text
    return text


WRONG_LAYERS = [
    ("empty", "has no features to read"),
    ("one", "has 1 value at a place, and at least 2 are needed"),
    ("equal", "all 40 values of the field 'g' are equal (1)"),
    ("coincident", "all 40 samples lie at the same place"),
    ("null", "none of the 40 features has both a place and a value"),
    ("below detection", "text that is not a number in 3 of 40 features, for example '<0.5'"),
    ("words", "text that is not a number in 40 of 40 features"),
    ("infinite", "none of the 40 features has both a place and a value"),
    ("degrees", "coordinates are in degrees (EPSG:4326"),
]


@pytest.mark.parametrize("name", ["fitvariogram", "kriging", "indicatorkriging", "fluxgradient"])
@pytest.mark.parametrize(("layer", "words"), WRONG_LAYERS)
def test_layers_that_hold_nothing_to_interpolate(toolbox, layers, tmp_path, name, layer, words):
    output = {"VARIOGRAM": str(tmp_path / "v.json")} if name == "fitvariogram" else {"OUTPUT": str(tmp_path / "o.tif")}
    assert words in refusal(toolbox, name, INPUT=layers[layer], **output)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("wrong", "words"), [
    ({"FIELDS": ["gold"]}, "there is no field 'gold'"),
    ({"HOLE_ID": "well"}, "there is no field 'well'"),
    ({"Z_FIELD": "height"}, "there is no field 'height'"),
    ({"Z_FIELD": "code"}, "the field 'code' holds text that is not a number"),
    ({"FIELDS": []}, "FIELDS"),
    ({"DIMENSIONS": "3"}, "the points have no elevation"),
    ({"CELL_SIZE": 0}, "The cell size is 0; give a number greater than zero"),
    ({"CELL_SIZE": -10}, "The cell size is -10; give a number greater than zero"),
    ({"CELL_SIZE": 1e-3, "EXTENT": "500000,501000,6700000,6701000"}, "The grid would have 1,000,000,000,000 cells"),
    ({"EXTENT": "700000,701000,6700000,6701000"}, "does not meet the samples (x 500"),
    ({"EXTENT": "500000,500000,6700000,6700800"}, "has no area"),
    ({"LEVELS": "100, deep"}, "Levels: 'deep' is not an elevation"),
    ({"LEVELS": "100:200:0"}, "the step in '100:200:0' is zero"),
    ({"LEVELS": "100, 120, 100"}, "Levels: 100 is given twice"),
    ({"LEVELS": "0:1e9:1"}, "choose a larger step"),
    ({"LEVELS": "100"}, "Levels were given, but the samples are 2-D"),
    ({"MEAN": 2.0, "DRIFT": "linear"}, "A known mean and a linear drift exclude each other"),
    ({"CRS": "EPSG:4326"}, "coordinates are in degrees"),
])
def test_parameters_that_cannot_be_meant(toolbox, layers, tmp_path, wrong, words):
    assert words in refusal(toolbox, **{"INPUT": layers["good"], "OUTPUT": str(tmp_path / "o.tif"), **wrong})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("place", "words"), [
    ("missing/o.tif", "does not exist"), ("file/o.tif", "does not exist"), ("/proc/o.tif", "Nothing can be written"),
    ("o.png", "is no GeoTIFF"), ("folder.tif", "is a folder"),
])
def test_places_that_cannot_be_written(toolbox, layers, tmp_path, place, words):
    (tmp_path / "file").write_text("a file")
    (tmp_path / "folder.tif").mkdir()
    before = sorted(tmp_path.rglob("*"))
    for output in ("OUTPUT", "REPORT"):
        if output == "REPORT" and words == "is no GeoTIFF":
            continue
        parameters = {"INPUT": layers["good"], "OUTPUT": str(tmp_path / "good.tif"), output: str(tmp_path / place)}
        assert words in refusal(toolbox, **parameters)
        assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(("file", "more", "words"), [
    ("missing", {}, "cannot be read (No such file or directory)"),
    ("text", {}, "is not a variogram file of Lodescope"),
    ("binary", {}, "is not a variogram file of Lodescope"),
    ("list", {}, "is not a variogram file of Lodescope"),
    ("schema", {}, "is not a variogram file of Lodescope"),
    ("model", {}, "names the model 'wavelet'; use one of spherical"),
    ("range", {}, "needs one to three ranges above zero"),
    ("transform", {}, "cube root"),
    ("log", {"TRANSFORM": "normalscore"}, "with the transform 'log', but 'normalscore' was chosen"),
])
def test_variogram_files_that_cannot_be_used(toolbox, layers, files, tmp_path, file, more, words):
    """An old result of the same name survives, whether QGIS or the worker refuses."""
    old = tmp_path / "o.tif"
    old.write_text("the result of last week")
    assert words in refusal(toolbox, INPUT=layers["good"], VARIOGRAM=files[file], OUTPUT=str(old), **more)
    assert old.read_text() == "the result of last week"
    assert list(tmp_path.iterdir()) == [old]


def test_nothing_selected_is_told(toolbox, layers, tmp_path):
    layer = layers["good"]
    QgsProject.instance().addMapLayer(layer, False)
    chosen = QgsProcessingFeatureSourceDefinition(layer.id(), selectedFeaturesOnly=True)
    words = refusal(toolbox, INPUT=chosen, OUTPUT=str(tmp_path / "o.tif"))
    QgsProject.instance().takeMapLayer(layer)
    assert "switch off 'Selected features only'" in words


def test_gaps_texts_and_infinite_values_are_left_out_and_counted(toolbox, points, layers, read, files, make_feedback,
                                                                 tmp_path):
    """Values as text, with decimal commas, NULL, empty text and infinity: the clean ones are what counts."""
    local = scatter()
    g = np.round(grades(local), 2)
    odd = {4: None, 11: "", 17: "inf", 23: "NaN", 30: f"{g[30]:.2f}".replace(".", ",")}
    texts = [odd.get(k, f"{value:.2f}") for k, value in enumerate(g)]
    kept = [k for k in range(40) if k not in (4, 11, 17, 23)]
    feedback = make_feedback()
    odd, clean = points(local + [WEST, SOUTH], g=texts), points(local[kept] + [WEST, SOUTH], g=g[kept])
    for name, layer in (("odd", odd), ("clean", clean)):
        toolbox("kriging", feedback=feedback, INPUT=layer, FIELDS=["g"], VARIOGRAM=files["good"], CELL_SIZE=50,
                EXTENT="500000,501000,6700000,6700800", OUTPUT=str(tmp_path / f"{name}.tif"))
    for band in ("g:estimate", "g:variance"):
        npt.assert_array_equal(read(tmp_path / "odd.tif")[band], read(tmp_path / "clean.tif")[band])
    log = "\n".join(feedback.info)
    assert "Samples: 36 of 40 features are used." in log
    assert "1 infinite" in log
    assert "3 missing" in log


@pytest.mark.parametrize("drift", ["none", "linear"])
def test_one_hole_in_space_is_mapped_with_a_warning(toolbox, points, read, make_feedback, tmp_path, drift):
    """Samples along one line in space: finite values, and a line in the log on what cannot be known."""
    depth = np.linspace(0.0, 200.0, 25)
    place = np.column_stack([WEST + 0.3 * depth, SOUTH + 0.2 * depth, 300.0 - depth])
    feedback = make_feedback()
    toolbox("kriging", feedback=feedback, INPUT=points(place, g=2.0 + np.sin(depth / 25.0)), FIELDS=["g"], DRIFT=drift,
            CELL_SIZE=10, LEVELS="150, 250", EXTENT="499950,500110,6699950,6700090", OUTPUT=str(tmp_path / "o.tif"))
    raster = read(tmp_path / "o.tif")
    for values in raster.bands.values():
        assert np.isfinite(values).all()
    assert any("all samples lie along one straight line" in line for line in feedback.warnings)
    assert (raster["g:variance@z=150"].min() >= 0.0).all()


def test_samples_at_one_place_are_merged_and_reported(toolbox, points, layers, read, files, make_feedback, tmp_path):
    """Twins with half the value and one and a half times it: their mean counts, and the log tells."""
    local = scatter()
    g = grades(local)
    twice = points(np.vstack([local, local]) + [WEST, SOUTH], g=np.concatenate([0.5 * g, 1.5 * g]))
    feedback = make_feedback()
    toolbox("kriging", feedback=feedback, INPUT=twice, FIELDS=["g"], VARIOGRAM=files["good"], CELL_SIZE=50,
            EXTENT="500000,501000,6700000,6700800", OUTPUT=str(tmp_path / "twice.tif"))
    toolbox("kriging", INPUT=layers["good"], FIELDS=["g"], VARIOGRAM=files["good"], CELL_SIZE=50,
            EXTENT="500000,501000,6700000,6700800", OUTPUT=str(tmp_path / "once.tif"))
    assert any("40 samples lie exactly at the place of another one" in line for line in feedback.info)
    assert any("40 coincident samples were merged" in line for line in feedback.info)
    twice, once = read(tmp_path / "twice.tif"), read(tmp_path / "once.tif")
    assert (twice["g:variance"] < once["g:variance"]).all()
    npt.assert_allclose(twice["g:estimate"], once["g:estimate"], atol=0.15)


def test_layer_and_grid_in_different_crs(toolbox, points, read, files, tmp_path):
    """A layer in degrees with a chosen CRS and an extent in degrees is the same map as everything in metres."""
    local = scatter()
    utm, degrees = QgsCoordinateReferenceSystem("EPSG:32650"), QgsCoordinateReferenceSystem("EPSG:4326")
    there = QgsCoordinateTransform(utm, degrees, QgsProject.instance())
    lonlat = [there.transform(x, y) for x, y in (local + [WEST, 6_700_000.0]).tolist()]
    common = {"FIELDS": ["g"], "VARIOGRAM": files["good"], "CELL_SIZE": 50}
    layer = points([[p.x(), p.y()] for p in lonlat], crs="EPSG:4326", g=grades(local))
    box = there.transformBoundingBox(QgsRectangle(WEST + 100, SOUTH + 100, WEST + 900, SOUTH + 700))
    extent = f"{box.xMinimum()},{box.xMaximum()},{box.yMinimum()},{box.yMaximum()} [EPSG:4326]"
    toolbox("kriging", INPUT=layer, CRS="EPSG:32650", EXTENT=extent, OUTPUT=str(tmp_path / "degrees.tif"), **common)
    mapped = read(tmp_path / "degrees.tif")
    extent = QgsCoordinateTransform(degrees, utm, QgsProject.instance()).transformBoundingBox(box)
    toolbox("kriging", INPUT=points(local + [WEST, SOUTH], g=grades(local)), OUTPUT=str(tmp_path / "metres.tif"),
            EXTENT=f"{extent.xMinimum()},{extent.xMaximum()},{extent.yMinimum()},{extent.yMaximum()} [EPSG:32650]",
            **common)
    plain = read(tmp_path / "metres.tif")
    npt.assert_allclose(mapped.transform, plain.transform, rtol=0.0, atol=1e-3)
    assert mapped.transform[0] == pytest.approx(WEST + 100, abs=5.0)
    npt.assert_allclose(mapped["g:estimate"], plain["g:estimate"], rtol=0.0, atol=1e-5)
    toolbox("kriging", INPUT=layer, GRID_RASTER=str(tmp_path / "metres.tif"), OUTPUT=str(tmp_path / "like.tif"),
            **common)
    like = read(tmp_path / "like.tif")
    assert like.transform == plain.transform
    npt.assert_allclose(like["g:estimate"], plain["g:estimate"], rtol=0.0, atol=1e-5)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 400 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)]
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_full_disk_of_the_result(toolbox, layers, files, small_disk):
    """Raster, report and samples: the old files are all that is there afterwards, as they were."""
    common = {"INPUT": layers["good"], "VARIOGRAM": files["good"]}
    (small_disk / "o.tif").write_text("the result of last week")
    words = refusal(toolbox, OUTPUT=str(small_disk / "o.tif"), **{**common, "CELL_SIZE": 2})
    assert "is the disk full" in words
    assert (small_disk / "o.tif").read_text() == "the result of last week"
    assert [path.name for path in small_disk.iterdir()] == ["o.tif"]
    (small_disk / "fill").write_bytes(b"x" * 380_000)
    (small_disk / "r.html").write_text("old")
    words = refusal(toolbox, OUTPUT=str(small_disk.parent / "o.tif"), REPORT=str(small_disk / "r.html"), **common)
    assert "No space left on device" in words
    (small_disk / "s.gpkg").write_bytes(b"old")
    words = refusal(toolbox, "fluxgradient", OUTPUT=str(small_disk.parent / "s.tif"),
                    OUTPUT_SAMPLES=str(small_disk / "s.gpkg"), **common)
    assert f"could not be written to '{small_disk / 's.gpkg'}'" in words
    assert "is the disk full" in words
    assert {path.name: path.read_bytes()[:3] for path in small_disk.iterdir()} == {
        "o.tif": b"the", "fill": b"xxx", "r.html": b"old", "s.gpkg": b"old"}
    assert not (small_disk.parent / "s.tif").exists()


@pytest.mark.parametrize("left", [1_000, 200_000], ids=["inputs", "results"])
def test_full_disk_of_the_jobs(toolbox, points, files, small_disk, monkeypatch, tmp_path, left):
    """The samples do not fit into the working folder, or the result does not."""
    monkeypatch.setenv("LODESCOPE_JOBS", str(small_disk / "jobs"))
    (small_disk / "fill").write_bytes(b"x" * (400 * 1024 - left - 8192))
    local = scatter(300)
    layer = points(local + [WEST, SOUTH], g=grades(local))
    words = refusal(toolbox, INPUT=layer, VARIOGRAM=files["good"], CELL_SIZE=3, OUTPUT=str(tmp_path / "o.tif"))
    assert "disk" in words
    assert "full" in words
    assert not (tmp_path / "o.tif").exists()


@pytest.fixture(scope="module")
def on_disk(layers, folder):
    """Layers as GeoPackages, for programs."""

    def write(name):
        path = folder / f"{name.replace(' ', '_')}.gpkg"
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName = "GPKG"
        transforms = QgsProject.instance().transformContext()
        QgsVectorFileWriter.writeAsVectorFormatV3(layers[name], str(path), transforms, options)
        return str(path)

    return write


def test_program_succeeds_with_zero(program, on_disk, files, read, tmp_path):
    code, output = program("kriging", INPUT=on_disk("good"), FIELDS="g", VARIOGRAM=files["good"], CELL_SIZE=50,
                           OUTPUT=tmp_path / "o.tif")
    assert code == 0, output
    assert set(read(tmp_path / "o.tif").bands) == {"g:estimate", "g:variance"}
    assert "RMSE" in output


@pytest.mark.parametrize(("layer", "more", "words"), [
    ("empty", {}, "has no features to read"),
    ("good", {"VARIOGRAM": "model"}, "names the model 'wavelet'"),
    ("good", {"OUTPUT": "/nowhere/o.tif"}, "does not exist"),
])
def test_program_fails_with_a_sentence_and_an_exit_code(program, on_disk, files, tmp_path, layer, more, words):
    parameters = {"VARIOGRAM": "good", "CELL_SIZE": 50, "OUTPUT": tmp_path / "o.tif", **more}
    parameters["VARIOGRAM"] = files[parameters["VARIOGRAM"]]
    code, output = program("kriging", INPUT=on_disk(layer), FIELDS="g", **parameters)
    assert code not in (0, -6, -11)
    assert words in output
    assert "Traceback" not in output
    assert list(tmp_path.iterdir()) == []
