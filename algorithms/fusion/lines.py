"""Distance to the nearest of some lines, such as faults or contacts."""
import numpy as np
from scipy.spatial import cKDTree

from ..errors import InputError

PIECES = 200_000  # about as many pieces as the lines are cut into
CHUNK = 20_000
FIRST = 6  # pieces looked at before it is known whether they are enough


class LineDistance:
    """Distances on the map to line segments.

    Long segments are cut into pieces so that the pieces with the nearest
    middles are the only candidates; the distance itself is exact.

    Attributes
    ----------
    segments : numpy.ndarray, shape (k, 4)
        x, y of the start and of the end of each segment, metres.
    """

    def __init__(self, segments):
        self.segments = np.asarray(segments, dtype=float).reshape(-1, 4)
        if not len(self.segments):
            raise InputError("The layer of lines holds no line: choose another one or leave it empty.")
        starts, ends = self.segments[:, :2], self.segments[:, 2:]
        lengths = np.linalg.norm(ends - starts, axis=1)
        piece = max(lengths.sum() / PIECES, np.median(lengths), 1e-9)
        counts = np.maximum(np.ceil(lengths / piece), 1).astype(int)
        owner = np.repeat(np.arange(len(counts)), counts)
        step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        along = (ends - starts)[owner] / counts[owner, None]
        self.starts, self.along = starts[owner] + step[:, None] * along, along
        self.squares = np.maximum(np.square(along).sum(axis=1), 1e-300)
        self.half = 0.5 * float(np.sqrt(self.squares.max()))
        self.tree = cKDTree(self.starts + 0.5 * along)

    def __call__(self, points, check=None):
        """Distance of points (p, 2 or 3) on the map, metres, shape (p,)."""
        points = np.ascontiguousarray(np.asarray(points, dtype=float)[:, :2])
        out = np.empty(len(points))
        for start in range(0, len(points), CHUNK):
            if check:
                check()
            out[start:start + CHUNK] = self._nearest(points[start:start + CHUNK])
        return out

    def _nearest(self, points):
        """Distances, with as many pieces looked at as each point needs."""
        out, rows, count = np.empty(len(points)), np.arange(len(points)), FIRST
        while len(rows):
            count = min(count, len(self.starts))
            middle, piece = self.tree.query(points[rows], k=count)
            middle, piece = middle.reshape(len(rows), -1), piece.reshape(len(rows), -1)
            out[rows] = self._exact(points[rows], piece).min(axis=1)
            # A piece whose middle is farther than this cannot come nearer.
            unsure = middle[:, -1] - self.half < out[rows]
            rows = rows[unsure] if count < len(self.starts) else rows[:0]
            count *= 4
        return out

    def _exact(self, points, piece):
        """Distances (p, k) to the chosen pieces."""
        away = points[:, None, :] - self.starts[piece]
        along = self.along[piece]
        part = np.clip((away * along).sum(axis=2) / self.squares[piece], 0.0, 1.0)
        return np.linalg.norm(away - part[..., None] * along, axis=2)
