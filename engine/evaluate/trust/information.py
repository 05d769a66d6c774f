"""What the stochastic solution is worth against plans on averages (VSS), and what foresight would be (EVPI)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.decision.solve import decide_instance
from engine.demand.streams import Array
from engine.economics.exposure.edges import late_rates
from engine.economics.instance import MTS, FinishedStock, Instance
from engine.economics.optima.stock import fold, least_stock
from engine.errors import EngineError
from engine.evaluate.processes.side_by_side import side_by_side
from engine.evaluate.trust.first_stage import (
    FirstStage,
    cost_of,
    inventory_value,
    keep_program_targets,
    of_recourse,
    refuse_tied,
)
from engine.program.deadline import Log
from engine.search.evaluator import PooledEvaluator
from engine.words.reason import cause

# A budget that the solver used up is kept within its tolerance.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Information:
    """The four problems of a two-stage program on one set of samples, money per year.

    Parameters
    ----------
    recourse, recourse_bound : float
        RP: cost of the best plan found, and the proven lower bound. The plan on averages is a plan too: where it costs
        less than the one given, which the gap may leave open, it is the best found.
    expected_value : float
        EV: what the plan on mean windows promises itself.
    expected_value_plan : FirstStage
    expected_result : float
        EEV: what that plan, strategies and base stocks fixed, costs on the samples; its stocks are raised where
        on-time targets ask for it. Where they are worth more than the inventory budget, the stocks are the best of its
        strategies under all rules, as in `retuned`. Infinite where hours cannot be worked, or no stocks of these
        strategies keep the budget.
    retuned : float
        What the strategies of that plan cost with stocks optimised on the samples; infinite where none keep the rules.
    wait_and_see : float
        WS: mean of the best costs when each sample is known beforehand.
    """

    recourse: float
    recourse_bound: float
    expected_value: float
    expected_value_plan: FirstStage
    expected_result: float
    retuned: float
    wait_and_see: float

    @property
    def vss(self) -> float:
        """Value of the stochastic solution, EEV - RP (Birge 1982; Birge & Louveaux 2011, sec. 4.2)."""
        return self.expected_result - self.recourse

    @property
    def vss_of_strategies(self) -> float:
        """The part of VSS that better stocks cannot make good: the strategies of EV, stocks optimised, less RP."""
        return self.retuned - self.recourse

    @property
    def evpi(self) -> float:
        """Expected value of perfect information, RP - WS (Birge & Louveaux 2011, sec. 4.1)."""
        return self.recourse - self.wait_and_see

    @property
    def solver_slack(self) -> float:
        """How much lower RP could be: VSS could be higher and EVPI lower by this."""
        return self.recourse - self.recourse_bound


def information(
    instance: Instance, *, recourse: float, recourse_bound: float, gap: float = 1e-4, processes: int = 1,
    tick: Log = lambda _: None,
) -> Information:
    """Work out VSS and EVPI on the samples of an instance.

    The first stage is strategies and base stocks. On-time targets hold on the mean windows in EV, and are free for
    who knows the sample in WS: all is on time. An inventory budget (C7) is a limit of the mean over the samples: EEV
    keeps it, as RP does, and WS, where a sample alone has no mean, leaves it out, which can only lower WS.

    Parameters
    ----------
    instance : Instance
        Finished stock not decided.
    recourse, recourse_bound : float
        Objective and bound of the best plan on the same samples.
    gap : float
        To which EV and WS are solved; WS takes the bounds, so that EVPI is not understated.
    processes : int
        That decide samples of WS side by side.
    tick : callable
        Told of the progress.
    """
    refuse_tied(instance)
    average = decide_instance(mean_instance(instance), gap=gap, served=False).search.best
    if average is None:
        raise EngineError(cause("vss_none"))
    plan = of_recourse(average)
    retuned = PooledEvaluator(fold(instance)).evaluate(plan.strategy)
    total, every = 0.0, max(1, instance.samples // 10)
    costs = side_by_side(_least_cost, (instance, gap), range(instance.samples), processes=processes)
    for w, least in enumerate(costs):
        total += least
        if (w + 1) % every == 0:
            tick(f"EVPI: sample {w + 1} of {instance.samples}")
    best_stocks = np.inf if retuned is None else retuned.objective
    held = keep_program_targets(instance, plan)
    over = instance.budget is not None and inventory_value(instance, held) > instance.budget * (1.0 + _ROUNDING)
    result = best_stocks if over else cost_of(instance, held, targets=True)
    return Information(
        recourse=min(recourse, result, best_stocks),
        recourse_bound=recourse_bound,
        expected_value=average.objective,
        expected_value_plan=plan,
        expected_result=result,
        retuned=best_stocks,
        wait_and_see=total / instance.samples,
    )


def _least_cost(given: tuple[Instance, float], sample: int) -> float:
    """What no decision costs less than that knows the sample beforehand."""
    instance, gap = given
    search = decide_instance(one_sample(instance, sample), gap=gap, served=False).search
    if search.best is None:
        raise EngineError(cause("evpi_none", sample=sample + 1))
    return min(search.bound, search.best.objective)


def mean_instance(instance: Instance) -> Instance:
    """One sample with every window at its mean; on-time targets ask for the stock that meets them there."""
    averaged = _with_windows(instance, lambda values: np.asarray(values.mean(axis=1, keepdims=True)))
    return replace(averaged, stock=_with_least(averaged))


def one_sample(instance: Instance, sample: int) -> Instance:
    """The instance of one sample alone, known beforehand, so that no stock is asked for beyond it, nor a mean kept."""
    single = replace(_with_windows(instance, lambda values: values[:, sample : sample + 1]), budget=None)
    free = np.full(len(single.products), -np.inf)
    return replace(single, stock=replace(single.stock, least=free))


def _with_windows(instance: Instance, reduce: Callable[[Array], Array]) -> Instance:
    """The instance with all that is random reduced to one sample."""
    stock, parts, edges, capacity = instance.stock, instance.parts, instance.edges, instance.capacity
    peak = reduce(edges.peak)
    ends, unit = edges.due is not None, edges.unit_exposed
    share = reduce(edges.exposed_share(instance.rate))
    if unit is None:
        share = np.where(share > 0.0, reduce(stock.pace), 0.0)
    due, due_exposed = (reduce(part.astype(np.float64)) for part in edges.falls_due)
    return replace(
        instance,
        samples=1,
        stock=replace(
            stock, position=reduce(stock.position), demand=reduce(stock.demand), reached=reduce(stock.reached),
            whole=reduce(stock.whole), early=reduce(stock.early), pace=reduce(stock.pace),
            order_pace=reduce(stock.order_pace),
        ),
        parts=replace(parts, position=reduce(parts.position)),
        edges=replace(
            edges, windows=reduce(edges.windows), exposed=reduce(edges.exposed.astype(np.float64)) > 0.0, peak=peak,
            due=due if ends else None, due_exposed=due_exposed > 0.0 if ends else None,
            unit_exposed=None if unit is None else reduce(unit.astype(np.float64)) > 0.0,
            late_rate=late_rates(instance.rate[:, None], share, peak),
            own_order=reduce(edges.own_order), own_beyond=_maybe(edges.own_beyond, reduce),
            whole_order=reduce(edges.whole_order), paths=_last_axis(edges.paths, reduce), early=reduce(edges.early),
        ),
        capacity=None if capacity is None else replace(
            capacity, demand=reduce(capacity.demand), pace=_maybe(capacity.pace, reduce),
            stock_pace=_maybe(capacity.stock_pace, reduce),
        ),
    )  # fmt: skip


def _maybe(values: Array | None, reduce: Callable[[Array], Array]) -> Array | None:
    """Samples reduced to one, where there are any."""
    return None if values is None else reduce(values)


def _last_axis(values: Array, reduce: Callable[[Array], Array]) -> Array:
    """The samples of an array of three axes reduced to one."""
    flat = reduce(values.reshape(-1, values.shape[-1]))
    return np.asarray(flat.reshape(*values.shape[:-1], flat.shape[-1]))


def _with_least(instance: Instance) -> FinishedStock:
    """(C6) for finished stock on the windows as they are."""
    least = np.full(len(instance.products), -np.inf)
    for i in np.flatnonzero(instance.allowed[:, MTS] & (instance.on_time_target > 0.0)).tolist():
        least[i] = least_stock(
            instance.stock, i, target=float(instance.on_time_target[i]),
        )  # fmt: skip
    return replace(instance.stock, least=least)
