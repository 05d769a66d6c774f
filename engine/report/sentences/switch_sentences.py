"""Why the largest switches are made, in plain words."""

from __future__ import annotations

from engine.report.as_shown import plan_as_shown
from engine.report.sentences.product_sentences import product_sentences
from engine.report.sentences.prose import Prose

_MOST = 3


def switch_sentences(prose: Prose) -> list[str]:
    """One paragraph for each of the largest switches; none without the scenario."""
    scenario = prose.report.scenario
    if scenario is None or prose.switches.empty:
        return []
    first = prose.switches.head(_MOST)
    plan = plan_as_shown(prose.report.plan, prose.numbers.decimals)
    told = product_sentences(
        scenario, plan, first["product"].astype(str).tolist(), prose.language, money=prose.numbers.money
    )
    return [
        prose.t("plain.product", product=prose.label(key, name), said=said)
        for key, name, said in zip(first["product"], first["name"], told, strict=True)
    ]
