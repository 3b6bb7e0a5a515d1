"""Names of drill holes, matched between tables."""
import re

import numpy as np

WHOLE = re.compile(r"^(\d+)\.0+$")


def hole_key(name):
    """What two spellings of one hole have in common: no spaces, no upper case, no ``.0`` behind a whole number."""
    return WHOLE.sub(r"\1", "".join(name.split()).casefold())


def loose_key(name):
    """What two names have in common that differ by leading zeros or punctuation only, such as 0012 and 12."""
    return tuple(part.lstrip("0") or "0" for part in re.findall(r"\d+|[^\W\d_]+", hole_key(name)))


class Holes:
    """The holes of the collar table.

    Parameters
    ----------
    names : list of str
        Hole of each collar, as written; empty where there is none.

    Attributes
    ----------
    names : list of str
        Each hole once, as its first collar writes it.
    collar : array of int, shape (h,)
        First collar of each hole.
    of_collar : array of int, shape (len(names),)
        Hole of each collar; -1 without a name.
    """

    def __init__(self, names):
        self._index, self._loose, self.names, collar = {}, None, [], []
        self.of_collar = np.full(len(names), -1)
        for row, name in enumerate(names):
            key = hole_key(name)
            if not key:
                continue
            if key not in self._index:
                self._index[key] = len(self.names)
                self.names.append(" ".join(name.split()))
                collar.append(row)
            self.of_collar[row] = self._index[key]
        self.collar = np.array(collar, int)

    def __len__(self):
        return len(self.names)

    def similar(self, spelling):
        """The hole that a spelling without collar may mean, an empty string when there is none or several."""
        if self._loose is None:
            self._loose = {}
            for name in self.names:
                self._loose.setdefault(loose_key(name), []).append(name)
        found = self._loose.get(loose_key(spelling), [])
        return found[0] if len(found) == 1 else ""

    def match(self, spellings):
        """Hole of each spelling, -1 where no collar has it.

        Parameters
        ----------
        spellings : list of str

        Returns
        -------
        holes : array of int
        differing : list of tuple of str
            Spellings that differ from the collar's by case or spaces, with the collar's.
        """
        holes = np.array([self._index.get(hole_key(text), -1) for text in spellings], int)
        differing = [(text, self.names[hole]) for text, hole in zip(spellings, holes)
                     if hole >= 0 and text != self.names[hole]]
        return holes, differing
