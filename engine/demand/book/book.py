"""The order book of a scenario, made sound once: what fit, history and bootstrap count with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.book.copies import copies, doubles, overlap
from engine.demand.book.dates import far_dates
from engine.demand.book.doubts import line_notices
from engine.demand.book.pauses import Stretch, book_pauses, pause_notices
from engine.demand.book.returns import take_back, take_from_large
from engine.demand.book.weeks import calendar
from engine.demand.streams import Array
from engine.notices import Notice, at_most
from engine.scenario.arrays import Booleans
from engine.scenario.checks.alike import first_spelled
from engine.scenario.scenario import Scenario
from engine.words.few import TOLD_ONE_BY_ONE
from engine.words.notices import Value

# A date asked for that lies so far after the order is a place holder.
MOST_WAIT_DAYS = 1827
# A number at lines of more days than these is a contract's, or a place holder, and no order's.
LONGEST_ORDER_DAYS = 92
# So is one that so many customers have: a month, a batch of an import.
CUSTOMERS_OF_NONE = 3
_LINES = (
    "order_date", "product", "quantity", "requested_date", "customer", "numbered", "record", "order", "together",
)  # fmt: skip
_COUNTS = (
    "lines_left_out", "duplicate_lines", "copied_lines", "equal_lines", "return_lines", "returned_units",
    "taken_back_lines", "taken_back_units",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Order lines that count.

    Parameters
    ----------
    lines : pandas.DataFrame
        order_date, product, quantity (of returns without an order negative), requested_date, customer, numbered (has
        an order number), record (of the table), order, a number that the lines of one order share, and together, the
        same with all lines of a customer and day as one.
    nothing : pandas.DataFrame
        product and order_date of lines of nothing, those taken back and what takes them back among them.
    first_day, last_day : pandas.Timestamp
        Of all lines whose date counts, those taken back included; NaT where there are none. What comes back far beyond
        counts on the first or last day.
    counts : pandas.DataFrame
        By product: lines_left_out (of their dates), duplicate_lines, copied_lines, equal_lines, return_lines,
        returned_units (of those netted), taken_back_lines, taken_back_units.
    stock_outs : dict of str to list of (first day, last day)
    pauses : tuple of (first day, last day)
        In which the whole book has no line.
    notices : tuple of Notice
        Of lines, and of products as to doubles and returns.
    """

    lines: pd.DataFrame
    nothing: pd.DataFrame
    first_day: pd.Timestamp
    last_day: pd.Timestamp
    counts: pd.DataFrame
    stock_outs: Mapping[str, list[Stretch]]
    pauses: tuple[Stretch, ...]
    notices: tuple[Notice, ...]

    def count(self, product: str, name: str) -> float:
        """One of the counts of a product."""
        return float(self.counts[name].get(product, 0.0))


