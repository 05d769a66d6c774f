"""Base units of materials, and what their other units are in them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from engine.scenario.checks.alike import folded
from engine.scenario.importers.listings import column_or
from engine.scenario.importers.units import BaseUnits


def base_units(tables: Mapping[str, pd.DataFrame]) -> BaseUnits:
    """Units as MARA and MARM have them, where there.

    1 alternative unit = UMREZ / UMREN base units.
    """
    masters, units = tables.get("MARA"), tables.get("MARM")
    base, factors = {}, {}
    if masters is not None and "MEINS" in masters:
        base = dict(zip(masters["MATNR"], masters["MEINS"], strict=True))
    if units is not None:
        per = column_or(units, "UMREZ", 1.0) / column_or(units, "UMREN", 1.0).where(lambda many: many > 0.0, 1.0)
        factors = dict(zip(zip(units["MATNR"], units["MEINH"].map(folded), strict=True), per, strict=True))
    return BaseUnits(base=base, own=factors, sizes={}, asked=(("MARM", "UMREZ"), ("MARA", "MEINS")))
