"""Order books with defects of many kinds, each of a known truth: right, or told, and never wrong in silence."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from engine.demand.fitting.fit import fit_demand
from tests.scenarios import make_scenario

FIRST = pd.Timestamp("2022-01-03")
BLANK = {"demand_per_week": "", "demand_cv": "", "lead_time_target_days": 2.0, "make_days": 14.0}


def day(number):
    return FIRST + pd.Timedelta(days=int(number))


def line(date, product, quantity, customer="", **more):
    return {"order_date": date, "product": product, "quantity": float(quantity), "customer": customer, **more}


def orders(seed, product="A", *, weeks=104, each=3.0, size=10.0):
    """So many orders a week on its working days, gamma sizes in whole units, eight customers."""
    rng = np.random.default_rng(seed)
    return [
        line(day(7 * k + rng.integers(0, 5)), product, max(1, round(rng.gamma(4.0, size / 4.0))), f"c{rng.integers(8)}")
        for k in range(weeks)
        for _ in range(rng.poisson(each))
    ]


def units(lines, product="A"):
    return sum(one["quantity"] for one in lines if one["product"] == product)


def written(one):
    dates = {name: f"{one[name]:%Y-%m-%d}" for name in ("order_date", "requested_date") if name in one}
    return {**one, **dates}


def fitted(lines, products="AB"):
    """Row of product A, and the notices by kind."""
    scenario = make_scenario(
        products=[{"product": name, **BLANK} for name in products], orders=[written(one) for one in lines],
        review_days=7,
    )  # fmt: skip
    fit = fit_demand(scenario, replicates=0)
    table = fit.table.set_index("product")
    return table.loc["A"], {one.kind: one for one in fit.notices}


SOUND = orders(1)
OTHERS = orders(2, "B", each=5.0, size=4.0)
MEAN = units(SOUND) / 104.0


@cache
def sound():
    """What is found and told where nothing is wrong."""
    return fitted([*SOUND, *OTHERS])


@pytest.mark.parametrize("days", [
    [798, 899, 1003],  # the next year typed, one here, one there
    [742, 773, 804, 835, 866, 897],  # call-offs of a frame contract, months ahead
    [-1400, -930, -450],
])  # fmt: skip
def test_lines_of_other_years_do_not_keep_each_other_in_the_book(days):
    found, told = fitted([*SOUND, *OTHERS, *(line(day(number), "A", 40, "c1") for number in days)])
    assert found["demand_per_week"] == pytest.approx(MEAN, rel=0.01)
    assert found["lines_left_out"] == len(days)
    assert "date_far" in told


@pytest.mark.parametrize("numbered", [False, True])
def test_a_book_that_was_exported_twice_counts_once(numbered):
    book = [*SOUND, *OTHERS]
    if numbered:
        twice = [{**one, "order_number": f"{kind}{k}"} for kind in "OD" for k, one in enumerate(book)]
    else:
        twice = [*book, *book]
    found, told = fitted(twice)
    assert found["demand_per_week"] == pytest.approx(MEAN, rel=0.01)
    assert (told["book_copied"].values["times"], told["book_copied"].values["lines"]) == (2, len(book))
    assert found["duplicate_lines"] == len(SOUND)


def test_exports_that_overlap_count_once():
    book = sorted([*SOUND, *OTHERS], key=lambda one: one["order_date"])
    days = sorted({one["order_date"] for one in book})
    first, last = days[len(days) // 3], days[2 * len(days) // 3]
    both = [one for one in book if first <= one["order_date"] <= last]
    found, told = fitted([*book, *both])
    assert found["demand_per_week"] == pytest.approx(MEAN, rel=0.01)
    values = told["book_overlap"].values
    assert (values["first"], values["last"], values["lines"]) == (f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}", len(both))
    # A few lines more say nothing.
    found, told = fitted([*book, *both[:8]])
    assert "book_overlap" not in told


def test_returns_without_anything_sold_are_told():
    found, told = fitted([*({**one, "quantity": -one["quantity"]} for one in SOUND), *OTHERS])
    assert found["demand_class"] == "none"
    assert told["returns_alone"].values["lines"] == len(SOUND)
    assert told["returns_alone"].product == "A"


def test_order_and_requested_dates_exchanged_are_told():
    rng = np.random.default_rng(9)

    def late(one):
        return {**one, "order_date": one["order_date"] + pd.Timedelta(days=int(rng.integers(10, 30)))}

    exchanged = [{**late(one), "requested_date": one["order_date"]} for one in [*SOUND, *OTHERS]]
    assert fitted(exchanged)[1]["dates_exchanged"].values["lines"] == len(exchanged)
    right = [{**one, "requested_date": one["order_date"] + pd.Timedelta(days=9)} for one in [*SOUND, *OTHERS]]
    assert "dates_exchanged" not in fitted(right)[1]


def test_order_lines_that_were_changed_are_told():
    numbered = [{**one, "order_number": f"O{k}", "order_line": "10"} for k, one in enumerate(SOUND)]
    again = [{**one, "quantity": one["quantity"] + 2} for one in numbered[::4]]
    found, told = fitted([*numbered, *again, *OTHERS])
    assert found["demand_per_week"] > 1.2 * MEAN
    said = told["order_line_again"].values
    assert said["lines"] == len(again)
    assert (said["units"], said["last"]) == (units(numbered) + units(again), units(SOUND) + 2 * len(again))
    assert "order_line_again" not in fitted([*numbered, *OTHERS])[1]


def test_a_customer_who_counts_in_another_unit_is_told():
    grams = [{**one, "quantity": one["quantity"] * (1000 if one["customer"] == "c3" else 1)} for one in SOUND]
    _, told = fitted([*grams, *OTHERS])
    assert told["customer_unit"].values["customer"] == "c3"
    assert told["customer_unit"].values["times"] > 20
    assert "customer_unit" not in sound()[1]


def test_weeks_without_a_line_of_any_product_are_no_weeks_without_demand():
    rare = orders(1, each=0.35)
    first, last = day(7 * 35), day(7 * 47 - 1)

    def there(book):
        return [one for one in book if not first <= one["order_date"] <= last]

    found, told = fitted(there([*rare, *OTHERS]))
    assert found["demand_per_week"] == pytest.approx(units(there(rare)) / 92.0, rel=0.03)
    assert found["suspected_weeks"] == 11
    assert told["book_pause"].values["weeks"] == 11
    # A product alone has nothing beside it that would tell; and a rare one may well be quiet.
    assert "book_pause" not in fitted(there(rare), "A")[1]
    # Closed in the same weeks of the year after: a season of the firm.
    twice = [one for one in there(OTHERS) if not first <= one["order_date"] - pd.Timedelta(days=364) <= last]
    assert "book_pause" not in fitted([*rare[:1], *twice, line(day(7 * 104 - 3), "B", 4)])[1]


@pytest.mark.parametrize("others", [False, True])
def test_orders_booked_late_belong_to_the_weeks_before(others):
    """A new planning system: the orders of nine weeks bear the day of its start."""
    start, first = day(343), day(287)

    def booked(one):
        return {**one, "order_date": start} if first <= one["order_date"] <= start else one

    book = [*map(booked, SOUND), *(map(booked, OTHERS) if others else OTHERS)]
    found, told = fitted(book)
    assert found["demand_per_week"] == pytest.approx(MEAN, rel=0.01)
    assert found["open_cv"] == pytest.approx(sound()[0]["open_cv"], rel=0.15)
    assert found["suspected_weeks"] == 0
    assert told["booked_late"].product in ("A", "B")
    # One large order after the gap is none of that.
    gap = [one for one in SOUND if not first <= one["order_date"] <= start]
    found, told = fitted([*gap, line(start, "A", 400, "c1"), *OTHERS])
    assert found["suspected_weeks"] == 8
    assert "booked_late" not in told


@pytest.mark.parametrize("since", [52, 94])
def test_pieces_that_became_boxes_are_told(since):
    rng = np.random.default_rng(1)
    lines = [
        line(day(7 * k + rng.integers(0, 5)), "A", rng.integers(1, 5) * (12 if k < since else 1), f"c{rng.integers(8)}")
        for k in range(104)
        for _ in range(rng.poisson(3.0))
    ]
    said = fitted([*lines, *OTHERS])[1]["size_step"].values
    # Medians of one to four pieces.
    assert 7.0 <= said["times"] <= 18.0
    assert abs((pd.Timestamp(said["first"]) - day(7 * since)).days) <= 7


def test_more_orders_are_no_larger_orders():
    later = [{**one, "order_date": one["order_date"] + pd.Timedelta(days=364)} for one in orders(5, weeks=52, each=9.0)]
    assert "size_step" not in fitted([*orders(1, weeks=52), *later, *OTHERS])[1]
    # First orders fill the shelves of the shops.
    fill = [line(day(k % 5), "A", 60, f"c{k}") for k in range(8)]
    assert "size_step" not in fitted([*fill, *SOUND, *OTHERS])[1]


def test_totals_by_customer_of_a_calendar_of_the_trade_are_totals():
    """Months of 4, 4 and 5 weeks, booked for each customer on the Friday of the last week."""
    rng, lines, begin = np.random.default_rng(1), [], 0
    for k in range(24):
        begin += 7 * (4, 4, 5)[k % 3]
        lines += [line(day(begin - 3), "A", round((4, 4, 5)[k % 3] * 10 * rng.gamma(25, 0.04)), f"c{c}") for c in "123"]
    found, told = fitted([*lines, *OTHERS])
    assert found["demand_per_week"] == pytest.approx(units(lines) / 104.0, rel=0.02)
    assert found["open_cv"] < 0.45
    assert "period_batches" in told


def test_a_project_that_is_called_off_bit_by_bit_is_told():
    calls = [line(day(336 + 3 * k), "A", 80, "north") for k in range(10)]
    said = fitted([*SOUND, *calls, *OTHERS])[1]["customer_project"]
    assert (said.values["customer"], said.values["units"], said.product) == ("north", 800.0, "A")
    assert said.values["share"] == pytest.approx(800 / (800 + units(SOUND)))
    # A new customer may stay, and one who buys little is none.
    late = [{**one, "order_date": one["order_date"] + pd.Timedelta(days=364)} for one in calls]
    little = [{**one, "quantity": 4.0} for one in calls]
    for lines in (SOUND, [*SOUND, *late], [*SOUND, *little]):
        assert "customer_project" not in fitted([*lines, *OTHERS])[1]


@pytest.mark.parametrize("beyond", [20, 40, 400])
def test_a_cancellation_after_the_book_takes_back_its_order_and_makes_the_book_no_longer(beyond):
    large = [line(day(300), "A", 1000, "c9"), line(day(730 + beyond), "A", -1000, "c9")]
    row, told = fitted([*SOUND, *large, *OTHERS])
    plain, _ = sound()
    assert (row["weeks"], row["demand_per_week"]) == (plain["weeks"], plain["demand_per_week"])
    assert "cancelled" in told


@pytest.mark.parametrize("until", ["2024-12-31", ""])
def test_a_stock_out_at_the_end_is_no_end_of_life(until):
    lines = [one for one in SOUND if one["order_date"] < day(7 * 92)]
    products = [{"product": name, **BLANK} for name in "AB"]
    outs = [{"product": "A", "first_day": f"{day(7 * 92):%Y-%m-%d}", "last_day": until}]
    scenario = make_scenario(
        products=products, orders=[written(one) for one in [*lines, *OTHERS]], stock_outs=outs, review_days=7
    )  # fmt: skip
    row = fit_demand(scenario, replicates=0).table.set_index("product").loc["A"]
    assert (row["weeks_after_end"], row["stock_out_weeks"]) == (0, 12)
    assert row["demand_per_week"] == pytest.approx(units(lines) / 92.0, rel=0.05)


def test_a_number_of_several_customers_is_no_orders():
    numbered = [{**one, "order_number": f"{one['order_date']:%Y-%m}"} for one in [*SOUND, *OTHERS]]
    row, told = fitted(numbered)
    plain, _ = sound()
    assert (row["order_size"], row["demand_per_week"]) == (plain["order_size"], plain["demand_per_week"])
    assert told["order_number_shared"].values["customers"] >= 3
    two = [{**one, "customer": f"c{k % 2}"} for k, one in enumerate(numbered)]
    assert "order_number_shared" not in fitted(two)[1]


def test_a_unit_that_holds_now_so_many_and_now_as_many_is_told():
    boxes = [{**one, "quantity": one["quantity"] / (10 + 2 * (k % 2)), "unit": "box", "units_per": 10 + 2 * (k % 2)}
             for k, one in enumerate(SOUND)]  # fmt: skip
    row, told = fitted([*boxes, *OTHERS])
    assert told["unit_sizes"].values == {"unit": "box", "sizes": "10, 12"}
    assert row["demand_per_week"] == pytest.approx(sound()[0]["demand_per_week"])
