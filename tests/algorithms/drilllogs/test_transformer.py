"""The transformer as a parser: its model file, and texts in any order."""
from dataclasses import fields

import numpy as np
import numpy.testing as npt
import pytest
import torch

from lodescope.algorithms.drilllogs import transformer
from lodescope.algorithms.drilllogs.parsed import Parsed
from lodescope.algorithms.drilllogs.vocabulary import load_vocabulary
from lodescope.algorithms.errors import InputError
from lodescope.algorithms.modelfile import save_model

SMALL = {"buckets": 1024, "width": 16, "layers": 1, "heads": 2, "hidden": 32}
TEXTS = ["fresh granite", "", "5% py in wk silicified basalt, no talc", "fresh granite", "x " * 300]


@pytest.fixture
def parser():
    torch.manual_seed(3)
    return transformer.TransformerParser(transformer.make_network(load_vocabulary(), **SMALL), {})


def test_probabilities_have_the_shapes_of_the_vocabulary(parser):
    vocabulary, parsed = load_vocabulary(), parser.parse(TEXTS)
    empty = Parsed.empty(len(TEXTS), vocabulary)
    for field in fields(Parsed):
        assert getattr(parsed, field.name).shape == getattr(empty, field.name).shape
    npt.assert_allclose(parsed.lithology.sum(axis=1), 1.0, rtol=1e-5)
    npt.assert_allclose(parsed.mineral.sum(axis=2), 1.0, rtol=1e-5)
    npt.assert_array_equal(parsed.lithology[0], parsed.lithology[3])
    assert len(parser.parse([])) == 0


def test_order_and_company_do_not_matter(parser):
    together, alone = parser.parse(TEXTS), parser.parse(TEXTS[2:3])
    npt.assert_allclose(together.alteration[2], alone.alteration[0], atol=1e-5)
    turned = parser.parse(TEXTS[::-1])
    npt.assert_allclose(turned.lithology[::-1], together.lithology, atol=1e-5)


def test_a_code_is_read_beside_the_text(parser):
    assert not np.allclose(parser.parse(["core"], ["GRT"]).lithology, parser.parse(["core"]).lithology)


def test_a_file_gives_the_parser_back(parser, tmp_path):
    path = tmp_path / "p.safetensors"
    transformer.save_parser(path, parser.network, "test", half=False, temperature={"lithology": 1.0}, seed=1)
    npt.assert_allclose(transformer.TransformerParser.load(path).parse(TEXTS).lithology,
                        parser.parse(TEXTS).lithology, atol=1e-6)
    transformer.save_parser(path, parser.network, "test")
    npt.assert_allclose(transformer.TransformerParser.load(path).parse(TEXTS).lithology,
                        parser.parse(TEXTS).lithology, atol=0.02)


def test_another_kind_of_model_is_refused(tmp_path):
    path = save_model(tmp_path / "v.safetensors", {"a": np.zeros(1)}, {"schema": 1, "kind": "assaytransform"})
    with pytest.raises(InputError, match="another kind of model"):
        transformer.TransformerParser.load(path)


def test_temperature_brings_back_known_confidence():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 3)) * 2.0
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    target = np.array([rng.choice(3, p=row) for row in p])
    assert transformer.fit_temperature(torch.from_numpy(3.0 * logits), target) == pytest.approx(3.0, rel=0.1)


def test_batches_hold_every_row_once_and_stay_small():
    lengths = np.sort(np.random.default_rng(2).integers(1, 96, 3000))
    batches = list(transformer.by_tokens(np.arange(3000), lengths))
    npt.assert_array_equal(np.concatenate(batches), np.arange(3000))
    assert max(len(rows) * lengths[rows].max() for rows in batches) <= transformer.TOKENS_AT_ONCE
