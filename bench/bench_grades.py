"""Bayesian networks of grades beside kriging on real drill holes and soils that they were not shown.

Rare earths of a carbonatite, by whole drill holes: what cheap assays of the
same interval tell ("XRF first"), and what the map alone tells. The opponents,
in the same folds, are ordinary kriging, whose transform each fold chooses
among its training samples, and regression kriging: ridge regression on the
same features with kriged residuals, whose scale and penalty each fold chooses.
Iron ore, copper and soils follow without bars, as they come out. Every fitted
step is inside the fold.

Run: OMP_NUM_THREADS=1 python bench/bench_grades.py [lstm] [WORD ...]. Without words the cases with bars run, otherwise
those whose name holds one of the words, such as carbonatite, iron, copper or jura; with lstm the networks are the
recurrent ones of the default preset, and their bars are those of the Bayesian ones.
"""
import csv
import sys
import time
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from common import ROOT, as_line, show

from lodescope.algorithms.drillholes.desurvey import Paths, directions
from lodescope.algorithms.fusion.recipe import Recipe
from lodescope.algorithms.fusion.table import SampleTable
from lodescope.algorithms.learning.baselines.contract import Case as Training
from lodescope.algorithms.learning.baselines.regression import fit_ridge
from lodescope.algorithms.learning.bnn import PRESETS, BayesianNetwork, with_seed
from lodescope.algorithms.learning.calibration import cross_fitted_factors, variance_factor
from lodescope.algorithms.learning.gradesamples import GradeSamples
from lodescope.algorithms.learning.kriged import gathered_folds, krige_fold
from lodescope.algorithms.learning.lstm import predict_rows
from lodescope.algorithms.learning.powerchoice import choose_power
from lodescope.algorithms.learning.predictive import Pooled
from lodescope.algorithms.learning.sequencenetwork import PRESETS as SEQUENCES
from lodescope.algorithms.learning.sequencenetwork import SequenceNetwork
from lodescope.algorithms.learning.together import run_together
from lodescope.algorithms.learning.training import Checkpoints, bound_threads
from lodescope.algorithms.progress import Progress
from lodescope.algorithms.validation.folds import make_folds
from lodescope.algorithms.validation.forecast import Forecast
from lodescope.algorithms.validation.measures import measure

DATA = ROOT.parent / "shared" / "data"
OXIDES = ("P2O5", "CAO", "FE2O3", "SIO2", "AL2O3", "MGO", "TIO2", "NB2O5", "BAO", "S", "SRO", "K2O", "NA2O", "MNO")
MAJORS = ("FE2O3", "SIO2", "AL2O3", "TIO2")
FEET, SPREAD = 0.3048, 3.0  # percentage points that a coverage may be off


@dataclass(frozen=True)
class Case:
    """One target of one deposit with some features.

    Attributes
    ----------
    deposit : callable
        Gives a `SampleTable`, and the folds where they are given (None for five by hole).
    target : str
    numbers, classes : tuple of str
        Features.
    settings : dict
        Of the recipe of the features.
    bars : dict
        ``kriging`` and ``regression`` to least gains in per cent.
    """

    deposit: object
    target: str
    numbers: tuple = ()
    classes: tuple = ()
    settings: dict = field(default_factory=dict)
    bars: dict = field(default_factory=dict)


def read(path):
    """Rows of a CSV file."""
    with (DATA / path).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def column(rows, name):
    """A column as numbers, NaN where there is none."""
    out = []
    for row in rows:
        try:
            out.append(float(row[name]))
        except ValueError:
            out.append(np.nan)
    return np.array(out)


def codes(rows, name):
    """A column as codes and names of its classes."""
    names, found = np.unique([row[name] for row in rows], return_inverse=True)
    return found.reshape(-1), names.tolist()


@lru_cache
def carbonatite():
    rows = read("ree_carbonatite_drillholes/drillholes.csv")
    grade = sum(column(rows, name) for name in ("CEO2", "LA2O3", "ND2O3"))
    return known(rows, np.column_stack([column(rows, name) for name in "XYZ"]), "BHID",
                 {name: column(rows, name) for name in OXIDES}, {"LITO": codes(rows, "LITO")}, {"TREO": grade}), None


