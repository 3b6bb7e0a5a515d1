"""What a computation says of the machine, and how a training is ended early."""
import threading

import numpy as np

from lodescope.algorithms.progress import Progress
from lodescope.algorithms.runner import _command
from lodescope.algorithms.usage import device_name, memory_bytes


def test_memory_is_that_of_this_process():
    before = memory_bytes()
    held = np.ones(30_000_000)
    assert memory_bytes() - before > 0.8 * held.nbytes


def test_without_a_graphics_card_in_use_it_is_the_processor():
    assert device_name() == "CPU"


def test_every_part_of_a_progress_knows_the_last_epoch():
    stop = threading.Event()
    part = Progress(stop=stop).span(0.0, 0.5).span(0.2, 0.4)
    assert not part.is_last(1000)
    stop.last_epoch = 7
    assert [part.is_last(epochs) for epochs in (0, 6, 7, 8)] == [False, False, True, True]
    part.check()  # the job itself goes on


def test_training_has_one_epoch_at_least():
    stop = threading.Event()
    stop.last_epoch = 0
    progress = Progress(stop=stop)
    assert [progress.is_last(epochs) for epochs in (0, 1)] == [False, True]


def test_commands_are_read_and_nonsense_is_none():
    assert _command(b'{"command": "finish", "epoch": 3}') == {"command": "finish", "epoch": 3}
    assert [_command(line) for line in (b"", b"no json", b"7", b'"text"', b"null")] == [{}] * 5
