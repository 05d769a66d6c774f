"""Why a product has its strategy, in sentences that anyone understands: for app, reports and terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from engine.decision.plan import Plan, at_least_of
from engine.report.as_shown import said_of
from engine.report.numbers import Numbers, numbers_for
from engine.report.sentences.payback import span
from engine.report.texts.text import Language, text
from engine.scenario.columns import STRATEGIES
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario

# Days that differ by less are told as the same.
_SAME_DAY = 0.05


def product_sentences(
    scenario: Scenario,
    plan: Plan,
    products: list[str],
    language: Language,
    *,
    money: Callable[[float], str],
) -> list[str]:
    """For each product what customers accept against what it takes, what else would cost, and what is kept.

    Parameters
    ----------
    scenario : Scenario
    plan : Plan
        Of this scenario.
    products : list of str
    language : str
    money : callable
        Writes an amount.
    """
    times = _times(scenario)
    numbers = numbers_for(language, str(plan.summary["currency"]), plan.objective_per_year)
    unknown = set(plan.summary.get("not_compared") or ())
    table = plan.decisions
    asked = table[table["product"].astype(str).isin(products)]
    rows = {str(row["product"]): row for row in asked.to_dict("records")}
    return [
        text("sentence.join", language).join(
            [_timed(rows[one], times[one], numbers), *_large_orders(rows[one], numbers),
             *_compared(rows[one], language, money, unknown=one in unknown),
             text("plain.on_time", language, share=f"{float(rows[one]['on_time']):.1%}")]
        )
        for one in products
    ]  # fmt: skip


def _times(scenario: Scenario) -> dict[str, dict[str, float]]:
    """Days that customers accept, that making and assembling take until goods are there, and those on the way."""
    table, make = scenario.products, derive(scenario).make_days
    delivery = table["delivery_days"].astype(float)
    return {
        str(name): {
            "accepted": float(accepted), "make": float(made + way), "assembly": float(built + way), "way": float(way)
        }
        for name, accepted, made, built, way in zip(
            table["product"], table["lead_time_target_days"], make, table["assembly_days"].astype(float), delivery,
            strict=True,
        )
    }  # fmt: skip


def _timed(row: Mapping[Any, Any], days: Mapping[str, float], numbers: Numbers) -> str:
    """The strategy, and what of the times speaks for it."""
    strategy = str(row["strategy"])
    step = "assembly" if strategy == "ATO" else "make"
    late = days[step] > days["accepted"] + _SAME_DAY
    told = {name: span(numbers, "day", value) for name, value in days.items()}
    # Customers wait for the delivery, too.
    told["doing"] = text(f"plain.time.{step}{'.delivered' if days['way'] > _SAME_DAY else ''}", numbers.language)
    return text(f"plain.{strategy}.{'late' if late else 'in_time'}", numbers.language, **told)


def _large_orders(row: Mapping[Any, Any], numbers: Numbers) -> list[str]:
    """From which size on orders are not served from stock; nothing where all are."""
    cutoff = float(row["order_size_cutoff"])
    return [text("plain.cutoff", numbers.language, cutoff=numbers.number(cutoff))] if math.isfinite(cutoff) else []


def _compared(
    row: Mapping[Any, Any], language: Language, money: Callable[[float], str], *, unknown: bool
) -> list[str]:
    """What the other strategies would cost, today's first where it is another one."""
    cost, chosen, today = float(row["expected_cost_per_year"]), str(row["strategy"]), str(row["current_strategy"])
    more = {k: float(row[f"cost_if_{k}"]) - cost for k in STRATEGIES if k != chosen}
    more = {k: value for k, value in more.items() if math.isfinite(value)}
    said, bounds = [], at_least_of(row)
    if today not in ("", chosen):
        if today in more:
            value = more.pop(today)
            key = "saves" if value > 0.5 else "same" if value > -0.5 else "rules"
            said.append(text(f"plain.today.{key}", language, amount=money(abs(value)), today=_done(today, language)))
        elif not unknown:
            said.append(text("plain.today.impossible", language, today=_done(today, language)))
    for k, value in sorted(more.items(), key=lambda other: other[1]):
        key = said_of(value, within=0.5, at_least=k in bounds)
        said.append(text(f"plain.other.{key}", language, amount=money(abs(value)), other=_doing(k, language)))
    if not said and not unknown:
        said.append(text("plain.only", language))
    return said


def _doing(strategy: str, language: Language) -> str:
    return text(f"plain.doing.{strategy}", language)


def _done(strategy: str, language: Language) -> str:
    return text(f"plain.done.{strategy}", language)
