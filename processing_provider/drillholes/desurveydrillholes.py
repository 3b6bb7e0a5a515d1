"""Drill-hole tables as clean samples in space."""
import numpy as np
from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
)

from ...algorithms.texts import pack_texts
from .. import parameters as shared
from ..base import LodescopeAlgorithm
from ..data.fields import destination_path, find_field, new_names
from ..data.files import publish
from ..data.rasters import destination_problem
from ..data.tables import as_text, table_problem
from ..drillholestyles import sample_style, trace_style
from ..steps import Part
from ..styles import style_on_load
from ..translation import tr
from . import desurveyparameters as names
from .collars import METRES, collar_table, collars_problem, degrees_problem, scale_between, unit_metres, unit_name
from .reading import Codes, as_numbers, column_role, parse, read_columns
from .writing import Names, sample_columns, write_composites, write_intervals, write_issues, write_traces

NUMBERS = (
    ("HOLES", "Holes"), ("STATIONS", "Survey stations"), ("INTERVALS", "Intervals read"),
    ("SAMPLES", "Samples written"), ("DROPPED", "Intervals left out"), ("VERTICAL", "Holes taken as vertical"),
    ("OVERLAPS", "Overlapping or repeated intervals"), ("GAPS", "Gaps"), ("PAST_END", "Intervals past the end"),
    ("DUPLICATE_COLLARS", "Duplicate collars"), ("ORPHANS", "Holes in one table only"),
    ("BAD_ANGLES", "Azimuths and dips out of range"), ("ISSUES_FOUND", "All findings"),
)
TABLES = (
    (names.COLLARS, "Collars", (names.COLLAR_HOLE_ID, names.ELEVATION, names.COLLAR_DEPTH, names.COLLAR_AZIMUTH,
                                names.COLLAR_DIP), (names.COLLAR_HOLE_ID,)),
    (names.SURVEYS, "Surveys", (names.SURVEY_HOLE_ID, names.SURVEY_DEPTH, names.SURVEY_AZIMUTH, names.SURVEY_DIP),
     (names.SURVEY_HOLE_ID, names.SURVEY_DEPTH, names.SURVEY_AZIMUTH, names.SURVEY_DIP)),
    (names.INTERVALS, "Intervals", (names.INTERVAL_HOLE_ID, names.FROM, names.TO, names.COMPOSITE_BREAK,
                                    names.DENSITY_FIELD), (names.INTERVAL_HOLE_ID, names.FROM, names.TO)),
    (names.LOG, "Lithology log", (names.LOG_HOLE_ID, names.LOG_FROM, names.LOG_TO, names.LOG_FIELD),
     (names.LOG_HOLE_ID, names.LOG_FROM, names.LOG_TO, names.LOG_FIELD)),
)


