"""A scenario in memory: settings and typed tables, as the client gave them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Self

import pandas as pd

from engine.scenario.columns import COLUMNS, KEYS
from engine.scenario.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A client's business case.

    Parameters
    ----------
    settings : Settings
        What ``scenario.yaml`` says.
    products, components, bom, resources, routing, orders : pandas.DataFrame
        One column per column of the file interface. Numbers are float64 with NaN for a blank whose
        meaning depends on other columns; text is str; dates are datetime64. Row k of a frame is row
        k + 2 of the file.
    """

    settings: Settings
    products: pd.DataFrame
    components: pd.DataFrame
    bom: pd.DataFrame
    resources: pd.DataFrame
    routing: pd.DataFrame
    orders: pd.DataFrame

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.settings.name

    def table(self, name: str) -> pd.DataFrame:
        """One table by its name in the file interface."""
        frame: pd.DataFrame = getattr(self, name)
        return frame

    def with_settings(self, **changes: object) -> Self:
        """A copy with some settings replaced (unchecked: use `variants` for checked changes)."""
        return replace(self, settings=self.settings.model_copy(update=changes))

    def digest(self) -> str:
        """SHA-256 of the content: the same for a folder, a workbook and any order of rows."""
        state = hashlib.sha256()
        plain = self.settings.model_dump_json(by_alias=True, exclude={"columns", "format"})
        state.update(plain.encode())
        for name in COLUMNS:
            frame = self.table(name)
            state.update(f"\n[{name}]\n".encode())
            keys = list(KEYS[name]) or list(frame.columns)
            ordered = frame.sort_values(keys, kind="stable") if len(frame) else frame
            state.update(ordered.to_csv(index=False, lineterminator="\n").encode())
        return state.hexdigest()


def empty_table(name: str) -> pd.DataFrame:
    """A table without rows, with all its columns."""
    kinds = {"number": "float64", "date": "datetime64[us]"}
    return pd.DataFrame({c.name: pd.Series([], dtype=kinds.get(c.kind, "object")) for c in COLUMNS[name]})
