"""What the benchmarks share: the package under its installed name, and their lines as a table."""
import importlib.util
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("name", "measured", "bar", "met", "memory", "note")
MET = {None: "", True: "yes", False: "NO"}


def load_package():
    """Import the repository root as the package it is installed as."""
    os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "build" / "numba"))
    if "lodescope" not in sys.modules:
        spec = importlib.util.spec_from_file_location("lodescope", ROOT / "__init__.py",
                                                      submodule_search_locations=[str(ROOT)])
        module = importlib.util.module_from_spec(spec)
        sys.modules["lodescope"] = module
        spec.loader.exec_module(module)


def as_line(line):
    """A line of ``rows`` as a dict; a tuple is in the order of `COLUMNS`."""
    return line if isinstance(line, dict) else dict(zip(COLUMNS, line))


def cells(line):
    """One line of the table as texts."""
    measured, bar, memory = line.get("measured"), line.get("bar"), line.get("memory")
    return (
        line["name"].replace("|", "/"), "" if measured is None else f"{measured:.4g}",
        "" if bar is None else str(bar), MET[line.get("met")], "" if memory is None else f"{memory:.0f}",
        line.get("note") or "",
    )


def show(lines):
    """Print lines; returns how many bars are not met."""
    for line in lines:
        name, measured, bar, met, memory, note = cells(line)
        print(f"{name:62s} {measured:>10s} {bar:>14s} {met:>3s} {memory:>7s}  {note}", flush=True)
    return sum(line.get("met") is False for line in lines)


load_package()
