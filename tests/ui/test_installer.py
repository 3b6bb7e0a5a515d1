"""The plan of an environment, and an installer that publishes whole ones only."""
import sys
import time

import pytest
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QLockFile, QProcessEnvironment

from lodescope.ui.environmentplan import Plan, Step, Wish, disk_problem, make_plan, quoted, wheels_problem
from lodescope.ui.installer import Installer, with_proxy

MAKE = "import pathlib, sys; pathlib.Path(sys.argv[1]).mkdir(); pathlib.Path(sys.argv[1], 'made').touch()"


@pytest.fixture
def plan(tmp_path):
    """Make a plan of small Python commands; the first one makes the folder."""
    def make(*codes, optional=()):
        target = tmp_path / "env-base-test"
        partial = target.with_name("env-base-test.partial")
        steps = [Step(f"step {number}", sys.executable, ("-c", code, str(partial)), 1.0 / (len(codes) + 1),
                      number in optional) for number, code in enumerate([MAKE, *codes])]
        return Plan("base", target, partial, 1, tuple(steps))

    return make


def carried_out(plan, act=lambda installer: None):
    """Run a plan to its end; gives whether it is whole, the message, what was said and how the bar moved."""
    installer, ended, said, bar = Installer(plan), [], [], []
    installer.ended.connect(lambda *outcome: ended.append(outcome))
    installer.said.connect(said.append)
    installer.moved.connect(lambda percent, _: bar.append(percent))
    installer.start()
    end = time.monotonic() + 20.0
    while not ended and time.monotonic() < end:
        QCoreApplication.processEvents()
        act(installer)
        time.sleep(0.01)
    assert ended, said
    return (*ended[0], said, bar)


def test_whole_environment_gets_its_final_name(plan):
    made = plan("print('hello')", "")
    whole, message, said, bar = carried_out(made)
    assert (whole, message) == (True, "")
    assert (made.target / "made").exists()
    assert not made.partial.exists()
    assert "hello" in said
    assert bar == sorted(bar)


def test_failed_step_keeps_nothing_and_leaves_an_earlier_environment_alone(plan):
    made = plan("import sys; sys.exit('no such package')")
    made.target.mkdir()
    (made.target / "earlier").touch()
    whole, message, _, _ = carried_out(made)
    assert not whole
    assert message == "“step 1” failed (no such package): the log says more; nothing was kept."
    assert not made.partial.exists()
    assert [path.name for path in made.target.iterdir()] == ["earlier"]


def test_new_environment_takes_the_place_of_an_earlier_one(plan):
    made = plan("")
    made.target.mkdir()
    (made.target / "earlier").touch()
    assert carried_out(made)[0]
    assert [path.name for path in made.target.iterdir()] == ["made"]
    assert [path.name for path in made.target.parent.iterdir() if path.is_dir()] == [made.target.name]


def test_what_only_makes_it_faster_may_fail(plan):
    whole, _, said, _ = carried_out(plan("raise SystemExit(3)", "", optional=(1,)))
    assert whole
    assert "This part is not needed; going on without it." in said


def test_cancel_keeps_nothing(plan):
    made, begun = plan("import time; time.sleep(60)"), time.monotonic()

    def act(installer):
        if installer.number == 1 and installer.running() and not installer.cancelled:
            installer.cancel()

    whole, message, _, _ = carried_out(made, act)
    assert (whole, message) == (False, "Cancelled; nothing was kept.")
    assert time.monotonic() - begun < 10.0
    assert not made.partial.exists()
    assert not made.target.exists()


def test_program_that_is_not_there_is_one_sentence(plan):
    made = plan("")
    step = Step("step", "/no/such/python", (), 1.0)
    whole, message, _, _ = carried_out(Plan("base", made.target, made.partial, 1, (step,)))
    assert not whole
    assert message.startswith("“step” failed (")


