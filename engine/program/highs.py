"""HiGHS on one sparse matrix."""

from __future__ import annotations

import enum
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from engine.demand.streams import Array
from engine.economics.instance import Integers
from engine.errors import EngineError
from engine.program.numbers import Numbers
from engine.program.scaling import Scaling, scaling_of
from engine.words.reason import cause, quoted

_ZERO = 1e-7
# Steps of the simplex method allowed whatever the size, and all that there are.
_LEAST_STEPS, _NO_LIMIT = 10_000, 2**31 - 1
# Values of the option simplex_strategy: the primal method where the basis is feasible, the dual one.
_PRIMAL_WHERE_FEASIBLE, _DUAL = 0, 1
_NONE: Integers = np.zeros(0, dtype=np.int64)


class SolveStatus(enum.Enum):
    """How a solve ended; `ENOUGH` proves the bound that was asked for and has no solution."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"
    INFEASIBLE = "infeasible"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A mixed-integer program min c'x + offset, low <= A x <= high, lower <= x <= upper.

    Parameters
    ----------
    columns : mapping of int to int
        ``id`` of a Pyomo variable to its column.
    rows : mapping of int to int
        ``id`` of a Pyomo constraint to its row.
    """

    cost: Array
    offset: float
    matrix: sparse.csc_matrix
    row_low: Array
    row_high: Array
    lower: Array
    upper: Array
    integer: np.ndarray
    columns: dict[int, int]
    rows: dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What HiGHS returned.

    Parameters
    ----------
    status : SolveStatus
    objective, bound : float
        NaN where there is no solution; bound is a proven lower bound.
    values : numpy.ndarray or None, shape (columns,)
    of_rows, of_columns : Numbers or None
        Prices of the rows and reduced costs of the columns; only for linear programs.
    seconds : float
    """

    status: SolveStatus
    objective: float = np.nan
    bound: float = np.nan
    values: Array | None = None
    of_rows: Numbers | None = None
    of_columns: Numbers | None = None
    seconds: float

    @property
    def duals(self) -> Array | None:
        """Prices of the rows, shape (rows,)."""
        return None if self.of_rows is None else self.of_rows.values

    @property
    def reduced(self) -> Array | None:
        """Reduced costs of the columns, shape (columns,)."""
        return None if self.of_columns is None else self.of_columns.values


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Which columns and rows are basic, and at which bound the others are.

    Parameters
    ----------
    columns, rows : arrays of HighsBasisStatus
    """

    columns: np.ndarray
    rows: np.ndarray

    def basic_rows(self) -> np.ndarray:
        """Rows that do not hold with equality, or do so by chance; shape (rows,)."""
        basic: np.ndarray = self.rows == highspy.HighsBasisStatus.kBasic
        return basic


def basis_of(raw: object) -> Basis:
    """A basis from HiGHS's own form (`Solver.raw_basis`); to read that takes longer than to keep it."""
    basis: Any = raw
    return Basis(columns=np.array(basis.col_status, dtype=object), rows=np.array(basis.row_status, dtype=object))


class Matrix:
    """Triplets of a sparse matrix under construction."""

    def __init__(self) -> None:
        self.rows: list[Integers] = [np.zeros(0, dtype=np.int64)]
        self.cols: list[Integers] = [np.zeros(0, dtype=np.int64)]
        self.values: list[Array] = [np.zeros(0)]

    def put(self, rows: Integers, cols: Integers, values: Array | float) -> None:
        """Add one entry for each row and column."""
        self.rows.append(rows)
        self.cols.append(cols.astype(np.int64))
        given = np.asarray(values, dtype=np.float64)
        self.values.append(given if given.shape == rows.shape else np.full(rows.shape, given))

    def build(self, shape: tuple[int, int]) -> sparse.csc_matrix:
        """The matrix; entries of one place add up."""
        places = (np.concatenate(self.rows), np.concatenate(self.cols))
        return sparse.csc_matrix((np.concatenate(self.values), places), shape=shape)


_CONFUSED = (
    highspy.HighsModelStatus.kSolveError,
    highspy.HighsModelStatus.kUnknown,
    highspy.HighsModelStatus.kNotset,
    highspy.HighsModelStatus.kIterationLimit,
)


# A basis kept from an earlier solve can be numerically bad for the changed program: begin afresh. Where limits leave
# hardly any room, what presolve makes of a program can be worse than it, and the simplex method may lose its way.
_AFRESH: tuple[Mapping[str, str], ...] = ({}, {"presolve": "off"}, {"solver": "ipm"})


