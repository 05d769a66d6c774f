"""How often weeks that were held out fall inside the fitted range, on real data and on simulated demand.

``CODP_EVIDENCE=full`` uses every product and writes docs/evidence/fit.md; otherwise every tenth product.
"""

import hashlib
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
from engine.demand.fitting.goodness import Moments, admissible, distribution_function, draw, interval, moments
from engine.demand.fitting.stationary import stationaries, stationary, years_of
from engine.demand.streams import stream
from engine.scenario.importers import import_adventureworks
from engine.scenario.read import read_scenario
from tests.demand import known_season
from tests.demand.fit_page import BICYCLE_WEEKS, HELD_OUT, LEAST_SOLD, SHARE, page
from tests.evidence import FULL

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence" / "fit.md"
# Helmets and caps: sold by a web shop, too, since 20 weeks before those held out.
WEB_SHOP = ("CA-1098", "HL-U509", "HL-U509-B", "HL-U509-R")
# Of the control, so that its classes are known to half a point.
DRAWS = 4
# What is told of them.
SUMS = ("plain_inside", "sums_inside", "sums_above", "sums_below")
# Families whose season is one of the number of orders.
IN_ORDERS = ("poisson", "negative_binomial", "compound_poisson")

pytestmark = pytest.mark.evidence


def chosen(items):
    return items if FULL else items[::10]


@pytest.fixture(scope="module")
def spare_parts(data_dir):
    frame = pd.read_csv(data_dir / "man_spare_parts" / "weekly.csv.gz", dtype={"sku": str}).set_index("sku")
    weekly = np.maximum(frame.to_numpy(dtype=float), 0.0)
    sold = weekly.sum(axis=1) > 0
    items = pd.read_csv(data_dir / "man_spare_parts" / "items.csv", dtype={"sku": str}).set_index("sku")
    # Lead time and half a week of review.
    exposure = items["lead_time_weeks"].reindex(frame.index).to_numpy(dtype=float) + 0.5
    return chosen(list(zip(frame.index[sold], weekly[sold], exposure[sold], strict=True)))


@pytest.fixture(scope="module")
def whole_book(data_dir):
    """First day, and each product of AdventureWorks: family, weeks of three years, units of its lines that are seen."""
    lines = pd.read_csv(data_dir / "adventureworks" / "sales_lines.csv.gz", parse_dates=["order_date"])
    last = pd.Timestamp("2020-05-31")
    lines = lines[lines["order_date"] <= last]
    week = (last - lines["order_date"]).dt.days // 7
    lines = lines.assign(week=week.max() - week)
    table = lines.pivot_table(index="product", columns="week", values="qty", aggfunc="sum", fill_value=0)
    weekly = table.reindex(columns=range(int(week.max()) + 1), fill_value=0)
    before = lines[lines["week"] < len(weekly.columns) - HELD_OUT].groupby("product")["qty"]
    sizes = {name: units.to_numpy(dtype=float) for name, units in before}
    families = pd.read_csv(data_dir / "adventureworks" / "products.csv").set_index("ProductNumber")["Subcategory"]
    return last - pd.Timedelta(days=7 * len(weekly.columns) - 1), [
        (name, families[name], weekly.loc[name].to_numpy(dtype=float), sizes[name])
        for name in weekly.index if name in sizes
    ]  # fmt: skip


