"""Groups of products that share nothing are settled one by one: no stock of one hangs on those of another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.decision.extensive import TOLERANCE
from engine.decision.settling.promise import costed
from engine.decision.settling.settle import Settled, Settling
from engine.decision.tables.attribution import ledger_of
from engine.demand.streams import Array
from engine.economics.axes import take
from engine.economics.instance import ATO, Instance, Integers
from engine.errors import EngineError
from engine.program.deadline import NEVER, Deadline
from engine.search.alternatives import AfterMoves, Moves
from engine.search.evaluator import PooledEvaluator
from engine.search.groups import groups
from engine.search.recourse import Recourse, dispatch_hours
from engine.words.reason import cause


def settle_groups(
    instance: Instance,
    folded: Instance,
    best: Recourse,
    parted: list[Integers],
    *,
    follow_moves: bool,
    deadline: Deadline = NEVER,
) -> tuple[Settled, int]:
    """The settled plans of all groups as one, and how many plans were tried.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open; without a rule that ties all products (budget, changes, CVaR).
    folded : Instance
        As searched.
    best : Recourse
        Of the program.
    parted : list
        As of `apart`.
    follow_moves : bool
        As of `Settling.settle`.
    deadline : Deadline
        Every group gets its share of the time left; what a small one does not need goes to the larger ones.
    """
    parts, searched = sorted(parted, key=len), folded.without_paths()
    weight = np.array([float(len(members)) for members in parts])
    settled, tried, said = list[tuple[Integers, Instance, Settled]](), 0, 0.0
    for number, members in enumerate(parts):
        part, bare = (whole.restricted(products=members) for whole in (instance, searched))
        until = deadline.share(float(weight[number] / weight[number:].sum()))
        settling = Settling(part, bare, PooledEvaluator(bare, deadline=until), deadline=until)
        program = _of_group(instance, best, members, part)
        said += program.program_value
        one = settling.settle(program, follow_moves=follow_moves)
        if one is None:
            raise EngineError(cause("group_unsettled"))
        settled.append((members, part, one))
        tried += settling.count
    # The groups' ledgers have to say what the program said of the whole, or its bound is worth nothing.
    if not np.isclose(said, best.objective, rtol=TOLERANCE, atol=TOLERANCE):
        raise EngineError(cause("ledgers_unlike", said=float(best.objective), ledgers=float(said)))
    return _together(instance, best, settled), tried


def apart(instance: Instance) -> list[Integers]:
    """Products of each group that shares parts, hours or ties, ascending; those that queue for nothing are one group.

    Parameters
    ----------
    instance : Instance
    """
    queues = np.zeros(len(instance.products), dtype=bool)
    lines = instance.allowed[instance.edges.product, ATO]
    queues[instance.edges.product[lines]] = True
    parts = groups(instance, instance.allowed)
    alone = [members for members in parts if len(members) == 1 and not queues[members[0]]]
    others = [members for members in parts if len(members) > 1 or queues[members[0]]]
    return [*others, np.sort(np.concatenate(alone))] if alone else others


def _places(whole: tuple[str, ...], part: tuple[str, ...]) -> Integers:
    """Where the names of a part stand in the whole."""
    place = {name: at for at, name in enumerate(whole)}
    return np.array([place[name] for name in part], dtype=np.int64)


def _of_group(instance: Instance, best: Recourse, members: Integers, part: Instance) -> Recourse:
    """The program's plan of a group."""
    parts = _places(instance.components, part.components)
    hours = np.zeros(0, dtype=np.int64)
    if instance.capacity is not None and part.capacity is not None:
        hours = _places(instance.capacity.names, part.capacity.names)
    recourse = take(best, {"product": members, "component": parts, "resource": hours})
    value = float(ledger_of(part, recourse).sum())
    return replace(recourse, objective=value, program_value=value)


def _together(
    instance: Instance, best: Recourse, settled: list[tuple[Integers, Instance, Settled]]
) -> Settled:
    count, samples = best.late.shape
    strategy, level, base = best.strategy.copy(), np.full(count, np.nan), np.zeros(len(instance.components))
    late, now, age = (np.zeros((count, samples)) for _ in range(3))
    prices = np.zeros(best.prices.shape)
    for members, part, one in settled:
        plan = one.plan
        strategy[members], level[members], late[members] = plan.strategy, plan.level, plan.late
        now[members] = 0.0 if plan.late_now is None else plan.late_now
        age[members] = 0.0 if plan.age is None else plan.age
        # Parts without a line come early or for an order, and may be in several groups.
        held = np.unique(part.edges.component)
        places = _places(instance.components, part.components)[held]
        base[places], prices[places] = plan.base[held], plan.prices[held]
    overtime, outsourced, _ = dispatch_hours(instance, strategy)
    merged = costed(instance, replace(
        best, strategy=strategy, program_value=sum(one.plan.program_value for _, _, one in settled), level=level,
        base=base, late=late, late_now=now, age=age, prices=prices, overtime=overtime, outsourced=outsourced,
    ))  # fmt: skip
    return Settled(plan=merged, moves=_moves(merged, settled))


def _moves(plan: Recourse, settled: list[tuple[Integers, Instance, Settled]]) -> AfterMoves:
    def moves(exact: Array | None) -> Moves:
        costs, at_least = np.full((len(plan.strategy), 3), np.nan), np.zeros((len(plan.strategy), 3), dtype=bool)
        for members, _, one in settled:
            moves = one.moves(None if exact is None else exact[members])
            costs[members], at_least[members] = plan.objective + (moves.objective - one.plan.objective), moves.at_least
        costs[np.arange(len(costs)), plan.strategy] = plan.objective
        return Moves(objective=costs, at_least=at_least)

    return moves
