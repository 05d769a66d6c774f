"""Whether the plan still holds: order lines that have come since, and whom deciding again would switch."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from engine.decision.plan import Plan
from engine.errors import EngineError
from engine.scenario.scenario import Scenario
from engine.ui.language import sentences, t
from engine.ui.state.deltas import target_words
from engine.ui.state.selection import open_product
from engine.ui.state.uploads import Given, read_upload
from engine.ui.views.frames import frame_view
from engine.ui.views.status import trouble
from engine.ui.words import money, share
from engine.ui.work.studies import study_panel
from engine.ui.work.trust_study import Found, review_study

_SHOWN = ["product", "strategy", "verdict", "planned_per_week", "level_per_week", "level_low", "level_high", "since",
          "told_on", "moved", "strategy_again", "regret_so_far"]  # fmt: skip
# The first thing that a reader looks for is on top.
_ORDER = {"decide again": 0, "drifting": 1, "holds": 2}


def review_view(scenario: Scenario, plan: Plan) -> None:
    """Draw the uploader, the study and what it found."""
    st.header(t("review.header"))
    st.markdown(t("review.about"))
    file = st.file_uploader(t("review.upload"), type=["csv"], key="review_orders")
    current = st.file_uploader(t("review.now"), type=["zip", "xlsx", "xlsm"], key="review_now",
                               help=t("review.now.help"))  # fmt: skip
    try:
        now = None if current is None else read_upload([Given(name=current.name, data=current.getvalue())])
    except EngineError as error:
        st.error(t("trouble.read", scenario=current.name if current is not None else ""))
        trouble(error)
        return
    if file is None and now is None:
        return
    result = study_panel(review_study(scenario, plan, None if file is None else file.getvalue(), now))
    if isinstance(result, Found):
        _draw(result.tables["review"], result.summary)


def _draw(table: pd.DataFrame, summary: dict[str, Any]) -> None:
    counts, saving = summary["counts"], summary["saving_per_year"]
    moved: dict[str, int] = summary.get("moved", {})
    told = [t("review.line.now" if moved else "review.line", left=counts["drifting"] + counts["decide again"],
              products=summary["products"], again=counts["decide again"])]  # fmt: skip
    if saving is not None:
        told.append(t("review.saving", saving=money(float(saving), str(summary["currency"]))))
    if (regret := summary["regret_so_far"]) is not None and counts["holds"] < summary["products"]:
        told.append(t("review.regret", regret=money(float(regret), str(summary["currency"]))))
    st.markdown(f"**{sentences(told)}**")
    if summary.get("known_to"):
        st.warning(t("review.known", day=summary["known_to"]))
    if summary["weeks"]:
        st.markdown(t("review.weeks", weeks=summary["weeks"], day=summary["last_day"],
                      rate=share(float(summary["false_alarms_per_month"]), 1)))  # fmt: skip
    if moved:
        inputs = [t("review.moved.one", input=target_words(name), count=count) for name, count in moved.items()]
        st.markdown(t("review.moved", inputs=t("list.join").join(inputs)))
    rows = table.sort_values("verdict", key=lambda said: said.map(_ORDER), kind="stable").reset_index(drop=True)
    products = [str(product) for product in rows["product"]]
    # Where nobody was told of a change there is no day to tell, and nothing was decided again.
    shown = [name for name in _SHOWN if rows[name].notna().any() and (name != "moved" or moved)]
    frame_view(
        rows, shown, alt=t("review.alt", count=len(rows)), key="review_products",
        codes={"product": str, "since": str, "told_on": str, "verdict": _verdict, "moved": _moved},
        on_row=lambda row: open_product(products[row]),
    )  # fmt: skip


def _moved(names: str) -> str:
    """What else has moved for a product, in the reader's words."""
    return t("list.join").join(target_words(name) for name in names.split(", ") if name)


def _verdict(said: str) -> str:
    return t(f"review.{said.replace(' ', '_')}")
