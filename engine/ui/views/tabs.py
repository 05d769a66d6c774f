"""One part of a page at a time: only the part chosen is worked out and sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from engine.ui.language import t


def choose_view(key: str, views: Sequence[str]) -> str:
    """Draw the switch between the parts of a page; the part chosen.

    Parameters
    ----------
    key : str
        Of the widget.
    views : sequence of str
        Text keys are ``view.<name>``.
    """
    wanted = st.session_state.get(key)
    st.session_state[key] = wanted if wanted in views else views[0]
    chosen = st.segmented_control(
        t("view.choose"), views, key=key, format_func=named(views, _title), label_visibility="collapsed", required=True,
        persist_state="session", width="stretch",
    )  # fmt: skip
    return str(chosen or views[0])


def named(options: Sequence[str], name: Callable[[str], str]) -> Callable[[str], str]:
    """Names worked out once, in the language of the run that draws them."""
    return {option: name(option) for option in options}.__getitem__


def _title(view: str) -> str:
    return t(f"view.{view}")
