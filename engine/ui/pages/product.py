"""Product: one product, why it is decided so, and what would change that."""

from __future__ import annotations

import streamlit as st

from engine.ui.alone_view import alone_view
from engine.ui.instances import can_look_closer
from engine.ui.language import t
from engine.ui.ledgers_view import ledgers_view
from engine.ui.lock_view import lock_view
from engine.ui.opened import note_extra
from engine.ui.product_card import choose_product, facts
from engine.ui.situation import situation
from engine.ui.threshold_view import threshold_view
from engine.ui.timeline_view import timeline_view
from engine.ui.views import choose_view

VIEWS = ("why", "timeline", "thresholds", "alone")


def page() -> None:
    """Draw the page."""
    st.title(t("product.title"))
    found = situation()
    if found is None or found.answer is None:
        return
    answer = found.answer
    product = choose_product(answer)
    note_extra("product", product)
    facts(answer, product)
    lock_view(found, product)
    view = choose_view("product_view", VIEWS)
    if not can_look_closer(answer):
        st.info(t("product.needs_program"))
    elif view == "why":
        ledgers_view(answer, product)
    elif view == "timeline":
        timeline_view(answer, product)
    elif view == "thresholds":
        threshold_view(found, product)
    else:
        alone_view(answer, product)


if __name__ == "__main__":
    page()
