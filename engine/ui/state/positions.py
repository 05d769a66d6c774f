"""Where a session's inputs stand: read from the widgets, put back into them, undone, kept under a name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import streamlit as st

from engine.ui.state.held import outdated, owe
from engine.ui.state.levers import LEVERS, LeverState, LockLever

SCENARIO, VARIANT, FAMILY = "scenario", "variant", "family"
_LOCKS, _PINS, _HISTORY, _NOW, _NEXT = "_locks", "_pins", "_history", "_what_if", "_next_what_if"
_UNDONE = "_undone"
_REMEMBERED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A what-if kept under a name: what differs from the scenario, never a copy of it."""

    name: str
    what_if: LeverState


def lever_key(name: str) -> str:
    """Widget key of a lever."""
    return f"lever_{name}"


def put(what_if: LeverState) -> None:
    """Put every input where a what-if has it; before the widgets are drawn, or in a callback."""
    for key, chosen in ((SCENARIO, what_if.scenario), (VARIANT, what_if.variant), (FAMILY, what_if.family)):
        owe(key, chosen)
        st.session_state[key] = chosen
    st.session_state[_LOCKS] = what_if.locks
    moved = dict(what_if.moved)
    for lever in LEVERS:
        key = lever_key(lever.name)
        owe(key, moved.get(lever.name))
        if lever.name in moved:
            st.session_state[key] = moved[lever.name]
        else:
            # The widget then starts from the scenario's own value.
            st.session_state.pop(key, None)


def put_next(what_if: LeverState) -> None:
    """Put the inputs there when the next run begins; where the widgets of this run are drawn already."""
    st.session_state[_NEXT] = what_if


def take_up() -> None:
    """Follow `put_next`."""
    following = st.session_state.pop(_NEXT, None)
    if isinstance(following, LeverState):
        put(following)


def reset() -> None:
    """Everything as the scenario gives it."""
    put(LeverState(scenario=str(st.session_state.get(SCENARIO, ""))))


def scenario_chosen() -> None:
    """Everything as the scenario gives it that the reader has chosen."""
    if not outdated(SCENARIO):
        reset()


def family_chosen() -> None:
    """The levers that act on one family start anew for the one that the reader has chosen."""
    if not outdated(FAMILY):
        start_anew(lever.name for lever in LEVERS if lever.by_product)


def start_anew(names: Iterable[str]) -> None:
    """Levers begin at the scenario's own values."""
    for name in names:
        owe(lever_key(name), None)
        st.session_state.pop(lever_key(name), None)


def locks() -> tuple[LockLever, ...]:
    """Products locked by the reader."""
    entries: tuple[LockLever, ...] = st.session_state.get(_LOCKS, ())
    return entries


def lock(entry: LockLever) -> None:
    """Lock a product, in place of an earlier lock."""
    st.session_state[_LOCKS] = (*(old for old in locks() if old.product != entry.product), entry)


def unlock(product: str) -> None:
    """Let the engine choose again."""
    st.session_state[_LOCKS] = tuple(old for old in locks() if old.product != product)


def note(what_if: LeverState) -> None:
    """Keep the inputs now on the page, and those before for undoing."""
    before = st.session_state.get(_NOW)
    if before == what_if:
        return
    if isinstance(before, LeverState):
        history: list[LeverState] = st.session_state.setdefault(_HISTORY, [])
        history.append(before)
        del history[:-_REMEMBERED]
        # Another way was taken from here.
        st.session_state.pop(_UNDONE, None)
    st.session_state[_NOW] = what_if


def current() -> LeverState | None:
    """The inputs of the page drawn last; before that those of the link."""
    what_if: LeverState | None = st.session_state.get(_NOW)
    return what_if


def can_undo() -> bool:
    """Whether there are inputs to go back to."""
    return bool(st.session_state.get(_HISTORY))


def undo() -> None:
    """Go back to the inputs before."""
    _step(_HISTORY, _UNDONE)


def can_redo() -> bool:
    """Whether there are inputs that were undone."""
    return bool(st.session_state.get(_UNDONE))


def redo() -> None:
    """Go forth to the inputs that were undone last."""
    _step(_UNDONE, _HISTORY)


def go_to_inputs(wanted: LeverState) -> None:
    """Go to inputs of an earlier step: undone or done again where that leads there, put in place otherwise."""
    if wanted == st.session_state.get(_NOW):
        return
    for pile, step in ((_HISTORY, undo), (_UNDONE, redo)):
        if wanted in st.session_state.get(pile, [])[-1:]:
            step()
            return
    put(wanted)


def before_now() -> LeverState | None:
    """The inputs before the last move; None where nothing was moved."""
    history: list[LeverState] = st.session_state.get(_HISTORY, [])
    return history[-1] if history else None


def _step(taken: str, put_by: str) -> None:
    """Take the inputs on top of one pile, and lay those of now on the other."""
    pile: list[LeverState] = st.session_state.get(taken, [])
    now = st.session_state.get(_NOW)
    if not pile or not isinstance(now, LeverState):
        return
    st.session_state.setdefault(put_by, []).append(now)
    st.session_state[_NOW] = following = pile.pop()
    put(following)


def pins() -> tuple[Pin, ...]:
    """What-ifs kept under a name."""
    entries: tuple[Pin, ...] = st.session_state.get(_PINS, ())
    return entries


def pins_of(scenario: str) -> tuple[Pin, ...]:
    """Those of one scenario."""
    return tuple(pin for pin in pins() if pin.what_if.scenario == scenario)


def pin(entry: Pin) -> None:
    """Keep a what-if; one of the same name and scenario gives way."""
    rest = [old for old in pins() if (old.name, old.what_if.scenario) != (entry.name, entry.what_if.scenario)]
    st.session_state[_PINS] = (*rest, entry)


def unpin(name: str, scenario: str) -> None:
    """Forget a what-if kept."""
    st.session_state[_PINS] = tuple(old for old in pins() if (old.name, old.what_if.scenario) != (name, scenario))


def put_pins(entries: tuple[Pin, ...]) -> None:
    """Those of a link."""
    st.session_state[_PINS] = entries


def without_locks(what_if: LeverState) -> LeverState:
    """The same inputs, every product free."""
    return replace(what_if, locks=())
