"""A lever after the other on the bicycles: processor time from the inputs to the figures, without the page around them.

What the app does between a move and its figures: change the scenario, look for a plan, price today's strategies.
"""

from __future__ import annotations

import time

import numpy as np

from engine.decision.today import today_of
from engine.decision.whatif import WhatIf
from engine.demand.redraw import Redraw
from engine.economics.exposure.draw import SampleCache
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from engine.ui.state.levers import LeverState, changed
from engine.ui.state.scenarios import FOLDER
from engine.ui.work.preview import preview

SCENARIO = "bicycles"
MOVES = {
    "holding_rate": (25.0, 25.5, 26.0, 24.0),
    "late_cost": (105.0, 110.0, 115.0, 90.0),
    "capacity": (95.0, 90.0, 110.0, 105.0),
    "lead_time_target": (95.0, 90.0, 105.0, 110.0),
    "demand_cv": (105.0, 110.0, 115.0, 95.0),
    "on_time": (90.0, 92.0, 80.0, 95.0),
    "budget_weeks": (8.0, 7.0, 6.0, 5.5),
}


def report(scenario: str = SCENARIO, *, count: int = 4) -> list[str]:
    """A table: milliseconds of the processor by lever, the middle of its moves."""
    base = read_scenario(FOLDER / scenario)
    cache = SampleCache(redraw=Redraw())
    # By a clock that stands still a first answer ends by its gap, however busy the machine.
    solver = WhatIf(base, prepare=0.0, clock=lambda: 0.0, cache=cache)
    _moved(solver, base, LeverState(scenario=scenario), cache)
    lines = ["| lever | scenario changed | plan looked for | today priced | all |", "|:--|--:|--:|--:|--:|"]
    for lever, positions in MOVES.items():
        states = [LeverState(scenario=scenario, moved=((lever, at),)) for at in positions[:count]]
        taken = np.array([_moved(solver, base, state, cache) for state in states]) * 1e3
        parts = [*np.median(taken, axis=0), np.median(taken.sum(axis=1))]
        lines.append(f"| {lever} | " + " | ".join(f"{part:.0f}" for part in parts) + " |")
    return lines


def _moved(solver: WhatIf, base: Scenario, state: LeverState, cache: SampleCache) -> list[float]:
    """Processor seconds of each part."""
    began = [time.process_time()]
    scenario = changed(base, state)
    began.append(time.process_time())
    quick = preview(solver, scenario, cache)
    began.append(time.process_time())
    if quick is not None:
        today_of(scenario, quick.plan.decisions["strategy"], given=base, samples=quick.searched, cache=cache)
    began.append(time.process_time())
    return [float(seconds) for seconds in np.diff(began)]
