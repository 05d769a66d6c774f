"""A goal in the user's words, as rules of a scenario, and what it costs against the plan."""

from __future__ import annotations

from dataclasses import dataclass

from engine.decision.plan import Plan, leaves_today
from engine.decision.solve import DEFAULT_GAP, solve
from engine.decision.today import today_of
from engine.demand.fitting.complete import complete
from engine.economics.exposure.draw import SampleCache
from engine.errors import EngineError
from engine.scenario.rules import with_least_on_time
from engine.scenario.scenario import Scenario
from engine.words.reason import cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is wanted; None where nothing is.

    Parameters
    ----------
    inventory_below_today : float or None
        Share by which the inventory is to be below that of today's strategies with their best stocks.
    on_time : float or None
        Least share of units on time of every product; one with a higher target of its own keeps it.
    most_switches : int or None
        Products that leave today's strategy, at most.
    """

    inventory_below_today: float | None = None
    on_time: float | None = None
    most_switches: int | None = None

    def budget(self, today: float) -> float | None:
        """The inventory budget that says it, money to the cent.

        Parameters
        ----------
        today : float
            Inventory value of today's strategies.
        """
        return None if self.inventory_below_today is None else round((1.0 - self.inventory_below_today) * today, 2)

    def applied(self, scenario: Scenario, today: float) -> Scenario:
        """The scenario under the rules that say it.

        Parameters
        ----------
        scenario : Scenario
        today : float
            Inventory value of today's strategies.
        """
        rules: dict[str, object] = {}
        if self.inventory_below_today is not None:
            rules["inventory_budget"] = self.budget(today)
        if self.most_switches is not None:
            rules["max_changes"] = self.most_switches
        ruled = scenario.with_settings(**rules) if rules else scenario
        return ruled if self.on_time is None else with_least_on_time(ruled, self.on_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalPrice:
    """What a goal costs, and what it brings.

    Parameters
    ----------
    cost_per_year : float
        Of the plan that reaches the goal, above the plan without it.
    inventory_value : float
        Change of average inventory.
    switches, switches_before : int
        Products that leave today's strategy with the goal, and without it.
    """

    cost_per_year: float
    inventory_value: float
    switches: int
    switches_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A goal, decided.

    Parameters
    ----------
    scenario : Scenario
        Under the goal's rules.
    plan, without : Plan
        Under them, and of the scenario as it is.
    price : GoalPrice
    """

    scenario: Scenario
    plan: Plan
    without: Plan
    price: GoalPrice


def price_of(plan: Plan, without: Plan) -> GoalPrice:
    """What the plan of a goal costs against the plan without it, on the same samples."""
    return GoalPrice(
        cost_per_year=plan.objective_per_year - without.objective_per_year,
        inventory_value=float(plan.summary["inventory_value"]) - float(without.summary["inventory_value"]),
        switches=switches_of(plan),
        switches_before=switches_of(without),
    )


def switches_of(plan: Plan) -> int:
    """Products that leave today's strategy."""
    return int(leaves_today(plan.decisions).sum())


def reach(
    scenario: Scenario, goal: Goal, *, gap: float = DEFAULT_GAP, time_limit: float | None = None,
    cache: SampleCache | None = None,
) -> Reached:  # fmt: skip
    """Decide a scenario with a goal and without it.

    Parameters
    ----------
    scenario : Scenario
    goal : Goal
    gap : float
        To which both are proven.
    time_limit : float, optional
        Seconds for each.
    cache : SampleCache, optional
        Of the same products.

    Raises
    ------
    NoPlanError
        Where no plan reaches the goal; it names the rules in conflict.
    EngineError
        Where inventory is to be held against today and no strategy of today is named.
    """
    scenario, cache = complete(scenario), SampleCache() if cache is None else cache
    without = solve(scenario, gap=gap, time_limit=time_limit, cache=cache).plan_or_raise()
    today = 0.0
    if goal.inventory_below_today is not None or goal.most_switches is not None:
        now = today_of(scenario, without.decisions["strategy"], cache=cache)
        if now is None:
            raise EngineError(cause("goal_today", scenario=scenario.name))
        today = now.inventory_value
    ruled = goal.applied(scenario, today)
    plan = solve(ruled, gap=gap, time_limit=time_limit, cache=cache).plan_or_raise()
    return Reached(scenario=ruled, plan=plan, without=without, price=price_of(plan, without))
