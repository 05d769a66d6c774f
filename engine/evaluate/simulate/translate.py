"""From a scenario and its plan to the system that is simulated."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.decision.plan import Plan
from engine.decision.tables.stock_calendar import swings
from engine.demand.distributions import (
    CompoundPoisson,
    Constant,
    Empirical,
    Gamma,
    NegativeBinomial,
    Normal,
    Poisson,
)
from engine.demand.seen_orders import SeenOrders
from engine.demand.streams import stream
from engine.demand.year import comes_in_orders
from engine.economics.build import scenario_season
from engine.economics.exposure.groups import Groups, groups_of
from engine.economics.optima.cutoff import parts_of, planned_cutoffs
from engine.economics.processes import demand_process
from engine.errors import EngineError
from engine.evaluate.simulate.clock.orders import (
    GammaLots,
    ListedOrders,
    LogarithmicOrders,
    NormalLots,
    Orders,
    PoissonOrders,
    ReplayedOrders,
    SeasonalOrders,
    SegmentOrders,
    WeekLots,
)
from engine.evaluate.simulate.clock.supply import Supply
from engine.evaluate.simulate.clock.system import Good, LargeOrders, Part, Server, Shelf, System, Use
from engine.evaluate.studies.same_scenario import plan_of
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario
from engine.scenario.segments import Waits
from engine.scenario.usage import part_lots, parts_per_unit, whole_parts
from engine.words.reason import cause, named


def system_of(scenario: Scenario, plan: Plan, *, replay: bool = False) -> System:
    """What the plan of a scenario is in physical terms.

    Parameters
    ----------
    scenario : Scenario
        The one that was decided, its demand columns filled in.
    plan : Plan
    replay : bool
        Replay the scenario's order lines in place of drawing orders.

    Raises
    ------
    EngineError
        Where the plan is not one of this scenario, or order lines are missing.
    """
    plan = plan_of(scenario, plan)
    products, settings, derived = scenario.products, scenario.settings, derive(scenario)
    decided = plan.decisions.set_index("product")
    base = plan.components.set_index("component")["base_stock"]
    lots, (_, even) = part_lots(scenario), whole_parts(scenario)
    parts = tuple(
        Part(
            name=str(row.component),
            shelf=Shelf(
                level=float(base[str(row.component)]),
                batch=float(lots[c]), whole=bool(even[c]),
                supply=Supply(mean_days=float(str(row.lead_time_days)), cv=float(str(row.lead_time_cv))),
            ),
        )
        for c, row in enumerate(scenario.components.itertuples())
    )
    at = {part.name: c for c, part in enumerate(parts)}
    recipes: dict[str, list[tuple[int, float]]] = {}
    taken = parts_per_unit(scenario).tolist()
    for line, units in zip(scenario.bom.itertuples(), taken, strict=True):
        recipes.setdefault(str(line.product), []).append((at[str(line.component)], units))
    work, season = _work(scenario), _season(scenario, plan, replay=replay)
    if season is not None:
        parts = tuple(
            replace(part, shelf=replace(part.shelf, swing=swing))
            for part, swing in zip(parts, season.parts, strict=True)
        )
    replayed = _replayed(scenario) if replay else {}
    cut, groups = _CutStocks(scenario, plan), groups_of(derived.waits)
    goods = []
    for i, name in enumerate(products["product"].astype(str)):
        strategy, rate = str(decided.loc[name, "strategy"]), float(products["demand_per_week"].iloc[i]) / 7.0
        make, assemble = work.get((name, "make"), ()), work.get((name, "assemble"), ())
        good = Good(
            name=name,
            orders=replayed[name] if replay else order_source(scenario, i),
            wait_days=float(groups.wait_days[groups.of(i)].min()),
            delivery_days=float(products["delivery_days"].iloc[i]),
            assembly_days=float(products["assembly_days"].iloc[i]),
            make=Supply(mean_days=float(derived.make_days[i]), cv=float(derived.make_cv[i])),
            uses=make + assemble,
            mean_per_day=rate,
            order_size=None if replay or _in_orders(scenario, i) else float(products["order_size"].iloc[i]),
        )
        good = _of_segments(good, i, groups, derived.waits)
        if strategy == "MTS":
            shelf = Shelf(
                level=float(str(decided.loc[name, "base_stock"])),
                batch=float(derived.batch[i]),
                whole=bool(derived.integer[i]),
                supply=Supply(mean_days=float(derived.replenishment_days[i]), cv=float(derived.replenishment_cv[i])),
            )
            good = replace(good, shelf=shelf if season is None else replace(shelf, swing=season.finished[i]))
            good = cut.good(i, good)
        elif strategy == "ATO":
            good = replace(good, parts=tuple(recipes[name]), uses=assemble, level_uses=make)
        if season is not None and season.daily[i]:
            orders = SeasonalOrders(orders=good.orders, daily=season.daily[i], in_orders=season.in_orders[i])
            good = replace(good, orders=orders, season=season.daily[i])
        goods.append(good)
    weeks = settings.capacity_bucket_days / 7.0
    return System(
        goods=tuple(goods),
        parts=_stocked(parts, goods),
        servers=tuple(
            Server(
                name=str(row.resource),
                hours_per_day=float(str(row.hours_per_week)) / 7.0,
                overtime_per_bucket=float(str(row.overtime_hours_per_week)) * weeks,
                outsourcing=not np.isnan(float(str(row.outsourcing_cost_per_hour))),
                outsourcing_first=bool(
                    float(str(row.outsourcing_cost_per_hour)) < float(str(row.overtime_cost_per_hour))
                ),
            )
            for row in scenario.resources.itertuples()
        ),
        review_days=settings.review_days,
        period_end=settings.cost_timing == "period_end",
        bucket_days=settings.capacity_bucket_days,
        # Order lines have in them what products have in common.
        common_factor_cv=0.0 if replay else settings.demand.common_factor_cv,
    )


def _of_segments(good: Good, i: int, groups: Groups, waits: Waits) -> Good:
    """The good with customers who wait differently; replayed orders bring their waits with them."""
    segments = groups.of(i)
    days, share = groups.wait_days[segments], groups.share[segments]
    if len(days) == 1:
        return good
    rows = np.flatnonzero(waits.product == i)
    # Late cost of those who wait alike, over the mean of all.
    cost = np.array([
        np.average(waits.late_cost[at], weights=waits.share[at])
        for at in (rows[waits.wait_days[rows] == one] for one in days)
    ])  # fmt: skip
    mean = float(share @ cost)
    dear = cost / mean if mean > 0.0 else np.ones(len(cost))
    orders = good.orders
    if not isinstance(orders, ReplayedOrders):
        orders = SegmentOrders(orders=orders, share=tuple(share.tolist()), wait_days=tuple(days.tolist()))
    return replace(good, orders=orders, dearness=tuple(zip(days.tolist(), dear.tolist(), strict=True)))


class _CutStocks:
    """Goods in stock whose large orders are made to order."""

    def __init__(self, scenario: Scenario, plan: Plan) -> None:
        size = plan.decisions["order_size_cutoff"].to_numpy(dtype=np.float64)
        derived = derive(scenario)
        self.cut = planned_cutoffs(scenario, size)
        self.small, self.large = parts_of(scenario, derived, self.cut)
        self.batch, self.wait_days = derive(self.small).batch, derive(self.large).wait_days

    def good(self, i: int, good: Good) -> Good:
        """The good, with its orders parted where it has a cut-off."""
        rows = np.flatnonzero(self.cut.rows == i)
        if not rows.size or good.shelf is None:
            return good
        k = int(rows[0])
        small, large = self._orders(k, good)
        in_orders = isinstance(good.orders, ReplayedOrders) or good.order_size is None
        return replace(
            good, orders=small, large=LargeOrders(orders=large, wait_days=float(self.wait_days[k])),
            shelf=replace(good.shelf, batch=float(self.batch[k])),
            order_size=None if in_orders else float(self.small.products["order_size"].iloc[k]),
        )  # fmt: skip

    def _orders(self, k: int, good: Good) -> tuple[Orders, Orders]:
        """Orders up to the cut-off, of the family of the product, and those above it, of their sizes one by one."""
        cutoff = float(self.cut.sizes[k])
        if isinstance(good.orders, ReplayedOrders):
            beyond_it = np.asarray(good.orders.order_units) > cutoff
            return good.orders.only(~beyond_it), good.orders.only(beyond_it)
        large = self.large.products.iloc[k]
        per_day = float(large["demand_per_week"]) / 7.0 / float(large["order_size"])
        beyond = tuple(self.cut.of[k].parted(cutoff)[1].tolist())
        return order_source(self.small, k), ListedOrders(per_day=per_day, sizes=beyond)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Season:
    """Of products, factor of each day of the year and whether it brings more orders; swings of stocks by week.

    An empty tuple stands for none.
    """

    daily: list[tuple[float, ...]]
    in_orders: list[bool]
    finished: list[tuple[float, ...]]
    parts: list[tuple[float, ...]]


def _season(scenario: Scenario, plan: Plan, *, replay: bool) -> _Season | None:
    """What follows the season of a plan; None where there is none."""
    season, swinging = scenario_season(scenario), swings(scenario, plan.decisions["strategy"].tolist())
    if season is None or swinging is None:
        return None
    if replay:
        raise EngineError(cause("replay_season"))
    row, daily = season.year.row, season.year.daily
    return _Season(
        daily=[tuple(daily[k].tolist()) if k >= 0 else () for k in row.tolist()],
        in_orders=[bool(one) for one in season.in_orders],
        finished=[tuple(swing.tolist()) if swing.any() else () for swing in swinging[0]],
        parts=[tuple(swing.tolist()) if swing.any() else () for swing in swinging[1]],
    )


def _stocked(parts: tuple[Part, ...], goods: list[Good]) -> tuple[Part, ...]:
    """The parts; what no good draws from stock, or can always buy after the order, is not stocked at all."""
    drawn = {
        c
        for good in goods
        for c, _ in good.parts
        if parts[c].shelf.supply.random or parts[c].shelf.batch > 0.0
        or parts[c].shelf.supply.mean_days > good.wait_days - good.assembly_days + 1e-9
    }
    return tuple(
        part if c in drawn else replace(part, shelf=replace(part.shelf, level=0.0, batch=0.0, swing=()))
        for c, part in enumerate(parts)
    )


def _in_orders(scenario: Scenario, row: int) -> bool:
    """Whether a product's demand comes in single orders."""
    return comes_in_orders(demand_process(scenario, row))


