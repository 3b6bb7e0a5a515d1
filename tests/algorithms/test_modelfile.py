import json
import struct

import numpy as np
import pytest

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.modelfile import load_model, make_card, read_card, require_names, save_model


@pytest.fixture
def model(tmp_path):
    tensors = {"scale": np.array([1.5, -2.0]), "table": np.arange(6, dtype=np.float32).reshape(2, 3).T}
    card = make_card("assaytransform", "Transform of assays", features=[{"name": "La_ppm", "unit": "ppm"}], seed=3)
    return save_model(tmp_path / "model.safetensors", tensors, card)


def test_a_model_comes_back_with_its_card(model):
    tensors, card = load_model(model, "assaytransform")
    assert tensors["table"].dtype == np.float32
    np.testing.assert_array_equal(tensors["table"], [[0, 3], [1, 4], [2, 5]])
    np.testing.assert_array_equal(tensors["scale"], [1.5, -2.0])
    assert card["features"] == [{"name": "La_ppm", "unit": "ppm"}]
    assert (card["schema"], card["seed"]) == (1, 3)
    assert card["versions"]["numpy"] == np.__version__


def test_the_card_is_read_without_the_library(model, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "safetensors", None)
    assert read_card(model, ("bnn", "assaytransform"))["kind"] == "assaytransform"


def test_another_kind_is_refused_by_its_title(model):
    with pytest.raises(InputError, match=r"another kind of model .Transform of assays."):
        load_model(model, "bnn")


def test_a_model_of_a_later_schema_is_refused(tmp_path):
    path = save_model(tmp_path / "m.safetensors", {}, {**make_card("bnn", "BNN"), "schema": 2})
    with pytest.raises(InputError, match="newer Lodescope"):
        read_card(path)


@pytest.mark.parametrize("content", [
    b"", b"12345678", b"{}", struct.pack("<Q", 1 << 60) + b"{}", struct.pack("<Q", 4) + b"\xff\xfe{}",
    struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 29) + json.dumps({"__metadata__": {"a": "b"}}).encode(),
])
def test_any_other_file_is_refused_in_one_sentence(tmp_path, content):
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not a model file of Lodescope"):
        read_card(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.safetensors", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_card(path)


def test_a_file_cut_short_is_damaged(model):
    model.write_bytes(model.read_bytes()[:-4])
    with pytest.raises(InputError, match="damaged"):
        load_model(model, "assaytransform")


def test_nothing_half_written_is_left(tmp_path):
    with pytest.raises(TypeError):
        save_model(tmp_path / "m.safetensors", {}, {"bad": object()})
    assert list(tmp_path.iterdir()) == []


def test_what_is_lacking_is_named():
    require_names(["La"], ["Ce", "La"], "fields", "the layer 'soil'")
    with pytest.raises(InputError, match="fields that the layer 'soil' does not have: Nd; it has: Ce, La"):
        require_names(["La", "Nd"], ["Ce", "La"], "fields", "the layer 'soil'")
