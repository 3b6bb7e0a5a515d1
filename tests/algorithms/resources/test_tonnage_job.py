"""Tonnage, grade and metal against closed forms, with known correlations, classes, polygons and bad input."""
import numpy as np
import numpy.testing as npt
import pytest
from scipy.stats import lognorm, norm

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.jobs import job_function
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.resources.classes import NAMES, class_limits, class_method, classify
from lodescope.algorithms.resources.jobs_tonnage import automatic_cutoffs, run

CELL_TONNES = 10.0 * 10.0 * 5.0 * 2.0


def tables(job, lines=None):
    """The table as a dict by part, name and column."""
    outputs = run(job, Progress(lambda event, **fields: (lines if lines is not None else []).append(
        fields.get("message", ""))))
    table = job.load("table")
    keys = list(zip(outputs["groups"], outputs["names"]))
    found = {}
    for key in dict.fromkeys(keys):
        rows = [k for k, other in enumerate(keys) if other == key]
        found[key] = {name: table[rows, column] for column, name in enumerate(outputs["columns"])}
        found[key]["cells"] = outputs["counts"][rows[0]]
    return found, outputs


def field(rows=30, columns=40, seed=7):
    rng = np.random.default_rng(seed)
    return rng.uniform(500.0, 3000.0, (rows, columns)), rng.uniform(50.0, 400.0, (rows, columns))


def test_curve_of_normal_grades(tonnage_job):
    mean, sd = field()
    cutoffs = [800.0, 1500.0, 2500.0]
    found, outputs = tables(tonnage_job({"mean": mean, "sd": sd}, cutoffs=cutoffs, distribution="normal"))
    total = found["total", "all"]
    npt.assert_allclose(total["cutoff"], [0.0, *cutoffs])
    for k, cutoff in enumerate(cutoffs, start=1):
        z = (cutoff - mean) / sd
        chance, above = norm.sf(z), mean * norm.sf(z) + sd * norm.pdf(z)
        assert total["tonnage"][k] == pytest.approx(CELL_TONNES * chance.sum(), rel=1e-6)
        assert total["metal"][k] == pytest.approx(CELL_TONNES * above.sum() * 1e-6, rel=1e-6)
        assert total["grade"][k] == pytest.approx(above.sum() / chance.sum(), rel=1e-6)
        assert total["tonnage_plugin"][k] == pytest.approx(CELL_TONNES * (mean > cutoff).sum())
        assert total["grade_plugin"][k] == pytest.approx(mean[mean > cutoff].mean(), rel=1e-6)
    assert total["tonnage"][0] == pytest.approx(CELL_TONNES * mean.size)
    assert total["grade"][0] == pytest.approx(mean.mean(), rel=1e-6)
    assert outputs["volume"] == pytest.approx(mean.size * 500.0)
    assert job_function("gradetonnage") is run


def test_curve_of_lognormal_grades(tonnage_job):
    mean, sd = field()
    sd = 3.0 * sd
    found, _ = tables(tonnage_job({"estimate": mean, "variance": sd ** 2}, cutoffs=[1000.0, 4000.0]))
    total = found["total", "all"]
    sigma = np.sqrt(np.log1p((sd / mean) ** 2))
    truth = lognorm(sigma, scale=mean * np.exp(-0.5 * sigma ** 2))
    for k, cutoff in enumerate((1000.0, 4000.0), start=1):
        assert total["tonnage"][k] == pytest.approx(CELL_TONNES * truth.sf(cutoff).sum(), rel=1e-6)
        metal = mean * norm.cdf(sigma + norm.isf(truth.sf(cutoff)) * -1.0)
        assert total["metal"][k] == pytest.approx(CELL_TONNES * metal.sum() * 1e-6, rel=1e-5)


