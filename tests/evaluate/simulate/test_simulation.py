"""A plan simulated: what the tables say, what is the same again, and where the plan's promise holds."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from engine import read_plan, solve
from engine.cli import app
from engine.cli.simulate import _told
from engine.economics.instance import TERMS
from engine.errors import EngineError
from engine.evaluate.simulate.clock.orders import (
    GammaLots,
    LogarithmicOrders,
    NormalLots,
    PoissonOrders,
    ReplayedOrders,
    WeekLots,
)
from engine.evaluate.simulate.clock.supply import Supply
from engine.evaluate.simulate.clock.system import Good, Part, Server, Shelf, System, Use
from engine.evaluate.simulate.findings.correct import with_levels
from engine.evaluate.simulate.findings.ledger import planned_ledger, simulated_ledger
from engine.evaluate.simulate.replicate import simulate_system
from engine.evaluate.simulate.simulation import simulate
from engine.evaluate.simulate.translate import system_of
from engine.scenario.read import read_scenario
from tests.evidence import FULL
from tests.scenarios import make_scenario, random_scenario, write_scenario


@pytest.fixture(scope="module")
def tiny():
    scenario = read_scenario("scenarios/tiny")
    return scenario, solve(scenario, samples=2000 if FULL else 500, certified=False, compared=False).plan


@pytest.mark.parametrize(
    ("orders", "mean", "week_sd"),
    [
        pytest.param(GammaLots(mean_per_day=3.0, week_cv=0.8), 3.0, 16.8, id="gamma"),
        pytest.param(NormalLots(mean_per_day=3.0, week_cv=0.3), 3.0, 6.3, id="normal"),
        pytest.param(NormalLots(mean_per_day=3.0, week_cv=0.0), 3.0, 0.0, id="steady"),
        pytest.param(PoissonOrders(per_day=3.0), 3.0, 21**0.5, id="poisson"),
        pytest.param(PoissonOrders(per_day=0.5, size=6.0, size_cv2=0.5), 3.0, (3.5 * 54) ** 0.5, id="compound"),
        pytest.param(
            LogarithmicOrders(mean_per_day=3.0, week_size=4.0), 3.0, (21 + 21**2 / 4) ** 0.5, id="negative-binomial"
        ),
        pytest.param(WeekLots(weeks=(0.0, 42.0)), 3.0, 21.0 * (2 / 3) ** 0.5, id="weeks"),
    ],
)
def test_orders_have_the_mean_and_the_spread_of_their_family(orders, mean, week_sd):
    """Weeks from history begin on any day: a calendar week is a share f of one and 1 - f of the next, E f^2 = 1/3."""
    weeks = []
    for run in range(40):
        drawn = orders.draw(np.random.default_rng(run), 7.0 * 200)
        assert (np.diff(drawn.day) >= 0.0).all()
        assert (drawn.units > 0.0).all()
        weeks.append(np.bincount((drawn.day // 7).astype(int), weights=drawn.units, minlength=200)[:200])
    weeks = np.array(weeks)
    assert weeks.mean() / 7 == pytest.approx(mean, rel=0.02)
    assert weeks.std() == pytest.approx(week_sd, rel=0.06, abs=0.8)


def test_lead_times_keep_their_law_and_do_not_fall_faster_than_time_goes():
    supply = Supply(mean_days=30.0, cv=0.3)
    clocks = [supply.clock(np.random.default_rng(run), 40_000.0) for run in range(10 if FULL else 4)]
    seen = np.array([[clock(day) for day in np.arange(0.0, 40_000.0, 7.0)] for clock in clocks])
    assert seen.mean() == pytest.approx(30.0, rel=0.02)
    assert seen.std() == pytest.approx(9.0, rel=0.04)
    assert (np.diff(seen, axis=1) < -7.0).mean() < 1e-3


def test_the_same_seed_gives_the_same_tables_and_another_seed_other_ones(tiny):
    scenario, plan = tiny
    one, same, other = (simulate(scenario, plan, years=0.3, replications=2, seed=seed) for seed in (5, 5, 6))
    for name in ("products", "ledger", "totals", "components"):
        assert getattr(one, name).equals(getattr(same, name)), name
    assert one.summary == same.summary
    assert one.summary["form"] == "paths"
    assert not one.products.equals(other.products)


def test_the_ledger_adds_up_to_the_costs_of_products_and_totals(tiny):
    found = simulate(*tiny, years=0.5, replications=2)
    by_product = found.ledger.groupby("product")["simulated_per_year"].sum()
    assert by_product[found.products["product"]].to_numpy() == pytest.approx(found.products["simulated_cost_per_year"])
    whole = found.totals.set_index("strategy").loc["all", "simulated_cost_per_year"]
    assert whole == pytest.approx(found.summary["simulated_cost_per_year"])
    assert set(found.ledger["term"]) <= set(TERMS)


def test_a_good_plan_of_one_stock_holds_what_it_promises():
    """MTS on many samples: no queue, so cost within its interval and 3%, service within a point."""
    years = 40 if FULL else 6
    for extra in (
        {},
        {"lead_time_target_days": 3, "replenishment_cv": 0.2},
        {"batch_setup_cost": 60, "distribution": "negative_binomial"},
    ):
        row = {"locked": "MTS", "demand_per_week": 20.0, "demand_cv": 0.8, "late_cost_per_unit_day": 2.0, **extra}
        scenario = make_scenario([row], samples=20_000 if FULL else 10_000)
        plan = solve(scenario, certified=False, compared=False).plan
        found = simulate_system(system_of(scenario, plan), years=years, replications=10, seed=3)
        cost = simulated_ledger(scenario, plan, found).sum(axis=(1, 2))
        planned = planned_ledger(plan).sum()
        spread = cost.std(ddof=1) / len(cost) ** 0.5
        assert cost.mean() == pytest.approx(planned, rel=0.03, abs=4.0 * spread)
        assert found.on_time("P1").mean == pytest.approx(plan.decisions["on_time"][0], abs=0.02)


def test_a_good_plan_of_shared_parts_holds_what_it_promises():
    """ATO alone, on many samples: the queue for parts is the plan's own, and hindsight would cost less."""
    scenario = random_scenario(
        np.random.default_rng(4), products=3 if FULL else 2, components=4 if FULL else 3,
        product_columns={"locked": "ATO"}, samples=12_000,
    )  # fmt: skip
    plan = solve(scenario, certified=False, compared=False).plan
    found = simulate_system(system_of(scenario, plan), years=10, replications=10, seed=3)
    cost = simulated_ledger(scenario, plan, found).sum(axis=(1, 2))
    spread = cost.std(ddof=1) / len(cost) ** 0.5
    assert cost.mean() == pytest.approx(plan.objective_per_year, rel=0.015, abs=3.0 * spread)
    assert cost.mean() > plan.summary["program_per_year"] + 3.0 * spread
    for name, planned in zip(plan.decisions["product"], plan.decisions["on_time"], strict=True):
        assert found.on_time(name).mean == pytest.approx(planned, abs=0.015)