def order_book(
    scenario: Scenario, *, dates_known: bool = False, span: Stretch | None = None, pauses: tuple[Stretch, ...] = ()
) -> Book:
    """The order book of a scenario, made sound; with `dates_known` no date is looked at, as it was among more lines.

    `span` has the first and last day of those, `pauses` the weeks without any of them.

    Lines outside `order_book.first_day` and `last_day` and those dated far from all others (`far_dates`) are left out.
    Quantities are turned into the unit of products. Numbers at lines of more than `LONGEST_ORDER_DAYS` or of
    `CUSTOMERS_OF_NONE` are no order's.
    Lines that repeat an order number and are equal in every cell are doubles, and so are those of a book that stands
    several times (`copies`) or of exports that overlap (`overlap`); other equal lines are orders of their own.
    Cancellations and returns are taken back from their orders (`take_back`), and returns that are more than their week
    sold from an order that holds them (`take_from_large`). Customers whose names look alike are one. What may mean
    something else is told (`doubts`).
    """
    orders = scenario.orders
    everything = np.ones(len(orders), dtype=bool)
    kept, dates, notices = (everything, orders["order_date"], []) if dates_known else _dated(scenario)
    first, last = span or (dates[kept].min(), dates[kept].max())
    lines = orders[kept].assign(record=np.flatnonzero(kept), order_date=dates[kept])
    left_out = orders.loc[~kept, "product"].value_counts()
    lines = lines.assign(quantity=lines["quantity"] * lines["units_per"].fillna(1.0))
    wait = _waits(lines)
    late = np.abs(wait) > MOST_WAIT_DAYS
    asked = dict(zip(lines["record"][late], zip(lines["requested_date"][late], wait[late], strict=True), strict=True))
    lines["requested_date"] = lines["requested_date"].mask(late)
    notices += _lines(
        scenario, list(asked), "requested_far",
        lambda record: {"date": _day(asked[record][0]), "days": abs(int(asked[record][1]))}, column="requested_date",
    )  # fmt: skip
    lines["order_number"], told = _of_orders(scenario, lines)
    notices += told
    double, equal = doubles(lines)
    copied, times = copies(lines)
    if times > 1:
        values: dict[str, Value] = {"times": times, "lines": int(copied.sum())}
        notices.append(Notice(kind="book_copied", file="orders.csv", values=values))
    else:
        copied, stretch = overlap(lines)
        if stretch is not None:
            first_day, last_day = (f"{day:%Y-%m-%d}" for day in stretch)
            values = {"first": first_day, "last": last_day, "lines": int(copied.sum())}
            notices.append(Notice(kind="book_overlap", file="orders.csv", values=values))
    double, equal = double & ~copied, equal & ~copied
    by_product = lines["product"].to_numpy(dtype=object)
    tallies = {
        "duplicate_lines": _tally(by_product[double]), "copied_lines": _tally(by_product[copied]),
        "equal_lines": _tally(by_product[equal & ~double]),
    }  # fmt: skip
    lines = lines[~double & ~copied]
    notices += line_notices(scenario, lines)
    lines["customer"] = first_spelled(lines["customer"])
    back = take_back(lines)
    before = lines["quantity"].to_numpy(dtype=np.float64)
    if (back.quantity < 0.0).any():
        week = calendar(first, last).day(lines["order_date"].to_numpy()) // 7
        source = take_from_large(lines, back.quantity, week)
        notices += _taken_from(scenario, lines, before, source)
        back = replace(back, matched=back.matched | (source >= 0))
    taken, netted = back.matched, (back.quantity < 0.0)
    names = lines["product"].to_numpy(dtype=object)
    lines = lines.assign(
        quantity=back.quantity, order=_orders(lines), together=_orders(lines, apart=False),
        numbered=lines["order_number"] != "",
    )  # fmt: skip
    left = back.quantity != 0.0
    lines, nothing = lines[left], lines.loc[~left, ["product", "order_date"]]
    counts = pd.DataFrame(
        {
            "lines_left_out": left_out, **tallies,
            "return_lines": _tally(names[netted]), "returned_units": _sums(names[netted], -back.quantity[netted]),
            "taken_back_lines": _tally(names[taken]), "taken_back_units": _sums(names[taken], -before[taken]),
        }
    ).reindex(columns=list(_COUNTS)).fillna(0.0)  # fmt: skip
    notices += _of_products(scenario, orders, counts)
    if not dates_known and len(lines["product"].unique()) > 1:
        pauses = book_pauses(*np.unique(_days(lines["order_date"]), return_counts=True))
        notices += pause_notices(pauses)
    return Book(
        lines=lines[list(_LINES)], nothing=nothing,
        first_day=first, last_day=last,
        counts=counts, stock_outs=_stock_outs(scenario, last), pauses=pauses, notices=at_most(notices),
    )  # fmt: skip


