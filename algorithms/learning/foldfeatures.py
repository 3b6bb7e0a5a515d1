"""Features of samples as a fold may know them: what other holes say comes from the training samples only.

A recipe leaves out each sample's own hole. In a fold that is not enough: a
held-out hole would still see the other held-out holes, and a held-out block
its own samples, which no opponent in that fold sees.
"""
from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

SAME_PLACE = 1e-3  # metres
MOST = 0.5  # of the samples that the recipe knows must be among those that are learned from
KIND = "neighbour"


class FoldFeatures:
    """Features for any choice of training samples.

    Parameters
    ----------
    recipe : Recipe or None
        That the features were made with.
    samples : GradeSamples

    Attributes
    ----------
    columns : dict
        Columns of the samples' features that tell of other holes, by their names.
    honest : bool
        Whether these are made anew for each choice. They cannot be without
        their recipe, nor when they went into principal components.
    """

    def __init__(self, recipe, samples):
        self.samples, self.recipe = samples, recipe
        told = [entry["name"] for entry in recipe.columns.names if entry["kind"] == KIND] if recipe else []
        self.honest = recipe is not None and (not told or (recipe.components is None and self._located()))
        self.columns = self._matched(told) if self.honest and told else {}

    def _located(self):
        """Whether most samples of the recipe are found among these, by their places; finds them."""
        fields, places = self.recipe.columns.fields, self.samples.coordinates
        if any(field.dimensions != places.shape[1] for field in fields):
            return False
        tree = cKDTree(places)
        self._rows = [_rows_at(tree, field.coordinates) for field in fields]
        return all((rows >= 0).mean() > MOST for rows in self._rows)

    def _matched(self, told):
        """Column of the samples and number among the raw features, by name of the feature."""
        raw = [entry["name"] for entry in self.recipe.columns.names]
        names = {entry["name"]: number for number, entry in enumerate(self.recipe.names)
                 if raw[number] in told}
        return {name: (self.samples.feature_names.index(name), number) for name, number in names.items()
                if name in self.samples.feature_names}

    def of(self, train, check=None):
        """Features of all samples when only some are known, shape (n, f).

        Parameters
        ----------
        train : numpy.ndarray of int, shape (k,)
            Rows of the training samples.
        check : callable, optional
            Called now and then; may raise to stop.
        """
        if not self.columns:
            return self.samples.features
        out, known = self.samples.features.copy(), np.zeros(len(self.samples), dtype=bool)
        known[train] = True
        raw = self._told(known, check)
        for column, number in self.columns.values():
            values = raw[number]
            if self.recipe.settings["scale"]:
                values = (values - self.recipe.scaler.mean[number]) / self.recipe.scaler.deviation[number]
            out[:, column] = values
        return out

    def _told(self, known, check):
        """Raw features by their numbers, of neighbours among the known samples."""
        numbers = [number for number, entry in enumerate(self.recipe.columns.names) if entry["kind"] == KIND]
        samples, found = self.samples, []
        for field, rows in zip(self.recipe.columns.fields, self._rows):
            kept = np.flatnonzero((rows >= 0) & known[rows])
            if not kept.size:
                found.append(np.full((len(samples), len(field.features)), np.nan))
                continue
            part = replace(field, coordinates=field.coordinates[kept], values=field.values[kept],
                           groups=samples.groups[rows[kept]])
            found.append(part.apply(samples.coordinates, samples.groups, check))
        return dict(zip(numbers, np.hstack(found).T))


def _rows_at(tree, places):
    """Row of the sample at each place, -1 where there is none."""
    distance, rows = tree.query(places)
    return np.where(distance <= SAME_PLACE, rows, -1)
