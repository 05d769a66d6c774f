"""The tables of a batch run: what a partition writes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any, Self

import pandas as pd
import pyarrow as pa

from engine.catalog.deciding.certify import Programs
from engine.catalog.intake.rejected import Rejected
from engine.decision.plan import AT_LEAST, DECISIONS
from engine.decision.tables.books import BOOKS
from engine.decision.tables.order_points import ORDER_POINTS
from engine.decision.tables.stock_calendar import CALENDAR
from engine.notices import Notice

# How the costs of a product were found.
EXACT, SAMPLED, PRICES = "exact", "sampled", "prices"
_TEXT = {"product", "family", "strategy", "current_strategy", AT_LEAST, "next_best", "basis", "reason"}

# What lies in stock today is told of scenarios alone: a part's use is that of the whole catalogue.
_DECIDED = tuple(name for name in DECISIONS[1:] if name not in BOOKS)
DECISION_SCHEMA = pa.schema(
    [
        *((name, pa.string() if name in _TEXT else pa.float64()) for name in ("product", "family", *_DECIDED)),
        ("basis", pa.string()),
        ("group", pa.int32()),
    ]
)
COMPONENT_SCHEMA = pa.schema(
    [
        ("component", pa.string()),
        ("base_stock", pa.float64()),
        *((name, pa.float64()) for name in ORDER_POINTS),
        ("inventory_value", pa.float64()),
        ("products_served", pa.int64()),
        ("pooling_saving_per_year", pa.float64()),
    ]
)
CALENDAR_SCHEMA = pa.schema(
    [(name, pa.string() if name in ("item", "kind") else pa.float64()) for name in CALENDAR]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlwaysUse:
    """Demand for one always available part, in moments that add up over products.

    The sums are exact, so that they do not depend on how products are spread over partitions.

    Parameters
    ----------
    mean, variance : float
        Units over the part's window, the instant of the cycle given.
    swing : float
        Sum of the standard deviations of what the instant adds; it moves all products together.
    waiting : float
        Mean units that wait on the shelf for other parts of their product, or until customers who wait longer want
        them.
    shortage : float
        The most that a missing unit can cost a year.
    carrying, stocking : float
        Of the part.
    above : float
        Mean units above the best level: half a lot, and what whole units add to it.
    """

    mean: Fraction
    variance: Fraction
    swing: Fraction
    waiting: Fraction
    shortage: float
    carrying: float
    stocking: float
    above: float

    def as_dict(self) -> dict[str, object]:
        """Plain values: exact sums as text."""
        values = asdict(self)
        return {name: str(value) if isinstance(value, Fraction) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The same back."""
        plain: dict[str, Any] = {
            name: Fraction(value) if isinstance(value, str) else value for name, value in values.items()
        }
        return cls(**plain)

    def joined(self, other: AlwaysUse) -> AlwaysUse:
        """The demand of both."""
        return AlwaysUse(
            mean=self.mean + other.mean, variance=self.variance + other.variance, swing=self.swing + other.swing,
            waiting=self.waiting + other.waiting, shortage=max(self.shortage, other.shortage), carrying=self.carrying,
            stocking=self.stocking, above=max(self.above, other.above),
        )  # fmt: skip

    @property
    def cost_at_most(self) -> float:
        """Cost a year of a stock of its own, for any demand with this mean and variance.

        Least over S of h E(S - D)+ + p E(D - S)+ in the worst case: sqrt(h p) sigma (Scarf 1958; Gallego & Moon 1993,
        equation 3); what a lot leaves above it, what waits for other parts or comes early, and the fixed cost on top.
        """
        sigma = float(self.variance + self.swing**2) ** 0.5
        idle = self.carrying * (self.above + float(self.waiting))
        return float((self.carrying * self.shortage) ** 0.5 * sigma + idle + self.stocking)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockCost:
    """What was decided together costs; kept apart, so that totals do not depend on how blocks are put into partitions.

    Parameters
    ----------
    objective : float
        First come first served, money per year.
    program : float
        The same with parts shared out with hindsight; the objective where everything is exact.
    bound : float
    terms : dict of str to float
        Cost a year by ledger term.
    """

    objective: float
    program: float
    bound: float
    terms: dict[str, float]

    @classmethod
    def total(cls, costs: list[BlockCost]) -> Self:
        """The sum of several, in their order."""
        terms: dict[str, float] = {}
        for cost in costs:
            for term, value in cost.terms.items():
                terms[term] = terms.get(term, 0.0) + value
        return cls(
            objective=sum(cost.objective for cost in costs), program=sum(cost.program for cost in costs),
            bound=sum(cost.bound for cost in costs), terms=terms,
        )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class GroupResults:
    """Results of what was decided together, or of several put together.

    Parameters
    ----------
    decisions, components, calendars : list of DataFrame
        Calendars are those of stocks that follow a season.
    costs : list of BlockCost
        One per block, in order.
    rejected : list of Rejected
    always : dict of str to AlwaysUse
        What assembled products ask of parts that are taken as always available.
    programs : Programs
    notices : list of Notice
        What is told of the promises.
    """

    decisions: list[pd.DataFrame] = field(default_factory=list)
    components: list[pd.DataFrame] = field(default_factory=list)
    calendars: list[pd.DataFrame] = field(default_factory=list)
    costs: list[BlockCost] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    always: dict[str, AlwaysUse] = field(default_factory=dict)
    programs: Programs = field(default_factory=Programs)
    notices: list[Notice] = field(default_factory=list)

    def add(self, other: GroupResults) -> None:
        """Put another block behind this one."""
        self.decisions += other.decisions
        self.components += other.components
        self.calendars += other.calendars
        self.costs += other.costs
        self.rejected += other.rejected
        self.notices += other.notices
        self.programs.add(other.programs)
        for part, use in other.always.items():
            self.always[part] = self.always[part].joined(use) if part in self.always else use
