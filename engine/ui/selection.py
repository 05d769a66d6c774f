"""The product that table, map and details share."""

from __future__ import annotations

import streamlit as st

_PRODUCT = "product"


def select_product(product: str) -> None:
    """Put a product on the page."""
    st.session_state[_PRODUCT] = product


def selected_product(products: list[str], first: str) -> str:
    """The product chosen, where this scenario has it; else `first`."""
    if st.session_state.get(_PRODUCT) not in products:
        st.session_state[_PRODUCT] = first
    return str(st.session_state[_PRODUCT])


PRODUCT_KEY = _PRODUCT
