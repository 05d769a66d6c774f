"""What is decided before the samples are seen, and what it costs on any samples."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.decision.plan import Plan
from engine.decision.settling.promise import costed, with_parts
from engine.demand.streams import Array
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTS, Instance, Integers
from engine.economics.optima.stock import StockMeasures, measure_stock
from engine.errors import EngineError
from engine.evaluate.studies.assess import Assessed, assess
from engine.evaluate.studies.same_scenario import refuse_others, refuse_stocks
from engine.program.highs import Solver
from engine.program.numbering import taken
from engine.program.reduced import build_pooled, component_demand
from engine.scenario.columns import strategy_numbers
from engine.search.first_come.tuning import Tuning
from engine.search.neighbours import overtime_cost
from engine.search.recourse import Recourse, dispatch_hours, parts_beside, parts_left
from engine.words.reason import cause


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStage:
    """Strategies and base stocks of a plan.

    Parameters
    ----------
    strategy : shape (I,)
        Indices of `STRATEGIES`.
    level : shape (I,)
        Reorder level of finished stock, NaN where the product is not made to stock.
    base : shape (C,)
        Base stock of components.
    value_at_risk : float or None
        Where risk counts, the cost a year from which it weighs samples more (`at_risk`); None where it was not chosen.
    """

    strategy: Integers
    level: Array
    base: Array
    value_at_risk: float | None = None


def of_recourse(recourse: Recourse) -> FirstStage:
    """The first stage of what a search found."""
    return FirstStage(strategy=recourse.strategy, level=recourse.level, base=recourse.base)


def of_plan(instance: Instance, plan: Plan) -> FirstStage:
    """The first stage of a plan, in the order of an instance.

    Raises
    ------
    EngineError
        Where the plan is of other products or components, or lacks stocks.
    """
    refuse_others(plan, instance.products, instance.components)
    chosen = plan.decisions.set_index("product").loc[list(instance.products)]
    parts = plan.components.set_index("component")
    held = parts.loc[list(instance.components)].reset_index()
    refuse_stocks(
        replace(plan, decisions=chosen.reset_index(), components=held), instance.stock.batch, instance.parts.batch
    )
    return FirstStage(
        strategy=strategy_numbers(chosen["strategy"]),
        level=chosen["base_stock"].to_numpy(dtype=float),
        base=held["base_stock"].to_numpy(dtype=float),
    )


def refuse_tied(instance: Instance) -> None:
    """Refuse rules under which the cost of a fixed plan is no mean over samples that this package can take.

    Raises
    ------
    EngineError
        With CVaR.
    """
    if instance.cvar_weight > 0.0:
        raise EngineError(cause("gap_cvar"))


def cost_of(instance: Instance, plan: FirstStage, *, targets: bool = False) -> float:
    """Cost a year of fixed strategies and base stocks on the samples of an instance, parts shared with hindsight.

    Late units are the second stage: with base stocks given, a linear program in which only those rows of (C3) are
    held whose demand exceeds the stock; all others hold whatever is late. On-time targets and the inventory budget
    bind the choice of stocks, and are not asked for again.

    Parameters
    ----------
    instance : Instance
        Finished stock not decided.
    plan : FirstStage
    targets : bool
        Let the second stage keep the on-time targets (C6), which these stocks make possible.

    Returns
    -------
    float
        Infinite where hours cannot be worked.
    """
    refuse_tied(instance)
    hours = overtime_cost(instance, plan.strategy)
    if hours is None:
        return float("inf")
    finished = sum(
        instance.carrying[i] * measures.on_hand[0] + instance.late[i] * measures.backlog[0]
        + DAYS_PER_YEAR * instance.lost[i] * measures.late_per_day[0]
        for i, measures in finished_stock(instance, plan).items()
    )
    return hours + float(finished) + _second_stage(instance, plan, targets=targets)[0]


def inventory_value(instance: Instance, plan: FirstStage) -> float:
    """Mean value on hand under fixed strategies and base stocks, as the inventory budget (C7) counts it, money."""
    refuse_tied(instance)
    finished = sum(
        instance.unit_cost[i] * measures.on_hand[0] for i, measures in finished_stock(instance, plan).items()
    )
    late = _second_stage(instance, plan)[1]
    parts = parts_left(instance, plan.strategy == ATO, plan.base, late) + parts_beside(instance, plan.strategy, late)
    return float(finished) + float(instance.parts.unit_cost @ parts.mean(axis=1))


def finished_stock(instance: Instance, plan: FirstStage) -> dict[int, StockMeasures]:
    """Measures of every finished stock of the plan, by product."""
    stocks = {}
    for i in np.flatnonzero(plan.strategy == MTS).tolist():
        level = np.array([plan.level[i]])
        stocks[i] = measure_stock(instance.stock, i, level, rate=float(instance.stock_rate[i]))
    return stocks


def _second_stage(instance: Instance, plan: FirstStage, *, targets: bool = False) -> tuple[float, Array]:
    """Cost of components and of what is assembled to order, with all fixed terms; and its late units, shape (I, W)."""
    most = instance.on_time_target if targets else np.zeros(len(instance.products))
    loose = replace(
        instance.untied(), capacity=None, budget=None, stock_level=plan.level, cvar_weight=0.0,
        on_time_target=most,
    )  # fmt: skip
    demand = component_demand(loose, plan.strategy == ATO)
    short = demand > plan.base[:, None] + instance.parts.position
    pooled = build_pooled(loose, plan.strategy, short)
    solver = Solver(pooled.program)
    columns = pooled.place.columns["Sc"]
    # A lot lies on the shelf even of a part that is bought after the order.
    used = instance.parts_of(plan.strategy == ATO)
    held = np.where(used, plan.base, 0.0)
    solver.set_bounds(columns, held, held)
    answer = solver.solve()
    if answer.values is None:
        raise EngineError(cause("stocks_unmeasured"))
    return answer.objective, taken(answer.values, pooled.late)


def assess_with_hindsight(instance: Instance, plan: FirstStage) -> Assessed | None:
    """What `assess_fixed` gives, parts shared with hindsight at the least mean cost; None where hours are short."""
    overtime, outsourced, feasible = dispatch_hours(instance, plan.strategy)
    if not feasible:
        return None
    count = instance.samples
    return assess(instance, Recourse(
        strategy=plan.strategy, objective=float("nan"), program_value=float("nan"), level=plan.level, base=plan.base,
        late=_second_stage(instance, plan)[1], prices=np.zeros((len(plan.base), count)), overtime=overtime,
        outsourced=outsourced, budget_price=0.0, tail=np.full(count, 1.0 / count),
    ))  # fmt: skip


def assess_fixed(instance: Instance, plan: FirstStage) -> Assessed:
    """What fixed strategies and base stocks cost and reach on the samples of an instance.

    First come first served. Hours that nobody can work are left out.
    """
    count = instance.samples
    overtime, outsourced, _ = dispatch_hours(instance, plan.strategy)
    tuned = Tuning(instance, plan.strategy).measure(plan.base)
    recourse = costed(instance, with_parts(
        Recourse(
            strategy=plan.strategy, objective=float("nan"), program_value=float("nan"), level=plan.level,
            base=plan.base, late=tuned.waiting.units, prices=tuned.waiting.pull / count, overtime=overtime,
            outsourced=outsourced, budget_price=0.0, tail=np.full(count, 1.0 / count),
        ), tuned,
    ))  # fmt: skip
    return assess(instance, recourse)


def recourse_of_plan(instance: Instance, plan: Plan) -> Recourse:
    """A plan's own strategies and stocks on an instance's samples, first come first served, and its budget's price."""
    recourse = assess_fixed(instance, of_plan(instance, plan)).recourse
    return replace(recourse, budget_price=float(plan.summary.get("budget_price_per_year", 0.0)))


