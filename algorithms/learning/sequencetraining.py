"""Training of recurrent networks on whole sequences."""
import numpy as np
import torch

from .networks import losses
from .training import Trainer

MOMENTUM = 0.9
STEPS_AT_ONCE = 16_384  # of all members, when errors are computed


class SequenceTrainer(Trainer):
    """As `Trainer`, with sequences in place of samples.

    Parameters
    ----------
    network : RecurrentStack
    sequences : Sequences
        ``rows`` and ``held`` number them.
    inputs : numpy.ndarray of float32, shape (n, inputs)
    targets : numpy.ndarray of float32, shape (n, t)
        Scaled, NaN where not known.
    rows, held, schedule, progress, watch
        As for `Trainer`.
    evaluation : SelfEvaluation, optional
        Adjusts the weights of the features from time to time.
    """

    def __init__(self, network, sequences, inputs, targets, rows, held, schedule, progress, watch=None,
                 evaluation=None):
        self.sequences, self.evaluation = sequences, evaluation
        super().__init__(network, inputs, targets, rows, held, schedule, progress, watch)
        sizes = sequences.counts(np.isfinite(targets).any(axis=1))
        self.sizes = torch.tensor([float(max(sizes[part].sum(), 1)) for part in rows])

    def batch_of(self, chosen, inputs=None):
        """What the network reads of sequences chosen for each member (members, k), and the targets along them.

        Returns
        -------
        x : torch.Tensor, shape (members, k, steps, inputs + channels)
        lengths : torch.Tensor of int, shape (members, k)
        y : torch.Tensor, shape (members, k, steps, t)
            NaN where nothing is known or asked.
        """
        chosen = np.asarray(chosen)
        rows, steps, answers, lengths = self.sequences.padded(chosen.ravel())
        x = joined(self.inputs if inputs is None else inputs, rows, steps)
        y = self.targets[torch.from_numpy(answers)]
        y = torch.where(torch.from_numpy(answers >= 0)[..., None], y, torch.full((), torch.nan))
        shape = chosen.shape
        return (x.reshape(*shape, *x.shape[1:]), torch.from_numpy(lengths.reshape(shape)),
                y.reshape(*shape, *y.shape[1:]))

    def _loss(self, chosen, generator):
        """Loss of each member at sequences chosen for it, shape (members,)."""
        x, lengths, y = self.batch_of(chosen)
        mean, log_noise = self.network(x, lengths, generator)
        return losses(mean.flatten(1, 2), log_noise.flatten(1, 2), self.network.log_noise, y.flatten(1, 2))

    def errors(self, inputs=None):
        """Root mean square error of each member at its held-out sequences, shape (members,)."""
        rows, known = self.held
        if not rows.size:
            return np.zeros(len(self.rows))
        total, count = np.zeros(len(self.rows)), np.zeros(len(self.rows))
        at_once = max(1, STEPS_AT_ONCE // (len(self.rows) * int(self.sequences.lengths.max())))
        with torch.inference_mode():
            for start in range(0, rows.shape[1], at_once):
                self.progress.check()
                x, lengths, y = self.batch_of(rows[:, start:start + at_once], inputs)
                wrong = (self.network(x, lengths)[0] - y).numpy().astype(float)
                wrong[~known[:, start:start + at_once]] = np.nan
                total += np.nansum(np.square(wrong), axis=(1, 2, 3))
                count += np.isfinite(wrong).sum(axis=(1, 2, 3))
        return np.sqrt(total / np.maximum(count, 1))

    def epoch(self, number):
        """One pass through the sequences of each member and, after each period, new weights of the features."""
        super().epoch(number)
        if self.evaluation is not None and self.held[0].size:
            self.evaluation.after(number, self)


class DescentTrainer(SequenceTrainer):
    """As `SequenceTrainer`, by stochastic gradient descent with momentum."""

    MOMENTS = ("momentum_buffer",)

    def make_optimizer(self):
        return torch.optim.SGD(self.trained.values(), lr=self.schedule.rate, momentum=MOMENTUM,
                               weight_decay=self.schedule.decay)


def joined(inputs, rows, steps):
    """Features of rows (k, length) with what else is told at each step (k, length, c), a tensor."""
    return torch.cat([inputs[torch.from_numpy(rows)], torch.from_numpy(steps)], dim=-1)
