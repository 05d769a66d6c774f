"""Segments of a product: customers who wait alike, with their share of its demand and what lateness costs them.

One stock serves them all. A scenario that was read names every product's segments by the product, with shares that add
up to 1; the product's own lead-time target and late cost are then the means over its orders. What-ifs that move the
product's numbers move those of its segments: the target by as many days, the late cost by the same factor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.notices import Notice
from engine.scenario.arrays import Array, Integers
from engine.scenario.plants import PLANT
from engine.scenario.scenario import Scenario

# Numbers of a product that its segments give, by what they are of a segment.
OF_SEGMENTS = ("lead_time_target_days", "late_cost_per_unit_day")
# A number that differs by less than this share is the same but for its rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long customers wait and what lateness costs them, product by product: a row for each segment.

    Parameters
    ----------
    products : int
    product : shape (N,)
        Ascending; products without segments have one row.
    record : shape (N,)
        Of the table `segments`; -1 of products without.
    share : shape (N,)
        Of the product's demand; of each product they add up to 1.
    wait_days : shape (N,)
        L', lead-time target less delivery.
    late_cost : shape (N,)
        Money per unit and day late.
    """

    products: int
    product: Integers
    record: Integers
    share: Array
    wait_days: Array
    late_cost: Array

    @property
    def several(self) -> bool:
        """Whether some product has more than one."""
        return len(self.product) > self.products

    def mean(self, values: Array) -> Array:
        """Mean over the demand of each product of values of its segments, shape (N,) to (I,)."""
        if not self.several:
            return values
        return np.bincount(self.product, weights=self.share * values, minlength=self.products).astype(np.float64)

    def late_mean(self, days: Array) -> Array:
        """The same of days late, each as dear as it is to its segment: times the mean late cost, their cost."""
        cost = self.mean(self.late_cost)[self.product]
        return self.mean(days * np.divide(self.late_cost, cost, out=np.ones_like(cost), where=cost > 0.0))


def segments_of(scenario: Scenario) -> dict[int, Integers]:
    """Records of `segments` of each product that has any, by its place: its own, or else those of its family."""
    table = scenario.segments
    if not len(table):
        return {}
    by_product, by_family = (table.groupby(column, sort=False).indices for column in ("product", "family"))
    rows: dict[int, Integers] = {}
    for i, (name, family) in enumerate(zip(scenario.products["product"], scenario.products["family"], strict=True)):
        records = by_product.get(name, by_family.get(family) if family else None)
        if records is not None and name:
            rows[i] = np.asarray(records, dtype=np.int64)
    return rows


def with_segments(scenario: Scenario) -> Scenario:
    """A sound scenario with its segments by product, shares that add up to 1, and the products' means.

    Numbers of a product that its segments contradict are told.

    Parameters
    ----------
    scenario : Scenario
        As it was read.
    """
    of = segments_of(scenario)
    if not of:
        return scenario
    table, products = scenario.segments, scenario.products.copy()
    frames, notices = list[pd.DataFrame](), list[Notice]()
    rows: list[int] = []
    for i, records in of.items():
        # In one order whatever that of the file, so that sums are the same to the last digit.
        records = records[np.argsort(table["segment"].to_numpy()[records], kind="stable")]  # noqa: PLW2901
        owner = {name: products[name].iloc[i] for name in ("product", PLANT)}
        part = table.iloc[records].assign(**owner, family="")
        total = float(part["share"].sum())
        if abs(total - 1.0) > _ROUNDING:
            part["share"] /= total
        given = float(products["late_cost_per_unit_day"].iloc[i])
        part["late_cost_per_unit_day"] = part["late_cost_per_unit_day"].fillna(given)
        frames.append(part)
        rows.extend(scenario.row("segments", int(record)) for record in records)
        for name, mean in zip(OF_SEGMENTS, _means(part), strict=True):
            stated = float(products[name].iloc[i])
            if not np.isnan(stated) and abs(stated - mean) > _ROUNDING * max(abs(stated), 1.0):
                notices.append(
                    Notice(
                        kind="segments_instead", file="products.csv", row=scenario.row("products", i), column=name,
                        product=str(products["product"].iloc[i]), values={"given": stated, "mean": mean},
                    )
                )  # fmt: skip
            if not np.isnan(mean):
                products.loc[products.index[i], name] = mean
    segments = pd.concat(frames, ignore_index=True)
    made = replace(
        scenario, products=products, segments=segments,
        rows={**scenario.rows, "segments": np.array(rows, dtype=np.int64)},
    )  # fmt: skip
    return made.with_notices(tuple(notices))


def moved_with_segments(before: Scenario, after: Scenario) -> Scenario:
    """A changed scenario whose products' means are moved by as much as those of its segments were."""
    if not len(after.segments) or after.segments.equals(before.segments):
        return after
    products = after.products.copy()
    was, now = segments_of(before), segments_of(after)
    for i in now.keys() & was.keys():
        old, new = (_means(one.segments.iloc[of[i]]) for one, of in ((before, was), (after, now)))
        days, cost = (float(products[name].iloc[i]) for name in OF_SEGMENTS)
        at = products.index[i]
        products.loc[at, OF_SEGMENTS[0]] = days + (new[0] - old[0])
        products.loc[at, OF_SEGMENTS[1]] = cost * new[1] / old[1] if old[1] > 0.0 else new[1]
    return replace(after, products=products)


def waits_of(scenario: Scenario) -> Waits:
    """The waits of a scenario whose segments are by product (`with_segments`)."""
    products = scenario.products
    target, cost, delivery = (
        products[name].to_numpy(dtype=np.float64) for name in (*OF_SEGMENTS, "delivery_days")
    )
    cost, count = np.where(np.isnan(cost), 0.0, cost), len(products)
    of = segments_of(scenario)
    if not of:
        every = np.arange(count)
        return Waits(
            products=count, product=every, record=np.full(count, -1), share=np.ones(count), wait_days=target - delivery,
            late_cost=cost,
        )  # fmt: skip
    parts: list[tuple[int, int, float, float, float]] = []
    for i in range(count):
        if i not in of:
            parts.append((i, -1, 1.0, target[i] - delivery[i], cost[i]))
            continue
        rows = scenario.segments.iloc[of[i]]
        days, price = _means(rows)
        moved = target[i] - days
        times = cost[i] / price if price > 0.0 else 1.0
        values = rows[list(OF_SEGMENTS)].to_numpy(dtype=np.float64)
        # Nobody waits less than no time.
        wait = np.maximum(values[:, 0] + moved - delivery[i], 0.0)
        late = values[:, 1] * times if price > 0.0 else np.full(len(rows), cost[i])
        parts.extend(zip([i] * len(rows), of[i].tolist(), rows["share"], wait, late, strict=True))
    product, record, share, wait, late = zip(*parts, strict=True)
    return Waits(
        products=count, product=np.array(product, dtype=np.int64), record=np.array(record, dtype=np.int64),
        share=np.array(share), wait_days=np.array(wait), late_cost=np.array(late),
    )  # fmt: skip


def segment_names(scenario: Scenario, records: Iterable[int]) -> list[str]:
    """Names of segments by their records; '' of products without."""
    names = scenario.segments["segment"].tolist()
    return ["" if record < 0 else str(names[record]) for record in records]


def _means(part: pd.DataFrame) -> tuple[float, float]:
    """Mean lead-time target and late cost of a product's segments; NaN where one is blank."""
    share = part["share"].to_numpy(dtype=np.float64)
    days, cost = (float(part[name].to_numpy(dtype=np.float64) @ share) for name in OF_SEGMENTS)
    return days, cost
