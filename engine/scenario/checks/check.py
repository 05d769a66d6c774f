"""What must hold within and between the tables of a scenario, each rule once, all faults at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from engine.errors import Fault, ScenarioError
from engine.scenario.checks.alike import first_spelled, resembling, spellings
from engine.scenario.checks.doubts import may_be_shortened
from engine.scenario.checks.products import PRODUCT_RULES, probability_in_time
from engine.scenario.checks.seasons import check_seasons
from engine.scenario.checks.segments import check_segments
from engine.scenario.columns import COLUMNS, KEYS, expected, out_of_range
from engine.scenario.files.places import Places
from engine.scenario.scenario import Scenario, scenario_of
from engine.scenario.settings import GROUPED_BY, Settings, nearest
from engine.words.reason import Reason, cause, followed

# Of components under one key so many are named.
_NAMED = 5
# Years of an order book.
_AGES = (1900, 2150)
__all__ = ["Places", "check_scenario", "probability_in_time"]

_REFERENCES = (
    ("bom", "product"),
    ("bom", "component"),
    ("routing", "product"),
    ("routing", "resource"),
    ("orders", "product"),
    ("stock_outs", "product"),
    ("forecasts", "product"),
)


def check_scenario(scenario: Scenario, places: Places | None = None) -> list[Fault]:
    """Every fault between columns and tables of a typed scenario.

    Parameters
    ----------
    scenario : Scenario
    places : Places, optional
        Rows and files for the messages; by default row k + 2 of ``table.csv``.

    Returns
    -------
    list of Fault
        Empty where the scenario can be decided.
    """
    places = places or Places()
    return [fault for rule in (*TABLE_RULES, *PRODUCT_RULES) for fault in rule(scenario, places)]


def history_faults(settings: Settings, tables: Mapping[str, pd.DataFrame], places: Places) -> list[Fault]:
    """Every fault within tables beside order lines, of some of the products.

    Parameters
    ----------
    settings : Settings
    tables : mapping of str to pandas.DataFrame
        stock_outs and forecasts.
    places : Places
    """
    scenario = scenario_of(settings, tables)
    return [fault for rule in (_unique_keys, _dates) for fault in rule(scenario, places)]


def checked(scenario: Scenario) -> Scenario:
    """The scenario itself, where it can be decided.

    Raises
    ------
    ScenarioError
        With every fault, where it cannot.
    """
    if faults := check_scenario(scenario):
        raise ScenarioError(faults)
    return scenario


def _not_empty(scenario: Scenario, places: Places) -> Iterator[Fault]:
    if not len(scenario.products):
        file = places.files.get("products", "products.csv")
        idle = scenario.no_demand.get("products")
        if idle is not None and _lines_unread(scenario, places):
            return
        why = cause("products_none") if idle is None else cause("products_idle", count=len(idle))
        yield Fault(file=file, cause=why)


def _lines_unread(scenario: Scenario, places: Places) -> bool:
    """Whether order lines have faults of their own, so that nothing is known of who has demand."""
    known = set(scenario.no_demand["products"]["product"])
    return bool(
        "orders" in places.unreadable or places.bad.get("orders") or not known.issuperset(scenario.orders["product"])
    )


def _ranges(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """Ranges again, for tables that were changed after reading."""
    for name, definitions in COLUMNS.items():
        frame = scenario.table(name)
        if not len(frame):
            continue
        numbers = [definition for definition in definitions if definition.kind == "number"]
        names = [definition.name for definition in numbers]
        # One table of numbers, shape (rows, numbers). Where they are all there is of their type, they are taken as
        # they are held: by their names it takes twenty times as long.
        held = frame.select_dtypes("float64")
        table = (held if list(held.columns) == names else frame[names]).to_numpy(dtype=float)
        for place, record in np.argwhere(out_of_range(numbers, table).T).tolist():
            definition, value = numbers[place], float(table[record, place])
            if not places.known(name, record, definition.name):
                why = cause("cell_out_of_range", cell=f"{value:g}", expected=expected(definition, value))
                yield places.fault(name, record, definition.name, why)


def _limits(scenario: Scenario, _: Places) -> Iterator[Fault]:
    """A limit of a strategy in a family or a plant needs products of it."""
    tables = [frame for frame in (scenario.products, scenario.no_demand.get("products")) if frame is not None]
    for by in GROUPED_BY:
        names = {str(one) for frame in tables for one in frame[by]} - {""}
        for name, limit in scenario.settings.limits.items():
            asked = getattr(limit, by)
            if asked is not None and asked not in names:
                near = nearest(asked, sorted(names)) if names else cause(f"{by}_unnamed")
                why = cause(f"{by}_unknown", **{by: asked}, near=near)
                yield Fault(file="scenario.yaml", column=f"limits.{name}.{by}", cause=why)


def _demand(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """Products without demand are set aside when they are read; a change must not make more of them."""
    demand = scenario.products["demand_per_week"].to_numpy(dtype=float)
    for record in np.flatnonzero(demand == 0.0).tolist():
        if not places.known("products", record, "demand_per_week"):
            yield places.fault("products", record, "demand_per_week", cause("demand_zero"))


def _unique_keys(scenario: Scenario, places: Places) -> Iterator[Fault]:
    for name, keys in KEYS.items():
        frame = scenario.table(name)
        if not keys or not _any_twice(frame, keys):
            continue
        groups = frame.groupby(list(keys), sort=False, dropna=False).ngroup().to_numpy()
        _, first = np.unique(groups, return_index=True)
        for record in np.flatnonzero(first[groups] != np.arange(len(frame))):
            if places.known(name, int(record), *keys):
                continue
            row = places.row(name, int(first[groups[record]]))
            values = [frame[key].iloc[record] for key in keys]
            days = [f"{one:%Y-%m-%d}" if isinstance(one, pd.Timestamp) else one for one in values if not pd.isna(one)]
            shown = ", ".join(f"'{one}'" for one in days)
            yield places.fault(name, int(record), keys[-1], cause("key_twice", keys=shown, row=row))


def _any_twice(frame: pd.DataFrame, keys: tuple[str, ...]) -> bool:
    """Whether two rows have the same keys. Of a few rows pandas takes ten times as long to say so."""
    rows = list(zip(*(frame[key].tolist() for key in keys), strict=True))
    return len(set(rows)) < len(rows)


def _references(scenario: Scenario, places: Places) -> Iterator[Fault]:
    for name, column in _REFERENCES:
        target = f"{column}s"
        keys = set(scenario.table(target)[column])
        if target in scenario.no_demand:
            keys |= set(scenario.no_demand[target][column])
        if places.keys_unknown(target, column, len(scenario.table(target))):
            continue
        values = scenario.table(name)[column].tolist()
        strange = [record for record, value in enumerate(values) if value not in keys]
        near = resembling((str(values[record]) for record in strange), keys) if strange else {}
        for record in strange:
            if not places.known(name, record, column):
                key = str(values[record])
                level = _levels(scenario, key, column) if name == "bom" else None
                meant = cause("key_resembles", near=near[key]) if key in near else None
                meant = cause("key_digits_lost") if meant is None and may_be_shortened(key) else meant
                unknown = followed(cause("key_unknown", key=key, table=target), meant)
                yield places.fault(name, record, column, level or unknown)


def _levels(scenario: Scenario, key: str, column: str) -> Reason | None:
    """What is said of a bill of materials with more than one level; None where that is not what is wrong."""
    bom = scenario.bom
    if column == "product":
        # Spelled as its row in components, or among the components of a product alone.
        listed = [str(one) for one in (*scenario.components["component"], *bom["component"])]
        known = key if key in listed else spellings([key], listed).get(key)
        if known is None:
            return None
        below = bom.loc[bom["product"] == key, "component"]
        above = bom.loc[bom["component"] == known, "product"]
        return cause("level_component", key=key, parts=_some(below), above=_some(above))
    parts = bom.loc[bom["product"] == key, "component"]
    if column == "component" and (len(parts) or key in set(scenario.products["product"])):
        if key not in set(scenario.products["product"]):
            return cause("level_between", key=key, parts=_some(parts), flatten=cause("level_flatten", key=key))
        flatten = cause("level_flatten", key=key)
        if len(parts):
            return cause("level_product_parts", key=key, parts=_some(parts), flatten=flatten)
        return cause("level_product", key=key, flatten=flatten)
    return None


def _some(keys: pd.Series) -> str:
    names = list(dict.fromkeys(str(key) for key in keys))
    return ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")


def _units(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """A product ordered in several units of measure needs to say how they convert."""
    orders = scenario.orders
    if not len(orders) or not (orders["unit"] != "").any():
        return
    orders = orders.assign(unit=first_spelled(orders["unit"]))
    unsaid = orders[orders["units_per"].isna()].drop_duplicates(["product", "unit"])
    several = orders.drop_duplicates(["product", "unit"]).groupby("product")["unit"].agg(sorted)
    for product, lines in unsaid.groupby("product", sort=False):
        if len(lines) > 1 and len(several[product]) > 1:
            # Sorted: a blank comes first.
            blank, named = [unit for unit in several[product] if not unit], [unit for unit in several[product] if unit]
            units = cause("units_with_blank", units=", ".join(named)) if blank else ", ".join(named)
            why = cause("units_several", product=str(product), units=units)
            yield places.fault("orders", int(lines.index[1]), "units_per", why)


def _dates(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """An order book whose dates are mostly of another age cannot be mended line by line."""
    dates = scenario.orders["order_date"]
    dates = dates.dropna() if len(dates) else dates
    if len(dates) and not _AGES[0] <= (year := int(dates.dt.year.median())) <= _AGES[1]:
        record = int(dates.index[dates.dt.year == year][0]) if (dates.dt.year == year).any() else int(dates.index[0])
        yield places.fault("orders", record, "order_date", cause("dates_of_age", year=year))
    table = scenario.stock_outs
    if not len(table):
        return
    for record in np.flatnonzero((table["last_day"] < table["first_day"]).to_numpy()).tolist():
        yield places.fault("stock_outs", record, "last_day", cause("last_before_first"))


TABLE_RULES = (
    _not_empty, _ranges, _limits, _demand, _unique_keys, _references, _units, _dates, check_seasons, check_segments,
)  # fmt: skip
