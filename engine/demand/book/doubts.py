"""Order lines that were read, and that may mean something else: told as notices, never guessed."""

from __future__ import annotations

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
    return [
        *_exchanged(lines), *_returns_alone(lines, positive), *_changed(scenario, positive),
        *_other_unit(scenario, positive), *_projects(scenario, positive),
    ]  # fmt: skip


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


def _returns_alone(lines: pd.DataFrame, positive: pd.DataFrame) -> list[Notice]:
    """Products of which the book has lines below zero and no others: bookings of stock that leaves have that sign."""
    alone = lines[(lines["quantity"] < 0.0) & ~lines["product"].isin(set(positive["product"]))]
    return [
        _told("returns_alone", "quantity", {"lines": int(count)}, product=str(name))
        for name, count in alone["product"].value_counts(sort=False).items()
    ]


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


def _other_unit(scenario: Scenario, positive: pd.DataFrame) -> list[Notice]:
    """Customers whose smallest order of a product is far above the largest of everybody else."""
    named = positive[positive["customer"] != ""]
    if not len(named):
        return []
    of_each = named.groupby(["product", "customer"], sort=True)["quantity"].agg(["min", "max", "count"])
    by_customer = of_each.reset_index().sort_values(["product", "max"], kind="stable")
    below = by_customer.groupby("product")["max"].shift()
    # Lines of all customers below it: cumulated along the product.
    lines_below = by_customer.groupby("product")["count"].cumsum() - by_customer["count"]
    largest = ~by_customer.duplicated("product", keep="last")
    apart = (by_customer["min"] >= TIMES_OTHERS * below) & (by_customer["count"] >= LEAST_ORDERS)
    by_customer["times"] = by_customer["min"] / below
    found = by_customer[largest & apart & (lines_below >= LEAST_ORDERS)]
    first = named.drop_duplicates(["product", "customer"]).set_index(["product", "customer"])["record"]
    return [
        _told(
            "customer_unit", "quantity",
            {"customer": str(row["customer"]), "lines": int(row["count"]), "times": float(row["times"])},
            product=str(row["product"]), row=scenario.row("orders", int(first[row["product"], row["customer"]])),
        )
        for _, row in found.iterrows()
    ]  # fmt: skip


def _projects(scenario: Scenario, positive: pd.DataFrame) -> list[Notice]:
    """Customers who bought much of a product in few weeks, and nothing before or after.

    One order of that size is an exceptional order; several small ones are not.
    """
    named = positive[positive["customer"] != ""]
    first, last = positive["order_date"].min(), positive["order_date"].max()
    if not len(named) or (last - first).days < _YEAR_DAYS:
        return []
    quarter = pd.Timedelta(days=PROJECT_DAYS)
    grouped = named.groupby(["product", "customer"], sort=True)
    each = grouped.agg(
        begin=("order_date", "min"), end=("order_date", "max"), units=("quantity", "sum"),
        orders=("order_date", "nunique"), record=("record", "first"),
    ).reset_index()  # fmt: skip
    rest = each["product"].map(positive.groupby("product")["quantity"].sum()) - each["units"]
    weekly = rest / ((last - first).days / 7.0)
    weeks = (each["end"] - each["begin"]).dt.days / 7.0
    apart = (
        (weeks <= PROJECT_DAYS / 7.0) & (each["begin"] >= first + quarter) & (each["end"] <= last - quarter)
        & (each["orders"] >= PROJECT_ORDERS) & (rest > 0.0)
        & (each["units"] >= weekly * weeks.clip(lower=PROJECT_WEEKS))
    )  # fmt: skip
    return [
        _told(
            "customer_project", "customer",
            {
                "customer": str(row["customer"]), "units": float(row["units"]), "first": f"{row['begin']:%Y-%m-%d}",
                "last": f"{row['end']:%Y-%m-%d}", "share": float(row["units"] / (row["units"] + rest[at])),
            },
            product=str(row["product"]), row=scenario.row("orders", int(row["record"])),
        )
        for at, row in each[apart].iterrows()
    ]  # fmt: skip
