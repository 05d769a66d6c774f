"""How often weeks that were held out fall inside the fitted range, on real data and on simulated demand.

``CODP_EVIDENCE=full`` uses every product and writes docs/evidence/fit.md; otherwise every tenth bicycle and every
twentieth spare part.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.demand.book.book import order_book
from engine.demand.book.history import History, histories
from engine.demand.book.life import Cleaning, in_life
from engine.demand.book.weeks import calendar
from engine.demand.fitting.classify import CLASSES
from engine.demand.fitting.fit import fit_demand, fit_history, weekly_moments
from engine.demand.fitting.goodness import draw, moments
from engine.demand.fitting.stationary import stationaries
from engine.demand.streams import stream
from engine.scenario.importers import import_adventureworks
from engine.scenario.read import read_scenario
from tests.demand import known_season, tried
from tests.demand.coverage import (
    covered,
    halves_table,
    interval_of,
    spare_history,
    still_alive,
    sums_table,
    table,
    told_interval,
)
from tests.demand.fit_page import BICYCLE_WEEKS, HELD_OUT, page, page_of_lengths
from tests.demand.short_books import LENGTHS, before_and_now, lengths_table, rows_of, simulated_table
from tests.demand.short_books import simulated as simulated_books
from tests.evidence import FULL

EVIDENCE = Path(__file__).resolve().parents[2] / "docs" / "evidence"
PAGE, SHORT_PAGE = EVIDENCE / "fit.md", EVIDENCE / "short-books.md"
# Helmets and caps: sold by a web shop, too, since 20 weeks before those held out.
WEB_SHOP = ("CA-1098", "HL-U509", "HL-U509-B", "HL-U509-R")
# Of the control, so that its classes are known to half a point.
DRAWS = 4
# Of the spare parts, cut to four lengths at several instants each; books that are simulated of each kind.
THIRD, BOOKS = 3, 60

pytestmark = pytest.mark.evidence


def chosen(items, one_of=10):
    return items if FULL else items[::one_of]


@pytest.fixture(scope="module")
def spare_parts(data_dir):
    frame = pd.read_csv(data_dir / "man_spare_parts" / "weekly.csv.gz", dtype={"sku": str}).set_index("sku")
    weekly = np.maximum(frame.to_numpy(dtype=float), 0.0)
    sold = weekly.sum(axis=1) > 0
    items = pd.read_csv(data_dir / "man_spare_parts" / "items.csv", dtype={"sku": str}).set_index("sku")
    # Lead time and half a week of review.
    exposure = items["lead_time_weeks"].reindex(frame.index).to_numpy(dtype=float) + 0.5
    return chosen(list(zip(frame.index[sold], weekly[sold], exposure[sold], strict=True)), 20)


@pytest.fixture(scope="module")
def whole_book(data_dir):
    """First day, and each product of AdventureWorks: family, weeks of three years, week and units of its lines."""
    lines = pd.read_csv(data_dir / "adventureworks" / "sales_lines.csv.gz", parse_dates=["order_date"])
    last = pd.Timestamp("2020-05-31")
    lines = lines[lines["order_date"] <= last]
    week = (last - lines["order_date"]).dt.days // 7
    lines = lines.assign(week=week.max() - week)
    table = lines.pivot_table(index="product", columns="week", values="qty", aggfunc="sum", fill_value=0)
    weekly = table.reindex(columns=range(int(week.max()) + 1), fill_value=0)
    seen = set(lines.loc[lines["week"] < len(weekly.columns) - HELD_OUT, "product"])
    orders = {name: of[["week", "qty"]].to_numpy(dtype=float) for name, of in lines.groupby("product") if name in seen}
    families = pd.read_csv(data_dir / "adventureworks" / "products.csv").set_index("ProductNumber")["Subcategory"]
    return last - pd.Timedelta(days=7 * len(weekly.columns) - 1), [
        (name, families[name], weekly.loc[name].to_numpy(dtype=float), orders[name])
        for name in weekly.index if name in orders
    ]  # fmt: skip


@pytest.fixture(scope="module")
def bicycles(data_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "adventureworks"
    import_adventureworks(data_dir / "adventureworks", folder, orders=True)
    return read_scenario(folder)


def season_table(found):
    """CV and factors of books of one known season."""
    columns = {
        "CV fitted": found.cv, "CV of the weeks around the true season": found.drawn,
        "factor of a month, off at most": 100.0 * found.off,
        "the same, fitted by one who knows the form": 100.0 * found.known_off,
    }  # fmt: skip
    lines = ["| | mean | standard deviation | 5% | 95% |", "|---|---|---|---|---|"]
    for name, values in columns.items():
        low, high = np.quantile(values, [0.05, 0.95])
        digits = 3 if name.startswith("CV") else 1
        told = (values.mean(), values.std(ddof=1), low, high)
        lines.append(f"| {name} | " + " | ".join(f"{one:.{digits}f}" for one in told) + " |")
    return "\n".join(lines)


def wandering(items, parts):
    """Variance of the difference of neighbouring parts of a life, over that of independent weeks: mean of the products.

    A level that wanders makes it more than 1; products with sales in ten weeks of a year at least.
    """
    found = []
    for name, weeks, _ in items:
        alive = spare_history(name, weeks[:-HELD_OUT]).weeks
        if len(alive) >= 52 and (alive > 0.0).sum() >= 10:
            each = len(alive) // parts
            mean = alive[len(alive) - parts * each :].reshape(parts, each).mean(axis=1)
            found.append((np.diff(mean) ** 2).mean() / (2.0 * alive.var(ddof=1) / each))
    return float(np.mean(found))


def held_out_orders(scenario):
    orders = scenario.orders
    book = calendar(orders["order_date"].min(), orders["order_date"].max())
    cut = book.last_day - pd.Timedelta(days=7 * HELD_OUT)
    seen = (orders["order_date"] <= cut).to_numpy()
    before = histories(order_book(replace(scenario, orders=orders[seen].reset_index(drop=True), rows={})))
    day = book.day(orders["order_date"].to_numpy())
    rows = []
    for name in chosen(sorted(before)):
        mine = (orders["product"] == name).to_numpy()
        weeks = np.bincount(day[mine] // 7, weights=orders["quantity"][mine], minlength=book.weeks)
        rows.append(covered(before[name], weeks[-HELD_OUT:], BICYCLE_WEEKS))
    return rows


def simulated(items, seeds):
    """Demand drawn from the families fitted to the real parts: what a stationary world would show."""
    rows = []
    for name, weeks, exposure in items:
        before = spare_history(name, weeks[:-HELD_OUT])
        fit = fit_history(before, weeks_min=26, common_factor_cv=0.0, target_quantile=0.1)
        if fit["refused"] or fit["demand_class"] == "none":
            continue
        of = moments(fit["demand_per_week"], fit["open_cv"], fit["order_size"])
        length = before.weeks.size + HELD_OUT
        for seed in seeds:
            drawn = draw(fit["distribution"], stream(seed, "coverage", name), of, (1, length))[0][0]
            # Orders come in whole units where they did; gamma demand would otherwise have no week without sales.
            drawn = np.round(drawn) if (weeks == np.round(weeks)).all() else drawn * (drawn > 1e-6)
            again = spare_history(name, np.maximum(drawn[:-HELD_OUT], 0.0))
            rows.append(covered(again, drawn[-HELD_OUT:], exposure))
    return rows


def test_the_moments_of_the_spare_parts_are_those_of_their_weeks(spare_parts):
    fitted = 0
    for name, weeks, _ in spare_parts:
        history = spare_history(name, weeks)
        row = fit_history(history, weeks_min=26, common_factor_cv=0.0, target_quantile=0.1)
        if not row["refused"] and not history.cleaned.changed_weeks and row["demand_class"] != "none":
            assert row["mean_per_week"] == pytest.approx(weeks.mean(), rel=1e-9)
            assert row["sample_cv"] == pytest.approx(weeks.std(ddof=1) / weeks.mean(), rel=1e-9)
            fitted += 1
    assert fitted > 0.5 * len(spare_parts)


def test_the_moments_of_the_bicycles_are_those_of_their_weeks(bicycles):
    fit = fit_demand(bicycles, replicates=0)
    past = histories(order_book(bicycles))
    orders = bicycles.orders
    first = orders["order_date"].max() - pd.Timedelta(days=7 * 52 - 1)
    plain = gaps = 0
    for row in fit.table.itertuples():
        if row.refused or past[row.product].cleaned.changed_weeks:
            # Half a dozen of the modules have three months without sales.
            gaps += row.suspected_weeks > 0
            continue
        mine = orders[orders["product"] == row.product]
        weeks = np.bincount((mine["order_date"] - first).dt.days // 7, weights=mine["quantity"], minlength=52)
        mean, cv = weekly_moments(weeks)
        assert row.mean_per_week == pytest.approx(mean, rel=1e-9)
        assert row.sample_cv == pytest.approx(cv, rel=1e-9)
        plain += 1
    assert plain + gaps >= 40


def weeks_sold(weeks):
    """Week and units of each week with sales: there are no order lines."""
    at = np.flatnonzero(weeks)
    return np.column_stack([at, weeks[at]])


def held_out_book(books):
    """Products whose life has not ended before the weeks held out."""
    start, products = books
    past, after, families = {}, {}, {}
    for name, family, weeks, orders in products:
        alive, cleaned = in_life(weeks[:-HELD_OUT], Cleaning())
        place = cleaned.weeks_before_launch + np.arange(len(alive))
        if alive.any():
            past[name] = History(
                product=name, weeks=alive, place=place, start=start, cleaned=cleaned,
                order_sizes=orders[orders[:, 0] < len(weeks) - HELD_OUT, 1],
            )
            after[name], families[name] = weeks[-HELD_OUT:], family
    found = stationaries(past, families)
    still = [name for name, history in past.items() if not history.cleaned.weeks_after_end]
    return [covered(past[name], after[name], BICYCLE_WEEKS, found[name]) for name in still]


def lengths_of(spare_parts, whole_book):
    """Both books cut to their last weeks: before and now, by length."""
    start, products = whole_book
    bicycles = [(name, family, weeks, BICYCLE_WEEKS) for name, family, weeks, _ in products[:: 1 if FULL else 6]]
    spare = [(name, "", weeks, exposure) for name, weeks, exposure in spare_parts[:: THIRD if FULL else 2]]

    def rows(items, **more):
        return [row for length in LENGTHS for row in rows_of(items, length, **more)]

    return {
        "spare parts": before_and_now(lambda: rows(spare)),
        "AdventureWorks": before_and_now(lambda: rows(bicycles, start=start)),
    }


def test_ranges_of_short_books_have_room_for_a_season(spare_parts, whole_book):
    """A year or less: what the weeks cannot tell is in the range, and of two years nothing changes."""
    books = lengths_of(spare_parts, whole_book)
    for before, now in books.values():
        of_length = [(one["length"] == length, now["length"] == length) for one in [before] for length in LENGTHS]
        for old, new in of_length[:3]:
            assert now.loc[new, "sums_inside"].mean() > before.loc[old, "sums_inside"].mean()
        old, new = of_length[3]
        assert now.loc[new, "sums_inside"].mean() == pytest.approx(before.loc[old, "sums_inside"].mean(), abs=0.01)
    bicycles = books["AdventureWorks"][1]
    went_on = bicycles[bicycles["went_on"] & (bicycles["class"] == "smooth") & (bicycles["length"] <= 26)]
    assert went_on["sums_inside"].mean() > 0.85
    if FULL:
        text = page_of_lengths(lengths_table(books), simulated_table(*before_and_now(lambda: simulated_books(BOOKS))))
        SHORT_PAGE.write_text(text, encoding="utf-8", newline="\n")


def test_held_out_weeks_fall_into_the_fitted_range(spare_parts, bicycles, whole_book):
    spare = [
        covered(spare_history(name, weeks[:-HELD_OUT]), weeks[-HELD_OUT:], exposure)
        for name, weeks, exposure in spare_parts
    ]
    first, bought = whole_book
    # Of the bicycles every third: a season of a family is fitted to all of its products.
    whole = [row for row in held_out_book((first, bought if FULL else bought[::3])) if row is not None]
    drawn = simulated(spare_parts, range(1, DRAWS + 1 if FULL else 2))
    frames, tables = zip(table(drawn), table(spare), table(held_out_orders(bicycles)), strict=True)
    control, parts, bikes = frames
    sums = [sums_table(frame) for frame in (control, parts, pd.DataFrame(whole), bikes)]
    # Stationary demand: only the estimation error of the moments is left.
    assert abs(control["inside"].mean() - control["expected"].mean()) < 0.015
    # Real demand drifts besides.
    assert parts["inside"].mean() > 0.9
    assert bikes["inside"].mean() > 0.5
    # Stationary demand: the errors of level and deviation are in the range, and no more than they.
    assert 0.88 <= control["sums_inside"].mean() <= (0.92 if FULL else 0.93)
    # Real demand drifts besides.
    assert 0.87 <= still_alive(parts)["sums_inside"].mean() <= 0.93
    # What follows of autocorrelation is worth most on the bicycles.
    book = pd.DataFrame(whole)
    assert book["sums_inside"].mean() > book["plain_inside"].mean() + 0.05
    assert parts["sums_inside"].mean() > parts["plain_inside"].mean() + 0.02
    if FULL:
        moved = [wandering(spare_parts, parts) for parts in (2, 3, 4)]
        halves = halves_table({"spare parts": parts, "AdventureWorks": pd.DataFrame(whole)})
        erratic = still_alive(book)[lambda one: (one["class"] == "erratic") & ~one["product"].isin(WEB_SHOP)]
        season = season_table(known_season.books(100))
        start, products = whole_book
        spare_orders = [(name, "", weeks, exposure, weeks_sold(weeks)) for name, weeks, exposure in spare_parts]
        bicycle_orders = [(name, of, weeks, BICYCLE_WEEKS, lines) for name, of, weeks, lines in products]
        found, *more = tried.tables(
            {"spare parts": (spare_orders, None), "AdventureWorks": (bicycle_orders, start)}
        )  # fmt: skip
        rest = f"{erratic['sums_inside'].mean():.0%} of the time (95% interval {told_interval(interval_of(erratic))})"
        text = page(
            *tables, *sums, halves=halves, others=(len(erratic), rest), moved=moved, season=season, more=more
        )  # fmt: skip
        PAGE.write_text(text, encoding="utf-8", newline="\n")
        # Every class of which there are ten products, but for one whose cause is told: the web shop.
        for frame, asked in (
            (control, CLASSES[1:]), (parts, CLASSES[1:]), (pd.DataFrame(whole), ("smooth",)),
        ):  # fmt: skip
            for name in asked:
                part = still_alive(frame)
                assert 0.87 <= part.loc[part["class"] == name, "sums_inside"].mean() <= 0.93
        spare_now = found["spare parts"][1]
        for name in CLASSES[1:]:
            assert 0.87 <= spare_now.loc[spare_now["class"] == name, "sums_inside"].mean() <= 0.93
    print("\n\n".join((*tables, *sums)))
