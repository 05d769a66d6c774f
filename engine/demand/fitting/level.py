"""The level of demand now: flat, along a straight trend, or moving; chosen by what would have predicted best."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.book.life import YEAR_WEEKS
from engine.demand.fitting.patterns import ONE_PERCENT
from engine.demand.streams import Array

Kind = Literal["flat", "years", "trend", "moving", "forecast"]
# Smoothing of a moving level, a week.
SMOOTHING = (0.05, 0.1, 0.2)
# Another level than the mean of all weeks must have predicted the coming weeks this much better, in squared error.
BETTER = 0.75
AHEAD_WEEKS = 8
EVERY_WEEKS = 4
LEAST_WEEKS = 60
LEAST_SOLD = 26
_FIRST_WEEKS = 40
_WARM_UP_WEEKS = 13
# Of the mean: a level never falls below this share of it on the way.
_FLOOR = 0.05
# Of fitting a line with the weights of the line before.
_TURNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The level of a series.

    Parameters
    ----------
    kind : str
        flat, trend or moving; years where it is the mean of whole years; forecast where the client foresees it.
    now : float
        At its end.
    path : shape (weeks,)
        In each week; of a moving level before the week is seen.
    freedom : int
        Numbers fitted.
    leverage : float
        Variance of `now` over the square of a week's CV, both of a level of 1: 1 / weeks of a mean.
    smoothing : float
        Share of a week's error by which a moving level follows it.
    followed : bool
        What it changes by is in its errors already: a moving level, and a forecast that was judged.
    """

    kind: Kind
    now: float
    path: Array
    freedom: int
    leverage: float = 0.0
    smoothing: float = 0.0
    followed: bool = False


def level_of(weeks: Array, place: npt.NDArray[np.int64], *, bucket_weeks: float = 1.0) -> Level:
    """The level of a series without season.

    The mean of all weeks is kept unless a straight line, or simple exponential smoothing (Brown 1959), would have
    predicted sums of the coming eight weeks better at instants of the past, by `BETTER` in squared error, and sums of
    four weeks follow each other more than independent ones do (`drifts`). The line is then fitted to all weeks, each
    with the weight 1 / level^2 of a demand whose CV does not change.

    Parameters
    ----------
    weeks : shape (weeks,)
    place : shape (weeks,)
        Number of each week in the book.
    bucket_weeks : float
        Weeks of a bucket.
    """
    mean = float(weeks.mean()) if len(weeks) else 0.0
    flat = Level(kind="flat", now=mean, path=np.full(len(weeks), mean), freedom=1, leverage=1.0 / max(1, len(weeks)))
    least = round(LEAST_WEEKS / bucket_weeks)
    sold = int((weeks > 0.0).sum())
    step = max(1, round(EVERY_WEEKS / bucket_weeks))
    if len(weeks) < least or sold < min(LEAST_SOLD, least) or mean <= 0.0 or not drifts(weeks, step=step):
        return flat
    chosen = _chosen(weeks, place, bucket_weeks)
    if chosen == 0.0:
        return flat
    if chosen < 0.0:
        return _line(weeks, place)
    path = _smoothed(weeks, chosen, bucket_weeks)
    before = np.maximum(np.concatenate([path[:1], path[:-1]]), _FLOOR * mean)
    share = _a_bucket(chosen, bucket_weeks)
    return Level(kind="moving", now=float(path[-1]), path=before, freedom=1, smoothing=share, followed=True)


def adding_up(weeks: Array, factor: Array) -> Level:
    """The flat level whose weeks add up to what was sold: L = sum y / sum f.

    The mean of y / f has 1/n of the variance of a week where the season is right, this sum f^2 / (sum f)^2. But where a
    product sells in few weeks a year, and a smooth season is low between them, y / f has another mean.
    """
    now = float(weeks.sum() / factor.sum())
    return Level(
        kind="flat", now=now, path=np.full(len(weeks), now), freedom=1,
        leverage=float((factor**2).sum() / factor.sum() ** 2),
    )  # fmt: skip


def of_whole_years(weeks: Array, place: npt.NDArray[np.int64]) -> Level:
    """The mean of the weeks of the year, each of which counts alike, however often it was seen.

    A book of three years and a summer has a summer too many; where demand follows the year, its mean is too high.

    Parameters
    ----------
    weeks : shape (weeks,)
    place : shape (weeks,)
        Number of each week in the book.

    Examples
    --------
    >>> weeks = np.append(np.tile(np.append(np.full(8, 26.0), np.zeros(44)), 2), np.full(8, 26.0))
    >>> float(of_whole_years(weeks, np.arange(112)).now), float(weeks.mean().round(2))
    (4.0, 5.57)
    """
    of_year = place % YEAR_WEEKS
    often = np.bincount(of_year, minlength=YEAR_WEEKS)
    seen = often > 0
    means = np.bincount(of_year, weights=weeks, minlength=YEAR_WEEKS)[seen] / often[seen]
    now = float(means.mean())
    return Level(
        kind="years", now=now, path=np.full(len(weeks), float(weeks.mean())), freedom=1,
        leverage=float((1.0 / often[seen]).sum()) / int(seen.sum()) ** 2,
    )  # fmt: skip


