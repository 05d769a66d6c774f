"""What must hold in the table of segments: whose they are, shares that add up to 1, nothing that rules them out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.errors import Fault
from engine.scenario.checks.seasons import owner_fault
from engine.scenario.files.places import Places
from engine.scenario.scenario import Scenario
from engine.scenario.segments import segments_of
from engine.words.reason import Reason, cause

# Rounding of the shares leaves their sum this far from 1.
SHARE_TOLERANCE = 0.01
_ROUNDING = 1e-9


def check_segments(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """Faults of the table `segments`; what is wrong with all rows of a product is told at its first."""
    table = scenario.segments
    if not len(table):
        return
    for key, rows in table.groupby(["product", "family"], sort=False):
        (product, family), records = (str(part) for part in key), rows.index.to_list()
        fault = owner_fault(scenario, places, "segments", records[0], (product, family))
        if fault is not None:
            yield fault
            continue
        total = float(rows["share"].sum())
        shared = any(places.known("segments", record, "share") for record in records)
        if not shared and abs(total - 1.0) > SHARE_TOLERANCE + _ROUNDING:
            owner = cause("season_product" if product else "season_family_of", name=product or family)
            yield places.fault("segments", records[0], "share", cause("segment_shares", of=owner, total=total))
    yield from _of_products(scenario, places)


def _of_products(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """What a product brings that its segments cannot go with."""
    products, table = scenario.products, scenario.segments
    seasons = scenario.seasons
    in_season = products["product"].isin(seasons["product"]) | products["family"].isin(set(seasons["family"]) - {""})
    large = products["large_order_target_days"].notna()
    untargeted = products["on_time_target"].isna() & (scenario.settings.on_time_target is None)
    blank = products["late_cost_per_unit_day"].isna()
    delivery = products["delivery_days"].to_numpy(dtype=float)
    told: set[tuple[int, str]] = set()

    def fault(record: int, column: str, why: Reason) -> Iterator[Fault]:
        # Rows of a family stand for many products: each is told once.
        if (record, column) not in told and not places.known("segments", record, column):
            told.add((record, column))
            yield places.fault("segments", record, column, why)

    for i, records in segments_of(scenario).items():
        name, first = str(products["product"].iloc[i]), int(records[0])
        if in_season.iloc[i]:
            yield from fault(first, "segment", cause("segment_season", product=name))
        if large.iloc[i]:
            yield from fault(first, "segment", cause("segment_large", product=name))
        rows = table.iloc[records]
        for record, target in zip(records.tolist(), rows["lead_time_target_days"].tolist(), strict=True):
            if delivery[i] > target:
                why = cause("delivery_beyond_target", product=name, delivery=float(delivery[i]), target=float(target))
                yield from fault(record, "lead_time_target_days", why)
        unpriced = rows["late_cost_per_unit_day"].isna().to_numpy()
        if blank.iloc[i] and unpriced.any() and (untargeted.iloc[i] or not unpriced.all()):
            record = int(records[np.flatnonzero(unpriced)[0]])
            yield from fault(record, "late_cost_per_unit_day", cause("segment_late_cost", product=name))
