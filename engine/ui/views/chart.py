"""A chart on the page, and the same as a picture to take away."""

from __future__ import annotations

from functools import partial
from typing import Any

import altair as alt
import streamlit as st

from engine.report.charts.pictures import png, svg
from engine.report.charts.specifications import Layers
from engine.ui.language import t
from engine.ui.views.downloads import file_name

# Of a picture; on the page a chart is as wide as its column.
_WIDTH = 900


def chart_view(chart: alt.Chart | Layers, *, name: str, key: str, alt: str, **options: Any) -> None:  # noqa: ANN401
    """Draw a chart with its two downloads.

    Parameters
    ----------
    chart : altair.Chart
    name : str
        Of the file.
    key : str
        Of the chart; the downloads have keys made of it.
    alt : str
        The chart for who cannot see it.
    **options
        Of `st.altair_chart`.
    """
    st.altair_chart(chart, key=key, alt=alt, **options)
    with st.container(horizontal=True, horizontal_alignment="right", gap="small", key=f"pictures_{key}"):
        for form, mime in (("png", "image/png"), ("svg", "image/svg+xml")):
            st.download_button(
                form.upper(), partial(picture, chart, form), file_name=file_name(name, f".{form}"), mime=mime,
                key=f"{form}_{key}", on_click="ignore", type="tertiary", help=t("chart.take", form=form.upper()),
            )  # fmt: skip


def picture(chart: alt.Chart | Layers, form: str) -> bytes:
    """The chart as a file; drawn when it is asked for."""
    wide = chart.properties(width=_WIDTH)
    return png(wide) if form == "png" else svg(wide).encode()
