"""Disposal: a unit written off costs its value and d on top, so that o (c + d) of it is a share o (1 + d / c) of c.

A scenario with a disposal cost is thus worth one without, whose share written off is larger: in every consumer.
"""

from dataclasses import replace

import numpy as np
import pytest

from engine import simulate, solve
from engine.catalog.deciding.always import always_uses
from engine.demand.fitting.late_cost import with_implied_late_cost
from engine.economics.build import build_instance
from engine.economics.lone.decide import decide_lone
from engine.economics.prices import TERMS
from engine.evaluate.simulate.findings.correct import _carrying
from engine.evaluate.simulate.findings.modelled import modelled
from engine.evaluate.simulate.translate import system_of
from engine.scenario.derived import derive
from tests.evidence import FULL
from tests.scenarios import make_scenario

COST, SHARE, DISPOSAL = 100.0, 0.2, 60.0
PART_COST, PART_SHARE, PART_DISPOSAL = 30.0, 0.1, 12.0


def scenario(*, disposal, only="MTS|ATO|MTO", late=2.0, **settings):
    """Three products and two parts, disposal by its own column or in the share written off."""
    share = SHARE if disposal else SHARE * (1.0 + DISPOSAL / COST)
    part_share = PART_SHARE if disposal else PART_SHARE * (1.0 + PART_DISPOSAL / PART_COST)
    product = {
        "demand_per_week": 12.0, "unit_cost": COST, "demand_cv": 0.7, "lead_time_target_days": 4.0, "make_days": 16.0,
        "late_cost_per_unit_day": late, "obsolescence_per_year": share, "batch_setup_cost": 30.0, "allowed": only,
        "on_time_target": 0.5, "disposal_cost_per_unit": DISPOSAL if disposal else 0.0,
    }  # fmt: skip
    part = {
        "unit_cost": PART_COST, "lead_time_days": 12.0, "obsolescence_per_year": part_share,
        "disposal_cost_per_unit": PART_DISPOSAL if disposal else 0.0,
    }  # fmt: skip
    bom = {"P1": {"C1": 1.0}, "P2": {"C1": 2.0, "C2": 1.0}, "P3": {"C2": 1.0}}
    return make_scenario([product] * 3, components=[part] * 2, bom=bom, samples=40, **settings)


def both(**more):
    """The scenario both ways."""
    return scenario(disposal=True, **more), scenario(disposal=False, **more)


def test_a_unit_on_hand_costs_what_is_written_off_and_its_disposal():
    instance = build_instance(scenario(disposal=True))
    by_hand = 0.25 * COST + SHARE * (COST + DISPOSAL), 0.25 * PART_COST + PART_SHARE * (PART_COST + PART_DISPOSAL)
    np.testing.assert_allclose(instance.carrying, by_hand[0])
    np.testing.assert_allclose(instance.part_carrying, by_hand[1])
    t = TERMS.index("disposal")
    np.testing.assert_allclose(instance.carrying_terms[:, t], SHARE * DISPOSAL)
    np.testing.assert_allclose(instance.part_carrying_terms[:, t], PART_SHARE * PART_DISPOSAL)


def test_lots_are_as_large():
    own, other = (derive(case).batch for case in both())
    np.testing.assert_allclose(own, other)
    weekly = 12.0 * 365.0 / 7.0
    carrying = 0.25 * COST + SHARE * (COST + DISPOSAL)
    np.testing.assert_allclose(own, np.sqrt(2.0 * 30.0 * weekly / carrying))


def test_late_costs_implied_by_service_are_as_high():
    own, other = (with_implied_late_cost(case, 0.9).products["late_cost_per_unit_day"] for case in both(late=""))
    np.testing.assert_allclose(own, other)


@pytest.mark.parametrize("only", ["MTS", "ATO", "MTS|ATO|MTO"])
def test_plans_cost_the_same(only):
    own, other = (solve(case, gap=1e-6).plan for case in both(only=only))
    assert own.objective_per_year == pytest.approx(other.objective_per_year, rel=1e-6)
    assert own.decisions["strategy"].tolist() == other.decisions["strategy"].tolist()
    terms = own.ledger.groupby("term")["cost_per_year"].sum()
    written_off = other.ledger.groupby("term")["cost_per_year"].sum().get("obsolescence", 0.0)
    assert terms.get("disposal", 0.0) + terms.get("obsolescence", 0.0) == pytest.approx(written_off, rel=1e-6)
    assert only == "MTS|ATO|MTO" or terms["disposal"] > 0.0


def test_lone_products_cost_the_same():
    found = []
    for case in both():
        lines = case.bom[case.bom["product"] != "P2"].reset_index(drop=True)
        found.append(decide_lone(replace(case, bom=lines)))
    np.testing.assert_allclose(found[0].cost, found[1].cost, rtol=1e-9)
    assert found[0].ledger[:, TERMS.index("disposal")].any()


def test_parts_always_available_cost_the_same():
    uses = []
    for case in both(only="ATO"):
        plan = solve(case, certified=False).plan
        uses.append(always_uses(case, {"C1"}, plan.decisions)["C1"])
    assert uses[0].carrying == pytest.approx(uses[1].carrying)
    assert uses[0].shortage == pytest.approx(uses[1].shortage)


def test_simulated_ledgers_and_corrections_cost_the_same():
    own, other = both(only="MTS|ATO")
    years, runs = (2, 3) if FULL else (1, 2)
    found = [
        simulate(case, solve(case, gap=1e-6).plan, years=years, replications=runs) for case in (own, other)
    ]
    first, second = (one.ledger.groupby("term")["simulated_per_year"].sum() for one in found)
    assert first["disposal"] > 0.0
    assert first["disposal"] + first["obsolescence"] == pytest.approx(second["obsolescence"])
    np.testing.assert_allclose(_carrying(own)[0], _carrying(other)[0])


def test_the_model_on_fresh_samples_books_disposal_as_it_books_what_is_written_off():
    case = scenario(disposal=True, only="ATO")
    plan = solve(case, certified=False).plan
    fresh = modelled(case, plan, system_of(case, plan)).fresh
    shares = PART_DISPOSAL / PART_COST
    np.testing.assert_allclose(fresh[:, :, TERMS.index("disposal")], shares * fresh[:, :, TERMS.index("obsolescence")])
