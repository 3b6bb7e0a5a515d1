"""Trainings side by side, one processor core each.

Networks this small gain nothing from several threads inside one training, so
whole trainings share the cores. What comes out does not depend on how many.
"""
import threading
from concurrent.futures import FIRST_EXCEPTION, wait

from ..execution import executor
from ..progress import Progress

POLL_SECONDS = 0.25


def run_together(tasks, progress, threads=None):
    """Results of tasks in their order, computed side by side.

    When one fails, the others end at their next look at their progress.

    Parameters
    ----------
    tasks : list of callable
        Each is called with a `Progress` of its own.
    progress : Progress
        Moves with the mean of all of them.
    threads : int, optional
        Most at once; one per processor core when it is not given.

    Returns
    -------
    list
    """
    shares, stop = [0.0] * len(tasks), _Stop(progress)
    with executor(threads) as pool:
        waiting = [pool.submit(task, Progress(_forward(progress, shares, number), stop))
                   for number, task in enumerate(tasks)]
        left = waiting
        while left:
            done, left = wait(left, POLL_SECONDS, FIRST_EXCEPTION)
            first = next((found for found in done if found.exception()), None)
            if first is not None:
                stop.failed.set()
                first.result()
            progress.check()
        return [found.result() for found in waiting]


class _Stop:
    """The stop flag of the tasks: that of the whole, or the failure of one of them."""

    def __init__(self, progress):
        self.progress, self.failed = progress, threading.Event()

    def is_set(self):
        self.progress.check()
        return self.failed.is_set()

    @property
    def last_epoch(self):
        """After how many epochs trainings have to end; None for their own number."""
        return self.progress.last_epoch


def _forward(progress, done, number):
    """Where the events of a task go."""
    def emit(event, **fields):
        if event == "progress":
            done[number] = fields["value"] / 100.0
            progress(sum(done) / len(done))
        elif event == "metric":
            progress.metric(**fields)
        else:
            (progress.warn if fields["level"] == "warning" else progress.log)(fields["message"])

    return emit
