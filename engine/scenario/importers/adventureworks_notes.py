"""What a reader of the AdventureWorks scenario should know about its demand, costs and lead times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.scenario.importers.adventureworks_bom import parts_below

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FEW_WEEKS = 4


def demand_notes(
    sales: pd.DataFrame,
    weekly: pd.DataFrame,
    moments: pd.DataFrame,
    *,
    bikes: Sequence[str],
    spares: Sequence[str],
    last_day: pd.Timestamp,
) -> list[str]:
    """How weekly demand was measured and what is wrong with it.

    Parameters
    ----------
    sales : DataFrame
        All order lines: ``order_date``, ``channel``.
    weekly : DataFrame
        Units, shape (items, weeks).
    moments : DataFrame
        Of bicycles and spares.
    bikes, spares : sequence of str
        ProductIDs.
    last_day : Timestamp
        End of the last week.

    Returns
    -------
    list of str
    """
    weeks = weekly.shape[1]
    cv = moments.loc[list(bikes), "demand_cv"]
    active = weekly.loc[list(bikes)].to_numpy() > 0
    first = active.argmax(axis=1)
    last = weeks - 1 - active[:, ::-1].argmax(axis=1)
    notes = [
        (
            f"Demand: mean and CV of weekly units over {weeks} weeks of seven days, weeks without sales "
            f"included, sample standard deviation. Bicycles: CV {cv.min():.2f} to {cv.max():.2f}, median "
            f"{cv.median():.2f}."
        ),
        f"Volume grew with launches and ends of life, so earlier years are not used. Within the {weeks} "
        f"weeks, {int((first >= FEW_WEEKS).sum())} bicycles start after week {FEW_WEEKS} and "
        f"{int((last < weeks - FEW_WEEKS).sum())} end before week {weeks - FEW_WEEKS + 1}: their mean and "
        "CV mix life cycle and noise"
        + _between_first_and_last(weekly.loc[list(bikes)].to_numpy(), first, last),
        _batch_note(sales, last_day),
    ]
    products = moments.loc[[*bikes, *spares]]
    few = int((products["active_weeks"] < FEW_WEEKS).sum())
    once = int((products["active_weeks"] == 1).sum())
    notes.append(
        f"{few} products sold in fewer than {FEW_WEEKS} of the weeks, {once} of them in a single one, "
        f"where the CV is sqrt({weeks}) = {weeks**0.5:.2f} whatever was sold. They are kept as measured; "
        "their CV says that demand is rare and little else."
    )
    steady = int((products["demand_cv"] == 0).sum())
    if steady:
        notes.append(f"{steady} products sold the same in every week: CV 0, kept as measured.")
    return notes


def _between_first_and_last(weekly: np.ndarray, first: np.ndarray, last: np.ndarray) -> str:
    lives = [row[start : end + 1] for row, start, end in zip(weekly, first, last, strict=True) if end > start]
    cvs = np.array([life.std(ddof=1) / life.mean() for life in lives])
    if not cvs.size:
        return "."
    low, middle, high = cvs.min(), np.median(cvs), cvs.max()
    return f" (between first and last sale alone the CV is {low:.2f} to {high:.2f}, median {middle:.2f})."


def _batch_note(sales: pd.DataFrame, last_day: pd.Timestamp) -> str:
    after = sales[sales["order_date"] > last_day]
    channels = after["channel"].value_counts()
    return (
        "Reseller orders were monthly batches that the publisher spread over the days of the month, so "
        f"their weekly variation is partly the publisher's. After {last_day:%Y-%m-%d} there are "
        f"{channels.get('reseller', 0)} reseller and {channels.get('internet', 0)} internet lines: the "
        "resellers' end is missing, so nothing after that day is used."
    )


def zero_cost_note(
    bikes: Sequence[str],
    items: pd.DataFrame,
    below: dict[str, list[str]],
    priced: Sequence[str],
    modules: Sequence[str],
) -> str:
    """Which parts cost nothing in the data and what was done."""
    deeper = items.loc[sorted(parts_below(bikes, below))]
    free = deeper[deeper["StandardCost"] <= 0]
    bought = int((free["MakeFlag"] == 0).sum())
    done = (
        f"{len(priced)} of the modules ({', '.join(priced)}) take the cheapest vendor's standard price "
        "instead"
        if priced
        else f"none of the {len(modules)} modules is among them and only the modules' own costs are "
        "used, so nothing is filled in"
    )
    return f"{bought} bought and {len(free) - bought} made parts in the bicycles' bills carry cost 0: {done}."


def lead_time_notes(
    modules: Sequence[str], items: pd.DataFrame, vendors: pd.DataFrame, days: pd.Series
) -> list[str]:
    """How module lead times were rolled up and what the vendors ask that is not used."""
    made = [part for part in modules if items["MakeFlag"][part] == 1]
    bought = [part for part in modules if items["MakeFlag"][part] != 1]
    notes = [
        (
            f"Lead times: {len(bought)} bought modules take the average lead time of their quickest "
            f"vendor{_span(days[bought])}; {len(made)} made modules their DaysToManufacture plus the "
            f"longest lead time below them in the current bill{_span(days[made])}. No variation of lead "
            "times is recorded, so none is given."
        )
    ]
    least = vendors[vendors["ProductID"].isin(bought)]["MinOrderQty"].dropna()
    if least.size:
        notes.append(
            f"Vendors' minimum order quantities ({least.min():g} to {least.max():g} for the bought "
            "modules) are left out."
        )
    return notes


def _span(days: pd.Series) -> str:
    return f" ({days.min():g} to {days.max():g} days)" if days.size else ""


def realised_share(lines: pd.DataFrame, items: pd.DataFrame) -> float:
    """Money charged over list price, by quantity, for the order lines given."""
    listed = (lines["quantity"] * lines["product_id"].map(items["ListPrice"])).sum()
    return float((lines["quantity"] * lines["unit_price"]).sum() / listed)


def order_lines(lines: pd.DataFrame, labels: Mapping[str, str]) -> tuple[pd.DataFrame, str]:
    """Make the orders table of the scenario and say what is in it.

    Parameters
    ----------
    lines : DataFrame
        Order lines of the imported products and weeks.
    labels : mapping of str to str
        Product of the scenario by ProductID.

    Returns
    -------
    orders : DataFrame
        In order of date, then as in the source.
    note : str
    """
    lines = lines.sort_values("order_date", kind="stable")
    orders = pd.DataFrame(
        {
            "order_date": lines["order_date"],
            "product": lines["product_id"].map(labels),
            "quantity": lines["quantity"],
            "requested_date": lines["due_date"],
            "customer": lines["customer"],
            "channel": lines["channel"],
        }
    ).reset_index(drop=True)
    dated = orders["requested_date"].notna()
    waits = (orders["requested_date"] - orders["order_date"]).dt.days[dated]
    waited = f", {waits.min():g} to {waits.max():g} days after the order" if dated.any() else ""
    single = bool((orders.loc[orders["channel"] == "internet", "quantity"] == 1).all())
    note = (
        f"Orders: {len(orders)} lines of the same weeks; {int(dated.sum())} have a due date{waited}, taken "
        "as the requested date; reseller lines have none."
        + (" Internet lines all have quantity 1." if single else "")
        + " The products' demand is given, so these lines are not needed to fit it."
    )
    return orders, note
