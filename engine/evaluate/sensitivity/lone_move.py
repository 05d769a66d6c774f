"""One product's costs under each strategy as its inputs change, the other products' strategies fixed.

Only the product's own rows of the instance are drawn again and put in place of the old ones, so that a value costs
one linear program of the shared components, and what their queue adds, instead of a decision of the portfolio.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pandas as pd

from engine.decision.settling.promise import promised
from engine.demand.streams import Array
from engine.economics.axes import put
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.exposure.edges import late_rates
from engine.economics.instance import ATO, Booleans, Edges, Instance, Integers
from engine.economics.optima.stock import StockOptimum, best_stock, decide_stock
from engine.model.portfolio import portfolio
from engine.scenario.scenario import Scenario
from engine.search.evaluator import PooledEvaluator
from engine.search.neighbours import overtime_cost

Rows = TypeVar("Rows", Array, Booleans)


def alone(scenario: Scenario, product: str) -> Scenario:
    """The scenario of one product, with all components and resources, so that their numbers stay."""

    def rows(table: str) -> pd.DataFrame:
        frame = scenario.table(table)
        return frame[frame["product"] == product].reset_index(drop=True)

    return replace(
        scenario, products=rows("products"), bom=rows("bom"), routing=rows("routing"), orders=rows("orders")
    )


def spliced(instance: Instance, single: Instance, i: int) -> Instance:
    """The instance with product i as in `single`, an instance of that product with all components.

    What can wait at most, P, is the larger of both: the windows of those who share its parts are not in `single`.

    Parameters
    ----------
    instance : Instance
        Finished stock open or decided, as that of `single`.
    single : Instance
        Of one product.
    i : int
    """
    dropped = {key: why for key, why in instance.dropped.items() if key[0] != i}
    dropped |= {(i, k): why for (_, k), why in single.dropped.items()}
    changed = put(instance, single, "product", i)
    edges = _edges(instance.edges, single.edges, i, rate=single.rate)
    # What ties the product to others is not in an instance of it alone.
    return replace(changed, dropped=dropped, edges=edges, ties=instance.ties)


def _edges(whole: Edges, single: Edges, i: int, *, rate: Array) -> Edges:
    """The lines, windows and paths of all others, and those of the product."""
    others, kept = whole.product != i, whole.window_product != i
    place = np.cumsum(kept) - 1
    product = np.concatenate([whole.product[others], np.full(len(single.product), i, dtype=np.int64)])
    window = np.concatenate([place[whole.window[others]], single.window + int(kept.sum())])
    order = np.argsort(product, kind="stable")
    early = whole.early_product != i
    changed = put(whole, single, "product", i)
    changed.peak[i] = np.maximum(single.peak[0], whole.peak[i])
    changed.late_rate[i] = late_rates(rate[0], single.exposed_share(rate)[0], changed.peak[i])
    path = whole.path.copy()
    path[i] = len(whole.paths) if len(single.paths) else path[i]
    return replace(
        changed,
        product=product[order],
        component=np.concatenate([whole.component[others], single.component])[order],
        quantity=np.concatenate([whole.quantity[others], single.quantity])[order],
        window=window[order],
        windows=np.concatenate([whole.windows[kept], single.windows]),
        exposed=np.concatenate([whole.exposed[kept], single.exposed]),
        due=_joined(whole.due, single.due, kept),
        due_exposed=_joined(whole.due_exposed, single.due_exposed, kept),
        unit_exposed=_joined(whole.unit_exposed, single.unit_exposed, kept),
        window_product=np.concatenate([whole.window_product[kept], np.full(len(single.windows), i, dtype=np.int64)]),
        paths=_paths(whole.paths, single.paths),
        path=path,
        early_product=np.concatenate([whole.early_product[early], np.full(len(single.early), i, dtype=np.int64)]),
        early_component=np.concatenate([whole.early_component[early], single.early_component]),
        early=np.concatenate([whole.early[early], single.early]),
        bought=whole.bought.with_product(i, single.bought),
    )


def _joined(whole: Rows | None, single: Rows | None, kept: Booleans) -> Rows | None:
    """Rows that are kept and those of the product, where there are such."""
    return None if whole is None or single is None else np.concatenate([whole[kept], single])


def _paths(whole: Array, single: Array) -> Array:
    """Both below each other, as long as the longer; past the end of a path nothing comes."""
    days = max(whole.shape[1], single.shape[1])
    return np.concatenate([
        np.pad(paths, ((0, 0), (0, days - paths.shape[1]), (0, 0)), mode="edge") for paths in (whole, single)
    ])  # fmt: skip


class LoneMove:
    """Costs of product i's strategies under changed inputs, first come first served.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    strategy : shape (I,)
        The others' strategies; that of product i does not matter.
    i : int
    seed : int
        Of the instance's samples.
    """

    def __init__(self, instance: Instance, strategy: Integers, i: int, *, seed: int) -> None:
        self.instance, self.strategy, self.i, self.seed = instance, strategy, i, seed
        self.optimum = best_stock(instance)
        self.cache = SampleCache()
        self._others: float | None = None
        self._joined: dict[bytes, float] = {}

    def costs(self, single: Scenario) -> Array:
        """Objective under each strategy of product i, shape (3,); inf where it is not possible.

        Parameters
        ----------
        single : Scenario
            The product `alone`, its inputs changed.
        """
        instance = build_instance(single, samples=self.instance.samples, seed=self.seed, cache=self.cache)
        changed = spliced(self.instance, instance, self.i)
        optimum = put(self.optimum, best_stock(instance), "product", self.i)
        costs, rules = np.full(3, np.inf), portfolio(self.instance)
        for k in np.flatnonzero(changed.allowed[self.i]).tolist():
            # A family of one strategy moves as a whole.
            strategy = rules.moved(self.strategy, self.i, k)
            possible = changed.allowed[rules.moves_with(self.i), k].all()
            if possible and rules.keeps(strategy):
                costs[k] = self._objective(changed, optimum, strategy)
        return costs

    def _objective(self, changed: Instance, optimum: StockOptimum, strategy: Integers) -> float:
        # Where finished stocks hang together the whole program is solved for each strategy.
        if changed.ties_stocks:
            return _served(changed, changed, strategy)
        folded = decide_stock(changed, optimum)
        hours = overtime_cost(changed, strategy)
        if hours is None:
            return np.inf
        apart = float(folded.standing[np.arange(len(strategy)), strategy].sum()) + hours
        if strategy[self.i] != ATO:
            # The shared components do not see a product that is made to stock or to order.
            if self._others is None:
                self._others = _served(changed, folded, strategy) - apart
            return self._others + apart
        seen = _seen_by_components(changed, self.i)
        if seen not in self._joined:
            self._joined[seen] = _served(changed, folded, strategy) - apart
        return self._joined[seen] + apart


def as_told(costs: Array, now: Array, more: Array, chosen: int) -> Array:
    """Costs under changed inputs beside what a plan tells of the inputs as they stand.

    A plan estimates most of its other strategies' costs; what a change of inputs adds is counted from there.

    Parameters
    ----------
    costs : shape (..., 3)
        Of `LoneMove.costs`.
    now : shape (3,)
        The same with the inputs as they stand.
    more : shape (3,)
        What each strategy costs more than the one chosen, as the plan tells it; not finite where it does not.
    chosen : int
    """
    # What the plan tells above the chosen strategy, less what is worked out here: cost + (told - worked out).
    with np.errstate(invalid="ignore"):
        off = more - (now - now[chosen])
    return np.asarray(costs + np.where(np.isfinite(off), off, 0.0))


def _served(instance: Instance, folded: Instance, strategy: Integers) -> float:
    """Cost of strategies with their best stocks, first come first served; inf where no stocks keep the rules."""
    program = PooledEvaluator(folded).evaluate(strategy)
    recourse = None if program is None else promised(instance, program)
    return np.inf if recourse is None else recourse.objective


def _seen_by_components(instance: Instance, i: int) -> bytes:
    """What the components know of product i; its finished stock and premiums are none of it."""
    edges = instance.edges
    lines, rows = edges.product == i, edges.window_product == i
    numbers = (
        instance.waiting[i], instance.lost[i], instance.on_time_target[i], instance.rate[i],
        instance.assembly_on_time[i], instance.bought_carrying[i],
    )  # fmt: skip
    state = hashlib.blake2b(np.array(numbers).tobytes(), digest_size=16)
    for part in (
        edges.component[lines], edges.quantity[lines], edges.windows[rows], edges.exposed[rows], edges.late_rate[i],
        *(part[rows] for part in edges.falls_due), edges.waits_for_supply[rows],
        # Products whose parts are all bought after the order have no path.
        edges.own_order[i], *(() if edges.own_beyond is None else (edges.own_beyond[rows],)),
        edges.paths[edges.path[i] : edges.path[i] + 1],
    ):  # fmt: skip
        state.update(np.ascontiguousarray(part).tobytes())
    return state.digest()
