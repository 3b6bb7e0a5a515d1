"""Which fields share a factorisation, and variances brought from one field to another."""
import numpy as np
import numpy.testing as npt

from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.data import prepare_fields
from lodescope.algorithms.geostatistics.solves import group_fields, shared_variograms

POINTS = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 5.0], [30.0, 0.0]])
VALUES = np.array([[1.0, 10.0, 1.0], [2.0, 20.0, np.nan], [4.0, 40.0, 3.0], [3.0, 30.0, 2.0]])
VARIOGRAM = Variogram(1.0, (Structure("spherical", 3.0, (50.0,)),), field="a")


def fields():
    return prepare_fields(POINTS, VALUES, ["a", "b", "c"])


def test_fields_with_one_correlogram_and_the_same_gaps_are_solved_together():
    solves = group_fields(fields(), [VARIOGRAM, VARIOGRAM.scaled(100.0), VARIOGRAM])
    assert [[field.name for field in solve.fields] for solve in solves] == [["a", "b"], ["c"]]
    npt.assert_allclose(solves[0].factors, [1.0, 100.0])
    npt.assert_allclose(solves[0].values, VALUES[:, :2])


def test_another_range_is_another_solve():
    other = Variogram(1.0, (Structure("spherical", 3.0, (60.0,)),))
    assert len(group_fields(fields()[:2], [VARIOGRAM, other])) == 2


def test_a_shared_variogram_takes_the_variance_of_each_field():
    variograms, rescaled = shared_variograms(fields()[:2], VARIOGRAM)
    assert rescaled == ["b"]
    npt.assert_allclose([v.sill for v in variograms], [4.0, 400.0])


def test_the_sill_is_kept_for_one_field_or_when_asked():
    one, rescaled = shared_variograms(fields()[1:2], VARIOGRAM)
    assert (one, rescaled) == ([VARIOGRAM], [])
    kept, rescaled = shared_variograms(fields(), VARIOGRAM, keep_sill=True)
    assert (kept, rescaled) == ([VARIOGRAM] * 3, [])
