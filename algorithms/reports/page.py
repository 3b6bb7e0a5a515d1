"""One self-contained HTML page: no scripts, nothing fetched, light and dark."""
import math
from html import escape
from pathlib import Path

import numpy as np

STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6875; --line: #d5dbe1; --paper: #ffffff; --card: #f4f6f8;
        --warn: #fff4d6; --warn-line: #d79b00; --accent: #1f5f8b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --soft: #9aa6b2; --line: #3a444e; --paper: #161b20;
        --card: #1f262d; --warn: #3a2f10; --warn-line: #c79a2b; --accent: #7fb8e0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 20px 48px; max-width: 1060px; background: var(--paper); color: var(--ink);
       font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 34px 0 10px; color: var(--accent); }
p { margin: 8px 0; max-width: 75ch; } .soft { color: var(--soft); }
.numbers { display: flex; flex-wrap: wrap; gap: 10px; margin: 18px 0; }
.number { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 16px;
          min-width: 120px; }
.number b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; }
.number span { color: var(--soft); font-size: 13px; }
.warning { background: var(--warn); border-left: 4px solid var(--warn-line); padding: 8px 14px; margin: 8px 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 10px 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: 4px; width: max-content; max-width: 640px; }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; } td.right, th.right { text-align: right; }
.figures { display: flex; flex-wrap: wrap; gap: 18px; }
figure { margin: 10px 0; max-width: 100%; } figure svg { max-width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: 13px; max-width: 640px; }
@media print { body { max-width: none; } h2 { break-after: avoid; } figure, table { break-inside: avoid; } }
"""


class Page:
    """A report, from its title down to the versions that made it.

    Every text is escaped; figures must be SVG made by `svg.Plot`.

    Parameters
    ----------
    title : str
    subtitle : str
        Field, layer, date and the like.
    """

    def __init__(self, title, subtitle=""):
        self.title, self.subtitle = title, subtitle
        self._numbers, self._warnings, self._body = [], [], []

    def number(self, label, value, unit=""):
        """A summary number at the top; floats are shortened to four digits."""
        self._numbers.append((label, show(value) + (f" {unit}" if unit else "")))

    def warning(self, message):
        """Something the reader must know, shown at the top."""
        self._warnings.append(message)

    def section(self, title):
        """Start a section."""
        self._body.append(f"<h2>{escape(title)}</h2>")

    def text(self, *paragraphs):
        """Plain paragraphs."""
        self._body.extend(f"<p>{escape(text)}</p>" for text in paragraphs)

    def table(self, headers, rows, caption=""):
        """A table; columns that hold only numbers are aligned to the right.

        Parameters
        ----------
        headers : sequence of str
            May be empty.
        rows : sequence of sequences
            Texts or numbers; None is left blank.
        caption : str
        """
        rows = [list(row) for row in rows]
        width = max([len(headers)] + [len(row) for row in rows])
        right = [_numeric([row[k] for row in rows if k < len(row)]) for k in range(width)]
        parts = ['<div class="scroll"><table>']
        if caption:
            parts.append(f"<caption>{escape(caption)}</caption>")
        if headers:
            parts.append("<thead>" + _row(headers, right, "th") + "</thead>")
        parts.append("<tbody>" + "".join(_row(row, right, "td") for row in rows) + "</tbody></table></div>")
        self._body.append("".join(parts))

    def figures(self, *figures):
        """Figures side by side: SVG texts, or pairs of SVG text and caption; empty ones are left out."""
        parts = []
        for figure in figures:
            drawing, caption = (figure, "") if isinstance(figure, str) else figure
            if not drawing:
                continue
            below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
            parts.append(f"<figure>{drawing}{below}</figure>")
        self._body.append(f'<div class="figures">{"".join(parts)}</div>')

    def parameters(self, values, title="Parameters"):
        """A section with names and values, for settings and for versions."""
        self.section(title)
        self.table((), [(name, show(value)) for name, value in values.items()])

    def versions(self, values):
        """A section with the versions behind the result."""
        self.parameters(values, "Versions")

    def render(self):
        """The whole page."""
        warnings = "".join(f'<div class="warning" role="note">{escape(text)}</div>' for text in self._warnings)
        numbers = "".join(f'<div class="number"><b>{escape(value)}</b><span>{escape(label)}</span></div>'
                          for label, value in self._numbers)
        numbers = f'<div class="numbers">{numbers}</div>' if numbers else ""
        subtitle = f'<p class="soft">{escape(self.subtitle)}</p>' if self.subtitle else ""
        return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
                f'<meta name="viewport" content="width=device-width, initial-scale=1">'
                f"<title>{escape(self.title)}</title><style>{STYLE}</style></head>\n<body><h1>{escape(self.title)}</h1>"
                f"{subtitle}{warnings}{numbers}\n" + "\n".join(self._body) + "\n</body></html>\n")

    def write(self, path):
        """Write the page, UTF-8."""
        Path(path).write_text(self.render(), encoding="utf-8")


def show(value):
    """A value as text: floats to four digits, counts with separators, lists joined."""
    if value is None:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(show(item) for item in value)
    if _is_number(value):
        whole = math.isfinite(value) and abs(value) < 1e15 and float(value).is_integer()
        return f"{int(value):,}" if whole else f"{value:.4g}"
    return str(value)


def _is_number(value):
    """Whether a value is a number, of Python or of numpy, and no bool."""
    return hasattr(value, "__float__") and not isinstance(value, (bool, np.bool_))


def _numeric(values):
    """Whether a column holds numbers only."""
    known = [value for value in values if value is not None]
    return bool(known) and all(_is_number(value) for value in known)


def _row(cells, right, tag):
    """One row of a table."""
    marks = [' class="right"' if aligned else "" for aligned in right]
    return "<tr>" + "".join(f"<{tag}{mark}>{escape(show(cell))}</{tag}>" for cell, mark in zip(cells, marks)) + "</tr>"
