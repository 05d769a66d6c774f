"""How much a level may change: posteriors by brute force, walks and waves drawn, and what ranges they make."""

import numpy as np
import pytest
from scipy import stats

from engine.demand.book.history import History
from engine.demand.fitting.level import Level
from engine.demand.fitting.stationary import Stationary
from engine.demand.fitting.sums import SumsAhead, sums_ahead
from engine.demand.fitting.wander import _AMPLITUDES as AMPLITUDES
from engine.demand.fitting.wander import _WANDERS as WANDERS
from engine.demand.fitting.wander import (
    IN_USE_WEEKS,
    MEAN_AMPLITUDE,
    MEAN_WANDER,
    SEASONAL_SHARE,
    WANDERING_SHARE,
    LevelChange,
    level_change,
)
from tests.evidence import FULL


def walk(rng, wander, weeks, count=1):
    steps = rng.normal(0.0, wander / 52**0.5, (count, weeks))
    return 1.0 + np.cumsum(steps, axis=1)


def yearly_wander(weeks, cv, **more):
    """Of a level without season."""
    return level_change(weeks, cv, wave=False, **more).wander


def mixed(values, share, mean):
    chance = np.exp(-values / mean) * np.gradient(values)
    prior = share * chance / chance.sum()
    prior[0] += 1.0 - share
    return prior


def by_brute_force(weeks, cv, amplitudes):
    """The posterior from the covariance of sums of four weeks, differences to the first of them: no cosines."""
    sums = weeks.reshape(-1, 4).mean(axis=1) / weeks.mean()
    count = len(sums)
    differ = np.eye(count)[1:] - np.eye(count)[0]
    place = np.arange(count)
    # A wave of random phase has the covariance a^2/2 cos(w (s - t)), here at fine instants, averaged over each sum.
    instant = (np.arange(len(weeks) * 8) + 0.5) / 8.0
    wave = np.stack([np.cos(2 * np.pi * instant / 52), np.sin(2 * np.pi * instant / 52)])
    wave = wave.reshape(2, count, -1).mean(axis=2)
    told = np.zeros((len(WANDERS), len(amplitudes)))
    for i, wander in enumerate(WANDERS):
        for j, amplitude in enumerate(amplitudes):
            covariance = cv**2 / 4.0 * np.eye(count) + wander**2 * 4.0 / 52.0 * np.minimum.outer(place, place)
            covariance = differ @ (covariance + 0.5 * amplitude**2 * wave.T @ wave) @ differ.T
            told[i, j] = stats.multivariate_normal(np.zeros(count - 1), covariance).logpdf(differ @ sums)
    prior = mixed(WANDERS, WANDERING_SHARE, MEAN_WANDER)[:, None]
    if len(amplitudes) > 1:
        prior = prior * mixed(amplitudes, SEASONAL_SHARE, MEAN_AMPLITUDE)
    posterior = prior * np.exp(told - told.max())
    posterior /= posterior.sum()
    return [
        float((posterior.sum(axis=1 - axis) * values**2).sum() ** 0.5)
        for axis, values in enumerate((WANDERS, amplitudes))
    ]


@pytest.mark.parametrize("wander", [0.0, 0.1, 0.4])
@pytest.mark.parametrize("weeks", [28, 104])
def test_the_posterior_is_that_of_the_walk_around_an_unknown_mean(wander, weeks):
    rng = np.random.default_rng(weeks)
    found = 40.0 * (walk(rng, wander, weeks)[0] + rng.normal(0.0, 0.2, weeks))
    assert yearly_wander(found, 0.2) == pytest.approx(by_brute_force(found, 0.2, AMPLITUDES[:1])[0], rel=1e-6)


@pytest.mark.parametrize("amplitude", [0.0, 0.4])
@pytest.mark.parametrize("weeks", [28, 72])
def test_the_posterior_is_that_of_a_walk_and_a_wave(amplitude, weeks):
    rng = np.random.default_rng(weeks)
    season = amplitude * np.sin(2.0 * np.pi * np.arange(weeks) / 52.0)
    weekly = 40.0 * (walk(rng, 0.1, weeks)[0] + season + rng.normal(0.0, 0.2, weeks))
    found = level_change(weekly, 0.2)
    assert [found.wander, found.amplitude] == pytest.approx(by_brute_force(weekly, 0.2, AMPLITUDES), rel=1e-4)


