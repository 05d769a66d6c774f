"""The order book made sound: each thing that is done to a line is told with its row."""

import pandas as pd
import pytest

from engine.demand.book.book import order_book
from engine.demand.book.history import histories
from engine.demand.fitting.fit import fit_demand
from engine.errors import ScenarioError
from tests.scenarios import make_scenario


def weekly(count=104, *, product="P1", units=25, **cells):
    days = pd.date_range("2022-01-05", periods=count, freq="7D")
    return [{"order_date": f"{day:%Y-%m-%d}", "product": product, "quantity": units, "customer": "A", **cells}
            for day in days]  # fmt: skip


def told(book, kind):
    return [notice for notice in book.notices if notice.kind == kind]


def test_a_far_date_is_told_by_row_and_the_book_does_not_stretch():
    book = order_book(make_scenario(orders=[*weekly(), {**weekly(1)[0], "order_date": "2204-01-10"}]))
    (notice,) = told(book, "date_far")
    assert (notice.row, notice.column, notice.values["date"]) == (106, "order_date", "2204-01-10")
    assert book.last_day == pd.Timestamp("2023-12-27")
    assert histories(book)["P1"].cleaned.lines_left_out == 1


def test_days_outside_those_of_the_settings_are_left_out():
    settings = {"order_book": {"first_day": "2022-03-01", "last_day": "2023-06-30"}}
    book = order_book(make_scenario(orders=weekly(), **settings))
    assert book.lines["order_date"].min() >= pd.Timestamp("2022-03-01")
    assert book.lines["order_date"].max() <= pd.Timestamp("2023-06-30")
    outside = told(book, "date_outside")
    assert outside[0].row == 2
    assert sum(1 + notice.more for notice in outside) == 104 - len(book.lines)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"first_day": "yesterday"}, "'yesterday' is not a day"),
        ({"first_day": "2024-02-01", "last_day": "2024-01-01"}, "comes after last_day"),
    ],
)
def test_days_of_the_settings_are_checked(days, said):
    with pytest.raises(ScenarioError, match=said):
        make_scenario(order_book=days)


def test_a_place_holder_for_a_requested_date_is_a_blank():
    orders = weekly(requested_date="2022-01-20")
    orders[3]["requested_date"] = "9999-12-31"
    book = order_book(make_scenario(orders=orders[:8]))
    (notice,) = told(book, "requested_far")
    assert notice.row == 5
    # The first line is not of a whole week.
    assert histories(book)["P1"].waits_days.size == 8 - 1 - 1


def test_units_of_measure_are_converted():
    orders = weekly(units=25, unit="pcs")
    orders[10] = {**orders[10], "quantity": 2, "unit": "box", "units_per": 12}
    book = order_book(make_scenario(orders=orders))
    assert book.lines["quantity"].iloc[10] == 24
    assert told(book, "units_mixed")[0].values["units"] == "box, pcs"


def test_units_of_measure_that_nobody_can_convert_are_refused():
    orders = weekly(4, unit="pcs")
    orders[1]["unit"] = "box"
    with pytest.raises(ScenarioError, match=r"orders\.csv:3:units_per: 'P1' is ordered in box, pcs"):
        make_scenario(orders=orders)


def test_a_customer_with_equal_lines_stands_for_many():
    web = [line for line in weekly(30, units=1, customer="WEB") for _ in range(5)]
    other = weekly(30, units=4, customer="B")
    book = order_book(make_scenario(orders=[*web, *other, *other[:1]]))
    assert sorted(set(histories(book)["P1"].order_sizes.tolist())) == [1.0, 4.0]
    assert told(book, "equal_lines")[0].values["lines"] == 30 * 4 + 1


def test_a_project_is_told_with_and_without():
    project = [{**line, "customer": "Z", "order_date": "2023-03-02"} for line in weekly(6, units=300)]
    fit = fit_demand(make_scenario(orders=[*weekly(), *project]), replicates=0)
    row = fit.table.iloc[0]
    (notice,) = [one for one in fit.notices if one.kind == "exceptional_order"]
    # Six lines of one customer and day are one project of 1,800.
    assert notice.values["quantity"] == 1800
    assert notice.row == 106
    assert row["demand_per_week"] == pytest.approx((103 * 25 + 1800) / 103)
    assert (row["demand_per_week_without"], row["demand_cv_without"]) == (pytest.approx(25), pytest.approx(0))


