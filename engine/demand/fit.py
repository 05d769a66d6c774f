"""Fit the demand columns of products to their order lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demand.classify import classify
from engine.demand.distributions import own_cv
from engine.demand.goodness import FAMILIES, admissible, distance, moments, p_value, poisson_dispersed
from engine.demand.history import Cleaning, History, calendar, histories
from engine.demand.patterns import monthly_batch_share, season, season_limit, trend
from engine.demand.streams import Array, stream
from engine.errors import Fault
from engine.scenario.scenario import Scenario

WEEKS_MIN = 26
TARGET_QUANTILE = 0.1
TREND_P_VALUE = 0.01
BATCH_SHARE = 0.8
POISSON_ENOUGH = 0.1

# The columns of the result, in this order, with unit and meaning.
FIT_COLUMNS: dict[str, tuple[str, str]] = {
    "product": ("", "key of the product"),
    "weeks": ("weeks", "history used: from launch to end of life, weeks without sales included"),
    "weeks_with_sales": ("weeks", "of these, weeks above zero"),
    "orders": ("", "orders: lines of one customer and day together"),
    "demand_per_week": ("units/week", "mean"),
    "sample_cv": ("", "sample standard deviation over mean"),
    "demand_cv": ("", "what products get: sample_cv, or the implied one of poisson demand"),
    "order_size": ("units/order", "mean"),
    "interval_weeks": ("weeks", "weeks per week with sales (ADI)"),
    "size_cv2": ("", "squared coefficient of variation of weeks with sales"),
    "demand_class": ("", "smooth, erratic, intermittent or lumpy"),
    "distribution": ("", "nearest admissible family, or empirical where the client chose it"),
    **{f"distance_{name}": ("", "Cramer-von Mises; blank: not admissible") for name in FAMILIES},
    "p_value": ("", "chance of such a distance if the family were right; blank: not asked for"),
    "lead_time_target_days": ("days", "stated quantile of requested less order date; blank: no dates"),
    "dated_lines": ("", "order lines with a requested date"),
    "early_requests": ("", "of these, requested before they were ordered; they count as 0 days"),
    "trend_per_year": ("share/year", "Sen's slope over the mean"),
    "trend_p_value": ("", "Mann-Kendall test of no trend"),
    "season_autocorrelation": ("", "rank autocorrelation at 52 weeks; blank: below 104 weeks"),
    "monthly_batch_share": ("share", "units on three days of the month; blank: below 6 months"),
    "duplicate_lines": ("", "left out: equal to another line in every cell, customer included"),
    "return_lines": ("", "netted in the week they are dated"),
    "returned_units": ("units", "of these lines"),
    "clipped_weeks": ("weeks", "more returned than ordered: set to zero"),
    "weeks_before_launch": ("weeks", "left out"),
    "weeks_after_end": ("weeks", "left out"),
    "partial_weeks": ("weeks", "of launch or end, left out"),
    "refused": ("", "why there is no fit"),
    "warnings": ("", "what a stationary demand does not hold"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandFit:
    """Fitted demand.

    Parameters
    ----------
    scenario : str
        Name.
    input_sha256 : str
        Digest of the scenario that was fitted.
    table : pandas.DataFrame
        One row per product with the columns of `FIT_COLUMNS`; numbers are NaN where there is no value.
    faults : tuple of Fault
        Products refused, each with its row in ``products.csv``.
    notes : tuple of str
        How it was fitted and what was cleaned, in words.
    weeks_min, replicates, seed : int
    target_quantile : float
    """

    scenario: str
    input_sha256: str
    table: pd.DataFrame
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    weeks_min: int
    target_quantile: float
    replicates: int
    seed: int


def fit_demand(
    scenario: Scenario,
    *,
    weeks_min: int = WEEKS_MIN,
    target_quantile: float = TARGET_QUANTILE,
    replicates: int = 99,
    seed: int | None = None,
) -> DemandFit:
    """Fit demand to the order lines of a scenario.

    Mean and CV are those of the weeks (moments, sample standard deviation). The distribution is, of the
    families that admit these moments, the one with the least Cramer-von Mises distance
    (`goodness.distance`).

    Parameters
    ----------
    scenario : Scenario
    weeks_min : int
        Products with fewer weeks of history are refused.
    target_quantile : float
        The lead-time target is this quantile of the waits asked for: at 0.1, nine of ten order lines leave at
        least so much time.
    replicates : int
        Bootstrap replicates for the p-value; 0 leaves it out.
    seed : int, optional
        In place of the scenario's own.

    Returns
    -------
    DemandFit
        Refused products are rows too, with the reason, and faults.
    """
    key = scenario.settings.seed if seed is None else seed
    common = scenario.settings.demand.common_factor_cv
    past = histories(scenario.orders, set(scenario.products["product"]))
    empirical = set(scenario.products.loc[scenario.products["distribution"] == "empirical", "product"])
    rows: list[dict[str, object]] = []
    faults: list[Fault] = []
    for record, name in enumerate(scenario.products["product"]):
        history = past.get(name, History(product=name, weeks=np.zeros(0)))
        row = fit_history(history, weeks_min=weeks_min, common_factor_cv=common, target_quantile=target_quantile)
        if row["refused"]:
            message = f"'{name}': {row['refused']}"
            faults.append(Fault(file="products.csv", row=record + 2, column="demand_per_week", message=message))
        elif name in empirical:
            row["distribution"] = "empirical"
        elif replicates > 0 and float(str(row["sample_cv"])) > 0.0:
            row["p_value"] = _chance(row, key=key, replicates=replicates)
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(FIT_COLUMNS))
    return DemandFit(
        scenario=scenario.name,
        input_sha256=scenario.digest(),
        table=table,
        faults=tuple(faults),
        notes=_notes(scenario, table, weeks_min, target_quantile, replicates),
        weeks_min=weeks_min,
        target_quantile=target_quantile,
        replicates=replicates,
        seed=key,
    )


def fit_history(
    history: History, *, weeks_min: int, common_factor_cv: float, target_quantile: float
) -> dict[str, object]:
    """The fit of one product.

    Parameters
    ----------
    history : History
    weeks_min, target_quantile
        As in `fit_demand`.
    common_factor_cv : float
        Of the scenario.

    Returns
    -------
    dict
        A row of the table, by column, without the p-value.
    """
    row: dict[str, object] = {name: "" if _is_text(name) else np.nan for name in FIT_COLUMNS}
    weeks = history.weeks
    waits = np.maximum(history.waits_days, 0.0)
    row.update(
        product=history.product,
        weeks=weeks.size,
        weeks_with_sales=int((weeks > 0.0).sum()),
        orders=history.order_sizes.size,
        dated_lines=waits.size,
        early_requests=int((history.waits_days < 0.0).sum()),
        **{name: getattr(history.cleaned, name) for name in Cleaning.__dataclass_fields__},
    )
    row["refused"] = _refusal(weeks, weeks_min)
    if waits.size:
        # The lower of two neighbours: a promise between them would be late for one.
        row["lead_time_target_days"] = float(np.quantile(waits, target_quantile, method="lower"))
    if row["refused"]:
        return row
    mean, sample_cv = weekly_moments(weeks)
    order_size = float(history.order_sizes.mean()) if history.order_sizes.size else mean
    kind = classify(weeks)
    found = distances(weeks, order_size=order_size, common_factor_cv=common_factor_cv)
    best = next(iter(found))
    slope = trend(weeks)
    row.update(
        demand_per_week=mean,
        sample_cv=sample_cv,
        demand_cv=poisson_cv(mean, common_factor_cv) if best == "poisson" else sample_cv,
        order_size=order_size,
        interval_weeks=kind.interval_weeks,
        size_cv2=kind.size_cv2,
        demand_class=kind.name,
        distribution=best,
        trend_per_year=slope.share_per_year,
        trend_p_value=slope.p_value,
        season_autocorrelation=season(weeks),
        monthly_batch_share=monthly_batch_share(history.dates, history.units),
        **{f"distance_{name}": value for name, value in found.items()},
    )
    row["warnings"] = "; ".join(_warnings(row))
    return row


def _is_text(name: str) -> bool:
    return name in ("product", "demand_class", "distribution", "refused", "warnings")


def _refusal(weeks: Array, weeks_min: int) -> str:
    if not weeks.size:
        return "there are no order lines of whole weeks"
    if weeks.size < weeks_min:
        return f"{weeks.size} weeks of history; at least {weeks_min} are needed"
    if not (weeks > 0.0).any():
        return f"nothing was sold in {weeks.size} weeks"
    return ""


def weekly_moments(weeks: Array) -> tuple[float, float]:
    """Mean and coefficient of variation, weeks without sales included, sample standard deviation."""
    mean = float(weeks.mean())
    return mean, float(weeks.std(ddof=1)) / mean


def poisson_cv(mean: float, common_factor_cv: float = 0.0) -> float:
    """CV of Poisson demand, 1/sqrt(mean), times a common factor of CV f: CV^2 = f^2 + (1 + f^2)/mean."""
    return float((common_factor_cv**2 + (1.0 + common_factor_cv**2) / mean) ** 0.5)


def distances(weeks: Array, *, order_size: float, common_factor_cv: float = 0.0) -> dict[str, float]:
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
    """
    mean, cv = weekly_moments(weeks)
    whole = bool((weeks == np.floor(weeks)).all())
    of = moments(mean, cv, order_size)
    own = own_cv(cv, common_factor_cv)
    found = {
        family: float(distance(family, weeks[None, :], of)[0]) if cv > 0.0 else 0.0
        for family in FAMILIES
        if admissible(family, mean=mean, cv=own, order_size=order_size, whole=whole)
        and (family != "poisson" or poisson_dispersed(weeks))
    } or {"gamma": float("nan")}
    # A second parameter always comes nearer; where Poisson demand is near enough, it is not needed.
    enough = found.get("poisson", np.inf) * weeks.size < POISSON_ENOUGH

    def place(item: tuple[str, float]) -> tuple[bool, float]:
        return not (enough and item[0] == "poisson"), round(item[1], 12)

    return dict(sorted(found.items(), key=place))


