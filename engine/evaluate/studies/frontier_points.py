"""Points of a frontier: limits, each with its plan, in chains that begin at the plan as it is or the tightest limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

import numpy as np

from engine.decision.aside import Aside, at_once, begun
from engine.decision.relaxation.infeasible import unserved
from engine.decision.settling.budget_prices import BudgetPrices, Closed, Within
from engine.decision.settling.sampled_prices import SampledPrices
from engine.demand.streams import Array
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import Instance, Integers
from engine.evaluate.studies.assess import assess
from engine.evaluate.studies.redecide import Redecided, redecide
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse

# Products without a strategy that are named.
_CONFLICTS = 2
# Where all samples are no more than so many times those to look for strategies on, all are looked at.
_MANY = 2


class By(StrEnum):
    """What is traded against cost."""

    INVENTORY = "inventory"
    LEAD_TIME = "lead_time"
    ON_TIME = "on_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the plan of a point comes to.

    Parameters
    ----------
    cost, bound, open_cost : float
        Money per year: its cost, what no plan costs less than, and what the search leaves open.
    inventory_value : float
    on_time : float
    strategy : shape (I,)
    product_cost : shape (I,)
        Money per year.
    """

    cost: float
    bound: float
    open_cost: float
    inventory_value: float
    on_time: float
    strategy: Integers
    product_cost: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One plan, or that there is none and which rule leaves none.

    Parameters
    ----------
    number : int
        From one, the loosest limit first.
    limit, promise : float
        The limit, and the mean lead-time target under it in days.
    measured : Measured or None
        None where there is no plan.
    plan : bool
        Whether it is the plan of the scenario as it is.
    rough : bool
        Whether it might cost less, decided as a plan is.
    why : str
        The rule that leaves no plan.
    """

    number: int
    limit: float
    promise: float
    measured: Measured | None
    plan: bool
    rough: bool
    why: str

    def __str__(self) -> str:
        return "no plan" if self.measured is None else f"{self.measured.cost:,.0f}"

    def better(self, by: By) -> float:
        """What is traded, so that less is better; infinite without a plan."""
        if self.measured is None:
            return float("inf")
        values = {
            By.INVENTORY: self.measured.inventory_value, By.LEAD_TIME: self.promise, By.ON_TIME: -self.measured.on_time,
        }  # fmt: skip
        return values[by]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the points of a frontier begin with.

    Parameters
    ----------
    given : Scenario
        Whose limits change.
    by : By
    limits : shape (points,)
        The loosest first.
    at : int
        Place of the scenario's own.
    plan, loosest : Redecided
        The scenario as it is, and without the limit that is traded.
    asked : Asked
    gap : float
        Relative, of every other point.
    rough : bool
        Whether no single products are moved first come first served at these.
    point_samples : int, optional
        Samples on which rough points of budgets are looked for; by default all.
    leanest : shape (I,), optional
        Strategies of the least inventory.
    """

    given: Scenario
    by: By
    limits: Array
    at: int
    plan: Redecided
    loosest: Redecided
    asked: Asked
    gap: float
    rough: bool
    point_samples: int | None = None
    leanest: Integers | None = None

    @property
    def by_prices(self) -> bool:
        """Whether prices of inventory find the points."""
        return self.by is By.INVENTORY and self.rough

    @property
    def sampled(self) -> int | None:
        """Samples on which strategies of these are looked for; None where it is on all."""
        few = self.point_samples
        return few if few is not None and self.plan.instance.samples > _MANY * few else None

    def prices(self, instance: Instance, start: Integers) -> BudgetPrices | SampledPrices:
        """Prices of inventory to find the points by.

        Parameters
        ----------
        instance : Instance
        start : shape (I,)
            Strategies to begin with.
        """
        if self.sampled is not None:
            return SampledPrices(instance, count=self.sampled, start=start)
        return BudgetPrices(instance, start=start)


@dataclass(slots=True)
class _Begun:
    """A point on its way: its place, the scenario under its limit, and by prices what is still to be served in turn."""

    place: int
    changed: Scenario
    instance: Instance | None = None
    closed: Closed | None = None
    within: Callable[[], Within | None] = lambda: None


