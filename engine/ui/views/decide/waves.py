"""In which order to switch: waves, what each saves and does to stock and cash, and who switches in each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from engine.report.charts.specifications import waves_chart
from engine.report.files import read_result
from engine.report.numbers import numbers_for
from engine.report.sentences.waves import WAVES, shown_waves, waves_sentence
from engine.scenario.scenario import Scenario
from engine.scenario.settings import GROUPED_BY
from engine.ui.charts.trust_charts import cash_chart
from engine.ui.language import language, t
from engine.ui.state.memo import digest_of
from engine.ui.state.selection import open_product
from engine.ui.state.session import Answer
from engine.ui.state.situation import Situation
from engine.ui.views.chart import chart_view
from engine.ui.views.frames import frame_view
from engine.ui.views.tabs import named
from engine.ui.work.proof import write_down
from engine.ui.work.studies import Study, result_of, study_panel

# Each with what the command is asked for.
BY = {"tens": ("--sizes", "10,10,rest"), "fives": ("--sizes", "5,5,5,rest"), "family": ("--by", "family"),
      "plant": ("--by", "plant")}
# Rows up to which the table of switches is as high as its content.
_LOW = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What the command wrote."""

    waves: pd.DataFrame
    switches: pd.DataFrame
    cash: pd.DataFrame
    summary: dict[str, Any]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """As the command wrote them, by name."""
        return {"waves": self.waves, "switches": self.switches, "cash": self.cash}


def waves_of(scenario: Scenario) -> Ordered | None:
    """The waves of a scenario that this session has found, in the first way of `BY` that was asked for."""
    for way in BY:
        ordered = result_of(_study(scenario, way))
        if isinstance(ordered, Ordered):
            return ordered
    return None


def waves_view(inputs: Situation, answer: Answer) -> None:
    """Draw the choice, the study, the curve and the tables."""
    st.header(t("waves.header"))
    scenario = inputs.scenario
    if scenario is None:
        return
    if not (scenario.products["current_strategy"] != "").any():
        st.info(t("waves.no_current"))
        return
    ways = [way for way in BY if way not in GROUPED_BY or (scenario.products[way] != "").any()]
    way = str(st.radio(t("waves.by"), ways, format_func=named(ways, _way), key="waves_by", horizontal=True))
    result = study_panel(_study(scenario, way))
    if isinstance(result, Ordered):
        _draw(answer, result)


def _study(scenario: Scenario, way: str) -> Study:
    def prepare(folder: Path) -> list[str]:
        write_down(scenario, folder / "scenario")
        return ["waves", str(folder / "scenario"), "--out", str(folder / "out"), *BY[way]]

    return Study(kind="waves", key=(digest_of(scenario), way), prepare=prepare, read=_read)


def _way(way: str) -> str:
    return t(f"waves.by.{way}")


def _read(folder: Path, _: int) -> Ordered:
    waves, switches, cash = (read_result(folder / "out" / f"{name}.csv") for name in ("waves", "switches", "cash"))
    summary = json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
    return Ordered(waves=waves, switches=switches, cash=cash, summary=summary)


def _draw(answer: Answer, ordered: Ordered) -> None:
    table, currency = shown_waves(ordered.waves), str(answer.plan.summary["currency"])
    if table.empty:
        st.markdown(t("waves.none"))
        return
    numbers = numbers_for(language(), currency, answer.plan.objective_per_year)
    st.markdown(waves_sentence(table, numbers, language()))
    chart_view(
        waves_chart(table, month=t("column.month"), saving=t("chart.waves", currency=currency)),
        name=t("waves.header"), key="waves_chart", alt=t("waves.alt", count=len(table)),
    )  # fmt: skip
    frame_view(table, list(WAVES), alt=t("waves.alt", count=len(table)))
    st.markdown(t("waves.cash", currency=currency))
    cash = ordered.cash.assign(schedule=[t(f"waves.schedule.{name}") for name in ordered.cash["schedule"]])
    chart_view(
        cash_chart(cash, month=t("column.month"), cash=t("waves.cumulative", currency=currency)),
        name=t("view.waves"), key="waves_cash_chart", alt=t("waves.cash.alt"),
    )  # fmt: skip
    st.markdown(t("waves.switches"))
    products = [str(product) for product in ordered.switches["product"]]
    frame_view(
        ordered.switches, ["wave", "product", "strategy_from", "strategy_to", "change_cost"], key="waves_switches",
        alt=t("waves.switches.alt", count=len(products)), codes={"product": str},
        height=320 if len(products) > _LOW else None, on_row=lambda row: open_product(products[row]),
    )  # fmt: skip