def _dated(scenario: Scenario) -> tuple[Booleans, pd.Series, list[Notice]]:
    """Lines whose dates count, the dates of all, and what is said of the others.

    What takes back an order belongs to it however far off it is dated: it counts on the first or last day.
    """
    orders, settings = scenario.orders, scenario.settings.order_book
    dates = orders["order_date"]
    inside = np.ones(len(orders), dtype=bool)
    notices: list[Notice] = []
    if settings.first_day:
        inside &= (dates >= pd.Timestamp(settings.first_day)).to_numpy()
    if settings.last_day:
        inside &= (dates <= pd.Timestamp(settings.last_day)).to_numpy()
    span = {"first": settings.first_day or "...", "last": settings.last_day or "..."}
    notices += _lines(
        scenario, np.flatnonzero(~inside).tolist(), "date_outside", lambda k: {"date": _day(dates.iloc[k]), **span}
    )
    days = _days(dates)
    far = np.zeros(len(orders), dtype=bool)
    far[inside] = far_dates(days[inside]) if inside.any() else False
    if not far.any():
        return inside, dates, notices
    near, back = dates[inside & ~far], (orders["quantity"] < 0.0).to_numpy()
    ends = (near.min(), near.max())
    first, last = _days(pd.Series(ends)).tolist()
    notices += _lines(
        scenario, np.flatnonzero(far & ~back).tolist(), "date_far",
        lambda k: {"date": _day(dates.iloc[k]), "days": int(max(first - days[k], days[k] - last)),
                   "first": _day(ends[0]), "last": _day(ends[1])},
    )  # fmt: skip
    there = dates.mask(far & (dates < ends[0]).to_numpy(), ends[0]).mask(far & (dates > ends[1]).to_numpy(), ends[1])
    return inside & (~far | back), there, notices


def _lines(
    scenario: Scenario, records: list[int], kind: str, values: Callable[[int], dict[str, Value]],
    *, column: str = "order_date",
) -> list[Notice]:  # fmt: skip
    """A notice for each of the first records; the last of them stands for all that follow."""
    product = scenario.orders["product"]
    notices = [
        Notice(kind=kind, file="orders.csv", row=scenario.row("orders", k), column=column,
               product=str(product.iloc[k]), values=values(k))
        for k in records[:TOLD_ONE_BY_ONE]
    ]  # fmt: skip
    return [*notices[:-1], replace(notices[-1], more=len(records) - len(notices))] if notices else []


def _taken_from(scenario: Scenario, lines: pd.DataFrame, units: Array, source: npt.NDArray[np.int64]) -> list[Notice]:
    """What is said of returns that were taken from the order that holds them."""
    record, dates = lines["record"].to_numpy(), lines["order_date"]
    place = {int(record[k]): (k, int(source[k])) for k in np.flatnonzero(source >= 0).tolist()}

    def values(of: int) -> dict[str, Value]:
        k, j = place[of]
        return {
            "units": float(-units[k]), "quantity": float(units[j]), "date": _day(dates.iloc[j]),
            "row": scenario.row("orders", int(record[j])),
        }  # fmt: skip

    return _lines(scenario, sorted(place), "return_large", values, column="quantity")


def _days(dates: pd.Series) -> npt.NDArray[np.int64]:
    """Days since 1970; NaT is the least number there is."""
    days: npt.NDArray[np.int64] = dates.to_numpy().astype("datetime64[D]").astype(np.int64)
    return days


def _day(value: pd.Timestamp) -> str:
    return value.date().isoformat()


