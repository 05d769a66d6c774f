"""What is wrong with a plan on disk: every fault with file, row and column, before anything counts with it."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from engine.economics.instance import TERMS
from engine.errors import Fault
from engine.notices import notice_of
from engine.scenario.columns import STRATEGIES
from engine.scenario.files.formulas import unescaped
from engine.words.reason import Reason, cause, quoted

# A key names its row; a name may be blank where the kind ends in a question mark.
Kind = Literal["key", "product", "strategy", "strategy?", "term", "text", "number", "number?"]
COLUMNS: Mapping[str, Mapping[str, Kind]] = {
    "decisions": {
        "product": "key", "strategy": "strategy", "current_strategy": "strategy?", "base_stock": "number?",
        "reorder_point": "number?", "order_up_to": "number?", "lot_size": "number?", "safety_stock": "number?",
        "order_size_cutoff": "number?", "orders_above_cutoff": "number?", "volume_above_cutoff": "number?",
        "expected_cost_per_year": "number", "cost_if_MTS": "number?", "cost_if_ATO": "number?",
        "cost_if_MTO": "number?", "next_best": "strategy?", "regret_per_year": "number?", "on_time": "number",
        "otif": "number?", "lead_time_days": "number", "ex_stock_days": "number?", "inventory_value": "number",
        "stock_on_hand": "number?", "capital_released": "number?", "run_down_days": "number?",
        "stranded_value": "number?", "obsolescence_per_year": "number",
        "co2_kg_per_year": "number?", "reason": "text",
    },
    "components": {
        "component": "key", "base_stock": "number", "reorder_point": "number?", "order_up_to": "number?",
        "lot_size": "number?", "safety_stock": "number?", "inventory_value": "number",
        "stock_on_hand": "number?", "capital_released": "number?", "run_down_days": "number?",
        "stranded_value": "number?", "products_served": "number",
        "pooling_saving_per_year": "number",
    },
    "ledger": {"product": "product", "term": "term", "cost_per_year": "number"},
    "resources": {
        "resource": "key", "mean_utilisation": "number", "p95_utilisation": "number",
        "overtime_cost_per_year": "number?", "outsourcing_cost_per_year": "number?",
    },
}  # fmt: skip
# Plans of other makers than `codp solve` lack them, and plants stand where there are any.
OPTIONAL: Mapping[str, Mapping[str, Kind]] = {
    "decisions": {"cost_if_at_least": "text", "regret_low_per_year": "number?", "certainty": "text", "plant": "text"},
    "components": {"plant": "text"},
    "resources": {"plant": "text"},
}
# Beside them where stocks follow a season, and where customers of a product wait differently.
MORE: Mapping[str, Mapping[str, Kind]] = {
    "stock_calendar": {
        "item": "text", "kind": "text", "period": "number", "reorder_point": "number", "order_up_to": "number",
    },
    "segments": {
        "product": "product", "segment": "text", "share": "number", "lead_time_target_days": "number",
        "on_time": "number", "lead_time_days": "number",
    },
}  # fmt: skip
_CHOICES: Mapping[Kind, tuple[str, ...]] = {
    "strategy": STRATEGIES, "strategy?": ("", *STRATEGIES), "term": TERMS,
}  # fmt: skip


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _holds_numbers(value: object) -> bool:
    return isinstance(value, dict) and all(one is None or _is_number(one) for one in value.values())


def _holds_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and _is_text(one.get("product")) for one in value)


def _holds_notices(value: object) -> bool:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return False
    try:
        for one in value:
            notice_of(one)
    except (KeyError, TypeError, ValueError):
        return False
    return True


_Holds = tuple[Callable[[Any], bool], Reason]
_TEXT: _Holds = (_is_text, cause("holds.text"))
_NUMBER: _Holds = (_is_number, cause("holds.number"))
_NUMBERS: _Holds = (_holds_numbers, cause("holds.numbers"))
_SOME: _Holds = (lambda value: _is_count(value) and value > 0, cause("holds.some"))
_ROWS: _Holds = (_holds_rows, cause("holds.rows"))
_NOTICES: _Holds = (_holds_notices, cause("holds.notices"))
_NEEDED: Mapping[str, _Holds] = {
    "scenario": _TEXT, "currency": _TEXT, "input_sha256": _TEXT,
    "status": (lambda value: value in ("solved", "timed_out", "unproven"), cause("holds.status")),
    "objective_per_year": _NUMBER, "inventory_value": _NUMBER,
    "counts": (
        lambda value: isinstance(value, dict) and all(_is_count(value.get(name)) for name in STRATEGIES),
        cause("holds.counts", names=", ".join(STRATEGIES)),
    ),
    "samples": _SOME,
    "seed": (_is_count, cause("holds.whole")),
    "versions": (lambda value: isinstance(value, dict), cause("holds.object")),
}  # fmt: skip
# A bound is null until something is proven; prices and readers' figures stand where there are any.
_OPTIONAL: Mapping[str, _Holds] = {
    "bound_per_year": _NUMBER, "gap": _NUMBER, "program_per_year": _NUMBER, "allocation_gap": _NUMBER,
    "certified_by": (lambda value: isinstance(value, dict), cause("holds.object")), "budget_price_per_year": _NUMBER,
    "hour_price_per_year": _NUMBERS, "customer": _NUMBERS, "investor": _NUMBERS, "regulator": _NUMBERS,
    "no_demand": _ROWS, "warnings": _NOTICES, "change_cost": _NUMBER, "change_payback_years": _NUMBER,
    "samples_asked": _SOME, "stock_on_hand": _NUMBERS, "certainty": _NUMBERS, "saving_at_stake": _NUMBERS,
    "saving_interval": _NUMBERS, "lock_prices_per_year": _NUMBERS,
}  # fmt: skip
# What rounding leaves of a share beyond none and all.
_HAIR = 1e-6
# What a spreadsheet rounds away of a sum: this share of it, or a cent.
_ROUNDED, _CENT = 1e-4, 0.01


def read_tables(folder: Path) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """The tables of a plan, and what is wrong with them; they are of use only where nothing is."""
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for name, columns in COLUMNS.items():
        more = OPTIONAL.get(name, {})
        frame = _read(folder / f"{name}.csv", columns, faults, optional=more)
        if frame is not None:
            tables[name] = frame
            faults += _column_faults(name, frame, {**columns, **more})
    for name, columns in MORE.items():
        if (folder / f"{name}.csv").is_file() and (frame := _read(folder / f"{name}.csv", columns, faults)) is not None:
            tables[name] = frame
            faults += _column_faults(name, frame, columns)
    faults += [*_stock_faults(tables), *_share_faults(tables), *_sum_faults(tables)]
    return tables, faults


def read_summary(folder: Path, decisions: pd.DataFrame | None) -> tuple[dict[str, Any], list[Fault]]:
    """The summary of a plan, and what is wrong with it."""
    try:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:
        return {}, [Fault(file="summary.json", cause=quoted(str(error)))]
    if not isinstance(summary, dict):
        return {}, [Fault(file="summary.json", cause=cause("summary_no_figures"))]
    said = [*_summary_faults(summary), *_count_faults(summary.get("counts"), decisions)]
    return summary, [Fault(file="summary.json", column=key, cause=why) for key, why in said]


def _read(
    path: Path, columns: Mapping[str, Kind], faults: list[Fault], *, optional: Mapping[str, Kind] | None = None
) -> pd.DataFrame | None:
    """One table, numbers as numbers; None where there is nothing to look at."""
    kinds = {**columns, **(optional or {})}
    numbers = [name for name, kind in kinds.items() if kind.startswith("number")]
    try:
        frame = pd.read_csv(
            path, dtype={name: "str" for name in kinds if name not in numbers}, keep_default_na=False,
            na_values={name: [""] for name in numbers}, encoding="utf-8-sig", low_memory=False,
        )  # fmt: skip
    except (ValueError, OSError) as error:
        faults.append(Fault(file=path.name, cause=quoted(str(error))))
        return None
    missing = [name for name in columns if name not in frame]
    faults += [Fault(file=path.name, row=1, column=name, cause=cause("column_given")) for name in missing]
    if not isinstance(frame.index, pd.RangeIndex):
        faults.append(Fault(file=path.name, cause=cause("rows_wide")))
        return None
    for name in (name for name in kinds if name in frame and name not in numbers):
        frame[name] = frame[name].fillna("").map(unescaped).astype(object)
    return frame


def _column_faults(table: str, frame: pd.DataFrame, columns: Mapping[str, Kind]) -> Iterator[Fault]:
    for name in (name for name in columns if name in frame):
        kind = columns[name]
        if kind.startswith("number"):
            wrong = _no_numbers(frame, name, needed=kind == "number")
        elif kind == "key":
            wrong = _no_keys(frame[name])
        elif kind in _CHOICES:
            choices = _CHOICES[kind]
            names = ", ".join(filter(None, choices))
            wrong = [
                (k, cause("cell_none_of", cell=value, choices=names) if value else cause("blank"))
                for k, value in enumerate(frame[name]) if value not in choices
            ]  # fmt: skip
        else:
            continue
        for k, why in wrong:
            yield Fault(file=f"{table}.csv", row=k + 2, column=name, cause=why)


def _no_numbers(frame: pd.DataFrame, name: str, *, needed: bool) -> list[tuple[int, Reason]]:
    """Rows without a number; in place, a column that could be read as text becomes numbers."""
    given = frame[name]
    wrong: list[tuple[int, Reason]] = []
    if pd.api.types.is_bool_dtype(given) or not pd.api.types.is_numeric_dtype(given):
        values = np.full(len(given), np.nan)
        for k, cell in enumerate(given):
            with contextlib.suppress(ValueError):
                values[k] = np.nan if isinstance(cell, bool) else float(cell)
            if np.isnan(values[k]) and not pd.isna(cell):
                wrong.append((k, cause("number_none", cell=str(cell))))
        frame[name] = values
    told = {k for k, _ in wrong}
    cells = frame[name].to_numpy(dtype=float)
    odd = np.isinf(cells) | (np.isnan(cells) & needed)
    wrong += [
        (k, cause("blank_number") if np.isnan(cells[k]) else cause("number_infinite", cell=float(cells[k])))
        for k in np.flatnonzero(odd).tolist() if k not in told
    ]  # fmt: skip
    return sorted(wrong, key=lambda one: one[0])


def _no_keys(given: pd.Series) -> list[tuple[int, Reason]]:
    first: dict[str, int] = {}
    wrong: list[tuple[int, Reason]] = []
    for k, key in enumerate(given):
        if not key:
            wrong.append((k, cause("blank_key")))
        elif key in first:
            wrong.append((k, cause("key_again", key=str(key), row=first[key] + 2)))
        first.setdefault(key, k)
    return wrong


def _stock_faults(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Stocks that the strategies need, and products of the ledger that nothing is decided for.

    How far a reorder level may lie below zero depends on the lot, which only the scenario knows.
    """
    goods, ledger = tables.get("decisions"), tables.get("ledger")
    if goods is not None and {"strategy", "base_stock"} <= set(goods):
        blank = (goods["strategy"] == "MTS") & goods["base_stock"].isna()
        for k in np.flatnonzero(blank).tolist():
            yield Fault(file="decisions.csv", row=k + 2, column="base_stock",
                        cause=cause("blank_base_stock"))  # fmt: skip
    if goods is not None and ledger is not None and "product" in goods and "product" in ledger:
        strange = ~ledger["product"].isin(set(goods["product"]))
        for k in np.flatnonzero(strange).tolist():
            yield Fault(file="ledger.csv", row=k + 2, column="product",
                        cause=cause("row_none", product=str(ledger["product"].iloc[k])))  # fmt: skip