def test_goods_leave_on_the_due_date_and_never_early():
    parts = (Part(name="C", shelf=Shelf(level=100.0, supply=Supply(mean_days=5.0))),)
    good = Good(
        name="A", orders=PoissonOrders(per_day=1.0), wait_days=6.0, delivery_days=2.0, assembly_days=3.0,
        parts=((0, 1.0),),
    )  # fmt: skip
    seen = simulate_system(System(goods=(good,), parts=parts, review_days=0.0), years=1, replications=2)
    lead = seen.lead_times("A")
    assert (lead.quantile(0.01), lead.mean_days, lead.quantile(0.99)) == pytest.approx((8.0, 8.0, 8.0))
    assert seen.on_time("A").mean == 1.0


def test_first_come_first_served_nobody_waits_longer_than_the_supplier():
    """Every order sets off its own replacement, so turn by turn it is served at the latest when that comes in."""
    shelf = Shelf(level=12, whole=True, supply=Supply(mean_days=5.0))
    good = Good(name="A", orders=PoissonOrders(per_day=3.0), shelf=shelf)
    lead = simulate_system(System(goods=(good,), review_days=0.0), years=2, replications=2).lead_times("A")
    assert 2.0 < lead.quantile(1.0) <= 5.0
    assert lead.beyond(0.0) > 0.3
    parts = (Part(name="C", shelf=shelf), Part(name="D", shelf=Shelf(level=40, supply=Supply(mean_days=9.0))))
    built = Good(name="A", orders=PoissonOrders(per_day=3.0), parts=((0, 1.0), (1, 1.0)))
    lead = simulate_system(System(goods=(built,), parts=parts, review_days=0.0), years=2, replications=2)
    assert lead.lead_times("A").quantile(1.0) <= 9.0


def test_parts_that_can_be_bought_after_the_order_lie_on_no_shelf():
    parts = (Part(name="C", shelf=Shelf(level=0.0, supply=Supply(mean_days=5.0, cv=0.0))),)
    good = Good(name="A", orders=PoissonOrders(per_day=1.0), wait_days=6.0, assembly_days=1.0, parts=((0, 2.0),))
    seen = simulate_system(System(goods=(good,), parts=parts), years=1, replications=2)
    assert seen.part_on_hand("C").mean == 0.0
    assert seen.on_time("A").mean == 1.0


