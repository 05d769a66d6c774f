"""Bundles of groups: one instance, each group searched and settled as `codp solve` does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.catalog.deciding.block import pick
from engine.catalog.deciding.certify import Programs, key_of
from engine.catalog.deciding.prices import price_moves
from engine.catalog.intake.rejected import Rejected
from engine.catalog.options import BatchOptions
from engine.catalog.results.decisions import PRICES, SAMPLED, BlockCost, GroupResults
from engine.decision.close import close_limit
from engine.decision.decided import Decided
from engine.decision.extensive import Certificate, certify
from engine.decision.plan import component_table, decision_table
from engine.decision.relaxation.infeasible import advice, unserved
from engine.decision.solve import decide_instance
from engine.decision.tables.attribution import attribute
from engine.decision.tables.optimism import promises_short
from engine.decision.tables.stock_calendar import stock_calendar
from engine.economics.build import build_instance
from engine.economics.instance import TERMS, Instance
from engine.errors import EngineError
from engine.notices import Notice
from engine.scenario.arrays import Integers
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse

# The linear relaxation alone is within this of the optimum; what it proves is reported.
_RELAXED_GAP = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Groups whose samples are drawn together.

    Parameters
    ----------
    scenario : Scenario
    group : shape (products,)
        Number of each product's group, 0 where it is lone.
    rows : shape (products,)
        Row of each product in the catalogue.
    """

    scenario: Scenario
    group: Integers
    rows: Integers

    def part(self, which: npt.NDArray[np.bool_]) -> Bundle:
        """Some products of the bundle: whole groups."""
        return Bundle(scenario=pick(self.scenario, which), group=self.group[which], rows=self.rows[which])

    def of(self, product: str) -> Bundle | None:
        """The group of a product alone; None where the product is not here."""
        named = (self.scenario.products["product"].astype(str) == product).to_numpy(dtype=bool)
        if not named.any():
            return None
        number = self.group[named][0]
        return self.part(named if number == 0 else self.group == number)

    def groups(self) -> list[Integers]:
        """Ascending products of each group, lone products each by itself first."""
        lone = np.flatnonzero(self.group == 0)
        order = np.argsort(self.group, kind="stable")[lone.size :]
        ends = np.flatnonzero(np.diff(self.group[order])) + 1
        return [*lone[:, None], *(np.split(order, ends) if order.size else [])]


def decide_bundle(bundle: Bundle, options: BatchOptions) -> GroupResults:
    """Decide groups; a product that cannot be served and a group that is infeasible are rejected with the reason.

    Every group is decided by itself, so that none depends on what it is bundled with; only samples are drawn together.
    """
    instance = build_instance(bundle.scenario, samples=options.samples, seed=options.seed)
    names = np.array(instance.products, dtype=object)
    reasons = {name: unmet.message for unmet in unserved(instance) for name in unmet.concerns}
    served = ~np.isin(names, list(reasons))
    decided = GroupResults(
        rejected=[_rejected(bundle, i, "on_time_target", reasons[names[i]]) for i in np.flatnonzero(~served).tolist()]
    )
    unmet: list[_Group] = []
    for group in bundle.groups():
        members = group[served[group]]
        if not members.size:
            continue
        part = instance.restricted(products=members)
        searched = _search(part, options)
        if searched.search.best is None:
            decided.rejected += [_rejected(bundle, i, "", _why(part)) for i in members.tolist()]
            continue
        unmet.append(_Group(members, part, searched, searched.search.best))
        decided.programs.add(_certified(bundle, unmet[-1], options))
    if unmet:
        tables = [_tables(bundle, group, options) for group in unmet]
        decided.decisions.append(pd.concat([table for table, _, _, _ in tables], ignore_index=True))
        decided.components.append(pd.concat([table for _, table, _, _ in tables], ignore_index=True))
        decided.costs.append(BlockCost.total([cost for _, _, cost, _ in tables]))
        decided.notices += [notice for _, _, _, told in tables for notice in told]
        if len(bundle.scenario.seasons):
            decided.calendars.append(_calendar(bundle, decided.decisions[-1], decided.components[-1]))
    return decided


