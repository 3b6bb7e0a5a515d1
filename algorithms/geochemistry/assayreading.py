"""Columns of assays as values and marks: measured, below detection, above the range, missing.

What a column means (decimal mark, unit, negative numbers, zeros, detection
limit) is settled once for all its values, in a `Reading` that a model keeps,
so that another layer is read the same way.
"""
from collections import Counter
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from ..errors import InputError
from .assaytext import (
    BELOW,
    LESS,
    MISSING,
    MORE,
    OVER,
    PLAIN,
    UNREADABLE,
    Words,
    decimal_mark,
    read_tokens,
    take_apart,
    word_key,
)
from .assayunits import LABELS, PPM, unit_of_name

MEASURED, CENSORED, ABOVE, IMPUTED, ABSENT = range(5)
SENTINELS = (-99.0, -999.0, -9999.0, -99999.0, -999999.0, -999.25, -9999.25, -32768.0)
HUGE = 1e30
DECIMALS = {"point": ".", "comma": ",", "each": ". and ,"}


@dataclass(frozen=True)
class RawColumn:
    """A column as it stands in the layer.

    Attributes
    ----------
    numbers : array of float64, shape (n,), or None
        Of a numeric field, NaN for NULL.
    texts : list of str
        Different texts of a text field.
    codes : array of int, shape (n,)
        Index into ``texts`` of each row.
    """

    numbers: np.ndarray = None
    texts: list = None
    codes: np.ndarray = None


@dataclass(frozen=True)
class Reading:
    """How one column is read; JSON values only."""

    name: str
    decimal: str = "point"
    unit: str = ""
    negative: str = "below"
    zero: str = "real"
    limit: float = None
    limit_source: str = ""
    over: str = "limit"
    over_factor: float = 1.0
    over_limit: float = None
    unreadable: str = "refuse"
    sentinels: tuple = SENTINELS
    missing_words: tuple = ()
    below_words: tuple = ()

    def to_dict(self):
        """JSON content from which ``Reading(**content)`` makes the same reading."""
        return {**asdict(self), "sentinels": list(self.sentinels)}

    @property
    def words(self):
        """The further words as `take_apart` takes them."""
        return Words(frozenset(map(word_key, self.missing_words)), frozenset(map(word_key, self.below_words)))


@dataclass
class Column:
    """A column that was read.

    Attributes
    ----------
    values : array of float64, shape (n,)
        Numbers; the detection limit where a value is below it, NaN where missing.
    marks : array of int8, shape (n,)
        ``MEASURED``, ``CENSORED``, ``ABOVE`` or ``ABSENT``.
    notes, warnings : list of str
        What was decided, for the log and the report.
    unreadable : dict
        Texts that could not be read, with their number of rows.
    """

    values: np.ndarray
    marks: np.ndarray
    notes: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    unreadable: dict = field(default_factory=dict)


def plan_readings(columns, settings):
    """Settle how each column is read.

    Parameters
    ----------
    columns : dict
        Field names to `RawColumn`.
    settings : dict
        ``decimal``, ``negative``, ``zero``, ``over``, ``over_factor``,
        ``unreadable``, ``sentinels``, ``missing_words``, ``below_words``,
        ``units`` and ``limits`` (by field), ``positive`` (whether zeros cannot
        stay); what is absent has the default of `Reading`.

    Returns
    -------
    dict
        Field names to `Reading`.

    Raises
    ------
    InputError
        A comma or a unit could mean two things.
    """
    kept = {key: settings[key] for key in ("over", "over_factor", "unreadable") if key in settings}
    for key in ("sentinels", "missing_words", "below_words"):
        if key in settings:
            kept[key] = tuple(settings[key])
    blank = Reading("", **kept)
    tokens = {name: [take_apart(text, blank.words) for text in raw.texts or ()] for name, raw in columns.items()}
    decimals = _decimals(tokens, settings.get("decimal", "auto"))
    readings = {}
    for name, raw in columns.items():
        unit = (settings.get("units") or {}).get(name) or _unit(name, raw, tokens[name])
        reading = replace(blank, name=name, decimal=decimals[name], unit=unit, negative="real")
        numbers, kinds = _numbers(raw, reading, tokens[name])
        reading = replace(reading, negative=_negative(settings.get("negative", "auto"), numbers, kinds, unit))
        zero = settings.get("zero", "auto")
        zero = ("below" if settings.get("positive") else "real") if zero == "auto" else zero
        readings[name] = _with_limits(replace(reading, zero=zero), settings, numbers, kinds)
    return readings


def read_column(raw, reading):
    """The values and marks of one column, as its reading says.

    Parameters
    ----------
    raw : RawColumn
    reading : Reading

    Returns
    -------
    Column
    """
    tokens = [take_apart(text, reading.words) for text in raw.texts or ()]
    numbers, kinds = _numbers(raw, reading, tokens)
    column = Column(numbers, np.zeros(len(numbers), np.int8))
    _note_words(column, raw, tokens, reading)
    if raw.texts is not None:
        bad = Counter(raw.codes[kinds == UNREADABLE].tolist())
        column.unreadable = {raw.texts[code]: count for code, count in bad.most_common()}
    _settle(column, kinds, reading)
    return column


