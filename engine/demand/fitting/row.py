"""The fit of one product: its row of the table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.demand.book.history import History
from engine.demand.book.life import Cleaning
from engine.demand.counts import poisson_cv
from engine.demand.distributions import own_cv
from engine.demand.fitting.classify import classify
from engine.demand.fitting.forecast import Foreseen, with_forecast
from engine.demand.fitting.goodness import FAMILIES, admissible, distance, moments, poisson_dispersed
from engine.demand.fitting.patterns import PERIOD_WEEKS, monthly_batch_share, season, trend
from engine.demand.fitting.stationary import Stationary, stationary
from engine.demand.fitting.step import late_step
from engine.demand.fitting.sums import sums_of
from engine.demand.streams import Array
from engine.words.reason import Reason, cause

POISSON_ENOUGH = 0.1
# Poisson demand, whose CV is its own, is kept where what a forecast leaves open over the exposure is hardly wider.
POISSON_WIDER = 1.1
NO_DEMAND = "none"

# The columns of the result, in this order, with unit and meaning.
FIT_COLUMNS: dict[str, tuple[str, str]] = {
    "product": ("", "key of the product"),
    "bucket": ("", "what was fitted: weeks, or months or other periods whose totals or batches the lines are"),
    "weeks": ("weeks", "history used: from launch to end of life, weeks without sales included"),
    "weeks_with_sales": ("", "of these weeks (months), those above zero"),
    "orders": ("", "orders: lines of one order number, or of one customer and day, together"),
    "demand_per_week": ("units/week", "the level now, season taken out; the mean where the level is flat"),
    "mean_per_week": ("units/week", "mean of the history used"),
    "level": ("", "flat, trend or moving: what would have predicted best; years: of whole years; or forecast"),
    "forecast_bias": ("share", "what was sold over what was forecast, less one; blank: too few past forecasts"),
    "step_since": ("", "first day of a new level in the last half year that no level follows; blank: none"),
    "step_per_week": ("units/week", "sold since then, season taken out"),
    "before_step_per_week": ("units/week", "sold until half a year before the end of the book"),
    "season": ("", "own or family, where one is kept; blank: none"),
    "sample_cv": ("", "sample standard deviation over mean, a week"),
    "level_error": ("share", "standard error of demand_per_week; blank where the level moves"),
    "open_cv": ("", "what level and season leave open, a week"),
    "deviation_error": ("share", "standard error of a week's standard deviation; counted as 0.5 where more"),
    "wander_per_year": ("share", "standard deviation of the level's change in a year that is counted with"),
    "unseen_season": ("share", "amplitude of a season that too few weeks tell, as it is counted with"),
    "unseen_sizes": ("share", "added to a week's variance for orders of other sizes than the few seen"),
    "exposure_weeks": ("weeks", "that a stock covers: replenishment and half a review, less what customers wait"),
    "variance_ratio": ("", "variance of sums over the exposure, over that of independent weeks; 1 where no test tells"),
    "exposure_cv": ("", "what a forecast of the sum over the exposure leaves open, as the CV of independent weeks"),
    "demand_cv": ("", "what products get: exposure_cv, or the implied one of poisson demand, a little below it"),
    "order_size": ("units/order", "mean; blank: the lines are totals"),
    "interval_weeks": ("weeks", "weeks per week with sales (ADI)"),
    "size_cv2": ("", "squared coefficient of variation of weeks with sales"),
    "demand_class": ("", "smooth, erratic, intermittent or lumpy; none where nothing was sold"),
    "distribution": ("", "nearest admissible family, or empirical where the client chose it"),
    **{f"distance_{name}": ("", "Cramer-von Mises; blank: not admissible") for name in FAMILIES},
    "p_value": ("", "chance of such a distance if the family were right; blank: not asked for"),
    "lead_time_target_days": ("days", "stated quantile of requested less order date; blank: no dates"),
    "dated_lines": ("", "order lines with a requested date"),
    "early_requests": ("", "of these, requested before they were ordered; they count as 0 days"),
    "trend_per_year": ("share/year", "Sen's slope over the mean"),
    "trend_p_value": ("", "Mann-Kendall test of no trend"),
    "season_autocorrelation": ("", "rank autocorrelation at 52 weeks; blank: below 104 weeks"),
    "season_low": ("share", "least factor of a month; blank: no season"),
    "season_high": ("share", "largest factor of a month; blank: no season"),
    "monthly_batch_share": ("share", "units on three days of the month; blank: below 6 months"),
    "exceptional_orders": ("", "orders that stand apart by their size; they are kept"),
    "demand_per_week_without": ("units/week", "without the exceptional orders"),
    "demand_cv_without": ("", "without the exceptional orders"),
    "lines_left_out": ("", "order lines whose date does not count"),
    "duplicate_lines": ("", "left out: order number repeated and equal in every cell"),
    "taken_back_lines": ("", "cancellations and returns taken back from the order they belong to"),
    "taken_back_units": ("units", "of these lines"),
    "return_lines": ("", "netted in the week they are dated"),
    "returned_units": ("units", "of these lines"),
    "clipped_weeks": ("weeks", "more returned than ordered: set to zero"),
    "weeks_before_launch": ("weeks", "left out"),
    "weeks_after_end": ("weeks", "left out"),
    "partial_weeks": ("weeks", "of launch or end, left out"),
    "stock_out_weeks": ("weeks", "left out: of the table stock_outs"),
    "suspected_weeks": ("weeks", "left out: without sales, which demand hardly explains"),
    "refused": ("", "why there is no fit"),
    "warnings": ("", "what was done that a reader should know"),
}
# Those of text; the others are numbers.
TEXT_COLUMNS = (
    "product", "bucket", "level", "season", "demand_class", "distribution", "step_since", "refused", "warnings",
)  # fmt: skip


def fit_history(
    history: History,
    *,
    weeks_min: int,
    common_factor_cv: float,
    target_quantile: float,
    series: Stationary | None = None,
    exposed_weeks: float = np.nan,
    wait_weeks: float = np.nan,
    said: Foreseen | None = None,
) -> dict[str, object]:
    """The fit of one product.

    Parameters
    ----------
    history : History
    weeks_min, target_quantile
        As in `fit_demand`.
    common_factor_cv : float
        Of the scenario.
    series : Stationary, optional
        The history with level and season taken out; by default from the product alone.
    exposed_weeks, wait_weeks : float
        As in `engine.demand.fitting.exposure.exposed_weeks`; without the first, sums over the exposure are not looked
        at, and without the second the wait is the fitted target.
    said : Foreseen, optional
        What the client's own forecast says.

    Returns
    -------
    dict
        A row of the table, by column, without the p-value.
    """
    row: dict[str, object] = {name: "" if name in TEXT_COLUMNS else np.nan for name in FIT_COLUMNS}
    weeks = history.weeks
    waits = np.maximum(history.waits_days, 0.0)
    row.update(
        product=history.product,
        bucket=history.bucket.name,
        weeks=round(weeks.size * history.bucket_weeks),
        weeks_with_sales=int((weeks > 0.0).sum()),
        orders=history.order_sizes.size,
        dated_lines=waits.size,
        early_requests=int((history.waits_days < 0.0).sum()),
        exceptional_orders=len(history.exceptional),
        **{name: getattr(history.cleaned, name) for name in Cleaning.__dataclass_fields__},
    )
    if waits.size:
        # The lower of two neighbours: a promise between them would be late for one.
        row["lead_time_target_days"] = float(np.quantile(waits, target_quantile, method="lower"))
    # What was sold in a book of less than a week has a demand, which nobody knows.
    if not (weeks > 0.0).any() and not (history.units.size and weeks.size == 0):
        row.update(demand_per_week=0.0, mean_per_week=0.0, demand_class=NO_DEMAND)
        return row
    row["refused"] = str(refusal(history, weeks_min) or "")
    if not row["refused"]:
        series = stationary(history) if series is None else series
        asked = float(str(row["lead_time_target_days"])) / 7.0 if np.isnan(wait_weeks) else wait_weeks
        exposure = np.maximum(exposed_weeks - np.nan_to_num(asked), 0.0)
        row.update(_fitted(history, series, common_factor_cv, float(exposure), said))
    return row


def _fitted(
    history: History, series: Stationary, common_factor_cv: float, exposure_weeks: float, said: Foreseen | None
) -> dict[str, object]:
    weeks, series_cv = history.weeks, series
    judged, series = with_forecast(history, series, said)
    per = judged.bucket_weeks
    mean, cv = series.level.now / per, series.cv * per**0.5
    sized = bool(history.order_sizes.size)
    order_size = float(history.order_sizes.mean()) if sized else series_cv.level.now
    kind = classify(weeks)
    family = distances(
        _whole(judged.weeks, series), order_size=order_size, common_factor_cv=common_factor_cv / per**0.5,
        level=series.level.now, cv=series.cv, compound=not history.bucket.totals,
    )  # fmt: skip
    # The variance of the variance is that of the family that is nearest to the weeks.
    sums = sums_of(judged, series, exposure_weeks, next(iter(family)), order_size)
    ahead = cv * sums.times
    best = nearest(
        family, mean=mean, cv=own_cv(ahead, common_factor_cv), order_size=order_size,
        poisson=poisson_kept(mean, ahead, common_factor_cv, sums.autocorrelation),
    )  # fmt: skip
    per = history.bucket_weeks
    # The test adds up four weeks, so that a longer period stands for four, and its slope is one of four weeks.
    slope = trend(weeks) if per == 1.0 else trend(np.repeat(weeks / PERIOD_WEEKS, PERIOD_WEEKS))
    months = np.zeros(0) if series.season is None else series.season.months()
    row: dict[str, object] = {
        "demand_per_week": mean,
        "mean_per_week": float(weeks.mean()) / per,
        "level": series.level.kind,
        "forecast_bias": np.nan if said is None else said.bias,
        "season": "" if series.season is None else series.season.source,
        "sample_cv": series_cv.sample_cv * per**0.5,
        "level_error": np.nan if series.level.kind == "moving" else sums.level_error,
        "open_cv": cv,
        "deviation_error": sums.deviation_error,
        "wander_per_year": sums.change.wander,
        "unseen_season": sums.change.amplitude,
        "unseen_sizes": sums.unseen_sizes,
        "exposure_weeks": exposure_weeks,
        "variance_ratio": sums.autocorrelation,
        "exposure_cv": ahead,
        "demand_cv": poisson_cv(mean, common_factor_cv) if best == "poisson" else ahead,
        "order_size": order_size if sized or not history.bucket.totals else np.nan,
        "interval_weeks": kind.interval_weeks * per,
        "size_cv2": kind.size_cv2,
        "demand_class": kind.name,
        "distribution": best,
        "trend_per_year": slope.share_per_year * (1.0 if per == 1.0 else PERIOD_WEEKS / per),
        "trend_p_value": slope.p_value,
        "season_autocorrelation": season(weeks) if per == 1.0 else np.nan,
        "season_low": float(months.min()) if months.size else np.nan,
        "season_high": float(months.max()) if months.size else np.nan,
        "monthly_batch_share": monthly_batch_share(history.dates, history.units),
        **{f"distance_{name}": value for name, value in family.items()},
    }
    step = late_step(history, series_cv, next(iter(family)), order_size) if said is None or not said.known else None
    if step is not None:
        row["step_since"] = "" if step.first is None else f"{step.first:%Y-%m-%d}"
        row["step_per_week"], row["before_step_per_week"] = step.level, step.before
    if history.ordinary is not None and history.ordinary.any():
        ordinary = _with_weeks(history, history.ordinary)
        without = stationary(ordinary)
        row["demand_per_week_without"] = without.level.now / per
        times = sums_of(ordinary, without, exposure_weeks, next(iter(family)), order_size).times
        row["demand_cv_without"] = without.cv * per**0.5 * times
    return row


def _with_weeks(history: History, weeks: Array) -> History:
    return History(
        product=history.product, weeks=weeks, place=history.place, start=history.start, bucket=history.bucket
    )


def _whole(weeks: Array, series: Stationary) -> Array:
    """Weeks at today's level, in whole units where they were."""
    whole = bool((weeks == np.floor(weeks)).all())
    return np.round(series.weeks) if whole and series.changed else series.weeks


