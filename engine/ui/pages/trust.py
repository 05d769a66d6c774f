"""Trust: what was promised beside what a simulation finds, the sampling gap, contested products, what to measure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from engine.decision.plan import Plan
from engine.report.sentences.proof import proof_sentence
from engine.ui.charts.trust_charts import promise_chart
from engine.ui.language import language, sentences, t
from engine.ui.state.deltas import input_words
from engine.ui.state.selection import open_product
from engine.ui.state.session import known_verdict
from engine.ui.state.situation import situation
from engine.ui.views.chart import chart_view
from engine.ui.views.frames import frame_view
from engine.ui.views.tabs import choose_view
from engine.ui.views.trust.review import review_view
from engine.ui.words import MISSING, certainty_mark, money, share, strategy_name
from engine.ui.work.proof import Proven
from engine.ui.work.studies import study_panel
from engine.ui.work.trust_study import Found, badges_of, judgement_study, sampling_study, simulation_study
from engine.words.reason import reasons_of

VIEWS = ("simulated", "sampling", "contested", "measure", "review")


def page() -> None:
    """Draw the page."""
    st.title(t("trust.title"))
    inputs = situation()
    if inputs is None:
        return
    verdict = known_verdict(inputs.what_if)
    if not isinstance(verdict, Proven) or inputs.scenario is None:
        st.info(t("trust.wait"))
        return
    plan = verdict.plan
    currency = str(plan.summary["currency"])
    said = proof_sentence(plan, language(), money=lambda amount: money(amount, currency))
    st.markdown(sentences([said, t("trust.asks")]))
    view = choose_view("trust_view", VIEWS)
    if view == "simulated":
        st.header(t("simulated.header"))
        result = study_panel(simulation_study(inputs.scenario, plan))
        if isinstance(result, Found):
            simulated(result)
        return
    if view == "review":
        review_view(inputs.scenario, plan)
        return
    st.header(t(f"trust.{view}"))
    study = sampling_study if view == "sampling" else judgement_study
    result = study_panel(study(inputs.scenario, plan))
    if isinstance(result, Found):
        if view == "contested":
            contested(result, plan)
        else:
            {"sampling": sampling, "measure": measure}[view](result)


def simulated(evidence: Found) -> None:
    """Promised against simulated, in all and by product."""
    summary, currency = evidence.summary, str(evidence.summary["currency"])
    st.markdown(
        t("simulated.all", planned=money(float(summary["planned_cost_per_year"]), currency),
          simulated=money(float(summary["simulated_cost_per_year"]), currency),
          half=money(_finite(summary["cost_half_width"])), deviation=_signed(summary["cost_deviation"]),
          replications=summary["replications"], years=f"{summary['years']:g}")
    )  # fmt: skip
    table = evidence.tables["products"]
    words = {"planned": t("column.planned_cost_per_year"), "simulated": t("column.simulated_cost_per_year"),
             "product": t("column.product"), "strategy": t("column.strategy"), "same": t("simulated.same")}  # fmt: skip
    names = {k: strategy_name(k, language()) for k in ("MTS", "ATO", "MTO")}
    chart_view(promise_chart(table, words=words, strategies=names), name=t("simulated.header"),
               key=f"promise_{language()}", alt=t("simulated.alt", count=len(table)))  # fmt: skip
    totals = evidence.tables["totals"]
    frame_view(totals, ["strategy", "products", "planned_cost_per_year", "simulated_cost_per_year", "half_width",
                        "deviation", "planned_on_time", "simulated_on_time"],
               alt=t("simulated.totals"))  # fmt: skip
    table = table.assign(size=(table["simulated_cost_per_year"] - table["planned_cost_per_year"]).abs())
    table = table.sort_values("size", ascending=False, kind="stable").reset_index(drop=True)
    products = [str(product) for product in table["product"]]
    table["likely_cause"] = [_causes(summary, product) for product in products]
    st.markdown(t("simulated.products"))
    frame_view(
        table,
        ["product", "strategy", "planned_cost_per_year", "simulated_cost_per_year", "cost_deviation",
         "planned_on_time", "simulated_on_time", "planned_otif", "simulated_otif", "likely_cause"],
        alt=t("simulated.alt", count=len(table)), codes={"product": str, "likely_cause": str},
        key="simulated_products", on_row=lambda row: open_product(products[row]),
    )  # fmt: skip


def _causes(summary: Mapping[str, Any], product: str) -> str:
    """What is behind a product's deviation, in the reader's language."""
    return t("list.join").join(cause.words(language()) for cause in reasons_of(summary["causes"].get(product, ())))


def sampling(evidence: Found) -> None:
    """What the samples leave open, and what thinking in samples is worth."""
    currency = str(evidence.summary["currency"])
    summary: Mapping[str, Any] | None = evidence.summary.get("sampling_gap")
    if summary is None:
        st.info(t("sampling.none"))
    else:
        one, two, three = st.columns(3)
        _figure(one, "sampling.fresh", money(float(summary["held_out_per_year"]), currency),
                t("sampling.fresh.detail",
                  margin=money(float(summary["held_out_margin_per_year"]), currency)))  # fmt: skip
        _figure(two, "sampling.gap", share(float(summary["high_share"]), 1),
                t("sampling.gap.detail", amount=money(float(summary["high_per_year"]), currency),
                  level=share(float(summary["level"])), batches=summary["batches"],
                  samples=summary["batch_samples"]))  # fmt: skip
        enough = summary["samples_enough"]
        key = "sampling.enough.none" if enough is None else (
            "sampling.enough.seen" if summary["samples_enough_seen"] else "sampling.enough.scaled"
        )
        _figure(three, "sampling.enough", MISSING if enough is None else f"{int(enough):,}",
                t(key, within=share(float(summary["within"]))))  # fmt: skip
        if (tail := summary.get("tail")) is not None:
            st.markdown(t(
                "sampling.tail", weight=share(float(tail["cvar_weight"])), share=share(1.0 - float(tail["cvar_level"])),
                **{name: money(float(tail[f"{key}_per_year"]), currency) for name, key in
                   (("held_out", "held_out"), ("margin", "held_out_margin"), ("promised", "promised"))},
            ))  # fmt: skip
    information = evidence.summary.get("information")
    if information is not None:
        one, two = st.columns(2)
        _figure(one, "sampling.vss", money(_finite(information["vss_per_year"]), currency), t("sampling.vss.detail"))
        _figure(two, "sampling.evpi", money(_finite(information["evpi_per_year"]), currency), t("sampling.evpi.detail"))
    if "samples" in evidence.tables and len(evidence.tables["samples"]):
        st.markdown(t("sampling.ladder"))
        frame_view(evidence.tables["samples"], ["samples", "promised_per_year", "held_out_per_year", "gap_high_share"],
                   alt=t("sampling.ladder"))  # fmt: skip


def contested(evidence: Found, plan: Plan) -> None:
    """Which recommendations hold when the inputs are off, and which do not."""
    summary = evidence.summary.get("confidence")
    if summary is None:
        st.info(t("contested.none"))
        return
    counts = summary["counts"]
    for column, label in zip(st.columns(3), ("no-regret", "conditional", "contested"), strict=True):
        _figure(column, f"label.{label}", f"{counts[label]:,}", t(f"label.{label}.detail"))
    st.markdown(t("contested.about", draws=summary["draws"]))
    table = evidence.tables["confidence"].sort_values(["confidence", "product"], kind="stable").reset_index(drop=True)
    products = [str(product) for product in table["product"]]
    badges = badges_of(plan).set_index("product")["certainty"]
    table["certainty"] = table["product"].astype(str).map(badges).fillna("open")
    frame_view(
        table,
        ["product", "strategy", "current_strategy", "certainty", "label", "confidence", "rival", "advantage_per_year",
         "expected_regret_per_year", "depends_on"],
        alt=t("contested.alt", count=len(table)),
        codes={"product": str, "label": lambda code: t(f"label.{code}"), "depends_on": input_words,
               "certainty": lambda badge: certainty_mark(badge, language())},
        key="contested_products", on_row=lambda row: open_product(products[row]),
    )  # fmt: skip


def measure(evidence: Found) -> None:
    """Which input is worth knowing better."""
    table = evidence.tables.get("inputs", pd.DataFrame())
    if table.empty:
        st.info(t("measure.none"))
        return
    st.markdown(t("measure.about", currency=evidence.summary["currency"]))
    worth = table[table["value_per_year"] > 0.0]
    if worth.empty:
        st.markdown(t("measure.nothing", draws=evidence.summary["confidence"]["draws"]))
        return
    frame_view(worth, ["input", "uncertainty", "value_per_year", "products_depending", "most_affected"],
               alt=t("measure.alt", count=len(worth)), codes={"input": input_words, "most_affected": str})  # fmt: skip


def _figure(column: st.delta_generator.DeltaGenerator, key: str, value: str, detail: str) -> None:
    with column.container(border=True, height="stretch", gap="xxsmall"):
        st.metric(t(key), value)
        st.markdown(detail)


def _finite(value: object) -> float:
    return math.nan if value is None else float(str(value))


def _signed(value: object) -> str:
    """A deviation; there is none of a promise of nothing."""
    return MISSING if value is None else f"{float(str(value)):+.1%}"


if __name__ == "__main__":
    page()
