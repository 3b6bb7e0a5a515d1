"""The trend of universal kriging and which part of it the samples determine."""
import numpy as np

# A trend needs samples spread over more than this part of their extent.
FLAT = 1e-4
POINT = 1e-6


class Drift:
    """The trend: columns of a least-squares problem in centred, scaled coordinates.

    Samples on one line or in one plane say nothing about a linear trend
    across it; the trend is then taken along it only and ``note`` says so.

    Parameters
    ----------
    kind : str
        "constant", "linear" or "none".
    coordinates : numpy.ndarray, shape (n, d)
    """

    def __init__(self, kind, coordinates):
        self.kind, self.note = kind, ""
        self.centre = coordinates.mean(axis=0)
        self.axes = np.zeros((coordinates.shape[1], 0))
        if kind == "linear":
            self._orient(coordinates - self.centre)

    def _orient(self, centred):
        """Directions in which the samples spread, scaled by that spread."""
        dimensions = centred.shape[1]
        _, spread, directions = np.linalg.svd(np.vstack([centred, np.zeros((dimensions, dimensions))]),
                                              full_matrices=False)
        kept = spread > FLAT * max(spread[0], POINT)
        self.axes = directions[kept].T * (np.sqrt(len(centred)) / spread[kept])
        if not kept.all():
            where = ("at one point, so the trend is constant", "on one line, so the trend is taken along it only",
                     "in one plane, so the trend is taken along it only")[int(kept.sum())]
            self.note = f"The samples lie {where}."

    @property
    def size(self):
        """Number of columns."""
        return 0 if self.kind == "none" else 1 + self.axes.shape[1]

    def columns(self, points):
        """Values of the columns at ``points``, shape (p, size)."""
        if self.kind == "none":
            return np.zeros((len(points), 0))
        return np.hstack([np.ones((len(points), 1)), (points - self.centre) @ self.axes])

    def slopes(self):
        """Derivatives of the columns, the same everywhere, shape (d, size)."""
        constant = np.zeros((len(self.axes), min(self.size, 1)))
        return np.hstack([constant, self.axes])
