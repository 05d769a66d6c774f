"""Sums over the exposure against known processes: what a forecast of them leaves open."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine.demand.book.history import History
from engine.demand.fitting.complete import complete
from engine.demand.fitting.fit import fit_demand
from engine.demand.fitting.goodness import Moments, distribution_function, draw, excess_kurtosis, moments, skewness
from engine.demand.fitting.level import Level, level_of
from engine.demand.fitting.stationary import Stationary, stationary
from engine.demand.fitting.sums import LEAST_RATIO, deviation_error, sums_ahead
from engine.demand.fitting.wander import IN_USE_WEEKS, LevelChange
from tests.demand.completed import completed, row_of
from tests.demand.test_fit import frame_of_weeks, lines
from tests.evidence import FULL
from tests.scenarios import make_scenario


def history(weeks, place=None):
    return History(product="P1", weeks=weeks, place=np.arange(len(weeks)) if place is None else place)


def ahead(weeks, exposure, place=None):
    past = history(weeks, place)
    return sums_ahead(past, stationary(past), exposure)


def following(rng, share, weeks=156, cv=0.3):
    """Weeks of 40 that follow each other, normal with autocorrelation share^k at k weeks."""
    found = rng.normal(size=weeks)
    for k in range(1, weeks):
        found[k] = share * found[k - 1] + (1.0 - share**2) ** 0.5 * found[k]
    return np.maximum(40.0 * (1.0 + cv * found), 0.0)


@pytest.mark.parametrize("family", ["gamma", "lumpy", "rare"])
def test_independent_weeks_stay_independent(family):
    rng = np.random.default_rng(1)
    draw = {
        "gamma": lambda: rng.gamma(1 / 0.36, 0.36 * 40, 104),
        "lumpy": lambda: rng.negative_binomial(0.1, 0.1 / 5.1, 104).astype(float),
        "rare": lambda: rng.poisson(0.3, 104).astype(float),
    }[family]
    count = 200 if FULL else 80
    found = np.array([ahead(draw(), 4.0).autocorrelation for _ in range(count)])
    # 1% at either end; of 200, 2% is 4 and three standard deviations more are 10; of 80, 1.6 and 5.
    assert (found != 1.0).sum() <= (10 if FULL else 5)


@pytest.mark.parametrize(("share", "exposure"), [(0.5, 4), (0.5, 8), (-0.5, 3)])
def test_weeks_that_follow_each_other_have_the_variance_ratio_of_their_process(share, exposure):
    lags = np.arange(1, exposure)
    true = 1.0 + 2.0 * float(((1.0 - lags / exposure) * share**lags).sum())
    found = np.array([
        ahead(following(np.random.default_rng(k), share), exposure).autocorrelation for k in range(60)
    ])  # fmt: skip
    assert (found != 1.0).mean() > 0.8
    assert np.median(found) == pytest.approx(true, rel=0.1)


def test_a_week_is_a_sum_of_one_and_a_gap_parts_neighbours():
    weeks = following(np.random.default_rng(2), 0.6)
    assert ahead(weeks, 1.0).autocorrelation == 1.0
    assert ahead(weeks, 0.0).ratio == ahead(weeks, 1.0).ratio == pytest.approx(1.0 + 1.0 / 156)
    assert ahead(weeks, 4.0).autocorrelation > 1.5
    # With weeks so far apart that none has a neighbour, nothing follows.
    assert ahead(weeks, 4.0, place=5 * np.arange(156)).autocorrelation == 1.0


def test_weeks_that_make_up_for_each_other_leave_something():
    weeks = np.tile([10.0, 30.0], 60) + np.random.default_rng(3).normal(0.0, 0.1, 120)
    assert ahead(weeks, 4.0).autocorrelation == LEAST_RATIO


@pytest.mark.parametrize(("weeks", "exposure"), [(30, 6), (52, 13)])
def test_the_error_of_the_mean_is_left_open_too(weeks, exposure):
    """Oracle: of independent weeks, the mean squared error of the forecast of a sum is W s^2 (1 + W / n)."""
    rng = np.random.default_rng(4)
    error, told = [], []
    for k in range(2000 if FULL else 1000):
        past = rng.gamma(4.0, 10.0, weeks)
        error.append((rng.gamma(4.0 * exposure, 10.0) - exposure * past.mean()) ** 2)
        # The error varies from book to book; what is told of it hardly does.
        if FULL or k < 100:
            told.append(ahead(past, exposure).ratio)
    assert np.median(told) == pytest.approx(1.0 + exposure / weeks)
    assert np.mean(error) / (exposure * 400.0) == pytest.approx(1.0 + exposure / weeks, rel=0.1)


def test_the_error_at_the_end_of_a_trend_is_that_of_the_line():
    """Oracle: the spread of the fitted level itself, over histories of one process."""
    kept = [
        level_of(np.random.default_rng(k).gamma(1 / 0.09, 0.09 * np.linspace(20, 60, 156)), np.arange(156))
        for k in range(100)
    ]
    lines_ = [one for one in kept if one.kind == "trend"]
    spread = np.std([one.now for one in lines_]) / 60.0
    assert 0.3 * np.mean([one.leverage for one in lines_]) ** 0.5 == pytest.approx(spread, rel=0.2)


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_a_level_that_moves_goes_on_moving(share):
    """Oracle: a level that takes up a share a of each week's error (an ARIMA (0,1,1)), eight weeks a quarter ahead."""
    rng = np.random.default_rng(5)
    exposure, level = 8, np.full(20000, 100.0)
    total = np.zeros(20000)
    for week in range(IN_USE_WEEKS // 2 + exposure):
        error = rng.normal(0.0, 10.0, 20000)
        total += (level + error) * (week >= IN_USE_WEEKS // 2)
        level += share * error
    past = Stationary(
        weeks=rng.normal(100.0, 10.0, 120), season=None, sample_cv=0.1, cv=0.1,
        level=Level(kind="moving", now=100.0, path=np.full(120, 100.0), freedom=1, smoothing=share),
    )  # fmt: skip
    found = sums_ahead(history(past.weeks), past, exposure)
    assert found.autocorrelation == 1.0
    assert found.ratio == pytest.approx(((total - 800.0) ** 2).mean() / (exposure * 100.0), rel=0.05)


@pytest.mark.parametrize("family", ["gamma", "poisson", "negative_binomial", "normal"])
def test_excess_kurtosis_and_skewness_are_those_of_the_family(family):
    """Oracle: scipy's own moments."""
    cv = 0.8 if family != "poisson" else 2.0**-0.5
    frozen = {
        "gamma": stats.gamma(1 / cv**2), "poisson": stats.poisson(2.0), "normal": stats.norm(2.0, 1.6),
        "negative_binomial": stats.nbinom(1 / (cv**2 - 0.5), 1 / (cv**2 * 2.0)),
    }[family]  # fmt: skip
    found = excess_kurtosis(family, moments(2.0, cv))
    assert found[0] == pytest.approx(float(frozen.stats(moments="k")), rel=1e-9, abs=1e-12)
    skewed = skewness(family, moments(2.0, cv))
    assert skewed[0] == pytest.approx(float(frozen.stats(moments="s")), rel=1e-9, abs=1e-12)


def test_the_excess_kurtosis_of_orders_is_that_of_their_sizes():
    """Oracle: the cumulants of orders of one size, and of exponential sizes, E X^4 = 24 s^4."""
    assert excess_kurtosis("compound_poisson", moments(20.0, 0.5, 5.0))[0] == pytest.approx(1 / 4.0)
    rate = 3.0
    found = excess_kurtosis("compound_poisson", moments(rate * 5.0, (2.0 / rate) ** 0.5, 5.0))
    assert found[0] == pytest.approx(24.0 / (rate * 4.0))
    # E X^3 = 6 s^3 of exponential sizes.
    assert skewness("compound_poisson", moments(20.0, 0.5, 5.0))[0] == pytest.approx(0.5)
    found = skewness("compound_poisson", moments(rate * 5.0, (2.0 / rate) ** 0.5, 5.0))
    assert found[0] == pytest.approx(6.0 / (rate * 8.0) ** 0.5)


@pytest.mark.parametrize(("family", "mean", "cv"), [
    ("gamma", 40.0, 0.8), ("negative_binomial", 5.0, 1.0), ("normal", 100.0, 0.2),
])  # fmt: skip
def test_the_error_of_the_deviation_is_what_the_mean_does_not_tell(family, mean, cv):
    """Oracle: variances of many histories regressed on their means."""
    past, _ = draw(family, np.random.default_rng(12), moments(mean, cv), (8000 if FULL else 4000, 400))
    means, variances = past.mean(axis=1), past.var(axis=1, ddof=1)
    slope = np.cov(means, variances)[0, 1] / means.var()
    rest = (variances - slope * (means - means.mean())).std() / (cv * mean) ** 2
    of = moments(mean, cv)
    told = deviation_error(400, float(excess_kurtosis(family, of)[0]), float(skewness(family, of)[0]))
    assert 2.0 * told == pytest.approx(rest, rel=0.06)


@pytest.mark.parametrize("weeks", [26, 52, 156])
def test_a_normal_week_leaves_open_what_students_t_does(weeks):
    """Oracle: the next week of n normal ones is t with n - 1 degrees of freedom, times sqrt(1 + 1/n)."""
    past = Stationary(
        weeks=np.arange(1.0, weeks + 1.0), season=None, sample_cv=0.2, cv=0.2,
        level=Level(kind="flat", now=100.0, path=np.full(weeks, 100.0), freedom=1, leverage=1 / weeks),
    )  # fmt: skip
    found = sums_ahead(history(past.weeks), past, 1.0)
    wide = replace(found, changed=0.0).times * stats.norm.ppf(0.95)
    assert wide == pytest.approx((1 + 1 / weeks) ** 0.5 * stats.t.ppf(0.95, weeks - 1), rel=2e-3)


@pytest.mark.parametrize(("weeks", "exposure"), [(26, 4), (52, 8), (124, 17)])
@pytest.mark.parametrize(("family", "mean", "cv"), [
    ("normal", 100.0, 0.2), ("gamma", 40.0, 0.6), ("gamma", 5.0, 2.0), ("negative_binomial", 0.5, 2.5),
])  # fmt: skip
def test_nine_of_ten_sums_lie_in_the_range_of_the_fit(weeks, exposure, family, mean, cv):
    """Stationary demand of a known family: what is missed without the errors of level and deviation is told by them."""
    rng, count = np.random.default_rng(9), 4000
    past, _ = draw(family, rng, moments(mean, cv), (count, weeks))
    sums = draw(family, rng, moments(mean, cv), (count, exposure))[0].sum(axis=1)
    seen = (past > 0.0).sum(axis=1) >= 5
    past, sums = past[seen], sums[seen]
    means = past.mean(axis=1)
    cvs = past.std(axis=1, ddof=1) / means
    if family == "negative_binomial":
        cvs = np.maximum(cvs, (1.0 + 1e-6) * means**-0.5)
    kurtosis = excess_kurtosis(family, Moments(mean=means, cv=cvs, order_size=np.ones(len(cvs))))
    skewed = skewness(family, Moments(mean=means, cv=cvs, order_size=np.ones(len(cvs))))
    errors = np.array([deviation_error(weeks, *one) for one in zip(kurtosis, skewed, strict=True)])
    inside = {}
    for name, times in (("plain", 1.0), ("told", ((1 + exposure / weeks) * (1 + 4 * errors**2)) ** 0.5)):
        of = Moments(mean=exposure * means, cv=times * cvs / exposure**0.5, order_size=np.ones(len(cvs)))
        steps = (distribution_function(family, np.maximum(at, -1e-9), of) for at in (sums - 0.5, sums + 0.5))
        whole = distribution_function(family, sums, of)
        below, through = steps if family == "negative_binomial" else (whole, whole + 1e-9)
        below = np.where((sums > 0.0) | (family != "negative_binomial"), below, 0.0)
        share = (np.minimum(through, 0.95) - np.maximum(below, 0.05)) / np.maximum(through - below, 1e-12)
        inside[name] = float(np.clip(share, 0.0, 1.0).mean())
    assert 0.875 <= inside["told"] <= 0.93
    assert inside["plain"] < inside["told"] - 0.005
    assert abs(inside["told"] - 0.9) < abs(inside["plain"] - 0.9)


def book(weekly, **product):
    weekly = np.asarray(weekly)
    weekly[[0, -1]] = np.maximum(weekly[[0, -1]], 1.0)
    blank = {"demand_per_week": "", "demand_cv": "", "lead_time_target_days": 0.0, "make_days": 28.0}
    frame = {"product": "frame", "distribution": "gamma", "order_size": 1.0}
    return make_scenario(
        products=[{"product": "P1", **blank, **product}, frame], orders=[*lines(weekly), *frame_of_weeks(len(weekly))],
        review_days=7,
    )  # fmt: skip


def test_the_cv_in_use_is_that_of_the_exposure_and_is_told():
    scenario = book(following(np.random.default_rng(6), 0.6).round(2))
    row = row_of(scenario, "P1")
    assert row["exposure_weeks"] == pytest.approx(31.5 / 7)
    assert row["variance_ratio"] > 1.5
    # Four weeks and a half are four; mean and deviation are known from 156.
    error = row["deviation_error"]
    # Normal demand or gamma.
    cv = row["open_cv"]
    assert error in [pytest.approx(deviation_error(156, *form)) for form in ((0.0, 0.0), (6 * cv**2, 2 * cv))]
    assert row["level_error"] == pytest.approx(row["open_cv"] * (row["variance_ratio"] / 156) ** 0.5)
    walked = 4 * LevelChange(wander=row["wander_per_year"]).variance(156, 4) / row["open_cv"] ** 2
    assert walked > 0.0
    times = ((row["variance_ratio"] * (1 + 4 / 156) + walked) * (1 + 4 * error**2)) ** 0.5
    assert row["demand_cv"] == pytest.approx(row["open_cv"] * times)
    done = completed(scenario)
    assert done.products["demand_cv"][0] == row["demand_cv"]
    told = {one.kind: one for one in done.notices}
    assert told["sums_more"].values["times"] == row["variance_ratio"]


def test_customers_who_wait_leave_less_to_cover():
    weekly = following(np.random.default_rng(6), 0.6).round(2)
    seen = [
        fit_demand(book(weekly, lead_time_target_days=wait), replicates=0).table.set_index("product").loc["P1"]
        for wait in (0.0, 21.0)
    ]
    assert seen[1]["exposure_weeks"] == pytest.approx(1.5)
    assert seen[1]["demand_cv"] < seen[0]["demand_cv"]


def test_a_short_book_of_poisson_demand_does_not_know_its_mean():
    """Poisson of a mean that is off by its error is the negative binomial, which has room for it."""
    weekly = np.random.default_rng(9).poisson(2.0, 156).astype(float)
    short, long = (
        fit_demand(book(weekly[:count].copy()), replicates=0).table.set_index("product").loc["P1"]
        for count in (30, 156)
    )
    assert [one["distribution"] for one in (short, long)] == ["negative_binomial", "poisson"]
    # Four weeks and a half are four: the error of the mean alone is 4/30 of the variance.
    assert short["demand_cv"] == short["exposure_cv"] > short["open_cv"] * (1.0 + 4.0 / 30.0) ** 0.5
    done = complete(book(weekly[:30].copy())).products.iloc[0]
    assert (done["distribution"], done["demand_cv"]) == ("negative_binomial", short["demand_cv"])


def test_orders_that_come_in_runs_are_no_poisson_demand():
    """Weeks whose rate is high or low for months have the dispersion of their mixture, over the exposure more."""
    rng = np.random.default_rng(8)
    calm = rng.poisson(2.0, 156).astype(float)
    runs = rng.poisson(np.repeat(rng.choice([1.4, 2.6], 20), 8)[:156]).astype(float)
    families = [
        fit_demand(book(weekly), replicates=0).table.set_index("product").loc["P1"] for weekly in (calm, runs)
    ]
    assert [one["distribution"] for one in families] == ["poisson", "negative_binomial"]
    assert families[1]["variance_ratio"] > 1.0
    assert families[1]["demand_cv"] > families[1]["open_cv"]


