"""A scenario in memory: settings and typed tables, as the client gave them."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from io import StringIO
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.notices import Notice
from engine.scenario.columns import COLUMNS, KEYS
from engine.scenario.settings import Settings, Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A client's business case.

    Parameters
    ----------
    settings : Settings
        What ``scenario.yaml`` says.
    products, components, bom, resources, routing, orders, stock_outs, seasons, segments, forecasts : pandas.DataFrame
        One column per column of the file interface. Numbers are float64 with NaN for a blank whose
        meaning depends on other columns; text is str; dates are datetime64.
    notices : tuple of Notice
        What was read otherwise than it stands; no part of the digest.
    rows : mapping of str to numpy.ndarray
        Row in the file of each record, by table; row k + 2 where nothing is known.
    no_demand : mapping of str to DataFrame
        Products without demand, and their lines of bom and routing: listed and not decided.
    order_sizes : mapping of str to tuple of float
        Units of each order in the lines of products that may have a cut-off, once they were looked at; they follow
        from `orders` and are no part of the digest.
    """

    settings: Settings
    products: pd.DataFrame
    components: pd.DataFrame
    bom: pd.DataFrame
    resources: pd.DataFrame
    routing: pd.DataFrame
    orders: pd.DataFrame
    stock_outs: pd.DataFrame = field(default_factory=lambda: empty_table("stock_outs"))
    seasons: pd.DataFrame = field(default_factory=lambda: empty_table("seasons"))
    segments: pd.DataFrame = field(default_factory=lambda: empty_table("segments"))
    forecasts: pd.DataFrame = field(default_factory=lambda: empty_table("forecasts"))
    notices: tuple[Notice, ...] = ()
    rows: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    no_demand: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    order_sizes: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.settings.name

    @classmethod
    def from_frames(
        cls,
        products: pd.DataFrame,
        components: pd.DataFrame | None = None,
        bom: pd.DataFrame | None = None,
        *,
        resources: pd.DataFrame | None = None,
        routing: pd.DataFrame | None = None,
        orders: pd.DataFrame | None = None,
        stock_outs: pd.DataFrame | None = None,
        seasons: pd.DataFrame | None = None,
        segments: pd.DataFrame | None = None,
        forecasts: pd.DataFrame | None = None,
        settings: Mapping[str, object] | Settings,
    ) -> Scenario:
        """A scenario of frames, checked like one of files.

        Parameters
        ----------
        products, components, bom, resources, routing, orders, stock_outs, seasons, segments, forecasts : DataFrame
            Columns as in the files, in any order; what is left out or missing takes its default. A named index
            counts as a column. The frames are not changed.
        settings : mapping or Settings
            As ``scenario.yaml`` has them; `holding_rate_per_year` is required, `name` is not.

        Raises
        ------
        ScenarioError
            With every fault: frame, row (counted from 0, as ``iloc`` does), column, what would be right.
        """
        from engine.scenario.frames import scenario_from_frames  # noqa: PLC0415  (it makes scenarios)

        tables = {
            "products": products, "components": components, "bom": bom, "resources": resources, "routing": routing,
            "orders": orders, "stock_outs": stock_outs, "seasons": seasons, "segments": segments,
            "forecasts": forecasts,
        }  # fmt: skip
        return scenario_from_frames(tables, settings)

    def change(
        self,
        variant: str | Mapping[str, object] | Variant | None = None,
        /,
        *,
        set: Mapping[str, object] | None = None,  # noqa: A002  (the word of the files)
        scale: Mapping[str, float] | None = None,
        where: Mapping[str, object] | None = None,
        **values: object,
    ) -> Scenario:
        """A copy under a what-if, checked.

        Parameters
        ----------
        variant : str or mapping or Variant, optional
            A named what-if of the scenario, or one given as in the files; what else is given comes on top of it.
        set, scale : mapping
            Settings (``risk.cvar_weight`` for what stands under another) and numeric columns, and the values or
            factors they take.
        where : mapping
            Column to the values of the rows that are meant.
        **values
            More to set, where the name is a plain word.

        Raises
        ------
        ScenarioError
            With every fault, names that do not exist among them, and what would be right.

        Examples
        --------
        >>> from engine import read_scenario
        >>> tiny = read_scenario("scenarios/tiny")
        >>> tiny.change(review_days=14).settings.review_days
        14.0
        >>> tiny.change(scale={"demand_per_week": 2}, where={"product": "SOFA"}).name == tiny.name
        True
        """
        from engine.scenario.variants import apply_variant, change_scenario  # noqa: PLC0415  (they make scenarios)

        given: Scenario = self
        if isinstance(variant, Mapping):
            given = change_scenario(self, variant)
        elif variant is not None:
            given = apply_variant(self, variant)
        change = {"set": {**(set or {}), **values}, "scale": dict(scale or {}), "where": dict(where or {})}
        return change_scenario(given, change) if any(change.values()) else given

    def table(self, name: str) -> pd.DataFrame:
        """One table by its name in the file interface."""
        frame: pd.DataFrame = getattr(self, name)
        return frame

    def row(self, table: str, record: int) -> int:
        """Row in the file of a record, as a spreadsheet counts it."""
        rows = self.rows.get(table)
        return int(rows[record]) if rows is not None and len(rows) == len(self.table(table)) else record + 2

    def with_notices(self, notices: tuple[Notice, ...]) -> Self:
        """A copy with more notices; those that it has already are not told twice."""
        fresh = tuple(notice for notice in notices if notice not in self.notices)
        return replace(self, notices=(*self.notices, *fresh)) if fresh else self

    def with_settings(self, **changes: object) -> Self:
        """A copy with some settings replaced (unchecked: `change` is checked)."""
        return replace(self, settings=self.settings.model_copy(update=changes))

    def digest(self) -> str:
        """SHA-256 of the content: the same for a folder, a workbook and any order of rows."""
        state = hashlib.sha256()
        plain = self.settings.model_dump_json(by_alias=True, exclude={"columns", "format"})
        state.update(plain.encode())
        tables = [(name, name, self.table(name)) for name in COLUMNS]
        tables += [(f"{name} without demand", name, self.no_demand[name]) for name in sorted(self.no_demand)]
        for title, name, frame in tables:
            if title in ("seasons", "segments", "forecasts") and not len(frame):
                # Cases without them keep the digest that they had before there were such tables.
                continue
            state.update(f"\n[{title}]\n".encode())
            for lines in _lines_of(name, frame):
                state.update(lines.encode())
        return state.hexdigest()


