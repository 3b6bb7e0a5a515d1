"""The synthetic deposit: a function of position for every property, so that the truth is known everywhere.

A banded iron formation about 110 m thick strikes east over 1.2 km, is gently folded and dips 65 degrees to the south
between metabasalt (north, footwall) and shale (south, hanging wall). A dolerite dyke cuts it along a fault. Two bodies
of altered rock beside the iron formation are rich in light rare earths. Random parts are sums of cosines whose
frequencies are drawn once from the spectrum of a Matern 5/2 covariance, so they can be evaluated at any point.

Nothing here describes a real place.
"""
import numpy as np

EPSG = 32750
WEST, SOUTH = 548000.0, 7240000.0
WIDTH, HEIGHT = 1200.0, 900.0
DATUM = 420.0
DIP = np.radians(65.0)
HALF_THICKNESS = 55.0
SEED = 20240917

LITHOLOGIES = ("metabasalt", "banded iron formation", "shale", "dolerite")
DIFFUSIVITY = {"metabasalt": 0.25, "banded iron formation": 4.0, "shale": 1.0, "dolerite": 0.1}

# Upper continental crust in ppm (Rudnick and Gao 2003, doi:10.1016/B0-08-043751-6/03016-4), in order of atomic number.
CRUST = {
    "La": 31.0, "Ce": 63.0, "Pr": 7.1, "Nd": 27.0, "Sm": 4.7, "Eu": 1.0, "Gd": 4.0, "Tb": 0.7, "Dy": 3.9, "Ho": 0.83,
    "Er": 2.3, "Tm": 0.30, "Yb": 2.0, "Lu": 0.31, "Y": 21.0,
}
# 1 for the lightest, 0 for the heaviest; yttrium goes with holmium.
LIGHTNESS = {name: 1.0 - i / 13.0 for i, name in enumerate(list(CRUST)[:-1])}
LIGHTNESS["Y"] = LIGHTNESS["Ho"]

# Altered bodies: position along strike, distance from the middle of the formation, depth, sizes of these three,
# strength.
HALOES = (
    (330.0, -70.0, 70.0, 190.0, 60.0, 110.0, 3.4),
    (860.0, -45.0, 110.0, 150.0, 45.0, 90.0, 2.7),
)
RANGES = (280.0, 190.0, 80.0)
COSINES = 300


def surface(x, y):
    """Elevation of the ground in metres."""
    east, north = np.asarray(x) - WEST, np.asarray(y) - SOUTH
    return DATUM + 14.0 * np.sin(east / 175.0) + 9.0 * np.cos(north / 130.0)


def outcrop(east):
    """Northing (from the south edge) of the middle of the iron formation at the datum, ``east`` m from the west."""
    return 430.0 + 70.0 * np.sin((east - 150.0) / 207.0)


def across(x, y, z):
    """Signed distance in metres from the middle of the iron formation, positive to the north (footwall)."""
    east, north = np.asarray(x) - WEST, np.asarray(y) - SOUTH
    middle = outcrop(east) - (DATUM - np.asarray(z)) / np.tan(DIP)
    fold = np.arctan(70.0 / 207.0 * np.cos((east - 150.0) / 207.0))
    return (north - middle) * np.sin(DIP) * np.cos(fold)


def dyke(x, y):
    """Distance in metres from the middle of the vertical dyke, which strikes north-northwest."""
    east, north = np.asarray(x) - WEST, np.asarray(y) - SOUTH
    return (east - 640.0) * np.cos(0.3) + (north - 430.0) * np.sin(0.3)


def lithology(x, y, z):
    """Index into :data:`LITHOLOGIES`."""
    distance = across(x, y, z)
    code = np.where(distance > HALF_THICKNESS, 0, np.where(distance < -HALF_THICKNESS, 2, 1))
    return np.where(np.abs(dyke(x, y)) < 14.0, 3, code)


