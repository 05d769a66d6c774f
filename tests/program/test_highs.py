import numpy as np
import pyomo.environ as pyo
import pytest
from scipy import sparse

from engine.errors import EngineError
from engine.program.compiled import compile_model
from engine.program.highs import Program, Solver, SolveStatus


def program(*, cost, rows, low, high, lower, upper, integer=None, offset=0.0):
    columns = len(cost)
    return Program(
        cost=np.array(cost, dtype=float),
        offset=offset,
        matrix=sparse.csc_matrix(np.array(rows, dtype=float).reshape(len(low), columns)),
        row_low=np.array(low, dtype=float),
        row_high=np.array(high, dtype=float),
        lower=np.array(lower, dtype=float),
        upper=np.array(upper, dtype=float),
        integer=np.array(integer if integer is not None else [False] * columns, dtype=bool),
        columns={},
        rows={},
    )


def test_a_linear_program_has_values_duals_and_its_constant():
    answer = Solver(program(cost=[2, 3], rows=[[1, 1]], low=[4], high=[np.inf], lower=[0, 0], upper=[3, 9],
                            offset=10.0)).solve()  # fmt: skip
    assert answer.status is SolveStatus.OPTIMAL
    assert answer.objective == pytest.approx(2 * 3 + 3 * 1 + 10)
    assert answer.bound == answer.objective
    assert answer.values.tolist() == [3.0, 1.0]
    assert answer.duals.tolist() == [3.0]


def test_a_mixed_program_has_a_bound_and_no_duals():
    knapsack = program(cost=[-5, -4], rows=[[3, 2]], low=[-np.inf], high=[4], lower=[0, 0], upper=[1, 1],
                       integer=[True, True])  # fmt: skip
    answer = Solver(knapsack).solve()
    assert answer.objective == -5.0
    assert answer.bound == pytest.approx(-5.0)
    assert answer.duals is None
    assert Solver(knapsack, relax=True).solve().objective == pytest.approx(-5.0 * 2 / 3 - 4.0)


def test_an_infeasible_program_says_so():
    answer = Solver(program(cost=[1], rows=[[1]], low=[2], high=[3], lower=[0], upper=[1])).solve()
    assert answer.status is SolveStatus.INFEASIBLE
    assert answer.values is None


@pytest.mark.parametrize(
    ("low", "status"), [([], SolveStatus.OPTIMAL), ([-1.0], SolveStatus.OPTIMAL), ([1.0], SolveStatus.INFEASIBLE)]
)
def test_a_program_without_columns_is_its_constant(low, status):
    """A scenario of products that need no part leaves the production path nothing to decide."""
    empty = program(cost=[], rows=[], low=low, high=[np.inf] * len(low), lower=[], upper=[], offset=7.0)
    answer = Solver(empty).solve()
    assert answer.status is status
    if status is SolveStatus.OPTIMAL:
        assert answer.objective == answer.bound == 7.0


def test_pyomo_rows_and_columns_are_found_by_identity():
    model = pyo.ConcreteModel()
    model.v = pyo.Var([1, 2], bounds=(0, 10))
    model.low = pyo.Constraint(expr=model.v[1] + 2 * model.v[2] >= 6)
    model.high = pyo.Constraint(expr=model.v[1] <= 2)
    model.same = pyo.Constraint(expr=model.v[2] - model.v[1] == 1)
    model.cost = pyo.Objective(expr=3 * model.v[1] + model.v[2] + 5)
    compiled = compile_model(model)
    answer = Solver(compiled).solve()
    first, second = (answer.values[compiled.columns[id(model.v[k])]] for k in (1, 2))
    assert (first, second) == pytest.approx((4 / 3, 7 / 3))
    assert answer.objective == pytest.approx(3 * 4 / 3 + 7 / 3 + 5)
    assert compiled.row_low[compiled.rows[id(model.low)]] == 6.0
    assert compiled.row_high[compiled.rows[id(model.high)]] == 2.0
    row = compiled.rows[id(model.same)]
    assert compiled.row_low[row] == compiled.row_high[row] == 1.0


def test_bounds_change_without_building_anew():
    solver = Solver(program(cost=[1, 2], rows=[[1, 1]], low=[2], high=[np.inf], lower=[0, 0], upper=[5, 5]))
    assert solver.solve().objective == 2.0
    solver.set_bounds(np.array([0]), np.array([0.0]), np.array([1.0]))
    assert solver.solve().objective == 3.0
    solver.set_row_low(np.array([0]), np.array([4.0]))
    assert solver.solve().objective == 7.0


def test_a_solve_that_gets_nowhere_from_an_earlier_basis_begins_afresh(monkeypatch):
    rng = np.random.default_rng(3)
    rows = rng.uniform(0.1, 1.0, (30, 12))
    given = program(cost=rng.uniform(1, 2, 12), rows=rows, low=np.ones(30), high=[np.inf] * 30, lower=[0] * 12,
                    upper=[9] * 12)  # fmt: skip
    held, right = Solver(given), Solver(given)
    held.solve()
    begun = []
    monkeypatch.setattr(held, "_most_steps", lambda: 0)
    monkeypatch.setattr(held, "_begin_afresh", lambda how: begun.append(how) or Solver._begin_afresh(held, how))
    for solver in (held, right):
        solver.set_row_low(np.arange(30), np.linspace(0.5, 4.0, 30))
    assert held.solve().objective == pytest.approx(right.solve().objective)
    assert len(begun) == 1


def test_a_program_without_a_least_is_said_to_be_lost_and_between_which_sizes():
    """No scenario has one; where the solver takes its numbers for one, people hear where to look."""
    falling = program(cost=[-3, 0], rows=[[2, 400]], low=[0], high=[np.inf], lower=[0, 0], upper=[np.inf, 1])
    with pytest.raises(EngineError, match=r"lost its way \(.*[Uu]nbounded.*\).* between 2e\+00 and 4e\+02"):
        Solver(falling).solve()


def test_a_program_that_the_solver_refuses_is_said_to_be_lost():
    endless = program(cost=[2], rows=[[5]], low=[0], high=[1], lower=[np.inf], upper=[np.inf])
    with pytest.raises(EngineError, match=r"lost its way: costs and quantities .* between 2e\+00 and 5e\+00"):
        Solver(endless)


def test_options_of_a_fresh_start_are_put_back():
    solver = Solver(program(cost=[2, 3], rows=[[1, 1]], low=[4], high=[np.inf], lower=[0, 0], upper=[3, 9]))
    solver._begin_afresh({"presolve": "off", "solver": "ipm"})
    assert solver._read(0.0, np.inf).objective == pytest.approx(9.0)
    assert [solver.highs.getOptionValue(name)[1] for name in ("presolve", "solver")] == ["choose", "choose"]


def test_only_a_solve_from_an_earlier_basis_is_given_up_after_so_many_steps():
    given = program(cost=[2, 3], rows=[[1, 1]], low=[4], high=[np.inf], lower=[0, 0], upper=[3, 9])
    first, next_ = Solver(given), Solver(given)
    endless = first._most_steps()
    first.solve()
    every = np.arange(2), np.arange(1)
    next_.continue_from(first.basis(), (every[0],) * 2, (every[1],) * 2)
    assert max(first._most_steps(), next_._most_steps()) < endless
    assert next_.solve().objective == pytest.approx(9.0)
