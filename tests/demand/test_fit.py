import numpy as np
import pandas as pd
import pytest

from engine.demand.fitting.fit import (
    FIT_COLUMNS,
    distances,
    fit_demand,
    poisson_cv,
    weekly_moments,
)  # fmt: skip
from engine.demand.fitting.goodness import draw, moments
from tests.scenarios import make_scenario

MONDAY = pd.Timestamp("2024-01-01")


def lines(weekly, product="P1", *, weekday=0, start=MONDAY, **cells):
    """One order line per week with sales; the book is closed by a line on the last Sunday."""
    return [
        {
            "order_date": f"{start + pd.Timedelta(days=7 * k + weekday):%Y-%m-%d}",
            "product": product, "quantity": float(units), "customer": "A", **cells,
        }
        for k, units in enumerate(weekly)
        if units
    ]  # fmt: skip


def frame_of_weeks(weeks, product="frame"):
    """Lines from the first to the last day of the book, so that its weeks are known."""
    last = MONDAY + pd.Timedelta(days=7 * weeks - 1)
    days = [MONDAY + pd.Timedelta(days=28 * k) for k in range((weeks + 3) // 4)]
    return [
        {"order_date": f"{day:%Y-%m-%d}", "product": product, "quantity": 1.0, "customer": "F"}
        for day in (*days, last)
    ]


def fitted(weekly, *, weeks=None, products=({"product": "P1"}, {"product": "frame"}), orders=(), **options):
    book = [*lines(weekly), *frame_of_weeks(weeks or len(weekly)), *orders]
    scenario = make_scenario(products=products, orders=book)
    fit = fit_demand(scenario, **{"replicates": 0, **options})
    return fit, fit.table.set_index("product").loc["P1"]


def test_mean_and_cv_are_those_of_the_weeks_zeros_included():
    weekly = np.array([3, 0, 5, 2, 0, 4, 1, 6, 0, 2] * 3, dtype=float)
    _, row = fitted(weekly)
    assert row["weeks"] == 30
    assert row["weeks_with_sales"] == 21
    assert row["demand_per_week"] == pytest.approx(weekly.mean(), rel=1e-12)
    assert row["sample_cv"] == pytest.approx(weekly.std(ddof=1) / weekly.mean(), rel=1e-12)
    assert row["order_size"] == pytest.approx(weekly.sum() / 21, rel=1e-12)


def test_the_table_has_the_documented_columns_and_one_row_per_product():
    fit, _ = fitted([1.0] * 30)
    assert list(fit.table.columns) == list(FIT_COLUMNS)
    assert fit.table["product"].tolist() == ["P1", "frame"]


def test_too_short_a_history_is_refused_by_name_and_weeks():
    fit, row = fitted([2.0, 3.0] * 5)
    assert "'P1': 10 weeks of history; at least 26 are needed" in str(fit.faults[0])
    assert fit.faults[0].row == 2
    assert np.isnan(row["demand_per_week"])
    assert row["distribution"] == ""
    again, row = fitted([2.0, 3.0] * 5, weeks_min=10)
    assert again.faults == ()
    assert row["demand_per_week"] == 2.5


def test_a_product_without_lines_or_without_sales_has_no_demand():
    products = [{"product": "P1"}, {"product": "frame"}, {"product": "silent"}]
    returned = [{"order_date": "2024-02-01", "product": "silent", "quantity": -1, "customer": "A"}]
    for orders in ((), returned):
        fit, _ = fitted([1.0] * 30, products=products, orders=orders)
        row = fit.table.iloc[2]
        assert (row["refused"], row["demand_class"], row["demand_per_week"], row["distribution"]) == ("", "none", 0, "")
        assert fit.faults == ()


def test_a_scenario_without_orders_says_so():
    fit = fit_demand(make_scenario())
    assert fit.notes == ("There are no order lines to fit.",)
    assert len(fit.faults) == 1


def test_the_target_is_the_stated_quantile_of_the_waits_asked_for():
    waits = [3, 4, 5, 6, 7, 8, 9, 10, 11, 30]
    orders = [
        {
            "order_date": "2024-03-01", "product": "P1", "quantity": 1, "customer": f"C{wait}",
            "requested_date": f"{pd.Timestamp('2024-03-01') + pd.Timedelta(days=wait):%Y-%m-%d}",
        }
        for wait in waits
    ]  # fmt: skip
    _, row = fitted([1.0] * 30, orders=orders)
    assert row["dated_lines"] == 10
    assert row["lead_time_target_days"] == 3
    _, row = fitted([1.0] * 30, orders=orders, target_quantile=0.5)
    assert row["lead_time_target_days"] == 7


def test_a_date_asked_for_before_the_order_counts_as_at_once():
    early = {"order_date": "2024-03-08", "requested_date": "2024-03-01", "product": "P1", "quantity": 1}
    _, row = fitted([1.0] * 30, orders=[early])
    assert row["early_requests"] == 1
    assert row["lead_time_target_days"] == 0


def test_without_requested_dates_there_is_no_target():
    _, row = fitted([1.0] * 30)
    assert np.isnan(row["lead_time_target_days"])


def test_steady_demand_is_gamma_with_cv_zero():
    _, row = fitted([4.0] * 30)
    assert (row["sample_cv"], row["distribution"]) == (0.0, "gamma")


@pytest.mark.parametrize(
    ("family", "mean", "cv", "size", "accepted"),
    [
        ("gamma", 100.3, 0.8, 100.0, {"gamma"}),
        ("normal", 1000.5, 0.2, 900.0, {"normal", "gamma"}),
        ("poisson", 4.0, 0.5, 1.0, {"poisson"}),
        ("negative_binomial", 2.0, 1.6, 2.0, {"negative_binomial"}),
        ("compound_poisson", 4.0, 2.5, 10.0, {"compound_poisson"}),
    ],
)
def test_the_family_that_made_the_weeks_is_found(family, mean, cv, size, accepted):
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        weeks, orders = draw(family, rng, moments(mean, cv, size), (1, 500))
        order_size = weeks.sum() / orders[0] if orders[0] else size
        found.append(next(iter(distances(np.maximum(weeks[0], 0.0), order_size=order_size))))
    assert sum(name in accepted for name in found) >= 12, found


def test_families_that_cannot_have_the_moments_are_left_out():
    rng = np.random.default_rng(1)
    fractional = rng.gamma(2.0, 3.3, 60)
    assert set(distances(fractional, order_size=1.0)) == {"gamma", "compound_poisson"}
    # More even than Poisson arrivals of such orders could be.
    even = 10.0 + rng.integers(0, 3, 60)
    assert set(distances(even, order_size=5.0)) == {"gamma", "normal"}


def test_the_p_value_is_repeatable_and_bounded():
    weekly = np.random.default_rng(3).poisson(3.0, 60).astype(float)
    weekly[0] = weekly[-1] = 3.0
    _, one = fitted(weekly, replicates=49)
    _, two = fitted(weekly, replicates=49)
    assert one["p_value"] == two["p_value"]
    assert 1 / 50 <= one["p_value"] <= 1
    _, other = fitted(weekly, replicates=49, seed=2)
    assert 1 / 50 <= other["p_value"] <= 1


def test_the_p_value_is_small_where_no_family_fits():
    weekly = np.tile([0.0, 100.0, 100.0], 40)
    _, row = fitted(weekly, replicates=99)
    assert row["p_value"] == 0.01


def test_poisson_demand_gets_the_cv_it_implies():
    weekly = np.random.default_rng(0).poisson(4.0, 200).astype(float)
    weekly[0] = weekly[-1] = 4.0
    _, row = fitted(weekly)
    assert row["distribution"] == "poisson"
    assert row["demand_cv"] == pytest.approx(row["demand_per_week"] ** -0.5)
    assert row["sample_cv"] == pytest.approx(weekly_moments(weekly)[1])


def test_the_poisson_cv_beside_a_common_factor_takes_it_out_again():
    from engine.demand.distributions import own_cv

    assert own_cv(poisson_cv(9.0, 0.4), 0.4) == pytest.approx(1 / 3)


def test_trend_season_batches_and_life_are_warned_of():
    rising = np.arange(1.0, 61.0)
    _, row = fitted(rising)
    assert "trend of +" in row["warnings"]
    # A straight line without noise is known at its end.
    assert (row["level"], row["demand_per_week"]) == ("trend", pytest.approx(60.0))
    week = np.arange(156)
    seasonal = np.round(20 + 15 * np.sin(2 * np.pi * week / 52)) + (week % 2)
    fit, row = fitted(seasonal)
    assert "a season, months from" in row["warnings"]
    assert any("1 products show a season" in note for note in fit.notes)
    late = np.concatenate([np.zeros(30), np.tile([3.0, 4.0], 20)])
    _, row = fitted(late)
    assert "launched 30 weeks after the first order" in row["warnings"]
    _, row = fitted(late[::-1])
    assert "nothing sold in the last 30 weeks" in row["warnings"]
    assert row["weeks"] == 39  # the last week of sales is a partial one: sold on its Monday only


def test_monthly_batches_are_warned_of():
    batches = [
        {"order_date": f"2024-{month:02d}-0{1 + month % 2}", "product": "P1", "quantity": 40, "customer": "A"}
        for month in range(1, 9)
    ]
    _, row = fitted(np.zeros(36), orders=batches)
    assert "100% of the units on three days of the month" in row["warnings"]


def test_empirical_stays_as_the_client_chose():
    products = [{"product": "P1", "distribution": "empirical"}, {"product": "frame"}]
    _, row = fitted([2.0, 3.0] * 15, products=products)
    assert row["distribution"] == "empirical"
    assert row["demand_per_week"] == 2.5
