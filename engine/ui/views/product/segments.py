"""Customers of one product who wait differently: how long, how many, and how often they are served on time."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.evaluate.figures.readers import segment_figures
from engine.ui.language import t
from engine.ui.state.instances import draws_of, instance_of
from engine.ui.state.session import Answer
from engine.ui.views.frames import frame_view
from engine.ui.words import number, share

_SHOWN = ["segment", "share", "lead_time_target_days", "on_time", "lead_time_days"]


def segments_view(answer: Answer, product: str) -> None:
    """Draw the table; nothing where all customers of the product wait alike."""
    if product not in set(answer.scenario.segments["product"]):
        return
    figures = segment_figures(answer.scenario, instance_of(answer), answer.plan, cache=draws_of(answer))
    rows = figures[figures["product"] == product]
    st.header(t("segments.header"))
    st.markdown(t("segments.about"))
    frame_view(rows, _SHOWN, alt=t("segments.alt", count=len(rows), told=_told(rows)), key="segments")


def _told(figures: pd.DataFrame) -> str:
    """The rows in words."""
    rows = figures.itertuples()
    return t("list.join").join(
        t(
            "segments.told", segment=str(row.segment), share=share(float(str(row.share))),
            days=t("product.days", count=number(float(str(row.lead_time_target_days)))),
            on_time=share(float(str(row.on_time)), 1),
        )
        for row in rows
    )  # fmt: skip
