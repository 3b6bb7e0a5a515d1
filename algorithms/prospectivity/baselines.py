"""Methods that a geologist would compare a network with: what they learn, and how they go into a model file.

Columns are the evidence of the cell and, on request, its mean over the
window. Every member of an ensemble learns from deposits drawn with
replacement and from background of its own, so that the spread of the members
tells how much hangs on single deposits.

References
----------
Breiman, L. (2001). Random forests. https://doi.org/10.1023/A:1010933404324
Friedman, J. H. (2001). Greedy function approximation: a gradient boosting
machine. https://doi.org/10.1214/aos/1013203451
"""
import numpy as np
from scipy.special import expit
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from .trees import Trees
from .weights import Pattern, Weights, choose_patterns

METHODS = ("woe", "logistic", "forest", "boosting")
PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
INNER_FOLDS = 4
FOREST = {"n_estimators": 60, "min_samples_leaf": 2, "max_features": "sqrt"}
BOOSTING = {"n_estimators": 100, "max_depth": 3, "learning_rate": 0.05, "subsample": 0.7, "max_features": "sqrt"}


def columns_at(channels, surroundings):
    """Columns (n, f) of windows of channels (n, c, size, size): the middle cell and, on request, the mean."""
    middle = channels.shape[2] // 2
    own = channels[:, :-1, middle, middle]
    if not surroundings:
        return np.ascontiguousarray(own)
    return np.concatenate([own, box_mean(channels[:, :-1], channels.shape[2])[:, :, 0, 0]], axis=1)


def columns_on(channels, reach, surroundings):
    """Columns (cells, f) of a tile of channels (c, rows + 2 reach, columns + 2 reach)."""
    inner = slice(reach, channels.shape[1] - reach), slice(reach, channels.shape[2] - reach)
    parts = [channels[(slice(0, -1), *inner)]]
    if surroundings:
        parts.append(box_mean(channels[None, :-1], 2 * reach + 1)[0])
    return np.concatenate([part.reshape(len(part), -1) for part in parts]).T


def box_mean(values, size):
    """Mean over squares (n, c, h - size + 1, w - size + 1); sums run in one order, so that tiles cannot differ."""
    height, width = values.shape[2] - size + 1, values.shape[3] - size + 1
    down = values[:, :, :height].copy()
    for step in range(1, size):
        down += values[:, :, step:step + height]
    out = down[..., :width].copy()
    for step in range(1, size):
        out += down[..., step:step + width]
    return out * np.float32(1.0 / size ** 2)


class Linear:
    """Logistic regression: a score that is linear in the columns."""

    def __init__(self, weights, intercept):
        self.weights, self.intercept = weights, float(intercept)

    def __call__(self, x, check=None):
        """Probability of rows (n, f)."""
        return expit(np.einsum("ij,j->i", x.astype(np.float64), self.weights) + self.intercept)

    def importance(self):
        """Size of the coefficients."""
        return np.abs(self.weights)

    def tensors(self, start):
        """Arrays by name."""
        return {f"{start}weights": self.weights, f"{start}intercept": np.array([self.intercept])}

    @classmethod
    def restored(cls, tensors, start):
        """The one of a model file."""
        return cls(np.asarray(tensors[f"{start}weights"]), tensors[f"{start}intercept"][0])


class Forest:
    """Random forest or gradient boosting: a sum of trees, as it is or as a score."""

    def __init__(self, trees, first, is_score):
        self.trees, self.first, self.is_score = trees, float(first), bool(is_score)

    def __call__(self, x, check=None):
        """Probability of rows (n, f)."""
        total = self.first + self.trees(np.ascontiguousarray(x, np.float32), check)
        return expit(total) if self.is_score else np.clip(total, 0.0, 1.0)

    def tensors(self, start):
        """Arrays by name."""
        return {**self.trees.tensors(start), f"{start}first": np.array([self.first, float(self.is_score)])}

    @classmethod
    def restored(cls, tensors, start):
        """The one of a model file."""
        first, is_score = tensors[f"{start}first"]
        return cls(Trees.restored(tensors, start), first, is_score)


class Evidence:
    """Weights of evidence: weights of patterns added up."""

    def __init__(self, patterns):
        self.patterns = patterns

    def __call__(self, x, check=None):
        """Probability of rows (n, f), deposits and background being equally likely beforehand."""
        return expit(sum(pattern.score(x) for pattern in self.patterns) + np.zeros(len(x)))

    def tensors(self, start):
        """Arrays by name."""
        table = [[p.column, p.threshold, p.above, p.weights.plus, p.weights.minus, p.weights.plus_sd,
                  p.weights.minus_sd] for p in self.patterns]
        return {f"{start}patterns": np.array(table, float).reshape(-1, 7)}

    @classmethod
    def restored(cls, tensors, start):
        """The one of a model file."""
        return cls([Pattern(int(row[0]), float(row[1]), bool(row[2]), Weights(*map(float, row[3:])))
                    for row in np.asarray(tensors[f"{start}patterns"])])


CLASSES = {"woe": Evidence, "logistic": Linear, "forest": Forest, "boosting": Forest}


