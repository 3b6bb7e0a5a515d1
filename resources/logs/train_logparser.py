"""Train and check the transformer that Lodescope ships for drill logs.

Run with the worker's Python from the repository root::

    python resources/logs/train_logparser.py DATA --output resources/logs/logparser.safetensors
    python resources/logs/train_logparser.py DATA --without morph gswa --output held_out.safetensors
    python resources/logs/train_logparser.py DATA --evaluate morph --start held_out.safetensors

DATA is the folder with ``morph_lith_logs``, ``gswa_geology_logs`` and ``dh2loop_text`` (see docs/drill_log_parser.md).
Texts of these sets are read here and never written anywhere.
"""
import argparse
import csv
import importlib.util
import json
import re
import sys
from collections import namedtuple
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]


def load_package():
    """Import the repository as ``lodescope``, whatever its folder is called."""
    if "lodescope" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "lodescope", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)])
        sys.modules["lodescope"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["lodescope"])


load_package()
from lodescope.algorithms.drilllogs import baselines, evaluation, finetune  # noqa: E402
from lodescope.algorithms.drilllogs import transformer as trained  # noqa: E402
from lodescope.algorithms.drilllogs.dictionary import DictionaryParser, map_label  # noqa: E402
from lodescope.algorithms.drilllogs.grammar import generate  # noqa: E402
from lodescope.algorithms.drilllogs.tokens import Hasher  # noqa: E402
from lodescope.algorithms.drilllogs.training import Settings, Trainer  # noqa: E402
from lodescope.algorithms.drilllogs.vocabulary import load_vocabulary  # noqa: E402
from lodescope.algorithms.progress import Progress  # noqa: E402

Source = namedtuple("Source", "name texts labels groups classes human")
GSWA_ROCKS = {"G": "granite", "M": "mafic_rock", "U": "ultramafic_rock", "S": "sedimentary_rock", "V": "quartz_vein",
              "$": "massive_sulphide", "D": "no_core"}
COMMENTS, MADE_UP, REAL_WEIGHT, SURE = 8_000, 60_000, 0.5, 100.0
RATES = (1.5e-3, 1.5e-3, 1.2e-3, 1.0e-3, 0.6e-3)  # of the passes after the first ones
SIZES = {"buckets": 12_288, "width": 128, "layers": 2, "heads": 4, "hidden": 256}
SOURCES = [
    "MORPH geodatabase of the Officer-Musgrave region, Geoscience Australia (descriptions and rock types of bores)",
    "GSWA drill-hole logs, State of Western Australia, CC BY 4.0 (comments and company codes)",
    "dh2loop, Joshi et al. 2021, doi:10.5194/gmd-14-6711-2021, from WAMEX, CC BY 4.0 (comments and company rock names)",
    "texts of the grammar in algorithms/drilllogs/grammar.py",
]


def rows_of(path):
    """Rows of a CSV file as dicts."""
    with Path(path).open(encoding="utf-8", errors="replace", newline="") as file:
        return list(csv.DictReader(file))


def morph(data):
    """Bore descriptions with the rock type that a person gave each interval; grouped by bore."""
    rows = [row for row in rows_of(data / "morph_lith_logs/lithology_log.csv") if row["Description"].strip()]
    classes = {label: map_label(label) for label in {row["GALithType"] for row in rows}}
    return Source("morph", [row["Description"] for row in rows], [row["GALithType"].strip() for row in rows],
                  [row["MORPH_ID"] for row in rows], [classes[row["GALithType"]] for row in rows], True)


def gswa(data, column="Lith1"):
    """Core logs with the company's rock code: the letters of its group, or its interpreted unit; by drill hole."""
    rows = [row for row in rows_of(data / "gswa_geology_logs/geology.csv")
            if row["GeologyComment"].strip() and row["Lith1"].strip()]
    groups = [re.match(r"[^a-z]*", row["Lith1"]).group() for row in rows]
    labels = groups if column == "Lith1" else [row[column].strip() for row in rows]
    return Source("gswa", [row["GeologyComment"] for row in rows], labels, [row["CollarId"] for row in rows],
                  [GSWA_ROCKS.get(group, "") for group in groups], True)


