"""Small static plots as SVG text, without a plotting library.

Axes and text take the colour of the page around them, so that a plot can be
read on light and dark pages alike; data take colours that colour-blind
readers tell apart (Okabe & Ito, https://jfly.uni-koeln.de/color/).
"""
import math
import zlib
from html import escape

import numpy as np

PALETTE = ("#2b7bba", "#d55e00", "#009e73", "#e69f00", "#cc79a7", "#56b4e9", "#8c6d46", "#8a8f98")
SEQUENTIAL = ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725")
DIVERGING = ("#2166ac", "#67a9cf", "#d8dde2", "#ef8a62", "#b2182b")
MOST_POINTS = 4000
MARGIN_RIGHT, MARGIN_TOP, MARGIN_BOTTOM = 16, 34, 50
# Space for the label of the y axis, and least space left of the frame.
LABEL_WIDTH, LEAST_LEFT = 36, 62
LEGEND_LINE, CHARACTER = 18, 7.0
MOST_TICKS = (7, 6)
COLOUR_BAR = 74


class Plot:
    """One pair of axes and what is drawn between them.

    Parameters
    ----------
    title, x_label, y_label : str
        With units.
    width, height : int
        Pixels.
    x_log, y_log : bool
        Logarithmic axes; what is not above zero is left out there.
    x_limits, y_limits : tuple of float, optional
        Ends of the axes; taken from the data when absent.
    equal : bool
        Whether a unit has the same length on both axes, as on a map.
    x_names : sequence of str, optional
        Names of the places 0, 1, 2 and so on, to stand at the x axis instead of numbers.
    """

    def __init__(self, title, x_label, y_label, width=640, height=400, x_log=False, y_log=False, x_limits=None,
                 y_limits=None, equal=False, x_names=None):
        self.title, self.x_label, self.y_label = title, x_label, y_label
        self.width, self.height, self.equal = width, height, equal
        self.logs, self.limits = [x_log, y_log], [x_limits, y_limits]
        self.items, self.legend, self.bar, self.x_names = [], [], None, x_names

    def line(self, x, y, label=None, colour=None, dashed=False, width=2.0):
        """A line through points (n,)."""
        colour = colour or self._next_colour()
        self._add("line", x, y, label, colour, dashed=dashed, width=width)

    def points(self, x, y, label=None, colour=None, sizes=None, opacity=0.8):
        """Dots; ``sizes`` are radii in pixels, one or (n,)."""
        colour = colour or self._next_colour()
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        step = max(1, math.ceil(len(x) / MOST_POINTS))
        sizes = np.broadcast_to(3.0 if sizes is None else sizes, x.shape)[::step]
        self._add("points", x[::step], y[::step], label, colour, sizes=sizes, opacity=opacity)

    def bars(self, edges, heights, label=None, colour=None, opacity=0.8):
        """Bars between edges (k + 1,) from 0 to heights (k,)."""
        edges, heights = np.asarray(edges, dtype=float), np.asarray(heights, dtype=float)
        colour = colour or self._next_colour()
        self._add("bars", edges, np.r_[heights, 0.0], label, colour, opacity=opacity)

    def band(self, x, lower, upper, label=None, colour=None):
        """The area between two lines."""
        x, colour = np.asarray(x, dtype=float), colour or self._next_colour()
        self._add("band", np.r_[x, x[::-1]], np.r_[np.asarray(lower), np.asarray(upper)[::-1]], label, colour)

    def values(self, x, y, values, label, centred=False, size=3.5):
        """Dots coloured by their values; ``centred`` puts 0 in the middle of diverging colours."""
        x, y, values = (np.asarray(v, dtype=float) for v in (x, y, values))
        step = max(1, math.ceil(len(x) / MOST_POINTS))
        colours = self._colours(values[::step], label, centred)
        self._add("values", x[::step], y[::step], None, None, colours=colours, size=size)

    def heat(self, x_edges, y_edges, values, label, centred=False):
        """Cells of values (rows, columns), the first row at the first y edge; NaN is left out."""
        values = np.asarray(values, dtype=float)
        colours = np.reshape(self._colours(values.ravel(), label, centred), values.shape)
        x, y = np.asarray(x_edges, dtype=float), np.asarray(y_edges, dtype=float)
        self._add("heat", x, y, None, None, colours=colours)

    def render(self):
        """The SVG element."""
        self.ends = [self._ends(axis) for axis in (0, 1)]
        self.right = MARGIN_RIGHT + (COLOUR_BAR if self.bar else 0)
        texts = ticks_of(*self.ends[1], self.logs[1], MOST_TICKS[1])[1]
        self.left = max(LEAST_LEFT, LABEL_WIDTH + CHARACTER * max(map(len, texts), default=0))
        legend_rows = self._legend_rows()
        self.top = MARGIN_TOP + LEGEND_LINE * (len(legend_rows) + (self.bar is not None))
        if self.equal:
            self._equalise()
        parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
                 f'width="{self.width}" height="{self.height}" role="img" aria-label="{escape(self.title)}" '
                 'font-family="system-ui, sans-serif" font-size="12" fill="currentColor">',
                 f'<text x="{self.width / 2:.0f}" y="20" text-anchor="middle" font-size="14" font-weight="600">'
                 f'{escape(self.title)}</text>']
        parts += self._axes() + self._legend(legend_rows) + self._data() + self._colour_bar()
        return "\n".join([*parts, "</svg>"])

    def _add(self, kind, x, y, label, colour, **style):
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        self.items.append({"kind": kind, "x": x, "y": y, "colour": colour, **style})
        if label:
            self.legend.append((kind, label, colour, style.get("dashed", False)))

    def _next_colour(self):
        return PALETTE[sum(item["colour"] is not None for item in self.items) % len(PALETTE)]

    def _colours(self, values, label, centred):
        """Colours of values, and the bar that explains them."""
        finite = values[np.isfinite(values)]
        low, high = (np.percentile(finite, [2.0, 98.0]) if finite.size else (0.0, 1.0))
        if centred:
            high = max(abs(low), abs(high))
            low = -high
        if not high > low:
            low, high = low - 0.5, high + 0.5
        anchors = DIVERGING if centred else SEQUENTIAL
        self.bar = (label, low, high, anchors)
        return [blend(anchors, (v - low) / (high - low)) if math.isfinite(v) else None for v in values]

    def _ends(self, axis):
        """First and last value of an axis, on its own scale."""
        given, log = self.limits[axis], self.logs[axis]
        if given is None:
            values = np.concatenate([item["xy"[axis]] for item in self.items] or [np.array([0.0, 1.0])])
            values = values[np.isfinite(values) & ((values > 0.0) | (not log))]
            given = (values.min(), values.max()) if values.size else (1.0, 10.0)
            given = np.log10(given) if log else np.asarray(given, dtype=float)
            pad = 0.04 * (given[1] - given[0]) or 0.5 * (abs(given[0]) or 1.0)
            # An axis that starts at zero stays there.
            low = given[0] if given[0] == 0.0 and not log else given[0] - pad
            return float(low), float(given[1] + pad)
        given = np.log10(given) if log else np.asarray(given, dtype=float)
        return float(given[0]), float(given[1])

    def _equalise(self):
        """Widen the shorter axis until a unit is as long on both."""
        sizes = (self.width - self.left - self.right, self.height - self.top - MARGIN_BOTTOM)
        scale = max((high - low) / size for (low, high), size in zip(self.ends, sizes))
        for axis, size in enumerate(sizes):
            middle = 0.5 * sum(self.ends[axis])
            self.ends[axis] = (middle - 0.5 * scale * size, middle + 0.5 * scale * size)

    def _place(self, values, axis):
        """Pixels of values; NaN where an axis cannot show them."""
        values = np.asarray(values, dtype=float)
        if self.logs[axis]:
            values = np.log10(np.where(values > 0.0, values, np.nan))
        low, high = self.ends[axis]
        share = (values - low) / (high - low)
        if axis == 0:
            return self.left + share * (self.width - self.left - self.right)
        return self.height - MARGIN_BOTTOM - share * (self.height - self.top - MARGIN_BOTTOM)

    def _axes(self):
        """Grid, frame, ticks and labels."""
        left, right = self.left, self.width - self.right
        top, bottom = self.top, self.height - MARGIN_BOTTOM
        parts = []
        for axis in (0, 1):
            ticks, texts = self._ticks(axis)
            for at, text in zip(self._place(ticks, axis), texts):
                ends = (at, top, at, bottom) if axis == 0 else (left, at, right, at)
                parts.append('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="currentColor" '
                             'stroke-opacity="0.15"/>'.format(*ends))
                place, anchor = ((at, bottom + 17), "middle") if axis == 0 else ((left - 7, at + 4), "end")
                parts.append(f'<text x="{place[0]:.1f}" y="{place[1]:.1f}" text-anchor="{anchor}">{text}</text>')
        parts.append(f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" fill="none" '
                     'stroke="currentColor" stroke-opacity="0.5"/>')
        middle = 0.5 * (top + bottom)
        parts.append(f'<text x="{0.5 * (left + right):.1f}" y="{self.height - 12}" text-anchor="middle">'
                     f'{escape(self.x_label)}</text>')
        parts.append(f'<text x="16" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 16 {middle:.1f})">'
                     f'{escape(self.y_label)}</text>')
        return parts

    def _ticks(self, axis):
        """Places and texts of the ticks of an axis."""
        if axis == 0 and self.x_names:
            return np.arange(len(self.x_names)), [escape(name) for name in self.x_names]
        return ticks_of(*self.ends[axis], self.logs[axis], MOST_TICKS[axis])

    def _data(self):
        """All items, cut at the frame."""
        parts = [str(self.title), self.x_label, self.y_label, str(self.items)]
        name = f"clip{zlib.crc32(' '.join(parts).encode()):08x}"
        left, top = self.left, self.top
        parts = [f'<clipPath id="{name}"><rect x="{left}" y="{top}" width="{self.width - self.right - left}" '
                 f'height="{self.height - MARGIN_BOTTOM - top}"/></clipPath><g clip-path="url(#{name})">']
        for item in self.items:
            x, y = self._place(item["x"], 0), self._place(item["y"], 1)
            parts.append(DRAW[item["kind"]](item, x, y, self._base()))
        return [*parts, "</g>"]

    def _base(self):
        """Pixel of zero on the y axis, or of its lower end."""
        low, high = self.ends[1]
        zero = low if self.logs[1] else min(max(0.0, low), high)
        return float(self.height - MARGIN_BOTTOM - (zero - low) / (high - low)
                     * (self.height - self.top - MARGIN_BOTTOM))

    def _legend_rows(self):
        """Legend entries in lines that fit the width."""
        rows, used = [], 0.0
        for entry in self.legend:
            need = 34 + CHARACTER * len(entry[1])
            if not rows or used + need > self.width - self.left - MARGIN_RIGHT:
                rows.append([])
                used = 0.0
            rows[-1].append((used, entry))
            used += need
        return rows

    def _legend(self, rows):
        """Legend above the frame."""
        parts = []
        for line, row in enumerate(rows):
            y = MARGIN_TOP + LEGEND_LINE * line + 4
            for offset, (kind, label, colour, dashed) in row:
                x = self.left + offset
                if kind == "line":
                    mark = _path(f"M{x} {y}h20", colour, 2.0, dashed)
                elif kind == "points":
                    mark = f'<circle cx="{x + 10:.1f}" cy="{y}" r="4" fill="{colour}"/>'
                else:
                    mark = f'<rect x="{x + 4:.1f}" y="{y - 5}" width="12" height="10" fill="{colour}" opacity="0.8"/>'
                parts.append(f'{mark}<text x="{x + 25:.1f}" y="{y + 4}">{escape(label)}</text>')
        return parts

    def _colour_bar(self):
        """Scale of the coloured values."""
        if self.bar is None:
            return []
        label, low, high, anchors = self.bar
        x, top, size = self.width - COLOUR_BAR - 2, self.top, self.height - MARGIN_BOTTOM - self.top
        parts, steps = [], 40
        for k in range(steps):
            parts.append(f'<rect x="{x}" y="{top + size * (steps - 1 - k) / steps:.1f}" width="12" '
                         f'height="{size / steps + 0.5:.1f}" fill="{blend(anchors, (k + 0.5) / steps)}"/>')
        ticks, texts = ticks_of(low, high, False, most=5)
        for tick, text in zip(ticks, texts):
            y = top + size * (1.0 - (tick - low) / (high - low))
            parts.append(f'<text x="{x + 16}" y="{y + 4:.1f}">{text}</text>')
        parts.append(f'<text x="{self.width - 6}" y="{top - 8}" text-anchor="end">{escape(label)}</text>')
        return parts