@lru_cache
def iron():
    rows = read("karara_iron_lith_assay/litho_assay_xyz.csv")
    names = ("Al2O3_pct", "SiO2_pct", "CaO_pct", "K2O_pct", "Mgo_pct", "MnO_pct", "Na2O_pct", "S_pct")
    places = np.column_stack([column(rows, f"assay_mid_{axis}") for axis in "xyz"])
    return known(rows, places, "collarid", {name: column(rows, name) for name in names},
                 {"rock": codes(rows, "Level_3")}, {name: column(rows, name) for name in ("Fe_pct", "P_pct")}), None


@lru_cache
def copper():
    collars, surveys, rows = (read(f"babbitt_cu_ni/{name}_BABBITT.csv") for name in ("collar", "survey", "assay"))
    holes = sorted({row["BHID"] for row in collars} & {row["BHID"] for row in surveys})
    rows = [row for row in rows if row["BHID"] in set(holes)]
    number = {name: place for place, name in enumerate(holes)}
    mouths = {row["BHID"]: [float(row[f"{axis}COLLAR"]) for axis in "XYZ"] for row in collars}
    turns = sorted((number[row["BHID"]], float(row["AT"]), float(row["AZ"]), float(row["DIP"]))
                   for row in surveys if row["BHID"] in number)
    turns = np.array([turn for k, turn in enumerate(turns) if k == 0 or turn[:2] != turns[k - 1][:2]])
    first = np.unique(turns[:, 0], return_index=True)[1]
    turns[first, 1] = 0.0
    paths = Paths(np.array([mouths[name] for name in holes]), turns[:, 0].astype(int), turns[:, 1],
                  directions(turns[:, 2], -np.abs(turns[:, 3])))
    middle = 0.5 * (column(rows, "FROM") + column(rows, "TO"))
    places = FEET * paths.at(np.array([number[row["BHID"]] for row in rows]), middle)[0]
    return known(rows, places, "BHID", {name: column(rows, name) for name in ("NI", "S")}, {},
                 {"CU": column(rows, "CU")}), None


@lru_cache
def soils():
    rows = read("jura/jura_pred.csv") + read("jura/jura_val.csv")
    places = 1000.0 * np.column_stack([column(rows, "Xloc"), column(rows, "Yloc")])
    table = SampleTable(places, np.arange(len(rows)), {}, {name: codes(rows, name) for name in ("Rock", "Landuse")},
                        {name: column(rows, name) for name in ("Cd", "Co", "Ni")},
                        frozenset(["Rock", "Landuse"]))
    return table, [(np.arange(259), np.arange(259, len(rows)))]


def known(rows, places, hole, numbers, classes, targets):
    """`SampleTable` of the rows with a place and a target."""
    kept = np.isfinite(places).all(axis=1) & np.any([np.isfinite(values) for values in targets.values()], axis=0)
    everywhere = frozenset(classes)
    table = SampleTable(places, codes(rows, hole)[0], numbers, classes, targets, everywhere)
    return table.take(np.flatnonzero(kept))


MAP = {"neighbours": 8, "coordinates": True}
PLAIN = {"neighbours": 0, "coordinates": False, "boxcox": False, "scale": False, "impute": "none"}
CASES = {
    "carbonatite TREO, 14 oxides": Case(carbonatite, "TREO", OXIDES, (), PLAIN, {"kriging": 38.0, "regression": 10.0}),
    "carbonatite TREO, 14 oxides and rock": Case(carbonatite, "TREO", OXIDES, ("LITO",), PLAIN,
                                                 {"kriging": 38.0, "regression": 10.0}),
    "carbonatite TREO, 4 oxides": Case(carbonatite, "TREO", MAJORS, (), PLAIN, {"kriging": 22.0}),
    "carbonatite TREO, 4 oxides and rock": Case(carbonatite, "TREO", MAJORS, ("LITO",), PLAIN, {"kriging": 22.0}),
    "carbonatite TREO, map": Case(carbonatite, "TREO", (), (), MAP, {"kriging": -1.0}),
    "carbonatite TREO, map and rock": Case(carbonatite, "TREO", (), ("LITO",), MAP, {"kriging": 2.0}),
    **{f"iron {target}, {what}": Case(iron, target, numbers, classes, settings)
       for target in ("Fe_pct", "P_pct") for what, numbers, classes, settings in (
           ("map", (), (), MAP), ("map and rock", (), ("rock",), MAP),
           ("8 assays", ("Al2O3_pct", "SiO2_pct", "CaO_pct", "K2O_pct", "Mgo_pct", "MnO_pct", "Na2O_pct", "S_pct"), (),
            PLAIN))},
    "copper CU, map": Case(copper, "CU", (), (), MAP),
    "copper CU, Ni and S": Case(copper, "CU", ("NI", "S"), (), PLAIN),
    **{f"jura {target}, {what}": Case(soils, target, (), classes, MAP) for target in ("Cd", "Co", "Ni")
       for what, classes in (("map", ()), ("map, rock and land use", ("Rock", "Landuse")))},
}