def companies(data):
    """Rock names of 34 companies with the class that fuzzy matching gave them (silver); by company."""
    rows = [row for row in rows_of(data / "dh2loop_text/company_litho_to_cet.csv") if row["Company_Litho"]]
    sure = [row["CET_Litho"] if number(row["Score"]) >= SURE else "" for row in rows]
    classes = {label: map_label(label) if label else "" for label in set(sure)}
    return Source("companies", [row["Company_Litho"] for row in rows], sure, [row["CompanyID"] for row in rows],
                  [classes[label] for label in sure], False)


def comments(data, seed=1):
    """Some comments of WAMEX logs with the class that fuzzy matching gave them (silver)."""
    rows = {row["Comment_Attr_val"]: row for row in rows_of(data / "dh2loop_text/comments_fuzzy.csv")}
    rows = [rows[text] for text in sorted(filter(None, rows))]
    rows = [rows[k] for k in np.random.default_rng(seed).permutation(len(rows))[:COMMENTS]]
    sure = [row["Comment_Fuzzy_wuzzy"] if number(row["Comment_Score"]) >= SURE else "" for row in rows]
    classes = {label: map_label(label) if label not in ("", "Other") else "" for label in set(sure)}
    return Source("comments", [row["Comment_Attr_val"] for row in rows], sure, ["wamex"] * len(rows),
                  [classes[label] for label in sure], False)


