"""How far a plan can be from the best one because it saw only some samples, and how many are enough.

The gap is that of the program, which shares parts with hindsight, both for the plan and for the best one: its bound is
proven, and more samples close the gap. What orders served in turn cost more is told apart (`allocation_gap`). The cost
on fresh samples is that of orders served in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from engine.decision.solve import decide_instance
from engine.demand.streams import Array, stream
from engine.economics.build import build_instance
from engine.errors import EngineError
from engine.evaluate.processes.side_by_side import side_by_side
from engine.evaluate.trust.at_risk import (
    Tail,
    program_cost,
    promised_tail,
    served_cost,
    tail_cost,
    with_value_at_risk,
)
from engine.evaluate.trust.first_stage import FirstStage, assess_fixed, keep_targets, late_share, of_recourse
from engine.program.deadline import Log
from engine.scenario.scenario import Scenario
from engine.words.reason import cause

# Plans from these shares of the plan's samples tell how the gap falls with the number of samples.
RUNGS = (0.125, 0.25, 0.5)
LEAST_SAMPLES = 10
# A ladder that ends above this share of where it began tells nothing about more samples.
_FALLING = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class GapInterval:
    """One-sided interval of how much a plan costs above the best plan, money per year.

    Parameters
    ----------
    mean, sd : float
        Of the gap estimates of the batches.
    high : float
        With the stated confidence the gap is at most this; the interval is [0, high].
    """

    mean: float
    sd: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Enough:
    """How many samples are enough.

    Parameters
    ----------
    samples : int or None
        None where the ladder does not tell.
    seen : bool
        Measured, or scaled from the last rung.
    """

    samples: int | None
    seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingGap:
    """What batches of fresh samples say about a plan.

    Parameters
    ----------
    samples, level : int, float
        Samples of a batch; confidence of the intervals.
    served : shape (batches,)
        Cost of the plan on each batch first come first served, its stocks raised to keep the on-time targets.
    cost, best, bound : shape (batches,)
        The same with hindsight, of the best plan found for that batch, and the proven lower bound v of it.
    interval : GapInterval
        Of cost - bound: what sampling and the solver's own gap leave open together.
    held_out, held_out_margin : float
        Mean of `served`, on samples that the plan did not see, and half its two-sided interval.
    promised : float
        What the plan promises on its own samples.
    for_targets : float
        Part of `held_out` that goes into raising stocks so that on-time targets hold on fresh samples too.
    below_target : pandas.DataFrame
        Products that miss their on-time target on the held-out samples, stocks as planned: product, target, on_time.
    ladder : pandas.DataFrame
        Plans made from fewer samples, and last the plan itself: samples, promised_per_year, held_out_per_year,
        gap_high_per_year, gap_high_share.
    tail : Tail or None
        What the dearest samples cost; None where risk does not count. Where it does, all costs above are the objective
        with its tail, at values at risk chosen on samples of their own.
    """

    samples: int
    level: float
    served: Array
    cost: Array
    best: Array
    bound: Array
    interval: GapInterval
    held_out: float
    held_out_margin: float
    promised: float
    for_targets: float
    below_target: pd.DataFrame
    ladder: pd.DataFrame
    tail: Tail | None = None

    @property
    def high_share(self) -> float:
        """Upper end of the interval relative to the cost on held-out samples."""
        return self.interval.high / max(abs(self.held_out), 1e-9)

    @property
    def solver_share(self) -> float:
        """Part of the mean gap that the solver left unproven in the batches, relative to the cost."""
        return float((self.best - self.bound).mean()) / max(abs(self.held_out), 1e-9)

    def enough(self, share: float) -> Enough:
        """Samples from which a plan is within `share` of the best.

        Seen is the least rung of the ladder from which on every interval ends below `share`. Else, where the ladder
        falls, its end is scaled: the bias of a sample average falls as 1 / samples (Shapiro, Dentcheva & Ruszczynski
        2009, ch. 5).
        """
        high = self.ladder["gap_high_share"].to_numpy(dtype=float)
        sizes = self.ladder["samples"].to_numpy(dtype=np.int64)
        above = np.flatnonzero(high > share)
        if not above.size or above[-1] < len(high) - 1:
            return Enough(samples=int(sizes[above[-1] + 1 if above.size else 0]), seen=True)
        if len(high) < 2 or high[-1] > _FALLING * high[0]:
            return Enough(samples=None, seen=False)
        return Enough(samples=int(np.ceil(sizes[-1] * high[-1] / share / 10.0) * 10), seen=False)


def gap_interval(gaps: Array, level: float) -> GapInterval:
    """One-sided interval [0, mean + t s / sqrt(m)] from the gaps of m batches (Mak, Morton & Wood 1999, eq. 7).

    Each gap is the plan's cost less a lower bound of the batch's optimum on the same samples. Its mean is at least
    the plan's distance to the true optimum, since the optimum of a batch is on average no higher than the true one.

    Examples
    --------
    >>> round(gap_interval(np.array([1.0, 2.0, 3.0, 2.0]), 0.95).high, 4)
    2.9608
    """
    count = len(gaps)
    mean, sd = float(gaps.mean()), float(gaps.std(ddof=1))
    high = mean + float(special.stdtrit(count - 1, level)) * sd / np.sqrt(count)
    return GapInterval(mean=mean, sd=sd, high=max(0.0, float(high)))


def batch_seed(seed: int, batch: int) -> int:
    """Seed of one batch: other samples than the plan's, the same on every machine."""
    return int(stream(seed, "sampling gap", str(batch)).integers(1, 2**40))


