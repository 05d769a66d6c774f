import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.demand.distributions import own_cv, process
from engine.demand.paths import common_factor, instants, lead_times, paces, positions, sample_paths
from engine.demand.streams import stream, uniforms
from tests.evidence import FULL, covering

SAMPLES = 20_000
WEEKS = (0.0, 3.0, 11.0, 7.0, 4.0, 0.0, 9.0, 6.0)
FAMILIES = {
    "gamma": {"mean_per_week": 5.0, "cv": 0.9},
    "normal": {"mean_per_week": 5.0, "cv": 0.3},
    "poisson": {"mean_per_week": 5.0, "cv": 5.0**-0.5},
    "negative_binomial": {"mean_per_week": 5.0, "cv": 0.9},
    "compound_poisson": {"mean_per_week": 5.0, "cv": 0.9, "order_size": 2.0},
    "many_small_orders": {"mean_per_week": 200.0, "cv": 0.2, "order_size": 4.0},
    "orders_of_one_size": {"mean_per_week": 50.0, "cv": 0.2, "order_size": 2.0},
    "constant": {"mean_per_week": 5.0, "cv": 0.0},
}


def demand(name):
    family = name if name in ("gamma", "normal", "poisson", "negative_binomial") else "compound_poisson"
    return process("gamma" if name == "constant" else family, **FAMILIES[name])


def paths(name, days=60.0, samples=SAMPLES, key="P", seed=3, **more):
    return sample_paths(demand(name), seed=seed, key=key, days=days, samples=samples, **more)


@pytest.mark.evidence
@pytest.mark.parametrize(
    ("name", "days"), sorted({*covering(FAMILIES, [0.25, 0.5, 1.0, 7.0, 35.0]), *((name, 10.4) for name in FAMILIES)})
)
def test_mean_and_spread_grow_with_time(name, days):
    """Independent increments: mean and variance are proportional to the length, whole days or not."""
    mean, cv = FAMILIES[name]["mean_per_week"], FAMILIES[name]["cv"]
    # Both are judged by their own errors.
    samples = SAMPLES if FULL else 8000
    units = paths(name, days=days, samples=samples).window(np.full(samples, days))
    sd = cv * mean * (days / 7) ** 0.5
    assert units.mean() == pytest.approx(mean * days / 7, abs=4 * sd / samples**0.5 + 1e-12)
    # The variance of a sample variance grows with the kurtosis, which short windows have much of.
    kurtosis = np.mean((units - units.mean()) ** 4) / max(units.var(), 1e-12) ** 2
    assert units.var() == pytest.approx(sd**2, rel=5 * (kurtosis / samples) ** 0.5, abs=1e-12)


@pytest.mark.parametrize("days", [7, 21])
def test_history_keeps_its_weeks(days):
    weekly = np.array(WEEKS)
    found = process("empirical", mean_per_week=weekly.mean(), cv=weekly.std() / weekly.mean(), weeks=WEEKS)
    units = sample_paths(found, seed=1, key="P", days=30, samples=SAMPLES).window(np.full(SAMPLES, float(days)))
    assert units.mean() == pytest.approx(weekly.mean() * days / 7, rel=0.02)
    # A window of whole weeks lies anywhere in them: of the two at its ends it has shares f and 1 - f, E f^2 = 1/3.
    assert units.var() == pytest.approx(weekly.var() * (days / 7 - 1 / 3), rel=0.04)


def on_any_day(weeks, rng, days):
    """Units of windows of so many days, weeks in a row, each window with its end at any instant of a week."""
    rows = rng.choice(np.asarray(weeks), (SAMPLES, 6))
    end, total = rng.uniform(0.0, 7.0, SAMPLES), np.zeros(SAMPLES)
    for k in range(6):
        # Week k ends `end` days before the instant observed, for k = 0 after it has begun.
        within = np.minimum(end + 7 * k, days) - np.maximum(end + 7 * (k - 1), 0.0)
        total += rows[:, k] / 7.0 * np.maximum(within, 0.0)
    return total, rows[:, 0] / 7.0


@pytest.mark.parametrize("days", [2.0, 5.5, 7.0, 16.3])
def test_history_is_looked_at_on_any_day_of_the_week(days):
    """Windows and what falls due after them, beside weeks laid out in a row, to the error of sampling."""
    found = process("empirical", mean_per_week=np.mean(WEEKS), cv=np.std(WEEKS) / np.mean(WEEKS), weeks=WEEKS)
    units = sample_paths(found, seed=1, key="P", days=30, samples=SAMPLES).window(np.full(SAMPLES, days))
    other, rate = on_any_day(WEEKS, np.random.default_rng(4), days)
    for share in (0.1, 0.5, 0.9, 0.98):
        level = float(np.quantile(other, share)) + 1e-9
        assert np.mean(units <= level) == pytest.approx(float(np.mean(other <= level)), abs=0.02)
    pace = paces([found], ["P"], seed=1, samples=SAMPLES, common_factor_cv=0.0)[0]
    level = float(np.quantile(other, 0.8))
    late = float((rate * (other > level)).mean() / rate.mean())
    assert float((pace * (units > level)).mean()) == pytest.approx(late, abs=0.02)
    # Full weeks are short more often: the instants alone say less than the units.
    assert late > float((other > level).mean()) + 0.02


