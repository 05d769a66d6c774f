"""What the cost hangs on: every input a step down and up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from engine.report.charts.specifications import Layers
from engine.scenario.scenario import Scenario
from engine.ui.charts.charts import tornado_chart
from engine.ui.charts.tornado import decided, prepare, read, share, steps
from engine.ui.language import t
from engine.ui.state.levers import LeverState
from engine.ui.state.memo import digest_of
from engine.ui.state.situation import Situation
from engine.ui.views.chart import chart_view
from engine.ui.words import gap, money
from engine.ui.work.studies import Study, study_panel


def tornado_view(inputs: Situation) -> None:
    """Draw the study, its chart and its table."""
    st.header(t("tornado.header"))
    given, what_if = inputs.given, inputs.what_if
    study = Study(
        kind="tornado", key=(what_if, digest_of(given)), prepare=lambda folder: prepare(folder, given, what_if),
        read=lambda folder, _: read(folder, given, what_if), share=share,
        so_far=lambda folder: _draw_so_far(folder, given, what_if),
    )  # fmt: skip
    table = study_panel(study)
    if not isinstance(table, pd.DataFrame):
        return
    currency = inputs.given.settings.currency
    st.markdown(t("tornado.about", base=money(float(table.attrs["base"]), currency),
                  gap=gap(float(table.attrs["gap"])), samples=table.attrs["samples"]))  # fmt: skip
    shown = _told(table)
    chart_view(_chart(shown, currency), name="tornado", key="tornado", alt=t("tornado.alt"))
    number, plain = st.column_config.NumberColumn, st.column_config.TextColumn
    st.dataframe(
        shown[["lever", "side", "position", "change_per_year", "switches"]].round({"change_per_year": 0}),
        hide_index=True, placeholder="", alt=t("tornado.alt"),
        column_config={
            "lever": plain(t("tornado.lever")), "side": plain(t("tornado.side")),
            "position": number(t("tornado.position"), format="%g"),
            "change_per_year": number(t("tornado.change", currency=currency), format="localized"),
            "switches": number(t("tornado.switches"), format="%d"),
        },
    )  # fmt: skip


def _draw_so_far(folder: Path, given: Scenario, what_if: LeverState) -> None:
    """Draw the steps that are decided by now."""
    done = decided(folder)
    if not done:
        return
    shown = _told(_read(str(folder), done, given, what_if))
    st.markdown(t("tornado.so_far", done=len(shown), steps=len(steps(given, what_if))))
    if len(shown):
        st.altair_chart(_chart(shown, given.settings.currency), alt=t("tornado.alt"))


@st.cache_data(max_entries=1, show_spinner=False)
def _read(folder: str, done: int, _given: Scenario, _what_if: LeverState) -> pd.DataFrame:  # noqa: ARG001
    """Steps of a folder in which so many are decided, read once."""
    return read(Path(folder), _given, _what_if)


def _told(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(
        lever=[t(f"lever.{name}") for name in table["lever"]],
        side=[t(f"tornado.{side}") for side in table["side"]],
    )


def _chart(shown: pd.DataFrame, currency: str) -> Layers:
    words = {"change": t("tornado.change", currency=currency), "side": t("tornado.side"), "lever": t("tornado.lever"),
             "position": t("tornado.position"), "switches": t("tornado.switches"),
             "low": t("tornado.low"), "high": t("tornado.high")}  # fmt: skip
    return tornado_chart(shown, words=words)
