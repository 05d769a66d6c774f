"""The product that every page shares; a click anywhere on one leads to its page."""

from __future__ import annotations

import streamlit as st

from engine.ui.navigation import go_to

PRODUCT_KEY = "product"


def select_product(product: str) -> None:
    """Put a product on the pages."""
    st.session_state[PRODUCT_KEY] = product


def open_product(product: str) -> None:
    """Lead to the page of a product; for callbacks."""
    select_product(product)
    go_to("product")


def selected_product(products: list[str], first: str) -> str:
    """The product chosen, where this scenario has it; else `first`."""
    wanted = st.session_state.get(PRODUCT_KEY)
    st.session_state[PRODUCT_KEY] = wanted if wanted in products else first
    return str(st.session_state[PRODUCT_KEY])