def test_work_of_a_stock_order_is_done_within_its_days_where_the_shop_is_not_full():
    """Spread over its days the work is always done in time, so goods come as if no shop had to make them."""
    shelf = Shelf(level=60.0, supply=Supply(mean_days=10.2))
    good = Good(name="A", orders=NormalLots(mean_per_day=3.0, week_cv=0.2), shelf=shelf)
    made = replace(good, uses=(Use(resource=0, hours_per_unit=1.0),))
    bought = simulate_system(System(goods=(good,)), years=1, replications=2)
    server = Server(name="R", hours_per_day=10.0)
    seen = simulate_system(System(goods=(made,), servers=(server,)), years=1, replications=2)
    assert seen.observed.overrun_units.sum() == 0.0
    assert seen.on_hand("A").mean == pytest.approx(bought.on_hand("A").mean, rel=1e-9)


def test_overtime_is_worked_for_what_comes_in_beyond_regular_hours():
    """Twice the regular hours come in, so as many again are overtime or bought; without either, the queue grows."""
    use = (Use(resource=0, hours_per_unit=1.0),)
    good = Good(name="A", orders=PoissonOrders(per_day=20.0), make=Supply(mean_days=1.0), uses=use)
    for outsourcing, bought in ((True, 7.0 * 10.0 - 35.0), (False, 0.0)):
        server = Server(name="R", hours_per_day=10.0, overtime_per_bucket=35.0, outsourcing=outsourcing)
        seen = simulate_system(System(goods=(good,), servers=(server,)), years=0.5, replications=2, warm_up_days=7.0)
        seen = seen.observed
        assert 7.0 * seen.overtime.mean() == pytest.approx(35.0, rel=0.06)
        assert 7.0 * seen.outsourced.mean() == pytest.approx(bought, rel=0.2, abs=0.01)


def test_one_more_unit_is_worth_what_a_second_simulation_says():
    """The derivative along the path against a difference of two runs on the same orders."""
    scenario = make_scenario(
        [{"product": n, "locked": "ATO", "late_cost_per_unit_day": 1.0, "assembly_days": 1} for n in "AB"],
        components=[{"component": "X"}, {"component": "Y", "lead_time_days": 17}],
        bom={"A": {"X": 1, "Y": 2}, "B": {"X": 1}}, samples=400,
    )  # fmt: skip
    plan = solve(scenario, certified=False).plan
    base = system_of(scenario, plan)
    level = np.array([part.shelf.level for part in base.parts])
    from engine.evaluate.simulate.clock.worth import Worth

    carrying = 0.25 * scenario.components["unit_cost"].to_numpy()
    worth = Worth(
        late=np.full(2, 365.0), material=np.array([carrying[0] + 2 * carrying[1], carrying[0]]), carrying=carrying,
        quantity={(0, 0): 1.0, (0, 1): 2.0, (1, 0): 1.0},
    )  # fmt: skip

    def cost(at, **more):
        run = simulate_system(with_levels(base, at), years=40 if FULL else 5, replications=5, seed=2, **more)
        return simulated_ledger(scenario, plan, run).sum(axis=(1, 2)), run

    _, run = cost(level, worth=worth)
    for part in range(2):
        up, down = level.copy(), level.copy()
        up[part] += 0.5
        down[part] -= 0.5
        slope = (cost(up)[0] - cost(down)[0]).mean()
        expected = carrying[part] - run.observed.part_worth[:, part].mean()
        assert expected == pytest.approx(slope, abs=0.25 * carrying[part])


def test_tuned_stocks_cost_no_more_and_the_corrected_cost_holds_on_fresh_seeds():
    scenario = random_scenario(
        np.random.default_rng(8), products=4 if FULL else 2, components=5 if FULL else 3,
        product_columns={"locked": "ATO"}, samples=40,
    )  # fmt: skip
    plan = solve(scenario, certified=False, compared=False).plan
    found = simulate(scenario, plan, years=20 if FULL else 2, replications=6, correct=True)
    check = found.summary["corrected"]
    allowed = 0.02 + check["held_out_half_width"] / check["cost_per_year"]
    assert abs(check["deviation"]) < allowed
    assert check["held_out_cost_per_year"] < found.summary["simulated_cost_per_year"] * 1.01
    corrected = found.corrected
    assert corrected.decisions["expected_cost_per_year"].sum() == pytest.approx(corrected.objective_per_year)
    assert corrected.ledger["cost_per_year"].sum() == pytest.approx(corrected.objective_per_year)


def orders_book():
    days = [f"2026-{month:02d}-{day:02d}" for month in range(1, 13) for day in (3, 10, 17, 24)]
    return [{"product": "P1", "order_date": day, "quantity": 10, "requested_date": day} for day in days]


