"""What a hyperspectral raster says about its bands: wavelengths, bad bands, scale and nodata."""
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from osgeo import gdal
from qgis.core import QgsProcessingException

from ...algorithms.spectroscopy.envi import numbers, read_header
from ...algorithms.spectroscopy.wavelengths import (
    band_order,
    text_wavelengths,
    to_micrometres,
    water_vapour,
    wavelengths_problem,
)
from ..translation import tr
from .scenes import open_image

ITEM = re.compile(r"^(?!.*(?:good|bad|min|max|lower|upper|start|stop|first|last|[#_ ]end|^end))(?:.*[#_ ])?"
                  r"(?:wavelengths?|cent(?:er|re|ral)[_ ]?wavelengths?|wavelength[_ ]?cent(?:er|re))"
                  r"(?:[_ ]?[(\[]?(um|nm|µm)[)\]]?)?$", re.I)
WIDTH = re.compile(r"^(.*[#_ ])?(fwhm|bandwidth)([_ ]?[(\[]?(um|nm|µm)[)\]]?)?$", re.I)
UNIT = re.compile(r"^(wavelength[_ ]?units?|.*wavelengths?#units|units?)$", re.I)
WITH_UNIT = re.compile(r"(\d+\.?\d*|\.\d+)\s*(nm\b|nanomet\w*|um\b|µm|μm|micromet\w*|microns?\b)", re.I)
IN_BRACKETS = re.compile(r"\(\s*(\d*\.?\d+)\s*\)\s*$")
PLAIN = re.compile(r"^\s*(?:wavelength|wl|lambda)?\s*[:=_]?\s*(\d*\.\d+|\d{3,4})\s*$", re.I)
LAST = re.compile(r"(?:^|[^\d.])(\d+\.\d+)\s*$")
QUANTITY = ("description", "units", "data_units", "data units", "long_name", "quantity", "standard_name", "product")
ENMAP_RADIANCE = re.compile(r"^ENMAP.*_{2,}(L1[BC])-", re.I)
LEAST = 10
MOST_WITHOUT = 0.1  # of the bands may lack what the others have, such as a mask behind the bands


@dataclass
class Bands:
    """The bands of an image, those that can be used and why others cannot.

    Attributes
    ----------
    micrometres, widths : numpy.ndarray, shape (bands,)
        Widths are full ones at half maximum, NaN where unknown.
    order : numpy.ndarray of int
        Numbers (from 0) of the bands to use, by rising wavelength.
    scale, offset, nodata : numpy.ndarray, shape (bands,)
        Nodata is NaN where there is none.
    left_out : list of (str, list of float)
        Reasons and wavelengths.
    notes : list of str
        What was read where, for the log.
    stated : str
        What the file says its values are.
    """

    micrometres: np.ndarray
    widths: np.ndarray
    order: np.ndarray
    scale: np.ndarray
    offset: np.ndarray
    nodata: np.ndarray
    left_out: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    stated: str = ""


