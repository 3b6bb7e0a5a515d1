"""Job: pre-train the trunk of a network on evidence without deposits."""
import numpy as np
import torch

from ..errors import InputError
from ..learning.together import run_together
from ..learning.training import Checkpoints, bound_threads
from ..modelfile import make_card, save_model
from ..reports.page import Page
from ..reports.svg import Plot
from ..versions import versions
from .evidence import fit_preparation, known_cells, like_coordinates
from .kinds import PRETRAINED
from .labels import draw
from .network import Shape, initialise
from .pretraining import MaskPlan, PatchTrainer, Reconstructor
from .study import picked
from .windows import cut_windows

PATCHES, HELD_SHARE, SPARE = 4000, 0.2, 4
MOST_BYTES = 400_000_000
KEPT_EVERY = 5  # epochs between states to go on from
PLAN_KEYS = ("epochs", "steps", "batch", "rate", "patience", "hidden_bands", "hidden_cells")
TITLE = "Pre-trained prospectivity network"


def run(job, progress):
    """Pre-train.

    Reads ``evidence`` (bands, rows, columns) and, where given, ``mask`` (rows,
    columns); settings ``grid``, ``bands``, ``window_cells``, ``members``,
    ``width``, ``seed`` and those of `MaskPlan`. Writes ``model.safetensors``
    and ``report.html``.

    Returns
    -------
    dict
        ``explained`` (share of the variance of hidden held-out values that is told), ``bands``, ``epochs``.
    """
    bound_threads(1)
    settings = job.settings
    values, bands, grid = job.array("evidence"), settings["bands"], settings["grid"]
    preparation, kept = fit_preparation(
        values, [band["name"] for band in bands], [band.get("unit", "") for band in bands],
        [bool(band.get("classes")) for band in bands], job.rng(), progress)
    if len(kept) < len(bands):
        values = picked(job, values, kept, progress)
    if like_coordinates(values, preparation.names):
        progress.warn("These bands rise steadily across the area, as coordinates do: "
                      f"{', '.join(like_coordinates(values, preparation.names))}; they teach nothing for other areas.")
    shape = Shape(preparation.channels, int(settings["window_cells"]), int(settings.get("width") or Shape.width))
    usable, mask = known_cells(values), job.array("mask")
    usable = usable if mask is None else usable & (np.asarray(mask) > 0)
    learn, held = read_patches(job, values, preparation, usable, shape, progress.span(0.0, 0.1))
    members = int(settings.get("members") or 3)
    tasks = [lambda part, k=k: pretrain(job, k, shape, learn, held, part) for k in range(members)]
    trainers = run_together(tasks, progress.span(0.1, 0.98), settings.get("threads"))
    result = {"explained": float(np.mean([best_of(trainer)["explained"] for trainer in trainers])),
              "held": float(np.mean([best_of(trainer)["held"] for trainer in trainers])),
              "bands": preparation.names, "epochs": max(len(trainer.history) for trainer in trainers)}
    save(job, preparation, shape, trainers, result, grid)
    job.write_text("report.html", report(job, preparation, shape, trainers, result, progress.warnings))
    progress.log(f"Of the variance of hidden held-out values {result['explained']:.0%} is told.")
    progress(1.0)
    return result


