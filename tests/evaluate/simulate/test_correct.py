"""How stocks of parts are tuned, step by step, on a run in whose place stands what it would have counted."""

from types import SimpleNamespace

import numpy as np
import pytest

from engine.decision.solve import solve
from engine.evaluate.simulate.findings import correct
from engine.evaluate.simulate.findings.correct import tune, with_levels
from engine.evaluate.simulate.translate import system_of
from engine.scenario.derived import derive
from tests.scenarios import make_scenario

# Yearly cost of a unit on the shelf: a quarter of its value, and what is written off.
KEEP, VALUE = np.array([0.25 * 30.0, 0.25 * 12.0, 0.25 * 9.0]), np.array([30.0, 12.0, 9.0])
BOM = {"P1": {"C1": 1, "C2": 3}, "P2": {"C2": 2}}
UNITS = np.array([10.0, 4.0, 6.0])
MEAN, SD = 5.0, np.array([3.0, 8.0, 2.0])


def case(target="", budget=None):
    row = {"demand_cv": 0.8, "lead_time_target_days": 5, "late_cost_per_unit_day": 2.0, "locked": "ATO"}
    return make_scenario(
        [{**row, "on_time_target": target}, row, {**row, "locked": "MTO", "make_days": 3.0}],
        components=[{"unit_cost": value, "lead_time_days": 14.0} for value in VALUE], bom=BOM, samples=50,
        inventory_budget=budget,
    )  # fmt: skip


class Run:
    """In place of the simulation: the more stock, the less waits and the more lies; rounds are written down."""

    def __init__(self, monkeypatch, *, late=0.1, weigh=1.0, held=lambda level: float(level @ VALUE)):
        self.levels, self.worths, self.seeds, self.costs, self.helds, self.seen = [], [], [], [], [], []
        self.late, self.weigh, self.held = late, weigh, held
        monkeypatch.setattr(correct, "simulate_system", self.simulate)
        monkeypatch.setattr(correct, "simulated_ledger", lambda *_: np.full((2, 3, 1), self.costs[-1] / 3.0))
        monkeypatch.setattr(correct, "inventory_value", lambda *_: np.array([self.helds[-1]] * 2))

    def simulate(self, system, *, seed, worth=None, **_):
        level = np.array([part.shelf.level for part in system.parts])
        base = self.levels[0] if self.levels else level
        if worth is None:
            self.final, self.final_seed = level, seed
            return "final"
        self.levels.append(level)
        self.worths.append(worth)
        self.seeds.append(seed)
        self.costs.append(self.cost(level, base))
        self.helds.append(self.held(level))
        gain = self.weigh * KEEP * np.array([2.0, 0.7, 1.0]) * np.exp(-(level - base) / SD) * worth.late[0] / 730.0
        late = UNITS * self.late * np.array([np.exp(-(level - base)[0] / SD[0]), 0.4, 0.2])
        rows = np.ones((2, 1))
        self.seen.append((1.0 - late / UNITS, gain))
        return SimpleNamespace(stopped=False, observed=SimpleNamespace(
            late_units=rows * late, units=rows * UNITS, part_worth=rows * gain, part_net=rows * MEAN,
            part_square=rows * (SD**2 + MEAN**2),
        ))  # fmt: skip

    def cost(self, level, base):
        """Least where the first part has half a standard deviation more than at first."""
        return 1000.0 + float((level - base)[0] - 0.5 * SD[0]) ** 2


def tuned(monkeypatch, *, target="", budget=None, **more):
    made = case(target, budget)
    plan = solve(made, certified=False, compared=False).plan
    plan.summary.pop("budget_price_per_year", None)
    system = with_levels(system_of(made, plan), np.array([20.0, 30.0, 0.0]))
    run, told = Run(monkeypatch, **more), []
    found = tune(
        made, plan, system, years=1, replications=2, seed=5, progress=lambda done, every: told.append((done, every))
    )
    return made, run, found, told


def step(level, gain, carry):
    """By the logarithm of worth over carrying cost, 1.7 to a standard deviation, at most 0.6 of it either way."""
    move = np.clip(np.log(gain / carry) / 1.7, -0.6, 0.6)
    after = np.maximum(level + SD * move, 0.0)
    # No product takes the third.
    return np.array([after[0], after[1], level[2]])