class RandomField:
    """A Gaussian field of zero mean and unit variance with a Matern 5/2 covariance, as a function of position.

    The spectral method of Shinozuka and Deodatis (1991, doi:10.1115/1.3119501); the axes lie along strike, down dip
    and across.
    """

    def __init__(self, seed, ranges=RANGES):
        rng = np.random.default_rng([SEED, seed])
        scale = np.array(ranges) / 2.65  # from the practical range to the length scale of Matern 5/2
        normal = rng.standard_normal((COSINES, 3))
        heavy = np.sqrt(rng.chisquare(5.0, (COSINES, 1)) / 5.0)
        axes = np.array(
            [[1.0, 0.0, 0.0], [0.0, -np.cos(DIP), -np.sin(DIP)], [0.0, np.sin(DIP), -np.cos(DIP)]]
        )
        self.frequencies = (normal / heavy / scale) @ axes
        self.phases = rng.uniform(0.0, 2.0 * np.pi, COSINES)

    def __call__(self, x, y, z):
        """Value at positions given as arrays of one shape."""
        x, y, z = np.broadcast_arrays(x, y, z)
        points = np.column_stack([np.ravel(x) - WEST, np.ravel(y) - SOUTH, np.ravel(z) - DATUM])
        value = np.zeros(len(points))
        for start in range(0, len(points), 20000):
            part = slice(start, start + 20000)
            value[part] = np.cos(points[part] @ self.frequencies.T + self.phases).sum(axis=1)
        return value.reshape(x.shape) * np.sqrt(2.0 / COSINES)


def alteration(x, y, z):
    """Strength of the alteration, 0 far away, about 3 in the middle of the larger body."""
    east, depth, distance = np.asarray(x) - WEST, DATUM - np.asarray(z), across(x, y, z)
    total = 0.0
    for place, offset, middle, length, width, height, strength in HALOES:
        square = ((east - place) / length) ** 2 + ((distance - offset) / width) ** 2 + ((depth - middle) / height) ** 2
        total = total + strength * np.exp(-square)
    return total


def iron_share(x, y, z):
    """Share of iron formation, 0 to 1, smooth over 8 m at the contacts and cut by the dyke."""
    step = 0.5 - 0.5 * np.tanh((np.abs(across(x, y, z)) - HALF_THICKNESS) / 8.0)
    return step * (0.5 + 0.5 * np.tanh((np.abs(dyke(x, y)) - 14.0) / 4.0))


def majors(x, y, z):
    """Fe, Si, Al and Ti in per cent by weight: a dictionary of arrays."""
    share, first, second = iron_share(x, y, z), RandomField(1)(x, y, z), RandomField(2)(x, y, z)
    banding = 0.08 * np.sin(across(x, y, z) / 5.0)
    iron = (8.0 + 0.9 * first) * (1.0 - share) + (36.0 + 5.0 * first) * (1.0 + banding) * share
    aluminium = (7.6 + 0.6 * second) * (1.0 - share) + (0.9 + 0.2 * second) * share
    titanium = aluminium * (0.07 + 0.008 * first)
    # What is not iron, aluminium or titanium oxide, or 6 per cent of volatiles and alkalis, is silica.
    silica = 94.0 - 1.43 * iron - 1.89 * aluminium - 1.67 * titanium
    return {
        "Fe_pct": iron, "Si_pct": 0.4674 * np.maximum(silica, 2.0), "Al_pct": aluminium,
        "Ti_pct": np.maximum(titanium, 0.005),
    }


def rare_earths(x, y, z):
    """The fifteen rare earths in ppm: a dictionary of arrays."""
    base = 0.45 * RandomField(3)(x, y, z) - 0.8 * iron_share(x, y, z)
    slope = 0.25 * RandomField(4)(x, y, z)
    altered = alteration(x, y, z)
    weathered = np.exp(-np.maximum(surface(x, y) - np.asarray(z), 0.0) / 15.0)
    values = {}
    for name, crust in CRUST.items():
        light = LIGHTNESS[name]
        log = base + slope * (light - 0.5) + altered * (0.25 + 0.75 * light)
        log = log - 0.35 * weathered * (name == "Ce") - 0.15 * altered * (name == "Eu")
        values[f"{name}_ppm"] = crust * np.exp(log)
    return values


def geophysics(x, y, z):
    """Magnetic susceptibility (1e-3 SI) and chargeability (mV/V): a dictionary of arrays."""
    share, altered = iron_share(x, y, z), alteration(x, y, z)
    magnetite = np.exp(0.5 * RandomField(5)(x, y, z) - 0.5 * altered)
    return {
        "susceptibility": 0.6 + 240.0 * share * magnetite + 18.0 * (np.abs(dyke(x, y)) < 14.0),
        "chargeability": 4.0 + 9.0 * altered + 2.0 * np.exp(0.4 * RandomField(6)(x, y, z)),
    }


def truth(x, y, z):
    """Every numeric property at positions in metres, as a dictionary of arrays."""
    return {**majors(x, y, z), **rare_earths(x, y, z), **geophysics(x, y, z)}
