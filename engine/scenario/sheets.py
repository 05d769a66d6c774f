"""The settings sheet of a workbook: two columns, setting and value, dotted names for what is nested."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from engine.errors import Fault

Sheet = tuple[list[list[str]], str]


def settings_text(settings: Sheet, variants: Sheet | None) -> tuple[str, list[Fault]]:
    """The text of ``scenario.yaml`` that a workbook's sheets stand for.

    Parameters
    ----------
    settings : (grid, label)
        Rows ``setting | value``; a header row and lines that start with # are skipped.
    variants : (grid, label) or None
        Rows ``variant | action | target | value``; action is set, scale or where.

    Returns
    -------
    text : str
        YAML.
    faults : list of Fault
    """
    faults: list[Fault] = []
    document: dict[str, Any] = {}
    for number, cells in enumerate(settings[0], start=1):
        if not any(cells) or cells[0].startswith("#") or cells[0].lower() == "setting":
            continue
        value = cells[1] if len(cells) > 1 else ""
        if value != "":
            _put(document, cells[0].split("."), value, settings[1], number, faults)
    for number, cells in enumerate(variants[0] if variants else [], start=1):
        if not any(cells) or cells[0].startswith("#") or cells[0].lower() == "variant":
            continue
        label = variants[1] if variants else ""
        name, action, target, value = (cells + [""] * 4)[:4]
        if action not in ("set", "scale", "where") or not target:
            message = "should read: variant | set, scale or where | target | value"
            faults.append(Fault(file=label, row=number, column="action", message=message))
            continue
        holder = document.setdefault("variants", {}).setdefault(name, {}).setdefault(action, {})
        holder[target] = value if action == "where" else _scalar(value)
    out = io.StringIO()
    yaml = YAML()
    yaml.dump(document, out)
    return out.getvalue(), faults


def _put(document: dict[str, Any], path: list[str], value: str, label: str, row: int, faults: list[Fault]) -> None:
    holder = document
    for part in path[:-1]:
        below = holder.setdefault(part, {})
        if not isinstance(below, dict):
            message = f"'{part}' is a value and cannot hold others"
            faults.append(Fault(file=label, row=row, column=".".join(path), message=message))
            return
        holder = below
    # Names stay text however they look ('007', 'NO').
    holder[path[-1]] = value if path[0] in ("name", "currency", "columns", "format") else _scalar(value)


def _scalar(text: str) -> Any:
    """A cell as a YAML 1.2 scalar; anything else stays text."""
    try:
        value = YAML(typ="safe").load(text)
    except YAMLError:
        return text
    return value if value is None or isinstance(value, bool | int | float | str) else text