class Solver:
    """HiGHS holding one program, to be solved again after its bounds change.

    Parameters
    ----------
    program : Program
    relax : bool
        Solve the linear relaxation.
    presolved : bool
        Let HiGHS make the program smaller first: of one that is solved once and has little to spare, as with
        strategies fixed, that takes as long as the solve.
    """

    def __init__(self, program: Program, *, relax: bool = False, presolved: bool = True) -> None:
        self.program = program
        self.highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self.highs.setOptionValue("output_flag", "off")
        # One thread everywhere: changing it within a process makes HiGHS fail silently.
        self.highs.setOptionValue("threads", 1)
        self.highs.setOptionValue("random_seed", 0)
        if not presolved:
            self.highs.setOptionValue("presolve", "off")
        self.relax = relax
        self._mixed = bool(program.integer.any()) and not relax
        # Whether the next solve begins from a basis.
        self._begun = False
        self.scaling: Scaling | None = scaling_of(program)
        given = program if self.scaling is None else self.scaling.program(program)
        # As arrays: HiGHS's own object of a program takes each number by itself, six times as long.
        status = self.highs.passModel(
            len(given.cost), len(given.row_low), given.matrix.nnz, int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMinimize), given.offset, given.cost, given.lower, given.upper, given.row_low,
            given.row_high, given.matrix.indptr, given.matrix.indices, given.matrix.data,
            (given.integer & (not relax)).astype(np.int32),
        )  # fmt: skip
        if status == highspy.HighsStatus.kError:
            raise _lost(program)
        # Factors of all rows held, added ones included.
        self._rows = None if self.scaling is None else self.scaling.rows

    def set_bounds(self, columns: np.ndarray, lower: Array, upper: Array) -> None:
        """Change the bounds of some columns."""
        if self.scaling is not None:
            lower, upper = lower / self.scaling.columns[columns], upper / self.scaling.columns[columns]
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def set_row_low(self, rows: np.ndarray, low: Array) -> None:
        """Change the lower limits of some rows that have no upper limit."""
        if self._rows is not None:
            low = low * self._rows[rows]
        self.highs.changeRowsBounds(len(rows), rows.astype(np.int32), low, np.full(len(rows), np.inf))

    def add_rows(self, low: Array, matrix: sparse.csr_matrix) -> None:
        """Add rows with lower limits only."""
        if self.scaling is not None and self._rows is not None:
            matrix, low, factors = self.scaling.more_rows(matrix, low)
            self._rows = np.concatenate([self._rows, factors])
        none = np.full(len(low), np.inf)
        starts, columns = matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32)
        self.highs.addRows(len(low), low, none, matrix.nnz, starts, columns, matrix.data)

    @property
    def rows(self) -> int:
        """Rows held, added ones included."""
        return int(self.highs.getNumRow())

    def row_values(self) -> Array:
        """Values of the rows at the last solution, added ones included."""
        values = np.array(self.highs.getSolution().row_value)
        return values if self._rows is None else values / self._rows

    def basis(self) -> Basis | None:
        """The last basis; None where there is none."""
        return basis_of(self.highs.getBasis()) if self.has_basis else None

    @property
    def has_basis(self) -> bool:
        """Whether the last solve left a basis."""
        return bool(self.highs.getBasis().valid)

    def raw_basis(self) -> object:
        """The last basis in HiGHS's own form, to go back to."""
        basis: object = self.highs.getBasis()
        return basis

    def go_back_to(self, basis: object, *, rows: int | None = None) -> None:
        """Begin the next solve from a basis of this program.

        Parameters
        ----------
        basis : object
            As `raw_basis` gave it; rows added since are basic from then on.
        rows : int, optional
            Rows that it has; by default all.
        """
        raw: Any = basis
        if rows is not None and rows < self.rows:
            raw.row_status = [*raw.row_status, *[highspy.HighsBasisStatus.kBasic] * (self.rows - rows)]
        self.highs.setBasis(raw)
        self._begun = True

    def continue_from(
        self,
        start: Basis,
        columns: tuple[Integers, Integers],
        rows: tuple[Integers, Integers],
        *,
        basic: Integers = _NONE,
        tight: Integers = _NONE,
        upper: Integers = _NONE,
    ) -> None:
        """Take over the basis of a smaller program; new columns are nonbasic, new rows basic.

        Parameters
        ----------
        start : Basis
        columns, rows : pair of arrays
            Their numbers there and here.
        basic, upper : shape (n,)
            Columns here that are basic, or at their upper bound.
        tight : shape (n,)
            Rows here that are not basic.
        """
        status, basis = highspy.HighsBasisStatus, highspy.HighsBasis()
        column = np.full(self.highs.getNumCol(), status.kLower, dtype=object)
        row = np.full(self.highs.getNumRow(), status.kBasic, dtype=object)
        column[columns[1]] = start.columns[columns[0]]
        row[rows[1]] = start.rows[rows[0]]
        column[upper], column[basic], row[tight] = status.kUpper, status.kBasic, status.kLower
        basis.col_status, basis.row_status = column.tolist(), row.tolist()
        self.highs.setBasis(basis)
        self._begun = True

    def solve(
        self, *, gap: float = 0.0, time_limit: float | None = None, enough: float = np.inf, feasible: bool = False
    ) -> Solution:
        """Solve, at most `time_limit` seconds, until the relative gap is at most `gap`.

        Where the basis to begin from is likely `feasible` and far from optimal, as after a change of costs, the primal
        simplex method goes on from it; everywhere else the dual one does.

        A linear program ends with `SolveStatus.ENOUGH` where the dual simplex passes the objective `enough`: its dual
        objective, without perturbation, is a bound (HiGHS option objective_bound).
        """
        began = time.perf_counter()
        money = 1.0 if self.scaling is None else self.scaling.money
        self.highs.setOptionValue("objective_bound", float(enough) * money)
        self.highs.setOptionValue("mip_rel_gap", gap)
        self.highs.setOptionValue("mip_abs_gap", 1e-9)
        # HiGHS counts its limit from the first solve of the object.
        limit = np.inf if time_limit is None else self.highs.getRunTime() + max(time_limit, 0.0)
        self.highs.setOptionValue("time_limit", float(limit))
        # From an earlier basis the simplex method may walk about and get nowhere: afresh it takes fewer steps.
        self.highs.setOptionValue("simplex_iteration_limit", self._most_steps())
        self.highs.setOptionValue("simplex_strategy", _PRIMAL_WHERE_FEASIBLE if feasible else _DUAL)
        self.highs.run()
        self.highs.setOptionValue("simplex_iteration_limit", _NO_LIMIT)
        self._begun = True
        for afresh in _AFRESH:
            if self.highs.getModelStatus() not in _CONFUSED:
                break
            self._begin_afresh(afresh)
        return self._read(time.perf_counter() - began, enough)

    def _most_steps(self) -> int:
        """Steps of the simplex method after which it begins afresh; without an earlier basis it does not."""
        if not self._begun or self._mixed:
            return _NO_LIMIT
        return _LEAST_STEPS + int(self.highs.getNumRow()) + int(self.highs.getNumCol())

    def _begin_afresh(self, options: Mapping[str, str]) -> None:
        """Solve from nothing under other options, and put those back."""
        before = {name: self.highs.getOptionValue(name)[1] for name in options}
        self.highs.clearSolver()
        for name, value in options.items():
            self.highs.setOptionValue(name, value)
        self.highs.run()
        for name, value in before.items():
            self.highs.setOptionValue(name, value)

    def _read(self, seconds: float, enough: float) -> Solution:
        status = self.highs.getModelStatus()
        states = highspy.HighsModelStatus
        if status == states.kObjectiveBound:
            return Solution(status=SolveStatus.ENOUGH, bound=enough, seconds=seconds)
        if status == states.kInfeasible:
            return Solution(status=SolveStatus.INFEASIBLE, seconds=seconds)
        if status == states.kModelEmpty:
            return self._constant(seconds)
        info = self.highs.getInfo()
        mip = self._mixed
        if status not in (states.kOptimal, states.kTimeLimit, states.kInterrupt):
            raise _lost(self.program, self.highs.modelStatusToString(status))
        feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        solution = self.highs.getSolution()
        values = np.array(solution.col_value) if feasible else None
        objective = float(info.objective_function_value) if feasible else np.nan
        optimal = status == states.kOptimal
        bound = float(info.mip_dual_bound) if mip else (objective if optimal else -np.inf)
        result = Solution(
            status=SolveStatus.OPTIMAL if optimal else SolveStatus.TIME_LIMIT,
            objective=objective,
            bound=min(bound, objective) if feasible else bound,
            values=values,
            of_rows=None if mip else Numbers(lambda: solution.row_dual),
            of_columns=None if mip else Numbers(lambda: solution.col_dual),
            seconds=seconds,
        )
        return result if self.scaling is None or self._rows is None else _in_own_units(result, self.scaling, self._rows)

    def _constant(self, seconds: float) -> Solution:
        """The answer to a program without columns: its constant, where zero keeps every row."""
        program = self.program
        holds = bool(((program.row_low <= _ZERO) & (program.row_high >= -_ZERO)).all())
        if not holds:
            return Solution(status=SolveStatus.INFEASIBLE, seconds=seconds)
        return Solution(
            status=SolveStatus.OPTIMAL, objective=program.offset, bound=program.offset, values=np.zeros(0),
            of_rows=Numbers(lambda: np.zeros(len(program.row_low))), of_columns=Numbers(lambda: np.zeros(0)),
            seconds=seconds,
        )  # fmt: skip


def _in_own_units(solution: Solution, scaling: Scaling, rows: Array) -> Solution:
    """A solution in the units of the program: prices are money a unit of a row, reduced costs of a column."""
    money, columns = scaling.money, scaling.columns
    prices, reduced = solution.of_rows, solution.of_columns
    return replace(
        solution, objective=solution.objective / money, bound=solution.bound / money,
        values=None if solution.values is None else solution.values * columns,
        of_rows=None if prices is None else Numbers(lambda: prices.values, rows / money),
        of_columns=None if reduced is None else Numbers(lambda: reduced.values, 1.0 / (columns * money)),
    )  # fmt: skip


def _lost(program: Program, said: str = "") -> EngineError:
    """That the solver is not to be trusted with these numbers."""
    sizes = np.abs(np.concatenate([program.cost, program.matrix.data]))
    least, most = (f"{one:.0e}" for one in (sizes[sizes > 0.0].min(initial=np.inf), sizes.max(initial=0.0)))
    if not said:
        return EngineError(cause("solver_refused", least=least, most=most))
    return EngineError(cause("solver_stopped", status=quoted(said), least=least, most=most))
