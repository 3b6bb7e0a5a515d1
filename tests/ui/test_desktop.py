"""The plugin in the real QGIS application on a virtual screen.

QGIS is started once and plays `desktop.story`; the tests below look at what it
found. Screenshots of each step are in ``build/screenshots``.
"""
import pytest

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def desktop(application):
    """What the story found on the desktop."""
    return application("story", "toolbox").play()


def test_plugin_is_on_and_nothing_complains(desktop):
    assert {"lodescope", "processing"} <= set(desktop["plugins"])
    bad = [note for note in desktop["messages"] if note["level"] >= 2 or "Traceback" in note["text"]
           or note["tag"] == "Lodescope"]
    assert bad == []
    assert desktop["exit_code"] == 0, desktop["log"]


def test_toolbox_shows_the_group(desktop):
    assert desktop["toolbox"] == ["Fit variogram", "Krige grades", "Krige probabilities", "Map flux gradients"]
    assert desktop["icons"] == len(desktop["toolbox"])  # each its own


def test_every_dialog_is_readable(desktop):
    assert list(desktop["dialogs"]) == desktop["toolbox"]
    assert desktop["flux_too_wide"] == []  # with rasters in the project
    for title, look in desktop["dialogs"].items():
        assert look["title"].split(" - ")[-1] == title  # QGIS 3.40 sets the group before it
        assert look["folded"], title
        assert look["too_wide"] == [], title  # to be scrolled sideways
        assert look["help"].startswith(title), title
        assert len(look["help"]) > 300, title


def test_field_combo_follows_the_layer(desktop):
    for layer, offered in desktop["offered"].items():
        assert [name for name in offered if name] == desktop[f"{layer}_fields"]


def test_kriged_layer_is_in_the_project_with_its_styles(desktop):
    kriged = desktop["kriged"]
    assert kriged["title"] == "Kriging: La_ppm"
    assert "1728 samples" in kriged["abstract"]
    assert kriged["current"] == "La_ppm estimate"
    assert list(kriged["styles"]) == ["La_ppm estimate", "La_ppm variance"]
    assert [look["kind"] for look in kriged["styles"].values()] == ["QgsSingleBandPseudoColorRenderer"] * 2
    estimate, variance = kriged["styles"].values()
    assert (estimate["band"], variance["band"]) == (2, 5)  # the middle one of three levels
    assert estimate["colours"] != variance["colours"]
    assert estimate["unit"].strip() == "ppm"
    assert 0.0 < estimate["limits"][0] < estimate["limits"][1]


def test_log_tells_what_happened(desktop):
    assert "Results:" in desktop["log_of_run"]
    assert "engine" in desktop["log_of_run"].lower()
    assert int(desktop["results"]["SAMPLES"]) == 1728


def test_north_is_up_on_the_screen(desktop):
    top, bottom = desktop["north"]
    for place in (top, bottom):
        northing = place["y"] - 7_240_000.0
        assert place["file"] == pytest.approx(northing, abs=10.1)  # half a cell
        assert place["screen"]["value"] == pytest.approx(northing, abs=50.0)
        assert place["screen"]["difference"] < 300
    assert top["screen"]["value"] > bottom["screen"]["value"] + 500.0


def test_gradients_are_drawn_as_arrows(desktop):
    arrows, flux = desktop["arrows"], desktop["flux"]
    assert arrows["title"] == "Gradients at samples: La_ppm"
    assert arrows["parts"] == ["SimpleMarker", "VectorField"]
    assert arrows["attributes"] == ["La_ppm_dx", "La_ppm_dy"]
    assert set(arrows["attributes"]) < set(arrows["fields"])
    assert (arrows["arrow"], arrows["features"]) == ("ArrowLine", 238)
    assert arrows["scale"] > 0.0
    low, high = flux["styles"]["La_ppm dx"]["limits"]
    assert low == pytest.approx(-high)
    assert flux["styles"]["La_ppm azimuth"]["limits"] == [0.0, 360.0]


def test_results_without_a_file_name_are_named_after_their_content(desktop):
    assert desktop["flux"]["name"] == "Flux gradient: La_ppm"
    assert desktop["arrows"]["name"] == "Gradients at samples: La_ppm"


def test_three_rows_of_a_batch_equal_the_runs_alone(desktop):
    batch = desktop["batch"]
    assert (batch["done"], batch["errors"]) == (3, [])
    fingerprints = []
    for field in ("La_ppm", "Ce_ppm", "Fe_pct"):
        together, alone = batch[field]
        assert together == alone
        fingerprints.append(together[0])
    assert len(set(fingerprints)) == 3


def test_reports_are_in_the_results_viewer(desktop):
    reports = {name.split(" [")[0]: size for name, _, size in desktop["reports"]}
    assert reports["Kriging report"] > 5_000
    assert reports["Flux gradient report"] > 5_000


def test_cancel_ends_the_run_and_leaves_nothing(desktop):
    cancel = desktop["cancel"]
    assert cancel["workers_before"] == 1
    assert cancel["seconds"] < 2.0
    assert (cancel["workers"], cancel["file"], cancel["left"]) == (0, False, [])
    assert "The run was cancelled" in cancel["log"]


def test_plugin_can_be_unloaded_and_loaded_again(desktop):
    assert desktop["unloaded"] == desktop["started"] == desktop["gone"] == [True, True]
    assert "lodescope:kriging" in desktop["again"]
    assert desktop["toolbox_again"] == desktop["toolbox"]
