"""The job on tables with planted faults: each is found, with hole and depth."""
import json

import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.drillholes.holes import Holes, hole_key
from lodescope.algorithms.drillholes.issues import KINDS, MOST, Issues
from lodescope.algorithms.drillholes.jobs_desurvey import run
from lodescope.algorithms.errors import InputError
from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.texts import pack_texts, unpack_texts

NAN = np.nan
SETTINGS = {"depth_unit": "metres", "metres_per_depth": 1.0, "map_unit": "metres", "scale": 1.0,
            "dip_convention": "auto", "azimuth_correction": 0.0, "dogleg_limit": 10.0, "composite": None}


def with_codes(name, holes):
    """Hole names of a table, as the job reads them."""
    index = {}
    codes = np.array([index.setdefault(hole, len(index)) for hole in holes], np.int32)
    data, ends = pack_texts(index)
    return {f"{name}_names": data, f"{name}_names_ends": ends, f"{name}_codes": codes}


@pytest.fixture
def work(tmp_path):
    """Run the job: ``work(collars, surveys, intervals, numbers=(), texts=(), **settings)``.

    Collars are (hole, x, y, z[, length]), surveys (hole, depth, azimuth, dip), intervals (hole, from, to).
    """

    def make(collars, surveys, intervals, numbers=(), texts=(), angles=None, **settings):
        names, xyz = [row[0] for row in collars], np.array([row[1:4] for row in collars], float)
        arrays = {"collar_xyz": xyz, "collar_length": np.array([row[4] if len(row) > 4 else NAN for row in collars]),
                  "collar_angles": np.full((len(collars), 2), NAN) if angles is None else np.array(angles, float)}
        arrays["collar_names"], arrays["collar_names_ends"] = pack_texts(names)
        arrays.update(with_codes("survey", [row[0] for row in surveys]))
        arrays["survey_values"] = np.array([row[1:] for row in surveys], float).reshape(-1, 3)
        arrays.update(with_codes("interval", [row[0] for row in intervals]))
        arrays["interval_depths"] = np.array([row[1:] for row in intervals], float).reshape(-1, 2)
        arrays.update({f"number_{k}": np.array(column, float) for k, column in enumerate(numbers)})
        arrays.update({f"text_{k}": np.array(column, np.int32) for k, column in enumerate(texts)})
        (tmp_path / "inputs").mkdir(exist_ok=True)
        for name, array in arrays.items():
            np.save(tmp_path / "inputs" / f"{name}.npy", array)
        (tmp_path / "job.json").write_text(json.dumps({
            "protocol": 1, "job": "desurveydrillholes", "settings": {**SETTINGS, **settings},
            "arrays": {name: f"inputs/{name}.npy" for name in arrays}}))
        progress = Progress()
        job = JobFolder(tmp_path)
        return run(job, progress), job, progress.warnings

    return make


def findings(job):
    """Findings as a dict of kinds to lists of (hole, from, to)."""
    holes = unpack_texts(job.load("issue_holes"), job.load("issue_holes_ends"))
    found = {}
    for kind, hole, depths in zip(job.load("issue_kinds"), holes, job.load("issue_depths").tolist()):
        found.setdefault(list(KINDS)[kind], []).append((hole, *depths))
    return found


GOOD = [("A", 0, 0, 100), ("B", 50, 0, 100)]
STRAIGHT = [("A", 0, 0, -60), ("B", 0, 90, -60)]


def test_intervals_are_placed_along_their_holes(work):
    found, job, warnings = work(GOOD, STRAIGHT, [("B", 0, 10), ("A", 10, 30)])
    assert warnings == []
    npt.assert_array_equal(job.load("hole"), [1, 0])
    npt.assert_allclose(job.load("xyz"), [[52.5, 0, 100 - 5 * 0.75**0.5], [0, 10, 100 - 20 * 0.75**0.5]], atol=1e-9)
    npt.assert_allclose(job.load("angles"), [[90, -60], [0, -60]], atol=1e-12)
    assert found["numbers"]["SAMPLES"] == 2
    assert found["numbers"]["ISSUES_FOUND"] == 0