def fit_member(method, x, truth, weights, groups, rng):
    """One member.

    Parameters
    ----------
    method : str
        One of `METHODS`.
    x : numpy.ndarray of float32, shape (n, f)
    truth : numpy.ndarray of bool, shape (n,)
    weights : numpy.ndarray, shape (n,)
        How much each row counts; both classes are given the same sum.
    groups : numpy.ndarray of int, shape (n,)
        Rows that stay together when a penalty is chosen.
    rng : numpy.random.Generator

    Returns
    -------
    Evidence, Linear or Forest
    """
    if method == "woe":
        return Evidence(choose_patterns(x, truth, weights))
    balanced = np.where(truth, weights / weights[truth].sum(), weights / weights[~truth].sum()) * 0.5 * truth.size
    seed = int(rng.integers(2**31))
    with threadpool_limits(1):
        if method == "logistic":
            return fit_logistic(x, truth, balanced, groups)
        if method == "forest":
            return packed_forest(RandomForestClassifier(random_state=seed, n_jobs=1, **FOREST).fit(x, truth, balanced))
        return packed_boosting(GradientBoostingClassifier(random_state=seed, **BOOSTING).fit(x, truth, balanced), x)


def fit_logistic(x, truth, weights, groups):
    """Logistic regression whose penalty does best on groups that were left out."""
    x = x.astype(np.float64)
    centre, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread == 0.0] = 1.0
    scaled, parts = (x - centre) / spread, inner_folds(truth, groups)
    losses = [sum(_loss(scaled, truth, weights, penalty, held) for held in parts) for penalty in PENALTIES]
    best = logistic(PENALTIES[int(np.argmin(losses))]).fit(scaled, truth, weights)
    coefficients = best.coef_[0] / spread
    return Linear(coefficients, best.intercept_[0] - centre @ coefficients)


def logistic(penalty):
    """Logistic regression of scikit-learn with a ridge penalty (the smaller the stronger)."""
    return LogisticRegression(C=penalty, max_iter=500)


def _loss(x, truth, weights, penalty, held):
    """Weighted cross-entropy of rows that were held out."""
    model = logistic(penalty).fit(x[~held], truth[~held], weights[~held])
    scores = model.decision_function(x[held])
    return float(np.sum(weights[held] * np.logaddexp(0.0, np.where(truth[held], -scores, scores))))


def inner_folds(truth, groups):
    """Masks (n,) of rows that are held out together: groups of deposits dealt out, background by the way."""
    deposits = np.unique(groups[truth])
    count = min(INNER_FOLDS, deposits.size)
    if count < 2:
        return []
    fold = np.full(truth.size, -1)
    for number, group in enumerate(deposits):
        fold[truth & (groups == group)] = number % count
    fold[~truth] = np.arange((~truth).sum()) % count
    return [fold == number for number in range(count)]


def packed_forest(model):
    """A random forest of scikit-learn as plain numbers."""
    trees = [tree.tree_ for tree in model.estimators_]
    values = []
    for tree in trees:
        counts = tree.value[:, 0]
        values.append(counts[:, 1] / counts.sum(axis=1) / len(trees))
    return Forest(Trees.packed(trees, values), 0.0, False)


def packed_boosting(model, x):
    """A gradient boosting of scikit-learn as plain numbers."""
    trees = [tree.tree_ for tree in model.estimators_[:, 0]]
    packed = Trees.packed(trees, [model.learning_rate * tree.value[:, 0, 0] for tree in trees])
    some = np.ascontiguousarray(x[:1], np.float32)
    return Forest(packed, float(model.decision_function(some)[0] - packed(some)[0]), True)


class BaselineEngine:
    """Members as the engine of a prospectivity model.

    Parameters
    ----------
    method : str
    members : list
        Of `CLASSES`.
    reach : int
        Cells from the middle of a window to its side.
    surroundings : bool
        Whether means over the window are columns.
    """

    def __init__(self, method, members, reach, surroundings):
        self.method, self.members, self.reach, self.surroundings = method, members, reach, surroundings

    def on(self, channels, check=None):
        """Probabilities at the cells of a tile of channels, shape (members, rows, columns)."""
        x = columns_on(channels, self.reach, self.surroundings)
        shape = [length - 2 * self.reach for length in channels.shape[1:]]
        return np.stack([member(x, check).reshape(shape) for member in self.members])

    def at(self, channels, check=None):
        """Probabilities at windows of channels, shape (members, n)."""
        x = columns_at(channels, self.surroundings)
        return np.stack([member(x, check) for member in self.members])

    def state(self):
        """Tensors by name, and what the card has to say to restore them."""
        tensors = {}
        for number, member in enumerate(self.members):
            tensors.update(member.tensors(f"member{number}/"))
        return tensors, {"members": len(self.members), "reach": self.reach, "surroundings": self.surroundings}

    @classmethod
    def restored(cls, method, tensors, own):
        """The engine of a model file."""
        members = [CLASSES[method].restored(tensors, f"member{number}/") for number in range(int(own["members"]))]
        if not members:
            raise ValueError("no member")
        return cls(method, members, int(own["reach"]), bool(own["surroundings"]))
