"""Decide: a scenario, its levers, the plan they lead to."""

from __future__ import annotations

import streamlit as st

from engine.errors import EngineError
from engine.scenario.scenario import Scenario
from engine.ui.decision_table import decision_table
from engine.ui.headline import headline
from engine.ui.language import t
from engine.ui.lever_panel import choose_scenario, lever_panel
from engine.ui.levers import WhatIf, changed
from engine.ui.map_view import map_view
from engine.ui.product_card import product_card
from engine.ui.scenarios import load_scenario, scenario_names
from engine.ui.selection import selected_product
from engine.ui.session import (
    Answer,
    answer,
    known_verdict,
    quick_answer,
    stale_answer,
    start_proof,
    stop_other_proof,
)
from engine.ui.status import monitor, trouble


def page() -> None:
    """Draw the page."""
    st.title(t("app.title"))
    names = scenario_names()
    if not names:
        st.error(t("trouble.no_scenarios"))
        return
    with st.sidebar:
        st.header(t("inputs.header"))
        name = choose_scenario(names)
        try:
            given = load_scenario(name)
        except EngineError as error:
            st.error(t("trouble.read", scenario=name))
            trouble(error)
            return
        what_if = lever_panel(name, given)
    # A proof of other inputs would only take the processor from the preview of these.
    stop_other_proof(what_if)
    try:
        scenario = changed(given, what_if)
        found = decide(given, scenario, what_if)
    except EngineError as error:
        st.error(t("trouble.inputs"))
        trouble(error)
        found = stale_answer(what_if)
    if found is not None:
        show(found)


def decide(given: Scenario, scenario: Scenario, what_if: WhatIf) -> Answer | None:
    """The answer for these inputs; its proof is under way when this returns."""
    quick = quick_answer(given, scenario, what_if)
    start_proof(scenario, what_if)
    verdict = known_verdict(what_if)
    found = answer(scenario, what_if, verdict, quick)
    monitor(found, verdict, quick.status)
    return found


def show(found: Answer) -> None:
    """Headline, map and product side by side, table."""
    status = t(f"status.{found.label.value}")
    st.header(t("headline.header"))
    headline(found)
    decisions = found.plan.decisions
    products = [str(key) for key in decisions["product"]]
    product = selected_product(products, products[int(decisions["expected_cost_per_year"].to_numpy().argmax())])
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.header(t("map.header"))
        st.markdown(t("map.labelled", status=status))
        map_view(found, product)
    with right:
        st.header(t("product.header"))
        product_card(found)
    st.header(t("table.header"))
    st.markdown(t("table.labelled", status=status, currency=found.plan.summary["currency"]))
    if not found.compared:
        st.markdown(t("table.not_yet"))
    decision_table(found)


if __name__ == "__main__":
    page()