def order_source(scenario: Scenario, row: int) -> Orders:  # noqa: PLR0911  (one return per family)
    """The orders of one product, of the family that the scenario names."""
    made = demand_process(scenario, row)
    match made:
        case Constant():
            return NormalLots(mean_per_day=made.mean_per_week / 7.0, week_cv=0.0)
        case Normal():
            return NormalLots(mean_per_day=made.mean_per_week / 7.0, week_cv=made.cv)
        case Gamma():
            return GammaLots(mean_per_day=made.mean_per_week / 7.0, week_cv=made.cv)
        case Poisson():
            return PoissonOrders(per_day=made.mean_per_week / 7.0)
        case SeenOrders():
            return ListedOrders(per_day=made.orders_per_day, sizes=made.sizes)
        case CompoundPoisson():
            return PoissonOrders(per_day=made.orders_per_day, size=made.order_size, size_cv2=made.size_cv2)
        case NegativeBinomial():
            week_size = 1.0 / (made.cv**2 - 1.0 / made.mean_per_week)
            return LogarithmicOrders(mean_per_day=made.mean_per_week / 7.0, week_size=week_size)
        case Empirical():
            return WeekLots(weeks=made.weeks)
        case _:
            raise EngineError(cause("demand_unsimulated", kind=type(made).__name__))


