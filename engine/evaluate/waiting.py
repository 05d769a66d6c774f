"""How many days beyond the target a plan's units come: one distribution, whose on-time share is the plan's.

A customer who would wait x days longer shortens the windows by x, so what is still late then is what comes more than x
days late. Units are counted as the plan counts them: under periodic review those that a cycle leaves late, under
continuous review orders that fall due at a random moment. Of parts, the plan says which product is late, and how many
units; when they come is read from the shortage of its parts, given out by due date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from engine.demand.paths import Paths, lead_times, sample_paths
from engine.demand.streams import Array
from engine.economics.draw import SampleCache, demand_process
from engine.economics.instance import ATO, MTO, MTS, Instance, Integers
from engine.economics.windows import component_window, stock_window
from engine.evaluate.assess import Assessed
from engine.scenario.derived import Derived, derive
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse

# Halvings of the search for a delay: a year is told to within minutes.
_HALVINGS = 16
# Delays at which late units are counted, of finished stock and of parts; between them their number is a line.
_STEPS, _PART_STEPS = 129, 33
# Who is late is late by some minutes at least.
_SOON = 2.0**-_HALVINGS
# Share of the units that rounding in the plan's stocks may leave late.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Days beyond the lead-time target of every product's units.

    Parameters
    ----------
    on_time : shape (I,)
        Share of the units that come within the target, as the plan counts them.
    late_days : shape (I, W)
        Days beyond the target of the others, W equally likely values in ascending order, above zero.
    """

    on_time: Array
    late_days: Array

    def units(self, share: Array) -> tuple[Array, Array]:
        """Days beyond the target and weight of all units, both of shape (I, 1 + W): on time first.

        Parameters
        ----------
        share : shape (I,)
            Of each product in all units.
        """
        count = self.late_days.shape[1]
        late = np.repeat((share * (1.0 - self.on_time) / count)[:, None], count, axis=1)
        days = np.concatenate([np.zeros((len(share), 1)), self.late_days], axis=1)
        return days, np.concatenate([(share * self.on_time)[:, None], late], axis=1)


class _Demand:
    """Demand of one product in windows of any length; a day is divided evenly."""

    def __init__(self, paths: Paths) -> None:
        self.cumulated = paths.cumulated

    def window(self, days: Array, sample: Integers | None = None) -> Array:
        """Demand in windows of some days, shape (..., samples); of all samples, or of those at the given places."""
        whole = np.minimum(np.floor(days + 1e-9).astype(np.int64), len(self.cumulated) - 2)
        at = np.arange(days.shape[-1]) if sample is None else sample
        start, end = self.cumulated[whole, at], self.cumulated[whole + 1, at]
        return np.asarray(start + (days - whole) * (end - start))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """What the delays are read from."""

    scenario: Scenario
    derived: Derived
    instance: Instance
    recourse: Recourse
    late_end: Array
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


def waits(scenario: Scenario, found: Assessed, *, seed: int, cache: SampleCache | None = None) -> Waits:
    """When the units of a plan come.

    Parameters
    ----------
    scenario : Scenario
    found : Assessed
        Strategies and stocks on the samples of this scenario at this seed.
    seed : int
    cache : SampleCache, optional
        That the instance was built with.
    """
    instance, strategy = found.instance, found.recourse.strategy
    of = _Decided(
        scenario=scenario, derived=derive(scenario), instance=instance, recourse=found.recourse,
        late_end=found.late_end, seed=seed, cache=cache,
    )  # fmt: skip
    late = np.zeros((len(strategy), instance.samples))
    for i in np.flatnonzero(strategy == MTO).tolist():
        late[i] = _made(of, i)
    for i in np.flatnonzero(strategy == MTS).tolist():
        late[i] = _from_stock(of, i)
    if (strategy == ATO).any():
        _assembled(of, late)
    on_time = np.clip(1.0 - found.attribution.late_per_day / instance.rate, 0.0, 1.0)
    return Waits(on_time=on_time, late_days=np.maximum(late, _SOON))


def _places(samples: int) -> Array:
    """The middles of equal shares."""
    return (np.arange(samples) + 0.5) / samples


def _quantiles(days: Array, late: Array, samples: int) -> Array:
    """Equally likely delays of the units that are late.

    Parameters
    ----------
    days : shape (steps,)
        Ascending from zero.
    late : shape (steps,)
        Share of all units that comes later than each.
    """
    kept = 1.0 - np.minimum.accumulate(np.clip(late, 0.0, 1.0))
    return np.asarray(np.interp(kept[0] + (1.0 - kept[0]) * _places(samples), kept, days))


def _made(of: _Decided, i: int) -> Array:
    """Quantiles of make - L' where it is above zero."""
    mean, cv, wait = (float(part[i]) for part in (of.derived.make_days, of.derived.make_cv, of.derived.wait_days))
    samples = of.instance.samples
    made = np.full(samples, mean)
    if cv > 0.0 and mean > 0.0:
        on_time = float(of.instance.make_on_time[i])
        made = stats.gamma.ppf(on_time + (1.0 - on_time) * _places(samples), 1.0 / cv**2, scale=mean * cv**2)
    return np.asarray(made - wait)


def _from_stock(of: _Decided, i: int) -> Array:
    """Delays of the late units from finished stock, in ascending order."""
    derived, instance, review = of.derived, of.instance, of.instance.review_days
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
        return _quantiles(days, late / float(instance.rate[i]), samples)
    # Of whole units the next one must be in stock itself; half of it splits the day in which it was sold.
    position = position - (0.5 if instance.integer[i] else 0.0)

    def short(later: Array) -> Array:
        window = stock_window(lead - later, wait)
        return np.where(window > 1e-9, demand.window(window) - position, 0.0)

    late = instance.stock.exposed[i] & (instance.stock.net[i] >= float(of.recourse.level[i]))
    return _spread(_first_covered(short, longest)[late], samples)


