"""What near samples tell a network: its kriged errors, and kriging of the grades themselves where that knows more.

Errors of a network at held-out drill holes, kriged, are what holes tell each
other. Close to a hole kriging of the grades knows far more than that, and
where the features tell little it does everywhere: there a network repeats
noise that kriging averages out. Both predictions are therefore joined with
the weights that make the variance of their joint error least, given that the
errors of the network vary in space like the grades. How good the network is
in that balance is tried on held-out samples.

References
----------
Chiles, J.-P. & Delfiner, P. (2012). Geostatistics: Modeling Spatial
Uncertainty, 2nd ed., chapter 5 (several estimators of one variable).
https://doi.org/10.1002/9781118136188
"""
import numpy as np

from .residuals import ResidualField, Trial

BALANCES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)  # times the error variance of a network, that are tried
MOST = 0.95  # of the variance of the grades; far from all samples kriging knows less than any network
HALF = 0.5  # of the variance of the grades, at which reports tell the weight of kriging
LEAST = 1e-6  # of a variance that is divided by
TOLERANCE = 0.01  # of the mean square error, that kriging may cost


class NearSamples:
    """Errors of a network and scaled grades at samples, ready to be kriged.

    Attributes
    ----------
    errors : ResidualField
        Of the network at held-out samples.
    grades : ResidualField
        Scaled targets, about their mean 0.
    balances : list of float
        For each target, error variance of the network over the variance of
        the target, as it stands in the weights; 0 where its grades are not kriged.
    misses : list of float
        For each target, error variance of the network over the sill of the
        kriged grades, as held-out samples show it.
    """

    def __init__(self, errors, grades, balances, misses):
        self.errors, self.grades = errors, grades
        self.balances, self.misses = [float(value) for value in balances], [float(value) for value in misses]

    @property
    def shares(self):
        """Part of the kriged error of each target that is added."""
        return self.errors.shares

    @classmethod
    def fit(cls, coordinates, groups, targets, errors, spreads, rng, progress):
        """Fit to samples of drill holes.

        Parameters
        ----------
        coordinates : numpy.ndarray, shape (n, d)
        groups : numpy.ndarray of int, shape (n,)
        targets, errors : numpy.ndarray, shape (n, t)
            Scaled targets, and their errors by networks that held out the sample; NaN where not known.
        spreads : numpy.ndarray, shape (t,)
            Variance of networks about the mean of all. It is in the errors,
            which are those of single networks, and not in those of the mean.
        rng : numpy.random.Generator
        progress : Progress

        Returns
        -------
        NearSamples or None
            None where near samples tell no target anything.
        """
        trials, known, balances, misses = [], [], [], []
        seed, count = int(rng.integers(2**62)), targets.shape[1]
        for number in range(count):
            part = progress.span(number / count, (number + 1) / count)
            target = np.where(np.isfinite(errors[:, number]), targets[:, number], np.nan)
            of_errors, of_grades = (
                Trial.of(coordinates, groups, values, np.random.default_rng([seed, number]), half)
                for values, half in ((errors[:, number], part.span(0.0, 0.5)), (target, part.span(0.5, 1.0))))
            balance, miss = _balance(of_errors, of_grades, groups, spreads[number])
            trials.append(of_errors)
            known.append(of_grades)
            balances.append(balance)
            misses.append(miss)
        progress(1.0)
        found = cls(ResidualField.of_trials(coordinates, groups, trials),
                    ResidualField(coordinates, groups, targets, [trial.variogram if balance else None for trial, balance
                                                                 in zip(known, balances)]), balances, misses)
        return found if any(found.shares) or any(balances) else None

    def at(self, points, groups=None, check=None):
        """What is known at points (p, d), as `Predictive.moved` takes it: four arrays of shape (p, t).

        ``groups`` (p,), drill holes whose own samples are left out, and
        ``check`` are those of `residuals.ResidualField.at`.
        """
        return self._joined(self.errors.at(points, groups, check), self.grades.at(points, groups, check))

    def on_grid(self, grid, window, check=None):
        """As `at`, at the cells of a window, see `residuals.ResidualField.on_grid`."""
        return self._joined(self.errors.on_grid(grid, window, check), self.grades.on_grid(grid, window, check))

    def is_whole(self, dimensions, targets):
        """Whether its parts go together, for so many coordinates and targets."""
        return (self.errors.is_whole(dimensions, targets) and self.grades.is_whole(dimensions, targets)
                and len(self.balances) == len(self.misses) == targets)

    def _joined(self, of_errors, of_grades):
        """Offsets, weights, spreads and ratios from kriged errors and kriged grades, each with what is left."""
        (shifts, ratios), (kriged, left) = of_errors, of_grades
        ratios = np.maximum(ratios, LEAST)
        given = weight_of_kriging(np.asarray(self.balances, np.float32), 1.0 - left)
        kept, misses = 1.0 - given, np.asarray(self.misses, np.float32)
        joint = kept * kept * ratios + given * left * (given / np.where(misses > 0.0, misses, 1.0) + 2.0 * kept)
        return shifts * kept + kriged * given, kept, np.sqrt(joint / ratios), joint

    def state(self):
        """Arrays and JSON values from which `restore` makes the same."""
        arrays, info = self.errors.state()
        _, of_grades = self.grades.state()
        return ({**arrays, "grades": self.grades.values},
                {**info, "grades": of_grades, "balances": self.balances, "misses": self.misses})

    @classmethod
    def restore(cls, arrays, info):
        """The same from what `state` gave."""
        return cls(ResidualField.restore(arrays, info),
                   ResidualField.restore({**arrays, "values": arrays["grades"]}, info["grades"]), info["balances"],
                   info["misses"])


