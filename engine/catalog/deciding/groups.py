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
from engine.decision.tables.attribution import attribute, ledger_of
from engine.decision.tables.optimism import promises_short
from engine.decision.tables.stock_calendar import stock_calendar
from engine.economics.build import build_instance
from engine.economics.instance import TERMS, Instance
from engine.errors import EngineError
from engine.notices import Notice
from engine.scenario.arrays import Array, Integers
from engine.scenario.scenario import Scenario
from engine.search.evaluator import PooledEvaluator
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

    Every group is decided by itself, so that none depends on what it is bundled with. Samples are drawn together, and
    what is worked out product by product, screen and tables, is worked out for many groups at once.
    """
    instance = build_instance(bundle.scenario, samples=options.samples, seed=options.seed)
    names = np.array(instance.products, dtype=object)
    reasons = {name: unmet.message for unmet in unserved(instance) for name in unmet.concerns}
    served = ~np.isin(names, list(reasons))
    decided = GroupResults(
        rejected=[_rejected(bundle, i, "on_time_target", reasons[names[i]]) for i in np.flatnonzero(~served).tolist()]
    )
    groups = [group[served[group]] for group in bundle.groups()]
    sets: list[_Set] = []
    for groups_of in _sets(instance, [members for members in groups if members.size], options):
        sets += _decided(bundle, instance, groups_of, options, decided.rejected)
    for one in sets:
        for members in one.groups:
            decided.programs.add(_certified(bundle, one, members, options))
    if sets:
        tables = [_tables(bundle, one, options) for one in sets]
        # In the order of the groups, whichever were decided together.
        rows, numbers = np.concatenate([one.members for one in sets]), bundle.group
        decisions = pd.concat([table for table, _, _, _ in tables], ignore_index=True)
        decided.decisions.append(decisions.iloc[np.lexsort((rows, numbers[rows]))].reset_index(drop=True))
        components = pd.concat([table for _, table, _, _ in tables], ignore_index=True)
        order = np.argsort(_groups_of_parts(bundle, components["component"]), kind="stable")
        decided.components.append(components.iloc[order].reset_index(drop=True))
        decided.costs.append(BlockCost.total([cost for _, _, cost, _ in tables]))
        decided.notices += [notice for _, _, _, told in tables for notice in told]
        if len(bundle.scenario.seasons):
            decided.calendars.append(_calendar(bundle, decided.decisions[-1], decided.components[-1]))
    return decided


def _groups_of_parts(bundle: Bundle, parts: pd.Series) -> Integers:
    """Number of the group that uses each part."""
    number = dict(zip(bundle.scenario.products["product"], bundle.group.tolist(), strict=True))
    uses = bundle.scenario.bom
    group = dict(zip(uses["component"], [number[name] for name in uses["product"]], strict=True))
    return np.array([group[name] for name in parts], dtype=np.int64)


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
    search = _search(part, options, largest=len(part.products))
    best = search.search.best
    return best is not None and _asked(search, best, np.arange(len(part.products)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """Groups decided: their products in the bundle, the instance of all, the search, the plan first come first served.

    Parameters
    ----------
    groups : list of arrays
    members : shape (n,)
        Of all groups, ascending.
    """

    groups: list[Integers]
    members: Integers
    part: Instance
    searched: Decided
    plan: Recourse

    @property
    def largest(self) -> int:
        """Products of the largest group."""
        return max(len(members) for members in self.groups)


def _sets(instance: Instance, groups: list[Integers], options: BatchOptions) -> list[list[Integers]]:
    """Groups that are decided in one call: of one kind, and no more products than make a bundle.

    Those that take hours of resources, and those that are only relaxed, have one of their own.
    """
    sets: list[list[Integers]] = []
    last: dict[bool, list[Integers]] = {}
    for members in groups:
        hours = instance.capacity is not None and instance.capacity.used[members].any()
        if hours or len(members) > options.largest_group:
            sets.append([members])
            continue
        followed = len(members) <= options.moved_group
        one = last.get(followed)
        if one is None or sum(map(len, one)) + len(members) > options.bundle_products:
            one = last[followed] = []
            sets.append(one)
        one.append(members)
    return sets


def _decided(
    bundle: Bundle, instance: Instance, groups: list[Integers], options: BatchOptions, rejected: list[Rejected]
) -> list[_Set]:
    """The groups decided together; where one of them has no plan, each by itself, and its products rejected."""
    members = np.sort(np.concatenate(groups))
    part = instance.restricted(products=members)
    searched = _search(part, options, largest=max(len(one) for one in groups))
    if searched.search.best is not None:
        return [_Set(groups=groups, members=members, part=part, searched=searched, plan=searched.search.best)]
    if len(groups) > 1:
        return [one for alone in groups for one in _decided(bundle, instance, [alone], options, rejected)]
    rejected += [_rejected(bundle, i, "", _why(part)) for i in members.tolist()]
    return []


def _search(part: Instance, options: BatchOptions, *, largest: int) -> Decided:
    """The plan first come first served; single products of a group that is not too large are moved while that saves."""
    gap = max(options.gap, _RELAXED_GAP) if largest > options.largest_group else options.gap
    return decide_instance(part, gap=gap, settle=largest <= options.moved_group)


def _certified(bundle: Bundle, one: _Set, members: Integers, options: BatchOptions) -> Programs:
    """Let the Pyomo model have the last word on a keyed share of the groups."""
    if options.certify_share <= 0.0:
        return Programs(count=1)
    at = np.searchsorted(one.members, members)
    name = min(one.part.products[i] for i in at.tolist())
    key = key_of(bundle.scenario.settings.seed if options.seed is None else options.seed, name)
    if key >= options.certify_share:
        return Programs(count=1, least=(key, name))
    return Programs(count=1, certified=int(_asked(one.searched, one.plan, at)))


def _asked(searched: Decided, plan: Recourse, members: Integers) -> bool:
    """Let the Pyomo model have the last word on some products; whether it could be asked. An error where it disagrees.

    Parameters
    ----------
    members : shape (n,)
        A whole group, or whole groups.
    """
    folded, strategy, value = searched.folded, plan.strategy[members], plan.program_value
    if len(members) < len(plan.strategy):
        # The plan's value is that of all groups.
        folded = folded.restricted(products=members)
        program = PooledEvaluator(folded).evaluate(strategy)
        value = float("nan") if program is None else program.program_value
    return isinstance(certify(folded, strategy, value), Certificate)


def _tables(
    bundle: Bundle, one: _Set, options: BatchOptions
) -> tuple[pd.DataFrame, pd.DataFrame, BlockCost, tuple[Notice, ...]]:
    """Decisions, stocks of parts and cost of groups, and what is told of their promises."""
    part, plan, searched = one.part, one.plan, one.searched
    products = bundle.scenario.products.iloc[one.members]
    attribution, program = attribute(part, plan), searched.program
    if one.largest > options.moved_group and part.capacity is None and program is not None:
        moves, basis = price_moves(part, plan, program), PRICES
    else:
        moves, basis = searched.move_objectives(close_limit(part, plan.strategy, attribution.cost)), SAMPLED
    frame = decision_table(part, plan, attribution, moves, products)
    frame.insert(1, "family", products["family"].to_numpy())
    frame["basis"] = basis
    frame["group"] = bundle.group[one.members].astype(np.int32)
    parts = component_table(part, plan, attribution)
    held = (parts["products_served"] > 0) | (parts["inventory_value"] > 0.0)
    objective = attribution.objective
    value = objective if program is None else _least(one, part, attribution.cost, program)
    terms = zip(TERMS, attribution.ledger.sum(axis=0), strict=True)
    cost = BlockCost(
        objective=objective, program=value, bound=min(searched.search.bound, value),
        terms={term: float(cost) for term, cost in terms if cost != 0.0},
    )  # fmt: skip
    told = promises_short(part, plan, attribution, bundle.scenario.settings.currency)
    return frame, parts[held].reset_index(drop=True), cost, told


def _least(one: _Set, part: Instance, cost: Array, program: Recourse) -> float:
    """What the groups cost with hindsight, each by its program or as served in turn where that is less."""
    with_hindsight = ledger_of(part, program).sum(axis=1)
    places = [np.searchsorted(one.members, members) for members in one.groups]
    return sum(min(float(with_hindsight[at].sum()), float(cost[at].sum())) for at in places)


def _rejected(bundle: Bundle, i: int, column: str, reason: str) -> Rejected:
    name = str(bundle.scenario.products["product"].iloc[i])
    return Rejected(table="products", row=int(bundle.rows[i]), product=name, column=column, reason=reason)
