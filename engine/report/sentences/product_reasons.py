"""Why each product has its strategy, in one sentence: what it costs and what the other strategies would."""

from __future__ import annotations

import math

from engine.decision.plan import at_least_of
from engine.report.as_shown import decisions_as_shown, said_of
from engine.report.sentences.prose import Prose
from engine.scenario.columns import STRATEGIES


def product_reasons(prose: Prose) -> list[str]:
    """One sentence per product: what it costs and what the other strategies would."""
    ordered = prose.report.plan.ledger
    ordered = ordered[ordered["cost_per_year"] > 0.0].sort_values("cost_per_year", ascending=False, kind="stable")
    largest: dict[str, list[tuple[str, float]]] = {}
    for product, term, cost in zip(ordered["product"], ordered["term"], ordered["cost_per_year"], strict=True):
        largest.setdefault(str(product), []).append((str(term), float(cost)))
    rows = decisions_as_shown(prose.report.plan.decisions, prose.numbers.decimals).to_dict("records")
    return [_reason(prose, {str(k): v for k, v in row.items()}, largest.get(str(row["product"]), [])) for row in rows]


def _reason(prose: Prose, row: dict[str, object], terms: list[tuple[str, float]]) -> str:
    def named(term: str, cost: float) -> str:
        return prose.t("reason.cost", term=prose.inner(f"term.{term}"), cost=prose.numbers.amount(cost))

    parts = [prose.t("reason.no_costs")]
    if len(terms) > 1:
        parts = [prose.t("reason.two_costs", first=named(*terms[0]), second=named(*terms[1]))]
    elif terms:
        parts = [prose.t("reason.costs", first=named(*terms[0]))]
    cutoff = float(str(row["order_size_cutoff"]))
    if math.isfinite(cutoff):
        # Make to stock, orders over 24 to order: mostly ...
        strategy = prose.t(f"strategy.{row['strategy']}")
        parts.insert(0, prose.t("cutoff.beside", strategy=strategy, cutoff=prose.numbers.number(cutoff)))
    cost = float(str(row["expected_cost_per_year"]))
    others = [(k, float(str(row[f"cost_if_{k}"])) - cost) for k in STRATEGIES if k != row["strategy"]]
    others = sorted(((k, more) for k, more in others if math.isfinite(more)), key=lambda other: other[1])
    bounds = at_least_of(row)
    smallest = 0.5 * 10.0**-prose.numbers.decimals
    for k, more in others:
        key = f"reason.{said_of(more, within=smallest, at_least=k in bounds)}"
        words = prose.inner(f"strategy.{k}")
        parts.append(prose.t(key, strategy=words, difference=prose.numbers.amount(abs(more))))
    if not others and row["product"] not in prose.report.plan.summary.get("not_compared", ()):
        parts.append(prose.t("reason.only"))
    return prose.t("reason.join").join(parts)
