"""Wavelengths of bands: their unit, which bands to use, and in which order."""
import re

import numpy as np

WATER_VAPOUR = ((1.34, 1.46), (1.79, 1.97))
EDGES = (0.36, 2.50)
MICROMETRES = re.compile(r"^(micro ?met|microns?$|um$|µm$|μm$|mkm$)", re.IGNORECASE)
NANOMETRES = re.compile(r"^(nano ?met|nm$)", re.IGNORECASE)
OTHERS = {"angstroms": (re.compile(r"^(\u00e5|\u212b|a|.ngstr\w+)$", re.IGNORECASE), 1e-4),
          "millimetres": (re.compile(r"^(milli ?met|mm$)", re.IGNORECASE), 1e3),
          "centimetres": (re.compile(r"^(centi ?met|cm$)", re.IGNORECASE), 1e4),
          "metres": (re.compile(r"^(met(er|re)s?|m)$", re.IGNORECASE), 1e6)}
WAVENUMBERS = re.compile(r"^(wave ?number|(1/cm|cm *\^?\(?-1\)?|cm\u207b\u00b9)$)", re.IGNORECASE)
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
SHORTEST_MICROMETRES, LONGEST_MICROMETRES = 0.2, 30.0
MOST_DETECTORS = 6
WAVELENGTH_HEAD = re.compile(r"wave ?length|\bcent(er|re)|lambda|^wl\b|^(nm|um|\u00b5m)$", re.IGNORECASE)
WIDTH_HEAD = re.compile(r"fwhm|band ?width|^width", re.IGNORECASE)


def to_micrometres(values, unit=""):
    """Wavelengths in micrometres, and how that was decided.

    Parameters
    ----------
    values : array_like, shape (bands,)
    unit : str
        As the file states it; without one, and with one that the values
        contradict, the values decide: below 30 they are micrometres.

    Returns
    -------
    micrometres : numpy.ndarray, shape (bands,)
    unit : str
        ``"micrometres"`` or ``"nanometres"``, or the rarer unit that the file
        states: angstroms, millimetres, centimetres, metres or wavenumbers per
        centimetre.
    stated : bool
        Whether the file stated that unit. A stated unit that the values
        contradict, such as 450 micrometres, does not count.
    """
    values = np.asarray(values, dtype=float)
    finite = values[np.isfinite(values)]
    rarer = _rarer(values, unit.strip())
    if rarer is not None:
        return (*rarer, True)
    short = bool(finite.size) and float(np.median(finite)) < LONGEST_MICROMETRES
    units = {"micrometres": MICROMETRES, "nanometres": NANOMETRES}
    stated = next((name for name, pattern in units.items() if pattern.match(unit.strip())), "")
    found = "micrometres" if short else "nanometres"
    return (values if short else values / 1000.0), found, stated == found


def _rarer(values, unit):
    """Micrometres and the name of a unit that is neither micrometres nor nanometres; None without sense."""
    if WAVENUMBERS.match(unit):
        with np.errstate(divide="ignore"):
            found, name = 1e4 / values, "wavenumbers per centimetre"
    else:
        name = next((name for name, (pattern, _) in OTHERS.items() if pattern.match(unit)), "")
        if not name:
            return None
        found = values * OTHERS[name][1]
    finite = found[np.isfinite(found) & (values > 0.0)]
    sense = finite.size and SHORTEST_MICROMETRES <= np.median(finite) < LONGEST_MICROMETRES
    return (found, name) if sense else None


def wavelengths_problem(micrometres, bands):
    """Why wavelengths cannot be those of an image, in one sentence, or an empty string.

    Parameters
    ----------
    micrometres : numpy.ndarray
    bands : int
        Of the image.
    """
    if len(micrometres) != bands:
        return f"there are {len(micrometres)} wavelengths for {bands} bands"
    if not np.isfinite(micrometres).all() or (micrometres <= 0.0).any():
        return "some wavelengths are missing or not above zero"
    if micrometres.min() < 0.2 or micrometres.max() > 20.0:
        return (f"wavelengths from {micrometres.min():g} to {micrometres.max():g} micrometres are not those of an "
                "optical image")
    if bands < 10:
        return f"{bands} bands are too few for spectra"
    return ""


def text_wavelengths(text):
    """Wavelengths, and widths when there are any, from the text of a file.

    One number per line, or columns apart by commas, semicolons, tabs or
    blanks, with or without headings. Columns called wavelength (or centre) and
    fwhm (or width) are taken. Without such headings a first column that counts
    0, 1, 2 or 1, 2, 3 is left out; of the rest the first is the wavelength and
    the second the full width at half maximum. A single line of numbers will do
    as well. Between semicolons, and in a lone column, decimals may have a
    comma.

    Parameters
    ----------
    text : str

    Returns
    -------
    values, widths : numpy.ndarray, shape (bands,)
        In the unit of the file; ``widths`` is None when there are none.
    unit : str
        A unit named anywhere in the headings, or an empty string.
    """
    rows, words = [], []
    named = _named_columns(text)
    if named is not None:
        return (*named, _named_unit(text))
    for line in _with_points(text).splitlines():
        numbers = [_number(cell) for cell in re.split(r"[,;\s{}]+", line.strip()) if cell]
        if numbers and None not in numbers:
            rows.append(numbers)
        else:
            words.append(line)
    unit = _named_unit(" ".join(words))
    if len(rows) == 1 and len(rows[0]) > 3:
        return np.array(rows[0]), None, unit
    width = min((len(row) for row in rows), default=0)
    if not width:
        return np.empty(0), None, unit
    table = np.array([row[:width] for row in rows])
    if width > 1 and len(table) > 1 and table[0, 0] in (0, 1) and (np.diff(table[:, 0]) == 1.0).all():
        table = table[:, 1:]
    return table[:, 0], (table[:, 1] if table.shape[1] > 1 else None), unit


