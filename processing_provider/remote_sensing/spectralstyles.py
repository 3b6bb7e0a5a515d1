"""How spectral features look in the project."""
from ..colours import family, ramp_of
from ..data.rasters import open_raster
from ..styles import DESCRIPTION, colour_renderer, data_limits, describe, name_styles

SHOWN = ("index", "depth", "fit", "angle", "score")
DIVERGING = ("score",)


def spectral_style(title="", abstract=""):
    """A style function for a raster of spectral features.

    Indices, depths, matches and components become named styles of the layer,
    in this order; that of the first is shown. Positions, widths and areas are
    left out, as most menus would not hold them.

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
            look = family("change" if quantity in DIVERGING else quantity)
            layer.setRenderer(colour_renderer(layer, band, limits, ramp_of(look), "rad" if quantity == "angle" else ""))

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
