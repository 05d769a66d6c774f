"""Units of measure: quantities in the base unit of their material, as prices and stocks are."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from engine.scenario.files.assumed import Question, question
from engine.scenario.importers.listings import column_or

# What a unit is in the first of its kind, in SAP's and in people's letters.
_KINDS: tuple[Mapping[str, float], ...] = (
    {"ST": 1.0, "STK": 1.0, "PC": 1.0, "PCE": 1.0, "PCS": 1.0, "EA": 1.0, "C62": 1.0, "LE": 1.0, "DZ": 12.0},
    {"KG": 1.0, "KGM": 1.0, "G": 1e-3, "GRM": 1e-3, "MG": 1e-6, "TO": 1e3, "T": 1e3, "TNE": 1e3, "LB": 0.45359237},
    {"M": 1.0, "MTR": 1.0, "CM": 1e-2, "MM": 1e-3, "KM": 1e3},
    {"M2": 1.0, "MTK": 1.0, "CM2": 1e-4, "MM2": 1e-6},
    {"L": 1.0, "LTR": 1.0, "ML": 1e-3, "HL": 1e2, "M3": 1e3, "MTQ": 1e3, "CCM": 1e-3, "CM3": 1e-3},
)
_PIECES = _KINDS[0]


class BaseUnits:
    """How many base units of a material a unit is, by its own table of units, else where both measure the same.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        MARA and MARM where there.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        masters, units = tables.get("MARA"), tables.get("MARM")
        self._base: dict[str, str] = {}
        if masters is not None and "MEINS" in masters:
            self._base = dict(zip(masters["MATNR"], masters["MEINS"].str.upper(), strict=True))
        self._own: dict[tuple[str, str], float] = {}
        if units is not None:
            # 1 alternative unit = UMREZ / UMREN base units.
            per = column_or(units, "UMREZ", 1.0) / column_or(units, "UMREN", 1.0).where(lambda many: many > 0.0, 1.0)
            self._own = dict(zip(zip(units["MATNR"], units["MEINH"].str.upper(), strict=True), per, strict=True))
        self._unknown: dict[tuple[str, str], list[str]] = {}

    def per(self, materials: pd.Series, units: pd.Series) -> pd.Series:
        """Base units of each material in one of the unit beside it; 1 where nothing tells, which is asked for."""
        found = [self._one(name, unit.upper()) for name, unit in zip(materials, units, strict=True)]
        return pd.Series(found, index=materials.index, dtype=float)

    def _one(self, name: str, unit: str) -> float:
        base = self._base.get(name, "")
        if unit in ("", base):
            return 1.0
        own = self._own.get((name, unit), 0.0)
        if own > 0.0:
            return own
        kind = next((kind for kind in _KINDS if unit in kind and base in kind), None)
        if kind is not None:
            return kind[unit] / kind[base]
        if base or unit not in _PIECES:
            missing = ("MARM", "UMREZ") if base else ("MARA", "MEINS")
            told = self._unknown.setdefault(missing, [])
            told += [] if (said := f"{unit} of {name}") in told else [said]
        return 1.0

    def questions(self) -> list[Question]:
        """What is asked for of units that nothing converts."""
        return [
            question(table, field, about=f" for {', '.join(told[:20])}", done="1 base unit is assumed", kind="assumed",
                     value="1")
            for (table, field), told in self._unknown.items()
        ]  # fmt: skip
