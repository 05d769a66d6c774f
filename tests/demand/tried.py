"""Whole books at several instants: sums inside their range before and now, and what else was tried to mend them."""

from unittest import mock

import numpy as np
import pandas as pd

from engine.demand.book.history import History
from engine.demand.book.life import Cleaning, in_life
from engine.demand.fitting import sizes, sums, wander
from engine.demand.fitting.classify import CLASSES
from engine.demand.fitting.fit import fit_history
from engine.demand.fitting.goodness import admissible, moments, quantile
from engine.demand.fitting.stationary import stationaries, years_of
from engine.demand.fitting.wander import level_change
from tests.demand.coverage import interval_of, sums_covered, told_interval, verdict
from tests.demand.fit_page import HELD_OUT, LEAST_SOLD

# Half years apart; a year of the book at least is fitted.
INSTANTS = 3
# What widens a range is looked for among these.
_TIMES = (1.0, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.5, 1.75, 2.0, 2.5, 3.0)
_INSIDE = 0.9
# Late costs 19 times what it costs to hold.
_FRACTILE = 0.95
_OFTEN_ZERO = 0.25
_LARGER = 1.5


def without(*, unseen=True, moving=True):
    """The fit without room for sizes not seen, or without what a moving level does until its sums begin."""
    return [
        *([mock.patch.object(sizes, "SIZE_ORDERS", 0.0)] if unseen else []),
        *([mock.patch.object(sums, "IN_USE_WEEKS", 0)] if moving else []),
    ]


def wider_prior():
    return [mock.patch.object(wander, "WANDERING_SHARE", 0.5), mock.patch.object(wander, "MEAN_WANDER", 0.4)]


def cases(products, start, patches=(), *, instants=INSTANTS):
    """Each (name, family, weeks, exposure, lines) fitted to all weeks before each instant, and the half year after.

    Lines are (week, units) of each order.
    """
    for patch in patches:
        patch.start()
    total = len(products[0][2])
    found = []
    for end in range(total - HELD_OUT, total - HELD_OUT * (instants + 1), -HELD_OUT):
        past, more, families = {}, {}, {}
        for name, family, weeks, exposure, lines in products:
            alive, cleaned = in_life(weeks[:end], Cleaning())
            if alive.any():
                past[name] = History(
                    product=name, weeks=alive, place=cleaned.weeks_before_launch + np.arange(len(alive)), start=start,
                    order_sizes=lines[lines[:, 0] < end, 1], cleaned=cleaned,
                )  # fmt: skip
                families[name], more[name] = family, (weeks[end : end + HELD_OUT], exposure)
        series = stationaries(past, families)
        found += [
            one | {"end": end}
            for name, history in past.items()
            if (one := _case(history, series[name], *more[name])) is not None
        ]
    for patch in patches:
        patch.stop()
    return found


def _case(history, found, after, exposure):
    row = fit_history(
        history, weeks_min=26, common_factor_cv=0.0, target_quantile=0.1, exposed_weeks=exposure, series=found
    )  # fmt: skip
    sold = int((history.weeks > 0.0).sum())
    if row["refused"] or row["open_cv"] == 0.0 or history.cleaned.weeks_after_end or sold < LEAST_SOLD:
        return None
    whole = (history.weeks == np.round(history.weeks)).all()
    place = history.places[-1] + 1 + np.arange(len(after))
    later = History(product=history.product, weeks=np.zeros(len(place)), place=place, start=history.start)
    return {
        "row": row, "history": history, "series": found, "after": after, "product": history.product,
        "class": row["demand_class"], "unit": 1.0 if whole else history.weeks[history.weeks > 0.0].min(),
        "factor": np.ones(len(place)) if found.season is None else found.season.factor(years_of(later)),
    }  # fmt: skip


def inside(one, row=None):
    return sums_covered(one["row"] if row is None else row, one["after"], one["factor"], one["unit"])


def times(row, factor):
    """The row with a wider exposure."""
    poisson = row["distribution"] == "poisson" and factor > 1.0
    return row | {
        "exposure_cv": factor * row["exposure_cv"],
        "distribution": "negative_binomial" if poisson else row["distribution"],
    }  # fmt: skip


