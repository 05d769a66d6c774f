"""When things happen, and how much demand arrives meanwhile."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from engine.demand.streams import Array
from engine.ui.charts.product_charts import demand_chart, timeline_chart
from engine.ui.charts.timeline import timeline
from engine.ui.language import language, t
from engine.ui.state.instances import explanation_of, instance_of
from engine.ui.state.session import Answer
from engine.ui.views.chart import chart_view
from engine.ui.words import number, share, strategy_name

_BINS = 24


def timeline_view(answer: Answer, product: str) -> None:
    """Draw the line of days, then the samples of demand."""
    st.header(t("timeline.header"))
    st.markdown(t("timeline.about"))
    bars, target = timeline(answer.scenario, product)
    shown = bars.assign(lane=[_lane(row) for row in bars.to_dict("records")])
    shown["told"] = [t("timeline.days", start=f"{a:g}", end=f"{b:g}") for a, b in zip(bars["start"], bars["end"],
                                                                                   strict=True)]  # fmt: skip
    words = {"days": t("timeline.axis"), "order": t("timeline.order"), "promise": t("timeline.promise"),
             "what": t("timeline.what")}  # fmt: skip
    phases = {phase: t(f"timeline.{phase}") for phase in ("ahead", "after", "delivery", "late", "accepted")}
    chart_view(timeline_chart(shown, words=words, phases=phases, target=target), name=f"{product}-time", key="timeline",
               alt=_told(shown, phases))  # fmt: skip
    st.header(t("samples.header"))
    _samples(answer, product)


def _lane(row: Mapping[Hashable, Any]) -> str:
    if not row["strategy"]:
        return t("timeline.wait")
    name = strategy_name(str(row["strategy"]), language())
    if str(row["item"]).startswith("+"):
        return t("timeline.lane", strategy=name, what=t("timeline.more_parts", count=str(row["item"])[1:]))
    # Delivery follows on the line of what goes before it.
    what = str(row["item"]) or t("timeline.assemble" if row["strategy"] == "ATO" else "timeline.make")
    return t("timeline.lane", strategy=name, what=what)


def _told(shown: pd.DataFrame, phases: dict[str, str]) -> str:
    return t("list.join").join(
        t("timeline.alt", lane=row.lane, phase=phases[str(row.phase)], days=row.told) for row in shown.itertuples()
    )


def _samples(answer: Answer, product: str) -> None:
    instance = instance_of(answer)
    i = instance.products.index(product)
    demand = instance.stock.demand[i]
    if demand.max() <= 0.0:
        st.markdown(t("samples.none"))
        return
    explanation = explanation_of(answer, product)
    windows = None if explanation.windows.empty else explanation.windows[explanation.windows["strategy"] == "MTS"]
    level = None if windows is None or windows.empty else float(windows["base_stock"].iloc[0])
    words = {
        "demand": t("samples.demand"), "share": t("samples.share"), "met": t("samples.met"),
        "short": t("samples.short"),
        "level": t("samples.level", level=number(level or 0.0)),
    }  # fmt: skip
    batch = float(instance.stock.batch[i])
    if level is None:
        st.markdown(t("samples.about_no_stock", mean=number(float(demand.mean())), samples=f"{len(demand):,}"))
    else:
        # The batch lies on top of the reorder level; the mean of it is half.
        met = float((instance.stock.net[i] <= level).mean())
        key = "samples.about_batch" if batch > 0.0 else "samples.about"
        st.markdown(t(key, mean=number(float(demand.mean())), samples=f"{len(demand):,}", level=number(level),
                      share=share(met, 1), batch=number(batch)))  # fmt: skip
    counts = histogram(demand, level, met=words["met"], short=words["short"])
    chart_view(demand_chart(counts, level, words=words), name=f"{product}-demand", key="samples", alt=t("samples.alt"))


def histogram(demand: Array, level: float | None, *, met: str, short: str) -> pd.DataFrame:
    """Bars of equal width, one edge at the level: low, high, share, met.

    Demand in whole units has a bar for each, as wide as a unit, while there are few.
    """
    if float(demand.max()) <= _BINS and not np.mod(demand, 1.0).any():
        units, counts = np.unique(demand, return_counts=True)
        table = pd.DataFrame({"low": units - 0.5, "high": units + 0.5, "share": counts / len(demand)})
        inside = np.ones(len(table), dtype=bool) if level is None else units <= level + 1e-9
        table["met"] = np.where(inside, met, short)
        return table
    width = max(float(demand.max()) / _BINS, 1e-9)
    start = 0.0 if level is None else level - np.ceil(level / width) * width
    edges = np.arange(start, float(demand.max()) + width, width)
    counts, edges = np.histogram(demand, bins=np.append(edges, edges[-1] + width))
    table = pd.DataFrame({"low": edges[:-1].clip(min=0.0), "high": edges[1:], "share": counts / len(demand)})
    inside = np.ones(len(table), dtype=bool) if level is None else table["high"].to_numpy() <= level + 1e-9
    table["met"] = np.where(inside, met, short)
    return table[table["share"] > 0.0]
