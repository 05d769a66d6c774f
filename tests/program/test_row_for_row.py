"""The array program is the compiled Pyomo program: every row, bound and cost, all strategies open and all rows held.

Both are made of the same blocks; what makes them (numbering, placing, putting in) is written twice and held together
here.
"""

from dataclasses import fields

import numpy as np
import pytest
from pyomo.common.errors import InfeasibleConstraintException

from engine.economics.build import build_instance
from engine.economics.stock import best_stock, fold
from engine.model.build import build_model
from engine.model.rules import RULES as MODEL_RULES
from engine.program.highs import Solver, Status, compile_model
from engine.program.numbering import OPEN, Columns, HeldRows
from engine.program.reduced import build_pooled
from tests.decision.cases import RULES, case

EVERY = ("cvar and capacity", "everything", "lost sales", "budget and on time", "min order quantities")


def programs(instance):
    """The arrays with everything held, the Pyomo model and what it is compiled to."""
    strategy = np.full(len(instance.products), OPEN)
    tail = np.ones((len(instance.components), instance.samples), dtype=bool)
    held = HeldRows(peak=np.ones((len(instance.products), instance.samples), dtype=bool))
    model = build_model(instance)
    return build_pooled(instance, strategy, tail, held), model, compile_model(model)


def named_columns(pooled):
    """Column of every (variable, place...) of the arrays."""
    names = {}
    for part in fields(Columns):
        numbers = getattr(pooled.place.columns, part.name)
        names |= {(part.name, *key): int(numbers[key]) for key in zip(*np.nonzero(numbers >= 0), strict=True)}
    return names


def key_of(name, index):
    place = index if isinstance(index, tuple) else (index,)
    return (name, 3 * place[0] + place[1]) if name == "x" else (name, *place)


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("seed", [0, 1])
def test_every_row_bound_and_cost_is_the_same(rule, seed):
    instance = build_instance(case(rule, seed, samples=5))
    if instance.budget is not None and instance.cvar_weight <= 0.0:
        pytest.skip("the mean backlog stands for those of the samples: see the test of tangents")
    instance = fold(instance, best_stock(instance))
    pooled, model, compiled = programs(instance)
    arrays = pooled.program
    ours = named_columns(pooled)
    theirs = {
        key_of(name, index): compiled.columns[id(variable)]
        for name in (part.name for part in fields(Columns)) if hasattr(model, name)
        for index, variable in getattr(model, name).items() if id(variable) in compiled.columns
    }  # fmt: skip
    assert set(theirs) <= set(ours), sorted(set(theirs) - set(ours))[:5]
    alone = set(ours) - set(theirs)  # columns without any row or cost, which Pyomo does not compile
    weight = np.asarray(np.abs(arrays.matrix).sum(axis=0)).ravel()
    assert all(weight[ours[key]] == 0.0 for key in alone)
    order = [key for key in ours if key in theirs]
    own, other = [ours[key] for key in order], [theirs[key] for key in order]
    assert arrays.cost[own] == pytest.approx(compiled.cost[other], rel=1e-9, abs=1e-9)
    assert arrays.offset == pytest.approx(compiled.offset, abs=1e-9)
    assert (arrays.integer[own] == compiled.integer[other]).all()
    count = 0
    for rules in MODEL_RULES.values():
        for block in rules(instance):
            numbers = pooled.place.rows[block.name]
            for index, constraint in getattr(model, block.name).items():
                key = index if isinstance(index, tuple) else (index,)
                row, compiled_row = int(numbers[key]), compiled.rows[id(constraint)]
                assert row >= 0, f"{block.name}{key} is not in the arrays"
                left = arrays.matrix[[row]].toarray()[0][own]
                right = compiled.matrix[[compiled_row]].toarray()[0][other]
                assert left == pytest.approx(right, rel=1e-9, abs=1e-12), f"{block.name}{key}"
                for first, second in ((arrays.row_low[row], compiled.row_low[compiled_row]),
                                      (arrays.row_high[row], compiled.row_high[compiled_row])):
                    assert first == second or first == pytest.approx(second, rel=1e-9), f"{block.name}{key}"
                count += 1
    assert count > 0
    assert count == sum(int((numbers >= 0).sum()) for name, numbers in pooled.place.rows.items() if name != "tangents")


@pytest.mark.parametrize("rule", EVERY)
def test_fixed_strategies_put_in_give_what_the_model_with_fixed_variables_gives(rule):
    """The substitution: bounds of decided programs imply exactly the model's rows."""
    instance = build_instance(case(rule, 3, samples=5))
    instance = fold(instance, best_stock(instance))
    rng = np.random.default_rng(7)
    strategy = np.array([rng.choice(np.flatnonzero(row)) for row in instance.allowed])
    tail = np.ones((len(instance.components), instance.samples), dtype=bool)
    arrays = Solver(build_pooled(instance, strategy, tail).program).solve()
    try:
        compiled = compile_model(build_model(instance, strategy=strategy))
    except InfeasibleConstraintException:
        assert arrays.status is Status.INFEASIBLE
        return
    model = Solver(compiled, relax=True).solve()
    assert arrays.status is model.status
    if model.values is not None:
        assert arrays.objective == pytest.approx(model.objective, rel=1e-9)
