"""Bill-of-material lines in numbers: windows of parts, who may wait for them, and paths of the products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Booleans, Integers, along
from engine.economics.exposure.bought import Bought

_ROUNDING = 1e-9


def late_rates(rate: Array, share: Array, peak: Array) -> Array:
    """Units late a day of each that waits, share x l / P, shape (..., W); zero where none becomes late."""
    rates = np.zeros_like(peak)
    np.divide(rate * share, peak, out=rates, where=share > 0.0)
    return rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Bill-of-material lines of products that may be assembled to order, where the part is ever exposed.

    Parameters
    ----------
    product, component : shape (E,)
    quantity : shape (E,)
    window : shape (E,)
        Row of `windows`: lines of one product whose windows are equal share one.
    windows : shape (K, W)
        D_i(t_ci) at the observed instant.
    exposed : shape (K, W)
        Whether t_ci > 0. Demand of an exposed window may be nothing; of one below zero it is what comes early.
    due, due_exposed : shape (K, W), optional
        The same for units that fall due, over the cycle, where costs are charged at its end; else none.
    unit_exposed : shape (K, W), optional
        Whether the segment of the unit that falls due is exposed; none where all customers of a product wait alike.
    window_product : shape (K,)
    peak : shape (I, W)
        P, units that can wait at most: demand in the longest window of any product that shares a part, in whole days,
        and what a lot of it may keep waiting.
    late_rate : shape (I, W)
        l_i / P: where units wait, those that fall due become late, l_i a day; of each unit that waits at least these.
        Of segments the share that is exposed.
    own_order : shape (I, W)
        What comes of its own order up to and with a unit that falls due (`engine.demand.own_order`).
    own_beyond : shape (K, W), optional
        The same of a window of normal demand less that of its product (`engine.economics.exposure.diffusion`); none
        where it is the same everywhere.
    whole_order : shape (I, W)
        Z, units of an order that falls due.
    protected : shape (E,)
        Mean demand for the part until what is ordered at the next review is there.
    paths : shape (A, days + 1, W)
        Demand of products that may be assembled, counted back from the observed instant, by the day; the highest so
        far, where it can fall.
    path : shape (I,)
        Row of `paths`; of products that may not be assembled whatever.
    early_product, early_component : shape (F,)
    early : shape (F, W)
        Parts on the shelf until they are needed, where customers wait longer than the part's lead time:
        a_ci l_i min(L' - assembly - LT_c, R)^2 / (2 R), R > 0.
    bought : Bought
        Their other parts, which are bought after the order.
    """

    product: Integers = along("line", of="product")
    component: Integers = along("line", of="component")
    quantity: Array = along("line")
    window: Integers = along("line", of="window")
    windows: Array = along("window", "sample")
    exposed: Booleans = along("window", "sample")
    due: Array | None = along("window", "sample")
    due_exposed: Booleans | None = along("window", "sample")
    unit_exposed: Booleans | None = along("window", "sample", optional=True)
    window_product: Integers = along("window", of="product")
    peak: Array = along("product", "sample")
    late_rate: Array = along("product", "sample")
    own_order: Array = along("product", "sample")
    own_beyond: Array | None = along("window", "sample", optional=True)
    whole_order: Array = along("product", "sample")
    protected: Array = along("line")
    paths: Array = along("path", None, "sample")
    path: Integers = along("product", of="path")
    early_product: Integers = along("early", of="product")
    early_component: Integers = along("early", of="component")
    early: Array = along("early", "sample")
    bought: Bought

    @property
    def demand(self) -> Array:
        """Component demand of each line, quantity x D_i(t_ci), shape (E, W)."""
        return self.quantity[:, None] * self.windows[self.window]

    def exposed_share(self, rate: Array) -> Array:
        """Share of the units that fall due that become late where units wait, shape (I, W): late rate x P / l.

        Parameters
        ----------
        rate : shape (I,)
            Units a day.
        """
        share = self.late_rate * self.peak / np.where(rate > 0.0, rate, 1.0)[:, None]
        # All of them are all of them, whatever the rounding.
        return np.where(np.abs(share - 1.0) <= _ROUNDING, 1.0, share)

    @property
    def falls_due(self) -> tuple[Array, Booleans]:
        """Windows that units falling due find, and whether these expose anything, both of shape (K, W)."""
        if self.due is None or self.due_exposed is None:
            return self.windows, self.exposed
        return self.due, self.due_exposed

    @property
    def waits_for_supply(self) -> Booleans:
        """Whether a unit that falls due finds what came before it in its own order in its way, shape (K, W).

        Otherwise supply could still be ordered for the whole of its order.
        """
        return self.falls_due[1] if self.unit_exposed is None else self.unit_exposed
