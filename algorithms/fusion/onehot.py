"""Classes as columns of ones and zeros, with rare classes together."""
import numpy as np

from ..errors import InputError

OTHER = "other"
FEWEST = 5  # samples that a class of its own needs
MOST_CLASSES = 1000  # different names; more are names of samples rather than of rocks
NO_CLASS = -1


class OneHot:
    """One column of ones and zeros for each class that is common enough.

    Rare classes share the column "other", into which classes that were not
    there at the fit go too; where no class was rare there is no such column.
    A place without a class, or without a column for it, has zeros only.

    Attributes
    ----------
    name : str
    classes : list of str
        Those with a column of their own, the most frequent first.
    rare : list of str
    """

    def __init__(self, name, classes, rare):
        self.name, self.classes, self.rare = name, list(classes), list(rare)

    @classmethod
    def fit(cls, name, codes, names, share=0.01, most=50):
        """Choose the classes that get a column.

        Parameters
        ----------
        name : str
            Of the column.
        codes : numpy.ndarray of int, shape (n,)
            Index into ``names``, -1 for none.
        names : list of str
        share : float
            Least part of the samples for a column of its own.
        most : int
            Largest number of columns.

        Raises
        ------
        InputError
            There are too many classes for a map of rocks, or all are rare.
        """
        known = codes[codes >= 0]
        counts = np.bincount(known, minlength=len(names))
        found = int((counts > 0).sum())
        if found > MOST_CLASSES:
            raise InputError(
                f"'{name}' has {found:,} different classes, and at most {MOST_CLASSES:,} make sense: choose a field "
                "with fewer, such as the rock type instead of a name or a number.")
        order = np.argsort(-counts, kind="stable")
        fewest = max(FEWEST, share * known.size)
        chosen = [int(code) for code in order[:most] if counts[code] >= fewest]
        if not chosen and found:
            raise InputError(
                f"Every one of the {found:,} classes of '{name}' has fewer than {int(np.ceil(fewest))} samples: choose "
                "a field with fewer classes, or lower the least share of a class.")
        rare = [names[code] for code in order if counts[code] > 0 and code not in chosen]
        return cls(name, [names[code] for code in chosen], rare)

    @property
    def features(self):
        """Names of the columns."""
        return [f"{self.name}={label}" for label in self.classes] + ([f"{self.name}={OTHER}"] if self.rare else [])

    def apply(self, codes, names, unseen=None):
        """Ones and zeros, shape (n, features).

        Parameters
        ----------
        codes, names
            As for `fit`; the list may differ from that of the fit.
        unseen : collections.Counter, optional
            Gains the number of places by ``NAME=class`` for classes that the
            fit did not meet.
        """
        column = {label: k for k, label in enumerate(self.classes)}
        other = len(self.classes) if self.rare else NO_CLASS
        table = np.array([column.get(label, other) for label in names] + [NO_CLASS])
        codes = np.where((codes >= 0) & (codes < len(names)), codes, len(names))
        places = table[codes]
        out = np.zeros((len(codes), len(self.features)))
        rows = np.flatnonzero(places >= 0)
        out[rows, places[rows]] = 1.0
        if unseen is not None:
            self._count_unseen(codes, names, unseen)
        return out

    def _count_unseen(self, codes, names, unseen):
        known = {*self.classes, *self.rare}
        counts = np.bincount(codes, minlength=len(names))
        for label, count in zip(names, counts.tolist()):
            if count and label not in known:
                unseen[f"{self.name}={label}"] += count

    def to_dict(self):
        """JSON values from which ``OneHot(**values)`` makes the same."""
        return {"name": self.name, "classes": self.classes, "rare": self.rare}
