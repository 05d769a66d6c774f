"""One run of a session at a time.

Streamlit starts the run that a reader asks for while the one before still draws: that one ends where it next asks for
something of Streamlit's. Until then both would work on what the session keeps: samples drawn, the plan looked for last,
the proof under way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import streamlit as st

from engine.ui.state.held import keep_held

P = ParamSpec("P")
T = TypeVar("T")


@st.cache_resource(scope="session", show_spinner=False)
def _turn() -> threading.RLock:
    """Of the session running; a part of the page that is drawn with the whole of it has the turn already."""
    return threading.RLock()


def in_turn(draw: Callable[P, T]) -> Callable[P, T]:
    """Have a page, or a part that is drawn anew by itself, wait for what the session still draws.

    Parameters
    ----------
    draw : callable

    Returns
    -------
    callable
        Draws the same.
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> T:
        with _turn():
            return draw(*args, **kwargs)

    return drawn


def draw_every(seconds: float | None, draw: Callable[[], None]) -> None:
    """Draw a part of the page now and, in turn, again and again by itself.

    Parameters
    ----------
    seconds : float or None
        From one time to the next; None for now alone.
    draw : callable
    """

    def part() -> None:
        keep_held()
        draw()

    st.fragment(in_turn(part), run_every=seconds)()
