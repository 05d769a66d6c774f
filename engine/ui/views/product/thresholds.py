"""The cost of each strategy along one input of the product, with the values at which the choice flips."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from engine.evaluate.sensitivity.inputs import INPUTS
from engine.evaluate.sensitivity.lone_move import alone
from engine.scenario.columns import STRATEGIES, strategy_numbers
from engine.ui.charts.curves import Curves, crossings, curves
from engine.ui.charts.product_charts import threshold_chart
from engine.ui.language import language, t
from engine.ui.state.instances import instance_of, more_than_chosen
from engine.ui.state.memo import digest_of, kept
from engine.ui.state.session import Answer
from engine.ui.state.situation import Situation
from engine.ui.views.chart import chart_view
from engine.ui.views.tabs import named
from engine.ui.words import number, strategy_name
from engine.ui.work.proof import write_down
from engine.ui.work.studies import Study, study_panel
from engine.words.language import within

_KEPT = "_curves"
_REMEMBERED = 20


def threshold_view(inputs: Situation, product: str) -> None:
    """Draw the choice of the input, the chart, the flips in words, and the study that verifies them."""
    answer = inputs.answer
    if answer is None:
        return
    st.header(t("thresholds.header"))
    single = alone(answer.scenario, product)
    names = [name for name in INPUTS if math.isfinite(INPUTS[name].current(single))]
    name = str(st.selectbox(t("thresholds.input"), names, format_func=named(names, _input), key="input"))
    with st.spinner(t("thresholds.working")):
        costs = _curves(answer, product, name)
    spoken, currency = language(), answer.scenario.settings.currency
    strategies = {k: strategy_name(k, spoken) for k in STRATEGIES}
    flips = pd.DataFrame(
        [
            (flip.value, flip.cost,
             t("thresholds.told", value=number(flip.value), before=strategies[flip.before],
               after=strategies[flip.after]))
            for flip in crossings(costs)
        ],
        columns=["value", "cost", "told"],
    )  # fmt: skip
    words = {"input": t(f"input.{name}"), "cost": t("thresholds.cost", currency=currency),
             "now": t("thresholds.now", value=number(costs.now)), "strategy": t("column.strategy"),
             "flip": t("thresholds.flip")}  # fmt: skip
    st.markdown(t("thresholds.about", samples=f"{answer.plan.summary['samples']:,}"))
    chart = threshold_chart(costs.table(), flips, costs.now, words=words, strategies=strategies)
    chart_view(chart, name=f"{product}-{name}", key=f"threshold_{spoken}",
               alt=t("thresholds.alt", input=within(t(f"input.{name}"))))  # fmt: skip
    st.markdown("\n".join(f"- {line}" for line in flips["told"]) if len(flips) else t("thresholds.no_flip"))
    _verified(inputs, product, name)


def _input(name: str) -> str:
    return t(f"input.{name}")


def _curves(answer: Answer, product: str, name: str) -> Curves:
    """Worked out once in a session."""
    # The plan's own costs stand where the input is, once its strategies are compared.
    key = (digest_of(answer.scenario), int(answer.plan.summary["samples"]), answer.compared, product, name)
    memo: dict[object, Curves] = st.session_state.setdefault(_KEPT, {})
    strategy, more = strategy_numbers(answer.plan.decisions["strategy"]), more_than_chosen(answer, product)

    def made() -> Curves:
        return curves(answer.scenario, instance_of(answer), strategy, product, name, more=more)

    return kept(memo, key, made, most=_REMEMBERED)


def _verified(inputs: Situation, product: str, name: str) -> None:
    """Flips shown by deciding the whole portfolio again on either side."""
    scenario = inputs.scenario
    if scenario is None:
        return

    def prepare(folder: Path) -> list[str]:
        write_down(scenario, folder / "scenario")
        return ["thresholds", str(folder / "scenario"), "--out", str(folder / "out"), "--product", product,
                "--inputs", name]  # fmt: skip

    def read(folder: Path, _: int) -> pd.DataFrame:
        return pd.read_csv(folder / "out" / "thresholds.csv", keep_default_na=False)

    asked = (inputs.what_if, digest_of(scenario), product, name)
    study = Study(kind="flips", key=asked, prepare=prepare, read=read)
    table = study_panel(study)
    if not isinstance(table, pd.DataFrame):
        return
    spoken = language()
    lines = []
    for row in table.to_dict("records"):
        if not row["strategy_below"]:
            continue
        low, high = float(row["low"]), float(row["high"])
        key = "flips.point" if low == high else "flips.range"
        line = t(key, low=number(low), high=number(high), below=strategy_name(str(row["strategy_below"]), spoken),
                 above=strategy_name(str(row["strategy_above"]), spoken))  # fmt: skip
        line = line if row["status"] == "verified" else t("flips.open", line=line)
        lines.append(_on_other_samples(line, row))
    st.markdown(t("flips.about"))
    st.markdown("\n".join(f"- {line}" for line in lines) if lines else t("flips.none"))


def _on_other_samples(line: str, row: Mapping[Hashable, object]) -> str:
    """How far the flip may move; nothing where it does not, or where that is not known."""
    low, high = str(row["sampling_low"]), str(row["sampling_high"])
    if not low or not (float(low) < float(str(row["low"])) or float(high) > float(str(row["high"]))):
        return line
    return t("flips.samples", line=line, low=number(float(low)), high=number(float(high)))