# The last tables that were written, by name, each with its lines: a what-if changes one of them at most, and to write
# the others anew takes longer than to see that they are as they were.
_WRITTEN: dict[str, tuple[pd.DataFrame, str]] = {}
# Of a table with more rows than this nothing is kept, and so many are written at a time.
_MOST_ROWS = 20_000


def _lines_of(name: str, frame: pd.DataFrame) -> Iterable[str]:
    """A table as `_sorted_lines` has it, written once for as long as no other of its name is asked for."""
    if not 0 < len(frame) <= _MOST_ROWS:
        return _sorted_lines(frame, KEYS[name])
    before = _WRITTEN.get(name)
    if before is not None and before[0].equals(frame):
        return [before[1]]
    lines = "".join(_sorted_lines(frame, KEYS[name]))
    # A copy: a frame may be changed in place after it was written.
    _WRITTEN[name] = frame.copy(), lines
    return [lines]


def _sorted_lines(frame: pd.DataFrame, keys: tuple[str, ...]) -> Iterator[str]:
    """A table as CSV in the order of its keys, or of all its columns, some rows at a time.

    Cases without plants keep the digest that they had before there was a column for them.
    """
    columns = [str(name) for name in frame.columns if name != "plant" or (frame["plant"] != "").any()]
    if not len(frame):
        # As pandas writes it, sooner: most tables of most cases are empty.
        yield ",".join(columns) + "\n"
        return
    ordered = frame.sort_values(list(keys) or columns, kind="stable")
    if not all(_is_plain(frame[name]) for name in columns):
        yield str(ordered.to_csv(index=False, columns=columns, lineterminator="\n"))
        return
    # As pandas writes numbers, text and days, in a third of the time.
    for start in range(0, len(ordered), _MOST_ROWS):
        written = StringIO()
        rows = ordered.iloc[start : start + _MOST_ROWS]
        cells = [_written_cells(rows[name]) for name in columns]
        writer = csv.writer(written, lineterminator="\n")
        if start == 0:
            writer.writerow(columns)
        writer.writerows(zip(*cells, strict=True))
        yield written.getvalue()


def _is_plain(column: pd.Series) -> bool:
    """Whether a column is of numbers with a point, text, or days without a time."""
    if column.dtype.kind == "M":
        return column.dt.tz is None and bool((column.isna() | (column == column.dt.normalize())).all())
    return column.dtype.kind in "fO"


def _written_cells(column: pd.Series) -> list[object]:
    values = column.to_numpy()
    text = values.astype("datetime64[D]").astype(str) if column.dtype.kind == "M" else values
    cells = text.astype(object)
    cells[pd.isna(values)] = ""
    written: list[object] = cells.tolist()
    return written


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
        stock_outs=full["stock_outs"], seasons=full["seasons"], segments=full["segments"],
        forecasts=full["forecasts"], rows=rows or {},
    )  # fmt: skip


def empty_table(name: str) -> pd.DataFrame:
    """A table without rows, with all its columns."""
    return _empty_table(name).copy()


@cache
def _empty_table(name: str) -> pd.DataFrame:
    kinds = {"number": "float64", "date": "datetime64[us]"}
    columns = {c.name: pd.Series([], dtype=kinds.get(c.kind, "object")) for c in COLUMNS[name]}
    return with_plain_labels(pd.DataFrame(columns))


def with_plain_labels(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame itself, its columns named by Python's own strings.

    To put a small scenario into numbers takes a hundred columns by name, and each takes half as long again where names
    are an array of Arrow.
    """
    frame.columns = frame.columns.astype(object)
    return frame
