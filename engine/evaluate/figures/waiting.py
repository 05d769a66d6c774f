"""How many days beyond the target a plan's units come: one distribution, whose on-time share is the plan's.

A customer who would wait x days longer shortens the windows by x, so what is still late then is what comes more than x
days late. Units are counted as the plan counts them, those that fall due at a random moment; parts are given out by due
date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy import special

from engine.demand.distributions import Process
from engine.demand.own_order import own_orders
from engine.demand.paths import Paths, instants, lead_times, sample_paths
from engine.demand.streams import Array
from engine.demand.year import year_instants
from engine.economics.build import season_of
from engine.economics.exposure.draw import SampleCache
from engine.economics.exposure.following import Following
from engine.economics.exposure.windows import component_window, exposure, stock_window
from engine.economics.instance import ATO, MTO, MTS, Instance, Integers
from engine.economics.optima.cutoff import Cutoffs, parts_of, planned_cutoffs
from engine.economics.processes import demand_process
from engine.evaluate.studies.assess import Assessed
from engine.scenario.derived import Derived, derive
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse

# Halvings of the search for a delay: a year is told to within minutes.
_HALVINGS = 16
# Delays at which the shortage of parts is looked at; between them it is a line.
PART_STEPS = 33
# A level equal to what a sample reaches but for rounding covers it.
_ROUNDING = 1e-12
# Who is late is late by some minutes at least.
SOON = 2.0**-_HALVINGS
# Share of the units that rounding in the plan's stocks may leave late.
_HAIR = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Days beyond the lead-time target of every product's units.

    Parameters
    ----------
    on_time : shape (I,)
        Share of the units that come within the target, as the plan counts them.
    late_days : shape (I, W)
        Days beyond the target of the others, W equally likely values in ascending order, above zero.
    beside : Waits, optional
        Of the large orders that are made beside a stock, beyond their own target; they are not in the above.
    """

    on_time: Array
    late_days: Array
    beside: Waits | None = None

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


