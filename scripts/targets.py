"""The prospectivity part of the demonstration: a network, its evaluation, targets and drill sites."""
import numpy as np
from osgeo import gdal, ogr, osr

REPORTS = ("prospectivity.html", "baseline.html", "evaluation.html", "targets.html", "sites.html")
DEPOSITS, SKIPPED = "Li_deposits0", {"Li_deposits0", "non_deposits", "Idw_xx", "Idw_yy"}
MAPPED = "Strata"  # 0 outside the area that was mapped; the other rasters go on there without samples


def find_targets(step, path, evidence, deposits, holes=None, **more):
    """Train, compare, predict, evaluate, delineate and suggest.

    Parameters
    ----------
    step : callable
        ``step(algorithm, **parameters)`` runs one algorithm.
    path : callable
        Gives the path of a result by its name.
    evidence : dict
        ``RASTERS`` and, where there is one, the study area as ``MASK``.
    deposits : str
        Layer of points.
    holes : str, optional
        Layer of existing drill holes.
    more : dict
        Parameters of the training.

    Returns
    -------
    dict
        Scores by algorithm, as text.
    """
    known = {**evidence, "DEPOSITS": deposits}
    pretrained = path("pretrained.safetensors")
    step("pretraincnn", **evidence, MODEL=pretrained)
    trained = step("traincnn", **known, **more, PRETRAINED=pretrained, MODEL=path("cnn.safetensors"),
                   REPORT=path("prospectivity.html"), HELD_OUT_MAP=path("held_out_map.tif"))
    baseline = step("trainbaseline", **known, **more, MODEL=path("baseline.safetensors"), REPORT=path("baseline.html"))
    step("predictcnn", **evidence, MODEL=path("cnn.safetensors"), OUTPUT=path("prospectivity.tif"))
    evaluated = step("evaluateprospectivity", RASTER=path("held_out_map.tif"), DEPOSITS=deposits,
                     REPORT=path("evaluation.html"))
    step("delineatetargets", RASTER=path("prospectivity.tif"), DEPOSITS=deposits, MODEL=path("cnn.safetensors"),
         EVIDENCE=evidence["RASTERS"], OUTPUT=path("targets.gpkg"), REPORT=path("targets.html"))
    step("suggestdrillsites", RASTER=path("prospectivity.tif"), OUTPUT=path("sites.gpkg"), REPORT=path("sites.html"),
         **({"HOLES": holes} if holes else {}))
    return {"traincnn": trained, "trainbaseline": baseline, "evaluateprospectivity": evaluated}


def panels(mapping, path):
    """Probability with the targets, and its uncertainty with the sites."""
    from qgis.core import QgsVectorLayer

    found = []
    for quantity, title, file in (("probability", "Prospectivity and targets", "targets.gpkg"),
                                  ("uncertainty", "Uncertainty and drill sites", "sites.gpkg")):
        raster, band = mapping.styled_raster(path("prospectivity.tif"), f"prospectivity:{quantity}", {})
        found.append(mapping.Panel(title, raster, band, [QgsVectorLayer(str(path(file)), quantity, "ogr")]))
    return found


def is_evidence(folder):
    """Whether a folder holds evidence rasters and a raster of deposits, rather than samples."""
    return (folder / f"{DEPOSITS}.tif").exists()


def rasters_of(folder):
    """Evidence rasters of a folder of GeoTIFFs."""
    return [file for file in sorted(folder.glob("*.tif")) if file.stem not in SKIPPED]


def write_study_area(folder, path):
    """Write the area that was mapped as polygons."""
    raster = gdal.Open(str(folder / f"{MAPPED}.tif"))
    mapped = gdal.GetDriverByName("MEM").CreateCopy("", raster)
    mapped.GetRasterBand(1).WriteArray(raster.ReadAsArray() != 0.0)
    path.unlink(missing_ok=True)
    store = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = store.CreateLayer("study_area", osr.SpatialReference(raster.GetProjection()), ogr.wkbPolygon)
    gdal.Polygonize(mapped.GetRasterBand(1), mapped.GetRasterBand(1), layer, -1)


def write_deposits(folder, path):
    """Write the cells of a raster of deposits that hold 1 as points; returns how many."""
    raster = gdal.Open(str(folder / f"{DEPOSITS}.tif"))
    west, cell, _, north, _, height = raster.GetGeoTransform()
    rows, columns = np.nonzero(raster.GetRasterBand(1).ReadAsArray() == 1)
    path.unlink(missing_ok=True)
    store = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = store.CreateLayer("deposits", osr.SpatialReference(raster.GetProjection()), ogr.wkbPoint)
    for row, column in zip(rows, columns):
        point, feature = ogr.Geometry(ogr.wkbPoint), ogr.Feature(layer.GetLayerDefn())
        point.AddPoint_2D(west + (column + 0.5) * cell, north + (row + 0.5) * height)
        feature.SetGeometry(point)
        layer.CreateFeature(feature)
    return rows.size
