"""A what-if in words: what differs from the scenario."""

from __future__ import annotations

from engine.scenario.scenario import Scenario
from engine.ui.language import language, t
from engine.ui.levers import BY_NAME, WhatIf, neutral
from engine.ui.words import strategy_name


def delta_words(what_if: WhatIf, given: Scenario) -> str:
    """What differs, in one line.

    Parameters
    ----------
    what_if : WhatIf
    given : Scenario
        What the levers start from.
    """
    parts = [t("delta.variant", variant=what_if.variant)] if what_if.variant else []
    for name, position in what_if.moved:
        lever = BY_NAME[name]
        family = what_if.family if lever.by_product else ""
        words = t("delta.lever", lever=t(f"lever.{name}"), position=f"{position:g}",
                  given=f"{neutral(lever, given, family):g}")  # fmt: skip
        parts.append(t("delta.family", words=words, family=family) if family else words)
    spoken = language()
    parts += [t("delta.lock", product=k.product, strategy=strategy_name(k.strategy, spoken)) for k in what_if.locks]
    return t("list.join").join(parts) if parts else t("delta.none")
