"""How far kriged results of the sample deposit are from the truth."""
import deposit
import numpy as np
from osgeo import gdal, ogr

FIELDS = ("La_ppm", "Nd_ppm", "Y_ppm")
NEAR = 50.0  # metres
STEP = 0.5  # metres, for the slope of the truth


def compare(folder, samples):
    """Sentences on the error of estimate, interval and gradient at cells below ground and near samples."""
    kriging, gradient = (Result(folder / name) for name in ("kriging.tif", "fluxgradient.tif"))
    near = near_samples(kriging.cells(), samples)
    lines = [f"Against the truth, at {near.sum():,} cells below ground and less than {NEAR:g} m from a sample:"]
    for field in FIELDS:
        truth = deposit.truth(*kriging.cells())[field]
        estimate, sd = kriging.read(field, "estimate"), np.sqrt(kriging.read(field, "variance"))
        error = (estimate - truth)[near]
        inside = np.mean(np.abs(error) < 1.96 * sd[near])
        square = np.mean(error**2)
        lines.append(
            f"{field}: root mean square error {np.sqrt(square):.3g}, R2 {1 - square / np.var(truth[near]):.3f}, "
            f"{100 * inside:.0f} % of cells inside estimate +- 1.96 sd")
    for axis, name in enumerate(("dx", "dy", "dz")):
        slope = true_slope(FIELDS[0], gradient.cells(), axis)
        found = gradient.read(FIELDS[0], name)
        error, size = (found - slope)[near], np.sqrt(np.mean(slope[near] ** 2))
        inside = np.mean(np.abs(error) < 1.96 * gradient.read(FIELDS[0], f"{name}_sd")[near])
        lines.append(
            f"{FIELDS[0]}:{name}: root mean square error {np.sqrt(np.mean(error**2)):.3g} of {size:.3g} per metre, "
            f"{100 * inside:.0f} % of cells inside gradient +- 1.96 sd, "
            f"correlation with the true gradient {np.corrcoef(found[near], slope[near])[0, 1]:.3f}")
    return lines


def compare_prediction(folder, samples, field):
    """A sentence on the error of the predicted grade of a field, beside that of its kriging."""
    predicted, kriging = (Result(folder / name) for name in ("grades.tif", "kriging.tif"))
    known = near_samples(predicted.cells(), samples) & (predicted.read(field, "outside") == 0.0)
    truth = deposit.truth(*predicted.cells())[field][known]
    mean, low, high = (predicted.read(field, quantity)[known] for quantity in ("mean", "p10", "p90"))
    kriged = kriging.read(field, "estimate")[known]
    errors = [np.sqrt(np.mean((found - truth) ** 2)) for found in (mean, kriged)]
    return (f"Predicted {field} against the truth, at {known.sum():,} of these cells that the model knows: root mean "
            f"square error {errors[0]:.3g} (kriging {errors[1]:.3g}), R2 {1 - errors[0] ** 2 / np.var(truth):.3f}, "
            f"{100 * np.mean((truth > low) & (truth < high)):.0f} % of cells between P10 and P90")


def near_samples(cells, samples):
    """Which cells are below ground and near a sample."""
    return (cells[2] < deposit.surface(*cells[:2])) & (distance(cells, places(samples)) < NEAR)


def places(path):
    """Coordinates of the samples, (n, 3)."""
    store = ogr.Open(str(path))
    return np.array([feature.GetGeometryRef().GetPoints()[0] for feature in store.GetLayerByName("samples")])


def distance(cells, samples):
    """Distance of each cell to the nearest sample, in the shape of the cells."""
    points = np.column_stack([np.ravel(part) for part in cells])
    nearest = [
        np.sqrt(((part[:, None] - samples) ** 2).sum(axis=2).min(axis=1))
        for part in np.array_split(points, len(points) // 500 + 1)
    ]
    return np.concatenate(nearest).reshape(cells[0].shape)


def true_slope(field, cells, axis):
    """Central difference of the truth along an axis."""
    ahead, behind = list(cells), list(cells)
    ahead[axis], behind[axis] = cells[axis] + STEP, cells[axis] - STEP
    return (deposit.truth(*ahead)[field] - deposit.truth(*behind)[field]) / (2 * STEP)


class Result:
    """A raster whose bands are quantities at levels."""

    def __init__(self, path):
        self.raster = gdal.Open(str(path))
        bands = (self.raster.GetRasterBand(i + 1) for i in range(self.raster.RasterCount))
        self.bands = {band.GetDescription(): band for band in bands}
        self.levels = sorted({float(name.split("@z=")[1]) for name in self.bands})

    def cells(self):
        """Easting, northing and elevation of all cells, each (levels, rows, columns)."""
        west, cell, _, north, _, _ = self.raster.GetGeoTransform()
        x = west + (np.arange(self.raster.RasterXSize) + 0.5) * cell
        y = north - (np.arange(self.raster.RasterYSize) + 0.5) * cell
        z, y, x = np.meshgrid(self.levels, y, x, indexing="ij")
        return x, y, z

    def read(self, field, quantity):
        """One quantity on all levels."""
        arrays = [self.bands[f"{field}:{quantity}@z={level:g}"].ReadAsArray() for level in self.levels]
        return np.array(arrays, dtype=float)
