"""How often weeks and sums that were held out lie in the range of a fit: by product, and as tables by class."""

import hashlib

import numpy as np
import pandas as pd

from engine.demand.book.history import History
from engine.demand.book.life import Cleaning, in_life
from engine.demand.fitting.classify import CLASSES
from engine.demand.fitting.fit import fit_history
from engine.demand.fitting.goodness import Moments, admissible, distribution_function, interval, moments
from engine.demand.fitting.stationary import stationary, years_of
from tests.demand.fit_page import LEAST_SOLD, SHARE

# What is told of them.
SUMS = ("plain_inside", "sums_inside", "sums_above", "sums_below")
# Families whose season is one of the number of orders.
IN_ORDERS = ("poisson", "negative_binomial", "compound_poisson")
# What the share inside is asked to be, and what it is known to be: resampled products.
LEAST_INSIDE, MOST_INSIDE = 0.87, 0.93
_RESAMPLED = 2000
# Of fewer, those drawn anew are too much alike.
LEAST_PRODUCTS = 10


def covered(history, weeks_after, exposure=np.nan, found=None, *, weeks_min=26):
    """Class, family, share of the held-out weeks in the range, share expected; None where nothing is fitted."""
    found = stationary(history) if found is None else found
    row = fit_history(
        history, weeks_min=weeks_min, common_factor_cv=0.0, target_quantile=0.1, exposed_weeks=exposure, series=found
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


def interval_of(part, column="sums_inside"):
    """95% interval of the share inside, products resampled with all that is theirs; None of a single product.

    Sums of one product overlap and are no cases of their own. Products share seasons and channels, too, so that the
    interval is rather too narrow.
    """
    each = part.groupby("product")[column].agg(["sum", "count"]).to_numpy()
    if len(each) < 2:
        return None
    drawn = np.random.default_rng(1).integers(0, len(each), (_RESAMPLED, len(each)))
    total, count = each[drawn].sum(axis=1).T
    return tuple(np.quantile(total / count, [0.025, 0.975]).tolist())


def verdict(interval, products):
    """What an interval says of the claim that the share lies within 87 to 93%; of a few products nothing."""
    if interval is None or products < LEAST_PRODUCTS:
        return "undecided"
    low, high = interval
    if low >= LEAST_INSIDE and high <= MOST_INSIDE:
        return "confirmed"
    if high < LEAST_INSIDE:
        return "refuted: too narrow"
    return "refuted: too wide" if low > MOST_INSIDE else "undecided"


def told_interval(interval):
    return "" if interval is None else "{:.0%} to {:.0%}".format(*interval)


def sums_table(frame):
    lines = [
        (
            "| class | products | other variance ratio | inside, weeks independent | inside | above | below | "
            "95% interval | 87 to 93% |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    frame = still_alive(frame)
    for name in [*CLASSES, "all"]:
        part = frame if name == "all" else frame[frame["class"] == name]
        if len(part):
            found = interval_of(part)
            lines.append(
                f"| {name} | {len(part)} | {int(part['varied'].sum())} | "
                + " | ".join(f"{part[column].mean():.1%}" for column in SUMS)
                + f" | {told_interval(found)} | {verdict(found, len(part))} |"
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


def spare_history(name, weeks):
    alive, cleaned = in_life(weeks, Cleaning())
    return History(product=name, weeks=alive, order_sizes=weeks[weeks > 0], cleaned=cleaned)
