"""What was read from log texts: probabilities of classes, intensities and percentages."""
from dataclasses import dataclass, fields

import numpy as np

LEVELS = 5


@dataclass
class Parsed:
    """The content of n texts.

    Attributes
    ----------
    lithology, weathering, grain_size, colour : array of float32, shape (n, classes)
        Probabilities that sum to 1 in each row; the first class is "not said".
    alteration, mineral : array of float32, shape (n, labels, 5)
        Probabilities of the intensities 0 (absent, negated or not said) to 4.
    mineral_percent : array of float32, shape (n, labels)
        Per cent of the rock; NaN where none is given.
    structure : array of float32, shape (n, labels)
        Probability of each structure.
    """

    lithology: np.ndarray
    weathering: np.ndarray
    grain_size: np.ndarray
    colour: np.ndarray
    alteration: np.ndarray
    mineral: np.ndarray
    mineral_percent: np.ndarray
    structure: np.ndarray

    def __len__(self):
        return len(self.lithology)

    @classmethod
    def empty(cls, n, vocabulary):
        """N texts of which nothing is known: "not said" and intensity 0 are certain."""
        single = {name: np.zeros((n, len(vocabulary.classes(name))), np.float32)
                  for name in ("lithology", "weathering", "grain_size", "colour")}
        for probabilities in single.values():
            probabilities[:, 0] = 1.0
        several = {name: np.zeros((n, len(vocabulary.labels(name)), LEVELS), np.float32)
                   for name in ("alteration", "mineral")}
        for probabilities in several.values():
            probabilities[:, :, 0] = 1.0
        percent = np.full((n, len(vocabulary.labels("mineral"))), np.nan, np.float32)
        structure = np.zeros((n, len(vocabulary.labels("structure"))), np.float32)
        return cls(**single, **several, mineral_percent=percent, structure=structure)

    @classmethod
    def concatenate(cls, parts):
        """Several results, one after the other."""
        return cls(**{field.name: np.concatenate([getattr(part, field.name) for part in parts])
                      for field in fields(cls)})

    def take(self, rows):
        """The content of some texts, by their indices (k,)."""
        return Parsed(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def labels(self):
        """The most likely class, intensity and structure of every text, as `Labels`."""
        single = ("lithology", "weathering", "grain_size", "colour")
        return Labels(
            **{name: getattr(self, name).argmax(axis=1) for name in single},
            alteration=self.alteration.argmax(axis=2), mineral=self.mineral.argmax(axis=2),
            mineral_percent=self.mineral_percent.copy(), structure=self.structure >= 0.5)

    def expected(self, attribute):
        """Mean intensity (n, labels) of ``"alteration"`` or ``"mineral"`` under the probabilities."""
        return getattr(self, attribute) @ np.arange(LEVELS, dtype=np.float32)


@dataclass
class Labels:
    """One certain answer for each of n texts.

    Attributes
    ----------
    lithology, weathering, grain_size, colour : array of int, shape (n,)
        Class indices; 0 is "not said".
    alteration, mineral : array of int, shape (n, labels)
        Intensity 0 to 4.
    mineral_percent : array of float, shape (n, labels)
        NaN where none is given.
    structure : array of bool, shape (n, labels)
    """

    lithology: np.ndarray
    weathering: np.ndarray
    grain_size: np.ndarray
    colour: np.ndarray
    alteration: np.ndarray
    mineral: np.ndarray
    mineral_percent: np.ndarray
    structure: np.ndarray

    def __len__(self):
        return len(self.lithology)

    @classmethod
    def empty(cls, n, vocabulary):
        """N texts that say nothing."""
        single = {name: np.zeros(n, np.int64) for name in ("lithology", "weathering", "grain_size", "colour")}
        several = {name: np.zeros((n, len(vocabulary.labels(name))), np.int64) for name in ("alteration", "mineral")}
        return cls(**single, **several, mineral_percent=np.full(several["mineral"].shape, np.nan),
                   structure=np.zeros((n, len(vocabulary.labels("structure"))), bool))
