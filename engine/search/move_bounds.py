"""What a move of one product costs the program at least, from the prices of the plan it leaves.

By weak duality prices y of (C3) and beta of (C7) bound the program of any strategies, not only of those that they are
the best of:

    L(k) = sum_i own_i(k_i) + sum_c held_c + hours(k) - beta budget

own_i is the least of what a product's own variables cost at the prices, held_c what remains of a part in use. With the
plan's own prices L is its value, less what is lost of finished stock that a budget ties, which L leaves out: after one
move the bound is near. docs/screening.md has the dual.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import added_up
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTS, Instance, Integers
from engine.economics.optima.stock import best_stock
from engine.model.portfolio import portfolio
from engine.search.neighbours import overtime_cost
from engine.search.recourse import Recourse


class MoveBounds:
    """Bounds of the program's value next to one plan.

    Parameters
    ----------
    instance : Instance
        As searched, without CVaR.
    program : Recourse
        Of the program, with its prices.
    """

    def __init__(self, instance: Instance, program: Recourse) -> None:
        self.instance, self.strategy, self.rules = instance, program.strategy, portfolio(instance)
        beta = 0.0 if instance.budget is None else program.budget_price
        self.fixed = -beta * (instance.budget or 0.0)
        carrying = instance.part_carrying + beta * instance.parts.unit_cost
        users = self._users(program.strategy)
        # Parts that the plan does not use enter at a price at which none of them is held: h / W in every sample.
        even = np.broadcast_to(carrying[:, None] / instance.samples, program.prices.shape)
        prices = np.where(users[:, None] > 0, program.prices, even)
        self.users, self.held, self.own = users, self._held(carrying, prices), self._own(carrying, prices, beta)

    def value(self, strategy: Integers) -> float:
        """No stocks give strategies of shape (I,) a smaller value of the program; infinite where hours are missing."""
        hours = overtime_cost(self.instance, strategy)
        if hours is None:
            return float("inf")
        own = self.own[np.arange(len(strategy)), strategy].sum()
        return float(own + self.held[self._users(strategy) > 0].sum() + hours + self.fixed)

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
        found = np.full(self.own.shape, np.nan)
        for i, k in np.argwhere(instance.allowed).tolist():
            found[i, k] = self.value(self.rules.moved(now, i, k))
        return found

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

    def _held(self, carrying: Array, prices: Array) -> Array:
        """What a part in use costs at the prices before anyone draws from it, shape (C,)."""
        parts = self.instance.parts
        # stocking_c + h_c mean V_c - sum_w y_c V_c + min over S_c >= -Q_c of (h_c - sum_w y_c) S_c
        stock = np.maximum(carrying - prices.sum(axis=1), 0.0) * -parts.batch
        position = carrying * parts.position.mean(axis=1) - (prices * parts.position).sum(axis=1)
        held: Array = self.instance.part_stocking + position + stock
        return held

    def _own(self, carrying: Array, prices: Array, beta: float) -> Array:
        """What each strategy of a product costs at the prices, shape (I, 3)."""
        instance, edges = self.instance, self.instance.edges
        # The choice and what comes early, which a budget counts.
        own = instance.standing
        early = beta * instance.parts.unit_cost[edges.early_component] * edges.early.mean(axis=1)
        np.add.at(own[:, ATO], edges.early_product, early)
        if not instance.stock_decided:
            # min over S of (h + beta u) on-hand + late B; what is lost of late units is more, and left out
            nothing = np.zeros_like(instance.prices.late_unit)
            free = replace(instance, prices=replace(instance.prices, late_unit=nothing))
            least = np.nan_to_num(best_stock(free, value_price=beta).cost)
            own[:, MTS] = instance.choice[:, MTS] + least
        # sum_w y_c a_ci D_i - h_c a_ci mean D_i over the lines
        line, windows = prices[edges.component], edges.windows[edges.window]
        drawn = edges.quantity * ((line * windows).sum(axis=1) - carrying[edges.component] * windows.mean(axis=1))
        np.add.at(own[:, ATO], edges.product, drawn)
        own[:, ATO] += self._waiting(carrying, prices)
        return own

    def _waiting(self, carrying: Array, prices: Array) -> Array:
        """The least that units which wait cost at the prices, nothing or less, shape (I,)."""
        instance, edges, samples = self.instance, self.instance.edges, self.instance.samples
        lost = DAYS_PER_YEAR * instance.part_lost
        bought = edges.bought.of_products(carrying, len(self.strategy))
        # b_i = (p_i + lost r_i + sum_c a_ci h_c) / W - sum_c a_ci y_c
        unit = ((instance.late + bought)[:, None] + lost[:, None] * edges.late_rate) / samples
        np.add.at(unit, edges.product, (carrying[edges.component] * edges.quantity / samples)[:, None])
        np.subtract.at(unit, edges.product, edges.quantity[:, None] * prices[edges.component])
        # min sum b w, 0 <= w <= P
        gain = np.minimum(unit, 0.0) * edges.peak
        found: Array = gain.sum(axis=1)
        for i in np.flatnonzero(instance.on_time_target > 0.0).tolist():
            found[i] = self._within_target(i, gain[i])
        return found

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


def move_bounds(instance: Instance, program: Recourse) -> Array:
    """No program next to a plan has a smaller value, shape (I, 3); -inf with CVaR, NaN where a move is not allowed.

    Parameters
    ----------
    instance : Instance
        As searched.
    program : Recourse
        Of the program, with its prices.
    """
    if instance.cvar_weight > 0.0:
        return np.where(instance.allowed, -np.inf, np.nan)
    return MoveBounds(instance, program).values()