def drifts(weeks: Array, *, step: int = EVERY_WEEKS) -> bool:
    """Whether sums of four weeks are alike when they are neighbours: rank autocorrelation above its 1% point.

    Of independent sums it is within 2.33 / sqrt(n) above zero in 99 of 100 cases (Bartlett 1946).

    Examples
    --------
    >>> drifts(np.arange(60.0)), drifts(np.tile([1.0, 1.0, 1.0, 1.0, 5.0, 5.0, 5.0, 5.0], 8))
    (True, False)
    """
    count = len(weeks) // step
    sums = weeks[len(weeks) - count * step :].reshape(count, step).sum(axis=1)
    rest = pd.Series(sums).rank().to_numpy() - (count + 1) / 2.0
    total = float((rest**2).sum())
    return total > 1e-9 and float((rest[1:] * rest[:-1]).sum()) / total > ONE_PERCENT / count**0.5


def _chosen(weeks: Array, place: npt.NDArray[np.int64], bucket_weeks: float) -> float:
    """Smoothing constant of the best; 0 the mean of all weeks, -1 a straight line."""
    count = len(weeks)
    ahead = max(1, round(AHEAD_WEEKS / bucket_weeks))
    every = max(1, round(EVERY_WEEKS / bucket_weeks))
    first = max(count // 2, round(_FIRST_WEEKS / bucket_weeks))
    seen = np.arange(first, count - ahead + 1, every)
    if len(seen) < 3:
        return 0.0
    total = np.concatenate([[0.0], np.cumsum(weeks)])
    came = (total[seen + ahead] - total[seen]) / ahead
    levels = {0.0: total[seen] / seen, -1.0: _line_ends(weeks, place, seen)}
    levels |= {alpha: _smoothed(weeks, alpha, bucket_weeks)[seen - 1] for alpha in SMOOTHING}
    error = {key: float(((level - came) ** 2).sum()) for key, level in levels.items()}
    best = min(error, key=lambda key: error[key])
    return best if error[best] < BETTER * error[0.0] else 0.0


def _a_bucket(alpha: float, bucket_weeks: float) -> float:
    """Smoothing constant of a bucket, from that of a week."""
    return float(1.0 - (1.0 - alpha) ** bucket_weeks)


def _smoothed(weeks: Array, alpha: float, bucket_weeks: float) -> Array:
    """Level after each week: L_k = L_{k-1} + a (y_k - L_{k-1}), from the mean of the first quarter of a year."""
    a = _a_bucket(alpha, bucket_weeks)
    start = float(weeks[: max(1, round(_WARM_UP_WEEKS / bucket_weeks))].mean())
    levels = accumulate(weeks.tolist(), lambda level, week: a * week + (1.0 - a) * level, initial=start)
    return np.array(list(levels)[1:], dtype=np.float64)


def _line_ends(weeks: Array, place: npt.NDArray[np.int64], seen: npt.NDArray[np.int64]) -> Array:
    """Height at its end of the line through the first weeks, for each number of weeks seen."""
    x = place.astype(np.float64)
    n = seen.astype(np.float64)
    sx, sy, sxx, sxy = (np.cumsum(values)[seen - 1] for values in (x, weeks, x * x, x * weeks))
    slope = (sxy - sx * sy / n) / np.maximum(sxx - sx * sx / n, 1e-12)
    return np.asarray(np.maximum(sy / n + slope * (x[seen - 1] - sx / n), 0.0), dtype=np.float64)


def _line(weeks: Array, place: npt.NDArray[np.int64]) -> Level:
    from statsmodels.regression.linear_model import WLS  # noqa: PLC0415  (slow import, rarely needed)

    mean = float(weeks.mean())
    columns = np.column_stack([np.ones(len(weeks)), place - place.mean()])
    line = WLS(weeks, columns, weights=np.ones(len(weeks))).fit()
    for _ in range(_TURNS):
        path = np.maximum(np.asarray(line.fittedvalues), _FLOOR * mean)
        line = WLS(weeks, columns, weights=path**-2.0).fit()
    path = np.maximum(np.asarray(line.fittedvalues), _FLOOR * mean)
    # x' (X' W X)^-1 x of the last week, over the square of its level.
    leverage = float(columns[-1] @ line.normalized_cov_params @ columns[-1]) / float(path[-1]) ** 2
    return Level(kind="trend", now=float(path[-1]), path=path, freedom=2, leverage=leverage)
