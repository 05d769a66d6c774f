"""One plan for three readers: customer, investor, regulator."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine.report.sentences.today import investor_as_shown
from engine.ui.language import t
from engine.ui.state.session import known_verdict
from engine.ui.state.situation import Situation
from engine.ui.words import MISSING, money, number, share
from engine.ui.work.proof import Proven

_SHARES = {"on_time", "otif"}
_MONEY = {
    "inventory_value", "change_cost", "running_saving_per_year", "working_capital_released",
    "obsolescence_write_off_per_year", "obsolescence_write_off_at_risk_per_year", "cost_cvar_per_year",
}  # fmt: skip
FIGURES = {
    "customer": ("promised_lead_time_days", "lead_time_days", "lead_time_p95_days", "days_beyond_promise_p95",
                 "on_time", "otif"),
    "investor": ("inventory_value", "turns_per_year", "inventory_days", "change_cost", "running_saving_per_year",
                 "payback_months", "working_capital_released",
                 "obsolescence_write_off_per_year", "obsolescence_write_off_at_risk_per_year", "cost_cvar_per_year"),
    "regulator": ("finished_units_obsoleted_per_year", "component_units_obsoleted_per_year", "co2e_kg_per_year",
                  "co2e_written_off_kg_per_year"),
}  # fmt: skip


def readers_view(inputs: Situation) -> None:
    """Draw three columns of figures, each with what it means."""
    verdict = known_verdict(inputs.what_if)
    if not isinstance(verdict, Proven):
        st.info(t("readers.wait"))
        return
    summary = verdict.plan.summary
    told = {**summary, "investor": investor_as_shown(summary)}
    if not all(isinstance(summary.get(reader), Mapping) for reader in FIGURES):
        st.info(t("readers.none"))
        return
    st.markdown(t("readers.about", status=t("status.proven")))
    for column, (reader, figures) in zip(st.columns(3, gap="medium"), FIGURES.items(), strict=True):
        with column:
            st.header(t(f"reader.{reader}"))
            st.markdown(t(f"reader.{reader}.asks"))
            for figure in figures:
                value = _written(figure, told[reader].get(figure), str(summary["currency"]))
                with st.container(border=True):
                    st.metric(t(f"figure.{figure}"), value, help=t(f"figure.{figure}.help"))


def _written(figure: str, value: Any, currency: str) -> str:  # noqa: ANN401  (what JSON holds)
    if value is None or not math.isfinite(float(value)):
        return MISSING
    if figure in _SHARES:
        return share(float(value), 1)
    return money(float(value), currency) if figure in _MONEY else number(float(value))