def refuse_unreadable(columns):
    """Refuse texts that are no assays, with examples and counts of every field.

    Parameters
    ----------
    columns : dict
        Field names to `Column`.
    """
    parts = []
    for name, column in columns.items():
        if column.unreadable:
            examples = ", ".join(f"'{text[:40]}' ({count:,})" for text, count in list(column.unreadable.items())[:3])
            parts.append(f"'{name}' in {sum(column.unreadable.values()):,} of {len(column.values):,} rows: {examples}")
    if parts:
        raise InputError(
            f"Some text is no assay, in the field {'; '.join(parts[:8])}; choose other fields, list such words under "
            "'Texts that mean missing' or 'Texts that mean below detection', or let unreadable text count as missing."
        )


def _decimals(tokens, wanted):
    """Decimal mark of each column; columns that do not tell follow the others."""
    if wanted != "auto":
        return dict.fromkeys(tokens, wanted)
    found = {name: decimal_mark(column) for name, column in tokens.items()}
    sure = {mark for mark, examples in found.values() if mark in ("point", "comma") and examples}
    decimals = {}
    for name, (mark, examples) in found.items():
        if mark == "mixed" or (mark == "open" and len(sure) != 1):
            raise InputError(
                f"The field '{name}' holds {' and '.join(repr(text) for text in examples)}, where a comma or a point "
                "could be a decimal mark or separate thousands; choose 'point' or 'comma' as the decimal mark."
            )
        decimals[name] = next(iter(sure)) if mark == "open" else mark
    return decimals


def _unit(name, raw, tokens):
    """Unit of a column, from its name or from its texts."""
    unit = unit_of_name(name)
    if unit:
        return unit
    found = Counter()
    rows = np.bincount(raw.codes, minlength=len(tokens)) if tokens else ()
    for token, count in zip(tokens, rows):
        if token.unit:
            found[token.unit] += int(count)
    if len(found) > 1:
        units = ", ".join(f"{LABELS[key]} in {count:,} rows" for key, count in found.most_common())
        raise InputError(f"The field '{name}' mixes units ({units}) and its name has none; name its unit under "
                         f"'Units', for example {name}=ppm.")
    return next(iter(found), "")


def _numbers(raw, reading, tokens):
    """Numbers in the unit of the column, and kinds, of every row; sentinels are missing."""
    if raw.texts is None:
        numbers = np.array(raw.numbers, np.float64)
        kinds = np.full(len(numbers), PLAIN, np.int8)
    else:
        numbers, kinds = read_tokens(tokens, reading.decimal)
    unknown = (kinds == PLAIN) & (~np.isfinite(numbers) | np.isin(numbers, reading.sentinels)
                                  | (np.abs(np.nan_to_num(numbers)) >= HUGE))
    kinds[unknown], numbers[unknown] = MISSING, np.nan
    kinds[(kinds == LESS) & ~(numbers > 0.0)] = BELOW
    if raw.texts is None:
        return numbers, kinds
    if reading.unit:
        numbers = numbers * [PPM[token.unit] / PPM[reading.unit] if token.unit else 1.0 for token in tokens]
    return np.asarray(numbers)[raw.codes], kinds[raw.codes]


def _negative(wanted, numbers, kinds, unit):
    """What negative numbers of a column mean: ``"below"``, ``"real"`` or ``"missing"``."""
    if wanted != "auto":
        return wanted
    negative = numbers[(kinds == PLAIN) & (numbers < 0.0)]
    # A laboratory has few limits; a concentration is never negative.
    few = len(np.unique(negative)) <= max(3, 0.1 * len(negative))
    return "below" if few or unit else "real"


def _with_limits(reading, settings, numbers, kinds):
    """The reading with the limits for values that name none."""
    more = numbers[kinds == MORE]
    measured = numbers[(kinds == PLAIN) & (numbers > 0.0)]
    top = more.max() if more.size else measured.max() if measured.size else None
    limit, source = (settings.get("limits") or {}).get(reading.name), "given"
    if limit is None:
        limit, source = infer_limit(numbers, kinds, reading.negative)
    return replace(reading, limit=None if limit is None else float(limit), limit_source=source,
                   over_limit=None if top is None else float(top))


def infer_limit(numbers, kinds, negative="below"):
    """Detection limit of a column and where it was found; (None, "") when nothing shows it."""
    named = numbers[kinds == LESS]
    if negative == "below":
        named = np.concatenate([named, -numbers[(kinds == PLAIN) & (numbers < 0.0)]])
    if named.size:
        return float(named.min()), "smallest limit in the field"
    measured = numbers[(kinds == PLAIN) & (numbers > 0.0)]
    if not measured.size:
        return None, ""
    least = measured.min()
    repeated = int((measured == least).sum())
    if repeated >= max(3, 0.01 * measured.size):
        return float(least), f"smallest value, found {repeated:,} times"
    return float(least), "smallest value"


