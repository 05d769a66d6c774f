"""Buttons whose press counts however the run that it begins ends."""

from __future__ import annotations

import streamlit as st


def pressed(label: str, key: str, *, disabled: bool = False) -> bool:
    """Draw a button; whether it was pressed, once.

    A run that asks for the next by itself ends where it stands, and Streamlit forgets the press. Callbacks come before
    all else.

    Parameters
    ----------
    label, key : str
    disabled : bool
    """
    noted = f"_pressed_{key}"
    st.button(label, key=key, disabled=disabled, on_click=st.session_state.__setitem__, args=(noted, True))
    return bool(st.session_state.pop(noted, False))
