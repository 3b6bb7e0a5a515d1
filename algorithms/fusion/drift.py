"""How different the cells of a map are from the samples that a model learns from."""
import numpy as np

MOST = 20_000  # cells that are looked at


class CellSurvey:
    """Counts what is known at the cells of a map, and keeps some of them.

    Parameters
    ----------
    columns : int
    cells : int
        Of the whole map.
    """

    def __init__(self, columns, cells):
        self.step = max(1, cells // MOST)
        self.known, self.cells = np.zeros(columns, dtype=np.int64), 0
        self.next, self.kept = 0, []

    def add(self, values):
        """Take in cells, as an array of shape (columns, cells) with gaps."""
        size = values.shape[1]
        for number, column in enumerate(values):  # one by one, since tiles are large
            self.known[number] += np.count_nonzero(np.isfinite(column))
        self.kept.append(np.array(values[:, self.next - self.cells:size:self.step], dtype=float))
        self.next += self.kept[-1].shape[1] * self.step
        self.cells += size

    @property
    def coverage(self):
        """Share of the cells with a value, shape (columns,)."""
        return self.known / max(self.cells, 1)

    @property
    def values(self):
        """The cells that were kept, shape (columns, kept)."""
        return np.concatenate(self.kept, axis=1) if self.kept else np.empty((len(self.known), 0))


def drift(samples, cells):
    """How far two distributions of one column are apart.

    Parameters
    ----------
    samples, cells : numpy.ndarray, shapes (n,) and (k,)
        With gaps.

    Returns
    -------
    dict
        ``shift`` (difference of the means in standard deviations of the
        samples), ``outside`` (share of the cells beyond the range of the
        samples) and ``distance`` (largest difference of the cumulative
        distributions, Kolmogorov and Smirnov); NaN without values.
    """
    samples, cells = np.sort(samples[np.isfinite(samples)]), np.sort(cells[np.isfinite(cells)])
    if not samples.size or not cells.size:
        return {"shift": np.nan, "outside": np.nan, "distance": np.nan}
    both = np.concatenate([samples, cells])
    below = np.searchsorted(samples, both, side="right") / samples.size
    gap = np.abs(below - np.searchsorted(cells, both, side="right") / cells.size)
    spread = samples.std()
    outside = ((cells < samples[0]) | (cells > samples[-1])).mean()
    return {
        "shift": float((cells.mean() - samples.mean()) / spread) if spread > 0.0 else np.nan,
        "outside": float(outside), "distance": float(gap.max()),
    }
