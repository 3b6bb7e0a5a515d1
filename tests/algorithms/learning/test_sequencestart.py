"""A model of another deposit helps where holes are few, matched by the names of its features."""
from dataclasses import replace

import numpy as np
import pytest
import torch

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.jobs import job_function
from lodescope.algorithms.learning.gradesamples import GradeSamples
from lodescope.algorithms.learning.lstm import chosen_sequence_design, predict_rows
from lodescope.algorithms.learning.sequencenetwork import SequenceNetwork
from lodescope.algorithms.learning.sequencestart import SequenceStart
from lodescope.algorithms.progress import Progress

QUICK = {"members": 2, "memory": 12, "dense": [8], "own": [], "base": 0.0, "residuals": False, "rate": 1e-2,
         "prior_weight": 0.1, "epochs": 40}


def deposit(seed, count, names=("a", "b"), each=10):
    """Holes whose grade is that of the feature ``a`` of the interval above."""
    rng = np.random.default_rng(seed)
    groups, depths = np.repeat(np.arange(count), each), np.tile(np.arange(each) * 2.0, count)
    features = {name: rng.normal(size=groups.size) for name in ("a", "b", "c")}
    above = np.where(depths > 0.0, np.roll(features["a"], 1), 0.0)
    places = np.column_stack([rng.uniform(0.0, 2000.0, (count, 2))[groups], -depths])
    return GradeSamples(places, groups, np.column_stack([features[name] for name in names]),
                        np.exp(above + 0.05 * rng.normal(size=groups.size))[:, None], list(names), ["grade"],
                        np.arange(groups.size), True, depths)


def job_of(make_job, samples, **more):
    settings = {"features": samples.feature_names, "targets": samples.target_names, "validation": "hole", "folds": 2,
                "seed": 1, "cutoffs": [[]], "kriging": False, "random": False, "compare": False, "threads": 1,
                **QUICK, **more}
    arrays = {name: getattr(samples, name) for name in ("coordinates", "groups", "features", "targets", "depths")}
    return make_job("trainlstm", settings, arrays)


@pytest.fixture(scope="module")
def old(make_job):
    job = job_of(make_job, deposit(0, 50))
    assert job_function("trainlstm")(job, Progress())["targets"]["grade"]["r2"] > 0.7
    return job.path("model.safetensors")


def test_few_holes_are_enough_with_a_start(make_job, old, told):
    few = deposit(1, 8, ("c", "b", "a"))
    plain = job_function("trainlstm")(job_of(make_job, few, epochs=4), Progress())
    helped = job_function("trainlstm")(job_of(make_job, few, epochs=4, start_file=str(old)), Progress(told))
    assert helped["targets"]["grade"]["r2"] > max(0.5, plain["targets"]["grade"]["r2"] + 0.2)
    assert any("2 of 3 features are known" in text and "new to it are c" in text for text in told.texts())


def test_the_first_state_predicts_as_the_old_model_does(old, quiet):
    samples = deposit(1, 8, ("c", "b", "a"))
    rows = np.arange(len(samples))
    for freeze in ("none", "first_layers", "all_but_last"):
        start = SequenceStart.load(old, samples.feature_names, samples.target_names, freeze, quiet, True)
        design, schedule = chosen_sequence_design(QUICK)
        model = SequenceNetwork.fit(samples, rows, start.design(design), replace(schedule, epochs=1, rate=1e-9), quiet,
                                    start=start)
        known = replace(samples, features=samples.features[:, [2, 1]])
        first = predict_rows(start.start.network, known, rows).means.mean(axis=0)
        again = predict_rows(model, samples, rows).means.mean(axis=0)
        assert np.corrcoef(first[:, 0], again[:, 0])[0, 1] > 0.999
        frozen = {name for name, parameter in model.stack.named_parameters() if not parameter.requires_grad}
        assert ("memory.0" in frozen) == (freeze != "none")
        assert ("weights.0" in frozen) == (freeze == "all_but_last")
        assert "weights.1" not in frozen


def test_frozen_layers_learn_new_features_only(old, quiet):
    samples = deposit(1, 8, ("c", "b", "a"))
    start = SequenceStart.load(old, samples.feature_names, samples.target_names, "all_but_last", quiet, True)
    design, schedule = chosen_sequence_design(QUICK)
    model = SequenceNetwork.fit(samples, np.arange(80), start.design(design), replace(schedule, epochs=3), quiet,
                                start=start)
    before, after = start.start.network.stack, model.stack
    rows = start.start.rows_of(model.preparation)
    for number in range(2):
        kept = torch.from_numpy(np.flatnonzero(rows >= 0))
        new = torch.from_numpy(np.flatnonzero(rows < 0))
        assert torch.equal(after.reading[number][:, :, kept], before.reading[number][:, :, rows[rows >= 0]])
        assert (after.reading[number][:, :, new] != 0.0).any()
        assert torch.equal(after.memory[number], before.memory[number])
    assert not torch.equal(after.weights[1], before.weights[1])


def test_a_base_is_started_as_well_and_others_are_refused(make_job, old, told, quiet):
    samples = deposit(2, 10)
    more = {"base": 0.1, "epochs": 2, "rate": None, "prior_weight": None}
    first = job_of(make_job, samples, **more)
    job_function("trainlstm")(first, Progress())
    again = job_of(make_job, deposit(3, 8), **more, start_file=str(first.path("model.safetensors")))
    assert np.isfinite(job_function("trainlstm")(again, Progress(told))["targets"]["grade"]["rmse"])
    with pytest.raises(InputError, match="knows none of the features"):
        SequenceStart.load(old, ["x"], ["grade"], "none", quiet, True)
    with pytest.raises(InputError, match="stand on none"):
        SequenceStart.load(old, ["a"], ["grade"], "none", quiet, False)
