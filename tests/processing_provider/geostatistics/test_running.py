"""How runs behave: progress, cancel, a killed worker, going on afterwards, several at once, models and repeats."""
import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest
from qgis.core import (
    QgsProcessingException,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterFeatureSource,
    QgsProject,
    QgsVectorFileWriter,
)

WEST, SOUTH = 500_000.0, 6_700_000.0
STRUCTURE = {"model": "spherical", "sill": 1.0, "ranges": [300.0]}
OBEYED = 2.0  # seconds that a cancel may take
TILES = 52.0  # per cent at which the first tiles are done


def scatter(count):
    return np.random.default_rng(51).uniform(0.0, 1.0, (count, 2)) * [1000.0, 800.0]


def grades(local):
    return 2.0 + np.sin(local[:, 0] / 150.0) + 0.3 * np.cos(local[:, 1] / 40.0)


@pytest.fixture(scope="module")
def sized(points):
    """Layers of so many samples."""
    counts = (150, 1200, 2500, 6000)
    return {count: points(scatter(count) + [WEST, SOUTH], g=grades(scatter(count))) for count in counts}


@pytest.fixture(scope="module")
def variogram(variogram_file, folder):
    return variogram_file(folder / "v.json", 0.1, STRUCTURE)


@pytest.fixture
def watch(make_feedback):
    """Feedback that acts once, some seconds after a line with these words or at this point of the bar.

    ``watch(words, action, delay)`` or ``watch(percent, action)``; the action is a cancel unless one is given.
    """

    class Watch(make_feedback):
        def __init__(self, sign, action=None, delay=0.0):
            super().__init__()
            self.sign, self.action, self.delay = sign, action or self._cancel_now, delay

        def pushInfo(self, text):
            super().pushInfo(text)
            if isinstance(self.sign, str) and self.sign in text:
                self._act()

        def _moved(self, value):
            super()._moved(value)
            if not isinstance(self.sign, str) and value >= self.sign:
                self._act()

        def _act(self):
            self.sign = "acted"
            threading.Timer(self.delay, self.action).start()

    return Watch


