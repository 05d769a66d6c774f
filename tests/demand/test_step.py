"""A late step of the level, against known processes: how often one is told that is none, and what is told of one."""

import numpy as np
import pandas as pd
import pytest

from engine.demand.book.history import History
from engine.demand.fitting.complete import complete
from engine.demand.fitting.stationary import stationary
from engine.demand.fitting.step import LATE_WEEKS, late_step
from engine.demand.fitting.totals import Bucket
from tests.demand.completed import completed, row_of
from tests.demand.test_sums import book, following
from tests.evidence import FULL, covering

START = pd.Timestamp("2023-01-02")


def told(weeks, family="gamma", **more):
    history = History(product="P", weeks=np.asarray(weeks, dtype=float), start=START, **more)
    return late_step(history, stationary(history), family, 1.0)


STATIONARY = {
    "gamma": lambda rng: rng.gamma(1 / 0.36, 0.36 * 40, 100),
    "negative_binomial": lambda rng: rng.negative_binomial(0.6, 0.6 / 3.6, 100),
    "poisson": lambda rng: rng.poisson(0.8, 100),
    "normal": lambda rng: rng.normal(100.0, 20.0, 100),
}


@pytest.mark.parametrize("family", STATIONARY)
def test_one_in_a_hundred_stationary_histories_has_a_step(family):
    count = 600 if FULL else 200
    found = [told(STATIONARY[family](np.random.default_rng(k)), family) is not None for k in range(count)]
    # Six of 600, and two and a half standard deviations more; of 200 two.
    assert sum(found) <= (12 if FULL else 5)


def test_weeks_that_follow_each_other_are_seldom_a_step():
    """How alike they are is itself known from few weeks: six in a hundred; as if independent it would be thirty."""
    count = 300 if FULL else 120
    found = [told(following(np.random.default_rng(k), 0.5, weeks=100)) is not None for k in range(count)]
    assert sum(found) <= 0.1 * count


@pytest.mark.parametrize(("since", "levels"), covering([4, 8, 16], [(20.0, 60.0), (40.0, 10.0)]))
def test_a_step_is_told_with_its_week_and_size(since, levels):
    before, after = levels
    steps, followed = [], 0
    count = 30 if FULL else 15
    for seed in range(count):
        level = np.repeat([before, after], [100 - since, since])
        weeks = np.random.default_rng(seed).gamma(1 / 0.09, 0.09 * level)
        one = told(weeks)
        followed += one is None and stationary(History(product="P", weeks=weeks)).level.kind == "moving"
        steps += [] if one is None else [one]
    assert len(steps) + followed >= 14 / 15 * count
    assert np.median([one.weeks for one in steps]) == pytest.approx(since, abs=2)
    assert np.median([one.level for one in steps]) == pytest.approx(after, rel=0.12)
    assert np.mean([one.before for one in steps]) == pytest.approx(before, rel=0.05)
    one = steps[0]
    assert one.first == START + pd.Timedelta(weeks=100 - int(one.weeks))


def test_months_are_looked_at_as_months():
    totals = np.repeat([100.0, 300.0], [34, 2]) * np.random.default_rng(1).normal(1.0, 0.1, 36)
    found = told(totals, bucket=Bucket(totals=True, months=1))
    assert found is not None
    assert found.first == pd.Timestamp("2025-11-02")
    assert found.level == pytest.approx(300.0 * 12 * 7 / 365.25, rel=0.15)


def test_one_large_order_is_no_step():
    weeks = np.random.default_rng(2).gamma(11.0, 1.0, 100)
    weeks[-3] += 200.0
    assert told(weeks) is None
    # Nor are several that were told as exceptional.
    weeks = np.random.default_rng(2).gamma(11.0, 1.0, 100)
    ordinary = weeks.copy()
    weeks[-6:] += 60.0
    assert told(weeks) is not None
    assert told(weeks, ordinary=ordinary) is None


@pytest.mark.parametrize("weeks", [np.full(100, 5.0), np.arange(28.0), np.zeros(100), np.eye(1, 100, 98).ravel()])
def test_where_nothing_is_known_nothing_is_told(weeks):
    assert told(weeks) is None


def test_without_variability_any_other_week_is_a_step():
    found = told(np.repeat([5.0, 6.0], [95, 5]))
    assert found is not None
    assert (found.level, found.before) == (pytest.approx(6.0), pytest.approx(5.0))


def test_a_reader_is_told():
    level = np.repeat([20.0, 60.0], [148, 8])
    scenario = book(np.random.default_rng(5).gamma(1 / 0.09, 0.09 * level).round(2))
    row = row_of(scenario, "P1")
    assert row["step_per_week"] == pytest.approx(60.0, rel=0.2)
    assert row["before_step_per_week"] == pytest.approx(20.0, rel=0.05)
    notice = next(one for one in completed(scenario).notices if one.kind == "step")
    assert notice.values["first"] == row["step_since"]
    assert notice.values["share"] == pytest.approx(2.0, rel=0.3)
    # Long ago it is in the level, and no step any more.
    level = np.repeat([20.0, 60.0], [156 - 2 * LATE_WEEKS, 2 * LATE_WEEKS])
    scenario = book(np.random.default_rng(5).gamma(1 / 0.09, 0.09 * level).round(2))
    assert "step" not in {one.kind for one in complete(scenario).notices}