def _work(scenario: Scenario) -> dict[tuple[str, str], tuple[Use, ...]]:
    at = {str(name): g for g, name in enumerate(scenario.resources["resource"])}
    work: dict[tuple[str, str], tuple[Use, ...]] = {}
    for line in scenario.routing.itertuples():
        use = Use(
            resource=at[str(line.resource)],
            hours_per_unit=float(str(line.hours_per_unit)),
            hours_cv=float(str(line.hours_cv)),
        )
        if use.hours_per_unit > 0.0:
            key = (str(line.product), str(line.stage))
            work[key] = (*work.get(key, ()), use)
    return work


def _replayed(scenario: Scenario) -> dict[str, ReplayedOrders]:
    """Order lines by product; returns are left out."""
    orders = scenario.orders
    lines = orders[orders["quantity"] > 0.0]
    # Lines of one order number are one order, which is large or not as a whole.
    numbered = lines["order_number"] != ""
    together = lines.groupby(["product", "order_number"])["quantity"].transform("sum")
    lines = lines.assign(order_units=together.where(numbered, lines["quantity"]))
    names = scenario.products["product"].astype(str)
    absent = [name for name in names if name not in set(lines["product"])]
    if absent:
        raise EngineError(cause("replay_none", names=named(absent, 3)))
    first = lines["order_date"].min()
    span = float((lines["order_date"].max() - first).days + 1)
    start = float(stream(scenario.settings.seed, "simulation", "replay").random())
    delivery = dict(zip(names, scenario.products["delivery_days"].astype(float), strict=True))
    sources = {}
    for name, rows in lines.groupby("product", sort=True):
        waits = (rows["requested_date"] - rows["order_date"]).dt.days.to_numpy(dtype=np.float64) - delivery[str(name)]
        sources[str(name)] = ReplayedOrders(
            day=tuple((rows["order_date"] - first).dt.days.astype(float).tolist()),
            units=tuple(rows["quantity"].astype(float).tolist()),
            wait_days=tuple(waits.tolist()),
            order_units=tuple(rows["order_units"].astype(float).tolist()),
            span_days=span,
            start=start,
        )
    return sources
