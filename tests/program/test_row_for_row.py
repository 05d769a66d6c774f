"""The array program is the compiled Pyomo program: every row, bound and cost.

Both are made of the same blocks; what makes them (numbering, placing, putting in) is written twice and held together
here: with all strategies open, with some decided, and with some forbidden. What is decided is fixed in Pyomo, which
puts it in by its own rules.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from pyomo.common.errors import InfeasibleConstraintException

from engine.economics.build import build_instance
from engine.economics.optima.stock import fold
from engine.model.build import build_model
from engine.model.formulation import formulation
from engine.program import reduced
from engine.program.compiled import compile_model
from engine.program.highs import Solver, SolveStatus
from engine.program.numbering import OPEN
from tests.decision.cases import RULES, case
from tests.evidence import FULL, covering
from tests.program.broken import break_block
from tests.program.linear import assert_same, of_arrays, of_pyomo, with_every_row, with_mean_backlog

RISK = {"cvar_weight": 0.4, "cvar_level": 0.6}
# Rules that meet only where stocks hang together.
TOGETHER = {
    "lost sales under risk": ("lost sales", {"risk": RISK}),
    "lost sales under a budget": ("lost sales", {"inventory_budget": 9000.0}),
    "budget under risk": ("budget and on time", {"risk": RISK}),
    "everything under a budget and risk": ("everything", {"risk": RISK, "inventory_budget": 9000.0}),
    "lots under a budget": ("min order quantities", {"inventory_budget": 9000.0}),
    "shelf life under a budget": ("shelf life and on time", {"inventory_budget": 9000.0}),
}
CASES = (*sorted(RULES), *TOGETHER)
KINDS = ("open", "decided", "forbidden")
SEEDS = (0, 1) if FULL else (0,)
# Of the strategies of one plan, on instances of their own in full.
OF_ONE_PLAN = 3 if FULL else 0
SAMPLES = 5


@cache
def built(name, seed):
    """The instance of a case, of which every test takes a copy: what is worked out once is kept with an instance."""
    rule, settings = TOGETHER.get(name, (name, {}))
    return build_instance(case(rule, seed, samples=SAMPLES, **settings))


def drawn(name, seed, kind):
    """An instance as it is searched, and the strategies decided in it."""
    instance = replace(built(name, seed))
    rng = np.random.default_rng([seed, CASES.index(name), KINDS.index(kind)])
    products = len(instance.products)
    if kind == "forbidden":
        # Each product loses at most one of its strategies.
        allowed = instance.allowed.copy()
        for i in np.flatnonzero(allowed.sum(axis=1) > 1).tolist():
            allowed[i, rng.choice(np.flatnonzero(allowed[i]))] = False
        instance = replace(instance, allowed=allowed)
    strategy = np.full(products, OPEN)
    if kind == "decided":
        for i in rng.choice(products, size=int(rng.integers(1, products + 1)), replace=False).tolist():
            strategy[i] = rng.choice(np.flatnonzero(instance.allowed[i]))
    return fold(instance), strategy


def assert_agree(instance, strategy):
    """Compare both; the names of the blocks that were compared, empty where both have no solution."""
    arrays = of_arrays(instance, strategy)
    try:
        pyomo = of_pyomo(instance, strategy)
    except InfeasibleConstraintException:
        assert Solver(with_every_row(instance, strategy).program, relax=True).solve().status is SolveStatus.INFEASIBLE
        return set()
    if instance.cvar_weight <= 0.0 and not instance.stock_decided:
        pyomo = with_mean_backlog(instance, pyomo)
    assert_same(arrays, pyomo)
    return {key[0] for key in pyomo.rows if key in arrays.rows}


@cache
def agreed(name, seed, kind):
    """Compare both once; the names of the blocks that were compared, and of all there are."""
    instance, strategy = drawn(name, seed, kind)
    return assert_agree(instance, strategy), set(formulation(instance).by_name)


@pytest.mark.parametrize(("name", "kind"), [*((name, "open") for name in CASES), *covering(CASES, KINDS[1:])])
def test_every_row_bound_and_cost_is_the_same(name, kind):
    for seed in SEEDS:
        agreed(name, seed, kind)


def test_every_block_is_compared():
    compared, known = (set().union(*names) for names in zip(*(agreed(name, 0, "open") for name in CASES), strict=True))
    assert compared == known | {"tangents"}


BREAKS = (
    ("C1", "x", "plain"), ("C1_stocked", "stocked", "component stocking"), ("C2", "S", "cvar"), ("C2", "x", "cvar"),
    ("C2", "B", "cvar"), ("C2_least", "x", "shelf life under a budget"),
    ("C2_shelf_life", "x", "shelf life under a budget"), ("C2_lost", "late_mts", "lost sales under risk"),
    ("C2_lost", "S", "lost sales under a budget"),
    ("C3", "Sc", "plain"), ("C3", "w", "plain"), ("C3", "x", "plain"), ("C3", "stocked", "min order quantities"),
    ("C3_least", "stocked", "min order quantities"), ("C4", "x", "plain"), ("C5", "x", "capacity"),
    ("C5", "O", "capacity"), ("C5", "U", "capacity"), ("C6", "w", "on time"), ("C6", "x", "on time"),
    ("C7", "S", "budget"), ("C7", "B", "budget"), ("C7", "w", "budget"), ("C8", "x", "max changes"),
    ("C10", "x", "with families"),
    ("C11_most", "x", "with limits"), ("C11_least", "x", "with limits"),
    ("C9", "excess", "cvar"), ("C9", "w", "cvar"), ("C9", "eta", "cvar"),
)  # fmt: skip


@pytest.mark.parametrize(("block", "variable", "name"), BREAKS)
def test_a_wrong_coefficient_is_seen(monkeypatch, block, variable, name):
    instance, strategy = drawn(name, 0, "open")
    agreed(name, 0, "open")
    break_block(monkeypatch, block, variable, factor=1.0 + 1e-6)
    with pytest.raises(AssertionError):
        assert_agree(instance, strategy)


def test_a_wrong_cost_is_seen(monkeypatch):
    instance, strategy = drawn("plain", 0, "open")
    right = reduced.costs

    def wrong(*given):
        cost, offset = right(*given)
        return np.where(cost == cost.max(), cost * (1.0 + 1e-6), cost), offset

    monkeypatch.setattr(reduced, "costs", wrong)
    with pytest.raises(AssertionError):
        assert_agree(instance, strategy)


@pytest.mark.parametrize("name", CASES)
def test_the_model_of_one_plan_has_its_cost(name):
    """What certifies a plan leaves out what its strategies do not need; that changes no cost."""
    instance, _ = drawn(name, OF_ONE_PLAN, "open")
    rng = np.random.default_rng(7)
    strategy = np.array([rng.choice(np.flatnonzero(row)) for row in instance.allowed])
    arrays = Solver(with_every_row(instance, strategy).program).solve()
    try:
        compiled = compile_model(build_model(instance, strategy=strategy))
    except InfeasibleConstraintException:
        assert arrays.status is SolveStatus.INFEASIBLE
        return
    model = Solver(compiled, relax=True).solve()
    assert arrays.status is model.status
    if model.values is not None:
        assert arrays.objective == pytest.approx(model.objective, rel=1e-9)