def test_uniform_grade_is_all_or_nothing(tonnage_job):
    bands = {"mean": np.full((5, 6), 2.0), "sd": np.zeros((5, 6))}
    found, _ = tables(tonnage_job(bands, cutoffs=[1.0, 2.5], unit="pct"))
    total = found["total", "all"]
    for name in ("tonnage", "tonnage_p5", "tonnage_p95", "tonnage_plugin"):
        npt.assert_allclose(total[name], [30 * CELL_TONNES, 30 * CELL_TONNES, 0.0])
    npt.assert_allclose(total["metal"], [30 * CELL_TONNES * 0.02] * 2 + [0.0])
    npt.assert_allclose(total["metal_p50"], [30 * CELL_TONNES * 0.02] * 2 + [0.0], rtol=1e-6)
    npt.assert_allclose(total["grade"], [2.0, 2.0, np.nan])


def test_interval_of_independent_cells_is_binomial(tonnage_job):
    bands = {"mean": np.full((40, 40), 100.0), "sd": np.full((40, 40), 20.0)}
    found, _ = tables(tonnage_job(bands, cutoffs=[110.0], distribution="normal", realisations=2000))
    total, chance = found["total", "all"], norm.sf(0.5)
    spread = np.sqrt(1600 * chance * (1.0 - chance))
    for end, p in (("_p5", 0.05), ("_p10", 0.1), ("_p50", 0.5), ("_p90", 0.9), ("_p95", 0.95)):
        truth = 1600 * chance + norm.ppf(p) * spread
        assert total[f"tonnage{end}"][1] / CELL_TONNES == pytest.approx(truth, abs=0.12 * spread)


def test_cells_that_share_one_error_are_above_or_below_together(tonnage_job):
    bands = {"mean": np.full((20, 20), 100.0), "sd": np.full((20, 20), 20.0)}
    found, outputs = tables(tonnage_job(bands, cutoffs=[90.0, 105.0], distribution="normal", correlation=1e9,
                                        realisations=1000))
    total = found["total", "all"]
    assert outputs["range"] is None
    npt.assert_allclose(total["tonnage_p5"], [400 * CELL_TONNES, 0.0, 0.0])
    npt.assert_allclose(total["tonnage_p95"], 400 * CELL_TONNES * np.ones(3))
    npt.assert_allclose(total["grade_p50"][0], 100.0, rtol=0.02)
    npt.assert_allclose(total["grade_p90"][0], 100.0 + 1.2816 * 20.0, rtol=0.03)
    npt.assert_allclose(total["tonnage"][1:], 400 * CELL_TONNES * norm.sf([-0.5, 0.25]))


@pytest.mark.parametrize("share", [1.0, 0.3])
def test_metal_varies_as_the_covariance_of_all_pairs_says(tonnage_job, share):
    """Half of the truth is the correlated epistemic part, the rest independent noise."""
    rows, columns, sd, length = 24, 30, 20.0, 80.0
    whole = np.full((rows, columns), sd)
    bands = {"mean": np.full((rows, columns), 100.0), "sd": whole, "epistemic": np.sqrt(share) * whole,
             "aleatoric": np.sqrt(1.0 - share) * whole}
    found, _ = tables(tonnage_job(bands, cutoffs=[1.0], distribution="normal", correlation=length, realisations=3000))
    row, column = np.indices((rows, columns)).reshape(2, -1)
    lags = np.hypot(row[:, None] - row, column[:, None] - column) * 10.0
    inside = np.minimum(lags / length, 1.0)
    shared = share * (1.0 - 1.5 * inside + 0.5 * inside ** 3)
    variance = sd ** 2 * (shared.sum() + (1.0 - share) * rows * columns)
    width = (found["total", "all"]["metal_p90"][0] - found["total", "all"]["metal_p10"][0]) / (2.0 * 1.28155)
    assert width == pytest.approx(CELL_TONNES * np.sqrt(variance) * 1e-6, rel=0.06)