def _chance(row: dict[str, object], *, key: int, replicates: int) -> float:
    family = str(row["distribution"])
    of = moments(*(float(str(row[name])) for name in ("demand_per_week", "sample_cv", "order_size")))
    if not np.isfinite(float(str(row[f"distance_{family}"]))):
        return float("nan")
    return p_value(
        family, float(str(row[f"distance_{family}"])), of, weeks=int(str(row["weeks"])),
        rng=stream(key, "fit", str(row["product"])), replicates=replicates,
    )  # fmt: skip


def _warnings(row: dict[str, object]) -> list[str]:
    number = {name: float(value) for name, value in row.items() if isinstance(value, int | float)}
    found: list[str] = []
    if number["weeks_with_sales"] == 1:
        found.append("one week with sales: the CV says how rare demand is and nothing of its size")
    if number["trend_p_value"] < TREND_P_VALUE:
        found.append(f"trend of {number['trend_per_year']:+.0%} a year")
    if number["season_autocorrelation"] > season_limit(int(number["weeks"])):
        found.append(f"season: autocorrelation {number['season_autocorrelation']:.2f} at 52 weeks")
    if number["monthly_batch_share"] >= BATCH_SHARE:
        share = number["monthly_batch_share"]
        found.append(f"monthly batches: {share:.0%} of the units on three days of the month")
    if number["weeks_after_end"] > 0:
        found.append(f"nothing sold in the last {number['weeks_after_end']:.0f} weeks: end of life?")
    if number["weeks_before_launch"] > 0:
        found.append(f"launched {number['weeks_before_launch']:.0f} weeks after the first order of all")
    return found


