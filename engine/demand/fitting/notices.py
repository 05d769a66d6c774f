"""What a reader should know of the fit of one product, as notices."""

from __future__ import annotations

from math import isnan
from typing import Protocol

import pandas as pd

from engine.demand.book.history import History
from engine.demand.fitting.forecast import LEAST_PERIODS, Foreseen
from engine.demand.fitting.patterns import season_limit
from engine.demand.fitting.peaks import Peaks
from engine.demand.fitting.size_step import size_step
from engine.demand.fitting.totals import MONTHLY_BATCHES, MONTHLY_TOTALS, WEEKLY_TOTALS
from engine.notices import Notice
from engine.scenario.scenario import Scenario
from engine.words.notices import Value

TREND_P_VALUE = 0.01
# So many peaks are named by their first day.
_NAMED = 4
# Where what is told of a forecast stands.
_FORECASTS = "forecasts.csv"


def product_notices(
    scenario: Scenario,
    row: dict[str, object],
    history: History,
    said: Foreseen | None = None,
    *,
    peaks: Peaks | None = None,
) -> list[Notice]:
    """Notices of one product.

    Parameters
    ----------
    scenario : Scenario
        Rows of the order table come from it.
    row : dict
        Of the fit.
    history : History
    said : Foreseen, optional
        Of the table `forecasts`.
    peaks : Peaks, optional
        Weeks that stand above the others.
    """
    number = {name: float(value) for name, value in row.items() if isinstance(value, int | float)}
    notices: list[Notice] = []

    def say(kind: str, *, at: int | None = None, column: str | None = None, **values: Value) -> None:
        notices.append(
            Notice(
                kind=kind, file=_FORECASTS if kind.startswith("forecast") else "orders.csv", row=at, column=column,
                product=history.product, values=values,
            )
        )  # fmt: skip

    cleaned = history.cleaned
    if cleaned.return_lines:
        say("netted", lines=cleaned.return_lines, units=cleaned.returned_units, clipped=cleaned.clipped_weeks)
    _forecast(said, row, number, say=say)
    if row["refused"] or not row["distribution"]:
        return notices
    if number["weeks_with_sales"] == 1:
        say("one_week")
    _level(row, number, say=say)
    _bucket(number, history, say=say)
    if cleaned.stock_out_weeks:
        say("stock_out", weeks=cleaned.stock_out_weeks)
    _lines(scenario, number, history, say=say)
    _peaks(peaks, number, history, say=say)
    if cleaned.weeks_after_end:
        say("ended", weeks=cleaned.weeks_after_end)
    if cleaned.weeks_before_launch:
        say("launched", weeks=cleaned.weeks_before_launch)
    return notices


class _Say(Protocol):
    def __call__(
        self, kind: str, *, at: int | None = None, column: str | None = None, **values: Value
    ) -> None: ...


def _lines(scenario: Scenario, number: dict[str, float], history: History, *, say: _Say) -> None:
    """What stands out among weeks and lines."""
    for run in history.suspected:
        say(
            "stock_out_suspected", first=f"{run.first:%Y-%m-%d}", last=f"{run.last:%Y-%m-%d}",
            weeks=round(run.weeks * history.bucket_weeks), chance=run.chance,
            mean_with=float(history.with_gaps.mean()) / history.bucket_weeks, mean=number["mean_per_week"],
        )  # fmt: skip
    for run in history.booked_late:
        say(
            "booked_late", first=f"{run.first:%Y-%m-%d}", last=f"{run.last:%Y-%m-%d}",
            weeks=round(run.weeks * history.bucket_weeks), mean=number["mean_per_week"],
        )  # fmt: skip
    sizes = None if history.bucket.totals else size_step(history.dates, history.units)
    if sizes is not None:
        say(
            "size_step", column="quantity", first=f"{sizes.first:%Y-%m-%d}", after=sizes.after, before=sizes.before,
            times=max(sizes.after / sizes.before, sizes.before / sizes.after),
        )  # fmt: skip
    for order in history.exceptional:
        say(
            "exceptional_order", at=scenario.row("orders", order.record), column="quantity",
            quantity=order.quantity, date=f"{order.date:%Y-%m-%d}", times=order.times,
            mean_with=number["demand_per_week"], cv_with=number["demand_cv"],
            mean=number["demand_per_week_without"], cv=number["demand_cv_without"],
        )  # fmt: skip


