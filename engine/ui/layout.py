"""Where the parts of a page stand."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import streamlit as st

P = ParamSpec("P")
T = TypeVar("T")


def in_place(draw: Callable[P, T]) -> Callable[P, T]:
    """Give a part of the page a container of its own, so that what stands below keeps its number whatever it draws.

    Streamlit numbers the elements of a block. A button that gets another number, because a line came in above it, is
    taken off the page for a moment and put back, and a click in that moment is lost.

    Parameters
    ----------
    draw : callable
        Draws now more elements, now fewer.

    Returns
    -------
    callable
        Draws the same as one element.
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> T:
        with st.container():
            return draw(*args, **kwargs)

    return drawn
