"""Levers typed instead of dragged, in the units that people use: days or percent, money, share of today, or weeks."""

from __future__ import annotations

import streamlit as st

from engine.scenario.scenario import Scenario
from engine.ui.language import t
from engine.ui.state.held import echo, hold, outdated, owe
from engine.ui.state.levers import BY_NAME, NO_LIMIT_WEEKS, Lever, budget_unit, neutral
from engine.ui.state.positions import SCENARIO, lever_key, start_anew
from engine.ui.state.session import stock_today
from engine.ui.views.tabs import named
from engine.ui.words import money, share

# Percent of the target as given, or days on top of it: one of the two stands on the page.
LEAD_TIME_UNITS = ("lead_time_target", "lead_time_days")
_LEAD_TIME_UNIT, _BUDGET_UNIT = "unit_lead_time", "unit_budget"
_BUDGET_UNITS = ("money", "share", "weeks")
# The budget's track: percent of today's inventory, fine enough for a tenth more or less.
_TRACK = range(30, 132, 2)
_FIRST_TRACK = 200.0
# A position as a link writes it.
_DIGITS = ".10g"


def choose_lead_time_unit() -> None:
    """Draw in what the lead-time target is moved."""
    titled = named(LEAD_TIME_UNITS, lambda unit: t(f"inputs.unit.{unit}"))
    hold(_LEAD_TIME_UNIT, lead_time_unit(), *map(titled, LEAD_TIME_UNITS))
    st.radio(
        t("inputs.lead_time_unit"), LEAD_TIME_UNITS, key=_LEAD_TIME_UNIT, horizontal=True, on_change=_unit_chosen,
        format_func=titled, persist_state="session",
    )  # fmt: skip


def lead_time_unit() -> str:
    """The lever that stands for the lead-time target: the one that was moved, else the one chosen."""
    for name in LEAD_TIME_UNITS:
        at = st.session_state.get(lever_key(name))
        if at is not None and at != (100.0 if BY_NAME[name].action == "scale" else 0.0):
            return name
    wanted = st.session_state.get(_LEAD_TIME_UNIT)
    return str(wanted) if wanted in LEAD_TIME_UNITS else LEAD_TIME_UNITS[0]


def _unit_chosen() -> None:
    """Another unit begins at the target as given."""
    if not outdated(_LEAD_TIME_UNIT):
        start_anew(LEAD_TIME_UNITS)


def typed_number(lever: Lever, position: float, *, top: float) -> None:
    """Draw the field that the position of a lever can be typed into."""
    key = _typed_key(lever.name)
    written = hold(key, position, lever.low, top, lever.step)
    st.number_input(
        t("inputs.typed", lever=t(f"lever.{lever.name}")), lever.low, top, "min" if written else position, lever.step,
        key=key, format="%g", label_visibility="collapsed", on_change=_take, args=(lever.name,),
    )  # fmt: skip
    echo(lever_key(lever.name), key)


def _typed_key(name: str) -> str:
    return f"typed_{name}"


def _take(name: str) -> None:
    value = st.session_state.get(_typed_key(name))
    if value is not None and not outdated(_typed_key(name)):
        owe(lever_key(name), float(value))
        st.session_state[lever_key(name)] = float(value)


def budget_slider(lever: Lever, given: Scenario, at: float) -> float:
    """Draw the inventory budget at a position, its track around today's inventory; where it stands, in its own unit."""
    key, middle = lever_key(lever.name), neutral(lever, given)
    today, unit_value = stock_today(str(st.session_state.get(SCENARIO, ""))), budget_unit(lever, given)
    if today and unit_value:
        track = {float(f"{p / 100.0 * today / unit_value:{_DIGITS}}") for p in _TRACK}
    else:
        # Before the first answer nobody knows what today holds.
        track = {k * lever.step for k in range(1, round(min(lever.high, _FIRST_TRACK) / lever.step) + 1)}
    options = sorted({one for one in track if lever.action != "weeks" or one < NO_LIMIT_WEEKS} | {at, middle})
    # Worked out in the language of the run that draws them.
    names = {one: _told(lever, one, unit_value, today, given.settings.currency) for one in options}
    # Its options make it another widget.
    written = hold(key, at, tuple(names.values()))
    position = st.select_slider(
        t("lever.inventory_budget"), options, None if written else at, key=key, persist_state="session",
        help=t(f"lever.{lever.name}.help"), format_func=names.__getitem__,
    )  # fmt: skip
    _typed_budget(lever, float(position), middle, unit_value, today)
    return float(position)


def _told(lever: Lever, position: float, unit_value: float, today: float | None, currency: str) -> str:
    if lever.action == "weeks" and position >= NO_LIMIT_WEEKS:
        return t("inputs.no_limit")
    amount = money(position * unit_value, currency)
    if not today:
        return amount
    change = position * unit_value / today - 1.0
    sign = "+" if change > 0.0 else "−"
    told = t("inputs.budget.as_today") if abs(change) < 5e-4 else f"{sign}{share(abs(change), 0)}"
    return t("inputs.budget.at", amount=amount, change=told)


def _typed_budget(lever: Lever, position: float, middle: float, unit_value: float, today: float | None) -> None:
    """The field that a budget can be typed into, in the unit chosen; blank is no limit."""
    worth = {"money": 1.0, "weeks": unit_value if lever.action == "weeks" else 0.0, "share": (today or 0.0) / 100.0}
    units = [unit for unit in _BUDGET_UNITS if worth[unit] > 0.0]
    wanted = st.session_state.get(_BUDGET_UNIT)
    titled = named(units, lambda name: t(f"inputs.unit.{name}"))
    hold(_BUDGET_UNIT, wanted if wanted in units else units[0], *map(titled, units))
    typed, chosen = st.columns(2, vertical_alignment="bottom")
    unit = str(
        chosen.selectbox(
            t("inputs.budget_unit"), units, key=_BUDGET_UNIT, label_visibility="collapsed", persist_state="session",
            format_func=titled,
        )
    )  # fmt: skip
    key = f"{_typed_key(lever.name)}_{unit}"
    free = lever.action == "weeks" and position >= NO_LIMIT_WEEKS
    hold(key, None if free else round(position * unit_value / worth[unit], 2))
    typed.number_input(
        t("inputs.typed", lever=t("lever.inventory_budget")), min_value=0.0, key=key, format="%g", value=None,
        placeholder=t("inputs.no_limit"), label_visibility="collapsed", on_change=_take_budget,
        args=(lever.name, key, worth[unit] / unit_value if unit_value else 0.0, middle),
    )  # fmt: skip
    echo(lever_key(lever.name), key)


def _take_budget(name: str, key: str, factor: float, middle: float) -> None:
    if outdated(key):
        return
    value, lever = st.session_state.get(key), BY_NAME[name]
    position = middle if value is None else float(f"{float(value) * factor:{_DIGITS}}")
    position = max(position, 0.0) if lever.action == "scale" else min(position, NO_LIMIT_WEEKS)
    owe(lever_key(name), position)
    st.session_state[lever_key(name)] = position
