"""Runs bench/bench_*.py one after the other, each in a process of its own, and writes one table.

Usage: bench.py [WORD ...], where only files whose name holds one of the words run. A file has a function ``rows`` that
returns, for each line, its name, what was measured, the bar it has to meet (None without one), whether it does, the
peak memory in MB and a note, as a dictionary or as a tuple in this order. The table is build/bench/bench.md and, for
programs, bench.json. A bar that is not met is told and does not fail the run; a file that breaks does.
"""
import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bench"))
from common import as_line, cells, show

OUTPUT = ROOT / "build" / "bench"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def measure(path):
    """Run ``rows`` of one file in this process and print it as JSON on the last line."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    lines = [as_line(line) for line in module.rows()]
    print(json.dumps(lines, default=float))


def run(path):
    """Lines of one file, measured in a new process."""
    variables = {**os.environ, **dict.fromkeys(ONE_THREAD, "1")}
    done = subprocess.run([sys.executable, __file__, "--measure", str(path)], env=variables, stdout=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode:
        return [{"name": f"{path.stem} failed with exit code {done.returncode}", "met": False}]
    return json.loads(done.stdout.splitlines()[-1])


def table(results):
    """The results as Markdown."""
    parts = [f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"]
    for name, (lines, seconds) in results.items():
        parts += ["", f"## {name} ({seconds:.0f} s)", "", "| line | measured | bar | met | memory MB | note |",
                  "| --- | ---: | ---: | --- | ---: | --- |"]
        parts += ["| " + " | ".join(cells(line)) + " |" for line in lines]
    return "\n".join(parts) + "\n"


def chosen(words):
    """The files whose name holds one of the words; all without a word."""
    files = sorted((ROOT / "bench").glob("bench_*.py"))
    found = [path for path in files if not words or any(word in path.stem for word in words)]
    if not found:
        raise SystemExit(f"No benchmark is called that; there are {', '.join(path.stem[6:] for path in files)}.")
    return found


def main(words):
    """Run the files and write the table; returns how many files broke."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    results = {}
    for path in chosen(words):
        print(f"\n== {path.stem}: measured, bar, met, memory MB", flush=True)
        started = time.monotonic()
        lines = run(path)
        results[path.stem] = lines, time.monotonic() - started
        show(lines)
        (OUTPUT / "bench.md").write_text(table(results), encoding="utf-8")
        (OUTPUT / "bench.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    verdicts = [line.get("met") for lines, _ in results.values() for line in lines]
    print(f"\n{verdicts.count(True)} bars met, {verdicts.count(False)} not met; {OUTPUT.relative_to(ROOT)}/bench.md")
    return sum("measured" not in line for lines, _ in results.values() for line in lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]))
    else:
        sys.exit(1 if main(sys.argv[1:]) else 0)
