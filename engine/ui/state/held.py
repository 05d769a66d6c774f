"""What the page puts into a widget by itself: only where the widget holds something else, and for good.

A value that is written goes to the browser, and there replaces what the reader has set meanwhile: a key pressed while
the page is drawn anew would be lost. And a request that the browser sent before it got what was written brings the old
value back; such a value is told from a move of the reader's by having been there before.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_OWED, _DRAWN_AS = "_held_owed", "_held_drawn_as"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owed:
    """What the browser is still to get for a widget.

    Parameters
    ----------
    value : object
        None where the widget starts anew.
    outdated : tuple
        What the browser may tell until then.
    """

    value: object
    outdated: tuple[object, ...]


def hold(key: str, value: object, *drawn_as: Hashable) -> None:
    """Have the widget that is drawn next hold a value.

    Parameters
    ----------
    key : str
        Of the widget.
    value : object
    *drawn_as : hashable
        What makes another widget of it, which would start from its own default: range, step.
    """
    shapes: dict[str, tuple[Hashable, ...]] = st.session_state.setdefault(_DRAWN_AS, {})
    there = key in st.session_state and st.session_state[key] == value
    context = get_script_run_ctx()
    # A page has widgets of its own, under the same keys.
    shape = (*drawn_as, None if context is None else context.page_script_hash)
    if there and key not in _owed() and shapes.get(key) == shape:
        return
    shapes[key] = shape
    owe(key, value)
    st.session_state[key] = value


def owe(key: str, value: object) -> None:
    """Say what is about to be put into a widget, None where it starts anew: it counts until a run has come to its end.

    Parameters
    ----------
    key : str
        Of the widget.
    value : object
    """
    before: tuple[object, ...] = (st.session_state.get(key),)
    if key in _owed():
        before += (*_owed()[key].outdated, _owed()[key].value)
    outdated = tuple(one for one in dict.fromkeys(before) if one is not None and one != value)
    _owed()[key] = _Owed(value=value, outdated=outdated)


def outdated(key: str) -> bool:
    """Whether the browser told what the widget held before something was put into it."""
    return key in _owed() and st.session_state.get(key) in _owed()[key].outdated


def keep_held() -> None:
    """As a run begins: what was put in place stays there, whatever the browser has told from before."""
    for key, owed in _owed().items():
        if not outdated(key):
            continue
        if owed.value is None:
            del st.session_state[key]
        else:
            st.session_state[key] = owed.value


def settle_held() -> None:
    """A run has come to its end: the browser has all that was written."""
    _owed().clear()


def _owed() -> dict[str, _Owed]:
    owed: dict[str, _Owed] = st.session_state.setdefault(_OWED, {})
    return owed
