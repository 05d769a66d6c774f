"""A scenario decided again after a change, as `solve` decides it but without the tables of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from engine.decision.outcome import NoPlanError
from engine.decision.relaxation.infeasible import infeasible
from engine.decision.solve import decide_instance
from engine.decision.whatif import best_stocks
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import Instance, Integers
from engine.program.highs import SolveStatus
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse


@dataclass(frozen=True, slots=True, kw_only=True)
class Redecided:
    """A decision and its proof.

    Parameters
    ----------
    instance : Instance
    recourse : Recourse
    program : float
        Cost of the program's best plan, which shares parts with hindsight, money per year.
    bound : float
        No plan of this instance costs less, money per year.
    """

    instance: Instance
    recourse: Recourse
    program: float
    bound: float

    @property
    def objective(self) -> float:
        """Expected cost per year."""
        return self.recourse.objective

    @property
    def open_cost(self) -> float:
        """Cost that the search leaves open, money per year: what hindsight would save is none of it."""
        return max(0.0, self.program - self.bound)


def redecide(
    scenario: Scenario,
    *,
    gap: float,
    samples: int | None = None,
    seed: int | None = None,
    cache: SampleCache | None = None,
    start: Integers | None = None,
    settle: bool = True,
) -> Redecided | None:
    """Decide a scenario; None where no plan keeps the rules.

    Parameters
    ----------
    scenario : Scenario
    gap : float
        Relative gap to prove.
    samples, seed : int, optional
        In place of the scenario's own.
    cache : SampleCache, optional
        Keeps samples between scenarios on the same products.
    start : shape (I,), optional
        Strategies to start from, those of a near scenario.
    settle : bool
        Follow moves of single products that save first come first served, as `solve` does: most of the time.
    """
    instance = build_instance(scenario, samples=samples, seed=seed, cache=cache)
    return redecide_instance(instance, gap=gap, start=start, settle=settle)


def redecide_instance(
    instance: Instance, *, gap: float, start: Integers | None = None, settle: bool = True
) -> Redecided | None:
    """The same of an instance, as built, finished stock open."""
    if not instance.allowed.any(axis=1).all():
        return None
    decision = decide_instance(instance, gap=gap, start=start, settle=settle)
    search, program = decision.search, decision.program
    best = search.best
    if search.status is SolveStatus.INFEASIBLE or best is None or program is None:
        return None
    near = None if start is None else best_stocks(instance, start)
    if near is not None and near.objective < best.objective:
        # Both are within the gap; the better of two plans is the plan.
        best = near
    cost = min(program.objective, best.objective)
    return Redecided(instance=instance, recourse=best, program=cost, bound=min(search.bound, cost))


def decided(
    decision: Redecided | None,
    scenario: Scenario,
    *,
    samples: int | None = None,
    seed: int | None = None,
    cache: SampleCache | None = None,
) -> Redecided:
    """The decision of a scenario.

    Raises
    ------
    NoPlanError
        Where there is none; it names the rules in conflict.
    """
    if decision is None:
        instance = build_instance(scenario, samples=samples, seed=seed, cache=cache)
        raise NoPlanError(scenario.name, infeasible(instance))
    return decision
