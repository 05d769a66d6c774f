"""What readers of the app wait for on the bicycles: first figures, a moved slider, its proof, and every study.

Studies are the commands that the app starts, with its own options, one after the other in processes of their own.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.slider import reader
from engine.decision.plan import Plan
from engine.report.files import read_plan
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from engine.ui.charts.tornado import prepare as tornado
from engine.ui.state.levers import LeverState
from engine.ui.state.scenarios import FOLDER
from engine.ui.work.compare_study import CaseColumn
from engine.ui.work.compare_study import prepare as compare
from engine.ui.work.proof import proof_command, write_down
from engine.ui.work.trust_study import judgement_study, sampling_study, simulation_study

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = "bicycles"
MOVES, PROVEN_EVERY, POINTS = 12, 6, 12
Prepare = Callable[[Path], list[str]]


def report(scenario: str = SCENARIO, *, moves: int = MOVES) -> list[str]:
    """A table: what is waited for, seconds, and of studies the processor's."""
    lines = ["| waited for | seconds | processor |", "|:--|--:|--:|", *_page(scenario, moves)]
    base = read_scenario(FOLDER / scenario)
    with tempfile.TemporaryDirectory() as folder:
        seconds, processor = _run(lambda place: proof_command(base, place), Path(folder) / "proof")
        lines.append(_row("the proof of the scenario as given", seconds, processor))
        plan = read_plan(Path(folder) / "proof" / "plan")
        for name, prepare in studies(base, plan).items():
            lines.append(_row(name, *_run(prepare, Path(folder) / name.replace(" ", "-"))))
    return lines


def studies(base: Scenario, plan: Plan) -> dict[str, Prepare]:
    """The studies of the app, by what they are called in the table."""
    given = LeverState(scenario=SCENARIO)
    variants = [LeverState(scenario=SCENARIO, variant=name) for name in list(base.settings.variants)[:2]]
    cases = [CaseColumn(key=str(n), name=str(n), what_if=one) for n, one in enumerate([given, *variants])]

    def frontier(folder: Path) -> list[str]:
        write_down(base, folder / "scenario")
        return ["frontier", str(folder / "scenario"), "--out", str(folder / "out"), "--by", "inventory", "--points",
                str(POINTS), "--point-gap", "0.01", "--point-samples", "100"]  # fmt: skip

    return {
        f"compare of {len(cases)} cases": lambda folder: compare(folder, base, cases),
        f"frontier of {POINTS} points, rough": frontier,
        "tornado": lambda folder: tornado(folder, base, given),
        "judgement, 60 redraws": judgement_study(base, plan).prepare,
        "sampling gap, VSS and EVPI": sampling_study(base, plan).prepare,
        "simulation, 5 times 3 years": simulation_study(base, plan).prepare,
    }


def _page(scenario: str, moves: int) -> list[str]:
    try:
        usable, taken, landed = reader(moves, scenario, prove_every=PROVEN_EVERY)
    except FileNotFoundError as error:
        return [f"| the page: {error} | | |"]
    moved = np.array([seconds for _, seconds, _ in taken])
    proofs = np.array([one.seconds for one in landed])
    found = [_row("server start to first figures", usable), _row("slider to first answer, median", np.median(moved)),
             _row("slider to first answer, 95th percentile", np.quantile(moved, 0.95))]  # fmt: skip
    return found + ([_row("first answer to its proof, median", np.median(proofs))] if len(proofs) else [])


def _run(prepare: Prepare, folder: Path) -> tuple[float, float]:
    """Seconds and seconds of the processor of a command in a process of its own."""
    folder.mkdir(parents=True)
    return run_command(prepare(folder))


def as_installed() -> dict[str, str]:
    """The environment without a switch that has every start compile the engine anew, as no user's does."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run_command(command: list[str]) -> tuple[float, float]:
    """The same of what follows ``codp``, from the top of the repository.

    Raises
    ------
    RuntimeError
        Where it fails, in its own words.
    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "engine", *command], capture_output=True, text=True, check=False,
                          cwd=ROOT, env=as_installed())  # fmt: skip
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _row(name: str, seconds: float, processor: float | None = None) -> str:
    return f"| {name} | {seconds:.1f} | {'' if processor is None else f'{processor:.1f}'} |"
