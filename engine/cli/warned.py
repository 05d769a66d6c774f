"""Notices on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from engine.notices import Notice
from engine.report.sentences.plain import counted
from engine.scenario.no_demand import no_demand_rows
from engine.scenario.scenario import Scenario

_SHOWN = 20


def told(notices: Iterable[Notice], *, most: int | None = _SHOWN) -> list[str]:
    """One line for each notice, the first of many, under a heading; nothing where there are none."""
    every = list(notices)
    if not every:
        return []
    lines = [f"{counted(len(every), 'warning')}:", *(f"  {notice}" for notice in every[:most])]
    if most is not None and len(every) > most:
        lines.append(f"  ... and {len(every) - most} more; 'codp check' lists all of them")
    return lines


def idle(scenario: Scenario) -> list[str]:
    """One line for each product without demand, the first of many; nothing where there are none."""
    table = no_demand_rows(scenario)
    lines = [
        f"  {row['product']}: {row['status']}"
        + ("" if row["stock_on_hand"] is None else f", {row['stock_on_hand']:g} on hand")
        for row in table[:_SHOWN]
    ]
    if len(table) > _SHOWN:
        lines.append(f"  ... and {len(table) - _SHOWN} more")
    return [f"{counted(len(table), 'product')} without demand:", *lines] if lines else []
