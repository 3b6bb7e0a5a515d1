"""The image of a job: tiles on disk, read one after the other."""
import numpy as np

CHUNK = 4096
SAMPLE = 20_000
LEAST_SAMPLE = 8


class Cube:
    """Tiles of an image, whose bands are in the order of their wavelengths.

    The arrays ``tile_00000`` and so on of the job have the shape (rows,
    columns, bands) and the number type of the file. Each is mapped only while
    it is worked on, so that memory does not grow with the image.

    Parameters
    ----------
    job : JobFolder
        Its settings ``tiles`` hold row, column, rows and columns of each; its
        arrays ``scale``, ``offset`` and ``nodata`` have one number per band.

    Attributes
    ----------
    tiles : list of tuple
        Row, column, rows, columns.
    bands : numpy.ndarray of int
        Those that are used; see `keep`.
    gain, offset : numpy.ndarray of float, shape (bands,)
        Reflectance is ``gain * stored + offset``; see `correct`.
    blank : float
        Share of `blank_pixels` in the sample.
    """

    def __init__(self, job):
        self.job = job
        self.tiles = [tuple(tile) for tile in job.settings["tiles"]]
        self.nodata = np.array(job.array("nodata"))
        self.bands = np.arange(len(self.nodata))
        self.gain, self.offset = (np.array(job.array(name), dtype=float) for name in ("scale", "offset"))
        self.blank = 0.0

    @property
    def pixels(self):
        """Number of pixels of the image."""
        return sum(rows * columns for _, _, rows, columns in self.tiles)

    def keep(self, bands):
        """Use only these of the used bands."""
        self.bands, self.nodata = self.bands[bands], self.nodata[bands]
        self.gain, self.offset = self.gain[bands], self.offset[bands]

    def correct(self, gain, offset=0.0):
        """Have reflectances multiplied and added to from now on."""
        self.gain, self.offset = self.gain * gain, self.offset * gain + offset

    def open(self, number):
        """The stored numbers of a tile, memory-mapped, shape (rows, columns, all bands)."""
        return self.job.array(tile_name(number))

    def convert(self, stored):
        """Stored numbers (..., all bands) as reflectances of the used bands, float32; NaN without data."""
        blank = blank_pixels(stored)
        if len(self.bands) < stored.shape[-1]:
            stored = stored[..., self.bands]
        values = stored.astype(np.float32)
        with np.errstate(invalid="ignore"):
            empty = ~np.isfinite(values)
            if np.isfinite(self.nodata).any():
                empty |= values == self.nodata.astype(np.float32)
            values *= self.gain.astype(np.float32)
            values += self.offset.astype(np.float32)
        values[empty] = np.nan
        values[blank] = np.nan
        return values

    def sample(self, rng, check):
        """About 20,000 pixels from all over the image, or all of a smaller one.

        Returns
        -------
        numpy.ndarray of float32, shape (pixels, bands)
        """
        parts, blank = [], 0
        for number, (_, _, rows, columns) in enumerate(self.tiles):
            check()
            stored = self.open(number).reshape(rows * columns, -1)
            count = min(rows * columns, max(-(-SAMPLE * rows * columns // self.pixels), LEAST_SAMPLE))
            chosen = stored[np.sort(rng.choice(rows * columns, count, replace=False))]
            blank += int(blank_pixels(chosen, self.nodata).sum())
            parts.append(self.convert(chosen))
        sample = np.concatenate(parts)
        self.blank = blank / len(sample)
        return sample


def blank_pixels(stored, nodata=None):
    """Pixels that hold one and the same number, zero or less, in all bands, as files without a nodata value do.

    Parameters
    ----------
    stored : numpy.ndarray, shape (..., bands)
    nodata : numpy.ndarray, shape (bands,), optional
        Pixels that hold it are not counted.

    Returns
    -------
    numpy.ndarray of bool, shape (...)
    """
    first = stored[..., 0]
    blank = (first <= 0) & (first == stored[..., -1]) & (first == stored[..., stored.shape[-1] // 2])
    if nodata is not None:
        blank &= first != nodata[0]
    if blank.any():
        blank[blank] = (stored[blank] == first[blank][:, None]).all(axis=1)
    return blank


def tile_name(number):
    """Name of the array of a tile."""
    return f"tile_{number:05d}"


def part_name(number):
    """Name of the results of a tile."""
    return f"part_{number:05d}"


def chunks(rows, columns):
    """First and one past the last row of stretches of about 4,096 pixels."""
    step = max(CHUNK // columns, 1)
    return [(start, min(start + step, rows)) for start in range(0, rows, step)]
