"""How far the number on the page moves when its proof lands: previews beside the proofs of the same inputs.

Times are the processor's, which other work on the machine hardly stretches.
"""

from __future__ import annotations

import time

import numpy as np

from benchmarks.instances import group
from engine.decision import whatif
from engine.ui.state.levers import LeverState, changed
from engine.ui.work.preview import preview, preview_samples

PRODUCTS, SAMPLES, STATES = 100, 200, 8
LEVERS = {
    "holding_rate": (18.0, 34.0),
    "demand_cv": (80.0, 140.0),
    "late_cost": (70.0, 140.0),
    "lead_time_target": (80.0, 125.0),
}
SEED = 3


def report(states: int = STATES, *, products: int = PRODUCTS, samples: int = SAMPLES) -> list[str]:
    """Move one lever after the other to a random place, and keep it there."""
    rng, base = np.random.default_rng(SEED), group(products, samples=samples)
    quick, prover = whatif.WhatIf(base, samples=preview_samples(base)), whatif.WhatIf(base)
    moved: dict[str, float] = {}
    spent: list[float] = []
    lines = ["| lever moved last | preview | its gap | proven | its gap | moved by |", "|:--|--:|--:|--:|--:|--:|"]
    for state in range(states):
        lever = list(LEVERS)[state % len(LEVERS)]
        moved[lever] = float(np.round(rng.uniform(*LEVERS[lever])))
        ordered = tuple((name, moved[name]) for name in LEVERS if name in moved)
        scenario = changed(base, LeverState(scenario="group", moved=ordered))
        began = time.process_time()
        shown = preview(quick, scenario).plan
        spent.append(time.process_time() - began)
        proven = prover.prove(scenario)
        if shown is None or proven is None:
            lines.append(f"| {lever} {moved[lever]:g} | none | | | | |")
            continue
        by = proven.objective / shown.objective_per_year - 1.0
        lines.append(
            f"| {lever} {moved[lever]:g} | {shown.objective_per_year:,.0f} | {shown.gap:.2%} "
            f"| {proven.objective:,.0f} | {proven.gap:.2%} | {by:+.2%} |"
        )
    told = f"processor time of a preview: median {np.median(spent):.2f} s, longest {max(spent):.2f} s"
    return [*lines, "", told]
