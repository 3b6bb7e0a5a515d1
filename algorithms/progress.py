"""How a computation tells its progress and learns that it should stop."""
import threading

from .errors import Cancelled


class Progress:
    """A stretch of a job's progress bar, with its log and its stop flag.

    Calling it with a fraction in [0, 1] moves the bar and raises `Cancelled`
    once a stop was asked for, so every loop that reports progress can be
    cancelled.

    Parameters
    ----------
    emit : callable, optional
        ``emit(event, **fields)`` passes an event on; without it events vanish.
    stop : threading.Event, optional
        Set when the job has to end.
    start, end : float
        The part of the whole bar that this object fills, in [0, 1].
    warnings : list, optional
        Where warnings are kept for the report.
    """

    def __init__(self, emit=None, stop=None, start=0.0, end=1.0, warnings=None):
        self.warnings = [] if warnings is None else warnings
        self._emit = emit or (lambda event, **fields: None)
        self._stop = stop or threading.Event()
        self._start, self._end = start, end

    def __reduce__(self):
        """Where work is done elsewhere, a stand-in that tells this one."""
        from .cluster import ticket

        return ticket(self)

    def __call__(self, fraction):
        self.check()
        fraction = min(max(fraction, 0.0), 1.0)
        self._emit("progress", value=100.0 * (self._start + fraction * (self._end - self._start)))

    def check(self):
        """Raise `Cancelled` when the job has to end."""
        if self._stop.is_set():
            raise Cancelled

    @property
    def last_epoch(self):
        """After how many epochs the user asked trainings to end; None when nobody asked."""
        return getattr(self._stop, "last_epoch", None)

    def is_last(self, epochs):
        """Whether the user asked trainings to end, with the best they have, at this number of epochs."""
        return self.last_epoch is not None and epochs >= max(self.last_epoch, 1)

    def span(self, start, end):
        """Progress of a step that fills this bar from ``start`` to ``end``."""
        width = self._end - self._start
        return Progress(
            self._emit, self._stop, self._start + start * width, self._start + end * width, self.warnings)

    def log(self, message):
        """Tell the user something that is worth reading."""
        self._emit("log", level="info", message=message)

    def warn(self, message):
        """Tell the user something that needs attention, and keep it in ``warnings``."""
        self.warnings.append(message)
        self._emit("log", level="warning", message=message)

    def metric(self, name, value, step=0):
        """Report one point of a curve, such as a loss at an epoch."""
        self._emit("metric", name=name, value=float(value), step=int(step))
