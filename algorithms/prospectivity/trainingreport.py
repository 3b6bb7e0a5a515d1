"""The report on a training of prospectivity."""
import numpy as np

from ..reports.page import Page
from ..reports.svg import PALETTE, Plot
from ..versions import versions
from .kinds import METHODS

WAYS = {"scratch": "From scratch", "transfer": "Transfer"}
KINDS = {"block": "blocks of the map", "deposit": "one group of deposits after the other", "random": "random parts"}
NEGATIVES = {"unlabelled": "unlabelled ground, drawn anew for each member",
             "random": "random ground away from deposits",
             "stratified": "ground away from deposits, equally much of each geological unit"}
SMALL = 460


def training_report(job, study, regions, found, result, learner, warnings):
    """The page as HTML text.

    Parameters
    ----------
    job : JobFolder
    study : Study
    regions : Regions
    found : dict
        Ways of training to `Held`.
    result : dict
        As `outcome.finish` returns it.
    learner : object
        With ``method``, ``kinds`` and ``histories``.
    warnings : list of str
    """
    page = Page(f"Prospectivity: {learner.title}", f"{len(study.deposits)} deposits, {len(result['bands'])} bands")
    for message in warnings:
        page.warning(message)
    scores, training = result["scores"], result["training"]
    page.number("AUC, held-out deposits", scores["auc"])
    page.number("held-out deposits in the best 20 % of the area", 100.0 * scores["top_20"], "%")
    page.number("accuracy on the training data", 100.0 * training["accuracy"], "%")
    page.number("cross-entropy on the training data", training["cross_entropy"])
    if result["random"]:
        page.number("AUC in a random split", result["random"]["auc"])
    _scores(page, result, job.settings["validation"])
    page.figures(roc_figure(found), success_figure(found))
    _baselines(page, result, learner)
    _folds(page, result)
    _curves(page, learner)
    for title, headers, rows, caption in learner.tables():
        page.section(title)
        page.table(headers, rows, caption)
    _data(page, job, study, regions, result)
    page.versions(versions(["numpy", "scipy", "scikit-learn", "torch"]))
    return page.render()


def _scores(page, result, kind):
    """Held-out scores of all ways beside those of a random split and of the training data."""
    page.section("How well deposits are found")
    page.text(f"Held out were {KINDS[kind]}: each deposit is judged by a model that saw neither it nor its "
              "surroundings, against the ground that was held out as well. The training column shows what the final "
              "model makes of the deposits it learned; it says nothing about others.")
    columns = [(WAYS[way] + ", held out", scores) for way, scores in result["ways"].items()]
    if len(columns) == 1:
        columns = [("Held out", columns[0][1])]
    if result["random"]:
        columns.append(("Random split", result["random"]))
    columns.append(("Training", result["training"]))
    names = (("AUC", "auc"), ("deposits in 5 % of the area (%)", "top_5"),
             ("deposits in 10 % of the area (%)", "top_10"), ("deposits in 20 % of the area (%)", "top_20"),
             ("deposits above 0.5 (%)", "found_50"), ("area above 0.5 (%)", "area_50"),
             ("accuracy at 0.5 (%)", "accuracy"), ("cross-entropy", "cross_entropy"))
    rows = [[label, *(with_interval(scores, key, 100.0 if "(%)" in label else 1.0) for _, scores in columns)]
            for label, key in names]
    page.table(["", *(name for name, _ in columns)], rows,
               "In brackets 95 % intervals from drawing groups of deposits again and again. Accuracy and cross-entropy "
               "give deposits and background the same weight.")


def _baselines(page, result, learner):
    """Held-out scores of other methods in the same folds."""
    if not result["baselines"]:
        return
    page.section("Other methods in the same folds")
    names = {learner.method: result["scores"], **result["baselines"]}
    rows = [[METHODS[name], with_interval(scores, "auc"), *(100.0 * scores[key] for key in
                                                            ("top_5", "top_10", "top_20"))]
            for name, scores in names.items()]
    page.table(["method", "AUC, held out", "in 5 % of the area (%)", "in 10 % (%)", "in 20 % (%)"], rows,
               "Ensembles of five, from the same evidence, deposits and background. With few deposits the simpler "
               "method is often the better one; train it with 'Train prospectivity baseline'.")


def with_interval(scores, key, factor=1.0):
    """A score as text, with its interval where there is one."""
    value, ends = scores.get(key), scores.get(f"{key}_interval")
    if value is None:
        return ""
    digits = 0 if factor == 100.0 else 3
    text = f"{factor * value:.{digits}f}"
    return text if not ends else f"{text} ({factor * ends[0]:.{digits}f} to {factor * ends[1]:.{digits}f})"