def sampling_gap(
    scenario: Scenario,
    plan: FirstStage,
    *,
    promised: float,
    plan_samples: int | None = None,
    batches: int = 10,
    samples: int | None = None,
    seed: int | None = None,
    gap: float = 2e-3,
    level: float = 0.95,
    rungs: Sequence[float] = RUNGS,
    processes: int = 1,
    tick: Log = lambda _: None,
) -> SamplingGap:
    """Judge a plan, strategies and base stocks held fixed, on batches of fresh samples.

    Where there are on-time targets (C6), a plan from few samples keeps them on those samples and misses them on
    others, which is cheap. So stocks are first raised to keep the targets on samples of their own, and the interval
    is that of the raised plan; the batches' optima keep the targets on their own samples, an approximation there
    (Wang & Ahmed 2008).

    Parameters
    ----------
    scenario : Scenario
        Completed.
    plan : FirstStage
    promised : float
        The plan's cost on its own samples.
    plan_samples : int, optional
        Samples of the plan; by default the scenario's.
    batches : int
        At least 2; Mak, Morton & Wood recommend 30.
    samples : int, optional
        Of each batch; by default half the plan's. More of them narrow the interval: it counts the bias of a batch's
        optimum too.
    seed : int, optional
        In place of the scenario's own.
    gap : float
        To which the batches are solved. What is left unproven widens the interval: the bound counts, not the plan
        found.
    level : float
    rungs : sequence of float
        Shares of the plan's samples from which smaller plans are made for the ladder.
    processes : int
        That decide batches side by side.
    tick : callable
        Told of each batch.
    """
    if batches < 2:
        raise EngineError(cause("gap_batches", batches=batches))
    size = scenario.settings.samples if plan_samples is None else plan_samples
    count = max(LEAST_SAMPLES, size // 2) if samples is None else samples
    key = scenario.settings.seed if seed is None else seed
    first = build_instance(scenario, samples=1, seed=key)
    ladder, given = _ladder(scenario, largest=size, key=key, gap=gap, rungs=rungs, tick=tick)
    given.append(plan)
    ladder.loc[len(ladder)] = {"samples": size, "promised_per_year": promised}
    plans, risky, targeted = given, first.cvar_weight > 0.0, bool((first.on_time_target > 0.0).any())
    tuning = first
    if risky or targeted:
        tuning = build_instance(scenario, samples=2 * max(count, size), seed=batch_seed(key, -1))
    if targeted:
        tick("sampling gap: stocks that keep the on-time targets")
        plans = [keep_targets(tuning, one) for one in given]
    if risky:
        plans, plan = [with_value_at_risk(tuning, one) for one in plans], with_value_at_risk(tuning, plan)
    cost, best, bound = np.zeros((len(plans), batches)), np.zeros(batches), np.zeros(batches)
    served, late = np.zeros((len(plans), batches)), np.zeros(len(first.products))
    as_planned, dear = np.zeros(batches), np.zeros(batches)
    asked = (scenario, tuple(plans), plan, count, key, gap)
    for j, batch in enumerate(side_by_side(_batch, asked, range(batches), processes=processes)):
        best[j], bound[j], cost[:, j], served[:, j], as_planned[j], dear[j] = batch[:6]
        late += batch[6] / batches
        tick(f"sampling gap: batch {j + 1} of {batches}")
    if not np.isfinite(cost).all():
        raise EngineError(cause("gap_hours"))
    held_out = served.mean(axis=1)
    high = np.array([gap_interval(row - bound, level).high for row in cost])
    ladder["held_out_per_year"] = held_out
    ladder["gap_high_per_year"] = high
    ladder["gap_high_share"] = high / np.maximum(np.abs(held_out), 1e-9)
    ladder["samples"] = ladder["samples"].astype(np.int64)
    quantile = float(special.stdtrit(batches - 1, 0.5 + level / 2.0))
    missed = np.flatnonzero(late > 1.0 - first.on_time_target + 1e-9)
    return SamplingGap(
        samples=count,
        level=level,
        served=served[-1],
        cost=cost[-1],
        best=best,
        bound=bound,
        interval=gap_interval(cost[-1] - bound, level),
        held_out=float(held_out[-1]),
        held_out_margin=quantile * float(served[-1].std(ddof=1)) / batches**0.5,
        promised=promised,
        for_targets=float(held_out[-1] - as_planned.mean()),
        below_target=pd.DataFrame(
            {
                "product": [first.products[i] for i in missed],
                "target": first.on_time_target[missed],
                "on_time": 1.0 - late[missed],
            }
        ),
        ladder=ladder,
        tail=Tail(
            weight=first.cvar_weight, level=first.cvar_level, held_out=float(dear.mean()),
            promised=promised_tail(build_instance(scenario, samples=size, seed=key), plan),
            margin=quantile * float(dear.std(ddof=1)) / batches**0.5,
        ) if risky else None,
    )  # fmt: skip


def _batch(
    asked: tuple[Scenario, tuple[FirstStage, ...], FirstStage, int, int, float], number: int
) -> tuple[float, float, list[float], list[float], float, float, Array]:
    """Of one batch: best cost and bound, what each plan costs in the program and served in turn, and the plan as given.

    Of the plan as given the cost, that of its dearest samples where risk counts, and the share late of each product,
    shape (I,).
    """
    scenario, plans, plan, count, key, gap = asked
    instance = build_instance(scenario, samples=count, seed=batch_seed(key, number))
    search = decide_instance(instance, gap=gap, served=False).search
    if search.best is None:
        raise EngineError(cause("gap_no_plan", batch=number + 1))
    fixed, best = assess_fixed(instance, plan), search.best.objective
    cost, served = ([of(instance, one) for one in plans] for of in (program_cost, served_cost))
    at = plan.value_at_risk
    dear = 0.0 if at is None else tail_cost(instance, fixed.attribution, at)
    return best, min(search.bound, best), cost, served, served_cost(instance, plan), dear, late_share(fixed)


def _ladder(
    scenario: Scenario, *, largest: int, key: int, gap: float, rungs: Sequence[float], tick: Log
) -> tuple[pd.DataFrame, list[FirstStage]]:
    """Plans from fewer samples, and what they promise."""
    rows, plans = [], []
    for size in sorted({max(LEAST_SAMPLES, round(largest * rung)) for rung in rungs}):
        if size >= largest:
            continue
        best = decide_instance(build_instance(scenario, samples=size, seed=key), gap=gap).search.best
        if best is not None:
            rows.append({"samples": size, "promised_per_year": best.objective})
            plans.append(of_recourse(best))
            tick(f"sampling gap: plan of {size} samples")
    return pd.DataFrame(rows, columns=["samples", "promised_per_year"]), plans
