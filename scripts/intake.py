"""The first half of the demonstration: laboratory tables and logs of the sample deposit become samples in space."""
TABLES = {
    "COLLAR_HOLE_ID": "hole_id", "COLLAR_DEPTH": "length_m", "SURVEY_HOLE_ID": "hole_id", "SURVEY_DEPTH": "depth_m",
    "SURVEY_AZIMUTH": "azimuth", "SURVEY_DIP": "dip", "INTERVAL_HOLE_ID": "hole_id", "FROM": "from_m", "TO": "to_m",
}
MAJORS = ("Fe_pct", "Si_pct", "Al_pct", "Ti_pct")
RARE_EARTHS = tuple(f"{symbol}_ppm" for symbol in (
    "La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y"))
REPORTS = ("desurvey.html", "assays.html", "rare_earths.html", "logs.html", "log_training.html")


def take_in(step, tables, path):
    """Run the drill-hole and geochemistry algorithms on a GeoPackage of tables.

    Parameters
    ----------
    step : callable
        ``step(algorithm, **parameters)`` runs one algorithm.
    tables : pathlib.Path
        With the layers ``collars``, ``surveys``, ``assays`` and ``drill_logs``.
    path : callable
        Gives the path of a result by its name.

    Returns
    -------
    str
        The layer of clean samples.
    """
    holes = {"COLLARS": f"{tables}|layername=collars", "SURVEYS": f"{tables}|layername=surveys", **TABLES}
    step("desurveydrillholes", **holes, INTERVALS=f"{tables}|layername=assays", OUTPUT=path("intervals.gpkg"),
         TRACES=path("traces.gpkg"), REPORT=path("desurvey.html"))
    step("prepareassays", INPUT=path("intervals.gpkg"), FIELDS=[*MAJORS, *RARE_EARTHS], HOLE_ID="hole_id",
         DETECTION_LIMITS="logratio", IMPUTATION="knn", TRANSFORM="clr", OUTPUT=path("samples.gpkg"),
         MODEL=path("assays.safetensors"), REPORT=path("assays.html"))
    samples = f"{path('samples.gpkg')}|layername=samples"
    step("applyassaytransform", INPUT=samples, MODEL=path("assays.safetensors"), DIRECTION="inverse",
         OUTPUT=path("assays_back.gpkg"))
    step("reegeochemistry", INPUT=samples, OUTPUT=path("rare_earths.gpkg"), REPORT=path("rare_earths.html"))
    step("desurveydrillholes", **holes, INTERVALS=f"{tables}|layername=drill_logs",
         OUTPUT=path("log_intervals.gpkg"))
    step("parsedrilllogs", INPUT=path("log_intervals.gpkg"), TEXT_FIELD="description", OUTPUT=path("logs.gpkg"),
         REPORT=path("logs.html"))
    step("trainlogparser", INPUT=path("logs.gpkg"), TEXT_FIELD="description", LITHOLOGY_FIELD="lith", HOLE_ID="hole_id",
         EPOCHS=2, MODEL=path("log_parser.safetensors"), REPORT=path("log_training.html"))
    return samples