def workers(jobs):
    """Process ids of the workers of job folders below ``jobs``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has just ended
            continue
        if any(word.decode("utf-8", "replace").startswith(str(jobs)) for word in words):
            found.append(int(process.name))
    return found


def gone(jobs, seconds=3.0):
    """Whether all workers of these job folders end within so many seconds."""
    end = time.monotonic() + seconds
    while workers(jobs) and time.monotonic() < end:
        time.sleep(0.05)
    return not workers(jobs)


@pytest.mark.parametrize(("name", "more"), [
    ("fitvariogram", {"FIELD": "g", "VARIOGRAM": "v.json", "REPORT": "r.html"}),
    ("kriging", {"FIELDS": ["g"], "CELL_SIZE": 4, "OUTPUT": "o.tif", "REPORT": "r.html"}),
    ("indicatorkriging", {"FIELDS": ["g"], "CELL_SIZE": 8, "OUTPUT": "o.tif"}),
    ("fluxgradient", {"FIELDS": ["g"], "CELL_SIZE": 8, "OUTPUT": "o.tif", "OUTPUT_SAMPLES": "s.gpkg"}),
])
def test_progress_moves_through_the_whole_run(toolbox, sized, make_feedback, tmp_path, name, more):
    feedback = make_feedback()
    places = {key: str(tmp_path / value) if isinstance(value, str) and "." in value else value
              for key, value in more.items()}
    toolbox(name, feedback=feedback, INPUT=sized[150], **places)
    assert feedback.bar == sorted(feedback.bar)
    assert feedback.bar[0] < 5.0
    assert feedback.bar[-1] >= 99.0
    assert len(set(feedback.bar)) >= 8
    assert np.diff([0.0, *feedback.bar]).max() <= 40.0


def test_reading_many_samples_does_not_turn_the_bar_back(toolbox, points, variogram, make_feedback, tmp_path):
    """45,000 features without a value, among them 60 with one: reading reports progress of its own."""
    local, feedback = np.tile(scatter(60), (750, 1)), make_feedback()
    values = [value if k < 60 else None for k, value in enumerate(grades(local))]
    toolbox("kriging", feedback=feedback, INPUT=points(local + [WEST, SOUTH], g=values), FIELDS=["g"], CELL_SIZE=50,
            VARIOGRAM=variogram, OUTPUT=str(tmp_path / "o.tif"))
    assert feedback.bar == sorted(feedback.bar)
    assert len([value for value in feedback.bar if value <= 2.0]) >= 2


@pytest.mark.parametrize(("step", "count", "sign", "delay"), [
    ("fit", 2500, "transform none.", 0.4),
    ("factorisation", 6000, "Engine exact", 1.0),
    ("tiles", 1200, TILES, 0.2),
])
def test_cancel_is_obeyed_at_once(toolbox, sized, variogram, watch, jobs_root, tmp_path, step, count, sign, delay):
    more = {} if step == "fit" else {"VARIOGRAM": variogram}
    old = tmp_path / "o.tif"
    old.write_text("the result of last week")
    feedback = watch(sign, delay=delay)
    results = toolbox("kriging", feedback=feedback, INPUT=sized[count], FIELDS=["g"], TRANSFORM="none",
                      CELL_SIZE=2 if step == "tiles" else 10, OUTPUT=str(old), **more)
    took = time.monotonic() - feedback.cancelled_time
    print(f"cancel in the {step}: {took:.2f} s at {feedback.bar[-1]:.0f} %")
    assert took <= OBEYED
    assert results == {}
    assert old.read_text() == "the result of last week"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["jobs", "o.tif"]
    assert gone(jobs_root, 1.0)
    assert any("cancelled; nothing was written" in line for line in feedback.info)
    assert len([path for path in jobs_root.iterdir() if path.is_dir()]) == 1


@pytest.fixture(scope="module")
def undisturbed(toolbox, sized, variogram, read, folder):
    """The raster of a run that nobody stopped, and its parameters."""
    parameters = {"INPUT": sized[1200], "FIELDS": ["g"], "VARIOGRAM": variogram, "CELL_SIZE": 5}
    toolbox("kriging", OUTPUT=str(folder / "undisturbed.tif"), **parameters)
    return read(folder / "undisturbed.tif"), parameters


@pytest.mark.parametrize("how", ["cancelled", "killed"])
def test_stopped_run_goes_on_where_it_stopped(toolbox, undisturbed, watch, make_feedback, read, jobs_root, tmp_path,
                                              how):
    whole, parameters = undisturbed
    path = str(tmp_path / "o.tif")
    if how == "killed":
        feedback = watch(TILES, lambda: [os.kill(worker, signal.SIGKILL) for worker in workers(jobs_root)])
        with pytest.raises(QgsProcessingException, match="stopped by the system"):
            toolbox("kriging", feedback=feedback, OUTPUT=path, **parameters)
    else:
        feedback = watch(TILES)
        assert toolbox("kriging", feedback=feedback, OUTPUT=path, **parameters) == {}
    assert not Path(path).exists()
    (kept,) = [folder for folder in jobs_root.iterdir() if folder.is_dir()]
    done = np.load(kept / "done_0.npy")
    assert 0 < done.sum() < done.size
    feedback = make_feedback()
    toolbox("kriging", feedback=feedback, OUTPUT=path, **parameters)
    assert any("goes on from there" in line for line in feedback.info)
    for name, values in whole.bands.items():
        npt.assert_array_equal(read(path)[name], values)
    assert [folder for folder in jobs_root.iterdir() if folder.is_dir()] == []


def save(layer, path):
    """Write a layer as a GeoPackage, and return its path as text."""
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), QgsProject.instance().transformContext(), options)
    return str(path)


@pytest.fixture(scope="module")
def on_disk(sized, folder):
    """The small layer as a GeoPackage."""
    return save(sized[150], folder / "samples.gpkg")


@pytest.fixture(scope="module")
def plain(toolbox, sized, variogram, read, folder):
    """The raster that every repeat has to give, fitted and kriged step by step."""
    toolbox("fitvariogram", INPUT=sized[150], FIELD="g", VARIOGRAM=str(folder / "fitted.json"))
    toolbox("kriging", INPUT=sized[150], FIELDS=["g"], VARIOGRAM=str(folder / "fitted.json"), CELL_SIZE=20,
            OUTPUT=str(folder / "plain.tif"))
    return read(folder / "plain.tif")


def test_two_runs_at_once_do_not_disturb_each_other(program, on_disk, plain, read, folder, tmp_path):
    """Two programs with the same samples and the same job, at the same time."""
    common = {"INPUT": on_disk, "FIELDS": "g", "VARIOGRAM": folder / "fitted.json", "CELL_SIZE": 20, "SEED": 1}
    runs = [program.start("kriging", OUTPUT=tmp_path / f"{k}.tif", **common) for k in range(2)]
    for k, run in enumerate(runs):
        output, _ = run.communicate(timeout=120)
        assert run.returncode == 0, output
        for name, values in plain.bands.items():
            npt.assert_array_equal(read(tmp_path / f"{k}.tif")[name], values)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.tif", "1.tif"]


def test_interrupted_program_takes_its_worker_along(program, variogram, sized, folder, tmp_path):
    """Killed in the middle: no worker stays behind, nothing is written."""
    source = save(sized[2500], tmp_path / "many.gpkg")
    run = program.start("kriging", INPUT=source, FIELDS="g", VARIOGRAM=variogram, CELL_SIZE=2,
                        OUTPUT=tmp_path / "o.tif")
    jobs = folder / "program-jobs"
    while run.poll() is None and not list(jobs.glob("kriging-*/grid.npy")):
        time.sleep(0.05)
    assert workers(jobs)
    run.kill()
    run.communicate()
    assert run.returncode != 0
    assert gone(jobs)
    assert [path.name for path in tmp_path.iterdir()] == ["many.gpkg"]


def test_rows_of_a_batch_give_the_same_bits(toolbox, sized, plain, read, tmp_path):
    """Whatever the number of threads, and fitting the variogram anew each time."""
    for row, threads in enumerate((1, None)):
        toolbox("kriging", INPUT=sized[150], FIELDS=["g"], CELL_SIZE=20, THREADS=threads,
                OUTPUT=str(tmp_path / f"{row}.tif"))
        for name, values in plain.bands.items():
            npt.assert_array_equal(read(tmp_path / f"{row}.tif")[name], values)


def make_model(path):
    """A model that fits a variogram and kriges with it."""
    source = QgsProcessingModelChildParameterSource
    model = QgsProcessingModelAlgorithm("chain", "tests")
    samples = QgsProcessingParameterFeatureSource("SAMPLES", "Samples")
    model.addModelParameter(samples, QgsProcessingModelParameter("SAMPLES"))
    fit = QgsProcessingModelChildAlgorithm("lodescope:fitvariogram")
    fit.setChildId("fit")
    krige = QgsProcessingModelChildAlgorithm("lodescope:kriging")
    krige.setChildId("krige")
    values = {fit: {"FIELD": "g", "SEED": 1}, krige: {"FIELDS": ["g"], "CELL_SIZE": 20, "SEED": 1}}
    for child, settings in values.items():
        child.addParameterSources("INPUT", [source.fromModelParameter("SAMPLES")])
        for name, value in settings.items():
            child.addParameterSources(name, [source.fromStaticValue(value)])
    krige.addParameterSources("VARIOGRAM", [source.fromChildOutput("fit", "VARIOGRAM")])
    output = QgsProcessingModelOutput("GRADES")
    output.setChildId("krige")
    output.setChildOutputName("OUTPUT")
    krige.setModelOutputs({"GRADES": output})
    model.addChildAlgorithm(fit)
    model.addChildAlgorithm(krige)
    assert model.toFile(str(path))


@pytest.mark.usefixtures("toolbox")
def test_model_gives_what_the_steps_give(program, on_disk, plain, read, tmp_path):
    """Saved as a .model3 and run by the program, from its file."""
    make_model(tmp_path / "chain.model3")
    code, output = program(str(tmp_path / "chain.model3"), SAMPLES=on_disk, **{"krige:GRADES": tmp_path / "g.tif"})
    assert code == 0, output
    for name, values in plain.bands.items():
        npt.assert_array_equal(read(tmp_path / "g.tif")[name], values)
