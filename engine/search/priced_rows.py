"""Programs of some products of a group, in which parts that others draw from as well are bought at given prices.

With prices y_c[w] >= 0 of the rows of (C3) of the crossing parts, sum_w y_c[w] <= h_c, the program of a group falls
into one for each block and a constant for each crossing part (Lagrangian relaxation; Geoffrion 1974):

    least cost >= sum_blocks min [ cost + sum_c sum_w y_c[w] sum_(i in block) a_ci (D_i(t_ci)[w] x[i,ATO] - w_i[w]) ]
                + sum_c min over (S_c, stocked_c) of [ cost of both - sum_w y_c[w] (S_c + V_c[w] stocked_c) ]

whatever the prices are; at the best ones it is as tight as the relaxation with the blocks' own rows and cuts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import added_up
from engine.economics.instance import ATO, Booleans, Instance, Integers
from engine.model.formulation import formulation
from engine.program.reduced import PooledProgram, build_pooled
from engine.search.held_rows import RowPool
from engine.search.move_bounds import cost_of_parts
from engine.search.recourse import Recourse


@dataclass(slots=True, kw_only=True)
class PricedRows(RowPool):
    """Rows that matter to a block, and the prices of what it shares with others.

    Parameters
    ----------
    priced : shape (C,)
        Parts whose rows are not held: they are there in plenty, and a unit drawn has its price.
    prices : shape (C, W)
        Money per year and unit; zero where nothing is priced.
    """

    priced: Booleans
    prices: Array

    def build(self, instance: Instance, strategy: Integers) -> PooledProgram:
        """The program at the prices, without the cuts."""
        own = np.repeat(~self.priced[:, None], instance.samples, axis=1)
        cover = own if self.held.cover is None else self.held.cover & own
        # Who is late for a price has late units there, whichever rows are held.
        tail = self.tail | (self.prices > 0.0)
        return self._at_prices(instance, build_pooled(instance, strategy, tail, replace(self.held, cover=cover)))

    def _at_prices(self, instance: Instance, pooled: PooledProgram) -> PooledProgram:
        """The program with the prices in its costs, and without the cost of the priced parts' own variables."""
        place, program, edges = pooled.place, pooled.program, instance.edges
        line = np.flatnonzero(self.priced[edges.component] & place.may_assemble[edges.product])
        product, component, quantity = edges.product[line], edges.component[line], edges.quantity[line]
        cost, lower, upper = program.cost.copy(), program.lower.copy(), program.upper.copy()
        # - sum_c y_c[w] a_ci w_i[w]
        spared = added_up(quantity[:, None] * self.prices[component], product, len(instance.products))
        late = place.columns["w"]
        cost[late[late >= 0]] -= spared[late >= 0]
        # + sum_w y_c[w] a_ci D_i(t_ci)[w] x[i,ATO]
        demand = quantity[:, None] * edges.windows[edges.window[line]]
        drawn = added_up((self.prices[component] * demand).sum(axis=1), product, len(instance.products))
        chosen = pooled.x[:, ATO]
        cost[chosen[chosen >= 0]] += drawn[chosen >= 0]
        offset = program.offset + float(drawn[chosen < 0].sum())
        # What the parts themselves cost is counted once for all blocks, see `cost_of_crossing`.
        level, stocked = place.columns["Sc"][self.priced], place.columns["stocked"][self.priced]
        cost[level], cost[stocked[stocked >= 0]] = 0.0, 0.0
        plenty = added_up(np.maximum(demand, 0.0), component, len(self.priced)).max(axis=1)
        lower[level] = upper[level] = 1.0 + plenty[self.priced]
        sure = place.values["stocked"][self.priced]
        stocking = formulation(instance).objective.get("stocked", np.zeros(len(self.priced)))
        offset -= float(sure @ stocking[self.priced])
        return replace(pooled, program=replace(program, cost=cost, offset=offset, lower=lower, upper=upper))


def cost_of_crossing(instance: Instance, strategy: Integers, crossing: Booleans, prices: Array) -> float:
    """What the crossing parts cost at the prices before anyone draws from them, money per year.

    Parameters
    ----------
    instance : Instance
        The whole group.
    strategy : shape (I,)
        Decided strategies, `OPEN` elsewhere.
    crossing : shape (C,)
    prices : shape (C, W)
    """
    carrying = np.repeat(instance.part_carrying[:, None] / instance.samples, instance.samples, axis=1)
    cost = cost_of_parts(instance, carrying, prices)
    # A part that nobody needs for sure is stocked where that pays.
    return float(np.where(instance.parts_of(strategy == ATO), cost, np.minimum(cost, 0.0))[crossing].sum())


def plan_prices(instance: Instance, plan: Recourse) -> Array:
    """Prices of all parts that a plan tells, shape (C, W); parts that it does not use have one at which none is held.

    Parameters
    ----------
    instance : Instance
    plan : Recourse
        Of the program, with its prices.
    """
    idle = np.repeat(instance.part_carrying[:, None] / instance.samples, instance.samples, axis=1)
    return affordable(instance, np.where(instance.parts_of(plan.strategy == ATO)[:, None], plan.prices, idle))


def affordable(instance: Instance, prices: Array) -> Array:
    """The prices, lowered where those of a part add up to more than its carrying cost; shape (C, W).

    Parameters
    ----------
    instance : Instance
    prices : shape (C, W)
    """
    total = prices.sum(axis=1)
    share = np.divide(instance.part_carrying, total, out=np.ones_like(total), where=total > instance.part_carrying)
    return np.asarray(prices * share[:, None])
