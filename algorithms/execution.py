"""The one executor for work that splits: tiles, folds, ensemble members, holes."""
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from .cluster import VARIABLE, cluster_executor


def at_once(pool, threads=None):
    """How many parts of the work a pool of `executor` does at the same time."""
    return getattr(pool, "slots", 0) or thread_count(threads)


def thread_count(threads=None):
    """The number of threads to use: the one asked for, or one per processor this process may use."""
    if threads:
        return int(threads)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def executor(threads=None, address=None):
    """A `concurrent.futures.Executor`: threads of this process, or a Dask cluster.

    On an error (a cancel is one) work that has not started is dropped. What is
    given to it must return its result, as it may be computed elsewhere.

    Parameters
    ----------
    threads : int, optional
        All processors when it is not given.
    address : str, optional
        Of a Dask scheduler, such as ``tcp://host:8786``; that of the
        environment variable ``LODESCOPE_DASK`` when it is not given, and ""
        for this process.

    Yields
    ------
    concurrent.futures.Executor

    Raises
    ------
    InputError
        Dask is not installed, or the scheduler does not answer.
    """
    address = os.environ.get(VARIABLE, "") if address is None else address
    if address:
        with cluster_executor(address) as pool:
            yield pool
        return
    pool = ThreadPoolExecutor(thread_count(threads))
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown(wait=True)
