"""The card of a model as a small page."""
from html import escape

from ..processing_provider.translation import tr

MOST_NAMES = 30
SCORES = (("rmse", "RMSE"), ("r2", "R²"), ("crps", "CRPS"), ("coverage_80", "in 80 % interval"),
          ("coverage_90", "in 90 % interval"), ("accuracy", "accuracy"), ("macro_f1", "macro-F1"), ("auc", "AUC"))


def card_page(model, matches=(), advice=""):
    """A page with what is known of a model.

    Parameters
    ----------
    model : Model
    matches : list of Match
    advice : str
        A remark above all else, such as why the model cannot be applied.

    Returns
    -------
    str
        Simple HTML.
    """
    if model.problem:
        return f"<p><b>{escape(model.path.name)}</b></p><p>{escape(model.problem)}</p>"
    rows = [(tr("Kind"), model.title), (tr("Targets"), _named(model, "targets")),
            (tr("Features"), _named(model, "features")), (tr("CRS"), model.card.get("crs")),
            (tr("Extent"), _extent(model)), (tr("Samples"), model.card.get("samples")),
            (tr("Validation"), _folds(model.card.get("folds"))), (tr("Seed"), model.card.get("seed")),
            (tr("Date"), model.made()), (tr("Versions"), _versions(model.card)), (tr("File"), str(model.path))]
    body = "".join(f"<tr><td><b>{escape(label)}</b>&nbsp;&nbsp;</td><td>{escape(str(value))}</td></tr>"
                   for label, value in rows if value not in (None, "", []))
    note = f"<p><i>{escape(model.note()).strip()}</i></p>" if model.note() else ""
    head = f"<p><b>{escape(model.path.stem)}</b></p>{note}"
    return f"{head}{_advice(advice, matches)}{_scores(model.card.get('scores'))}<table>{body}</table>"


def _advice(advice, matches):
    """Which layers fit, or why none does."""
    if advice:
        return f"<p>{escape(advice)}</p>"
    fits = [match.name() for match in matches if not match.problem]
    if fits:
        return f"<p>✔ {escape(tr('Goes with: {}').format(', '.join(fits)))}</p>"
    reasons = list(dict.fromkeys((match.name(), match.problem) for match in matches))[:3]
    items = "".join(f"<li><b>{escape(name)}</b>: {escape(problem)}</li>" for name, problem in reasons)
    return f"<p>{escape(tr('No layer of the project goes with this model.'))}</p><ul>{items}</ul>"


def _scores(scores):
    """A table of the scores, one line for each of them and one column for each target."""
    if not isinstance(scores, dict):
        return ""
    targets = scores if all(isinstance(entry, dict) for entry in scores.values()) else {"": scores}
    known = [(key, label) for key, label in SCORES
             if any(isinstance(entry.get(key), (int, float)) for entry in targets.values())]
    if not known:
        return ""
    head = "".join(f"<th align='right'>&nbsp;{escape(name)}</th>" for name in targets)
    rows = ((label, "".join(_cell(entry.get(key)) for entry in targets.values())) for key, label in known)
    body = "".join(f"<tr><td><b>{escape(label)}</b></td>{cells}</tr>" for label, cells in rows)
    return f"<table><tr><th></th>{head}</tr>{body}</table><p></p>"


def _cell(value):
    shown = f"&nbsp;{value:.3g}" if isinstance(value, (int, float)) else ""
    return f"<td align='right'>{shown}</td>"


def _named(model, part):
    """Names with their units, the first ones of many."""
    entries = model.card.get(part)
    units = [entry.get("unit", "") if isinstance(entry, dict) else "" for entry in entries or []]
    names = [f"{name} ({unit})" if unit else name for name, unit in zip(model.names(part), units)]
    more = tr(" and {} more").format(len(names) - MOST_NAMES) if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


def _extent(model):
    extent = model.extent()
    return "" if extent is None else tr("{:,.0f} to {:,.0f} east, {:,.0f} to {:,.0f} north").format(
        extent[0], extent[2], extent[1], extent[3])


def _folds(folds):
    return f"{folds.get('kind', '')} ({folds.get('count', '')})" if isinstance(folds, dict) else folds


def _versions(card):
    found = card.get("versions")
    parts = [f"Lodescope {card.get('lodescope', '')}"]
    return ", ".join(parts + [f"{name} {version}" for name, version in (found or {}).items() if version])