def ticks_of(low, high, log=False, most=7):
    """Round positions between two ends, and their texts.

    Parameters
    ----------
    low, high : float
        Ends; logarithms to base 10 when ``log``.
    log : bool
        Whether the positions are powers of ten.
    most : int
        Bound on their number.

    Returns
    -------
    ticks : numpy.ndarray
        On the scale of the data.
    texts : list of str
    """
    if log:
        decades = np.arange(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
        ticks = 10.0 ** decades[:: max(1, math.ceil(len(decades) / most))]
        if len(ticks) < 3:
            ticks = np.concatenate([np.array([1.0, 2.0, 5.0]) * 10.0**d for d in
                                    range(math.floor(low), math.ceil(high) + 1)])
            ticks = ticks[(ticks >= 10.0**low * (1 - 1e-9)) & (ticks <= 10.0**high * (1 + 1e-9))]
        # Powers beyond the range of numbers come out as 0 or infinite.
        ticks = ticks[(ticks > 0.0) & np.isfinite(ticks)]
        return ticks, [number(v) for v in ticks]
    if not high > low:
        return np.array([low]), [number(low)]
    raw = (high - low) / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = power * next(f for f in (1.0, 2.0, 2.5, 5.0, 10.0) if f * power >= raw * (1 - 1e-9))
    ticks = np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1) * step
    largest = np.abs(ticks).max(initial=0.0)
    return ticks, [number(v, step, largest) for v in ticks]


