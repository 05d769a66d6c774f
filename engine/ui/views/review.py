"""Whether the plan still holds: order lines that have come since, and whom deciding again would switch."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from engine.decision.plan import Plan
from engine.scenario.scenario import Scenario
from engine.ui.language import sentences, t
from engine.ui.state.selection import open_product
from engine.ui.views.frames import frame_view
from engine.ui.words import money, share
from engine.ui.work.studies import study_panel
from engine.ui.work.trust_study import Found, review_study

_SHOWN = ["product", "strategy", "verdict", "planned_per_week", "level_per_week", "level_low", "level_high", "since",
          "told_on", "strategy_again", "regret_so_far"]  # fmt: skip
# The first thing that a reader looks for is on top.
_ORDER = {"decide again": 0, "drifting": 1, "holds": 2}


def review_view(scenario: Scenario, plan: Plan) -> None:
    """Draw the uploader, the study and what it found."""
    st.header(t("review.header"))
    st.markdown(t("review.about"))
    file = st.file_uploader(t("review.upload"), type=["csv"], key="review_orders")
    if file is None:
        return
    result = study_panel(review_study(scenario, plan, file.getvalue()))
    if isinstance(result, Found):
        _draw(result.tables["review"], result.summary)


def _draw(table: pd.DataFrame, summary: dict[str, Any]) -> None:
    counts, saving = summary["counts"], summary["saving_per_year"]
    told = [t("review.line", left=counts["drifting"] + counts["decide again"], products=summary["products"],
              again=counts["decide again"])]  # fmt: skip
    if saving is not None:
        told.append(t("review.saving", saving=money(float(saving), str(summary["currency"]))))
    if (regret := summary["regret_so_far"]) is not None and counts["holds"] < summary["products"]:
        told.append(t("review.regret", regret=money(float(regret), str(summary["currency"]))))
    st.markdown(f"**{sentences(told)}**")
    st.markdown(t("review.weeks", weeks=summary["weeks"], day=summary["last_day"],
                  rate=share(float(summary["false_alarms_per_month"]), 1)))  # fmt: skip
    rows = table.sort_values("verdict", key=lambda said: said.map(_ORDER), kind="stable").reset_index(drop=True)
    products = [str(product) for product in rows["product"]]
    # Where nobody was told of a change there is no day to tell, and nothing was decided again.
    shown = [name for name in _SHOWN if rows[name].notna().any()]
    frame_view(
        rows, shown, alt=t("review.alt", count=len(rows)), key="review_products",
        codes={"product": str, "since": str, "told_on": str, "verdict": _verdict},
        on_row=lambda row: open_product(products[row]),
    )  # fmt: skip


def _verdict(said: str) -> str:
    return t(f"review.{said.replace(' ', '_')}")