@pytest.mark.parametrize(("asked", "written", "used"), [
    ("auto", 60, "positive down"), ("auto", -60, "negative down"), ("positive down", 60, "positive down"),
    ("from vertical", 30, "from vertical"), ("negative down", -60, "negative down"),
])
def test_dip_conventions_give_the_same_hole(work, asked, written, used):
    found, job, _ = work(GOOD[:1], [("A", 0, 0, written)], [("A", 10, 30)], dip_convention=asked)
    assert found["convention"] == used
    npt.assert_allclose(job.load("xyz"), [[0, 10, 100 - 20 * 0.75**0.5]], atol=1e-9)


def test_mixed_signs_are_told_and_up_holes_go_up(work):
    surveys = [("A", 0, 0, -60), ("A", 50, 0, -60), ("B", 0, 0, 30)]
    found, job, warnings = work(GOOD, surveys, [("A", 0, 10), ("B", 0, 10)])
    assert found["convention"] == "negative down"
    assert any("other sign" in text for text in warnings)
    assert job.load("xyz")[1, 2] == pytest.approx(102.5)
    assert findings(job)["up_hole"][0][0] == "B"


def test_holes_without_survey(work):
    """Vertical with a warning, or along the collar's direction."""
    found, job, warnings = work(GOOD, [], [("A", 0, 10), ("B", 0, 10)], angles=[[NAN, NAN], [90, -30]])
    npt.assert_allclose(job.load("xyz"), [[0, 0, 95], [50 + 5 * 0.75**0.5, 0, 97.5]], atol=1e-9)
    assert found["numbers"]["VERTICAL"] == 1
    assert any("vertical" in text and "A" in text for text in warnings)
    assert [row[0] for row in findings(job)["collar_direction"]] == ["B"]


def test_a_late_first_station_extends_to_the_collar(work):
    _, job, _ = work(GOOD[:1], [("A", 40, 90, 0), ("A", 80, 90, 0)], [("A", 10, 30), ("A", 100, 140)])
    npt.assert_allclose(job.load("xyz"), [[20, 0, 100], [120, 0, 100]], atol=1e-9)


def test_a_survey_that_begins_far_below_is_found(work):
    """As of a wedge, whose upper part is surveyed in its parent."""
    stations = [("A", 180, 90, -60), ("B", 180, 90, -60)]
    _, job, warnings = work(GOOD, stations, [("A", 200, 210), ("B", 200, 210)], angles=[[NAN, NAN], [80, -60]])
    assert findings(job)["late_survey"] == [("A", 0, 180)]
    assert any("begins far below the collar" in text for text in warnings)


def test_collars_and_surveys_with_other_signs_are_told(work):
    stations = [("A", depth, 0, 60) for depth in range(0, 100, 10)]
    angles = [[0, -60], [0, -60]]
    assert any("another sign" in text for text in work(GOOD, stations, [("A", 0, 10)], angles=angles)[2])
    angles = [[0, 60], [0, 60]]
    assert not any("another sign" in text for text in work(GOOD, stations, [("A", 0, 10)], angles=angles)[2])


def test_azimuth_correction_turns_all_holes(work):
    _, job, _ = work(GOOD, [("A", 0, 80, 0)], [("A", 0, 20), ("B", 0, 20)], angles=[[NAN, NAN], [350, 0]],
                     azimuth_correction=10.0)
    npt.assert_allclose(job.load("xyz"), [[10, 0, 100], [50, 10, 100]], atol=1e-9)


