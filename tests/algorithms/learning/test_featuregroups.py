"""Kinds of features by their names."""
import pytest

from lodescope.algorithms.learning.featuregroups import feature_groups, is_assay


def test_names_tell_the_kind():
    names = ["Fe_ppm_dx", "Fe_ppm_magnitude", "Nd_0.80_depth", "x", "TREO_near1", "TREO_estimate", "unit=BIF",
             "Al2O3", "Ni_ppm", "hole_depth", "magnetics", "La_ppm_dz_sd_feature"]
    found = feature_groups(names)
    assert found == {"gradients": [0, 1, 11], "spectra": [2], "place": [3], "neighbours": [4, 5], "geology": [6],
                     "assays": [7, 8]}


def test_kinds_that_are_all_or_nothing_are_left_out():
    assert feature_groups(["Al2O3", "SiO2"]) == {}


@pytest.mark.parametrize("name", ["Al2O3", "AL2O3", "SIO2", "Fe_pct", "FE_PCT", "cu_ppm", "MgO", "MGO", "Y", "S_pct",
                                  "Au (g_t)", "Nb2O5_ppm"])
def test_assays(name):
    assert is_assay(name)


@pytest.mark.parametrize("name", ["magnetics", "slope", "PC1", "susceptibility", "unit", "count", "ip", "x1"])
def test_no_assays(name):
    assert not is_assay(name)
