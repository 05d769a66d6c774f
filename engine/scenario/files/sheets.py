"""The settings sheets of a workbook: setting and value, dotted names for what is nested."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from engine.errors import Fault
from engine.scenario.files.raw import is_comment
from engine.words.reason import cause

Grid = list[list[str]]
# The list of faults in a workbook that was given back with them; it is passed over when that is read again.
FAULTS_SHEET = "faults"
# Names stay text however they look ('007', 'NO').
_TEXT = ("name", "currency", "columns", "format")


def settings_values(grid: Grid, label: str) -> tuple[dict[str, object], dict[str, int], list[Fault]]:
    """Values of the sheet ``scenario``: rows ``setting | value``.

    Parameters
    ----------
    grid : list of list of str
        Cells; a header row and lines that start with # are skipped.
    label : str
        Name of the sheet in faults.

    Returns
    -------
    values : dict
        As ``scenario.yaml`` would hold them.
    rows : dict of str to int
        Row of each setting by its dotted name.
    faults : list of Fault
    """
    values: dict[str, Any] = {}
    rows: dict[str, int] = {}
    faults: list[Fault] = []
    for number, cells in enumerate(grid, start=1):
        if not any(cells) or is_comment(cells[0]) or cells[0].lower() == "setting":
            continue
        name, value = cells[0], cells[1] if len(cells) > 1 else ""
        if value == "":
            continue
        if name in rows:
            twice = cause("setting_twice", row=rows[name])
            faults.append(Fault(file=label, row=number, column=name, cause=twice))
            continue
        rows[name] = number
        given = value if name.split(".")[0] in _TEXT else scalar(value)
        if not _put(values, name.split("."), given):
            faults.append(Fault(file=label, row=number, column=name, cause=cause("setting_within_value")))
    return values, rows, faults


def variant_values(grid: Grid, label: str) -> tuple[dict[str, object], list[Fault]]:
    """Values of the sheet ``variants``: rows ``variant | set, scale or where | target | value``.

    Returns
    -------
    values : dict
        What stands under ``variants:`` in ``scenario.yaml``.
    faults : list of Fault
    """
    variants: dict[str, Any] = {}
    faults: list[Fault] = []
    for number, cells in enumerate(grid, start=1):
        if not any(cells) or is_comment(cells[0]) or cells[0].lower() == "variant":
            continue
        name, action, target, value = (cells + [""] * 4)[:4]
        if name and not (action or target or value):
            variants.setdefault(name, {})
            continue
        if not name or action not in ("set", "scale", "where") or not target:
            faults.append(Fault(file=label, row=number, column="action", cause=cause("variant_row")))
            continue
        holder = variants.setdefault(name, {}).setdefault(action, {})
        if action == "where":
            holder.setdefault(target, []).append(value)
        else:
            holder[target] = scalar(value)
    return variants, faults


def scalar(text: str) -> object:
    """A cell as a YAML 1.2 scalar; anything else stays text.

    Examples
    --------
    >>> scalar("0.25"), scalar("null"), scalar("NO")
    (0.25, None, 'NO')
    """
    try:
        value: object = YAML(typ="safe").load(text)
    except (YAMLError, ValueError):
        return text
    return value if value is None or isinstance(value, bool | int | float | str) else text


def _put(values: dict[str, Any], path: list[str], value: object) -> bool:
    """Put a value under its dotted name; False where something else stands in the way."""
    holder: Any = values
    for part in path[:-1]:
        holder = holder.setdefault(part, {})
        if not isinstance(holder, dict):
            return False
    if path[-1] in holder:
        return False
    holder[path[-1]] = value
    return True
