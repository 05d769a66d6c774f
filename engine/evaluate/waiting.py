"""How many days beyond the target a plan's units come, first come first served.

A customer who would wait x days longer shortens the windows by x, so what is still late then is what comes more than x
days late. Of finished stock under periodic review the units of a cycle are counted, as the plan counts them; of parts,
and under continuous review, orders that fall due at a random moment. Parts go to orders by their due dates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from engine.demand.paths import Paths, instants, lead_times, sample_paths
from engine.demand.streams import Array
from engine.economics.draw import SampleCache, demand_process
from engine.economics.instance import ATO, MTO, MTS, Instance
from engine.economics.windows import component_window, exposure, stock_window
from engine.scenario.derived import Derived, derive
from engine.scenario.scenario import Scenario
from engine.solve.recourse import Recourse

# Halvings of the search for a delay: a year is told to within minutes.
_HALVINGS = 16
# Delays at which late units of finished stock are counted; between them their number is a line.
_STEPS = 129


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """When samples are observed, and how supply is reviewed."""

    instant: Array
    review_days: float
    period_end: bool

    def exposure(self, lead: Array, later: Array) -> Array:
        """Days of orders that supply arrived `later` days after the observation has not covered, less those days."""
        return exposure(lead, self.instant + later, self.review_days, period_end=self.period_end) - later


class _Demand:
    """Demand of one product in windows of any length; a day is divided evenly."""

    def __init__(self, paths: Paths) -> None:
        self.cumulated = paths.cumulated

    def window(self, days: Array) -> Array:
        whole = np.minimum(np.floor(days + 1e-9).astype(np.int64), len(self.cumulated) - 2)
        sample = np.arange(len(days))
        start, end = self.cumulated[whole, sample], self.cumulated[whole + 1, sample]
        return np.asarray(start + (days - whole) * (end - start))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """What the delays are read from."""

    scenario: Scenario
    derived: Derived
    instance: Instance
    recourse: Recourse
    clock: _Clock
    seed: int
    cache: SampleCache | None

    def demand(self, row: int, days: float) -> _Demand:
        name = self.instance.products[row]
        known = None if self.cache is None else self.cache.paths.get(name)
        if known is not None and known[1].days > days + 1.0:
            return _Demand(known[1])
        common = self.scenario.settings.demand.common_factor_cv
        paths = sample_paths(
            demand_process(self.scenario, row), seed=self.seed, key=name, days=days, samples=self.instance.samples,
            common_factor_cv=common,
        )  # fmt: skip
        return _Demand(paths)

    def lead(self, kind: str, key: str, mean_days: float, cv: float) -> Array:
        return lead_times(
            mean_days=mean_days, cv=cv, seed=self.seed, kind=kind, key=key, samples=self.instance.samples
        )


def late_days(
    scenario: Scenario, instance: Instance, recourse: Recourse, *, seed: int, cache: SampleCache | None = None
) -> Array:
    """Days beyond the lead-time target, W equally likely values for each product, shape (I, W).

    Parameters
    ----------
    scenario : Scenario
    instance : Instance
        Of the scenario, at this seed.
    recourse : Recourse
        Strategies and stocks.
    seed : int
    cache : SampleCache, optional
        That the instance was built with.
    """
    samples, strategy, settings = instance.samples, recourse.strategy, scenario.settings
    clock = _Clock(
        instant=instants(seed, settings.review_days, samples), review_days=settings.review_days,
        period_end=settings.cost_timing == "period_end",
    )  # fmt: skip
    of = _Decided(
        scenario=scenario, derived=derive(scenario), instance=instance, recourse=recourse, clock=clock, seed=seed,
        cache=cache,
    )
    late = np.zeros((len(strategy), samples))
    for i in np.flatnonzero(strategy == MTO).tolist():
        late[i] = _made(of.derived, i, samples)
    for i in np.flatnonzero(strategy == MTS).tolist():
        late[i] = _from_stock(of, i)
    if (strategy == ATO).any():
        _assembled(of, late)
    return late


def _made(derived: Derived, i: int, samples: int) -> Array:
    """Quantiles of (make - L')+, one for each sample."""
    mean, cv = float(derived.make_days[i]), float(derived.make_cv[i])
    made = np.full(samples, mean)
    if cv > 0.0 and mean > 0.0:
        made = stats.gamma.ppf((np.arange(samples) + 0.5) / samples, 1.0 / cv**2, scale=mean * cv**2)
    return np.maximum(made - float(derived.wait_days[i]), 0.0)


def _from_stock(of: _Decided, i: int) -> Array:
    """Delays of units from finished stock, in ascending order."""
    derived, instance, review = of.derived, of.instance, of.clock.review_days
    wait, samples = float(derived.wait_days[i]), instance.samples
    position: Array = float(of.recourse.level[i]) + instance.stock.position[i]
    lead = of.lead(
        "replenishment", instance.products[i], float(derived.replenishment_days[i]), float(derived.replenishment_cv[i])
    )
    longest = stock_window(lead + review, wait)
    if not (instance.stock.demand_end[i] >= position).any() or float(longest.max()) <= 0.0:
        return np.zeros(samples)
    demand = of.demand(i, float(longest.max()))
    if review > 0.0:
        days = np.linspace(0.0, float(longest.max()), _STEPS)
        late = np.array([_late_share(demand, lead, position, wait + later, review) for later in days])
        kept = np.maximum.accumulate(np.clip(1.0 - late / float(instance.rate[i]), 0.0, 1.0))
        return np.interp((np.arange(samples) + 0.5) / samples, kept, days)
    # Of whole units the next one must be in stock itself; half of it splits the day in which it was sold.
    position = position - (0.5 if instance.integer[i] else 0.0)

    def short(later: Array) -> Array:
        window = stock_window(of.clock.exposure(lead, later), wait)
        return np.where(window > 1e-9, demand.window(window) - position, 0.0)

    return np.sort(_first_covered(short, longest))


def _late_share(demand: _Demand, lead: Array, position: Array, wait: float, review: float) -> float:
    """Units a day that are late by a target of `wait` days: the backlog that a review cycle builds up."""
    end, start = (np.maximum(demand.window(stock_window(lead + more, wait)) - position, 0.0) for more in (review, 0.0))
    return float((end - start).mean()) / review


def _assembled(of: _Decided, late: Array) -> None:
    """Delays of ATO products, those of their scarcest part and of assembly; written into `late`."""
    instance, clock = of.instance, of.clock
    edges, parts = instance.edges, of.scenario.components
    assembly = of.scenario.products["assembly_days"].to_numpy(dtype=float)
    slack = np.maximum(of.derived.wait_days - assembly, 0.0)
    used = np.flatnonzero(of.recourse.strategy[edges.product] == ATO)
    known: dict[int, _Demand] = {}
    mean, cv = (parts[name].to_numpy(dtype=float) for name in ("lead_time_days", "lead_time_cv"))
    lead = {
        int(c): of.lead("component lead time", instance.components[c], float(mean[c]), float(cv[c]))
        for c in np.unique(edges.component[used])
    }
    span = max((float(days.max()) for days in lead.values()), default=0.0) + clock.review_days
    for c, days in lead.items():
        lines = used[edges.component[used] == c]
        unit = np.where(instance.integer[edges.product[lines]], 0.5 * edges.quantity[lines], 0.0).min()
        position = float(of.recourse.base[c]) + instance.parts.position[c] - unit
        total = (edges.quantity[lines, None] * edges.windows_end[edges.window[lines]]).sum(axis=0)
        if not (total > position).any():
            continue
        for i in edges.product[lines].tolist():
            if i not in known:
                known[i] = of.demand(i, span)

        def short(later: Array, days: Array = days, lines: Array = lines, position: Array = position) -> Array:
            exposed, need, open_ = clock.exposure(days, later), -position, np.zeros(len(later), dtype=bool)
            for e in lines:
                i = int(edges.product[e])
                window = component_window(exposed, days, float(slack[i]))
                need = need + edges.quantity[e] * known[i].window(window)
                open_ |= window > 1e-9
            return np.where(open_, need, 0.0)

        delay = _first_covered(short, days + clock.review_days)
        product = edges.product[lines]
        late[product] = np.maximum(late[product], delay)
    assembled = of.recourse.strategy == ATO
    late[assembled] += np.maximum(assembly - of.derived.wait_days, 0.0)[assembled][:, None]


def _first_covered(short: Callable[[Array], Array], longest: Array) -> Array:
    """The first delay at which nothing is short, by halving; what is short shrinks as supply arrives."""
    low, high = np.zeros_like(longest), longest
    scarce = short(low) > 1e-9
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        covered = short(middle) <= 1e-9
        low, high = np.where(covered, low, middle), np.where(covered, middle, high)
    return np.where(scarce, high, 0.0)


def weighted_quantile(values: Array, weights: Array, share: float) -> float:
    """The least value at which the weights up to it reach a share of their sum.

    Examples
    --------
    >>> weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 8.0, 1.0]), 0.9)
    2.0
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) >= share * float(weights.sum()) * (1.0 - 1e-12)
    return float(values[order][int(np.argmax(reached))])