def _notes(
    scenario: Scenario, table: pd.DataFrame, weeks_min: int, target_quantile: float, replicates: int
) -> tuple[str, ...]:
    if not len(scenario.orders):
        return ("There are no order lines to fit.",)
    book = calendar(scenario.orders)
    before = int((book.day(scenario.orders["order_date"]) < 0).sum())
    fitted = table[table["refused"] == ""]
    cleaned = {name: float(fitted[name].sum()) for name in Cleaning.__dataclass_fields__}
    notes = [
        (
            f"Order book: {len(scenario.orders)} lines in {book.weeks} whole weeks to "
            f"{book.last_day:%Y-%m-%d}; {before} lines before them are not used."
        ),
        f"{len(table) - len(fitted)} of {len(table)} products are refused; {weeks_min} weeks are needed.",
        (
            f"Cleaned: {cleaned['duplicate_lines']:.0f} double lines left out; "
            f"{cleaned['return_lines']:.0f} return lines ({cleaned['returned_units']:g} units) netted in "
            f"their week, {cleaned['clipped_weeks']:.0f} weeks below zero set to zero; "
            f"{cleaned['weeks_before_launch']:.0f} weeks before launch, {cleaned['weeks_after_end']:.0f} "
            f"after the end and {cleaned['partial_weeks']:.0f} partial ones left out."
        ),
        (
            "Mean and CV are moments of the weeks left, those without sales included (sample standard "
            "deviation). Trend, season and batches are not removed, so they count as variability."
        ),
        "Distribution: least Cramer-von Mises distance among the families that can have the moments.",
        f"Lead-time target: the {target_quantile:.0%} quantile of requested less order date.",
    ]
    if replicates > 0:
        notes.append(
            f"p-value: parametric bootstrap with {replicates} replicates, moments fitted again in each. It "
            "takes weeks as independent, and the family was chosen on the same weeks: rather too large than "
            "too small."
        )
    patterns = {"trend": "a trend", "season": "a season", "monthly": "monthly batches", "end of": "an end"}
    for word, meaning in patterns.items():
        count = int(fitted["warnings"].str.contains(word, regex=False).sum())
        if count:
            notes.append(f"{count} products show {meaning}; see the column warnings.")
    return tuple(notes)
