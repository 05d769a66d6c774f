"""What a catalogue run found: figures, strategies by family, the switches that save most, how much choices matter."""

from __future__ import annotations

import streamlit as st

from engine.catalog.results.report import BatchReport
from engine.evaluate.trust.certainty import Certainty
from engine.ui.language import language, t
from engine.ui.views.frames import frame_view
from engine.ui.words import certainty_mark, gap, money


def figures(report: BatchReport) -> None:
    """Draw cost, saving, switches, certainty and what was decided."""
    summary, currency = report.summary, str(report.summary["currency"])
    badges = t("list.join").join(
        f"{certainty_mark(badge, language())} {count:,}"
        for badge, count in report.certainty.items() if count or badge != Certainty.FIRM
    )  # fmt: skip
    cards = (
        ("batch.cost", money(float(summary["objective_per_year"]), currency),
         t("headline.gap", gap=gap(float(summary["gap"])))),
        ("batch.saving", money(report.saving_per_year, currency), t("batch.saving.detail")),
        ("batch.switching", f"{report.switching:,}",
         t("batch.unpriced", count=f"{report.unpriced:,}") if report.unpriced else t("batch.once",
           amount=money(float(summary.get("change_cost") or 0.0), currency))),
        ("batch.products", f"{summary['products']:,}",
         t("batch.decided", badges=badges, rejected=f"{summary['rejected_rows']:,}",
           seconds=f"{float(summary['seconds']):,.0f}", samples=f"{summary['samples']:,}")),
    )  # fmt: skip
    for column, (key, value, detail) in zip(st.columns(len(cards)), cards, strict=True):
        with column.container(border=True, height="stretch", gap="xxsmall"):
            st.metric(t(key), value)
            st.markdown(detail)


def tables(report: BatchReport) -> None:
    """Draw strategies by family and the histogram of regret."""
    currency = str(report.summary["currency"])
    st.header(t("batch.mix"))
    st.markdown(t("batch.money", currency=currency))
    mix = report.mix.rename(columns={"expected_cost_per_year": "cost_per_year"})
    frame_view(mix, ["family", "products", "MTS", "ATO", "MTO", "cost_per_year", "inventory_value"],
               alt=t("batch.mix"), codes={"family": str})  # fmt: skip
    st.header(t("batch.regret"))
    regret = report.regret.copy()
    regret["range"] = [t("batch.range", low=money(float(a)), high=money(float(b)) if b < float("inf") else "∞")
                       for a, b in zip(regret["from"], regret["to"], strict=True)]  # fmt: skip
    regret = regret.rename(columns={"regret_per_year": "together_per_year"})
    frame_view(regret, ["range", "products", "at_least", "together_per_year"], alt=t("batch.regret"),
               codes={"range": str})  # fmt: skip
