"""Tasks side by side: results in order, the same whatever the threads, and an end to all when one fails."""
import threading
import time

import numpy as np
import pytest

from lodescope.algorithms.errors import Cancelled, InputError
from lodescope.algorithms.learning.together import run_together
from lodescope.algorithms.progress import Progress


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_results_stand_in_order_and_progress_ends_full(told, threads):
    def task(number):
        def run(progress):
            for step in range(5):
                progress(step / 5)
            progress.metric("loss", number, step=1)
            progress(1.0)
            return number
        return run

    assert run_together([task(k) for k in range(6)], Progress(told), threads) == list(range(6))
    values = [fields["value"] for event, fields in told.events if event == "progress"]
    assert max(values) == pytest.approx(100.0)
    assert told.metrics("loss") == 6


def test_a_failure_ends_the_others():
    def fail(progress):
        raise InputError("Nothing to learn from.")

    def wait(progress):
        while True:
            progress.check()
            time.sleep(0.01)

    start = time.monotonic()
    with pytest.raises(InputError, match="Nothing to learn from"):
        run_together([wait, fail], Progress(), 2)
    assert time.monotonic() - start < 2.0


def test_a_cancel_reaches_tasks_that_only_look():
    stop = threading.Event()

    def wait(progress):
        while True:
            progress.check()
            time.sleep(0.01)

    threading.Timer(0.2, stop.set).start()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        run_together([wait, wait, wait], Progress(stop=stop), 2)
    assert time.monotonic() - start < 2.0


def test_warnings_reach_the_whole():
    progress = Progress()
    run_together([lambda part: part.span(0.0, 0.5).warn("Few samples."), lambda part: np.ones(1)], progress, 2)
    assert progress.warnings == ["Few samples."]
