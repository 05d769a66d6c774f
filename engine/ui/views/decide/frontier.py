"""Cost against inventory, promised lead time or service: plans of which none is worse in both, and who switches."""

from __future__ import annotations

import json
import math
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from engine.report.charts.specifications import Layers
from engine.report.content import truths
from engine.report.files import read_result
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.ui.charts.trust_charts import PICK_POINT, frontier_chart
from engine.ui.language import language, t
from engine.ui.state.levers import BY_NAME, LEVERS, NO_LIMIT_WEEKS, LeverState, levers_of, weekly_sales_at_cost
from engine.ui.state.memo import digest_of
from engine.ui.state.positions import put_next
from engine.ui.state.selection import open_product
from engine.ui.state.situation import Situation
from engine.ui.views.chart import chart_view
from engine.ui.views.frames import frame_view
from engine.ui.views.tabs import named
from engine.ui.words import gap, money, strategy_name
from engine.ui.work.proof import write_down
from engine.ui.work.studies import Study, result_of, study_panel

BY = {"inventory": "inventory_value", "lead_time": "promised_lead_time_days", "on_time": "on_time"}
_POINTS = "10"
# Gap of the points at first and once refined, the latter that of the plan, and samples on which strategies of rough
# points are looked for by inventory. All figures are of the scenario's own samples: the first point is the plan that
# every other page shows.
_ROUGH, _FINE, _ROUGH_SAMPLES = "0.01", "0.001", "100"
# Rows up to which the table of switches is as high as its content.
_LOW = 8


def frontier_view(inputs: Situation) -> None:
    """Draw the choice, the study, its chart and what can be adopted."""
    st.header(t("frontier.header"))
    scenario = inputs.scenario
    if scenario is None:
        return
    by = str(st.radio(t("frontier.by"), list(BY), format_func=named(list(BY), _by), key="frontier_by", horizontal=True))

    fine = _study(scenario, by, "refined")
    refined = result_of(fine)
    result = refined if isinstance(refined, tuple) else study_panel(_study(scenario, by, "frontier"))
    if isinstance(result, tuple):
        if refined is not result and truths(result[0]["rough"]).any():
            study_panel(fine)
        _draw(inputs, scenario, by, result)


def refined_points(scenario: Scenario) -> pd.DataFrame | None:
    """The points of a frontier that were decided as finely as the plan, in the first way of `BY` that was asked for."""
    for by in BY:
        study = result_of(_study(scenario, by, "refined"))
        if isinstance(study, tuple):
            points: pd.DataFrame = study[0]
            return points
    return None


def _study(scenario: Scenario, by: str, kind: str) -> Study:
    """The frontier at first, or refined."""

    def prepare(folder: Path) -> list[str]:
        write_down(scenario, folder / "scenario")
        return ["frontier", str(folder / "scenario"), "--out", str(folder / "out"), "--by", by, "--points", _POINTS,
                "--point-gap", {"frontier": _ROUGH, "refined": _FINE}[kind], "--point-samples", _ROUGH_SAMPLES,
                "--verbose"]  # fmt: skip

    # While points are refined, all of them are drawn.
    so_far = partial(_draw_so_far, by) if kind == "frontier" else None
    return Study(
        kind=kind, key=(digest_of(scenario), by), prepare=prepare, read=_read, share=_share, so_far=so_far
    )


def _read(folder: Path, _: int) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    out = folder / "out"
    samples = int(json.loads((out / "summary.json").read_text(encoding="utf-8"))["samples"])
    return read_result(out / "frontier.csv"), read_result(out / "switches.csv"), samples


def known(amount: float, within: float) -> str:
    """An amount with no more digits than are known within a share of it, and a sign that it has no more.

    Examples
    --------
    >>> known(552503.2, 0.01), known(48210.0, 0.01)
    ('≈ 553,000', '≈ 48,200')
    """
    digits = math.floor(math.log10(max(abs(amount) * within, 1.0)))
    return f"≈ {money(round(amount, -digits))}"


def _share(folder: Path) -> float:
    said = (folder / "stderr").read_text(encoding="utf-8", errors="replace") if (folder / "stderr").is_file() else ""
    return said.count("\n") / int(_POINTS)


def _draw_so_far(by: str, folder: Path) -> None:
    """Draw the points that are written by now."""
    try:
        points = read_result(folder / "out" / "frontier.csv")
    except OSError:
        return
    kept = _kept(points)
    st.markdown(t("frontier.so_far", done=len(points), points=_POINTS))
    st.altair_chart(_chart(kept, by), alt=t("frontier.alt", count=len(kept)))


def _kept(points: pd.DataFrame) -> pd.DataFrame:
    """The points of which none is worse than another, with what the chart tells of each."""
    kept = points[truths(points["kept"])].reset_index(drop=True)
    spoken = language()
    kept["told"] = [
        t("list.join").join(f"{strategy_name(k, spoken)} {int(row[k])}" for k in STRATEGIES)
        for row in kept.to_dict("records")
    ]
    kept["rough"], kept["plan"] = truths(kept["rough"]), truths(kept["plan"])
    kept["cost_told"] = [
        known(cost, float(_ROUGH)) if rough else money(cost)
        for cost, rough in zip(kept["cost_per_year"], kept["rough"], strict=True)
    ]
    return kept