class Protocol:
    """A case with its samples and folds."""

    def __init__(self, case, seed=0):
        table, folds = case.deposit()
        values = table.targets[case.target]
        rows = np.flatnonzero(np.isfinite(values))
        if folds is None:
            table, values = table.take(rows), values[rows]
            folds = make_folds("hole", 5, table.groups, table.coordinates, values, np.random.default_rng(seed))
        wanted = [*case.numbers, *case.classes]
        self.table = SampleTable(
            table.coordinates, table.groups, {name: table.numbers[name] for name in case.numbers},
            {name: table.classes[name] for name in case.classes}, {case.target: values},
            table.everywhere & frozenset(wanted))
        self.case, self.values, self.folds = case, values, folds

    def features(self, train, test):
        """Features of training and test samples by a recipe of the training samples."""
        learned = self.table.take(train)
        settings = {"use": "xrf_first", "components": 0, **self.case.settings}
        recipe = Recipe.fit(learned, settings, np.random.default_rng(1))
        return recipe.transform(learned), recipe.transform(self.table.take(test), own_holes=False)

    def network(self, train, test, number, progress):
        """`Predictive` of the default preset at the test samples, and the power, share and balance of its kriging."""
        design, schedule = PRESETS["default"]
        table, values, schedule = self.table, self.values[train][:, None], with_seed(schedule, number)
        learned, asked = self.features(train, test)
        design, _ = choose_power(learned, values, table.groups[train], design, schedule, progress.span(0.0, 0.25))
        model = BayesianNetwork.fit(learned, values, table.groups[train], design, schedule, progress.span(0.25, 1.0),
                                    coordinates=table.coordinates[train])
        parts = (model.field.shares[0], model.field.balances[0]) if model.field else (0.0, 0.0)
        return model.predict(asked, points=table.coordinates[test]), (design.power, *parts)

    def samples(self, train, test):
        """`GradeSamples` of the whole case with the features of `features`."""
        table, (learned, asked) = self.table, self.features(train, test)
        features = np.full((len(self.values), learned.shape[1]), np.nan)
        features[train], features[test] = learned, asked
        names = [f"f{k}" for k in range(learned.shape[1])]
        return GradeSamples(table.coordinates, table.groups, features, self.values[:, None], names,
                            [self.case.target], np.arange(len(table)), True)

    def memory(self, train, test, number, progress):
        """As `network`, of the recurrent networks."""
        design, schedule = SEQUENCES["default"]
        samples, schedule = self.samples(train, test), with_seed(schedule, number)
        chosen, _ = choose_power(samples.features[train], samples.targets[train], samples.groups[train],
                                 *PRESETS["default"], progress.span(0.0, 0.1))
        model = SequenceNetwork.fit(samples, train, replace(design, power=chosen.power), schedule,
                                    progress.span(0.1, 1.0))
        parts = (model.field.shares[0] if model.field else 0.0, 0.0)
        return predict_rows(model, samples, np.sort(test)).take(np.argsort(np.argsort(test))), (chosen.power, *parts)

    def regression(self, train, test, number, progress):
        """`Forecast` of ridge regression with kriged residuals at the test samples."""
        samples = self.samples(train, test)
        case = Training(samples, train, test, f"ridge{number}", number, True, Checkpoints(), {}, progress)
        return fit_ridge(case).forecast


@lru_cache
def kriging_of(deposit, target):
    """`KrigedFolds` of a target of a deposit."""
    own = Protocol(Case(deposit, target))
    tasks = [lambda part, k=k, fold=fold: krige_fold(
        own.table.coordinates, own.table.groups, own.values, *fold, [5, k], part) for k, fold in enumerate(own.folds)]
    parts = run_together(tasks, Progress())
    return gathered_folds([part[0] for part in parts], [part[1:] for part in parts], len(own.values))


