"""The production path: relax, hold what matters, tighten, round, and branch on what is left.

Every program solved is a relaxation (left-out rows only lower it), so its bound is a bound of the whole; every
incumbent is evaluated exactly. The gap reported is the difference of the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.economics.instance import Booleans, Instance, Integers
from engine.model.portfolio import portfolio
from engine.program.backlogs import tail_backlog
from engine.program.deadline import NEVER, Deadline, Log
from engine.program.highs import SolveStatus
from engine.program.numbering import OPEN, HeldRows, open_strategies
from engine.program.reduced import tail_rows
from engine.program.tangents import some_tangents
from engine.search.branching import Branching
from engine.search.cheapest import without_shared_parts
from engine.search.cuts.families import Cut
from engine.search.evaluator import PooledEvaluator
from engine.search.held_rows import RowPool
from engine.search.neighbours import Neighbourhood
from engine.search.recourse import Recourse
from engine.search.relaxation import Relaxation
from engine.search.start import PlanBasis, likely_strategies

FIRST_TAIL = 0.2
_CANDIDATES = 40
# A round of cuts that lifts the bound by less than this share of the gap to be proven was the last: branching is
# quicker then. First answers: the share of the bound itself.
LITTLE, _LITTLE_FIRST = 0.1, 2e-4
# A plan further from the bound than so many gaps is improved by moves of single products before it is proven.
_FAR = 3.0
# A bound of the least inventory this much above the budget, relative, breaks it.
_OVER, _ROUNDING = 1e-7, 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What the search found.

    Parameters
    ----------
    best : Recourse or None
    bound : float
        Proven lower bound, money per year.
    status : SolveStatus
    """

    best: Recourse | None
    bound: float
    status: SolveStatus


NOWHERE = Search(best=None, bound=np.inf, status=SolveStatus.INFEASIBLE)


# Searches by a deadline for the plan that needs the least inventory; its objective is the inventory value.
Spare = Callable[[Deadline], Search]


