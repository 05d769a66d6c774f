"""A scenario of unrelated halves is the plans of the halves: nothing that one decides moves a stock of the other."""

import numpy as np
import pandas as pd
import pytest

from engine import solve
from tests.evidence import FULL
from tests.scenarios import make_scenario

SETTINGS = {"review_days": 7.0, "samples": 300 if FULL else 150, "seed": 11}


def half(name, count, rng):
    """Products that share two parts with each other and nothing with others."""
    components = [
        {"component": f"{name} slow", "unit_cost": 40.0, "lead_time_days": 25.0},
        {"component": f"{name} fast", "unit_cost": 25.0, "lead_time_days": 9.0},
    ]
    products, bom = [], {}
    for k in range(count):
        key = f"{name}{k}"
        products.append({
            "product": key, "demand_per_week": float(rng.uniform(5, 30)), "demand_cv": float(rng.uniform(0.5, 1.2)),
            "unit_cost": 120.0, "price": 200.0, "lead_time_target_days": float(rng.integers(3, 10)),
            "assembly_days": 2.0, "make_days": 27.0, "late_cost_per_unit_day": float(rng.uniform(0.3, 1.2)),
            "assembly_premium": 1.0, "make_premium": 3.0, "lost_share_if_late": 0.1 if k == 0 else 0.0,
        })  # fmt: skip
        bom[key] = {f"{name} slow": 1.0, f"{name} fast": 1.0 + k % 2}
    return products, components, bom


def plans():
    rng = np.random.default_rng(3)
    first, second = half("a", 3, rng), half("b", 4, rng)
    alone = [solve(make_scenario(p, components=c, bom=b, **SETTINGS)).plan for p, c, b in (first, second)]
    both = make_scenario(
        [*first[0], *second[0]], components=[*first[1], *second[1]], bom=first[2] | second[2], **SETTINGS
    )
    return solve(both).plan, alone


def test_two_unrelated_halves_are_decided_as_each_alone():
    together, alone = plans()
    for table in ("decisions", "components", "ledger"):
        halves = pd.concat([getattr(plan, table) for plan in alone], ignore_index=True)
        if table == "ledger":
            keys = ["product", "term"]
            found, halves = (rows.sort_values(keys, ignore_index=True) for rows in (together.ledger, halves))
        else:
            found = getattr(together, table)
        pd.testing.assert_frame_equal(found, halves, rtol=1e-9, atol=1e-6)
    assert together.objective_per_year == pytest.approx(sum(plan.objective_per_year for plan in alone), rel=1e-12)
    assert (together.decisions["strategy"] == "ATO").sum() > 2
