"""Days that programs wrote or took otherwise than they are meant."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from engine.scenario.read import read_scenario
from tests.scenario.books import book
from tests.scenario.folders import GOOD, faults, write

DAYS = [dt.date(2024, 1, 2) + dt.timedelta(days=3 * k) for k in range(120)]
HEAD = "order_date,product,quantity\n"


def ordered(folder, days):
    """A scenario with an order on each day, and what is said of it."""
    scenario = read_scenario(write(folder, {"orders.csv": HEAD + "".join(f"{day},A,3\n" for day in days)}))
    return scenario.orders["order_date"].dt.date.tolist(), [(one.kind, one.row) for one in scenario.notices]


def taken(day):
    """The day as it is where day and month were exchanged."""
    return dt.date(day.year, day.day, day.month) if day.day <= 12 else day


def test_the_number_of_a_day_is_read_and_told(tmp_path):
    numbers = [(day - dt.date(1899, 12, 30)).days for day in DAYS]
    read, told = ordered(tmp_path / "s", [*numbers[:3], *DAYS[3:]])
    assert read == DAYS
    assert told == [("date_number", row) for row in (2, 3, 4)]
    assert len(faults(write(tmp_path / "t", {"orders.csv": f"{HEAD}12,A,3\n"}))) == 1


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Shanghai", "Asia/Kolkata"])
def test_midnight_in_another_time_zone_is_the_day_that_begins(tmp_path, zone):
    instants = [pd.Timestamp(day).tz_localize(zone).tz_convert("UTC") for day in DAYS]
    read, told = ordered(tmp_path / "s", [f"{one:%Y-%m-%dT%H:%M:%SZ}" for one in instants])
    assert read == DAYS
    assert told == [("date_midnight", 2)]


@pytest.mark.parametrize("clock", ["12:00:00Z", "23:59:59Z", "23:30:00Z", "05:00:00Z", "23:00:00+02:00"])
def test_another_time_of_the_day_is_of_its_day(tmp_path, clock):
    assert ordered(tmp_path / "s", [f"{day}T{clock}" for day in DAYS]) == (DAYS, [])


def test_one_order_at_another_time_shows_that_times_are_no_midnights(tmp_path):
    written = [f"{day}T23:00:00Z" for day in DAYS]
    written[50] = f"{DAYS[50]}T14:20:00Z"
    assert ordered(tmp_path / "s", written) == (DAYS, [])


@pytest.mark.parametrize("which", ["all", "some"])
@pytest.mark.parametrize("order", [1, -1])
def test_lines_out_of_order_that_fit_with_day_and_month_exchanged_are_read_so(tmp_path, which, order):
    written = [taken(day) if which == "all" or k % 5 == 0 else day for k, day in enumerate(DAYS)]
    read, told = ordered(tmp_path / "s", written[::order])
    assert read[::order] == DAYS
    assert [kind for kind, _ in told] == ["dates_out_of_order"]


def test_dates_in_no_order_are_left(tmp_path):
    mixed = [DAYS[k] for k in np.random.default_rng(0).permutation(len(DAYS)).tolist()]
    assert ordered(tmp_path / "s", [taken(day) for day in mixed]) == ([taken(day) for day in mixed], [])


def test_lines_entered_late_are_no_exchange(tmp_path):
    written = [day - dt.timedelta(days=60) if k % 7 == 3 else day for k, day in enumerate(DAYS)]
    assert ordered(tmp_path / "s", written) == (written, [])


@pytest.mark.parametrize("later", [False, True])
def test_dates_of_a_workbook_beside_text_are_those_that_could_be_taken_wrongly(tmp_path, later):
    """The workbook's dates have days of at most 12 and the texts days above, unless a later one shows that it is so."""
    cells = [taken(day) if day.day <= 12 else f"{day:%d/%m/%Y}" for day in DAYS]
    if later:
        cells[-1] = dt.date(2024, 12, 24)
    header = GOOD["products.csv"].splitlines()[0].split(",")
    settings = [["setting", "value"], ["name", "x"], ["holding_rate_per_year", 0.25], ["format.date", "%d/%m/%Y"]]
    path = book(tmp_path / "a.xlsx", {
        "scenario": settings, "products": [header, ["A", 10, 0.5, 100, 5, 1, 10]],
        "orders": [["order_date", "product", "quantity"], *([cell, "A", 3] for cell in cells)],
    })  # fmt: skip
    scenario = read_scenario(path)
    kinds = [one.kind for one in scenario.notices]
    assert kinds == (["dates_out_of_order"] if later else ["dates_taken"])
    assert scenario.orders["order_date"].dt.date.tolist()[:-1] == DAYS[:-1]
