"""`solve`: from a scenario to an outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from engine.decision.aside import Aside, at_once, begun
from engine.decision.decided import SMALLEST, Decided, best_of, make_plan, uncompared, unknown_moves
from engine.decision.drawing import draw
from engine.decision.extensive import Certificate, NotCertified, certify, search_extensive
from engine.decision.outcome import Infeasible, Outcome, Solved, TimedOut
from engine.decision.plan import Plan
from engine.decision.relaxation.conflicts import budget_conflict
from engine.decision.relaxation.infeasible import infeasible, unserved
from engine.decision.relaxation.least_inventory import least_inventory
from engine.decision.settling.groups import apart, settle_groups
from engine.decision.settling.settle import Settling
from engine.demand.fitting.complete import complete
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import Instance, Integers
from engine.economics.optima.stock import fold
from engine.program.deadline import NEVER, Deadline, Log
from engine.program.highs import SolveStatus
from engine.scenario.scenario import Scenario
from engine.search.alternatives import MoveCosts
from engine.search.branch_and_cut import Search
from engine.search.evaluator import PooledEvaluator
from engine.search.groups import search_whole
from engine.search.recourse import Recourse

DEFAULT_GAP = 1e-3
# What is kept of a time limit, in times that drawing the samples took: for serving in turn and the moves from there,
# for the tables, and for the readers' figures, but for those only where that leaves most of the time to deciding.
_SETTLING, _TABLES, _READERS = 1.0, 0.4, 1.6


def solve(
    scenario: Scenario,
    *,
    gap: float = DEFAULT_GAP,
    time_limit: float | Deadline | None = None,
    samples: int | None = None,
    seed: int | None = None,
    extensive: bool = False,
    certified: bool = True,
    compared: bool = True,
    exact_alternatives: bool = False,
    log: Log = lambda _: None,
    cache: SampleCache | None = None,
    aside: Aside = at_once,
    tell: Callable[[Plan], Plan] = lambda plan: plan,
) -> Outcome:
    """Decide a scenario.

    Parameters
    ----------
    scenario : Scenario
        Checked; demand columns that are blank are filled in from its order lines first (`complete`).
    gap : float
        Relative gap to prove.
    time_limit : float or Deadline, optional
        Seconds from now until the plan is there, whatever is done by then; none by default. Where it leaves no room to
        decide on all samples, there are fewer, which the plan tells; where not even a few are drawn by then, there is
        no plan.
    samples, seed : int, optional
        In place of the scenario's own.
    extensive : bool
        Solve the plain extensive form in Pyomo instead of the production path: the reference, slower.
    certified : bool
        Let the Pyomo model with the plan's strategies fixed have the last word; a plan whose program it values
        otherwise does not leave the engine.
    compared : bool
        Tell what each product's other strategies would cost; the plan is the same without.
    exact_alternatives : bool
        Tell so exactly of all of them. Else those that are far from close (`engine.decision.close`) have the lower
        bound that the plan's prices give, and are told as *at least*; the plan is the same.
    log : callable
        Takes one line of progress at a time.
    cache : SampleCache, optional
        Keeps the draws for whoever evaluates the plan.
    aside : callable
        Where the certificate is worked on, which nothing but the end waits for.
    tell : callable
        Adds to the plan what does not wait for its certificate, where it is compared.

    Returns
    -------
    Solved, TimedOut or Infeasible
    """
    deadline = time_limit if isinstance(time_limit, Deadline) else Deadline.after(time_limit)
    began = deadline.clock()
    cache = SampleCache() if cache is None else cache
    scenario = complete(scenario)
    asked = scenario.settings.samples if samples is None else samples
    instance = draw(scenario, samples=asked, seed=seed, cache=cache, deadline=deadline, all_of_them=extensive)
    if instance is None:
        return TimedOut(plan=None, bound_per_year=-np.inf, scenario=scenario.name)
    if alone := unserved(instance):
        return Infeasible(conflicts=alone, scenario=scenario.name)
    deciding = _leaving(deadline, (_TABLES + _READERS) * cache.seconds, else_=_TABLES * cache.seconds)
    decided = decide_instance(
        instance, gap=gap, deadline=deciding, searching=_leaving(deciding, _SETTLING * cache.seconds),
        extensive=extensive, log=log, settle=True,
    )  # fmt: skip
    search = decided.search
    if search.best is None:
        return _without_plan(scenario, instance, decided, deadline)
    if not compared:
        decided = replace(decided, move_objectives=unknown_moves(instance))
    certificate = _not_asked
    if certified:
        strategy, value = search.best.strategy, search.best.program_value
        certificate = begun(aside, partial(certify, decided.folded, strategy, value, deadline=deciding))
    plan = make_plan(
        scenario, instance, decided, seed=seed, began=began, clock=deadline.clock, asked=asked,
        limited=deadline.limited, exact_alternatives=exact_alternatives,
    )  # fmt: skip
    plan = _certified(tell(plan) if compared else uncompared(plan), certificate(), log)
    if plan.summary["status"] == "solved":
        return Solved(plan=plan)
    return TimedOut(plan=plan, bound_per_year=search.bound, scenario=scenario.name)


def _without_plan(scenario: Scenario, instance: Instance, decided: Decided, deadline: Deadline) -> Outcome:
    """Which rules leave no plan, or that there was no time to find one."""
    search = decided.search
    # Without a limit it is not for want of time: rules are asked, which forbid it or show that the solver lost its way.
    if search.status is not SolveStatus.INFEASIBLE and deadline.limited:
        return TimedOut(plan=None, bound_per_year=search.bound, scenario=scenario.name)
    if decided.needed_budget is None:
        return infeasible(instance, deadline=deadline, scenario=scenario.name)
    return Infeasible(conflicts=(budget_conflict(instance, decided.needed_budget),), scenario=scenario.name)


def decide_instance(
    instance: Instance,
    *,
    gap: float,
    deadline: Deadline = NEVER,
    searching: Deadline | None = None,
    extensive: bool = False,
    log: Log = lambda _: None,
    start: Integers | None = None,
    settle: bool = False,
    served: bool = True,
) -> Decided:
    """Search for the best strategies of an instance.

    Parameters
    ----------
    instance : Instance
    gap, extensive, log
        As of `solve`.
    deadline : Deadline
        Of the whole decision.
    searching : Deadline, optional
        Of the search in it, by default the same.
    start : shape (I,), optional
        Strategies of a near instance, to begin with.
    settle : bool
        Follow moves of single products that save first come first served.
    served : bool
        The plan first come first served; else the program's own, with hindsight.
    """
    folded = fold(instance)
    if extensive:
        search = search_extensive(folded, gap=gap, deadline=searching or deadline)
    else:
        search = search_whole(folded, gap=gap, deadline=searching or deadline, log=log, start=start)
    evaluator = PooledEvaluator(folded, deadline=deadline)
    best = search.best
    if best is None or not served:
        return Decided(
            search=search, program=best, folded=folded,
            move_objectives=lambda exact: MoveCosts(folded, best_of(search), evaluator, deadline=deadline).after(exact),
        )  # fmt: skip
    parted = [] if instance.ties_products else apart(instance)
    if len(parted) > 1:
        whole, tried = settle_groups(instance, folded, best, parted, follow_moves=settle, deadline=deadline)
        log(f"first come first served {whole.plan.objective:,.0f}, {tried} plans tried")
        return Decided(
            search=_ended(search, whole.plan, gap), program=best, folded=folded, move_objectives=whole.moves
        )
    settling = Settling(instance, folded, evaluator, deadline=deadline)
    settled, needed = settling.settle(best, follow_moves=settle), None
    if settled is None:
        # Strategies that keep the budget with hindsight and not first come first served: begin with the least stock.
        spare = least_inventory(instance, deadline=deadline)
        if spare is not None and spare[1] <= (instance.budget or 0.0):
            settled = settling.settle_from(spare[0], follow_moves=settle)
        needed = None if spare is None else spare[1]
    if settled is None:
        status = SolveStatus.TIME_LIMIT if needed is None else SolveStatus.INFEASIBLE
        return Decided(
            search=Search(best=None, bound=search.bound, status=status), program=best, folded=folded,
            move_objectives=unknown_moves(instance), needed_budget=needed,
        )  # fmt: skip
    log(f"first come first served {settled.plan.objective:,.0f}, {settling.count} plans tried")
    return Decided(
        search=_ended(search, settled.plan, gap), program=best, folded=folded, move_objectives=settled.moves
    )


def _ended(search: Search, plan: Recourse, gap: float) -> Search:
    """The search with the plan served in turn, and whether the gap is proven of it or of the program that was searched.

    The program counts lost sales by their convex envelope: what that leaves open is not to be found by searching on.
    """
    room = gap * max(abs(plan.objective), SMALLEST)
    values = [plan.objective, *(() if search.best is None else (search.best.program_value,))]
    proven = search.status is SolveStatus.TIME_LIMIT and min(values) - search.bound <= room
    return replace(search, best=plan, status=SolveStatus.OPTIMAL if proven else search.status)


def _leaving(deadline: Deadline, seconds: float, *, else_: float | None = None) -> Deadline:
    """A deadline that leaves so many seconds to what comes after; else fewer, never more than half of the time left."""
    if not deadline.limited:
        return deadline
    half = 0.5 * max(deadline.room(), 0.0)
    return deadline.earlier(seconds if seconds <= half else min(seconds if else_ is None else else_, half))


def _not_asked() -> Certificate | NotCertified:
    return NotCertified.NOT_ASKED


def _certified(plan: Plan, word: Certificate | NotCertified, log: Log) -> Plan:
    """The plan with the last word on it, and a line of progress."""
    if isinstance(word, Certificate):
        log(f"certified by the Pyomo model: {word.objective_per_year:,.0f}, {word.seconds:.1f} s")
    return replace(plan, summary={**plan.summary, "certified_by": word.summary()})