def number(text):
    """A number, 0 when there is none."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return 0.0


READERS = {"morph": morph, "gswa": gswa, "companies": companies, "comments": comments}


def plain(text):
    """A text without capitals, signs and spaces that differ."""
    return " ".join(re.findall(r"[a-z0-9%$]+", text.lower()))


def silver(source, vocabulary, avoid):
    """Examples of a source: its rock class where the dictionary finds one as well, the dictionary's for the rest.

    A person's class goes before the dictionary's; a class of fuzzy matching counts only where both agree on the group.
    """
    seen, keep = set(avoid), []
    for row, text in enumerate(source.texts):
        key = plain(text) + "|" + source.classes[row]
        if key not in seen and plain(text) not in avoid:
            seen.add(key)
            keep.append(row)
    texts = [source.texts[row] for row in keep]
    labels = DictionaryParser(vocabulary).parse(texts).labels()
    names, (groups, _) = list(vocabulary.classes("lithology")), vocabulary.groups()
    subgroups, _ = vocabulary.groups("subgroup")
    for row, at in enumerate(keep):
        found, given = labels.lithology[row], names.index(source.classes[at])
        labels.lithology[row] = agreed(found, given, source, groups, subgroups)
    return evaluation.examples_of(texts, labels, REAL_WEIGHT)


def agreed(found, given, source, groups, subgroups):
    """The class to learn from what the dictionary found and what the source gave; -1 for none."""
    if not found or not given:
        return found if found and source.human and not given else -1
    if source.name == "gswa":  # its letters name groups of rocks only
        return found if subgroups[found].split("_")[0] == subgroups[given].split("_")[0] else given
    if source.human:
        return given
    return given if groups[found] == groups[given] else -1


def base_examples(data, without, seed, made_up=MADE_UP):
    """Examples for the shipped weights: made-up texts, and all sources but those left out and their texts."""
    vocabulary, rng = load_vocabulary(), np.random.default_rng(seed)
    held = {plain(text) for name in without for text in READERS[name](data).texts}
    texts, labels = generate(rng, made_up, vocabulary)
    parts = [evaluation.examples_of(texts, labels)]
    parts += [silver(READERS[name](data), vocabulary, held) for name in READERS if name not in without]
    return evaluation.joined(*parts)


def train(data, without, seed, epochs, made_up):
    """The network trained on all sources but those left out, and the temperatures of its heads."""
    examples = base_examples(data, without, seed, made_up)
    print(f"{len(examples):,} examples", flush=True)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = trained.make_network(load_vocabulary(), **SIZES)
    settings = Settings(epochs=epochs, batch=96, rate=2e-3, seed=seed, balance=0.2, hidden=0.05, errors=0.02)
    Trainer(network, Hasher(SIZES["buckets"]), examples, settings, Printed()).run()
    for turn, rate in enumerate(RATES):
        refine(network, base_examples(data, without, seed + 20 + turn, made_up), seed + 20 + turn, rate)
    return network, calibrate(network, seed)


def refine(network, examples, seed, rate):
    """One more pass with other made-up texts, and with stress on alterations, minerals and structures."""
    settings = Settings(epochs=1, batch=64, rate=rate, seed=seed, balance=0.2, hidden=0.02, errors=0.01, stress=4.0)
    Trainer(network, Hasher(SIZES["buckets"]), examples, settings, Printed()).run()


class Printed(Progress):
    """Prints the loss of every epoch."""

    def metric(self, name, value, step=0):
        print(f"epoch {step}: {name} {value:.4f}", flush=True)


def calibrate(network, seed):
    """Temperatures fitted to made-up texts that training never saw."""
    texts, labels = generate(np.random.default_rng(seed + 1000), 2000, load_vocabulary())
    parser, out = trained.TransformerParser(network, {}), {}
    found = parser.outputs(texts)
    for name in trained.SINGLE:
        logits = torch.from_numpy(np.log(found[name] + 1e-9))
        out[name] = trained.fit_temperature(logits, np.asarray(getattr(labels, name), np.int64))
    return out


def check_made_up(parser, seed=77, count=3000):
    """Scores of dictionary and transformer on made-up texts of another seed."""
    texts, labels = generate(np.random.default_rng(seed), count, load_vocabulary())
    return {"dictionary": evaluation.attribute_scores(labels, DictionaryParser().parse(texts).labels()),
            "transformer": evaluation.attribute_scores(labels, parser.parse(texts).labels())}


def check_own(source, start, seed, most=5, **chosen):
    """Scores on the source's own labels, each fold's holes (or companies) unseen; means over the first folds."""
    rows = evaluation.frequent(source.labels)
    texts, labels = [source.texts[row] for row in rows], np.array([source.labels[row] for row in rows])
    groups, results = [source.groups[row] for row in rows], []
    for train_rows, test in evaluation.grouped_folds(groups)[:most]:
        answers = answers_of(texts, labels, groups, train_rows, test, start, seed, chosen)
        new = evaluation.unseen(texts, train_rows, test)
        results.append({f"{name}{part}": evaluation.scores(labels[test][rows_in], answer[rows_in])
                        for name, answer in answers.items()
                        for part, rows_in in (("", slice(None)), (", new texts", new))})
        print(json.dumps(results[-1]), flush=True)
    return mean_scores(results)


def answers_of(texts, labels, groups, train_rows, test, start, seed, chosen):
    """Labels that each method gives the test rows of one fold."""
    known, others = [texts[row] for row in train_rows], [texts[row] for row in test]
    answers = {"dictionary": dictionary_labels(known, labels[train_rows], others)}
    answers["TF-IDF"] = baselines.tfidf_predict(known, labels[train_rows], others)
    classes = sorted(set(labels[train_rows]))
    target = np.array([classes.index(label) for label in labels[train_rows]])
    network = finetune.own_network(classes, start, seed)
    settings = finetune.own_settings(seed=seed, **chosen)
    finetune.fit_own(network, known, target, [groups[row] for row in train_rows], settings, Progress())
    parts = finetune.own_parts(network, others)
    answers.update({name: np.array(classes)[logits.argmax(axis=1)] for name, logits in parts.items()})
    return answers


def dictionary_labels(known, labels, others):
    """Own labels by way of the dictionary: the commonest label of the training rows that it reads as the same rock."""
    parser = DictionaryParser()
    read, asked = parser.parse(known).lithology.argmax(axis=1), parser.parse(others).lithology.argmax(axis=1)
    table = {rock: most_common(labels[read == rock]) for rock in set(read)}
    return np.array([table.get(rock, most_common(labels)) for rock in asked])


def most_common(labels):
    """The commonest label."""
    names, counts = np.unique(labels, return_counts=True)
    return names[counts.argmax()]


def check_classes(source, parser, data, without, seed):
    """Scores on our classes of a source that no training saw; its classes come from its own labels."""
    vocabulary = load_vocabulary()
    names, (groups, _) = np.array(vocabulary.classes("lithology")), vocabulary.groups()
    rows = [row for row, name in enumerate(source.classes) if name]
    texts, truth = [source.texts[row] for row in rows], [source.classes[row] for row in rows]
    examples = base_examples(data, without, seed, MADE_UP // 4)
    known = np.flatnonzero(examples.choices["lithology"] >= 0)
    answers = {
        "dictionary": names[DictionaryParser().parse(texts).lithology.argmax(axis=1)],
        "TF-IDF": names[baselines.tfidf_predict([examples.texts[row] for row in known],
                                                examples.choices["lithology"][known], texts)],
        "transformer": names[parser.parse(texts).lithology.argmax(axis=1)]}
    of_group = dict(zip(names, groups))
    right = [of_group[name] for name in truth]
    return {name: {**evaluation.scores(truth, found),
                   "group": evaluation.scores(right, [of_group[k] for k in found])} for name, found in answers.items()}


def mean_scores(results):
    """Means over folds of scores by method."""
    return {name: {key: round(float(np.mean([fold[name][key] for fold in results])), 4) for key in results[0][name]}
            for name in results[0]}


def main():
    """Train, or evaluate, as the command line says."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--output", type=Path)
    options.add_argument("--without", nargs="*", default=[], choices=list(READERS))
    options.add_argument("--evaluate", choices=["morph", "gswa", "gswa-units", "companies", "made-up", "classes"])
    options.add_argument("--start", type=Path, help="weights to fine-tune or to check")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--epochs", type=int, default=2)
    options.add_argument("--own-epochs", type=int, default=8, help="epochs of the fit to own labels")
    options.add_argument("--folds", type=int, default=5, help="how many of the five folds to evaluate")
    options.add_argument("--made-up", type=int, default=MADE_UP)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    print(json.dumps(evaluated(chosen) if chosen.evaluate else written(chosen), indent=1))


def written(chosen):
    """Train and write a model file; its card's scores on made-up texts."""
    network, temperature = train(chosen.data, chosen.without, chosen.seed, chosen.epochs, chosen.made_up)
    scores = check_made_up(trained.TransformerParser(network, {"temperature": temperature}))
    trained.save_parser(chosen.output, network, "Transformer for drill logs", temperature=temperature,
                        seed=chosen.seed, sources=SOURCES, left_out=chosen.without, scores={"made-up texts": scores})
    return scores


def evaluated(chosen):
    """The table of one evaluation."""
    parser = trained.TransformerParser.load(chosen.start) if chosen.start else None
    if chosen.evaluate == "made-up":
        return check_made_up(parser)
    if chosen.evaluate == "classes":
        held = parser.card["left_out"]
        return {name: check_classes(READERS[name](chosen.data), parser, chosen.data, held, chosen.seed)
                for name in held}
    start = parser.network if parser else None
    source = {"morph": morph, "gswa": gswa, "companies": companies,
              "gswa-units": lambda data: gswa(data, "Interp1")}[chosen.evaluate](chosen.data)
    return check_own(source, start, chosen.seed, chosen.folds, epochs=chosen.own_epochs)


if __name__ == "__main__":
    main()
