import numpy as np
import pytest
from scipy import stats

from engine.demand.fitting.late_cost import implied_late_cost, with_implied_late_cost
from tests.scenarios import make_scenario


def test_the_newsvendor_with_the_implied_cost_gives_the_service_back():
    """Snyder & Shen, ex. 4.3: h = 0.18, N(50, 8^2), S = 56.603956 at p = 0.70."""
    stock = 56.603956
    share = stats.norm(50, 8).cdf(stock)
    assert implied_late_cost(0.18, share) == pytest.approx(0.70, rel=1e-6)


def test_no_service_no_cost_and_full_service_no_answer():
    assert implied_late_cost(10.0, 0.0) == 0.0
    with pytest.raises(ValueError, match=r"1 is not in \[0, 1\)"):
        implied_late_cost(10.0, 1.0)


def test_blank_late_costs_are_filled_and_given_ones_kept():
    products = [
        {"product": "A", "late_cost_per_unit_day": "", "on_time_target": 0.9, "obsolescence_per_year": 0.15},
        {"product": "B", "late_cost_per_unit_day": 3.0},
    ]
    scenario = make_scenario(products=products)
    filled = with_implied_late_cost(scenario, 0.95)
    expected = 100.0 * (0.25 + 0.15) * 19.0 / 365.0
    np.testing.assert_allclose(filled.products["late_cost_per_unit_day"], [expected, 3.0])
    assert scenario.products["late_cost_per_unit_day"].isna().any()
    assert with_implied_late_cost(filled, 0.5) is filled
