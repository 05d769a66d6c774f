"""What a move of one product costs the program at least, from the prices of the plan it leaves.

By weak duality prices y of (C3) and beta of (C7) bound the program of any strategies, not only of those that they are
the best of:

    L(k) = sum_i own_i(k_i) + sum_c held_c + hours(k) - beta budget

own_i is the least of what a product's own variables cost at the prices, held_c what remains of a part in use. With risk
(C9) a sample weighs g = (1 - lambda) / W + lambda q, q any weights of a tail: CVaR is the largest of all those sums, so
that none is more. With the plan's own prices and tail L is its value, less what is lost of finished stock that a budget
or risk ties, which L leaves out: after one move the bound is near. docs/screening.md has the dual.
"""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import added_up
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTS, Instance, Integers
from engine.economics.optima.stock import least_stock_cost
from engine.model.portfolio import portfolio
from engine.search.neighbours import overtime_cost
from engine.search.recourse import Recourse


class MoveBounds:
    """Bounds of the program's value next to one plan.

    Parameters
    ----------
    instance : Instance
        As searched.
    program : Recourse
        Of the program, with its prices and, with CVaR, its tail.
    """

    def __init__(self, instance: Instance, program: Recourse) -> None:
        self.instance, self.strategy, self.rules = instance, program.strategy, portfolio(instance)
        self.weight = program.sample_weights(instance)
        # A budget counts what is held on average, whatever a sample weighs.
        self.beta = 0.0 if instance.budget is None else program.budget_price
        self.fixed = -self.beta * (instance.budget or 0.0)
        carrying = self._carrying(instance.part_carrying, instance.parts.unit_cost)
        users = self._users(program.strategy)
        # Parts that the plan does not use enter at a price at which none of them is held: h g_w in every sample.
        prices = np.where(users[:, None] > 0, program.prices, carrying)
        self.users, self.held = users, cost_of_parts(instance, carrying, prices)
        self.own = self._own(carrying, prices)

    def _carrying(self, cost: Array, value: Array) -> Array:
        """What a unit on hand costs in every sample, h g_w + beta u / W, shape (n, W)."""
        return np.asarray(cost[:, None] * self.weight + (self.beta / self.instance.samples * value)[:, None])

    def value(self, strategy: Integers) -> float:
        """No stocks give strategies of shape (I,) a smaller value of the program; infinite where hours are missing."""
        hours = overtime_cost(self.instance, strategy, weight=self.weight)
        if hours is None:
            return float("inf")
        alone = self.own[np.arange(len(strategy)), strategy].sum()
        return float(alone + self.held[self._users(strategy) > 0].sum() + hours + self.fixed)

    def values(self) -> Array:
        """The same after every move of one product, with its family where that shares one strategy; shape (I, 3).

        Rules over strategies are not asked. Infinite where hours are missing, NaN where a product may not be moved.
        """
        instance, now = self.instance, self.strategy
        if instance.capacity is None and not (self.rules.family >= 0).any():
            # L after a move less L before: own_i(k) - own_i(k_i), and the parts that only i uses.
            change = self.own - self.own[np.arange(len(now)), now][:, None]
            joins, leaves = np.where(now != ATO, self._of_lines(0), 0.0), np.where(now == ATO, self._of_lines(1), 0.0)
            change += np.where(np.arange(3) == ATO, joins[:, None], -leaves[:, None])
            return np.where(instance.allowed, self.value(now) + change, np.nan)
        values = np.full(self.own.shape, np.nan)
        for i, k in np.argwhere(instance.allowed).tolist():
            values[i, k] = self.value(self.rules.moved(now, i, k))
        return values

    def _users(self, strategy: Integers) -> Integers:
        """Lines of products assembled to order by part, shape (C,)."""
        edges = self.instance.edges
        lines = edges.component[strategy[edges.product] == ATO]
        return np.bincount(lines, minlength=len(self.instance.components))

    def _of_lines(self, users: int) -> Array:
        """What is held of each product's parts that so many lines of the plan use, shape (I,)."""
        edges = self.instance.edges
        worth = np.where(self.users == users, self.held, 0.0)[edges.component]
        return added_up(worth, edges.product, len(self.strategy))

    def _own(self, carrying: Array, prices: Array) -> Array:
        """What each strategy of a product costs at the prices, shape (I, 3)."""
        instance, edges = self.instance, self.instance.edges
        cost = instance.choice
        if not instance.stock_decided:
            # min over S of sum_w h_w on-hand_w + late g_w B_w; what is lost of late units is more, and left out
            finished = self._carrying(instance.carrying, instance.unit_cost)
            least = least_stock_cost(instance.stock, finished, instance.late[:, None] * self.weight)
            cost[:, MTS] += np.where(instance.allowed[:, MTS], least, 0.0)
        np.add.at(cost[:, ATO], edges.early_product, (carrying[edges.early_component] * edges.early).sum(axis=1))
        # sum_w (y_c - h_cw) a_ci D_i over the lines
        drawn = (prices - carrying)[edges.component] * edges.windows[edges.window]
        np.add.at(cost[:, ATO], edges.product, edges.quantity * drawn.sum(axis=1))
        cost[:, ATO] += self._waiting(carrying, prices)
        return cost

    def _waiting(self, carrying: Array, prices: Array) -> Array:
        """The least that units which wait cost at the prices, nothing or less, shape (I,)."""
        instance, edges = self.instance, self.instance.edges
        lost = DAYS_PER_YEAR * instance.part_lost
        # b_i = p_i g + lost r_i / W + sum_c a_ci h_c - sum_c a_ci y_c, of parts bought after the order h_c alone
        unit = instance.waiting[:, None] * self.weight + lost[:, None] * edges.late_rate / instance.samples
        unit += edges.bought.of_products(carrying, len(self.strategy))
        np.add.at(unit, edges.product, edges.quantity[:, None] * (carrying - prices)[edges.component])
        # min sum b w, 0 <= w <= P
        gain = np.minimum(unit, 0.0) * edges.peak
        total: Array = gain.sum(axis=1)
        for i in np.flatnonzero(instance.on_time_target > 0.0).tolist():
            total[i] = self._within_target(i, gain[i])
        return total

    def _within_target(self, i: int, gain: Array) -> float:
        """The same where sum_w r_i w / W <= (1 - target / A_i) l_i: samples by what they gain for their late units."""
        instance, edges = self.instance, self.instance.edges
        late = edges.late_rate[i] * edges.peak[i] / instance.samples
        free = late <= 0.0
        ratio = np.divide(gain, late, out=np.zeros_like(gain), where=~free)
        order = np.argsort(ratio, kind="stable")
        room = (1.0 - instance.part_target[i]) * instance.rate[i] - (np.cumsum(late[order]) - late[order])
        share = np.clip(np.divide(room, late[order], out=np.ones_like(room), where=~free[order]), 0.0, 1.0)
        return float(share @ gain[order])


def cost_of_parts(instance: Instance, carrying: Array, prices: Array) -> Array:
    """What each part in use costs at the prices of its rows before anyone draws from it, shape (C,).

    Parameters
    ----------
    instance : Instance
    carrying, prices : shape (C, W)
        What a unit on hand costs in every sample, and y of (C3).
    """
    parts = instance.parts
    # stocking_c + sum_w (h_cw - y_cw) V_cw + min over S_c >= -Q_c of sum_w (h_cw - y_cw) S_c
    free = carrying - prices
    stock = np.maximum(free.sum(axis=1), 0.0) * -parts.batch
    return np.asarray(instance.part_stocking + (free * parts.position).sum(axis=1) + stock)


def move_bounds(instance: Instance, program: Recourse) -> Array:
    """No program next to a plan has a smaller value, shape (I, 3); NaN where a move is not allowed.

    Parameters
    ----------
    instance : Instance
        As searched.
    program : Recourse
        Of the program, with its prices.
    """
    return MoveBounds(instance, program).values()
