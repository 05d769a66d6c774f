"""What-ifs at the speed of a slider: one object keeps samples, windows, cuts and the last plan between moves.

Everything here is NumPy and HiGHS called directly: several sessions may use their own objects in several threads
at once, which a Pyomo solve does not survive. One object serves one thread at a time.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

import numpy as np

from engine.decision.decided import Decided, make_plan, unknown_moves
from engine.decision.plan import Plan
from engine.decision.relaxation.least_inventory import least_inventory
from engine.decision.settling.beside import Beside
from engine.decision.settling.promise import FEW_ROUNDS, ROUNDS, promised
from engine.decision.solve import decide_instance
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import Instance, Integers
from engine.economics.optima.screen import screen
from engine.economics.optima.stock import fold
from engine.model.portfolio import portfolio
from engine.program.deadline import Clock, Deadline
from engine.program.highs import SolveStatus
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.search.branch_and_cut import PooledSearch, Search
from engine.search.cuts.families import Cut
from engine.search.evaluator import PooledEvaluator
from engine.search.held_rows import RowPool
from engine.search.recourse import Recourse
from engine.search.start import PlanBasis

FIRST_GAP = 0.01
FIRST_SECONDS = 0.55
_PREPARED_GAP = 1e-3
# Of a first answer's seconds the search keeps this share at least, however long tuning took the last time, and tuning
# has this share of them at least, however long the search took.
_SEARCHED, _TUNED = 0.5, 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfAnswer:
    """The decision of one what-if.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
        Indices of `STRATEGIES`.
    objective : float
        First come first served, money per year.
    bound : float
        No plan costs less, money per year.
    gap : float
        Of the search: what the program's plan costs above the bound, relative to the objective.
    counts : dict of str to int
    seconds : float
    proven : bool
        The gap is the one asked for in `prove`.
    stocks : Recourse or None
        What its plan is made of, where its stocks were tuned for one.
    """

    instance: Instance
    strategy: Integers
    objective: float
    bound: float
    gap: float
    counts: dict[str, int]
    seconds: float
    proven: bool
    stocks: Recourse | None = None


class WhatIf:
    """Decides what-ifs on the same products.

    Parameters
    ----------
    scenario : Scenario
        The base; its samples are drawn once.
    samples : int, optional
        In place of the scenario's own.
    prepare : float
        Most seconds to look for cuts of the base before the first move: every move begins with them. Zero looks for
        none, where the base itself is asked for next.
    clock : callable
        Seconds by which a first answer ends; by one that stands still it ends by its gap, or where nothing more is
        found.
    cache : SampleCache, optional
        Of the same products on as many samples, which others of the same thread draw from as well.
    """

    def __init__(
        self, scenario: Scenario, *, samples: int | None = None, prepare: float = 1.5,
        clock: Clock = time.perf_counter, cache: SampleCache | None = None,
    ) -> None:  # fmt: skip
        self._clock = clock
        self.samples = scenario.settings.samples if samples is None else samples
        self.cache = SampleCache() if cache is None else cache
        self._lock = threading.Lock()
        self._rows: RowPool | None = None
        self._cuts: list[Cut] = []
        self._last: Integers | None = None
        self._plan: PlanBasis | None = None
        # Seconds that tuning the last plan took: whether at the prices of a budget, whether in many rounds.
        self._tuned: dict[tuple[bool, bool], float] = {}
        if prepare > 0.0:
            self.first(scenario, gap=_PREPARED_GAP, seconds=prepare)

    @staticmethod
    def supports(instance: Instance) -> bool:
        """Whether every product has a strategy left."""
        return bool(instance.allowed.any(axis=1).all())

    def first(
        self, scenario: Scenario, *, gap: float = FIRST_GAP, seconds: float = FIRST_SECONDS, planned: bool = False
    ) -> WhatIfAnswer | None:
        """A plan with an honest gap, fast; None where none was found that keeps the rules.

        Parameters
        ----------
        scenario : Scenario
            The base with values changed; products, components and bill of materials as in the base.
        gap : float
            Stop as soon as it is proven.
        seconds : float
            From the call to the answer: no more cuts are looked for once what is left is needed to tune the stocks, as
            long as that took the last time. The relaxation itself is solved in any case.
        planned : bool
            `plan` is asked for next: the stocks are tuned in its rounds at once.
        """
        with self._lock:
            began, until = time.perf_counter(), Deadline.after(seconds, clock=self._clock)
            return self._first(self._build(scenario), began, gap=gap, seconds=seconds, until=until, planned=planned)

    def plan(self, scenario: Scenario, answer: WhatIfAnswer) -> Plan | None:
        """The tables of an answer but for the other strategies' costs, which are NaN, and the reasons, which are blank.

        Its stocks are tuned in more rounds than those of an answer that was not planned, so that it may cost a little
        less.

        Parameters
        ----------
        scenario : Scenario
            The one that was answered.
        answer : WhatIfAnswer

        Returns
        -------
        Plan or None
            None where no stocks keep the rules.
        """
        instance, began = answer.instance, time.perf_counter()
        recourse = best_stocks(instance, answer.strategy) if answer.stocks is None else answer.stocks
        if recourse is None:
            return None
        return plan_of_stocks(
            scenario, instance, recourse, bound=answer.bound, proven=answer.proven, began=began - answer.seconds
        )

    def prove(self, scenario: Scenario, *, gap: float = 1e-3, time_limit: float | None = None) -> WhatIfAnswer | None:
        """The same with a proven gap; starts from the last plan. None where the rules cannot be kept."""
        with self._lock:
            began = time.perf_counter()
            instance = self._build(scenario)
            deadline = Deadline.after(time_limit)
            decided = decide_instance(instance, gap=gap, deadline=deadline, start=self._last, settle=True)
            search = decided.search
            if search.best is None or decided.program is None:
                return None
            proven = search.status is SolveStatus.OPTIMAL
            return _answer(instance, search.best, decided.program.objective, search.bound, began, proven=proven)

    def _build(self, scenario: Scenario) -> Instance:
        return build_instance(scenario, samples=self.samples, cache=self.cache)

    def _first(
        self, instance: Instance, began: float, *, gap: float, seconds: float, until: Deadline, planned: bool
    ) -> WhatIfAnswer | None:
        if not self.supports(instance):
            return None
        folded = fold(instance)
        search = PooledSearch(folded, gap=gap, start=self._last, plan=self._plan)
        if self._rows is not None:
            search.rows.widen(self._rows)
        kind = instance.budget is not None, planned
        searched = until.earlier(min(self._tuned.get(kind, 0.0), (1.0 - _SEARCHED) * seconds))
        result, self._cuts = search.first(until=searched, allowed=screen(folded).allowed, cuts=self._cuts)
        self._rows, self._plan = search.rows, search.evaluator.plan
        if result.best is None:
            return None
        self._last = result.best.strategy
        now = self._clock()
        tuned = replace(until, at=max(until.at, now + _TUNED * seconds))
        plan = promised(instance, result.best, rounds=ROUNDS if planned else FEW_ROUNDS, deadline=tuned)
        self._tuned[kind] = self._clock() - now
        if plan is not None:
            answer = _answer(instance, plan, result.best.objective, result.bound, began, proven=False)
            return replace(answer, stocks=plan) if planned else answer
        # The budget holds with hindsight alone; a first answer has no time for plans next to the leanest.
        spare = least_inventory(instance, tries=0)
        if spare is None or spare[1] > (instance.budget or 0.0):
            return None
        return _answer(instance, spare[0], result.best.objective, result.bound, began, proven=False)


def best_stocks(instance: Instance, strategy: Integers, *, near: Recourse | None = None) -> Recourse | None:
    """Best stocks under given strategies; None where no stocks keep the rules.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    strategy : shape (I,)
        Indices of `STRATEGIES`.
    near : Recourse, optional
        A plan next to it, from whose stocks the search begins, as that of `solve` does; what its program costs is not
        known then.
    """
    if not instance.allowed[np.arange(len(strategy)), strategy].all():
        return None
    if near is not None:
        return Beside(instance, near).served(strategy) if portfolio(instance).keeps(strategy) else None
    recourse = PooledEvaluator(fold(instance)).evaluate(strategy)
    return None if recourse is None else promised(instance, recourse)


def plan_of_stocks(
    scenario: Scenario,
    instance: Instance,
    recourse: Recourse,
    *,
    bound: float = -np.inf,
    proven: bool = False,
    seed: int | None = None,
    began: float | None = None,
) -> Plan:
    """The tables of strategies with their stocks, without the other strategies' costs and without reasons.

    Parameters
    ----------
    scenario : Scenario
    instance : Instance
        Of the scenario.
    recourse : Recourse
    bound : float
        No plan costs less, money per year; nothing where that is not known.
    proven : bool
        The gap to it is the one asked for.
    seed : int, optional
        Of the samples, where it is not the scenario's own.
    began : float, optional
        When the work began, by `time.perf_counter`.
    """
    search = Search(best=recourse, bound=bound, status=SolveStatus.OPTIMAL if proven else SolveStatus.TIME_LIMIT)
    program = replace(recourse, objective=recourse.program_value)
    decided = Decided(search=search, program=program, folded=instance, move_objectives=unknown_moves(instance))
    plan = make_plan(scenario, instance, decided, seed=seed, began=began)
    # Without the other strategies' costs the sentences would call every choice the only one.
    plan.decisions["reason"] = ""
    return plan


def _answer(
    instance: Instance, plan: Recourse, program: float, bound: float, began: float, *, proven: bool
) -> WhatIfAnswer:
    bound = min(bound, plan.objective)
    return WhatIfAnswer(
        instance=instance,
        strategy=plan.strategy,
        objective=plan.objective,
        bound=bound,
        gap=max(0.0, min(program, plan.objective) - bound) / max(abs(plan.objective), 1e-9),
        counts={name: int((plan.strategy == k).sum()) for k, name in enumerate(STRATEGIES)},
        seconds=time.perf_counter() - began,
        proven=proven,
    )
