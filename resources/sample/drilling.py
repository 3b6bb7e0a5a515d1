"""Drill holes through the synthetic deposit: collars, surveys, assays and the geologist's notes."""
import deposit
import numpy as np

INTERVAL = 4.0
# Relative error of an assay, and the least that the laboratory reports.
PRECISION = {"pct": 0.015, "ppm": 0.04, "susceptibility": 0.05, "chargeability": 0.05}
DETECTION = {"Tm_ppm": 0.1, "Lu_ppm": 0.1, "Eu_ppm": 0.3, "Tb_ppm": 0.2, "Ti_pct": 0.05}

NOTES = {
    0: ("metabasalt", "mafic volc, fg", "dk green m-gr basalt, chloritic", "Metabasalt, massive, fol at margins"),
    1: ("BIF", "banded iron fm, magnetite-chert", "bnded Fe fm, dk grey, hem partings", "iron-formation, mesobanded"),
    2: ("shale", "blk shale, lam", "grey carb shale, fissile", "Shale, lt grey, f.g., thinly bedded"),
    3: ("dolerite dyke", "dol, m.gr., fresh", "Dolerite, chilled margin", "mafic intrusive, massive, magnetic"),
}
INTENSITY = ("tr", "wk", "mod", "str")


def desurvey(collar, depths, azimuths, dips, at):
    """Positions ``at`` depths down a hole by minimum curvature.

    Angles in degrees, dip negative downwards; returns an array (n, 3). Below the last survey the hole goes straight.
    """
    azimuth, dip = np.radians(azimuths), np.radians(dips)
    directions = np.column_stack([np.cos(dip) * np.sin(azimuth), np.cos(dip) * np.cos(azimuth), np.sin(dip)])
    stations, places = [np.asarray(collar, float)], np.empty((len(at), 3))
    for i in range(1, len(depths)):
        stations.append(stations[-1] + arc(directions[i - 1], directions[i], depths[i] - depths[i - 1], 1.0))
    for row, depth in enumerate(at):
        i = min(np.searchsorted(depths, depth, side="right") - 1, len(depths) - 1)
        if i == len(depths) - 1:
            places[row] = stations[i] + directions[i] * (depth - depths[i])
        else:
            length = depths[i + 1] - depths[i]
            places[row] = stations[i] + arc(directions[i], directions[i + 1], length, (depth - depths[i]) / length)
    return places


def arc(start, end, length, share):
    """Way along the first ``share`` of a circular arc of ``length`` between two unit directions."""
    angle = np.arccos(np.clip(start @ end, -1.0, 1.0))
    if angle < 1e-9:
        return start * length * share
    normal = (end - start * np.cos(angle)) / np.sin(angle)
    turn = angle * share
    return length / angle * (start * np.sin(turn) + normal * (1.0 - np.cos(turn)))


def drill(rng):
    """Drill twelve fences of three holes; each hole is a dictionary of arrays."""
    holes = []
    for east in np.arange(75.0, deposit.WIDTH - 40.0, 96.0):
        for back in (25.0, 95.0, 170.0):
            number = len(holes) + 1
            holes.append(drill_hole(f"LS{number:03d}", east, back, rng))
    return holes


def drill_hole(name, east, back, rng):
    """One hole, drilled north from ``back`` metres south of the iron formation until it is through."""
    x = round(deposit.WEST + east + rng.uniform(-12.0, 12.0), 2)
    y = round(deposit.SOUTH + float(deposit.outcrop(x - deposit.WEST)) - back + rng.uniform(-8.0, 8.0), 2)
    collar = (x, y, round(float(deposit.surface(x, y)), 2))
    length = INTERVAL * round((back / 0.904 + 85.0) / INTERVAL)
    depths = np.append(np.arange(0.0, length - 10.0, 30.0), length)
    azimuths = np.round(rng.normal(0.0, 4.0) + np.cumsum(rng.normal(0.3, 0.5, depths.size)), 1) % 360.0
    dips = np.round(-60.0 + rng.normal(0.0, 1.5) + np.cumsum(rng.normal(0.4, 0.3, depths.size)), 1)
    starts = np.arange(0.0, length, INTERVAL)
    places = np.round(desurvey(collar, depths, azimuths, dips, starts + INTERVAL / 2.0), 2)
    values = {key: assay(key, value, rng) for key, value in deposit.truth(*places.T).items()}
    return {
        "name": name, "collar": collar, "length": length, "depths": depths, "azimuths": azimuths, "dips": dips,
        "starts": starts, "places": places, "values": values, "lithology": deposit.lithology(*places.T),
        "alteration": deposit.alteration(*places.T),
    }


