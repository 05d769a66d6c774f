"""What the page puts into a widget by itself: only where the widget holds something else, and for good.

A value that is written goes to the browser, and there replaces what the reader has set meanwhile: a key pressed while
the page is drawn anew would be lost. And a request that the browser sent before it got what was written brings the old
value back, which is the very value that a reader may set again a moment later: the key behind an Undo. The two are told
apart by what the browser has. Every writing has a number, which goes to the browser right behind what was written, in a
field that nobody sees, and comes back with each request.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine.ui.request import own_page
from engine.ui.state.outbox import connection, emptied

_OWED, _DRAWN_AS, _NUMBER, _FIELDS = "_held_owed", "_held_drawn_as", "_held_number", "_held_fields"
_HEARD, _SENT = "_held_heard", "_held_sent"
_ECHO = "echo"


class _Said(str):
    """A number as the server put it: from the browser comes plain text."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owed:
    """What the browser is still to get for a widget.

    Parameters
    ----------
    value : object
        None where the widget starts anew.
    outdated : tuple
        What the browser may tell until it has the value.
    since, last : int
        Numbers of the value's first writing and of its last: what is on its way still may replace what the reader sets.
    drawn : bool
        The last writing is that of a widget being drawn.
    """

    value: object
    outdated: tuple[object, ...]
    since: int
    last: int
    drawn: bool = False


def hold(key: str, value: object, *drawn_as: Hashable) -> bool:
    """Have the widget that is drawn next hold a value.

    Parameters
    ----------
    key : str
        Of the widget.
    value : object
    *drawn_as : hashable
        What makes another widget of it, which would start from its own default: range, step, options.

    Returns
    -------
    bool
        Whether it was written. Where it was not, the value is to be the widget's default too: one that has another
        default Streamlit writes in every run that the browser has not asked for.
    """
    shapes: dict[str, tuple[Hashable, ...]] = st.session_state.setdefault(_DRAWN_AS, {})
    there = key in st.session_state and st.session_state[key] == value
    context = get_script_run_ctx()
    # A page has widgets of its own, under the same keys.
    shape = (*drawn_as, own_page())
    put = context is not None and context.session_state.is_new_state_value(key)
    if there and not put and shapes.get(key) == shape and (key not in _owed() or _sent(key)):
        return False
    shapes[key] = shape
    owe(key, value)
    _owed()[key] = replace(_owed()[key], drawn=True)
    st.session_state[key] = value
    return True


def owe(key: str, value: object) -> None:
    """Say what is about to be put into a widget, None where it starts anew: it counts until the browser has it.

    Parameters
    ----------
    key : str
        Of the widget.
    value : object
    """
    st.session_state[_NUMBER] = number = st.session_state.get(_NUMBER, 0) + 1
    before = _owed().get(key)
    if before is not None and before.value == value:
        _owed()[key] = replace(before, last=number, drawn=False)
        return
    told: tuple[object, ...] = (st.session_state[key],) if key in st.session_state else ()
    if before is not None:
        # What the browser has had is not told from before it any more.
        told += (before.value,) if before.since <= _heard(key) else (*before.outdated, before.value)
    outdated = tuple(one for one in dict.fromkeys(told) if one != value)
    _owed()[key] = _Owed(value=value, outdated=outdated, since=number, last=number)


def outdated(key: str) -> bool:
    """Whether the browser told what the widget held before something was put into it, and has not got that yet."""
    owed = _owed().get(key)
    if owed is None or owed.since <= _heard(key) or key not in st.session_state:
        return False
    return st.session_state[key] in owed.outdated


def keep_held() -> None:
    """As the page or a part begins to be drawn: what was put in place stays, whatever the browser told from before.

    A part's own request too may bring what was there before, and the next would be taken for a reader's change.
    """
    for key, owed in list(_owed().items()):
        if owed.last <= _heard(key):
            del _owed()[key]
        elif outdated(key):
            if owed.value is None:
                del st.session_state[key]
            else:
                st.session_state[key] = owed.value


def note_sent() -> None:
    """As a run ends that asks for the next by itself: what it has drawn is sent, and need not be written again."""
    number, line = st.session_state.get(_NUMBER, 0), connection()
    if line is not None and emptied():
        st.session_state[_SENT] = (number, line)


def echo(*keys: str) -> None:
    """Draw the field that tells what the browser has, right behind the widgets that it tells it of.

    Parameters
    ----------
    *keys : str
        Of the widgets; none for all that are drawn by now.
    """
    field = "_".join([_ECHO, *keys[:1]])
    fields: dict[str, str] = st.session_state.setdefault(_FIELDS, {})
    fields.update(dict.fromkeys(keys, field))
    st.session_state[field] = _Said(st.session_state.get(_NUMBER, 0))
    # The rules of style hide it: it is for nobody to read or to reach.
    with st.container(key=f"{field}_field"):
        st.text_input(field, key=field, label_visibility="collapsed", persist_state="session")


@contextmanager
def at_once() -> Iterator[None]:
    """Send what is drawn inside when it is drawn to its end: a widget never without the number of its writing.

    A key pressed where the value is there and its number is not yet would be taken for one from before.
    """
    context = get_script_run_ctx()
    if context is None:
        yield
        return
    drawn: list[ForwardMsg] = []
    send, context._enqueue = context._enqueue, drawn.append  # noqa: SLF001  (Streamlit sends each by itself)
    try:
        yield
    finally:
        context._enqueue = send  # noqa: SLF001
    for message in drawn:
        send(message)


def _heard(key: str) -> int:
    """Number of the last writing that the browser is known to have got, as far as a widget is concerned."""
    heard: dict[str, int] = st.session_state.setdefault(_HEARD, {})
    fields = (_ECHO, st.session_state.get(_FIELDS, {}).get(key, _ECHO))
    for field in fields:
        told = st.session_state.get(field)
        # What the server put there says nothing: a page drawn again by its own work was not asked for by the browser.
        if isinstance(told, str) and not isinstance(told, _Said) and told.isdecimal():
            heard[field] = max(heard.get(field, 0), int(told))
    return max(heard.get(field, 0) for field in fields)


def _sent(key: str) -> bool:
    """Whether a widget was drawn with what was written last, and the browser was sent it over the line it has now."""
    owed = _owed()[key]
    number, line = st.session_state.get(_SENT, (0, None))
    return owed.drawn and owed.last <= number and line is connection()


def _owed() -> dict[str, _Owed]:
    owed: dict[str, _Owed] = st.session_state.setdefault(_OWED, {})
    return owed