def test_intervals_hold_the_truth_as_often_as_they_say(tonnage_job):
    """Truths drawn from the prediction with a correlated error of another generator: an FFT of white noise."""
    rng, rows, columns, inside = np.random.default_rng(11), 30, 30, 0
    mean = 100.0 + 30.0 * np.sin(np.arange(columns) / 4.0) * np.ones((rows, 1))
    sd = np.full((rows, columns), 25.0)
    found, _ = tables(tonnage_job({"mean": mean, "sd": sd}, cutoffs=[115.0], distribution="normal",
                                  correlation=90.0, realisations=1500))
    total = found["total", "all"]
    place = np.indices((rows, columns)).reshape(2, -1).T * 10.0
    reach = np.minimum(np.linalg.norm(place[:, None] - place, axis=2) / 90.0, 1.0)
    factor = np.linalg.cholesky(1.0 - 1.5 * reach + 0.5 * reach ** 3 + 1e-9 * np.eye(len(place)))
    for _ in range(400):
        grade = mean.ravel() + sd.ravel() * (factor @ rng.standard_normal(rows * columns))
        inside += total["tonnage_p10"][1] <= CELL_TONNES * (grade > 115.0).sum() <= total["tonnage_p90"][1]
    assert inside / 400 == pytest.approx(0.8, abs=0.07)


def test_stated_chances_count_and_metal_follows(tonnage_job):
    mean, sd = field()
    chance = np.random.default_rng(2).uniform(0.0, 1.0, mean.shape)
    bands = {"mean": mean, "sd": sd, "probability>1500": chance}
    found, outputs = tables(tonnage_job(bands, cutoffs=[1500.0], realisations=400))
    total = found["total", "all"]
    assert total["tonnage"][1] == pytest.approx(CELL_TONNES * chance.sum(), rel=1e-5)
    assert total["tonnage_p50"][1] == pytest.approx(CELL_TONNES * chance.sum(), rel=0.01)
    assert total["grade"][1] >= 1500.0 and total["grade_p5"][1] >= 1500.0
    found, outputs = tables(tonnage_job(bands))
    assert 1500.0 in outputs["cutoffs"] and len(outputs["cutoffs"]) > 5


def test_blocks_vary_less_than_samples(tonnage_job):
    mean = np.full((20, 20), 100.0)
    bands = {"mean": mean, "sd": 0.5 * mean, "epistemic": 0.3 * mean, "aleatoric": 0.4 * mean}
    common = {"cutoffs": [150.0], "distribution": "normal", "realisations": 50}
    sample = tables(tonnage_job(bands, **common))[0]["total", "all"]
    block = tables(tonnage_job(bands, support="block", noise_left=0.1, **common))[0]["total", "all"]
    assert sample["tonnage"][1] == pytest.approx(400 * CELL_TONNES * norm.sf(1.0))
    assert block["tonnage"][1] == pytest.approx(400 * CELL_TONNES * norm.sf(50.0 / np.sqrt(900.0 + 160.0)))
    assert block["metal"][0] == pytest.approx(sample["metal"][0])
    with pytest.raises(InputError, match="which part of the uncertainty is noise"):
        run(tonnage_job({"estimate": mean, "variance": mean}, support="block"), Progress())


def test_classes_and_polygons_add_up_to_the_whole(tonnage_job):
    mean, sd = field()
    polygons = np.full(mean.shape, -1, np.int32)
    polygons[:10], polygons[10:15, :5] = 0, 1
    bands = {"mean": mean, "sd": sd, "epistemic": 0.9 * sd}
    found, _ = tables(tonnage_job(bands, {"polygons": polygons}, cutoffs=[1000.0, 2000.0], classes="relative",
                                  limits=[0.08, 0.15, 0.4], polygon_names=["north", "shaft"]))
    total = found["total", "all"]
    for part, names in (("class", NAMES), ("polygon", ("north", "shaft", "outside the polygons"))):
        for column in ("tonnage", "metal", "tonnage_plugin", "metal_plugin"):
            npt.assert_allclose(sum(found[part, name][column] for name in names), total[column], rtol=1e-9)
        assert sum(found[part, name]["cells"] for name in names) == mean.size
    assert found["polygon", "north"]["cells"] == 400
    assert found["polygon", "north"]["tonnage_plugin"][1] == CELL_TONNES * (mean[:10] > 1000.0).sum()
    assert found["polygon", "shaft"]["grade"][0] == pytest.approx(mean[10:15, :5].mean(), rel=1e-6)
    relative = sd / mean
    assert found["class", "measured"]["cells"] == (relative <= 0.08).sum()
    assert found["class", "indicated"]["cells"] == ((relative > 0.08) & (relative <= 0.15)).sum()
    assert found["class", "unclassified"]["cells"] == (relative > 0.4).sum()
    both = found["classes", "measured and indicated"]
    npt.assert_allclose(both["metal"], found["class", "measured"]["metal"] + found["class", "indicated"]["metal"])
    assert both["cells"] == (relative <= 0.15).sum()


