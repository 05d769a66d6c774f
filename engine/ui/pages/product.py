"""Product: one product, why it is decided so, and what would change that."""

from __future__ import annotations

import streamlit as st

from engine.ui.language import t
from engine.ui.state.instances import with_exact
from engine.ui.state.opened import note_extra
from engine.ui.state.situation import situation
from engine.ui.views.product.alone import alone_view
from engine.ui.views.product.ledgers import ledgers_view
from engine.ui.views.product.locks import lock_view
from engine.ui.views.product.neighbours import neighbours_view
from engine.ui.views.product.product_card import choose_product, facts, in_plain_words
from engine.ui.views.product.season import season_view
from engine.ui.views.product.segments import segments_view
from engine.ui.views.product.thresholds import threshold_view
from engine.ui.views.product.timeline import timeline_view
from engine.ui.views.tabs import choose_view

VIEWS = ("why", "timeline", "thresholds", "alone")


def page() -> None:
    """Draw the page."""
    st.title(t("product.title"))
    inputs = situation()
    if inputs is None or inputs.answer is None:
        return
    answer = inputs.answer
    product = choose_product(answer)
    note_extra("product", product)
    # Lists do with what a strategy costs at least; who opens a product sees all of it exactly.
    answer = with_exact(answer, product)
    in_plain_words(answer, product)
    facts(answer, product)
    neighbours_view(answer, product)
    lock_view(inputs, product)
    view = choose_view("product_view", VIEWS)
    if view == "why":
        ledgers_view(answer, product)
    elif view == "timeline":
        timeline_view(answer, product)
        season_view(answer, product)
        segments_view(answer, product)
    elif view == "thresholds":
        threshold_view(inputs, product)
    else:
        alone_view(answer, product)


if __name__ == "__main__":
    page()
