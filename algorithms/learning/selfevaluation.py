"""Weights of features that a training adjusts by what each feature is worth on holes it does not learn from."""
import numpy as np
import torch


class SelfEvaluation:
    """After each period the weight of every feature is moved by what its loss would cost.

    w(n + 1) = w(n) + alpha (RMSE(n) - RMSE(n - 1)), held within 0 and 1.
    RMSE(n) is the error at held-out holes with the feature permuted among
    samples of all of them, RMSE(n - 1) that with the feature intact. A feature
    whose weight falls to 0 is switched off and never comes back.

    Parameters
    ----------
    period : int
        Epochs.
    alpha : float
    """

    def __init__(self, period=5, alpha=1.0):
        self.period, self.alpha = period, alpha
        self.columns = {}

    def of(self, preparation):
        """The same for prepared features; ``columns`` are then the inputs that belong to each feature."""
        found = SelfEvaluation(self.period, self.alpha)
        found.columns = feature_columns(preparation)
        return found

    def after(self, number, trainer):
        """Adjust the weights when a period ends with this epoch; they stand in its entry of the history."""
        if (number + 1) % self.period:
            return
        network = trainer.network
        weights = np.array([float(network.gains[0, columns[0]]) for columns in self.columns.values()])
        costs = self.costs(number, trainer, weights)
        moved = np.where(weights > 0.0, np.clip(weights + self.alpha * costs, 0.0, 1.0), 0.0)
        with torch.no_grad():
            for weight, columns in zip(moved, self.columns.values()):
                network.gains[:, columns] = float(weight)
        if ((moved == 0.0) & (weights > 0.0)).any():
            trainer.best_errors[:] = np.inf  # the best state must be one without these features
        trainer.history[-1]["weights"] = {str(feature): float(weight) for feature, weight in
                                          zip(self.columns, moved)}

    def costs(self, number, trainer, weights):
        """What the permutation of each feature adds to the error at held-out holes, 0 for those switched off."""
        rng = np.random.default_rng([trainer.schedule.seed, number, 80])
        intact, out = float(np.mean(trainer.errors())), np.zeros(len(self.columns))
        for at, columns in enumerate(self.columns.values()):
            order = torch.from_numpy(rng.permutation(len(trainer.inputs)))
            if weights[at] > 0.0:
                changed = trainer.inputs.clone()
                changed[:, columns] = trainer.inputs[order][:, columns]
                out[at] = float(np.mean(trainer.errors(changed))) - intact
        return out


def feature_columns(preparation):
    """Columns of the inputs by number of the feature they come from; a flag for gaps belongs to its feature."""
    out = {}
    sources = np.r_[preparation.kept, preparation.kept[preparation.flagged]]
    for column, feature in enumerate(sources):
        out.setdefault(int(feature), []).append(column)
    return out
