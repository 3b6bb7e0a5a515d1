"""In a fold, features know what the training samples say, and nothing of the held-out ones."""
from dataclasses import replace

import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.fusion.recipe import Recipe
from lodescope.algorithms.fusion.table import SampleTable
from lodescope.algorithms.learning.foldfeatures import FoldFeatures
from lodescope.algorithms.learning.gradesamples import GradeSamples

VARIOGRAM = {"schema": 1, "field": "y", "nugget": 0.1, "transform": "none", "structures": [
    {"model": "matern15", "sill": 1.0, "ranges": [300.0]}]}


def table_of(rng, holes=20, depth=6):
    """Vertical holes with a smooth grade."""
    collar = rng.uniform(0.0, 800.0, (holes, 2))
    places = np.concatenate([np.column_stack([np.tile(c, (depth, 1)), -10.0 * np.arange(depth)]) for c in collar])
    grade = np.sin(places[:, 0] / 200.0) + np.cos(places[:, 1] / 150.0) + rng.normal(0, 0.1, len(places))
    return SampleTable(places, np.repeat(np.arange(holes), depth), {"cheap": grade + rng.normal(0, 0.5, len(places))},
                       {}, {"y": grade}, frozenset({"cheap"}))


def samples_of(table, recipe):
    names = [entry["name"] for entry in recipe.names]
    rows = np.arange(len(table))
    return GradeSamples(table.coordinates, table.groups, recipe.transform(table), table.targets["y"][:, None], names,
                        ["y"], rows, True)


@pytest.fixture
def table():
    return table_of(np.random.default_rng(3))


@pytest.fixture(params=[True, False])
def recipe(table, request):
    return Recipe.fit(table, {"variogram": VARIOGRAM, "components": 0, "scale": request.param})


def test_all_samples_known_gives_the_features_as_they_are(table, recipe):
    samples = samples_of(table, recipe)
    npt.assert_allclose(FoldFeatures(recipe, samples).of(samples.rows), samples.features, atol=1e-9)


def test_held_out_grades_change_nothing(table, recipe):
    train = np.flatnonzero(table.groups % 4 != 0)
    grade = table.targets["y"].copy()
    grade[table.groups % 4 == 0] += 50.0
    found = []
    for part in (table, replace(table, targets={"y": grade})):
        changed = Recipe.fit(part, {"variogram": VARIOGRAM, "components": 0, "scale": False})
        changed.scaler, changed.settings = recipe.scaler, recipe.settings
        found.append(FoldFeatures(changed, samples_of(part, changed)).of(train))
    npt.assert_array_equal(found[0], found[1])


def test_features_equal_those_of_a_recipe_that_never_met_the_others(table, recipe):
    train = np.flatnonzero(table.groups % 4 != 0)
    samples, columns = samples_of(table, recipe), [entry["name"] for entry in recipe.names]
    field = recipe.columns.fields[0]
    alone = replace(field, coordinates=field.coordinates[train], values=field.values[train],
                    groups=field.groups[train])
    expected = alone.apply(table.coordinates, table.groups)
    found = FoldFeatures(recipe, samples).of(train)
    for name, values in zip(alone.features, expected.T):
        k = columns.index(name)
        if recipe.settings["scale"]:
            values = (values - recipe.scaler.mean[k]) / recipe.scaler.deviation[k]
        npt.assert_allclose(found[:, k], values, atol=1e-9)
    npt.assert_array_equal(found[:, columns.index("cheap")], samples.features[:, columns.index("cheap")])


def test_components_and_strange_samples_are_owned_up_to(table):
    mixed = Recipe.fit(table, {"variogram": VARIOGRAM, "components": 3})
    assert not FoldFeatures(mixed, samples_of(table, mixed)).honest
    plain = Recipe.fit(table, {"variogram": VARIOGRAM, "components": 0})
    away = replace(samples_of(table, plain), coordinates=table.coordinates + 1000.0)
    assert not FoldFeatures(plain, away).honest
    assert not FoldFeatures(None, away).honest
