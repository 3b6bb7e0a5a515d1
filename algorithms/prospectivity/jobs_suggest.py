"""Job: suggest drill sites on a map, one after the other."""
import math

import numpy as np

from ..errors import InputError
from ..geostatistics.covariance import Structure, Variogram, variogram_from_dict
from ..geostatistics.fitting import fit_variogram
from .drillsites import Uncertainty, distance_to, expected_improvement, far_enough
from .siteplaces import coarsen, hole_places
from .sitereport import site_report

METHODS = ("expected_improvement", "variance_per_metre")
NODES = 2_500
CANDIDATES = 50_000
FACTORS = 40_000_000  # numbers kept of holes and candidates
APART = 0.1  # of the range: the smallest distance between holes unless one is given
NEARLY = 0.99  # of the limit of the values: the best so far counts as this at most
SLIGHT = 0.01  # chance to beat the best so far below which sites are a matter of hope
FITTED = 600  # places from which a variogram is fitted


def run(job, progress):
    """Suggest sites.

    Reads ``mean`` (rows, columns), where there are any ``sd`` and ``depths``
    (rows, columns), ``allowed`` (rows, columns; above 0 where holes may go)
    and ``holes`` (h, 2; coordinates); writes ``report.html``.

    Returns
    -------
    dict
        ``sites`` (columns by name, with ``row``, ``column`` and ``teaches``),
        ``variogram`` (content of a file), ``note`` (a sentence when there are
        fewer than asked for, or empty) and ``share`` of the variance removed.
    """
    search = Search(job, progress.span(0.0, 0.6))
    sites, note = search.run(progress.span(0.6, 0.95))
    for text in filter(None, (note, search.advice(sites))):
        progress.warn(text)
    columns = search.columns(sites)
    share = float(sum(site["removed"] for site in sites) / search.whole) if search.whole > 0.0 else 0.0
    job.write_text("report.html", site_report(job, search, columns, share, progress.warnings))
    progress(1.0)
    return {"sites": columns, "variogram": search.variogram.to_dict(), "note": note, "share": share}


