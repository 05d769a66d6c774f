"""A program in other units is the same program: values, prices and reduced costs come back in its own."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from engine.decision.solve import solve
from engine.program.highs import Program, Solver, SolveStatus
from engine.program.scaling import scaling_of
from engine.scenario.columns import COLUMNS
from tests.scenarios import random_scenario


def program(rng, columns=6, rows=8):
    """A random linear program with a bounded optimum."""
    matrix = rng.uniform(0.1, 2.0, (rows, columns)) * (rng.uniform(size=(rows, columns)) < 0.7)
    return Program(
        cost=rng.uniform(0.5, 3.0, columns), offset=1.5, matrix=sparse.csc_matrix(matrix),
        row_low=rng.uniform(0.3, 0.9, rows) * matrix.sum(axis=1), row_high=np.full(rows, np.inf),
        lower=np.zeros(columns), upper=np.full(columns, 5.0), integer=np.zeros(columns, dtype=bool), columns={},
        rows={},
    )  # fmt: skip


def in_units(given, money, columns, rows):
    """The same program with money, columns and rows in units so many times as small."""
    return Program(
        cost=given.cost * money / columns, offset=given.offset * money,
        matrix=sparse.csc_matrix(np.diag(rows) @ given.matrix.toarray() @ np.diag(1.0 / columns)),
        row_low=given.row_low * rows, row_high=given.row_high * rows, lower=given.lower * columns,
        upper=given.upper * columns, integer=given.integer, columns={}, rows={},
    )  # fmt: skip


@pytest.mark.parametrize(("money", "most"), [(1e-9, 0), (1e12, 0), (1.0, 9), (1e-8, 9), (1e10, 10)])
def test_a_program_of_wild_numbers_is_solved_in_its_own_units(money, most):
    rng = np.random.default_rng(5)
    for _ in range(6):
        plain = program(rng)
        columns, rows = 10.0 ** rng.uniform(-most, 0, 6), 10.0 ** rng.uniform(0, most, 8)
        wild = in_units(plain, money, columns, rows)
        assert scaling_of(plain) is None
        assert scaling_of(wild) is not None
        known, found = Solver(plain, relax=True), Solver(wild, relax=True)
        a, b = known.solve(), found.solve()
        assert b.objective == pytest.approx(a.objective * money, rel=1e-7)
        assert b.values == pytest.approx(a.values * columns, rel=1e-6)
        assert b.duals == pytest.approx(a.duals * money / rows, rel=1e-6)
        assert b.reduced == pytest.approx(a.reduced * money / columns, rel=1e-6, abs=1e-9 * money)
        # What is changed later is in the same units: bounds, limits, rows, and the bound that is enough.
        wide = np.ones(1, dtype=np.int64)
        cut, low = rng.uniform(0.5, 2.0, (1, 6)), np.ones(1)
        for solver, scale in ((known, np.ones(6)), (found, columns)):
            solver.set_bounds(wide, 0.7 * scale[wide], 5.0 * scale[wide])
            solver.add_rows(1.1 * low * (cut @ a.values), sparse.csr_matrix(cut / scale))
        solver.set_row_low(np.zeros(1, dtype=np.int64), 1.2 * wild.row_low[:1])
        known.set_row_low(np.zeros(1, dtype=np.int64), 1.2 * plain.row_low[:1])
        a, b = known.solve(), found.solve()
        assert b.objective == pytest.approx(a.objective * money, rel=1e-7)
        assert found.row_values() == pytest.approx(known.row_values() * np.append(rows, 1.0), rel=1e-6)
        assert found.solve(enough=0.1 * b.objective).status in {SolveStatus.ENOUGH, SolveStatus.OPTIMAL}


MONEY = [one.name for one in COLUMNS["products"] if one.unit.startswith("money")]


@pytest.mark.parametrize("times", [1e-6, 1e7])
def test_other_money_gives_the_same_plan(times):
    scenario = random_scenario(np.random.default_rng(4), resources=1)
    scale = {f"products.{name}": times for name in MONEY if scenario.products[name].notna().any()}
    scale |= {"components.unit_cost": times, "resources.overtime_cost_per_hour": times,
              "resources.outsourcing_cost_per_hour": times}  # fmt: skip
    plan, other = (solve(one, samples=20).plan_or_raise() for one in (scenario, scenario.change(scale=scale)))
    assert other.decisions["strategy"].tolist() == plan.decisions["strategy"].tolist()
    assert other.objective_per_year == pytest.approx(times * plan.objective_per_year, rel=2e-3)
    assert other.summary["program_per_year"] == pytest.approx(times * plan.summary["program_per_year"], rel=2e-3)
    assert other.gap <= 1e-3


def decisions(rng, *, cost=1.0, size=1.0):
    """A program of two decisions and four other columns; one column each carries the numbers given."""
    plain = program(rng)
    matrix = plain.matrix.toarray()
    matrix[:, :2] = rng.uniform(0.5, 2.0, (8, 2))
    matrix[0, 3] = 1.0
    costs = plain.cost.copy()
    costs[2] = cost
    matrix[0, 3] = size
    return replace(
        plain, cost=costs, matrix=sparse.csc_matrix(matrix), integer=np.array([True, True, *[False] * 4]),
        lower=np.zeros(6), upper=np.array([1.0, 1.0, 5.0, 5.0, 5.0, 5.0]),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "ordinary"),
    [
        ({}, True), ({"cost": 0.9e9}, True), ({"cost": 1.1e9}, False), ({"size": 0.9e7}, True),
        ({"size": 1.1e7}, False),
        ({"size": -1.1e7}, False), ({"cost": -1.1e9}, False),
    ],
)  # fmt: skip
def test_programs_of_ordinary_numbers_are_left_as_they_are(changes, ordinary):
    assert (scaling_of(decisions(np.random.default_rng(1), **changes)) is None) is ordinary


@pytest.mark.parametrize(("times", "ordinary"), [(1.1e-4, True), (0.9e-4, False), (0.0, True)])
def test_costs_are_ordinary_above_a_ten_thousandth_or_where_there_are_none(times, ordinary):
    plain = decisions(np.random.default_rng(1))
    assert (scaling_of(replace(plain, cost=plain.cost / np.abs(plain.cost).max() * times)) is None) is ordinary


@pytest.mark.parametrize(("times", "ordinary"), [(1.1e-4, True), (0.9e-4, False)])
def test_coefficients_of_decisions_are_ordinary_in_the_middle(times, ordinary):
    """Those of the other columns may be as small as they like."""
    plain = decisions(np.random.default_rng(1))
    matrix = plain.matrix.toarray()
    matrix[:, 2:] *= 1e-6
    matrix[:, :2] *= times / np.median(matrix[:, :2])
    assert (scaling_of(replace(plain, matrix=sparse.csc_matrix(matrix))) is None) is ordinary
    none = replace(plain, matrix=sparse.csc_matrix(matrix), integer=np.zeros(6, dtype=bool))
    assert scaling_of(none) is None


def test_factors_are_powers_of_two_and_bring_rows_and_columns_next_to_one():
    rng = np.random.default_rng(3)
    for most in (4, 8):
        plain = decisions(rng)
        columns = np.concatenate([np.ones(2), 10.0 ** rng.uniform(-most, 0, 4)])
        rows = 10.0 ** rng.uniform(0, most, 8)
        wild = replace(in_units(plain, 1e12, columns, rows), integer=plain.integer)
        found = scaling_of(wild)
        for factors in (found.columns, found.rows, np.array([found.money])):
            np.testing.assert_array_equal(np.log2(factors), np.round(np.log2(factors)))
        # Decisions stay what they are; the dearest column costs about one.
        assert (found.columns[:2] == 1.0).all()
        scaled = found.program(wild)
        assert 0.7 < np.abs(scaled.cost).max() < 1.5
        assert scaled.offset == wild.offset * found.money
        size, limits = np.abs(scaled.matrix.toarray()), scaled.row_low
        for row, limit in zip(size, limits, strict=True):
            entries = np.append(row[row > 0.0], limit[limit > 0.0] if np.ndim(limit) else limit)
            assert abs(np.log2(entries).mean()) < 0.8
        for column in size.T[2:]:
            assert abs(np.log2(column[column > 0.0]).mean()) < 0.8


def test_further_rows_have_their_largest_entry_next_to_one():
    rng = np.random.default_rng(3)
    wild = in_units(program(rng), 1.0, 10.0 ** rng.uniform(-8, 0, 6), 10.0 ** rng.uniform(0, 8, 8))
    found = scaling_of(wild)
    more = np.array([[3.0, 0.0, 7e5, 0.0, 1e-4, 0.0], [0.0] * 6, [1e9, 1e9, 0.0, 0.0, 0.0, 0.0]])
    matrix, low, factors = found.more_rows(sparse.csr_matrix(more), np.array([2.0, 0.0, 5.0]))
    np.testing.assert_array_equal(matrix.toarray(), factors[:, None] * more * found.columns)
    np.testing.assert_array_equal(low, factors * [2.0, 0.0, 5.0])
    most = abs(matrix).max(axis=1).toarray().ravel()
    assert ((most[[0, 2]] > 0.7) & (most[[0, 2]] < 1.5)).all()
    # A row without an entry stays as it is.
    assert factors[1] == 1.0
    assert found.more_rows(sparse.csr_matrix((0, 6)), np.zeros(0))[0].shape == (0, 6)
