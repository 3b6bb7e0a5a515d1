"""How spectral features look in the project."""
from ..colours import family, ramp_of
from ..data.rasters import open_raster
from ..styles import DESCRIPTION, colour_renderer, data_limits, describe, name_styles

NO_LIMITS = (0.0, 1.0)  # of a band without data or without a second value
SHOWN = ("index", "depth", "fit", "angle", "score")
DIVERGING = ("score",)
FROM_ZERO = ("index", "depth")
LEAST_DEPTH = 0.05  # the end of the colours at least: what noise alone may make looks like nothing


def spectral_style(title="", abstract=""):
    """A style function for a raster of spectral features.

    Indices, depths, matches and components become named styles of the layer,
    in this order; that of the first is shown. Positions, widths and areas are
    left out, as most menus would not hold them. The colours of depths and
    indices begin at 0 and reach to 0.05 at least, so that noise does not look
    like a find.

    Parameters
    ----------
    title, abstract : str
        For the metadata of the layer.

    Returns
    -------
    style : callable
        ``style(layer)`` for a `QgsRasterLayer`.
    """

    def style(layer):
        describe(layer, title, abstract)
        dataset = open_raster(layer)
        shown = shown_bands([dataset.GetRasterBand(k).GetDescription() for k in range(1, dataset.RasterCount + 1)])
        for name in name_styles(layer, list(shown)):
            band, quantity = shown[name]
            limits = data_limits(dataset, [band], quantity in DIVERGING)
            if quantity in FROM_ZERO:
                limits = 0.0, max(limits[1], LEAST_DEPTH) if limits != NO_LIMITS else LEAST_DEPTH
            ramp = ramp_of(family("change" if quantity in DIVERGING else quantity))
            if quantity == "angle":
                ramp.invert()  # bright is alike, as bright is much elsewhere
            layer.setRenderer(colour_renderer(layer, band, limits, ramp, "rad" if quantity == "angle" else ""))

    return style


def shown_bands(descriptions):
    """Names of styles to (band, quantity), in the order in which they are offered.

    Parameters
    ----------
    descriptions : list of str
    """
    found = []
    for band, description in enumerate(descriptions, start=1):
        match = DESCRIPTION.match(description)
        if match and match.group("quantity") in SHOWN:
            quantity = match.group("quantity")
            found.append((SHOWN.index(quantity), band, f"{match.group('field')} {quantity}", quantity))
    chosen = {name: (band, quantity) for _, band, name, quantity in sorted(found)}
    return chosen or {description or "band 1": (1, "") for description in descriptions[:1]}
