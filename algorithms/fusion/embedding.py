"""Coordinates as smooth features, at the scales on which grades vary.

References
----------
Tancik, M. et al. (2020). Fourier features let networks learn high frequency
functions in low dimensional domains. https://arxiv.org/abs/2006.10739
"""
import numpy as np
from scipy.cluster.vq import kmeans2

SCALES = (0.5, 1.0, 2.0, 4.0)  # wavelengths in ranges of the variogram
CENTRES = 24
WIDTH = 0.5  # standard deviation of a radial basis function in ranges
AXES = "XYZ"


class Embedding:
    """Fourier or radial basis functions of reduced coordinates, in which a length of 1 is the range of the variogram.

    Attributes
    ----------
    kind : str
        "none", "fourier" or "rbf".
    origin : numpy.ndarray, shape (d,)
    metric : numpy.ndarray, shape (d, d)
        Turns metres from the origin into ranges along the main axes.
    centres : numpy.ndarray, shape (centres, d)
        Of the radial basis functions, in reduced coordinates.
    """

    def __init__(self, kind, origin, metric, centres):
        self.kind, self.origin = kind, np.asarray(origin, dtype=float)
        self.metric, self.centres = np.asarray(metric, dtype=float), np.asarray(centres, dtype=float)

    @classmethod
    def fit(cls, kind, coordinates, metric, rng):
        """Fit to places (n, d); see the attributes."""
        origin = coordinates.mean(axis=0)
        centres = np.zeros((0, coordinates.shape[1]))
        if kind == "rbf":
            reduced = (coordinates - origin) @ metric.T
            distinct = np.unique(reduced, axis=0)
            if len(distinct) <= CENTRES:
                centres = distinct
            else:
                start = distinct[np.sort(rng.choice(len(distinct), CENTRES, replace=False))]
                centres = kmeans2(distinct, start, minit="matrix", iter=20)[0]
        return cls(kind, origin, metric, centres)

    @property
    def features(self):
        """Names of the columns."""
        if self.kind == "fourier":
            return [f"wave_{axis}_{scale:g}_{part}" for scale in SCALES for axis in range(1, len(self.origin) + 1)
                    for part in ("sin", "cos")]
        return [f"bump_{number + 1}" for number in range(len(self.centres))]

    def apply(self, coordinates):
        """Values, shape (n, features)."""
        reduced = (coordinates - self.origin) @ self.metric.T
        if self.kind == "fourier":
            angles = 2.0 * np.pi * reduced[:, None, :] / np.array(SCALES)[None, :, None]
            return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(len(reduced), -1)
        out = np.empty((len(reduced), len(self.centres)))
        for column, centre in enumerate(self.centres):
            out[:, column] = np.exp(-0.5 * np.square(reduced - centre).sum(axis=1) / WIDTH**2)
        return out

    def state(self):
        """Arrays and JSON values from which `restore` makes the same."""
        return {"origin": self.origin, "metric": self.metric, "centres": self.centres}, {"kind": self.kind}

    @classmethod
    def restore(cls, arrays, info):
        """The same from what `state` gave."""
        return cls(info["kind"], arrays["origin"], arrays["metric"], arrays["centres"])
