"""A client's own forecast gives the level, and past ones beside sales the CV; books drawn from known processes."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from engine.demand.fitting.complete import complete
from engine.demand.fitting.forecast import LEAST_PERIODS
from engine.errors import ScenarioError
from tests.demand.completed import completed, row_of
from tests.demand.test_fit import frame_of_weeks, lines
from tests.scenarios import make_scenario

WEEKS = 104
MONDAYS = pd.date_range("2024-01-01", periods=WEEKS + 60, freq="7D")
BLANK = {"demand_per_week": "", "demand_cv": "", "lead_time_target_days": 0.0, "make_days": 28.0}
# What the client knows and the book does not show: demand of a week is near this.
KNOWN = np.random.default_rng(1).uniform(20.0, 60.0, WEEKS + 60).round(2)


def sales(cv=0.1, bias=0.0, seed=2):
    spread = np.random.default_rng(seed).gamma(1.0 / cv**2, cv**2, WEEKS)
    return ((1.0 + bias) * KNOWN[:WEEKS] * spread).round(2)


def rows(weeks, quantity=KNOWN, **cells):
    return [
        {"product": "P1", "period": f"{MONDAYS[k]:%Y-%m-%d}", "quantity": float(quantity[k]), **cells} for k in weeks
    ]


def before(k, weeks):
    return f"{MONDAYS[k] - pd.Timedelta(weeks=weeks):%Y-%m-%d}"


def book(weekly, forecasts, **product):
    frame = {"product": "frame", "distribution": "gamma", "order_size": 1.0}
    return make_scenario(
        products=[{"product": "P1", **BLANK, **product}, frame], orders=[*lines(weekly), *frame_of_weeks(WEEKS)],
        forecasts=forecasts,
    )  # fmt: skip


def fitted(scenario):
    return row_of(scenario, "P1")


def told(scenario):
    return {one.kind: one.values for one in completed(scenario).notices}


@cache
def plain_row():
    """The row of the book alone."""
    return fitted(book(sales(), ()))


def test_past_forecasts_say_how_far_off_the_coming_ones_are():
    # A year ahead counts, what lies beyond does not.
    scenario = book(sales(), [*rows(range(WEEKS + 52)), *rows(range(WEEKS + 52, WEEKS + 60), 9.0 * KNOWN)])
    row = fitted(scenario)
    assert row["sample_cv"] > 0.25
    assert row["open_cv"] == pytest.approx(0.1, rel=0.15)
    assert row["demand_per_week"] == pytest.approx(KNOWN[WEEKS : WEEKS + 52].mean())
    assert row["level"] == "forecast"
    assert completed(scenario).products["demand_cv"][0] == row["demand_cv"]
    assert told(scenario)["forecast_error"]["periods"] == WEEKS


def test_a_forecast_that_is_always_too_low_is_wrong_for_every_week_of_the_exposure():
    """Oracle: the mean squared error of four weeks' forecast, sold over foreseen, of a book of the same process."""
    row = fitted(book(sales(bias=0.2), rows(range(WEEKS + 52))))
    assert row["forecast_bias"] == pytest.approx(0.2, abs=0.03)
    assert row["open_cv"] == pytest.approx(0.12, rel=0.2)
    foreseen, sold = KNOWN[:WEEKS].reshape(-1, 4).sum(axis=1), sales(bias=0.2).reshape(-1, 4).sum(axis=1)
    error = float((((sold - foreseen) / foreseen) ** 2).mean()) ** 0.5
    assert row["demand_cv"] / 2.0 == pytest.approx(error, rel=0.1)


def test_a_coming_forecast_alone_gives_the_level():
    scenario = book(sales(), rows(range(WEEKS - 3, WEEKS + 52), quantity=3.0 * KNOWN))
    row, plain = fitted(scenario), plain_row()
    assert row["demand_per_week"] == pytest.approx(3.0 * KNOWN[WEEKS : WEEKS + 52].mean())
    assert row["demand_cv"] == pytest.approx(plain["demand_cv"])
    assert row["distribution"] == plain["distribution"]
    assert row["distance_gamma"] == pytest.approx(plain["distance_gamma"])
    assert np.isnan(row["forecast_bias"])
    assert told(scenario)["forecast_level"] | {"periods": 3, "least": LEAST_PERIODS} == told(scenario)["forecast_level"]