def _waits(lines: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Days between order and requested date, zero where none was asked for."""
    asked = lines["requested_date"].notna().to_numpy()
    return np.where(asked, _days(lines["requested_date"]) - _days(lines["order_date"]), 0)


def _of_orders(scenario: Scenario, lines: pd.DataFrame) -> tuple[pd.Series, list[Notice]]:
    """Order numbers, blank where the lines of one are too far apart or of several; and what is said of these."""
    numbers = lines["order_number"]
    ordered = (numbers != "").to_numpy() & (lines["quantity"] > 0.0).to_numpy()
    if not ordered.any():
        return numbers, []
    code, names = pd.factorize(numbers[ordered])
    by_number = pd.Series(_days(lines.loc[ordered, "order_date"])).groupby(code)
    days = (by_number.max() - by_number.min()).to_numpy() + 1
    people = _customers(lines.loc[ordered, "customer"], code)
    kinds = {"order_number_long": days > LONGEST_ORDER_DAYS}
    kinds["order_number_shared"] = ~kinds["order_number_long"] & (people >= CUSTOMERS_OF_NONE)
    none = kinds["order_number_long"] | kinds["order_number_shared"]
    if not none.any():
        return numbers, []
    _, first, count = np.unique(code, return_index=True, return_counts=True)
    record = lines["record"].to_numpy()[ordered]
    notices: list[Notice] = []
    for kind, which in kinds.items():
        told = {int(record[first[k]]): k for k in np.flatnonzero(which).tolist()}

        def values(one: int, told: dict[int, int] = told, kind: str = kind) -> dict[str, Value]:
            k = told[one]
            apart = {"days": int(days[k])} if kind == "order_number_long" else {"customers": int(people[k])}
            return {"number": str(names[k]), "lines": int(count[k]), **apart}

        notices += _lines(scenario, sorted(told), kind, values, column="order_number")
    return numbers.mask(numbers.isin(names[none]), ""), notices


def _customers(customer: pd.Series, code: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many customers the lines of each number name."""
    named = (customer != "").to_numpy()
    who = pd.factorize(customer)[0]
    pairs = np.unique(np.column_stack([code, who])[named], axis=0)
    return np.bincount(pairs[:, 0], minlength=int(code.max()) + 1)


def _orders(lines: pd.DataFrame, *, apart: bool = True) -> npt.NDArray[np.int64]:
    """The order of each line: its number, else the customer and day, else the line by itself.

    A customer with equal lines on one day stands for many (a web shop), each line being an order of its own, if
    `apart`.
    """
    number, customer = (lines[name].to_numpy(dtype=object) for name in ("order_number", "customer"))
    numbered, named = number != "", customer != ""
    cells = ["product", "order_date", "customer", "quantity"]
    many = set(lines.loc[named & ~numbered & lines.duplicated(cells).to_numpy(), "customer"]) if apart else set()
    together = named & ~numbered & ~np.isin(customer.astype(str), sorted(many))
    order = np.arange(len(lines))
    shift = len(lines)
    for which, columns in ((numbered, ["product", "order_number"]), (together, ["product", "order_date", "customer"])):
        if which.any():
            order[which] = shift + lines.loc[which].groupby(columns, sort=False).ngroup().to_numpy()
            shift += len(lines)
    return order.astype(np.int64)


def _tally(names: npt.NDArray[np.object_]) -> pd.Series:
    return pd.Series(names, dtype=object).value_counts()


def _sums(names: npt.NDArray[np.object_], units: Array) -> pd.Series:
    return pd.Series(units, dtype="float64").groupby(pd.Series(names, dtype=object)).sum()


def _stock_outs(scenario: Scenario, end: pd.Timestamp) -> dict[str, list[Stretch]]:
    stretches: dict[str, list[Stretch]] = {}
    table = scenario.stock_outs
    ends = table["last_day"].fillna(end)
    for product, first, last in zip(table["product"], table["first_day"], ends, strict=True):
        stretches.setdefault(str(product), []).append((first, last))
    return stretches


def _of_products(scenario: Scenario, orders: pd.DataFrame, counts: pd.DataFrame) -> list[Notice]:
    """What is said of doubles, equal lines and returns, product by product."""
    told: list[tuple[str, str, Callable[[pd.Series], dict[str, Value]]]] = [
        ("line_double", "duplicate_lines", lambda row: {"lines": int(row["duplicate_lines"])}),
        ("equal_lines", "equal_lines", lambda row: {"lines": int(row["equal_lines"])}),
        ("cancelled", "taken_back_lines", lambda row: {
            "lines": int(row["taken_back_lines"]), "units": float(row["taken_back_units"])}),
    ]  # fmt: skip
    names = set(scenario.products["product"])
    notices = []
    for kind, name, values in told:
        for product, row in counts[counts[name] > 0].iterrows():
            if product in names:
                notices.append(Notice(kind=kind, file="orders.csv", product=str(product), values=values(row)))
    measured = orders.loc[orders["unit"] != "", ["product", "unit"]]
    several = measured.assign(unit=first_spelled(measured["unit"])).drop_duplicates()
    for product, units in several.groupby("product", sort=True)["unit"]:
        if len(units) > 1:
            notices.append(Notice(kind="units_mixed", file="orders.csv", column="unit", product=str(product),
                                  values={"units": ", ".join(sorted(units))}))  # fmt: skip
    sizes = orders.loc[orders["units_per"].notna(), ["product", "unit", "units_per"]].drop_duplicates()
    for (product, unit), held in sizes.groupby(["product", "unit"], sort=True)["units_per"]:
        if len(held) > 1:
            said: dict[str, Value] = {"unit": str(unit), "sizes": ", ".join(f"{one:g}" for one in sorted(held))}
            notices.append(Notice(kind="unit_sizes", file="orders.csv", column="units_per", product=str(product),
                                  values=said))  # fmt: skip
    return notices
