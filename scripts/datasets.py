"""Real data sets that the demonstration can run on, and how their tables become a layer of points."""
import csv
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import numpy as np
from osgeo import ogr, osr

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "resources" / "sample"))
from drilling import desurvey

FEET = 0.3048


@dataclass(frozen=True)
class Dataset:
    """Where the values of a data set stand.

    Attributes
    ----------
    table : str
        CSV file in the folder of the set.
    place : tuple of str
        Columns of easting, northing and, in space, elevation.
    fields : tuple of str
        Columns to krige, the first one also for cut-offs and gradients.
    epsg : int
        Projected system of the columns; for a local grid, one that serves its metres.
    hole : str, optional
        Column with the drill hole.
    unit : str
        Of the first field.
    scale : float
        Metres per unit of the coordinates.
    every : int
        One row of so many is kept, so that the demonstration stays short.
    least : float
        Smaller values stand for a missing one.
    censored : bool
        Negative values are detection limits; half of the limit is taken.
    within : tuple of float, optional
        West, south, east and north of the part that is taken, where a set holds deposits that are far apart.
    """

    table: str
    place: tuple
    fields: tuple
    epsg: int
    hole: Optional[str] = None
    unit: str = ""
    scale: float = 1.0
    every: int = 1
    least: float = -np.inf
    censored: bool = False
    within: Optional[tuple] = None


DATASETS = {
    "ree_carbonatite_drillholes": Dataset(
        "drillholes.csv", ("X", "Y", "Z"), ("CEO2", "LA2O3", "ND2O3"), 31983, hole="BHID", unit="%", every=3),
    "karara_iron_lith_assay": Dataset(
        "litho_assay_xyz.csv", ("assay_mid_x", "assay_mid_y", "assay_mid_z"), ("Fe_pct", "SiO2_pct"), 28350,
        hole="collarid", unit="%", least=0.0, within=(477000.0, 6770000.0, 480000.0, 6774000.0)),
    "babbitt_cu_ni": Dataset(
        "assay_BABBITT.csv", ("x", "y", "z"), ("CU", "NI"), 26915, hole="BHID", unit="%", every=5, least=0.0),
    "ngsa": Dataset("ngsa_Tc.csv", ("EAST", "NORTH"), ("La_ppm", "Nd_ppm", "Y_ppm"), 3112, unit="ppm", censored=True),
    "capricorn_soil": Dataset(
        "capricorn_soil.csv", ("x", "y"), ("La_ppm", "Nd_ppm", "Y_ppm"), 28350, unit="ppm", least=1e-9),
    "wachem_sir_samuel": Dataset("sir_samuel_K.csv", ("EASTING", "NORTHING"), ("K_ppm_imp",), 28351, unit="ppm"),
    "jura": Dataset("jura_pred.csv", ("Xloc", "Yloc"), ("Cd", "Co", "Ni"), 21781, unit="ppm", scale=1000.0),
    "meuse": Dataset("meuse.csv", ("x", "y"), ("zinc", "lead", "copper"), 28992, unit="ppm"),
}


def find(folder):
    """The description of the data set in a folder, by the folder's name."""
    if folder.name not in DATASETS:
        raise SystemExit(f"No data set is called '{folder.name}'; the demonstration knows {', '.join(DATASETS)}.")
    if not folder.is_dir():
        raise SystemExit(f"The folder {folder} does not exist.")
    return DATASETS[folder.name]


def number(text, dataset=None):
    """A number, or None for an empty cell, text, or what stands for a missing value."""
    try:
        value = float(text)
    except ValueError:
        return None
    if not np.isfinite(value) or (dataset is not None and value < dataset.least):
        return None
    return abs(value) / 2.0 if dataset is not None and dataset.censored and value < 0.0 else value


def read_rows(folder, dataset):
    """The rows of a set as dictionaries of text, with places for the set that has none."""
    rows = read_table(folder / dataset.table)
    return list(place_babbitt(folder, rows)) if folder.name == "babbitt_cu_ni" else rows


def read_table(path):
    """A CSV file as a list of dictionaries."""
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        return list(csv.DictReader(file))


def place_babbitt(folder, rows):
    """Rows with a copper assay, placed in UTM by collars and surveys in feet (dip downwards positive)."""
    collars = {row["BHID"]: row for row in read_table(folder / "collar_BABBITT.csv")}
    surveys, assays = defaultdict(list), defaultdict(list)
    for row in read_table(folder / "survey_BABBITT.csv"):
        surveys[row["BHID"]].append([float(row[key]) for key in ("AT", "AZ", "DIP")])
    for row in rows:
        if number(row["CU"]) is not None and row["BHID"] in collars and row["BHID"] in surveys:
            assays[row["BHID"]].append(row)
    to_metres = osr.CoordinateTransformation(system(26791), system(26915))
    for name, intervals in assays.items():
        depth, azimuth, dip = np.array(sorted(surveys[name])).T
        middles = [(float(row["FROM"]) + float(row["TO"])) / 2.0 for row in intervals]
        collar = [float(collars[name][key]) for key in ("XCOLLAR", "YCOLLAR", "ZCOLLAR")]
        for row, place in zip(intervals, desurvey(collar, depth, azimuth, -dip, middles)):
            x, y, _ = to_metres.TransformPoint(*place[:2])
            yield {**row, "x": x, "y": y, "z": place[2] * FEET}


def system(epsg):
    """A coordinate reference system with easting first."""
    found = osr.SpatialReference()
    found.ImportFromEPSG(epsg)
    found.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return found


def write_points(folder, dataset, path):
    """Write the rows with a place and a first value as a layer of points; returns how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    store = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    in_space = len(dataset.place) == 3
    layer = store.CreateLayer("samples", system(dataset.epsg), ogr.wkbPoint25D if in_space else ogr.wkbPoint)
    for name in dataset.fields:
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTReal))
    if dataset.hole:
        layer.CreateField(ogr.FieldDefn("hole_id", ogr.OFTString))
    store.StartTransaction()
    kept = [row for row in read_rows(folder, dataset) if usable(row, dataset)][:: dataset.every]
    for row in kept:
        layer.CreateFeature(feature(layer, row, dataset))
    store.CommitTransaction()
    return len(kept)


def usable(row, dataset):
    """Whether a row has a place, in the part that is taken, and a value of the first field."""
    place = [number(row[key]) for key in dataset.place]
    if number(row[dataset.fields[0]], dataset) is None or None in place:
        return False
    west, south, east, north = dataset.within or (-np.inf, -np.inf, np.inf, np.inf)
    return west <= place[0] <= east and south <= place[1] <= north


def feature(layer, row, dataset):
    """One row as an OGR feature."""
    made = ogr.Feature(layer.GetLayerDefn())
    place = [number(row[key]) * dataset.scale for key in dataset.place]
    geometry = ogr.Geometry(layer.GetGeomType())
    if len(place) == 3:
        geometry.AddPoint(*place)
    else:
        geometry.AddPoint_2D(*place)
    made.SetGeometry(geometry)
    for name in dataset.fields:
        value = number(row[name], dataset)
        if value is not None:
            made.SetField(name, value)
    if dataset.hole:
        made.SetField("hole_id", str(row[dataset.hole]))
    return made
