"""When the units of each segment come: those of one product that wait alike, beyond their own lead-time target.

Stock is given out by due date, so that x days later what is still due is the demand of windows x days shorter, each
segment's own (`engine.evaluate.figures.waiting` for products whose customers all wait alike). Shares on time are
counted on all samples, where the plan draws one segment for each; what little they differ by is spread over the
segments, so that they add up to the plan's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.decision.plan import SEGMENTS
from engine.demand.paths import Paths
from engine.demand.streams import Array
from engine.demand.thinning import divided_days
from engine.economics.axes import Booleans, Integers
from engine.economics.exposure.draw import SampleCache
from engine.economics.exposure.groups import Groups, groups_of
from engine.economics.exposure.windows import component_window, exposure
from engine.economics.instance import ATO, MTO, MTS
from engine.economics.optima.lateness import excess
from engine.evaluate.figures.waiting import (
    PART_STEPS,
    SOON,
    Decided,
    Delayed,
    Waits,
    crossing,
    decided,
    first_covered,
    made_to_order,
    spread,
)
from engine.evaluate.studies.assess import Assessed
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario
from engine.scenario.segments import segment_names

# A level equal to what a sample reaches but for rounding covers it.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWaits:
    """Days beyond the target of the units of customers who wait alike, of products with several such groups.

    Parameters
    ----------
    product : shape (N,)
        Ascending.
    share : shape (N,)
        Of the product's demand.
    wait_days, target_days : shape (N,)
        L' and the lead-time target.
    waits : Waits
        In the same order.
    """

    product: Integers
    share: Array
    wait_days: Array
    target_days: Array
    waits: Waits


def group_waits(
    scenario: Scenario, assessed: Assessed, when: Waits, *, seed: int, cache: SampleCache | None = None
) -> GroupWaits:
    """When the units of each group come.

    Parameters
    ----------
    scenario : Scenario
    assessed : Assessed
        Strategies and stocks on the samples of this scenario at this seed.
    when : Waits
        Of all products.
    seed : int
    cache : SampleCache, optional
        That the instance was built with.
    """
    groups, strategy, samples = groups_of(derive(scenario).waits), assessed.recourse.strategy, assessed.instance.samples
    several = groups.several
    if not several.size:
        nobody = np.zeros(0)
        return GroupWaits(
            product=several, share=nobody, wait_days=nobody, target_days=nobody,
            waits=Waits(on_time=nobody, late_days=np.zeros((0, samples))),
        )  # fmt: skip
    of = decided(scenario, assessed, seed=seed, cache=cache)
    spread_out = groups.spread(several)
    product, group = several[spread_out.row], spread_out.group
    on_time, late = np.ones(len(group)), np.zeros((len(group), samples))
    first = np.searchsorted(product, several)
    assembled = _assembled(of, groups, several[strategy[several] == ATO])
    for i, start in zip(several.tolist(), first.tolist(), strict=True):
        segments = slice(start, start + int(groups.count[i]))
        if strategy[i] == ATO:
            on_time[segments], late[segments] = assembled[i]
        elif strategy[i] == MTS:
            on_time[segments], late[segments] = _from_stock(of, groups, i)
        elif strategy[i] == MTO:
            on_time[segments], late[segments] = _made(of, groups, i)
        on_time[segments] = _adding_up(on_time[segments], groups.share[groups.of(i)], float(when.on_time[i]))
    delivery = scenario.products["delivery_days"].to_numpy(dtype=float)
    wait = groups.wait_days[group]
    return GroupWaits(
        product=product, share=groups.share[group], wait_days=wait, target_days=wait + delivery[product],
        waits=Waits(on_time=on_time, late_days=np.maximum(late, SOON)),
    )  # fmt: skip


def segment_table(scenario: Scenario, when: Waits, apart: GroupWaits) -> pd.DataFrame:
    """One row for each segment; columns as `SEGMENTS`.

    Parameters
    ----------
    scenario : Scenario
    when : Waits
        Of all products.
    apart : GroupWaits
        Of those with several groups.
    """
    derived = derive(scenario)
    waits, delivery = derived.waits, scenario.products["delivery_days"].to_numpy(dtype=float)
    at = np.flatnonzero(waits.record >= 0)
    product = waits.product[at]
    target = waits.wait_days[at] + delivery[product]
    keys = zip(apart.product.tolist(), apart.wait_days.tolist(), strict=True)
    place = {key: k for k, key in enumerate(keys)}
    on_time, late = when.on_time[product], when.late_days[product].mean(axis=1)
    for row, key in enumerate(zip(product.tolist(), waits.wait_days[at].tolist(), strict=True)):
        if key in place:
            on_time[row], late[row] = apart.waits.on_time[place[key]], apart.waits.late_days[place[key]].mean()
    return pd.DataFrame(
        {
            "product": scenario.products["product"].to_numpy()[product],
            "segment": segment_names(scenario, waits.record[at].tolist()),
            "share": waits.share[at],
            "lead_time_target_days": target,
            "on_time": on_time,
            "lead_time_days": target + (1.0 - on_time) * late,
        },
        columns=list(SEGMENTS),
    )


def _adding_up(on_time: Array, share: Array, whole: float) -> Array:
    """Shares on time whose mean is that of the product; groups that are never on time stay so."""
    some = on_time > 0.0
    if not some.any():
        return on_time
    more = (whole - float(share @ on_time)) / float(share[some].sum())
    return np.where(some, np.clip(on_time + more, 0.0, 1.0), 0.0)


class _Divided:
    """Demand of one product in windows that differ by group; a day is divided evenly."""

    def __init__(self, paths: Paths, share: Array) -> None:
        each = divided_days(paths, share, np.ones((paths.days, paths.increments.shape[1]), dtype=bool))
        self.sums = np.zeros((len(share), each.shape[1] + 1, each.shape[2]))
        np.cumsum(each, axis=1, out=self.sums[:, 1:])

    def window(self, days: Array, sample: Integers) -> Array:
        """sum_k D_k(t_k) of windows, shape (groups, ..., n), at samples, shape (n,); negative counts as zero."""
        days = np.maximum(days, 0.0)
        whole = np.minimum(np.floor(days + 1e-9).astype(np.int64), self.sums.shape[1] - 2)
        total: Array = np.zeros(days.shape[1:])
        for k, sums in enumerate(self.sums):
            start, end = sums[whole[k], sample], sums[whole[k] + 1, sample]
            total += start + (days[k] - whole[k]) * (end - start)
        return total


def _made(of: Decided, groups: Groups, i: int) -> tuple[Array, Array]:
    """Made to order: share on time and delays of each group."""
    wait = groups.wait_days[groups.of(i)]
    mean, cv = (np.full(len(wait), float(part[i])) for part in (of.derived.make_days, of.derived.make_cv))
    on_time = excess(mean, cv, wait)[1]
    return on_time, np.stack([made_to_order(of, i, *one) for one in zip(wait.tolist(), on_time.tolist(), strict=True)])


def _unit(of: Decided, i: int, opened: Booleans) -> Array:
    """What of its own order is in the way of a unit that falls due, shape of `opened`.

    Where its window is closed supply comes for the whole order: what comes after the unit is in its favour.
    """
    before = of.own_order(i)
    return np.where(opened, before, float(of.instance.integer[i]) - before)


def _from_stock(of: Decided, groups: Groups, i: int) -> tuple[Array, Array]:
    """Share on time and delays of each group from finished stock, given out by due date."""
    instance, segments = of.instance, groups.of(i)
    samples = instance.samples
    window = exposure(of.stock_lead(i), of.instant, instance.review_days) - groups.wait_days[segments][:, None]
    demand = _Divided(of.paths(i, float(window.max())), groups.share[segments])
    supply = float(of.recourse.level[i]) + instance.stock.position[i]
    every, longest = np.arange(samples), np.maximum(window.max(axis=0), 0.0)
    gone = demand.window(window, every)
    if of.scenario.settings.cost_timing != "period_end":
        # What has come early for some of them is there for all.
        supply = supply + np.where((window < 0.0).any(axis=0), gone - instance.stock.demand[i], 0.0)
    on_time, late = np.ones(len(window)), np.zeros((len(window), samples))
    for k, days in enumerate(window):
        unit = _unit(of, i, days > 0.0)
        at = np.flatnonzero(gone + unit > supply + _ROUNDING * (1.0 + np.abs(supply)))
        if not at.size:
            continue

        def short(later: Array, at: Integers = at, unit: Array = unit) -> Array:
            return np.asarray(demand.window(window[:, at] - later, at) + unit[at] - supply[at])

        units = instance.stock.pace[i, at]
        on_time[k] = 1.0 - units.sum() / samples
        late[k] = spread(first_covered(short, longest[at]), samples, units)
    return on_time, late


def _assembled(of: Decided, groups: Groups, products: Integers) -> dict[int, tuple[Array, Array]]:
    """Share on time and delays of each group of assembled products."""
    if not products.size:
        return {}
    samples, assembly = of.instance.samples, of.scenario.products["assembly_days"].to_numpy(dtype=float)
    days, lacking = _lacking(of, groups, products)
    waits = {}
    for i in products.tolist():
        after = np.maximum(assembly[i] - groups.wait_days[groups.of(i)], 0.0)
        on_time, late = np.zeros(len(after)), np.zeros((len(after), samples))
        for k, lack in enumerate(lacking[i]):
            at = np.flatnonzero(lack[0] > _ROUNDING)
            part, pace = np.zeros(samples), of.instance.stock.pace[i]
            part[at] = crossing(days, lack[:, at])
            on_time[k] = 0.0 if after[k] > 0.0 else 1.0 - pace[at].sum() / samples
            delay = spread(part, samples, pace) if after[k] > 0.0 else spread(part[at], samples, pace[at])
            late[k] = after[k] + delay
        waits[i] = on_time, late
    return waits


def _lacking(of: Decided, groups: Groups, products: Integers) -> tuple[Array, Mapping[int, Array]]:
    """Units of its scarcest part that a unit of each group is short of, so many days after it fell due.

    Returns
    -------
    days : shape (steps,)
    lacking : mapping of int to shape (groups, steps, W)
        By product; below zero where there is enough.
    """
    instance, edges = of.instance, of.instance.edges
    assembly = of.scenario.products["assembly_days"].to_numpy(dtype=float)
    used = np.flatnonzero(of.recourse.strategy[edges.product] == ATO)
    wanted, every = set(products.tolist()), np.arange(instance.samples)
    lead = of.part_leads(used[np.isin(edges.product[used], products)])
    days = of.delays(lead.values())
    longest = float(days[-1])
    lacking = {
        i: np.full((int(groups.count[i]), PART_STEPS, instance.samples), -np.inf) for i in wanted
    }  # fmt: skip
    several, cache = set(groups.several.tolist()), dict[int, Delayed | _Divided]()

    def slack(i: int) -> Array:
        return np.maximum(groups.wait_days[groups.of(i)] - float(assembly[i]), 0.0)

    for c, lead_days in lead.items():
        lines = used[edges.component[used] == c].tolist()
        exposed = exposure(lead_days, of.instant, instance.review_days) - days[:, None]
        supply = float(of.recourse.base[c]) + instance.parts.position[c]
        short = np.repeat(-supply[None, :], len(days), axis=0)
        opened: dict[int, Booleans] = {}
        for e in lines:
            i = int(edges.product[e])
            windows = np.stack([component_window(exposed, lead_days, one) for one in slack(i).tolist()])
            opened[e] = windows[:, 0] > 0.0
            if i not in cache:
                divide = i in several
                cache[i] = (
                    _Divided(of.paths(i, longest), groups.share[groups.of(i)]) if divide
                    else of.demand(i, longest, part=True)
                )  # fmt: skip
            demand = cache[i]
            if isinstance(demand, _Divided):
                short += edges.quantity[e] * demand.window(windows, every)
                continue
            short += edges.quantity[e] * demand.window(windows[0], every)
            if of.season is not None:
                swing = of.season.line_swing(i, c, of.now - exposed[0])
                short -= edges.quantity[e] * np.where(opened[e][0], swing, 0.0)
        for e in lines:
            i = int(edges.product[e])
            if i not in wanted:
                continue
            queues = opened[e].any(axis=0) | (instance.parts.batch[c] > 0.0)
            for k, open_now in enumerate(opened[e]):
                own_units = np.where(queues, edges.quantity[e] * _unit(of, i, open_now), -np.inf)
                lacking[i][k] = np.maximum(lacking[i][k], short + own_units)
    return days, lacking