def refusal(history: History, weeks_min: int) -> Reason | None:
    """Why a history is not fitted; None where it is."""
    count = round(history.weeks.size * history.bucket_weeks)
    return cause("few_weeks", weeks=count, least=weeks_min) if count < weeks_min else None


def weekly_moments(weeks: Array) -> tuple[float, float]:
    """Mean and coefficient of variation, weeks without sales included, sample standard deviation."""
    mean = float(weeks.mean())
    return mean, float(weeks.std(ddof=1)) / mean


def poisson_kept(mean: float, cv: float, common_factor_cv: float, ratio: float) -> bool:
    """Whether Poisson demand covers what is left open over the exposure.

    Parameters
    ----------
    mean, cv : float
        Units a week, and the CV over the exposure.
    common_factor_cv : float
    ratio : float
        Variance of sums over that of independent weeks: Poisson weeks are independent.

    Examples
    --------
    >>> poisson_kept(4.0, 0.52, 0.0, 1.0), poisson_kept(4.0, 0.6, 0.0, 1.0)
    (True, False)
    """
    return ratio == 1.0 and cv <= POISSON_WIDER * poisson_cv(mean, common_factor_cv)


def nearest(
    distance: Mapping[str, float], *, mean: float, cv: float, order_size: float, poisson: bool = True
) -> str:
    """The first family that has these moments, too; gamma where none has.

    Where Poisson demand is near but may not be taken, the negative binomial stands for it: Poisson of a mean that is
    not known.

    Parameters
    ----------
    distance : mapping of str to float
        Distances, the nearest first, of families that the weeks admit.
    mean, cv, order_size : float
        In use.
    poisson : bool
        Poisson demand, which brings its own CV, may be taken.
    """
    for name in distance:
        if name == "poisson" and poisson:
            return name
        form = "negative_binomial" if name == "poisson" else name
        if admissible(form, mean=mean, cv=cv, order_size=order_size, whole=True):
            return form
    return "gamma"


