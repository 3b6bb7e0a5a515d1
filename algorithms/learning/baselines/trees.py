"""Random forest and gradient boosting of scikit-learn, with kriged residuals."""
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor

from ..targets import POWER
from .regression import fit_with_residuals

TREES, LEAF, SHARE = 150, 3, 0.4
ROUNDS, RATE, LEAVES, PENALTY = 250, 0.06, 15, 1.0


def fit_forest(case):
    """Random forest on the grade to the power 1/4."""
    def make():
        return RandomForestRegressor(TREES, min_samples_leaf=LEAF, max_features=SHARE, n_jobs=1,
                                     random_state=case.seed % 2**32)

    return fit_with_residuals(case, [(POWER, f"{TREES} trees", make)])


def fit_boosting(case):
    """Gradient boosting on the grade to the power 1/4."""
    def make():
        return HistGradientBoostingRegressor(
            max_iter=ROUNDS, learning_rate=RATE, max_leaf_nodes=LEAVES, l2_regularization=PENALTY,
            early_stopping=False, random_state=case.seed % 2**32)

    return fit_with_residuals(case, [(POWER, f"{ROUNDS} trees", make)])
