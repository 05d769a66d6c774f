"""Products that share nothing, with one part each."""

import numpy as np

from tests.scenarios import make_scenario

PRODUCTS = 5


def lone(columns, part=(), count=PRODUCTS, seed=3, **settings):
    """Products with one part each, drawn at random but for the columns given."""
    rng = np.random.default_rng(seed)
    products, parts = [], []
    for i in range(count):
        products.append(
            {
                "product": f"P{i + 1}",
                "demand_per_week": round(float(rng.uniform(1, 30)), 3),
                "demand_cv": round(float(rng.uniform(0.3, 1.6)), 3),
                "lead_time_target_days": float(rng.integers(1, 9)),
                "assembly_days": float(rng.integers(0, 3)),
                "make_days": 14.0,
                "replenishment_days": float(rng.integers(5, 25)),
                "make_premium": 2.0,
                "assembly_premium": 1.0,
                "obsolescence_per_year": 0.1,
                "late_cost_per_unit_day": round(float(rng.uniform(0.1, 1.0)), 3),
                **columns,
            }
        )
        lead = float(rng.integers(3, 20))
        parts.append({"component": f"C{i + 1}", "unit_cost": 30.0, "lead_time_days": lead, **dict(part)})
    bom = {f"P{i + 1}": {f"C{i + 1}": 2.0} for i in range(count)}
    return make_scenario(products, components=parts, bom=bom, **settings)
