"""Flux gradients from layer to GeoTIFF and samples: planes, central differences, and no leak from a hole to itself."""
import numpy as np
import numpy.testing as npt
import pytest
from qgis.core import QgsVectorLayer

from lodescope.processing_provider.data.fields import is_null

WEST, SOUTH, BASE = 500_000.0, 6_700_000.0, 300.0
ORIGIN = np.array([WEST, SOUTH, BASE])
SMOOTH = {"model": "matern25", "sill": 1.0, "ranges": [400.0, 300.0, 120.0], "azimuth": 30.0, "dip": -15.0}
STEP = 2.5
NEAR = tuple(360.0 + STEP * k for k in range(-3, 4))
# Central differences of sixth order: offsets in cells, and weights.
STENCIL = tuple(zip((-3, -2, -1, 1, 2, 3), np.array([-1.0, 9.0, -45.0, 45.0, -9.0, 1.0]) / 60.0))


def box(dimensions, count, rng):
    return rng.uniform(0.0, 1.0, (count, dimensions)) * [1000.0, 800.0, 120.0][:dimensions]


def wavy(local):
    """A smooth field of about unit variance."""
    return np.sin(local[:, 0] / 130.0) + np.cos(local[:, 1] / 110.0) + 0.02 * local[:, -1] * (local.shape[1] == 3)


@pytest.mark.parametrize(("dimensions", "file"), [(2, False), (3, True)])
def test_gradient_of_a_plane_is_its_slope(toolbox, points, read, variogram_file, tmp_path, dimensions, file):
    local = box(dimensions, 60, np.random.default_rng(5))
    columns = dict(zip(("east", "north", "up"), local.T))
    more = {"LEVELS": "340, 380"} if dimensions == 3 else {}
    if file:
        more["VARIOGRAM"] = variogram_file(tmp_path / "v.json", 0.1, SMOOTH)
    toolbox("fluxgradient", INPUT=points(local + ORIGIN[:dimensions], **columns), FIELDS=list(columns), DRIFT="linear",
            CELL_SIZE=50, OUTPUT=str(tmp_path / "g.tif"), **more)
    raster = read(tmp_path / "g.tif")
    axes = ("dx", "dy", "dz")[:dimensions]
    for name, along in zip(columns, axes):
        for end in ("@z=340", "@z=380") if dimensions == 3 else ("",):
            for axis in axes:
                npt.assert_allclose(raster[f"{name}:{axis}{end}"], float(axis == along), rtol=0.0, atol=1e-6)
            npt.assert_allclose(raster[f"{name}:magnitude{end}"], 1.0, rtol=1e-6)
            if along != "dz":
                turn = raster[f"{name}:azimuth{end}"] - {"dx": 90.0, "dy": 0.0}[along]
                npt.assert_allclose((turn + 180.0) % 360.0, 180.0, atol=1e-3)
            if dimensions == 3:
                npt.assert_allclose(raster[f"{name}:plunge{end}"], 90.0 * (along == "dz"), atol=1e-3)


def difference(values, axis, step):
    """Central difference along an axis, without the three cells at each end."""
    size = values.shape[axis]
    inner = [np.take(values, range(3 + offset, size - 3 + offset), axis) for offset, _ in STENCIL]
    return sum(weight * part for (_, weight), part in zip(STENCIL, inner)) / step


def crop(values, *axes):
    """Without the three cells at each end of the axes."""
    for axis in axes:
        values = np.take(values, range(3, values.shape[axis] - 3), axis)
    return values


@pytest.fixture(scope="module")
def fine(toolbox, points, read, variogram_file, folder):
    """Fine rasters of a smooth field in two and three dimensions, and the distance of each cell to the samples."""
    found = {}
    for dimensions in (2, 3):
        local = box(dimensions, 90, np.random.default_rng(6))
        path = variogram_file(folder / f"smooth{dimensions}.json", 0.02, SMOOTH)
        more = {"LEVELS": ",".join(map(str, NEAR))} if dimensions == 3 else {}
        toolbox("fluxgradient", INPUT=points(local + ORIGIN[:dimensions], g=wavy(local)), FIELDS=["g"], VARIOGRAM=path,
                CELL_SIZE=STEP, EXTENT="500300,500450,6700300,6700400", OUTPUT=str(folder / f"fine{dimensions}.tif"),
                **more)
        raster = read(folder / f"fine{dimensions}.tif")
        targets = raster.centres(NEAR[3:4] if dimensions == 3 else ()) - ORIGIN[:dimensions]
        apart = np.linalg.norm(targets[:, None] - local[None], axis=2).min(axis=1).reshape(raster.x.shape)
        found[dimensions] = raster, apart
    return found


