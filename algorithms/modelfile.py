"""Model files: tensors and a card that says what they are, in one ``.safetensors`` file.

A file holds numbers and JSON only, so opening someone's model runs no code.
`read_card` needs nothing but the standard library: QGIS reads cards with it.

The format is that of https://github.com/huggingface/safetensors: eight bytes
with the length of a JSON header (little endian), the header, the tensors. The
card stands under ``__metadata__`` as JSON text.
"""
import json
import os
import uuid
from pathlib import Path

from .errors import InputError
from .versions import lodescope_version, versions

SCHEMA = 1
CARD = "lodescope"
ENDING = ".safetensors"
LONGEST_HEADER = 100_000_000


def make_card(kind, title, **content):
    """A model card; it holds no date, so that the same seed gives the same file.

    Parameters
    ----------
    kind : str
        What the model is, such as ``"assaytransform"``; the algorithms that read it ask for it.
    title : str
        The same for people.
    **content
        JSON values. Where they apply, these names are used: ``features`` and
        ``targets`` (lists of ``{"name", "unit"}`` in the order of the tensors),
        ``transforms``, ``crs`` (as text), ``grid``, ``extent`` (west, south,
        east, north), ``folds``, ``scores``, ``seed``, ``samples``.

    Returns
    -------
    dict
    """
    return {
        "schema": SCHEMA, "kind": kind, "title": title, "lodescope": lodescope_version(),
        "versions": versions(["numpy", "scipy", "scikit-learn", "torch"]), **content,
    }


def save_model(path, tensors, card):
    """Write a model file whole or not at all.

    Parameters
    ----------
    path : path-like
    tensors : dict
        Names to numpy arrays.
    card : dict
        As `make_card` makes it.
    """
    import numpy as np
    from safetensors.numpy import save

    path = Path(path)
    content = save({name: np.ascontiguousarray(array) for name, array in tensors.items()},
                   {CARD: json.dumps(card, sort_keys=True)})
    partial = path.with_name(f".{path.name}-{uuid.uuid4().hex[:8]}.partial")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def load_model(path, kind):
    """The tensors and the card of a model file.

    Parameters
    ----------
    path : path-like
    kind : str or tuple of str
        What the model has to be.

    Returns
    -------
    tensors : dict
        Names to numpy arrays.
    card : dict

    Raises
    ------
    InputError
        The file is no model of this kind.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    card = read_card(path, kind)
    try:
        return load_file(str(path)), card
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(f"The model file '{path}' is damaged; take another copy of it.") from error


def read_card(path, kind=()):
    """The card of a model file, without its tensors.

    Raises
    ------
    InputError
        The file cannot be read, is no model file of Lodescope, or is not of
        the kind (or one of the kinds) that is asked for.
    """
    kinds = (kind,) if isinstance(kind, str) else tuple(kind)
    card = _card_of(_read_header(Path(path)))
    if card is None:
        raise InputError(f"'{path}' is not a model file of Lodescope; choose a file that one of its algorithms made.")
    if card.get("schema") != SCHEMA:
        raise InputError(f"The model file '{path}' was made by a newer Lodescope; update the plugin to use it.")
    if kinds and card.get("kind") not in kinds:
        raise InputError(
            f"The model file '{path}' holds another kind of model ({card.get('title') or card.get('kind')}); choose "
            "one that was made for this algorithm."
        )
    return card


def _read_header(path):
    """The JSON header of a file, or None when it has none."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(LONGEST_HEADER, path.stat().st_size - 8):
                return None
            return json.loads(file.read(length).decode("utf-8"))
    except OSError as error:
        raise InputError(f"The model file '{path}' cannot be read ({error.strerror}); choose another one.") from error
    except ValueError:
        return None


def _card_of(header):
    """The card in a header, or None."""
    try:
        card = json.loads(header["__metadata__"][CARD])
    except (KeyError, TypeError, ValueError):
        return None
    return card if isinstance(card, dict) else None


def require_names(wanted, given, what, where):
    """Refuse inputs that lack something the model was made with.

    Parameters
    ----------
    wanted, given : iterable of str
    what, where : str
        For the sentence, such as ``"fields"`` and ``"the layer 'soil'"``.

    Raises
    ------
    InputError
        It names what is lacking.
    """
    given = list(given)
    lacking = [name for name in wanted if name not in given]
    if lacking:
        raise InputError(
            f"The model needs {what} that {where} does not have: {', '.join(lacking)}; it has: "
            f"{', '.join(given) or 'none'}."
        )
