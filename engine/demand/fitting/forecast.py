"""A client's own forecast: the level it foresees, and how far its past ones were from what was sold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.demand.book.book import Book
from engine.demand.book.history import History
from engine.demand.fitting.level import Level
from engine.demand.fitting.stationary import Stationary
from engine.demand.fitting.totals import Bucket
from engine.demand.streams import Array
from engine.scenario.scenario import Scenario

# Fewest past periods with sales that say how far a forecast is off.
LEAST_PERIODS = 12
# The level foreseen is the mean of so many weeks after the book.
COMING_WEEKS = 52
_WEEKS = (1, 2, 4)
# A period foreseen to sell less than this share of the mean counts as that.
_LEAST_SHARE = 0.05
# When a forecast without a day was made.
_LONG_AGO = pd.Timestamp("1900-01-01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a forecast says of a product.

    Parameters
    ----------
    bucket : Bucket or None
        Its periods; None where they are none that is understood, and nothing else is known.
    coming : float
        Mean of the coming periods, units a week; NaN without any.
    coming_weeks : float
    late : int
        Forecasts left out because they were made after their period had begun.
    foreseen, sold : shape (periods,)
        Past periods.
    place : shape (periods,)
        Number of each, so that gaps are seen.
    """

    bucket: Bucket | None
    coming: float
    coming_weeks: float
    late: int
    foreseen: Array
    sold: Array
    place: Array

    @property
    def judged(self) -> bool:
        """Whether past periods say how far it is off."""
        return len(self.sold) >= LEAST_PERIODS and float(self.foreseen.sum()) > 0.0

    @property
    def bias(self) -> float:
        """What was sold over what was foreseen, less one; NaN where that is not known."""
        return float(self.sold.sum() / self.foreseen.sum()) - 1.0 if self.judged else float("nan")

    @property
    def known(self) -> bool:
        """Whether it changes anything."""
        return self.judged or not np.isnan(self.coming)


def foreseen(scenario: Scenario, book: Book, exposed_weeks: Mapping[str, float]) -> dict[str, Foreseen]:
    """What the table `forecasts` says, by product.

    Of several forecasts of one past period that one counts which was made when its stock had to be ordered: the latest
    that is older than the exposure, else the oldest that was made before the period; of a coming period the latest.

    Parameters
    ----------
    scenario : Scenario
    book : Book
        What was sold.
    exposed_weeks : mapping of str to float
        Weeks of the exposure, by product.
    """
    forecasts: dict[str, Foreseen] = {}
    if not len(scenario.forecasts) or pd.isna(book.last_day):
        return forecasts
    sold = dict(list(book.lines.groupby("product")))
    for key, table in scenario.forecasts.groupby("product", sort=False):
        name = str(key)
        bucket = _bucket(pd.DatetimeIndex(sorted(set(table["period"]))))
        lines = sold.get(name, book.lines.iloc[:0])
        if bucket is None:
            none = np.zeros(0)
            forecasts[name] = Foreseen(
                bucket=None, coming=float("nan"), coming_weeks=0.0, late=0, foreseen=none, sold=none, place=none
            )
            continue
        forecasts[name] = _of(table, lines, book, bucket, exposed_weeks.get(name, 0.0))
    return forecasts


