"""The job that fits the parser to own logs: what it learns, refuses, and how it goes on after a stop."""
import json

import numpy as np
import pytest

from lodescope.algorithms.drilllogs import jobs_train
from lodescope.algorithms.drilllogs.transformer import TransformerParser
from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.texts import pack_texts

ROCKS = {"GRT": ("granite", "granitoid", "leucogranite"), "BST": ("basalt", "metabasalt", "mafic lava"),
         "SST": ("sandstone", "sandy sediment", "arenite")}
SETTINGS = {"epochs": 3, "rate": 2e-3, "seed": 4, "start": "", "label_field": "code", "subtitle": "test"}


def own_logs(count=180):
    """Texts, labels and holes of made-up company logs."""
    rng, texts, labels = np.random.default_rng(5), [], []
    for _ in range(count):
        label = str(rng.choice(list(ROCKS)))
        texts.append(f"{rng.choice(['red', 'grey', 'fresh', 'wk foliated'])} {rng.choice(ROCKS[label])}, "
                     f"{rng.choice(['massive', 'minor qtz veins', 'tr py'])}")
        labels.append(label)
    return texts, labels, [f"DH{k // 10}" for k in range(count)]


@pytest.fixture
def make(tmp_path):
    """Function that makes a job folder from columns of texts."""

    def job(name="job", settings=None, **columns):
        folder = tmp_path / name
        (folder / "inputs").mkdir(parents=True, exist_ok=True)
        arrays = {}
        for column, texts in columns.items():
            for key, array in zip((column, f"{column}_ends"), pack_texts(texts)):
                np.save(folder / "inputs" / f"{key}.npy", array)
                arrays[key] = f"inputs/{key}.npy"
        (folder / "job.json").write_text(json.dumps({
            "protocol": 1, "job": "trainlogparser", "needs": "deep", "settings": {**SETTINGS, **(settings or {})},
            "arrays": arrays}))
        return JobFolder(folder)

    return job


class Heard(Progress):
    """Keeps metrics and stops after some epochs."""

    def __init__(self, stop_after=None):
        super().__init__(self.keep)
        self.metrics, self.stop_after = [], stop_after

    def keep(self, event, **fields):
        if event == "metric":
            self.metrics.append((fields["name"], fields["step"]))
            if fields["name"] == "score" and fields["step"] == self.stop_after:
                self._stop.set()


def test_own_classes_are_learnt_and_the_model_reads_them(make):
    texts, labels, holes = own_logs()
    job, progress = make(text=texts, label=labels, hole=holes), Heard()
    found = jobs_train.run(job, progress)
    assert found["accuracy"] > 0.9 and found["classes"] == 3 and found["rows"] == 180
    assert 20 <= found["validation_rows"] <= 60
    assert ("loss", 3) in progress.metrics and ("accuracy", 3) in progress.metrics
    parser = TransformerParser.load(job.path("model.safetensors"))
    assert parser.lithologies == ("", "BST", "GRT", "SST")
    parsed = parser.parse(["fresh leucogranite, massive", "grey metabasalt", "fresh leucogranite, massive"])
    assert [parser.lithologies[k] for k in parsed.lithology.argmax(axis=1)] == ["GRT", "BST", "GRT"]
    np.testing.assert_allclose(parsed.lithology.sum(axis=1), 1.0, atol=1e-3)
    content = job.path("model.safetensors").read_bytes()
    assert b"leucogranite" not in content  # no text of the logs is in the model
    assert "<svg" in job.read_text("report.html")


def test_a_killed_job_ends_as_one_that_was_not(make):
    texts, labels, holes = own_logs()
    columns = {"text": texts, "label": labels, "hole": holes}
    whole = make("whole", **columns)
    expected = jobs_train.run(whole, Progress())
    broken = make("broken", **columns)
    with pytest.raises(Cancelled):
        jobs_train.run(broken, Heard(stop_after=1))
    assert broken.path(jobs_train.CHECKPOINT).exists()
    progress = Heard()
    assert jobs_train.run(broken, progress) == expected
    assert ("loss", 1) not in progress.metrics
    one, other = (TransformerParser.load(job.path("model.safetensors")) for job in (whole, broken))
    for a, b in zip(one.network.state_dict().values(), other.network.state_dict().values()):
        np.testing.assert_array_equal(a, b)


def test_rare_classes_and_lacking_holes_are_said(make):
    texts, labels, _ = own_logs(90)
    labels[0] = "ODD"
    progress = Heard()
    found = jobs_train.run(make(text=texts, label=labels, settings={"epochs": 1}), progress)
    assert found["rows"] == 89
    assert any("ODD" in note for note in progress.warnings)
    assert any("Without several drill holes" in note for note in progress.warnings)


@pytest.mark.parametrize(("labels", "words"), [
    (["GRT"] * 40, "all labelled rows have the class 'GRT'"),
    ([""] * 40, "0 rows have a text and a class"),
    (["A", "B"] * 3 + [""] * 34, "6 rows have a text and a class"),
])
def test_what_cannot_be_learnt_from_is_refused(make, labels, words):
    with pytest.raises(InputError, match=words):
        jobs_train.run(make(text=["grey rock"] * 40, label=labels), Progress())


def test_a_foreign_model_is_no_start(make, tmp_path):
    texts, labels, holes = own_logs(60)
    (tmp_path / "x.safetensors").write_bytes(b"nothing")
    job = make(text=texts, label=labels, hole=holes, settings={"start": str(tmp_path / "x.safetensors")})
    with pytest.raises(InputError, match="not a model file"):
        jobs_train.run(job, Progress())


def test_training_starts_from_the_shipped_weights(make):
    texts, labels, holes = own_logs(80)
    settings = {"start": "shipped", "epochs": 1, "frozen": True}
    job = make(text=texts, label=labels, hole=holes, settings=settings)
    jobs_train.run(job, Progress())
    shipped, own = TransformerParser.load(), TransformerParser.load(job.path("model.safetensors"))
    np.testing.assert_allclose(own.network.embedding.detach(), shipped.network.embedding.detach(), atol=1e-6)
    assert own.parse([texts[0]]).alteration.shape == shipped.parse([texts[0]]).alteration.shape
