"""The job that reads logs: which parser it takes, and what it leaves in its folder."""
import json

import numpy as np
import pytest

from lodescope.algorithms.drilllogs import jobs_parse
from lodescope.algorithms.drilllogs.dictionary import DictionaryParser
from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.folder import JobFolder
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.texts import pack_texts


@pytest.fixture
def job(tmp_path):
    """Make a job: ``job(texts, codes=None, **settings)``."""

    def make(texts, codes=None, **settings):
        (tmp_path / "inputs").mkdir()
        files = {}
        for name, column in (("text", texts), ("code", codes)):
            for end, array in zip(("", "_ends"), pack_texts(column) if column is not None else ()):
                files[name + end] = f"inputs/{name}{end}.npy"
                np.save(tmp_path / files[name + end], array)
        content = {"protocol": 1, "job": "parsedrilllogs", "needs": "base", "arrays": files,
                   "settings": {"parser": "dictionary", **settings}}
        (tmp_path / "job.json").write_text(json.dumps(content))
        return JobFolder(tmp_path)

    return make


def test_columns_and_report_are_written(job):
    folder = job(["granite, 2% py", "", "granite, 2% py", "qwertzx"])
    outputs = jobs_parse.run(folder, Progress())
    assert outputs == {"parser": "dictionary", "rows": 4, "unique": 2, "empty": 1,
                       "unknown_share": pytest.approx(1 / 3)}
    content = json.loads(folder.read_text("columns.json"))
    numbers, choices = folder.load("numbers"), folder.load("choices")
    assert numbers.shape == (len(content["numbers"]), 4)
    rock = choices[list(content["texts"]).index("lith")]
    assert [content["texts"]["lith"][index] if index >= 0 else None for index in rock] == [
        "granite", None, "granite", "unknown"]
    percent = numbers[content["numbers"].index("min_pyrite_pct")]
    np.testing.assert_array_equal(percent, [2.0, np.nan, 2.0, np.nan])
    assert "qwertzx" in folder.read_text("report.html")


def test_a_code_counts_where_there_is_no_text(job):
    folder = job(["", "basalt", ""], ["SST", "", ""])
    assert jobs_parse.run(folder, Progress())["empty"] == 1
    content = json.loads(folder.read_text("columns.json"))
    rock = folder.load("choices")[list(content["texts"]).index("lith")]
    assert [content["texts"]["lith"][index] for index in rock[:2]] == ["sandstone", "basalt"]


def test_no_text_at_all_is_refused(job):
    with pytest.raises(InputError, match="no row has a text"):
        jobs_parse.run(job(["", " "]), Progress())


def test_auto_takes_the_dictionary_where_the_transformer_is_lacking(monkeypatch):
    monkeypatch.setattr(jobs_parse, "find_spec", lambda name: None)
    progress = Progress()
    parser, kind = jobs_parse.choose_parser({"parser": "auto"}, {}, progress)
    assert kind == "dictionary"
    assert "no PyTorch" in progress.warnings[0]
    assert isinstance(parser, DictionaryParser)
    for settings in ({"parser": "transformer"}, {"parser": "auto", "model": "own.safetensors"}):
        with pytest.raises(InputError, match="no PyTorch"):
            jobs_parse.choose_parser(settings, {}, progress)


def test_without_weights_the_dictionary_is_taken(monkeypatch, tmp_path):
    monkeypatch.setattr(jobs_parse, "find_spec", lambda name: True)
    monkeypatch.setattr(jobs_parse, "WEIGHTS", tmp_path / "none.safetensors")
    progress = Progress()
    assert jobs_parse.choose_parser({"parser": "auto"}, {}, progress)[1] == "dictionary"
    assert "weights" in progress.warnings[0]
    silent = Progress()
    jobs_parse.choose_parser({"parser": "dictionary"}, {}, silent)
    assert silent.warnings == []


def test_a_model_file_is_read_by_the_transformer(job, tmp_path):
    torch = pytest.importorskip("torch")
    from lodescope.algorithms.drilllogs.transformer import make_network, save_parser
    from lodescope.algorithms.drilllogs.vocabulary import load_vocabulary

    torch.manual_seed(0)
    model = save_parser(tmp_path / "own.safetensors", make_network(load_vocabulary()), "untrained")
    folder = job(["granite, 2% py", "", "basalt"], parser="auto", model=str(model))
    outputs = jobs_parse.run(folder, Progress())
    assert (outputs["parser"], outputs["rows"], outputs["empty"]) == ("transformer", 3, 1)
    content = json.loads(folder.read_text("columns.json"))
    sure = folder.load("numbers")[content["numbers"].index("lith_p")]
    assert np.isnan(sure).tolist() == [False, True, False]
    assert ((sure[[0, 2]] > 0.0) & (sure[[0, 2]] <= 1.0)).all()


def test_a_code_table_is_read_before_another_parser():
    asked = []

    class Other:
        def parse(self, texts, codes=None):
            asked.append((texts, codes))

    table = jobs_parse.WithTable(Other(), {"gr": "graphitic shale"})
    table.parse(["wk alt", "basalt"], ["GR ", "XX"])
    table.parse(["GR", "clay"])
    assert asked == [(["graphitic shale. wk alt", "basalt"], ["", "XX"]), (["graphitic shale", "clay"], None)]


def test_a_stop_is_obeyed_between_chunks(job):
    class Stop(Progress):
        def __call__(self, fraction):
            raise Cancelled

        def span(self, start, end):
            return self

    folder = job(["granite"])
    with pytest.raises(Cancelled):
        jobs_parse.run(folder, Stop())
    assert folder.read_text("columns.json") is None
