"""The variogram dock in the real QGIS."""
import pytest

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def found(application):
    """What the story found on a small screen."""
    return application("variograms", "variogram", size="1280x720", seconds=200.0).play()


def test_fit_shows_points_model_and_scores(found):
    assert [note for note in found["messages"] if "Traceback" in note["text"] or note["tag"] == "Lodescope"] == []
    assert found["problem"] == ""
    assert found["left_out"] == []
    fitted = found["fitted"]
    assert fitted["title"].startswith("La_ppm: 228 samples")
    assert fitted["scores"].startswith("RMSE ")
    assert "each drill hole left out" in fitted["scores"]
    assert fitted["dots"] >= 10
    assert len(fitted["curves"]) == 1
    for title in ("All directions", "Azimuth 90°", "Vertical", "Down the hole", "Major axis"):
        assert title in fitted["directions"]


def test_windows_are_whole_and_legible(found):
    assert found["samples_cut"] == found["fitted"]["cut"] == []
    assert found["fitted"]["inside"]
    assert found["variogram_contrast"] >= 90


def test_wheel_chooses_the_direction(found):
    title, dots, curves = found["turned"]
    assert title == "Azimuth 90°"
    assert 3 <= dots < found["fitted"]["dots"]
    assert curves == 1


def test_slider_moves_curve_and_scores_without_holding_up_the_window(found):
    slid = found["slid"]
    assert found["told_at_once"] == "Checking…"
    assert slid["after"] < 0.6 * slid["before"]
    assert slid["scores"][0] != slid["scores"][1]
    assert found["slowest"] < 1.0


def test_variogram_is_saved_and_loaded(found):
    assert found["saved"] == found["shown"]
    assert found["saved"]["structures"][0]["ranges"][0] == found["slid"]["after"]
    assert found["loaded"]
    assert "Fit variogram" in found["refused"]


def test_fit_outlives_its_project_and_the_sample_opens_whole(found):
    assert found["without_project"] == {"samples": 228, "problem": "", "range": found["slid"]["before"]}
    assert len(found["sample"]) == 12
    assert all(found["sample"])


def test_unloading_ends_the_fit(found):
    assert found["unloaded"]["workers"] == found["unloaded"]["docks"] == 0
    assert found["unloaded"]["seconds"] < 5.0
    assert found["reloaded"]
    assert found["exit_code"] == 0, found["log"]
