"""Bars 13 and 14: what conformation to the flux law gains, and what it costs.

Bar 13: a steady field in two layers (diffusivity 1 and 0.1) is known in closed
form. Noisy samples of it on drill holes are kriged per layer, and the kriged
field is conformed. Compared are the flux at all cells, and the jump of the
flux normal to the contact between the cells on its two sides. Plain kriging is
taken at its best: the lower error of its analytic and its recovered gradient.
A dipping contact, which square cells follow in steps, is shown beside it.

Bar 14: time and peak memory of 7.5e5 nodes in a process of its own.

Run: OMP_NUM_THREADS=1 python bench/bench_conformation.py
"""
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from common import show

DIFFUSIVITY = (1.0, 0.1)
CENTRE = np.array([500.0, 500.0, 150.0])
CELL, STRENGTH = 30.0, 50.0
FLUX_BAR, MISMATCH_BAR, SETUP_BAR, SOLVE_BAR = 0.85, 0.5, 10.0, 4.0


from lodescope.algorithms.geostatistics.conformation import Conformation
from lodescope.algorithms.geostatistics.covariance import Structure, Variogram
from lodescope.algorithms.geostatistics.dual import DualKriging
from lodescope.algorithms.geostatistics.flux import flux
from lodescope.algorithms.geostatistics.grid_operators import gradient
from lodescope.algorithms.geostatistics.node_grid import NodeGrid
from lodescope.algorithms.geostatistics.unit_kriging import UnitKriging


class SteadyLayers:
    """Waves along a contact that solve the steady diffusion equation on both of its sides."""

    def __init__(self, dip, seed=5, modes=12):
        angle = np.radians(dip)
        self.along = np.array([[np.cos(angle), 0.0, -np.sin(angle)], [0.0, 1.0, 0.0]])
        self.normal = np.array([np.sin(angle), 0.0, np.cos(angle)])
        rng = np.random.default_rng(seed)
        number = 2.0 * np.pi / rng.uniform(500.0, 1500.0, modes)
        heading, self.phase = rng.uniform(0.0, 2.0 * np.pi, (2, modes))
        self.waves = number[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=1)
        self.number = number
        reach = 150.0 * np.cos(angle) + 500.0 * np.sin(angle)
        self.even, self.odd = rng.normal(size=(2, modes)) / np.cosh(number * reach)

    def layer(self, points):
        """1 above the contact and 0 below it."""
        return ((points - CENTRE) @ self.normal > 0.0).astype(int)

    def diffusivity(self, points):
        """Diffusivity at points."""
        return np.where(self.layer(points) == 1, *DIFFUSIVITY)

    def field(self, points):
        """Exact field (p,) and gradient (p, 3)."""
        diffusivity = self.diffusivity(points)
        height = (points - CENTRE) @ self.normal
        angles = ((points - CENTRE) @ self.along.T) @ self.waves.T + self.phase
        rise = self.odd * (DIFFUSIVITY[0] / diffusivity)[:, None]
        turn = height[:, None] * self.number
        shape = self.even * np.cosh(turn) + rise * np.sinh(turn)
        slope = self.number * (self.even * np.sinh(turn) + rise * np.cosh(turn))
        value = 0.002 * height / diffusivity + (np.cos(angles) * shape).sum(axis=1)
        across = 0.002 / diffusivity + (np.cos(angles) * slope).sum(axis=1)
        along = (-np.sin(angles) * shape) @ self.waves
        return value, across[:, None] * self.normal + along @ self.along


def drill_holes(rng, side=9, per_hole=100):
    """Vertical holes on a jittered grid."""
    mesh = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)
    collars = (mesh + rng.uniform(0.2, 0.8, mesh.shape)) * 1000.0 / side
    depth = np.tile(np.linspace(300.0, 0.0, per_hole), len(collars))
    return np.column_stack([np.repeat(collars, per_hole, axis=0), depth])


def flux_errors(layers, grid, slopes):
    """Relative error of the flux, and of its normal part across the contact."""
    points = grid.points()
    diffusivity, layer = layers.diffusivity(points), layers.layer(points).reshape(grid.shape)
    wanted = flux(layers.field(points)[1], diffusivity)
    error = flux(slopes, diffusivity) - wanted
    number = np.arange(grid.size).reshape(grid.shape)
    contact = layer[1:] != layer[:-1]
    upper, lower = number[1:][contact], number[:-1][contact]
    jump, size = (error[upper] - error[lower]) @ layers.normal, wanted[upper] @ layers.normal
    return np.sqrt([np.mean(error**2) / np.mean(wanted**2), np.mean(jump**2) / np.mean(size**2)])


