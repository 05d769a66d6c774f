"""What must hold in the table of seasons: whose season it is, a factor for each period, mean 1."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.errors import Fault
from engine.scenario.arrays import Array
from engine.scenario.files.places import Places
from engine.scenario.scenario import Scenario
from engine.scenario.settings import nearest
from engine.words.reason import Reason, cause

# Quarters, months and weeks of a year.
PERIODS = (4, 12, 52)
# Rounding of the factors leaves their mean this far from 1.
MEAN_TOLERANCE = 0.01
# So many periods that are missing are named.
_NAMED = 6


def check_seasons(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """Faults of the table `seasons`; what is wrong with all rows of a season is told at its first."""
    table = scenario.seasons
    if not len(table):
        return
    for key, rows in table.groupby(["product", "family"], sort=False):
        product, family = (str(part) for part in key)
        records = rows.index.to_list()
        fault = owner_fault(scenario, places, "seasons", records[0], (product, family))
        if fault is not None:
            yield fault
        if bool(product) == bool(family):
            continue
        cells = ((record, cell) for record in records for cell in ("period", "factor"))
        if not any(places.known("seasons", record, cell) for record, cell in cells):
            label = cause("season_product" if product else "season_family_of", name=product or family)
            periods, factors = (rows[cell].to_numpy(dtype=float) for cell in ("period", "factor"))
            yield from _periods(label, periods, factors, records, places)


def owner_fault(scenario: Scenario, places: Places, table: str, record: int, owner: tuple[str, str]) -> Fault | None:
    """What is wrong with the product or the family that a row names; None where it is one that there is.

    Parameters
    ----------
    scenario : Scenario
    places : Places
    table : str
    record : int
        Of the row.
    owner : tuple of str
        Product and family, one of them blank.
    """
    product, family = owner
    if product and family:
        return places.fault(table, record, "family", cause("season_of_two"))
    if not product and not family:
        return places.fault(table, record, "product", cause("season_of_none"))
    column, name = ("product", product) if product else ("family", family)
    aside = scenario.no_demand.get("products")
    names = {*scenario.products[column], *(() if aside is None else aside[column])} - {""}
    if name in names or places.keys_unknown("products", "product", len(scenario.products)):
        return None
    near = nearest(name, sorted(names)) if names else cause("family_unnamed")
    return places.fault(table, record, column, cause("season_of_unknown", name=name, column=column, near=near))


def _periods(
    of: Reason, periods: Array, factors: Array, records: list[int], places: Places
) -> Iterator[Fault]:
    """Quarters 1-4, months 1-12 or weeks 1-52, all of them, their factors with a mean of 1."""
    whole = periods == np.round(periods)
    for record in np.flatnonzero(~whole).tolist():
        why = cause("season_whole", period=float(periods[record]))
        yield places.fault("seasons", records[record], "period", why)
    if not whole.all() or len(set(periods.tolist())) < len(periods):
        return
    last = next(count for count in PERIODS if periods.max() <= count)
    missing = sorted(set(range(1, last + 1)) - {int(period) for period in periods})
    if missing:
        shown = ", ".join(str(period) for period in missing[:_NAMED]) + (", ..." if len(missing) > _NAMED else "")
        yield places.fault("seasons", records[0], "period", cause("season_gaps", of=of, periods=shown))
        return
    mean = float(factors.mean())
    if abs(mean - 1.0) > MEAN_TOLERANCE:
        right = cause("season_divide", mean=mean) if mean > 0.0 else cause("season_zero")
        yield places.fault("seasons", records[0], "factor", cause("season_mean", of=of, mean=mean, right=right))
