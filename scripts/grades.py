"""The last part of the demonstration: grade models, their maps, value and tonnage, and the comparison of models."""
from osgeo import gdal

REPORTS = ("training.html", "sequence_training.html", "value.html", "tonnage.html", "comparison.html")
MODELS = ("ok", "mik", "rk", "rf", "fnn", "bnn", "lstm")
FOLDS = 3  # of the comparison, for the time it takes


def feature_names(raster):
    """Names of the features in a raster whose bands may be levels of them."""
    bands = gdal.Open(str(raster))
    named = (bands.GetRasterBand(number + 1).GetDescription() for number in range(bands.RasterCount))
    return list(dict.fromkeys(name.split("@z=")[0] for name in named))


def predict_grades(step, path, target, cutoffs, unit, hole):
    """Train on fused features, predict the grid, and tell what it is worth.

    Parameters
    ----------
    step : callable
        ``step(algorithm, **parameters)`` runs one algorithm.
    path : callable
        Gives the path of a result by its name; the features, as samples and raster, and their recipe are there.
    target : str
        Field of the grade.
    cutoffs : str
    unit : str
        Of the grade as `gradetonnage` calls it.
    hole : dict
        The parameter of the drill hole, empty without holes.

    Returns
    -------
    dict
        Scores by algorithm, as text.
    """
    samples = {"SAMPLES": path("features.gpkg"), "FEATURES": feature_names(path("features.tif")), **hole}
    if not hole:
        samples["VALIDATION"] = "block"
    recipe = {"RECIPE": path("recipe.safetensors")}
    trained = step("trainbnn", **samples, **recipe, TARGETS=target, CUTOFFS=cutoffs, MODEL=path("bnn.safetensors"),
                   REPORT=path("training.html"), OUTPUT=path("held_out.gpkg"))
    step("predictbnn", MODEL=path("bnn.safetensors"), RASTER=path("features.tif"), OUTPUT=path("grades.tif"))
    recurrent = step("trainlstm", **samples, **recipe, TARGETS=target, CUTOFFS=cutoffs, MODEL=path("lstm.safetensors"),
                     REPORT=path("sequence_training.html"))
    step("predictlstm", MODEL=path("lstm.safetensors"), RASTER=path("features.tif"), OUTPUT=path("sequence_grades.tif"))
    samples["FOLDS"] = samples.pop("VALIDATION", "hole")
    compared = step("comparemodels", **samples, **recipe, TARGET=target, CUTOFFS=cutoffs, MODELS=MODELS,
                    FOLD_COUNT=FOLDS, TABLE=path("comparison.gpkg"), OUTPUT=path("compared.gpkg"),
                    REPORT=path("comparison.html"))
    grades = {"INPUT": path("grades.tif"), "TARGET": target}
    step("valuescore", **grades, OUTPUT=path("score.tif"), REPORT=path("value.html"))
    step("gradetonnage", **grades, CUTOFFS=cutoffs, UNIT=unit, **bench_height(path("grades.tif")),
         OUTPUT=path("tonnage.gpkg"), REPORT=path("tonnage.html"))
    return {"trainbnn": trained, "trainlstm": recurrent, "comparemodels": compared}


def bench_height(raster):
    """A bench of ten metres for grades on a map; in space the levels tell it."""
    opened = gdal.Open(str(raster))  # a band does not outlive its raster
    return {} if "@z=" in opened.GetRasterBand(1).GetDescription() else {"BENCH": 10}