def number(value, step=None, largest=None):
    """A number as short as its axis allows.

    Parameters
    ----------
    value : float
    step : float, optional
        Distance between ticks, which sets the decimals.
    largest : float, optional
        Largest tick: very large and very small axes are written with powers of ten throughout.
    """
    if value == 0.0 or (step and abs(value) < 1e-9 * step):
        return "0"
    largest = largest or abs(value)
    if largest >= 1e8 or largest < 1e-3:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{float(mantissa):g}e{int(exponent)}".replace("-", "\u2212")
    decimals = 0 if step is None else max(0, -math.floor(math.log10(step) + 1e-9))
    if step is not None and abs(round(step, decimals) - step) > 1e-6 * step:
        decimals += 1
    text = f"{value:,.{decimals}f}" if step is not None else f"{value:g}"
    return text.replace("-", "\u2212")


def blend(anchors, share):
    """Colour at a share (0 to 1) of the way along anchor colours."""
    position = min(max(share, 0.0), 1.0) * (len(anchors) - 1)
    k = min(int(position), len(anchors) - 2)
    first, second = ([int(c[i:i + 2], 16) for i in (1, 3, 5)] for c in (anchors[k], anchors[k + 1]))
    return "#" + "".join(f"{round(a + (b - a) * (position - k)):02x}" for a, b in zip(first, second))


