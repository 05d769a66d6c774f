"""Variants: a named what-if applied to any setting or any numeric column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.errors import Fault, ScenarioError
from engine.scenario.checks.check import check_scenario
from engine.scenario.columns import COLUMNS, Column
from engine.scenario.derived import derive
from engine.scenario.files.places import Places, frame_places
from engine.scenario.plants import OWNERS, has_plants, index_of
from engine.scenario.scenario import Scenario
from engine.scenario.segments import OF_SEGMENTS, moved_with_segments
from engine.scenario.settings import Settings, Variant, nearest, validate_settings
from engine.words.reason import Reason, cause, either, followed

# Columns whose blank stands for a number, and where that number is worked out.
_MEANT = {
    "make_days": "make_days",
    "replenishment_days": "replenishment_days",
    "replenishment_cv": "replenishment_cv",
    "batch_size": "batch",
    "on_time_target": "on_time_target",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Naming:
    """How faults of a what-if name it.

    Parameters
    ----------
    file : str
        Where it is written.
    name : str
        Its own, with what it stands under; '' where it has none.
    places : Places
        Of the tables that it leads to.
    """

    file: str
    name: str = ""
    places: Places = field(default_factory=Places)

    def fault(self, part: str, why: Reason) -> Fault:
        """A fault in one part of the what-if."""
        column = ".".join(word for word in (self.name, part) if word)
        return Fault(file=self.file, column=column or None, cause=why)


def apply_variant(scenario: Scenario, variant: str | Variant | Mapping[str, object]) -> Scenario:
    """The scenario under a what-if.

    Parameters
    ----------
    scenario : Scenario
    variant : str or Variant or mapping
        A name under ``variants:`` of the scenario, or a what-if given directly, as a mapping of ``set``, ``scale``
        and ``where`` such as ``{"scale": {"demand_per_week": 1.2}, "where": {"family": "road"}}``.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        Where a name is unknown or the changed scenario is faulty; all faults at once.
    """
    if isinstance(variant, Mapping):
        return change_scenario(scenario, variant, file="what-if")
    label = variant if isinstance(variant, str) else "what-if"
    if isinstance(variant, str):
        variants = scenario.settings.variants
        if variant not in variants:
            near = nearest(variant, list(variants)) if variants else cause("variants_undefined")
            why = cause("variant_none", name=variant, near=near)
            raise ScenarioError([Fault(file="scenario.yaml", column="variants", cause=why)])
        variant = variants[variant]
    return _changed(scenario, variant, _Naming(file="scenario.yaml", name=f"variants.{label}"))


def change_scenario(scenario: Scenario, change: Mapping[str, object], *, file: str = "change") -> Scenario:
    """The scenario after a change given as plain values; faults name frames and their rows, counted from 0.

    Parameters
    ----------
    scenario : Scenario
    change : mapping
        ``set``, ``scale`` and ``where``, as a variant of ``scenario.yaml`` has them.
    file : str
        What faults call the change.

    Raises
    ------
    ScenarioError
        With every fault.
    """
    sound = {"name": "?", "holding_rate_per_year": 0.0, "variants": {"": dict(change)}}
    settings, faults = validate_settings(sound, file=file)
    if settings is None:
        raise ScenarioError(
            replace(fault, column=str(fault.column).removeprefix("variants.").removeprefix(".") or None)
            for fault in faults
        )
    places = frame_places({name: len(scenario.table(name)) for name in COLUMNS})
    return _changed(scenario, settings.variants[""], _Naming(file=file, places=places))


def _changed(scenario: Scenario, variant: Variant, naming: _Naming) -> Scenario:
    changed, faults = _change(scenario, variant, naming)
    if not faults:
        faults = check_scenario(changed, naming.places)
    if faults:
        raise ScenarioError(faults)
    return changed


def variant_faults(
    scenario: Scenario, places: Places | None = None, *, file: str = "scenario.yaml"
) -> list[Fault]:
    """Faults of all variants of a scenario that is itself sound.

    Parameters
    ----------
    scenario : Scenario
    places : Places, optional
        Where the records of its tables stand.
    file : str
        Where its variants stand.
    """
    faults: list[Fault] = []
    for name, variant in scenario.settings.variants.items():
        naming = _Naming(file=file, name=f"variants.{name}", places=places or Places())
        changed, change_faults = _change(scenario, variant, naming)
        leads = (naming.fault("", _leads_to(fault.place, fault)) for fault in check_scenario(changed, naming.places))
        faults.extend(change_faults or leads)
    return faults


def _change(scenario: Scenario, variant: Variant, naming: _Naming) -> tuple[Scenario, list[Fault]]:
    faults: list[Fault] = []
    settings = scenario.settings.model_dump(by_alias=True)
    copies: dict[str, Any] = {table: scenario.table(table).copy() for table in COLUMNS}
    changed = replace(scenario, **copies)
    with_column = False
    for action, changes in (("set", variant.set_), ("scale", variant.scale)):
        for target, value in changes.items():
            setting = _is_setting(settings, target)
            # A name that is both, such as on_time_target, means the setting unless rows are selected.
            column = _find_column(target) if variant.where or not setting else None
            if setting and not isinstance(column, Column):
                problem = _change_setting(settings, target, action=action, value=value)
            elif isinstance(column, Column):
                with_column = True
                problem = _change_column(changed, column, variant.where, action=action, value=value)
            else:
                problem = column
            if problem:
                faults.append(naming.fault(f"{action}.{target}", problem))
    if variant.where and not with_column and not faults:
        faults.append(naming.fault("where", cause("where_without_column")))
    parsed, wrong = validate_settings(settings)
    faults.extend(naming.fault("", _leads_to(str(fault.column), fault)) for fault in wrong)
    changed = moved_with_segments(scenario, changed)
    return replace(changed, settings=parsed or scenario.settings), faults


def _leads_to(place: str, fault: Fault) -> Reason:
    return cause("leads_to", place=place, why=fault.cause)


def _change_column(
    scenario: Scenario, column: Column, where: Mapping[str, list[str]], *, action: str, value: object
) -> Reason | None:
    """Change a column in place; the problem where it cannot be."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        return cause("value_no_number", value=repr(value))
    frame = scenario.table(column.table)
    rows, problem = _selected(scenario, column.table, where)
    if problem:
        return problem
    if action == "set":
        frame.loc[rows, column.name] = float(value)
        return None
    before = frame[column.name].to_numpy(dtype=float)
    if column.table == "products" and column.name in _MEANT:
        # A blank scales as what it stands for.
        meant = getattr(derive(scenario), _MEANT[column.name])
        before = np.where(np.isnan(before) & (meant > 0.0), meant, before)
    if rows.any() and np.isnan(before[rows]).all():
        return cause("scale_blank", column=f"{column.table}.{column.name}")
    frame.loc[rows, column.name] = before[rows] * float(value)
    return None


