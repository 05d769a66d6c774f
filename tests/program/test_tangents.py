"""The mean backlog as one column: tangents that matter are held, no others, and the column is what is short."""

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.instance import MTS
from engine.program.highs import Solver
from engine.program.numbering import OPEN, HeldRows
from engine.program.reduced import build_pooled
from engine.program.tangents import solve_with_tangents, some_tangents, violated_tangents
from tests.scenarios import make_scenario


def solved(strategy, samples=40, **settings):
    """Two products under a budget, which keeps their stocks in the program; the first may have its strategy decided."""
    scenario = make_scenario(
        [{"demand_cv": 0.9, "make_days": 20, "make_premium": 5.0}, {"demand_cv": 0.4, "make_days": 12}],
        inventory_budget=2500.0, samples=samples, **settings,
    )  # fmt: skip
    instance = build_instance(scenario)
    tail = np.zeros((len(instance.components), samples), dtype=bool)
    held = HeldRows(tangent=some_tangents(instance.stock.net.shape))
    pooled = build_pooled(instance, np.array(strategy), tail, held)
    return instance, pooled, solve_with_tangents(instance, pooled.place, Solver(pooled.program, relax=True))


@pytest.mark.parametrize("strategy", [[MTS, MTS], [MTS, OPEN], [OPEN, OPEN]])
def test_shares_of_a_product_are_one_in_all(strategy):
    _, pooled, answer = solved(strategy)
    np.testing.assert_allclose(pooled.shares(answer.values).sum(axis=1), 1.0, atol=1e-9)


def test_the_column_is_what_is_short_on_average_and_no_tangent_is_held_for_nothing():
    instance, pooled, answer = solved([MTS, MTS])
    level, short = (answer.values[pooled.place.columns[name]] for name in ("S", "short"))
    exact = np.maximum(instance.stock.net - level[:, None], 0.0).mean(axis=1)
    np.testing.assert_allclose(short, exact, rtol=1e-7, atol=1e-9)
    assert not violated_tangents(instance, pooled.place, answer.values).any()
    assert (pooled.place.rows["tangents"] >= 0).sum() < instance.stock.net.size / 2
    # A column that says less misses the tangent that touches the curve at the level, which then is asked for.
    lower = answer.values.copy()
    lower[pooled.place.columns["short"]] *= 0.5
    pooled.place.rows["tangents"][:] = -1
    missing = violated_tangents(instance, pooled.place, lower)
    touching = (instance.stock.net > level[:, None] + 1e-9).sum(axis=1) - 1
    assert missing[np.arange(2), touching].all()


def test_tangents_to_begin_with_lie_all_along_the_curve_and_closer_where_few_samples_run_short():
    mask = some_tangents((3, 400))
    for row in mask:
        ranks = np.flatnonzero(row) + 1
        assert ranks[0] == 2
        assert ranks[-1] == 400
        assert 10 <= len(ranks) <= 20
        assert (ranks <= 120).sum() > 2 * (ranks > 120).sum()
