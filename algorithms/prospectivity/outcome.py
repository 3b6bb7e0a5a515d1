"""What a training of prospectivity leaves: scores, the model with its card, held-out results and the report."""
import numpy as np

from .folding import MOST_CELLS, area_ranks, capture, cut_scores, predict_area, predict_places
from .kinds import METHODS
from .modelstore import save_prospectivity
from .study import assessed, held_out
from .trainingreport import training_report

MODEL_FILE, REPORT_FILE, MAP = "model.safetensors", "report.html", "held_out_map"
CARD_SCORES = ("auc", "auc_interval", "top_5", "top_10", "top_20", "top_20_interval", "accuracy", "cross_entropy",
               "found_50", "area_50")


def finish(job, progress, study, splits, models, learner, rng, baselines=None):
    """Assess the trainings and write everything.

    Writes ``model.safetensors``, ``report.html``, ``held_out_map`` (rows,
    columns) and ``held_out`` (deposits, 5): row of the deposit as it was read,
    its fold, its probability when it was held out, the share of the area
    ranked above it then, and its probability in the final model.

    Returns
    -------
    dict
        ``scores`` (of the way of the final model), ``ways`` (of all), ``baselines`` (as they were given),
        ``random``, ``training``, ``deposits``, ``bands``, ``folds``, ``types``.
    """
    settings, threads = job.settings, job.settings.get("threads")
    found, ways, kinds = {}, {}, learner.kinds
    for number, kind in enumerate(kinds):
        part = progress.span(0.5 * number / len(kinds), 0.5 * (number + 1) / len(kinds))
        own = [models[f"fold{k + 1}_{kind}"] for k in range(splits[""].count)]
        found[kind] = held_out(study, splits[""], own, part, threads, rng)
        ways[kind] = assessed(found[kind], np.random.default_rng(settings.get("seed") or 0))
    chance = None
    if "random" in splits:
        own = [models[f"randomfold{k + 1}_{kinds[-1]}"] for k in range(splits["random"].count)]
        chance = assessed(held_out(study, splits["random"], own, progress.span(0.5, 0.6), threads, rng),
                          np.random.default_rng(settings.get("seed") or 0))
    training, fitted = training_scores(study, models["final"], progress.span(0.6, 0.9), threads, rng)
    held, scores = found[kinds[-1]], ways[kinds[-1]]
    result = {
        "scores": scores, "ways": ways, "baselines": baselines or {}, "random": chance,
        "training": training, "deposits": len(study.deposits),
        "bands": study.preparation.names, "folds": splits[""].count, "types": by_type(study, held),
    }
    _warn_of_transfer(ways, progress)
    save_prospectivity(job.path(MODEL_FILE), learner.method, models["final"],
                       about(settings, study, splits[""], result, learner))
    job.save(MAP, held.area)
    job.save("held_out", np.column_stack([study.deposits.index, held.fold_of + 1.0, held.deposits, held.ranks, fitted]))
    job.write_text(REPORT_FILE, training_report(job, study, splits[""], found, result, learner, progress.warnings))
    progress.log(told(result, settings["validation"]))
    progress(1.0)
    return result


def _warn_of_transfer(ways, progress):
    """Say so where the model to start from was no help."""
    if "transfer" in ways and ways["transfer"]["auc"] < ways["scratch"]["auc"]:
        progress.warn(f"The model to start from did not raise the AUC of held-out deposits: "
                      f"{ways['transfer']['auc']:.3f} with it and {ways['scratch']['auc']:.3f} from scratch. Compare "
                      "both in the report, and leave it out unless other scores speak for it.")


def training_scores(study, model, progress, threads, rng):
    """How the final model does on what it learned from, and its probability at the deposits."""
    area = predict_area(model, study.values, study.usable, progress, threads, MOST_CELLS, rng)
    known = area[np.isfinite(area)]
    fitted = predict_places(model, study.values, study.deposits.rows, study.deposits.columns,
                            progress.check).mean(axis=0)
    ranks = area_ranks(fitted, known)
    background = area[study.background & np.isfinite(area)]
    return {"auc": float(1.0 - ranks.mean()), **capture(ranks), **cut_scores(fitted, background)}, fitted


def by_type(study, held):
    """Held-out scores of each type of deposit, a list of dicts; empty with a single type."""
    types = study.deposits.types
    if len(np.unique(types)) < 2:
        return []
    out = []
    for number in np.unique(types):
        own = types == number
        name = study.type_names[number] if 0 <= number < len(study.type_names) else ""
        out.append({"type": name, "deposits": int(own.sum()), "auc": float(1.0 - held.ranks[own].mean()),
                    **capture(held.ranks[own])})
    return out


def about(settings, study, regions, result, learner):
    """What the card says besides bands and weights."""
    grid = study.grid
    compact = {key: result["scores"][key] for key in CARD_SCORES}
    return {
        "crs": settings.get("crs") or "", "grid": grid,
        "extent": [grid["west"], grid["north"] - grid["rows"] * grid["cell"],
                   grid["west"] + grid["columns"] * grid["cell"], grid["north"]],
        "window": {"cells": study.window, "metres": study.window * grid["cell"]}, "seed": settings.get("seed"),
        "folds": {"kind": regions.kind, "count": regions.count}, "samples": len(study.deposits),
        "negatives": settings["negatives"], "buffer": settings["buffer"],
        "scores": {"prospectivity": {**compact, "training": result["training"],
                                     "random": {"auc": result["random"]["auc"]} if result["random"] else None}},
        "deposits": deposit_places(study), **learner.about(),
    }


def deposit_places(study):
    """Easting and northing of the cells with deposits, so that later steps know which ones were learned."""
    grid = study.grid
    return [[grid["west"] + (column + 0.5) * grid["cell"], grid["north"] - (row + 0.5) * grid["cell"]]
            for row, column in zip(study.deposits.rows.tolist(), study.deposits.columns.tolist())]


def told(result, kind):
    """The scores in a few sentences."""
    scores, training = result["scores"], result["training"]
    words = {"block": "spatial blocks", "deposit": "one deposit after the other", "random": "random parts"}[kind]
    text = (f"Held-out deposits ({words}): AUC {scores['auc']:.3f}, {scores['top_20']:.0%} of them in the best 20 % of "
            f"the area ({scores['top_10']:.0%} in 10 %, {scores['top_5']:.0%} in 5 %). The model on its own training "
            f"data: accuracy {training['accuracy']:.1%}, cross-entropy {training['cross_entropy']:.3f}, "
            f"{training['top_20']:.0%} in 20 %.")
    if result["random"]:
        gap = result["random"]["auc"] - scores["auc"]
        text += f" A random split would have said AUC {result['random']['auc']:.3f} ({gap:+.3f})."
    if result["baselines"]:
        text += " In the same folds: " + ", ".join(
            f"{METHODS[name].lower()} {own['auc']:.3f}" for name, own in result["baselines"].items()) + "."
    if "transfer" in result["ways"]:
        text += f" From scratch the held-out AUC is {result['ways']['scratch']['auc']:.3f}."
    return text
