"""Random slider moves on one what-if object: time and gap of first and proven answers."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.instances import group
from engine.decision.whatif import WhatIf
from engine.economics.build import build_instance
from engine.economics.optima.stock import best_stock
from engine.scenario.scenario import Scenario
from engine.scenario.settings import Variant
from engine.scenario.variants import apply_variant


def moves(
    scenario: Scenario, *, count: int = 200, samples: int = 200, prove_every: int = 20, seed: int = 5
) -> list[str]:
    """Move one of six sliders at a time; some of the states are proven too."""
    rng = np.random.default_rng(seed)
    instance = build_instance(scenario, samples=samples)
    optimum = best_stock(instance)
    value = float(np.nansum(instance.unit_cost * optimum.on_hand))
    whatif = WhatIf(scenario, samples=samples)
    scale: dict[str, float] = {}
    budget: float | None = None
    first, gaps, proven, none, unproven = [], [], [], 0, 0
    names = ["holding_rate_per_year", "products.demand_cv", "lead_time_target_days", "late_cost_per_unit_day", "budget"]
    names += ["hours_per_week"] if len(scenario.resources) else []
    for move in range(count):
        name = names[int(rng.integers(len(names)))]
        if name == "budget":
            budget = None if rng.random() < 0.5 else float(value * rng.uniform(0.6, 1.2))
        else:
            scale[name] = float(rng.uniform(0.7, 1.5))
        change: dict[str, Any] = {"scale": scale, "set": {} if budget is None else {"inventory_budget": budget}}
        began = time.perf_counter()
        changed = apply_variant(scenario, Variant.model_validate(change))
        answer = whatif.first(changed)
        first.append(time.perf_counter() - began)
        if answer is None:
            none += 1
            continue
        gaps.append(answer.gap)
        if move % prove_every == 0:
            began = time.perf_counter()
            found = whatif.prove(changed, time_limit=60.0)
            proven.append(time.perf_counter() - began)
            if found is None or answer.bound > found.objective * (1 + 1e-6):
                raise ArithmeticError(f"the first answer of move {move} claims more than its proof")
            if answer.objective < found.bound * (1 - 1e-6):
                raise ArithmeticError(f"the first answer of move {move} is cheaper than the proven bound")
            unproven += not found.proven
    within = np.mean(np.array(gaps) <= 0.01)
    shares = f"{within:.0%} within 1%, median {np.median(gaps):.2%}, 95th percentile {np.quantile(gaps, 0.95):.2%}"
    proof = np.quantile(proven, [0.5, 0.95, 1.0])
    proofs = f"median {proof[0]:.1f} s, 95th percentile {proof[1]:.1f} s, longest {proof[2]:.1f} s"
    times = np.quantile(first, [0.5, 0.95])
    return [
        f"- {scenario.name}, {len(scenario.products)} products x {samples} samples, {count} moves",
        f"- first answer: median {times[0]:.2f} s, 95th percentile {times[1]:.2f} s; none {none}",
        f"- its gap: {shares}",
        f"- proven (0.1%), {len(proven)} states: {proofs}; {unproven} not within 60 s",
    ]


def report(count: int = 200) -> list[str]:
    """Moves on one hundred products with an assembly line."""
    return moves(group(100, samples=200, capacity=True), count=count)
