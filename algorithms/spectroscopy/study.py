"""One hyperspectral image from a look at a sample of its pixels to the measures of all of them."""
import numpy as np

from ..errors import InputError
from ..execution import thread_count
from ..geostatistics.tiles import run_blocks
from . import absorption
from .catalogue import choose, indices, read_catalogue
from .components import Moments, principal, validated
from .continuum import remove_continuum
from .correction import check_reflectance, dark_object, empirical_line, flat_field, guess_scale
from .cube import Cube, chunks, part_name
from .libraries import resample
from .matching import FeatureFit, angles
from .noise import denoising, differences
from .smoothing import smooth, smoothing_matrix

CROSS_VALIDATED = 2_000
LEAST_PIXELS = 3
MOST_THREADS = 8
LEAST_VARIED = 50  # pixels from which on a band with one value counts as dead
DARK = 0.005  # reflectance that hardly any ground stays below
COARSE = 2.0  # times the spacing of the bands
LEAST_SHARED = 5  # bands that a library spectrum has to share with the image
MOMENTS = "moments_{:05d}"
VALID = "valid_{:05d}"


class Study:
    """What is known of an image before its pixels are measured, and the measuring.

    Attributes
    ----------
    cube : Cube
    micrometres, widths : numpy.ndarray, shape (bands,)
        Of the used bands.
    sample : numpy.ndarray, shape (pixels, bands)
        Reflectances.
    features, left_out : list of Feature
    descriptions : list of str
        Of the result.
    """

    def __init__(self, job, progress):
        self.job, self.settings, self.warn, self.log = job, job.settings, progress.warn, progress.log
        self.cube = Cube(job)
        self.micrometres, self.widths = np.array(job.array("micrometres")), np.array(job.array("widths"))
        self.matrix = self.moments = self.noise = self.mean = self.centre = self.fractions = self.errors = None
        self.variances, self.loadings = np.empty(0), np.empty((0, 0))
        self.valid = 0

    @property
    def threads(self):
        """Tiles at a time: not more than memory has room for."""
        return min(thread_count(self.settings.get("threads")), MOST_THREADS)

    @property
    def needs_moments(self):
        """Whether all pixels have to be seen before they are measured."""
        return self.settings["smoothing"] == "mnf" or self.settings["components"] != 0

    def prepare(self, progress):
        """Look at a sample, correct it, and choose features and spectra."""
        self.sample = self.cube.sample(self.job.rng(), progress.check)
        self._drop_dead()
        self._scale()
        self._correct()
        data, names = self.settings["catalogue"], self.settings["features"]
        self.features, self.left_out = choose(read_catalogue(data), names, self.micrometres)
        self.indices = indices(self.features)
        if self.left_out:
            self.log(f"The usable bands do not cover, or lack the middle of: "
                     f"{', '.join(feature.name for feature in self.left_out)}.")
        if self.settings["smoothing"] == "savitzkygolay":
            window, order = int(self.settings["window"]), int(self.settings["order"])
            self.matrix = smoothing_matrix(self.micrometres, window, order)
        self._match()
        progress(1.0)

    def _drop_dead(self):
        """Leave out bands in which no pixel of the sample has data, or all have the same."""
        data = np.isfinite(self.sample)
        filled = self.sample[data.any(axis=1)]
        if self.cube.blank > 0.0:
            self.log(f"{100.0 * self.cube.blank:.3g} % of the pixels hold one number, zero or less, in all bands; they "
                     "count as pixels without data.")
        if not len(filled):
            raise InputError("The image has no data in its usable bands: choose another image, or check its nodata "
                             "value.")
        least = np.where(np.isfinite(filled), filled, np.inf).min(axis=0)
        most = np.where(np.isfinite(filled), filled, -np.inf).max(axis=0)
        dead = least > most
        if len(filled) >= LEAST_VARIED:
            dead |= least == most
        if dead.all():
            raise InputError("All pixels of the image have the same values: choose another image.")
        if dead.any():
            self.warn(f"{dead.sum()} bands hold no data, or one value throughout, and were left out: "
                      f"{listed(self.micrometres[dead])} micrometres.")
            self._keep(~dead)
        self.sample = filled[:, ~dead]

    def _keep(self, bands):
        self.cube.keep(bands)
        self.micrometres, self.widths = self.micrometres[bands], self.widths[bands]

    def _scale(self):
        """Bring stored numbers to reflectances, and refuse radiances."""
        correction, given = self.settings["correction"], self.settings.get("divide_by")
        trusted = correction in ("empiricalline", "flatfield")
        guessed = guess_scale(self.sample)
        if given:
            self.scale, how = float(given), "as given"
        else:
            self.scale, how = (1.0 if trusted else guessed), "judged by its values"
        if not trusted and self.settings["values"] != "reflectance":
            check_reflectance(np.nanmean(self.sample, axis=0), self.micrometres, self.settings.get("stated", ""))
        if self.scale is None:
            raise InputError(f"98 % of the values of the image lie below {np.nanpercentile(self.sample, 98.0):.4g}, "
                             "which is no reflectance and no reflectance times 100, 1,000 or 10,000: convert the image "
                             "to reflectance, or give the number to divide by in 'Divide values by'.")
        high = float(np.nanpercentile(self.sample, 98.0)) / self.scale
        if high < DARK and not trusted:
            self.warn(f"98 % of the reflectances lie below {high:.2g}: check the scale that the file states. Depths, "
                      "positions and angles do not depend on it.")
        if self.scale != 1.0:
            self.log(f"Values are divided by {self.scale:g} to be reflectances ({how}). Depths, positions and angles "
                     "do not depend on it.")
            self.cube.correct(1.0 / self.scale)
            self.sample = self.sample / np.float32(self.scale)

    def _correct(self):
        """Take the chosen correction into account."""
        chosen = self.settings["correction"]
        if chosen == "none":
            return
        gain, offset = np.ones(len(self.micrometres)), np.zeros(len(self.micrometres))
        if chosen == "darkobject":
            offset = -dark_object(self.sample)
        elif chosen == "flatfield":
            gain = flat_field(self._stored("flat")[0])
        else:
            reference = resample(np.array(self.job.array("reference_micrometres")), self.job.array("reference"),
                                 self.micrometres, self.widths)
            gain, offset = empirical_line(self._stored("measured"), reference)
        good = np.isfinite(gain) & np.isfinite(offset)
        if not good.any():
            raise InputError("The correction fits in no band: check that the targets or the flat field lie on bright, "
                             "valid pixels, and that the reference spectra cover the bands.")
        if not good.all():
            self.warn(f"{(~good).sum()} bands were left out because the correction does not fit there: "
                      f"{listed(self.micrometres[~good])} micrometres.")
        self.cube.correct(gain, offset)
        self.sample = (self.sample * gain + offset).astype(np.float32)[:, good]
        self._keep(good)

    def _stored(self, name):
        """Values read from the image (spectra, bands) as they were before the correction."""
        stored = np.atleast_2d(self.job.array(name))[:, self.cube.bands]
        return stored * self.cube.gain + self.cube.offset

    def _match(self):
        """Library spectra on the bands of the image, and their absorptions."""
        self.library, self.minerals, self.fit = None, list(self.settings.get("minerals") or []), None
        if not self.minerals:
            return
        library = resample(np.array(self.job.array("library_micrometres")), self.job.array("library"),
                           self.micrometres, self.widths)
        self._warn_coarse(np.array(self.job.array("library_micrometres")))
        short = np.isfinite(library).sum(axis=1) < LEAST_SHARED
        if short.any():
            self.warn(f"Library spectra that share fewer than five bands with the image were left out: "
                      f"{', '.join(np.array(self.minerals)[short])}.")
        if short.all():
            raise InputError("No library spectrum covers the bands of the image: choose another library.")
        self.library = library[~short]
        self.minerals = [name for name, left in zip(self.minerals, short) if not left]
        if not self.features:
            return
        self.fit = FeatureFit([self.window(self.library, feature, None) for feature in self.features])
        if len(self.fit.without):
            self.warn(f"Spectra without clear absorptions in the chosen features get no fit: "
                      f"{', '.join(self.minerals[k] for k in self.fit.without)}.")

    def _warn_coarse(self, samples):
        """Tell when a library has fewer samples than the image has bands."""
        within = samples[(samples >= self.micrometres[0]) & (samples <= self.micrometres[-1])]
        if len(within) < 2:
            return
        theirs, ours = (1000.0 * float(np.median(np.diff(values))) for values in (within, self.micrometres))
        if theirs > COARSE * ours:
            self.warn(f"The library has a value every {theirs:.3g} nanometres and the image every {ours:.3g}: narrow "
                      "absorptions are missing from the library, so that angles and fits of them mean little.")

    def window(self, spectra, feature, removed):
        """Spectra without continuum in the window of a feature."""
        return absorption.window_of(spectra, self.micrometres, feature, self.settings["continuum"], removed)

    def gather(self, progress):
        """Covariances of all pixels, then denoising and principal components."""
        if not self.needs_moments:
            return
        shift = np.nanmean(self.sample, axis=0)
        run_blocks(range(len(self.cube.tiles)), lambda number: self._gather_tile(number, shift, progress), progress,
                   self.threads)
        self.moments, self.noise = Moments(shift), Moments(np.zeros(len(shift)))
        for number in range(len(self.cube.tiles)):
            signal, noise = self.job.load(MOMENTS.format(number))
            self.moments.unpack(signal)
            self.noise.unpack(noise)
        if self.moments.count < LEAST_PIXELS and self.settings["components"] is None and (
                self.settings["smoothing"] != "mnf"):
            self.warn("Fewer than three pixels have data in all used bands; there are no principal components.")
            return
        if self.moments.count < LEAST_PIXELS:
            raise InputError("Fewer than three pixels have data in all used bands: choose no components and no "
                             "minimum noise fraction, or name the bands to leave out in the header.")
        self.mean = self.centre = self.moments.mean
        self._denoise()
        self._components(progress.check)

    def _gather_tile(self, number, shift, progress):
        """Sums of one tile, kept for a run that was stopped."""
        name = MOMENTS.format(number)
        if self.job.load(name) is not None:
            return
        _, _, rows, columns = self.cube.tiles[number]
        stored, signal, noise = self.cube.open(number), Moments(shift), Moments(np.zeros(len(shift)))
        for first, last in chunks(rows, columns):
            progress.check()
            image = self.cube.convert(stored[first:min(last + 1, rows)])
            pixels = image[:last - first].reshape(-1, image.shape[2])
            signal.add(pixels[np.isfinite(pixels).all(axis=1)])
            if self.settings["smoothing"] == "mnf":
                noise.add(differences(image))
        self.job.save(name, np.stack([signal.packed(), noise.packed()]))

    def _denoise(self):
        """The map that keeps the components with some signal."""
        if self.settings["smoothing"] != "mnf":
            return
        if self.noise.count < 2 * len(self.mean):
            raise InputError("The image has too few neighbouring pixels for the minimum noise fraction: choose "
                             "another way to smooth the spectra.")
        kept = self.settings.get("mnf_components")
        self.matrix, self.fractions, kept = denoising(self.moments.covariance, self.noise.covariance / 2.0, kept)
        self.log(f"Minimum noise fraction: {kept} of {len(self.mean)} components are kept.")

    def _components(self, check):
        """Loadings of the principal components that are wanted."""
        wanted = self.settings["components"]
        if wanted == 0:
            return
        self.centre = self.clean(self.mean[None])[0]
        covariance = self.moments.covariance
        if self.matrix is not None:
            matrix = self.matrix if self.settings["smoothing"] == "mnf" else self.matrix.T
            covariance = matrix.T @ covariance @ matrix
        self.variances, loadings = principal(covariance)
        if wanted is None:
            rng, pixels = self.job.rng(), self.clean(self.sample[np.isfinite(self.sample).all(axis=1)])
            chosen = rng.choice(len(pixels), min(CROSS_VALIDATED, len(pixels)), replace=False)
            wanted, self.errors = validated(pixels[chosen].astype(float), rng, check)
            self.log(f"Cross-validation keeps {wanted} principal components.")
        self.loadings = loadings[:, :min(int(wanted), len(self.mean))]

    def clean(self, spectra):
        """Smoothed spectra (pixels, bands); as they are when nothing was chosen."""
        if self.matrix is None:
            return spectra
        if self.settings["smoothing"] == "mnf":
            return ((spectra - self.mean) @ self.matrix + self.mean).astype(np.float32)
        return smooth(spectra, self.matrix)

    def measure(self, progress):
        """Measure all tiles; those that a stopped run finished are left as they are."""
        quantities = self.settings["quantities"]
        self.descriptions = [f"{feature.name}:{name}" for feature in self.features for name in quantities]
        self.descriptions += [f"{name}:index" for name in self.indices]
        if self.minerals:
            self.descriptions += [f"{name}:angle" for name in self.minerals]
            self.descriptions += [f"{name}:fit" for name in self.minerals if self.fit is not None]
        self.descriptions += [f"PC{number + 1}:score" for number in range(self.loadings.shape[1])]
        if not self.descriptions:
            raise InputError("Nothing is left to write: choose features, components or a library.")
        numbers = range(len(self.cube.tiles))
        done = np.array([self.job.path(f"{part_name(number)}.npy").exists() for number in numbers], dtype=np.uint8)
        run_blocks(numbers, lambda number: self._measure_tile(number, progress), progress,
                   self.threads, done)
        self.valid = sum(int(np.load(self.job.path(f"{VALID.format(number)}.npy"))) for number in numbers)

    def _measure_tile(self, number, progress):
        """Results of one tile, written when they are whole."""
        _, _, rows, columns = self.cube.tiles[number]
        stored, out = self.cube.open(number), np.empty((len(self.descriptions), rows, columns), dtype=np.float32)
        valid = 0
        for first, last in chunks(rows, columns):
            progress.check()
            spectra = self.cube.convert(stored[first:last]).reshape(-1, len(self.micrometres))
            values = self.values(spectra)
            valid += int(np.isfinite(values).any(axis=1).sum())
            out[:, first:last] = values.T.reshape(len(values.T), last - first, columns)
        self.job.save(VALID.format(number), valid)
        self.job.save(part_name(number), out)

    def values(self, spectra):
        """All results for pixels (n, bands), in the order of the descriptions."""
        spectra = self.clean(spectra)
        quantities = [absorption.QUANTITIES.index(name) for name in self.settings["quantities"]]
        whole = remove_continuum(spectra, self.micrometres) if self.settings["continuum"] == "spectrum" else None
        columns, depths, fits = [], [], np.zeros((len(spectra), len(self.minerals)), dtype=np.float32)
        for number, feature in enumerate(self.features):
            first, last = feature.window(self.micrometres)
            removed = self.window(spectra, feature, whole)
            measured = absorption.measure(removed, self.micrometres[first:last], feature, self.settings["shallow"])
            columns.append(measured[:, quantities])
            depths.append(measured[:, 0])
            if self.fit is not None:
                self.fit.add(fits, number, removed)
        for members in self.indices.values():
            geometric = self.features[members[0]].joined == "all"
            columns.append(absorption.join(np.column_stack([depths[k] for k in members]), geometric)[:, None])
        if self.minerals:
            columns.append(angles(spectra, self.library))
        if self.fit is not None:
            columns.append(fits)
        if self.loadings.size:
            columns.append(((spectra - self.centre) @ self.loadings).astype(np.float32))
        return np.hstack(columns)

    def summary(self):
        """What QGIS has to know."""
        return {"bands": self.descriptions, "features": [feature.name for feature in self.features],
                "indices": list(self.indices), "components": int(self.loadings.shape[1]),
                "used": len(self.micrometres), "pixels": self.valid, "scale": self.scale}


def listed(micrometres, most=12):
    """Wavelengths as a text."""
    shown = ", ".join(f"{value:.4g}" for value in micrometres[:most])
    return f"{shown} and {len(micrometres) - most} more" if len(micrometres) > most else shown
