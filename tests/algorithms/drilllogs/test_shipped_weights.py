"""The weights that Lodescope ships: their size and card, and what they read in plain logs."""
import json

import pytest

from lodescope.algorithms.drilllogs.transformer import KIND, SHIPPED, TransformerParser
from lodescope.algorithms.drilllogs.vocabulary import load_vocabulary
from lodescope.algorithms.modelfile import read_card

LOG = "med gr carbonatite, strong fenitisation, 5% bastnaesite in veinlets, wk silicif."


@pytest.fixture(scope="module")
def parser():
    return TransformerParser.load()


@pytest.fixture
def read(parser):
    """Read one text as plain names and numbers."""

    def one(text):
        vocabulary, parsed = load_vocabulary(), parser.parse([text])
        found = parsed.labels()
        out = {name: vocabulary.classes(name)[getattr(found, name)[0]]
               for name in ("lithology", "weathering", "grain_size", "colour")}
        for name in ("alteration", "mineral"):
            levels = getattr(found, name)[0]
            out[name] = {label: int(level) for label, level in zip(vocabulary.labels(name), levels) if level}
        out["percent"] = dict(zip(vocabulary.labels("mineral"), found.mineral_percent[0].tolist()))
        out["structure"] = {label for label, there in zip(vocabulary.labels("structure"), found.structure[0]) if there}
        return out

    return one


def test_the_file_is_small_and_its_card_says_what_it_is():
    assert SHIPPED.stat().st_size <= 6_000_000
    card = read_card(SHIPPED, KIND)
    assert card["network"]["choices"]["lithology"] == list(load_vocabulary().classes("lithology"))
    assert card["network"]["labels"]["mineral"] == list(load_vocabulary().labels("mineral"))
    assert {"seed", "sources", "scores", "temperature"} <= set(card)
    assert len(json.dumps(card)) < 30_000


def test_the_plain_log_of_a_carbonatite(read):
    found = read(LOG)
    assert found["lithology"] == "carbonatite"
    assert found["grain_size"] == "medium"
    assert found["alteration"] == {"fenite": 3, "silica": 1}
    assert found["mineral"]["bastnaesite"] == 3
    assert found["percent"]["bastnaesite"] == pytest.approx(5.0)
    assert "veined" in found["structure"]


@pytest.mark.parametrize(("text", "name", "label"), [
    ("granite, no pyrite", "mineral", "pyrite"),
    ("dark grey basalt without chlorite alteration", "alteration", "chlorite"),
])
def test_what_is_denied_is_absent(read, text, name, label):
    assert label not in read(text)[name]


@pytest.mark.parametrize("text", ["graniet", "GRANITE", "granitte, fresh", "red granite"])
def test_typing_errors_and_capitals_are_borne(read, text):
    assert read(text)["lithology"] == "granite"
