"""When a figure was changed, is off, is explained by fresh samples, and what is left of it: at each of its limits."""

import numpy as np
import pytest

from engine.evaluate.simulate.findings.causes import MOST, SAME, Figure


def figure(**given):
    plain = {"promised": 100.0, "own": 100.0, "fresh": 100.0, "seen": 100.0, "fresh_error": 1.0, "seen_error": 2.0}
    return Figure(**{**plain, "matters": 5.0, "tested": True, **given})


@pytest.mark.parametrize(("own", "changed"), [(100.05, False), (99.95, False), (100.2, True), (99.8, True)])
def test_a_plan_was_changed_where_its_stocks_give_something_else(own, changed):
    assert SAME == 1e-3
    assert figure(own=own).changed is changed
    assert figure(promised=-100.0, own=-own).changed is changed
    # Beside the larger of both: nothing was promised.
    assert figure(promised=0.0, own=0.01).changed
    assert not figure(own=own, tested=False).changed


@pytest.mark.parametrize(
    ("seen", "matters", "error", "off"),
    [(104.9, 5.0, 2.0, False), (105.1, 5.0, 2.0, True), (94.9, 5.0, 2.0, True), (106.0, 5.0, 7.0, False),
     (107.1, 5.0, 7.0, True), (105.0, 5.0, 2.0, False)],
)  # fmt: skip
def test_the_simulation_is_off_where_it_matters_and_is_sure(seen, matters, error, off):
    assert figure(seen=seen, matters=matters, seen_error=error, promised=0.0).off is off


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_fresh_samples_explain_what_they_leave_no_more_than_half_of(sign):
    def sampled(shift, whole, **more):
        return figure(fresh=100.0 + sign * shift, seen=100.0 + sign * whole, **more).sampled

    assert MOST == 0.5
    assert [sampled(shift, 20.0) for shift in (9.9, 10.1, 20.0, 50.0)] == [False, True, True, True]
    # The other way they explain nothing, and within their own error neither.
    assert not sampled(-15.0, 20.0)
    assert not sampled(0.9, 1.0)
    assert sampled(1.1, 1.0)
    assert not sampled(15.0, 20.0, fresh_error=16.0)
    assert not sampled(15.0, 20.0, tested=False)


def test_what_is_left_is_none_within_both_errors():
    """Independent errors: the root of the sum of their squares, here 5."""
    left = [figure(seen=100.0 + gap, seen_error=4.0, fresh_error=3.0).rest for gap in (4.9, 5.1, -4.9, -5.1)]
    np.testing.assert_allclose(left, [0.0, 5.1, 0.0, -5.1])
