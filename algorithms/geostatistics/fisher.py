"""Maximum of a restricted likelihood by Fisher scoring.

Derivatives are differences of the conditional distributions themselves, so a
step costs one likelihood more than there are parameters and about six steps
are enough.

References
----------
Guinness, J. (2021). Gaussian process learning via Fisher scoring of Vecchia's
approximation. Statistics and Computing 31. https://doi.org/10.1007/s11222-021-09999-1
"""
import numpy as np

STEP = 1e-4
# Log-likelihood that is not worth another step.
TOLERANCE = 0.01
LONGEST_STEP = 1.5
ITERATIONS = 25
ATTEMPTS = 7


def maximise(vecchia, parametrisation, start, prior, check=lambda: None, iterations=ITERATIONS):
    """Parameters of the largest posterior density from one start.

    Parameters
    ----------
    vecchia : Vecchia
    parametrisation : Parametrisation
    start : numpy.ndarray, shape (p,)
    prior : tuple
        Mean (p,) and precision (p, p).
    check : callable
        Called at every step; raises to stop.
    iterations : int
        Bound on the steps.

    Returns
    -------
    theta : numpy.ndarray, shape (p,)
    evaluation : Evaluation
        At those parameters.
    """
    theta = parametrisation.clipped(start)
    evaluation = vecchia.evaluate(parametrisation.correlogram(theta))
    value, damping = _objective(evaluation, theta, prior), 1e-3
    for _ in range(iterations):
        check()
        gradient, information = _derivatives(vecchia, parametrisation, theta, evaluation)
        gradient = gradient - prior[1] @ (theta - prior[0])
        information = information + prior[1]
        gain = 0.0
        for _ in range(ATTEMPTS):
            moved = parametrisation.clipped(theta + _step(gradient, information, damping))
            trial = vecchia.evaluate(parametrisation.correlogram(moved))
            gain = _objective(trial, moved, prior) - value
            if gain > 0.0:
                break
            damping = max(10.0 * damping, 0.1)
        if not gain > 0.0:
            break
        theta, evaluation, value, damping = moved, trial, value + gain, 0.1 * damping
        if gain < TOLERANCE:
            break
    return theta, evaluation


def _objective(evaluation, theta, prior):
    """Log-likelihood plus log prior density."""
    offset = theta - prior[0]
    return evaluation.log_likelihood - 0.5 * offset @ prior[1] @ offset


def _derivatives(vecchia, parametrisation, theta, evaluation):
    """Gradient of the restricted log-likelihood and its Fisher information, sills profiled out."""
    size = theta.size
    gradient, log_slopes, mean_slopes = np.empty(size), [], []
    for k in range(size):
        # Steps towards 0 stay inside the limits of the nugget and of the ranges.
        step = np.zeros(size)
        step[k] = -STEP if theta[k] > 0.0 else STEP
        errors, log_variances = vecchia.whiten(parametrisation.correlogram(theta + step))
        moved = type(evaluation)(errors, log_variances, vecchia.columns, vecchia.weight)
        gradient[k] = (moved.log_likelihood - evaluation.log_likelihood) / step[k]
        slope = (log_variances - evaluation.log_variances) / step[k]
        change = (evaluation.standardised(errors) - evaluation.residuals) / step[k]
        log_slopes.append(slope - slope.mean())
        mean_slopes.append((change + 0.5 * evaluation.residuals * slope[:, None]).ravel())
    log_slopes, mean_slopes = np.array(log_slopes), np.array(mean_slopes)
    columns = evaluation.residuals.shape[1]
    information = 0.5 * columns * log_slopes @ log_slopes.T + mean_slopes @ mean_slopes.T
    return gradient, evaluation.weight * information


def _step(gradient, information, damping):
    """Damped scoring step of bounded length."""
    damped = information + damping * np.diag(np.diag(information))
    step = np.linalg.solve(damped, gradient)
    longest = np.abs(step).max()
    return step * min(1.0, LONGEST_STEP / longest) if longest > 0.0 else step
