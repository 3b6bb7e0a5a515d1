"""Runs the main job headless: from drill-hole tables to kriged grades, flux gradients and grade models, with maps.

Usage: demo.py [FOLDER]. Without a folder it runs on the sample deposit, whose truth is known.
"""
import os
import shutil
import sys
import time
from html import escape
from pathlib import Path

from osgeo import gdal

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "resources" / "sample"
sys.path[:0] = [str(ROOT / "scripts"), str(SAMPLE)]
import grades
import headless
import intake
import targets
from datasets import Dataset, find, write_points
from truth import compare, compare_prediction

DEPOSIT = Dataset(
    "sample.gpkg", ("x", "y", "z"), ("La_ppm", "Nd_ppm", "Y_ppm"), 32750, hole="hole_id", unit="ppm")
GRID = {"EXTENT": "548000,549200,7240000,7240900 [EPSG:32750]", "CELL_SIZE": "15", "LEVELS": "280:400:20"}
SMOOTH = ["matern15", "matern25", "cubic"]
REPORTS = (*intake.REPORTS, "variogram.html", "kriging.html", "indicatorkriging.html", "fluxgradient.html",
           "spectra.html", "fusion.html", *grades.REPORTS, *targets.REPORTS)
SCORES = ("RMSE", "R2", "R2_RANDOM", "CRPS", "COVERAGE_80", "COVERAGE_95", "KRIGING_RMSE", "KRIGING_CRPS", "AUC",
          "AUC_RANDOM", "AUC_SCRATCH", "TOP_20", "TRAINING_ACCURACY", "TRAINING_CROSS_ENTROPY")
TARGET, CUTOFFS = "Nd_ppm", "50, 100"  # of the grade model of the sample deposit
PICTURES = {
    "map.png": "Maps of grade, variance, probability and gradient",
    "grades.png": "Maps of the predicted grade with its interval, and of the value score",
    "targets.png": "Maps of prospectivity with targets, and of its uncertainty with drill sites",
}
UNITS = {"ppm": "ppm", "%": "pct"}  # as `gradetonnage` calls them
SPECTRA = "Nd_0740, Nd_0800, Fe3_0900, AlOH_2200, Carbonate_2330"


