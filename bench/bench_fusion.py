"""Fusion of 60 rasters of 5000 x 5000 cells with 5,000 samples: time against bare reading of the same tiles, memory.

The rasters are made once, as tiled GeoTIFFs with DEFLATE; ten names share each file. The feature raster has ten
components. LODESCOPE_BENCH_CELLS sets another side than 5000. Reading, fusing and the worker each run in processes of
their own. The features from neighbours are timed apart, for each cell.

Run: python bench/bench_fusion.py
"""
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIDE, RASTERS, FILES, SAMPLES, COMPONENTS = int(os.environ.get("LODESCOPE_BENCH_CELLS", "5000")), 60, 6, 5000, 10
WEST, NORTH, CELL = 500_000.0, 4_000_000.0, 10.0
ROOT = Path(__file__).resolve().parents[1]
MOST_SECONDS, MOST_MEMORY = 3.0, 2000.0


def make_rasters(folder):
    """Smooth fields with some noise, as geophysical grids have."""
    import numpy as np
    from osgeo import gdal, osr

    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32650)
    rng = np.random.default_rng(1)
    axis = np.arange(SIDE) / 300.0
    options = ["TILED=YES", "COMPRESS=DEFLATE", "PREDICTOR=3", "NUM_THREADS=2", "ZLEVEL=1"]
    for number in range(FILES):
        dataset = gdal.GetDriverByName("GTiff").Create(str(folder / f"f{number}.tif"), SIDE, SIDE, 1, gdal.GDT_Float32,
                                                       options)
        dataset.SetGeoTransform((WEST, CELL, 0.0, NORTH, 0.0, -CELL))
        dataset.SetProjection(reference.ExportToWkt())
        dataset.GetRasterBand(1).SetNoDataValue(-9999.0)
        for top in range(0, SIDE, 256):
            rows = axis[top:top + 256, None]
            part = np.exp(np.sin(axis * (number + 1) / 2.0) + np.cos(rows + number))
            part = part + 0.02 * rng.normal(0.0, 1.0, part.shape).round(1)
            dataset.GetRasterBand(1).WriteArray(part.astype(np.float32), 0, top)
        dataset = None
    for number in range(RASTERS):
        os.link(folder / f"f{number % FILES}.tif", folder / f"r{number}.tif")


def read_bare(folder):
    """Seconds to read every tile of every raster with GDAL, window by window as fusion does.

    It is measured before and after the fusion, since other work on the machine comes and goes.
    """
    from osgeo import gdal

    datasets = [gdal.Open(str(folder / f"r{number}.tif")) for number in range(RASTERS)]
    start, used = time.perf_counter(), time.process_time()
    for top in range(0, SIDE, 256):
        for left in range(0, SIDE, 1024):
            for dataset in datasets:
                dataset.GetRasterBand(1).ReadAsArray(left, top, min(1024, SIDE - left), min(256, SIDE - top))
    return {"seconds": time.perf_counter() - start, "processor": time.process_time() - used}


def fuse(folder):
    """Seconds and peak memory of QGIS and of the worker, for one fusion."""
    import resource

    from qgis.core import QgsApplication, QgsFeature, QgsGeometry, QgsPointXY, QgsProcessingContext, QgsVectorLayer

    os.environ["LODESCOPE_JOBS"] = str(folder / "jobs")
    application = QgsApplication([], False)
    application.initQgis()
    sys.path.append("/usr/share/qgis/python/plugins")
    import numpy as np
    import processing
    from processing.core.Processing import Processing

    Processing.initialize()
    from lodescope.processing_provider.provider import LodescopeProvider

    provider = LodescopeProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    layer = QgsVectorLayer("Point?crs=EPSG:32650&field=grade:double", "samples", "memory")
    rng, features = np.random.default_rng(2), []
    for x, y in rng.uniform(0.0, SIDE * CELL, (SAMPLES, 2)).tolist():
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(WEST + x, NORTH - y)))
        feature.setAttributes([rng.lognormal()])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.updateExtents()
    start, used = time.perf_counter(), time.process_time()
    outputs = processing.run("lodescope:fusefeatures", {
        "SAMPLES": layer, "TARGETS": ["grade"], "RASTERS": [str(folder / f"r{k}.tif") for k in range(RASTERS)],
        "STEPS": ["boxcox", "impute", "coordinates", "scale", "pca"], "COMPONENTS": COMPONENTS,
        "GRID_RASTER": str(folder / "r0.tif"), "OUTPUT": str(folder / "out.tif"),
        "RECIPE": str(folder / "r.safetensors"), "OUTPUT_SAMPLES": str(folder / "out.gpkg"),
        "REPORT": str(folder / "r.html")},
        context=QgsProcessingContext(), is_child_algorithm=True)
    seconds, children = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": seconds, "qgis": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
            "worker": children.ru_maxrss / 1024.0, "bands": outputs["BAND_COUNT"],
            "processor": time.process_time() - used + children.ru_utime + children.ru_stime}


