"""Cancellations and returns taken back from the order they belong to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demand.streams import Array

# A cancellation may be dated before its order by these days at most.
BOOKED_BEFORE_DAYS = 28
# One that is more than its week sold is that of its customer's next order of just that quantity up to these days later.
BOOKED_BEFORE_LARGE_DAYS = 92
# A customer's orders are what comes back where they hold this share of it; a return of far more is of none of them.
LEAST_HELD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """Quantities after cancellations and returns.

    Parameters
    ----------
    quantity : shape (lines,)
        What is left of every line; zero where an order was taken back and where a return found its order.
    matched : shape (lines,)
        Lines with a negative quantity that found their order.
    """

    quantity: Array
    matched: np.ndarray


def take_back(lines: pd.DataFrame) -> TakenBack:
    """Take lines with a negative quantity back from the orders they belong to.

    Where the line has an order number that a line of this product has, it is taken from that order, whatever its date
    and also in part. Else from the latest order of the same product, customer and quantity that is not later (of any
    customer, where the line names none); then from the customer's next order of just that quantity within
    `BOOKED_BEFORE_DAYS`, as a cancellation is dated that was booked before its order; then from the customer's latest
    orders of the product, in part, where they hold `LEAST_HELD` of it. What finds no order keeps its negative quantity.

    Parameters
    ----------
    lines : pandas.DataFrame
        order_date, product, quantity, customer, order_number, order_line.
    """
    quantity = lines["quantity"].to_numpy(dtype=np.float64).copy()
    matched = np.zeros(len(lines), dtype=bool)
    negative = np.flatnonzero(quantity < 0.0)
    if not negative.size:
        return TakenBack(quantity=quantity, matched=matched)
    _by_number(lines, quantity, matched, negative)
    named = lines["customer"] != ""
    _by_quantity(lines, ["product", "customer"], quantity, matched, negative)
    _booked_before(lines, quantity, matched, negative[named.to_numpy()[negative]])
    _by_quantity(lines, ["product"], quantity, matched, negative[~named.to_numpy()[negative]])
    _from_latest(lines, quantity, matched, negative[named.to_numpy()[negative]])
    return TakenBack(quantity=quantity, matched=matched)


def take_from_large(lines: pd.DataFrame, quantity: Array, week: np.ndarray) -> np.ndarray:
    """Take returns that are more than their week sold from an order that holds all of them.

    A week below zero would count as zero, and the order that came back would stay in demand. So such a return is taken
    from the latest order that is not later and holds it, as its week does; else from the next one of just that
    quantity within `BOOKED_BEFORE_DAYS`, of the customer's own within `BOOKED_BEFORE_LARGE_DAYS`. Orders of another
    customer are left, unless the return names none, or one without orders of the product.

    Parameters
    ----------
    lines : pandas.DataFrame
        order_date, product, customer.
    quantity : shape (lines,)
        As `take_back` left it; changed in place.
    week : shape (lines,)

    Returns
    -------
    numpy.ndarray of int, shape (lines,)
        Place of the order that a return was taken from; -1 elsewhere.
    """
    source = np.full(len(lines), -1, dtype=np.int64)
    product, _ = pd.factorize(lines["product"])
    affected = np.isin(product, np.unique(product[quantity < 0.0]))
    if not affected.any():
        return source
    customer = lines["customer"].to_numpy(dtype=object)
    days = lines["order_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    net = pd.Series(quantity[affected]).groupby([product[affected], week[affected]]).sum()
    for which in np.unique(product[quantity < 0.0]).tolist():
        of = np.flatnonzero((product == which) & (quantity != 0.0))
        of = of[np.lexsort((of, quantity[of] < 0.0, days[of]))]
        buyers = set(customer[of[quantity[of] > 0.0]])
        below = net[which].to_dict()
        for k in of[quantity[of] < 0.0].tolist():
            if below[week[k]] >= 0.0:
                continue
            # What other returns have netted in its week, an order no longer holds.
            bears = np.array([below[j] for j in week[of].tolist()]) >= -quantity[k]
            open_ = of[(quantity[of] >= -quantity[k]) & bears]
            if customer[k] != "" and customer[k] in buyers:
                open_ = open_[(customer[open_] == customer[k]) | (customer[open_] == "")]
            before = open_[days[open_] <= days[k]]
            known = customer[k] != "" and customer[k] in buyers
            latest = days[k] + (BOOKED_BEFORE_LARGE_DAYS if known else BOOKED_BEFORE_DAYS)
            after = open_[(days[open_] > days[k]) & (days[open_] <= latest)]
            after = after[quantity[after] == -quantity[k]]
            orders = before[-1:] if len(before) else after[:1]
            if len(orders):
                source[k] = orders[0]
                for j, units in ((k, -quantity[k]), (orders[0], quantity[k])):
                    below[week[j]] += units
                    quantity[j] += units
    return source


def _by_number(lines: pd.DataFrame, quantity: Array, matched: np.ndarray, negative: np.ndarray) -> None:
    numbers = lines["order_number"].to_numpy(dtype=object)
    negative = negative[numbers[negative] != ""]
    if not negative.size:
        return
    order, _ = pd.factorize(pd.MultiIndex.from_arrays([lines["product"], lines["order_number"]]))
    wanted = np.zeros(order.max() + 1, dtype=bool)
    wanted[order[negative]] = True
    line = lines["order_line"].to_numpy(dtype=object)
    of_order: dict[int, list[int]] = defaultdict(list)
    for k in np.flatnonzero(wanted[order] & (quantity > 0.0)).tolist():
        of_order[int(order[k])].append(k)
    for k in negative.tolist():
        orders = of_order[int(order[k])]
        # The same line of the order first, then one of the same quantity, then the latest.
        orders.sort(key=lambda j: (line[k] != "" and line[j] == line[k], quantity[j] == -quantity[k], j))
        open_units = -quantity[k]
        for j in reversed(orders):
            taken = min(open_units, quantity[j])
            quantity[j] -= taken
            open_units -= taken
        if open_units < -quantity[k]:
            matched[k] = open_units <= 0.0
            quantity[k] = -open_units if open_units > 0.0 else 0.0


def _of_keys(
    lines: pd.DataFrame, keys: list[pd.Series], quantity: Array, open_: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Key of every line, and the lines with a key of the open ones by day, on one day orders before what takes back."""
    key, _ = pd.factorize(pd.MultiIndex.from_arrays(keys)) if len(keys) > 1 else pd.factorize(keys[0])
    wanted = np.zeros(key.max() + 1, dtype=bool)
    wanted[key[open_]] = True
    takes = np.zeros(len(quantity), dtype=bool)
    takes[open_] = True
    some = np.flatnonzero(wanted[key] & ((quantity > 0.0) | takes))
    days = lines["order_date"].to_numpy()[some]
    return key, some[np.lexsort((some, quantity[some] < 0.0, days))]


