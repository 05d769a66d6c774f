"""What a plan's switches cost once and how soon that pays back, in one sentence for terminal, app and reports."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from engine.decision.plan import Plan
from engine.evaluate.reasons.today import Payback, repaid
from engine.report.numbers import Numbers, numbers_for
from engine.report.sentences.today import investor_as_shown
from engine.report.texts.text import Language, text


def payback_sentence(
    plan: Plan, payback: Payback, language: Language, *, money: Callable[[float], str] | None = None
) -> str:
    """What the switches cost once, what running costs they save, months to pay back; '' where changes are free.

    Parameters
    ----------
    plan : Plan
    payback : Payback
        Of the plan.
    language : str
    money : callable, optional
        Writes an amount; by default as reports do.
    """
    if payback.change_cost <= 0.0:
        return ""
    numbers = numbers_for(language, str(plan.summary.get("currency", "")), plan.objective_per_year)
    written = money or numbers.money
    told = [
        text("payback.once", language, once=written(payback.change_cost),
             years=span(numbers, "year", float(plan.summary["change_payback_years"])))
    ]  # fmt: skip
    saving = payback.running_saving_per_year
    if saving is None:
        told.append(text("payback.unknown", language))
    elif payback.months is None:
        told.append(text("payback.never", language))
    else:
        months = span(numbers, "month", max(payback.months, 0.1))
        shown = investor_as_shown(plan.summary, numbers.decimals).get("running_saving_per_year") or saving
        told.append(text("payback.months", language, saving=written(shown), months=months))
    return text("sentence.join", language).join(told)


def span(numbers: Numbers, noun: str, count: float) -> str:
    """Years, months or days, below ten with a decimal.

    Examples
    --------
    >>> numbers = numbers_for("en", "EUR", 1e6)
    >>> span(numbers, "year", 1.0), span(numbers, "year", 1.5), span(numbers, "month", 31.7)
    ('1 year', '1.5 years', '32 months')
    """
    shown = numbers.count(count) if count >= 10.0 else numbers.number(round(count, 1))
    return text(f"count.{noun}.{'one' if shown == '1' else 'many'}", numbers.language, count=shown)


def repaid_by_itself(plan: Plan, switches: pd.DataFrame) -> pd.DataFrame:
    """The same of single switches: `change_cost`, money once, and `payback_months`, NaN where nothing is saved.

    Parameters
    ----------
    plan : Plan
    switches : pandas.DataFrame
        product and saving_per_year, which carries a year's part of the change cost.
    """
    ledger = plan.ledger[plan.ledger["term"] == "change"]
    spread = switches["product"].map(ledger.set_index("product")["cost_per_year"]).fillna(0.0).astype(float)
    once = spread * float(plan.summary.get("change_payback_years", 0.0))
    saving = switches["saving_per_year"] + spread
    return pd.DataFrame({"change_cost": once, "payback_months": repaid(once, saving)})
