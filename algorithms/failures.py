"""What an unexpected failure means to the person who started the job."""
import errno

FULL_DISK = (errno.ENOSPC, errno.EDQUOT)


def describe(error):
    """One sentence for an exception: what went wrong and what to do.

    Parameters
    ----------
    error : BaseException

    Returns
    -------
    str
    """
    if isinstance(error, MemoryError):
        return ("The computation ran out of memory: use larger cells, a smaller extent, fewer levels or fewer samples, "
                "or close other programs.")
    if disk_is_full(error):
        return f"The disk is full{_where(error)}: free some space and run again."
    if isinstance(error, PermissionError):
        return f"Access is denied{_where(error)}: mend the permissions, or choose another folder."
    if isinstance(error, ImportError):
        return (f"The worker's Python cannot load a package ({error}): repair its environment, "
                "or choose another Python in the setting lodescope/python.")
    detail = f"{type(error).__name__}: {error}".strip().rstrip(":").rstrip(".")
    return f"The computation stopped with an internal error ({detail}): please report it with the log of this run."


def disk_is_full(error):
    """Whether an exception means that the disk, or the user's share of it, is full."""
    if not isinstance(error, OSError):
        return False
    # numpy tells of a short write without an error number
    return error.errno in FULL_DISK or (error.errno is None and "requested and" in str(error))


def _where(error):
    """The file an error is about, as part of a sentence."""
    return f" ({error.filename})" if error.filename else ""
