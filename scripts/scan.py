"""Runs the plugin site's checks on the built package: Bandit, detect-secrets and Flake8. Any finding fails.

The lists of rules are those of the site (QGIS-Plugins-Website, July 2026). The package is that of the last commit;
``--working-tree`` takes the files as they are now instead, committed or not.
"""
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from package import PACKAGE, ROOT, build, working_tree

BANDIT = (
    "B101,B102,B103,B104,B105,B106,B107,B108,B110,B111,B112,B113,B201,B202,B301,B302,B303,B304,B305,B306,B307,B308,"
    "B310,B311,B312,B313,B314,B315,B316,B317,B318,B319,B320,B321,B323,B324,B401,B402,B403,B405,B406,B407,B408,B409,"
    "B412,B413,B501,B502,B503,B504,B505,B506,B507,B508,B509,B601,B602,B603,B604,B605,B606,B607,B608,B609,B610,B611,"
    "B612,B613,B614,B615,B701,B702,B703,B704"
)
FLAKE8 = (
    "C901,E101,E711,E712,E713,E714,E721,E722,E731,E741,E742,E743,E901,E902,E999,F402,F403,F404,F405,F811,F821,F822,"
    "F823,F831,F901,W605"
)
TOOLS = Path(sys.executable).parent


def output(tool, *arguments, folder):
    """What a tool prints; its exit code says nothing certain."""
    done = subprocess.run([str(TOOLS / tool), *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if not done.stdout and done.returncode:
        raise SystemExit(f"{tool}: {done.stderr.strip()}")
    return done.stdout


def known_tests(folder):
    """The site's Bandit rules that the installed Bandit still has; it stops at a name that it does not know."""
    listed = subprocess.run([str(TOOLS / "bandit"), "--help"], cwd=folder, capture_output=True, text=True, check=True)
    known = set(re.findall(r"\bB\d{3}\b", listed.stdout))
    return ",".join(rule for rule in BANDIT.split(",") if rule in known)


def bandit(folder):
    """Findings of Bandit."""
    arguments = ("-r", PACKAGE, "-f", "json", "--quiet", "-t", known_tests(folder))
    report = json.loads(output("bandit", *arguments, folder=folder))
    if report["errors"]:
        raise SystemExit(f"bandit: {report['errors']}")
    return [f"{hit['filename']}:{hit['line_number']} {hit['test_id']} {hit['issue_text']}" for hit in report["results"]]


def secrets(folder):
    """Findings of detect-secrets."""
    report = json.loads(output(
        "detect-secrets", "scan", "--all-files", "--exclude-files", r"metadata\.txt", "--exclude-files",
        r"\.secrets\.baseline", ".", folder=folder / PACKAGE))
    return [f"{name}:{hit['line_number']} {hit['type']}" for name, hits in report["results"].items() for hit in hits]


def flake8(folder):
    """Findings of Flake8."""
    arguments = ("--select", FLAKE8, "--max-line-length", "120", "--isolated", PACKAGE)
    return output("flake8", *arguments, folder=folder).splitlines()


def unpack(tree):
    """Build the package of a commit or tree and unpack it; returns the folder."""
    folder = ROOT / "build" / "scan"
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(build(tree, folder)) as archive:
        archive.extractall(folder)
    return folder


def main(arguments):
    """Scan the package; returns the number of findings."""
    folder = unpack(working_tree() if "--working-tree" in arguments else "HEAD")
    total = 0
    for name, check in (("bandit", bandit), ("detect-secrets", secrets), ("flake8", flake8)):
        findings = check(folder)
        total += len(findings)
        print(f"{name}: {len(findings)} findings")
        for finding in findings:
            print(f"  {finding}")
    return total


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
