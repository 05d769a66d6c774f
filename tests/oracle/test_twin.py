"""One product on one part, of the same cost and lead time: made to stock and assembled to order are the same shelf."""


import pytest

from engine import solve
from tests.evidence import FULL, covering
from tests.scenarios import make_scenario

SAMPLES = 4000 if FULL else 1000
# Of shelves that are the same to the number, however few there are.
SAME = 4000 if FULL else 250
# The stream of a part's position is that of a product of this name: both see the same lots.
PRODUCT = "component C"


def twin(strategy, *, review=7.0, lot=0.0, lead=21.0, distribution="gamma", **columns):
    """The plan of a product under one strategy, shelf and part alike: no assembly, no premium."""
    named = ("cost_timing", "samples", "risk")
    settings = {"samples": SAMPLES} | {key: columns.pop(key) for key in named if key in columns}
    made = {
        "product": PRODUCT, "demand_per_week": 20.0, "demand_cv": 0.9, "distribution": distribution, "unit_cost": 100.0,
        "lead_time_target_days": 3.0, "assembly_days": 0.0, "make_days": lead, "replenishment_days": lead,
        "late_cost_per_unit_day": 0.3, "allowed": strategy, "batch_size": lot or "", **columns,
    }  # fmt: skip
    part = {"component": "C", "unit_cost": 100.0, "lead_time_days": lead, "min_order_quantity": lot or ""}
    scenario = make_scenario(
        [made], components=[part], bom={PRODUCT: {"C": 1.0}}, review_days=review, seed=5, **settings
    )
    return solve(scenario, certified=False, compared=False).plan


def shelf(plan):
    """Reorder level, on-time share, cost a year."""
    row = plan.decisions.iloc[0]
    table = plan.decisions if row["strategy"] == "MTS" else plan.components
    return float(table["base_stock"].iloc[0]), float(row["on_time"]), plan.objective_per_year


@pytest.mark.parametrize("target", [{}, {"on_time_target": 0.93}])
def test_costs_charged_at_the_end_of_the_period(target):
    """Units fall due all through the cycle, whatever the strategy, and what is late of them is late once."""
    columns = {"price": 180.0, "lost_share_if_late": 0.4, "cost_timing": "period_end", **target}
    made, assembled = (shelf(twin(strategy, **columns)) for strategy in ("MTS", "ATO"))
    assert made[1] == pytest.approx(assembled[1], abs=0.015)
    assert made[2] == pytest.approx(assembled[2], rel=0.005)


REVIEWS = (0.0, 1.0, 7.0)
TARGET = {"on_time_target": 0.93}
LOST = {"price": 180.0, "lost_share_if_late": 0.4}
WHOLE = {"distribution": "negative_binomial"}
SIZES = {"distribution": "compound_poisson", "order_size": 5.0}
LOTS = {"lot": 60.0}


KINDS = {
    "plain": {}, "target": TARGET, "whole": WHOLE, "whole target": WHOLE | TARGET, "sizes": SIZES,
    "sizes target": SIZES | TARGET, "lots": LOTS, "lots target": LOTS | TARGET, "lots sizes": LOTS | SIZES,
    "whole lots": LOTS | WHOLE, "whole lots target": LOTS | WHOLE | TARGET,
}  # fmt: skip


@pytest.mark.evidence
@pytest.mark.parametrize(("kind", "review"), covering(KINDS, REVIEWS))
def test_the_same_shelf_on_the_same_samples(kind, review):
    """Stock, share and cost are the same numbers; a share differs by the sample that a level stands on."""
    made, assembled = (shelf(twin(strategy, review=review, samples=SAME, **KINDS[kind])) for strategy in ("MTS", "ATO"))
    assert made[0] == pytest.approx(assembled[0], rel=1e-4)
    assert made[1] == pytest.approx(assembled[1], abs=1.5 / SAME)
    assert made[2] == pytest.approx(assembled[2], rel=1e-6)


@pytest.mark.parametrize("review", [0.0, 1.0])
def test_the_rest_of_a_lot_that_comes_early(review):
    """Customers wait longer than lead time and review together.

    In between the two shelves differ: finished stock is ordered at reviews alone, a part also by itself for an order
    that could not wait for the next.
    """
    made, assembled = (
        shelf(twin(strategy, review=review, lead_time_target_days=25.0, **LOTS)) for strategy in ("MTS", "ATO")
    )
    assert made == pytest.approx(assembled, rel=1e-4)


@pytest.mark.parametrize(("review", "lot"), covering(REVIEWS, (0.0, 60.0)))
def test_lost_sales(review, lot):
    """Late units fall in steps as stock rises: the least of the steps as MTS, a descent along them as ATO."""
    columns = {**LOST, "samples": 2 * SAMPLES}
    made, assembled = (shelf(twin(strategy, review=review, lot=lot, **columns)) for strategy in ("MTS", "ATO"))
    assert made[1] == pytest.approx(assembled[1], abs=0.01)
    assert made[2] == pytest.approx(assembled[2], rel=0.01)
    assert made[2] <= assembled[2] * (1.0 + 1e-9)


RISK = {"risk": {"cvar_weight": 0.5, "cvar_level": 0.9}, "samples": 200}


@pytest.mark.parametrize("columns", [{}, TARGET, LOTS], ids=["plain", "target", "lots"])
def test_risk_weighs_a_shelf_alike(columns):
    """Levels are those that the dearest tenth of the samples asks for, as MTS and as ATO."""
    made, assembled = (shelf(twin(strategy, **RISK, **columns)) for strategy in ("MTS", "ATO"))
    assert made == pytest.approx(assembled, rel=1e-4)
    mean = shelf(twin("ATO", samples=200, **columns))
    assert "on_time_target" in columns or assembled[0] > 1.1 * mean[0]


def test_risk_counts_lost_margin_alike():
    made, assembled = (shelf(twin(strategy, **RISK, **LOST)) for strategy in ("MTS", "ATO"))
    assert made[2] <= assembled[2] * (1.0 + 1e-9)
    assert made[2] == pytest.approx(assembled[2], rel=0.02)