def _spread(days: Array, samples: int) -> Array:
    """As many equally likely values as there are samples, of some; zeros of none."""
    if not days.size:
        return np.zeros(samples)
    return np.asarray(np.quantile(days, _places(samples), method="inverted_cdf"))


def _late_share(demand: _Demand, lead: Array, position: Array, wait: float, review: float) -> float:
    """Units a day that are late by a target of `wait` days: the backlog that a review cycle builds up."""
    end, start = (np.maximum(demand.window(stock_window(lead + more, wait)) - position, 0.0) for more in (review, 0.0))
    return float((end - start).mean()) / review


def _assembled(of: _Decided, late: Array) -> None:
    """Delays of the late units of ATO products, written into `late`.

    The plan's late units of a sample come as the shortage of the product's scarcest part is made good: the share of it
    that is left x days later is the share of them that comes more than x days late.
    """
    instance, review, samples = of.instance, of.instance.review_days, of.instance.samples
    assembled = np.flatnonzero(of.recourse.strategy == ATO)
    assembly = of.scenario.products["assembly_days"].to_numpy(dtype=float)
    after = np.maximum(assembly - of.derived.wait_days, 0.0)
    # Under continuous review, where late units do not count, the plan counts orders that find others waiting.
    at_any_time = (review <= 0.0) & ~instance.counts_late_units
    units = np.where(at_any_time[:, None], of.recourse.late > 1e-9, of.late_end)
    at = {i: np.flatnonzero(units[i] > 1e-9) for i in assembled.tolist()}
    days, lacking = _lacking(of, at)
    for i, sample in at.items():
        lack, own = lacking[i], units[i, sample]
        if at_any_time[i]:
            part = _spread(_crossing(days, lack), samples)
            share = np.array([len(sample) / samples])
        else:
            first = np.maximum(lack[0], 0.0)
            left = np.divide(np.maximum(lack, 0.0), first, out=np.zeros_like(lack), where=first > 0.0)
            left[0] = 1.0
            share = (np.minimum(left, 1.0) @ own) / samples / instance.cycle_days / float(instance.rate[i])
            part = _quantiles(days, share, samples)
        if after[i] > 0.0:
            # All are late by assembly; those that wait for parts are later still.
            for_parts = max(min(1.0, float(share[0])), 1e-300)
            place = 1.0 - (1.0 - _places(samples)) / for_parts
            part = np.where(place > 0.0, np.interp(place, _places(samples), part), 0.0)
        late[i] = after[i] + part


def _lacking(of: _Decided, at: dict[int, Integers]) -> tuple[Array, dict[int, Array]]:
    """Units of each ATO product that its scarcest part is short of at the end of a cycle, so many days later.

    Parameters
    ----------
    at : dict of int to array
        By product, the samples that are looked into.

    Returns
    -------
    days : shape (steps,)
        Ascending from zero, closer together at first.
    lacking : dict of int to array
        By product, shape (steps, samples looked into); below zero where there is enough.
    """
    instance, edges, parts = of.instance, of.instance.edges, of.scenario.components
    assembly = of.scenario.products["assembly_days"].to_numpy(dtype=float)
    slack = np.maximum(of.derived.wait_days - assembly, 0.0)
    used = np.flatnonzero(of.recourse.strategy[edges.product] == ATO)
    mean, cv = (parts[name].to_numpy(dtype=float) for name in ("lead_time_days", "lead_time_cv"))
    lead = {
        int(c): of.lead("component lead time", instance.components[c], float(mean[c]), float(cv[c]))
        for c in np.unique(edges.component[used])
    }
    longest = max((float(days.max()) for days in lead.values()), default=0.0) + instance.review_days
    days = longest * np.linspace(0.0, 1.0, _PART_STEPS) ** 2
    lacking = {i: np.full((_PART_STEPS, len(sample)), -np.inf) for i, sample in at.items()}
    known: dict[int, _Demand] = {}
    for c, own in lead.items():
        lines = used[edges.component[used] == c].tolist()
        sample = np.unique(np.concatenate([at[int(edges.product[e])] for e in lines]))
        if not sample.size:
            continue
        exposed = own[sample] + instance.review_days - days[:, None]
        stock = float(of.recourse.base[c]) + instance.parts.position[c, sample]
        short = np.repeat(-stock[None, :], len(days), axis=0)
        for e in lines:
            i = int(edges.product[e])
            if i not in known:
                known[i] = of.demand(i, longest)
            window = component_window(exposed, own[sample], float(slack[i]))
            short += edges.quantity[e] * known[i].window(window, sample)
        for e in lines:
            i = int(edges.product[e])
            mine = np.searchsorted(sample, at[i])
            lacking[i] = np.maximum(lacking[i], short[:, mine] / edges.quantity[e])
    return days, lacking


def _crossing(days: Array, lacking: Array) -> Array:
    """The first delay at which nothing is lacking, of each column; between two steps it is a line."""
    last = np.maximum((lacking > 0.0).sum(axis=0) - 1, 0)
    after, column = np.minimum(last + 1, len(days) - 1), np.arange(lacking.shape[1])
    before, behind = np.maximum(lacking[last, column], 0.0), np.minimum(lacking[after, column], 0.0)
    part = np.divide(before, before - behind, out=np.zeros_like(before), where=before > behind)
    return np.asarray(days[last] + part * (days[after] - days[last]))


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
    """The least value at which the weights up to it reach a share of their sum, to within a millionth.

    Examples
    --------
    >>> weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 8.0, 1.0]), 0.9)
    2.0
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) >= (share - _ROUNDING) * float(weights.sum())
    return float(values[order][int(np.argmax(reached))])
