"""Every input a step down and a step up, each decided anew: what matters to the cost, and who switches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.errors import EngineError
from engine.report.files import read_plan
from engine.scenario.scenario import Scenario
from engine.ui.state.levers import LEVERS, LeverState, changed, levers_of, neutral
from engine.ui.work.proof import PROOF_SECONDS, write_down

_BASE = "base"
# Scales move by a fifth; a share moves by points.
_SCALED, _POINTS = 20.0, {"holding_rate": 5.0, "risk": 25.0, "on_time": 5.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One input moved one way: the folder's name and where the lever stands."""

    lever: str
    side: str
    position: float

    @property
    def folder(self) -> str:
        """Name of the scenario folder."""
        return f"{self.lever}-{self.side}"


def steps(given: Scenario, what_if: LeverState) -> list[Step]:
    """The steps from where the levers stand; none beyond a lever's range, none into risk, which takes long."""
    bars = []
    moved = dict(what_if.moved)
    for lever in levers_of(given):
        at = moved.get(lever.name, neutral(lever, given, what_if.family if lever.by_product else ""))
        if lever.action in ("weeks", "add", "count") or (lever.name == "risk" and at == 0.0):
            continue
        by = _POINTS.get(lever.name, at * _SCALED / 100.0)
        for side, to in (("low", at - by), ("high", at + by)):
            position = min(max(to, lever.low), max(lever.high, at))
            if position != at:
                bars.append(Step(lever=lever.name, side=side, position=round(position, 6)))
    return bars


def prepare(folder: Path, given: Scenario, what_if: LeverState) -> list[str]:
    """Write the scenario and one for each step; the command that decides them all."""
    places = []
    for name, case in [(_BASE, what_if), *((step.folder, _with(what_if, step)) for step in steps(given, what_if))]:
        try:
            scenario = changed(given, case)
        except EngineError:
            # Values that this scenario cannot have are no step.
            continue
        write_down(scenario, folder / "cases" / name)
        places.append(str(folder / "cases" / name))
    # On the samples and to the gap of a proof: the bars start from the cost that every page tells. What the Pyomo model
    # says of the plan, and what its products would cost otherwise, is asked once it is adopted; it changes no figure.
    options = ["--brief", "--no-certify", "--time-limit", str(PROOF_SECONDS)]
    return ["solve", *places, "--out", str(folder / "plans"), *options]


def share(folder: Path) -> float:
    """Share of the cases that are decided."""
    cases = sum(1 for _ in (folder / "cases").glob("*"))
    return len(list((folder / "plans").glob("*/summary.json"))) / max(cases, 1)


def decided(folder: Path) -> int:
    """Cases that are decided; none before the base is, from which all of them start."""
    plans = folder / "plans"
    return len(list(plans.glob("*/summary.json"))) if (plans / _BASE / "summary.json").is_file() else 0


def read(folder: Path, given: Scenario, what_if: LeverState) -> pd.DataFrame:
    """One row per step: lever, side, position, given, cost_per_year, change_per_year, switches.

    The base stands in ``attrs``. A step that no plan can follow, or decided on fewer samples
    than the base, has no cost.
    """
    base = read_plan(folder / "plans" / _BASE)
    chosen = base.decisions["strategy"].tolist()
    rows = []
    for step in steps(given, what_if):
        place = folder / "plans" / step.folder
        if not (place / "summary.json").is_file():
            continue
        cost, switches = float("nan"), 0
        summary = json.loads((place / "summary.json").read_text(encoding="utf-8"))
        if "objective_per_year" in summary:
            plan = read_plan(place)
            # Where a time limit left the two on different samples, their difference is chance.
            if plan.summary["samples"] == base.summary["samples"]:
                cost = plan.objective_per_year
                switches = sum(a != b for a, b in zip(chosen, plan.decisions["strategy"], strict=True))
        rows.append(
            {"lever": step.lever, "side": step.side, "position": step.position, "cost_per_year": cost,
             "change_per_year": cost - base.objective_per_year, "switches": switches}
        )  # fmt: skip
    columns = ["lever", "side", "position", "cost_per_year", "change_per_year", "switches"]
    table = pd.DataFrame(rows, columns=columns)
    table.attrs.update(base=base.objective_per_year, gap=base.whole_gap, samples=base.summary["samples"])
    return table


def _with(what_if: LeverState, step: Step) -> LeverState:
    moved = {**dict(what_if.moved), step.lever: step.position}
    ordered = tuple((lever.name, moved[lever.name]) for lever in LEVERS if lever.name in moved)
    return LeverState(
        scenario=what_if.scenario, variant=what_if.variant, family=what_if.family, moved=ordered, locks=what_if.locks
    )


