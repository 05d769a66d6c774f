"""What a simulation may claim: shares with their intervals, causes, and nothing from a handful of orders."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from engine import solve
from engine.cli import app
from engine.cli.simulate import _told
from engine.demand.fitting.complete import complete
from engine.evaluate.simulate.findings.statistics import ratio_half_widths, shares
from engine.evaluate.simulate.simulation import simulate
from tests.scenarios import make_scenario, write_scenario


def test_a_share_without_spread_is_as_uncertain_as_its_orders_are_few():
    """All of 40 on time in every run: Clopper and Pearson, low = (5% / 2) ** (1 / 40)."""
    units = np.full((10, 4), 4.0)
    late = units * np.array([0.0, 0.0, 1.0, 0.0])
    units[:, 3] = 0.0
    found = shares(units - late, units, np.array([40.0, 2.0, 40.0, 0.0]))
    assert found.mean == pytest.approx([1.0, 1.0, 0.0, np.nan], nan_ok=True)
    assert found.low == pytest.approx([0.025 ** (1 / 40), 0.0, 0.0, 0.0])
    assert found.high == pytest.approx([1.0, 1.0, 1.0 - 0.025 ** (1 / 40), 1.0])
    assert found.few.tolist() == [False, True, False, True]


def test_a_share_with_spread_is_as_certain_as_the_observations_agree():
    """Runs that differ more than independent orders would widen the interval; it holds the truth in 95% of cases."""
    rng = np.random.default_rng(3)
    held = []
    for _ in range(400):
        on_time = rng.binomial(200, rng.beta(45.0, 5.0, size=(12, 1)))
        found = shares(on_time, np.full((12, 1), 200.0), np.array([2400.0]))
        held.append(bool(found.low[0] <= 0.9 <= found.high[0]))
        assert found.half_width[0] < 2.0 * ratio_half_widths(on_time, np.full((12, 1), 200.0))[0]
    assert 0.91 < np.mean(held) <= 0.99


@pytest.fixture(scope="module")
def slow():
    """A product sold every other year, one never in a hundred, one every day."""
    rare = {"distribution": "poisson", "demand_cv": "", "locked": "MTO", "make_days": 20, "lead_time_target_days": 5}
    scenario = make_scenario(
        [{**rare, "product": "RARE", "demand_per_week": 0.02}, {**rare, "product": "NEVER", "demand_per_week": 1e-6},
         {**rare, "product": "OFTEN", "demand_per_week": 7}], samples=50,
    )  # fmt: skip
    return scenario, solve(scenario, certified=False, compared=False).plan


def test_too_few_orders_miss_no_target_and_claim_no_cause(slow):
    scenario, plan = slow
    # The plan is late by design; the target comes after it.
    filled = complete(scenario)
    aimed = replace(filled, products=filled.products.assign(on_time_target=0.95))
    plan = replace(plan, summary={**plan.summary, "input_sha256": aimed.digest()})
    found = simulate(aimed, plan, years=1, replications=2, correct=True)
    table = found.products.set_index("product")
    assert table["orders"]["NEVER"] == 0
    assert 0 < table["orders"]["RARE"] < 10
    assert np.isnan(table["simulated_on_time"]["NEVER"])
    assert np.isnan(table["simulated_otif"]["NEVER"])
    assert table["simulated_on_time"]["RARE"] == 0.0
    assert (found.summary["targets_missed"], found.summary["targets_untold"]) == (["OFTEN"], ["RARE", "NEVER"])
    assert table["likely_cause"]["RARE"] in ("", f"too few orders delivered ({table['orders']['RARE']}) to tell")
    totals = found.totals.set_index("strategy")
    assert totals["simulated_on_time"]["all"] == pytest.approx(0.0)
    promised = plan.decisions.set_index("product")["on_time"]
    assert found.corrected.decisions.set_index("product")["on_time"]["NEVER"] == promised["NEVER"]


def test_a_product_that_is_never_sold_is_told_without_nan(tmp_path):
    rare = {"distribution": "poisson", "demand_cv": "", "locked": "MTO", "make_days": 5, "lead_time_target_days": 20,
            "on_time_target": 0.5, "demand_per_week": 1e-6}  # fmt: skip
    out = tmp_path / "out"
    case = write_scenario(tmp_path / "case", products=[rare], samples=20)
    found = CliRunner().invoke(app, ["simulate", str(case), "--years", "1", "--replications", "1", "--out", str(out)])
    assert found.exit_code == 0, found.output
    assert "nan" not in found.output
    assert ": 1 product, 1 replication of 1 year, seed" in found.output
    assert "too few orders to tell whether on-time targets hold: P1" in found.output
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["on_time"] is None


def test_one_share_on_time_is_told_for_one_run():
    """Totals, summary and products count the same units, however far demand drawn is from its mean."""
    products = [
        {"product": "A", "demand_per_week": 10, "demand_cv": 25.0, "locked": "MTO", "make_days": 20},
        {"product": "B", "demand_per_week": 10, "demand_cv": 0.3, "locked": "MTS", "late_cost_per_unit_day": 20},
    ]
    scenario = make_scenario(products, samples=60)
    found = simulate(scenario, solve(scenario, certified=False, compared=False).plan, years=1, replications=6)
    totals, table = found.totals.set_index("strategy"), found.products.set_index("product")
    share = table["units_per_week"] / table["units_per_week"].sum()
    assert abs(share["A"] - 0.5) > 0.05
    assert totals["simulated_on_time"]["all"] == found.summary["on_time"]
    assert found.summary["on_time"] == pytest.approx((share * table["simulated_on_time"]).sum())
    assert totals["simulated_on_time"]["MTS"] == pytest.approx(table["simulated_on_time"]["B"])


def test_next_to_nothing_planned_is_told_in_amounts(tmp_path):
    """The plan says a thousandth of what the product costs; a share of that would be some 100,000%."""
    products = [
        {"product": "DEAR", "demand_per_week": 100, "unit_cost": 1000, "locked": "MTS"},
        {"product": "FREE", "demand_per_week": 1, "unit_cost": 1, "locked": "MTO", "make_days": 5, "make_cv": 1.0,
         "lead_time_target_days": 20, "late_cost_per_unit_day": 100},
    ]  # fmt: skip
    scenario = make_scenario(products, samples=60)
    plan = solve(scenario, certified=False, compared=False).plan
    ledger, decisions = plan.ledger.copy(), plan.decisions.copy()
    ledger.loc[ledger["product"] == "FREE", "cost_per_year"] *= 1e-3
    decisions.loc[decisions["product"] == "FREE", "expected_cost_per_year"] *= 1e-3
    found = simulate(scenario, replace(plan, ledger=ledger, decisions=decisions), years=5, replications=6)
    row = found.products.set_index("product").loc["FREE"]
    assert row["planned_cost_per_year"] < 1e-3 * found.summary["planned_cost_per_year"]
    assert np.isnan(row["cost_deviation"])
    amounts = f"{row['planned_cost_per_year']:,.0f} -> {row['simulated_cost_per_year']:,.0f} a year"
    assert f"    FREE             MTO {amounts}, on time " in _told(found)