def _settle(column, kinds, reading):
    """Turn kinds into marks and limits, and note what was done."""
    values, marks = column.values, column.marks
    negative = (kinds == PLAIN) & (values < 0.0)
    zero = (kinds == PLAIN) & (values == 0.0)
    if negative.any():
        _note_negative(column, negative, reading)
        kinds = np.where(negative, {"below": LESS, "real": PLAIN, "missing": MISSING}[reading.negative], kinds)
        values[negative & (kinds == LESS)] *= -1.0
    if zero.any():
        column.notes.append(f"{int(zero.sum()):,} zeros: {_MEANING[reading.zero]}.")
        kinds = np.where(zero, {"below": BELOW, "real": PLAIN, "missing": MISSING}[reading.zero], kinds)
    word = kinds == BELOW
    if word.any():
        _limit_words(column, word, reading)
    marks[(kinds == LESS) | word] = CENSORED
    _settle_over(column, kinds, reading)
    absent = (kinds == MISSING) | (kinds == UNREADABLE)
    marks[absent], values[absent] = ABSENT, np.nan
    _warn_odd(column, reading)


_MEANING = {"below": "below detection", "real": "real values", "missing": "missing"}


def _note_negative(column, negative, reading):
    sizes = np.unique(-column.values[negative])
    shown = ", ".join(f"{-size:g}" for size in sizes[:4]) + (" ..." if len(sizes) > 4 else "")
    meaning = "below detection of that size" if reading.negative == "below" else _MEANING[reading.negative]
    column.notes.append(f"{int(negative.sum()):,} negative numbers ({shown}): {meaning}.")
    if reading.negative == "below" and len(sizes) > max(10, 0.1 * negative.sum()):
        column.warnings.append(f"{reading.name}: the negative numbers have {len(sizes):,} different sizes, which is "
                               "unusual for detection limits; check what they mean.")


def _limit_words(column, word, reading):
    if reading.limit is None:
        raise InputError(f"The field '{reading.name}' says 'below detection' in {int(word.sum()):,} rows but shows no "
                         f"limit and no measured value; give it under 'Detection limits of fields', for example "
                         f"{reading.name}=0.5.")
    column.values[word] = reading.limit
    column.notes.append(f"{int(word.sum()):,} values below a limit that the row does not name: {reading.limit:g} is "
                        f"taken ({reading.limit_source}).")
    if reading.limit_source == "smallest value":
        column.warnings.append(
            f"{reading.name}: no row names a detection limit, so the smallest value, {reading.limit:g}, stands for it; "
            "give the limit of the laboratory.")


def _settle_over(column, kinds, reading):
    """Values above the range of the method."""
    over = (kinds == MORE) | (kinds == OVER)
    if not over.any():
        return
    words = kinds == OVER
    column.values[words] = np.nan if reading.over_limit is None else reading.over_limit
    column.marks[over] = ABOVE
    if reading.over == "missing":
        column.values[over], column.marks[over] = np.nan, ABSENT
    elif reading.over == "multiply":
        column.values[over] *= reading.over_factor
    column.marks[over & np.isnan(column.values)] = ABSENT
    done = {"limit": "the limit is kept", "multiply": f"the limit times {reading.over_factor:g} is taken",
            "missing": "missing"}[reading.over]
    column.warnings.append(f"{reading.name}: {int(over.sum()):,} values above the range of the method: {done}.")


def _note_words(column, raw, tokens, reading):
    """Which words stood for values, and how a decimal mark was read."""
    if raw.texts is None:
        return
    rows = np.bincount(raw.codes, minlength=len(raw.texts))
    for kind, meaning in ((BELOW, "below detection"), (MISSING, "missing"), (OVER, "above range")):
        found = Counter({raw.texts[k]: int(rows[k]) for k, token in enumerate(tokens)
                         if token.kind == kind and raw.texts[k].strip() and rows[k]})
        if found:
            listed = ", ".join(f"'{text}' ({count:,})" for text, count in found.most_common(6))
            column.notes.append(f"Read as {meaning}: {listed}.")
    if any("," in token.body or ("." in token.body and reading.decimal == "comma") for token in tokens):
        example = next(token.body for token in tokens if "," in token.body or "." in token.body)
        column.notes.append(f"Decimal mark: {DECIMALS[reading.decimal]} (for example {example}).")
    units = sorted({token.unit for token in tokens if token.unit})
    if units:
        column.notes.append(f"Units in the text ({', '.join(LABELS[unit] for unit in units)}) were turned into "
                            f"{LABELS[reading.unit]}.")


def _warn_odd(column, reading):
    """Warn of values below their own limit, and of per cents above 100."""
    measured = column.values[column.marks == MEASURED]
    if reading.limit is not None and reading.limit_source == "given" and (measured < reading.limit).any():
        lower = int((measured < reading.limit).sum())
        column.warnings.append(f"{reading.name}: {lower:,} measured values are below the given limit of "
                               f"{reading.limit:g}; they are kept as measured.")
    if reading.unit == "pct" and (measured > 100.0).any():
        column.warnings.append(f"{reading.name}: {int((measured > 100.0).sum()):,} values exceed 100 %; is the unit "
                               "right?")
