"""What a stationary demand model cannot hold: trend, season and monthly batches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from engine.demand.book.life import YEAR_WEEKS
from engine.demand.streams import Array

PERIOD_WEEKS = 4
LEAST_SEASON_WEEKS = 2 * YEAR_WEEKS
BATCH_DAYS = 3
# Of the standard normal distribution: one end of a test.
ONE_PERCENT = 2.326
LEAST_MONTHS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A monotone trend.

    Parameters
    ----------
    share_per_year : float
        Slope over the mean.
    p_value : float
        Of no trend.
    """

    share_per_year: float
    p_value: float


def trend(weeks: Array) -> Trend:
    """Mann-Kendall test on sums of four weeks, with Sen's slope.

    Four weeks together weaken the correlation between neighbours, which the test takes for trend. S is
    the number of rising less falling pairs; its variance is (n(n-1)(2n+5) - sum over ties t(t-1)(2t+5)) /
    18 (Mann 1945; Kendall 1975). The slope is the median over all pairs (Sen 1968).

    Parameters
    ----------
    weeks : numpy.ndarray, shape (weeks,)

    Returns
    -------
    Trend
        NaN with fewer than four sums.
    """
    count = weeks.size // PERIOD_WEEKS
    if count < 4:
        return Trend(share_per_year=float("nan"), p_value=float("nan"))
    sums = weeks[weeks.size - count * PERIOD_WEEKS :].reshape(count, PERIOD_WEEKS).sum(axis=1)
    earlier, later = np.triu_indices(count, k=1)
    rise = sums[later] - sums[earlier]
    score = float(np.sign(rise).sum())
    ties = np.unique(sums, return_counts=True)[1].astype(np.float64)
    variance = (count * (count - 1) * (2 * count + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18.0
    if variance <= 0.0:
        return Trend(share_per_year=0.0, p_value=1.0)
    z = (score - np.sign(score)) / variance**0.5
    slope = float(np.median(rise / (later - earlier)))
    share = slope * (YEAR_WEEKS / PERIOD_WEEKS) / float(sums.mean())
    return Trend(share_per_year=share, p_value=float(2.0 * special.ndtr(-abs(z))))


def season(weeks: Array) -> float:
    """Rank autocorrelation at 52 weeks after a straight line is taken out; NaN below two years.

    Ranks keep one large order from looking like a season. Without season it is within 2.33 / sqrt(n)
    above zero in 99 of 100 cases (Bartlett 1946).
    """
    if weeks.size < LEAST_SEASON_WEEKS:
        return float("nan")
    ranks = pd.Series(weeks).rank().to_numpy()
    time = np.arange(weeks.size, dtype=np.float64)
    rest = ranks - np.polyval(np.polyfit(time, ranks, 1), time)
    total = float((rest**2).sum())
    return float((rest[YEAR_WEEKS:] * rest[:-YEAR_WEEKS]).sum() / total) if total > 1e-9 else 0.0


def season_limit(weeks: int) -> float:
    """Autocorrelation above which a season is reported: the one-sided 1% point."""
    return float(ONE_PERCENT / weeks**0.5)


def seasonal(weeks: Array) -> bool:
    """Whether a season is to be reported.

    Examples
    --------
    >>> seasonal(np.tile(np.append(np.full(8, 9.0), np.zeros(44)), 3)), seasonal(np.arange(100.0))
    (True, False)
    """
    return season(weeks) > season_limit(len(weeks))


def monthly_batch_share(dates: pd.DatetimeIndex, units: Array) -> float:
    """Largest share of the units within three days of one day of the month; NaN below six months with sales.

    Orders spread evenly have a share near 0.1; a value near 1 means that orders are collected and sent once a
    month. The last days of a month count back from its end, so that the 28th and the 31st are the same day.
    """
    days = dates.to_numpy().astype("datetime64[D]")
    if dates.size == 0 or len(np.unique(days.astype("datetime64[M]"))) < LEAST_MONTHS:
        return float("nan")
    shares = [_densest(np.bincount(day, weights=units, minlength=32)) for day in month_places(days)]
    return float(max(shares) / units.sum())


def month_places(days: npt.NDArray[np.datetime64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Place of each day in its month, counted from its first day, 0, and back from its end, 1 being the last."""
    month = days.astype("datetime64[M]")
    from_start = (days - month.astype("datetime64[D]")).astype(np.int64)
    return from_start, ((month + 1).astype("datetime64[D]") - days).astype(np.int64)


def _densest(by_day: npt.NDArray[np.number]) -> float:
    return float(np.convolve(by_day, np.ones(BATCH_DAYS), mode="valid").max())