class Chain:
    """Points one after another, each from what those before it left.

    Rough points of budgets are found by prices of inventory, and while a plan is served in turn the next price is
    searched at; where prices prove nothing, as asked.

    Parameters
    ----------
    of : Limits
    aside : callable
        Where plans are served in turn.
    """

    def __init__(self, of: Limits, aside: Aside = at_once) -> None:
        self.of, self.aside = of, aside
        self.start: Integers = of.plan.recourse.strategy
        self.near: Recourse | None = of.plan.recourse
        self.prices: BudgetPrices | SampledPrices | None = None
        self.tight, self.barred = False, False

    def points(self, places: Sequence[int]) -> Iterator[Point]:
        """The points at some places of the limits, ascending."""
        last: _Begun | None = None
        for k in places:
            try:
                following = self._begin(k)
            except KeyboardInterrupt:
                if last is not None:
                    yield self._end(last)
                raise
            if last is not None:
                yield self._end(last)
            if following.closed is not None:
                following.within = begun(self.aside, partial(following.closed.served, self.near))
            last = following
        if last is not None:
            yield self._end(last)

    def from_the_tightest(self, places: Sequence[int]) -> Iterator[Point]:
        """The same, the tightest limit decided first, from the strategies of the least inventory."""
        if self.of.leanest is not None:
            self.start, self.near = self.of.leanest, None
        self.tight = True
        yield from [*self.points(places[::-1])][::-1]

    def _known(self, place: int) -> Redecided | None:
        """The plan of a limit that is one of the plans to begin with."""
        of = self.of
        if place == of.at:
            return of.plan
        return of.loosest if place == 0 and of.by is not By.LEAD_TIME else None

    def _begin(self, place: int) -> _Begun:
        """Search at prices of inventory until the gap of a point is proven, where it is one for prices."""
        of = self.of
        point = _Begun(place, _limited(of.given, of.by, float(of.limits[place])))
        if of.by_prices and not self.barred and self._known(place) is None:
            point.instance = of.asked.instance(point.changed)
            if BudgetPrices.suits(point.instance):
                if self.prices is None or not self.prices.are_of(point.instance):
                    self.prices = of.prices(point.instance, self.start)
                    if self.tight:
                        self.prices.begin_tight(float(of.limits[place]), of.gap)
                point.closed = self.prices.close(float(of.limits[place]), gap=of.gap)
        return point

    def _end(self, point: _Begun) -> Point:
        """Decide a point that is begun."""
        of, limit = self.of, float(self.of.limits[point.place])
        answer = self._known(point.place)
        if answer is None and not self.barred:
            within = point.within()
            if within is not None and point.instance is not None:
                # Of strategies from some of the samples nothing more is proven than of the loosest limit.
                bound = max(within.bound, of.loosest.bound)
                answer = Redecided(
                    instance=point.instance, recourse=within.plan, program=within.program, bound=bound
                )
            else:
                answer = of.asked.decide(point.changed, gap=of.gap, start=self.start, settle=not of.rough)
            self.near = self.near if answer is None else answer.recourse
        why = ""
        if answer is None:
            # A tighter limit leaves no more plans than this one, which has none.
            self.barred = not self.tight
            why = _conflict(of.by, limit, of.asked.unserved(point.changed))
        else:
            self.start = answer.recourse.strategy
        return Point(
            number=point.place + 1, limit=limit, promise=_promise(point.changed),
            measured=None if answer is None else _measured(answer), plan=point.place == of.at,
            rough=point.place != of.at and of.rough, why=why,
        )  # fmt: skip


def _measured(answer: Redecided) -> Measured:
    of = assess(answer.instance, answer.recourse)
    return Measured(
        cost=of.cost, bound=answer.bound, open_cost=answer.open_cost, inventory_value=of.inventory_value,
        on_time=of.on_time, strategy=answer.recourse.strategy, product_cost=of.attribution.cost,
    )  # fmt: skip


def _conflict(by: By, limit: float, alone: list[str]) -> str:
    """The rule that leaves no plan: the limit, for it is all that changed, and products that it leaves no strategy.

    By how much the limit is short, as `solve` tells it, takes a program of its own that is solved longer than all
    points together.
    """
    rule = {
        By.INVENTORY: f"the inventory budget (C7) of {limit:,.0f} is too small for the other rules",
        By.LEAD_TIME: f"lead-time targets of {limit:.0%} of today's are too short for the other rules",
        By.ON_TIME: f"the on-time target (C6) of {limit:.1%} is too high for the other rules",
    }[by]
    more = f"; and {len(alone) - _CONFLICTS} more" if len(alone) > _CONFLICTS else ""
    return "; ".join([rule, *alone[:_CONFLICTS]]) + more


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How every point is decided."""

    samples: int | None
    seed: int | None
    cache: SampleCache

    def instance(self, scenario: Scenario) -> Instance:
        """Of a scenario, on the samples of all points."""
        return build_instance(scenario, samples=self.samples, seed=self.seed, cache=self.cache)

    def decide(
        self, scenario: Scenario, *, gap: float, start: Integers | None = None, settle: bool = True
    ) -> Redecided | None:
        """A scenario decided as `redecide` does it."""
        return redecide(
            scenario, gap=gap, samples=self.samples, seed=self.seed, cache=self.cache, start=start, settle=settle
        )

    def unserved(self, scenario: Scenario) -> list[str]:
        """What leaves single products without a strategy."""
        return [conflict.message for conflict in unserved(self.instance(scenario))]


def _limited(scenario: Scenario, by: By, limit: float) -> Scenario:
    products = scenario.products
    if by is By.INVENTORY:
        return scenario.with_settings(inventory_budget=limit)
    if by is By.LEAD_TIME:
        scaled = np.maximum(products["lead_time_target_days"] * limit, products["delivery_days"])
        return replace(scenario, products=products.assign(lead_time_target_days=scaled))
    everyone = scenario.settings.on_time_target or 0.0
    least = np.maximum(products["on_time_target"].fillna(everyone), limit)
    return replace(scenario, products=products.assign(on_time_target=least))


def _promise(scenario: Scenario) -> float:
    """Mean lead-time target of a unit, days."""
    demand = scenario.products["demand_per_week"].to_numpy(dtype=float)
    return float(np.average(scenario.products["lead_time_target_days"].to_numpy(dtype=float), weights=demand))