def flux_case(dip):
    """Errors of plain kriging at its best and of the conformed field of second order."""
    layers, rng = SteadyLayers(dip), np.random.default_rng(1)
    samples = drill_holes(rng)
    exact = layers.field(samples)[0]
    values = exact + 0.1 * exact.std() * rng.normal(size=len(exact))
    variogram = Variogram(0.01 * exact.var(), (Structure("matern15", exact.var(), (300.0,)),))
    axis = np.arange(CELL / 2.0, 1000.0, CELL)
    grid = NodeGrid(axis, axis[::-1], np.arange(CELL / 2.0, 300.0, CELL))
    points = grid.points()
    model = UnitKriging(lambda: DualKriging(variogram, exact=False))
    model.fit(samples, values[:, None], layers.layer(samples))
    kriged = model.predict(points, layers.layer(points), variance=True, gradient=True)
    field, diffusivity = kriged.estimate[:, 0], layers.diffusivity(points)
    plain = np.minimum(flux_errors(layers, grid, kriged.gradient[:, 0]),
                       flux_errors(layers, grid, gradient(grid, field)))
    system = Conformation(grid, diffusivity, kriged.variance - variogram.nugget, STRENGTH, 2)
    conformed = gradient(grid, system.apply(field), diffusivity=diffusivity)
    return plain, flux_errors(layers, grid, conformed)


def large_case(order):
    """Cpu seconds and peak memory of one field on 91 x 91 x 91 nodes."""
    axis = np.arange(91.0) * 10.0
    grid = NodeGrid(axis, axis[::-1], axis)
    points = grid.points()
    diffusivity = np.where(points[:, 2] + 0.3 * points[:, 0] > 600.0, *DIFFUSIVITY)
    variance = 0.525 + 0.475 * np.sin(points[:, 0] / 80.0) * np.cos(points[:, 1] / 90.0)
    field = np.sin(points[:, 0] / 150.0) + np.cos(points[:, 1] / 130.0) * np.sin(points[:, 2] / 170.0)
    del points
    begun = time.process_time()
    system = Conformation(grid, diffusivity, variance, STRENGTH, order)
    ready = time.process_time()
    system.apply(field)
    done = time.process_time()
    return {"nodes": grid.size, "setup": ready - begun, "solve": done - ready, "iterations": system.iterations[0],
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0}


def in_child(order):
    """`large_case` in a process of its own, so that its peak memory is its own."""
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    finished = subprocess.run([sys.executable, str(Path(__file__).resolve()), "--large", str(order)],
                              env=environment, check=True, stdout=subprocess.PIPE)
    return json.loads(finished.stdout)


def row(name, measured, bar, memory):
    """One line of the table."""
    return {"name": name, "measured": measured, "bar": bar, "met": None if bar is None else bool(measured <= bar),
            "memory": memory}


def rows():
    """All rows: name, measured, bar (None where there is none), met, memory in MB."""
    table = []
    for dip, text in ((0.0, "flat contact"), (20.0, "dipping contact, no bar")):
        plain, conformed = flux_case(dip)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
        bars = (FLUX_BAR, MISMATCH_BAR) if dip == 0.0 else (None, None)
        for part, before, after, bar in zip(("flux error", "normal mismatch"), plain, conformed, bars):
            name = f"13 {text}: {part}, {after:.3f} of {before:.3f} (ratio)"
            table.append(row(name, float(after / before), bar, memory))
    for order in (1, 2):
        large = in_child(order)
        name = f"14 {large['nodes']} nodes, order {order}"
        table.append(row(f"{name}: setup, cpu s", large["setup"], SETUP_BAR, large["memory"]))
        table.append(row(f"{name}: one field, {large['iterations']} iterations, cpu s", large["solve"], SOLVE_BAR,
                         large["memory"]))
    return table


def main():
    """Print the table; 0 when all bars are met."""
    return min(show(rows()), 1)


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--large":
        print(json.dumps(large_case(int(sys.argv[2]))))
        sys.exit(0)
    sys.exit(main())
