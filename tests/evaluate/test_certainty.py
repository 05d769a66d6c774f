"""One badge for each choice: the rule, the sampling interval behind it, and what a saving rests on."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.decision.plan import Plan
from engine.decision.solve import solve
from engine.decision.today import today_of
from engine.economics.build import build_instance
from engine.evaluate.figures.readers import with_readers
from engine.evaluate.studies.assess import assess, difference
from engine.evaluate.studies.redecide import redecide
from engine.evaluate.trust.at_stake import saving_at_stake, split
from engine.evaluate.trust.certainty import CLOSE_SHARE, certainties
from engine.evaluate.trust.plan_certainty import with_certainty
from engine.evaluate.trust.regret_range import regret_lows
from engine.program.deadline import Deadline
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from tests.scenarios import make_scenario, random_scenario

LABELS = ("no-regret", "conditional", "contested")


def _plan(rows: list[dict[str, object]], *, not_compared: tuple[str, ...] = ()) -> Plan:
    whole = {"expected_cost_per_year": 100.0, "regret_per_year": 50.0, "regret_low_per_year": 20.0}
    table = pd.DataFrame([{"product": f"P{k}", **whole, **row} for k, row in enumerate(rows)])
    empty = pd.DataFrame()
    return Plan(decisions=table, components=empty, ledger=empty, resources=empty,
                summary={"not_compared": list(not_compared)})  # fmt: skip


def _judged(labels: list[str], **columns: object) -> pd.DataFrame:
    products = [f"P{k}" for k in range(len(labels))]
    return pd.DataFrame({"product": products, "label": labels, "advantage_per_year": 10.0,
                         "depends_on": "products.unit_cost", **columns})  # fmt: skip


@pytest.mark.parametrize(
    ("row", "unjudged", "no_regret", "doubt"),
    [
        ({}, "likely", "firm", "not_judged"),
        ({"regret_low_per_year": -1.0}, "open", "likely", "sampling"),
        ({"regret_per_year": 4.0, "regret_low_per_year": 1.0}, "open", "likely", "close"),
        # Sampling was not looked at, since it cannot matter; nothing else can be chosen.
        ({"regret_low_per_year": np.nan}, "likely", "firm", "not_judged"),
        ({"regret_per_year": np.nan, "regret_low_per_year": np.nan}, "likely", "firm", "not_judged"),
    ],
)
def test_the_rule(row: dict[str, float], unjudged: str, no_regret: str, doubt: str) -> None:
    plan = _plan([row])
    assert certainties(plan)[["certainty", "doubt"]].to_numpy().tolist() == [[unjudged, doubt]]
    assert certainties(plan, judged=_judged(["no-regret"]))["certainty"].tolist() == [no_regret]
    assert certainties(plan, judged=_judged(["contested"]))["certainty"].tolist() == ["open"]
    dearer = _judged(["conditional"], advantage_per_year=-1.0)
    assert certainties(plan, judged=dearer)["certainty"].tolist() == ["open"], "the rival is cheaper on average"


def test_what_decides_is_named_and_what_is_not_compared_is_open() -> None:
    plan = _plan([{}, {}], not_compared=("P1",))
    found = certainties(plan, judged=_judged(["conditional", "no-regret"]))
    assert found["depends_on"].tolist() == ["products.unit_cost", ""]
    assert found["certainty"].tolist() == ["likely", "open"]


@pytest.mark.parametrize(
    ("flip", "firm"),
    [
        ({"low": 1.3, "high": 1.3}, True),
        ({"low": 1.04, "high": 1.04}, False),
        ({"low": 1.3, "high": 1.3, "sampling_low": 0.9, "sampling_high": 2.0}, False),
        ({"low": 1.0, "high": 1.0, "strategy_below": ""}, True),
    ],
)
def test_a_flip_at_todays_value_keeps_a_choice_from_being_firm(flip: dict[str, object], firm: bool) -> None:
    row = {"product": "P0", "current_value": 1.0, "strategy_below": "MTO", "sampling_low": np.nan,
           "sampling_high": np.nan, **flip}  # fmt: skip
    found = certainties(_plan([{}]), judged=_judged(["no-regret"]), thresholds=pd.DataFrame([row]))
    assert (found["certainty"].iloc[0] == "firm") == firm


def test_nothing_firm_is_contested_close_or_within_sampling() -> None:
    rng = np.random.default_rng(5)
    rows = [{"regret_per_year": r, "regret_low_per_year": r - w}
            for r, w in zip(rng.uniform(-5, 60, 400), rng.uniform(0, 40, 400), strict=True)]  # fmt: skip
    plan, judged = _plan(rows), _judged(list(rng.choice(LABELS, 400)))
    found = certainties(plan, judged=judged)
    firm = (found["certainty"] == "firm").to_numpy()
    assert 0 < firm.sum() < 400
    assert set(judged["label"][firm]) == {"no-regret"}
    assert (plan.decisions["regret_low_per_year"][firm] > 0.0).all()
    assert (plan.decisions["regret_per_year"][firm] > CLOSE_SHARE * 100.0).all()
    assert not (certainties(plan)["certainty"] == "firm").any(), "nothing is firm before it is judged"


def test_the_sampling_interval_is_that_of_the_two_plans_side_by_side() -> None:
    """Of one product, decided with either strategy locked."""
    product = {"demand_cv": 0.9, "late_cost_per_unit_day": 0.1}
    case = make_scenario([product], samples=150)
    plan = solve(case).plan_or_raise()
    low = regret_lows(build_instance(case), plan)
    row = plan.decisions.iloc[0]
    sides = [redecide(make_scenario([{**product, "locked": k}], samples=150), gap=1e-6)
             for k in (row["strategy"], row["next_best"])]  # fmt: skip
    spread = difference(*(assess(side.instance, side.recourse) for side in reversed(sides)))
    assert row["regret_per_year"] - low[0] == pytest.approx(spread.high - spread.mean, rel=1e-6)


def test_where_time_is_short_choices_that_nobody_looked_at_are_not_called_likely() -> None:
    case = random_scenario(np.random.default_rng(3), products=5, components=3, samples=60)
    plan = solve(case).plan_or_raise()
    free = regret_lows(build_instance(case), plan)
    rushed = regret_lows(build_instance(case), plan, deadline=Deadline.after(0.0))
    looked = ~np.isnan(free)
    assert looked.any()
    assert (np.isnan(rushed) == np.isnan(free)).all()
    assert (rushed[looked] <= free[looked] + 1e-9).all()


@pytest.fixture(scope="module")
def bundled() -> tuple[Scenario, Plan]:
    case = read_scenario("scenarios/tiny").with_settings(samples=80)
    return case, with_certainty(case, with_readers(case, solve(case).plan_or_raise()))


def test_a_plan_tells_its_badges_and_what_the_saving_rests_on(bundled) -> None:
    _, plan = bundled
    table = plan.decisions
    assert certainties(plan)["certainty"].tolist() == table["certainty"].tolist()
    assert sum(plan.summary["certainty"].values()) == len(table)
    low = table["regret_low_per_year"]
    assert (low.isna() | (low <= table["regret_per_year"])).all()


def test_the_parts_of_a_saving_add_up_and_each_is_what_its_switches_save(bundled) -> None:
    """Open switches left as today: priced anew by deciding with every strategy locked."""
    case, plan = bundled
    table = plan.decisions
    moved = np.flatnonzero((table["current_strategy"] != "") & (table["current_strategy"] != table["strategy"]))
    assert len(moved) >= 2, "the case has to have something to tell apart"
    badges = pd.Series(["firm"] * len(table))
    badges.iloc[moved[0]] = "open"
    stake = saving_at_stake(case, plan, badges)
    today = today_of(case, table["strategy"])
    saving = today.cost_per_year - plan.objective_per_year
    parts = split(saving, stake, plan, badges)
    assert sum(parts.values()) == pytest.approx(saving, rel=1e-12)
    held = table["strategy"].where(table.index != moved[0], table["current_strategy"])
    back = replace(case, products=case.products.assign(locked=held.to_numpy(), allowed="MTS|ATO|MTO"))
    without = solve(back, gap=1e-9).plan_or_raise().objective_per_year
    assert stake == {"open": pytest.approx(without - plan.objective_per_year, rel=1e-3)}
    assert saving_at_stake(case, plan, pd.Series(["open"] * len(table))) == {}
    alone = split(saving, {}, plan, pd.Series(["open"] * len(table)))
    assert alone == {"firm": 0.0, "likely": 0.0, "open": saving}