@pytest.fixture(scope="module")
def bicycles(data_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "adventureworks"
    import_adventureworks(data_dir / "adventureworks", folder, orders=True)
    return read_scenario(folder)


def covered(history, weeks_after, exposure=np.nan, found=None):
    """Class, family, share of the held-out weeks in the range, share expected; None where nothing is fitted."""
    found = stationary(history) if found is None else found
    row = fit_history(
        history, weeks_min=26, common_factor_cv=0.0, target_quantile=0.1, exposed_weeks=exposure, series=found
    )  # fmt: skip
    if row["refused"] or row["demand_class"] == "none" or row["open_cv"] == 0.0:
        return None
    of = moments(row["demand_per_week"], row["open_cv"], row["order_size"])
    # A week without sales is no less than a range that starts below the smallest amount ever sold.
    whole = (history.weeks == np.round(history.weeks)).all()
    unit = 1.0 if whole else history.weeks[history.weeks > 0].min()
    low, high, expected = interval(row["distribution"], of, SHARE, unit=unit)
    inside = (weeks_after >= low - unit / 2) & (weeks_after <= high + unit / 2)
    drift = weeks_after.mean() / row["demand_per_week"]
    place = history.places[-1] + 1 + np.arange(len(weeks_after))
    later = History(product=history.product, weeks=np.zeros(len(place)), place=place, start=history.start)
    factor = np.ones(len(place)) if found.season is None else found.season.factor(years_of(later))
    return {
        "class": row["demand_class"], "family": row["distribution"], "inside": inside.mean(),
        "above": (weeks_after > high + unit / 2).mean(), "expected": expected, "drift": drift,
        "product": history.product, "looked_at": looked_at(history.product),
        "ended": history.cleaned.weeks_after_end > 0,
        **(sums_covered(row, weeks_after, factor, unit) if (history.weeks > 0.0).sum() >= LEAST_SOLD else {}),
    }  # fmt: skip


def looked_at(product):
    """Half of the products, on which the prior of wandering levels was chosen; the other half says what it is worth."""
    return hashlib.md5(product.encode(), usedforsecurity=False).digest()[0] % 2 == 0


def sums_covered(row, weeks_after, factor, unit):
    """Share of the sums over the exposure inside their 90% range, above and below; with independent weeks, too.

    A season goes on: the mean of a sum is the level times the factors of its weeks. Of a sum in whole units the range
    cuts off a part: what of its probability lies inside is counted (the randomised range, whose share is 90% whatever
    the units).
    """
    length = max(1, round(row["exposure_weeks"]))
    sums, means = (
        np.lib.stride_tricks.sliding_window_view(values, length).sum(axis=1) for values in (weeks_after, factor)
    )
    means = means * row["demand_per_week"]
    family, low, high = row["distribution"], (1.0 - SHARE) / 2.0, (1.0 + SHARE) / 2.0
    cvs = {"plain": row["open_cv"], "sums": row["exposure_cv"]}
    if family == "poisson":
        cvs = dict.fromkeys(cvs, row["demand_cv"])
    found = {"varied": row["variance_ratio"] != 1.0}
    for name, cv in cvs.items():
        nearby = family
        if not admissible(nearby, mean=row["demand_per_week"], cv=cv, order_size=row["order_size"], whole=True):
            nearby = "gamma"
        season = means / (length * row["demand_per_week"]) if nearby in IN_ORDERS else 1.0
        of = Moments(
            mean=means, cv=np.full(len(sums), cv) / (length * season) ** 0.5,
            order_size=np.full(len(sums), row["order_size"]),
        )  # fmt: skip
        ends = [
            distribution_function(nearby, np.maximum(at, -1e-9), of)
            for at in (sums - unit / 2, sums + unit / 2)
        ]
        start, end = np.where(sums > 0.0, ends[0], 0.0), np.maximum(ends[1], ends[0] + 1e-12)
        for part, (a, b) in {"inside": (low, high), "above": (high, 1.0), "below": (0.0, low)}.items():
            share = np.clip(np.minimum(end, b) - np.maximum(start, a), 0.0, None) / (end - start)
            found[f"{name}_{part}"] = float(share.mean())
    return found


def still_alive(frame):
    """Products with sums whose life has not ended: of an end readers are told by name."""
    return frame[frame["sums_inside"].notna() & ~frame["ended"].astype(bool)]


def sums_table(frame):
    lines = [
        "| class | products | other variance ratio | inside, weeks independent | inside | above | below | its error |",
        "|---|---|---|---|---|---|---|---|",
    ]
    frame = still_alive(frame)
    for name in [*CLASSES, "all"]:
        part = frame if name == "all" else frame[frame["class"] == name]
        if len(part):
            lines.append(
                f"| {name} | {len(part)} | {int(part['varied'].sum())} | "
                + " | ".join(f"{part[column].mean():.1%}" for column in SUMS)
                + (f" | {part['sums_inside'].std() / len(part) ** 0.5:.1%} |" if len(part) > 1 else " | |")
            )
    return "\n".join(lines)


def halves_table(frames):
    """Share inside of the half of the products that the prior was chosen on, and of the other half."""
    lines = ["| book | class | products | inside | products of the other half | inside |", "|---|---|---|---|---|---|"]
    for book, frame in frames.items():
        for name in CLASSES:
            part = still_alive(frame)
            parts = [part[(part["class"] == name) & (part["looked_at"] == half)] for half in (True, False)]
            if all(len(half) for half in parts):
                told = [f"{len(half)} | {half['sums_inside'].mean():.1%}" for half in parts]
                lines.append(f"| {book} | {name} | {told[0]} | {told[1]} |")
    return "\n".join(lines)


def table(rows):
    frame = pd.DataFrame([row for row in rows if row is not None])
    lines = [
        "| class | products | expected | inside | above | mean after / before |",
        "|---|---|---|---|---|---|",
    ]
    for name in [*CLASSES, "all"]:
        part = frame if name == "all" else frame[frame["class"] == name]
        if len(part):
            lines.append(
                f"| {name} | {len(part)} | {part['expected'].mean():.1%} | {part['inside'].mean():.1%} | "
                f"{part['above'].mean():.1%} | {part['drift'].median():.2f} |"
            )
    return frame, "\n".join(lines)


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


def spare_history(name, weeks):
    alive, cleaned = in_life(weeks, Cleaning())
    return History(product=name, weeks=alive, order_sizes=weeks[weeks > 0], cleaned=cleaned)


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


def held_out_book(books):
    """Products whose life has not ended before the weeks held out."""
    start, products = books
    past, after, families = {}, {}, {}
    for name, family, weeks, sizes in products:
        alive, cleaned = in_life(weeks[:-HELD_OUT], Cleaning())
        place = cleaned.weeks_before_launch + np.arange(len(alive))
        if alive.any():
            past[name] = History(
                product=name, weeks=alive, place=place, start=start, order_sizes=sizes, cleaned=cleaned
            )
            after[name], families[name] = weeks[-HELD_OUT:], family
    found = stationaries(past, families)
    still = [name for name, history in past.items() if not history.cleaned.weeks_after_end]
    return [covered(past[name], after[name], BICYCLE_WEEKS, found[name]) for name in still]


def test_held_out_weeks_fall_into_the_fitted_range(spare_parts, bicycles, whole_book):
    spare = [
        covered(spare_history(name, weeks[:-HELD_OUT]), weeks[-HELD_OUT:], exposure)
        for name, weeks, exposure in spare_parts
    ]
    whole = [row for row in held_out_book(whole_book) if row is not None]
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
        # Every class of which there are ten products, but for one whose cause is told: the web shop.
        for frame, asked in (
            (control, CLASSES[1:]), (parts, CLASSES[1:]), (pd.DataFrame(whole), ("smooth",)),
        ):  # fmt: skip
            for name in asked:
                part = still_alive(frame)
                assert 0.87 <= part.loc[part["class"] == name, "sums_inside"].mean() <= 0.93
        halves = halves_table({"spare parts": parts, "AdventureWorks": pd.DataFrame(whole)})
        erratic = still_alive(book)[lambda one: (one["class"] == "erratic") & ~one["product"].isin(WEB_SHOP)]
        season = season_table(known_season.books(100))
        text = page(*tables, *sums, halves=halves, others=erratic["sums_inside"], moved=moved, season=season)
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    print("\n\n".join((*tables, *sums)))
