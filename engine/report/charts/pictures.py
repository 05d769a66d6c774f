"""Charts as pictures, drawn without a browser."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import altair as alt

from engine.report.charts.specifications import Layers

_FONT = "Segoe UI, Helvetica Neue, Arial, Liberation Sans, Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"
LABEL = 320
# Of a picture on its own, so that it stays sharp on paper.
_SCALE = 2.0


def svg(chart: alt.Chart | Layers) -> str:
    """A chart as SVG."""
    return str(import_module("vl_convert").vegalite_to_svg(_specification(chart)))


def png(chart: alt.Chart | Layers) -> bytes:
    """A chart as PNG on white."""
    drawn: bytes = import_module("vl_convert").vegalite_to_png(_specification(chart), scale=_SCALE)
    return drawn


def _specification(chart: alt.Chart | Layers) -> dict[str, Any]:
    drawn = chart.configure(font=_FONT, background="white").configure_view(stroke=None).configure_axis(
        labelFontSize=12, titleFontSize=12, gridColor="#e4e4e4", labelLimit=LABEL, titlePadding=12
    ).configure_legend(labelFontSize=12, title=None)  # fmt: skip
    specification: dict[str, Any] = drawn.to_dict()
    # A picture has no clicks.
    specification.pop("params", None)
    return specification