def test_what_falls_due_before_and_after_the_instant_is_of_one_week():
    """Of the week that is broken by the instant both sides have the same factor and the same history."""
    found = process("empirical", mean_per_week=np.mean(WEEKS), cv=np.std(WEEKS) / np.mean(WEEKS), weeks=WEEKS)
    hour = np.full(SAMPLES, 1 / 24)
    for made, common in ((found, 0.0), (process("constant", mean_per_week=5.0, cv=0.0), 0.4)):
        before, after = (
            sample_paths(
                made, seed=1, key="P", days=9, samples=SAMPLES, common_factor_cv=common, ahead=ahead
            ).window(hour)
            for ahead in (False, True)
        )
        # But for the days in which a week begins, one in seven on either side.
        assert np.isclose(before, after).mean() > 0.7
        long = [
            sample_paths(made, seed=1, key="P", days=28, samples=SAMPLES, common_factor_cv=common, ahead=ahead)
            for ahead in (False, True)
        ]
        far, near = np.full(SAMPLES, 28.0), np.full(SAMPLES, 14.0)
        back, forth = (path.window(far) - path.window(near) for path in long)
        assert abs(np.corrcoef(back, forth)[0, 1]) < 0.03


def test_history_takes_the_mean_of_the_product_and_leaves_room_for_a_common_factor():
    weekly = np.array(WEEKS)
    cv = weekly.std() / weekly.mean()
    doubled = process("empirical", mean_per_week=10.0, cv=cv, weeks=WEEKS)
    assert np.mean(doubled.weeks) == pytest.approx(10.0)
    assert np.std(doubled.weeks) / 10.0 == pytest.approx(cv)
    shrunk = process("empirical", mean_per_week=5.0, cv=own_cv(cv, 0.3), weeks=WEEKS)
    assert np.std(shrunk.weeks) / 5.0 == pytest.approx(own_cv(cv, 0.3))
    assert min(shrunk.weeks) >= 0.0
    assert process("empirical", mean_per_week=5.0, cv=1.0, weeks=(0.0,)).weeks == (5.0,)


@pytest.mark.parametrize("name", ["poisson", "negative_binomial"])
def test_whole_units_stay_whole(name):
    units = paths(name).window(np.linspace(0.0, 60.0, SAMPLES))
    assert np.array_equal(units, np.round(units))


def test_orders_of_one_size_come_whole():
    units = paths("orders_of_one_size").window(np.linspace(0.0, 60.0, SAMPLES))
    assert np.allclose(units % 2.0, 0.0)


@pytest.mark.parametrize("name", [name for name in FAMILIES if name != "normal"])
@given(data=st.data())
def test_windows_are_prefixes_of_one_path(name, data):
    """A longer window holds the shorter one, also within one day, and no demand is negative."""
    path = paths(name, days=20.0, samples=32)
    lengths = sorted(data.draw(st.lists(st.floats(0.0, 20.0), min_size=2, max_size=6)))
    units = [path.window(np.full(32, days)) for days in lengths]
    assert np.all(units[0] >= 0.0)
    for shorter, longer in pairwise(units):
        assert np.all(longer >= shorter - 1e-9)


@pytest.mark.parametrize("name", [*FAMILIES])
@pytest.mark.parametrize("common", [0.0, 0.15])
def test_a_longer_horizon_keeps_the_path(name, common):
    days = np.linspace(0.0, 9.0, 50)
    short = paths(name, days=9.0, samples=50, common_factor_cv=common)
    long = paths(name, days=90.0, samples=50, common_factor_cv=common)
    assert np.array_equal(short.window(days), long.window(days))


def test_a_window_of_no_length_is_empty_and_of_whole_days_exact():
    path = paths("gamma", samples=10)
    assert np.array_equal(path.window(np.full(10, -3.0)), np.zeros(10))
    # 0.1 + 0.2 and the like must not call for a part of the next day.
    assert np.array_equal(path.window(np.full(10, 3.0 + 4e-16)), path.window(np.full(10, 3.0)))
    assert np.array_equal(path.window(np.full(10, 3.0 - 4e-16)), path.window(np.full(10, 3.0)))


@pytest.mark.parametrize("family", ["gamma", "normal"])
def test_a_common_factor_correlates_products_and_keeps_the_total_cv(family):
    cv, common = 0.6, 0.4
    found = process(family, mean_per_week=20.0, cv=own_cv(cv, common))
    week = np.full(SAMPLES, 7.0)
    first, second = (
        sample_paths(found, seed=1, key=key, days=7, samples=SAMPLES, common_factor_cv=common).window(week)
        for key in ("A", "B")
    )
    # Seven days on end are of two calendar weeks: a third of the factor's variance evens out.
    shared = common**2 * 2 / 3
    whole = (1 + common**2) * own_cv(cv, common) ** 2 + shared
    assert first.std() / first.mean() == pytest.approx(whole**0.5, rel=0.03)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(shared / whole, abs=0.03)
    alone, other = (
        sample_paths(found, seed=1, key=key, days=7, samples=SAMPLES).window(week) for key in ("A", "B")
    )
    assert abs(np.corrcoef(alone, other)[0, 1]) < 0.03


