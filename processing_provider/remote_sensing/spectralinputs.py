"""What the spectral features read besides the image: catalogue, library, targets and flat field."""
from pathlib import Path

import numpy as np
from qgis.core import QgsCoordinateTransform, QgsCsException, QgsProcessingException

from ...algorithms.errors import InputError
from ...algorithms.spectroscopy.catalogue import FILE, merge, read_catalogue
from ...algorithms.spectroscopy.libraries import read_library, select
from ..translation import tr

HEAD = "name,index,joined,minerals,search_from,search_to,left,right,source\n"


def as_sentence(function, *values):
    """The result of a function whose `InputError` is a sentence for the user."""
    try:
        return function(*values)
    except InputError as error:
        raise QgsProcessingException(str(error)) from error


def read_features(path=""):
    """The bundled catalogue, with the rows of a user's CSV file in place of their namesakes.

    Returns
    -------
    list of Feature
    """
    features = as_sentence(read_catalogue, FILE.read_text(encoding="utf-8"))
    if not path:
        return features
    try:
        text = Path(path).read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise QgsProcessingException(tr("The catalogue '{}' cannot be read ({}); choose a CSV file.").format(
            path, error.strerror)) from error
    return merge(features, as_sentence(read_catalogue, text, tr("the catalogue '{}'").format(Path(path).name)))


def as_text(features):
    """Features as the text of a catalogue."""
    rows = [",".join((f.name, f.index, f.joined, _quoted(f.minerals), repr(f.search_from), repr(f.search_to),
                      repr(f.left), repr(f.right), _quoted(f.source))) for f in features]
    return HEAD + "\n".join(rows) + "\n"


def _quoted(text):
    return '"' + text.replace('"', '""').replace("\n", " ") + '"'


def library_arrays(path, words=""):
    """Names of the chosen spectra of a library, and its arrays for the job.

    Returns
    -------
    names : list of str
    arrays : dict
    """
    library = as_sentence(select, as_sentence(read_library, path), words)
    return library.names, {"library": library.spectra, "library_micrometres": library.micrometres}


def target_arrays(source, field, path, image, context):
    """Stored numbers at targets, and their reflectance, for the empirical line.

    Parameters
    ----------
    source : QgsProcessingFeatureSource
        Points.
    field : str
        Holds the name of the reference spectrum of each.
    path : str
        Library of reference spectra.
    image : data.cubes.Image
    context : QgsProcessingContext

    Returns
    -------
    dict
        Arrays of the job.
    """
    library = as_sentence(read_library, path)
    known = {name.lower(): number for number, name in enumerate(library.names)}
    places, rows = [], []
    into = _into_image(source, image, context)
    for feature in source.getFeatures():
        name = "_".join(str(feature[field]).replace(":", " ").replace("@", " ").split())
        if name.lower() not in known:
            raise QgsProcessingException(tr(
                "The target '{}' has no reference spectrum of that name; the library holds {}.").format(
                    feature[field], ", ".join(library.names[:20])))
        point = _transformed(feature.geometry(), into).centroid().asPoint()
        places.append((point.x(), point.y()))
        rows.append(known[name.lower()])
    measured = image.at_points(np.array(places).reshape(-1, 2))
    inside = np.isfinite(measured).any(axis=1)
    if not inside.any():
        raise QgsProcessingException(tr("None of the {} targets lies on the image.").format(len(places)))
    return {"measured": measured[inside], "reference": library.spectra[np.array(rows)[inside]],
            "reference_micrometres": library.micrometres}


def flat_array(source, image, context, feedback):
    """Mean stored numbers (bands,) of the pixels within the polygons of a flat field."""
    into = _into_image(source, image, context)
    texts = [_transformed(feature.geometry(), into).asWkt() for feature in source.getFeatures()
             if feature.hasGeometry()]
    spectrum = image.in_polygons(texts, feedback) if texts else np.array([np.nan])
    if not np.isfinite(spectrum).any():
        raise QgsProcessingException(tr("No pixel with data has its centre in the flat field; draw it on the image."))
    return spectrum


def _into_image(source, image, context):
    """The transform from the CRS of a source into that of the image."""
    crs = image.crs
    if not crs.isValid() or not source.sourceCrs().isValid():
        return QgsCoordinateTransform()
    return QgsCoordinateTransform(source.sourceCrs(), crs, context.transformContext())


def _transformed(geometry, into):
    """A geometry in the CRS of the image."""
    try:
        geometry.transform(into)
    except QgsCsException as error:
        raise QgsProcessingException(tr("A target or flat field cannot be brought into the CRS of the image; check the "
                                        "CRS of both.")) from error
    return geometry
