"""Centroids of real drill holes, rebuilt from surveys made of them."""
import csv
from pathlib import Path

import numpy as np
import pytest

from lodescope.algorithms.drillholes.desurvey import Paths

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
REE = DATA / "ree_carbonatite_drillholes" / "drillholes.csv", "BHID", ("FROM", "TO", "X", "Y", "Z")
KARARA = (DATA / "karara_iron_lith_assay" / "litho_assay_xyz.csv", "collarid",
          ("fromdepth", "todepth", "assay_mid_x", "assay_mid_y", "assay_mid_z"))


def centroids(path, hole, columns):
    """Mid depths (n,) and centroids (n, 3) of every hole."""
    if not path.exists():
        pytest.skip("the data set is not here")
    holes = {}
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            if all(row[name] for name in columns):
                holes.setdefault(row[hole], []).append([float(row[name]) for name in columns])
    for rows in holes.values():
        table = np.array(sorted(rows))
        depth, first = np.unique(table[:, :2].mean(axis=1), return_index=True)
        if len(depth) >= 6:
            yield depth, table[first, 2:]


def errors(depth, places, every=1, stretch=np.inf):
    """Distances of rebuilt centroids; None for a hole whose chords do not fit its depths.

    The chord of two centroids is the direction of the hole half way between them, and there a survey station is
    placed; the collar lies above the first centroid.
    """
    used = np.unique(np.r_[np.arange(0, len(depth), every), len(depth) - 1])
    way = np.diff(places[used], axis=0)
    length = np.linalg.norm(way, axis=1)
    if (np.abs(length / np.diff(depth[used]) - 1.0) > stretch).any() or not length.all():
        return None
    direction = way / length[:, None]
    station = np.r_[0.0, (depth[used][1:] + depth[used][:-1]) / 2.0]
    paths = Paths(places[:1] - direction[:1] * depth[0], np.zeros(len(station), int), station,
                  np.vstack([direction[:1], direction]))
    found, _ = paths.at(np.zeros(len(depth), int), depth)
    return np.linalg.norm(found - places, axis=1)


def test_carbonatite_centroids_come_back():
    """Within 3 cm everywhere: what is left is the arc between two chords that are not equally long."""
    found = np.concatenate([errors(*hole) for hole in centroids(*REE)])
    assert len(found) > 10_000
    assert np.median(found) < 0.001
    assert found.max() < 0.03


def test_three_of_four_carbonatite_centroids_are_predicted():
    """Arcs between every fourth centroid pass within decimetres of those that were left out."""
    found = np.concatenate([errors(*hole, every=4) for hole in centroids(*REE)])
    assert np.median(found) < 0.005
    assert np.percentile(found, 95) < 0.05
    assert found.max() < 0.3


def test_karara_centroids_come_back_where_depths_and_places_agree():
    """Half a metre: the places there were interpolated along straight parts of lithology intervals."""
    holes = [errors(*hole, stretch=0.01) for hole in centroids(*KARARA)]
    found = [hole for hole in holes if hole is not None]
    assert len(found) >= 30
    assert np.median(np.concatenate(found)) < 0.05
    assert np.percentile(np.concatenate(found), 99) < 0.6
