"""Plans next to a plan from one warm program: their costs, and the stocks behind these."""

import numpy as np
import pytest

from benchmarks.instances import group
from engine.decision.tables.attribution import attribute
from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.economics.optima.stock import fold
from engine.program.numbering import taken
from engine.search.alternatives import moves
from engine.search.neighbours import ComponentPool, Neighbourhood
from engine.search.recourse import parts_left
from tests.search.test_move_bounds import plans

RULES = (
    "plain", "end of the cycle", "capacity", "on time", "lost sales", "component stocking", "min order quantities",
    "with seasons",
)  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_stocks_of_a_move_cost_what_the_program_written_anew_costs(rule):
    """Whatever was asked before, whether all products are open or a few."""
    instance, searched, evaluator, found = plans(rule)
    told = 0
    for plan in found:
        every = list(moves(instance, plan.strategy))
        few = sorted({i for i, _ in every})[:2]
        for near in (Neighbourhood(searched, plan.strategy), Neighbourhood(searched, plan.strategy, few)):
            stays = near.recourse(few[0], int(plan.strategy[few[0]]))
            assert stays.objective == pytest.approx(plan.objective, rel=1e-9)
            for i, k in [move for move in every if near.pool.moved[move[0]]]:
                after = plan.strategy.copy()
                after[i] = k
                alone, moved = evaluator.evaluate(after), near.recourse(i, k)
                assert alone is not None or moved is None
                if moved is None or alone is None:
                    continue
                told += 1
                assert moved.strategy.tolist() == after.tolist()
                assert moved.objective == pytest.approx(alone.objective, rel=1e-9)
                assert attribute(instance, moved).objective == pytest.approx(alone.objective, rel=1e-7)
                np.testing.assert_array_equal(moved.base[~instance.parts_of(after == ATO)], 0.0)
    assert told


def test_a_product_that_is_not_open_is_not_known():
    _, searched, _, found = plans("plain")
    strategy = found[0].strategy
    i, k = next((i, k) for i, k in moves(searched, strategy) if ATO in {k, strategy[i]})
    others = [j for j in range(len(strategy)) if j != i]
    assert Neighbourhood(searched, strategy, others).recourse(i, k) is None
    assert Neighbourhood(searched, strategy, others).cost(i, k) is None


@pytest.mark.parametrize("seed", range(3))
def test_rows_left_out_are_looked_at_as_if_all_were_summed_anew(seed):
    """Whether a left-out row is violated, after a product left or joined, against the slack of (C3) itself."""
    instance = fold(build_instance(group(12, samples=60, seed=seed)))
    strategy = np.where(instance.allowed[:, ATO], ATO, np.argmax(instance.allowed, axis=1))
    pool, said = ComponentPool(instance, strategy, np.ones(len(strategy), dtype=bool)), []
    for i in pool.lines:
        after = pool.assembled.copy()
        after[i] = False
        if not instance.parts_of(after).any():
            continue
        pool.toggle(i)
        late = taken(pool.values, pool.pooled.late)
        # The stocks of this program, and some that are too low for rows that are held or not.
        for less in (0.0, 0.3, 0.6):
            values = pool.values.copy()
            base = pool.pooled.place.columns["Sc"]
            values[base] *= 1.0 - less
            spare = parts_left(instance, after, values[base], late)
            pool.values, kept = values, pool.values
            said.append(pool._exact(after))
            assert said[-1] == bool((spare >= -1e-6 * (1.0 + np.abs(values[base])[:, None])).all())
            pool.values = kept
    assert len(set(said)) == 2
