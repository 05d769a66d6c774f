"""The address that opens the same page again: scenario, every lever with its value, locks, what was kept.

Written by ourselves rather than bound to the widgets: bound parameters carry translated labels and leave out values
that equal today's defaults, so that a later default would change an old link.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.ui.state.levers import BY_NAME, LeverState, LockLever, levers_of, neutral
from engine.ui.state.positions import Pin

VERSION = "1"
# Decompressed, so that a forged link cannot fill the memory.
_LONGEST = 200_000
# Each what-if kept is worked out again for whoever opens the link.
_MOST_PINS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a link says.

    Parameters
    ----------
    what_if : LeverState
        The scenario's name is as written: it may not be there.
    pins : tuple of Pin
    known : bool
        False where another version wrote it: then only scenario and language are taken.
    """

    what_if: LeverState
    pins: tuple[Pin, ...] = ()
    known: bool = True


def to_query(what_if: LeverState, pins: tuple[Pin, ...], given: Scenario) -> dict[str, str]:
    """The parameters of a link, every lever with its value.

    Parameters
    ----------
    what_if : LeverState
    pins : tuple of Pin
        Of the same scenario.
    given : Scenario
        What the levers start from.
    """
    query = {"v": VERSION, "scenario": what_if.scenario}
    if what_if.variant:
        query["variant"] = what_if.variant
    if what_if.family:
        query["family"] = what_if.family
    moved = dict(what_if.moved)
    for lever in levers_of(given):
        family = what_if.family if lever.by_product else ""
        query[lever.name] = f"{moved.get(lever.name, neutral(lever, given, family)):.10g}"
    if what_if.locks or pins:
        query["kept"] = _packed({"locks": _locks(what_if.locks), "pins": [_pin(pin) for pin in pins]})
    return query


def from_query(query: Mapping[str, str]) -> Opened:
    """What a link says; whatever is not understood is left out."""
    scenario = query.get("scenario", "")
    if query.get("v", VERSION) != VERSION:
        return Opened(what_if=LeverState(scenario=scenario), known=False)
    moved = tuple((name, value) for name in BY_NAME if (value := _position(name, query.get(name))) is not None)
    kept = _unpacked(query.get("kept", ""))
    what_if = LeverState(
        scenario=scenario, variant=query.get("variant", ""), family=query.get("family", ""), moved=moved,
        locks=_read_locks(kept.get("locks")),
    )  # fmt: skip
    pins = tuple(_read_pin(one, scenario) for one in _list(kept.get("pins")) if isinstance(one, dict))
    return Opened(what_if=what_if, pins=tuple(pin for pin in pins if pin.name)[:_MOST_PINS])


def _position(name: str, written: object) -> float | None:
    try:
        value = float(str(written))
    except ValueError:
        return None
    lever = BY_NAME[name]
    # A scenario's own value may lie above the slider's usual range.
    return min(max(value, lever.low), max(lever.high, 1000.0)) if math.isfinite(value) else None


def _locks(locks: tuple[LockLever, ...]) -> list[list[str]]:
    return [[lock.product, lock.strategy, lock.reason, lock.owner, lock.until] for lock in locks]


def _pin(pin: Pin) -> dict[str, object]:
    what_if = pin.what_if
    return {
        "name": pin.name, "variant": what_if.variant, "family": what_if.family, "moved": dict(what_if.moved),
        "locks": _locks(what_if.locks),
    }  # fmt: skip


def _read_locks(given: object) -> tuple[LockLever, ...]:
    # Links of earlier days have no owner and no end.
    rows = [row for row in _list(given) if isinstance(row, list) and len(row) in {3, 5} and row[1] in STRATEGIES]
    return tuple(
        LockLever(product=str(row[0]), strategy=str(row[1]), reason=str(row[2]), owner=str(row[3]), until=_day(row[4]))
        for row in ([*row, "", ""][:5] for row in rows)
    )


def _day(written: object) -> str:
    """A day as written; '' where it is none."""
    try:
        return dt.date.fromisoformat(str(written)).isoformat()
    except ValueError:
        return ""


def _read_pin(given: Mapping[str, Any], scenario: str) -> Pin:
    positions = given.get("moved")
    positions = positions if isinstance(positions, dict) else {}
    moved = tuple((n, value) for n in BY_NAME if (value := _position(n, positions.get(n))) is not None)
    what_if = LeverState(
        scenario=scenario, variant=str(given.get("variant", "")), family=str(given.get("family", "")), moved=moved,
        locks=_read_locks(given.get("locks")),
    )  # fmt: skip
    return Pin(name=str(given.get("name", "")), what_if=what_if)


def _list(given: object) -> list[Any]:
    return given if isinstance(given, list) else []


def _packed(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def _unpacked(written: str) -> dict[str, Any]:
    try:
        data = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
        text = zlib.decompressobj().decompress(data, _LONGEST)
        content = json.loads(text)
    except (ValueError, RecursionError, binascii.Error, zlib.error):
        return {}
    return content if isinstance(content, dict) else {}
