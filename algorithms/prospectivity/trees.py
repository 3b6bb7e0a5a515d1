"""Decision trees as plain arrays, so that a model file holds numbers only."""
import numpy as np

try:
    from . import trees_numba as compiled
except ImportError:  # numba is optional; numpy takes its place
    compiled = None

LEAF = -1
BATCH = 16_384


class Trees:
    """The sum of trees at rows of features.

    Parameters
    ----------
    feature, left, right : numpy.ndarray of int32, shape (nodes,)
        Feature that a node asks for (-1 at a leaf), and the nodes below it.
    threshold : numpy.ndarray of float64, shape (nodes,)
        A row goes left when its feature is not above it.
    value : numpy.ndarray of float64, shape (nodes,)
        What a leaf adds.
    starts : numpy.ndarray of int64, shape (trees,)
        The root of each tree.
    """

    PARTS = ("feature", "left", "right", "threshold", "value", "starts")

    def __init__(self, feature, left, right, threshold, value, starts):
        self.feature, self.left, self.right = feature, left, right
        self.threshold, self.value, self.starts = threshold, value, starts

    @classmethod
    def packed(cls, trees, values):
        """Trees of scikit-learn (their ``tree_``) with the values of their nodes, list of (nodes,)."""
        starts = np.cumsum([0, *(tree.node_count for tree in trees[:-1])])
        parts = [np.concatenate([np.where(tree.children_left < 0, LEAF, tree.feature) for tree in trees]),
                 *(np.concatenate([np.where(child < 0, LEAF, child + start) for start, child in zip(starts, below)])
                   for below in ([tree.children_left for tree in trees], [tree.children_right for tree in trees]))]
        return cls(*(part.astype(np.int32) for part in parts),
                   np.concatenate([tree.threshold for tree in trees]).astype(np.float64),
                   np.concatenate(values).astype(np.float64), starts.astype(np.int64))

    def __call__(self, x, check=None):
        """Sum of all trees at rows (n, features) of float32, shape (n,)."""
        out = np.zeros(len(x))
        for begin in range(0, len(x), BATCH):
            part = x[begin:begin + BATCH]
            if compiled:
                if check:
                    check()
                compiled.add_trees(part, self.feature, self.threshold, self.left, self.right, self.value, self.starts,
                                   out[begin:begin + BATCH])
                continue
            for start in self.starts.tolist():
                if check:
                    check()
                out[begin:begin + BATCH] += self.value[self._leaves(part, start)]
        return out

    def _leaves(self, x, start):
        """The leaf that each row reaches from a root."""
        node = np.full(len(x), start, np.int32)
        going = np.arange(len(x)) if self.feature[start] != LEAF else np.empty(0, np.int64)
        while going.size:
            at = node[going]
            lower = x[going, self.feature[at]] <= self.threshold[at]
            at = np.where(lower, self.left[at], self.right[at])
            node[going] = at
            going = going[self.feature[at] != LEAF]
        return node

    def tensors(self, start):
        """The arrays by name."""
        return {f"{start}{name}": getattr(self, name) for name in self.PARTS}

    @classmethod
    def restored(cls, tensors, start):
        """Trees of a model file."""
        return cls(*(np.asarray(tensors[f"{start}{name}"]) for name in cls.PARTS))
