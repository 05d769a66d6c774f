"""What each stock orders and when it comes, from its claims alone: no order waits for anything else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.demand.year import DAYS
from engine.evaluate.simulate.clock.drawn import Claim, Drawn, DrawnStock
from engine.evaluate.simulate.clock.stock import DUST
from engine.evaluate.simulate.clock.system import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """Replenishment orders of one stock.

    Parameters
    ----------
    at, comes : shape (orders,)
        When each is placed, and when it is planned to come in.
    units, batches : shape (orders,)
    """

    at: Array
    comes: Array
    units: Array
    batches: Array


def replenishments(drawn: Drawn, stock: int) -> Ordered:
    """The orders of a stock over the run.

    The position before ordering at look k is P_0 - D_k + O_(k-1), with D_k the claims and O_k the orders by then. Up to
    the level s_k, or by whole batches Q to above it (Hadley & Whitin 1963, chapter 4),

        O_k = max(O_(k-1), s_k + D_k - P_0),    O_k = Q max(n_(k-1), floor((s_k + D_k - P_0) / Q) + 1),

    so that the orders are a running maximum; levels that fall with the season are in it.
    """
    shelf = drawn.stocks[stock]
    claims = [claim for asked in drawn.asked for claim in asked.claims if claim.stock == stock and claim.bought is None]
    at, claimed = _looks(drawn, shelf.shelf, claims)
    excess = _level(shelf.shelf, at) + np.cumsum(claimed) - shelf.start
    if shelf.shelf.batch > 0.0:
        count = np.maximum.accumulate(np.maximum(_batches(shelf.shelf, excess), 0.0))
        batches = np.diff(count, prepend=0.0)
        units, placed = shelf.shelf.batch * batches, batches > 0.0
    else:
        total = np.maximum.accumulate(np.maximum(excess, 0.0))
        # What is too little to be ordered comes with the next order.
        placed = np.diff(total, prepend=0.0) > DUST
        units, batches = np.zeros(at.shape), np.zeros(at.shape)
        units[placed] = np.diff(total[placed], prepend=0.0)
    at = at[placed]
    return Ordered(at=at, comes=_comes(shelf, drawn, at), units=units[placed], batches=batches[placed])


def moments(drawn: Drawn, stock: int) -> Array:
    """When a stock is counted where that is just before the delivery of each review; shape (reviews,)."""
    review = drawn.system.review_days
    ordered: Array = np.arange(2.0, int(drawn.horizon.days / review) + 2.0) * review
    return np.maximum.accumulate(ordered + drawn.stocks[stock].clock.of(ordered))


def _looks(drawn: Drawn, shelf: Shelf, claims: list[Claim]) -> tuple[Array, Array]:
    """When a stock looks whether to order, and the units claimed since the look before."""
    days, review = drawn.horizon.days, drawn.system.review_days
    at_once = [claim for claim in claims if claim.at_once or review <= 0.0]
    at = np.concatenate([np.zeros(0), *(claim.at for claim in at_once)])
    units = np.concatenate([np.zeros(0), *(claim.units for claim in at_once)])
    if review > 0.0:
        count = int(days / review) + 2
        claimed = np.zeros(count)
        for claim in claims:
            if not claim.at_once:
                seen = np.minimum(np.ceil(claim.at / review).astype(np.int64), count - 1)
                claimed += np.bincount(seen, weights=claim.units, minlength=count)
        at = np.concatenate([np.arange(1.0, count - 1.0) * review, at])
        units = np.concatenate([claimed[1 : count - 1], units])
    elif shelf.swing:
        weeks = np.arange(1.0, int(days) + 1.0)
        at, units = np.concatenate([at, weeks]), np.concatenate([units, np.zeros(weeks.shape)])
    order = np.argsort(at, kind="stable")
    return at[order], units[order]


def _level(shelf: Shelf, at: Array) -> Array:
    level = np.full(at.shape, shelf.level)
    if shelf.swing:
        week = np.minimum(np.mod(at, DAYS).astype(np.int64) // 7, len(shelf.swing) - 1)
        level += np.asarray(shelf.swing)[week]
    return level


def _batches(shelf: Shelf, excess: Array) -> Array:
    """Batches that bring the position above the level; at the level it orders where units are whole."""
    if shelf.whole:
        return np.asarray(np.floor(excess / shelf.batch + DUST) + 1.0)
    return np.asarray(np.floor((excess - DUST) / shelf.batch) + 1.0)


def _comes(shelf: DrawnStock, drawn: Drawn, at: Array) -> Array:
    comes = at + shelf.clock.of(at)
    made = shelf.owner is not None and bool(drawn.system.goods[shelf.owner].uses)
    return comes if shelf.shelf.supply.crossing and not made else np.maximum.accumulate(comes)
