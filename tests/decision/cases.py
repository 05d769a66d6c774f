"""Small random scenarios in which every rule bites and every strategy appears."""

import numpy as np

from tests.scenarios import random_scenario, season_rows

STRATEGIES = ("MTS", "ATO", "MTO")


def _products(rng, extra):
    columns = {
        "late_cost_per_unit_day": round(float(10 ** rng.uniform(-2.5, 0.0)), 4),
        "make_days": float(rng.integers(4, 20)),
        "price": 400.0,
        "make_premium": round(float(rng.uniform(0, 3)), 3),
        "assembly_premium": round(float(rng.uniform(0, 2)), 3),
    }
    return {**columns, **extra}


def _current(rng):
    return {"current_strategy": STRATEGIES[rng.integers(3)]}


def _seasons(rng):
    """Of two of the products, each at its own time of the year."""
    return [
        row
        for name in ("P1", "P3")
        for row in season_rows(float(rng.uniform(0.2, 0.9)), shift=float(rng.uniform()), product=name)
    ]


# What a rule adds to the scenario: columns of products and of components, settings; each drawn with the generator.
RULES = {
    "plain": lambda rng: {},
    "continuous review": lambda rng: {"review_days": 0.0},
    "end of the cycle": lambda rng: {"cost_timing": "period_end"},
    "capacity": lambda rng: {"resources": 2},
    "on time": lambda rng: {"products": {"on_time_target": round(float(rng.uniform(0.8, 0.98)), 3)}},
    "on time at continuous review": lambda rng: {"review_days": 0.0, "products": {"on_time_target": 0.9}},
    "lost sales": lambda rng: {"products": {"lost_share_if_late": round(float(rng.uniform(0.01, 0.3)), 3)}},
    "lost sales of whole units": lambda rng: {
        "products": {"lost_share_if_late": 0.1, "distribution": "poisson", "demand_cv": ""}
    },
    "lost sales at continuous review": lambda rng: {
        "review_days": 0.0,
        "products": {"lost_share_if_late": 0.1, "distribution": "poisson", "demand_cv": ""},
    },
    "budget": lambda rng: {"inventory_budget": float(rng.integers(500, 20000))},
    "budget and on time": lambda rng: {
        "inventory_budget": float(rng.integers(2000, 40000)),
        "products": {"on_time_target": 0.85},
    },
    "max changes": lambda rng: {"max_changes": 1, "products": _current(rng)},
    "with families": lambda rng: {
        "one_strategy_per": "family", "resources": int(rng.integers(2)), "families": ("F0", "F0", "F1"),
    },
    "with families and a budget": lambda rng: {
        "one_strategy_per": "family", "families": ("F0", "F1", "F0"),
        "inventory_budget": float(rng.integers(2000, 40000)),
    },
    "with limits": lambda rng: {
        "limits": {"one": {"strategy": STRATEGIES[rng.integers(3)], "at_most": 1, "at_least": int(rng.integers(2))},
                   "two": {"strategy": STRATEGIES[rng.integers(3)], "at_least": 1, "family": "F0"}},
        "families": ("F0", "F0", "F1"), "resources": int(rng.integers(2)),
    },
    "with limits per family and a budget": lambda rng: {
        "limits": {"all": {"strategy": STRATEGIES[rng.integers(3)], "at_most": int(rng.integers(2)), "per": "family"}},
        "families": ("F0", "F1", "F1"), "inventory_budget": float(rng.integers(5000, 40000)),
    },
    "change cost": lambda rng: {"products": {**_current(rng), "change_cost": 4000.0}},
    "cvar": lambda rng: {"risk": {"cvar_weight": 0.5, "cvar_level": 0.8}},
    "cvar and capacity": lambda rng: {"resources": 1, "risk": {"cvar_weight": 0.3, "cvar_level": 0.9}},
    "component stocking": lambda rng: {"components": {"stocking_cost_per_year": float(rng.integers(50, 1000))}},
    "min order quantities": lambda rng: {
        "products": {"min_order_quantity": float(rng.integers(1, 60))},
        "components": {"min_order_quantity": float(rng.integers(1, 60))},
    },
    "batches": lambda rng: {"products": {"batch_setup_cost": 50.0}},
    "shelf life": lambda rng: {"products": {"shelf_life_days": float(rng.integers(3, 60))}},
    "shelf life and on time": lambda rng: {
        "products": {"shelf_life_days": float(rng.integers(3, 60)), "on_time_target": 0.9}
    },
    "random lead times": lambda rng: {"products": {"make_cv": 0.3}, "components": {"lead_time_cv": 0.5}},
    "with seasons": lambda rng: {"seasons": _seasons(rng), "resources": int(rng.integers(2))},
    "with seasons and a budget": lambda rng: {
        "seasons": _seasons(rng), "inventory_budget": float(rng.integers(2000, 40000)),
        "products": {"on_time_target": 0.85},
    },
    "with seasons, whole units and lots": lambda rng: {
        "seasons": _seasons(rng), "products": {"distribution": "poisson", "demand_cv": "", "lost_share_if_late": 0.1},
        "components": {"min_order_quantity": float(rng.integers(1, 60))},
    },
    "everything": lambda rng: {
        "resources": 1,
        "max_changes": 2,
        "products": {**_current(rng), "on_time_target": 0.85, "change_cost": 1000.0},
        "components": {"stocking_cost_per_year": 300.0, "min_order_quantity": 10.0},
    },
}


def case(rule, seed, *, samples=20, **settings):
    """The scenario of a rule and a seed."""
    rng = np.random.default_rng([seed, sorted(RULES).index(rule)])
    extra = {**RULES[rule](rng), **settings}
    products, components = extra.pop("products", {}), extra.pop("components", {})
    return random_scenario(
        rng,
        samples=samples,
        holding_rate_per_year=0.6,
        product_columns=_products(rng, products),
        component_columns=components,
        **extra,
    )