def test_every_fault_is_found_with_hole_and_depth(work):
    collars = [("A", 0, 0, 100, 50), ("a ", 0, 0, 100), ("B", 50, 0, 100), ("B", 80, 40, 100), ("", 1, 1, 1),
               ("C", 9, 9, NAN), ("D", 90, 0, 100)]
    surveys = [("A", 0, 0, -60), ("A", 20, 365, -60), ("A", 30, 999, -60), ("A", 40, 0, -95), ("A", 45, NAN, -60),
               ("A", -5, 0, -60), ("B", 0, 0, -60), ("B", 0, 0, -60), ("B", 0, 90, -60), ("B", 10, 60, -60),
               ("Z", 0, 0, -60)]
    intervals = [("A", 0, 10), ("A", 8, 20), ("A", 25, 30), ("A", 25, 30), ("A", 40, 55), ("A", 12, 12), ("A", 20, 15),
                 ("A", NAN, 3), ("A", -2, 1), ("B", 0, 300), ("Y", 0, 1), ("Y", 1, 2), ("", 0, 1), ("C", 0, 1)]
    found, job, _ = work(collars, surveys, intervals)
    faults = findings(job)
    expected = {
        "duplicate_collar": [("A",)], "moved_collar": [("B",)], "unnamed_collar": [("",)], "unplaced_collar": [("C",)],
        "survey_orphan": [("Z",)], "survey_incomplete": [("A", 45)], "survey_depth": [("A", -5)],
        "azimuth_wrapped": [("A", 20)], "azimuth_range": [("A", 30)], "dip_range": [("A", 40)],
        "survey_duplicate": [("B", 0)], "survey_conflict": [("B", 0)], "dogleg": [("B", 0, 10)],
        "interval_orphan": [("Y",)], "interval_unnamed": [("", 0, 1)], "interval_missing": [("A",)],
        "interval_reversed": [("A", 12, 12), ("A", 20, 15)], "interval_negative": [("A", -2, 1)],
        "past_end": [("A", 40, 55)], "below_survey": [("B", 10, 300)], "overlap": [("A", 8, 10)],
        "interval_duplicate": [("A", 25, 30)], "gap": [("A", 20, 25), ("A", 30, 40)], "no_intervals": [("D",)],
        "no_survey": [("D",)],
    }
    assert set(faults) == set(expected)
    for kind, rows in expected.items():
        assert [row[:len(want)] for row, want in zip(faults[kind], rows)] == rows, kind
        assert len(faults[kind]) == len(rows), kind
    numbers = found["numbers"]
    assert numbers["INTERVALS"] == 14
    assert numbers["SAMPLES"] == 6
    assert numbers["DROPPED"] == 8
    assert (numbers["OVERLAPS"], numbers["GAPS"], numbers["PAST_END"], numbers["BAD_ANGLES"]) == (2, 2, 1, 3)
    report = (job.root / "report.html").read_text(encoding="utf-8")
    assert "Overlap with an interval before it" in report
    assert "<svg" in report


def test_no_hole_in_common_names_both(work):
    with pytest.raises(InputError, match=r"'X1', 'X2'.*'A', 'B'"):
        work(GOOD, [], [("X1", 0, 1), ("X2", 0, 1)])
    with pytest.raises(InputError, match=r"Surveys.*'Q'"):
        work(GOOD, [("Q", 0, 0, -90)], [("A", 0, 1)])


def test_lost_leading_zeros_are_named(work):
    collars = [("0012", 0, 0, 100), ("DH-001", 9, 0, 100)]
    with pytest.raises(InputError, match="'12' looks like '0012'"):
        work(collars, [], [("12", 0, 1)])
    _, job, _ = work(collars, [], [("12", 0, 1), ("DH-001", 0, 1), ("DH-2", 0, 1)])
    details = unpack_texts(job.load("issue_details"), job.load("issue_details_ends"))
    assert "1 row; is '0012' meant?" in details
    assert Holes(["DH-001"]).similar("dh1") == "DH-001"
    assert Holes(["DH1", "DH-01"]).similar("DH 001") == ""
    assert Holes(["DH-1-2"]).similar("DH-12") == ""


