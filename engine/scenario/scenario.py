"""A scenario in memory: settings and typed tables, as the client gave them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.notices import Notice
from engine.scenario.columns import COLUMNS, KEYS
from engine.scenario.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A client's business case.

    Parameters
    ----------
    settings : Settings
        What ``scenario.yaml`` says.
    products, components, bom, resources, routing, orders, stock_outs : pandas.DataFrame
        One column per column of the file interface. Numbers are float64 with NaN for a blank whose
        meaning depends on other columns; text is str; dates are datetime64.
    notices : tuple of Notice
        What was read otherwise than it stands; no part of the digest.
    rows : mapping of str to numpy.ndarray
        Row in the file of each record, by table; row k + 2 where nothing is known.
    no_demand : mapping of str to DataFrame
        Products without demand, and their lines of bom and routing: listed and not decided.
    """

    settings: Settings
    products: pd.DataFrame
    components: pd.DataFrame
    bom: pd.DataFrame
    resources: pd.DataFrame
    routing: pd.DataFrame
    orders: pd.DataFrame
    stock_outs: pd.DataFrame = field(default_factory=lambda: empty_table("stock_outs"))
    notices: tuple[Notice, ...] = ()
    rows: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    no_demand: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.settings.name

    def table(self, name: str) -> pd.DataFrame:
        """One table by its name in the file interface."""
        frame: pd.DataFrame = getattr(self, name)
        return frame

    def row(self, table: str, record: int) -> int:
        """Row in the file of a record, as a spreadsheet counts it."""
        known = self.rows.get(table)
        return int(known[record]) if known is not None and len(known) == len(self.table(table)) else record + 2

    def with_notices(self, notices: tuple[Notice, ...]) -> Self:
        """A copy with more notices; those that it has already are not told twice."""
        fresh = tuple(notice for notice in notices if notice not in self.notices)
        return replace(self, notices=(*self.notices, *fresh)) if fresh else self

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
        for name in sorted(self.no_demand):
            ordered = self.no_demand[name].sort_values(list(KEYS[name]), kind="stable")
            state.update(f"\n[{name} without demand]\n".encode())
            state.update(ordered.to_csv(index=False, lineterminator="\n").encode())
        return state.hexdigest()


def scenario_of(
    settings: Settings,
    tables: Mapping[str, pd.DataFrame],
    *,
    rows: Mapping[str, npt.NDArray[np.int64]] | None = None,
) -> Scenario:
    """A scenario of tables by name; tables that are not given are empty.

    Parameters
    ----------
    settings : Settings
    tables : mapping of str to DataFrame
    rows : mapping of str to numpy.ndarray, optional
        Row in the file of each record, by table.
    """
    full = {name: tables[name] if name in tables else empty_table(name) for name in COLUMNS}
    return Scenario(
        settings=settings, products=full["products"], components=full["components"], bom=full["bom"],
        resources=full["resources"], routing=full["routing"], orders=full["orders"],
        stock_outs=full["stock_outs"], rows=rows or {},
    )  # fmt: skip


def empty_table(name: str) -> pd.DataFrame:
    """A table without rows, with all its columns."""
    kinds = {"number": "float64", "date": "datetime64[us]"}
    return pd.DataFrame({c.name: pd.Series([], dtype=kinds.get(c.kind, "object")) for c in COLUMNS[name]})