def read_patches(job, values, preparation, usable, shape, progress):
    """Channels of patches to learn from, and of patches of another part of the area."""
    if not usable.any():
        raise InputError("No cell has data in at least half of the bands; choose rasters that overlap.")
    size = shape.window + SPARE
    rng, count = job.rng(), max(8, min(PATCHES, int(usable.sum()), MOST_BYTES // (4 * preparation.channels * size**2)))
    side = max(size * 2, max(usable.shape) // 8)
    rows, columns = np.indices(usable.shape, sparse=True)
    blocks = (rows // side) * (usable.shape[1] // side + 1) + columns // side
    chosen = rng.permutation(blocks.max() + 1) < max(1, round(HELD_SHARE * (blocks.max() + 1)))
    held = usable & chosen[blocks]
    if not held.any() or not (usable & ~held).any():
        held = usable & (rng.random(usable.shape) < HELD_SHARE)
    found = []
    for part, share in ((usable & ~held, 1.0 - HELD_SHARE), (held, HELD_SHARE)):
        rows, columns = draw(part, max(2, round(count * share)), rng)
        found.append(patches_at(values, preparation, rows, columns, size, progress))
    return found


def patches_at(values, preparation, rows, columns, size, progress, batch=64):
    """Channels of patches around cells, float32 (n, c, size, size)."""
    out = np.empty((len(rows), preparation.channels, size, size), np.float32)
    for start in range(0, len(rows), batch):
        progress(start / len(rows))
        part = slice(start, start + batch)
        cut = cut_windows(values, rows[part], columns[part], size)
        out[part] = np.moveaxis(preparation.apply(np.moveaxis(cut, 1, 0)), 0, 1)
    return out


def pretrain(job, member, shape, learn, held, progress):
    """One trained `PatchTrainer`."""
    settings = job.settings
    seed = int(settings.get("seed") or 0) * 101 + member
    plan = MaskPlan(**{key: settings[key] for key in PLAN_KEYS if settings.get(key) is not None}, seed=seed)
    network = initialise(Reconstructor(shape), torch.Generator().manual_seed(seed))

    def patches(rng, count, from_held):
        source = held if from_held else learn
        return source[np.sort(rng.choice(len(source), min(count, len(source)), replace=False))]

    def watch(epoch, entry):
        start = "" if member == 0 else f"member {member + 1}: "
        progress.metric(f"{start}loss", entry["loss"], epoch + 1)
        progress.metric(f"{start}explained", entry["explained"], epoch + 1)

    trainer = PatchTrainer(network, patches, plan, progress, watch)
    trainer.run(Checkpoints(job), f"pretraining_{member + 1}", KEPT_EVERY)
    return trainer


def best_of(trainer):
    """The scores of the epoch whose weights were kept."""
    return trainer.history[trainer.best_epoch]


def save(job, preparation, shape, trainers, result, grid):
    """Write the model file."""
    settings = job.settings
    tensors = {f"member{k}/{name}": value.detach().numpy() for k, trainer in enumerate(trainers)
               for name, value in trainer.network.state_dict().items() if name.startswith("trunk.")}
    card = make_card(
        PRETRAINED, TITLE, method="cnn", features=preparation.to_card(), targets=[], crs=settings.get("crs") or "",
        engine={"shape": shape.to_card(), "members": len(trainers)}, grid=grid, seed=settings.get("seed"),
        window={"cells": shape.window, "metres": shape.window * grid["cell"]},
        extent=[grid["west"], grid["north"] - grid["rows"] * grid["cell"],
                grid["west"] + grid["columns"] * grid["cell"], grid["north"]],
        scores={"reconstruction": {key: result[key] for key in ("explained", "held")}})
    save_model(job.path("model.safetensors"), tensors, card)


def report(job, preparation, shape, trainers, result, warnings):
    """The page as HTML text."""
    page = Page(TITLE, f"{len(preparation.bands)} bands")
    for message in warnings:
        page.warning(message)
    page.number("of the variance of hidden values is told", 100.0 * result["explained"], "%")
    page.number("epochs", result["epochs"])
    page.text("Parts of the evidence were hidden, and the network learned to tell them from what was left. The share "
              "is that of held-out blocks of the map. A high share means that the bands say much about each other; "
              "whether it helps to find deposits is told by the report of 'Train CNN', which sets training from "
              "scratch and from this model side by side.")
    plot = Plot("Hidden values", "Epoch", "Mean squared error (spreads of the bands)", 540, 360)
    for number, trainer in enumerate(trainers):
        epochs = np.arange(1, len(trainer.history) + 1)
        plot.line(epochs, [entry["held"] for entry in trainer.history], f"Member {number + 1}, held out")
        plot.line(epochs, [entry["loss"] for entry in trainer.history], None, "#8a8f98", dashed=True, width=1.2)
    page.figures((plot.render(), "Dashed: in training."))
    grid = job.settings["grid"]
    page.parameters({"Window": f"{shape.window} cells of {grid['cell']:g} m", "Members": len(trainers),
                     "CRS": job.settings.get("crs") or "", "Seed": job.settings.get("seed"),
                     "Bands": preparation.names}, "Data")
    page.versions(versions(["numpy", "scipy", "torch"]))
    return page.render()
