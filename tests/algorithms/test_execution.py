"""The executor for work that splits."""
import sys
import threading
import time

import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.execution import executor, thread_count


def test_results_come_in_order():
    with executor(2) as pool:
        assert list(pool.map(lambda x: x * x, range(5))) == [0, 1, 4, 9, 16]


def test_number_of_threads():
    with executor(3) as pool:
        barrier = threading.Barrier(3, timeout=10)
        assert len({future.result() for future in [pool.submit(barrier.wait) for _ in range(3)]}) == 3
    assert thread_count(5) == 5
    assert thread_count() >= 1
    assert thread_count(0) == thread_count()


def test_cancel_drops_what_has_not_started():
    started = []

    def work(number):
        started.append(number)
        time.sleep(0.05)

    def cancelled_run():
        with executor(1) as pool:
            for number in range(100):
                pool.submit(work, number)
            raise Cancelled

    with pytest.raises(Cancelled):
        cancelled_run()
    assert len(started) < 5


def test_missing_dask_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"no dask\.distributed"), executor(1, "tcp://host:8786"):
        pass