def test_another_window_at_the_same_place_is_waited_for(plan):
    made = plan("")
    lock = QLockFile(f"{made.partial}.lock")
    assert lock.tryLock(0)
    whole, message, _, _ = carried_out(made)
    lock.unlock()
    assert not whole
    assert message.startswith("Another QGIS is making this environment")


def test_plan_of_venv_and_pip_says_every_command(tmp_path):
    plan = make_plan(Wish("deep", "/opt/py/bin/python3"), tmp_path)
    lines = [step.command() for step in plan.steps]
    assert lines[0] == f"/opt/py/bin/python3 -I -m venv {plan.partial}"
    assert "download.pytorch.org/whl/cpu" in lines[1]
    assert "--no-deps" in lines[1]
    assert plan.steps[1].optional  # the next step brings the usual one
    assert '"numpy>=1.24,<2.5"' in lines[2]
    assert "torch" in lines[2]
    assert "pytorch.org" not in lines[2]
    assert "numba" in lines[3]
    assert plan.steps[3].optional
    assert "sklearn" in lines[4]
    assert lines[5].endswith("--probe deep")
    assert plan.target.name.startswith("env-deep-")
    assert plan.partial.suffix == ".partial"


def test_plan_without_a_network_uses_the_folder_alone(tmp_path):
    plan = make_plan(Wish("deep", "python3", wheels="/media/stick/wheels"), tmp_path)
    line = plan.steps[1].command()
    assert "--no-index --find-links /media/stick/wheels" in line
    assert "download.pytorch.org" not in line


def test_plan_with_uv_uses_it(tmp_path):
    plan = make_plan(Wish("base", "3.11", uv="/home/me/.local/bin/uv"), tmp_path)
    assert plan.steps[0].command().startswith("/home/me/.local/bin/uv venv --python 3.11 ")
    assert plan.steps[1].command().startswith("/home/me/.local/bin/uv pip install --python ")


def test_other_wishes_have_other_places(tmp_path):
    wishes = (Wish("base", "a"), Wish("base", "b"), Wish("deep", "a"), Wish("deep", "a", gpu=True),
              Wish("deep", "a", cluster=True))
    assert len({make_plan(wish, tmp_path).target for wish in wishes}) == 5


def test_plan_for_a_cluster_brings_dask(tmp_path):
    steps = make_plan(Wish("base", "a", cluster=True), tmp_path).steps
    assert "distributed>=" in steps[1].command()
    assert " distributed" in steps[3].command()  # imported before the environment is used
    assert not any("distributed" in step.command() for step in make_plan(Wish("base", "a"), tmp_path).steps)


def test_problems_are_sentences(tmp_path):
    plan = make_plan(Wish("base", "a"), tmp_path)
    assert disk_problem(plan) == ""
    assert disk_problem(Plan("base", plan.target, plan.partial, 10**9, ())).endswith("free some space.")
    assert wheels_problem("") == ""
    assert "holds no wheels" in wheels_problem(str(tmp_path))


def test_words_with_signs_of_a_shell_are_quoted():
    assert [quoted(word) for word in ("plain", "a b", "x>=1", "")] == ["plain", '"a b"', '"x>=1"', '""']


def test_proxy_of_qgis_is_handed_on():
    settings = {"proxy/proxyEnabled": True, "proxy/proxyType": "HttpProxy", "proxy/proxyHost": "proxy.mine",
                "proxy/proxyPort": "3128"}
    for key, value in settings.items():
        QgsSettings().setValue(key, value)
    try:
        found = with_proxy(QProcessEnvironment())
        own = QProcessEnvironment()
        own.insert("https_proxy", "http://own:1")
        kept = with_proxy(own)
    finally:
        for key in settings:
            QgsSettings().remove(key)
    assert found.value("HTTPS_PROXY") == "http://proxy.mine:3128"
    assert not kept.contains("HTTPS_PROXY")
    assert not with_proxy(QProcessEnvironment()).contains("HTTPS_PROXY")