def test_collars_without_elevation_are_refused(work):
    with pytest.raises(InputError, match="has an elevation"):
        work([("A", 0, 0, NAN)], [], [("A", 0, 1)])


def test_all_intervals_reversed_are_refused(work):
    with pytest.raises(InputError, match="FROM above its TO"):
        work(GOOD, [], [("A", 2, 1)])


def test_composites_of_the_job(work):
    chosen = {"length": 4.0, "residuals": "keep", "min_coverage": 0.5, "break": 0, "density": 1, "numbers": 2,
              "texts": 1}
    intervals = [("A", 0, 1), ("A", 1, 4), ("A", 4, 6), ("A", 6, 10), ("A", 10, 12)]
    _, job, _ = work(GOOD[:1], [("A", 0, 0, -90)], intervals, [[10, 2, NAN, 4, NAN], [4, 2, 3, 3, 3]],
                     [[0, 0, 0, 1, 2]], composite=chosen)
    npt.assert_allclose(job.load("depths"), [[0, 4], [4, 6], [6, 10], [10, 12]])
    npt.assert_allclose(job.load("mean_0"), [5.2, NAN, 4, NAN])
    npt.assert_allclose(job.load("mean_1"), [2.5, 3, 3, 3])  # the density itself by length alone
    npt.assert_allclose(job.load("coverage_0"), [1, 0, 1, 0])
    npt.assert_array_equal(job.load("majority_0"), [0, 0, 1, 2])
    npt.assert_allclose(job.load("xyz")[:, 2], [98, 95, 92, 89])


def test_a_density_of_zero_is_missing_in_its_own_mean_too(work):
    chosen = {"length": 4.0, "residuals": "keep", "min_coverage": 0.5, "break": None, "density": 1, "numbers": 2,
              "texts": 0}
    _, job, _ = work(GOOD[:1], [], [("A", 0, 1), ("A", 1, 4), ("A", 4, 7), ("A", 7, 8)],
                     [[1, 2, 3, 4], [0, 3, 0, 2.5]], composite=chosen)
    npt.assert_allclose(job.load("mean_1"), [3, NAN])
    npt.assert_allclose(job.load("coverage_1"), [0.75, 0.25])


def test_composites_with_too_few_values_are_left_out(work):
    chosen = {"length": 4.0, "residuals": "merge", "min_coverage": 0.5, "break": None, "density": None, "numbers": 1,
              "texts": 0}
    intervals = [("A", 0, 4), ("A", 4, 5), ("A", 5, 8)]
    _, job, _ = work(GOOD[:1], [], intervals, [[1, 2, NAN]], composite=chosen)
    npt.assert_allclose(job.load("depths"), [[0, 4]])
    with pytest.raises(InputError, match="least coverage"):
        work(GOOD[:1], [], intervals, [[NAN, NAN, NAN]], composite=chosen)


def test_names_of_holes_match_across_case_spaces_and_decimals():
    assert hole_key(" DH 001 ") == hole_key("dh001")
    assert hole_key("7.0") == hole_key("7")
    assert hole_key("DH-1") != hole_key("DH-10")
    holes = Holes(["DH 1", "dh1", "", "X"])
    assert holes.names == ["DH 1", "X"]
    npt.assert_array_equal(holes.of_collar, [0, 0, -1, 1])
    matched, differing = holes.match(["Dh1", "X", "Y", ""])
    npt.assert_array_equal(matched, [0, 1, -1, -1])
    assert differing == [("Dh1", "DH 1")]


def test_lists_of_findings_are_capped_but_counted():
    issues = Issues()
    issues.add("gap", ["A"] * (MOST + 5), np.zeros(MOST + 5), np.ones(MOST + 5))
    assert issues["gap"] == MOST + 5
    assert len(issues.table()[2]) == MOST
    assert len(issues.rows("gap", 7)) == 7
