"""Why targets stand out: evidence read strip by strip, and windows of it for a model."""
import numpy as np
from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProcessingException

from ...algorithms.prospectivity.reasons import ClassCounts, Contrast, ZoneSums, reason_texts
from .. import parameters as shared
from ..data.alignment import small_cache
from ..data.grid import GridSpec
from ..data.modelfiles import card_of
from ..engine import prepare_job
from ..engine.errors import raise_if_cancelled
from ..grade.gradeinputs import file_setting
from ..steps import Part
from ..translation import tr
from .evidenceinputs import EvidenceStack
from .mapinputs import ROWS
from .occurrences import moved

MOST_WINDOWS = 2_000


def target_reasons(algorithm, parameters, context, job, frame, outputs, layers, feedback):
    """A text for each target, or an empty list without evidence.

    Parameters
    ----------
    algorithm, parameters, context
        As Processing gives them.
    job : Job
        With the zones of targets and their surroundings.
    frame : Frame
    outputs : dict
        Of the job.
    layers : pair of lists of QgsRasterLayer
        Evidence, and evidence of classes.
    feedback : QgsProcessingFeedback
    """
    if not layers[0]:
        return []
    stack = EvidenceStack(*layers, frame, 0, feedback)
    contrasts = band_contrasts(stack.bands, job.array("zones"), len(outputs["best"]), frame,
                               Part(feedback, 0.0, 70.0))
    most = algorithm.parameterAsInt(parameters, algorithm.REASONS, context)
    if not shared.given(parameters, algorithm.MODEL):
        return reason_texts(contrasts, None, most)
    settings = file_setting(algorithm, parameters, context, algorithm.MODEL, "model")
    names, influence = model_influence(settings, context, frame, outputs, layers, Part(feedback, 70.0, 100.0))
    unknown = Contrast(*[np.full(len(outputs["best"]), np.nan)] * 3)
    return reason_texts({name: contrasts.get(name, unknown) for name in names}, influence, most)


def band_contrasts(bands, zones, count, frame, feedback):
    """`reasons.Contrast` of each band by its name."""
    sums = [ClassCounts(count, band.labels) if band.classes else ZoneSums(count) for band in bands]
    with small_cache():
        for top in range(0, frame.rows, ROWS):  # strip by strip, as bands of one file often lie in the same blocks
            rows = min(ROWS, frame.rows - top)
            strip = np.array(zones[top:top + rows])
            for number, band in enumerate(bands):
                raise_if_cancelled(feedback)
                sums[number].add(strip, band.source.read(0, top, frame.columns, rows))
            feedback.setProgress(100.0 * (top + rows) / frame.rows)
    for band, own in zip(bands, sums):
        if not own.all_cells:
            feedback.pushWarning(tr("The evidence '{}' does not meet the map and is left out.").format(band.name))
    return {band.name: own.contrast() for band, own in zip(bands, sums) if own.all_cells}


def model_influence(settings, context, frame, outputs, layers, feedback):
    """Bands of a model in its order, and what its probability at the best cell of each target loses without each.

    Raises
    ------
    QgsProcessingException
        The evidence lacks a band of the model.
    """
    card = card_of(settings["model_file"], "prospectivity")
    names = [feature["name"] for feature in card["features"]]
    size, grid = int(card["window"]["cells"]), model_grid(card, frame, context)
    stack = EvidenceStack(*layers, grid, size // 2, feedback)
    missing = [name for name in names if name not in stack.names]
    if missing:
        raise QgsProcessingException(tr(
            "The evidence lacks bands that the model looks at: {}; it has: {}.").format(
                ", ".join(missing), ", ".join(stack.names)))
    rows, columns = np.array(outputs["best"][:MOST_WINDOWS]).T
    places = np.column_stack([frame.west + (columns + 0.5) * frame.wide, frame.north - (rows + 0.5) * frame.high])
    windows = stack.ordered(names).windows(moved(places, frame.crs, grid.crs, context), size)
    with prepare_job("targetinfluence", settings, {"windows": windows}, "deep", feedback) as job:
        job.run(feedback)
        found = np.array(job.array("influence"))
    every = np.full((len(outputs["best"]), len(names)), np.nan)
    every[:len(found)] = found
    return names, every


def model_grid(card, frame, context):
    """Cells of the size that the model looks at, over the area of the map."""
    crs = QgsCoordinateReferenceSystem()
    crs.createFromUserInput(str(card.get("crs") or ""))
    crs = crs if crs.isValid() else frame.crs
    extent = frame.extent
    if crs != frame.crs and frame.crs.isValid():
        extent = QgsCoordinateTransform(frame.crs, crs, context.transformContext()).transformBoundingBox(extent)
    grid = card["grid"]
    cell = float(grid["cell"])
    if "west" in grid:  # on the very cells of the training
        extent.setXMinimum(grid["west"] + np.floor((extent.xMinimum() - grid["west"]) / cell) * cell)
        extent.setYMaximum(grid["north"] - np.floor((grid["north"] - extent.yMaximum()) / cell) * cell)
    return GridSpec.from_extent(crs, extent, cell)