def _with_points(text):
    """A text whose decimal commas are points: those between semicolons, and those of a lone column."""
    lines = [line.strip() for line in text.splitlines() if re.search(r"\d", line)]
    alone = lines and all(re.fullmatch(r"\d+,\d+", line) for line in lines)
    counted = alone and [int(line.split(",")[0]) - int(lines[0].split(",")[0]) for line in lines] == list(
        range(len(lines)))
    if ";" in text or (alone and not counted):
        return re.sub(r"(?<=\d),(?=\d)", ".", text)
    return text


def _named_columns(text):
    """Wavelengths and widths (None without) by the headings of their columns; None without such headings."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 3 or "{" in text:
        return None
    mark = max(";\t,", key=lines[0].count)
    if mark not in lines[0]:
        return None
    table = [[cell.strip().strip('"') for cell in line.split(mark)] for line in lines]
    heads, body = table[0], [row for row in table[1:] if len(row) == len(table[0])]
    wave = next((k for k, head in enumerate(heads) if WAVELENGTH_HEAD.search(head)), None)
    wide = next((k for k, head in enumerate(heads) if WIDTH_HEAD.search(head)), None)
    if wave is None or len(body) != len(lines) - 1:
        return None
    columns = [[_number(row[k].replace(",", ".")) for row in body] for k in (wave, wave if wide is None else wide)]
    if None in columns[0]:
        return None
    widths = None if wide is None or None in columns[1] else np.array(columns[1])
    return np.array(columns[0]), widths


def _number(cell):
    return float(cell) if NUMBER.fullmatch(cell) else None


def _named_unit(text):
    """``"nm"`` or ``"um"`` when a text names one, else an empty string."""
    if re.search(r"nano ?met|\bnm\b|_nm\b|\(nm\)", text, re.IGNORECASE):
        return "nm"
    return "um" if re.search(r"micro ?met|micron|\bum\b|_um\b|µm|μm", text, re.IGNORECASE) else ""


def water_vapour(micrometres):
    """Which bands lie where water vapour of the air absorbs the light, or at the noisy ends of the spectrum.

    The windows are 1.34 to 1.46 and 1.79 to 1.97 micrometres, the ends below
    0.36 and above 2.50 (Gao and Goetz 1990, doi:10.1029/JD095iD04p03549).

    Parameters
    ----------
    micrometres : numpy.ndarray, shape (bands,)

    Returns
    -------
    numpy.ndarray of bool, shape (bands,)
    """
    inside = (micrometres < EDGES[0]) | (micrometres > EDGES[1])
    for low, high in WATER_VAPOUR:
        inside |= (micrometres >= low) & (micrometres <= high)
    return inside


def band_order(micrometres, usable):
    """The bands to use, from the shortest to the longest wavelength.

    Wavelengths may fall, and may go back where one detector ends and the next
    begins. Where two detectors overlap, the bands of the one that starts later
    are left out until it goes beyond the other; mixing both would make a
    saw-tooth of the spectrum.

    Parameters
    ----------
    micrometres : numpy.ndarray, shape (bands,)
    usable : numpy.ndarray of bool, shape (bands,)

    Returns
    -------
    order : numpy.ndarray of int, shape (used,)
        Strictly rising wavelengths.
    dropped : numpy.ndarray of int
        Usable bands that overlap others.
    """
    numbers = np.flatnonzero(usable)
    runs = _detectors(micrometres, numbers)
    if len(runs) > MOST_DETECTORS:
        runs = [numbers[np.argsort(micrometres[numbers], kind="stable")]]
    order, last = [], -np.inf
    for run in sorted(runs, key=lambda run: micrometres[run[0]]):
        for number in run:
            if micrometres[number] > last:
                order.append(int(number))
                last = micrometres[number]
    order = np.array(order, dtype=int)
    return order, np.setdiff1d(numbers, order)


def _detectors(micrometres, numbers):
    """Stretches of bands whose wavelengths rise or fall throughout, each turned to rise."""
    if len(numbers) < 2:
        return [numbers] if len(numbers) else []
    rises = np.diff(micrometres[numbers]) > 0
    falling = rises.mean() < 0.5
    cuts = np.flatnonzero(rises == falling) + 1
    return [run[::-1] if falling else run for run in np.split(numbers, cuts) if len(run)]