def _from_latest(lines: pd.DataFrame, quantity: Array, matched: np.ndarray, negative: np.ndarray) -> None:
    open_ = negative[~matched[negative]]
    if not open_.size:
        return
    key, some = _of_keys(lines, [lines["product"], lines["customer"]], quantity, open_)
    orders: dict[int, list[int]] = defaultdict(list)
    for k in some.tolist():
        held = orders[int(key[k])]
        if quantity[k] > 0.0:
            held.append(k)
            continue
        if sum(float(quantity[j]) for j in held) < -LEAST_HELD * quantity[k]:
            continue
        while held and quantity[k] < 0.0:
            taken = min(-quantity[k], quantity[held[-1]])
            quantity[held[-1]] -= taken
            quantity[k] += taken
            if quantity[held[-1]] <= 0.0:
                held.pop()
        matched[k] = quantity[k] >= 0.0


def _booked_before(lines: pd.DataFrame, quantity: Array, matched: np.ndarray, negative: np.ndarray) -> None:
    """Orders whose cancellation bears an earlier date: same product, customer and quantity, within some weeks."""
    open_ = negative[~matched[negative]]
    if not open_.size:
        return
    size = pd.Series(np.abs(quantity), index=lines.index)
    key, some = _of_keys(lines, [lines["product"], lines["customer"], size], quantity, open_)
    days = lines["order_date"].to_numpy().astype("datetime64[D]")
    waiting: dict[int, list[int]] = defaultdict(list)
    for k in some.tolist():
        held = waiting[int(key[k])]
        if quantity[k] < 0.0:
            held.append(k)
            continue
        while held and (days[k] - days[held[0]]).astype(np.int64) > BOOKED_BEFORE_DAYS:
            held.pop(0)
        if held:
            matched[held[0]] = True
            quantity[held.pop(0)] = quantity[k] = 0.0


def _by_quantity(
    lines: pd.DataFrame, columns: list[str], quantity: Array, matched: np.ndarray, negative: np.ndarray
) -> None:
    open_ = negative[~matched[negative]]
    if not open_.size:
        return
    size = pd.Series(np.abs(quantity), index=lines.index)
    key, some = _of_keys(lines, [*(lines[name] for name in columns), size], quantity, open_)
    orders: dict[int, list[int]] = defaultdict(list)
    for k in some.tolist():
        if quantity[k] > 0.0:
            orders[int(key[k])].append(k)
        elif orders[int(key[k])]:
            quantity[orders[int(key[k])].pop()] = 0.0
            quantity[k] = 0.0
            matched[k] = True