def neighbours():
    """Seconds per million cells of the features from neighbours of one target."""
    import numpy as np
    from common import load_package

    load_package()
    from lodescope.algorithms.fusion.recipe import Recipe
    from lodescope.algorithms.fusion.table import cell_table

    rng = np.random.default_rng(3)
    places = rng.uniform(0.0, 10_000.0, (SAMPLES, 2))
    values = np.sin(places[:, 0] / 500.0) + rng.normal(0.0, 0.3, SAMPLES)
    recipe = Recipe.fit(cell_table(places, targets={"y": values}), {"components": 0})
    cells = cell_table(rng.uniform(0.0, 10_000.0, (20_000, 2)))
    start = time.process_time()
    recipe.transform(cells, cells=True)
    return 1e6 * (time.process_time() - start) / len(cells)


def hole_wise(table, settings, groups):
    """R2 of a plain random forest over five folds of whole groups; every transform is fitted in its training fold."""
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor

    from lodescope.algorithms.fusion.recipe import Recipe

    fold, y = np.random.default_rng(0).permutation(groups.max() + 1)[groups] % 5, table.targets["y"]
    predicted = np.empty(len(y))
    for k in range(5):
        train, test = table.take(fold != k), table.take(fold == k)
        recipe = Recipe.fit(train, {"components": 0, **settings}, np.random.default_rng(1))
        forest = RandomForestRegressor(100, min_samples_leaf=2, max_features=0.4, random_state=0)
        predicted[fold == k] = forest.fit(recipe.transform(train), train.targets["y"]).predict(recipe.transform(test))
    return 1.0 - np.square(y - predicted).sum() / np.square(y - y.mean()).sum()


def read_csv(*parts):
    """A reference table as a function that gives its columns as numbers or texts."""
    import csv

    import numpy as np

    with (ROOT.parent / "shared" / "data").joinpath(*parts).open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))

    def column(name, words=False):
        if words:
            return np.unique([line[name] for line in lines], return_inverse=True)
        return np.array([float(line[name]) if line[name] not in ("", "-") else np.nan for line in lines])

    return column


def potassium(logged=True):
    """R2 of log potassium in regolith, by spatial blocks of 25 km, which stand for the holes."""
    import numpy as np

    from lodescope.algorithms.fusion.table import SampleTable

    column = read_csv("wachem_sir_samuel", "sir_samuel_K.csv")
    places = np.column_stack([column("EASTING"), column("NORTHING")])
    blocks = np.unique(np.floor((places - places.min(axis=0)) / 25_000.0), axis=0, return_inverse=True)[1].reshape(-1)
    names = ("relief4", "er_depg", "sagawet", "dem_foc2", "outcrop", "k_15v5")
    classes = {name: column(name, True)[::-1] for name in ("LITHNAME", "SAMPLETYPE")} if logged else {}
    classes = {name: (codes, labels.tolist()) for name, (codes, labels) in classes.items()}
    table = SampleTable(places, blocks, {name: column(name) for name in names}, classes, {"y": column("K_ppm_imp_")},
                        frozenset(names))
    return hole_wise(table, {"use": "xrf_first"}, blocks)


def potassium_of_rasters():
    """The same without what was logged at the samples."""
    return potassium(False)