def roc_figure(found):
    """Held-out deposits found against ground that ranks higher, for each way."""
    plot = Plot("ROC of held-out deposits", "Background called prospective (%)", "Deposits found (%)", SMALL, 420,
                x_limits=(0, 100), y_limits=(0, 100))
    plot.line([0, 100], [0, 100], "Chance", "#888888", dashed=True)
    for number, (way, held) in enumerate(found.items()):
        steps = np.sort(held.ranks)
        x = 100.0 * np.repeat(np.r_[0.0, steps, 1.0], 2)[1:-1]
        y = 100.0 * np.repeat(np.arange(steps.size + 1) / steps.size, 2)
        plot.line(x, y, WAYS[way] if len(found) > 1 else "Held out", PALETTE[number])
    return plot.render()


def success_figure(found):
    """Share of held-out deposits in the best part of the area, for each way."""
    plot = Plot("Held-out deposits in the best of the area", "Area (%)", "Deposits (%)", SMALL, 420, x_limits=(0, 50),
                y_limits=(0, 100))
    shares = np.linspace(0.0, 0.5, 101)
    plot.line(100.0 * shares, 100.0 * shares, "Chance", "#888888", dashed=True)
    for number, (way, held) in enumerate(found.items()):
        part = [(held.ranks <= share).mean() for share in shares]
        plot.line(100.0 * shares, 100.0 * np.array(part), WAYS[way] if len(found) > 1 else "Held out", PALETTE[number])
    return plot.render()


def _folds(page, result):
    """One table for each way."""
    page.section("Folds")
    for way, scores in result["ways"].items():
        rows = [[entry["fold"], entry["deposits"], entry["cells"], entry["auc"], 100.0 * entry["top_20"]]
                for entry in scores["per_fold"]]
        page.table(["fold", "deposits", "cells tested", "AUC within the fold", "in 20 % of the whole area (%)"], rows,
                   WAYS[way] if len(result["ways"]) > 1 else "")
    if result["types"]:
        page.table(["type", "deposits", "AUC", "in 10 % (%)", "in 20 % (%)"],
                   [[entry["type"] or "(none)", entry["deposits"], entry["auc"], 100.0 * entry["top_10"],
                     100.0 * entry["top_20"]] for entry in result["types"]], "Held-out deposits by type.")


def _curves(page, learner):
    """Loss, and cross-entropy and AUC of held-out deposits, by epoch: of the folds in each way and the final model."""
    if not learner.histories:
        return
    page.section("Convergence")
    page.figures(*(curve_figure(learner, key, label) for key, label in
                   (("loss", "Training loss"), ("tested", "Cross-entropy of held-out deposits"),
                    ("tested_auc", "AUC of held-out deposits"))))
    page.text("Means over members and folds, up to the epoch that half of them reach; held-out deposits are watched "
              "against some of their own ground, by one network of each fold, and play no part in the training. With "
              "30 groups of deposits or more, members keep the weights of their best epoch on a fifth that they do not "
              "learn from; with fewer those of the last one.")


def curve_figure(learner, key, label):
    """Mean course of a quantity over the epochs: folds in each way, and the final members."""
    plot = Plot(label, "Epoch", label, SMALL, 320)
    drawn = False
    for way in learner.kinds:
        own = [history for name, members in sorted(learner.histories.items()) if name.endswith(f"_{way}")
               and not name.startswith("random") for history in members.values()]
        drawn |= _mean_line(plot, own, key, f"Folds, {WAYS[way].lower()}" if len(learner.kinds) > 1 else "Folds")
    drawn |= _mean_line(plot, list(learner.histories.get("final", {}).values()), key, "Final model")
    return plot.render() if drawn else ""


def _mean_line(plot, histories, key, label):
    """Draw a mean over trainings; whether there was anything to draw."""
    courses = [[entry[key] for entry in history if entry.get(key) is not None] for history in histories]
    courses = [course for course in courses if course]
    if not courses:
        return False
    length = int(np.median([len(course) for course in courses]))
    means = [np.mean([course[k] for course in courses if len(course) > k]) for k in range(length)]
    plot.line(np.arange(1, length + 1), means, label)
    return True


def _data(page, job, study, regions, result):
    """What it was made from."""
    grid, settings = study.grid, job.settings
    page.parameters({
        "Deposits used": result["deposits"], "Groups of deposits closer than a window": int(regions.groups.max()) + 1,
        "Barren points": len(study.barren), "Background": NEGATIVES[settings["negatives"]],
        "Buffer (m)": settings["buffer"], "Window": f"{study.window} x {study.window} cells of {grid['cell']:g} m "
        f"({study.window * grid['cell']:,.0f} m)", "Cells with evidence": int(study.usable.sum()),
        "Folds": f"{regions.count}, {KINDS[regions.kind]}", "CRS": settings.get("crs") or "",
        "Seed": settings.get("seed"),
    }, "Data")
    rows = [[band.name, band.unit, "classes" if band.classes is not None else "log" if band.log else "as it is",
             None if band.classes is not None else band.low, None if band.classes is not None else band.high,
             100.0 * band.known] for band in study.preparation.bands]
    page.table(["band", "unit", "taken", "1 % quantile", "99 % quantile", "known (%)"], rows, "Evidence.")
