"""Order books with ordinary defects, each with its right value.

The small ones are written here; `known-truth` is drawn by its publisher and read from ``CODP_CASES``, by default
``../shared/cases``.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.demand.fitting.complete import complete
from engine.demand.fitting.fit import fit_demand
from engine.demand.fitting.peaks import peaks_of
from engine.demand.year import period_of_day
from engine.errors import ScenarioError
from engine.scenario.read import read_scenario
from tests.demand.completed import completed, row_of
from tests.evidence import covering

ROOT = Path(__file__).resolve().parents[2]
PRODUCTS = "product,unit_cost,price,lead_time_target_days,make_days,late_cost_per_unit_day\n"
SETTINGS = "name: case\nholding_rate_per_year: 0.25\nsamples: 200\n"


def book(folder, lines, products="A"):
    """A scenario folder with rows of date, product, quantity and customer."""
    folder.mkdir()
    (folder / "scenario.yaml").write_text(SETTINGS)
    (folder / "products.csv").write_text(PRODUCTS + "".join(f"{name},100,180,2,14,1\n" for name in products))
    rows = "".join(f"{date},{product},{quantity},,{customer}\n" for date, product, quantity, customer in lines)
    (folder / "orders.csv").write_text(f"order_date,product,quantity,requested_date,customer\n{rows}")
    return read_scenario(folder)


def weekly(units, product="A", customer="c1", first="2022-01-05"):
    days = pd.date_range(first, periods=len(units), freq="7D")
    return [(f"{day:%Y-%m-%d}", product, number, customer) for day, number in zip(days, units, strict=True)]


def row(scenario, product="A"):
    return row_of(scenario, product)


def kinds(scenario):
    return {notice.kind for notice in completed(scenario).notices}


@pytest.mark.parametrize(
    ("slip", "copies"), covering(["2204-01-10", "9999-12-31", "2024-12-20", "0023-05-10", "2021-01-05"], [1, 3])
)
def test_a_slip_of_the_date_changes_nothing_and_is_told(tmp_path, slip, copies):
    units = np.random.default_rng(0).integers(20, 31, 104)
    other = weekly(np.full(36, 8), "B", "c2")
    wrong = [(slip, "A", 5, "c1")] * copies
    scenario = book(tmp_path / "s", [*weekly(units), *other, *wrong], "AB")
    found = row(scenario)
    assert found["demand_per_week"] == pytest.approx(units.mean(), rel=0.01)
    assert found["open_cv"] == pytest.approx(units.std() / units.mean(), abs=0.01)
    told = [notice for notice in completed(scenario).notices if notice.kind == "date_far"]
    assert [notice.row for notice in told] == [104 + 36 + 2 + k for k in range(copies)]
    assert told[0].values["date"] == slip


@pytest.mark.parametrize(("back", "weeks_later"), covering([[-1000], [-400, -600]], [0, 2, 20]))
def test_a_cancellation_takes_back_its_order(tmp_path, back, weeks_later):
    day = pd.Timestamp("2022-03-14") + pd.Timedelta(days=7 * weeks_later)
    lines = [*weekly(np.full(104, 10)), ("2022-03-14", "A", 1000, "c9")]
    lines += [(f"{day:%Y-%m-%d}", "A", units, "c9") for units in back]
    scenario = book(tmp_path / "s", lines)
    found = row(scenario)
    assert (found["demand_per_week"], found["demand_cv"]) == (pytest.approx(10), pytest.approx(0))
    assert "cancelled" in kinds(scenario)


def test_equal_lines_of_a_web_shop_are_orders(tmp_path):
    days = pd.date_range("2022-01-03", periods=728, freq="D")
    lines = [(f"{day:%Y-%m-%d}", "A", 1, "WEB") for day in days for _ in range(5)]
    scenario = book(tmp_path / "s", lines)
    found = row(scenario)
    assert found["demand_per_week"] == pytest.approx(35)
    assert found["order_size"] == 1
    assert "equal_lines" in kinds(scenario)


@pytest.mark.parametrize("last", [False, True])
def test_totals_of_months_are_fitted_at_months(tmp_path, last):
    months = [np.datetime64("2021-01") + k for k in range(36)]
    days = [np.datetime64(month + 1, "D") - 1 if last else np.datetime64(month, "D") for month in months]
    scenario = book(tmp_path / "s", [(str(day), "A", 100, "") for day in days])
    found = row(scenario)
    assert found["demand_per_week"] == pytest.approx(1200 / (365.25 / 7))
    assert found["demand_cv"] == pytest.approx(0)
    assert found["bucket"] == "months"
    assert "monthly_totals" in kinds(scenario)


@pytest.mark.parametrize(
    ("days", "length", "name"), [(14, 2.0, "2 weeks"), (28, 4.0, "4 weeks"), (None, 13.04, "3 months")]
)
def test_totals_of_other_periods_are_fitted_at_theirs(tmp_path, days, length, name):
    first = pd.Timestamp("2018-01-31")
    step = pd.offsets.MonthEnd(3) if days is None else pd.Timedelta(days=days)
    scenario = book(tmp_path / "s", [(f"{first + k * step:%Y-%m-%d}", "A", 300, "") for k in range(24)])
    found = row(scenario)
    assert found["bucket"] == name
    assert found["demand_per_week"] == pytest.approx(300 / length, rel=0.01)
    assert found["demand_cv"] < 0.05
    assert "period_totals" in kinds(scenario)


def test_the_cv_of_the_week_follows_from_that_of_the_month(tmp_path):
    rng = np.random.default_rng(1)
    totals = rng.gamma(1 / 0.04, 0.04 * 400, 120).round(2)
    months = [f"{2010 + k // 12}-{1 + k % 12:02d}-01" for k in range(120)]
    found = row(book(tmp_path / "s", [(day, "A", units, "") for day, units in zip(months, totals, strict=True)]))
    # Independent weeks: the variance of a month is that of its weeks, 365.25 / 12 / 7 of them.
    assert found["demand_cv"] == pytest.approx(0.2 * (365.25 / 84) ** 0.5, rel=0.15)


def test_totals_of_weeks_say_nothing_of_the_size_of_orders(tmp_path):
    units = np.random.default_rng(2).integers(20, 31, 104)
    scenario = book(tmp_path / "s", weekly(units, customer=""))
    found = row(scenario)
    assert found["demand_per_week"] == pytest.approx(units.mean(), rel=0.01)
    assert np.isnan(found["order_size"])
    assert completed(scenario).products["order_size"].tolist() == [1.0]
    assert "weekly_totals" in kinds(scenario)


@pytest.mark.parametrize("projects", [[600], [600, 450], [600, 450, 500, 700, 620]])
def test_a_project_is_told_with_and_without(tmp_path, projects):
    lines = weekly(np.full(104, 10))
    lines += [(f"2022-12-{20 + k}", "A", units, f"c7{k}") for k, units in enumerate(projects)]
    scenario = book(tmp_path / "s", lines)
    found = row(scenario)
    assert found["exceptional_orders"] == len(projects)
    assert found["demand_per_week"] == pytest.approx(10 + sum(projects) / 103)
    assert (found["demand_per_week_without"], found["demand_cv_without"]) == (pytest.approx(10), pytest.approx(0))
    told = [notice for notice in completed(scenario).notices if notice.kind == "exceptional_order"]
    assert sorted(notice.row for notice in told) == [106 + k for k in range(len(projects))]
    assert told[0].values["mean"] == pytest.approx(10)


def test_a_gap_does_not_make_the_mean_fall(tmp_path):
    units = np.random.default_rng(3).gamma(1 / 0.36, 0.36 * 40, 156).round(4)
    lines = [line for k, line in enumerate(weekly(units)) if not 60 <= k < 73]
    scenario = book(tmp_path / "s", lines)
    # The first line is not of a whole week.
    kept = np.delete(units, slice(60, 73))[1:]
    found = row(scenario)
    assert found["suspected_weeks"] == 13
    assert found["demand_per_week"] == pytest.approx(kept.mean(), rel=1e-6)
    assert "stock_out_suspected" in kinds(scenario)


@pytest.mark.evidence
@pytest.mark.parametrize(("selling", "cut"), covering([4, 8, 16], [(0, 0), (20, 0), (0, 20), (0, 44)]))
def test_what_sells_in_a_few_weeks_a_year_has_the_mean_of_its_years(tmp_path, selling, cut):
    """The quiet weeks before the first and after the last season are no launch and no end, nor is a summer more a year.

    Three years, and a fourth that is cut off after some weeks of it, at a book that another product makes.
    """
    before, after = cut
    year = np.append(np.random.default_rng(selling).gamma(25.0, 8.0, selling).round(2), np.zeros(52 - selling))
    units = np.concatenate([year[52 - before :], year, year, year, year[: max(selling, after)]])
    lines = [line for line in weekly(units, first="2021-01-04") if line[2] > 0]
    scenario = book(tmp_path / "s", [*lines, *weekly(np.full(len(units), 5), "B", "c2", first="2021-01-04")], "AB")
    found = row(scenario)
    assert (found["weeks_before_launch"], found["weeks_after_end"]) == (0, 0)
    assert found["demand_per_week"] == pytest.approx(year.mean(), rel=0.1)
    assert kinds(scenario) & {"season", "season_years", "season_left"}


def months(units, first="2021-01"):
    days = [np.datetime64(first) + k for k in range(len(units))]
    return [(f"{day}-01", "A", number, "") for day, number in zip(days, units, strict=True)]


MONTHS = np.random.default_rng(4).integers(80, 121, 36)


@pytest.mark.parametrize("day", [None, "2023-12-07"])
def test_the_total_of_a_period_that_had_not_ended_is_left_out_and_told(tmp_path, day):
    lines = months([*MONTHS[:35], 20])
    if day is not None:  # totals stand at the end of their month, the last on the day of the export
        ends = [str((np.datetime64(line[0][:7]) + 1).astype("datetime64[D]") - 1) for line in lines[:-1]]
        lines = [(end, *line[1:]) for end, line in zip([*ends, day], lines, strict=True)]
    scenario = book(tmp_path / "s", lines)
    found = row(scenario)
    assert found["bucket"] == "months"
    assert found["demand_per_week"] == pytest.approx(MONTHS[:35].mean() / (365.25 / 84), rel=1e-6)
    assert {"monthly_totals", "total_unfinished"} <= kinds(scenario)


@pytest.mark.parametrize("last", [60, 300])
def test_a_last_total_as_others_may_be_counts(tmp_path, last):
    scenario = book(tmp_path / "s", months([*MONTHS[:35], last]))
    units = np.append(MONTHS[:35], last)
    assert row(scenario)["mean_per_week"] == pytest.approx(units.mean() / (365.25 / 84), rel=1e-6)
    assert "total_unfinished" not in kinds(scenario)


def test_totals_that_are_missing_do_not_make_the_mean_fall_and_those_that_are_zero_do(tmp_path):
    gone = [4, 14, 15, 25]
    kept = np.delete(MONTHS, gone)
    missing = book(tmp_path / "s", [line for k, line in enumerate(months(MONTHS)) if k not in gone])
    assert row(missing)["demand_per_week"] == pytest.approx(kept.mean() / (365.25 / 84), rel=1e-6)
    assert sum(one.kind == "stock_out_suspected" for one in completed(missing).notices) == 3
    units = MONTHS.copy()
    units[gone] = 0
    written = book(tmp_path / "t", months(units))
    assert row(written)["mean_per_week"] == pytest.approx(units.mean() / (365.25 / 84), rel=1e-6)
    assert not kinds(written) & {"stock_out_suspected", "totals_zero"}


def test_weeks_without_a_total_that_may_be_weeks_without_sales_are_told(tmp_path):
    units = np.random.default_rng(5).gamma(4.0, 6.0, 104).round(2)
    lines = [line for k, line in enumerate(weekly(units, customer="")) if k % 9 != 4]
    scenario = book(tmp_path / "s", lines)
    assert row(scenario)["suspected_weeks"] == 0
    assert "totals_zero" in kinds(scenario)


@pytest.mark.parametrize("weeks", [[70], [70, 71], [20, 21, 60, 61, 100]])
def test_a_promotion_is_told_with_and_without(tmp_path, weeks):
    units = np.random.default_rng(6).gamma(11.0, 4.0, 120).round()
    usual = units[1:].copy()
    units[weeks] = 200.0 + np.arange(len(weeks))
    # A week's orders are many, so that none stands apart.
    lines = [(day, "A", number / 8.0, f"c{k}") for day, _, number, _ in weekly(units) for k in range(8)]
    scenario = book(tmp_path / "s", lines)
    (told,) = [one for one in completed(scenario).notices if one.kind == "peaks"]
    rest = np.delete(usual, np.array(weeks) - 1)
    assert told.values["periods"] == len(weeks)
    assert told.values["mean_with"] == pytest.approx(units[1:].mean())
    assert (told.values["mean"], told.values["cv"]) == (
        pytest.approx(rest.mean()), pytest.approx(rest.std(ddof=1) / rest.mean()))  # fmt: skip
    day = pd.Timestamp("2022-01-05") + pd.Timedelta(days=7 * weeks[0] - 6)
    assert str(told.values["days"]).startswith(f"{day:%Y-%m-%d}")


@pytest.mark.parametrize("shape", [11.0, 3.0, 1.0, 0.3])
def test_demand_that_varies_has_no_peaks(shape):
    for seed in range(40):
        assert peaks_of(np.random.default_rng(seed).gamma(shape, 10.0, 156)) is None


@pytest.fixture(scope="module")
def known_truth():
    folder = Path(os.environ.get("CODP_CASES") or ROOT.parent / "shared" / "cases") / "orders" / "known-truth"
    if not folder.is_dir():
        pytest.skip("no cases here: set CODP_CASES to the folder that holds them")
    return fit_demand(read_scenario(folder), replicates=0)


# Mean, CV and how near: the CV drawn in 156 weeks lies itself within some 10% of its process.
TRUE = {
    "GAM": (40, 0.6, 0.08), "NB": (3, 1.2, 0.12), "CP5": (20, 0.61, 0.12), "INT": (0.25, 2.0, 0.1),
    "POI": (6, 6**-0.5, 0.05), "NORM": (100, 0.2, 0.12), "LAUNCH": (40, 0.6, 0.1), "RET": (36, 0.6, 0.12),
}  # fmt: skip


@pytest.mark.parametrize("product", TRUE)
def test_known_processes_are_found(known_truth, product):
    mean, cv, near = TRUE[product]
    found = known_truth.table.set_index("product").loc[product]
    assert found["demand_per_week"] == pytest.approx(mean, rel=near)
    assert found["open_cv"] == pytest.approx(cv, rel=near)
    # Both errors are told; what is in use has them in it, and Poisson demand its own CV.
    assert abs(found["demand_per_week"] / mean - 1.0) < 3.0 * found["level_error"]
    assert abs(found["open_cv"] / cv - 1.0) < 3.0 * found["deviation_error"]
    # A season is not told from less than two years, and so is counted with.
    assert found["demand_cv"] <= (1.08 if found["weeks"] >= 104 else 1.12) * found["open_cv"]
    assert (found["level"], found["season"]) == ("flat", "")


def test_known_seasons_trends_batches_and_gaps_are_found(known_truth):
    table = known_truth.table.set_index("product")
    assert table.loc["SEAS", "demand_cv"] == pytest.approx(0.30, rel=0.1)
    # The weeks drawn have a CV of 0.093 around the true sine.
    assert table.loc["SEASBIG", "demand_cv"] == pytest.approx(0.1, abs=0.015)
    assert table.loc["SEASBIG", "sample_cv"] > 0.35
    # A sine of 50% that begins with the first week of the book, 3 January.
    days = np.arange(365.0)
    wave = 1.0 + 0.5 * np.sin(2 * np.pi * (days - 2) / 364)
    month = (days / 365 * 12).astype(int)
    truth = np.bincount(month, weights=wave) / np.bincount(month)
    # With a CV of 0.3 the sine of 156 weeks is known to within two standard errors of 4.5 points.
    for product, near in (("SEAS", 0.09), ("SEASBIG", 0.03)):
        factors = known_truth.seasons.set_index("product").loc[[product]].sort_values("period")["factor"].to_numpy()
        found = np.bincount(month, weights=factors[period_of_day(52)]) / np.bincount(month)
        assert np.abs(found - truth).max() < near
    assert table.loc["TREND", "demand_per_week"] == pytest.approx(60, rel=0.06)
    assert table.loc["TREND", "demand_cv"] == pytest.approx(0.3, rel=0.1)
    assert table.loc["MONTH", "demand_cv"] < 0.5
    assert table.loc["GAP", "demand_per_week"] == pytest.approx(40, rel=0.04)
    assert table.loc["GAP", "suspected_weeks"] == 12


@pytest.mark.parametrize("written", ["{}", "{} 13:45:00", "{}T23:30:00Z", "{}T23:30:00.000+01:00"])
def test_the_time_of_an_order_is_not_needed(tmp_path, written):
    units = np.random.default_rng(0).integers(20, 31, 60)
    lines = [(written.format(day), *rest) for day, *rest in weekly(units)]
    assert row(book(tmp_path / "s", lines))["demand_per_week"] == pytest.approx(units[1:].mean(), rel=0.02)


def test_a_book_of_a_day_has_a_demand_that_nobody_knows(tmp_path):
    scenario = book(tmp_path / "s", [("2023-01-03", "A", 5, "c1"), ("2023-01-03", "A", 8, "c2")])
    with pytest.raises(ScenarioError, match="0 weeks of history; at least 26 are needed"):
        complete(scenario)
