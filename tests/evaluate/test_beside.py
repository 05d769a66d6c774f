"""Work beside a command, in copies of its process: the same answers, whatever becomes of a copy."""

import json
import os
import subprocess
import sys

import pytest

from engine.decision.aside import begun
from engine.evaluate.processes.beside import beside
from tests.conftest import ROOT

# In a process of its own, as a command is: the runner of tests has threads and is not copied.
BESIDE = """
import json, multiprocessing, os, signal, sys
from functools import partial
from engine.decision.aside import at_once, begun
from engine.decision.solve import solve
from engine.errors import EngineError
from engine.evaluate.processes.beside import beside
from engine.evaluate.trust.plan_certainty import with_figures
from engine.scenario.read import read_scenario

here, told = os.getpid(), {}
case = read_scenario(sys.argv[1])


def fatal():
    if os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return "done here"


def faulty():
    raise EngineError("no answer")


def broken_off():
    yield 1
    yield 2
    fatal()
    yield 3


def plan(aside):
    made = solve(case, samples=40, aside=aside, tell=partial(with_figures, case, aside=aside)).plan_or_raise()
    summary = {**made.summary, "seconds": 0.0}
    summary["certified_by"] = {**summary["certified_by"], "seconds": 0.0}
    return json.dumps([summary, made.decisions.to_csv(), made.ledger.to_csv()])


with beside() as aside:
    first, second, third, late = (begun(aside, work) for work in (os.getpid, fatal, faulty, signal.pause))
    told["elsewhere"] = first() != here
    told["killed"] = second()
    told["each"] = list(aside(broken_off))
    try:
        third()
    except EngineError as error:
        told["error"] = str(error)
told["ended"] = not multiprocessing.active_children()
with beside() as aside:
    copied = []

    def counted(work):
        copied.append(work)
        return aside(work)

    told["same"] = plan(counted) == plan(at_once)
    told["copies"] = len(copied)
print("words that a copy must not say again", end=" ")
print(json.dumps(told))
"""


@pytest.mark.skipif(sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="nothing is copied here")
def test_a_plan_with_its_certificate_and_figures_beside_is_that_of_one_process():
    command = [sys.executable, "-c", BESIDE, ROOT / "scenarios" / "tiny"]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    words, told = done.stdout.split("{", 1)
    assert words.count("again") == 1
    assert json.loads("{" + told) == {
        "elsewhere": True, "killed": "done here", "each": [1, 2, 3], "error": "no answer", "ended": True, "same": True,
        "copies": 2,
    }  # fmt: skip
    assert not done.stderr


def test_where_no_core_is_to_spare_the_work_is_done_where_it_is_begun(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    done = []
    with beside() as aside:
        answer = begun(aside, lambda: done.append(os.getpid()))
    assert done == [os.getpid()]
    assert answer() is None
