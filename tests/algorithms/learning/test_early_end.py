"""Trainings that the user ends early keep the best they have."""
import threading
from dataclasses import replace

import numpy as np

from lodescope.algorithms.learning.bnn import PRESETS, BayesianNetwork
from lodescope.algorithms.learning.together import run_together
from lodescope.algorithms.learning.training import Checkpoints
from lodescope.algorithms.progress import Progress


def test_training_ends_at_the_epoch_that_was_reached_with_its_best_weights(holes, make_job):
    scene, (design, schedule) = holes(count=12), PRESETS["default"]
    design, schedule = replace(design, members=2, hidden=(8,)), replace(schedule, epochs=500)
    stop = threading.Event()

    def watch(epoch, loss, error):
        if epoch == 3:
            stop.last_epoch = 5

    model = BayesianNetwork.fit(scene["features"], scene["targets"], scene["groups"], design, schedule,
                                Progress(stop=stop), Checkpoints(make_job("trainbnn", {}, {})), "network", watch)
    assert len(model.history) == 5
    assert np.isfinite(model.predict(scene["features"]).means).all()


def test_trainings_side_by_side_end_alike():
    stop = threading.Event()

    def training(progress):
        for epochs in range(1, 100):
            if progress.span(0.0, 0.5).is_last(epochs):
                return epochs
        return None

    stop.last_epoch = 4
    assert run_together([training] * 3, Progress(stop=stop), 2) == [4, 4, 4]
