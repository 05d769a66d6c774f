"""Which products change their strategy between two plans, and what moved each: a rule, or a term of its cost.

A product has strategy A in one plan and B in the other. What a changed price or demand does to a strategy is seen where
its stocks stay as they are: best stocks that follow would move the cost into other terms, and the least cost hardly
(the envelope theorem). With d the change of the cost of B less that of A by term, each with the stocks of its own plan,
the term whose d is least has moved it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from engine.decision.plan import Plan
from engine.demand.streams import Array
from engine.economics.instance import TERMS, Instance
from engine.evaluate.trust.first_stage import assess_fixed, of_plan
from engine.model.portfolio import portfolio
from engine.scenario.columns import STRATEGIES, strategy_numbers
from engine.scenario.rules import changes
from engine.scenario.scenario import Scenario

_SAID_OF_LOCKS = tuple(f"products.{name}" for name in ("lock_reason", "lock_owner", "lock_until"))


class SwitchCause(Enum):
    """What moved a product."""

    LOCKED = "locked"
    BARRED = "barred"
    NO_ROOM = "no_room"
    RULES = "rules"
    TERM = "term"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A plan with what it was made from.

    Parameters
    ----------
    scenario : Scenario
    instance : Instance
        On the plan's samples.
    plan : Plan
    """

    scenario: Scenario
    instance: Instance
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """A product whose strategy differs.

    Parameters
    ----------
    product, before, after : str
        The strategies are those of the two plans.
    cause : SwitchCause
    rules : tuple of str
        Rules that differ, as settings or columns, where they are the cause.
    term : str
        Of `TERMS`, what moved it; '' where a rule did.
    amount : float
        By how much that term turned for the new strategy, stocks unchanged, money a year; NaN where a rule moved it.
    staying : float
        What the strategy before would cost more a year now, the others as they are; NaN where it is not possible or
        not known.
    """

    product: str
    before: str
    after: str
    cause: SwitchCause
    rules: tuple[str, ...] = ()
    term: str = ""
    amount: float = float("nan")
    staying: float = float("nan")


def strategies_that_differ(before: Plan, after: Plan) -> list[tuple[str, str, str]]:
    """Product, strategy before and after, of the products that both plans have; in the order of the latter."""
    was = dict(zip(before.decisions["product"], before.decisions["strategy"], strict=True))
    rows = zip(after.decisions["product"], after.decisions["strategy"], strict=True)
    return [(str(name), str(was[name]), str(k)) for name, k in rows if name in was and was[name] != k]


def switched(before: Side, after: Side, *, most: int | None = None) -> list[Switched]:
    """The products whose strategy differs, each with what moved it.

    Parameters
    ----------
    before, after : Side
        Of the same products.
    most : int, optional
        So many are asked for their cause, the dearest of the plan after first.
    """
    pairs = strategies_that_differ(before.plan, after.plan)
    if not pairs:
        return []
    cost = dict(zip(after.plan.decisions["product"], after.plan.decisions["expected_cost_per_year"], strict=True))
    pairs.sort(key=lambda pair: -abs(cost[pair[0]]))
    told = changes(before.scenario, after.scenario)
    # Why a lock is there, and who answers for it, moves nothing.
    rules = tuple(one.target for one in told if one.group == "rules" and one.target not in _SAID_OF_LOCKS)
    # Where the world stands still, rules alone can have moved anything.
    moved_by_rules = rules if all(one.group == "rules" for one in told) else ()
    turned = _turned(before, after)
    return [_cause(pair, before, after, turned, moved_by_rules) for pair in pairs[:most]]


def _turned(before: Side, after: Side) -> Array:
    """The d of each product of the plan after and term, money a year, shape (I, terms)."""
    place = [before.instance.products.index(name) for name in after.instance.products]

    def change(plan: Plan) -> Array:
        """Of the cost of a plan from one side's world to the other's, its stocks unchanged."""
        there, here = (
            assess_fixed(side.instance, of_plan(side.instance, plan)).attribution.ledger for side in (before, after)
        )
        return np.asarray(here - there[place])

    return change(after.plan) - change(before.plan)


def _cause(
    pair: tuple[str, str, str], before: Side, after: Side, turned: Array, rules: tuple[str, ...]
) -> Switched:
    product, old, new = pair
    i, was = after.instance.products.index(product), STRATEGIES.index(old)
    table = after.plan.decisions
    costs = table.loc[table["product"] == product, [f"cost_if_{old}", "expected_cost_per_year"]].to_numpy(dtype=float)
    more = float(costs[0, 0] - costs[0, 1])
    switched = Switched(product=product, before=old, after=new, cause=SwitchCause.TERM, rules=rules, staying=more)
    locks = [side.scenario.products.set_index("product")["locked"][product] for side in (before, after)]
    if locks[1] and locks[1] != locks[0]:
        return replace(switched, cause=SwitchCause.LOCKED, rules=())
    if not after.instance.allowed[i, was]:
        return replace(switched, cause=SwitchCause.BARRED)
    tied = portfolio(after.instance)
    strategy = strategy_numbers(after.plan.decisions["strategy"])
    if not tied.keeps(tied.moved(strategy, i, was)):
        return replace(switched, cause=SwitchCause.NO_ROOM)
    if rules:
        return replace(switched, cause=SwitchCause.RULES)
    at = int(np.argmin(turned[i]))
    return replace(switched, term=TERMS[at], amount=-float(turned[i, at]))
