"""Products of a catalogue run: looked for, one of them in full, taken away as CSV or Parquet."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd
import streamlit as st

from engine.catalog.results.browse import Found, Wanted, browse, csv_bytes, parquet_bytes
from engine.catalog.results.report import BatchReport
from engine.decision.plan import at_least_of
from engine.decision.tables.order_points import ORDER_POINTS
from engine.evaluate.trust.certainty import Certainty, certainties_of
from engine.report.as_shown import decisions_as_shown
from engine.scenario.columns import STRATEGIES
from engine.ui.language import language, sentences, t
from engine.ui.state.memo import kept
from engine.ui.views.downloads import file_name
from engine.ui.views.frames import frame_view
from engine.ui.views.tabs import named
from engine.ui.words import MISSING, certainty_mark, money, number, share, strategy_name
from engine.ui.work.runs import Run
from engine.words.language import within

_SHOWN, _REMEMBERED, _PRODUCT = 500, 6, "batch_product"
# Written in the server's memory: more rows are taken away as Parquet.
_CSV_ROWS = 200_000
_ALL, _NO_FAMILY = "all", "(none)"


def products_view(run: Run, report: BatchReport) -> None:
    """Draw filters, the products found, the one selected, and the downloads."""
    st.header(t("batch.browse"))
    wanted = _filters(report)
    memo: dict[tuple[str, Wanted], Found] = st.session_state.setdefault("_browsed", {})
    page = kept(memo, (run.key, wanted), lambda: browse(run.out, wanted, most=_SHOWN), most=_REMEMBERED)
    currency = str(report.summary["currency"])
    st.markdown(t("batch.found" if page.count <= _SHOWN else "batch.found.first", count=f"{page.count:,}",
                  shown=f"{_SHOWN:,}", cost=money(page.cost_per_year, currency),
                  saving=money(page.saving_per_year, currency)))  # fmt: skip
    if page.count:
        _table(page)
    _downloads(run, report, wanted, page.count)


def _filters(report: BatchReport) -> Wanted:
    families = [_ALL, *(str(name) for name in report.mix["family"])] if len(report.mix) else [_ALL]
    search, family, strategy, certainty = st.columns([2, 1, 1, 1])
    part = str(search.text_input(t("batch.search"), key="batch_search", max_chars=80, persist_state="session"))
    chosen = str(family.selectbox(t("column.family"), families, key="batch_family", persist_state="session",
                                  format_func=named(families, lambda one: t("batch.any") if one == _ALL else one)))
    codes = [_ALL, *STRATEGIES]
    code = str(strategy.selectbox(t("column.strategy"), codes, key="batch_strategy", persist_state="session",
                                  format_func=named(codes, lambda one: t("batch.any") if one == _ALL
                                                    else strategy_name(one, language()))))
    badges = [_ALL, Certainty.LIKELY.value, Certainty.OPEN.value]
    badge = str(certainty.selectbox(t("column.certainty"), badges, key="batch_certainty", persist_state="session",
                                    format_func=named(badges, lambda one: t("batch.any") if one == _ALL
                                                      else certainty_mark(one, language()))))  # fmt: skip
    moved = st.toggle(t("batch.only_switches"), key="batch_only_switches", persist_state="session")
    return Wanted(search=part, family=_given(chosen if chosen != _NO_FAMILY else ""), strategy=_given(code),
                  certainty=_given(badge), switching=moved)  # fmt: skip


def _given(choice: str) -> str | None:
    return None if choice == _ALL else choice


def _table(page: Found) -> None:
    shown_as = {"expected_cost_per_year": "cost_per_year", "regret_per_year": "regret", "lead_time_days": "lead_time"}
    rows = decisions_as_shown(page.rows).rename(columns=shown_as)
    products = [str(product) for product in rows["product"]]
    frame_view(
        rows,
        ["product", "family", "strategy", "current_strategy", "saving_per_year", "certainty", "cost_per_year",
         "regret", "on_time", "lead_time", "inventory_value"],
        alt=t("batch.browse.alt", count=len(rows)), key="batch_rows", height=460 if len(rows) > 12 else None,
        codes={"product": str, "family": str, "certainty": lambda badge: certainty_mark(badge, language())},
        on_row=lambda row: st.session_state.update({_PRODUCT: products[row]}),
    )  # fmt: skip
    product = st.session_state.get(_PRODUCT)
    if product in products:
        _card(page.rows.iloc[[products.index(product)]])
    else:
        st.markdown(t("batch.select"))


def _card(rows: pd.DataFrame) -> None:
    """One product: what is decided, how sure that is, what each strategy costs, and how it is stocked."""
    row = rows.iloc[0]
    spoken, chosen, current = language(), str(row["strategy"]), str(row["current_strategy"])
    with st.container(border=True, key="batch_card"):
        st.subheader(str(row["product"]))
        key = "batch.card.decision" if current else "batch.card.decision_new"
        said = t(key, strategy=strategy_name(chosen, spoken), current=strategy_name(current, spoken))
        doubt = str(certainties_of(rows)["doubt"].iloc[0])
        sure = t("product.certainty", badge=certainty_mark(str(row["certainty"]), spoken),
                 why=within(t(f"doubt.{doubt}")))  # fmt: skip
        st.markdown(sentences([said, sure, t(f"batch.basis.{row['basis']}")]))
        lines = [f"| {t('column.strategy')} | {t('column.cost_per_year')} |", "|---|--:|"]
        for strategy in STRATEGIES:
            name, cost = strategy_name(strategy, spoken), money(_finite(row[f"cost_if_{strategy}"]))
            cost = t("batch.card.at_least", cost=cost) if strategy in at_least_of(row) else cost
            lines.append(f"| **{name}** | **{cost}** |" if strategy == chosen else f"| {name} | {cost} |")
        st.markdown("\n".join(lines))
        facts = [t("batch.card.facts", on_time=share(_finite(row["on_time"]), 1), otif=share(_finite(row["otif"]), 1),
                   lead_time=number(_finite(row["lead_time_days"])), inventory=money(_finite(row["inventory_value"])))]
        levels = {name: number(_finite(row[name])) for name in ORDER_POINTS}
        if levels["order_up_to"] != MISSING:
            facts.append(t("product.lots" if _finite(row["lot_size"]) > 0.0 else "product.levels", **levels))
        st.markdown(sentences(facts))


def _downloads(run: Run, report: BatchReport, wanted: Wanted, count: int) -> None:
    name = str(report.summary["scenario"])
    one, two = st.columns(2)
    if 0 < count <= _CSV_ROWS:
        one.download_button(t("batch.csv", count=f"{count:,}"), partial(csv_bytes, run.out, wanted), mime="text/csv",
                            file_name=file_name(f"{name}-decisions", ".csv"), key="batch_csv", width="stretch",
                            on_click="ignore")  # fmt: skip
    elif count:
        one.markdown(t("batch.csv.many", most=f"{_CSV_ROWS:,}"))
    two.download_button(t("batch.parquet"), partial(parquet_bytes, run.out), mime="application/zip", width="stretch",
                        file_name=file_name(f"{name}-run", ".zip"), key="batch_parquet", on_click="ignore")  # fmt: skip


def _finite(value: object) -> float:
    return math.nan if value is None else float(str(value))
