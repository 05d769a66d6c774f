"""The levers of the what-if: which there are, where they stand, and the scenario they lead to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from engine.errors import Fault, ScenarioError
from engine.scenario.checks.check import checked
from engine.scenario.columns import DISTRIBUTIONS
from engine.scenario.rules import Group, group_of, with_least_on_time
from engine.scenario.scenario import Scenario
from engine.scenario.settings import Variant
from engine.scenario.variants import apply_variant
from engine.ui.state.memo import derived_of
from engine.words.reason import cause

# A budget that is not given is told in weeks of sales at cost; this many stand for no limit.
NO_LIMIT_WEEKS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """One slider.

    Parameters
    ----------
    name : str
        Widget key and text key ``lever.<name>``.
    target : str
        Setting or column it changes.
    action : str
        ``set`` to a percentage or ``scale`` by one; ``raise`` lifts what is below a percentage; ``weeks`` sets an
        amount of money that many weeks of sales are worth at cost; ``add`` moves days by so many; ``count`` sets a
        number of products.
    low, high, step : float
        Range of the slider.
    by_product : bool
        It can act on one family only.
    """

    name: str
    target: str
    action: Literal["set", "scale", "raise", "weeks", "add", "count"]
    low: float
    high: float
    step: float
    by_product: bool = False

    @property
    def group(self) -> Group:
        """Whether it moves the world or a rule of the client's own."""
        return group_of(self.target)


