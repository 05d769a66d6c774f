"""Why this strategy: three ledgers side by side, the way from the chosen to the best rejected one, what limits it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from engine.evaluate.reasons.explain import Explanation
from engine.scenario.columns import STRATEGIES
from engine.ui.charts.product_charts import waterfall_chart
from engine.ui.language import language, t
from engine.ui.state.instances import explanation_of
from engine.ui.state.session import Answer
from engine.ui.views.chart import chart_view
from engine.ui.views.differences import COST
from engine.ui.views.glossary import explained
from engine.ui.words import MISSING, money, strategy_name

_OTHERS, _TOTAL = "other products", "total"
# A term that is nothing under every strategy has no line.
_SHOWN_FROM = 0.5


def ledgers_view(answer: Answer, product: str) -> None:
    """Draw the ledgers, the waterfall and the limits."""
    explanation = explanation_of(answer, product)
    status = t(f"status.{answer.label.value}")
    st.header(t("ledgers.header"))
    terms = _all_of_them(explanation).abs().max(axis=1)
    st.markdown(t("ledgers.about", currency=explanation.currency, status=status),
                help=explained(str(term) for term in terms.index[terms >= _SHOWN_FROM]))  # fmt: skip
    st.markdown(ledger_table(explanation))
    spoken = language()
    for strategy, why in explanation.unavailable.items():
        told = why.words(spoken)
        st.markdown(t("ledgers.unavailable", strategy=strategy_name(strategy, spoken), why=told))
    st.header(t("whynot.header"))
    _why_not(explanation)


def ledger_table(explanation: Explanation) -> str:
    """Terms as lines, strategies as columns, the chosen one in bold: nothing is cut off however narrow the page.

    Strategies that a rule forbids are grey.
    """
    ledgers, spoken = _all_of_them(explanation), language()
    grey = [k for k in STRATEGIES if np.isfinite(explanation.barred[k][_TOTAL])]
    heads = [_grey(t("ledgers.forbidden", strategy=strategy_name(k, spoken))) if k in grey else strategy_name(k, spoken)
             for k in STRATEGIES]  # fmt: skip
    lines = ["| " + " | ".join([t("ledgers.term"), *heads]) + " |", "|:--|--:|--:|--:|"]
    for term, row in ledgers.iterrows():
        name = str(term)
        if name != _TOTAL and not (row.abs() >= _SHOWN_FROM).any():
            continue
        cells = [MISSING if np.isnan(row[k]) else money(float(row[k])) for k in STRATEGIES]
        bold = name == _TOTAL
        shown = [f"**{cell}**" if bold or k == explanation.strategy else cell
                 for k, cell in zip(STRATEGIES, cells, strict=True)]  # fmt: skip
        shown = [_grey(cell) if k in grey else cell for k, cell in zip(STRATEGIES, shown, strict=True)]
        head = f"**{_term(name)}**" if bold else _term(name)
        lines.append("| " + " | ".join([head, *shown]) + " |")
    return "\n".join(lines)


def _all_of_them(explanation: Explanation) -> pd.DataFrame:
    """The ledgers, with those of strategies that a rule forbids."""
    return explanation.ledgers.fillna(explanation.barred)


def _grey(words: str) -> str:
    return f":gray[{words}]"


def _term(name: str) -> str:
    keys = {_OTHERS: "ledgers.others", _TOTAL: "ledgers.total"}
    return t(keys.get(name, f"term.{name}"))


def _why_not(explanation: Explanation) -> None:
    # What a rule forbids is held against the choice where nothing else is there: that is what the rule costs or spares.
    only = explanation.ledgers.loc[_TOTAL].count() <= 1
    spoken, ledgers = language(), _all_of_them(explanation) if only else explanation.ledgers
    totals = dict(zip(STRATEGIES, ledgers.loc[_TOTAL, list(STRATEGIES)].to_numpy(dtype=float).tolist(), strict=True))
    others = {k: cost for k, cost in totals.items() if k != explanation.strategy and np.isfinite(cost)}
    if not others:
        st.markdown(t("whynot.only"))
    else:
        best = min(others, key=others.__getitem__)
        more = COST.difference(others[best], totals[explanation.strategy])
        key = f"whynot.{'barred_' if only else ''}{'more' if more >= 0.0 else 'less'}"
        st.markdown(
            t(key, best=strategy_name(best, spoken), chosen=strategy_name(explanation.strategy, spoken),
              difference=money(abs(more), explanation.currency))
        )  # fmt: skip
        steps = waterfall(explanation, best)
        words = waterfall_words(explanation.currency)
        chart_view(
            waterfall_chart(steps, words=words), name=f"{explanation.product}-why", key="waterfall", alt=_told(steps)
        )
    lines = [one.words(language()) for one in explanation.binding]
    st.markdown(t("limits.header") if lines else t("limits.none"))
    if lines:
        st.markdown("\n".join(f"- {line}" for line in lines))


def waterfall_words(currency: str) -> dict[str, str]:
    """What stands in a chart from one cost to another."""
    return {"cost": t("product.cost", currency=currency), "cut": t("product.cost_cut", currency=currency),
            "change": t("whynot.change"), "step": t("ledgers.term")}  # fmt: skip


def waterfall(explanation: Explanation, best: str) -> pd.DataFrame:
    """Steps from the chosen strategy's cost to that of another: step, start, end, kind."""
    spoken, ledgers = language(), _all_of_them(explanation)
    at, end = float(ledgers[explanation.strategy][_TOTAL]), float(ledgers[best][_TOTAL])
    rows: list[dict[str, object]] = [_row(strategy_name(explanation.strategy, spoken), 0.0, at, explanation.strategy)]
    costs = ledgers.drop(index=_TOTAL)
    changes: pd.Series[float] = costs[best].astype(float) - costs[explanation.strategy].astype(float)
    small = 0.005 * max(abs(at), abs(end), 1.0)
    rest = 0.0
    for term, change in changes[changes.abs().sort_values(ascending=False, kind="stable").index].items():
        if abs(change) < small:
            rest += float(change)
            continue
        rows.append(_row(_term(str(term)), at, at + float(change), "more" if change > 0.0 else "less"))
        at += float(change)
    if abs(rest) >= 0.5:
        rows.append(_row(t("whynot.rest"), at, at + rest, "more" if rest > 0.0 else "less"))
    rows.append(_row(strategy_name(best, spoken), 0.0, end, best))
    return pd.DataFrame(rows)


def _row(step: str, start: float, end: float, kind: str) -> dict[str, object]:
    return {"step": step, "start": start, "end": end, "kind": kind, "change": end - start}


def _told(steps: pd.DataFrame) -> str:
    """The chart for who cannot see it."""
    said = [t("whynot.step", step=row.step, change=money(float(str(row.change)))) for row in steps.itertuples()]
    return t("list.join").join(said)
