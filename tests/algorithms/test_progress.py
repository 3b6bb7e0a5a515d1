"""Progress, its parts, and the stop flag."""
import threading

import pytest

from lodescope.algorithms.errors import Cancelled
from lodescope.algorithms.progress import Progress


@pytest.fixture
def events():
    return []


@pytest.fixture
def progress(events):
    return Progress(lambda event, **fields: events.append((event, fields)))


def test_bar_is_in_per_cent_and_stays_in_bounds(progress, events):
    for fraction in (0.0, 0.25, 1.0, -1.0, 2.0):
        progress(fraction)
    assert [fields["value"] for _, fields in events] == [0.0, 25.0, 100.0, 0.0, 100.0]


def test_part_of_a_part(progress, events):
    inner = progress.span(0.5, 1.0).span(0.0, 0.5)
    inner(0.0)
    inner(0.5)
    inner(1.0)
    assert [fields["value"] for _, fields in events] == [50.0, 62.5, 75.0]


def test_stop_ends_every_part(events):
    stop = threading.Event()
    progress = Progress(lambda event, **fields: events.append(event), stop)
    part = progress.span(0.0, 0.5)
    part(0.5)
    stop.set()
    for ended in (part, progress):
        with pytest.raises(Cancelled):
            ended(1.0)
        with pytest.raises(Cancelled):
            ended.check()
    assert events == ["progress"]


def test_words_and_curves(progress, events):
    progress.log("a")
    progress.warn("b")
    progress.metric("loss", 1, 3)
    assert events == [
        ("log", {"level": "info", "message": "a"}), ("log", {"level": "warning", "message": "b"}),
        ("metric", {"name": "loss", "value": 1.0, "step": 3}),
    ]


def test_without_listener_nothing_happens():
    progress = Progress()
    progress(0.5)
    progress.log("a")
    progress.check()
