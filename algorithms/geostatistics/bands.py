"""The bands of a result: their order, their names and where they are written."""
from dataclasses import dataclass

from .tiles import grid_shape


@dataclass(frozen=True)
class Bands:
    """Quantities of fields on a grid, field by field, quantity by quantity, level by level.

    Parameters
    ----------
    grid : dict
        Grid settings.
    fields : tuple of str
    quantities : tuple of tuple of str
        Of each field.
    """

    grid: dict
    fields: tuple
    quantities: tuple

    @classmethod
    def same(cls, grid, fields, quantities):
        """The same quantities for every field."""
        return cls(grid, tuple(fields), (tuple(quantities),) * len(fields))

    @property
    def count(self):
        """Quantities of all fields, levels not counted."""
        return sum(len(names) for names in self.quantities)

    @property
    def shape(self):
        """Bands, rows and columns."""
        levels, rows, columns = grid_shape(self.grid)
        return self.count * levels, rows, columns

    @property
    def descriptions(self):
        """``FIELD:quantity``, in 3-D ``FIELD:quantity@z=LEVEL``."""
        ends = [f"@z={level:.10g}" for level in self.grid["levels"]] or [""]
        return [
            f"{field}:{quantity}{end}"
            for field, names in zip(self.fields, self.quantities) for quantity in names for end in ends
        ]

    def numbered(self, numbers):
        """``(field number, quantity)`` of the fields ``numbers``, in the order of `part`."""
        return [(number, name) for number in numbers for name in self.quantities[number]]

    def starts(self, number):
        """First band of each quantity of field ``number``."""
        levels = grid_shape(self.grid)[0]
        before = sum(len(names) for names in self.quantities[:number])
        return {name: (before + k) * levels for k, name in enumerate(self.quantities[number])}

    def part(self, out, numbers):
        """The bands of the fields ``numbers`` as if they stood alone in ``out``; see `BandSelection`."""
        first = [start for number in numbers for start in self.starts(number).values()]
        return BandSelection(out, first, grid_shape(self.grid)[0])


class BandSelection:
    """Writes to some bands of a raster array by their numbers among themselves.

    Parameters
    ----------
    out : numpy.ndarray, shape (bands, rows, columns)
    first : list of int
        First band of each selected quantity.
    levels : int
        Bands of a quantity.
    """

    def __init__(self, out, first, levels):
        self.out, self.first, self.levels = out, first, levels
        self.shape = (len(first) * levels,) + out.shape[1:]

    def __setitem__(self, place, values):
        bands, rows, columns = place
        quantity, level = divmod(bands.start, self.levels)
        start = self.first[quantity] + level
        self.out[start:start + bands.stop - bands.start, rows, columns] = values