def evaluated(case, kind="network"):
    """Scores of the networks ("memory" for recurrent ones), regression kriging and kriging, and what folds chose."""
    own = Protocol(case)
    folds = own.folds
    if len(folds) == 1:  # the width of the intervals is told by folds of the training samples
        train = folds[0][0]
        inner = make_folds("hole", 5, own.table.groups[train], own.table.coordinates[train], own.values[train],
                           np.random.default_rng(0))
        folds = folds + [(train[a], train[b]) for a, b in inner]
    tasks = [lambda part, call=call, k=k: call(*folds[k], k, part)
             for call in (getattr(own, kind), own.regression) for k in range(len(folds))]
    found = run_together(tasks, Progress())
    networks, regressions = found[:len(folds)], found[len(folds):][:len(own.folds)]
    kriged = kriging_of(case.deposit, case.target)
    regressed = Forecast.joined(len(own.values), [(test, part) for (_, test), part in zip(own.folds, regressions)])
    powers, shares, balances = zip(*(part[1] for part in networks[:len(own.folds)]))
    note = (f"powers {'/'.join(f'{power:g}' for power in powers)}, kriged shares "
            f"{'/'.join(f'{share:.2f}' for share in shares)}, balances "
            f"{'/'.join(f'{balance:.2f}' for balance in balances)}, kriging {kriged.transform}")
    return {"kriging": measure(own.values, kriged.mean, kriged.quantile, kriged.sd()),
            "regression": measure(own.values, regressed.mean, regressed.quantile, regressed.sd),
            **scored(own, folds, [part[0] for part in networks]), "note": note}


def scored(own, folds, predictives):
    """Scores at the test samples: with intervals widened by what the other folds tell, and before that."""
    parts = [(test, part) for (_, test), part in zip(folds, predictives)]
    if len(own.folds) == 1:
        factors, parts = [variance_factor(parts[1:], own.values)], parts[:1]
    else:
        factors = cross_fitted_factors(parts, own.values)
    raw = Pooled(len(own.values), parts)
    found = {"network": raw.widened(np.reshape(factors, (-1, 1))), "before": raw}
    return {name: measure(own.values, pooled.mean()[:, 0], lambda p, pooled=pooled: pooled.quantile(p)[:, 0],
                          pooled.sd()[:, 0]) for name, pooled in found.items()}


def lines_of(name, case, kind="network"):
    """The lines of one case; bars stand only where there are some."""
    start = time.monotonic()
    found = evaluated(case, kind)
    network = found["network"]
    out = []
    for who in ("kriging", "regression"):
        theirs, bar = found[who], case.bars.get(who)
        gain = 100.0 * (1.0 - network["rmse"] / theirs["rmse"])
        label = {"kriging": "ordinary kriging", "regression": "regression kriging"}[who]
        note = f"RMSE {network['rmse']:.4g} / {theirs['rmse']:.4g}, R2 {network['r2']:.3f} / {theirs['r2']:.3f}"
        out.append((f"{name}: RMSE below {label}, %", gain, None if bar is None else f">= {bar:g}",
                    None if bar is None else gain >= bar, None,
                    f"{note}; {found['note']}" if who == "kriging" else note))
    barred = bool(case.bars)

    def shares(who, level):
        return f"{100.0 * found[who][f'coverage_{level}']:.1f}"

    for level in (80, 90):
        share = 100.0 * network[f"coverage_{level}"]
        out.append((f"   inside the {level} % interval, %", share, f"{level} +- {SPREAD:g}" if barred else None,
                    abs(share - level) <= SPREAD if barred else None, None,
                    f"{shares('before', level)} before the calibration; kriging {shares('kriging', level)}, "
                    f"regression kriging {shares('regression', level)}"))
    ratio = network["crps"] / found["kriging"]["crps"]
    out.append(("   CRPS over that of ordinary kriging", ratio, "< 1" if barred else None,
                ratio < 1.0 if barred else None, None, f"CRPS {network['crps']:.4g} / {found['kriging']['crps']:.4g} / "
                f"{found['regression']['crps']:.4g} (regression kriging); {time.monotonic() - start:.0f} s"))
    return out


def rows(words=()):
    """The lines as (name, measured, bar, met, memory MB, note), as found; without words those of cases with bars."""
    bound_threads(1)
    kind, words = ("memory", [word for word in words if word != "lstm"]) if "lstm" in words else ("network", words)
    for name, case in CASES.items() if DATA.exists() else ():
        if any(word in name for word in words) if words else case.bars:
            yield from lines_of(f"LSTM, {name}" if kind == "memory" else name, case, kind)


def main(words):
    """Print the lines as they are found; 0 when all bars are met."""
    return min(sum(show([as_line(row)]) for row in rows(words)), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
