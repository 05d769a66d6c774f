"""A step of the level that came too late for a forecast to follow: told, and left in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.demand.book.history import History
from engine.demand.fitting.goodness import admissible, distribution_function, moments
from engine.demand.fitting.level import Level
from engine.demand.fitting.patterns import ONE_PERCENT, seasonal
from engine.demand.fitting.stationary import Stationary
from engine.demand.fitting.sums import sums_of
from engine.demand.streams import Array

# A step is looked for in so many weeks at the end of the book; another level wants longer to be seen predicting better.
LATE_WEEKS = 26
_LEAST_LATE_WEEKS = 3
_LEAST_BEFORE_WEEKS = 26
# Chance of the weeks since, at either end, below which they are a step. Sums of 3 to 26 weeks resemble each other, so
# that together they are as some five tests: one in a hundred stationary histories is told to have a step.
STEP_P_VALUE = 1e-3
# What a quick look passes, in standard deviations of independent weeks.
_SCREEN = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the level.

    Parameters
    ----------
    first : pandas.Timestamp or None
        First day after it; None where the days are not known.
    weeks : float
        Since then.
    level, before : float
        Units a week since then and before, season taken out.
    """

    first: pd.Timestamp | None
    weeks: float
    level: float
    before: float


def late_step(history: History, stationary: Stationary, family: str, order_size: float) -> Step | None:
    """The step of the level that the last weeks of a book show, None where they are as the weeks before.

    The sum of the last k weeks is looked up in what the weeks before the last half year foresee of it, errors of mean
    and deviation and the likeness of neighbouring weeks in it (`engine.demand.fitting.sums`), and
    must differ by rank, too, so that one large order does not make a step. Exceptional orders are left out.

    Parameters
    ----------
    history : History
    stationary : Stationary
        Of that history. A moving level has followed the step; a season that is there but not known would be told as
        one.
    family : str
        Nearest to the weeks.
    order_size : float
    """
    weeks, per = _ordinary(history, stationary), history.bucket_weeks
    top = min(round(LATE_WEEKS / per), len(weeks) - round(_LEAST_BEFORE_WEEKS / per))
    least = max(1, round(_LEAST_LATE_WEEKS / per))
    if stationary.level.kind in ("moving", "forecast") or top < least:
        return None
    before = weeks[:-top]
    mean, deviation = float(before.mean()), float(before.std(ddof=1))
    length = np.arange(least, top + 1)
    sums = np.cumsum(weeks[::-1])[length - 1]
    # z_k = (S_k - k m) / (s sqrt(k (1 + k / n)))
    spread = deviation * np.sqrt(length * (1.0 + length / len(before)))
    scores = (sums - length * mean) / np.maximum(spread, 1e-12)
    screened = np.flatnonzero(np.abs(scores) > _SCREEN)
    if mean <= 0.0 or not len(screened) or (stationary.season is None and per == 1.0 and seasonal(history.weeks)):
        return None
    level = Level(kind="flat", now=mean, path=np.full(len(before), mean), freedom=1, leverage=1.0 / len(before))
    cv = deviation / mean
    past = Stationary(weeks=before, level=level, season=None, sample_cv=cv, cv=cv)
    early = replace(history, weeks=before, place=history.places[:-top])
    unlikely = [
        k for k in screened.tolist()
        if _of_many(before, weeks[-int(length[k]) :]) * scores[k] > 0.0
        and _chance(early, past, family, order_size, weeks=int(length[k]), total=float(sums[k])) < STEP_P_VALUE
    ]  # fmt: skip
    if not unlikely:
        return None
    # The likeliest week of the step is that since which the sum is furthest off, in its standard deviations.
    best = max(unlikely, key=lambda k: abs(float(scores[k])))
    count = int(length[best])
    since = None if history.start is None else history.bucket.first_day(history.start, int(history.places[-count]))
    return Step(
        first=since, weeks=count * per, level=float(sums[best]) / (count * per), before=mean / per
    )  # fmt: skip


def _ordinary(history: History, stationary: Stationary) -> Array:
    """Weeks as found, without the exceptional orders in them."""
    if history.ordinary is None:
        return stationary.weeks
    share = np.divide(history.ordinary, history.weeks, out=np.ones(len(stationary.weeks)), where=history.weeks > 0.0)
    return stationary.weeks * share


def _of_many(before: Array, since: Array) -> float:
    """1 (-1) where weeks since rank above (below) those before at 1% on either side, else 0.

    Normal approximation of the rank sum, ties in its variance (Mann & Whitney 1947).
    """
    ranks = np.asarray(pd.Series(np.concatenate([before, since])).rank(), dtype=np.float64)
    n, m = len(before), len(since)
    spread = float((m * n / (m + n) * ranks.var(ddof=1)) ** 0.5)
    score = float(ranks[n:].sum()) - m * (n + m + 1) / 2.0
    return float(np.sign(score)) if abs(score) > ONE_PERCENT * max(spread, 1e-9) else 0.0


def _chance(
    history: History, past: Stationary, family: str, order_size: float, *, weeks: int, total: float
) -> float:
    """Chance of so much or more, or of so little or less, in so many weeks to come."""
    mean, cv = past.level.now, past.cv
    if cv <= 0.0:
        return 0.0
    ahead = cv * sums_of(history, past, weeks * history.bucket_weeks, family, order_size, untested=True).times
    nearby = "negative_binomial" if family == "poisson" else family
    if not admissible(nearby, mean=mean, cv=ahead, order_size=order_size, whole=True):
        nearby = "gamma"
    of = moments(weeks * mean, ahead / weeks**0.5, order_size)
    # P(S < s) and P(S <= s) of whole units and amounts alike.
    less, through = (
        float(distribution_function(nearby, np.array([total + margin]), of)[0]) for margin in (-1e-6, 1e-6)
    )
    return min(1.0 - less, through)