def read_bands(source, wavelengths="", without_water=True):
    """Read what a raster says about its bands.

    Wavelengths are taken from the first that has them: the text file, the
    ENVI header, metadata of the file, metadata of its bands, descriptions of
    its bands, a header or a metadata file of EnMAP beside it.

    Parameters
    ----------
    source : QgsRasterLayer or str or pathlib.Path
    wavelengths : str
        Path of a text file with one wavelength per line; may be empty.
    without_water : bool
        Whether bands in the windows of water vapour are left out.

    Returns
    -------
    Bands

    Raises
    ------
    QgsProcessingException
        There are no wavelengths, or too few bands.
    """
    dataset, _ = open_image(source)
    name = source.name() if hasattr(source, "name") and callable(source.name) else Path(str(source)).name
    count = dataset.RasterCount
    if count < LEAST:
        raise QgsProcessingException(tr(
            "The raster '{}' has {} bands, too few for spectra; choose a hyperspectral image.").format(name, count))
    values, widths, unit, where = _from_text(wavelengths) if wavelengths else _search(dataset, count)
    if values is None:
        raise QgsProcessingException(tr(
            "The bands of '{}' carry no wavelengths; give a text file with one wavelength per line, or an ENVI "
            "header, for its {} bands in 'Wavelengths'.").format(name, count))
    values = np.array(values, float)
    values[~(values > 0.0)] = np.nan  # PRISMA marks bands without data so
    known = np.isfinite(values)
    micrometres, unit, stated = to_micrometres(values, unit)
    problem = wavelengths_problem(micrometres[known], count - int(len(values) == count) * int((~known).sum()))
    if problem:
        raise QgsProcessingException(tr("The wavelengths of '{}' ({}) cannot be used: {}.").format(
            name, where, problem))
    said = tr("as stated") if stated else tr("judged by the values")
    notes = [tr("Wavelengths from {}, {:.4g} to {:.4g} µm; unit {} ({}).").format(
        where, np.nanmin(micrometres), np.nanmax(micrometres), tr(unit), said)]
    notes += [tr("{} bands without a wavelength are left out.").format((~known).sum())] if not known.all() else []
    return _complete(dataset, micrometres, _widths(widths, count, micrometres), without_water, notes,
                     _header_items(dataset, wavelengths))


def _complete(dataset, micrometres, widths, without_water, notes, header):
    """`Bands` from the wavelengths and all else the file and its header say."""
    usable, left_out = np.isfinite(micrometres), []
    bad = _bad_bands(dataset, len(micrometres), header)
    water = water_vapour(micrometres) if without_water else np.zeros(len(micrometres), bool)
    for reason, chosen in ((tr("marked as bad"), bad), (tr("water vapour of the air, or end of the spectrum"), water)):
        chosen = chosen & usable
        left_out.append((reason, micrometres[chosen].tolist()))
        usable &= ~chosen
    order, dropped = band_order(micrometres, usable)
    left_out.append((tr("overlap of two detectors"), micrometres[dropped].tolist()))
    if len(order) < LEAST:
        raise QgsProcessingException(tr("Only {} bands are left when bad ones and those of water vapour are taken "
                                        "away; choose another image.").format(len(order)))
    scale, offset, told = _scales(dataset, header)
    nodata = np.array([_number(dataset.GetRasterBand(band).GetNoDataValue()) for band in
                       range(1, dataset.RasterCount + 1)])
    notes += [told] if told else []
    notes += [tr("{} bands left out: {}.").format(len(found), reason) for reason, found in left_out if found]
    return Bands(micrometres, widths, order, scale, offset, nodata, left_out, notes, _stated(dataset))


def _number(value):
    return np.nan if value is None else float(value)


