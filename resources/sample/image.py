"""The hyperspectral image of the synthetic deposit, as an ENVI file."""
import deposit
import numpy as np

# Centre and width in micrometres: neodymium, ferric iron, Al-OH, carbonate.
# Clark 1999, Manual of Remote Sensing, chapter 1; Rowan et al. 1986, doi:10.2113/gsecongeo.81.4.857 for neodymium.
NEODYMIUM = ((0.580, 0.010), (0.740, 0.012), (0.800, 0.012), (0.870, 0.013))
FERRIC = ((0.500, 0.080), (0.900, 0.090))
CLAY = ((2.205, 0.022),)
CARBONATE = ((2.335, 0.030),)


def wavelengths():
    """Band centres in micrometres: every 10 nm where the absorptions are, every 50 nm between."""
    visible, middle, short = np.arange(0.45, 0.955, 0.01), np.arange(1.0, 2.01, 0.05), np.arange(2.06, 2.445, 0.01)
    return np.round(np.concatenate([visible, middle, short]), 3)


def good(wave):
    """1 for a band that can be used, 0 where the water of the air absorbs all light."""
    return (~(((wave > 1.34) & (wave < 1.46)) | ((wave > 1.79) & (wave < 1.96)))).astype(int)


def absorption(wave, lines):
    """Gaussian absorptions of depth 1."""
    return sum(np.exp(-0.5 * ((wave - centre) / width) ** 2) for centre, width in lines)


def reflectance(x, y, rng):
    """Reflectance (rows, columns, bands) with a noise of 0.4 per cent."""
    wave = wavelengths()
    z = deposit.surface(x, y)
    share, rock = deposit.iron_share(x, y, z), deposit.truth(x, y, z)
    depths = {
        NEODYMIUM: 0.28 * (1.0 - np.exp(-rock["Nd_ppm"] / 260.0)),
        FERRIC: 0.05 + 0.25 * share,
        CLAY: 0.16 * np.clip(rock["Al_pct"] / 8.0, 0.0, 1.2) * (1.0 - share),
        CARBONATE: 0.10 * np.clip(deposit.alteration(x, y, z) / 3.0, 0.0, 1.0),
    }
    continuum = (0.34 - 0.18 * share)[..., None] * (0.75 + 0.25 * np.tanh((wave - 0.5) / 0.35))
    spectra = continuum * np.prod(
        [1.0 - depth[..., None] * absorption(wave, lines) for lines, depth in depths.items()], axis=0
    )
    water = np.where(good(wave), 1.0, 0.02)
    return (spectra + rng.normal(0.0, 0.004, spectra.shape) * 0.34) * water


def header(rows, columns, cell, system):
    """Text of the ENVI header; ``system`` is the coordinate system in ESRI's WKT."""
    wave = wavelengths()
    west, north = deposit.WEST, deposit.SOUTH + deposit.HEIGHT
    listed = {
        "wavelength": ", ".join(f"{w:.3f}" for w in wave),
        "fwhm": ", ".join("0.010" for _ in wave),
        "bbl": ", ".join(str(g) for g in good(wave)),
        "map info": f"UTM, 1, 1, {west:.1f}, {north:.1f}, {cell:g}, {cell:g}, 50, South, WGS-84, units=Meters",
        "coordinate system string": system,
    }
    lines = [
        "ENVI", "description = {Synthetic reflectance of the Lodescope sample deposit}", f"samples = {columns}",
        f"lines = {rows}", f"bands = {len(wave)}", "header offset = 0", "file type = ENVI Standard", "data type = 2",
        "interleave = bsq", "byte order = 0", "data ignore value = -9999", "reflectance scale factor = 10000",
        "wavelength units = Micrometers", *(f"{key} = {{{value}}}" for key, value in listed.items()),
    ]
    return "\n".join(lines) + "\n"


def write_image(path, x, y, system, rng):
    """Write the image and its header."""
    cube = np.clip(np.round(reflectance(x, y, rng) * 10000.0), 0, 10000)
    np.moveaxis(cube, 2, 0).astype("<i2").tofile(path)
    path.with_suffix(".hdr").write_text(header(*x.shape, float(x[0, 1] - x[0, 0]), system))