def rare_earths():
    """R2 of log TREO by holes, from the other majors, the logged lithology and the place."""
    import numpy as np

    from lodescope.algorithms.fusion.table import SampleTable

    column = read_csv("ree_carbonatite_drillholes", "drillholes.csv")
    grade = column("CEO2") + column("LA2O3") + column("ND2O3")
    rocks, rock = column("LITO", True)
    majors = ("P2O5", "CAO", "FE2O3", "SIO2", "AL2O3", "MGO", "TIO2", "NB2O5", "BAO", "S", "SRO", "K2O", "NA2O", "MNO")
    holes = column("BHID", True)[1]
    table = SampleTable(
        np.column_stack([column(axis) for axis in "XYZ"]), holes, {name: column(name) for name in majors},
        {"rock": (rock, rocks.tolist())}, {"y": np.log10(np.where(grade > 0.0, grade, np.nan))}).take(grade > 0.0)
    return hole_wise(table, {"use": "xrf_first", "neighbours": 0}, table.groups)


def accuracy():
    """Lines on real data; none where they are not there."""
    from common import load_package

    load_package()
    lines = []
    wanted = (("Potassium by blocks, rasters only: R2 (kriging 0.21)", potassium_of_rasters, None),
              ("Potassium by blocks, rasters and logged regolith: R2", potassium, 0.70),
              ("log TREO from majors by holes: R2", rare_earths, 0.80))
    for name, work, bar in wanted:
        try:
            found = work()
        except FileNotFoundError:
            continue
        lines.append({"name": name, "measured": found, "bar": bar and f">= {bar:.2f}",
                      "met": bar and bool(found >= bar),
                      "note": "random forest, every transform fitted in the training folds"})
    return lines


def in_qgis(word, folder):
    """Result of one measurement in a process of QGIS's Python."""
    worker = os.environ.get("LODESCOPE_PYTHON", str(ROOT / ".venv" / "worker" / "bin" / "python"))
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "LODESCOPE_PYTHON": worker}
    python = ROOT / ".venv" / "qgis" / "bin" / "python"
    done = subprocess.run([str(python), __file__, word, str(folder)], check=True, stdout=subprocess.PIPE, text=True,
                          env=variables)
    return json.loads(done.stdout.splitlines()[-1])


def rows():
    """The lines of the table."""
    build = ROOT / "build" / "bench"
    build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as name:
        folder = Path(name)
        in_qgis("make", folder)
        before, fused, after = (in_qgis(word, folder) for word in ("bare", "fuse", "bare"))
    bare = {key: 0.5 * (before[key] + after[key]) for key in before}
    size = f"{RASTERS} rasters of {SIDE} x {SIDE}"
    ratio, memory = fused["seconds"] / bare["seconds"], fused["qgis"] + fused["worker"]
    work = fused["processor"] / bare["processor"]
    parts = f"QGIS {fused['qgis']:.0f}, worker {fused['worker']:.0f}"
    note = f"{bare['seconds']:.0f} s to read, {fused['seconds']:.0f} s to fuse into {COMPONENTS} bands"
    busy = f"{bare['processor']:.0f} s to read, {fused['processor']:.0f} s to fuse, all processes together"
    return [
        (f"Fusion of {size}: time over bare reading", ratio, f"<= {MOST_SECONDS:g}", ratio <= MOST_SECONDS, memory,
         note),
        (f"Fusion of {size}: processor time over bare reading", work, f"<= {MOST_SECONDS:g}", work <= MOST_SECONDS,
         memory, busy),
        (f"Fusion of {size}: memory of QGIS and worker (MB)", memory, f"<= {MOST_MEMORY:g}", memory <= MOST_MEMORY,
         memory, parts),
        ("Neighbour features: seconds per million cells", neighbours(), None, None, None, f"{SAMPLES} samples, 2-D"),
        *accuracy(),
    ]


if __name__ == "__main__":
    from common import as_line, load_package, show

    if len(sys.argv) < 2:
        show([as_line(line) for line in rows()])
    else:
        load_package()
        work = {"make": make_rasters, "bare": read_bare, "fuse": fuse}[sys.argv[1]]
        print(json.dumps(work(Path(sys.argv[2]))), flush=True)
        os._exit(0)  # QGIS cannot always be taken down in order
