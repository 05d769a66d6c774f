"""What is read off a Pyomo model is what Pyomo's own compiler makes of it."""

import numpy as np
import pytest
from pyomo.common.errors import InfeasibleConstraintException

from engine.economics.build import build_instance
from engine.economics.instance import MTO
from engine.model.build import build_model
from engine.program import compiled
from engine.program.compiled import compile_model
from tests.decision.cases import RULES, case

SOME = sorted(RULES)[:: max(1, len(RULES) // 8)]


def as_pyomo_has_it(program, columns):
    """Each row with both limits as two, in Pyomo's order: the upper one first; the columns in a given order."""
    rows = []
    matrix = program.matrix.toarray()[:, [program.columns[number] for number in columns]]
    for k, (low, high) in enumerate(zip(program.row_low, program.row_high, strict=True)):
        if low == high or not (np.isfinite(low) and np.isfinite(high)):
            rows.append((matrix[k], low, high))
        else:
            rows += [(matrix[k], -np.inf, high), (matrix[k], low, np.inf)]
    return rows


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("fixed", [False, True])
def test_rows_columns_and_costs_are_the_same(name, fixed):
    instance = build_instance(case(name, 3, samples=6))
    rng = np.random.default_rng(1)
    strategy = np.array([rng.choice(np.flatnonzero(row)) for row in instance.allowed]) if fixed else None
    model = build_model(instance, strategy=strategy)
    try:
        theirs = compiled._by_pyomo(model)
    except InfeasibleConstraintException:
        with pytest.raises(InfeasibleConstraintException):
            compile_model(model)
        return
    ours = compile_model(model)
    assert ours.columns.keys() == theirs.columns.keys()
    mine, others = ([program.columns[number] for number in theirs.columns] for program in (ours, theirs))
    assert ours.rows.keys() == theirs.rows.keys()
    assert ours.offset == theirs.offset
    for given in ("cost", "lower", "upper", "integer"):
        np.testing.assert_array_equal(getattr(ours, given)[mine], getattr(theirs, given)[others])
    both = (as_pyomo_has_it(program, theirs.columns) for program in (ours, theirs))
    for own, other in zip(*both, strict=True):
        np.testing.assert_allclose(own[0], other[0], rtol=1e-12)
        assert own[1:] == pytest.approx(other[1:], rel=1e-12, abs=1e-9)
    assert all(part.active for part in model.component_data_objects(compiled.pyo.Constraint))


def test_a_row_without_a_variable_that_does_not_hold_is_refused():
    instance = build_instance(case(SOME[0], 3, samples=6))
    model = build_model(instance, strategy=np.full(len(instance.products), MTO))
    model.extra = compiled.pyo.Constraint(
        expr=(0.0, compiled.LinearExpression(constant=0.0, linear_coefs=[1.0], linear_vars=[model.x[0, MTO]]), 0.5)
    )
    with pytest.raises(InfeasibleConstraintException, match="extra"):
        compile_model(model)
