"""The worker's environment variables."""
import os

from lodescope.processing_provider.engine.environment import clean_environment, without_qgis


def test_what_misleads_a_python_is_dropped_and_the_rest_is_kept(monkeypatch):
    dropped = ("PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "GDAL_DATA", "PROJ_LIB", "PROJ_DATA", "LD_LIBRARY_PATH",
               "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "PIP_USER", "SSL_CERT_FILE", "QT_PLUGIN_PATH")
    for name in (*dropped, "LODESCOPE_TEST", "https_proxy"):
        monkeypatch.setenv(name, "x")
    environment = clean_environment()
    assert [name for name in dropped if environment.contains(name)] == []
    assert environment.value("LODESCOPE_TEST") == environment.value("https_proxy") == "x"
    assert environment.value("PATH") == os.environ["PATH"]


def test_linear_algebra_gets_one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    environment = clean_environment()
    assert {environment.value(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")} == {"1"}


def test_folders_of_qgis_leave_the_path():
    path = os.pathsep.join(["/opt/qgis/bin", "/opt/qgis/apps/grass", "/usr/bin", "/opt/qgis-tools"])
    assert without_qgis(path, "/opt/qgis/apps/qgis") == os.pathsep.join(["/usr/bin", "/opt/qgis-tools"])
