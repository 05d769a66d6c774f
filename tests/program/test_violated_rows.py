"""Rows of (C3) to be added: those that are left out and do not hold, never one that is held."""

import numpy as np

from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.economics.optima.stock import fold
from engine.program.highs import Solver
from engine.program.reduced import build_pooled, violated_rows
from tests.scenarios import make_scenario


def test_a_held_row_that_misses_by_the_solvers_tolerance_is_not_added_again():
    scenario = make_scenario(
        [{"allowed": "ATO"}, {"allowed": "ATO"}], components=[{"lead_time_days": 20.0}],
        bom={"P1": {"C1": 1.0}, "P2": {"C1": 2.0}}, samples=30,
    )  # fmt: skip
    built = build_instance(scenario)
    instance = fold(built)
    strategy = np.full(2, ATO)
    every, none = np.ones((1, 30), dtype=bool), np.zeros((1, 30), dtype=bool)
    pooled = build_pooled(instance, strategy, every)
    values = Solver(pooled.program).solve().values
    assert not violated_rows(instance, pooled, values).any()
    values[0] -= 1e-3
    assert not violated_rows(instance, pooled, values).any()
    without = build_pooled(instance, strategy, none)
    assert violated_rows(instance, without, np.zeros(len(without.program.cost))).any()