def assay(key, value, rng):
    """The true values with the laboratory's error, to four digits."""
    measured = value * np.exp(rng.normal(0.0, PRECISION[key.rsplit("_", 1)[-1]], value.shape))
    digits = 3 - np.floor(np.log10(measured)).astype(int)
    return np.array([round(float(v), int(d)) for v, d in zip(measured, digits)])


def sample_table(holes, point):
    """Clean samples at interval centres: all values present."""
    return [
        {
            "hole_id": hole["name"], "from_m": float(start), "to_m": float(start + INTERVAL),
            "lithology": deposit.LITHOLOGIES[hole["lithology"][i]],
            **{key: float(value[i]) for key, value in hole["values"].items()},
            "geometry": point(*map(float, hole["places"][i])),
        }
        for hole in holes
        for i, start in enumerate(hole["starts"])
    ]


def collar_table(holes, point):
    """Collars with elevation in the geometry and in a field."""
    return [
        {"hole_id": hole["name"], "elevation": hole["collar"][2], "length_m": float(hole["length"]),
         "geometry": point(*hole["collar"])}
        for hole in holes
    ]


def survey_table(holes):
    """Down-hole surveys."""
    return [
        {"hole_id": hole["name"], "depth_m": float(depth), "azimuth": float(azimuth), "dip": float(dip)}
        for hole in holes
        for depth, azimuth, dip in zip(hole["depths"], hole["azimuths"], hole["dips"])
    ]


def assay_table(holes, rng):
    """Assays as the laboratory reports them: text, with values below detection and missing ones."""
    rows = []
    for hole in holes:
        for i, start in enumerate(hole["starts"]):
            row = {"hole_id": hole["name"], "from_m": float(start), "to_m": float(start + INTERVAL)}
            for key in (name for name in hole["values"] if name.endswith(("_pct", "_ppm"))):
                row[key] = reported(key, hole["values"][key][i], rng)
            rows.append(row)
    return rows


def reported(key, value, rng):
    """One cell of the laboratory's table: a number, "<limit", or empty in one case of fifty."""
    if rng.random() < 0.02:
        return ""
    limit = DETECTION.get(key, 0.0)
    return f"<{limit}" if value < limit else f"{value:g}"


def log_table(holes, rng):
    """The geologist's notes: free text for each run of one rock, at most 20 m long."""
    rows = []
    for hole in holes:
        for first, last in runs(hole["lithology"]):
            rows.append({
                "hole_id": hole["name"], "from_m": float(hole["starts"][first]),
                "to_m": float(hole["starts"][last] + INTERVAL),
                "description": note(hole["lithology"][first], hole["alteration"][first:last + 1].mean(), rng),
            })
    return rows


def runs(codes, longest=5):
    """First and last index of each run of equal codes, cut into parts of at most ``longest``."""
    start = 0
    for i in range(1, len(codes) + 1):
        if i == len(codes) or codes[i] != codes[start] or i - start == longest:
            yield start, i - 1
            start = i


def note(code, altered, rng):
    """A sentence in the manner of drill logs, with its abbreviations."""
    words = [NOTES[int(code)][rng.integers(len(NOTES[int(code)]))]]
    strength = INTENSITY[int(min(altered, 2.9) * 4.0 / 3.0)]
    if altered > 0.3:
        words.append(f"{strength} {('fenitisation', 'carb alt', 'K-alt')[rng.integers(3)]}")
    if altered > 1.2:
        words.append(f"{int(altered * 2.0)}% {('bastnaesite', 'monazite', 'bast+monaz')[rng.integers(3)]} in veinlets")
    if rng.random() < 0.3:
        words.append(("no vis sulph", "tr py", "minor qtz vns", "ox fract", "core loss .3m")[rng.integers(5)])
    return ", ".join(words)
