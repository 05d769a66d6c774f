"""How often weeks that were held out fall inside the fitted range, on real data and on simulated demand.

``CODP_EVIDENCE=full`` uses every product and writes docs/evidence/fit.md; otherwise every tenth product.
"""

import datetime as dt
import os
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
from engine.demand.fitting.goodness import admissible, distribution_function, draw, interval, moments
from engine.demand.streams import stream
from engine.scenario.importers import import_adventureworks
from engine.scenario.read import read_scenario

FULL = os.environ.get("CODP_EVIDENCE") == "full"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence" / "fit.md"
HELD_OUT = 26
SHARE = 0.9
# Of fewer weeks with sales no sum is known.
LEAST_SOLD = 5
# What is told of them.
SUMS = ("plain_inside", "sums_inside", "sums_above", "sums_below")
# Weeks that a stock of bicycles covers: parts in 15 to 19 days, assembly in 4, half a review.
BICYCLE_WEEKS = 4.0

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
    """Weeks of every product of AdventureWorks, three years, and the units of its lines before the weeks held out."""
    lines = pd.read_csv(data_dir / "adventureworks" / "sales_lines.csv.gz", parse_dates=["order_date"])
    last = pd.Timestamp("2020-05-31")
    lines = lines[lines["order_date"] <= last]
    week = (last - lines["order_date"]).dt.days // 7
    lines = lines.assign(week=week.max() - week)
    table = lines.pivot_table(index="product", columns="week", values="qty", aggfunc="sum", fill_value=0)
    weekly = table.reindex(columns=range(int(week.max()) + 1), fill_value=0)
    before = lines[lines["week"] < len(weekly.columns) - HELD_OUT].groupby("product")["qty"]
    sizes = {name: units.to_numpy(dtype=float) for name, units in before}
    return [(name, weekly.loc[name].to_numpy(dtype=float), sizes[name]) for name in weekly.index if name in sizes]


