"""The decisions as a table: one row per product, switches first; a row selects its product."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from engine.decision.plan import told_at_least
from engine.evaluate.trust.certainty import counts
from engine.report.sentences.words import switches
from engine.scenario.plants import PLANT, has_plants
from engine.ui.language import language, sentences, t
from engine.ui.state.selection import open_product
from engine.ui.state.session import Answer
from engine.ui.words import certainty_mark, largest_costs, share, strategy_mark
from engine.ui.work.trust_study import badges_of, confidence_of
from engine.words.language import within

_TABLE, _SHOWN, _PLANT = "decisions", "decisions_shown", "decisions_plant"
# Rows up to which the table is as high as its content.
_LOW = 12
# Pixels in which a strategy's name can be read.
_NAME, _REASON = 150, 330


def choose_rows(answer: Answer) -> npt.NDArray[np.bool_]:
    """Draw the choice of rows: of a plant where there are some, and switches or all; shape (products,)."""
    inside, moved = _of_plant(answer), np.array(_moved(answer), dtype=bool)
    switched = inside & moved
    options = ["switches", "all"] if switched.any() else ["all"]
    wanted = st.session_state.get(_SHOWN)
    st.session_state[_SHOWN] = wanted if wanted in options else options[0]
    size = {"switches": int(switched.sum()), "all": int(inside.sum())}
    names = {option: t(f"table.{option}", count=size[option]) for option in options}
    chosen = st.radio(t("table.show"), options, key=_SHOWN, format_func=names.__getitem__, horizontal=True,
                      label_visibility="collapsed", persist_state="session")  # fmt: skip
    return switched if chosen == "switches" else inside


def decision_table(answer: Answer, chosen: npt.NDArray[np.bool_]) -> None:
    """Draw the table of some products: switches first, what saves most on top."""
    rows = table_rows(answer)
    switched = [n for n, moves in enumerate(_moved(answer)) if moves]
    shown = rows[chosen]
    order = shown.assign(stays=~shown.index.isin(switched), saved=shown["saving"].fillna(-np.inf))
    order = order.sort_values(["stays", "saved", "cost"], ascending=[True, False, False], kind="stable")
    shown = shown.loc[order.index]
    products = [str(product) for product in shown["product"]]

    def picked() -> None:
        marked = st.session_state[_TABLE]["selection"]["rows"]
        if marked:
            open_product(products[marked[0]])

    number = st.column_config.NumberColumn
    plain = st.column_config.TextColumn
    st.dataframe(
        shown,
        key=_TABLE,
        on_select=picked,
        selection_mode="single-row",
        hide_index=True,
        height=460 if len(shown) > _LOW else "auto",
        placeholder="",
        alt=t("table.alt", count=len(shown)),
        column_config={
            "product": plain(t("column.product"), pinned=True),
            "name": plain(t("column.name"), width=_NAME),
            "family": plain(t("column.family")),
            "plant": plain(t("column.plant")),
            "strategy": plain(t("column.strategy"), width=_NAME),
            "current": plain(t("column.current"), width=_NAME),
            "next_best": plain(t("column.next_best"), width=_NAME),
            "saving": number(t("column.saving"), format="localized", help=t("column.saving.help")),
            "cost": number(t("column.cost"), format="localized"),
            "regret": number(t("column.regret"), format="localized", help=t("column.regret.help")),
            "told": plain(t("column.told"), help=t("column.told.help")),
            "certainty": plain(t("column.certainty"), help=t("column.certainty.help")),
            "on_time": number(t("column.on_time"), format="%.1f%%"),
            "otif": number(t("column.otif"), format="%.1f%%", help=t("column.otif.help")),
            "lead_time": number(t("column.lead_time"), format="%.1f"),
            "inventory": number(t("column.inventory"), format="localized"),
            "reason": plain(t("column.reason"), width=_REASON, help=t("column.reason.help")),
        },
    )


def _of_plant(answer: Answer) -> npt.NDArray[np.bool_]:
    """Which products are of the plant that the reader asks for, where there are plants; shape (products,)."""
    plants = answer.scenario.products[PLANT].to_numpy(dtype=object)
    choices = sorted(set(plants.tolist()) - {""})
    if not choices:
        return np.ones(len(plants), dtype=bool)
    names = ["", *choices]
    chosen = st.selectbox(t("table.plant"), names, key=_PLANT, format_func=lambda one: one or t("table.plant.all"),
                          persist_state="session")  # fmt: skip
    return np.asarray((plants == chosen) | (chosen == ""))


def _moved(answer: Answer) -> list[bool]:
    """Whether a product leaves its current strategy, in the scenario's order."""
    decisions = answer.plan.decisions
    pairs = zip(decisions["current_strategy"], decisions["strategy"], strict=True)
    return [bool(before) and before != after for before, after in pairs]


