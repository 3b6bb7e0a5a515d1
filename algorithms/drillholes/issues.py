"""What was found wrong in drill-hole tables, where, and what was done about it."""
import numpy as np

# Kind: title, and what is done.
KINDS = {
    "duplicate_collar": ("Collar given again at the same place", "one is used"),
    "moved_collar": ("Hole with collars at different places", "the first collar is used"),
    "unnamed_collar": ("Collar without a hole name", "left out"),
    "unplaced_collar": ("Collar without coordinates or elevation", "the hole is left out"),
    "collar_elevation": ("Collar whose elevation came from another source", "the next source is used"),
    "collar_angle": ("Collar azimuth or dip out of range", "not used"),
    "no_survey": ("Hole without survey", "taken as vertical"),
    "collar_direction": ("Hole without survey", "straight in the direction of its collar"),
    "survey_orphan": ("Survey of a hole without collar", "left out"),
    "survey_incomplete": ("Survey station without depth, azimuth or dip", "left out"),
    "survey_depth": ("Survey station at a negative depth", "left out"),
    "azimuth_wrapped": ("Azimuth below 0 or above 360", "brought into 0 to 360"),
    "azimuth_range": ("Azimuth far out of range", "station left out"),
    "dip_range": ("Dip out of range", "station left out"),
    "survey_duplicate": ("Survey station given again", "one is used"),
    "survey_conflict": ("Different directions at one survey depth", "the first is used"),
    "survey_past_end": ("Survey station past the end of the hole", "used"),
    "late_survey": ("Survey that begins more than 50 m below the collar", "straight above its first station; a wedge "
                    "needs the stations of its parent hole too"),
    "dogleg": ("Bend sharper than the limit", "used; check both stations"),
    "up_hole": ("Hole that points upwards", "used; check the sign of the dip"),
    "interval_orphan": ("Intervals of a hole without collar", "left out"),
    "interval_unnamed": ("Interval without a hole name", "left out"),
    "interval_missing": ("Interval without FROM or TO", "left out"),
    "interval_reversed": ("FROM not above TO", "left out"),
    "interval_negative": ("Interval above the collar (negative depth)", "left out"),
    "past_end": ("Interval past the end of the hole", "kept; the path goes straight on"),
    "below_survey": ("Intervals more than 100 m below the last survey station", "kept; the path goes straight on"),
    "interval_duplicate": ("Interval given again", "kept"),
    "overlap": ("Overlap with an interval before it", "kept"),
    "gap": ("Gap between intervals", "left empty"),
    "no_intervals": ("Collar without intervals", "trace only"),
    "spelling": ("Hole written in several ways (case, spaces or decimals)", "matched"),
}
MOST = 100_000


class Issues:
    """A list of findings, with totals by kind.

    Every kind keeps its first 100,000 findings; totals count all.
    """

    def __init__(self):
        self.totals = dict.fromkeys(KINDS, 0)
        self._parts = {kind: [] for kind in KINDS}

    def add(self, kind, holes, start=None, end=None, detail=""):
        """Note findings of one kind.

        Parameters
        ----------
        kind : str
            A key of `KINDS`.
        holes : sequence of str, length n
        start, end : array_like, shape (n,), optional
            Depths as in the tables.
        detail : str or sequence of str
        """
        count = len(holes)
        room = max(0, MOST - self.totals[kind])
        self.totals[kind] += count
        kept = min(count, room)
        if not kept:
            return
        details = [detail] * kept if isinstance(detail, str) else list(detail[:kept])
        depths = [np.full(kept, np.nan) if part is None else np.asarray(part, float)[:kept] for part in (start, end)]
        self._parts[kind].append((list(holes[:kept]), *depths, details))

    def __getitem__(self, kind):
        """Number of findings of a kind."""
        return self.totals[kind]

    def rows(self, kind, most=MOST):
        """The first findings of a kind as tuples of hole, start, end (None where unknown) and detail."""
        rows = []
        for holes, start, end, details in self._parts[kind]:
            room = most - len(rows)
            if room <= 0:
                break
            rows += zip(holes[:room], _known(start[:room]), _known(end[:room]), details[:room])
        return rows

    def table(self):
        """All findings that were kept, in the order of `KINDS`.

        Returns
        -------
        kinds : array of int
            Positions in `KINDS`.
        depths : array, shape (n, 2)
        holes, details : lists of str
        """
        kinds, depths, holes, details = [], [np.empty((0, 2))], [], []
        for number, kind in enumerate(KINDS):
            for names, start, end, words in self._parts[kind]:
                kinds += [number] * len(names)
                depths.append(np.column_stack([start, end]))
                holes += names
                details += words
        return np.array(kinds, np.int64), np.concatenate(depths), holes, details


def _known(depths):
    """Depths as a list, None where there is none."""
    return [None if np.isnan(depth) else float(depth) for depth in depths]