def _share_faults(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Shares of units and orders on time that are none."""
    goods = tables.get("decisions")
    if goods is None:
        return
    for name, kind in (("on_time", "share_of_units"), ("otif", "share_of_orders")):
        if name not in goods:
            continue
        share = goods[name].to_numpy(dtype=float)
        for k in np.flatnonzero((share < -_HAIR) | (share > 1.0 + _HAIR)).tolist():
            why = cause(kind, share=float(share[k]))
            yield Fault(file="decisions.csv", row=k + 2, column=name, cause=why)


def _sum_faults(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Costs of products that are not the sum of their lines in the ledger."""
    goods, ledger = tables.get("decisions"), tables.get("ledger")
    if goods is None or ledger is None:
        return
    if not {"product", "expected_cost_per_year"} <= set(goods) or not {"product", "cost_per_year"} <= set(ledger):
        return
    # A line that is no number makes no sum, and is told by itself.
    sums = ledger.groupby("product")["cost_per_year"].agg(lambda lines: lines.sum(skipna=False))
    cost = goods["expected_cost_per_year"].to_numpy(dtype=float)
    total = sums.reindex(goods["product"]).to_numpy(dtype=float)
    total = np.where(goods["product"].isin(sums.index), total, 0.0)
    wrong = np.abs(cost - total) > np.maximum(_CENT, _ROUNDED * np.maximum(np.abs(cost), np.abs(total)))
    for k in np.flatnonzero(wrong).tolist():
        name = str(goods["product"].iloc[k])
        why = cause("sum_unlike", cost=float(cost[k]), product=name, total=float(total[k]))
        yield Fault(file="decisions.csv", row=k + 2, column="expected_cost_per_year", cause=why)


def _summary_faults(summary: Mapping[str, Any]) -> Iterator[tuple[str, Reason]]:
    """Keys of the summary that do not hold what they should, and why."""
    for key, (holds, what) in _NEEDED.items():
        if key not in summary:
            yield key, cause("missing", what=what)
        elif not holds(summary[key]):
            yield key, cause("value_unlike", value=json.dumps(summary[key], ensure_ascii=False), what=what)
    for key, (holds, what) in _OPTIONAL.items():
        if summary.get(key) is not None and not holds(summary[key]):
            yield key, cause("value_unlike", value=json.dumps(summary[key], ensure_ascii=False), what=what)


def _count_faults(counts: object, decisions: pd.DataFrame | None) -> Iterator[tuple[str, Reason]]:
    """Products that the summary counts and the decisions lack, or the other way round."""
    if decisions is None or not _NEEDED["counts"][0](counts) or not isinstance(counts, dict):
        return
    total = sum(counts[name] for name in STRATEGIES)
    if total != len(decisions):
        yield "counts", cause("counts_unlike", counted=total, decided=len(decisions))