def sureness(answer: Answer) -> str:
    """How many choices are how sure, and where nothing is judged yet, that none can be firm; '' before the proof."""
    if not answer.compared:
        return ""
    told = [t("table.sure.one", label=within(t(f"certainty.{badge}")), count=count)
            for badge, count in counts(badges_of(answer.plan)["certainty"]).items()]  # fmt: skip
    said = t("table.sure", counts=t("list.join").join(told))
    return said if confidence_of(answer.plan) else sentences([said, t("table.sure.not_judged")])


def table_rows(answer: Answer) -> pd.DataFrame:
    """The rows, money without cents, words in the reader's language."""
    decisions, products = answer.decisions, answer.scenario.products
    spoken = language()
    table = pd.DataFrame(
        {
            "product": decisions["product"],
            "current": [strategy_mark(k, spoken) for k in decisions["current_strategy"]],
            "strategy": [strategy_mark(k, spoken) for k in decisions["strategy"]],
            "saving": _savings(answer),
            "certainty": _certainty_cells(answer),
            # Behind what is decided, which a phone shows of a row without swiping.
            "name": products["name"].fillna("").to_numpy(),
            "reason": largest_costs(decisions, answer.plan.ledger, spoken),
            "next_best": [strategy_mark(k, spoken) for k in decisions["next_best"]],
            "regret": decisions["regret_per_year"],
            "told": _told(decisions),
            "cost": decisions["expected_cost_per_year"],
            "on_time": (decisions["on_time"] * 100.0).round(1),
            "otif": (decisions["otif"] * 100.0).round(1),
            "lead_time": decisions["lead_time_days"],
            "inventory": decisions["inventory_value"],
            "family": products["family"].to_numpy(),
        }
    )
    if has_plants(products):
        table["plant"] = products[PLANT].to_numpy()
    return table


def _certainty_cells(answer: Answer) -> list[str]:
    """The badge of each choice, and where the inputs are judged, in how many redraws it is kept; blank in a preview."""
    if not answer.compared:
        return [""] * len(answer.plan.decisions)
    confidence, badges = confidence_of(answer.plan), badges_of(answer.plan)
    return [
        certainty_mark(badge, language()) if product not in confidence
        else t("confidence.cell", label=certainty_mark(badge, language()), share=share(confidence[product][1]))
        for product, badge in zip(badges["product"], badges["certainty"], strict=True)
    ]  # fmt: skip


def _told(decisions: pd.DataFrame) -> list[str]:
    """Whether the regret is exact or a lower bound; blank where there is none."""
    bounds, mask = told_at_least(decisions)["regret_per_year"], decisions["regret_per_year"].notna()
    return [t("table.at_least" if bound else "table.exact") if there else ""
            for bound, there in zip(bounds, mask, strict=True)]  # fmt: skip


def _savings(answer: Answer) -> list[float]:
    """What each switch saves by itself; NaN for products that keep their strategy, and before the proof."""
    decisions = answer.decisions
    saved = switches(decisions).set_index("product")["saving_per_year"]
    return [float(saved.get(product, np.nan)) for product in decisions["product"]]