def test_stocks_move_by_what_one_more_is_worth_over_what_it_costs_to_keep(monkeypatch):
    _, run, found, told = tuned(monkeypatch)
    assert len(run.levels) == 7
    for before, after, (_, gain) in zip(run.levels, run.levels[1:], run.seen, strict=False):
        np.testing.assert_allclose(after, step(before, gain, KEEP))
    for worth in run.worths:
        np.testing.assert_allclose(worth.carrying, KEEP)
        np.testing.assert_allclose(worth.late, [730.0] * 3)
        np.testing.assert_allclose(worth.material, [KEEP[0] + 3.0 * KEEP[1], 2.0 * KEEP[1], 0.0])
        assert worth.quantity == {(0, 0): 1.0, (0, 1): 3.0, (1, 1): 2.0}
    # Tuned on one seed, told on another; the cheapest is kept.
    assert set(run.seeds) == {5 + 1_000_003}
    assert run.final_seed == 5 + 2_000_003
    assert found.simulated == "final"
    assert found.costs == pytest.approx(run.costs)
    np.testing.assert_array_equal(found.level, run.levels[int(np.argmin(run.costs))])
    np.testing.assert_array_equal(run.final, found.level)
    assert told == [(k, 8) for k in range(1, 9)]


def test_parts_for_which_nothing_waits_shrink_and_never_below_zero(monkeypatch):
    _, run, _, _ = tuned(monkeypatch, weigh=0.0)
    for before, after in zip(run.levels, run.levels[1:], strict=False):
        np.testing.assert_allclose(after[:2], np.maximum(before - 0.3 * SD, 0.0)[:2])
    assert run.levels[-1][1] == pytest.approx(30.0 - 6 * 0.3 * 8.0)


@pytest.mark.parametrize("late", [0.1, 0.35, 0.004])
@pytest.mark.parametrize("weigh", [1.0, 0.02, 1e-5])
def test_a_target_weighs_as_it_is_missed(monkeypatch, late, weigh):
    """At first such that the plan's stocks are worth their cost, then by late over allowed units, at most twice."""
    made, run, found, told = tuned(monkeypatch, target=0.9, late=late, weigh=weigh)
    # Looked at once before anything moves.
    np.testing.assert_array_equal(run.levels[1], run.levels[0])
    cost = KEEP[0] + 3.0 * KEEP[1]
    gain = run.seen[0][1]
    urgency = [1.0, np.clip(cost / (gain[0] + 3.0 * gain[1]), 1.0, 100.0)]
    for on_time, _ in run.seen[1:-1]:
        urgency.append(max(urgency[-1] * np.clip((1.0 - on_time[0]) / 0.1, 0.5, 2.0), 1.0))
    np.testing.assert_allclose([worth.late[0] / 730.0 for worth in run.worths], urgency)
    # No target, no urgency.
    assert all(worth.late[1] == worth.late[2] == 730.0 for worth in run.worths)
    for k in range(1, 6):
        np.testing.assert_allclose(run.levels[k + 1], step(run.levels[k], run.seen[k][1], KEEP))
    # Of those that miss it by little more than the plan's own stocks, the cheapest.
    short = np.array([10.0 * max(0.9 - on_time[0], 0.0) / 14.0 for on_time, _ in run.seen])
    costs = np.where(short <= short[0] + 0.002, run.costs, np.inf)
    np.testing.assert_array_equal(found.level, run.levels[int(np.argmin(costs))])
    assert derive(made).on_time_target.tolist() == [0.9, 0.0, 0.0]
    assert told == [(k, 8) for k in range(1, 9)]


def test_a_budget_that_is_exceeded_makes_stock_dearer_and_bars_what_exceeds_it_more(monkeypatch):
    budget = 900.0
    made, run, found, _ = tuned(monkeypatch, budget=budget)
    assert made.settings.inventory_budget == budget
    dearer = [0.0]
    for held in run.helds[:-1]:
        dearer.append(max(dearer[-1], 0.05) * (held / budget) ** 8 if held > budget else dearer[-1])
    assert dearer[1] > 0.05
    for worth, price in zip(run.worths, dearer, strict=True):
        np.testing.assert_allclose(worth.carrying, KEEP + price * VALUE)
    for k in range(6):
        np.testing.assert_allclose(run.levels[k + 1], step(run.levels[k], run.seen[k][1], KEEP + dearer[k] * VALUE))
    # What the plan's own stocks hold is allowed, where that is more.
    costs = np.where(np.array(run.helds) <= max(run.helds[0], budget), run.costs, np.inf)
    np.testing.assert_array_equal(found.level, run.levels[int(np.argmin(costs))])


def test_a_tuning_that_is_stopped_ends_as_ctrl_c_does(monkeypatch):
    run = Run(monkeypatch)
    found = run.simulate
    monkeypatch.setattr(
        correct, "simulate_system",
        lambda *given, **more: SimpleNamespace(**{**vars(found(*given, **more)), "stopped": True}),
    )  # fmt: skip
    made = case()
    plan = solve(made, certified=False, compared=False).plan
    with pytest.raises(KeyboardInterrupt):
        tune(made, plan, system_of(made, plan), years=1, replications=2, seed=5)
    assert len(run.levels) == 1
