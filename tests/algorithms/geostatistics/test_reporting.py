"""Reports hold their figures, scores and warnings, and nothing unescaped."""
import re

import numpy as np

from lodescope.algorithms.geostatistics import jobs_flux, jobs_indicator, jobs_kriging, jobs_variogram
from lodescope.algorithms.progress import Progress


def report_of(make_job, run, settings, drilling, field="La_ppm"):
    coordinates, holes = drilling
    values = np.exp(np.sin(coordinates[:, :1] / 60.0) + np.random.default_rng(0).normal(0.0, 0.3, (120, 1)))
    job = make_job({"fields": [field], "seed": 1, **settings}, coordinates=coordinates, values=values, groups=holes)
    run(job, Progress())
    return (job.root / "report.html").read_text(encoding="utf-8")


def test_a_variogram_report_shows_fit_and_validation(make_job, drilling):
    text = report_of(make_job, jobs_variogram.run, {"models": ["matern15", "exponential"]}, drilling)
    for part in ("Variogram of La_ppm", "Models tried", "Each drill hole left out", "Calibration", "95 % interval"):
        assert part in text
    assert text.count("<svg") == 5


def test_a_kriging_report_shows_a_map(make_job, drilling, grid, smooth_variogram):
    settings = {"grid": grid, "variogram": smooth_variogram, "transform": "none"}
    text = report_of(make_job, jobs_kriging.run, settings, drilling)
    assert "La_ppm:estimate@z=160" in text
    assert "Engine: exact" in text


def test_a_flux_report_explains_the_gradient(make_job, drilling, grid, smooth_variogram):
    settings = {"grid": grid, "variogram": smooth_variogram, "quantities": ["magnitude", "dx", "change"],
                "method": "finite element", "strength": 50.0}
    text = report_of(make_job, jobs_flux.run, settings, drilling)
    assert "Law of flux" in text
    assert "Change of La_ppm against kriging" in text


def test_an_indicator_report_lists_the_cutoffs(make_job, drilling, grid, smooth_variogram):
    settings = {"grid": grid, "variogram": smooth_variogram, "cutoffs": [0.5, 1.5], "quantiles": [0.5]}
    assert "Cut-offs: 0.5, 1.5" in report_of(make_job, jobs_indicator.run, settings, drilling)


def test_field_names_are_escaped_and_nothing_is_fetched(make_job, drilling, grid, smooth_variogram):
    settings = {"grid": grid, "variogram": smooth_variogram}
    text = report_of(make_job, jobs_kriging.run, settings, drilling, field="<b>La & Ce</b>")
    assert "<b>La" not in text
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", text)
