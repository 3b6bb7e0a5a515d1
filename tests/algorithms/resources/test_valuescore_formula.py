"""HyperScore: values by hand, factors, and the job with its report."""
import math

import numpy as np
import numpy.testing as npt
import pytest
from scipy.stats import lognorm, norm

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.jobs import job_function
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.resources.jobs_value import run
from lodescope.algorithms.resources.quantities import confidence_source, cutoffs_of, probability_name
from lodescope.algorithms.resources.valuescore import HyperScore, confidence

GAMMA = -math.log(2.0)


def by_hand(value, gain=10.0, beta=5.0, gamma=GAMMA, kappa=2.0):
    """The formula once more, as a geologist would type it."""
    return 100.0 * (1.0 + gain * (1.0 / (1.0 + math.exp(-(beta * math.log(value) + gamma)))) ** kappa)


def test_score_of_known_values():
    score = HyperScore().score
    assert score(1.0) == pytest.approx(100.0 * (1.0 + 10.0 / 9.0))  # sigma(-ln 2) = 1/3
    assert score(2.0) == pytest.approx(100.0 * (1.0 + 10.0 * (32.0 / 34.0) ** 2))
    assert score(0.0) == 100.0
    assert score(1e9) == pytest.approx(1100.0)
    npt.assert_allclose(score([0.3, 0.7, 1.4]), [by_hand(v) for v in (0.3, 0.7, 1.4)])
    other = HyperScore(1.0, 3.0, 0.4, 1.5)
    assert other.score(0.6) == pytest.approx(by_hand(0.6, 1.0, 3.0, 0.4, 1.5))
    assert HyperScore(gain=1.0).limits == (100.0, 200.0)


def test_weights_are_powers_and_zero_leaves_a_factor_out():
    factors = np.array([0.5]), np.array([2.0]), np.array([0.25])
    assert HyperScore().value(*factors)[0] == pytest.approx(0.25)
    assert HyperScore(weights=(2.0, 1.0, 0.5)).value(*factors)[0] == pytest.approx(0.25)
    assert HyperScore(weights=(1.0, 1.0, 0.0)).value(np.array([0.5]), np.array([2.0]), np.array([0.0]))[0] == 1.0
    assert HyperScore().value(np.array([0.5]), np.array([-2.0]), np.array([1.0]))[0] == 0.0


@pytest.mark.parametrize(("wrong", "words"), [
    ({"gain": 0.0}, "Gain is 0"), ({"beta": -1.0}, "Beta is -1"), ({"kappa": math.nan}, "Kappa is nan"),
    ({"gamma": math.inf}, "Gamma is no finite number"), ({"weights": (1.0, -1.0, 1.0)}, "must be zero or more"),
    ({"weights": (0.0, 0.0, 0.0)}, "every cell would score the same"),
])
def test_constants_that_cannot_be_meant(wrong, words):
    with pytest.raises(InputError, match=words):
        HyperScore(**wrong).check()


def test_confidence():
    mean, sd = np.array([2.0, 0.0]), np.array([1.0, 1.0])
    npt.assert_allclose(confidence("epistemic", mean, sd, np.array([0.25, 1.0])), [0.5, 0.0])
    npt.assert_allclose(confidence("variation", mean, sd), [1.0 / 1.5, 0.0])
    npt.assert_allclose(confidence("none", mean), [1.0, 1.0])
    npt.assert_allclose(confidence("epistemic", mean, sd, np.array([0.25, 0.01]), (0.25, 0.75)), [0.5, 1.0])


def test_sources_follow_the_bands():
    assert confidence_source(["mean", "sd", "epistemic"]) == "epistemic"
    assert confidence_source(["estimate", "variance"]) == "variation"
    assert confidence_source(["mean", "probability>5"]) == "none"
    with pytest.raises(InputError, match="kriged grades do not have"):
        confidence_source(["estimate", "variance"], "epistemic")
    with pytest.raises(InputError, match="FIELD:sd or FIELD:variance"):
        confidence_source(["mean"], "variation")
    assert cutoffs_of(["mean", "probability>100", "probability>2.5", "probability>x"]) == [2.5, 100.0]
    assert probability_name(["probability>100.0000001"], 100.0) == "probability>100.0000001"
    assert probability_name(["probability>101"], 100.0) is None


def prediction():
    """Two levels of 3 x 4 cells with one missing cell."""
    rng = np.random.default_rng(5)
    mean = rng.uniform(50.0, 200.0, (2, 3, 4))
    epistemic, aleatoric = rng.uniform(5.0, 40.0, (2, 2, 3, 4))
    mean[0, 1, 2] = np.nan
    return {"mean": mean, "sd": np.hypot(epistemic, aleatoric), "epistemic": epistemic, "aleatoric": aleatoric}