class Delayed:
    """Demand of one product in windows of any length; a day is divided evenly.

    Parameters
    ----------
    paths : Paths
    factor : callable, optional
        Mean factor of the season over windows of some days, (days, samples) of shapes (..., n) and (n,).
    in_orders : bool
        The season brings more orders, so that the days of a window pass faster; else it scales demand.
    """

    def __init__(
        self, paths: Paths, factor: Callable[[Array, Integers], Array] | None = None, *, in_orders: bool = False
    ) -> None:
        self.cumulated, self.factor, self.in_orders = paths.cumulated, factor, in_orders

    def window(self, days: Array, sample: Integers | None = None) -> Array:
        """Demand in windows of some days, shape (..., samples); of all samples, or of those at the given places."""
        if self.factor is None:
            return self._even(days, sample)
        factor = self.factor(days, np.arange(days.shape[-1]) if sample is None else sample)
        return self._even(days * factor, sample) if self.in_orders else self._even(days, sample) * factor

    def _even(self, days: Array, sample: Integers | None) -> Array:
        whole = np.minimum(np.floor(days + 1e-9).astype(np.int64), len(self.cumulated) - 2)
        at = np.arange(days.shape[-1]) if sample is None else sample
        start, end = self.cumulated[whole, at], self.cumulated[whole + 1, at]
        return np.asarray(start + (days - whole) * (end - start))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the delays are read from."""

    scenario: Scenario
    derived: Derived
    instance: Instance
    recourse: Recourse
    seed: int
    instant: Array
    cache: SampleCache | None
    season: Following | None
    now: Array
    cut: Cutoffs
    # What comes from the stocks of `cut`; the scenario where there are none.
    small: Scenario

    def process(self, row: int) -> Process:
        """Demand of the product; of one whose stock has a cut-off, what comes from there."""
        if row in self.cut.rows:
            return demand_process(self.small, int(np.searchsorted(self.cut.rows, row)))
        return demand_process(self.scenario, row)

    def demand(self, row: int, days: float, *, part: bool = False) -> Delayed:
        """Demand of a product in windows of up to so many days, of finished stock or of a part."""
        season = self.season
        seasonal = season is not None and bool(season.year.seasonal[row])
        in_orders = season is not None and seasonal and bool(season.in_orders[row])
        if season is not None and in_orders:
            days *= float(season.year.daily[season.year.row[row]].max())

        def factor(windows: Array, sample: Integers) -> Array:
            assert season is not None  # noqa: S101 (asked where there is a season)
            return season.window_factor(row, self.now[sample], windows, part=part)

        return Delayed(self.paths(row, days), factor if seasonal else None, in_orders=in_orders)

    def paths(self, row: int, days: float) -> Paths:
        """Paths of a product, at least so many days back."""
        name = self.instance.products[row]
        entry = None if self.cache is None else self.cache.paths.get(name)
        if entry is not None and entry[1].days > days + 1.0 and row not in self.cut.rows:
            return entry[1]
        return sample_paths(
            self.process(row), seed=self.seed, key=name, days=days, samples=self.instance.samples,
            common_factor_cv=self.scenario.settings.demand.common_factor_cv,
        )  # fmt: skip

    def own_order(self, row: int) -> Array:
        """What comes of its own order up to and with a unit that falls due, shape (W,).

        Of whole units half a unit less: a day is divided evenly here, and the unit comes in the middle of its share.
        """
        half = 0.5 if self.instance.integer[row] else 0.0
        if row in self.cut.rows:
            names = [self.instance.products[row]]
            orders = own_orders([self.process(row)], names, seed=self.seed, samples=self.instance.samples)
            return np.asarray(orders[0] - half)
        return np.asarray(self.instance.edges.own_order[row] - half)

    def stock_lead(self, row: int) -> Array:
        """Lead times of a product's replenishment in each sample."""
        of = self.derived
        return self._lead(
            "replenishment", self.instance.products[row], of.replenishment_days[row], of.replenishment_cv[row]
        )

    def part_leads(self, lines: Integers) -> dict[int, Array]:
        """Lead times in each sample of the parts of some lines, by component, ascending."""
        parts, edges = self.scenario.components, self.instance.edges
        mean, cv = (parts[name].to_numpy(dtype=float) for name in ("lead_time_days", "lead_time_cv"))
        return {
            c: self._lead("component lead time", self.instance.components[c], mean[c], cv[c])
            for c in np.unique(edges.component[lines]).tolist()
        }

    def delays(self, leads: Iterable[Array]) -> Array:
        """Delays at which the shortage of parts with such lead times is looked at: from zero, closer together first."""
        longest = max((float(lead.max()) for lead in leads), default=0.0) + self.instance.review_days
        return np.asarray(longest * np.linspace(0.0, 1.0, PART_STEPS) ** 2)

    def _lead(self, kind: str, key: str, mean_days: float, cv: float) -> Array:
        return lead_times(
            mean_days=float(mean_days), cv=float(cv), seed=self.seed, kind=kind, key=key, samples=self.instance.samples
        )


def decided(scenario: Scenario, assessed: Assessed, *, seed: int, cache: SampleCache | None = None) -> Decided:
    """What the delays of a plan are read from; as `waits`."""
    instance, derived = assessed.instance, derive(scenario)
    cut = planned_cutoffs(scenario, np.where(assessed.recourse.strategy == MTS, instance.large.cutoff, np.inf))
    return Decided(
        scenario=scenario, derived=derived, instance=instance, recourse=assessed.recourse,
        seed=seed, instant=instants(seed, instance.review_days, instance.samples), cache=cache,
        season=season_of(scenario, derived, instance.prices), now=year_instants(seed, instance.samples),
        cut=cut, small=parts_of(scenario, derived, cut)[0] if cut.rows.size else scenario,
    )  # fmt: skip


