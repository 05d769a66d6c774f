"""The page on fitting says what the code does."""

from pathlib import Path

from engine.demand import classify, fit, history, patterns
from engine.demand.goodness import MOST_ORDERS_PER_WEEK

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "fit.md").read_text(encoding="utf-8")


def test_the_numbers_of_the_page_are_those_of_the_code():
    for text in (
        f"fewer than {fit.WEEKS_MIN} weeks",
        f"at least {history.LEAST_GAP_WEEKS} weeks without sales",
        f"fewer than {history.LEAST_ACTIVE_WEEKS} weeks with sales",
        f"below {history.UNLIKELY_GAP:.0%}",
        f"{classify.INTERVAL_CUT} weeks per week",
        f"and {classify.SIZE_CV2_CUT} for",
        f"more than {MOST_ORDERS_PER_WEEK:g} a week",
        f"below {fit.POISSON_ENOUGH}",
        f"the {fit.TARGET_QUANTILE:.0%} quantile",
        f"p below {fit.TREND_P_VALUE:.0%}",
        f"from {patterns.LEAST_SEASON_WEEKS} weeks on",
        f"at least {fit.BATCH_SHARE:.0%} of the units on three days",
        f"from {patterns.LEAST_MONTHS} months on",
    ):
        assert text in PAGE, text


def test_the_columns_that_the_page_names_exist():
    for name in ("duplicate_lines", "returned_units", "clipped_weeks", "weeks_before_launch", "partial_weeks"):
        assert f"`{name}`" in PAGE
        assert name in fit.FIT_COLUMNS
