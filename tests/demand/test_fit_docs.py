"""The page on fitting says what the code does."""

from pathlib import Path

from engine.demand.book import book, dates, life, returns
from engine.demand.fitting import classify, exceptional, fit, forecast, gaps, level, patterns, season, step, totals
from engine.demand.fitting import notices as fit_notices
from engine.demand.fitting import row as fit_row
from engine.demand.fitting.goodness import MOST_ORDERS_PER_WEEK

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "fit.md").read_text(encoding="utf-8")


def test_the_numbers_of_the_page_are_those_of_the_code():
    for text in (
        f"fewer than {fit.WEEKS_MIN} weeks",
        f"at least {life.LEAST_GAP_WEEKS} weeks without sales",
        f"fewer than {life.LEAST_ACTIVE_WEEKS} weeks with sales",
        f"below {life.UNLIKELY_GAP:.0%}",
        f"{classify.INTERVAL_CUT} weeks per week",
        f"and {classify.SIZE_CV2_CUT} for",
        f"more than {MOST_ORDERS_PER_WEEK:g} a week",
        f"below {fit_row.POISSON_ENOUGH}",
        f"the {fit.TARGET_QUANTILE:.0%} quantile",
        f"p below {fit_notices.TREND_P_VALUE:.0%}",
        f"from {patterns.LEAST_SEASON_WEEKS} weeks on",
        f"at least {totals.BATCH_SHARE:.0%} of the units",
        f"from {patterns.LEAST_MONTHS} months on",
        f"from {totals.LEAST_PERIODS} periods on",
        f"of more than {book.LONGEST_ORDER_DAYS} days",
        f"one at {exceptional.TIMES_FEW:g} times",
        f"within {returns.BOOKED_BEFORE_DAYS} days",
        f"at least {dates.LEAST_GAP_DAYS} days",
        f"more than {dates.TIMES_NEXT_GAP:g} times the longest",
        f"at most {dates.SHARE_BEYOND:.0%} of the lines",
        f"below {gaps.UNLIKELY_RUN:.1%}",
        f"at least {gaps.LEAST_RUN} weeks in a row",
        f"{exceptional.TIMES_OTHERS:g} times the largest of the others",
        f"by {1 - level.BETTER:.0%} in squared error",
        f"{level.LEAST_WEEKS} weeks",
        f"of the coming {forecast.COMING_WEEKS} weeks",
        f"From {forecast.LEAST_PERIODS} past periods",
        f"below {season.SEASON_P_VALUE:.1%}",
        f"in the last {step.LATE_WEEKS} weeks",
        f"below {step.STEP_P_VALUE:.1%} on either side",
        f"by {1 - season.HELD_OUT_RATIO:.0%}",
    ):
        assert text in PAGE, text


def test_the_columns_that_the_page_names_exist():
    for name in ("duplicate_lines", "returned_units", "clipped_weeks", "weeks_before_launch", "partial_weeks"):
        assert f"`{name}`" in PAGE
        assert name in fit.FIT_COLUMNS
