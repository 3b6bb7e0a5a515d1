"""What is known at samples or at cells, before it is made into features."""
from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class SampleTable:
    """Columns at n places.

    Attributes
    ----------
    coordinates : numpy.ndarray, shape (n, 2) or (n, 3)
        Metres.
    groups : numpy.ndarray of int, shape (n,)
        Drill hole of each place, negative for none.
    numbers : dict
        Names to arrays of float64, shape (n,), NaN where nothing is known.
    classes : dict
        Names to pairs of an integer array (n,), -1 where nothing is known,
        and the list of class names that it counts.
    targets : dict
        Names to arrays of float64, shape (n,): what is to be predicted.
    everywhere : frozenset of str
        Columns that are known at every cell of a map, not at samples only.
    sources, units : dict
        Names of columns to the layer they come from, and to their unit.
    """

    coordinates: np.ndarray
    groups: np.ndarray
    numbers: dict = field(default_factory=dict)
    classes: dict = field(default_factory=dict)
    targets: dict = field(default_factory=dict)
    everywhere: frozenset = frozenset()
    sources: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)

    def __len__(self):
        return len(self.coordinates)

    @property
    def dimensions(self):
        """2 or 3."""
        return self.coordinates.shape[1]

    def take(self, rows):
        """The places that a mask, a slice or an index array selects."""
        return replace(
            self, coordinates=self.coordinates[rows], groups=self.groups[rows],
            numbers={name: values[rows] for name, values in self.numbers.items()},
            classes={name: (codes[rows], names) for name, (codes, names) in self.classes.items()},
            targets={name: values[rows] for name, values in self.targets.items()},
        )

    def only(self, names):
        """The table without the columns that are not among ``names``."""
        kept = set(names)
        return replace(
            self, numbers={name: values for name, values in self.numbers.items() if name in kept},
            classes={name: pair for name, pair in self.classes.items() if name in kept},
        )


def cell_table(coordinates, **columns):
    """`SampleTable` of places without drill holes, such as cells; ``columns`` are its other attributes."""
    return SampleTable(coordinates, np.full(len(coordinates), -1), **columns)