class DesurveyDrillholes(LodescopeAlgorithm):
    """Collars, surveys and intervals to samples, traces and a report on the tables."""

    NAME, TITLE = "desurveydrillholes", "Desurvey drill holes"
    GROUP, GROUP_ID = "Drill holes", "drillholes"
    TAGS = ("drill hole", "borehole", "collar", "survey", "assay", "interval", "desurvey", "minimum curvature",
            "composite", "trace", "downhole", "validation", "QA")
    OUTPUT, TRACES, ISSUES, REPORT = "OUTPUT", "TRACES", "ISSUES", "REPORT"

    def initAlgorithm(self, config=None):
        names.add_collars(self)
        names.add_surveys(self)
        names.add_intervals(self)
        names.add_composites(self)
        names.add_corrections(self)
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.OUTPUT, tr("Samples"), QgsProcessing.SourceType.TypeVectorPoint))
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.TRACES, tr("Traces"), QgsProcessing.SourceType.TypeVectorLine, None, True))
        self.addParameter(QgsProcessingParameterFeatureSink(
            self.ISSUES, tr("Table of findings"), QgsProcessing.SourceType.TypeVector, None, True, False))
        self.addParameter(QgsProcessingParameterFileDestination(
            self.REPORT, tr("Quality report"), tr("HTML files (*.html)"), None, True))
        for name, label in NUMBERS:
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))

    def problem(self, parameters, context):
        sources = {}
        for table, role, fields, needed in TABLES:
            source = self._source(parameters, table, context)
            if source is not None:
                problem = self._table_problem(parameters, context, source, role, fields, needed)
                if problem:
                    return problem
                sources[table] = source
        collars = sources[names.COLLARS]
        dem = self._dem(parameters, context)
        return (
            collars_problem(collars, self._text(parameters, names.ELEVATION, context), dem)
            or degrees_problem(self._crs(parameters, context, collars))
            or self._composite_problem(parameters, context)
            or next(filter(None, (destination_problem(destination_path(parameters.get(name), context))
                                  for name in (self.OUTPUT, self.TRACES, self.ISSUES, self.REPORT))), "")
        )

    def _table_problem(self, parameters, context, source, role, fields, needed):
        """Why the fields of a table cannot be read, or an empty string."""
        chosen = {name: self._text(parameters, name, context) for name in fields}
        for name in needed:
            if not chosen[name]:
                label = self.parameterDefinition(name).description()
                return self.tr("{}: choose the field '{}'.").format(role, label)
        return table_problem(source, chosen.values(), role)

    def _composite_problem(self, parameters, context):
        """Why the choices for composites cannot be followed, or an empty string."""
        if shared.given(parameters, names.COMPOSITE_LENGTH):
            if shared.given(parameters, names.LOG) and self._text(parameters, names.COMPOSITE_BREAK, context):
                return self.tr("Composites break at a field of the intervals or at a lithology log: choose one.")
            return ""
        for name in (names.COMPOSITE_BREAK, names.DENSITY_FIELD, names.LOG):
            if shared.given(parameters, name):
                label = self.parameterDefinition(name).description()
                return self.tr("'{}' is for composites: give a composite length too, or leave it empty.").format(label)
        return ""

    def execute(self, parameters, context, feedback):
        reading = Part(feedback, 0.0, 20.0)
        source = self._source(parameters, names.COLLARS, context)
        crs = self._crs(parameters, context, source)
        settings, arrays = self._settings(parameters, context), {}
        settings.update(self._read_collars(parameters, context, source, crs, arrays, feedback))
        self._read_surveys(parameters, context, arrays, Part(reading, 0.0, 20.0))
        ids, columns = self._read_intervals(parameters, context, arrays, Part(reading, 20.0, 90.0))
        made = None
        if shared.given(parameters, names.COMPOSITE_LENGTH):
            made = self._composite(parameters, context, columns, settings, arrays, feedback)
            made["log"] = self._read_log(parameters, context, arrays, Part(reading, 90.0, 100.0))
        del columns
        feedback.pushInfo(tr("Depths are in {}; x, y and z of the result are in {}.").format(
            settings["depth_unit"], settings["map_unit"]))
        feedback.pushInfo(tr("Elevation of the collars: {}.").format(settings["elevation"]))
        with self.prepare_job(settings, arrays, feedback) as job:
            arrays.clear()
            found = job.run(Part(feedback, 20.0, 45.0))
            results = self._write(job, found, made, ids, parameters, context, crs, feedback)
        return {**results, **found["numbers"]}

    def _settings(self, parameters, context):
        """What the user chose, as the job takes it."""
        unit = self.parameterAsEnumString(parameters, names.DEPTH_UNIT, context)
        return {
            "depth_unit": unit, "metres_per_depth": METRES[unit],
            "dip_convention": self.parameterAsEnumString(parameters, names.DIP_CONVENTION, context),
            "azimuth_correction": self.parameterAsDouble(parameters, names.AZIMUTH_CORRECTION, context),
            "dogleg_limit": self.parameterAsDouble(parameters, names.DOGLEG_LIMIT, context), "composite": None,
        }

    def _read_collars(self, parameters, context, source, crs, arrays, feedback):
        """Collars into the arrays; returns settings that belong to them."""
        chosen = self._fields(parameters, TABLES[0], source, context)
        _, columns = read_columns(source, chosen.values(), "Collars", Part(feedback, 0.0, 1.0),
                                  [chosen[names.COLLAR_HOLE_ID]])
        unit = self.parameterAsEnumString(parameters, names.COORDINATE_UNIT, context)
        table = collar_table(source, columns, {
            "elevation": chosen[names.ELEVATION], "dem": self._dem(parameters, context), "coordinate_unit": unit,
            "elevation_unit": self.parameterAsEnumString(parameters, names.ELEVATION_UNIT, context),
        }, crs, context, feedback)
        holes = Names(columns[chosen[names.COLLAR_HOLE_ID]].codes, columns[chosen[names.COLLAR_HOLE_ID]].texts)[:]
        empty = np.full(len(holes), np.nan)
        length, azimuth, dip = (
            as_numbers(columns[chosen[name]], chosen[name], "Collars") if chosen[name] else empty
            for name in (names.COLLAR_DEPTH, names.COLLAR_AZIMUTH, names.COLLAR_DIP))
        arrays["collar_names"], arrays["collar_names_ends"] = pack_texts(holes)
        arrays.update(collar_xyz=table.xyz, collar_angles=np.column_stack([azimuth, dip]), collar_length=length)
        if not crs.isValid():
            feedback.pushWarning(tr("Collars: the layer has no CRS; its coordinates are taken as {}.").format(
                unit_name(unit_metres(crs, unit))))
        metres = unit_metres(crs, unit)
        depth = METRES[self.parameterAsEnumString(parameters, names.DEPTH_UNIT, context)]
        return {
            "scale": scale_between(depth, metres), "map_unit": unit_name(metres), "elevation": table.source,
            "elevation_notes": [[holes[row], label] for row, label in table.notes],
            "source": source.sourceName(),
        }

    def _read_surveys(self, parameters, context, arrays, feedback):
        """Survey stations into the arrays; none without a table."""
        source = self._source(parameters, names.SURVEYS, context)
        if source is None:
            arrays["survey_values"] = np.zeros((0, 3))
            return
        hole, *fields = self._fields(parameters, TABLES[1], source, context).values()
        _, columns = read_columns(source, [hole, *fields], "Surveys", feedback, [hole])
        self._add_holes(arrays, "survey", columns[hole])
        arrays["survey_values"] = np.column_stack([as_numbers(columns[name], name, "Surveys") for name in fields])

    def _read_intervals(self, parameters, context, arrays, feedback):
        """Intervals into the arrays; returns feature ids and the columns for composites."""
        source = self._source(parameters, names.INTERVALS, context)
        hole, start, end, *others = self._fields(parameters, TABLES[2], source, context).values()
        wanted = [hole, start, end]
        if shared.given(parameters, names.COMPOSITE_LENGTH):
            chosen = shared.field_list(self, parameters, names.COMPOSITE_FIELDS, context)
            chosen = [*chosen, *others] if chosen else source.fields().names()
            found = [source.fields().at(find_field(source, name, "Intervals")).name() for name in chosen if name]
            wanted += [name for name in found if name.lower() != "fid"]  # row numbers, which GeoPackages add anew
        ids, columns = read_columns(source, wanted, "Intervals", feedback, [hole])
        self._add_holes(arrays, "interval", columns[hole])
        arrays["interval_depths"] = np.column_stack(
            [as_numbers(columns[name], name, "Intervals") for name in (start, end)])
        return ids, {name: column for name, column in columns.items() if name not in (hole, start, end)}

    @staticmethod
    def _add_holes(arrays, name, column):
        """Hole names of a table into the arrays."""
        arrays[f"{name}_names"], arrays[f"{name}_names_ends"] = pack_texts(column.texts)
        arrays[f"{name}_codes"] = column.codes

    def _composite(self, parameters, context, columns, settings, arrays, feedback):
        """Columns to composite into the arrays; returns what they are."""
        source = self._source(parameters, names.INTERVALS, context)
        *_, chosen, density = self._fields(parameters, TABLES[2], source, context).values()
        numbers, texts = [], {}
        for name, column in columns.items():
            role = "text" if name == chosen else column_role(column)
            if role == "censored" and name != density:
                feedback.pushWarning(_censored(name, column))
            elif role == "text" and name != density:
                column = _as_codes(column)
                arrays[f"text_{len(texts)}"] = column.or_missing()
                texts[name] = column.texts
            else:
                arrays[f"number_{len(numbers)}"] = as_numbers(column, name, "Intervals")
                numbers.append(name)
        settings["composite"] = {
            "length": self.parameterAsDouble(parameters, names.COMPOSITE_LENGTH, context),
            "residuals": self.parameterAsEnumString(parameters, names.RESIDUALS, context),
            "min_coverage": self.parameterAsDouble(parameters, names.MIN_COVERAGE, context),
            "break": list(texts).index(chosen) if chosen else None,
            "break_name": chosen or self._text(parameters, names.LOG_FIELD, context),
            "density": numbers.index(density) if density else None, "density_name": density,
            "numbers": len(numbers), "texts": len(texts),
        }
        return {"numbers": numbers, "texts": texts}

    def _read_log(self, parameters, context, arrays, feedback):
        """The lithology log into the arrays; returns its field and texts, or None."""
        source = self._source(parameters, names.LOG, context)
        if source is None:
            return None
        hole, start, end, value = self._fields(parameters, TABLES[3], source, context).values()
        _, columns = read_columns(source, [hole, start, end, value], "Lithology log", feedback, [hole, value])
        self._add_holes(arrays, "log", columns[hole])
        arrays["log_depths"] = np.column_stack(
            [as_numbers(columns[name], name, "Lithology log") for name in (start, end)])
        arrays["log_values"] = columns[value].or_missing()
        return value, columns[value].texts

    def _write(self, job, found, made, ids, parameters, context, crs, feedback):
        """Write all outputs; the samples first."""
        results = {}
        columns = sample_columns(job, found["holes"])
        shape = (self, parameters, self.OUTPUT, context)
        writing = Part(feedback, 45.0, 95.0)
        if made is None:
            source = self._source(parameters, names.INTERVALS, context)
            path, _ = write_intervals(*shape, source, ids, job.array("row"), columns, crs, writing)
        else:
            columns.update(composite_columns(job, made, list(columns), feedback))
            path, _ = write_composites(*shape, columns, crs, writing)
        results[self.OUTPUT] = path
        style_on_load(context, path, sample_style)
        path, _ = write_traces(self, parameters, self.TRACES, context, job, found["holes"], crs,
                               Part(feedback, 95.0, 98.0))
        if path:
            results[self.TRACES] = path
            style_on_load(context, path, trace_style)
        path, _ = write_issues(self, parameters, self.ISSUES, context, job, found["kinds"],
                               Part(feedback, 98.0, 100.0))
        if path:
            results[self.ISSUES] = path
        path = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if path:
            publish(job.path("report.html"), path)
            results[self.REPORT] = path
        return results

    def _text(self, parameters, name, context):
        """The value of a parameter that is one text, such as a field."""
        return self.parameterAsString(parameters, name, context)

    def _fields(self, parameters, table, source, context):
        """Chosen fields of a table by parameter, spelled as in the table; empty where none was chosen."""
        _, role, fields, _ = table
        chosen = {name: self._text(parameters, name, context) for name in fields}
        return {name: value and source.fields().at(find_field(source, value, role)).name()
                for name, value in chosen.items()}

    def _source(self, parameters, name, context):
        """A table, or None when it is optional and was left empty."""
        if name in (names.SURVEYS, names.LOG) and not shared.given(parameters, name):
            return None
        return shared.read_source(self, parameters, context, name)

    def _dem(self, parameters, context):
        """The elevation raster, or None."""
        if not shared.given(parameters, names.DEM):
            return None
        layer = self.parameterAsRasterLayer(parameters, names.DEM, context)
        if layer is None or not layer.isValid():
            raise QgsProcessingException(self.invalidRasterError(parameters, names.DEM))
        return layer

    def _crs(self, parameters, context, collars):
        """The CRS of the result."""
        if shared.given(parameters, shared.CRS):
            crs = self.parameterAsCrs(parameters, shared.CRS, context)
            if not crs.isValid():
                raise QgsProcessingException(
                    tr("CRS: QGIS does not know '{}'; choose one from the list.").format(parameters[shared.CRS]))
            return crs
        return collars.sourceCrs()


