"""Columns of text as plain arrays, so that they travel in a job folder like numbers."""
import numpy as np


def pack_texts(texts):
    """Texts of any length as bytes with the end of each one.

    Parameters
    ----------
    texts : iterable of str
        A missing text is an empty one.

    Returns
    -------
    data : array of uint8
        All texts in UTF-8, one after the other.
    ends : array of int64, shape (n,)
        Where each text ends in ``data``.
    """
    encoded = [text.encode("utf-8", "replace") for text in texts]
    ends = np.cumsum([len(part) for part in encoded], dtype=np.int64)
    return np.frombuffer(b"".join(encoded), np.uint8), ends


def unpack_texts(data, ends):
    """The texts that `pack_texts` packed, as a list of str."""
    whole = np.asarray(data, np.uint8).tobytes()
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64).tolist() if len(ends) else []
    return [whole[start:end].decode("utf-8") for start, end in zip(starts, np.asarray(ends).tolist())]