def test_half_a_year_hardly_tells_a_season_and_most_of_two_years_refute_it():
    rng = np.random.default_rng(8)
    steady = [[level_change(rng.gamma(1 / 0.09, 0.09, n), 0.3).amplitude for _ in range(50)] for n in (26, 52, 96)]
    # E a^2 of an exponential is twice the square of its mean.
    prior = level_change(np.ones(8), 0.3).amplitude
    assert prior == pytest.approx((SEASONAL_SHARE * 2.0) ** 0.5 * MEAN_AMPLITUDE, rel=0.2)
    half, year, two = (float(np.median(one)) for one in steady)
    assert prior > 2.0 * half > 3.0 * year
    assert two < year < 0.1


def test_with_nothing_to_go_by_it_is_what_others_have_shown():
    # E d^2 of an exponential is twice the square of its mean; beyond one a year nothing counts.
    assert yearly_wander(np.ones(11), 0.2) == pytest.approx((WANDERING_SHARE * 2.0) ** 0.5 * MEAN_WANDER, rel=0.25)
    assert yearly_wander(np.zeros(60), 0.2) == yearly_wander(np.zeros(0), 0.2) == yearly_wander(np.ones(60), 0.0) == 0.0


def test_a_walk_is_told_and_steady_weeks_hardly():
    rng = np.random.default_rng(1)
    steady = [yearly_wander(rng.gamma(1 / 0.09, 0.09, 156), 0.3) for _ in range(100)]
    wide = [yearly_wander(walk(rng, 0.3, 156)[0] * rng.gamma(1 / 0.09, 0.09, 156), 0.3) for _ in range(100)]
    assert np.median(steady) < 0.05
    assert 0.15 < np.median(wide) < 0.35


def test_months_tell_what_their_weeks_do():
    weeks = 40.0 * (walk(np.random.default_rng(6), 0.3, 156)[0] + np.random.default_rng(7).normal(0.0, 0.3, 156))
    months = weeks.reshape(-1, 4).sum(axis=1)
    assert yearly_wander(months, 0.15, bucket_weeks=4.0) == pytest.approx(yearly_wander(weeks, 0.3), rel=1e-9)


def test_weeks_that_follow_each_other_are_not_taken_for_a_walk_twice():
    weeks = np.repeat(np.random.default_rng(2).gamma(4.0, 10.0, 26), 4)
    assert yearly_wander(weeks, 0.5, ratio=4.0) < 0.5 * yearly_wander(weeks, 0.5)


@pytest.mark.parametrize(("weeks", "ahead"), [(52, 4), (124, 17)])
def test_the_variance_of_a_walk_ahead_is_that_of_walks_drawn(weeks, ahead):
    """Oracle: means of a walk over the past and over weeks that begin a quarter of a year later."""
    gap = IN_USE_WEEKS // 2
    path = walk(np.random.default_rng(3), 0.2, weeks + gap + ahead, 4000)
    far = path[:, -ahead:].mean(axis=1) - path[:, :weeks].mean(axis=1)
    assert LevelChange(wander=0.2).variance(weeks, ahead) == pytest.approx(far.var(), rel=0.07)


@pytest.mark.parametrize(("weeks", "ahead"), [(13, 4), (26, 4), (39, 8), (52, 17), (124, 17)])
def test_the_variance_of_a_wave_ahead_is_that_of_waves_drawn(weeks, ahead):
    """Oracle: waves of any phase, in fine steps."""
    gap, steps = IN_USE_WEEKS // 2, 50
    instant = (np.arange((weeks + gap + ahead) * steps) + 0.5) / steps
    phase = np.arange(360) / 360.0
    path = 0.3 * np.sin(2.0 * np.pi * (instant / 52.0 + phase[:, None]))
    far = path[:, -ahead * steps :].mean(axis=1) - path[:, : weeks * steps].mean(axis=1)
    assert LevelChange(amplitude=0.3).variance(weeks, ahead) == pytest.approx(far.var(), rel=1e-3)