@pytest.mark.parametrize("dimensions", [2, 3])
def test_gradient_equals_central_differences(fine, dimensions):
    raster, apart = fine[dimensions]
    if dimensions == 2:
        estimate = raster["g:estimate"][None]
        bands = {axis: raster[f"g:{axis}"] for axis in ("dx", "dy")}
    else:
        estimate = raster.stack("g:estimate", NEAR)
        bands = {axis: raster[f"g:{axis}@z=360"] for axis in ("dx", "dy", "dz")}
    middle = estimate[len(estimate) // 2]
    expected = {"dx": crop(difference(middle, 1, STEP), 0), "dy": -crop(difference(middle, 0, STEP), 1)}
    if dimensions == 3:
        expected["dz"] = crop(difference(estimate, 0, STEP)[0], 0, 1)
    away = crop(apart, 0, 1) > 12.0
    assert away.mean() > 0.5
    largest = max(np.abs(values).max() for values in bands.values())
    for axis, values in expected.items():
        npt.assert_allclose(crop(bands[axis], 0, 1)[away], values[away], rtol=0.0, atol=1e-5 * largest)


def test_length_and_direction_follow_from_the_components(fine):
    raster, _ = fine[3]
    dx, dy, dz = (raster.stack(f"g:{axis}", NEAR) for axis in ("dx", "dy", "dz"))
    length = np.sqrt(dx**2 + dy**2 + dz**2)
    npt.assert_allclose(raster.stack("g:magnitude", NEAR), length, rtol=1e-5)
    turn = raster.stack("g:azimuth", NEAR) - np.degrees(np.arctan2(dx, dy))
    npt.assert_allclose((turn + 180.0) % 360.0, 180.0, atol=1e-2)
    npt.assert_allclose(raster.stack("g:plunge", NEAR), np.degrees(np.arcsin(dz / length)), atol=1e-2)
    for axis in ("dx", "dy", "dz"):
        sd = raster.stack(f"g:{axis}_sd", NEAR)
        assert (sd > 0.0).all()
        assert np.isfinite(sd).all()


def test_log_gradient_is_the_chain_rule_at_fixed_variance(toolbox, points, read, variogram_file, folder):
    local = box(2, 90, np.random.default_rng(7))
    logs = 0.7 * wavy(local)
    layer = points(local + ORIGIN[:2], g=np.exp(logs), y=logs)
    common = {"INPUT": layer, "CELL_SIZE": 20, "EXTENT": "500100,500900,6700100,6700700",
              "QUANTITIES": ["estimate", "variance", "dx", "dy", "sd"]}
    for field, transform in (("g", "log"), ("y", "none")):
        path = variogram_file(folder / f"{field}.json", 0.02, {**SMOOTH, "sill": 0.6}, transform=transform)
        toolbox("fluxgradient", FIELDS=[field], VARIOGRAM=path, OUTPUT=str(folder / f"{field}.tif"), **common)
    grade, plain = read(folder / "g.tif"), read(folder / "y.tif")
    npt.assert_allclose(grade["g:estimate"], np.exp(plain["y:estimate"] + 0.5 * plain["y:variance"]), rtol=2e-6)
    for axis in ("dx", "dy"):
        npt.assert_allclose(grade[f"g:{axis}"], grade["g:estimate"] * plain[f"y:{axis}"], rtol=2e-6, atol=1e-9)
        npt.assert_allclose(grade[f"g:{axis}_sd"], grade["g:estimate"] * plain[f"y:{axis}_sd"], rtol=2e-6)


def test_mask_hides_what_does_not_stand_out(toolbox, points, read, folder, fine):
    """Cells whose gradient is below so many standard deviations are empty, all others as they were."""
    local, whole = box(2, 90, np.random.default_rng(6)), fine[2][0]
    middle = float(np.median(whole["g:significance"]))
    toolbox("fluxgradient", INPUT=points(local + ORIGIN[:2], g=wavy(local)), FIELDS=["g"], MASK=middle, CELL_SIZE=STEP,
            VARIOGRAM=str(folder / "smooth2.json"), EXTENT="500300,500450,6700300,6700400",
            OUTPUT=str(folder / "masked.tif"))
    masked, hidden = read(folder / "masked.tif"), whole["g:significance"] < middle
    assert hidden.mean() == 0.5
    for name in ("g:dx", "g:dy", "g:magnitude", "g:azimuth", "g:dx_sd"):
        npt.assert_array_equal(masked[name], np.where(hidden, np.nan, whole[name]))
    npt.assert_array_equal(masked["g:estimate"], whole["g:estimate"])


LEVELS = (340.0, 360.0, 380.0, 400.0)


@pytest.fixture(scope="module")
def holes(points):
    """Nine vertical holes on cell centres, a second field with gaps, and last a sample without any value.

    Gives the local places, the names of the holes, and a function that makes
    the layer, with the values in another order or of some rows only.
    """
    rng = np.random.default_rng(9)
    cells = rng.permutation(20 * 16)[:9]
    collars = np.column_stack([cells % 20, cells // 20]) * 50.0 + 25.0
    local = np.column_stack([np.repeat(collars, 4, axis=0), np.tile(np.array(LEVELS) - BASE, 9)])
    values = wavy(local) + rng.normal(0.0, 0.1, len(local))
    local = np.vstack([local, [510.0, 390.0, 70.0]])
    names = [*(f"DH{k:02d}" for k in np.repeat(np.arange(9), 4)), "DH99"]

    def layer(order=None, rows=range(37)):
        g = [*(values if order is None else values[order]), None]
        half = [None if k % 5 == 2 or v is None else 3.0 * v for k, v in enumerate(g)]
        return points(local[list(rows)] + ORIGIN, hole=[names[k] for k in rows], g=[g[k] for k in rows],
                      half=[half[k] for k in rows])

    return local, names, layer


@pytest.fixture(scope="module")
def at_samples(toolbox, holes, variogram_file, folder):
    """Run with samples: ``at_samples(name, **more)`` gives rows of attributes."""
    path = variogram_file(folder / "holes.json", 0.05, SMOOTH)

    def run(name, fields=("g",), **more):
        results = toolbox("fluxgradient", FIELDS=list(fields), VARIOGRAM=path, HOLE_ID="hole", CELL_SIZE=50,
                          OUTPUT=str(folder / f"{name}.tif"), OUTPUT_SAMPLES=str(folder / f"{name}.gpkg"),
                          **{"LEVELS": "360", "INPUT": holes[2](), **more})
        layer = QgsVectorLayer(results["OUTPUT_SAMPLES"], name, "ogr")
        assert layer.isValid()
        return [dict(zip(layer.fields().names(), feature.attributes())) for feature in layer.getFeatures()]

    return run


@pytest.fixture(scope="module")
def table(at_samples):
    """Features of all samples for both fields."""
    return at_samples("all", fields=("g", "half"), KEEP_SILL=True)


FEATURES = ("estimate", "sd", "dx", "dy", "dz", "magnitude", "azimuth", "plunge", "dx_sd", "dy_sd", "dz_sd",
            "magnitude_sd")


def test_samples_gain_fields_and_keep_theirs(table, holes):
    _, names, layer = holes
    assert list(table[0])[:4] == ["fid", "hole", "g", "half"]
    assert list(table[0])[4:] == [f"{field}_{name}" for field in ("g", "half") for name in FEATURES]
    assert [row["hole"] for row in table] == names
    for row, feature in zip(table, layer().getFeatures()):
        assert (row["g"], row["half"]) == (feature["g"], feature["half"])
    for row in table[:36]:
        assert all(np.isfinite(row[f"{field}_{name}"]) for field in ("g", "half") for name in FEATURES)
    assert all(is_null(table[36][f"{field}_{name}"]) for field in ("g", "half") for name in FEATURES)


def test_features_are_those_of_a_run_without_the_hole(toolbox, table, holes, read, folder):
    """The hole is dropped from the layer, and its places, also those without a value, are cells of a grid."""
    local, _, layer = holes
    hole = int(np.argmin(np.linalg.norm(local[:36:4, :2] - [500.0, 400.0], axis=1)))
    rows = np.arange(4 * hole, 4 * hole + 4)
    others = [k for k in range(37) if k not in rows]
    toolbox("fluxgradient", INPUT=layer(rows=others), FIELDS=["g", "half"], VARIOGRAM=str(folder / "holes.json"),
            KEEP_SILL=True, CELL_SIZE=50, EXTENT="500000,501000,6700000,6700800", LEVELS=",".join(map(str, LEVELS)),
            OUTPUT=str(folder / "without.tif"),
            QUANTITIES=["estimate", "variance", "dx", "dy", "dz", "magnitude", "azimuth", "plunge", "sd"])
    raster = read(folder / "without.tif")
    apart = np.hypot(raster.x - WEST - local[rows[0], 0], raster.y - SOUTH - local[rows[0], 1])
    row, column = np.argwhere(apart < 1e-6)[0]
    assert any(is_null(table[k]["half"]) for k in rows)
    for field in ("g", "half"):
        for name in FEATURES:
            cells = raster.stack(f"{field}:" + {"sd": "variance"}.get(name, name), LEVELS)[:, row, column]
            found = [table[k][f"{field}_{name}"] for k in rows]
            npt.assert_allclose(found, np.sqrt(cells) if name == "sd" else cells, rtol=2e-6, atol=2e-6, err_msg=name)


def test_values_of_a_hole_do_not_reach_its_own_features(at_samples, table, holes):
    """Turned around within one hole, its values change the features of other holes only."""
    order = np.arange(36)
    order[8:12] = [11, 8, 10, 9]
    other = at_samples("turned", INPUT=holes[2](order))
    before, after = ([[row[f"g_{name}"] for name in FEATURES] for row in rows[:36]] for rows in (table, other))
    same = np.isclose(before, after, rtol=1e-9, atol=1e-12)
    assert same[8:12].all()
    assert not same[:8, 0].any()
    assert not same[12:, 0].any()


@pytest.fixture(scope="module")
def elements(toolbox, points, read, variogram_file, folder):
    """Rasters by name: plain kriging, finite elements of strength 0, and of 150 m."""
    local = box(2, 50, np.random.default_rng(12))
    layer = points(local + ORIGIN[:2], g=wavy(local))
    path = variogram_file(folder / "elements.json", 0.1, SMOOTH)
    common = {"INPUT": layer, "FIELDS": ["g"], "VARIOGRAM": path, "CELL_SIZE": 25,
              "EXTENT": "500000,501000,6700000,6700800",
              "QUANTITIES": ["estimate", "dx", "dy", "flux", "divergence", "change"]}
    found = {}
    for name, more in (("plain", {"METHOD": "kriging"}), ("zero", {"METHOD": "finite element", "STRENGTH": 0.0}),
                       ("law", {"METHOD": "finite element", "STRENGTH": 150.0})):
        toolbox("fluxgradient", OUTPUT=str(folder / f"{name}.tif"), **more, **common)
        found[name] = read(folder / f"{name}.tif")
    return found


def test_flux_law_without_strength_is_kriging(elements):
    for band in ("g:estimate", "g:dx", "g:dy", "g:flux_x"):
        npt.assert_array_equal(elements["zero"][band], elements["plain"][band])
    npt.assert_allclose(elements["plain"]["g:flux_x"], -elements["plain"]["g:dx"], rtol=1e-6)
    npt.assert_allclose(elements["plain"]["g:flux_y"], -elements["plain"]["g:dy"], rtol=1e-6)
    npt.assert_allclose(elements["zero"]["g:change"], 0.0, atol=1e-12)


def test_flux_law_shows_its_change_and_calms_sources(elements):
    law, plain = elements["law"], elements["plain"]
    change = law["g:estimate"] - plain["g:estimate"]
    npt.assert_allclose(law["g:change"], change, rtol=0.0, atol=1e-5)
    assert np.abs(change).max() > 0.01
    inner = (slice(2, -2), slice(2, -2))
    assert np.nanstd(law["g:divergence"][inner]) < np.nanstd(plain["g:divergence"][inner])