def own_windows(one):
    """Widened until sums of its own past lie inside nine times in ten."""
    weeks = one["series"].weeks
    flat = one | {"after": weeks, "factor": np.ones(len(weeks))}
    for factor in _TIMES:
        row = times(one["row"], factor)
        if inside(flat, row)["sums_inside"] >= _INSIDE:
            break
    return row


def compound_first(one):
    """Compound Poisson demand, which has weeks without sales, where a quarter of the weeks has none."""
    row = one["row"]
    fits = admissible(
        "compound_poisson", mean=row["demand_per_week"], cv=row["exposure_cv"], order_size=row["order_size"], whole=True
    )  # fmt: skip
    often = (one["series"].weeks == 0.0).mean() > _OFTEN_ZERO
    other = row["distribution"] in ("gamma", "negative_binomial") and often and fits
    return row | {"distribution": "compound_poisson"} if other else row


def trend_as_walk(one):
    """A straight line was a walk: the level that all weeks tell, its trend left in, is sure to wander."""
    row, found = one["row"], one["series"]
    if found.level.kind != "trend":
        return row
    factor = 1.0 if found.season is None else found.season.factor(years_of(one["history"]))
    with mock.patch.object(wander, "WANDERING_SHARE", 1.0):
        walk = level_change(one["history"].weeks / factor, row["open_cv"], wave=False).wander
    length = max(1, round(row["exposure_weeks"]))
    more = length * walk**2 / 52.0 * (13.0 + length / 3.0) / row["exposure_cv"] ** 2
    return times(row, (1.0 + more) ** 0.5)


def known_trend(books=20):
    """How much wider `trend_as_walk` makes the range of TREND of the known truth, a straight line: mean of books."""
    path = np.linspace(20.0, 60.0, 156)
    factors = []
    for seed in range(books):
        weeks = np.random.default_rng(seed).gamma(1.0 / 0.09, 0.09 * path)
        lines = np.column_stack([np.arange(156.0), weeks])
        (one,) = cases([("TREND", "", np.append(weeks, np.zeros(HELD_OUT)), 4.0, lines)], None, instants=1)
        factors.append(trend_as_walk(one)["exposure_cv"] / one["row"]["exposure_cv"])
    return float(np.mean(factors))


def of_class_before(found):
    """Of each class the factor that half a year earlier would have put nine sums in ten inside."""
    factors = {}
    earlier = max(one["end"] for one in found) - HELD_OUT
    for name in CLASSES:
        then = [one for one in found if one["end"] == earlier and one["class"] == name]
        for by in _TIMES:
            factors[name] = by
            if not then or np.mean([inside(one, times(one["row"], by))["sums_inside"] for one in then]) >= _INSIDE:
                break
    return lambda one: times(one["row"], factors[one["class"]])


def stock_cost(one, row):
    """Of a stock at the 95% fractile, over the mean of the sum: what is held, and 19 times what is short."""
    length = max(1, round(row["exposure_weeks"]))
    mean, family = row["demand_per_week"], row["distribution"]
    cv = row["demand_cv"] if family == "poisson" else row["exposure_cv"]
    if not admissible(family, mean=mean, cv=cv, order_size=row["order_size"], whole=True):
        family = "gamma"
    total, factor = (
        np.lib.stride_tricks.sliding_window_view(values, length).sum(axis=1)
        for values in (one["after"], one["factor"])
    )
    stock = quantile(family, moments(length * mean, cv / length**0.5, row["order_size"]), _FRACTILE) * factor / length
    short = _FRACTILE / (1.0 - _FRACTILE) * np.maximum(total - stock, 0.0)
    return float((np.maximum(stock - total, 0.0) + short).mean() / (length * mean))


def frame_of(found, change=lambda one: one["row"]):
    rows = []
    for one in found:
        row = change(one)
        told = {name: one[name] for name in ("product", "class", "end")}
        rows.append(inside(one, row) | told | {"cost": stock_cost(one, row)})
    return pd.DataFrame(rows)


