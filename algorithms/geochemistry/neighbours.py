"""Nearest samples in space and composition together."""
import numpy as np

SAMPLE, TYPICAL, MOST_TREE = 1000, 10, 6


class NeighbourSearch:
    """Nearest reference samples by composition and place.

    Both distances are divided by their typical value between neighbours, so
    that a weight of 1 counts them alike.

    Parameters
    ----------
    scale : lodescope.algorithms.geochemistry.imputation.Scale
    filled : array, shape (r, u)
        Scaled reference without gaps.
    places : array, shape (r, d), or None
    embedding : str
        ``"value"`` (scaled logarithms) or ``"ratio"`` (centred log-ratios, which do not see the total).
    space : float
        Weight of the place; 0 leaves it out.
    """

    def __init__(self, scale, filled, places, embedding="value", space=1.0):
        self.scale, self.embedding = scale, embedding
        self.space = space if places is not None else 0.0
        features = self._features(filled)
        self.spread = np.where(features.std(axis=0) > 0.0, features.std(axis=0), 1.0)
        features = features / self.spread
        self.unit = typical_distance(features)
        self.features = features / self.unit
        self.placed = np.zeros(0, int)
        if self.space > 0.0:
            self.placed = np.flatnonzero(np.isfinite(places).all(axis=1))
            self.origin = places[self.placed].mean(axis=0)
            self.metre = self.space / typical_distance(places[self.placed])
            self.shifted = (places[self.placed] - self.origin) * self.metre
        self._indices = {}

    def query(self, filled, places, count, valued=None):
        """The nearest reference samples of rows.

        Parameters
        ----------
        filled : array, shape (n, u)
            Scaled rows without gaps.
        places : array, shape (n, d), or None
        count : int
        valued : array of bool, shape (n,), optional
            Rows that have a value at all; the others have only their place.

        Returns
        -------
        index, distance : array, shape (n, k)
            By increasing distance.
        """
        valued = np.ones(len(filled), bool) if valued is None else valued
        located = np.zeros(len(filled), bool)
        if places is not None and self.placed.size:
            located = np.isfinite(places).all(axis=1)
        count = min(count, len(self.features) if not located.any() else len(self.placed))
        index, distance = np.zeros((len(filled), count), int), np.full((len(filled), count), np.inf)
        features = self._features(filled) / self.spread / self.unit
        for kind, rows in (("both", located & valued), ("place", located & ~valued), ("features", ~located & valued)):
            if rows.any():
                parts = []
                if kind != "place":
                    parts.append(features[rows])
                if kind != "features":
                    parts.append((places[rows] - self.origin) * self.metre)
                found = self._index(kind).kneighbors(np.hstack(parts), count)
                distance[rows], index[rows] = found[0], found[1] if kind == "features" else self.placed[found[1]]
        return index, distance

    def _index(self, kind):
        """The search structure of features, places or both."""
        if kind not in self._indices:
            parts = {"both": lambda: np.hstack([self.features[self.placed], self.shifted]),
                     "place": lambda: self.shifted, "features": lambda: self.features}
            data = parts[kind]()
            self._indices[kind] = search_structure(data)
        return self._indices[kind]

    def _features(self, filled):
        """Coordinates of the composition."""
        logs = self.scale.logs
        if self.embedding == "value" or logs.sum() < 3:
            return filled
        values = filled * self.scale.spread + self.scale.centre
        values[:, logs] -= values[:, logs].mean(axis=1, keepdims=True)
        return values


def search_structure(points):
    """Exact search of neighbours: a tree in few dimensions, all distances in many."""
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(algorithm="kd_tree" if points.shape[1] <= MOST_TREE else "brute").fit(points)


def typical_distance(points):
    """Median distance to the tenth neighbour, above zero."""
    step = max(1, len(points) // SAMPLE)
    near = min(TYPICAL, len(points) - 1)
    if near < 1:
        return 1.0
    distance = search_structure(points).kneighbors(points[::step], near + 1)[0]
    positive = distance[:, -1][distance[:, -1] > 0.0]
    return float(np.median(positive)) if positive.size else 1.0