def _is_setting(settings: Mapping[str, Any], target: str) -> bool:
    holder: Any = settings
    for part in target.split("."):
        if not isinstance(holder, dict) or part not in holder:
            return False
        holder = holder[part]
    return target.split(".", maxsplit=1)[0] not in ("variants", "columns", "format")


def _change_setting(settings: dict[str, Any], target: str, *, action: str, value: Any) -> Reason | None:  # noqa: ANN401
    """Change a setting in place; the problem where it cannot be."""
    *above, last = target.split(".")
    holder = settings
    for part in above:
        holder = holder[part]
    before = holder[last]
    if action == "set":
        holder[last] = value
    elif isinstance(before, bool) or not isinstance(before, int | float):
        return cause("scale_no_number", value=repr(before))
    else:
        scaled = before * float(value)
        holder[last] = round(scaled) if isinstance(before, int) else scaled
    return None


def _find_column(target: str) -> Column | Reason:
    """The numeric column a name means, or why there is none."""
    table, _, name = target.rpartition(".")
    numeric = [
        column
        for columns in COLUMNS.values()
        for column in columns
        if column.kind == "number" and column.table not in ("orders", "forecasts")
    ]
    matches = [column for column in numeric if column.name == name and table in ("", column.table)]
    if len(matches) > 1 and not table and name in OF_SEGMENTS:
        # Those of a product stand for those of its segments, which move with them.
        matches = matches[:1]
    if len(matches) == 1:
        return matches[0]
    if matches:
        choices = either([f"{column.table}.{column.name}" for column in matches])
        return cause("column_in_several", name=target, choices=choices)
    names = [form for column in numeric for form in (column.name, f"{column.table}.{column.name}")]
    close = nearest(target, sorted({*Settings.model_fields, *names}))
    return followed(cause("target_none", name=target), close if close.kind == "did_you_mean" else None)


def _keys(scenario: Scenario, table: str, column: str, wanted: list[str]) -> list[str]:
    """The keys that are wanted: a material without its plant stands for its rows in all of them."""
    owner = next((name for name, key in OWNERS.items() if key == column), "")
    if not owner or not has_plants(scenario.table(owner)):
        return wanted
    index, there = index_of(scenario.table(owner), owner), set(scenario.table(table)[column])
    return [key for word in wanted for key in (index.everywhere(word) & there or {word})]


def _selected(
    scenario: Scenario, table: str, where: Mapping[str, list[str]]
) -> tuple[npt.NDArray[np.bool_], Reason | None]:
    """Rows that a ``where`` means: every column named has one of the values wanted."""
    frame, aside = scenario.table(table), scenario.no_demand.get(table)
    rows = np.ones(len(frame), dtype=bool)
    for column, named in where.items():
        if column not in frame.columns:
            near = nearest(column, list(frame.columns))
            return rows, cause("where_column", table=table, column=column, near=near)
        has, wanted = frame[column], _keys(scenario, table, column, named)
        values = pd.Series(wanted, dtype="object")
        if pd.api.types.is_numeric_dtype(has):
            values = pd.to_numeric(values, errors="coerce")
        # Products without demand are there, though nothing is decided for them.
        there = has if aside is None else pd.concat([has, aside[column]])
        if strange := [word for word, match in zip(wanted, values.isin(there.dropna()), strict=True) if not match]:
            match = [f"{value:g}" if isinstance(value, float) else str(value) for value in has.dropna().unique()]
            near = nearest(strange[0], [word for word in match if word])
            return rows, cause("where_value", table=table, column=column, value=str(strange[0]), near=near)
        rows &= has.isin(values).to_numpy()
    if where and not rows.any() and aside is None:
        return rows, cause("where_nothing", table=table, wanted=str(dict(where)))
    return rows, None
