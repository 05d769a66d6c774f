"""Work on several processes is the work of one: the same results in the same order, whatever becomes of a process."""

import os

import numpy as np
import pytest

from engine.errors import EngineError
from engine.evaluate.processes.side_by_side import side_by_side
from engine.evaluate.trust.draws import decide_draws
from engine.evaluate.trust.inputs import uncertain_inputs
from engine.evaluate.trust.resample import resample
from tests.evaluate.pieces import FATAL, FAULTY, square
from tests.scenarios import random_scenario


def test_every_piece_is_worked_on_in_order_and_what_is_wrong_is_told():
    found = side_by_side(square, (os.getpid(), False), [1, 4, FAULTY, 6], processes=2)
    first, second = next(found), next(found)
    assert (first[1], second[1]) == (1, 16)
    assert os.getpid() not in {first[0], second[0]}
    with pytest.raises(EngineError, match="no square of five"):
        next(found)


def test_what_a_process_that_was_killed_leaves_is_done_here():
    found = list(side_by_side(square, (os.getpid(), True), [1, 2, FATAL, 4], processes=2))
    assert [square_of for _, square_of in found] == [1, 4, 9, 16]
    assert found[-1][0] == os.getpid()


def test_draws_are_the_same_on_two_processes():
    scenario = random_scenario(np.random.default_rng(4), products=3, components=3, samples=20, max_changes=1)
    resamples = resample(scenario, uncertain_inputs(0.3, None), draws=3, seed=1)
    strategy, told = np.array([0, 1, 2]), []
    one, two = (
        decide_draws(resamples, strategy, samples=20, processes=processes, tick=told.append) for processes in (1, 2)
    )
    for name in ("dearer", "kept", "solved", "barred"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert told == 2 * [f"inputs redrawn: {number} of 3" for number in (1, 2, 3)]
