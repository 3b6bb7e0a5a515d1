"""The job over tiles: truth, scales, corrections, noise, libraries, stop and resume, bad input."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.spectroscopy import jobs_spectral
from lodescope.algorithms.spectroscopy.study import Study

WAVES = np.arange(0.45, 2.45, 0.01)


def bands(job, found):
    """Bands of the whole image by their descriptions."""
    parts = [job.load(f"part_{k:05d}") for k in range(len(job.settings["tiles"]))]
    return dict(zip(found["bands"], np.concatenate(parts, axis=1)))


def ran(job):
    return bands(job, jobs_spectral.run(job, Progress()))


def test_depths_are_those_of_each_pixel_at_its_place(spectral_job, scene):
    truth = scene()
    job = spectral_job(truth.image)
    found = jobs_spectral.run(job, Progress())
    result = bands(job, found)
    npt.assert_allclose(result["Nd_0740:depth"], truth.neodymium, rtol=0.06)
    npt.assert_allclose(result["Nd:index"], truth.neodymium, rtol=0.06)
    npt.assert_allclose(result["AlOH_2200:depth"], truth.clay, rtol=0.02)
    npt.assert_allclose(result["AlOH_2200:position"], 2.2, atol=0.001)
    npt.assert_allclose(result["AlOH_2200:width"], 0.0471, rtol=0.03)
    assert found["pixels"] == 24 * 17
    assert found["components"] == 2
    page = (job.root / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 7
    assert "doi:10.2113/econgeo.111.3.641" in page


@pytest.mark.parametrize("factor", [100.0, 10000.0])
def test_scaled_integers_give_the_same(spectral_job, scene, factor):
    truth = scene()
    plain = ran(spectral_job(truth.image))
    job = spectral_job(np.round(truth.image * factor, 2 if factor < 1000 else 0).astype(
        np.float32 if factor < 1000 else np.int16), folder="scaled")
    found = jobs_spectral.run(job, Progress())
    assert found["scale"] == factor
    npt.assert_allclose(bands(job, found)["AlOH_2200:depth"], plain["AlOH_2200:depth"], atol=1e-3)
    npt.assert_allclose(bands(job, found)["PC1:score"], plain["PC1:score"], atol=2e-3)


def test_a_scale_that_makes_reflectances_too_small_is_told(spectral_job, scene):
    truth, said = scene(), []
    job = spectral_job(truth.image, arrays={"scale": np.full(len(WAVES), 1e-4)})
    found = jobs_spectral.run(job, Progress(lambda event, **fields: said.append(fields.get("message", ""))))
    assert any("check the scale" in text for text in said)
    npt.assert_allclose(bands(job, found)["AlOH_2200:depth"], truth.clay, rtol=0.02)


def test_components_are_those_of_all_pixels(spectral_job, scene):
    truth = scene(noise=0.002)
    result = ran(spectral_job(truth.image.astype(np.float32), components=3))
    pixels = truth.image.reshape(-1, len(WAVES))
    scores = (pixels - pixels.mean(axis=0)) @ np.linalg.svd(pixels - pixels.mean(axis=0))[2][:3].T
    for number in range(3):
        found = result[f"PC{number + 1}:score"].ravel()
        npt.assert_allclose(np.abs(np.corrcoef(found, scores[:, number])[0, 1]), 1.0, atol=1e-5)
        assert found.std() == pytest.approx(scores[:, number].std(), rel=1e-3)


def test_missing_values_touch_only_what_needs_them(spectral_job, scene):
    truth = scene()
    image = truth.image.copy()
    image[3, 5] = -9999.0
    image[20, 2, np.argmin(np.abs(WAVES - 2.2))] = np.nan
    result = ran(spectral_job(image))
    assert np.isnan([band[3, 5] for band in result.values()]).all()
    assert np.isnan(result["AlOH_2200:depth"][20, 2])
    assert np.isnan(result["PC1:score"][20, 2])
    assert result["Nd_0800:depth"][20, 2] == pytest.approx(truth.neodymium[20, 2], rel=0.06)
    assert np.isnan(result["Nd_0800:depth"]).sum() == 1


def test_dead_bands_are_left_out_and_told(spectral_job, scene):
    image = scene().image.copy()
    image[..., 30] = -0.01
    image[..., 40] = -9999.0
    job, said = spectral_job(image), []
    found = jobs_spectral.run(job, Progress(lambda event, **fields: said.append(fields.get("message", ""))))
    assert found["used"] == len(WAVES) - 2
    assert any("2 bands hold no data" in text and "0.75, 0.85" in text for text in said)


@pytest.mark.parametrize("smoothing", ["savitzkygolay", "mnf"])
def test_smoothing_brings_noisy_depths_nearer_to_the_truth(spectral_job, scene, smoothing):
    truth = scene(60, 40, noise=0.006)
    rough = ran(spectral_job(truth.image, components=0))
    smooth = ran(spectral_job(truth.image, components=0, smoothing=smoothing, folder="smooth"))
    errors = [np.abs(result["AlOH_2200:depth"] - truth.clay).mean() for result in (rough, smooth)]
    assert errors[1] < 0.8 * errors[0]


def test_cross_validation_chooses_when_no_number_is_given(spectral_job, scene):
    found = jobs_spectral.run(spectral_job(scene(noise=0.002).image, components=None), Progress())
    assert 2 <= found["components"] <= 4


def test_library_spectra_match_their_pixels(spectral_job, scene):
    truth = scene()
    library = np.stack([truth.image[12, 16], truth.image[23, 0]])
    arrays = {"library": library, "library_micrometres": WAVES}
    result = ran(spectral_job(truth.image, arrays=arrays, minerals=["rich", "poor"]))
    assert result["rich:angle"][12, 16] == pytest.approx(0.0, abs=1e-3)
    assert np.unravel_index(np.argmin(result["poor:angle"]), (24, 17)) == (23, 0)
    assert result["rich:angle"][23, 0] > 0.03
    assert result["rich:fit"][12, 16] == pytest.approx(1.0, abs=1e-3)
    assert result["rich:fit"][:, 8:].min() > 0.98


def radiance(image):
    light = WAVES ** -5.0 / (np.exp(14388.0 / (WAVES * 5800.0)) - 1.0)
    return 80.0 * image * light / light.max()


def test_radiance_is_refused_unless_it_is_corrected(spectral_job, scene):
    truth = scene()
    image, flat = radiance(truth.image), radiance(np.full(len(WAVES), 0.4))
    with pytest.raises(InputError, match="looks like radiance"):
        jobs_spectral.run(spectral_job(image, folder="a"), Progress())
    with pytest.raises(InputError, match="looks like radiance"):
        jobs_spectral.run(spectral_job(image, folder="b", correction="darkobject"), Progress())
    result = ran(spectral_job(image, folder="c", correction="flatfield", arrays={"flat": flat}))
    npt.assert_allclose(result["AlOH_2200:depth"], truth.clay, rtol=0.02)
    taken = ran(spectral_job(image, folder="d", values="reflectance", divide_by=100.0))
    assert np.isfinite(taken["AlOH_2200:depth"]).all()


def test_empirical_line_takes_haze_and_sunlight_away(spectral_job, scene):
    truth = scene()
    haze = 3.0 * np.exp(-WAVES)
    targets = np.stack([np.full(len(WAVES), level) for level in (0.05, 0.3, 0.6)])
    arrays = {"measured": radiance(targets) + haze, "reference": targets, "reference_micrometres": WAVES}
    job = spectral_job(radiance(truth.image) + haze, correction="empiricalline", arrays=arrays)
    npt.assert_allclose(ran(job)["Nd_0800:depth"], truth.neodymium, rtol=0.05)


def test_dark_object_takes_haze_away(spectral_job, scene):
    truth = scene(60, 60)
    shade = np.linspace(0.02, 1.0, 60)[:, None, None]
    haze = 0.08 * np.exp(-2.0 * WAVES)
    rough = ran(spectral_job(truth.image * shade + haze, folder="a"))["Nd_0740:depth"]
    clean = ran(spectral_job(truth.image * shade + haze, folder="b", correction="darkobject"))["Nd_0740:depth"]
    errors = [np.nanmedian(np.abs(depth[10:] - truth.neodymium[10:])) for depth in (rough, clean)]
    assert errors[1] < 0.5 * errors[0]


def test_stopped_run_goes_on_with_the_tiles_that_are_left(spectral_job, scene, monkeypatch):
    truth = scene()
    job = spectral_job(truth.image, high=4, threads=1)
    measure, count = Study.values, []

    def stopping(self, spectra):
        count.append(1)
        if len(count) == 3:
            raise Cancelled
        return measure(self, spectra)

    monkeypatch.setattr(Study, "values", stopping)
    with pytest.raises(Cancelled):
        jobs_spectral.run(job, Progress())
    finished = {path: path.stat().st_mtime_ns for path in job.root.glob("part_*.npy")}
    assert 0 < len(finished) < 6
    result = ran(job)
    assert {path: path.stat().st_mtime_ns for path in finished} == finished
    monkeypatch.setattr(Study, "values", measure)
    whole = ran(spectral_job(truth.image, high=24, folder="whole"))
    for name, band in whole.items():
        npt.assert_allclose(result[name], band, atol=2e-5)


def test_same_seed_gives_the_same_whatever_the_threads(spectral_job, scene):
    image = scene(noise=0.002).image
    first, second = (ran(spectral_job(image, high=3, folder=name, threads=threads, components=None))
                     for name, threads in (("a", 1), ("b", 3)))
    for name in first:
        npt.assert_array_equal(first[name], second[name])


@pytest.mark.parametrize(("change", "words"), [
    (lambda image: np.full_like(image, -9999.0), "no data in its usable bands"),
    (lambda image: np.full_like(image, 0.3), "same values"),
    (lambda image: image * 1e6, "no reflectance times"),
])
def test_images_without_sense_are_one_sentence(spectral_job, scene, change, words):
    with pytest.raises(InputError, match=words):
        jobs_spectral.run(spectral_job(change(scene().image)), Progress())


def test_components_and_angles_without_features(spectral_job, scene):
    truth = scene()
    arrays = {"library": truth.image[12, 16][None], "library_micrometres": WAVES}
    job = spectral_job(truth.image, features="none", arrays=arrays, minerals=["rich"])
    assert list(ran(job)) == ["rich:angle", "PC1:score", "PC2:score"]


def test_nothing_to_write_is_told(spectral_job, scene):
    with pytest.raises(InputError, match="Nothing is left to write"):
        jobs_spectral.run(spectral_job(scene().image, features="none", components=0), Progress())


@pytest.mark.parametrize("fill", [0.0, -9999.0, -0.01])
def test_pixels_with_one_number_throughout_are_no_data_though_the_file_does_not_say_so(spectral_job, scene, fill):
    truth = scene(24, 16)
    image = truth.image.copy()
    image[:, 8:] = fill
    filled, log = spectral_job(image, nodata=np.nan), Log()
    found = jobs_spectral.run(filled, log)
    whole = ran(spectral_job(truth.image[:, :8], folder="cut"))
    for name, band in bands(filled, found).items():
        assert np.isnan(band[:, 8:]).all()
        npt.assert_allclose(band[:, :8], whole[name], atol=2e-5)
    assert found["pixels"] == 24 * 8
    assert any(text.startswith("50 % of the pixels hold one number") for text in log.said)


class Log(Progress):
    """Keeps what it is told."""

    def __init__(self):
        super().__init__()
        self.said = []

    def log(self, text):
        self.said.append(text)


def test_one_pixel_is_measured_without_components(spectral_job, scene):
    truth = scene(1, 1)
    job = spectral_job(truth.image, components=None)
    found = jobs_spectral.run(job, Progress())
    assert (found["pixels"], found["components"]) == (1, 0)
    npt.assert_allclose(bands(job, found)["AlOH_2200:depth"], truth.clay, rtol=0.02)


def test_library_coarser_than_the_image_is_told(spectral_job, scene):
    coarse = np.arange(0.4, 2.5, 0.05)
    progress = Progress()
    jobs_spectral.run(spectral_job(scene().image, arrays={
        "library": np.linspace(0.3, 0.4, len(coarse))[None], "library_micrometres": coarse}, minerals=["A"]), progress)
    assert any("narrow absorptions are missing from the library" in text for text in progress.warnings)
