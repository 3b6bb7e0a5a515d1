"""Shared parts of the QGIS-side tests.

Feedback that remembers, a small job, a Python made of a script; layers from arrays, algorithms run as users run them,
rasters read back with plain GDAL.
"""
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsPoint,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QVariant

from lodescope.processing_provider.provider import LodescopeProvider

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path("/usr/bin/qgis_process.bin")
UTM = "EPSG:32650"


class Feedback(QgsProcessingFeedback):
    """Keeps everything it is told; cancels itself at a progress, or some seconds after the worker's first word."""

    def __init__(self, cancel_at=None, cancel_after=None):
        super().__init__(False)
        self.cancel_at, self.cancel_after = cancel_at, cancel_after
        self.info, self.warnings, self.debug, self.console, self.bar = [], [], [], [], []
        self.cancelled_time = None
        self.progressChanged.connect(self._moved)

    def pushInfo(self, text):
        self.info.append(text)

    def pushWarning(self, text):
        self.warnings.append(text)

    def pushDebugInfo(self, text):
        self.debug.append(text)
        if self.cancel_after is not None and text.startswith("Worker "):
            threading.Timer(self.cancel_after, self._cancel_now).start()

    def pushConsoleInfo(self, text):
        self.console.append(text)

    def _moved(self, value):
        self.bar.append(value)
        if self.cancel_at is not None and value >= self.cancel_at and not self.isCanceled():
            self._cancel_now()

    def _cancel_now(self):
        self.cancelled_time = time.monotonic()
        self.cancel()


@pytest.fixture
def make_feedback():
    """`Feedback` with its arguments."""
    return Feedback


@pytest.fixture
def feedback():
    return Feedback()


@pytest.fixture
def jobs_root(tmp_path, monkeypatch):
    """An own folder for job folders."""
    root = tmp_path / "jobs"
    monkeypatch.setenv("LODESCOPE_JOBS", str(root))
    return root


@pytest.fixture
def resolver(monkeypatch):
    """The resolver without remembered answers, and without managed environments of this machine."""
    from lodescope.processing_provider.engine import resolver

    monkeypatch.setattr(resolver, "_answers", {})
    monkeypatch.setattr(resolver, "managed_pythons", list)
    return resolver


@pytest.fixture
def worker_python():
    """The worker's Python of the tests, from ``LODESCOPE_PYTHON``."""
    path = os.environ.get("LODESCOPE_PYTHON")
    if not path:
        pytest.skip("LODESCOPE_PYTHON is not set")
    return path


@pytest.fixture
def fake_python(tmp_path):
    """Make a program that stands for a Python: a script run with ``sys`` and ``time`` at hand."""

    def make(code, name="python-fake"):
        path = tmp_path / name
        path.write_text(f"#!{sys.executable}\nimport json, sys, time\n{code}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return make


@pytest.fixture
def selftest():
    """Make the settings and arrays of a self-test job; its sum is 499500."""

    def make(steps=10, seconds=0.0, **more):
        return {"steps": steps, "seconds": seconds, "seed": 7, **more}, {"values": np.arange(1000.0)}

    return make


@pytest.fixture(scope="module")
def worker():
    """The worker's Python of the tests, from ``LODESCOPE_PYTHON``."""
    path = os.environ.get("LODESCOPE_PYTHON")
    if not path:
        pytest.skip("LODESCOPE_PYTHON is not set")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory, request):
    """A folder for the results of one module."""
    return tmp_path_factory.mktemp(Path(request.module.__file__).stem)