class Demo:
    """One run over all algorithms.

    Parameters
    ----------
    folder : pathlib.Path or None
        Of a real data set; None for the sample deposit.
    """

    def __init__(self, folder):
        self.folder, self.known = folder, folder is None
        self.name = "sample" if self.known else folder.name
        self.data = DEPOSIT if self.known else find(folder)
        self.output = ROOT / "build" / "demo" / self.name
        self.variables = headless.environment()
        self.scores = {}
        self.target = TARGET if self.known else self.data.fields[0]

    def path(self, name):
        """A file of the results."""
        return self.output / name

    def samples(self):
        """The layer of samples, made from the tables of the sample deposit or of a real set."""
        if self.known:  # a copy, because QGIS writes into the head of a GeoPackage that it opens
            shutil.copyfile(SAMPLE / "sample.gpkg", self.path("tables.gpkg"))
            return intake.take_in(self.step, self.path("tables.gpkg"), self.path)
        count = write_points(self.folder, self.data, self.path("samples.gpkg"))
        print(f"{count} samples of {self.data.table}.")
        return f"{self.path('samples.gpkg')}|layername=samples"

    def step(self, name, **parameters):
        """Run one algorithm, tell how long it took, and return its outputs."""
        print(f"\n== lodescope:{name}", flush=True)
        started = time.monotonic()
        results = headless.run(f"lodescope:{name}", parameters, self.variables)
        print(f"== {time.monotonic() - started:.0f} s", flush=True)
        return results

    def run(self, name, **parameters):
        """Run one algorithm on the samples and keep its scores."""
        self.scores[name] = self.step(name, **self.source, **self.hole(), **parameters)

    def compute(self):
        """Run the algorithms."""
        self.output.mkdir(parents=True, exist_ok=True)
        headless.enable(self.variables)
        self.source = {"INPUT": self.samples()}
        field, variogram = self.data.fields[0], str(self.path("variogram.json"))
        grid = GRID if self.known else {}
        self.run("fitvariogram", FIELD=field, MODEL_TYPES=SMOOTH, UNIT=self.data.unit, VARIOGRAM=variogram,
                 REPORT=self.path("variogram.html"))
        self.run("kriging", FIELDS=list(self.data.fields), VARIOGRAM=variogram, **grid, OUTPUT=self.path("kriging.tif"),
                 REPORT=self.path("kriging.html"))
        grid = GRID if self.known else self.same_grid()
        self.run("indicatorkriging", FIELDS=field, **grid, OUTPUT=self.path("indicatorkriging.tif"),
                 REPORT=self.path("indicatorkriging.html"))
        self.run("fluxgradient", FIELDS=field, VARIOGRAM=variogram, **grid, OUTPUT=self.path("fluxgradient.tif"),
                 OUTPUT_SAMPLES=self.path("gradients.gpkg"), REPORT=self.path("fluxgradient.html"))

        self.fuse(grid, *(self.evidence() if self.known else (self.source["INPUT"], {})))
        self.scores.update(grades.predict_grades(
            self.step, self.path, self.target, CUTOFFS if self.known else self.middle_cutoff(),
            UNITS[self.data.unit], self.hole()))
        if self.known:
            tables = self.path("tables.gpkg")
            self.scores.update(targets.find_targets(
                self.step, self.path, {"RASTERS": [self.path("spectra.tif"), self.path("magnetics.tif")]},
                f"{tables}|layername=deposits", f"{tables}|layername=collars", VALIDATION="deposit"))

    def hole(self):
        """The parameter of the drill hole, empty without holes."""
        return {"HOLE_ID": "hole_id"} if self.data.hole else {}

    def evidence(self):
        """Samples with gradients, and what else is known of the sample deposit, as parameters of the fusion."""
        for name in ("hyperspectral.dat", "hyperspectral.hdr", "magnetics.tif"):
            shutil.copyfile(SAMPLE / name, self.path(name))
        self.step("spectralfeatures", INPUT=self.path("hyperspectral.dat"), FEATURES=SPECTRA, COMPONENTS=3,
                  QUANTITIES="depth", OUTPUT=self.path("spectra.tif"), REPORT=self.path("spectra.html"))
        tables = self.path("tables.gpkg")
        rasters = [self.path(name) for name in ("spectra.tif", "magnetics.tif", "fluxgradient.tif")]
        return self.path("gradients.gpkg"), {
            "RASTERS": rasters, "GEOLOGY": f"{tables}|layername=geology", "GEOLOGY_FIELD": "unit",
            "LINES": f"{tables}|layername=faults"}

    def fuse(self, grid, samples, evidence):
        """All that is known as one table and one raster of features."""
        self.step("fusefeatures", SAMPLES=samples, TARGETS=self.target, **self.hole(), **evidence, **grid,
                  OUTPUT_SAMPLES=self.path("features.gpkg"), OUTPUT=self.path("features.tif"),
                  RECIPE=self.path("recipe.safetensors"), REPORT=self.path("fusion.html"))

    def same_grid(self):
        """Parameters that give the grid of the kriged raster again."""
        levels = ",".join(f"{level:.10g}" for level in self.levels())
        return {"GRID_RASTER": self.path("kriging.tif"), **({"LEVELS": levels} if levels else {})}

    def bands(self, name):
        """Band descriptions of a raster, by number from 1."""
        raster = gdal.Open(str(self.path(name)))
        return {raster.GetRasterBand(i).GetDescription(): i for i in range(1, raster.RasterCount + 1)}

    def levels(self):
        """Elevations of the levels of the kriged grid, none on a map."""
        return sorted({float(name.split("@z=")[1]) for name in self.bands("kriging.tif") if "@z=" in name})

    def band_name(self, quantity, field=None):
        """Description of a band of a field, by default the first, at the level in the middle."""
        levels = self.levels()
        end = f"@z={levels[len(levels) // 2]:.10g}" if levels else ""
        return f"{field or self.data.fields[0]}:{quantity}{end}"

    def draw(self):
        """Draw the PNG."""
        import mapping

        application = mapping.open_qgis()
        levels = self.levels()
        where = f", {levels[len(levels) // 2]:g} m elevation" if levels else ""
        title = "Sample deposit" if self.known else self.name.replace("_", " ")
        mapping.draw(self.panels(mapping), self.path("map.png"), f"{title}{where}")
        mapping.draw(self.grade_panels(mapping), self.path("grades.png"), f"{title}{where}")
        if self.known:
            mapping.draw(targets.panels(mapping, self.path), self.path("targets.png"), title)
        application.exitQgis()  # by now no layer is left, which QGIS needs for a clean end

    def panels(self, mapping):
        """Grade, variance, probability and gradient."""
        from qgis.core import QgsVectorLayer

        cutoff, unit, field = self.middle_cutoff(), self.data.unit, self.data.fields[0]
        samples = self.dots(QgsVectorLayer(self.source["INPUT"], "samples", "ogr"))
        arrows = self.arrows(QgsVectorLayer(str(self.path("gradients.gpkg")), "gradients", "ogr"))
        views = (
            ("kriging.tif", "estimate", "kriged grade", unit, [samples]),
            ("kriging.tif", "variance", "kriging variance", f"({unit})\u00b2" if unit else "", []),
            ("indicatorkriging.tif", f"probability>{cutoff}", f"chance of more than {cutoff} {unit}", "", []),
            ("fluxgradient.tif", "magnitude", "flux gradient", f"{unit}/m" if unit else "", [arrows]),
        )
        panels = []
        for file, quantity, title, label, overlays in views:
            raster, band = mapping.styled_raster(self.path(file), self.band_name(quantity), {field: unit})
            panels.append(mapping.Panel(f"{field}: {title}", raster, band, overlays, label))
        return panels

    def grade_panels(self, mapping):
        """Predicted grade with its interval, and the value score."""
        views = (
            ("grades.tif", "p10", "one in ten is lower (P10)", self.data.unit),
            ("grades.tif", "p50", "median of the predicted grade", self.data.unit),
            ("grades.tif", "p90", "one in ten is higher (P90)", self.data.unit),
            ("score.tif", "hyperscore", "value score", ""),
        )
        panels = []
        for file, quantity, title, label in views:
            raster, band = mapping.styled_raster(
                self.path(file), self.band_name(quantity, self.target), {self.target: self.data.unit})
            panels.append(mapping.Panel(f"{self.target}: {title}", raster, band, [], label))
        return panels

    def middle_cutoff(self):
        """A cut-off at two thirds of the list, as it stands in the band names."""
        names = [name for name in self.bands("indicatorkriging.tif") if ":probability>" in name]
        cutoffs = sorted({name.split(">")[1].split("@")[0] for name in names}, key=float)
        return cutoffs[(2 * len(cutoffs)) // 3]

    def near_level(self, layer):
        """Only the samples near the level that is drawn."""
        levels = self.levels()
        if len(levels) > 1:
            middle, half = levels[len(levels) // 2], abs(levels[1] - levels[0]) / 2
            layer.setSubsetString(f"ST_MinZ(geom) BETWEEN {middle - half} AND {middle + half}")
        return layer

    def dots(self, layer):
        """Samples as small dots."""
        from qgis.core import QgsMarkerSymbol, QgsSingleSymbolRenderer

        symbol = QgsMarkerSymbol.createSimple(
            {"name": "circle", "size": "0.9", "color": "#ffffff", "outline_color": "#222222", "outline_width": "0.15"})
        layer.setRenderer(QgsSingleSymbolRenderer(symbol))
        return self.near_level(layer)

    def arrows(self, layer):
        """Samples with the arrows of the plugin's style."""
        from lodescope.processing_provider.styles import arrow_style

        arrow_style(self.data.fields[0])(layer)
        return self.near_level(layer)

    def found(self):
        """The scores, and the error against the truth where that is known, in sentences."""
        told = {name: [f"{key} {float(found[key]):.3g}" for key in SCORES if key in found]
                for name, found in self.scores.items()}
        lines = [f"{name}: {', '.join(scores)}" for name, scores in told.items() if scores]
        if self.known:
            truth = self.output, SAMPLE / "sample.gpkg"
            lines += [*compare(*truth), compare_prediction(*truth, self.target)]
        return lines

    def tell(self, lines):
        """Write the page that links everything and print where it is."""
        write_page(self.path("report.html"), self.name, lines)
        print("\n".join(["", *lines, ""]))
        for path in sorted(self.output.iterdir()):
            if path.suffix in (".tif", ".gpkg", ".html", ".json", ".png", ".safetensors"):
                print(path.relative_to(ROOT))


class TargetDemo(Demo):
    """One run of the prospectivity part on a folder of rasters with a raster of deposits."""

    def __init__(self, folder):
        self.folder, self.known, self.name = folder, False, folder.name
        self.output = ROOT / "build" / "demo" / self.name
        self.variables, self.scores = headless.environment(), {}

    def compute(self):
        """Run the algorithms."""
        self.output.mkdir(parents=True, exist_ok=True)
        headless.enable(self.variables)
        print(f"{targets.write_deposits(self.folder, self.path('deposits.gpkg'))} deposits.")
        targets.write_study_area(self.folder, self.path("study_area.gpkg"))
        evidence = {"RASTERS": targets.rasters_of(self.folder), "MASK": self.path("study_area.gpkg")}
        self.scores.update(targets.find_targets(self.step, self.path, evidence, self.path("deposits.gpkg")))

    def draw(self):
        """Draw the PNG."""
        import mapping

        application = mapping.open_qgis()
        mapping.draw(targets.panels(mapping, self.path), self.path("targets.png"), self.name.replace("_", " "))
        application.exitQgis()


def write_page(path, name, lines):
    """A page with the map, the scores and links to the reports of the algorithms."""
    made = [report for report in REPORTS if (path.parent / report).exists()]
    links = "".join(f'<li><a href="{report}">{report[:-5]}</a></li>' for report in made)
    rows = "".join(f"<li>{escape(line)}</li>" for line in lines)
    pictures = "".join(f'<img src="{file}" alt="{words}">' for file, words in PICTURES.items()
                       if (path.parent / file).exists())
    path.write_text(
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Lodescope: {escape(name)}</title>'
        '<style>body{font:15px sans-serif;max-width:1240px;margin:2em auto;padding:0 1em}img{max-width:100%}</style>'
        f"<h1>{escape(name)}</h1>{pictures}"
        f"<h2>Scores</h2><ul>{rows}</ul><h2>Reports</h2><ul>{links}</ul></html>\n", encoding="utf-8")


def main(arguments):
    """Run the demonstration."""
    gdal.UseExceptions()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder = Path(arguments[0]).resolve() if arguments else None
    demo = (TargetDemo if folder and targets.is_evidence(folder) else Demo)(folder)
    demo.compute()
    lines = demo.found()
    demo.draw()
    demo.tell(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
