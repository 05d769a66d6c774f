import pandas as pd
import pytest

from engine.scenario.importers.weekly import weekly_moments, weekly_quantities

LAST = pd.Timestamp("2020-05-31")


def lines(*rows):
    frame = pd.DataFrame(rows, columns=["item", "order_date", "quantity"])
    return frame.assign(order_date=pd.to_datetime(frame["order_date"]))


def test_weeks_end_on_the_last_day_and_empty_weeks_count():
    sales = lines(
        ("b", "2020-05-31", 2.0), ("b", "2020-05-25", 3.0), ("b", "2020-05-24", 5.0),
        ("a", "2020-05-04", 1.0), ("a", "2020-05-03", 9.0), ("a", "2020-06-01", 9.0),
    )  # fmt: skip
    weekly = weekly_quantities(sales, key="item", last_day=LAST, weeks=4)
    assert weekly.index.tolist() == ["a", "b"]
    assert weekly.to_numpy().tolist() == [[1, 0, 0, 0], [0, 0, 5, 5]]


def test_moments_by_hand():
    weekly = pd.DataFrame(
        [[1, 2, 3, 4], [0, 0, 7, 0], [5, 5, 5, 5]], index=["a", "once", "steady"], dtype=float
    )
    moments = weekly_moments(weekly)
    assert moments["demand_per_week"].tolist() == [2.5, 1.75, 5.0]
    # Sample variance of 1, 2, 3, 4 is 5/3; one week of four gives sqrt(4) whatever the quantity.
    assert moments["demand_cv"].tolist() == pytest.approx([(5 / 3) ** 0.5 / 2.5, 2.0, 0.0], abs=5e-7)
    assert moments["active_weeks"].tolist() == [4, 1, 4]