def test_a_strong_common_factor_leaves_no_gaps():
    """A week's factor can be as good as zero; its part days are then zero too."""
    units = paths("gamma", days=20.0, samples=500, common_factor_cv=8.0).window(np.full(500, 10.5))
    assert np.all(np.isfinite(units))


def test_the_common_factor_is_the_same_for_all_and_has_mean_one():
    factor = common_factor(5, 21, SAMPLES, 0.5)
    assert factor.mean() == pytest.approx(1.0, abs=0.01)
    # A day in which a week begins has a part of two: E f^2 + (1 - f)^2 = 2/3, one day in seven.
    assert factor.std() == pytest.approx(0.5 * (1 - 1 / 21) ** 0.5, rel=0.03)
    assert np.array_equal(factor[:14], common_factor(5, 14, SAMPLES, 0.5))


def test_streams_are_keyed_by_seed_purpose_and_product():
    draws = {key: stream(*key).random(4).tolist() for key in [(1, "demand", "A"), (1, "demand", "B")]}
    assert stream(1, "demand", "A").random(4).tolist() == draws[1, "demand", "A"]
    assert draws[1, "demand", "A"] != draws[1, "demand", "B"]
    assert stream(2, "demand", "A").random() != stream(1, "demand", "A").random()
    assert stream(1, "position", "A").random() != stream(1, "demand", "A").random()
    # A key is a list of parts: where one ends matters.
    assert stream(1, "a", "bc").random() != stream(1, "ab", "c").random()


def test_draws_are_the_same_in_every_version():
    """Golden draws: a change here changes every result of every scenario."""
    assert stream(1, "demand", "P1").integers(0, 1000, 5).tolist() == [482, 903, 244, 825, 303]


def test_draws_are_the_same_in_every_process():
    code = "from engine.demand.streams import uniforms; print(uniforms(9, 'demand', 'P', 2, 3).tolist())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == str(uniforms(9, "demand", "P", 2, 3).tolist())


@given(samples=st.integers(1, 60), rows=st.integers(1, 4), seed=st.integers(0, 5))
def test_uniforms_are_stratified(samples, rows, seed):
    """Every row has one value in each of the equal strata, and more rows change none of the earlier."""
    u = uniforms(seed, "demand", "P", rows, samples)
    assert np.all((u > 0.0) & (u < 1.0))
    assert np.array_equal(np.sort((u * samples).astype(int), axis=1), np.tile(np.arange(samples), (rows, 1)))
    assert np.array_equal(u, uniforms(seed, "demand", "P", rows + 2, samples)[:rows])


def test_lead_times_are_gamma_or_fixed():
    drawn = lead_times(mean_days=12.0, cv=0.4, seed=1, kind="replenishment", key="P", samples=SAMPLES)
    assert drawn.mean() == pytest.approx(12.0, rel=0.002)
    assert drawn.std() / drawn.mean() == pytest.approx(0.4, rel=0.02)
    fixed = lead_times(mean_days=12.0, cv=0.0, seed=1, kind="replenishment", key="P", samples=3)
    assert fixed.tolist() == [12.0] * 3


def test_instants_and_positions_are_uniform():
    at = instants(1, 7.0, 700)
    assert np.array_equal(np.sort((at * 100).astype(int)), np.arange(700))
    whole = positions(seed=1, key="P", batch=4.0, samples=400, integer=True)
    assert {value: int((whole == value).sum()) for value in np.unique(whole)} == {1: 100, 2: 100, 3: 100, 4: 100}
    share = positions(seed=1, key="P", batch=4.0, samples=400, integer=False)
    assert np.array_equal(np.sort((share * 100).astype(int)), np.arange(400))
    assert positions(seed=1, key="P", batch=0.0, samples=3, integer=True).tolist() == [0.0] * 3


@pytest.mark.parametrize("family", ["gamma", "normal", "poisson", "negative_binomial"])
@pytest.mark.parametrize("mean", [1e-9, 1.0, 3e6, 1e9, 1e12])
@pytest.mark.parametrize("cv", [1e-9, 1e-3, 0.5, 1e3, 1e6])
def test_absurd_numbers_end_in_demand(family, mean, cv):
    """Neither tables of a billion rows nor a billion steps of a recurrence nor NaN."""
    if family == "negative_binomial" and cv**2 * mean <= 1.0:
        return
    units = sample_paths(process(family, mean_per_week=mean, cv=cv), seed=1, key="P", days=30, samples=40)
    found = units.window(np.full(40, 20.37))
    assert np.isfinite(found).all()
    own = mean**-0.5 if family == "poisson" else cv
    if own < 1.0:
        error = 5.0 * own * mean * (20.37 / 7.0) ** 0.5 / 40**0.5
        assert found.mean() == pytest.approx(mean * 20.37 / 7.0, abs=error + 1e-6 * mean)
