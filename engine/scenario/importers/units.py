"""Units of measure: quantities in the base unit of their material, as prices and stocks are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from engine.scenario.checks.alike import folded
from engine.scenario.files.assumed import Question, question

# What a unit is in the first of its kind, in the letters of SAP, of UN/ECE recommendation 20 and of Odoo.
_PIECES: Mapping[str, float] = {
    **dict.fromkeys(("st", "stk", "stück", "pc", "pce", "pcs", "ea", "c62", "h87", "le", "unit", "units", "unit(s)",
                     "einheit", "einheiten"), 1.0),
    **dict.fromkeys(("dz", "dzn", "dozen", "dozens", "dozen(s)", "dutzend"), 12.0),
}  # fmt: skip
_KINDS: tuple[Mapping[str, float], ...] = (
    _PIECES,
    {"kg": 1.0, "kgm": 1.0, "g": 1e-3, "grm": 1e-3, "mg": 1e-6, "to": 1e3, "t": 1e3, "tne": 1e3,
     "lb": 0.45359237, "lb(s)": 0.45359237, "lbs": 0.45359237, "oz": 0.028349523125, "oz(s)": 0.028349523125},
    {"m": 1.0, "mtr": 1.0, "cm": 1e-2, "mm": 1e-3, "km": 1e3, "in": 0.0254, "inch(es)": 0.0254, "ft": 0.3048,
     "foot(ft)": 0.3048},
    {"m2": 1.0, "mtk": 1.0, "m²": 1.0, "cm2": 1e-4, "mm2": 1e-6},
    {"l": 1.0, "ltr": 1.0, "liter(s)": 1.0, "ml": 1e-3, "hl": 1e2, "m3": 1e3, "m³": 1e3, "mtq": 1e3, "ccm": 1e-3,
     "cm3": 1e-3},
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseUnits:
    """How many base units of a material a unit is: by its own table, by the system's, else where both measure alike.

    Parameters
    ----------
    base : mapping of str to str
        Base unit of each material, where it is known.
    own : mapping of (str, str) to float
        Material and unit to base units in one.
    sizes : mapping of str to float
        Unit to its size in whatever all units of its kind are measured in.
    asked : tuple of (str, str)
        Table and field that would tell: what a unit is, what the base unit is.
    """

    base: Mapping[str, str]
    own: Mapping[tuple[str, str], float]
    sizes: Mapping[str, float]
    asked: tuple[tuple[str, str], tuple[str, str]]
    _unknown: dict[tuple[str, str], list[str]] = field(default_factory=dict, init=False)

    def per(self, materials: pd.Series, units: pd.Series) -> pd.Series:
        """Base units of each material in one of the unit beside it; 1 where nothing tells, which is asked for."""
        factors = [self._one(name, unit) for name, unit in zip(materials, units, strict=True)]
        return pd.Series(factors, index=materials.index, dtype=float)

    def _one(self, name: str, written: str) -> float:
        unit, base = folded(written), folded(self.base.get(name, ""))
        if unit in ("", base):
            return 1.0
        factor = self.own.get((name, unit), 0.0)
        if factor > 0.0:
            return factor
        for kind in (self.sizes, *_KINDS):
            if unit in kind and base in kind:
                return kind[unit] / kind[base]
        if base or unit not in _PIECES:
            told = self._unknown.setdefault(self.asked[0 if base else 1], [])
            told += [] if (said := f"{written} of {name}") in told else [said]
        return 1.0

    def questions(self) -> list[Question]:
        """What is asked for of units that nothing converts."""
        return [
            question(table, column, about=f" for {', '.join(told[:20])}", done="1 base unit is assumed", kind="assumed",
                     value="1")
            for (table, column), told in self._unknown.items()
        ]  # fmt: skip
