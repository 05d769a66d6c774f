"""What a run leaves: one observation per batch, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.demand.streams import Array
from engine.evaluate.simulate.clock.queueing import Resource
from engine.evaluate.simulate.clock.stock import Stock
from engine.evaluate.simulate.clock.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """How long a run is.

    Parameters
    ----------
    warm_up_days : float
        Left out at the start.
    batch_days : float
        Length of one observation.
    batches : int
    """

    warm_up_days: float
    batch_days: float
    batches: int

    @property
    def days(self) -> float:
        """The whole run."""
        return self.warm_up_days + self.batch_days * self.batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Observations of one or more runs; N of them, I goods, C parts, G servers.

    Parameters
    ----------
    units, late_units, orders, orders_on_time : shape (N, I)
        A day.
    large_units, large_orders : shape (N, I)
        A day, of goods in stock: what came in and was made to order.
    late : shape (N, I)
        Mean units late at any time, counted when they leave (Little's law).
    dear_late : shape (N, I)
        The same, each unit by the late cost of its customers over the mean of all.
    on_hand, net_square : shape (N, I)
        Mean finished units on the shelf, mean square of the net stock.
    overrun_units : shape (N, I)
        Units a day whose work took longer than the days given, since resources were busy.
    batches, arrivals, arrivals_in_time : shape (N, I)
        Batches ordered, deliveries and deliveries that found nobody waiting, a day.
    part_on_hand, part_net, part_square : shape (N, C)
        Mean units on the shelf; mean and mean square of what is free less what is waited for.
    part_worth : shape (N, C)
        Money a year that one more unit of base stock saves: see `Worth`.
    worked, overtime, outsourced : shape (N, G)
        Hours a day.
    queue_days : shape (N, G)
        Mean days of regular work that a job found before it.
    leads : tuple of mapping
        Lead time in days to units, for each good, over all observations.
    waits : tuple of mapping
        Days given by customers who wait differently to units, late units and their days late; likewise.
    """

    units: Array
    late_units: Array
    orders: Array
    orders_on_time: Array
    large_units: Array
    large_orders: Array
    late: Array
    dear_late: Array
    on_hand: Array
    net_square: Array
    overrun_units: Array
    batches: Array
    arrivals: Array
    arrivals_in_time: Array
    part_on_hand: Array
    part_net: Array
    part_square: Array
    part_worth: Array
    worked: Array
    overtime: Array
    outsourced: Array
    queue_days: Array
    leads: tuple[Mapping[float, float], ...]
    waits: tuple[Mapping[float, tuple[float, float, float]], ...]

    @property
    def count(self) -> int:
        """Number of observations."""
        return len(self.units)


ARRAYS = tuple(name for name in Observed.__dataclass_fields__ if name not in {"leads", "waits"})


def together(runs: Sequence[Observed]) -> Observed:
    """All observations of several runs."""
    leads: tuple[dict[float, float], ...] = tuple({} for _ in runs[0].leads)
    waits: tuple[dict[float, tuple[float, float, float]], ...] = tuple({} for _ in runs[0].waits)
    for run in runs:
        for total, lead in zip(leads, run.leads, strict=True):
            add_leads(total, lead)
        for sums, seen in zip(waits, run.waits, strict=True):
            add_waits(sums, seen)
    arrays = {name: np.concatenate([getattr(run, name) for run in runs]) for name in ARRAYS}
    return Observed(**arrays, leads=leads, waits=waits)


def add_leads(total: dict[float, float], more: Mapping[float, float]) -> None:
    """Add units by lead time to others, in place."""
    for lead, units in more.items():
        total[lead] = total.get(lead, 0.0) + units


def add_waits(
    total: dict[float, tuple[float, float, float]], more: Mapping[float, tuple[float, float, float]]
) -> None:
    """Add units, late units and their days late by days given to others, in place."""
    for days, (units, late, over) in more.items():
        was = total.get(days, (0.0, 0.0, 0.0))
        total[days] = was[0] + units, was[1] + late, was[2] + over


class Recorder:
    """Reads the counters at the end of a batch and sets them back."""

    def __init__(
        self,
        tallies: Sequence[Tally],
        stocks: Sequence[Stock[Any]],
        parts: int,
        finished: Mapping[int, int],
        resources: Sequence[Resource],
    ) -> None:
        self.tallies, self.stocks, self.parts = tallies, stocks, parts
        self.finished, self.resources = finished, resources
        self.rows: dict[str, list[Array]] = {name: [] for name in ARRAYS}
        self.worth, self.looks = np.zeros(parts), 0

    def reset(self, now: float) -> None:
        """Forget what was counted so far."""
        for tally in self.tallies:
            tally.reset()
            tally.leads.clear()
            tally.waits.clear()
        self._reset_rest(now)

    def _reset_rest(self, now: float) -> None:
        self.worth, self.looks = np.zeros(self.parts), 0
        for stock in self.stocks:
            stock.settle(now)
            stock.reset()
        for resource in self.resources:
            resource.settle(now)
            resource.reset()

    def record(self, now: float, days: float) -> None:
        """One observation of the last `days` days."""
        for stock in self.stocks:
            stock.settle(now)
        for resource in self.resources:
            resource.settle(now)
        rows, tallies = self.rows, self.tallies
        rows["units"].append(np.array([t.units for t in tallies]) / days)
        rows["late_units"].append(np.array([t.late_units for t in tallies]) / days)
        rows["late"].append(np.array([t.late_unit_days for t in tallies]) / days)
        rows["dear_late"].append(np.array([t.dear_late_unit_days for t in tallies]) / days)
        rows["overrun_units"].append(np.array([t.overrun_units for t in tallies]) / days)
        rows["large_units"].append(np.array([t.large_units for t in tallies]) / days)
        rows["large_orders"].append(np.array([t.large_orders for t in tallies], dtype=np.float64) / days)
        rows["orders"].append(np.array([t.orders for t in tallies], dtype=np.float64) / days)
        rows["orders_on_time"].append(np.array([t.orders_on_time for t in tallies], dtype=np.float64) / days)
        stocks = [self.stocks[self.finished[i]] if i in self.finished else None for i in range(len(tallies))]
        fields = {
            "on_hand": "area", "net_square": "square", "batches": "batches", "arrivals": "arrivals",
            "arrivals_in_time": "arrivals_in_time",
        }  # fmt: skip
        for name, field in fields.items():
            rows[name].append(np.array([0.0 if s is None else float(getattr(s, field)) for s in stocks]) / days)
        parts = self.stocks[: self.parts]
        for name, field in (("part_on_hand", "area"), ("part_net", "net_area"), ("part_square", "square")):
            rows[name].append(np.array([getattr(s, field) for s in parts], dtype=np.float64) / days)
        rows["part_worth"].append(self.worth / max(self.looks, 1))
        for name, field in (("worked", "regular"), ("overtime", "overtime"), ("outsourced", "outsourced")):
            rows[name].append(np.array([getattr(r, field) for r in self.resources], dtype=np.float64) / days)
        waits = [r.wait_hours / max(r.jobs, 1) / r.rate for r in self.resources]
        rows["queue_days"].append(np.array(waits, dtype=np.float64))
        for tally in tallies:
            tally.reset()
        self._reset_rest(now)

    def observed(self) -> Observed:
        """Everything recorded."""
        arrays = {name: np.array(rows) for name, rows in self.rows.items()}
        leads, waits = (tuple(dict(getattr(tally, name)) for tally in self.tallies) for name in ("leads", "waits"))
        return Observed(**arrays, leads=leads, waits=waits)
