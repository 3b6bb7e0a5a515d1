"""Parameters of evidence that the trainings of prospectivity share: rasters, study area, grid and window."""
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from qgis.core import (
    QgsFeatureRequest,
    QgsGeometry,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingParameterCrs,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterMultipleLayers,
)

from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.geology import burn
from ..data.grid import cell_problem
from ..engine.jobs import jobs_folder
from ..translation import tr
from .evidenceinputs import EvidenceStack, choose_grid, evidence_crs, layers_problem, tell_bands

RASTERS, CLASS_RASTERS, MASK, WINDOW = "RASTERS", "CLASS_RASTERS", "MASK", "WINDOW"


class EvidenceAlgorithm(LodescopeAlgorithm):
    """Base of the algorithms that learn from evidence rasters."""

    GROUP, GROUP_ID, NEEDS = "Prospectivity", "prospectivity", "deep"

    def add_evidence(self):
        """RASTERS, CLASS_RASTERS and MASK."""
        add_rasters(self)
        shared.add(self, QgsProcessingParameterFeatureSource(
            MASK, tr("Study area"), [QgsProcessing.SourceType.TypeVectorPolygon], None, True),
            "Polygons of the ground that counts; what lies outside is neither learned from nor tested.")

    def add_window(self):
        """WINDOW and, advanced, CELL_SIZE, EXTENT and CRS."""
        shared.add(self, shared.number(WINDOW, "Window", least=1e-9),
                   "Side of the square around a place that is looked at, in the unit of the CRS, usually metres. Leave "
                   "it empty for a third of a typical variogram range of the evidence.")
        shared.add(self, shared.number(shared.CELL_SIZE, "Cell size", least=1e-9),
                   "Leave it empty for the cells of the finest raster, or coarser ones where a window would have more "
                   "than 15 of them.", advanced=True)
        shared.add(self, QgsProcessingParameterExtent(shared.EXTENT, tr("Extent"), None, True),
                   "Leave it empty for the area of all rasters together.", advanced=True)
        shared.add(self, QgsProcessingParameterCrs(shared.CRS, tr("CRS"), None, True),
                   "Projected coordinate reference system to work in. Leave it empty for that of the first raster that "
                   "has one.", advanced=True)

    def layers(self, parameters, context):
        """Rasters of numbers and of classes."""
        return [self.parameterAsLayerList(parameters, name, context) for name in (RASTERS, CLASS_RASTERS)]

    def evidence_problem(self, parameters, context):
        """Why the evidence cannot be used, as far as can be told quickly, or an empty string."""
        layers, class_layers = self.layers(parameters, context)
        message = layers_problem([*layers, *class_layers])
        if message:
            return message
        self.crs(parameters, context)
        if shared.given(parameters, MASK):
            message = polygons_problem(shared.read_source(self, parameters, context, MASK))
        return message or cell_problem(shared.optional_number(self, parameters, shared.CELL_SIZE, context))

    def crs(self, parameters, context):
        """The CRS to work in."""
        chosen = self.parameterAsCrs(parameters, shared.CRS, context) if shared.given(parameters, shared.CRS) else None
        layers, class_layers = self.layers(parameters, context)
        return evidence_crs([*layers, *class_layers], chosen)

    def evidence_grid(self, parameters, context, feedback):
        """The grid of a training and the cells across a window; see `choose_grid`."""
        layers, class_layers = self.layers(parameters, context)
        crs = self.crs(parameters, context)
        extent = None
        if shared.given(parameters, shared.EXTENT):
            extent = self.parameterAsExtent(parameters, shared.EXTENT, context, crs)
            if extent.isEmpty():
                raise QgsProcessingException(tr("The extent has no area; draw a rectangle, or leave it empty."))
        return choose_grid(layers, class_layers, crs, context, extent,
                           shared.optional_number(self, parameters, shared.CELL_SIZE, context),
                           shared.optional_number(self, parameters, WINDOW, context), feedback)

    def evidence_stack(self, parameters, context, grid, feedback):
        """The evidence on a grid."""
        layers, class_layers = self.layers(parameters, context)
        stack = EvidenceStack(layers, class_layers, grid, 0, feedback)
        tell_bands(len(stack.bands), feedback)
        return stack

    def mask_array(self, parameters, context, grid, feedback):
        """The study area as an array of a job; empty without one."""
        if not shared.given(parameters, MASK):
            return {}
        source = shared.read_source(self, parameters, context, MASK)
        inside = cells_inside(read_polygons(source, grid.crs, context), grid)
        if not inside.any():
            raise QgsProcessingException(tr(
                "The study area '{}' holds no cell of the rasters; choose polygons that meet them.").format(
                    source.sourceName()))
        feedback.pushInfo(tr("Study area: {:.0%} of the cells.").format(inside.mean()))
        return {"mask": inside.astype(np.uint8)}


def add_rasters(algorithm):
    """RASTERS and CLASS_RASTERS."""
    shared.add(algorithm, QgsProcessingParameterMultipleLayers(
        RASTERS, tr("Evidence rasters"), QgsProcessing.SourceType.TypeRaster, None, True),
        "Geochemical maps, geophysics, distances to faults and the like: all bands, whatever their grids and CRS. "
        "Finer ones are averaged, others interpolated.")
    shared.add(algorithm, QgsProcessingParameterMultipleLayers(
        CLASS_RASTERS, tr("Rasters of classes"), QgsProcessing.SourceType.TypeRaster, None, True),
        "Rasters whose numbers are classes, such as rock units; classes are never mixed.")


@contextmanager
def evidence_folder():
    """A folder on the disk of the job folders, so that a file in it can be linked into a job."""
    root = jobs_folder()
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".evidence-", dir=root) as folder:
        yield Path(folder)


def polygons_problem(source):
    """Why a study area cannot be used, or an empty string."""
    if source.featureCount() == 0:
        return tr("Study area: '{}' has no polygons to read; choose another layer, or leave it empty.").format(
            source.sourceName())
    return ""


def read_polygons(source, crs, context):
    """Shapes of a layer of polygons in a CRS, those that are not valid repaired."""
    request = QgsFeatureRequest().setSubsetOfAttributes([])
    if crs.isValid() and source.sourceCrs().isValid() and crs != source.sourceCrs():
        request.setDestinationCrs(crs, context.transformContext())
    unchecked = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks  # they are repaired here
    shapes = []
    for feature in source.getFeatures(request, unchecked):
        shape = QgsGeometry(feature.geometry())
        if not shape.isEmpty():
            shapes.append(shape if shape.isGeosValid() else shape.makeValid())
    return shapes


def cells_inside(shapes, grid):
    """Which cells of a grid have their middle inside polygons, bool (rows, columns)."""
    near = [shape for shape in shapes if shape.boundingBox().intersects(grid.extent)]
    return burn(near, [1] * len(near), grid) >= 0