def _from_text(path):
    """Wavelengths of a text file."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise QgsProcessingException(tr("The file of wavelengths '{}' cannot be read ({}); choose another one.").format(
            path, error.strerror)) from error
    header = read_header(text)
    if header.get("wavelength"):
        return _from_header(header, tr("the ENVI header {}").format(Path(path).name))
    values, widths, unit = text_wavelengths(text)
    if not len(values):
        raise QgsProcessingException(tr("The file '{}' holds no wavelengths; write one number per line, for each "
                                        "band.").format(path))
    return values, widths, unit, tr("the file {}").format(Path(path).name)


def _from_header(header, where):
    widths = numbers(header.get("fwhm", ""))
    unit = header.get("wavelength units", header.get("wavelength_units", ""))
    return numbers(header["wavelength"]), widths, unit, where


def _search(dataset, count):
    """Wavelengths, widths, unit and where they were found; no values when there are none."""
    header = {name.lower(): value for name, value in (dataset.GetMetadata("ENVI") or {}).items()}
    if len(numbers(header.get("wavelength", ""))):
        return _from_header(header, tr("the ENVI header"))
    for find in (_from_items, _from_imagery, _from_band_items, _from_descriptions, _from_sidecars):
        found = find(dataset, count)
        if found is not None:
            return found
    return None, None, "", ""


def _from_items(dataset, count):
    """A list of wavelengths among the metadata of the file."""
    items = dataset.GetMetadata() or {}
    unit = next((value for name, value in items.items() if UNIT.match(name)), "")
    widths = next((numbers(value) for name, value in items.items() if WIDTH.match(name)), None)
    for name, value in items.items():
        match = ITEM.match(name)
        if match and len(numbers(value)) == count:
            return numbers(value), widths, match.group(1) or unit, tr("the metadata of the file")
    return None


def _from_imagery(dataset, count):
    """What GDAL 3.10 and later tells of every band in one way."""
    items = [dataset.GetRasterBand(band).GetMetadata("IMAGERY") or {} for band in range(1, count + 1)]
    values, widths = ([_first(item.get(name, "")) for item in items] for name in ("CENTRAL_WAVELENGTH_UM", "FWHM_UM"))
    return None if _too_few(values) else (values, widths, "um", tr("the metadata of the bands"))


def _first(text):
    """The first number in a text; NaN without one."""
    found = numbers(text)
    return float(found[0]) if len(found) else np.nan


def _too_few(values):
    """Whether more bands lack a wavelength than a few odd ones."""
    return np.isnan(values).sum() > MOST_WITHOUT * len(values)


def _from_band_items(dataset, count):
    """A wavelength in the metadata of every band."""
    values, widths, unit = [], [], ""
    for band in range(1, count + 1):
        items = dataset.GetRasterBand(band).GetMetadata() or {}
        match = next((match for match in map(ITEM.match, items) if match), None)
        values.append(_first(items[match.string]) if match else np.nan)
        widths.append(_first(next((value for name, value in items.items() if WIDTH.match(name)), "")))
        if match is None:
            continue
        stated = WITH_UNIT.search(items[match.string])
        unit = unit or match.group(1) or next((value for name, value in items.items() if UNIT.match(name)), "") or (
            stated.group(2) if stated else "")
    return None if _too_few(values) else (values, widths, unit, tr("the metadata of the bands"))


def _from_descriptions(dataset, count):
    """A wavelength in the description of every band, such as ``Band 1 (0.4230)`` or ``wavelength 423.03 nm``."""
    values, unit = [], ""
    for band in range(1, count + 1):
        text = dataset.GetRasterBand(band).GetDescription() or ""
        match = WITH_UNIT.search(text)
        unit = unit or (match.group(2) if match else "")
        match = match or IN_BRACKETS.search(text) or PLAIN.match(text) or LAST.search(text)
        values.append(float(match.group(1)) if match else np.nan)
    micrometres = to_micrometres(values, unit)[0]
    if _too_few(values) or wavelengths_problem(micrometres[np.isfinite(micrometres)], int(np.isfinite(values).sum())):
        return None  # numbers that are something else
    return values, None, unit, tr("the descriptions of the bands")


def _from_sidecars(dataset, count):
    """A header, or a metadata file of EnMAP, beside the raster."""
    path = Path((dataset.GetFileList() or [dataset.GetDescription()])[0])
    if not path.parent.is_dir() or not path.name:
        return None
    for beside in _headers_beside(path):
        header = read_header(beside.read_text(encoding="utf-8", errors="replace")) if beside.is_file() else {}
        if len(numbers(header.get("wavelength", ""))) == count:
            return _from_header(header, tr("the header {}").format(beside.name))
    stem = re.sub(r"-?SPECTRAL_IMAGE.*$", "", path.stem, flags=re.I)
    for beside in sorted(path.parent.glob("*METADATA*.[xX][mM][lL]")):
        if not beside.stem.upper().startswith(stem.upper()):
            continue
        text = beside.read_text(encoding="utf-8", errors="replace")
        values = re.findall(r"<wavelengthCenterOfBand>\s*([\d.]+)", text)
        widths = re.findall(r"<FWHMOfBand>\s*([\d.]+)", text)
        if len(values) == count:
            return [float(v) for v in values], [float(w) for w in widths], "nm", beside.name
    return None


def _widths(widths, count, micrometres):
    """Widths in micrometres; NaN unless there is one for each band that has sense."""
    widths = np.array([] if widths is None else widths, float)
    if len(widths) != count or not np.isfinite(widths).any():
        return np.full(count, np.nan)
    spacing = float(np.nanmedian(np.abs(np.diff(micrometres))))
    if np.nanmedian(widths) > 50.0 * spacing:  # in nanometres, whatever the unit of the centres
        widths = widths / 1000.0
    return np.where((widths > 0.0) & (widths < 50.0 * spacing), widths, np.nan)


def _header_items(dataset, wavelengths):
    """What the ENVI header says: that of the image, one given for the wavelengths, or one beside the image."""
    own = dataset.GetMetadata("ENVI")
    if own:
        return {name.lower().replace("_", " "): value for name, value in own.items()}
    image = Path((dataset.GetFileList() or [dataset.GetDescription()])[0])
    for path in ([Path(wavelengths)] if wavelengths else []) + _headers_beside(image):
        header = read_header(path.read_text(encoding="utf-8", errors="replace")) if path.is_file() else {}
        if len(numbers(header.get("wavelength", ""))) == dataset.RasterCount:
            return header
    return {}


def _headers_beside(path):
    """Where the header of a raster may lie."""
    return [path.with_suffix(".hdr"), Path(f"{path}.hdr")] if path.name else []


def _bad_bands(dataset, count, header):
    """Bands that the file or its header marks as bad."""
    for items in (header, dataset.GetMetadata() or {}):
        for name, value in items.items():
            if re.match(r"^(.*[#_ ])?(bbl|good_wavelengths|good_bands)$", name, re.I) and len(numbers(value)) == count:
                return numbers(value) == 0
    bad = np.zeros(count, bool)
    for band in range(1, count + 1):
        for name, value in (dataset.GetRasterBand(band).GetMetadata() or {}).items():
            if re.match(r"^(bbl|good_wavelengths?|good)$", name, re.I):
                bad[band - 1] = value.strip().lower() in ("0", "0.0", "false", "no")
            elif re.match(r"^(bad_?band|bad|is_bad)$", name, re.I):
                bad[band - 1] = value.strip().lower() in ("1", "1.0", "true", "yes")
    return bad


def _scales(dataset, header):
    """Scale and offset of each band, and a sentence about them."""
    bands = [dataset.GetRasterBand(band) for band in range(1, dataset.RasterCount + 1)]
    scale = np.array([1.0 if band.GetScale() is None else band.GetScale() for band in bands])
    offset = np.array([0.0 if band.GetOffset() is None else band.GetOffset() for band in bands])
    if (scale != 1.0).any() or offset.any():
        return scale, offset, tr("Scales and offsets of the bands are applied (first band: {:g}, {:g}).").format(
            scale[0], offset[0])
    factor = numbers(header.get("reflectance scale factor", ""))
    if len(factor) == 1 and factor[0] > 0.0 and factor[0] != 1.0:
        return scale / factor[0], offset, tr("The header says that reflectances are stored times {:g}.").format(
            factor[0])
    return scale, offset, ""


def _stated(dataset):
    """What the file says its values are."""
    words = [dataset.GetRasterBand(1).GetUnitType() or ""]
    for domain in ("", "ENVI"):
        words += [value for name, value in (dataset.GetMetadata(domain) or {}).items() if name.lower() in QUANTITY]
    text = " ".join(" ".join(words).split())
    level = ENMAP_RADIANCE.search(Path((dataset.GetFileList() or [dataset.GetDescription()])[0]).name)
    if level:
        return f"Radiance, EnMAP level {level.group(1)}"
    return "" if re.search(r"reflectance", text, re.I) else text[:200]


def union_type(dataset, numbers_of_bands):
    """The GDAL type that holds the values of all these bands (from 1)."""
    kind = dataset.GetRasterBand(int(numbers_of_bands[0])).DataType
    for number in numbers_of_bands[1:]:
        kind = gdal.DataTypeUnion(kind, dataset.GetRasterBand(int(number)).DataType)
    return kind