def test_levels_of_unequal_thickness_and_densities(tonnage_job):
    mean = np.stack([np.full((3, 4), value) for value in (1.0, 2.0, 3.0)])
    density = np.stack([np.full((3, 4), value) for value in (2.0, 2.5, np.nan)]).astype(np.float32)
    lines = []
    job = tonnage_job({"mean": mean, "sd": 0.01 * mean}, {"density": density}, cutoffs=[1.5, 2.5],
                      levels=[100.0, 120.0, 160.0], thickness=[20.0, 30.0, 40.0], density=3.0, unit="pct")
    found, outputs = tables(job, lines)
    tonnes = 12 * 100.0 * np.array([20.0 * 2.0, 30.0 * 2.5, 40.0 * 3.0])
    npt.assert_allclose(found["total", "all"]["tonnage"], [tonnes.sum(), tonnes[1:].sum(), tonnes[2]])
    npt.assert_allclose(found["total", "all"]["metal"][0], tonnes @ [0.01, 0.02, 0.03])
    assert outputs["volume"] == 12 * 100.0 * 90.0
    assert "12 cells have no value in the density raster" in " ".join(lines)
    with pytest.raises(InputError, match="densities must be above zero"):
        run(tonnage_job({"mean": mean[0], "sd": mean[0]}, {"density": -density[:1]}, cutoffs=[1.0]), Progress())
    with pytest.raises(InputError, match="divide it by 1000"):
        run(tonnage_job({"mean": mean[0], "sd": mean[0]}, {"density": 1000 * density[:1]}, cutoffs=[1.0]), Progress())


def test_much_tonnage_in_unclassified_cells_is_warned_of(tonnage_job):
    mean, lines = np.full((4, 5), 100.0), []
    sd = np.where(np.arange(5) < 2, 150.0, 10.0) * np.ones((4, 1))
    tables(tonnage_job({"mean": mean, "sd": sd}, cutoffs=[50.0], classes="relative"), lines)
    assert "of the expected tonnage above 50 lies in unclassified cells" in " ".join(lines)
    lines.clear()
    tables(tonnage_job({"mean": mean, "sd": np.full((4, 5), 10.0)}, cutoffs=[50.0], classes="relative"), lines)
    assert "unclassified" not in " ".join(lines)


def test_same_seed_same_table(tonnage_job):
    mean, sd = field()
    first, again, other = (tonnage_job({"mean": mean, "sd": sd}, correlation=100.0, seed=seed) for seed in (5, 5, 6))
    for job in (first, again, other):
        run(job, Progress())
    npt.assert_array_equal(first.load("table"), again.load("table"))
    assert (first.load("table") != other.load("table")).any()


def test_report_tells_what_matters(tonnage_job):
    mean, sd = field()
    lines = []
    job = tonnage_job({"mean": mean, "sd": sd}, correlation=None, classes="relative", field="<La>", seed=2)
    tables(job, lines)
    report = job.read_text("report.html")
    for words in ("smoother than the rock", "By class", "Independent", "Sample support", "&lt;La&gt;",
                  "a fifth of the longer side", "90 % interval"):
        assert words in report
    assert "correlated over 80 m" in " ".join(lines)
    assert "nan" not in report


def test_variogram_file_gives_range_and_noise(tonnage_job):
    bands = {"estimate": np.full((20, 20), 100.0), "variance": np.full((20, 20), 100.0)}
    variogram = {"schema": 1, "field": "La_ppm", "nugget": 40.0, "transform": "none",
                 "structures": [{"model": "spherical", "sill": 60.0, "ranges": [90.0]}]}
    wide, _ = tables(tonnage_job(bands, cutoffs=[1.0], correlation=90.0, realisations=800))
    narrow, outputs = tables(tonnage_job(bands, cutoffs=[1.0], correlation=None, variogram=variogram,
                                         realisations=800))
    width = [found["total", "all"]["metal_p90"][0] - found["total", "all"]["metal_p10"][0] for found in (wide, narrow)]
    assert outputs["range"] == 90.0
    assert width[1] / width[0] == pytest.approx(np.sqrt(0.6), rel=0.12)


