"""The scenario in numbers: rates, fixed costs and sampled windows, as arrays over products and samples.

Shapes: I products, C components, E bill-of-material lines, K component windows, G resources, W samples.
Money is per year, time in days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.demand.streams import Array

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

DAYS_PER_YEAR = 365.0
MTS, ATO, MTO = 0, 1, 2
# The named terms of the ledger, in the order of reports.
TERMS = (
    "holding", "obsolescence", "late", "lost_margin", "batch_setup", "stocking", "order_handling", "premium",
    "overtime", "outsourcing", "change", "risk",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedStock:
    """What the make-to-stock choice of each product faces.

    Parameters
    ----------
    position : shape (I, W)
        V, inventory position above the reorder level.
    demand : shape (I, W)
        D(t) at the observed instant.
    demand_start, demand_end : shape (I, W)
        D((LT - L')+) and D((LT + R - L')+): the backlog's windows at the start and the end of a review cycle.
    exposed : shape (I, W)
        Whether the window is longer than zero.
    batch : shape (I,)
        Q, zero where there is none.
    least, most : shape (I,)
        Bounds of the reorder level, from the on-time target (C6) and the shelf life.
    """

    position: Array
    demand: Array
    demand_start: Array
    demand_end: Array
    exposed: Booleans
    batch: Array
    least: Array
    most: Array

    @property
    def net(self) -> Array:
        """X = D - V, shape (I, W): a reorder level S is short by (X - S)+."""
        return self.demand - self.position


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Components.

    Parameters
    ----------
    unit_cost, holding, obsolescence : shape (C,)
        Value, and yearly cost per unit on hand.
    stocking : shape (C,)
        Fixed cost per year where any assemble-to-order product needs it stocked.
    batch : shape (C,)
        Minimum order quantity, zero where there is none.
    position : shape (C, W)
        V_c, inventory position above the reorder level.
    co2 : shape (C,)
        kg per unit.
    lead_time_days : shape (C,)
        Mean.
    """

    unit_cost: Array
    holding: Array
    obsolescence: Array
    stocking: Array
    batch: Array
    position: Array
    co2: Array
    lead_time_days: Array

    @property
    def carrying(self) -> Array:
        """Holding and obsolescence per unit on hand and year, shape (C,)."""
        return self.holding + self.obsolescence


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Bill-of-material lines of products that may be assembled to order, where the part is ever exposed.

    Parameters
    ----------
    product, component : shape (E,)
    quantity : shape (E,)
    window : shape (E,)
        Row of `windows`: lines of one product whose windows are equal share one.
    windows, windows_end : shape (K, W)
        D_i(t_ci) at the observed instant and at the end of the cycle (exposure LT + R).
    window_product : shape (K,)
    peak, peak_end : shape (I, W)
        Largest window of each product: no more units can be late.
    """

    product: Integers
    component: Integers
    quantity: Array
    window: Integers
    windows: Array
    windows_end: Array
    window_product: Integers
    peak: Array
    peak_end: Array

    def demand(self, *, end: bool = False) -> Array:
        """Component demand of each line, quantity x D_i(t_ci), shape (E, W)."""
        return self.quantity[:, None] * (self.windows_end if end else self.windows)[self.window]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Scarce resources, per bucket.

    Parameters
    ----------
    names : tuple of str
    bucket_days : float
    hours, overtime : shape (G,)
        Regular hours and most overtime per bucket.
    overtime_cost, outsourcing_cost : shape (G,)
        Money per hour; NaN where there is no outsourcing.
    make_hours, assemble_hours : shape (I, G)
        Hours per unit.
    demand : shape (I, W)
        Demand of one bucket, zero for products that use no resource.
    """

    names: tuple[str, ...]
    bucket_days: float
    hours: Array
    overtime: Array
    overtime_cost: Array
    outsourcing_cost: Array
    make_hours: Array
    assemble_hours: Array
    demand: Array

    @property
    def buckets_per_year(self) -> float:
        """Buckets in a year."""
        return DAYS_PER_YEAR / self.bucket_days

    def mean_hours(self, rate: Array) -> Array:
        """Stock-driven hours per bucket of each product, strategy and resource, shape (I, 3, G)."""
        units = (rate * self.bucket_days)[:, None]
        none = np.zeros_like(self.make_hours)
        return np.stack([units * (self.make_hours + self.assemble_hours), units * self.make_hours, none], axis=1)

    def order_hours(self) -> Array:
        """Order-driven hours per unit of each product, strategy and resource, shape (I, 3, G)."""
        none = np.zeros_like(self.make_hours)
        return np.stack([none, self.assemble_hours, self.make_hours + self.assemble_hours], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One decision problem in numbers.

    Parameters
    ----------
    products, components : tuple of str
    samples : int
    allowed : shape (I, 3)
        Strategies left after `locked`, `allowed` and what time rules out.
    dropped : mapping of (int, int) to str
        Product and strategy ruled out: why, in words.
    current : shape (I,)
        Current strategy, -1 where unknown.
    rate : shape (I,)
        Mean demand, units a day.
    unit_cost, holding, obsolescence : shape (I,)
        Value of a finished unit, and yearly cost per unit on hand.
    late : shape (I,)
        Money per unit and year of lateness.
    lost : shape (I,)
        Money lost per late unit: lost share x (price - unit cost).
    fixed : shape (I, 3, terms)
        Costs that the strategy alone decides, by ledger term.
    wait_days : shape (I,)
        L', lead-time target less delivery.
    assembly_late_days, make_late_days, make_on_time : shape (I,)
        (assembly - L')+, E(make - L')+ and P(make <= L').
    on_time_target : shape (I,)
        Zero where there is none.
    co2 : shape (I,)
        kg per unit.
    stock : FinishedStock
    parts : Parts
    edges : Edges
    capacity : Capacity or None
    budget : float or None
        Most average inventory value (C7).
    max_changes : int or None
        Most changes against the current strategies (C8).
    cvar_weight, cvar_level : float
        Risk (C9).
    review_days : float
        R.
    """

    products: tuple[str, ...]
    components: tuple[str, ...]
    samples: int
    allowed: Booleans
    dropped: dict[tuple[int, int], str]
    current: Integers
    rate: Array
    unit_cost: Array
    holding: Array
    obsolescence: Array
    late: Array
    lost: Array
    integer: Booleans
    fixed: Array
    wait_days: Array
    assembly_late_days: Array
    make_late_days: Array
    make_on_time: Array
    on_time_target: Array
    co2: Array
    stock: FinishedStock
    parts: Parts
    edges: Edges
    capacity: Capacity | None
    budget: float | None
    max_changes: int | None
    cvar_weight: float
    cvar_level: float
    review_days: float
    stock_decided: bool = False

    @property
    def carrying(self) -> Array:
        """Holding and obsolescence per finished unit on hand and year, shape (I,)."""
        return self.holding + self.obsolescence

    @property
    def counts_late_units(self) -> Booleans:
        """Products whose late units matter to the decision: an on-time target or lost sales; shape (I,)."""
        return (self.on_time_target > 0.0) | (self.lost > 0.0)

    @property
    def cycle_days(self) -> float:
        """Period over which late units of ATO are counted: R, or one day where review is continuous."""
        return self.review_days if self.review_days > 0.0 else 1.0

    @property
    def fixed_total(self) -> Array:
        """Sum of the fixed terms, shape (I, 3)."""
        total: Array = self.fixed.sum(axis=2)
        return total
