"""From the program's best plan to the best one first come first served: single products moved while that saves.

The program shares parts with hindsight, so that a product may be worth assembling there and not in a plant. A move is
tried where the program's own cost of it, less all that first come first served takes from the product, might save.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.decision.attribution import attribute
from engine.decision.promise import follow, inventory_value, promised
from engine.demand.streams import Array
from engine.economics.instance import ATO, Booleans, Instance, Integers
from engine.model.portfolio import portfolio
from engine.program.deadline import NEVER, Deadline
from engine.search.alternatives import move_costs
from engine.search.evaluator import PooledEvaluator
from engine.search.recourse import Recourse

# Plans evaluated at most, products moved at once at first, and what counts as a saving.
_MOST_PLANS, _AT_ONCE = 60, 16
_SAVES = 1e-9
# Plans whose costs differ by no more than this share of the cost are ties (plans are certified to as much), and how
# many ties are looked at.
TIE, _MOST_TIES = 1e-6, 200
# With so few strategies of all products every move is tried.
_FEW_CHOICES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A plan first come first served.

    Parameters
    ----------
    plan : Recourse
    moves : callable
        Shape (I, 3), worked out when asked for: objective after every move of one product, first come first served
        where that was tried, else the plan's own and what the program says that the move adds.
    """

    plan: Recourse
    moves: Callable[[], Array]