def distances(
    weeks: Array,
    *,
    order_size: float,
    common_factor_cv: float = 0.0,
    level: float | None = None,
    cv: float | None = None,
    compound: bool = True,
) -> dict[str, float]:
    """Distance of each family that the weeks admit, the nearest first.

    Poisson demand has no CV of its own, so it is admissible only where the dispersion test does not
    refuse it. Equal distances go to the family with fewer parameters, in the order of
    `goodness.FAMILIES`.

    Parameters
    ----------
    weeks : numpy.ndarray, shape (weeks,)
    order_size : float
    common_factor_cv : float
        The own CV, beside the common factor, must be one the family can have; the fit is to the weeks as
        they are.
    level, cv : float, optional
        Moments; by default those of the weeks.
    compound : bool
        The size of orders is known, so that compound Poisson demand can be told.
    """
    moment = weekly_moments(weeks) if level is None or cv is None else (level, cv)
    mean, spread = moment
    whole = bool((weeks == np.floor(weeks)).all())
    of = moments(mean, spread, order_size)
    cv_alone = own_cv(spread, common_factor_cv)
    by_family = {
        family: float(distance(family, weeks[None, :], of)[0]) if spread > 0.0 else 0.0
        for family in FAMILIES
        if admissible(family, mean=mean, cv=cv_alone, order_size=order_size, whole=whole)
        and (family != "poisson" or poisson_dispersed(weeks))
        and (family != "compound_poisson" or compound)
    } or {"gamma": float("nan")}
    # A second parameter always comes nearer; where Poisson demand is near enough, it is not needed.
    enough = by_family.get("poisson", np.inf) * weeks.size < POISSON_ENOUGH

    def place(item: tuple[str, float]) -> tuple[bool, float]:
        return not (enough and item[0] == "poisson"), round(item[1], 12)

    return dict(sorted(by_family.items(), key=place))
