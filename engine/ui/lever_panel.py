"""The inputs in the sidebar: scenario, sliders, reset."""

from __future__ import annotations

import streamlit as st

from engine.scenario.scenario import Scenario
from engine.ui.language import t
from engine.ui.levers import Lever, WhatIf, levers_of, neutral
from engine.ui.scenarios import FIRST

_SCENARIO = "scenario"


def choose_scenario(names: list[str]) -> str:
    """Draw the list of scenarios; at first the link's (``?scenario=tiny``), else the bicycles."""
    if st.session_state.get(_SCENARIO) not in names:
        wanted = st.query_params.get("scenario", "")
        first = FIRST if FIRST in names else names[0]
        st.session_state[_SCENARIO] = wanted if wanted in names else first
    chosen = st.selectbox(
        t("inputs.scenario"), names, key=_SCENARIO, format_func=_title, on_change=_reset, persist_state="session"
    )
    st.query_params["scenario"] = chosen
    return str(chosen)


def lever_panel(name: str, scenario: Scenario) -> WhatIf:
    """Draw the sliders and the reset; where they stand."""
    moved = []
    for lever in levers_of(scenario):
        position = _slider(lever, scenario)
        if position != neutral(lever, scenario):
            moved.append((lever.name, position))
    st.button(t("inputs.reset"), key="reset", on_click=_reset, disabled=not moved, width="stretch")
    return WhatIf(scenario=name, moved=tuple(moved))


def _slider(lever: Lever, scenario: Scenario) -> float:
    key, middle = f"lever_{lever.name}", neutral(lever, scenario)
    if key not in st.session_state:
        st.session_state[key] = middle
    about = t(f"lever.{lever.name}.help", given=f"{middle:g}")
    if lever.action == "scale":
        about = f"{about} {t('inputs.percent')}"
    position: float = st.slider(
        t(f"lever.{lever.name}"), lever.low, max(lever.high, middle), step=lever.step, format="%g", key=key,
        help=about, persist_state="session",
    )  # fmt: skip
    return position


def _title(folder: str) -> str:
    return folder.replace("-", " ").capitalize()


def _reset() -> None:
    for key in [str(key) for key in st.session_state if str(key).startswith("lever_")]:
        del st.session_state[key]
