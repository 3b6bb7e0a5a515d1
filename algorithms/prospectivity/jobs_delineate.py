"""Job: outline targets on a map and rank them."""
import numpy as np

from ..errors import InputError
from ..versions import versions
from .curves import Curves, RankedArea
from .fractal import fractal_model
from .outlines import trace
from .targets import RANKS, add_surroundings, connected, describe, ranked, renumber

LEAST_SHARE = 0.01  # of the area: a break that leaves less above it is no cut unless asked for
EXTRAS = ("sd", "p10", "p90")
NUMBERS = ("cells", "area", "mean", "maximum", "p10", "p90", "uncertainty", "low", "high", "expected", "discounted")


def run(job, progress):
    """Outline targets.

    Reads ``values`` (rows, columns), ``areas`` (rows,), where there are any
    ``sd``, ``p10`` and ``p90`` (rows, columns) and ``cells`` (n, 2; row and
    column of each deposit); writes ``points`` (m, 2), ``ring_ends``,
    ``ring_part`` and ``ring_target`` (see `outlines.Rings`) and, when
    surroundings are asked for, ``zones`` (rows, columns).

    Returns
    -------
    dict
        ``cut`` (value and how it came about), ``targets`` (columns by name),
        ``best`` (row and column of the highest cell of each), ``dropped``,
        ``shares`` (of the area and of the deposits in targets) and
        ``versions``.
    """
    settings, values, areas = job.settings, job.array("values"), np.asarray(job.array("areas"))
    cut, told = choose_cut(job, values, areas, progress.span(0.0, 0.25))
    labels, dropped = connected(values, areas, cut, int(settings["connectivity"]), float(settings["minimum_area"]),
                                progress.span(0.25, 0.45))
    extras = {name: job.array(name) for name in EXTRAS if job.array(name) is not None}
    found = describe(labels, values, areas, extras, float(settings["risk"]), progress.span(0.45, 0.55))
    targets = ranked(found, _rank_by(settings), settings.get("count"))
    renumber(labels, targets, len(found))
    rings = trace(labels, progress.span(0.55, 0.8), bool(settings["smooth"]))
    for name, array in (("points", rings.points), ("ring_ends", rings.ends), ("ring_part", rings.part),
                        ("ring_target", rings.target)):
        job.save(name, array)
    shares = _shares(job, labels, values, targets)
    if settings.get("surroundings"):
        job.save("zones", add_surroundings(labels, values, len(targets), progress.span(0.8, 0.99)))
    progress(1.0)
    return {
        "cut": {"value": cut, **told}, "dropped": dropped + len(found) - len(targets), "shares": shares,
        "targets": {name: [getattr(target, name) for target in targets] for name in NUMBERS},
        "best": [list(target.best) for target in targets], "versions": versions(("numpy", "scipy")),
    }


def _rank_by(settings):
    """By what targets are ranked."""
    by = settings["rank_by"]
    if by not in RANKS:
        raise InputError(f"Targets cannot be ranked by '{by}'; choose one of {', '.join(RANKS)}.")
    return by


def choose_cut(job, values, areas, progress):
    """The cut of the chosen method, and what the report shows of it.

    Returns
    -------
    cut : float
    told : dict
    """
    settings = job.settings
    method = settings["method"]
    if method == "threshold":
        return float(settings["threshold"]), {"method": method}
    area = RankedArea(values, areas, progress)
    if method == "prediction_area":
        return _crossing(job, values, area)
    model = fractal_model(area, settings.get("segments"))
    above = area.share_from(model.breaks)
    worth = np.flatnonzero(above >= LEAST_SHARE)
    place = int(settings.get("fractal_break") or (worth[0] if worth.size else 0) + 1)
    if place > model.breaks.size:
        raise InputError(f"The concentration-area curve has {model.breaks.size} breaks, so there is no break number "
                         f"{place} from above: choose a smaller number, or more segments.")
    cut = float(model.breaks[place - 1])
    return cut, {"method": method, "values": model.values.tolist(), "areas": model.areas.tolist(),
                 "fitted": model.fitted.tolist(), "breaks": model.breaks.tolist(), "slopes": model.slopes.tolist(),
                 "misfit": model.misfit, "place": place,
                 "break_shares": above.tolist()}


def _crossing(job, values, area):
    """Cut at the crossing of the prediction-area plot."""
    cells = job.array("cells")
    deposits = [values[row, column] for row, column in cells]
    curves = Curves.of(area, deposits)
    crossing = curves.intersection()
    steps = np.unique(np.concatenate([curves.levels, area.value_at(np.linspace(0.0, 1.0, 201))]))
    return crossing.value, {
        "method": "prediction_area", "rate": crossing.rate, "area": crossing.area, "density": crossing.density,
        "found": crossing.found, "steps": steps.tolist(), "deposits": curves.deposits_from(steps).tolist(),
        "above": (1.0 - area.share_from(steps)).tolist()}


def _shares(job, labels, values, targets):
    """Shares of the area with data, and of the deposits, that lie in targets."""
    areas = np.asarray(job.array("areas"))
    known = np.array([np.count_nonzero(np.isfinite(row)) for row in values])
    whole = float(known @ areas)
    made = {"area": sum(target.area for target in targets) / whole, "whole": whole, "deposits": None}
    cells = job.array("cells")
    if cells is not None and len(cells):
        made["deposits"] = float(np.mean([labels[row, column] > 0 for row, column in cells]))
        made["count"] = len(cells)
    return made
