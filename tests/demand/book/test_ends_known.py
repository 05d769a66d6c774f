"""A line dated a year too early, before a launch: neither it nor the weeks before it make the level."""

import numpy as np
import pandas as pd
import pytest

from engine.demand.book.life import Cleaning, ends_known
from engine.demand.fitting.fit import fit_demand
from tests.demand.test_cases import book

FIRST, WEEKS = pd.Timestamp("2022-01-03"), 130


def lines(product, weeks, units=24.0):
    return [(f"{FIRST + pd.Timedelta(days=7 * week):%Y-%m-%d}", product, units, f"c{week}") for week in weeks]


@pytest.mark.parametrize("turned", [False, True])
def test_one_line_a_year_off_leaves_the_level(tmp_path, turned):
    """Launched in week 70; the line of week 77 is dated in week 25. Another product sells all the while."""
    sold = [25, *range(70, WEEKS)]
    if turned:
        # An end of life, and a line a year after one of the last.
        sold = [WEEKS - 1 - week for week in sold]
    scenario = book(tmp_path / "case", [*lines("P1", sold), *lines("P2", range(WEEKS))], products=("P1", "P2"))
    row = fit_demand(scenario, replicates=0).table.set_index("product").loc["P1"]
    assert row["demand_per_week"] == pytest.approx(24.0, rel=0.04)
    assert row["suspected_weeks"] == 44
    assert max(row["weeks_before_launch"], row["weeks_after_end"]) in (24, 25)


def test_weeks_that_looked_like_demand_before_are_left():
    """Half of the weeks sell: four empty ones at the beginning say nothing, with a stock-out of 20 or without."""
    weeks = np.tile([0.0, 5.0], 30)
    weeks[:5], weeks[20:40] = 0.0, np.nan
    found, cleaned = ends_known(weeks, Cleaning())
    np.testing.assert_array_equal(found, weeks)
    assert cleaned.weeks_before_launch == 0