def _bucket(starts: pd.DatetimeIndex) -> Bucket | None:
    """Weeks or months whose first days these are."""
    if len(starts) < 2:
        return None
    days = np.diff(starts.to_numpy().astype("datetime64[D]")).astype(np.int64)
    if (starts.day == 1).all():
        return Bucket(totals=True, months=1)
    least = int(days.min())
    if least // 7 in _WEEKS and (days % least == 0).all() and least % 7 == 0:
        return Bucket(totals=True, weeks=least // 7)
    return None


def _of(table: pd.DataFrame, lines: pd.DataFrame, book: Book, bucket: Bucket, exposure: float) -> Foreseen:
    day = lines["order_date"].to_numpy()
    units = lines["quantity"].to_numpy(dtype=np.float64)
    step = pd.DateOffset(months=1) if bucket.months else pd.Timedelta(days=7 * bucket.weeks)
    late, past, coming = 0, list[tuple[float, float, int]](), list[float]()
    for start, rows in table.groupby("period", sort=True):
        first = pd.Timestamp(str(start))
        made = rows["made_on"].fillna(_LONG_AGO)
        late += int((made >= first).sum()) if first <= book.last_day else 0
        in_time = rows[made < first] if first <= book.last_day else rows
        if not len(in_time):
            continue
        in_time = in_time.assign(made_on=made[in_time.index]).sort_values("made_on", kind="stable")
        quantity = in_time["quantity"].to_numpy(dtype=np.float64)
        if first > book.last_day:
            if first < book.last_day + pd.Timedelta(weeks=COMING_WEEKS):
                coming.append(float(quantity[-1]))
            continue
        if first < book.first_day or first + step > book.last_day + pd.Timedelta(days=1):
            continue
        old = np.flatnonzero((in_time["made_on"] <= first - pd.Timedelta(days=7.0 * exposure)).to_numpy())
        inside = (day >= np.datetime64(first)) & (day < np.datetime64(first + step))
        number = (first.year * 12 + first.month) if bucket.months else (first - pd.Timestamp(0)).days // 7
        chosen = float(quantity[old[-1]] if old.size else quantity[0])
        past.append((chosen, max(0.0, float(units[inside].sum())), number // (1 if bucket.months else bucket.weeks)))
    pairs = np.array(past, dtype=np.float64).reshape(-1, 3)
    weeks = len(coming) * bucket.length_weeks
    return Foreseen(
        bucket=bucket, coming=float(np.sum(coming)) / weeks if coming else float("nan"), coming_weeks=weeks, late=late,
        foreseen=pairs[:, 0], sold=pairs[:, 1], place=pairs[:, 2],
    )


def with_forecast(history: History, series: Stationary, said: Foreseen | None) -> tuple[History, Stationary]:
    """The history and the stationary weeks to fit moments to, where a forecast says something.

    Of past forecasts f_k beside sales y_k, with b = sum y / sum f - 1,

        cv^2 = n / (n - 1) sum ((y_k - (1 + b) f_k)^2 / f_k) / sum f_k,

    and b, which all periods share, is an error of the level, b^2 / cv^2 in units of a period's.

    Parameters
    ----------
    history : History
    series : Stationary
        Of the order book alone.
    said : Foreseen or None
    """
    if said is None or said.bucket is None or not said.known:
        return history, series
    weekly = series.level.now / history.bucket_weeks if np.isnan(said.coming) else said.coming
    if not said.judged:
        times = weekly * history.bucket_weeks / series.level.now
        level = replace(series.level, kind="forecast", now=times * series.level.now, path=times * series.level.path)
        return history, replace(series, weeks=times * series.weeks, level=level)
    now, count = weekly * said.bucket.length_weeks, len(said.sold)
    base = np.maximum(said.foreseen, _LEAST_SHARE * said.foreseen.mean())
    rest = said.sold - (1.0 + said.bias) * said.foreseen
    cv2 = float((rest**2 / base).sum() / base.sum()) * count / (count - 1)
    level = Level(
        kind="forecast", now=now, path=np.full(count, now), freedom=1,
        leverage=said.bias**2 / cv2 if cv2 > 0.0 else 0.0, followed=True,
    )  # fmt: skip
    mean = float(said.sold.mean())
    stationary = Stationary(
        weeks=np.maximum(0.0, now * (1.0 + rest / base)), level=level, season=None,
        sample_cv=float(said.sold.std(ddof=1)) / mean if mean > 0.0 else 0.0, cv=cv2**0.5,
    )  # fmt: skip
    judged = History(
        product=history.product, weeks=said.sold, place=(said.place - said.place[0]).astype(np.int64),
        bucket=said.bucket,
    )  # fmt: skip
    return judged, stationary
