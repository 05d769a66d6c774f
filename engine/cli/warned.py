"""Notices on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from engine.notices import Notice
from engine.report.plain import counted

_SHOWN = 20


def told(notices: Iterable[Notice]) -> list[str]:
    """One line for each notice, the first of many, under a heading; nothing where there are none."""
    every = list(notices)
    if not every:
        return []
    lines = [f"{counted(len(every), 'warning')}:", *(f"  {notice}" for notice in every[:_SHOWN])]
    if len(every) > _SHOWN:
        lines.append(f"  ... and {len(every) - _SHOWN} more; 'codp check' lists all of them")
    return lines