LEVERS = (
    Lever(name="holding_rate", target="holding_rate_per_year", action="set", low=0.0, high=60.0, step=0.5),
    Lever(name="capacity", target="resources.hours_per_week", action="scale", low=50.0, high=150.0, step=1.0),
    Lever(name="budget", target="inventory_budget", action="scale", low=0.0, high=1000.0, step=1.0),
    Lever(name="budget_weeks", target="inventory_budget", action="weeks", low=0.0, high=NO_LIMIT_WEEKS, step=0.5),
    Lever(name="risk", target="risk.cvar_weight", action="set", low=0.0, high=100.0, step=5.0),
    Lever(name="demand_cv", target="demand_cv", action="scale", low=50.0, high=200.0, step=5.0, by_product=True),
    Lever(name="lead_time_target", target="lead_time_target_days", action="scale", low=25.0, high=200.0, step=5.0,
          by_product=True),
    Lever(name="lead_time_days", target="lead_time_target_days", action="add", low=-60.0, high=60.0, step=1.0,
          by_product=True),
    Lever(name="late_cost", target="late_cost_per_unit_day", action="scale", low=25.0, high=400.0, step=5.0,
          by_product=True),
    Lever(name="on_time", target="products.on_time_target", action="raise", low=0.0, high=99.5, step=0.5,
          by_product=True),
    Lever(name="switches", target="max_changes", action="count", low=0.0, high=0.0, step=1.0),
)  # fmt: skip
# The inventory budget, whether the scenario gives one or not.
BUDGETS = ("budget", "budget_weeks")
BY_NAME = {lever.name: lever for lever in LEVERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class LockLever:
    """A product kept at a strategy against the engine's choice.

    Parameters
    ----------
    product, strategy : str
    reason : str
        In the words of whoever locked it.
    owner : str
        Who answers for it.
    until : str
        Last day, as 2027-06-30; '' for no end.
    """

    product: str
    strategy: str
    reason: str
    owner: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeverState:
    """A scenario and what was changed of it: everything an answer depends on.

    Parameters
    ----------
    scenario : str
        Name of the folder, or key of an upload.
    variant : str
        Named what-if of the scenario's own; '' for the base.
    family : str
        Family that the levers by product act on; '' for all.
    moved : tuple of (str, float)
        Lever and its percentage, in the order of `LEVERS`, only where it differs from the scenario.
    locks : tuple of LockLever
    """

    scenario: str
    variant: str = ""
    family: str = ""
    moved: tuple[tuple[str, float], ...] = ()
    locks: tuple[LockLever, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything differs from the scenario as given."""
        return bool(self.moved or self.locks or self.variant)

    @property
    def as_given(self) -> LeverState:
        """The same scenario with nothing changed."""
        return LeverState(scenario=self.scenario)

    @property
    def world(self) -> LeverState:
        """The same without the levers that are rules, and without locks; a variant is either."""
        moved = tuple((name, at) for name, at in self.moved if BY_NAME[name].group == "world")
        family = self.family if any(BY_NAME[name].by_product for name, _ in moved) else ""
        return replace(self, moved=moved, locks=(), family=family)


def levers_of(scenario: Scenario) -> Iterator[Lever]:
    """The levers that would change something in this scenario."""
    useless = {
        "late_cost": bool(scenario.products["late_cost_per_unit_day"].isna().all()),
        "demand_cv": not _has_own_cv(scenario),
        "capacity": scenario.resources.empty,
        "budget": scenario.settings.inventory_budget is None,
        "budget_weeks": scenario.settings.inventory_budget is not None,
        "switches": not _known(scenario),
    }
    return (lever for lever in LEVERS if not useless.get(lever.name, False))


def neutral(lever: Lever, scenario: Scenario, family: str = "") -> float:
    """Where the lever stands when nothing is changed."""
    if lever.action == "scale":
        return 100.0
    if lever.action == "weeks":
        return NO_LIMIT_WEEKS
    if lever.action == "add":
        return 0.0
    if lever.action == "count":
        most = scenario.settings.max_changes
        return float(_known(scenario) if most is None else most)
    if lever.action == "raise":
        least = derived_of(scenario).on_time_target[_rows(scenario, family)]
        return round(float(least.min()) * 100.0, 6) if len(least) else 0.0
    settings = scenario.settings
    share = settings.risk.cvar_weight if lever.name == "risk" else settings.holding_rate_per_year
    # A percentage as people write it: 0.29 x 100 would be 28.999999999999996.
    return round(share * 100.0, 6)


def highest(lever: Lever, scenario: Scenario, family: str = "") -> float:
    """The end of the slider: a scenario's own value may lie beyond the usual range."""
    most = float(_known(scenario)) if lever.action == "count" else lever.high
    return max(most, neutral(lever, scenario, family))


def families(scenario: Scenario) -> list[str]:
    """Families by name, where there is more than one."""
    names = sorted({str(family) for family in scenario.products["family"]} - {""})
    return names if len(names) > 1 else []


def based(scenario: Scenario, what_if: LeverState) -> Scenario:
    """The scenario that the levers start from: as given, or under its own variant."""
    return apply_variant(scenario, what_if.variant) if what_if.variant else scenario


def changed(scenario: Scenario, what_if: LeverState) -> Scenario:
    """The scenario with everything changed.

    Parameters
    ----------
    scenario : Scenario
        As `based`.
    what_if : LeverState

    Raises
    ------
    ScenarioError
        Where the levers lead to values that a scenario cannot have.
    """
    # The scenario's own named what-ifs may not fit the changed values, and are not asked for here.
    result = scenario.with_settings(variants={})
    for name, position in what_if.moved:
        result = _moved(result, BY_NAME[name], position, what_if.family if BY_NAME[name].by_product else "")
    return locked(result, what_if.locks)


def locked(scenario: Scenario, locks: tuple[LockLever, ...]) -> Scenario:
    """The scenario with products kept at strategies.

    Raises
    ------
    ScenarioError
        Where a product is not there or cannot have the strategy.
    """
    if not locks:
        return scenario
    products = scenario.products.copy()
    for lock in locks:
        rows = products["product"] == lock.product
        if not rows.any():
            none = cause("lock_none", product=lock.product)
            raise ScenarioError([Fault(file="products", column="locked", cause=none)])
        # All of it is the lock's own: what the scenario gave belonged to another.
        products.loc[rows, ["locked", "lock_reason", "lock_owner"]] = [lock.strategy, lock.reason, lock.owner]
        products.loc[rows, "lock_until"] = pd.Timestamp(lock.until) if lock.until else pd.NaT
    return checked(replace(scenario, products=products))


def with_lever(what_if: LeverState, name: str, position: float, given: Scenario) -> LeverState:
    """The inputs with one lever elsewhere."""
    moved = dict(what_if.moved) | {name: position}
    family = what_if.family if BY_NAME[name].by_product else ""
    if position == neutral(BY_NAME[name], given, family):
        del moved[name]
    return replace(what_if, moved=tuple((one, moved[one]) for one in BY_NAME if one in moved))


def weekly_sales_at_cost(scenario: Scenario) -> float:
    """What a week's sales are worth at unit cost."""
    products = scenario.products
    return float((products["demand_per_week"] * products["unit_cost"]).sum())


def budget_unit(lever: Lever, scenario: Scenario) -> float:
    """What one unit of a budget lever is worth, money."""
    if lever.action == "weeks":
        return weekly_sales_at_cost(scenario)
    return float(scenario.settings.inventory_budget or 0.0) / 100.0


def _moved(scenario: Scenario, lever: Lever, position: float, family: str) -> Scenario:
    where = {"family": [family]} if family else {}
    if lever.action == "raise":
        return with_least_on_time(scenario, position / 100.0, _rows(scenario, family))
    if lever.action == "add":
        return _later(scenario, position, family)
    if lever.action == "count":
        # As many as there are is no limit.
        most = None if position >= _known(scenario) else round(position)
        return scenario.with_settings(max_changes=most)
    if lever.action == "weeks":
        amount = None if position >= NO_LIMIT_WEEKS else round(position * weekly_sales_at_cost(scenario), 2)
        return apply_variant(scenario, Variant.model_validate({"set": {lever.target: amount}}))
    if lever.name == "demand_cv":
        # Poisson demand has the CV that its mean implies.
        present = set(scenario.products.loc[_rows(scenario, family), "distribution"]) - {"poisson"}
        if not present:
            return scenario
        where |= {"distribution": [name for name in DISTRIBUTIONS if name in present]}
    change = {lever.action: {lever.target: position / 100.0}, "where": where}
    return apply_variant(scenario, Variant.model_validate(change))


def _later(scenario: Scenario, days: float, family: str) -> Scenario:
    """Every lead-time target of the family so many days later, never sooner than delivery alone takes."""
    rows = _rows(scenario, family)
    products = scenario.products.copy()
    given, least = (products.loc[rows, name].astype(float) for name in ("lead_time_target_days", "delivery_days"))
    products.loc[rows, "lead_time_target_days"] = np.maximum(given + days, np.minimum(least, given))
    return checked(replace(scenario, products=products))


def _known(scenario: Scenario) -> int:
    """Products that name a strategy of today."""
    return int((scenario.products["current_strategy"] != "").sum())


def _rows(scenario: Scenario, family: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if not family:
        return np.ones(len(scenario.products), dtype=bool)
    return (scenario.products["family"] == family).to_numpy(dtype=bool)


def _has_own_cv(scenario: Scenario) -> bool:
    return bool((scenario.products["distribution"] != "poisson").any())
