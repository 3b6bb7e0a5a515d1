"""From kriging on the transformed scale to named quantities on the field's own scale.

Gradients follow the chain rule at a fixed variance: the slope of the
back-transformed mean over the kriged value times the gradient of the kriged
value. What the mean rises only because the variance grows away from the holes
is left out, since it maps the drilling and not the rock.
"""
import numpy as np

from .flux import vector_quantities
from .tiles import COMPONENTS


def kriging_results(field, estimate, variance):
    """``estimate`` and ``variance`` of one field on its own scale.

    Parameters
    ----------
    field : Field
    estimate, variance : numpy.ndarray, shape (p,)
        On the transformed scale of the field, nugget included.
    """
    return {
        "estimate": field.transform.mean(estimate, variance),
        "variance": field.transform.variance(estimate, variance),
    }


def gradient_results(field, estimate, variance, gradient, gradient_variance=None):
    """Components, vector quantities and standard deviations of the gradient.

    Parameters
    ----------
    field : Field
    estimate, variance : numpy.ndarray, shape (p,)
        On the transformed scale; the variance may be None without a transform.
    gradient : numpy.ndarray, shape (p, d)
    gradient_variance : numpy.ndarray, shape (p, d), optional
        Of this field, on the transformed scale.

    Returns
    -------
    dict
        ``dx dy [dz] magnitude azimuth [plunge]`` and, with the variance,
        ``dx_sd dy_sd [dz_sd] magnitude_sd significance``, each (p,), units of
        the field per metre and degrees.
    """
    slope = field.transform.derivative(estimate, 0.0 if variance is None else variance)[:, None]
    vector = slope * gradient
    sd = None if gradient_variance is None else np.abs(slope) * np.sqrt(gradient_variance)
    results = {**dict(zip(COMPONENTS, vector.T)), **vector_quantities(vector, sd)}
    if sd is not None:
        results.update({f"{name}_sd": column for name, column in zip(COMPONENTS, sd.T)})
    return results
