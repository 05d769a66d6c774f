"""The settings of each system: a table of codp's own, SAP's material master, Odoo's routes and reordering rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from engine.decision.tables.order_points import ORDER_POINTS
from engine.report.erp.settings import CUTOFF, Item, Setting, Value
from engine.scenario.erp import odoo, sap
from engine.words.erp import REASONS
from engine.words.language import Language, words_of
from engine.words.shared import SHARED

System = Callable[[Item, Language], Iterator[Setting]]
PLAN, MARC = "plan", "MARC"


def plain(item: Item, language: Language) -> Iterator[Setting]:
    """In the plan's own words and digits; what is not stocked has blanks."""
    if item.kind == "product":
        yield _setting(item, (PLAN, "strategy"), item.strategy, item.today or None, item.reason)
    if item.stocked:
        cutoff = "" if math.isnan(item.cutoff) else item.cutoff
        yield _setting(item, (PLAN, CUTOFF), cutoff, None, words_of(REASONS, "cutoff", language, value=item.cutoff))
    reasons = dict(zip(ORDER_POINTS, ("reorder_point", "maximum", _lot_reason(item), "safety_stock"), strict=True))
    for name in ORDER_POINTS:
        level = getattr(item.levels, name)
        if item.stocked and not math.isnan(level):
            yield _setting(item, (PLAN, name), level, None, words_of(REASONS, reasons[name], language))
        else:
            yield _setting(item, (PLAN, name), "", _as_before(item, ""), words_of(REASONS, "not_stocked", language))


def material_master(item: Item, language: Language) -> Iterator[Setting]:
    """Fields of MARC: MRP views 1 to 4 of the material in a plant."""

    def why(key: str, **values: object) -> str:
        return words_of(REASONS, key, language, **values)

    if item.kind == "product":
        group, today = sap.GROUP_OF_STRATEGY[item.strategy], sap.GROUP_OF_STRATEGY.get(item.today)
        yield _setting(item, (MARC, "STRGR"), group, today, item.reason)
    else:
        yield _setting(item, (MARC, "SBDKZ"), sap.COLLECTIVE if item.stocked else sap.INDIVIDUAL, None, item.reason)
    kind, reason = (sap.REORDER_POINT, "stocked") if item.stocked else (sap.REQUIREMENTS, "not_stocked")
    yield _setting(item, (MARC, "DISMM"), kind, _as_before(item, kind), why(reason))
    if not item.stocked:
        yield _setting(item, (MARC, "DISLS"), sap.LOT_FOR_LOT, _as_before(item, sap.LOT_FOR_LOT), why("not_stocked"))
        for field in ("MINBE", "EISBE"):
            yield _setting(item, (MARC, field), 0.0, _as_before(item, 0.0), why("not_stocked"))
        return
    for field, level, key in (
        ("MINBE", item.levels.reorder_point, "reorder_point"), ("EISBE", item.levels.safety_stock, "safety_stock"),
    ):  # fmt: skip
        reason = why(key) if level >= 0.0 else why("below_zero", value=round(level, sap.DECIMALS))
        reason += _cut(item, language) if field == "MINBE" else ""
        yield _setting(item, (MARC, field), round(max(level, 0.0), sap.DECIMALS), None, reason)
    if item.levels.lot_size > 0.0:
        yield _setting(item, (MARC, "DISLS"), sap.FIXED_LOT, None, why("lot"))
        yield _setting(item, (MARC, "BSTFE"), round(item.levels.lot_size, sap.DECIMALS), None, why("lot"))
    else:
        yield _setting(item, (MARC, "DISLS"), sap.UP_TO_MAXIMUM, None, why("no_lot"))
        most = round(max(item.levels.order_up_to, 0.0), sap.DECIMALS)
        yield _setting(item, (MARC, "MABST"), most, None, why("maximum"))


def routes(version: odoo.OdooVersion) -> System:
    """Routes of products and reordering rules, as of a version of Odoo.

    Parameters
    ----------
    version : OdooVersion
    """
    as_units = odoo.lots_as_units(version)

    def settings(item: Item, language: Language) -> Iterator[Setting]:
        def why(key: str, **values: object) -> str:
            return words_of(REASONS, key, language, **values)

        def rule(field: str, value: Value, today: Value | None, reason: str) -> Setting:
            return _setting(item, (odoo.RULE, field), value, today, reason)

        on_order = "no" if item.stocked or item.strategy == "MTS" else "yes"
        today = None if not item.today else "no" if item.today == "MTS" else "yes"
        yield _setting(item, (odoo.PRODUCT, f"route_ids: {odoo.ON_ORDER}"), on_order, today, item.reason)
        kept = "yes" if item.stocked else "no"
        yield rule("active", kept, _as_before(item, kept), why("stocked" if item.stocked else "not_stocked"))
        if not item.stocked:
            return
        least, lot = round(item.levels.reorder_point, odoo.DECIMALS), round(item.levels.lot_size, odoo.DECIMALS)
        # Lots that round down need S + Q above them to end between S and S + Q; those that round up need S.
        most = least if as_units or not lot else round(item.levels.order_up_to, odoo.DECIMALS)
        yield rule("trigger", "auto", "auto" if item.today == "MTS" else None, why("stocked"))
        yield rule("product_min_qty", least, None, why("reorder_point") + _cut(item, language))
        yield rule("product_max_qty", most, None, why("up_to" if lot and as_units else "maximum"))
        if as_units:
            if lot:
                yield rule("replenishment_uom_id", lot, None, why("unit", value=lot))
        else:
            yield rule("qty_multiple", lot, None, why(_lot_reason(item)))

    return settings


def _cut(item: Item, language: Language) -> str:
    """What no field of a master says: which orders the stock is for."""
    if math.isnan(item.cutoff):
        return ""
    return words_of(SHARED, "reason.join", language) + words_of(REASONS, "cutoff", language, value=item.cutoff)


def _lot_reason(item: Item) -> str:
    return "lot" if item.levels.lot_size > 0.0 else "no_lot"


def _as_before(item: Item, value: Value) -> Value | None:
    """A value that follows from being stocked or not: the same today where that is so today."""
    stated = item.kind == "product" and item.today != ""
    return value if stated and (item.today == "MTS") == item.stocked else None


def _setting(item: Item, place: tuple[str, str], value: Value, today: Value | None, reason: str) -> Setting:
    table, field = place
    return Setting(item=item.name, kind=item.kind, table=table, field=field, value=value, today=today, reason=reason)