def test_bands_of_a_prediction(value_job):
    bands = {**prediction(), "probability>100": np.random.default_rng(6).uniform(0.0, 1.0, (2, 3, 4))}
    job = value_job(bands, cutoff=100.0, levels=[120.0, 140.0])
    outputs = run(job, Progress())
    grid = dict(zip(outputs["bands"], job.load("grid")))
    assert outputs["bands"][:2] == ["La_ppm:hyperscore@z=120", "La_ppm:hyperscore@z=140"]
    sure = 1.0 - bands["epistemic"] / bands["sd"]
    value = bands["probability>100"] * bands["mean"] / 100.0 * sure
    value[0, 1, 2] = np.nan
    for level, elevation in enumerate((120, 140)):
        npt.assert_allclose(grid[f"La_ppm:value@z={elevation}"], value[level], rtol=1e-5)
        npt.assert_allclose(grid[f"La_ppm:confidence@z={elevation}"], np.where(np.isnan(value[level]), np.nan,
                                                                                sure[level]), rtol=1e-5)
        npt.assert_allclose(grid[f"La_ppm:hyperscore@z={elevation}"],
                            [[by_hand(v) if v == v else np.nan for v in row] for row in value[level]], rtol=1e-5)
    assert outputs["cells"] == 23
    best = outputs["best"]
    assert (best["level"], best["row"], best["column"]) == np.unravel_index(np.nanargmax(value), value.shape)
    scores = [cell["hyperscore"] for cell in outputs["top"]]
    assert scores == sorted(scores, reverse=True) and len(scores) == 10
    assert outputs["mean_score"] == pytest.approx(np.nanmean(
        [grid[f"La_ppm:hyperscore@z={z}"] for z in (120, 140)]), rel=1e-5)
    assert job_function("valuescore") is run
    report = job.read_text("report.html")
    assert f"elevation {(120, 140)[best['level']]}" in report
    assert "epistemic sd" in report


def test_chosen_cell_is_explained(value_job):
    bands = prediction()
    outputs = run(value_job(bands, cutoff=100.0, levels=[120.0, 140.0], distribution="normal",
                            cell={"row": 2, "column": 3, "level": 1}), Progress())
    cell = outputs["cell"]
    assert (cell["row"], cell["column"], cell["level"]) == (2, 3, 1)
    assert cell["mean"] == pytest.approx(bands["mean"][1, 2, 3], rel=1e-6)
    assert cell["grade_factor"] == pytest.approx(bands["mean"][1, 2, 3] / 100.0, rel=1e-6)
    assert cell["exceedance"] == pytest.approx(norm.sf((100.0 - bands["mean"][1, 2, 3]) / bands["sd"][1, 2, 3]))
    with pytest.raises(InputError, match="no prediction at the cell to explain"):
        run(value_job(bands, cutoff=100.0, levels=[120.0, 140.0], cell={"row": 1, "column": 2, "level": 0}), Progress())
    other = run(value_job(bands, cutoff=100.0, levels=[120.0, 140.0],
                          cell={"row": 1, "column": 2, "level": None}), Progress())["cell"]
    assert other["level"] == 1


def logged(job):
    lines = []
    outputs = run(job, Progress(lambda event, **fields: lines.append(fields.get("message", ""))))
    return outputs, " ".join(lines)


def test_chance_without_a_band_is_normal_lognormal_or_by_quantiles(value_job):
    mean, sd = np.full((4, 5), 100.0), np.full((4, 5), 30.0)
    outputs, log = logged(value_job({"mean": mean, "sd": sd}, cutoff=120.0))
    assert outputs["cell"]["exceedance"] == pytest.approx(norm.sf(20.0 / 30.0))
    assert "normal distribution" in log and "lognormal" not in log
    wide = np.full((4, 5), 90.0 ** 2)
    outputs, log = logged(value_job({"estimate": mean, "variance": wide}, cutoff=120.0))
    sigma = math.sqrt(math.log(1.81))
    truth = lognorm(sigma, scale=100.0 * math.exp(-0.5 * sigma ** 2))
    assert outputs["cell"]["exceedance"] == pytest.approx(truth.sf(120.0))
    assert "lognormal distribution" in log and "in 100 % of the cells" in log
    quantiles = {name: np.full((4, 5), truth.ppf(p)) for name, p in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9))}
    outputs, log = logged(value_job({"mean": mean, "sd": np.sqrt(wide), **quantiles}, cutoff=120.0))
    assert outputs["cell"]["exceedance"] == pytest.approx(truth.sf(120.0), rel=0.01)
    assert "a power of the grade is normal" in log
    outputs, log = logged(value_job({"estimate": mean, "variance": sd ** 2}, cutoff=120.0, transform="log"))
    assert "kriged after the transform log" in log


def test_cells_beyond_the_data_have_no_score(value_job):
    outside = np.zeros((4, 5))
    outside[:2] = 1.0
    bands = {"mean": np.full((4, 5), 100.0), "sd": np.full((4, 5), 10.0), "outside": outside}
    outputs, log = logged(value_job(bands, cutoff=90.0))
    assert (outputs["cells"], outputs["outside"]) == (10, 10)
    assert "10 cells outside what the model knows" in log
    assert run(value_job(bands, cutoff=90.0, keep_outside=True), Progress())["cells"] == 20
    with pytest.raises(InputError, match="no cell with a prediction of 'La_ppm'"):
        run(value_job({**bands, "mean": np.full((4, 5), np.nan)}, cutoff=90.0), Progress())


def test_probability_alone_serves_when_the_spread_is_not_known(value_job):
    chance = np.full((4, 5), 0.5)
    chance[0, 0] = np.nan
    job = value_job({"mean": np.full((4, 5), 100.0), "probability>50": chance}, cutoff=50.0)
    outputs = run(job, Progress())
    assert outputs["cell"]["value"] == pytest.approx(1.0)
    assert outputs["cells"] == 19
    with pytest.raises(InputError, match="how uncertain the grade is"):
        run(value_job({"mean": np.full((4, 5), 100.0), "probability>50": chance}, cutoff=60.0), Progress())


def test_cancel(value_job):
    class Stop:
        def is_set(self):
            return True

    with pytest.raises(Cancelled):
        run(value_job({"mean": np.full((4, 5), 100.0), "sd": np.full((4, 5), 10.0)}, cutoff=90.0),
            Progress(stop=Stop()))
