"""The networks of a comparison: plain, Bayesian and recurrent."""
from dataclasses import replace

import numpy as np

from ..bnn import PRESETS, BayesianNetwork, Design
from ..lstm import fit_sequences
from ..powerchoice import choose_power
from .contract import Fitted, forecast_of

CHOOSING = 0.15  # of the time of a training, for the power of the grade
PLAIN = 5  # networks, each stopped by other holes, whose mean the plain one is


def fit_plain(case):
    """Feed-forward networks on the grade to the power 1/4, without priors, and their errors kriged."""
    schedule = replace(PRESETS["default"][1], prior_weight=0.0)
    design = Design(members=PLAIN)
    return _fit(case, design, schedule, choose=False)


def fit_bayesian(case):
    """The default Bayesian network, as `trainbnn` makes it."""
    design, schedule = PRESETS[case.settings.get("preset") or "default"]
    if case.settings.get("members"):
        design = replace(design, members=int(case.settings["members"]))
    return _fit(case, design, schedule, choose=design.scale == "power")


def fit_recurrent(case):
    """The default LSTM down the hole, as `trainlstm` makes it."""
    settings = {name: case.settings[name] for name in ("epochs", "members") if case.settings.get(name)}
    found = fit_sequences(case.samples, case.train, case.test, settings, case.checkpoints, case.name, case.progress,
                          case.seed % 2**31)
    return Fitted(forecast_of(found), note="reads the intervals of each hole")


def _fit(case, design, schedule, choose):
    schedule = replace(schedule, seed=case.seed % 2**31)
    if case.settings.get("epochs"):
        schedule = replace(schedule, epochs=int(case.settings["epochs"]))
    samples, rows = case.samples, case.known
    data = samples.features[rows], samples.targets[rows], samples.groups[rows]
    start = CHOOSING if choose else 0.0
    if choose:
        design, _ = choose_power(*data, design, schedule, case.progress.span(0.0, start), case.checkpoints,
                                 f"{case.name}_power")

    def watch(epoch, loss, error):
        case.progress.metric(f"{case.name}: loss", loss, epoch + 1)
        case.progress.metric(f"{case.name}: rmse", error, epoch + 1)

    model = BayesianNetwork.fit(*data, design, schedule, case.progress.span(start, 1.0), case.checkpoints, case.name,
                                watch, coordinates=samples.coordinates[rows])
    field = model.field
    moves = None if field is None else field.at(samples.coordinates[case.test], check=case.progress.check)

    def predictive(features):
        found = model.predict(features, case.progress.check)
        return found if moves is None else found.moved(*moves)

    share = field.shares[0] if field is not None else 0.0
    note = f"power {design.power:g}" if design.scale == "power" else design.scale
    return Fitted(forecast_of(predictive(np.asarray(samples.features[case.test]))),
                  lambda features: predictive(features).mean()[:, 0], f"{note}, share of kriged errors {share:.2f}")
