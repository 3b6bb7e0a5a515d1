"""Made-up logs: the same for the same seed, and true to what they say."""
import numpy as np
import pytest

from lodescope.algorithms.drilllogs.dictionary import DictionaryParser
from lodescope.algorithms.drilllogs.grammar import generate


@pytest.fixture(scope="module")
def made():
    return generate(np.random.default_rng(11), 1500)


def test_same_seed_same_logs(made):
    texts, labels = generate(np.random.default_rng(11), 1500)
    assert texts == made[0]
    for name, values in vars(labels).items():
        np.testing.assert_array_equal(values, getattr(made[1], name))
    assert generate(np.random.default_rng(12), 20)[0] != texts[:20]


def test_labels_keep_their_ranges(made):
    labels = made[1]
    for name in ("alteration", "mineral"):
        assert getattr(labels, name).min() == 0
        assert getattr(labels, name).max() == 4
    said = np.isfinite(labels.mineral_percent)
    assert (labels.mineral[said] > 0).all()
    assert ((labels.mineral_percent[said] > 0.0) & (labels.mineral_percent[said] <= 100.0)).all()
    assert len(np.unique(labels.lithology)) > 90


def test_logs_vary(made):
    texts = made[0]
    assert len(set(texts)) > 0.95 * len(texts)
    assert 0.2 < np.mean([text.isupper() for text in texts]) < 0.5
    assert any("%" in text for text in texts)
    assert any(text.lower().count("no ") for text in texts)


def test_plain_logs_are_read_back(made):
    """The rules of the dictionary and those of the grammar are the same language."""
    texts, truth = made
    found = DictionaryParser().parse(texts).labels()
    said = truth.lithology > 0
    assert (found.lithology == truth.lithology)[said].mean() > 0.93
    for name in ("alteration", "mineral"):
        there, read = getattr(truth, name) > 0, getattr(found, name) > 0
        assert (there & read).sum() > 0.93 * there.sum()
        assert (there & read).sum() > 0.9 * read.sum()
