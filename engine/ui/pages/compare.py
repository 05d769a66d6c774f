"""Compare: variants and what was pinned side by side, what rules of thumb cost, three readers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from engine.scenario.columns import STRATEGIES
from engine.scenario.settings import RulesInUse
from engine.ui.charts.product_charts import waterfall_chart
from engine.ui.language import language, t
from engine.ui.layout import in_place
from engine.ui.state.deltas import delta_words
from engine.ui.state.memo import digest_of
from engine.ui.state.positions import put_next
from engine.ui.state.selection import open_product
from engine.ui.state.situation import Situation, situation
from engine.ui.views.chart import chart_view
from engine.ui.views.compare.readers import readers_view
from engine.ui.views.compare.saved_runs import saved_view
from engine.ui.views.differences import COST, ON_TIME
from engine.ui.views.frames import frame_view
from engine.ui.views.product.ledgers import waterfall_words
from engine.ui.views.tabs import choose_view, named
from engine.ui.words import MISSING, money, strategy_name
from engine.ui.words import share as percent
from engine.ui.work.compare_study import CaseColumn, Compared, keep_cases, prepare, read, share, sides
from engine.ui.work.studies import Study, study_panel

VIEWS = ("sides", "rules", "readers")


def page() -> None:
    """Draw the page."""
    st.title(t("compare.title"))
    inputs = situation()
    if inputs is None:
        return
    view = choose_view("compare_view", VIEWS)
    if view == "readers":
        readers_view(inputs)
        return
    columns = sides(inputs.base, inputs.what_if)
    chosen = choose(inputs, columns)
    if view == "sides":
        saved_view(inputs)
    if len(chosen) < 2:
        st.info(t("compare.choose_more"))
        return
    base, key = inputs.base, tuple(side.what_if or side.key for side in chosen)
    study = Study(
        kind="compare", key=(digest_of(base), key), prepare=lambda folder: prepare(folder, base, chosen), share=share,
        read=lambda folder, _: _read(folder, chosen),
    )  # fmt: skip
    compared = study_panel(study)
    if isinstance(compared, Compared):
        names = {side.key: side.name for side in chosen}
        keep_cases(base, compared, names)
        if view == "sides":
            side_by_side(compared, chosen, names)
        else:
            rules(compared, names, base.settings.rules_in_use)


def _read(folder: Path, chosen: list[CaseColumn]) -> Compared:
    return read(folder, chosen)


def choose(inputs: Situation, columns: Mapping[str, CaseColumn]) -> list[CaseColumn]:
    """Which cases; the first is what the others are held against."""
    first = [key for key in columns if key != "base"][:2]
    kept = [key for key in st.session_state.get("compare_sides", ["base", *first]) if key in columns]
    st.session_state["compare_sides"] = kept or ["base", *first]
    keys = st.multiselect(
        t("compare.sides"), list(columns), format_func=named(list(columns), lambda key: columns[key].name),
        key="compare_sides", help=t("compare.sides.help"), max_selections=6, persist_state="session",
        placeholder=t("compare.placeholder"),
    )  # fmt: skip
    chosen = [columns[key] for key in keys]
    _notes(inputs, chosen)
    return chosen


@in_place
def _notes(inputs: Situation, chosen: list[CaseColumn]) -> None:
    """What each case differs in."""
    for side in chosen:
        if side.run is not None:
            cost = money(side.run.cost_per_year, side.run.currency)
            st.markdown(t("compare.run_delta", name=side.name, cost=cost, samples=f"{side.run.samples:,}"))
        elif side.what_if is not None and side.key != "base":
            st.markdown(t("compare.delta", name=side.name, changes=delta_words(side.what_if, inputs.base)))


def side_by_side(compared: Compared, chosen: list[CaseColumn], names: Mapping[str, str]) -> None:
    """Costs with differences, the way from one to the other, who switches."""
    currency = str(compared.summary["currency"])
    st.header(t("compare.costs"))
    st.markdown(t("compare.about", samples=f"{compared.summary['samples']:,}", currency=currency))
    relative = st.radio(t("compare.differences"), ["money", "percent"], horizontal=True, key="compare_differences",
                        format_func=named(["money", "percent"], _unit)) == "percent"  # fmt: skip
    st.markdown(cases_table(compared, names, relative=relative))
    for row in compared.cases.iloc[1:].to_dict("records"):
        st.markdown(verdict(row, names, currency, first=float(compared.cases["cost_per_year"].iloc[0])))
    others = chosen[1:]
    key = str(st.selectbox(t("compare.other"), [side.key for side in others], key="compare_other",
                           format_func=named([side.key for side in others], names.__getitem__)))  # fmt: skip
    side = next(side for side in others if side.key == key)
    if side.what_if is not None:
        st.button(t("compare.open", name=side.name), key="compare_open", on_click=put_next, args=(side.what_if,))
    st.header(t("compare.waterfall"))
    steps = waterfall(compared, chosen[0], side)
    alt = t("list.join").join(t("whynot.step", step=s.step, change=money(float(str(s.change))))
                              for s in steps.itertuples())  # fmt: skip
    chart = waterfall_chart(steps, words=waterfall_words(currency))
    chart_view(chart, name=t("compare.title"), key="compare_waterfall", alt=alt)
    st.header(t("compare.switches"))
    switched = compared.switches[compared.switches["case"] == key]
    if switched.empty:
        st.markdown(t("compare.no_switch"))
        return
    products = [str(product) for product in switched["product"]]
    frame_view(switched, ["product", "strategy_first", "strategy", "cost_first_per_year", "cost_per_year"],
               alt=t("compare.switches.alt", count=len(switched)), key="compare_switches",
               on_row=lambda row: open_product(products[row]))  # fmt: skip


def cases_table(compared: Compared, names: Mapping[str, str], *, relative: bool) -> str:
    """Measures as lines, cases as columns: the first as it is, the others with their difference."""
    rows = compared.cases.to_dict("records")
    lines = ["| " + " | ".join(["", *(names[str(row["case"])] for row in rows)]) + " |", "|:--|" + "--:|" * len(rows)]
    for name in ("cost_per_year", "inventory_value", "on_time", *STRATEGIES):
        title = strategy_name(name, language()) if name in STRATEGIES else t(f"column.{name}")
        cells = []
        for n, row in enumerate(rows):
            value, first = float(row[name]), float(rows[0][name])
            shown = percent(value, 1) if name == "on_time" else money(value)
            change = _change(name, value, first, relative=relative)
            same = n == 0 or value == first
            cells.append(shown if same else t("compare.cell", value=shown, change=change))
        lines.append("| " + " | ".join([title, *cells]) + " |")
    return "\n".join(lines)


def _change(name: str, value: float, first: float, *, relative: bool) -> str:
    # Of the figures as they are shown, like every difference.
    digits = ON_TIME.digits if name == "on_time" else 0
    more = round(value, digits) - round(first, digits)
    sign = "+" if more >= 0.0 else "−"
    if name == "on_time":
        return f"{sign}{t('headline.points', points=f'{abs(more) * 100:.1f}')}"
    if relative and name not in STRATEGIES:
        return f"{sign}{abs(more) / abs(first):.1%}" if first else MISSING
    return f"{sign}{money(abs(more))}"


def verdict(row: Mapping[object, object], names: Mapping[str, str], currency: str, *, first: float) -> str:
    """What the paired interval says, in words."""
    values = {str(key): value for key, value in row.items()}
    said = str(values["verdict"]).replace(" ", "_")
    more = COST.difference(float(str(values["cost_per_year"])), first)
    low, high = (float(str(values[name])) for name in ("low", "high"))
    interval = t("compare.interval", low=money(low), high=money(high, currency)) if math.isfinite(low) else MISSING
    amount = money(abs(more), currency)
    return t(f"compare.{said}", name=names[str(values["case"])], difference=amount, interval=interval)


def waterfall(compared: Compared, first: CaseColumn, other: CaseColumn) -> pd.DataFrame:
    """Steps from the cost of one case to that of another, largest change first."""
    terms, cost = compared.terms, compared.cases.set_index("case")["cost_per_year"].astype(float)
    at, end = float(cost[first.key]), float(cost[other.key])
    rows: list[dict[str, object]] = [{"step": first.name, "start": 0.0, "end": at, "kind": "total", "change": at}]
    case_terms = terms[terms["case"] == other.key]
    for term, change in sorted(zip(case_terms["term"], case_terms["difference_per_year"].astype(float), strict=True),
                               key=lambda pair: -abs(pair[1])):  # fmt: skip
        if abs(change) >= 0.5:
            kind = "more" if change > 0.0 else "less"
            rows.append({"step": t(f"term.{term}"), "start": at, "end": at + change, "kind": kind, "change": change})
            at += change
    rows.append({"step": other.name, "start": 0.0, "end": end, "kind": "total", "change": end})
    return pd.DataFrame(rows)


def rules(compared: Compared, names: Mapping[str, str], used: RulesInUse) -> None:
    """What strategies by rule of thumb cost over the plan."""
    currency = str(compared.summary["currency"])
    st.header(t("rules.header"))
    st.markdown(t("rules.about", currency=currency))
    table = compared.rules.assign(case=compared.rules["case"].map(names))
    frame_view(
        table,
        ["case", "rule", "cost_per_year", "over_plan_per_year", "low", "high", "verdict", "inventory_value", "on_time",
         "other_than_plan", "replaced"],
        alt=t("rules.alt", count=len(table)),
        codes={"rule": _rule, "verdict": _verdict, "case": str},
    )  # fmt: skip
    st.markdown(t("rules.what", table=table_words(used)))


def table_words(used: RulesInUse) -> str:
    """The client's ABC-XYZ table in a line.

    Examples
    --------
    >>> table_words(RulesInUse())
    'AX MTS, AY ATO, AZ ATO; BX MTS, BY ATO, BZ MTO; CX MTS, CY MTS, CZ MTO'
    """
    rows = used.model_dump().items()
    return "; ".join(", ".join(f"{a}{x} {strategy}" for x, strategy in row.items()) for a, row in rows)


def _rule(code: str) -> str:
    return t(f"rule.{code.replace(' ', '_').replace('-', '_').replace(':', '_')}")


def _verdict(code: str) -> str:
    return t(f"verdict_word.{code.replace(' ', '_')}")


def _unit(unit: str) -> str:
    return t(f"compare.{unit}")


if __name__ == "__main__":
    page()