def test_what_nobody_has_bought_yet_has_a_level_and_asks_for_its_cv():
    with pytest.raises(ScenarioError) as raised:
        complete(book(np.zeros(WEEKS), rows(range(WEEKS, WEEKS + 52))))
    assert "products.csv:2:demand_cv: is blank" in str(raised.value)
    assert "demand_per_week" not in str(raised.value)
    new = complete(book(np.zeros(WEEKS), rows(range(WEEKS, WEEKS + 52)), demand_cv=0.5))
    assert new.products["demand_per_week"][0] == pytest.approx(KNOWN[WEEKS : WEEKS + 52].mean())
    assert [one.file for one in new.notices if one.kind == "forecast_new"] == ["forecasts.csv"]
    young = np.append(np.zeros(WEEKS - 6), [5.0] * 6)
    started = complete(book(young, rows(range(WEEKS, WEEKS + 52)), demand_cv=0.5))
    assert started.products["demand_per_week"][0] == new.products["demand_per_week"][0]


def test_past_forecasts_alone_keep_the_level_of_the_book():
    row, plain = fitted(book(sales(), rows(range(WEEKS)))), plain_row()
    assert row["demand_per_week"] == pytest.approx(plain["demand_per_week"])
    assert row["demand_cv"] < 0.5 * plain["demand_cv"]


def test_the_forecast_counts_that_was_there_when_stock_had_to_be_ordered():
    """Five weeks ahead it says 40, a week ahead what comes; one that was made afterwards is no forecast."""
    flat = np.full(WEEKS + 60, 40.0)
    early = [one for k in range(WEEKS) for one in rows([k], flat, made_on=before(k, 5))]
    soon = [one for k in range(WEEKS) for one in rows([k], made_on=before(k, 1))]
    after = rows([7], sales(), made_on=f"{MONDAYS[8]:%Y-%m-%d}")
    long = book(sales(), [*early, *soon, *after])
    assert fitted(long)["open_cv"] > 0.25
    assert told(long)["forecast_late"] == {"lines": 1}
    short = book(sales(), [*early, *soon], make_days=3.0)
    assert fitted(short)["open_cv"] == pytest.approx(0.1, rel=0.15)


def test_what_was_written_down_afterwards_is_no_forecast():
    scenario = book(sales(), rows(range(WEEKS), sales(), made_on="2026-01-05"))
    assert fitted(scenario)["level"] != "forecast"
    assert told(scenario)["forecast_late"] == {"lines": WEEKS}


def test_months_are_judged_at_months():
    starts = pd.date_range("2024-01-01", periods=24, freq="MS")
    days = pd.date_range(MONDAYS[0], periods=7 * WEEKS, freq="D")
    month = (days.year - 2024) * 12 + days.month - 1
    coming = pd.date_range(starts[0], periods=36, freq="MS")
    size = np.random.default_rng(3).uniform(100.0, 300.0, 24).round(0)
    units = np.random.default_rng(4).gamma(1 / 0.01, 0.01, 24) * size
    orders = [
        {"order_date": f"{starts[m] + pd.Timedelta(days=d):%Y-%m-%d}", "product": "P1", "customer": f"c{d}",
         "quantity": round(units[m] / 4, 3)}
        for m in range(24) for d in (2, 9, 16, 23)
    ]  # fmt: skip
    assert len(set(month)) == 24
    scenario = make_scenario(
        products=[{"product": "P1", **BLANK}, {"product": "frame", "distribution": "gamma", "order_size": 1.0}],
        orders=[*orders, *frame_of_weeks(WEEKS)],
        forecasts=[
            {"product": "P1", "period": f"{start:%Y-%m-%d}", "quantity": float(one)}
            for start, one in zip(coming, [*size, *[200.0] * 12], strict=True)
        ],
    )  # fmt: skip
    # Of months 0.1, of weeks 0.1 times the root of the weeks in a month.
    row = fitted(scenario)
    assert row["open_cv"] == pytest.approx(0.1 * (365.25 / 84) ** 0.5, rel=0.3)
    assert row["demand_per_week"] == pytest.approx(200.0 / (365.25 / 84))


@pytest.mark.parametrize("periods", [["2024-01-01"], ["2024-01-01", "2024-01-05", "2024-02-09"]])
def test_periods_that_are_neither_weeks_nor_months_are_told(periods):
    given = [{"product": "P1", "period": one, "quantity": 40} for one in periods]
    scenario = book(sales(), given)
    assert "forecast_periods" in told(scenario)
    assert fitted(scenario)["level"] != "forecast"


def test_a_forecast_changes_the_digest_and_none_does_not():
    plain = book(sales(), ())
    assert book(sales(), rows(range(20))).digest() != plain.digest()
