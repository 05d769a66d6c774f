"""Faults of catalogues as Parquet: what is changed in columns of products, or whole files."""

from typing import Any

_GOOD = {
    "product": ["A", "B"], "demand_per_week": [10.0, 4.0], "demand_cv": [0.5, 0.8], "unit_cost": [100.0, 80.0],
    "lead_time_target_days": [5.0, 3.0], "late_cost_per_unit_day": [1.0, 1.0], "make_days": [10.0, 12.0],
}  # fmt: skip
Columns = dict[str, list[Any]]


def _with(**columns: list[Any] | None) -> Columns:
    """The good columns with others in their place; None takes one away."""
    return {name: values for name, values in {**_GOOD, **columns}.items() if values is not None}


CASES: dict[str, Columns | bytes] = {
    "numbers as text": _with(unit_cost=["100 EUR", "80 EUR"]),
    "truth values": _with(unit_cost=[True, False]),
    "a column missing": _with(demand_cv=None),
    "a column misspelt": _with(demand_cv=None, demand_cvv=[0.5, 0.8]),
    "a column of nobody": _with(colour=["red", "blue"]),
    "a column for plants": _with(plant=["1000", "2000"]),
    "lists in cells": _with(unit_cost=[[1.0], [2.0]]),
    "a blank cost": _with(unit_cost=[None, 80.0]),
    "a cost below zero": _with(unit_cost=[-1.0, 80.0]),
    "not a number": _with(demand_per_week=[float("nan"), 4.0]),
    "without end": _with(demand_per_week=[float("inf"), 4.0]),
    "a key blank": _with(product=[None, "B"]),
    "a key with a steering character": _with(product=["A\x00", "B"]),
    "a key twice": _with(product=["A", "A"]),
    "a row of sums": _with(product=["A", "Total"]),
    "a strategy misspelt": _with(locked=["MTS", "STOCK"]),
    "no rows": {name: [] for name in _GOOD},
    "a table that is text": b"product,unit_cost\nA,1\n",
    "an empty file": b"",
    "cut off": b"PAR1" + bytes(40),
    "numbers as keys": _with(product=[1, 2]),
}
