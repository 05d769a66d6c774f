"""Variants: a named what-if applied to any setting or any numeric column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from engine.errors import Fault, ScenarioError
from engine.scenario.check import check_scenario
from engine.scenario.columns import COLUMNS, Column
from engine.scenario.scenario import Scenario
from engine.scenario.settings import Settings, Variant, nearest, validate_settings


def apply_variant(scenario: Scenario, variant: str | Variant) -> Scenario:
    """The scenario under a what-if.

    Parameters
    ----------
    scenario : Scenario
    variant : str or Variant
        A name under ``variants:`` of the scenario, or a what-if given directly.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        Where a name is unknown or the changed scenario is faulty; all faults at once.
    """
    if isinstance(variant, str):
        known = scenario.settings.variants
        if variant not in known:
            message = f"there is no variant '{variant}'; {nearest(variant, list(known)) if known else 'none is defined'}"
            raise ScenarioError([Fault(file="scenario.yaml", column="variants", message=message)])
        label, variant = variant, known[variant]
    else:
        label = "what-if"
    changed, faults = _change(scenario, variant, label)
    if not faults:
        faults = check_scenario(changed)
    if faults:
        raise ScenarioError(faults)
    return changed


def variant_faults(scenario: Scenario) -> list[Fault]:
    """Faults of all variants of a scenario that is itself sound."""
    faults: list[Fault] = []
    for name, variant in scenario.settings.variants.items():
        changed, found = _change(scenario, variant, name)
        faults.extend(found or [_within(name, fault) for fault in check_scenario(changed)])
    return faults


def _within(name: str, fault: Fault) -> Fault:
    place = f"{fault.file}:{fault.row}:{fault.column}"
    return Fault(file="scenario.yaml", column=f"variants.{name}", message=f"leads to {place}: {fault.message}")


def _change(scenario: Scenario, variant: Variant, name: str) -> tuple[Scenario, list[Fault]]:
    faults: list[Fault] = []
    settings = scenario.settings.model_dump(by_alias=True)
    tables = {table: scenario.table(table).copy() for table in COLUMNS}
    for action, changes in (("set", variant.set_), ("scale", variant.scale)):
        for target, value in changes.items():
            where = f"variants.{name}.{action}.{target}"
            problem = _one_change(settings, tables, variant.where, action=action, target=target, value=value)
            if problem:
                faults.append(Fault(file="scenario.yaml", column=where, message=problem))
    parsed, wrong = validate_settings(settings)
    faults.extend(
        Fault(file="scenario.yaml", column=f"variants.{name} -> {fault.column}", message=fault.message) for fault in wrong
    )
    return replace(scenario, settings=parsed or scenario.settings, **tables), faults


def _one_change(
    settings: dict[str, Any],
    tables: Mapping[str, pd.DataFrame],
    where: Mapping[str, str | list[str]],
    *,
    action: str,
    target: str,
    value: object,
) -> str | None:
    """Apply one change in place; the problem in words where it cannot be."""
    found = _find_column(target)
    if isinstance(found, Column):
        if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
            return f"{value!r} is not a number"
        frame = tables[found.table]
        rows, problem = _selected(frame, found.table, where)
        if problem:
            return problem
        before = frame.loc[rows, found.name]
        frame.loc[rows, found.name] = float(value) if action == "set" else before * float(value)
        return None
    path = target.split(".")
    holder: Any = settings
    for part in path[:-1]:
        holder = holder.get(part) if isinstance(holder, dict) else None
    if isinstance(holder, dict) and path[-1] in holder and path[0] not in ("variants", "columns", "format"):
        if where:
            return "a setting holds for all products; 'where' selects rows of a table"
        if action == "set":
            holder[path[-1]] = value
            return None
        before = holder[path[-1]]
        if isinstance(before, bool) or not isinstance(before, int | float):
            return f"cannot scale: the setting is {before!r}, not a number"
        scaled = before * float(value)  # type: ignore[arg-type]
        holder[path[-1]] = round(scaled) if isinstance(before, int) else scaled
        return None
    return found if isinstance(found, str) else None


def _find_column(target: str) -> Column | str:
    """The numeric column a name means, or why there is none."""
    table, _, name = target.rpartition(".")
    numeric = [c for columns in COLUMNS.values() for c in columns if c.kind == "number" and c.table != "orders"]
    matches = [c for c in numeric if c.name == name and (not table or c.table == table)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        choices = " or ".join(f"{c.table}.{c.name}" for c in matches)
        return f"'{target}' stands in several tables; write {choices}"
    known = [*Settings.model_fields, *(c.name for c in numeric), *(f"{c.table}.{c.name}" for c in numeric)]
    close = nearest(target, sorted(set(known)))
    return f"there is no setting or numeric column '{target}'" + (f"; {close}" if close.startswith("did") else "")


def _selected(frame: pd.DataFrame, table: str, where: Mapping[str, str | list[str]]) -> tuple[pd.Series, str | None]:
    rows = pd.Series(np.ones(len(frame), dtype=bool), index=frame.index)
    for column, wanted in where.items():
        if column not in frame.columns:
            return rows, f"where: {table} has no column '{column}'; {nearest(column, list(frame.columns))}"
        values = [wanted] if isinstance(wanted, str) else list(wanted)
        rows &= frame[column].astype(str).isin(values)
    if where and not rows.any():
        return rows, f"where: no row of {table} has {dict(where)}"
    return rows, None
