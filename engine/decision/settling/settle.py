"""From the program's best plan to the best one first come first served: single products moved while that saves.

The program shares parts with hindsight, so that a product may be worth assembling there and not in a plant. A move is
tried where the program's own cost of it, less all that first come first served takes from the product, might save.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.decision.close import few_moves
from engine.decision.settling.promise import follow, inventory_value, promised
from engine.decision.tables.attribution import ledger_of
from engine.demand.streams import Array
from engine.economics.instance import ATO, Instance, Integers
from engine.model.portfolio import portfolio
from engine.program.deadline import NEVER, Deadline
from engine.search.alternatives import AfterMoves, MoveCosts, Moves
from engine.search.evaluator import PooledEvaluator, Priced
from engine.search.recourse import Recourse

# Plans evaluated at most, products moved at once at first, and what counts as a saving.
_MOST_PLANS, _AT_ONCE = 60, 16
_SAVES = 1e-9
# Products up to which every move that might save is worked out. Of more products fewer are, and fewer plans evaluated,
# so that the work grows as they do: each plan is a program of all of them, and each move takes such a program more
# steps, too. The fewest plans, and the moves of so many products.
_ALL, _FEWEST_PLANS, _MOST_MOVES = 400, 6, 800
# Plans whose costs differ by no more than this share of the cost are ties (plans are certified to as much), and how
# many ties are looked at.
TIE, _MOST_TIES = 1e-6, 200
# Products times samples of programs that are kept in case their plan is asked for.
_KEPT = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A plan first come first served.

    Parameters
    ----------
    plan : Recourse
    moves : callable
        Objective after every move of one product, first come first served where that was tried, else the plan's own
        and what the program says that the move adds.
    """

    plan: Recourse
    moves: AfterMoves


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
        # What every plan tried costs; None where it breaks a rule, or was not served in turn.
        self.tried: dict[bytes, float | None] = {}
        # What plans cost at least that were not, since their program shows that they cannot save; and such programs.
        self.least: dict[bytes, float] = {}
        self.programs: dict[bytes, Recourse] = {}
        # Those that did not save, next to the plan there is now.
        self.beside: set[bytes] = set()
        # What waiting costs beside a program, of the last plan asked for.
        self.waited: tuple[Recourse, Recourse, Array] | None = None
        # Prices that moves were solved at, whichever plan they left.
        self.priced: dict[tuple[int, int], Priced] = {}
        share = min(1.0, _ALL / max(len(instance.products), 1))
        self.most_plans = max(int(share * _MOST_PLANS), _FEWEST_PLANS)
        self.most_ties, self.most_moves = int(share * _MOST_TIES), int(share**2 * _MOST_MOVES)

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
        return self._settled(replace(plan, program_value=program.program_value), program, follow_moves=follow_moves)

    def _settled(self, plan: Recourse, program: Recourse, *, follow_moves: bool) -> Settled:
        moves = self._program_moves(program)
        if not follow_moves:
            return Settled(plan=plan, moves=self._moves_of(plan, program, moves))
        at_once = _AT_ONCE
        while len(self.tried) < self.most_plans and not self.deadline.passed():
            candidates = self._candidates(plan, program, moves)
            better = None
            while candidates and at_once and better is None and len(self.tried) < self.most_plans:
                if self.deadline.passed():
                    break
                better = self._try(plan, moves, candidates[:at_once])
                if better is None:
                    if at_once == 1:
                        candidates = candidates[1:]
                    at_once = max(at_once // 2, 1)
            if better is None:
                break
            plan, program = better
            self.beside.clear()
            moves = self._program_moves(program)
        plan, program, moved = self._ties(plan, program, moves)
        if moved:
            moves = self._program_moves(program)
        return Settled(plan=plan, moves=self._moves_of(plan, program, moves))

    def _ties(self, plan: Recourse, program: Recourse, moves: MoveCosts) -> tuple[Recourse, Recourse, bool]:
        """What costs the same keeps the current strategy, else takes the one with less stock; and whether any moved."""
        moved, current = False, self.instance.current
        limit = plan.objective + TIE * max(1.0, abs(plan.objective))
        value = inventory_value(self.instance, plan)
        change = self._changes(plan, program, moves, below=limit - plan.objective)
        tied = np.argwhere(change <= limit - plan.objective)
        kept = (plan.strategy == current)[tied[:, 0]]
        # Back to the current strategies first.
        tied = tied[~kept][np.argsort(tied[~kept][:, 1] != current[tied[~kept][:, 0]], kind="stable")]
        for i, k in tied[: self.most_ties].tolist():
            strategy = self._moved(plan, [(i, k)])
            if plan.strategy[i] == current[i] or self.deadline.passed() or self._dearer(strategy, limit):
                continue
            next_to = self._next_to(plan, strategy)
            if next_to is None or next_to[0].objective > limit:
                continue
            held = inventory_value(self.instance, next_to[0])
            # With as much in stock, to order rather than to stock.
            close = TIE * max(1.0, value)
            if k == current[i] or held < value - close or (held <= value + close and k > plan.strategy[i]):
                (plan, program), value, moved = next_to, held, True
                self.beside.clear()
        return plan, program, moved

    def _candidates(self, plan: Recourse, program: Recourse, moves: MoveCosts) -> list[tuple[int, int]]:
        """Moves that might save, the largest saving first."""
        # Of few moves all are tried, whatever the program thinks of them.
        worth = np.inf if few_moves(self.instance, self.rules.free(plan.strategy)) else -_SAVES * abs(plan.objective)
        change = self._changes(plan, program, moves, below=worth)
        best = change.argmin(axis=1)
        least = change[np.arange(len(change)), best]
        order = np.argsort(least, kind="stable")
        return [
            (int(i), int(best[i])) for i in order[least[order] < worth].tolist()
            if self._moved(plan, [(int(i), int(best[i]))]).tobytes() not in self.tried
        ]  # fmt: skip

    def _try(
        self, plan: Recourse, near: MoveCosts, moves: list[tuple[int, int]]
    ) -> tuple[Recourse, Recourse] | None:
        """The plan after the moves and its program, where that saves and keeps the limits.

        No plan first come first served costs less than its program, nor that less than its bound: neither is worked out
        where the one before shows that nothing is saved.
        """
        strategy = self._moved(plan, moves)
        key = strategy.tobytes()
        if key in self.tried:
            return None
        saving = plan.objective - _SAVES * abs(plan.objective)
        self.tried[key], least = None, near.least(strategy, *moves)
        if least >= saving:
            self.least[key] = least
            self.beside.add(key)
            return None
        next_to = self._next_to(plan, strategy, below=saving)
        self.tried[key] = None if next_to is None else next_to[0].objective
        if next_to is None or not next_to[0].objective < saving:
            self.beside.add(key)
            return None
        return next_to

    def _dearer(self, strategy: Integers, limit: float) -> bool:
        """Whether a plan was tried next to the one there is now, and breaks a rule or costs more than a limit."""
        key = strategy.tobytes()
        cost = self.tried.get(key)
        if cost is None:
            cost = self.least.get(key)
        return key in self.beside and (cost is None or cost > limit)

    def _next_to(
        self, plan: Recourse, strategy: Integers, *, below: float = np.inf
    ) -> tuple[Recourse, Recourse] | None:
        """The plan of other strategies and its program; None where they break a rule, or cost no less than a limit."""
        key = strategy.tobytes()
        program = self.programs.pop(key, None)
        if program is None and self.rules.keeps(strategy):
            program = self.evaluator.evaluate(strategy)
        if program is not None and program.program_value >= below:
            self.least[key] = program.program_value
            if (1 + len(self.programs)) * program.late.size <= _KEPT:
                self.programs[key] = program
            return None
        after = None if program is None else follow(self.instance, plan, strategy, program, deadline=self.deadline)
        return None if program is None or after is None else (after, program)

    def _waits(self, plan: Recourse, program: Recourse) -> Array:
        """What waiting in turn costs a product beyond the program, where a move takes it from ATO; shape (I, 3)."""
        if self.waited is None or self.waited[0] is not plan or self.waited[1] is not program:
            taken = np.subtract(*(ledger_of(self.instance, served).sum(axis=1) for served in (plan, program)))
            leaves = (plan.strategy == ATO)[:, None] & (np.arange(3) != ATO)
            waits = self.rules.together(np.where(leaves, np.maximum(taken, 0.0)[:, None], 0.0))
            self.waited = plan, program, waits
        return self.waited[2]

    def _changes(self, plan: Recourse, program: Recourse, moves: MoveCosts, *, below: float) -> Array:
        """What every other strategy adds, shape (I, 3): in the program, less what waiting in turn costs.

        Infinite where there is none, where that is not below the limit, and where it is not worked out.
        """
        waits = self._waits(plan, program)
        candidates = moves.below(below + program.objective + waits, most=self.most_moves, earlier=self.priced)
        self.priced |= moves.priced
        change = candidates.objective - program.objective - waits
        change = np.where(np.isnan(change) | candidates.at_least, np.inf, change)
        change[np.arange(len(change)), plan.strategy] = np.inf
        return change

    def moves_from(self, plan: Recourse) -> AfterMoves | None:
        """Objective after every move of a plan that is first come first served; None where it has no program."""
        program = self.evaluator.evaluate(plan.strategy)
        return None if program is None else self._moves_of(plan, program, self._program_moves(program))

    def _moves_of(self, plan: Recourse, program: Recourse, moves: MoveCosts) -> AfterMoves:
        """Objective after every move, worked out when asked for."""
        return lambda exact: self._moves(plan, program, moves, exact)

    def _moves(self, plan: Recourse, program: Recourse, moves: MoveCosts, exact: Array | None) -> Moves:
        waits, free = self._waits(plan, program), self.rules.free(plan.strategy)
        limit = np.full(waits.shape, np.inf) if exact is None else np.where(moves.at_once, np.inf, exact)
        # Of few moves each is told as served in turn, or as its program or a bound of that: the least of all others.
        told = few_moves(self.instance, free) & free & ~moves.at_once
        asked = limit + np.where(told, plan.objective, program.objective + waits)
        candidates = moves.below(asked, most=None if exact is None else self.most_moves)
        costs, at_least = plan.objective + candidates.objective - program.objective - waits, candidates.at_least.copy()
        costs = np.where(told, candidates.objective, costs)
        at_least |= told & np.isfinite(costs)
        for i, k in np.argwhere(self.instance.allowed).tolist():
            strategy = self._moved(plan, [(i, k)])
            key = strategy.tobytes()
            cost = self.tried.get(key)
            # What was not served in turn, because its program says that it cannot save, may be close all the same.
            later = cost is None and k != plan.strategy[i] and (told[i, k] or key in self.least)
            if later and not candidates.at_least[i, k] and not self.deadline.passed():
                if candidates.objective[i, k] > limit[i, k] + plan.objective:
                    costs[i, k], at_least[i, k] = candidates.objective[i, k], True
                else:
                    next_to = self._next_to(plan, strategy)
                    cost = self.tried[key] = None if next_to is None else next_to[0].objective
            if cost is not None:
                costs[i, k], at_least[i, k] = cost, False
        rows = np.arange(len(costs))
        costs[rows, plan.strategy], at_least[rows, plan.strategy] = plan.objective, False
        # No move that is free to be made is known to save: what the program thinks of one not tried is an estimate.
        costs[free] = np.maximum(costs, plan.objective)[free]
        return Moves(objective=costs, at_least=at_least)

    def _program_moves(self, program: Recourse) -> MoveCosts:
        return MoveCosts(self.folded, program, self.evaluator, deadline=self.deadline)

    def _moved(self, plan: Recourse, moves: list[tuple[int, int]]) -> Integers:
        strategy = plan.strategy
        for i, k in moves:
            strategy = self.rules.moved(strategy, i, k)
        return strategy
