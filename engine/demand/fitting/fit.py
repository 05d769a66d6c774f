"""Fit the demand columns of products to their order lines."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demand.book.book import Book, order_book
from engine.demand.book.history import History, histories
from engine.demand.book.life import Cleaning
from engine.demand.book.pauses import Stretch
from engine.demand.book.weeks import calendar
from engine.demand.counts import poisson_cv
from engine.demand.fitting.chance import Judged, Pieces, chances, in_turn, judged
from engine.demand.fitting.classify import TARGET_QUANTILE, WEEKS_MIN
from engine.demand.fitting.exposure import exposed_weeks
from engine.demand.fitting.forecast import foreseen
from engine.demand.fitting.notices import product_notices
from engine.demand.fitting.peaks import Peaks, peaks_of
from engine.demand.fitting.row import (
    FIT_COLUMNS,
    NO_DEMAND,
    distances,
    fit_history,
    refusal,
    weekly_moments,
)
from engine.demand.fitting.segments import fitted_segments
from engine.demand.fitting.stationary import Stationary, stationaries
from engine.errors import Fault
from engine.notices import Notice, at_most
from engine.scenario.scenario import Scenario
from engine.words.reason import cause

__all__ = [
    "FIT_COLUMNS", "NO_DEMAND", "TARGET_QUANTILE", "WEEKS_MIN", "DemandFit", "distances", "fit_demand", "fit_history",
    "poisson_cv", "weekly_moments",
]  # fmt: skip

SEASON_COLUMNS = ("product", "period", "factor")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandFit:
    """Fitted demand.

    Parameters
    ----------
    given : Scenario
        That was fitted.
    table : pandas.DataFrame
        One row per product with the columns of `FIT_COLUMNS`; numbers are NaN where there is no value.
    seasons : pandas.DataFrame
        product, period (week, 1 to 52) and factor (mean 1) of the products with a season: the table of a scenario.
    segments : pandas.DataFrame
        product, segment, lead_time_target_days and share of products whose channels or customers ask for different
        waits and that have neither a season nor large orders apart: the table of a scenario.
    faults : tuple of Fault
        Products refused, each with its row in ``products.csv``.
    notices : tuple of Notice
        What was done to the order book and found in it.
    notes : tuple of str
        How it was fitted and what was cleaned, in words.
    weeks_min, replicates, seed : int
    target_quantile : float
    """

    given: Scenario
    table: pd.DataFrame
    seasons: pd.DataFrame
    segments: pd.DataFrame
    faults: tuple[Fault, ...]
    notices: tuple[Notice, ...]
    notes: tuple[str, ...]
    weeks_min: int
    target_quantile: float
    replicates: int
    seed: int

    @property
    def scenario(self) -> str:
        """Name of the scenario."""
        return self.given.name

    @property
    def input_sha256(self) -> str:
        """Digest of the scenario; who fills blanks does not ask for it."""
        return self.given.digest()


def fit_demand(
    scenario: Scenario,
    *,
    products: Collection[str] | None = None,
    weeks_min: int = WEEKS_MIN,
    target_quantile: float = TARGET_QUANTILE,
    replicates: int = 99,
    seed: int | None = None,
    span: Stretch | None = None,
    pauses: tuple[Stretch, ...] = (),
    pieces: Pieces = in_turn,
) -> DemandFit:
    """Fit demand to the order lines of a scenario.

    The order book is made sound (`engine.demand.book`), level and season are taken out where that would have predicted
    better (`engine.demand.fitting.stationary`), and mean and CV are the level now and what is left open around it. The
    distribution is, of the families that admit these moments, the one with the least Cramer-von Mises distance
    (`goodness.distance`).

    Parameters
    ----------
    scenario : Scenario
    products : collection of str, optional
        Only these; seasons are pooled over all of a family.
    weeks_min : int
        Products with fewer weeks of history are refused.
    target_quantile : float
        The lead-time target is this quantile of the waits asked for: at 0.1, nine of ten order lines leave at
        least so much time.
    replicates : int
        Bootstrap replicates for the p-value; 0 leaves it out.
    seed : int, optional
        In place of the scenario's own.
    seasons : bool
        Where stocks cannot follow a season, it stays in the variability.
    span : pair of pandas.Timestamp, optional
        First and last day of a larger book that these lines are of, whose dates were looked at.
    pauses : tuple of pairs of pandas.Timestamp
        First and last days of weeks without any line of that book.
    pieces : callable
        Who works on the bootstraps, as in `chances`.

    Returns
    -------
    DemandFit
        Refused products are rows too, with the reason, and faults.
    """
    key = scenario.settings.seed if seed is None else seed
    common = scenario.settings.demand.common_factor_cv
    book = order_book(scenario, dates_known=span is not None, span=span, pauses=pauses)
    past = histories(book, set(scenario.products["product"]))
    families = dict(zip(scenario.products["product"], scenario.products["family"], strict=True))
    wanted = set(scenario.products["product"]) if products is None else set(products)
    shared = {families[name] for name in wanted if families.get(name)}
    series = stationaries(
        {k: v for k, v in past.items() if k in wanted or families.get(k) in shared}, families
    )
    empirical = set(scenario.products.loc[scenario.products["distribution"] == "empirical", "product"])
    rows: list[dict[str, object]] = []
    to_judge: list[tuple[dict[str, object], Judged]] = []
    faults: list[Fault] = []
    notices = list(book.notices)
    exposed, waits = exposed_weeks(scenario)
    of_name = zip(scenario.products["product"], np.maximum(exposed - np.nan_to_num(waits), 0.0).tolist(), strict=True)
    said = foreseen(scenario, book, dict(of_name))
    for record, name in enumerate(scenario.products["product"]):
        if name not in wanted:
            continue
        history = past.get(name, History(product=name, weeks=np.zeros(0)))
        row = fit_history(
            history, weeks_min=weeks_min, common_factor_cv=common, target_quantile=target_quantile,
            series=series.get(name), exposed_weeks=exposed[record], wait_weeks=waits[record],
            said=said.get(name),
        )  # fmt: skip
        unknown = row["demand_class"] == NO_DEMAND or row["refused"]
        if unknown and name in said and said[name].coming > 0.0:
            # What nobody has bought yet, or not for long, has a level, and no CV that anything is known of.
            row.update(demand_class="", demand_per_week=said[name].coming, refused=str(refusal(history, weeks_min)))
        why = refusal(history, weeks_min) if row["refused"] else None
        if not len(book.lines) and span is None:
            why = cause("no_order_lines")
            row["refused"] = str(why)
        if why is not None:
            at, of = scenario.row("products", record), cause("of", name=str(name), why=why)
            faults.append(Fault(file="products.csv", row=at, column="demand_per_week", cause=of))
        elif name in empirical and row["distribution"]:
            row["distribution"] = "empirical"
        elif replicates > 0 and row["level"] != "forecast" and float(str(row["open_cv"])) > 0.0:
            to_judge.append((row, judged(row, history)))
        told = product_notices(
            scenario, row, history, said.get(name), peaks=_peaks(history, series.get(name))
        )
        row["warnings"] = "; ".join(one.words()[0].removeprefix(f"'{name}': ") for one in told)
        notices += told
        rows.append(row)
    values = chances([fit for _, fit in to_judge], key=key, replicates=replicates, pieces=pieces)
    for (row, _), value in zip(to_judge, values, strict=True):
        row["p_value"] = value
    table = pd.DataFrame(rows, columns=list(FIT_COLUMNS))
    segments = _segments(scenario, book, table, target_quantile)
    return DemandFit(
        given=scenario,
        table=table,
        seasons=_seasons(
            {name: one for name, one in series.items() if name in wanted and not (name in said and said[name].judged)}
        ),
        segments=segments,
        faults=tuple(faults),
        notices=at_most(notices),
        notes=(*_notes(book, table, weeks_min, target_quantile, replicates), *_of_segments(segments)),
        weeks_min=weeks_min,
        target_quantile=target_quantile,
        replicates=replicates,
        seed=key,
    )


def _seasons(series: dict[str, Stationary]) -> pd.DataFrame:
    rows = [
        (name, week, factor)
        for name, one in series.items()
        if one.season is not None
        for week, factor in enumerate(one.season.weeks().tolist(), start=1)
    ]
    return pd.DataFrame(rows, columns=list(SEASON_COLUMNS))


def _peaks(history: History, one: Stationary | None) -> Peaks | None:
    """Weeks that stand above the others; one with an exceptional order is told by that."""
    apart = None if history.ordinary is None else history.ordinary < history.weeks
    return None if one is None or len(one.weeks) != len(history.weeks) else peaks_of(one.weeks, apart=apart)


def _segments(scenario: Scenario, book: Book, table: pd.DataFrame, target_quantile: float) -> pd.DataFrame:
    """Segments of fitted products that may have some."""
    products = scenario.products
    barred = set(products.loc[products["large_order_target_days"].notna(), "product"])
    barred |= set(table.loc[(table["season"] != "") | (table["refused"] != ""), "product"])
    record = book.lines["record"].to_numpy()
    told = {name: scenario.orders[name].to_numpy()[record] for name in ("channel", "customer")}
    return fitted_segments(
        book.lines.assign(**told), set(table["product"]) - barred, target_quantile=target_quantile
    )  # fmt: skip


def _of_segments(segments: pd.DataFrame) -> tuple[str, ...]:
    if not len(segments):
        return ()
    count = segments["product"].nunique()
    return (f"Customers of {count} products wait differently: segments.csv has who waits how long.",)


def _notes(
    book: Book, table: pd.DataFrame, weeks_min: int, target_quantile: float, replicates: int
) -> tuple[str, ...]:
    if not len(book.lines):
        return ("There are no order lines to fit.",)
    weeks = calendar(book.first_day, book.last_day)
    before = int((weeks.day(book.lines["order_date"].to_numpy()) < 0).sum())
    fitted = table[table["refused"] == ""]
    cleaned = {name: float(fitted[name].sum()) for name in Cleaning.__dataclass_fields__}
    silent = int((table["demand_class"] == NO_DEMAND).sum())
    notes = [
        (
            f"Order book: {len(book.lines)} lines in {weeks.weeks} whole weeks to "
            f"{weeks.last_day:%Y-%m-%d}; {before} lines before them are used for longer periods only."
        ),
        (
            f"{len(table) - len(fitted)} of {len(table)} products are refused; {weeks_min} weeks are needed. "
            f"{silent} have no demand."
        ),
        (
            f"Cleaned: {cleaned['lines_left_out']:.0f} lines left out for their date; "
            f"{cleaned['duplicate_lines']:.0f} double lines left out; {cleaned['taken_back_lines']:.0f} lines "
            f"({cleaned['taken_back_units']:g} units) taken back from their order; "
            f"{cleaned['return_lines']:.0f} return lines ({cleaned['returned_units']:g} units) netted in "
            f"their week, {cleaned['clipped_weeks']:.0f} weeks below zero set to zero; "
            f"{cleaned['weeks_before_launch']:.0f} weeks before launch, {cleaned['weeks_after_end']:.0f} "
            f"after the end, {cleaned['partial_weeks']:.0f} partial ones and "
            f"{cleaned['stock_out_weeks'] + cleaned['suspected_weeks']:.0f} of stock-outs left out."
        ),
        (
            "demand_per_week is the level now, open_cv what level and season leave open of a week and demand_cv what "
            "a forecast leaves open of the sum over the exposure, weeks without sales "
            "included (sample standard deviation)."
        ),
        "Distribution: least Cramer-von Mises distance among the families that can have the moments.",
        f"Lead-time target: the {target_quantile:.0%} quantile of requested less order date.",
    ]
    if replicates > 0:
        notes.append(
            f"p-value: parametric bootstrap with {replicates} replicates at most, moments fitted again in each. It "
            "takes weeks as independent, and the family was chosen on the same weeks: rather too large than "
            "too small."
        )
    counts = {
        "a trend": (fitted["level"] == "trend"), "a moving level": (fitted["level"] == "moving"),
        "a season": (fitted["season"] != ""), "months or other periods": (fitted["bucket"] != "weeks"),
        "an end": (fitted["weeks_after_end"] > 0),
    }  # fmt: skip
    for meaning, which in counts.items():
        if which.any():
            notes.append(f"{int(which.sum())} products show {meaning}; see the column warnings.")
    return tuple(notes)