class Settling:
    """Moves from the program's best plan.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    folded : Instance
        As searched.
    evaluator : PooledEvaluator
        Of the folded instance.
    deadline : Deadline
        Nothing is tried after it.
    """

    def __init__(
        self, instance: Instance, folded: Instance, evaluator: PooledEvaluator, *, deadline: Deadline = NEVER
    ) -> None:
        self.instance, self.folded, self.evaluator, self.deadline = instance, folded, evaluator, deadline
        self.rules = portfolio(instance)
        self.tried: dict[bytes, Recourse | None] = {}

    def settle(self, best: Recourse, *, follow_moves: bool) -> Settled | None:
        """The plan from which no move that was tried saves; None where the program's plan keeps no budget.

        Parameters
        ----------
        best : Recourse
            Of the program.
        follow_moves : bool
            Else the plan of the same strategies.
        """
        plan = promised(self.instance, best, deadline=self.deadline)
        return None if plan is None else self._settled(plan, best, follow_moves=follow_moves)

    def settle_from(self, plan: Recourse, *, follow_moves: bool) -> Settled | None:
        """The same from a plan that is first come first served already; None where the program has none.

        Parameters
        ----------
        plan : Recourse
        follow_moves : bool
        """
        program = self.evaluator.evaluate(plan.strategy)
        if program is None:
            return None
        better = promised(self.instance, program, deadline=self.deadline)
        if better is not None and better.objective < plan.objective:
            plan = better
        return self._settled(replace(plan, program_value=program.objective), program, follow_moves=follow_moves)

    def _settled(self, plan: Recourse, program: Recourse, *, follow_moves: bool) -> Settled:
        if not follow_moves:
            kept, said = plan, program
            return Settled(plan=kept, moves=lambda: self._moves(kept, said, self._program_moves(said)))
        moves = self._program_moves(program)
        at_once = _AT_ONCE
        while len(self.tried) < _MOST_PLANS and not self._out_of_time():
            candidates = self._candidates(plan, program, moves)
            better = None
            while candidates and at_once and better is None and len(self.tried) < _MOST_PLANS:
                if self._out_of_time():
                    break
                better = self._try(plan, candidates[:at_once])
                if better is None:
                    if at_once == 1:
                        candidates = candidates[1:]
                    at_once = max(at_once // 2, 1)
            if better is None:
                break
            plan, program = better
            moves = self._program_moves(program)
        plan, program, moved = self._ties(plan, program, moves)
        if moved:
            moves = self._program_moves(program)
        return Settled(plan=plan, moves=lambda: self._moves(plan, program, moves))

    def _ties(self, plan: Recourse, program: Recourse, moves: Array) -> tuple[Recourse, Recourse, bool]:
        """What costs the same keeps the current strategy, else takes the one with less stock; and whether any moved."""
        moved, current = False, self.instance.current
        limit = plan.objective + TIE * max(1.0, abs(plan.objective))
        value = inventory_value(self.instance, plan)
        change = np.where(np.isnan(moves), np.inf, self._estimate(plan, program, moves))
        change[np.arange(len(change)), plan.strategy] = np.inf
        tied = np.argwhere(change <= limit - plan.objective)
        kept = (plan.strategy == current)[tied[:, 0]]
        # Back to the current strategies first.
        tied = tied[~kept][np.argsort(tied[~kept][:, 1] != current[tied[~kept][:, 0]], kind="stable")]
        for i, k in tied[:_MOST_TIES].tolist():
            if plan.strategy[i] == current[i] or self._out_of_time():
                continue
            strategy = self._moved(plan, [(i, k)])
            found = self.evaluator.evaluate(strategy) if self.rules.keeps(strategy) else None
            after = None if found is None else follow(self.instance, plan, strategy, found, deadline=self.deadline)
            if found is None or after is None or after.objective > limit:
                continue
            held = inventory_value(self.instance, after)
            # With as much in stock, to order rather than to stock.
            close = TIE * max(1.0, value)
            if k == current[i] or held < value - close or (held <= value + close and k > plan.strategy[i]):
                plan, program, value, moved = after, found, held, True
        return plan, program, moved

    def _candidates(self, plan: Recourse, program: Recourse, moves: Array) -> list[tuple[int, int]]:
        """Moves that might save, the largest saving first."""
        change = self._estimate(plan, program, moves)
        change = np.where(np.isnan(change), np.inf, change)
        change[np.arange(len(change)), plan.strategy] = np.inf
        best = change.argmin(axis=1)
        least = change[np.arange(len(change)), best]
        order = np.argsort(least, kind="stable")
        # Of few moves all are tried, whatever the program thinks of them.
        worth = -_SAVES * abs(plan.objective) if np.isfinite(change).sum() > _FEW_CHOICES else np.inf
        return [
            (int(i), int(best[i])) for i in order[least[order] < worth].tolist()
            if self._key(self._moved(plan, [(int(i), int(best[i]))])) not in self.tried
        ]  # fmt: skip

    def _try(self, plan: Recourse, moves: list[tuple[int, int]]) -> tuple[Recourse, Recourse] | None:
        """The plan after the moves and its program, where that saves and keeps the limits."""
        strategy = self._moved(plan, moves)
        key = self._key(strategy)
        if key in self.tried:
            return None
        self.tried[key] = None
        if not self.rules.keeps(strategy):
            return None
        found = self.evaluator.evaluate(strategy)
        after = None if found is None else follow(self.instance, plan, strategy, found, deadline=self.deadline)
        self.tried[key] = after
        if found is None or after is None or not after.objective < plan.objective - _SAVES * abs(plan.objective):
            return None
        return after, found

    def _estimate(self, plan: Recourse, program: Recourse, moves: Array) -> Array:
        """What each move adds, shape (I, 3): in the program, less what waiting in turn costs where it leaves ATO."""
        taken = attribute(self.instance, plan).cost - attribute(self.instance, program).cost
        leaves = (plan.strategy == ATO)[:, None] & (np.arange(3) != ATO)
        waits = np.where(leaves, np.maximum(taken, 0.0)[:, None], 0.0)
        estimate: Array = moves - program.objective - self.rules.together(waits)
        return estimate

    def _moves(self, plan: Recourse, program: Recourse, moves: Array) -> Array:
        costs = plan.objective + self._estimate(plan, program, moves)
        for i, k in zip(*np.nonzero(self.instance.allowed), strict=True):
            if int(self.instance.allowed.sum()) <= _FEW_CHOICES and k != plan.strategy[i] and not self._out_of_time():
                self._try(plan, [(int(i), int(k))])
            known = self.tried.get(self._key(self._moved(plan, [(int(i), int(k))])))
            if known is not None:
                costs[i, k] = known.objective
        costs[np.arange(len(costs)), plan.strategy] = plan.objective
        # No move that is free to be made is known to save: what the program thinks of one not tried is an estimate.
        free = self._free(plan)
        costs[free] = np.maximum(costs, plan.objective)[free]
        return costs

    def _program_moves(self, program: Recourse) -> Array:
        pooled = self.folded.stock_decided
        return move_costs(self.folded, program, self.evaluator, pooled=pooled, deadline=self.deadline)

    def _free(self, plan: Recourse) -> Booleans:
        """Moves of one product that keep the rules over strategies, shape (I, 3)."""
        return self.rules.free(plan.strategy)

    def _moved(self, plan: Recourse, moves: list[tuple[int, int]]) -> Integers:
        strategy = plan.strategy
        for i, k in moves:
            strategy = self.rules.moved(strategy, i, k)
        return strategy

    @staticmethod
    def _key(strategy: Integers) -> bytes:
        return strategy.tobytes()

    def _out_of_time(self) -> bool:
        return self.deadline.passed()
