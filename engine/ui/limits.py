"""What limits a product's choice, in the reader's language."""

from __future__ import annotations

import numpy as np

from engine.decision.ties import binding_limits, others_of_family
from engine.economics.instance import ATO, MTO, MTS, Instance
from engine.economics.ties import Limits
from engine.model.portfolio import portfolio
from engine.scenario.columns import STRATEGIES
from engine.search.recourse import Recourse
from engine.ui.language import language, t
from engine.ui.state.instances import instance_of, recourse_of
from engine.ui.state.session import Answer
from engine.ui.words import share, strategy_name

_PARTS_NAMED = 3


def why_unavailable(answer: Answer, product: str, strategy: str) -> str:
    """Why a product cannot have a strategy."""
    instance = instance_of(answer)
    i, k = instance.products.index(product), STRATEGIES.index(strategy)
    row = answer.scenario.products.iloc[i]
    if instance.ties.narrowed[i, k]:
        return t("limit.family_may_not")
    if (i, k) in instance.dropped:
        wait = f"{instance.wait_days[i]:g}"
        told = {
            ATO: t("limit.assembly_long", assembly=f"{row['assembly_days']:g}", wait=wait),
            MTO: t("limit.make_late", share=share(float(instance.make_on_time[i])),
                   target=share(float(instance.on_time_target[i]))),
            MTS: t("limit.shelf_life", life=f"{row['shelf_life_days']:g}"),
        }  # fmt: skip
        return told[k]
    if row["locked"]:
        return t("limit.locked", strategy=strategy_name(str(row["locked"]), language()))
    if strategy not in str(row["allowed"]).split("|"):
        return t("limit.not_allowed")
    bare = k == ATO and not (answer.scenario.bom["product"] == product).any()
    if not instance.allowed[i, k]:
        return t("limit.no_bom" if bare else "limit.rules")
    rules = portfolio(instance)
    kept = rules.keeps(rules.moved(recourse_of(answer).strategy, i, k))
    return t("limit.rules" if kept else "limit.no_room")


def limits(answer: Answer, product: str) -> list[str]:
    """What binds under the strategy chosen."""
    instance, recourse = instance_of(answer), recourse_of(answer)
    i = instance.products.index(product)
    k = int(recourse.strategy[i])
    found = _of_others(instance, recourse, i) + (_of_stock(instance, recourse, i) if k == MTS else [])
    if recourse.budget_price > 0.0:
        found.append(
            t("limit.budget", price=f"{recourse.budget_price:.3f}", currency=answer.scenario.settings.currency)
        )
    capacity = instance.capacity
    if capacity is not None:
        uses = (capacity.make_hours[i] + capacity.assemble_hours[i]) > 0.0
        over = (recourse.overtime > 1e-9).mean(axis=1)
        found += [
            t("limit.overtime", resource=capacity.names[g], share=share(float(over[g])))
            for g in np.flatnonzero(uses & (over > 0.0))
        ]
    return found + (_of_parts(instance, recourse, i) if k == ATO else [])


def _of_others(instance: Instance, recourse: Recourse, i: int) -> list[str]:
    """Its family, where that shares one strategy, and limits of a strategy that are reached."""
    others, limits = others_of_family(instance, i), instance.ties.limits
    found = [t("limit.family", products=others)] if others else []
    rows = binding_limits(instance, recourse.strategy, i)
    return found + [t("limit.of_strategy", name=limits.name[row], words=_ends(limits, row)) for row in rows]


def _ends(limits: Limits, row: int) -> str:
    ends = [f"≥ {limits.least[row]:g}"] * (limits.least[row] > 0.0)
    ends += [f"≤ {limits.most[row]:g}"] * np.isfinite(limits.most[row])
    return f"{strategy_name(STRATEGIES[int(limits.strategy[row])], language())} {', '.join(ends)}"


def _of_stock(instance: Instance, recourse: Recourse, i: int) -> list[str]:
    found, level = [], float(recourse.level[i])
    if np.isfinite(instance.stock.least[i]) and level <= instance.stock.least[i] + 1e-6:
        found.append(t("limit.on_time", target=share(float(instance.on_time_target[i]))))
    if np.isfinite(instance.stock.most[i]) and level >= instance.stock.most[i] - 1e-6:
        found.append(t("limit.life_binds"))
    return found


def _of_parts(instance: Instance, recourse: Recourse, i: int) -> list[str]:
    """Parts whose shortage decides lateness: their price over the samples is near what a unit costs to carry."""
    edges = instance.edges
    mine = np.flatnonzero(edges.product == i)
    scarce = recourse.prices[edges.component[mine]].sum(axis=1)
    full = instance.part_carrying[edges.component[mine]]
    ranked = [mine[a] for a in np.argsort(-scarce * edges.quantity[mine]) if scarce[a] > 0.5 * full[a] > 0.0]
    if not ranked:
        return []
    names = [instance.components[int(edges.component[e])] for e in ranked[:_PARTS_NAMED]]
    return [t("limit.parts", parts=t("list.join").join(names))]
