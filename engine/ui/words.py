"""Numbers and reasons as readers see them, composed from the plan so that both languages say the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from engine.decision.plan import at_least_of
from engine.report.as_shown import said_of
from engine.scenario.columns import STRATEGIES
from engine.ui.text import Language, text
from engine.words.language import within

MISSING = "–"
_BADGES = {"firm": "✓", "likely": "≈", "open": "?"}
# The shapes of `engine.report.charts.strategies.STRATEGY_SHAPES`, as characters.
_MARKS = {"MTS": "●", "ATO": "■", "MTO": "▲"}


def money(amount: float, currency: str = "") -> str:
    """An amount without cents.

    Examples
    --------
    >>> money(-1234.4, "EUR")
    '−1,234 EUR'
    """
    if not math.isfinite(amount):
        return MISSING
    whole = round(amount)
    sign = "−" if whole < 0 else ""
    return f"{sign}{abs(whole):,} {currency}".rstrip()


def share(part: float, digits: int = 0) -> str:
    """A share in percent.

    Examples
    --------
    >>> share(0.0123, 1)
    '1.2%'
    """
    return f"{part:.{digits}%}" if math.isfinite(part) else MISSING


def gap(value: float) -> str:
    """A relative gap, never rounded to nothing.

    Examples
    --------
    >>> gap(0.00001), gap(0.0), gap(0.0316)
    ('0.01%', '0%', '3.16%')
    """
    if value <= 1e-9:
        return "0%"
    return f"{math.ceil(value * 1e4 - 1e-9) / 1e4:.2%}"


def number(value: float) -> str:
    """Three digits that count, without an exponent.

    Examples
    --------
    >>> number(1234.5), number(0.251), number(21.0)
    ('1,234', '0.251', '21')
    """
    if not math.isfinite(value):
        return MISSING
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def strategy_name(code: str, language: Language) -> str:
    """A strategy's name, or a dash where there is none."""
    return text(f"strategy.{code}", language) if code in STRATEGIES else MISSING


def strategy_mark(code: str, language: Language) -> str:
    """A strategy's name behind the shape that it has in charts, for tables.

    Examples
    --------
    >>> strategy_mark("ATO", "en")
    '■ Assemble to order'
    """
    return f"{_MARKS[code]} {strategy_name(code, language)}" if code in _MARKS else MISSING


def certainty_mark(badge: str, language: Language) -> str:
    """A badge behind its sign, for tables and cards.

    Examples
    --------
    >>> certainty_mark("open", "en")
    '? Open'
    """
    return f"{_BADGES[badge]} {text(f'certainty.{badge}', language)}"


def largest_costs(decisions: pd.DataFrame, ledger: pd.DataFrame, language: Language) -> list[str]:
    """What each product costs most for, in a line."""
    terms = _largest(ledger)
    return [_costs(terms.get(str(product), []), language) for product in decisions["product"]]


def reasons(decisions: pd.DataFrame, ledger: pd.DataFrame, language: Language, *, compared: bool = True) -> list[str]:
    """One sentence per product: what it costs and, where they were compared, what the other strategies would."""
    terms = _largest(ledger)
    rows = decisions.to_dict("records")
    return [_reason(row, terms.get(str(row["product"]), []), language, compared=compared) for row in rows]


def _largest(ledger: pd.DataFrame) -> dict[str, list[tuple[str, float]]]:
    """Terms that cost anything by product, the largest first."""
    terms: dict[str, list[tuple[str, float]]] = {}
    ordered = ledger[ledger["cost_per_year"] > 0.0].sort_values("cost_per_year", ascending=False, kind="stable")
    for product, term, cost in zip(ordered["product"], ordered["term"], ordered["cost_per_year"], strict=True):
        terms.setdefault(str(product), []).append((str(term), float(cost)))
    return terms


def _costs(terms: list[tuple[str, float]], language: Language) -> str:
    named = [f"{within(text(f'term.{term}', language))} {money(cost)}" for term, cost in terms[:2]]
    if len(named) == 2:
        return text("reason.two_costs", language, first=named[0], second=named[1])
    return text("reason.costs", language, first=named[0]) if named else text("reason.no_costs", language)


def _reason(row: Mapping[Any, Any], terms: list[tuple[str, float]], language: Language, *, compared: bool) -> str:
    parts = [_costs(terms, language)]
    others = [(k, float(row[f"cost_if_{k}"]) - float(row["expected_cost_per_year"])) for k in STRATEGIES]
    bounds = at_least_of(row)
    others = [(k, more) for k, more in others if k != row["strategy"] and math.isfinite(more)]
    for k, more in sorted(others, key=lambda other: other[1]):
        key = f"reason.{said_of(more, within=0.5, at_least=k in bounds)}"
        parts.append(text(key, language, strategy=text(f"strategy.{k}", language), difference=money(abs(more))))
    if compared and not others:
        parts.append(text("reason.only", language))
    return text("reason.join", language).join(parts)
