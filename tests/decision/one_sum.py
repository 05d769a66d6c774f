"""Decisions, ledger and objective of a plan are one sum."""

import pandas as pd
import pytest


def assert_one_sum(plan):
    objective = plan.objective_per_year
    assert plan.decisions["expected_cost_per_year"].sum() == pytest.approx(objective, abs=1e-6, rel=1e-12)
    assert plan.ledger["cost_per_year"].sum() == pytest.approx(objective, abs=1e-6, rel=1e-12)
    own = plan.ledger.groupby("product")["cost_per_year"].sum()
    stated = plan.decisions.set_index("product")["expected_cost_per_year"]
    pd.testing.assert_series_equal(own.reindex(stated.index).fillna(0.0), stated, check_names=False, atol=1e-6)
    assert plan.bound_per_year <= objective
    program = plan.summary["program_per_year"]
    assert plan.bound_per_year <= program <= objective + 1e-9 * abs(objective)
    assert plan.gap == pytest.approx((program - plan.bound_per_year) / max(abs(objective), 1e-9), abs=1e-12)
    assert plan.summary["allocation_gap"] == pytest.approx((objective - program) / max(abs(objective), 1e-9), abs=1e-12)
    for strategy in ("MTS", "ATO", "MTO"):
        chosen = plan.decisions[plan.decisions["strategy"] == strategy]
        assert plan.summary["counts"][strategy] == len(chosen)
        assert (chosen[f"cost_if_{strategy}"] == chosen["expected_cost_per_year"]).all()
    terms = plan.ledger.groupby("term")["cost_per_year"].sum()
    outside = plan.resources[["overtime_cost_per_year", "outsourcing_cost_per_year"]].sum().sum()
    assert outside == pytest.approx(terms.get("overtime", 0.0) + terms.get("outsourcing", 0.0), abs=1e-6)
    value = plan.decisions["inventory_value"].sum()
    assert value == pytest.approx(plan.summary["inventory_value"])
    stocked = plan.components["inventory_value"].sum()
    assert stocked <= value + 1e-6
