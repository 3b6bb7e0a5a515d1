"""One run of a fusion: what is read, the job, and what is written."""
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from qgis.core import QgsProcessingException

from ...algorithms.versions import lodescope_version
from .. import parameters as shared
from ..data.alignment import align, extended, has_classes, sample
from ..data.distances import read_segments, title_of
from ..data.fields import write_features
from ..data.files import publish
from ..data.geology import OUTSIDE, burn, read_geology
from ..data.grid import space_problem
from ..data.rasters import open_raster
from ..data.strips import RasterWriter
from ..engine.errors import raise_if_cancelled
from ..engine.jobs import jobs_folder
from ..steps import Part
from ..styles import raster_style, style_on_load
from ..translation import tr
from .exchange import TileExchange, windows_of
from .inputs import Columns, add_class_raster, codes_of, grid_of, read_field, read_places, read_target
from .tilespool import TileSpool, has_room

KRIGED = ("lodescope:kriging", "lodescope:indicatorkriging", "lodescope:fluxgradient")


class FusionRun:
    """Everything between the layers of the user and the job; ``folder`` is for what is needed while it runs.

    Attributes
    ----------
    samples : Samples
    grid : GridSpec
    columns : Columns
    settings, arrays : dict
        Inputs of the job.
    """

    def __init__(self, algorithm, parameters, context, feedback, folder):
        self.algorithm, self.parameters, self.context, self.feedback = algorithm, parameters, context, feedback
        self.folder = folder
        self.source = shared.read_source(algorithm, parameters, context, algorithm.SAMPLES)
        self._read_samples(Part(feedback, 0.0, 3.0))
        self._read_grid()
        self.columns = Columns()
        self._read_rasters(Part(feedback, 3.0, 28.0))
        self._read_geology()
        self._read_fields()
        self._read_lines()
        self._read_settings()

    def _names(self, key):
        return shared.field_list(self.algorithm, self.parameters, key, self.context)

    def _text(self, key):
        return self.algorithm.parameterAsString(self.parameters, key, self.context)

    def _read_samples(self, feedback):
        algorithm = self.algorithm
        wanted = [name for key in (algorithm.TARGETS, algorithm.SAMPLE_FIELDS, algorithm.KRIGE_FIELDS)
                  for name in self._names(key)]
        self.samples, self.raw = read_places(
            self.source, [*wanted, *self._own_gradients()], self.context,
            algorithm.crs(self.parameters, self.context), self._text(algorithm.Z_FIELD), self._text(algorithm.HOLE_ID),
            algorithm.parameterAsEnumString(self.parameters, shared.DIMENSIONS, self.context), feedback)
        self.samples.report.push(self.feedback)
        self.targets = {name: read_target(name, self.raw[name]) for name in self._names(algorithm.TARGETS)}

    def _own_gradients(self):
        """Fields of the samples that stand for bands of kriged rasters, made without the own hole."""
        return [name for layer in self._layers(self.algorithm.RASTERS) if self._kriged(layer)
                for name in self._stand_ins(layer) if self.source.fields().lookupField(name) >= 0]

    def _stand_ins(self, layer):
        dataset = open_raster(layer)
        described = [dataset.GetRasterBand(band + 1).GetDescription() for band in range(dataset.RasterCount)]
        return list(dict.fromkeys(text.split("@z=")[0].replace(":", "_") for text in described if text))

    def _kriged(self, layer):
        """Whether a raster was kriged, as far as is known from the samples of this run."""
        if self.algorithm.parameterAsBool(self.parameters, self.algorithm.INDEPENDENT, self.context):
            return False
        return open_raster(layer).GetMetadataItem("LODESCOPE_ALGORITHM") in KRIGED

    def _layers(self, key):
        return self.algorithm.parameterAsLayerList(self.parameters, key, self.context)

    def _read_grid(self):
        algorithm, parameters, context = self.algorithm, self.parameters, self.context
        self.grid = grid_of(
            self.samples, shared.read_extent(algorithm, parameters, context, self.samples.crs),
            shared.optional_number(algorithm, parameters, shared.CELL_SIZE, context),
            shared.read_levels(algorithm, parameters, context),
            shared.read_grid_raster(algorithm, parameters, context))
        self.feedback.pushInfo(self.grid.describe())
        self.wide, self.left, self.top = extended(self.grid, self.samples.coordinates)

    def _read_rasters(self, feedback):
        """Columns of the rasters at the samples; the bands stay open for the map."""
        layers, classified = self._sorted_rasters()
        classes = align(classified, self.wide, True, feedback)
        self.aligned, self.codes = {}, {}
        found, taken = self._usable(align(layers, self.wide, False, feedback))
        wanted = [*found, *classes]
        self._open_spool(found, len(wanted))
        takes = [] if self.spool is None else [partial(self.spool.take, number) for number in range(len(found))]
        for column, values in zip(wanted, sample(wanted, self.samples.coordinates, feedback, takes)):
            if column.classes:
                name, codes = add_class_raster(self.columns, column, values)
                self.codes[name] = codes
            else:
                values = read_target(column.name, self.raw[column.name]) if column.name in taken else values
                name = self.columns.add_number(column.name, values, column.layer, True, column.unit)
            self.aligned[name] = column
        self._check_overlap()

    def _open_spool(self, numbers, rasters):
        """The windows of the map, and the files of its tiles when they can be filled while the rasters are read."""
        columns = rasters + int(shared.given(self.parameters, self.algorithm.GEOLOGY))
        self.windows, self.spool = windows_of(self.grid, columns), None
        if not shared.given(self.parameters, self.algorithm.OUTPUT) or self.grid.levels or not numbers:
            return
        if any(column.levels is not None for column in numbers) or not has_room(self.folder, self.windows, columns):
            return
        windows = [(left + self.left, top + self.top, wide, high) for left, top, wide, high in self.windows]
        self.spool = TileSpool(self.folder, windows, columns, self.wide, self.samples.coordinates)

    def _sorted_rasters(self):
        """Rasters of numbers and rasters of classes, to which those with a colour table belong."""
        layers, classified = self._layers(self.algorithm.RASTERS), self._layers(self.algorithm.CLASS_RASTERS)
        found = [layer for layer in layers if has_classes(layer)]
        for layer in found:
            self.feedback.pushInfo(tr("Raster '{}' has a colour table or names of classes, so its numbers are taken "
                                      "as classes.").format(layer.name()))
        return [layer for layer in layers if layer not in found], [*found, *classified]

    def _usable(self, columns):
        """Columns that may be features: of kriged rasters only those that the samples have without their own holes."""
        kriged = {layer.name() for layer in self._layers(self.algorithm.RASTERS) if self._kriged(layer)}
        usable = [column for column in columns if column.layer not in kriged or column.name in self.raw]
        for layer in sorted(kriged - {column.layer for column in usable}):
            raise QgsProcessingException(tr(
                "The raster '{}' was kriged and knows the grades of the samples, so it cannot be a feature at them. "
                "Choose its field in 'Fields to krige here', give the samples with gradients that 'Map flux gradients' "
                "makes, or tick 'Kriged rasters come from other samples'.").format(layer))
        lacking = [column.name for column in columns if column not in usable]
        if lacking:
            self.feedback.pushWarning(tr("Left out, since the samples do not have them without their own holes: "
                                         "{}.").format(", ".join(lacking)))
        taken = [column.name for column in usable if column.layer in kriged]
        if taken:
            self.feedback.pushInfo(tr("Taken from the fields of the samples, made without their own holes, and from "
                                      "the raster on the map: {}.").format(", ".join(taken)))
        return usable, set(taken)

    def _check_overlap(self):
        """Refuse rasters that no sample lies on; say which bands are empty."""
        layers = {}
        for name, column in self.aligned.items():
            values = self.columns.numbers.get(name)
            known = np.isfinite(values).any() if values is not None else (self.columns.classes[name][0] >= 0).any()
            layers.setdefault(column.layer, []).append((name, bool(known)))
        for layer, found in layers.items():
            if not any(known for _, known in found):
                raise QgsProcessingException(tr(
                    "The raster '{}' has no value at any sample: it does not overlap them, or all of it is nodata; "
                    "check its CRS or leave it out.").format(layer))
            empty = [name for name, known in found if not known]
            if empty:
                self.feedback.pushWarning(tr("Without a value at any sample, and so left out: {}.").format(
                    ", ".join(empty)))

    def _read_geology(self):
        self.geology = None
        if not shared.given(self.parameters, self.algorithm.GEOLOGY):
            return
        name = self._text(self.algorithm.GEOLOGY_FIELD)
        source = shared.read_source(self.algorithm, self.parameters, self.context, self.algorithm.GEOLOGY)
        self.geology = read_geology(source, name, self.samples.crs, self.context, False, self.feedback)
        for note in self.geology.notes:
            self.feedback.pushWarning(note)
        units = self.geology.units_at(self.samples.coordinates, self.feedback)
        if (units == OUTSIDE).all():
            raise QgsProcessingException(tr("Geology: no sample lies on a polygon of '{}'; check its CRS or leave it "
                                            "out.").format(source.sourceName()))
        self.unit = self.columns.add_class(name, units, self.geology.names, source.sourceName(), True)

    def _read_fields(self):
        algorithm = self.algorithm
        for name in dict.fromkeys([*self._names(algorithm.KRIGE_FIELDS), *self._names(algorithm.SAMPLE_FIELDS)]):
            if name in self.targets:
                continue
            if name in self._names(algorithm.KRIGE_FIELDS):
                self.columns.numbers[name] = read_target(name, self.raw[name])
                self.columns.sources[name] = tr("samples, kriged")
            else:
                definition = self.source.fields().at(self.source.fields().lookupField(name))
                read_field(self.columns, name, self.raw[name], definition)

    def _read_lines(self):
        self.lines = {}
        for layer in self.algorithm.line_layers(self.parameters, self.context):
            name = title_of(layer)
            name = name if name not in self.lines else f"{name}_{len(self.lines) + 1}"
            self.lines[name] = read_segments(layer, self.samples.crs, self.context, self.feedback)

    def _read_settings(self):
        algorithm, parameters, columns = self.algorithm, self.parameters, self.columns
        wanted = shared.given(parameters, algorithm.OUTPUT)
        self.tiles = self._tiles() if wanted else []
        self.settings = {
            "numbers": list(columns.numbers), "targets": list(self.targets), "everywhere": columns.everywhere,
            "classes": [{"name": name, "labels": labels} for name, (_, labels) in columns.classes.items()],
            "lines": list(self.lines), "sources": columns.sources, "units": columns.units,
            "holes": self.samples.hole_names,
            "grid": self.grid.to_settings(), "tiles": self.tiles, "crs": self.samples.crs.authid(),
            "extent": [self.grid.west, self.grid.south, self.grid.east, self.grid.north],
            "steps": {**algorithm.steps(parameters, self.context), "taken": self.source.fields().names()},
            **shared.read_run(algorithm, parameters, self.context), **self._recipe(),
        }
        size = len(self.samples)
        self.arrays = {
            "coordinates": self.samples.coordinates, "groups": self.samples.holes,
            "numbers": np.column_stack([np.empty((size, 0)), *columns.numbers.values()]),
            "classes": np.column_stack([np.empty((size, 0), np.int64), *(c for c, _ in columns.classes.values())]),
            "targets": np.column_stack([np.empty((size, 0)), *self.targets.values()]),
            **{f"lines_{number}": segments for number, segments in enumerate(self.lines.values())},
        }

    def _recipe(self):
        """The recipe to apply, with what tells whether its file has changed."""
        if not shared.given(self.parameters, self.algorithm.USE_RECIPE):
            return {}
        path = Path(self.algorithm.parameterAsFile(self.parameters, self.algorithm.USE_RECIPE, self.context)).absolute()
        return {"recipe_file": str(path), "recipe_stamp": [path.stat().st_size, path.stat().st_mtime]}

    def _tiles(self):
        """Windows of the map with an elevation each, as the job knows them."""
        levels = self.grid.levels or (None,)
        problem = space_problem(jobs_folder(), 4 * self.grid.cells * 2)
        if problem:
            raise QgsProcessingException(problem)
        return [[*window, level] for window in self.windows for level in levels]

    def finish(self, job, feedback):
        """Run the job and write everything."""
        path = None
        if not self.tiles:
            outputs = job.run(Part(feedback, 0.0, 90.0))
        else:
            path = self.algorithm.parameterAsOutputLayer(self.parameters, self.algorithm.OUTPUT, self.context)
            outputs = self._map(job, path, Part(feedback, 0.0, 92.0))
        self._tell(outputs)
        results = {"SAMPLE_COUNT": outputs["samples"], "FEATURE_COUNT": len(outputs["features"]),
                   "BAND_COUNT": len(outputs["bands"]), "FEATURES": ", ".join(outputs["features"])}
        if path:
            results[self.algorithm.OUTPUT] = path
            title = tr("Fused features")
            style_on_load(self.context, path, raster_style({}, self._abstract(outputs), title), title)
        results.update(self._write_samples(job, outputs, Part(feedback, 92.0, 99.0)))
        results.update(self._publish(job))
        feedback.setProgress(100.0)
        return results

    def _map(self, job, path, feedback):
        """Run the job with the tiles of the map and write the raster."""
        levels = len(self.grid.levels) or 1
        with RasterWriter(path, self.grid) as writer:
            def write(number, result):
                column, row, columns, rows, _ = self.tiles[number]
                values = result.reshape(len(result), rows, columns)
                writer.write(column, row, slice(number % levels, None, levels), values, len(result) * levels)

            exchange = TileExchange(job, len(self.tiles), self._read_tile, write)
            outputs = exchange.run(feedback)
            if not outputs["bands"]:
                raise QgsProcessingException(tr("No feature exists everywhere, so there is no feature raster; leave it "
                                                "out, or add rasters, geology or coordinates."))
            writer.finish(self._descriptions(outputs["bands"]), self._metadata(outputs))
        return outputs

    def _descriptions(self, bands):
        if not self.grid.levels:
            return bands
        return [f"{name}@z={level:g}" for name in bands for level in self.grid.levels]

    def _metadata(self, outputs):
        hidden = ("tiles", "classes", "threads", "holes", "sources", "units")
        return {
            "LODESCOPE_ALGORITHM": self.algorithm.id(), "LODESCOPE_VERSION": lodescope_version(),
            "LODESCOPE_PARAMETERS": {key: value for key, value in self.settings.items() if key not in hidden},
            "LODESCOPE_FEATURES": outputs["bands"],
        }

    def _read_tile(self, number, check):
        """Columns of one tile that are known everywhere, numbers and then codes of classes, or the file of them."""
        levels = self.grid.levels or (None,)
        if number % len(levels) == 0:
            self._stack = self._read_window(self.tiles[number][:4], levels, check)
        columns = [column[number % len(levels)] for column in self._stack]
        return columns if self.spool is None else self.spool.complete(number, len(self._spooled), columns)

    @property
    def _spooled(self):
        """Columns that the tiles have since the rasters were read."""
        return () if self.spool is None else [name for name in self.columns.everywhere if name in self.columns.numbers]

    def _read_window(self, window, levels, check):
        """Each column of a window at every level that the tiles do not have yet."""
        shifted = (window[0] + self.left, window[1] + self.top, window[2], window[3])
        everywhere, stack = set(self.columns.everywhere) - set(self._spooled), []
        for name in [*self.columns.numbers, *self.columns.classes]:
            if name not in everywhere:
                continue
            check()
            if self.geology is not None and name == self.unit:
                stack.append([self._units(window)] * len(levels))
                continue
            parts = self.aligned[name].window(shifted, levels)
            stack.append([codes_of(part, self.codes[name]) for part in parts] if name in self.codes else parts)
        return stack

    def _units(self, window):
        """Geological units of a window."""
        column, row, columns, rows = window
        grid = replace(self.grid, west=self.grid.west + column * self.grid.cell,
                       north=self.grid.north - row * self.grid.cell, columns=columns, rows=rows, levels=())
        near = [k for k, shape in enumerate(self.geology.geometries) if shape.boundingBox().intersects(grid.extent)]
        return burn([self.geology.geometries[k] for k in near], self.geology.units[near], grid)

    def _tell(self, outputs):
        """Log what came out."""
        self.feedback.pushInfo(tr("{} features at the samples, {} of them everywhere.").format(
            len(outputs["features"]), len(outputs["bands"])))
        if outputs["unseen"]:
            self.feedback.pushWarning(tr("Classes that no sample has: {}.").format(", ".join(
                f"{name} ({count:,})" for name, count in sorted(outputs["unseen"].items())[:20])))

    def _abstract(self, outputs):
        return tr("Features fused by Lodescope {} from {} samples: {}.").format(
            lodescope_version(), outputs["samples"], ", ".join(outputs["bands"]))

    def _write_samples(self, job, outputs, feedback):
        raise_if_cancelled(feedback)
        columns = dict(zip(outputs["features"], np.array(job.array("samples"), dtype=float).T))
        destination, _ = write_features(
            self.algorithm, self.parameters, self.algorithm.OUTPUT_SAMPLES, self.context, self.source,
            self.samples.ids, columns, feedback, self.samples.crs)
        if destination is None:
            return {}
        return {self.algorithm.OUTPUT_SAMPLES: destination}

    def _publish(self, job):
        """Put the recipe and the report where the user wants them."""
        results = {}
        for key, name in ((self.algorithm.RECIPE, "recipe.safetensors"), (self.algorithm.REPORT, "report.html")):
            path = self.algorithm.parameterAsFileOutput(self.parameters, key, self.context)
            if path:
                publish(job.path(name), path)
                results[key] = path
        return results

