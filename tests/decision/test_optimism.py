"""What a plan promises of stocks that are almost never short, and what is told of it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.decision.solve import solve
from engine.decision.tables.attribution import attribute
from engine.decision.tables.optimism import FEW, optimism
from engine.economics.build import build_instance
from engine.economics.instance import DAYS_PER_YEAR, MTS
from engine.economics.optima.stock import best_stock, fold
from engine.scenario.read import read_scenario
from engine.search.evaluator import PooledEvaluator
from tests.catalog.catalogues import run, write
from tests.evidence import FULL
from tests.oracle.promises import happens, promise_of
from tests.oracle.systems import System
from tests.scenarios import make_scenario, write_scenario

SYSTEMS, SAMPLES, DAYS = (240, 400, 20_000.0) if FULL else (16, 100, 1000.0)
# A unit late costs some thousand times what one on the shelf does.
DEAR = {"demand_cv": 0.8, "lead_time_target_days": 0, "make_days": 12, "late_cost_per_unit_day": 40.0}
LOST = {**DEAR, "late_cost_per_unit_day": 0.1, "price": 700.0, "lost_share_if_late": 1.0}
SHORT = {"promise_short", "promise_short_part"}


def thin_system(number):
    """Products whose stock is almost never short: a shelf of its own, or parts that they share."""
    rng = np.random.default_rng([31, number])
    strategy = "ATO" if number % 2 else "MTS"
    products = []
    for i in range(1 + number % 4 // 2):
        products.append({
            "product": f"P{i + 1}", "demand_per_week": float(rng.uniform(4.0, 30.0)), "unit_cost": 100.0,
            "demand_cv": float(rng.uniform(0.3, 1.1)), "make_days": float(rng.integers(6, 20)), "allowed": strategy,
            "lead_time_target_days": float(rng.integers(0, 5)), "assembly_days": 0.0,
            "late_cost_per_unit_day": float(10 ** rng.uniform(0.9, 2.0)),
        })  # fmt: skip
        if rng.uniform() < 0.5:
            price = float(rng.uniform(300.0, 900.0))
            products[-1] |= {"late_cost_per_unit_day": 0.1, "lost_share_if_late": 1.0, "price": price}
    parts = [
        {"component": name, "unit_cost": 40.0, "lead_time_days": float(rng.integers(8, 20))} for name in ("C1", "C2")
    ]
    bom = {made["product"]: {"C1": 1.0, "C2": float(rng.integers(1, 3))} for made in products}
    settings = {"holding_rate_per_year": 0.25, "review_days": (1.0, 7.0)[number % 3 % 2], "seed": 3100 + number}
    return System(products, parts, bom, settings)


def told_short(plan):
    """What the notices of a plan say that its promise is short of, money a year."""
    return sum(said["values"]["short"] for said in plan.summary["warnings"] if said["kind"] in SHORT)


def test_what_is_told_brings_promises_to_what_happens():
    """On average over plans, each of which its own samples flatter by chance more or less."""
    off, told = np.zeros(SYSTEMS), np.zeros(SYSTEMS)
    for number in range(SYSTEMS):
        system = thin_system(number)
        plan = solve(system.scenario(samples=SAMPLES), certified=False, compared=False).plan
        promise = promise_of(plan)
        seen = happens(system.plant, promise, seed=number, runs=10, days=DAYS).cost
        off[number], told[number] = seen / promise.cost - 1.0, told_short(plan) / promise.cost
    left = off - told
    error = left.std(ddof=1) / SYSTEMS**0.5
    assert told.mean() > 0.3
    assert abs(left.mean()) < 3.0 * error
    assert off.mean() > 3.0 * error


def one(columns, samples=60, **settings):
    """The plan of one product made to stock, its instance and what its samples flatter."""
    scenario = make_scenario([{**columns, "allowed": "MTS"}], samples=samples, review_days=7, **settings)
    instance = build_instance(scenario)
    folded = fold(instance)
    plan = PooledEvaluator(folded).evaluate(np.array([MTS]))
    plan = replace(plan, level=best_stock(instance).level)
    return instance, plan, optimism(instance, plan, attribute(instance, plan).cost)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("price", [160.0, 700.0])
def test_lost_sales_are_left_out_one_by_one(price, seed):
    """By brute force: the stock tuned without a sample, paid for on it."""
    instance, plan, found = one({**LOST, "price": price}, seed=seed)
    samples, stock = instance.samples, instance.stock

    def paid(level, w):
        reached = stock.reached[0, w] - stock.position[0, w]
        cost = instance.carrying[0] * max(level - stock.net[0, w], 0.0)
        cost += instance.late[0] * max(stock.net[0, w] - level, 0.0)
        return cost + DAYS_PER_YEAR * instance.lost[0] * instance.rate[0] * (reached > level + 1e-9)

    extra = 0.0
    for w in range(samples):
        others = instance.restricted(samples=np.delete(np.arange(samples), w))
        extra += paid(best_stock(others).level[0], w) - paid(plan.level[0], w)
    assert found.cost[0] == pytest.approx(max(extra / samples, 0.0), rel=1e-9)


def test_a_late_unit_that_costs_what_many_in_stock_do_is_not_told():
    _, _, found = one({**DEAR, "late_cost_per_unit_day": 0.3}, samples=400)
    assert found.late[0] >= FEW
    assert found.cost[0] == 0.0
    scenario = make_scenario([{**DEAR, "late_cost_per_unit_day": 1.0}], samples=400)
    assert solve(scenario, certified=False).plan.summary["warnings"] == []


@pytest.mark.parametrize("name", ["tiny", *(["bicycles", "industrial-pumps", "spare-parts"] if FULL else [])])
def test_the_bundled_scenarios_are_told_nothing(name):
    plan = solve(read_scenario(f"scenarios/{name}"), certified=False, compared=False).plan
    assert not SHORT & {said["kind"] for said in plan.summary["warnings"]}


def test_the_samples_that_would_do_do():
    scenario = make_scenario([{**DEAR, "allowed": "MTS"}], samples=200, review_days=7)
    (said,) = solve(scenario, certified=False).plan.summary["warnings"]
    assert (said["kind"], said["product"]) == ("promise_short", "P1")
    assert said["values"]["share"] > 0.2
    enough = scenario.with_settings(samples=said["values"]["enough"])
    assert solve(enough, certified=False).plan.summary["warnings"] == []


def test_the_part_that_it_rests_on_is_named():
    parts = [{"lead_time_days": 3, "unit_cost": 40}, {"lead_time_days": 30, "unit_cost": 40}]
    bom = {"P1": {"C1": 1, "C2": 1}}
    scenario = make_scenario([{**DEAR, "allowed": "ATO"}], components=parts, bom=bom, samples=200)
    (said,) = solve(scenario, certified=False).plan.summary["warnings"]
    assert (said["kind"], said["values"]["part"]) == ("promise_short_part", "C2")


@pytest.mark.parametrize(("target", "told"), [(0.999, True), (0.95, False)])
@pytest.mark.parametrize("strategy", ["MTS", "ATO"])
def test_a_target_that_the_samples_cannot_tell_is_told(strategy, target, told):
    columns = {"on_time_target": target, "late_cost_per_unit_day": 0.1, "allowed": strategy, "lead_time_target_days": 0}
    scenario = make_scenario(
        [columns], components=[{"lead_time_days": 12, "unit_cost": 40}], bom={"P1": {"C1": 1}}, samples=400
    )
    warned = solve(scenario, certified=False).plan.summary["warnings"]
    assert [said["kind"] for said in warned] == (["target_thin"] if told else [])
    if told:
        assert warned[0]["values"]["likely"] == pytest.approx(0.9975)
        assert warned[0]["values"]["enough"] == 4000


@pytest.mark.parametrize(("level", "told"), [(0.9, []), (0.99, ["risk_thin"])])
def test_a_tail_of_few_samples_is_told(level, told):
    def warned(samples):
        risk = {"cvar_weight": 0.5, "cvar_level": level}
        plan = solve(make_scenario([{"allowed": "MTS"}], samples=samples, risk=risk), certified=False).plan
        return [said for said in plan.summary["warnings"] if said["kind"] == "risk_thin"]

    found = warned(200)
    assert [said["kind"] for said in found] == told
    assert all(said["values"]["tail"] == 2 and warned(said["values"]["enough"]) == [] for said in found)


def test_the_command_tells_it(tmp_path):
    folder = write_scenario(tmp_path / "case", products=[{**DEAR, "allowed": "MTS"}], samples=100)
    found = CliRunner().invoke(app, ["solve", str(folder), "--out", str(tmp_path / "out")])
    assert found.exit_code == 0
    assert "a year too little" in found.stderr
    (said,) = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))["warnings"]
    assert said["kind"] == "promise_short"


def test_groups_of_a_catalogue_are_told_too(tmp_path):
    given = {
        "products": [{**DEAR, "product": name, "demand_per_week": 10.0, "unit_cost": 100.0, "allowed": "ATO"}
                     for name in ("P1", "P2")],
        "components": [{"component": "C1", "lead_time_days": 20.0, "unit_cost": 40.0}],
        "bom": [{"product": name, "component": "C1", "quantity": 1.0} for name in ("P1", "P2")],
    }  # fmt: skip
    result = run(write(tmp_path / "catalogue", given), tmp_path / "out")
    assert {said["kind"] for said in result.summary["warnings"]} == {"promise_short_part"}