def waits(scenario: Scenario, assessed: Assessed, *, seed: int, cache: SampleCache | None = None) -> Waits:
    """When the units of a plan come.

    Parameters
    ----------
    scenario : Scenario
    assessed : Assessed
        Strategies and stocks on the samples of this scenario at this seed.
    seed : int
    cache : SampleCache, optional
        That the instance was built with.
    """
    of = decided(scenario, assessed, seed=seed, cache=cache)
    instance, strategy, large = assessed.instance, assessed.recourse.strategy, assessed.instance.large
    late = np.zeros((len(strategy), instance.samples))
    for i in np.flatnonzero(strategy == MTO).tolist():
        late[i] = made_to_order(of, i, float(of.derived.wait_days[i]), float(instance.make_on_time[i]))
    for i in np.flatnonzero(strategy == MTS).tolist():
        late[i] = _from_stock(of, i)
    if (strategy == ATO).any():
        _assembled(of, late)
    # Large orders beside a stock are told by themselves.
    beside = large.beside(strategy == MTS)
    of_stock = assessed.attribution.late_per_day - instance.rate * beside * (1.0 - large.on_time)
    on_time = np.clip(1.0 - of_stock / (instance.rate * (1.0 - beside)), 0.0, 1.0)
    return Waits(on_time=on_time, late_days=np.maximum(late, SOON), beside=_beside(of, late))


def _beside(of: Decided, late: Array) -> Waits:
    """The large orders of stocks with a cut-off, in the order of the products; of others whatever."""
    large, days = of.instance.large, np.zeros_like(late)
    delivery = of.scenario.products["delivery_days"].to_numpy(dtype=float)
    for i in of.cut.rows.tolist():
        days[i] = made_to_order(of, i, float(large.target_days[i] - delivery[i]), float(large.on_time[i]))
    return Waits(on_time=large.on_time, late_days=np.maximum(days, SOON))


def _places(samples: int) -> Array:
    """The middles of equal shares."""
    return (np.arange(samples) + 0.5) / samples


def made_to_order(of: Decided, i: int, wait: float, on_time: float) -> Array:
    """Quantiles of make - L' where it is above zero."""
    mean, cv = (float(part[i]) for part in (of.derived.make_days, of.derived.make_cv))
    samples = of.instance.samples
    made = np.full(samples, mean)
    if cv > 0.0 and mean > 0.0:
        made = special.gammaincinv(1.0 / cv**2, on_time + (1.0 - on_time) * _places(samples)) * (mean * cv**2)
    return np.asarray(made - wait)


def _from_stock(of: Decided, i: int) -> Array:
    """Delays of the late units from finished stock, in ascending order."""
    instance = of.instance
    wait, samples = float(of.derived.wait_days[i]), instance.samples
    supply: Array = float(of.recourse.level[i]) + instance.stock.position[i]
    since = exposure(of.stock_lead(i), of.instant, instance.review_days)
    window = stock_window(since, wait)
    if of.season is not None:
        supply += np.where(window > 0.0, of.season.stock_swing(i, of.now - since), 0.0)
    level = float(of.recourse.level[i]) + instance.stock.position[i]
    late = np.flatnonzero(instance.stock.reached[i] > level + _ROUNDING * np.abs(level))
    if not late.size:
        return np.zeros(samples)
    demand, order = of.demand(i, float(window.max())), of.own_order(i)[late]

    def short(later: Array) -> Array:
        return np.asarray(demand.window(np.maximum(window[late] - later, 0.0), late) + order - supply[late])

    return spread(first_covered(short, window[late]), samples, instance.stock.pace[i, late])


def spread(days: Array, samples: int, units: Array) -> Array:
    """As many equally likely values as there are samples, of some that stand for so many units; zeros of none."""
    if not days.size:
        return np.zeros(samples)
    weights = None if (units == units[0]).all() else units
    return np.asarray(np.quantile(days, _places(samples), method="inverted_cdf", weights=weights))


