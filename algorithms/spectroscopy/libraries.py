"""Spectral libraries: ENVI .sli and CSV files, resampled to the bands of an image."""
import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import InputError
from .envi import TYPES, names, numbers, read_header
from .wavelengths import to_micrometres

DELETED = -1e30  # USGS marks what was deleted by -1.23e34
LEAST_OVERLAP = 5
DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+(e[-+]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Library:
    """Spectra of known minerals.

    Attributes
    ----------
    names : list of str
    micrometres : numpy.ndarray, shape (samples,)
        Rising.
    spectra : numpy.ndarray, shape (spectra, samples)
        NaN where there is no value.
    """

    names: list
    micrometres: np.ndarray
    spectra: np.ndarray


def read_library(path):
    """The spectra of an ENVI library or of a CSV file.

    A CSV file has either one row per spectrum (its name, then one value per
    wavelength, the wavelengths in the first row) or one row per wavelength
    (the wavelength first, then one column per spectrum, their names in the
    first row). An ENVI library is given by its ``.sli`` file or its header.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Library

    Raises
    ------
    InputError
        The file cannot be read as either.
    """
    path = Path(path)
    try:
        header = _header_of(path)
        found = _envi(path, header) if header is not None else _csv(path)
    except OSError as error:
        raise InputError(f"The spectral library {path} cannot be read ({error.strerror}): choose an ENVI .sli file "
                         "with its .hdr, or a CSV file.") from error
    except (ValueError, KeyError, IndexError, StopIteration, csv.Error) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"The file {path} is no spectral library: choose an ENVI .sli file with its .hdr, or a CSV "
                         "file with wavelengths in its first row or first column.") from error
    return _sorted(found, path)


def _header_of(path):
    """The header that belongs to an ENVI library; None for another file."""
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        return None
    candidates = [path] if path.suffix.lower() == ".hdr" else [path.with_suffix(".hdr"), Path(f"{path}.hdr")]
    found = next((candidate for candidate in candidates if candidate.exists()), None)
    return read_header(found.read_text(encoding="utf-8", errors="replace")) if found else None


def _envi(path, header):
    """The content of an ENVI library."""
    if path.suffix.lower() == ".hdr":
        data = [path.with_suffix(ending) for ending in (".sli", ".SLI", "", ".dat")]
        path = next(candidate for candidate in [*data, path] if candidate.exists() and candidate != path)
    samples, lines = int(header["samples"]), int(header["lines"])
    kind = np.dtype(TYPES[int(header["data type"])]).newbyteorder(">" if header.get("byte order") == "1" else "<")
    raw = np.fromfile(path, kind, count=samples * lines, offset=int(header.get("header offset") or 0))
    spectra = raw.reshape(lines, samples).astype(float) / float(header.get("reflectance scale factor") or 1.0)
    labels = names(header.get("spectra names", "")) or [f"spectrum{number + 1}" for number in range(lines)]
    micrometres, _, _ = to_micrometres(numbers(header["wavelength"]), header.get("wavelength units", ""))
    if len(labels) != lines or len(micrometres) != samples:
        raise ValueError
    return labels, micrometres, spectra


def _csv(path):
    """The content of a CSV library, with spectra in rows or in columns."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    delimiter = max(",;\t", key=lines[0].count)
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    if delimiter != ",":
        rows = [[cell.replace(",", ".") if DECIMAL_COMMA.fullmatch(cell) else cell for cell in row] for row in rows]
    head = [_value(cell) for cell in rows[0][1:]]
    if len(head) > 3 and np.isfinite(head).all():
        labels, wavelengths = [row[0] for row in rows[1:]], np.array(head)
        spectra = np.array([[_value(cell) for cell in row[1:]] for row in rows[1:]])
    else:
        table = np.array([[_value(cell) for cell in row] for row in rows[1:]])
        labels, wavelengths, spectra = rows[0][1:], table[:, 0], table[:, 1:].T
    if spectra.shape != (len(labels), len(wavelengths)) or not spectra.size or not np.isfinite(wavelengths).all():
        raise ValueError
    return labels, to_micrometres(wavelengths, rows[0][0])[0], spectra


def _value(cell):
    """A cell as a number; NaN for anything else."""
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _sorted(found, path):
    """A `Library` with rising wavelengths, names that can be band names, and deleted values as NaN."""
    labels, micrometres, spectra = found
    order = np.argsort(micrometres, kind="stable")
    order = order[np.r_[True, np.diff(micrometres[order]) > 0.0]]
    spectra = spectra[:, order]
    spectra[(spectra < DELETED) | (spectra > -DELETED)] = np.nan
    if not np.isfinite(spectra).any():
        raise InputError(f"The spectral library {path} holds no values: choose another file.")
    return Library(_unique([_plain(label) for label in labels]), micrometres[order], spectra)


def _plain(label):
    """A name without what band descriptions keep for themselves."""
    return "_".join(label.replace(":", " ").replace("@", " ").split()) or "spectrum"


def _unique(labels):
    """The same names, numbered where they repeat."""
    out, used = [], set()
    for label in labels:
        number, name = 1, label
        while name.lower() in used:
            number += 1
            name = f"{label}_{number}"
        used.add(name.lower())
        out.append(name)
    return out


def select(library, words):
    """The spectra whose name holds one of the words, in any case; all without a word.

    Raises
    ------
    InputError
        No spectrum is called that.
    """
    words = [word.strip().lower() for word in words.split(",") if word.strip()]
    if not words:
        return library
    kept = [number for number, name in enumerate(library.names)
            if any("_".join(word.split()) in name.lower() for word in words)]
    if not kept:
        listed = ", ".join(library.names[:20])
        raise InputError(f"No spectrum of the library is called '{', '.join(words)}': it holds {listed}"
                         f"{' and more' if len(library.names) > 20 else ''}.")
    return Library([library.names[number] for number in kept], library.micrometres, library.spectra[kept])


def resample(micrometres, spectra, bands, widths=None):
    """Library spectra as the bands of an image would see them.

    A band whose width is known is a Gaussian of that full width at half
    maximum; where the library has no finer samples than that, and without
    widths, values are interpolated on a line.

    Parameters
    ----------
    micrometres : numpy.ndarray, shape (samples,)
        Rising.
    spectra : numpy.ndarray, shape (spectra, samples)
    bands : numpy.ndarray, shape (bands,)
    widths : numpy.ndarray, shape (bands,), optional
        Micrometres; NaN where unknown.

    Returns
    -------
    numpy.ndarray, shape (spectra, bands)
        NaN outside the library and where its values are deleted.
    """
    out = np.full((len(spectra), len(bands)), np.nan)
    widths = np.full(len(bands), np.nan) if widths is None else widths
    spacing = np.interp(bands, micrometres, np.gradient(micrometres)) if len(micrometres) > 1 else np.zeros(len(bands))
    for row, spectrum in enumerate(spectra):
        known = np.isfinite(spectrum)
        if known.sum() < 2:
            continue
        x, y = micrometres[known], spectrum[known]
        out[row] = np.interp(bands, x, y, left=np.nan, right=np.nan)
        near = np.abs(x[np.clip(np.searchsorted(x, bands), 0, len(x) - 1)] - bands)
        out[row, near > 3.0 * spacing + 0.02] = np.nan
        wide = np.isfinite(out[row]) & (widths > 1.5 * spacing)
        weights = np.exp(-4.0 * np.log(2.0) * ((x - bands[wide, None]) / widths[wide, None]) ** 2)
        out[row, wide] = weights @ y / weights.sum(axis=1)
    return out
