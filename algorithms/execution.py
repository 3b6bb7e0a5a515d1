"""The one executor for work that splits: tiles, folds, ensemble members, holes."""
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from .errors import InputError


def thread_count(threads=None):
    """The number of threads to use: the one asked for, or one per processor this process may use."""
    if threads:
        return int(threads)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def executor(threads=None, address=None):
    """A `concurrent.futures.Executor`: threads of this process, or a Dask cluster.

    On an error (a cancel is one) work that has not started is dropped.

    Parameters
    ----------
    threads : int, optional
        All processors when it is not given.
    address : str, optional
        Of a Dask scheduler, such as ``tcp://host:8786``.

    Yields
    ------
    concurrent.futures.Executor

    Raises
    ------
    InputError
        Dask is not installed, or the scheduler does not answer.
    """
    if address:
        with _dask_client(address) as client:
            yield client.get_executor()
        return
    pool = ThreadPoolExecutor(thread_count(threads))
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown(wait=True)


def _dask_client(address):
    """A client of the Dask scheduler at ``address``."""
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError("A Dask scheduler is set, but the worker's Python has no dask.distributed: "
                         "install it there, or clear the address.") from error
    try:
        return Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise InputError(f"The Dask scheduler at {address} does not answer: start it, or clear the address.") from error