def _assembled(of: Decided, late: Array) -> None:
    """Delays of the late units of ATO products, first come first served, written into `late`.

    A unit that falls due is there when, of each of its parts, what fell due before it and what comes of its own order
    is covered: x days later that is the demand of windows x days shorter.
    """
    samples = of.instance.samples
    assembled = np.flatnonzero(of.recourse.strategy == ATO)
    assembly = of.scenario.products["assembly_days"].to_numpy(dtype=float)
    after = np.maximum(assembly - of.derived.wait_days, 0.0)
    now = np.zeros_like(late) if of.recourse.late_now is None else of.recourse.late_now
    at = {i: np.flatnonzero(now[i] > 0.0) for i in assembled.tolist()}
    days, lacking = _lacking(of, at)
    for i, sample in at.items():
        part = spread(crossing(days, lacking[i]), samples, now[i, sample])
        if after[i] > 0.0:
            # All are late by assembly; those that wait for parts are later still.
            for_parts = max(float(now[i].sum()) / samples, 1e-300)
            place = 1.0 - (1.0 - _places(samples)) / for_parts
            part = np.where(place > 0.0, np.interp(place, _places(samples), part), 0.0)
        late[i] = after[i] + part


def _lacking(of: Decided, at: dict[int, Integers]) -> tuple[Array, dict[int, Array]]:
    """Units of its scarcest part that each unit of an ATO product is short of, so many days after it fell due.

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
    instance, edges, slack = of.instance, of.instance.edges, of.derived.slack_days
    used = np.flatnonzero(of.recourse.strategy[edges.product] == ATO)
    lead = of.part_leads(used)
    days = of.delays(lead.values())
    lacking = {i: np.full((PART_STEPS, len(sample)), -np.inf) for i, sample in at.items()}
    cache: dict[int, Delayed] = {}
    for c, lead_days in lead.items():
        lines = used[edges.component[used] == c].tolist()
        sample = np.unique(np.concatenate([at[int(edges.product[e])] for e in lines]))
        if not sample.size:
            continue
        exposed = exposure(lead_days, of.instant, instance.review_days)[sample] - days[:, None]
        supply = float(of.recourse.base[c]) + instance.parts.position[c, sample]
        short = np.repeat(-supply[None, :], len(days), axis=0)
        for e in lines:
            i = int(edges.product[e])
            if i not in cache:
                cache[i] = of.demand(i, float(days[-1]), part=True)
            window = component_window(exposed, lead_days[sample], float(slack[i]))
            short += edges.quantity[e] * cache[i].window(window, sample)
            if of.season is not None:
                swing = of.season.line_swing(i, c, of.now[sample] - exposed[0])
                short -= edges.quantity[e] * np.where(window[0] > 0.0, swing, 0.0)
        for e in lines:
            i = int(edges.product[e])
            mine = np.searchsorted(sample, at[i])
            own_order = edges.quantity[e] * of.own_order(i)[at[i]]
            lacking[i] = np.maximum(lacking[i], short[:, mine] + own_order)
    return days, lacking


def crossing(days: Array, lacking: Array) -> Array:
    """The first delay at which nothing is lacking, of each column; between two steps it is a line."""
    last = np.maximum((lacking > 0.0).sum(axis=0) - 1, 0)
    after, column = np.minimum(last + 1, len(days) - 1), np.arange(lacking.shape[1])
    before, behind = np.maximum(lacking[last, column], 0.0), np.minimum(lacking[after, column], 0.0)
    part = np.divide(before, before - behind, out=np.zeros_like(before), where=before > behind)
    return np.asarray(days[last] + part * (days[after] - days[last]))


def first_covered(short: Callable[[Array], Array], longest: Array) -> Array:
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
    reached = np.cumsum(weights[order]) >= (share - _HAIR) * float(weights.sum())
    return float(values[order][int(np.argmax(reached))])
