"""One training: what was asked, how far it is, its curves, and its place on the disk."""
import json
import math
import uuid
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime

WAITING, RUNNING, PAUSED, DONE, FAILED = "waiting", "running", "paused", "done", "failed"
OPEN = (WAITING, RUNNING)
MOST_LINES = 400


@dataclass
class TrainingRun:
    """One training of a model.

    Parameters
    ----------
    algorithm : str
        Id of the Processing algorithm.
    name : str
        What the user sees.
    parameters : dict
        As JSON can keep them.

    Attributes
    ----------
    state : str
        ``"waiting"``, ``"running"``, ``"paused"``, ``"done"`` or ``"failed"``.
    curves : dict
        Metric to ``{step: value}``.
    percent, seconds : float
        How far it is, and how long it has run.
    """

    algorithm: str
    name: str
    parameters: dict
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    made: str = field(default_factory=lambda: datetime.now().isoformat(timespec="seconds"))
    state: str = WAITING
    curves: dict = field(default_factory=dict)
    lines: list = field(default_factory=list)
    results: dict = field(default_factory=dict)
    error: str = ""
    percent: float = 0.0
    seconds: float = 0.0
    memory: float = 0.0
    device: str = ""
    last_epoch: int = 0
    temporary: bool = False

    def add_metric(self, name, step, value):
        """Keep one point of a curve; a resumed run says some of them again."""
        if math.isfinite(value):
            self.curves.setdefault(name, {})[int(step)] = float(value)

    def add_line(self, text):
        """Keep one line of the log, the newest ones only."""
        self.lines.append(text)
        del self.lines[:-MOST_LINES]

    def epoch(self):
        """The epoch it has reached in the training at work; 0 before the first."""
        newest = list(self.curves.values())[-1] if self.curves else {}
        return max(newest, default=0)

    def reached(self):
        """The most epochs that any of its trainings has had."""
        return max((max(points, default=0) for points in self.curves.values()), default=0)

    def series(self, metric):
        """Curves of one metric: name of the training ("" for the final one) to sorted points."""
        found = {}
        for name, points in self.curves.items():
            part, _, base = name.rpartition(": ")
            if base == metric:
                found[part] = sorted(points.items())
        return found

    def metrics(self):
        """Names of the metrics, without those of the trainings."""
        return list(dict.fromkeys(name.rpartition(": ")[2] for name in self.curves))

    def latest(self, metric):
        """The last value of a metric in the final training, or in the newest one; None before the first."""
        series = self.series(metric)
        points = series.get("") or next(reversed(list(series.values())), [])
        return points[-1][1] if points else None

    def to_json(self):
        """All of it as text."""
        return json.dumps(asdict(self))


def read_run(path):
    """A run from its file; None when the file is none of ours."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        known = {one.name for one in fields(TrainingRun)}
        run = TrainingRun(**{name: value for name, value in content.items() if name in known})
        run.curves = {name: {int(step): float(value) for step, value in points.items()}
                      for name, points in run.curves.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return run
