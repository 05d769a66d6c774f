"""Order lines that were read, and that may mean something else: told as notices, never guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.notices import Notice
from engine.scenario.scenario import Scenario
from engine.words.notices import Value

# Requested before they were ordered: few are slips, nearly all are another column.
EXCHANGED_SHARE, LEAST_DATED = 0.9, 20
# A customer whose smallest order is so many times the largest of all others may count in another unit.
TIMES_OTHERS, LEAST_ORDERS = 20.0, 5
# A customer of a quarter of a year who took so many weeks of what all others do, in a book of a year at least.
PROJECT_DAYS, PROJECT_WEEKS, PROJECT_ORDERS = 91, 8.0, 3
_YEAR_DAYS = 364


def line_notices(scenario: Scenario, lines: pd.DataFrame) -> list[Notice]:
    """What may be wrong with the lines of a book as a whole, or of a product.

    Parameters
    ----------
    scenario : Scenario
    lines : pandas.DataFrame
        Those whose date counts, doubles left out, with their record; before anything is taken back.
    """
    positive = lines[lines["quantity"] > 0.0]
    notices = [*_exchanged(lines), *_returns_alone(scenario, lines, positive), *_changed(scenario, positive)]
    each = _by_customer(positive)
    if len(each):
        notices += [*_other_unit(scenario, each), *_projects(scenario, each, positive)]
    return notices


def _told(kind: str, column: str, values: dict[str, Value], *, product: str = "", row: int | None = None) -> Notice:
    return Notice(kind=kind, file="orders.csv", row=row, column=column, product=product, values=values)


def _exchanged(lines: pd.DataFrame) -> list[Notice]:
    """Order dates that are dates asked for, and the other way round."""
    dated = lines["requested_date"].notna()
    early = int((lines.loc[dated, "requested_date"] < lines.loc[dated, "order_date"]).sum())
    count = int(dated.sum())
    if count < LEAST_DATED or early < EXCHANGED_SHARE * count:
        return []
    return [_told("dates_exchanged", "requested_date", {"lines": early, "dated": count})]


def _returns_alone(scenario: Scenario, lines: pd.DataFrame, positive: pd.DataFrame) -> list[Notice]:
    """Products of which the book has lines below zero and no others: bookings of stock that leaves have that sign."""
    below = lines[lines["quantity"] < 0.0]
    if not len(below):
        return []
    alone = below[~below["product"].isin(set(positive["product"]))]
    return [
        _told(
            "returns_alone", "quantity", {"lines": len(rows)}, product=str(name),
            row=scenario.row("orders", int(rows["record"].iloc[0])),
        )
        for name, rows in alone.groupby("product", sort=True)
    ]  # fmt: skip


def _changed(scenario: Scenario, positive: pd.DataFrame) -> list[Notice]:
    """Lines of an order that stand again with another quantity: changed since, or parts of it."""
    numbered = positive[(positive["order_number"] != "") & (positive["order_line"] != "")]
    key = ["product", "order_number", "order_line"]
    again = numbered[numbered.duplicated(key, keep="first")]
    if not len(again):
        return []
    last = numbered.drop_duplicates(key, keep="last").groupby("product")["quantity"].sum()
    total = numbered.groupby("product")["quantity"].sum()
    return [
        _told(
            "order_line_again", "order_line",
            {"lines": len(rows), "units": float(total[name]), "last": float(last[name])},
            product=str(name), row=scenario.row("orders", int(rows["record"].iloc[0])),
        )
        for name, rows in again.groupby("product", sort=True)
    ]  # fmt: skip


def _by_customer(positive: pd.DataFrame) -> pd.DataFrame:
    """Lines of each product and customer: least and most units of one, their number and sum, first and last day."""
    named = positive[positive["customer"] != ""]
    product, products = pd.factorize(named["product"], sort=True)
    customer, customers = pd.factorize(named["customer"], sort=True)
    # One sort in place of a grouping for each figure: books have millions of lines.
    key = product.astype(np.int64) * max(1, len(customers)) + customer
    order = np.argsort(key, kind="stable")
    start = np.flatnonzero(np.diff(key[order], prepend=-1))
    units = named["quantity"].to_numpy(dtype=np.float64)[order]
    days = named["order_date"].to_numpy().astype("datetime64[D]")[order].astype(np.int64)
    if not len(order):
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "product": products[product[order][start]], "customer": customers[customer[order][start]],
            "least": np.minimum.reduceat(units, start), "most": np.maximum.reduceat(units, start),
            "lines": np.diff(np.append(start, len(order))), "units": np.add.reduceat(units, start),
            "begin": np.minimum.reduceat(days, start), "end": np.maximum.reduceat(days, start),
            "record": named["record"].to_numpy()[order][start],
        }
    )  # fmt: skip


def _other_unit(scenario: Scenario, each: pd.DataFrame) -> list[Notice]:
    """Customers whose smallest order of a product is far above the largest of everybody else."""
    by_size = each.sort_values(["product", "most"], kind="stable")
    below = by_size.groupby("product")["most"].shift()
    # Lines of all customers below it: cumulated along the product.
    lines_below = by_size.groupby("product")["lines"].cumsum() - by_size["lines"]
    largest = ~by_size.duplicated("product", keep="last")
    apart = (by_size["least"] >= TIMES_OTHERS * below) & (by_size["lines"] >= LEAST_ORDERS)
    by_size["times"] = by_size["least"] / below
    found = by_size[largest & apart & (lines_below >= LEAST_ORDERS)]
    return [
        _told(
            "customer_unit", "quantity",
            {"customer": str(row["customer"]), "lines": int(row["lines"]), "times": float(row["times"])},
            product=str(row["product"]), row=scenario.row("orders", int(row["record"])),
        )
        for _, row in found.iterrows()
    ]  # fmt: skip


def _projects(scenario: Scenario, each: pd.DataFrame, positive: pd.DataFrame) -> list[Notice]:
    """Customers who bought much of a product in few weeks, and nothing before or after.

    One order of that size is an exceptional order; several small ones are not.
    """
    days = positive["order_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    first, last = int(days.min()), int(days.max())
    if last - first < _YEAR_DAYS:
        return []
    rest = each["product"].map(positive.groupby("product")["quantity"].sum()) - each["units"]
    weekly, weeks = rest / ((last - first) / 7.0), (each["end"] - each["begin"]) / 7.0
    apart = (
        (each["end"] - each["begin"] <= PROJECT_DAYS) & (each["begin"] >= first + PROJECT_DAYS)
        & (each["end"] <= last - PROJECT_DAYS) & (each["lines"] >= PROJECT_ORDERS) & (rest > 0.0)
        & (each["units"] >= weekly * weeks.clip(lower=PROJECT_WEEKS))
    )  # fmt: skip
    each = each.assign(share=each["units"] / (each["units"] + rest))
    return [
        _told(
            "customer_project", "customer",
            {
                "customer": str(row["customer"]), "units": float(row["units"]), "first": _day(row["begin"]),
                "last": _day(row["end"]), "share": float(row["share"]),
            },
            product=str(row["product"]), row=scenario.row("orders", int(row["record"])),
        )
        for _, row in each[apart].iterrows()
    ]  # fmt: skip


def _day(number: int) -> str:
    return str(np.datetime64(int(number), "D"))
