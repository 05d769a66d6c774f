"""Keys between tables: those that look alike, references spelled otherwise, and settings that may be percentages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from engine.notices import Notice
from engine.scenario.checks.alike import drawn, look_alikes, spellings
from engine.scenario.columns import KEYS
from engine.scenario.files.parse import ParsedTable
from engine.scenario.settings import Settings

_OWN = {"products": "product", "components": "component", "resources": "resource"}
_USED_BY = {"components": "bom", "resources": "routing"}
# A rate of more than 100% a year is more likely a percentage.
_LARGEST_RATE = 1.0


def alike_keys(parsed: Mapping[str, ParsedTable]) -> Iterator[Notice]:
    """Keys that look alike, and references that were spelled otherwise than the key they mean.

    A reference that no key equals is read as the one key that looks like it; its cell is changed in place.

    Parameters
    ----------
    parsed : mapping of str to ParsedTable
    """
    for name, column in _OWN.items():
        if name not in parsed:
            continue
        keys = parsed[name].frame[column]
        for same in look_alikes((str(key) for key in keys if key), drawn).values():
            record = int(np.flatnonzero((keys == same[1]).to_numpy())[0])
            others = ", ".join(f"'{key}'" for key in same)
            yield Notice(kind="keys_alike", file=parsed[name].file, row=int(parsed[name].rows[record]), column=column,
                         values={"keys": others})  # fmt: skip
        for table in parsed:
            if table != name and column in parsed[table].frame and (column in KEYS[table] or table == "orders"):
                yield from _read_as(parsed[table], column, set(keys))


def _read_as(table: ParsedTable, column: str, keys: set[str]) -> Iterator[Notice]:
    values = table.frame[column]
    meant = spellings((str(value) for value in values), keys)
    if not meant:
        return
    table.frame[column] = values.map(lambda value: meant.get(value, value))
    for written, key in meant.items():
        records = np.flatnonzero((values == written).to_numpy())
        yield Notice(
            kind="key_read_as", file=table.file, row=int(table.rows[records[0]]), column=column,
            values={"key": written, "read": key}, more=len(records) - 1,
        )  # fmt: skip


def unused_tables(parsed: Mapping[str, ParsedTable]) -> Iterator[Notice]:
    """Components that no product at all is made of, resources that no product takes hours of: a table was forgotten.

    Parameters
    ----------
    parsed : mapping of str to ParsedTable
    """
    for name, table in _USED_BY.items():
        if name not in parsed or parsed[name].frame.empty:
            continue
        column = _OWN[name]
        used = set(parsed[table].frame[column]) if table in parsed else set()
        if used.isdisjoint(parsed[name].frame[column]):
            yield Notice(kind="table_unused", file=parsed[name].file, values={"table": table})


def family_notices(
    settings: Settings, parsed: Mapping[str, ParsedTable], file: str, rows: Mapping[str, int]
) -> Iterator[Notice]:
    """A rule over families where no product has one: it changes nothing."""
    name = "one_strategy_per"
    if settings.one_strategy_per and "products" in parsed and not (parsed["products"].frame["family"] != "").any():
        yield Notice(kind="families_missing", file=file, row=rows.get(name), column=name)


def setting_notices(settings: Settings, file: str, rows: Mapping[str, int]) -> Iterator[Notice]:
    """Settings that may be percentages."""
    rate = settings.holding_rate_per_year
    if rate > _LARGEST_RATE:
        name = "holding_rate_per_year"
        yield Notice(kind="rate_above_one", file=file, row=rows.get(name), column=name,
                     values={"value": rate, "right": rate / 100.0})  # fmt: skip
