"""Values so far from the others that they would decide a variogram alone."""
import numpy as np

# Interquartile ranges from the median within which a normal sample lies with all its values.
FENCE = 6.0
# Range of the middle 90 % of a normal distribution over its interquartile range.
WIDER = 2.44
SKEWED = 3.0


def capped(values):
    """Values (n,) brought inside a fence far beyond the bulk of them.

    A few wild values make the rest look constant: the likelihood then takes
    the field for a smooth one without nugget. As is the practice of resource
    estimation they are capped for the variogram, whose sill is afterwards
    brought to the variance of all values.
    """
    lowest, lower, middle, upper, highest = np.percentile(values, [5.0, 25.0, 50.0, 75.0, 95.0])
    # More than half of the values may be one and the same.
    reach = FENCE * (upper - lower or (highest - lowest) / WIDER)
    return np.clip(values, middle - reach, middle + reach) if reach > 0.0 else values


def fewest_differing(values):
    """How many values (n, m) differ from the commonest one, in the column where they are fewest."""
    return min(len(column) - int(np.unique(column, return_counts=True)[1].max()) for column in values.T)


def value_warnings(values, inside):
    """What makes a variogram of values (n, m) unsure; ``inside`` are the same after `capped`."""
    deviations = (values - values.mean(axis=0)) / values.std(axis=0)
    skewness, wild = np.abs(np.mean(deviations**3, axis=0)).max(), np.count_nonzero(np.any(values != inside, axis=1))
    found = []
    if skewness > SKEWED:
        found.append(f"The values are strongly skewed (skewness {skewness:.1f}): a log or normal-score transform suits "
                     "them.")
    if wild:
        found.append(f"Values far beyond the others ({wild:,} of {len(values):,}) were capped to fit the ranges; the "
                     "sill is that of all values.")
    return found