def flat_sums(past: np.ndarray, ahead: int) -> SumsAhead:
    """Sums after gamma weeks of which no level and no season is told."""
    mean, cv = past.mean(), past.std(ddof=1) / past.mean()
    level = Level(kind="flat", now=mean, path=np.full(len(past), mean), freedom=1, leverage=1.0 / len(past))
    return sums_ahead(
        History(product="P", weeks=past), Stationary(weeks=past, level=level, season=None, sample_cv=cv, cv=cv),
        float(ahead), excess_kurtosis=6.0 * cv**2, skewness=2.0 * cv,
    )  # fmt: skip


def in_range(past: np.ndarray, total: float, ahead: int, times: float) -> bool:
    """Whether a sum lies in the 90% range of gamma demand whose CV is that of the weeks, so many times."""
    mean, cv = past.mean(), past.std(ddof=1) / past.mean()
    shape = ahead / (cv * times) ** 2
    return bool(0.05 < stats.gamma.cdf(total, shape, scale=ahead * mean / shape) < 0.95)


@pytest.mark.parametrize(("wander", "least", "most"), [(0.0, 0.88, 0.93), (0.3, 0.78, 0.93)])
def test_nine_of_ten_sums_lie_in_the_range_where_the_level_wanders_or_not(wander, least, most):
    """Of a level that walks by 30% a year two thirds of the sums would lie in the range of one that stays."""
    rng, weeks, ahead, gap = np.random.default_rng(4), 104, 8, IN_USE_WEEKS // 2
    inside = {"stays": [], "told": []}
    for path in walk(rng, wander, weeks + gap + ahead, 300):
        demand = 40.0 * np.maximum(path, 0.05) * rng.gamma(1 / 0.16, 0.16, len(path))
        past, total = demand[:weeks], demand[-ahead:].sum()
        sums = flat_sums(past, ahead)
        for name, times in (("stays", sums.ratio**0.5), ("told", sums.times)):
            inside[name].append(in_range(past, total, ahead, times))
    assert least <= np.mean(inside["told"]) <= most
    if wander:
        assert np.mean(inside["told"]) > np.mean(inside["stays"]) + 0.08


def test_a_level_that_is_followed_does_not_wander_besides():
    weeks = np.random.default_rng(5).gamma(4.0, 10.0, 104)
    flat = Level(kind="flat", now=40.0, path=np.full(104, 40.0), freedom=1)
    moving = Level(kind="moving", now=40.0, path=np.full(104, 40.0), freedom=1, smoothing=0.1, followed=True)
    past = History(product="P", weeks=weeks)
    found = [Stationary(weeks=weeks, level=level, season=None, sample_cv=0.5, cv=0.5) for level in (flat, moving)]
    assert sums_ahead(past, found[0], 4.0).changed > 0.0
    assert sums_ahead(past, found[1], 4.0).changed == 0.0


@pytest.mark.parametrize(("weeks", "least"), [(13, 0.8), (26, 0.78), (52, 0.85)])
def test_a_season_that_a_short_book_cannot_tell_is_in_its_ranges(weeks, least):
    """Steady weeks around a season of 30%: without it half to three quarters of the sums would lie in the range."""
    rng, ahead, gap = np.random.default_rng(10), 4, IN_USE_WEEKS // 2
    inside = {"unseen": [], "told": []}
    for _ in range(400 if FULL else 160):
        season = 1.0 + 0.3 * np.sin(2.0 * np.pi * (np.arange(weeks + gap + ahead) / 52.0 + rng.random()))
        demand = 40.0 * season * rng.gamma(1 / 0.09, 0.09, len(season))
        past, total = demand[:weeks], demand[-ahead:].sum()
        sums = flat_sums(past, ahead)
        assert sums.change.amplitude > 0.0
        for name, times in (("unseen", sums.ratio**0.5), ("told", sums.times)):
            inside[name].append(in_range(past, total, ahead, times))
    assert np.mean(inside["told"]) >= least
    assert np.mean(inside["told"]) > np.mean(inside["unseen"]) + (0.15 if weeks < 52 else 0.0)


def test_two_years_have_shown_whether_there_is_a_season():
    weeks = np.random.default_rng(11).gamma(4.0, 10.0, 104)
    for count, there in ((103, True), (104, False)):
        level = Level(kind="flat", now=40.0, path=np.full(count, 40.0), freedom=1)
        found = Stationary(weeks=weeks[:count], level=level, season=None, sample_cv=0.5, cv=0.5)
        past = History(product="P", weeks=weeks[:count])
        assert (sums_ahead(past, found, 4.0).change.amplitude > 0.0) == there
