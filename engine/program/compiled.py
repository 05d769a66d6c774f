"""Pyomo compiled to one sparse matrix.

The rows of our model are sums of coefficient times variable, which are read off as they stand, in little more than half
the time that Pyomo's compiler takes to walk them; the objective, and a model with rows of another kind, are left to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.core as pyo
import scipy.sparse
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.core.expr import LinearExpression, MonomialTermExpression
from pyomo.repn.plugins import standard_form

from engine.demand.streams import Array
from engine.economics.axes import Integers
from engine.program.highs import Program

# The compiler makes sparse matrices of SciPy and takes nothing else of it, while Pyomo's own import of SciPy loads all
# of its statistics, for half a second.
standard_form.scipy = scipy


def compile_model(model: pyo.ConcreteModel) -> Program:
    """Compile a linear Pyomo model to one sparse matrix."""
    rows = _rows_as_stated(model)
    if rows is None:
        return _by_pyomo(model)
    with _without_rows(model):
        objective = _by_pyomo(model)
    return _joined(objective, rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Rows low <= sum of coefficient times variable <= high, one entry after the other.

    Parameters
    ----------
    constraints : list
    low, high : shape (rows,)
    entries : shape (rows,)
        How many each row has.
    variables : list
        Those that stand anywhere, in the order in which they first do.
    variable : shape (entries,)
        Of each entry, its place in `variables`.
    coefficients : shape (entries,)
    """

    constraints: list[Any]
    low: Array
    high: Array
    entries: Integers
    variables: list[Any]
    variable: Integers
    coefficients: Array


def _rows_as_stated(model: pyo.ConcreteModel) -> _Rows | None:
    """All rows; None where one is more than numbers times variables."""
    constraints: list[Any] = list(model.component_data_objects(pyo.Constraint, active=True))
    low: list[float] = []
    high: list[float] = []
    count: list[int] = []
    terms: list[Any] = []
    for constraint in constraints:
        least, body, most = constraint.to_bounded_expression(evaluate_bounds=True)
        if body.__class__ is not LinearExpression:
            return None
        low.append(-np.inf if least is None else least)
        high.append(np.inf if most is None else most)
        arguments = body.args
        count.append(len(arguments))
        terms += arguments
    if not set(map(type, terms)) <= {MonomialTermExpression}:
        return None
    numbers: list[Any] = [term.args[0] for term in terms]
    standing: list[Any] = [term.args[1] for term in terms]
    if not set(map(type, numbers)) <= {float}:
        return None
    _, first, variable = np.unique(
        np.fromiter(map(id, standing), dtype=np.int64, count=len(standing)), return_index=True, return_inverse=True
    )
    order = np.argsort(first, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return _Rows(
        constraints=constraints, low=np.array(low), high=np.array(high), entries=np.array(count, dtype=np.int64),
        variables=[standing[k] for k in first[order].tolist()], variable=place[variable],
        coefficients=np.array(numbers, dtype=np.float64),
    )  # fmt: skip


@contextmanager
def _without_rows(model: pyo.ConcreteModel) -> Iterator[None]:
    held = list(model.component_objects(pyo.Constraint, active=True))
    for component in held:
        component.deactivate()
    try:
        yield
    finally:
        for component in held:
            component.activate()


def _joined(objective: Program, rows: _Rows) -> Program:
    """A program of one objective and its rows; variables that are fixed go to the right side."""
    columns = dict(objective.columns)
    fixed, of = np.zeros(len(rows.variables)), np.full(len(rows.variables), -1, dtype=np.int64)
    added: list[Any] = []
    for k, variable in enumerate(rows.variables):
        if variable.fixed:
            fixed[k] = variable.value
            continue
        if id(variable) not in columns:
            columns[id(variable)] = len(columns)
            added.append(variable)
        of[k] = columns[id(variable)]
    column, value = of[rows.variable], fixed[rows.variable]
    row = np.repeat(np.arange(len(rows.entries)), rows.entries)
    # low - sum over fixed of a v <= sum over the others of a v <= high - the same
    constant = np.bincount(row, weights=rows.coefficients * value, minlength=len(rows.entries))
    free = column >= 0
    some = np.bincount(row[free], minlength=len(rows.entries)) > 0
    broken = ~some & ((rows.low > constant) | (rows.high < constant))
    if broken.any():
        name = rows.constraints[int(np.flatnonzero(broken)[0])].name
        raise InfeasibleConstraintException(f"no variable is left in {name}, and it does not hold")
    place = np.cumsum(some) - 1
    count = int(some.sum())
    matrix = scipy.sparse.coo_matrix(
        (rows.coefficients[free], (place[row[free]], column[free])), shape=(count, len(columns))
    )
    lower, upper, integer = _limits(added)
    return Program(
        cost=np.concatenate([objective.cost, np.zeros(len(added))]),
        offset=objective.offset,
        matrix=scipy.sparse.csc_matrix(matrix),
        row_low=(rows.low - constant)[some],
        row_high=(rows.high - constant)[some],
        lower=np.concatenate([objective.lower, lower]),
        upper=np.concatenate([objective.upper, upper]),
        integer=np.concatenate([objective.integer, integer]),
        columns=columns,
        rows={id(rows.constraints[k]): n for n, k in enumerate(np.flatnonzero(some).tolist())},
    )


def _by_pyomo(model: pyo.ConcreteModel) -> Program:
    """The same by Pyomo's own compiler, which takes any linear expression."""
    form: Any = standard_form.LinearStandardFormCompiler().write(model, mixed_form=True)
    count = len(form.rows)
    rhs = np.asarray(form.rhs, dtype=np.float64)
    kind = np.array([row.bound_type for row in form.rows], dtype=np.int64)
    lower, upper, integer = _limits(form.columns)
    return Program(
        cost=np.asarray(form.c.todense(), dtype=np.float64).ravel(),
        offset=float(np.asarray(form.c_offset).ravel()[0]),
        matrix=scipy.sparse.csc_matrix(form.A),
        row_low=np.where(kind <= 0, rhs, -np.inf) if count else rhs,
        row_high=np.where(kind >= 0, rhs, np.inf) if count else rhs,
        lower=lower,
        upper=upper,
        integer=integer,
        columns={id(v): k for k, v in enumerate(form.columns)},
        rows={id(row.constraint): k for k, row in enumerate(form.rows)},
    )


def _limits(variables: Iterable[Any]) -> tuple[Array, Array, np.ndarray]:
    """Lower and upper bounds, and which are whole numbers; shape (variables,) each."""
    limits = [(*variable.bounds, not variable.is_continuous()) for variable in variables]
    lower = np.array([-np.inf if low is None else low for low, _, _ in limits], dtype=np.float64)
    upper = np.array([np.inf if high is None else high for _, high, _ in limits], dtype=np.float64)
    return lower, upper, np.array([whole for _, _, whole in limits], dtype=bool)
