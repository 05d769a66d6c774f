"""The inputs in the sidebar: scenario, variant, levers to drag or type, undo, reset."""

from __future__ import annotations

import streamlit as st

from engine.scenario.scenario import Scenario
from engine.ui.language import t
from engine.ui.state.held import at_once, hold
from engine.ui.state.levers import BUDGETS, Lever, LeverState, families, highest, levers_of, neutral
from engine.ui.state.positions import (
    FAMILY,
    SCENARIO,
    VARIANT,
    can_redo,
    can_undo,
    family_chosen,
    lever_key,
    locks,
    note,
    redo,
    reset,
    scenario_chosen,
    undo,
)
from engine.ui.state.scenarios import FIRST, scenario_title
from engine.ui.views.inputs.typed_levers import (
    LEAD_TIME_UNITS,
    budget_slider,
    choose_lead_time_unit,
    lead_time_unit,
    typed_number,
)
from engine.ui.views.tabs import named


def choose_scenario(names: list[str]) -> str:
    """Draw the list of scenarios; at first the link's (``?scenario=tiny``), else the bicycles."""
    first = FIRST if FIRST in names else names[0]
    wanted = st.session_state.get(SCENARIO)
    titled = named(names, scenario_title)
    hold(SCENARIO, wanted if wanted in names else first, *map(titled, names))
    chosen = st.selectbox(
        t("inputs.scenario"), names, key=SCENARIO, format_func=titled, on_change=scenario_chosen,
        persist_state="session",
    )  # fmt: skip
    return str(chosen)


def choose_variant(scenario: Scenario) -> str:
    """Draw the list of the scenario's own what-ifs; '' is the base."""
    names = ["", *scenario.settings.variants]
    wanted = st.session_state.get(VARIANT, "")
    titled = named(names, _variant_name)
    hold(VARIANT, wanted if wanted in names else "", *map(titled, names))
    if len(names) == 1:
        return ""
    return str(
        st.selectbox(
            t("inputs.variant"), names, key=VARIANT, format_func=titled,
            help=t("inputs.variant.help"), persist_state="session",
        )
    )  # fmt: skip


def lever_panel(name: str, variant: str, given: Scenario) -> LeverState:
    """Draw the levers; where everything stands.

    Parameters
    ----------
    name, variant : str
        What `given` is.
    given : Scenario
        What the levers start from.
    """
    levers = list(levers_of(given))
    st.subheader(t("inputs.world"), help=t("inputs.world.help"))
    world = [lever for lever in levers if lever.group == "world"]
    positions = {lever.name: _at(lever, given, "") for lever in world if not lever.by_product}
    family = _choose_family(given)
    positions |= {lever.name: _at(lever, given, family) for lever in world if lever.by_product}
    st.subheader(t("inputs.rules"), help=t("inputs.rules.help"))
    rules = sorted((lever for lever in levers if lever.group == "rules"), key=lambda lever: not lever.by_product)
    positions |= {lever.name: _at(lever, given, family if lever.by_product else "") for lever in rules}
    moved = tuple(
        (lever.name, positions[lever.name])
        for lever in levers_of(given)
        if positions[lever.name] != neutral(lever, given, family if lever.by_product else "")
    )
    kept = tuple(lock for lock in locks() if (given.products["product"] == lock.product).any())
    if kept:
        st.markdown(t("inputs.locks", count=len(kept)))
    what_if = LeverState(scenario=name, variant=variant, family=family, moved=moved, locks=kept)
    # Before the buttons, so that a move can be undone at once.
    note(what_if)
    back, forth, anew = st.columns(3)
    back.button(t("inputs.undo"), key="undo", on_click=undo, disabled=not can_undo(), width="stretch")
    forth.button(t("inputs.redo"), key="redo", on_click=redo, disabled=not can_redo(), width="stretch")
    anew.button(t("inputs.reset"), key="reset", on_click=reset, disabled=not what_if.changes, width="stretch")
    return what_if


def _choose_family(given: Scenario) -> str:
    names = ["", *families(given)]
    titled = named(names, _family_name)
    wanted = st.session_state.get(FAMILY, "")
    hold(FAMILY, wanted if wanted in names else "", *map(titled, names))
    if len(names) == 1:
        return ""
    chosen = st.selectbox(
        t("inputs.family"), names, key=FAMILY, format_func=titled, help=t("inputs.family.help"),
        on_change=family_chosen, persist_state="session",
    )  # fmt: skip
    return str(chosen)


def _at(lever: Lever, given: Scenario, family: str) -> float:
    """Draw a lever, to be dragged or typed; where it stands."""
    with at_once():
        return _drawn_at(lever, given, family)


def _drawn_at(lever: Lever, given: Scenario, family: str) -> float:
    key, middle, top = lever_key(lever.name), neutral(lever, given, family), highest(lever, given, family)
    # A link may come from a scenario whose own value lies higher.
    at = min(max(float(st.session_state.get(key, middle)), lever.low), top)
    if lever.name in BUDGETS:
        return budget_slider(lever, given, at)
    written = hold(key, at, lever.low, top, lever.step)
    if lever.name == LEAD_TIME_UNITS[0]:
        choose_lead_time_unit()
    if lever.name in LEAD_TIME_UNITS and lever.name != lead_time_unit():
        # The other unit is on the page; whatever a link says of this one holds all the same.
        return at
    label = t(f"lever.{lever.name}")
    about = t(f"lever.{lever.name}.help", given=f"{middle:g}")
    if lever.action == "scale":
        about = f"{about} {t('inputs.percent')}"
    dragged, typed = st.columns([2, 1], vertical_alignment="bottom")
    position: float = dragged.slider(
        label, lever.low, top, None if written else at, lever.step, key=key, format="%g", help=about,
        persist_state="session",
    )  # fmt: skip
    with typed:
        typed_number(lever, position, top=top)
    return position


def _variant_name(name: str) -> str:
    return name or t("inputs.base")


def _family_name(name: str) -> str:
    return name or t("inputs.all_families")
