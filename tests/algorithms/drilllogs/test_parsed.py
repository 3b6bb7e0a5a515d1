"""Results of parsers: shapes, joining, the most likely answer."""
import numpy as np
import numpy.testing as npt

from lodescope.algorithms.drilllogs.parsed import Labels, Parsed
from lodescope.algorithms.drilllogs.vocabulary import load_vocabulary


def test_nothing_known_is_certain_of_nothing():
    parsed = Parsed.empty(3, load_vocabulary())
    assert len(parsed) == 3
    npt.assert_array_equal(parsed.lithology[:, 0], 1.0)
    npt.assert_array_equal(parsed.alteration[:, :, 0], 1.0)
    assert np.isnan(parsed.mineral_percent).all()
    labels = parsed.labels()
    assert labels.lithology.tolist() == [0, 0, 0]
    assert not labels.structure.any()
    assert not labels.alteration.any()


def test_parts_are_joined_and_taken():
    vocabulary = load_vocabulary()
    one, other = Parsed.empty(2, vocabulary), Parsed.empty(1, vocabulary)
    other.lithology[0, :2] = 0.2, 0.8
    whole = Parsed.concatenate([one, other])
    assert whole.labels().lithology.tolist() == [0, 0, 1]
    assert whole.take([2]).labels().lithology.tolist() == [1]


def test_expected_intensity():
    parsed = Parsed.empty(1, load_vocabulary())
    parsed.alteration[0, 3] = [0.0, 0.5, 0.0, 0.5, 0.0]
    assert parsed.expected("alteration")[0, 3] == 2.0


def test_empty_labels_fit_the_vocabulary():
    vocabulary = load_vocabulary()
    labels = Labels.empty(4, vocabulary)
    assert labels.alteration.shape == (4, len(vocabulary.alterations))
    assert labels.structure.shape == (4, len(vocabulary.structures))
    assert len(labels) == 4
