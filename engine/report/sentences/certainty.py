"""How sure the switches are that a saving rests on, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from engine.decision.plan import Plan, leaves_today
from engine.evaluate.trust.at_stake import split
from engine.evaluate.trust.certainty import counts
from engine.report.texts.text import Language, text
from engine.words.language import within


def certainty_sentence(
    plan: Plan,
    badges: pd.Series,
    language: Language,
    *,
    saving: float,
    at_stake: Mapping[str, float] | None,
    money: Callable[[float], str],
    decimals: int = 0,
) -> str:
    """The saving by the certainty of the switches that bring it; their number alone where nobody knows the amounts.

    Parameters
    ----------
    plan : Plan
    badges : pandas.Series
        `Certainty` of each decision.
    language : str
    saving : float
        As shown, money a year: the amounts told add up to it.
    at_stake : mapping or None
        As of `saving_at_stake`.
    money : callable
        Writes an amount.
    decimals : int
        With which it does.

    Returns
    -------
    str
        '' where nothing switches.
    """
    moved = leaves_today(plan.decisions)
    count = counts(badges[moved.to_numpy()])
    present = [one for one, number in count.items() if number]
    if not present:
        return ""
    complete = at_stake is not None and set(present[1:]) == set(at_stake)
    rounded = {one: round(value, decimals) for one, value in (at_stake or {}).items()}
    parts = split(saving, rounded, plan, badges) if complete else {}
    key = "certainty.part" if complete else "certainty.count"
    told = [
        text(key, language, badge=within(text(f"certainty.{one}", language)), count=f"{count[one]:,}",
             amount=money(parts[one]) if complete else "")
        for one in present
    ]  # fmt: skip
    head = "certainty.saving" if complete else "certainty.switches"
    return text(head, language, parts=text("reason.join", language).join(told))