def late_share(assessed: Assessed) -> Array:
    """Share of the units of each product that come late, shape (I,)."""
    return np.asarray(assessed.attribution.late_per_day / np.maximum(assessed.instance.rate, 1e-300))


def keep_targets(instance: Instance, plan: FirstStage) -> FirstStage:
    """The plan with stocks raised, where they fall short, until every on-time target holds on these samples.

    Finished stock to its least level; components of a product together, as their queue asks for.
    """
    raised = Tuning(instance, plan.strategy).kept(plan.base)
    return replace(_finished_raised(instance, plan), base=np.maximum(raised.base, plan.base))


def _finished_raised(instance: Instance, plan: FirstStage) -> FirstStage:
    """The plan with finished stocks no lower than their on-time target asks for (C6)."""
    level = plan.level.copy()
    stocked = (instance.on_time_target > 0.0) & (plan.strategy == MTS)
    level[stocked] = np.maximum(level[stocked], instance.stock.lowest[stocked])
    return replace(plan, level=level)


def keep_program_targets(instance: Instance, plan: FirstStage) -> FirstStage:
    """The same by the program, which shares parts with hindsight: components at the least carrying cost.

    Never below the plan's base stocks.
    """
    targeted = instance.on_time_target > 0.0
    level = _finished_raised(instance, plan).level
    assembled = plan.strategy == ATO
    if not (targeted & assembled).any():
        return replace(plan, level=level)
    loose = replace(
        instance.untied(), capacity=None, budget=None, stock_level=plan.level,
        allowed=np.eye(3, dtype=bool)[plan.strategy],
    )  # fmt: skip
    demand = component_demand(loose, assembled)
    short = demand > plan.base[:, None] + instance.parts.position
    pooled = build_pooled(loose, plan.strategy, short)
    solver = Solver(pooled.program)
    used = instance.parts_of(assembled)
    columns = pooled.place.columns["Sc"][used]
    solver.set_bounds(columns, plan.base[used], np.full(len(columns), np.inf))
    answer = solver.solve()
    if answer.values is None:
        raise EngineError(cause("targets_missed"))
    base = np.where(used, np.maximum(answer.values[pooled.place.columns["Sc"]], plan.base), plan.base)
    return replace(plan, level=level, base=base)