@pytest.fixture(scope="module")
def toolbox(worker, folder):
    """Run an algorithm as the Python console does: ``toolbox(name, feedback=None, **parameters)`` gives the outputs."""
    from processing.core.Processing import Processing

    Processing.initialize()
    registry = QgsApplication.processingRegistry()
    provider = LodescopeProvider()
    registry.addProvider(provider)

    def run(name, feedback=None, context=None, **parameters):
        import processing

        if context is None:
            context = QgsProcessingContext()
            context.setProject(QgsProject.instance())
        return processing.run(f"lodescope:{name}", {"SEED": 1, **parameters}, feedback=feedback, context=context,
                              is_child_algorithm=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LODESCOPE_JOBS", str(folder / "jobs"))
        yield run
    registry.removeProvider(provider)


@pytest.fixture(scope="session")
def points():
    """Make a point layer: ``points(coordinates, crs=..., **columns)``; a column is an array or a list of texts."""

    def make(coordinates, crs=UTM, name="samples", **columns):
        coordinates = np.asarray(coordinates, float)
        kind = "PointZ" if coordinates.shape[1] == 3 else "Point"
        layer = QgsVectorLayer(f"{kind}?crs={crs}", name, "memory")
        fields = [QgsField(label, _type(column)) for label, column in columns.items()]
        layer.dataProvider().addAttributes(fields)
        layer.updateFields()
        features = []
        for row, place in enumerate(coordinates.tolist()):
            feature = QgsFeature(layer.fields())
            feature.setGeometry(QgsGeometry(QgsPoint(*place)))
            feature.setAttributes([_plain(column[row]) for column in columns.values()])
            features.append(feature)
        added, _ = layer.dataProvider().addFeatures(features)
        assert added
        layer.updateExtents()
        return layer

    return make


@pytest.fixture(scope="session")
def table():
    """Make a layer without geometry: ``table(name="table", **columns)``, columns as for ``points``."""

    def make(name="table", **columns):
        layer = QgsVectorLayer("None", name, "memory")
        layer.dataProvider().addAttributes([QgsField(label, _type(column)) for label, column in columns.items()])
        layer.updateFields()
        features = []
        for row in range(len(next(iter(columns.values())))):
            feature = QgsFeature(layer.fields())
            feature.setAttributes([_plain(column[row]) for column in columns.values()])
            features.append(feature)
        added, _ = layer.dataProvider().addFeatures(features)
        assert added
        return layer

    return make


def _type(column):
    """Field type of a column."""
    given = [value for value in column if value is not None]
    return QVariant.String if given and isinstance(given[0], str) else QVariant.Double


def _plain(value):
    """A value as an attribute."""
    return value if value is None or isinstance(value, str) else float(value)


class Raster:
    """A GeoTIFF as plain GDAL reads it.

    Attributes
    ----------
    bands : dict
        Arrays of float64 by band description, NaN where there is no data.
    transform : tuple
        GDAL's six numbers.
    x, y : numpy.ndarray, shape (rows, columns)
        Cell centres.
    """

    def __init__(self, path):
        dataset = gdal.Open(str(path))  # not kept: QGIS takes the drivers away before fixtures end
        self.transform, self.bands = dataset.GetGeoTransform(), {}
        for number in range(1, dataset.RasterCount + 1):
            band = dataset.GetRasterBand(number)
            values = band.ReadAsArray()
            self.nodata, self.kind = band.GetNoDataValue(), band.DataType
            self.bands[band.GetDescription()] = np.where(values == self.nodata, np.nan, values.astype(float))
        west, wide, _, north, _, high = self.transform
        self.x, self.y = np.meshgrid(west + (np.arange(dataset.RasterXSize) + 0.5) * wide,
                                     north + (np.arange(dataset.RasterYSize) + 0.5) * high)

    def __getitem__(self, description):
        return self.bands[description]

    def centres(self, levels=()):
        """Cell centres (cells, 2), or (cells, 3) level by level."""
        plan = np.column_stack([self.x.ravel(), self.y.ravel()])
        if not levels:
            return plan
        return np.vstack([np.column_stack([plan, np.full(len(plan), level)]) for level in levels])

    def stack(self, name, levels):
        """The bands ``name@z=LEVEL`` as an array (levels, rows, columns)."""
        return np.stack([self.bands[f"{name}@z={level:g}"] for level in levels])


@pytest.fixture(scope="session")
def read():
    """Read a raster: `Raster`."""
    return Raster


@pytest.fixture(scope="module")
def program(worker, folder):
    """``qgis_process`` with the plugin: ``program(name, **parameters)`` gives exit code, and all that it printed."""
    if not PROGRAM.exists():
        pytest.skip("qgis_process is not installed")
    plugins = folder / "plugins"
    plugins.mkdir(exist_ok=True)
    if not (plugins / "lodescope").exists():
        (plugins / "lodescope").symlink_to(ROOT)
    profile = folder / "profile"
    profile.mkdir(exist_ok=True)
    environment = {
        **os.environ, "QGIS_PLUGINPATH": str(plugins), "QGIS_CUSTOM_CONFIG_PATH": str(profile),
        "QGIS_OPTIONS_PATH": str(profile), "QT_QPA_PLATFORM": "offscreen", "LODESCOPE_PYTHON": worker,
        "LODESCOPE_JOBS": str(folder / "program-jobs"),
    }
    subprocess.run([str(PROGRAM), "plugins", "enable", "lodescope"], env=environment, check=True, capture_output=True)
    return Program(environment)


class Program:
    """``qgis_process`` with a profile of its own."""

    def __init__(self, environment):
        self.environment = environment

    def __call__(self, name, **parameters):
        process = self.start(name, **parameters)
        output, _ = process.communicate(timeout=400)
        return process.returncode, output

    def start(self, name, **parameters):
        """The running program (`subprocess.Popen`); its output and errors are one stream.

        ``name`` is that of an algorithm, or the path of a model; a list is given item by item.
        """
        what = name if name.endswith(".model3") else f"lodescope:{name}"
        items = [(key, item) for key, value in parameters.items()
                 for item in (value if isinstance(value, list) else [value])]
        words = [str(PROGRAM), "run", what, *(f"--{key}={item}" for key, item in items)]
        return subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)