def weight_of_kriging(balance, told):
    """Weight of kriged grades beside a network with the least variance of the joint error.

    The error of simple kriging has the variance 1 - told, that of the network
    the variance m, and both vary in space alike, so that their covariance is
    m (1 - told): the weight is 1 at a sample without a nugget and 0 where
    samples tell nothing.

    Parameters
    ----------
    balance : array-like
        Error variance m of the network over that of the grades.
    told : array-like
        Part of the variance of the grades that near samples tell.
    """
    below = balance + (1.0 - told) * (1.0 - 2.0 * balance)
    return np.clip(balance * told / np.maximum(below, np.finfo(np.float32).tiny), 0.0, 1.0)


def _balance(of_errors, of_grades, groups, spread):
    """Balance that held-out samples favour, and the error variance of the network, both over that of the grades.

    The largest balance whose errors are larger than the least ones by no more
    than their standard error between holes, or than hardly anything: close to
    holes, which held-out samples cannot tell of, kriging knows best.
    """
    rows = of_errors.rows
    if of_grades.variogram is None or not np.array_equal(rows, of_grades.rows) or not rows.size:
        return 0.0, 1.0
    left = of_errors.values[rows] - of_errors.share * of_errors.kriged
    variance = of_grades.variogram.sill
    miss = max(np.square(left).mean() - spread, 0.0) / variance
    balances = sorted({min(times * miss, MOST) for times in BALANCES})
    squares = []
    for balance in balances:
        kept = 1.0 - weight_of_kriging(balance, of_grades.told)
        joint = kept * left + (1.0 - kept) * (of_grades.values[rows] - of_grades.kriged)
        squares.append(np.square(joint) - np.square(kept) * spread)
    least = min(squares, key=np.mean)
    fit = [balance for balance, own in zip(balances, squares) if _is_close(own, least, groups[rows])]
    return max(fit), miss


def _is_close(own, least, groups):
    """Whether squared errors are as small as the least ones, but for chance between holes or hardly anything."""
    more = own - least
    sums = np.bincount(groups, more - more.mean())
    return more.mean() <= max(np.sqrt(np.square(sums).sum()) / more.size, TOLERANCE * abs(least.mean()))
