"""Dictionary and transformer read together: where they disagree, the surer one decides."""
import numpy as np

from .amounts import level_of
from .dictionary import DictionaryParser
from .vocabulary import SINGLE

SHARE, FOUND, NOT_FOUND = 0.5, 0.3, 0.6


class CombinedParser:
    """The mean of the probabilities of two parsers.

    The dictionary knows what it knows exactly, above all numbers and negations;
    the transformer knows words in their context, and words that no dictionary
    lists. A class that the dictionary does not find at all is left to the
    transformer. Of alterations and minerals those that the dictionary finds
    count more, and others only when the transformer is sure.
    Percentages are those of the dictionary.

    Parameters
    ----------
    transformer : object with ``parse(texts, codes)``
    table : dict, optional
        Codes to words, for the dictionary; see `dictionary.DictionaryParser`.
    share : float
        Weight of the transformer, 0 to 1.
    """

    def __init__(self, transformer, table=None, share=SHARE):
        self.dictionary, self.transformer = DictionaryParser(code_table=table), transformer
        self.share = share

    def parse(self, texts, codes=None):
        """The content of log texts, as `parsed.Parsed`."""
        found, other = self.dictionary.parse(texts, codes), self.transformer.parse(texts, codes)
        for name in SINGLE:
            setattr(found, name, self._mean(getattr(found, name), getattr(other, name)))
        for name in ("alteration", "mineral"):
            setattr(found, name, _weighed(getattr(found, name), getattr(other, name)))
        found.structure = (1.0 - self.share) * found.structure + self.share * other.structure
        _follow_percent(found)
        return found

    def _mean(self, known, other):
        """Probabilities (n, classes) of both; those of the transformer alone where the dictionary finds no class."""
        share = np.where(known.argmax(axis=1) == 0, 1.0, self.share)[:, None].astype(np.float32)
        return (1.0 - share) * known + share * other


def _weighed(known, other):
    """Probabilities (n, labels, 5) of both, by whether the dictionary finds the label."""
    share = np.where(known[:, :, :1] < 0.5, FOUND, NOT_FOUND).astype(np.float32)
    return (1.0 - share) * known + share * other


def _follow_percent(found):
    """Give minerals with a percentage the intensity that it says."""
    rows, labels = np.nonzero(np.isfinite(found.mineral_percent))
    for row, label in zip(rows, labels):
        level = level_of(float(found.mineral_percent[row, label]))
        if level > 0:
            there = found.mineral[row, label, 1:].sum()
            found.mineral[row, label, 1:] = 0.0
            found.mineral[row, label, level] = there