class Search:
    """Where holes may go, and what is known there.

    Attributes
    ----------
    variogram : Variogram
    source : str
        Where it comes from.
    reach, least : float
        Its range, the ground that a hole tells about; smallest distance between holes.
    nodes, candidates : drillsites.Places
    cells : numpy.ndarray, shape (candidates, 2)
        Row and column of each candidate.
    uncertainty : drillsites.Uncertainty
    best : float
        Mean to beat.
    whole : float
        Variance of the map times area before the first hole.
    """

    def __init__(self, job, progress):
        settings = self.settings = job.settings
        self.grid, self.method = settings["grid"], settings["method"]
        self.mean, self.sd, self.depths = job.array("mean"), job.array("sd"), job.array("depths")
        self.allowed, self.limit = job.array("allowed"), settings.get("limit")
        holes = job.array("holes")
        self.holes = np.empty((0, 2)) if holes is None else np.asarray(holes, dtype=float)
        if self.sd is None and self.method == "expected_improvement":
            raise InputError("Expected improvement needs to know how uncertain the map is: choose a raster with a band "
                             "of its uncertainty, or the method variance_per_metre.")
        look = coarsen(self, FITTED, progress.span(0.0, 0.2))
        self.variogram, self.source = self._variogram(look.places, job, progress.span(0.2, 0.5))
        self.reach = _reach(self.variogram)
        given = settings["min_distance"]
        self.least = APART * self.reach if given is None else float(given)
        if self.sd is None:
            self.level = math.sqrt(self.variogram.sill)
        self._lay_out(progress.span(0.5, 1.0))

    level = None  # standard deviation of the whole map, when none is known cell by cell

    def _variogram(self, places, job, progress):
        """The variogram to use, and where it comes from."""
        settings = self.settings
        if settings.get("variogram"):
            return variogram_from_dict(settings["variogram"]), settings["variogram_source"]
        variance = float(np.var(places.mean)) or 1.0
        if settings.get("range"):
            structure = Structure("spherical", variance, (float(settings["range"]),))
            return Variogram(0.0, (structure,)), "a spherical variogram of the range that was typed"
        if np.ptp(places.mean) == 0.0:
            raise InputError("All cells of the map have the same value, so that no variogram can be fitted to it: give "
                             "a variogram file or a range.")
        fit = fit_variogram(places.coordinates, places.mean, anisotropy="none", rng=job.rng(), progress=progress)
        return fit.variogram, (f"a variogram fitted to {len(places):,} cells of the map, which is smoother than the "
                               "ground")

    def _lay_out(self, progress):
        """Nodes, candidates and their covariance."""
        self.known = bool(self.settings["holes_known"]) and self.sd is not None
        taken = hole_places(self, self.holes) if not self.known and len(self.holes) else None
        nodes = coarsen(self, NODES, progress.span(0.0, 0.2))
        self.nodes, self.blocks = nodes.places, nodes.blocks
        self.best = self._beatable(self._best(nodes.places))
        if self.method == "expected_improvement":
            most = min(CANDIDATES, FACTORS // (int(self.settings["count"]) + (0 if taken is None else len(taken))))
            found = coarsen(self, most, progress.span(0.2, 0.5), self._score)
        else:
            found = nodes
        self.candidates, self.cells, self.steps = found.best, found.cells, found.blocks
        self.uncertainty = Uncertainty(self.variogram, self.nodes, self.candidates,
                                       self.method != "expected_improvement", progress.span(0.5, 0.8))
        if taken is not None and len(taken):
            self.uncertainty.condition(taken, progress.span(0.8, 1.0))
        nugget = (1.0 - self.uncertainty.shared) * self.nodes.sd ** 2
        self.whole = float(self.nodes.weight @ (self.uncertainty.node_variance + nugget))
        self.metres = self._depths()

    def _best(self, nodes):
        """The mean to beat: that typed, that of the best hole, or that of the best ground."""
        if self.settings.get("best") is not None:
            return float(self.settings["best"])
        drilled = hole_places(self, self.holes)
        self.best_source = "the highest mean at an existing hole" if len(drilled) else "the highest mean of the map"
        return float(drilled.mean.max()) if len(drilled) else float(np.nanmax(self._maximum()))

    best_source = "as typed"

    def _beatable(self, best):
        """The best so far, of values with a limit a little below it, as nothing could beat it otherwise."""
        return best if self.limit is None else min(best, NEARLY * self.limit)

    def _maximum(self):
        """Highest mean of each strip."""
        return [np.nanmax(self.mean[top:top + 256], initial=-np.inf) for top in range(0, len(self.mean), 256)]

    def _score(self, mean, sd):
        """How much a cell promises before the first hole."""
        return expected_improvement(mean, sd, self.best, self.limit)[0]

    def _depths(self):
        """Metres to drill at each candidate."""
        typed = float(self.settings["depth"])
        if self.depths is None:
            return np.full(len(self.candidates), typed)
        rows, columns = self.cells.T
        found = np.array([self.depths[row, column] for row, column in zip(rows, columns)], dtype=float)
        return np.where(np.isfinite(found) & (found > 0.0), found, typed)

    def run(self, progress):
        """Choose sites one after the other.

        Returns
        -------
        sites : list of dict
        note : str
            Why there are fewer than asked for, or empty.
        """
        least, wanted = self.least, int(self.settings["count"])
        free = far_enough(self.candidates.coordinates, self.holes, least)
        if not free.any():
            raise InputError(f"No place is at least {least:g} from all existing holes and inside the area that may be "
                             "drilled: choose a smaller distance or fewer excluded areas.")
        sites = []
        while len(sites) < wanted and free.any():
            gains = np.where(free, self._gains(progress), -np.inf)
            number = int(np.argmax(gains))
            if not gains[number] > 0.0:
                return self._ended(sites, "no further place promises anything")
            sites.append(self._site(number))
            self.uncertainty.take(number)
            self.best = self._beatable(max(self.best, float(self.candidates.mean[number])))
            free &= far_enough(self.candidates.coordinates, self.candidates.coordinates[number:number + 1], least)
            free[number] = False
            progress(len(sites) / wanted)
        if len(sites) < wanted:
            return self._ended(sites, f"no further place is at least {least:g} from holes and sites")
        return sites, ""

    def advice(self, sites):
        """A sentence when hardly any site has a chance to beat the best so far, or an empty string."""
        if self.method != "expected_improvement" or max(site["chance"] for site in sites) >= SLIGHT:
            return ""
        return (f"No site has more than {100.0 * SLIGHT:g} % chance to beat the best so far ({sites[0]['best']:.4g}): "
                "give a lower one, or choose variance_per_metre to learn most about the whole map.")

    def _ended(self, sites, reason):
        """The sites so far, and why there are no more."""
        if not sites:
            raise InputError(f"No site can be suggested: {reason}; check the uncertainty of the map and the area that "
                             "may be drilled.")
        return sites, (f"{len(sites)} of {self.settings['count']} sites are suggested: {reason}.")

    def _gains(self, progress):
        """What each candidate promises, by the chosen method."""
        if self.method == "expected_improvement":
            progress.check()
            return expected_improvement(self.candidates.mean, self._deviation(), self.best, self.limit)[0]
        return self.uncertainty.gains(progress) / self.metres

    def _deviation(self, number=slice(None)):
        """Standard deviation that is left at candidates, nugget counted in."""
        return np.sqrt(self.uncertainty.variance[number] + self.uncertainty.noise[number])

    def _site(self, number):
        """A site, before it is drilled."""
        removed = self.uncertainty.removed_by(number) * self.nodes.weight
        place = self.candidates.coordinates[number]
        near = np.hypot(*(self.nodes.coordinates - place).T) <= self.reach
        left = float(self.nodes.weight[near] @ self.uncertainty.node_variance[near])
        mean, sd = float(self.candidates.mean[number]), float(self._deviation(number))
        improvement, chance = expected_improvement(mean, sd, self.best, self.limit)
        return {"number": number, "mean": mean, "sd": sd, "improvement": float(improvement), "chance": float(chance),
                "best": self.best, "removed": float(removed.sum()), "metres": float(self.metres[number]),
                "near": float(removed[near].sum() / left) if left > 0.0 else 0.0}

    def columns(self, sites):
        """Attributes of the sites, in the order in which they were chosen."""
        numbers = np.array([site["number"] for site in sites])
        places = self.candidates.coordinates[numbers]
        others = [distance_to(places[k:k + 1], np.delete(places, k, axis=0))[0] for k in range(len(places))]
        made = {name: [site[name] for site in sites]
                for name in ("mean", "sd", "improvement", "chance", "best", "removed", "near", "metres")}
        made["share"] = [site["removed"] / self.whole if self.whole > 0.0 else 0.0 for site in sites]
        made["per_metre"] = [site["removed"] / site["metres"] for site in sites]
        made["hole_distance"] = _plain(distance_to(places, self.holes))
        made["site_distance"] = _plain(np.array(others))
        made["row"], made["column"] = (self.cells[numbers].T).tolist()
        made["teaches"] = [self._teaches(made, k) for k in range(len(sites))]
        return made

    def _teaches(self, made, k):
        """What a hole is expected to teach, in words."""
        gap = made["hole_distance"][k]
        nearest = "" if gap is None else f" The nearest hole is {_length(gap)} away."
        removed = (f"removes {100.0 * made['share'][k]:.3g} % of the uncertainty of the map and "
                   f"{100.0 * made['near'][k]:.3g} % of that within {_length(self.reach)}")
        if self.method == "variance_per_metre":
            return (f"{removed[0].upper()}{removed[1:]}, with {made['metres'][k]:,.4g} m of drilling; predicted "
                    f"{made['mean'][k]:.4g} with a standard deviation of {made['sd'][k]:.3g}.{nearest}")
        holds = made["mean"][k] >= made["best"][k]
        lead = "Shows whether the best ground holds" if holds else "Tests ground that may be better than predicted"
        return (f"{lead}: {made['mean'][k]:.4g} with a standard deviation of {made['sd'][k]:.3g}, "
                f"{100.0 * made['chance'][k]:.3g} % chance to be above {made['best'][k]:.4g}, expected improvement "
                f"{made['improvement'][k]:.3g}; {removed}.{nearest}")


def _plain(values):
    """Numbers as JSON has them, None for NaN."""
    return [None if math.isnan(value) else float(value) for value in values]


def _length(distance):
    """A distance as text."""
    return f"{distance:,.0f}" if distance >= 100.0 else f"{distance:.3g}"


def _reach(variogram):
    """Range of the largest structure, the mean of its axes on the map."""
    structure = max(variogram.structures, key=lambda item: item.sill)
    return float(np.exp(np.mean(np.log(structure.ranges[:2]))))
