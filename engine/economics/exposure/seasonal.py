"""What a season makes of the windows of a draw: their demand, and less the swing of the stocks that follow it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.demand.streams import Array
from engine.demand.year import year_instants
from engine.economics.exposure.edges import late_rates
from engine.economics.exposure.following import Following
from engine.economics.exposure.segment_paths import SegmentPaths
from engine.economics.exposure.stock_work import StockOrders
from engine.economics.instance import Edges, Integers
from engine.scenario.arrays import Booleans

# Which are of parts, of the windows asked for: finished stock, bucket, parts; due finished stock and parts.
_OF_PARTS = (2, 4)
# Days that pass up to each whole day back, and what their demand is multiplied by, each of shape (days + 1, W).
Age = tuple[Array, Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """All windows of a scenario, cut from the paths; names as in `FinishedStock`, `Edges` and `Capacity`."""

    demand: Array
    reached: Array
    whole: Array
    early: Array
    bucket: Array
    pace: Array
    order_pace: Array
    edges: Edges
    stock_orders: StockOrders
    segments: SegmentPaths


class SeasonalWindows:
    """Windows of a scenario with seasons, each sample at an instant of the year.

    Parameters
    ----------
    season : Following
    seed, samples : int
    """

    def __init__(self, season: Following, *, seed: int, samples: int) -> None:
        self.season, self.samples = season, samples
        self.now = year_instants(seed, samples)

    @property
    def has(self) -> Booleans:
        """Which products have a season, shape (I,)."""
        return self.season.year.seasonal

    def _now_factor(self, i: int, *, part: bool = False) -> Array:
        """Factor of what falls due at the instant observed, shape (W,)."""
        return self.season.window_factor(i, self.now, np.zeros(self.samples), part=part)

    def scale_and_days(self, products: Sequence[Integers], windows: Sequence[Array]) -> tuple[Array, Array]:
        """What the demand of windows is multiplied by, and their days, each of shape (n, W), n over all.

        A season of single orders lets the days pass faster or slower; other demand it scales by the mean factor.

        Parameters
        ----------
        products : sequence of shape (n_k,)
        windows : sequence of shape (n_k, W)
            Days of the windows of finished stock, of buckets, of parts, and of what falls due of both.
        """
        days = np.concatenate(windows)
        scale, row = np.ones(days.shape), 0
        for k, of in enumerate(products):
            for i in of.tolist():
                if self.has[i]:
                    factor = self.season.window_factor(i, self.now, days[row], part=k in _OF_PARTS)
                    if self.season.in_orders[i]:
                        days[row] *= factor
                    else:
                        scale[row] = factor
                row += 1
        return scale, days

    def ages(self, assembled: Integers, horizon: int) -> dict[int, Age]:
        """Days of the paths of products with a season, by product."""
        ages: dict[int, Age] = {}
        back = np.repeat(np.arange(horizon + 1.0)[:, None], self.samples, axis=1)
        for i in assembled[self.has[assembled]].tolist():
            factor = self.season.window_factor(i, self.now, back, part=True)
            orders = bool(self.season.in_orders[i])
            ages[i] = (back * factor, np.ones_like(back)) if orders else (back, factor)
        return ages

    def scale_orders(self, own_order: Array) -> None:
        """Scale, in place, what comes of its own order up to a unit, shape (I, W), where a season scales demand."""
        for i in np.flatnonzero(self.has & ~self.season.in_orders).tolist():
            own_order[i] *= self._now_factor(i)

    def scale_early(self, early: Array, edges: Edges) -> None:
        """Scale, in place, what lies on the shelf until it is due, shape (I, W), and the parts of `edges`."""
        for i in np.flatnonzero(self.has).tolist():
            early[i] *= self._now_factor(i)
            edges.early[edges.early_product == i] *= self._now_factor(i, part=True)

    def due_paces(self, units: Array, orders: Array) -> tuple[Array, Array]:
        """Paces of units and of orders that fall due, shape (I, W), times that of the season.

        It brings more orders of demand that comes in single ones, larger lots of other demand.
        """
        units, orders = units.copy(), orders.copy()
        for i in np.flatnonzero(self.has).tolist():
            for pace in (units, orders) if self.season.in_orders[i] else (units,):
                pace[i] *= self._now_factor(i)
                pace[i] /= max(float(pace[i].mean()), 1e-300)
        return units, orders

    def pace(self, bucket_days: float) -> Array:
        """Work of a bucket over the mean, shape (I, W): what is replenished follows the season."""
        pace = np.ones((len(self.has), self.samples))
        for i in np.flatnonzero(self.has).tolist():
            pace[i] = self.season.window_factor(i, self.now, np.full(self.samples, bucket_days))
        return pace

    def followed(self, cut: Cut, windows: Array, since: Array, parts_since: Array, *, rate: Array) -> Cut:
        """The windows less the swing of the stocks that follow the season (`engine.economics.exposure.following`).

        Parameters
        ----------
        cut : Cut
        windows : shape (I, W)
            Days of the windows of finished stock.
        since, parts_since : shapes (I, W) and (C, W)
            Days since the review that ordered what has just arrived.
        rate : shape (I,)
            Units a day.
        """
        edges, season = cut.edges, self.season
        swing = np.zeros(cut.demand.shape)
        for i in np.flatnonzero(self.has).tolist():
            swing[i] = np.where(windows[i] > 0.0, season.stock_swing(i, self.now - since[i]), 0.0)
        of_window = np.zeros(edges.windows.shape)
        first = np.unique(edges.window, return_index=True)[1]
        for k, e in enumerate(first.tolist()):
            i, c = int(edges.product[e]), int(edges.component[e])
            if self.has[i]:
                of_window[k] = np.where(edges.exposed[k], season.line_swing(i, c, self.now - parts_since[c]), 0.0)
        # A level may stand below zero by its swing: so many more may wait of each product that takes the part.
        below = np.zeros(parts_since.shape)
        np.add.at(below, edges.component, edges.quantity[:, None] * np.maximum(-of_window[edges.window], 0.0))
        more = np.zeros(edges.peak.shape)
        np.maximum.at(more, edges.product, below[edges.component] / edges.quantity[:, None])
        peak = edges.peak + more
        late_rate = late_rates(rate[:, None], edges.exposed_share(rate), peak)
        return replace(
            cut, demand=cut.demand - swing, reached=cut.reached - swing, whole=cut.whole - swing,
            edges=replace(
                edges, windows=edges.windows - of_window, due=None if edges.due is None else edges.due - of_window,
                peak=peak, late_rate=late_rate,
            ),
        )  # fmt: skip


def put_path(out: Array, cumulated: Array, windows: Callable[[Array], Array], age: Age | None) -> None:
    """Demand since the start of each day, as far as the path goes; beyond it none; in place.

    In a season, that of the days that have passed up to each, times a factor.
    """
    if age is not None:
        passed, factor = age
        out[:] = windows(passed) * factor
        return
    days = min(len(out), len(cumulated))
    out[:days] = cumulated[:days]
    out[days:] = cumulated[days - 1]
