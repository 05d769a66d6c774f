"""First come first served is one way to run the program: what waits keeps its rows, and its bound holds for a plan.

At any levels of parts, not only at good ones: (C3) is covered, no more waits than (C4) lets, and late units as counted
are at least those of (C6).
"""

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.search.first_come.waiting import FirstCome
from tests.evidence import FULL
from tests.scenarios import random_scenario, season_rows

ROUNDING = 1e-7
LOTS = {"min_order_quantity": 25.0}
SEASONS = [*season_rows(0.8, product="P1"), *season_rows(0.5, shift=0.5, periods=4, product="P3")]
KINDS = {
    "plain": ({}, {}, {}),
    "lots": ({}, LOTS, {}),
    "lots and random lead times": ({"make_cv": 0.3}, {**LOTS, "lead_time_cv": 0.5}, {}),
    "lots of whole units": ({"distribution": "poisson", "demand_cv": ""}, LOTS, {}),
    "continuous review": ({"distribution": "poisson", "demand_cv": ""}, LOTS, {"review_days": 0.0}),
    "demand that can fall": ({"distribution": "normal", "demand_cv": 0.5}, LOTS, {}),
    "end of the cycle": ({}, LOTS, {"cost_timing": "period_end"}),
    "seasons": ({}, {}, {"seasons": SEASONS}),
    "seasons at the end of the cycle": ({}, {}, {"seasons": SEASONS, "cost_timing": "period_end"}),
    "seasons and lots of whole units": ({"distribution": "poisson", "demand_cv": ""}, LOTS, {"seasons": SEASONS}),
}


def drawn(kind, seed):
    products, components, settings = KINDS[kind]
    return build_instance(random_scenario(
        np.random.default_rng([seed, 71]), products=4, samples=150, product_columns=products,
        component_columns=components, **settings,
    ))  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_waits_keeps_the_rows_of_the_program(kind):
    waited = 0.0
    for seed in range(6 if FULL else 2):
        instance = drawn(kind, seed)
        edges, rng = instance.edges, np.random.default_rng(seed)
        strategy = np.where(instance.allowed[:, ATO] & (rng.random(4) < 0.8), ATO, 2)
        queue = FirstCome(instance, strategy, instance.part_carrying)
        for share in (0.0, 0.3, 0.9):
            lowest = -instance.parts.batch
            base = lowest + share * (queue.total.max(axis=1) - lowest)
            waiting = queue.waiting(base)
            used = strategy[edges.product] == ATO
            cover = base[:, None] + instance.parts.position
            moves = edges.quantity[:, None] * (waiting.units[edges.product] - edges.windows[edges.window])
            np.add.at(cover, edges.component[used], moves[used])
            scale = 1.0 + np.abs(queue.total)
            assert (cover >= -ROUNDING * scale)[np.unique(edges.component[used])].all(), f"C3, seed {seed}"
            assert (waiting.units <= edges.peak + ROUNDING * (1.0 + edges.peak)).all(), f"C4, seed {seed}"
            least = (edges.late_rate * waiting.units).mean(axis=1)
            counted = instance.rate * queue.late(base).mean(axis=1)
            assert (least <= counted * (1.0 + 1e-9) + 1e-9).all(), f"C6, seed {seed}"
            waited += waiting.units.sum()
    assert waited > 0.0