def test_replayed_orders_are_the_lines_and_their_own_due_dates():
    scenario = make_scenario([{"locked": "MTS", "lead_time_target_days": 6}], orders=orders_book())
    plan = solve(scenario, certified=False).plan
    good = system_of(scenario, plan, replay=True).goods[0]
    assert isinstance(good.orders, ReplayedOrders)
    drawn = good.orders.draw(np.random.default_rng(1), good.orders.span_days * 3)
    assert drawn.units.sum() == 3 * 10 * len(orders_book())
    assert (drawn.wait_days == 0.0).all()
    found = simulate(scenario, plan, years=2, replications=2, replay=True)
    assert found.summary["orders"] == "replayed"


def test_what_cannot_be_simulated_is_told():
    scenario = make_scenario([{"locked": "MTS"}, {"locked": "MTS"}], orders=orders_book())
    plan = solve(scenario, certified=False).plan
    with pytest.raises(EngineError, match="no order lines to replay for P2"):
        simulate(scenario, plan, replay=True)
    other = make_scenario([{"product": "OTHER"}])
    with pytest.raises(EngineError, match="not one of this scenario: it lacks product OTHER"):
        simulate(other, plan)
    with pytest.raises(EngineError, match="no plan that keeps all rules: max_changes is 0, at least 1"):
        simulate(make_scenario([{"current_strategy": "MTO", "allowed": "MTS"}], max_changes=0))


@pytest.fixture(scope="module")
def two():
    """Two products that wait for parts, and their plan."""
    scenario = random_scenario(
        np.random.default_rng(8), products=2, components=2, product_columns={"locked": "ATO"}, samples=20
    )
    return scenario, solve(scenario, certified=False, compared=False).plan


@pytest.mark.parametrize(
    ("phase", "corrected", "told"),
    [
        ("simulating", False, "stopped early: 2 of 6 replications, and what follows is from those"),
        ("correcting", False, "stopped early: the plan is simulated, not corrected"),
        ("checking", True, "stopped early: the correction is checked on 2 of 6 replications"),
    ],
)
def test_a_stop_in_any_phase_ends_it_and_is_told(phase, corrected, told, two):
    phases = []

    def stop(name, done, _steps):
        if name not in phases:
            phases.append(name)
        if name == phase and done == 5:
            raise KeyboardInterrupt

    found = simulate(*two, years=0.3, replications=6, correct=True, told=stop)
    assert found.summary["status"] == "stopped"
    assert phases[-1] == phase
    assert (found.corrected is not None) == ("corrected" in found.summary) == corrected
    assert f"\n  {told}\n" in _told(found)


def test_a_run_that_is_stopped_reports_what_is_finished(tiny):
    system = system_of(*tiny)
    done = []

    def progress(at, steps):
        done.append(at)
        if len(done) > 5:
            raise KeyboardInterrupt

    seen = simulate_system(system, years=0.5, replications=5, progress=progress)
    assert seen.stopped
    assert seen.replications == 2
    with pytest.raises(KeyboardInterrupt):
        simulate_system(replace(system), years=0.5, replications=5, progress=progress)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_writes_its_tables_and_a_corrected_plan_that_reads_back(tmp_path, tiny):
    found = run("simulate", "scenarios/tiny", "--years", 1, "--replications", 2, "--correct", "--out", tmp_path)
    assert found.exit_code == 0, found.output
    assert "Tiny: 3 products, 2 replications of 1 year" in found.output
    assert "corrected:" in found.output
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert summary["status"] == "simulated"
    for name in ("products", "ledger", "totals", "components", "resources"):
        assert (tmp_path / f"{name}.csv").is_file()
    corrected = read_plan(tmp_path / "corrected")
    assert corrected.objective_per_year == pytest.approx(summary["corrected"]["cost_per_year"])


def test_the_command_refuses_a_plan_of_another_variant(tmp_path):
    assert run("solve", "scenarios/tiny", "--samples", 20, "--brief", "--out", tmp_path).exit_code == 0
    quick = ("--plan", tmp_path, "--years", 0.1, "--replications", 1)
    assert run("simulate", "scenarios/tiny", *quick).exit_code == 0
    found = run("simulate", "scenarios/tiny", "--variant", "steady-offices", *quick)
    assert str(found.exception) == "the plan was made from other data than this scenario; solve it again"


def test_the_command_tells_faults_in_words(tmp_path):
    folder = write_scenario(tmp_path / "case")
    assert run("simulate", folder, "--orders", "replay", "--years", 1).exit_code == 1
    assert run("simulate", folder, "--plan", tmp_path / "nowhere").exit_code == 1
    assert run("simulate", folder, "--orders", "guess").exit_code == 2
    for years in (0, "inf", "nan"):
        assert run("simulate", folder, "--years", years).exit_code == 2
    with pytest.raises(EngineError, match="a length in years"):
        simulate(make_scenario([{}], samples=20), years=float("inf"))
