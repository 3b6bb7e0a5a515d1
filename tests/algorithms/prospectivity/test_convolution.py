"""A tile gives each of its windows what the window alone would give."""
import numpy as np
import pytest
import torch

from lodescope.algorithms.prospectivity.baselines import BaselineEngine, fit_member
from lodescope.algorithms.prospectivity.ensemble import NetworkEngine
from lodescope.algorithms.prospectivity.evidence import Preparation, fit_band
from lodescope.algorithms.prospectivity.jobs_predictcnn import predict_tile
from lodescope.algorithms.prospectivity.modelstore import ProspectivityModel, load_prospectivity, save_prospectivity
from lodescope.algorithms.prospectivity.network import ProspectivityNetwork, Shape, initialise
from lodescope.algorithms.prospectivity.windows import cut_windows

BANDS, SIZE, REACH = 4, 9, 4


def preparation_of(rng):
    return Preparation(tuple(fit_band(np.exp(k * 0.3 * rng.normal(size=500)), f"b{k}") for k in range(1, BANDS + 1)))


def network_model(passes=0, window=SIZE):
    rng = np.random.default_rng(0)
    shape = Shape(BANDS + 1, window, 8, 0.3)
    networks = [initialise(ProspectivityNetwork(shape), torch.Generator().manual_seed(k)).eval() for k in range(3)]
    for network in networks:
        network.gain.uniform_(0.2, 1.0, generator=torch.Generator().manual_seed(5))
    return ProspectivityModel(preparation_of(rng), NetworkEngine(networks, passes, 7), window // 2)


def baseline_model(method):
    rng = np.random.default_rng(0)
    columns = BANDS if method == "woe" else 2 * BANDS
    x = rng.normal(size=(300, columns)).astype(np.float32)
    truth = x[:, 0] + 0.3 * rng.normal(size=300) > 0.8
    members = [fit_member(method, x, truth, np.ones(300), np.arange(300) // 10, rng) for _ in range(2)]
    return ProspectivityModel(preparation_of(rng), BaselineEngine(method, members, REACH, method != "woe"), REACH)


def evidence_of(shape=(40, 50)):
    rng = np.random.default_rng(1)
    values = np.exp(0.5 * rng.normal(size=(BANDS, *shape))).astype(np.float32)
    values[0, 3:9, 5:20] = np.nan
    values[:, 20:24, 30:34] = np.nan
    return values


def padded(values, reach):
    return np.pad(values, ((0, 0), (reach, reach), (reach, reach)), constant_values=np.nan)


MODELS = {"ensemble": network_model, "dropout": lambda: network_model(4), "small": lambda: network_model(0, 5),
          **{method: lambda method=method: baseline_model(method) for method in ("woe", "logistic", "forest",
                                                                                 "boosting")}}


@pytest.mark.parametrize("name", MODELS)
def test_tile_equals_window_by_window(name):
    model, values = MODELS[name](), evidence_of()
    rows, columns = (part.ravel() for part in np.indices(values.shape[1:]))
    windows = cut_windows(values, rows, columns, 2 * model.reach + 1)
    channels = np.moveaxis(model.preparation.apply(np.moveaxis(windows, 1, 0)), 0, 1)
    single = model.members_at(np.ascontiguousarray(channels)).reshape(-1, *values.shape[1:])
    whole = model.members_on(model.preparation.apply(padded(values, model.reach)))
    assert whole.shape == single.shape
    assert whole.std() > 0.01
    np.testing.assert_allclose(whole, single, atol=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_tiles_have_no_seams(name):
    model, values = MODELS[name](), evidence_of()
    around = padded(values, model.reach)
    whole = predict_tile(model, around)
    size = 2 * model.reach
    for top, left in ((0, 0), (13, 17), (5, 31)):
        part = predict_tile(model, around[:, top:top + 20 + size, left:left + 11 + size])
        np.testing.assert_allclose(part, whole[:, top:top + 20, left:left + 11], atol=1e-5)


def test_quantities_are_in_order_and_gaps_are_empty():
    model, values = network_model(), evidence_of()
    probability, uncertainty, p10, p90, edge = predict_tile(model, padded(values, REACH))
    empty = np.isnan(probability)
    assert empty[20:24, 30:34].all()
    assert empty.sum() == 16
    kept = ~empty
    assert (p10[kept] <= probability[kept]).all()
    assert (probability[kept] <= p90[kept]).all()
    assert (uncertainty[kept] > 0.0).all()
    expected = np.zeros(kept.shape)
    expected[:REACH] = expected[-REACH:] = expected[:, :REACH] = expected[:, -REACH:] = 1.0
    expected[20 - REACH:24 + REACH, 30 - REACH:34 + REACH] = 1.0
    np.testing.assert_array_equal(edge[kept], expected[kept])


@pytest.mark.parametrize("name", MODELS)
def test_model_file_gives_the_same_map(name, tmp_path):
    model, values = MODELS[name](), padded(evidence_of((20, 20)), 4)
    method = name if name in ("woe", "logistic", "forest", "boosting") else "cnn"
    content = {"window": {"cells": 2 * model.reach + 1}, "grid": {"cell": 1.0}}
    save_prospectivity(tmp_path / "model.safetensors", method, model, content)
    again = load_prospectivity(tmp_path / "model.safetensors")
    assert again.bands == model.bands
    np.testing.assert_array_equal(predict_tile(again, values), predict_tile(model, values))