def test_a_book_of_two_digit_years_is_refused_as_a_whole():
    orders = [{**line, "order_date": f"00{line['order_date'][2:]}"} for line in weekly(10)]
    with pytest.raises(ScenarioError, match="around the year 22; write years with four digits"):
        make_scenario(orders=orders)


def test_a_stock_out_that_ends_before_it_begins_is_refused():
    out = [{"product": "P1", "first_day": "2022-03-01", "last_day": "2022-02-01"}]
    with pytest.raises(ScenarioError, match=r"stock_outs\.csv:2:last_day: comes before first_day"):
        make_scenario(orders=weekly(10), stock_outs=out)


@pytest.mark.parametrize(
    "more",
    [
        [("2022-07-26", 1000, ""), ("2022-08-08", -400, ""), ("2022-08-15", -600, "")],
        [("2022-07-26", 1000, ""), ("2022-07-19", -1000, "")],
        [("2022-07-26", 1000, ""), ("2022-08-08", -1000, "c4")],
        [("2022-07-26", 1000, "Müller"), ("2022-08-08", -1000, "MÜLLER ")],
    ],
)
@pytest.mark.parametrize("anonymous", [True, False])
def test_a_cancellation_is_no_demand_however_it_was_booked(more, anonymous):
    lines = weekly(units=10, customer="" if anonymous else "A")
    lines += [dict(zip(("order_date", "quantity", "customer"), row, strict=True), product="P1") for row in more]
    weeks = histories(order_book(make_scenario(orders=lines)))["P1"].weeks
    assert (weeks == 10).all()


def test_a_return_taken_from_an_order_that_holds_it_is_told_by_row():
    lines = weekly(units=10, customer="")
    lines += [{"order_date": "2022-07-26", "product": "P1", "quantity": 1000},
              {"order_date": "2022-08-08", "product": "P1", "quantity": -995}]  # fmt: skip
    book = order_book(make_scenario(orders=lines))
    (notice,) = told(book, "return_large")
    assert (notice.row, notice.column, notice.values["row"]) == (107, "quantity", 106)
    assert book.count("P1", "taken_back_units") == 995.0
    assert not told(book, "netted")


def test_a_number_that_all_lines_bear_is_that_of_no_order():
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2022-01-05", periods=300, freq="D")]
    lines = [{"order_date": day, "product": "P1", "quantity": 1, "customer": "WEB", "order_number": "N/A"}
             for day in days for _ in range(3)]  # fmt: skip
    book = order_book(make_scenario(orders=lines))
    (notice,) = told(book, "order_number_long")
    assert (notice.row, notice.values) == (2, {"number": "N/A", "lines": 900, "days": 300})
    history = histories(book)["P1"]
    assert (history.weeks == 21).all()
    assert (history.order_sizes == 1).all()


def test_deliveries_of_some_weeks_are_one_order():
    lines = [row for k in range(60) for row in (
        {"order_date": f"{pd.Timestamp('2022-01-05') + pd.Timedelta(days=7 * k + later):%Y-%m-%d}", "product": "P1",
         "quantity": units, "order_number": f"S{k}"} for later, units in ((0, 15), (40, 5)))]  # fmt: skip
    book = order_book(make_scenario(orders=lines))
    assert not told(book, "order_number_long")
    assert histories(book)["P1"].order_sizes.max() == 20


def test_a_unit_of_measure_in_capital_letters_is_the_same():
    lines = [{**line, "unit": ("pc", "PC ")[k % 2]} for k, line in enumerate(weekly())]
    book = order_book(make_scenario(orders=lines))
    assert not told(book, "units_mixed")
    assert (histories(book)["P1"].weeks == 25).all()


@pytest.mark.parametrize("count", [8, 11])
def test_one_project_in_a_book_of_few_orders_is_told(count):
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2022-01-05", periods=count, freq="50D")]
    lines = [{"order_date": day, "product": "P1", "quantity": 5 + k % 3, "customer": "A"} for k, day in enumerate(days)]
    assert not histories(order_book(make_scenario(orders=lines)))["P1"].exceptional
    lines.append({"order_date": "2022-06-30", "product": "P1", "quantity": 900, "customer": "B"})
    (order,) = histories(order_book(make_scenario(orders=lines)))["P1"].exceptional
    assert (order.quantity, order.record) == (900, count)