@pytest.fixture(scope="module")
def bicycles(data_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "adventureworks"
    import_adventureworks(data_dir / "adventureworks", folder, orders=True)
    return read_scenario(folder)


def covered(history, weeks_after, exposure=np.nan):
    """Class, family, share of the held-out weeks in the range, share expected; None where nothing is fitted."""
    row = fit_history(history, weeks_min=26, common_factor_cv=0.0, target_quantile=0.1, exposed_weeks=exposure)
    if row["refused"] or row["demand_class"] == "none" or row["open_cv"] == 0.0:
        return None
    of = moments(row["demand_per_week"], row["open_cv"], row["order_size"])
    # A week without sales is no less than a range that starts below the smallest amount ever sold.
    whole = (history.weeks == np.round(history.weeks)).all()
    unit = 1.0 if whole else history.weeks[history.weeks > 0].min()
    low, high, expected = interval(row["distribution"], of, SHARE, unit=unit)
    inside = (weeks_after >= low - unit / 2) & (weeks_after <= high + unit / 2)
    drift = weeks_after.mean() / row["demand_per_week"]
    return {
        "class": row["demand_class"], "family": row["distribution"], "inside": inside.mean(),
        "above": (weeks_after > high + unit / 2).mean(), "expected": expected, "drift": drift,
        **(sums_covered(row, weeks_after, unit) if (history.weeks > 0.0).sum() >= LEAST_SOLD else {}),
    }  # fmt: skip


def sums_covered(row, weeks_after, unit):
    """Share of the sums over the exposure inside their 90% range, above and below; with independent weeks, too.

    Of a sum in whole units the range cuts off a part: what of its probability lies inside is counted (the randomised
    range, whose share is 90% whatever the units).
    """
    length = max(1, round(row["exposure_weeks"]))
    total = np.concatenate([[0.0], np.cumsum(weeks_after)])
    sums = total[length:] - total[:-length]
    family, low, high = row["distribution"], (1.0 - SHARE) / 2.0, (1.0 + SHARE) / 2.0
    cvs = {"plain": row["open_cv"], "sums": row["exposure_cv"]}
    if family == "poisson":
        cvs = dict.fromkeys(cvs, row["demand_cv"])
    found = {"varied": row["variance_ratio"] != 1.0}
    for name, cv in cvs.items():
        nearby = family
        if not admissible(nearby, mean=row["demand_per_week"], cv=cv, order_size=row["order_size"], whole=True):
            nearby = "gamma"
        of = moments(length * row["demand_per_week"], cv / length**0.5, row["order_size"])
        ends = [
            distribution_function(nearby, np.maximum(at, -1e-9), of.at(np.zeros(len(sums), dtype=int)))
            for at in (sums - unit / 2, sums + unit / 2)
        ]
        start, end = np.where(sums > 0.0, ends[0], 0.0), np.maximum(ends[1], ends[0] + 1e-12)
        for part, (a, b) in {"inside": (low, high), "above": (high, 1.0), "below": (0.0, low)}.items():
            share = np.clip(np.minimum(end, b) - np.maximum(start, a), 0.0, None) / (end - start)
            found[f"{name}_{part}"] = float(share.mean())
    return found


def sums_table(frame):
    lines = [
        "| class | products | with another variance ratio | inside, weeks independent | inside | above | below |",
        "|---|---|---|---|---|---|---|",
    ]
    frame = frame[frame["sums_inside"].notna()]
    for name in [*CLASSES, "all"]:
        part = frame if name == "all" else frame[frame["class"] == name]
        if len(part):
            lines.append(
                f"| {name} | {len(part)} | {int(part['varied'].sum())} | "
                + " | ".join(f"{part[column].mean():.1%}" for column in SUMS) + " |"
            )
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


def simulated(items):
    """Demand drawn from the families fitted to the real parts: what a stationary world would show."""
    rows = []
    for name, weeks, exposure in items:
        before = spare_history(name, weeks[:-HELD_OUT])
        fit = fit_history(before, weeks_min=26, common_factor_cv=0.0, target_quantile=0.1)
        if fit["refused"] or fit["demand_class"] == "none":
            continue
        of = moments(fit["demand_per_week"], fit["open_cv"], fit["order_size"])
        length = before.weeks.size + HELD_OUT
        drawn = draw(fit["distribution"], stream(1, "coverage", name), of, (1, length))[0][0]
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
    rows = []
    for name, weeks, sizes in books:
        alive, cleaned = in_life(weeks[:-HELD_OUT], Cleaning())
        if cleaned.weeks_after_end or not alive.any():
            continue
        place = cleaned.weeks_before_launch + np.arange(len(alive))
        history = History(product=name, weeks=alive, place=place, order_sizes=sizes, cleaned=cleaned)
        rows.append(covered(history, weeks[-HELD_OUT:], BICYCLE_WEEKS))
    return rows


def test_held_out_weeks_fall_into_the_fitted_range(spare_parts, bicycles, whole_book):
    spare = [
        covered(spare_history(name, weeks[:-HELD_OUT]), weeks[-HELD_OUT:], exposure)
        for name, weeks, exposure in spare_parts
    ]
    whole = [row for row in held_out_book(whole_book) if row is not None]
    frames, tables = zip(table(simulated(spare_parts)), table(spare), table(held_out_orders(bicycles)), strict=True)
    control, parts, bikes = frames
    sums = [sums_table(frame) for frame in (control, parts, pd.DataFrame(whole), bikes)]
    # Stationary demand: only the estimation error of the moments is left.
    assert abs(control["inside"].mean() - control["expected"].mean()) < 0.015
    # Real demand drifts besides.
    assert parts["inside"].mean() > 0.9
    assert bikes["inside"].mean() > 0.5
    # Sums of independent weeks: what is missing is the error of skewed moments.
    assert control["sums_inside"].mean() == pytest.approx(SHARE, abs=0.03)
    # What follows of autocorrelation is worth most on the bicycles.
    book = pd.DataFrame(whole)
    assert book["sums_inside"].mean() > book["plain_inside"].mean() + 0.05
    assert parts["sums_inside"].mean() > parts["plain_inside"].mean()
    if FULL:
        PAGE.write_text(page(*tables, *sums), encoding="utf-8", newline="\n")
    print("\n\n".join((*tables, *sums)))


def page(control, spare, bicycles, control_sums, spare_sums, book_sums, bicycle_sums):
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"""# Does the fitted demand hold for weeks it has not seen?

Measured on {dt.datetime.now(dt.UTC):%Y-%m-%d} on {os.cpu_count()} cores and {memory:.0f} GiB with

    CODP_EVIDENCE=full python -m pytest -m evidence tests/demand/test_fit_evidence.py

Demand is fitted to all weeks but the last {HELD_OUT}; then each of the {HELD_OUT} is looked up in the
equal-tailed {SHARE:.0%} range of the fitted distribution. *Expected* is the probability that the fit
itself gives to its range: demand in whole units, or with many weeks at zero, cannot hit 90% exactly, so
it is above. *Inside* is the share of held-out weeks in the range, *above* of those above it. *Mean
after / before* is the median over the products of the mean of the held-out weeks over the fitted mean:
1 where demand neither grew nor shrank. Classes are those of Syntetos, Boylan & Croston on the weeks
fitted. Weeks of different products count alike.

## Simulated demand (the control)

Weeks drawn from the distributions fitted to the spare parts, fitted anew and looked up in the same way.
The world is stationary and the family is one of the five, so what is missing between *inside* and
*expected* is the price of estimating mean, CV and family from some 124 weeks. The median of the last
column is below 1 because rare demand is skewed: most products see fewer sales than their mean, a few
see many more.

{control}

## Spare parts of a manufacturer

Returns are set to zero, weeks before the launch and after the end of life are left out. There are no
order lines, so a week with sales counts as one order.

{spare}

The ranges hold to within about one point for the two large classes. For erratic parts they are too
narrow, on both sides; with 23 of them, none looked into one by one, this says only that a fit to them
deserves less trust. The last column is lower than in the control, so these parts declined somewhat; a range
that includes zero does not notice.

## AdventureWorks

{HELD_OUT} weeks fitted, {HELD_OUT} held out; products launched or ended within the weeks fitted have
less than 26 weeks and are refused, so that only the products below remain.

{bicycles}

Smooth products fall out of the range more often than they should, and nearly always below it: their
level sank by nearly a quarter after the weeks that were fitted, which no fit to those weeks
can know. In the three other classes there are too few products to say anything.

## Sums over the exposure

What a stock has to cover: sums of 8 or 17 weeks for the spare parts (lead times of 7 and 16 weeks, half a week
of review), of {BICYCLE_WEEKS:.0f} for AdventureWorks, every one inside the {HELD_OUT} held-out weeks. *Inside*
is their share in the equal-tailed {SHARE:.0%} range that the fit gives to the sum; where it cuts a whole number
in two, that part of its probability counts which lies inside, so that a right fit has {SHARE:.0%} whatever the
units. *Weeks independent* is the same with the CV of weeks (`open_cv`) in place of that over the exposure.
Products with sales in fewer than {LEAST_SOLD} weeks are left out: of their sums nothing is known.

Simulated demand (the control):

{control_sums}

Spare parts:

{spare_sums}

AdventureWorks, the whole book of three years, products whose life has not ended before the weeks held out:

{book_sums}

AdventureWorks, {HELD_OUT} weeks fitted:

{bicycle_sums}

The control says what a right model reaches with some 124 weeks: 88%, since the CV of skewed weeks is itself
known badly. Beside it the erratic spare parts miss 10 points and the two large classes 1 to 3, most of them
above the range: demand of single parts rises and falls for longer than a lead time of 16 weeks, and nothing in
the weeks before tells which. On the bicycles weeks follow each other (half of the products; in the spare parts
2 of 100), and what that does to the sum is most of what is gained: erratic ones are inside as often as they
should be. The others still miss, nearly all below the range: bicycles that are about to be replaced sell less
and less. Neither a wider test for autocorrelation nor the held-out half-year before, taken as a measure of what
the next one brings, mends this: the one changes little, and by the other lumpy and erratic spare parts would be
inside as often as they should be, and 97.5% of the bicycles' sums. Where the wanted range is 87 to 93%, lumpy
and intermittent spare parts miss it by 1 to 3 points, and all classes but the erratic one of the bicycles. Give
`demand_per_week` of what is to be replaced.
"""
