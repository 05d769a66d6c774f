"""A limit in words is still admissible, and no further off than its last digit."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ScenarioError
from engine.scenario.rounding import at_least, at_most
from tests.evidence import covering
from tests.scenarios import make_scenario

NUMBERS = st.floats(min_value=1e-6, max_value=1e12)


@given(NUMBERS)
def test_significant_digits(value):
    low, high = float(at_most(value)), float(at_least(value))
    assert low <= value * (1.0 + 1e-11)
    assert high >= value * (1.0 - 1e-11)
    assert high - low <= 1.0001e-3 * value


@given(st.floats(min_value=-1e9, max_value=1e9), st.integers(min_value=0, max_value=3))
def test_digits_behind_the_point(value, digits):
    low, high = (float(found(value, digits=digits).replace(",", "")) for found in (at_most, at_least))
    assert low <= value + 1e-11 * abs(value)
    assert high >= value - 1e-11 * abs(value)
    assert high - low <= 1.0001 * 10.0**-digits


@pytest.mark.parametrize(
    ("family", "mean", "common"),
    covering(["negative_binomial", "compound_poisson"], [0.5, 0.7, 2.0, 3.0, 7.0, 11.0], [0.0, 0.3]),
)
def test_the_cv_asked_for_is_accepted_as_written(family, mean, common):
    row = {"demand_per_week": mean, "distribution": family, "order_size": 1, "demand_cv": common + 0.001}
    with pytest.raises(ScenarioError) as caught:
        make_scenario([row], demand={"common_factor_cv": common})
    asked = re.search(r"(?:above|at least) ([\d.]+)$", caught.value.issues[0].message)[1]
    make_scenario([row | {"demand_cv": float(asked)}], demand={"common_factor_cv": common})
