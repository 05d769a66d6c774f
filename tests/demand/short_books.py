"""Books cut to their last weeks, at several instants: how often the half year after lies in the range of sums."""

from unittest import mock

import numpy as np
import pandas as pd

from engine.demand.book.history import History
from engine.demand.book.life import Cleaning, in_life
from engine.demand.fitting import row, wander
from engine.demand.fitting.classify import CLASSES
from engine.demand.fitting.stationary import stationaries, stationary
from tests.demand.coverage import covered, interval_of, told_interval, verdict
from tests.demand.fit_page import HELD_OUT, LEAST_SOLD

LENGTHS = (13, 26, 52, 104)
# A product is of a length where it has lived so much of it.
_LIVED = 0.75
# A product that was alive and has no sales in the second half of the weeks held out has an end, or a successor.
_HALF = HELD_OUT // 2


def unseen():
    """The fit without season that is not told, and with Poisson demand as it was: what both are worth."""
    return (
        mock.patch.object(wander, "SEASONAL_SHARE", 0.0), mock.patch.object(row, "POISSON_WIDER", np.inf),
    )  # fmt: skip


def instants(total, length):
    """Ends of the weeks fitted, half years apart, each after a year of the book at least."""
    return range(total - HELD_OUT, max(length, 52) - 1, -HELD_OUT)


def rows_of(products, length, *, start=None, own_sizes=True):
    """Coverage of (name, family, weeks, exposure) fitted to so many weeks before each instant."""
    found = []
    for end in instants(len(products[0][2]), length):
        past, after, families, exposed = {}, {}, {}, {}
        for name, family, weeks, exposure in products:
            alive, cleaned = in_life(weeks[end - length : end], Cleaning())
            if (
                (alive > 0.0).sum() < LEAST_SOLD or cleaned.weeks_after_end
                or len(alive) < max(LENGTHS[0], _LIVED * length)
            ):  # fmt: skip
                continue
            place = end - length + cleaned.weeks_before_launch + np.arange(len(alive))
            past[name] = History(
                product=name, weeks=alive, place=place, start=start, cleaned=cleaned, order_sizes=alive[alive > 0.0]
            )
            after[name], families[name], exposed[name] = weeks[end : end + HELD_OUT], family, exposure
        series = stationaries(past, families)
        for name, history in past.items():
            one = covered(history, after[name], exposed[name], series[name], weeks_min=LENGTHS[0])
            if one is not None:
                sold = float((history.weeks > 0.0).mean())
                ended = sold > 0.5 and not after[name][_HALF:].any()
                found.append(one | {"length": length, "instant": end, "went_on": not ended})
    return found


def before_and_now(make):
    """Rows of the fit without what is new in it, and as it is."""
    patches = unseen()
    with patches[0], patches[1]:
        before = pd.DataFrame(make())
    return before, pd.DataFrame(make())


def lengths_table(books):
    """Share inside by book, weeks fitted and class: before, now, and of products that went on."""
    lines = [
        (
            "| book | weeks fitted | class | products | before | inside | 95% interval | 87 to 93% | that went on | "
            "inside |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for book, (before, now) in books.items():
        for length in LENGTHS:
            for name in [*CLASSES, "all"]:
                old, new = (
                    part[(part["length"] == length) & ((part["class"] == name) | (name == "all"))]
                    for part in (before, now)
                )
                if not len(new):
                    continue
                on, interval, count = new[new["went_on"]], interval_of(new), new["product"].nunique()
                lines.append(
                    f"| {book} | {length} | {name} | {count} | {old['sums_inside'].mean():.1%} | "
                    f"{new['sums_inside'].mean():.1%} | {told_interval(interval)} | {verdict(interval, count)} | "
                    f"{on['product'].nunique()} | {on['sums_inside'].mean():.1%} |"
                )
    return "\n".join(lines)


WORLDS = {
    "gamma, CV 0.3": lambda rng, mean: rng.gamma(1 / 0.09, 0.09 * 40.0 * mean),
    "gamma, CV 0.8": lambda rng, mean: rng.gamma(1 / 0.64, 0.64 * 40.0 * mean),
    "Poisson, 1.5 a week": lambda rng, mean: rng.poisson(1.5 * mean).astype(float),
    "negative binomial, CV 1.2": lambda rng, mean: rng.poisson(rng.gamma(0.75, 8.0 * mean)).astype(float),
}
LEVELS = {
    "steady": lambda rng, place: np.ones(len(place)),
    "a season of 30%": lambda rng, place: 1.0 + 0.3 * np.sin(2.0 * np.pi * (place / 52.0 + rng.random())),
    "wandering by 30% a year": lambda rng, place: np.maximum(
        0.05, 1.0 + np.cumsum(rng.normal(0.0, 0.3 / 52.0**0.5, len(place)))
    ),
}


def simulated(count):
    """Rows of simulated products: each world, each course of its level, each length."""
    found = []
    for world, (name, draw) in enumerate(WORLDS.items()):
        for course, (level, path) in enumerate(LEVELS.items()):
            for length in LENGTHS:
                for k in range(count):
                    rng = np.random.default_rng([world, course, length, k])
                    weeks = draw(rng, path(rng, np.arange(float(length + HELD_OUT))))
                    past = weeks[:length]
                    history = History(product=f"{k}", weeks=past, order_sizes=past[past > 0.0])
                    if (history.weeks > 0.0).sum() >= LEAST_SOLD:
                        one = covered(history, weeks[length:], 4.0, stationary(history), weeks_min=LENGTHS[0])
                        if one is not None:
                            found.append(one | {"world": name, "level": level, "length": length})
    return found


def simulated_table(before, now):
    lines = [
        "| demand | level | " + " | ".join(f"{length} weeks" for length in LENGTHS) + " |",
        "|---|---|" + "---|" * len(LENGTHS),
    ]
    for world in WORLDS:
        for level in LEVELS:
            told = []
            for length in LENGTHS:
                shares = [
                    part.loc[
                        (part["world"] == world) & (part["level"] == level) & (part["length"] == length), "sums_inside"
                    ].mean()
                    for part in (before, now)
                ]
                told.append("{:.0%}, {:.0%}".format(*shares))
            lines.append(f"| {world} | {level} | " + " | ".join(told) + " |")
    return "\n".join(lines)