class PooledSearch:
    """One search over the strategies of an instance with finished stock decided."""

    def __init__(
        self,
        instance: Instance,
        *,
        gap: float,
        deadline: Deadline = NEVER,
        log: Log = lambda _: None,
        start: Integers | None = None,
        plan: PlanBasis | None = None,
        spare: Spare | None = None,
    ) -> None:
        self.spare = spare
        self.instance, self.gap, self.deadline, self.log = instance, gap, deadline, log
        self.start, self.rules = start, portfolio(instance)
        self.evaluator = PooledEvaluator(instance, plan=plan, deadline=deadline)
        self.best: Recourse | None = None
        self.bound = -np.inf
        self._offered: dict[bytes, bool] = {}
        self.strategy = open_strategies(instance)

    @cached_property
    def rows(self) -> RowPool:
        """Rows that matter at first and those found since; of no use where every strategy is decided."""
        instance = self.instance
        return RowPool(
            tail=tail_rows(instance, self.strategy, FIRST_TAIL),
            held=HeldRows(
                backlog=tail_backlog(instance, FIRST_TAIL) if instance.cvar_weight > 0.0 else None,
                tangent=None if instance.stock_decided else some_tangents(instance.stock.net.shape),
            ),
        )

    def run(self) -> Search:
        """Relax, tighten, round, improve, branch; stop as soon as the gap is proven."""
        if not (self.strategy == OPEN).any():
            return self._only_choice()
        self._offer(without_shared_parts(self.instance))
        plan = self._begin(self.start)
        if self.best is None and self.spare is not None:
            lean = self.spare(self.deadline)
            if self._breaks_budget(lean):
                return NOWHERE
            plan = None if lean.best is None else self._begin(lean.best.strategy)
        relaxation = Relaxation(
            self.instance, self.strategy, self.rows, deadline=self.deadline, plan=plan, enough=self._enough(),
            little=LITTLE * self.gap,
        )  # fmt: skip
        relaxation.grow()
        if relaxation.answer.status is SolveStatus.INFEASIBLE:
            return NOWHERE
        self._raise_bound(relaxation)
        if self._proven() or not relaxation.solved:
            return self._result(SolveStatus.OPTIMAL if self._proven() else SolveStatus.TIME_LIMIT)
        relaxation.thin()
        relaxation.tighten()
        self._raise_bound(relaxation)
        self._offer(relaxation.rounded())
        if self._proven():
            return self._result(SolveStatus.OPTIMAL)
        # Only what is solved after it gains by a smaller program.
        relaxation.thin()
        self._dive(relaxation)
        if not self._proven():
            self._improve(relaxation)
        return self._result(SolveStatus.OPTIMAL) if self._proven() else self._prove(relaxation)

    def first(
        self, *, until: Deadline, allowed: Booleans | None = None, cuts: list[Cut] | None = None, repriced: bool = False
    ) -> tuple[Search, list[Cut]]:
        """A plan and a bound from one relaxation; better ones while there is time and the gap is not reached.

        Parameters
        ----------
        until : Deadline
            The relaxation itself is solved in any case.
        allowed : shape (I, 3), optional
            Strategies that some best plan uses, from the screen.
        cuts : list of Cut, optional
            Of a near instance, to begin with.
        repriced : bool
            The plan to begin with was the best under other costs.

        Returns
        -------
        search : Search
        cuts : list of Cut
            Those that hold with equality, for the next.
        """
        if not (self.strategy == OPEN).any():
            return self._only_choice(), []
        plan = self._begin(self.start)
        relaxation = Relaxation(
            self.instance, self.strategy, self.rows, allowed=allowed, cuts=cuts, plan=plan, repriced=repriced,
            enough=self._enough(), little=LITTLE * self.gap,
        )  # fmt: skip
        if relaxation.answer.status is SolveStatus.INFEASIBLE:
            return NOWHERE, []
        relaxation.deadline = until
        self._raise_bound(relaxation)
        relaxation.grow()
        self._raise_bound(relaxation)
        self._polish(relaxation)
        relaxation.keep_what_matters()
        if not self._proven() and not relaxation.out_of_time:
            self._dive(relaxation)
        return self._result(SolveStatus.OPTIMAL if self._proven() else SolveStatus.TIME_LIMIT), self.rows.cuts

    def _breaks_budget(self, lean: Search) -> bool:
        """Whether even the bound of the least inventory is above the budget, or no plan keeps the other rules."""
        budget = self.instance.budget
        # Of no budget no share is one: what is left of a sum of nothing is no stock.
        sold_a_day = float(self.instance.unit_cost @ self.instance.rate)
        over = budget is not None and lean.bound > budget * (1.0 + _OVER) + _ROUNDING * sold_a_day
        return over or lean.status is SolveStatus.INFEASIBLE

    def _polish(self, relaxation: Relaxation) -> None:
        """Better plans and bounds while there is time and the gap is not reached."""
        if relaxation.answer.status is SolveStatus.ENOUGH and not relaxation.out_of_time:
            # The gap is proven; what time is left makes the plan better, so that its proof moves it less.
            relaxation.enough = np.inf
            relaxation.resolve()
            self._raise_bound(relaxation)
        if relaxation.solved:
            self._offer(relaxation.rounded())
        if self.best is None:
            self._offer(without_shared_parts(self.instance))
        if not self._proven() and self.rows.held.cover is None:
            relaxation.thin()
        while not self._proven() and not relaxation.out_of_time:
            before = self.bound
            relaxation.enough = self._enough()
            relaxation.cut(1)
            self._raise_bound(relaxation)
            if self._proven():
                break
            self._offer(relaxation.rounded())
            if self.bound - before < _LITTLE_FIRST * abs(self.bound):
                break

    def _begin(self, strategy: Integers | None) -> PlanBasis | None:
        """Offer a plan to begin with, by default what a few samples say; its basis, and its rows among those held."""
        if strategy is None or not self.instance.allowed[np.arange(len(strategy)), strategy].all():
            strategy = likely_strategies(self.instance, self.strategy)
        if strategy is None or not self._offer(strategy):
            return None
        last = self.evaluator.last_basis()
        if last is None:
            return None
        plan, rows = last
        self.rows.add(rows)
        return plan

    def _raise_bound(self, relaxation: Relaxation) -> None:
        if relaxation.bound > self.bound:
            self.bound = relaxation.bound
            self.log(f"bound {self.bound:,.0f}, {len(self.rows.cuts)} cuts")

    def _enough(self) -> float:
        """The bound that proves the gap for the best plan so far."""
        return np.inf if self.best is None else self.best.objective - 0.98 * self.gap * abs(self.best.objective)

    def _dive(self, relaxation: Relaxation) -> None:
        strategy = relaxation.dive()
        if strategy is not None:
            self._offer(strategy)

    def _only_choice(self) -> Search:
        self._offer(self.strategy)
        if self.best is None:
            late = Search(best=None, bound=-np.inf, status=SolveStatus.TIME_LIMIT)
            return late if self.evaluator.cut_short else NOWHERE
        self.bound = self.best.objective
        return self._result(SolveStatus.OPTIMAL)

    def _result(self, status: SolveStatus) -> Search:
        if self.best is not None:
            self.bound = min(self.bound, self.best.objective)
        return Search(best=self.best, bound=self.bound, status=status)

    def _proven(self) -> bool:
        if self.best is None:
            return False
        return self.best.objective - self.bound <= self.gap * max(abs(self.best.objective), 1e-9)

    def _offer(self, strategy: Integers) -> bool:
        """Evaluate a choice and keep it where it is the best so far; whether it is a plan at all."""
        key = strategy.tobytes()
        if key in self._offered or not self.rules.keeps(strategy):
            return self._offered.get(key, False)
        recourse = self.evaluator.evaluate(strategy)
        self._offered[key] = recourse is not None
        if recourse is not None and (self.best is None or recourse.objective < self.best.objective):
            self.best = recourse
            self.log(f"plan {recourse.objective:,.0f}")
        return recourse is not None

    def _improve(self, relaxation: Relaxation) -> None:
        """Move single products while that saves, those the relaxation is least sure of first."""
        if self.best is None or not self.instance.stock_decided:
            return
        if self.best.objective - self.bound <= _FAR * self.gap * abs(self.best.objective):
            return
        unsure = np.where(relaxation.pooled.x >= 0, np.abs(relaxation.reduced_costs()), np.inf)
        second = np.sort(unsure, axis=1)[:, 1]
        order = [int(i) for i in np.argsort(second, kind="stable") if np.isfinite(second[i])][:_CANDIDATES]
        candidates = self.rules.alone(order)
        self._move_families([i for i in order if i not in candidates])
        near = Neighbourhood(self.instance, self.best.strategy)
        objective, moved = self.best.objective, True
        while moved and not self.deadline.passed():
            moved = False
            for i in candidates:
                for k in np.flatnonzero(self.instance.allowed[i]):
                    cost = near.cost(i, int(k)) if k != near.strategy[i] else None
                    if cost is None or cost >= objective - 1e-9 * abs(objective) or self.deadline.passed():
                        continue
                    after = near.strategy.copy()
                    after[i] = k
                    if self.rules.keeps(after):
                        near.accept(i, int(k))
                        objective, moved = cost, True
        if objective < self.best.objective:
            self._offer(near.strategy)

    def _move_families(self, candidates: list[int]) -> None:
        """Move whole families of one strategy while that saves."""
        for i in candidates:
            for k in np.flatnonzero(self.instance.allowed[i]).tolist():
                if self.best is not None and k != self.best.strategy[i] and not self.deadline.passed():
                    self._offer(self.rules.moved(self.best.strategy, i, k))

    def _prove(self, relaxation: Relaxation) -> Search:
        """Branch on what is open."""
        branching = Branching(relaxation, offer=self._offer, threshold=self._enough)
        bound = branching.run(self.instance.allowed, self.bound)
        self.log(f"{branching.nodes} nodes")
        if self.best is None:
            return self._result(SolveStatus.INFEASIBLE if bound == np.inf else SolveStatus.TIME_LIMIT)
        self.bound = max(self.bound, min(bound, self.best.objective))
        return self._result(SolveStatus.OPTIMAL if self._proven() else SolveStatus.TIME_LIMIT)
