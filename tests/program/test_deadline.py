"""Deadlines on a clock whose hands the test turns."""

import math

import pytest

from engine.program.deadline import NEVER, Deadline


class Hands:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def hands():
    return Hands()


def test_room_is_what_is_left_and_passes_when_it_is_used(hands):
    deadline = Deadline.after(5.0, clock=hands)
    assert (deadline.at, deadline.limited, deadline.room(), deadline.left()) == (105.0, True, 5.0, 5.0)
    for now, passed, left in ((104.5, False, 0.5), (104.999, False, 0.01), (105.0, True, 0.01), (107.0, True, 0.01)):
        hands.now = now
        assert deadline.passed() is passed
        assert deadline.room() == 105.0 - now
        # A solver that is asked for less gives nothing back.
        assert deadline.left() == left


def test_parts_of_the_time_end_before_the_whole_of_it(hands):
    deadline = Deadline.after(8.0, clock=hands)
    assert deadline.earlier(3.0).at == 105.0
    assert deadline.within(2.0).at == 102.0
    assert deadline.within(20.0).at == 108.0
    hands.now = 104.0
    assert deadline.share(0.25).at == 105.0
    assert deadline.within(2.0).at == 106.0
    hands.now = 110.0
    assert deadline.share(0.25).at == 110.0
    assert all(other.clock is hands for other in (deadline.earlier(1.0), deadline.share(0.5), deadline.within(1.0)))


def test_without_a_limit_there_is_always_room(hands):
    for never in (NEVER, Deadline.after(None, clock=hands), NEVER.share(0.5), NEVER.earlier(3.0)):
        assert (never.at, never.limited, never.room(), never.left(), never.passed()) == (
            math.inf, False, math.inf, None, False,
        )  # fmt: skip
    assert Deadline.after(None, clock=hands).within(2.0).at == 102.0