def _calendar(bundle: Bundle, decisions: pd.DataFrame, components: pd.DataFrame) -> pd.DataFrame:
    """Stocks of the bundle's decided products week by week, where they follow a season."""
    scenario = bundle.scenario
    kept = scenario.products["product"].isin(decisions["product"]).to_numpy(dtype=bool)
    scenario = scenario if kept.all() else pick(scenario, kept)
    ordered = [
        table.set_index(key, drop=False).reindex(scenario.table(f"{key}s")[key])
        for key, table in (("product", decisions), ("component", components))
    ]
    return stock_calendar(scenario, *ordered)


def _why(part: Instance) -> str:
    """Why a group has no plan."""
    try:
        return "; ".join(conflict.message for conflict in advice(part))
    except EngineError as error:
        # Its numbers are not to be trusted; the other groups' are.
        return str(error)


def certify_group(bundle: Bundle, options: BatchOptions) -> bool:
    """Decide one group again and let the Pyomo model have the last word on it; whether it was asked."""
    instance = build_instance(bundle.scenario, samples=options.samples, seed=options.seed)
    part = instance.restricted(products=np.flatnonzero(instance.allowed.any(axis=1)))
    search = _search(part, options)
    return search.search.best is not None and _asked(search, search.search.best)


@dataclass(frozen=True, slots=True)
class _Group:
    """A group decided: its products in the bundle, its instance, the search and the plan first come first served."""

    members: Integers
    part: Instance
    searched: Decided
    plan: Recourse


def _search(part: Instance, options: BatchOptions) -> Decided:
    """The plan first come first served; single products of a group that is not too large are moved while that saves."""
    size = len(part.products)
    gap = max(options.gap, _RELAXED_GAP) if size > options.largest_group else options.gap
    return decide_instance(part, gap=gap, settle=size <= options.moved_group)


def _certified(bundle: Bundle, group: _Group, options: BatchOptions) -> Programs:
    """Let the Pyomo model have the last word on a keyed share of the groups."""
    if options.certify_share <= 0.0:
        return Programs(count=1)
    name = min(group.part.products)
    key = key_of(bundle.scenario.settings.seed if options.seed is None else options.seed, name)
    if key >= options.certify_share:
        return Programs(count=1, least=(key, name))
    return Programs(count=1, certified=int(_asked(group.searched, group.plan)))


def _asked(searched: Decided, plan: Recourse) -> bool:
    """Let the Pyomo model have the last word; whether it could be asked. An error where it disagrees."""
    return isinstance(certify(searched.folded, plan.strategy, plan.program_value), Certificate)


def _tables(
    bundle: Bundle, group: _Group, options: BatchOptions
) -> tuple[pd.DataFrame, pd.DataFrame, BlockCost, tuple[Notice, ...]]:
    """Decisions, stocks of parts and cost of one group, and what is told of its promise."""
    part, plan, searched = group.part, group.plan, group.searched
    products = bundle.scenario.products.iloc[group.members]
    attribution, program = attribute(part, plan), searched.program
    if len(products) > options.moved_group and part.capacity is None and program is not None:
        moves, basis = price_moves(part, plan, program), PRICES
    else:
        moves, basis = searched.move_objectives(close_limit(part, plan.strategy, attribution.cost)), SAMPLED
    frame = decision_table(part, plan, attribution, moves, products)
    frame.insert(1, "family", products["family"].to_numpy())
    frame["basis"] = basis
    frame["group"] = bundle.group[group.members].astype(np.int32)
    parts = component_table(part, plan, attribution)
    held = (parts["products_served"] > 0) | (parts["inventory_value"] > 0.0)
    objective = attribution.objective
    value = objective if program is None else min(program.objective, objective)
    terms = zip(TERMS, attribution.ledger.sum(axis=0), strict=True)
    cost = BlockCost(
        objective=objective, program=value, bound=min(searched.search.bound, value),
        terms={term: float(cost) for term, cost in terms if cost != 0.0},
    )  # fmt: skip
    told = promises_short(part, plan, attribution, bundle.scenario.settings.currency)
    return frame, parts[held].reset_index(drop=True), cost, told


def _rejected(bundle: Bundle, i: int, column: str, reason: str) -> Rejected:
    name = str(bundle.scenario.products["product"].iloc[i])
    return Rejected(table="products", row=int(bundle.rows[i]), product=name, column=column, reason=reason)