def _peaks(peaks: Peaks | None, number: dict[str, float], history: History, *, say: _Say) -> None:
    """Weeks that sold far more than the others, by the first days of some."""
    if peaks is None:
        return
    per, origin = history.bucket_weeks, pd.Timestamp(0) if history.start is None else history.start
    days = [history.bucket.first_day(origin, int(history.places[k])) for k in peaks.places[:_NAMED]]
    names = ", ".join(f"{day:%Y-%m-%d}" for day in days) + (", ..." if len(peaks.places) > _NAMED else "")
    say(
        "peaks", periods=len(peaks.places), length=per, days=names, times=peaks.times,
        mean_with=number["mean_per_week"], cv_with=number["open_cv"], mean=peaks.mean / per, cv=peaks.cv * per**0.5,
    )  # fmt: skip


def _level(row: dict[str, object], number: dict[str, float], *, say: _Say) -> None:
    """What was made of trend and season."""
    now, mean = number["demand_per_week"], number["mean_per_week"]
    if row["level"] == "trend":
        say("trend", share=number["trend_per_year"], level=now, mean=mean)
    elif row["level"] == "moving":
        say("level", level=now, mean=mean)
    elif number["trend_p_value"] < TREND_P_VALUE:
        say("trend_left", share=number["trend_per_year"], mean=mean)
    if not isnan(number["step_per_week"]):
        times = number["step_per_week"] / number["before_step_per_week"]
        say(
            "step", first=str(row["step_since"]), recent=number["step_per_week"], before=number["before_step_per_week"],
            share=times - 1.0, level=now,
        )  # fmt: skip
    if row["season"]:
        kind = "season" if row["season"] == "own" else "season_family"
        say(
            kind, low=number["season_low"], high=number["season_high"], cv=number["open_cv"],
            cv_with=number["sample_cv"],
        )  # fmt: skip
    elif row["level"] == "years":
        _whole_years(number, say=say)
    elif number["season_autocorrelation"] > season_limit(int(number["weeks"])):
        say("season_left", autocorrelation=number["season_autocorrelation"])
    if number["variance_ratio"] != 1.0:
        say(
            "sums_more" if number["variance_ratio"] > 1.0 else "sums_less", weeks=number["exposure_weeks"],
            times=number["variance_ratio"], cv=number["exposure_cv"], cv_with=number["open_cv"],
        )  # fmt: skip


def _whole_years(number: dict[str, float], *, say: _Say) -> None:
    """Why the level is the mean of whole years."""
    now, mean, alike = (number[name] for name in ("demand_per_week", "mean_per_week", "season_autocorrelation"))
    if isnan(alike):
        say("season_once", level=now, mean=mean)
    else:
        say("season_years", autocorrelation=alike, level=now, mean=mean)


def _forecast(said: Foreseen | None, row: dict[str, object], number: dict[str, float], *, say: _Say) -> None:
    """What was made of the client's own forecast."""
    if said is None:
        return
    if row["refused"] or not row["distribution"]:
        if said.coming > 0.0:
            say("forecast_new", weeks=round(said.coming_weeks), level=said.coming)
        return
    if said.bucket is None:
        say("forecast_periods")
        return
    if said.late:
        say("forecast_late", lines=said.late)
    now = number["demand_per_week"]
    if said.judged:
        say(
            "forecast_error", periods=len(said.sold), cv=number["open_cv"], bias=said.bias, level=now,
            cv_over=number["exposure_cv"],
        )  # fmt: skip
    elif said.known:
        say(
            "forecast_level", weeks=round(said.coming_weeks), level=now, mean=number["mean_per_week"],
            periods=len(said.sold), least=LEAST_PERIODS,
        )  # fmt: skip


def _bucket(number: dict[str, float], history: History, *, say: _Say) -> None:
    """What the lines were taken for."""
    if history.unfinished:
        say("total_unfinished", units=history.unfinished, least=float(history.weeks.min()))
    if history.zeros:
        say("totals_zero", periods=history.zeros, length=history.bucket_weeks)
    cv, month = number["open_cv"], number["open_cv"] / history.bucket_weeks**0.5
    if history.bucket == MONTHLY_TOTALS:
        say("monthly_totals", months=len(history.weeks), cv=cv, month_cv=month)
    elif history.bucket == MONTHLY_BATCHES:
        say("monthly_batches", share=number["monthly_batch_share"], cv=cv, month_cv=month)
    elif history.bucket == WEEKLY_TOTALS:
        say("weekly_totals", size=1.0)
    elif history.bucket.long:
        say(
            "period_totals" if history.bucket.totals else "period_batches",
            periods=len(history.weeks), length=history.bucket_weeks, cv=cv, period_cv=month,
        )  # fmt: skip
