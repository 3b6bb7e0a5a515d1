"""Recurrent networks remember what stands above, and nothing else than what is there."""
from dataclasses import replace

import numpy as np
import pytest
import torch

from lodescope.algorithms.errors import InputError
from lodescope.algorithms.learning.gradesamples import GradeSamples
from lodescope.algorithms.learning.lstm import chosen_sequence_design, fit_sequences, predict_rows
from lodescope.algorithms.learning.recurrent import RecurrentStack, reversed_order
from lodescope.algorithms.learning.sequencenetwork import SequenceNetwork, batches
from lodescope.algorithms.learning.sequencetask import SequenceTask
from lodescope.algorithms.learning.sequencetraining import SequenceTrainer
from lodescope.algorithms.learning.training import Checkpoints

QUICK = {"members": 2, "epochs": 10, "memory": 16, "dense": [16], "residuals": False, "base": 0.0, "own": [],
         "rate": 6e-3, "prior_weight": 0.1}


def drilled(seed=0, count=60, each=10, lag=1, targets=1):
    """Holes whose grade follows the feature of the interval so many above it."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(count), each)
    depths = np.tile(np.arange(each) * 2.0, count)
    places = np.column_stack([rng.uniform(0.0, 2000.0, (count, 2))[groups], -depths])
    features = rng.normal(size=(groups.size, 2))
    above = np.where(np.arange(groups.size) % each >= lag, np.roll(features[:, 0], lag), 0.0)
    grade = np.exp(np.column_stack([above + 0.05 * rng.normal(size=groups.size) for _ in range(targets)]))
    return GradeSamples(places, groups, features, grade, ["a", "b"], [f"t{k}" for k in range(targets)],
                        np.arange(groups.size), True, depths)


def r2(samples, test, predictive, target=0):
    observed, mean = np.log(samples.targets[test, target]), np.log(predictive.quantile(0.5)[:, target])
    return 1.0 - np.mean(np.square(observed - mean)) / np.var(observed)


def split(samples, share=0.75):
    edge = int(share * (samples.groups.max() + 1))
    return np.flatnonzero(samples.groups < edge), np.flatnonzero(samples.groups >= edge)


def test_what_stands_above_is_remembered_and_no_learner_without_memory_can_know_it(quiet):
    samples = drilled()
    train, test = split(samples)
    found = fit_sequences(samples, train, test, {**QUICK, "epochs": 30}, Checkpoints(), "x", quiet, 1)
    assert r2(samples, test, found) > 0.8
    alone = replace(samples, groups=np.arange(len(samples)))  # every interval a hole of its own
    alone = replace(alone, groups=np.r_[alone.groups[:-1], alone.groups[-2]])  # but for two, so that holes are read
    found = fit_sequences(alone, train, test, QUICK, Checkpoints(), "x", quiet, 1)
    assert r2(samples, test, found) < 0.1


def test_a_hole_read_from_its_top_alone_does_not_know_what_comes_below(quiet):
    samples = drilled()
    train, test = split(samples)
    one_way = {**QUICK, "both": False}
    model = SequenceNetwork.fit(samples, train, *chosen_sequence_design({**one_way, "epochs": 3}), quiet)
    changed = samples.features.copy()
    below = np.flatnonzero((samples.groups == samples.groups[test[0]]) & (samples.depths > 9.0))
    changed[below] += 3.0
    first, again = (predict_rows(model, replace(samples, features=f), test).means[0, :10, 0]
                    for f in (samples.features, changed))
    assert np.allclose(first[:5], again[:5], atol=1e-6)
    assert not np.allclose(first[5:], again[5:], atol=1e-3)


def test_the_order_of_the_rows_does_not_matter_and_a_hole_turned_over_is_another(quiet):
    samples = drilled(count=20)
    train, _ = split(samples)
    model = SequenceNetwork.fit(samples, train, *chosen_sequence_design({**QUICK, "epochs": 3}), quiet)
    order = np.random.default_rng(1).permutation(len(samples))
    mixed = replace(samples, coordinates=samples.coordinates[order], groups=samples.groups[order],
                    features=samples.features[order], targets=samples.targets[order], depths=samples.depths[order])
    everything = np.arange(len(samples))
    plain, shuffled = (predict_rows(model, given, everything).mean() for given in (samples, mixed))
    assert np.allclose(plain[order], shuffled, rtol=1e-5)
    turned = predict_rows(model, replace(samples, depths=-samples.depths), everything).mean()
    assert not np.allclose(plain, turned, rtol=1e-2)


def test_both_directions_are_alike():
    torch.manual_seed(0)
    stack = RecurrentStack(1, 3, 2, 1, units=4, layers=1, both=True, dense=(), heteroscedastic=False)
    with torch.no_grad():
        for parts in (stack.reading, stack.memory, stack.starts):
            parts[1].copy_(parts[0])
        stack.weights[0][:, 4:] = stack.weights[0][:, :4]
    x, lengths = torch.randn(1, 1, 6, 5), torch.tensor([[6]])
    plain, turned = stack(x, lengths)[0], stack(x.flip(2), lengths)[0]
    assert torch.allclose(plain, turned.flip(2), atol=1e-6)


@pytest.mark.parametrize("both", [False, True])
def test_what_stands_beyond_the_end_of_a_sequence_changes_nothing(both):
    generator = torch.Generator().manual_seed(0)
    stack = RecurrentStack(2, 3, 2, 2, units=8, both=both, own=(4,), generator=generator).eval()
    x = torch.randn(2, 3, 7, 5, generator=generator)
    lengths = torch.tensor([[7, 4, 1], [2, 7, 5]])
    other = torch.where((torch.arange(7) < lengths[..., None])[..., None], x, torch.full((), 50.0))
    with torch.no_grad():
        (mean, noise), (again, same) = stack(x, lengths), stack(other, lengths)
    real = torch.arange(7) < lengths[..., None]
    assert torch.allclose(mean[real], again[real], atol=1e-6)
    assert torch.allclose(noise[real], same[real], atol=1e-6)
    assert reversed_order(torch.tensor([[3]]), 5).tolist() == [[[2, 1, 0, 3, 4]]]


def test_unknown_grades_teach_nothing(quiet):
    samples = drilled(count=16, targets=2)
    samples.targets[::3, 1] = np.nan
    train, test = split(samples)
    design, schedule = chosen_sequence_design({**QUICK, "epochs": 3})
    far = samples.targets.copy()
    far[test] = 1e6
    first, second = (predict_rows(SequenceNetwork.fit(replace(samples, targets=targets), train, design, schedule,
                                                      quiet), samples, test).means
                     for targets in (samples.targets, far))
    assert np.isfinite(first).all()
    assert np.array_equal(first, second)


def test_the_loss_is_that_of_known_grades_alone(quiet):
    samples, (design, schedule) = drilled(count=8, targets=2), chosen_sequence_design(QUICK)
    samples.targets[5:30, 1] = np.nan
    task = SequenceTask(samples, np.arange(len(samples)), design, schedule, quiet)
    network = RecurrentStack(1, task.inputs.shape[1], 2, 2, units=4, heteroscedastic=False,
                             generator=torch.Generator().manual_seed(0))
    trainer = SequenceTrainer(network, task.sequences, task.inputs, task.scaled, [task.useful], [task.useful[:0]],
                              schedule, quiet)
    chosen = np.arange(8)[None]
    x, lengths, y = trainer.batch_of(chosen)
    mean = network(x, lengths)[0]
    known = torch.isfinite(y)
    assert int(known.sum()) == 80 + 55
    squares = (mean - y)[known].square()  # with the noise at 1 the loss is the mean of half of it, and of half of 1
    assert float(trainer._loss(chosen, None).detach()) == pytest.approx(float(squares.mean().detach()), rel=1e-5)
    trainer._loss(chosen, None).sum().backward()
    alone = network.biases[-1].grad[0, 0, 1]
    assert float(alone) == pytest.approx(float((mean - y)[..., 1][known[..., 1]].sum().detach() / 135.0), rel=1e-4)


def test_intervals_on_their_own_and_missing_ones_are_predicted(quiet):
    samples = drilled(count=20)
    keep = np.ones(len(samples), bool)
    keep[[3, 4, 5, 27]] = False
    keep[160:169] = False  # all of a hole but its last interval
    rows = np.flatnonzero(keep)
    part = replace(samples, **{name: getattr(samples, name)[rows] for name in
                               ("coordinates", "groups", "features", "targets", "depths")}, rows=np.arange(rows.size))
    train, test = split(part)
    found = fit_sequences(part, train, test, {**QUICK, "epochs": 2}, Checkpoints(), "x", quiet, 1)
    assert len(found) == test.size
    assert np.isfinite(found.mean()).all()


def test_samples_on_a_map_are_read_with_their_neighbours(quiet):
    rng = np.random.default_rng(2)
    places = rng.uniform(0.0, 1000.0, (400, 2))
    grade = np.exp(np.sin(places[:, 0] / 80.0) + np.cos(places[:, 1] / 80.0) + 0.1 * rng.normal(size=400))
    samples = GradeSamples(places, np.arange(400), rng.normal(size=(400, 2)), grade[:, None], ["a", "b"], ["t"],
                           np.arange(400), False)
    train, test = np.arange(300), np.arange(300, 400)
    found = fit_sequences(samples, train, test, {**QUICK, "epochs": 30, "batch": 64}, Checkpoints(), "x", quiet, 1)
    assert r2(samples, test, found) > 0.5  # the features say nothing: only the grades of neighbours do


def test_a_model_that_is_written_and_read_predicts_the_same(quiet):
    samples = drilled(count=20)
    train, test = split(samples)
    settings = {"members": 2, "epochs": 2, "base": 0.1}
    model = SequenceNetwork.fit(samples, train, *chosen_sequence_design(settings), quiet)
    again = SequenceNetwork.from_tensors(*model.to_tensors())
    first, second = (predict_rows(found, samples, test) for found in (model, again))
    assert np.array_equal(first.means, second.means)
    assert np.array_equal(first.noise, second.noise)
    assert first.means.shape == (10, test.size, 1)  # of the Bayesian network below


def test_batches_hold_sequences_of_like_length():
    lengths = np.array([5, 1, 9, 5, 2, 30])
    found = batches(lengths, 12)
    assert sorted(np.concatenate(found)) == list(range(6))
    assert all(len(part) == 1 or lengths[part].max() * len(part) <= 12 for part in found)
    assert [30] in [lengths[part].tolist() for part in found]


@pytest.mark.parametrize(("settings", "words"), [({"preset": "best"}, "no preset 'best'"),
                                                ({"optimizer": "newton"}, "no optimizer 'newton'")])
def test_unknown_choices_are_refused(settings, words):
    with pytest.raises(InputError, match=words):
        chosen_sequence_design(settings)


def test_the_preset_of_the_paper_is_what_it_says():
    design, schedule = chosen_sequence_design({"preset": "afg-pms", "optimizer": "sgd"})
    assert (design.memory, design.layers, design.both, design.dense) == (128, 2, False, (64, 32))
    assert (design.activation, schedule.rate, design.optimizer, design.base) == ("relu", 1e-3, "sgd", 0.0)