def test_kriging_efficiency(tonnage_job):
    """Against the largest variance of the raster, and against the sill of a variogram file."""
    variance = np.array([[1.0, 3.0, 5.0, 9.5, 10.0]] * 2)
    bands, lines = {"estimate": np.full((2, 5), 100.0), "variance": variance}, []
    found, _ = tables(tonnage_job(bands, cutoffs=[1.0], classes="efficiency", distribution="normal"), lines)
    assert [found["class", name]["cells"] for name in NAMES] == [4, 2, 0, 4]
    assert "the largest variance of the raster, 10," in " ".join(lines)
    variogram = {"schema": 1, "field": "La_ppm", "nugget": 4.0, "transform": "none",
                 "structures": [{"model": "spherical", "sill": 16.0, "ranges": [30.0]}]}
    found, _ = tables(tonnage_job(bands, cutoffs=[1.0], classes="efficiency", distribution="normal", correlation=None,
                                  variogram=variogram))
    assert [found["class", name]["cells"] for name in NAMES] == [6, 4, 0, 0]


def test_classes_by_their_limits():
    mean, sd = np.array([1.0, 1.0, 1.0, 1.0, -1.0]), np.array([0.1, 0.25, 0.3, 3.0, 0.1])
    npt.assert_array_equal(classify("relative", (0.25, 0.5, 1.0), mean, sd), [0, 0, 1, 3, 3])
    npt.assert_array_equal(classify("epistemic", (0.25, 0.5, 1.0), mean, sd, np.full(5, 0.6)), [2, 2, 2, 2, 3])
    variance = np.array([0.2, 0.3, 0.5, 0.95, 1.4])
    npt.assert_array_equal(classify("efficiency", (0.7, 0.4, 0.1), mean, np.sqrt(variance), None, 1.0), [0, 0, 1, 3, 3])
    assert class_method(["mean", "epistemic"]) == "epistemic"
    assert class_method(["estimate"]) == "relative"
    with pytest.raises(InputError, match="need a band FIELD:epistemic"):
        class_method(["estimate"], "epistemic")
    for method, limits in (("relative", (0.5, 0.2, 1.0)), ("relative", (0.1, 0.2)), ("efficiency", (0.1, 0.4, 0.7))):
        with pytest.raises(InputError, match="three numbers"):
            class_limits(method, limits)


def test_automatic_cutoffs_are_round():
    even = automatic_cutoffs(np.linspace(500.0, 3000.0, 100), np.linspace(700.0, 3300.0, 100))
    assert even[0] == even[1] - even[0]
    assert 5 <= len(even) <= 12 and even[-1] <= 3300.0
    skewed = automatic_cutoffs(np.full(100, 1.0), np.geomspace(1.0, 500.0, 100))
    assert set(skewed) <= {round(a * 10.0 ** k, 6) for a in (1, 2, 5) for k in range(-3, 4)}
    with pytest.raises(InputError, match="not above zero"):
        automatic_cutoffs(np.full(5, -1.0), np.full(5, -0.5))


def test_bad_input(tonnage_job):
    mean = np.full((4, 5), 100.0)
    with pytest.raises(InputError, match="no cell with a prediction"):
        run(tonnage_job({"mean": np.full((4, 5), np.nan), "sd": mean}), Progress())
    with pytest.raises(InputError, match="more than the whole rock"):
        run(tonnage_job({"mean": 1.01 * mean, "sd": mean}, unit="pct", cutoffs=[1.0]), Progress())

    class Stop:
        def is_set(self):
            return True

    with pytest.raises(Cancelled):
        run(tonnage_job({"mean": mean, "sd": mean}), Progress(stop=Stop()))