def instants_table(books):
    """Share inside by book, instant and class: before and now."""
    lines = [
        "| book | weeks fitted | class | products | before | inside | above | below | 95% interval | 87 to 93% |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for book, (before, now) in books.items():
        for end in [*sorted(now["end"].unique(), reverse=True), "all three"]:
            for name in CLASSES:
                old, new = (
                    part[((part["end"] == end) | (end == "all three")) & (part["class"] == name)]
                    for part in (before, now)
                )
                if len(new):
                    interval, count = interval_of(new), new["product"].nunique()
                    lines.append(
                        f"| {book} | {end} | {name} | {count} | {old['sums_inside'].mean():.1%} | "
                        + " | ".join(f"{new[f'sums_{part}'].mean():.1%}" for part in ("inside", "above", "below"))
                        + f" | {told_interval(interval)} | {verdict(interval, count)} |"
                    )
    return "\n".join(lines)


def tried_table(variants):
    """Of each variant what is inside at the last instant, and cost of stock over that of the fit as it is."""
    columns = [("spare parts", name) for name in CLASSES[1:]] + [("AdventureWorks", name) for name in CLASSES]
    lines = [
        "| | " + " | ".join(f"{book}, {name}" for book, name in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    now = variants["the fit as it is"]
    for what, books in variants.items():
        told = []
        for book, name in columns:
            part, base = (
                one[(one["class"] == name) & (one["end"] == one["end"].max())] for one in (books[book], now[book])
            )
            cost = part["cost"].mean() / base["cost"].mean()
            told.append(f"{part['sums_inside'].mean():.1%} ({cost:.2f})")
        lines.append(f"| {what} | " + " | ".join(told) + " |")
    return "\n".join(lines)


def sizes_table(books):
    """Products of which more than three sums in ten are above their range: by orders, or by their sizes?"""
    lines = [
        (
            "| book | class | products | orders after, of those expected | variance of their number, of that of "
            "chance | the largest is half as large again as all before | of those above |"
        ),
        "|---|---|---|---|---|---|---|",
    ]
    for book, found in books.items():
        for name in ("intermittent", "lumpy"):
            rows = [_orders(one) for one in found if one["class"] == name]
            ratio, score, larger, above = np.array(rows, dtype=float).T
            lines.append(
                f"| {book} | {name} | {len(rows)} | {ratio.mean():.2f} | {(score**2).mean():.2f} | {larger.mean():.0%} "
                f"| {larger[above > 0].mean():.0%} |"
            )
    return "\n".join(lines)


def _orders(one):
    """Weeks with sales over those expected, their score; whether one is larger, and whether sums are above."""
    weeks, after = one["history"].weeks, one["after"]
    share, count = float((weeks > 0.0).mean()), len(after)
    number = int((after > 0.0).sum())
    spread = (count * share * max(1e-9, 1.0 - share) * (1.0 + count / len(weeks))) ** 0.5
    return (
        number / (count * share), (number - count * share) / spread,
        after.max() > _LARGER * weeks.max(), inside(one)["sums_above"] > 0.3,
    )  # fmt: skip


def tables(books):
    """What the page tells of books of (products, start): instants, what was tried, sizes."""
    now = {book: cases(*of) for book, of in books.items()}
    before = {book: cases(*of, without()) for book, of in books.items()}
    instants = {book: (frame_of(before[book]), frame_of(now[book])) for book in books}
    frames = {"the fit as it is": {book: frame for book, (_, frame) in instants.items()}}
    other_fits = {
        "without room for sizes not seen": without(moving=False),
        "without what a moving level does meanwhile": without(unseen=False),
        "every second level wanders, by 40% a year": wider_prior(),
    }
    for what, patches in other_fits.items():
        frames[what] = {book: frame_of(cases(*of, patches, instants=1)) for book, of in books.items()}
    changes = {
        "widened until its own past sums are inside nine times in ten": lambda found: own_windows,
        "widened as its class was too narrow half a year earlier": of_class_before,
        "compound Poisson demand first, where a quarter of the weeks is empty": lambda found: compound_first,
        "a trend is a walk": lambda found: trend_as_walk,
    }
    for what, make in changes.items():
        frames[what] = {book: frame_of(last_of(found), make(found)) for book, found in now.items()}
    told = sizes_table({"spare parts": before["spare parts"]})
    return instants, instants_table(instants), tried_table(frames), told, known_trend()


def last_of(found):
    """Cases of the last instant."""
    last = max(one["end"] for one in found)
    return [one for one in found if one["end"] == last]