def _path(data, colour, width, dashed=False):
    dash = ' stroke-dasharray="6 4"' if dashed else ""
    return f'<path d="{data}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>'


def _draw_line(item, x, y, base):
    known = np.isfinite(x) & np.isfinite(y)
    joined = np.r_[False, known[:-1]]
    data = "".join(f"{'L' if j else 'M'}{a:.1f} {b:.1f}" for a, b, k, j in zip(x, y, known, joined) if k)
    return _path(data, item["colour"], item["width"], item["dashed"])


def _draw_points(item, x, y, base):
    style = f'fill="{item["colour"]}" fill-opacity="{item["opacity"]}"'
    return "".join(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="{r:.1f}" {style}/>'
                   for a, b, r in zip(x, y, item["sizes"]) if math.isfinite(a + b))


def _draw_bars(item, x, y, base):
    return "".join(
        f'<rect x="{a:.1f}" y="{min(b, base):.1f}" width="{max(c - a - 1.0, 0.5):.1f}" height="{abs(base - b):.1f}" '
        f'fill="{item["colour"]}" fill-opacity="{item["opacity"]}"/>'
        for a, c, b in zip(x[:-1], x[1:], y[:-1]) if math.isfinite(a + b + c))


def _draw_band(item, x, y, base):
    data = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y) if math.isfinite(a + b))
    return f'<path d="M{data}Z" fill="{item["colour"]}" fill-opacity="0.25"/>'


def _draw_values(item, x, y, base):
    return "".join(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="{item["size"]}" fill="{c}"/>'
                   for a, b, c in zip(x, y, item["colours"]) if c and math.isfinite(a + b))


def _draw_heat(item, x, y, base):
    parts = []
    for i, row in enumerate(item["colours"]):
        for j, colour in enumerate(row):
            if colour:
                parts.append(f'<rect x="{x[j]:.1f}" y="{min(y[i], y[i + 1]):.1f}" '
                             f'width="{x[j + 1] - x[j] + 0.5:.1f}" height="{abs(y[i + 1] - y[i]) + 0.5:.1f}" '
                             f'fill="{colour}"/>')
    return "".join(parts)


DRAW = {"line": _draw_line, "points": _draw_points, "bars": _draw_bars, "band": _draw_band, "values": _draw_values,
        "heat": _draw_heat}