def _chart(kept: pd.DataFrame, by: str) -> Layers:
    words = {"across": t(f"column.{BY[by]}"), "cost": t("column.cost_per_year"), "point": t("column.point"),
             "mix": t("column.strategy"), "here": t("frontier.here")}  # fmt: skip
    return frontier_chart(kept, BY[by], words=words)


def _draw(
    inputs: Situation, scenario: Scenario, by: str, traded: tuple[pd.DataFrame, pd.DataFrame, int]
) -> None:
    points, switches, samples = traded
    kept = _kept(points)
    currency, spoken = scenario.settings.currency, language()
    st.markdown(t("frontier.about", samples=samples, kept=len(kept), currency=currency))
    if kept["rough"].any():
        proven = bool((kept["gap"] <= float(_ROUGH)).all())
        st.markdown(t("frontier.rough", gap=gap(float(_ROUGH))) if proven else t("frontier.rough_sampled"))
    key = f"frontier_{by}_{spoken}"
    numbers = [int(point) for point in kept["point"]]

    def picked() -> None:
        marks = st.session_state[key]["selection"].get(PICK_POINT, [])
        if marks and int(marks[0].get("point", 0)) in numbers:
            st.session_state[f"frontier_point_{by}"] = int(marks[0]["point"])

    chart_view(_chart(kept, by), name=t("frontier.header"), key=key, on_select=picked,
               selection_mode=PICK_POINT, alt=t("frontier.alt", count=len(kept)))  # fmt: skip
    # The price of a step is the difference of two costs: between rough points no digit of it is known.
    kept["marginal_cost"] = kept["marginal_cost"].where(~(kept["rough"] | kept["rough"].shift(fill_value=False)))
    cost = "cost_told" if kept["rough"].any() else "cost_per_year"
    frame_view(kept, ["point", cost, "inventory_value", "promised_lead_time_days", "on_time", *STRATEGIES,
                      "marginal_cost"], alt=t("frontier.alt", count=len(kept)))  # fmt: skip
    chosen = int(st.selectbox(t("frontier.point"), numbers, key=f"frontier_point_{by}"))
    row = kept[kept["point"] == chosen].iloc[0]
    target = None if row["plan"] else adopted(inputs, scenario, by, float(row["limit"]))
    if row["plan"]:
        st.markdown(t("frontier.is_plan"))
    elif target is None:
        st.markdown(t("frontier.cannot_adopt"))
    else:
        st.button(t("frontier.adopt", point=chosen), key="frontier_adopt", on_click=put_next, args=(target,))
        st.markdown(t(f"frontier.adopt_{by}"))
    st.markdown(t("frontier.switches"))
    if switches.empty:
        st.markdown(t("frontier.no_switch"))
        return
    moves = switches.sort_values(["from_point", "to_point", "product"], kind="stable").reset_index(drop=True)
    products = [str(product) for product in moves["product"]]
    names = dict(zip(scenario.products["product"], scenario.products["name"].fillna(""), strict=True))
    moves["step"] = [t("frontier.step", before=a, after=b)
                     for a, b in zip(moves["from_point"], moves["to_point"], strict=True)]  # fmt: skip
    moves["name"] = [names.get(product, "") for product in products]
    frame_view(moves, ["step", "product", "name", "strategy_from", "strategy_to"], key=f"frontier_moves_{by}",
               alt=t("frontier.moves.alt", count=len(moves)), codes={"step": str, "product": str, "name": str},
               height=320 if len(moves) > _LOW else None, on_row=lambda row: open_product(products[row]))  # fmt: skip


def adopted(inputs: Situation, scenario: Scenario, by: str, limit: float) -> LeverState | None:
    """The inputs that lead to a point; None where no lever does."""
    names = {lever.name for lever in levers_of(inputs.given)}
    moved = dict(inputs.what_if.moved)
    if by == "inventory":
        given = inputs.given.settings.inventory_budget
        if given == 0.0:
            # Of no budget no share is one.
            return None
        if given is not None:
            moved["budget"] = limit / given * 100.0
        else:
            weeks = limit / max(weekly_sales_at_cost(scenario), 1e-9)
            if weeks >= NO_LIMIT_WEEKS:
                return None
            moved["budget_weeks"] = weeks
    elif by == "on_time":
        moved["on_time"] = limit * 100.0
    else:
        moved["lead_time_target"] = moved.get("lead_time_target", 100.0) * limit
    bounded = {
        name: min(max(value, BY_NAME[name].low), BY_NAME[name].high) for name, value in moved.items() if name in names
    }
    ordered = tuple((lever.name, round(bounded[lever.name], 6)) for lever in LEVERS if lever.name in bounded)
    family = inputs.what_if.family if by == "inventory" else ""
    return LeverState(scenario=inputs.what_if.scenario, variant=inputs.what_if.variant, family=family, moved=ordered,
                  locks=inputs.what_if.locks)  # fmt: skip


def _by(name: str) -> str:
    return t(f"frontier.{name}")