def composite_columns(job, made, taken, feedback):
    """Composited columns: means with the share of the length behind them, and texts.

    Columns whose name is among ``taken`` get another one.
    """
    found = [("coverage", job.array("coverage"))]
    for number, (name, texts) in enumerate(made["texts"].items()):
        found.append((name, Names(job.array(f"majority_{number}"), texts)))
    if made["log"] is not None:
        found.append((made["log"][0], Names(job.array("log_code"), made["log"][1])))
    for number, name in enumerate(made["numbers"]):
        found.append((name, job.array(f"mean_{number}")))
        found.append((f"{name}_coverage", job.array(f"coverage_{number}")))
    given, changed = new_names(taken, [name for name, _ in found])
    if changed:
        renamed = ", ".join(f"{old} is {new}" for old, new in changed.items())
        feedback.pushWarning(tr("Composited fields got other names: {}.").format(renamed))
    return dict(zip(given, (column for _, column in found)))


def _as_codes(column):
    """A column as texts; numbers are written without needless decimals."""
    if isinstance(column, Codes):
        return column
    values, codes = np.unique(column, return_inverse=True)
    return Codes([as_text(None if np.isnan(value) else float(value)) for value in values],
                 codes.reshape(-1).astype(np.int32))


def _censored(name, column):
    """Why a field is not composited."""
    _, refused = parse(column.texts)
    rows = refused[column.codes]
    example = column.texts[column.codes[np.argmax(rows)]]
    return tr(
        "Intervals: the field '{}' holds numbers and, in {} rows, text such as '{}', whose mean is not known: it is "
        "left out of the composites. Run 'Prepare assays' first.").format(name, int(rows.sum()), example)
