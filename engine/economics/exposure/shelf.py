"""Windows of finished stock: those of the customers of each product, and what comes before it falls due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Booleans, Integers
from engine.economics.exposure.ahead import early_units
from engine.economics.exposure.groups import Groups
from engine.economics.exposure.windows import exposure, lot_window, stock_window, time_since_review


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Windows of finished stock in days.

    Parameters
    ----------
    lead : shape (I, W)
        Replenishment lead times.
    now, due : shape (I, W)
        Windows that cost, and those of units that fall due; where customers wait differently of the least patient.
    apart, due_apart : mapping of int to shape (groups, W)
        Of products with several groups, those of each.
    unit_due : shape (I, W)
        Window of the group of the unit that falls due.
    early : shape (I, W)
        Units on the shelf until they fall due.
    """

    lead: Array
    now: Array
    due: Array
    apart: Mapping[int, Array]
    due_apart: Mapping[int, Array]
    unit_due: Array
    early: Array


def shelf_windows(
    groups: Groups, lead: Array, instant: Array, review: float, *, rate: Array, in_lots: Booleans,
    marks: Mapping[int, Integers], period_end: bool, early_days: float,
) -> Shelf:  # fmt: skip
    """Windows of finished stock.

    Parameters
    ----------
    groups : Groups
    lead : shape (I, W)
    instant : shape (W,)
    review : float
        R.
    rate : shape (I,)
        Units a day.
    in_lots : shape (I,)
        Bought in lots: windows below zero say what has come early, as of products with several groups, unless costs are
        charged at the end of the cycle.
    marks : mapping of int to shape (W,)
        Of products with several groups, that of the unit that falls due.
    period_end : bool
    early_days : float
        As of `Settings`.
    """
    spread = groups.spread(np.arange(len(lead)))
    row, group = spread.row, spread.group
    came, wait = lead[row], groups.wait_days[group][:, None]
    exposed = exposure(came, instant, review, period_end=period_end)
    now = stock_window(exposed, wait)
    # What comes early for one kind of customers is there for another, as the rest of a lot is for anybody.
    lots = (in_lots | (groups.count > 1))[row] & (not period_end)
    since = time_since_review(came[lots], instant, review)
    now[lots] = lot_window(exposed[lots], since, wait[lots], review)
    due = stock_window(exposure(came, instant, review), wait) if period_end else now
    early = early_units(rate[row] * groups.share[group], came, wait, early_days)
    early[lots] = 0.0
    # The least patient of each product, and all that comes early.
    longest, longest_due = spread.longest(now), spread.longest(due)
    unit_due, samples = longest_due.copy(), np.arange(lead.shape[1])
    for i, mark in marks.items():
        unit_due[i] = due[groups.of(i)][mark, samples]
    return Shelf(
        lead=lead, now=longest, due=longest_due, apart={i: now[groups.of(i)] for i in marks},
        due_apart={i: due[groups.of(i)] for i in marks}, unit_due=unit_due,
        early=spread.total(early),
    )  # fmt: skip
