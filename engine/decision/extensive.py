"""The Pyomo model solved: whole, as the readable reference, and with a plan's strategies fixed, as the last word."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from pyomo.common.errors import InfeasibleConstraintException

from engine.economics.instance import ATO, MTS, Instance, Integers
from engine.errors import EngineError
from engine.program.deadline import NEVER, Deadline
from engine.program.highs import Program, Solver, SolveStatus
from engine.search.branch_and_cut import NOWHERE, Search
from engine.search.evaluator import PooledEvaluator
from engine.words.reason import Reason, cause

if TYPE_CHECKING:
    from pyomo.core import ConcreteModel

# A plan whose program the Pyomo model values otherwise does not leave the engine.
TOLERANCE = 1e-6
# Coefficients of the largest model that is certified; a million take about ten seconds.
LARGEST = 2_000_000
_ENTRIES_PER_SECOND = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What the Pyomo model says of a plan's strategies.

    Parameters
    ----------
    objective_per_year : float
        Least cost of the model with the strategies fixed, solved by HiGHS.
    difference : float
        To the search's own value, relative.
    seconds : float
    """

    objective_per_year: float
    difference: float
    seconds: float

    def summary(self) -> dict[str, object]:
        """As `summary.json` has it."""
        return {
            "model": "pyomo", "objective_per_year": self.objective_per_year, "difference": self.difference,
            "seconds": round(self.seconds, 3),
        }  # fmt: skip


class NotCertified(Enum):
    """Why the Pyomo model was not asked."""

    NOT_ASKED = "switched off"
    TOO_LARGE = "left out: the model is too large to be built in Pyomo within a reasonable time"
    OUT_OF_TIME = "left out: no time was left"

    def summary(self) -> dict[str, object]:
        """As `summary.json` has it."""
        return {"model": None, "reason": self.value}


def search_extensive(instance: Instance, *, gap: float, deadline: Deadline = NEVER) -> Search:
    """Solve the mixed-integer program whole, in Pyomo, then its stocks once more under the strategies found.

    Parameters
    ----------
    instance : Instance
            Folded (`engine.economics.optima.stock.fold`).
        gap, deadline
        As of `solve`.
    """
    model, program = _compiled(instance)
    answer = Solver(program).solve(gap=0.9 * gap, time_limit=deadline.left())
    if answer.status is SolveStatus.INFEASIBLE:
        return NOWHERE
    if answer.values is None:
        return Search(best=None, bound=answer.bound, status=SolveStatus.TIME_LIMIT)
    share = np.full((len(instance.products), 3), -1.0)
    for (i, k), variable in model.x.items():
        column = program.columns.get(id(variable))
        share[i, k] = 1.0 if column is None else answer.values[column]
    best = PooledEvaluator(instance).evaluate(np.argmax(share, axis=1).astype(np.int64))
    if best is None:
        return Search(best=None, bound=answer.bound, status=SolveStatus.TIME_LIMIT)
    return Search(best=best, bound=min(answer.bound, best.objective), status=answer.status)


def certify(
    instance: Instance, strategy: Integers, value: float, *, deadline: Deadline = NEVER
) -> Certificate | NotCertified:
    """Build the Pyomo model with the strategies fixed, solve it by HiGHS, and compare.

    Parameters
    ----------
    instance : Instance
        Folded, as the search had it.
    strategy : shape (I,)
    value : float
        The program's value of these strategies, money per year.
    deadline : Deadline

    Returns
    -------
    Certificate or NotCertified
        The latter where the model is larger than `LARGEST` or time ran out.

    Raises
    ------
    EngineError
        Where the two differ by more than `TOLERANCE`, or the model has no plan with these strategies.
    """
    began = deadline.clock()
    entries = _entries(instance, strategy)
    if entries > LARGEST:
        return NotCertified.TOO_LARGE
    # Building cannot be stopped half-way: it is begun only where it will be done in time.
    if deadline.room() < entries / _ENTRIES_PER_SECOND:
        return NotCertified.OUT_OF_TIME
    try:
        with _uncollected():
            _, program = _compiled(instance, strategy)
    except InfeasibleConstraintException as broken:  # a row without a variable left, such as (C8)
        raise _refused(cause("model_rule")) from broken
    answer = Solver(program, relax=True, presolved=False).solve(time_limit=deadline.left())
    if answer.status is SolveStatus.TIME_LIMIT:
        return NotCertified.OUT_OF_TIME
    if answer.status is SolveStatus.INFEASIBLE:
        raise _refused(cause("model_stocks"))
    difference = abs(answer.objective - value) / max(abs(value), 1.0)
    if not difference <= TOLERANCE:
        figures = {"search": float(value), "model": float(answer.objective), "difference": float(difference)}
        raise _refused(cause("model_unlike", **figures))
    return Certificate(objective_per_year=answer.objective, difference=difference, seconds=deadline.clock() - began)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for garbage while many objects are made that all stay: it takes longer than making them."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _refused(why: Reason) -> EngineError:
    return EngineError(cause("uncertified", why=why))


def _entries(instance: Instance, strategy: Integers) -> int:
    """About how many coefficients the model has with the strategies fixed."""
    lines = int((strategy[instance.edges.product] == ATO).sum())
    stocks = 0 if instance.stock_decided else int((strategy == MTS).sum())
    return instance.samples * (2 * lines + 3 * stocks + int((strategy == ATO).sum()) + 1)


def _compiled(instance: Instance, strategy: Integers | None = None) -> tuple[ConcreteModel, Program]:
    """The Pyomo model, and the arrays that Pyomo makes of it."""
    from engine.model.build import build_model  # noqa: PLC0415  (Pyomo is slow to load, and asked last)
    from engine.program.compiled import compile_model  # noqa: PLC0415

    model = build_model(instance, strategy=strategy)
    return model, compile_model(model)
