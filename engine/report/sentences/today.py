"""What a plan saves against today's strategies, and which of its rules today does not keep, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.report.numbers import Numbers
from engine.report.texts.text import Language, text

_NAMED = 3


def investor_as_shown(summary: Mapping[str, Any], decimals: int = 0) -> dict[str, Any]:
    """The investor's figures, those that are differences as differences of the amounts shown.

    Parameters
    ----------
    summary : mapping
        Of a plan.
    decimals : int
        With which amounts are shown.

    Examples
    --------
    >>> investor = {"running_saving_per_year": 5078.6, "working_capital_released": 70.0}
    >>> plan = {"objective_per_year": 5836.6, "inventory_value": 30.0, "investor": investor}
    >>> investor_as_shown({**plan, "today": {"cost_per_year": 10915.2, "inventory_value": 100.0}})
    {'running_saving_per_year': 5078.0, 'working_capital_released': 70.0}
    """
    told, today = dict(summary.get("investor") or {}), summary.get("today")
    running, released = (told.get(name) for name in ("running_saving_per_year", "working_capital_released"))
    if not today or running is None:
        return told
    now, plan = float(today["cost_per_year"]), float(summary["objective_per_year"])
    # What the plan's cost holds for changing: today pays nothing for it.
    change = float(running) - (now - plan)
    told["running_saving_per_year"] = round(now, decimals) - round(plan, decimals) + round(change, decimals)
    if released is not None and summary.get("stock_on_hand") is None:
        held = (float(today["inventory_value"]), float(summary["inventory_value"]))
        told["working_capital_released"] = round(held[0], decimals) - round(held[1], decimals)
    return told


def saving_sentence(
    today: Mapping[str, Any], saving: float, numbers: Numbers, language: Language
) -> str:
    """What the plan saves, or costs more, and which of its rules today does not keep.

    Parameters
    ----------
    today : mapping
        As the object `today` of ``summary.json``.
    saving : float
        As shown, money a year.
    numbers : Numbers
    language : str
    """
    cost, rules = float(today["cost_per_year"]), broken_words(today["broken"], language, numbers.money)
    told = {"current": numbers.money(cost), "saving": numbers.money(saving), "more": numbers.money(-saving),
            "share": numbers.share(saving / max(abs(cost), 1e-9), 1)}  # fmt: skip
    if saving < 0.0:
        said = text("saving.price_of_rules" if rules else "saving.dearer", language, **told)
    else:
        said = text("saving" if saving > 0.0 else "saving.none", language, **told)
    if not rules:
        return said
    joined = text("reason.join", language).join(rules)
    return text("sentence.join", language).join([said, text("saving.broken", language, rules=joined)])


def interval_sentence(
    interval: Mapping[str, float], language: Language, *, money: Callable[[float], str]
) -> str:
    """What sampling leaves open of the saving.

    Parameters
    ----------
    interval : mapping
        As the object `saving_interval` of ``summary.json``.
    language : str
    money : callable
        Writes an amount.
    """
    low, high = float(interval["low"]), float(interval["high"])
    key = "not_distinguishable" if low <= 0.0 <= high else "interval"
    return text(f"saving.{key}", language, low=money(low), high=money(high))


def broken_words(
    broken: Iterable[Mapping[str, Any]], language: Language, money: Callable[[float], str]
) -> list[str]:
    """One clause for each rule that today's strategies do not keep.

    Parameters
    ----------
    broken : iterable of mapping
        As the fields of `engine.decision.today.Broken`.
    language : str
    money : callable
        Writes an amount.
    """
    return [_words(one, language, money) for one in broken]


def _words(one: Mapping[str, Any], language: Language, money: Callable[[float], str]) -> str:
    rule, concerns = str(one["rule"]), [str(name) for name in one["concerns"]]
    limit, reached = float(one["limit"]), float(one["reached"])
    amounts = {
        "C5": (f"{limit:,.0f}", f"{reached:,.0f}"),
        "C6": (f"{limit:.1%}", f"{reached:.1%}"),
        "C7": (money(limit), money(reached)),
    }
    shown = amounts.get(rule, (f"{limit:,.0f}", f"{reached:,.0f}"))
    key = "broken.C7_none" if rule == "C7" and limit <= 0.0 else f"broken.{rule}"
    over = f"{abs(reached - limit) / limit:.0%}" if limit > 0.0 else ""
    named = ", ".join(concerns[:_NAMED])
    return text(key, language, limit=shown[0], reached=shown[1], over=over, count=len(concerns), concerns=named)
