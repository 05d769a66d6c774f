"""Redrawn inputs: their mean and spread, what stays as it is, and that every draw is a sound scenario."""

import datetime as dt

import numpy as np
import pytest

from engine.demand.fitting.complete import complete
from engine.errors import EngineError
from engine.evaluate.trust.inputs import ESTIMATES, uncertain_inputs
from engine.evaluate.trust.resample import resample
from engine.scenario.checks.check import check_scenario
from tests.evidence import FULL
from tests.scenarios import make_scenario, random_scenario


def of(**columns):
    """Only these columns are uncertain."""
    return uncertain_inputs(0.0, columns)


def orders(weeks, product="P1"):
    first = dt.date(2025, 1, 1)
    days = [{"order_date": first + dt.timedelta(days=7 * w), "product": product, "quantity": q}
            for w, q in enumerate(weeks)]  # fmt: skip
    return [*days, {"order_date": first + dt.timedelta(days=7 * len(weeks) - 1), "product": product, "quantity": 1}]


def test_a_factor_has_mean_one_and_the_stated_spread():
    scenario = make_scenario([{}, {}])
    found = resample(scenario, of(demand_cv=0.4), draws=40_000).factors["products.demand_cv"]
    assert found.mean(axis=0) == pytest.approx([1.0, 1.0], abs=0.01)
    assert found.std(axis=0) == pytest.approx([0.4, 0.4], rel=0.03)
    assert abs(np.corrcoef(found.T)[0, 1]) < 0.02
    assert np.log(found).std(axis=0) == pytest.approx(np.sqrt(np.log(1.16)), rel=0.02)


def test_blanks_and_zeros_stay_and_nothing_else_is_touched():
    scenario = make_scenario(
        [{"make_premium": 0.0}], components=[{}], bom={"P1": {"C1": 1}},
        resources=[{"resource": "R", "hours_per_week": 9}],
    )
    drawn = resample(scenario, uncertain_inputs(), draws=3).draw(2)
    assert drawn.products["make_premium"].tolist() == [0.0]
    assert np.isnan(drawn.products["make_days"]).all()
    assert drawn.resources.equals(scenario.resources)
    assert drawn.bom.equals(scenario.bom)
    assert drawn.settings.samples == scenario.settings.samples
    assert drawn.settings.holding_rate_per_year != scenario.settings.holding_rate_per_year
    assert drawn.components["lead_time_days"].iloc[0] != scenario.components["lead_time_days"].iloc[0]


def test_draws_are_keyed_so_that_more_of_them_and_other_products_change_none():
    rows = [{"product": "A"}, {"product": "B"}]
    few = resample(make_scenario(rows), uncertain_inputs(), draws=3)
    many = resample(make_scenario(rows[::-1]), uncertain_inputs(), draws=5)
    name = "products.unit_cost"
    np.testing.assert_array_equal(few.factors[name], many.factors[name][:3, ::-1])
    assert few.seeds == many.seeds[:3]
    assert resample(make_scenario(rows), uncertain_inputs(), draws=3, seed=9).seeds != few.seeds


@pytest.mark.parametrize("family", ["gamma", "normal", "poisson", "negative_binomial", "compound_poisson"])
def test_every_draw_is_a_sound_scenario_even_at_the_edge(family):
    cv = {"poisson": "", "negative_binomial": 0.33, "compound_poisson": 0.46}.get(family, 0.31)
    goods = [
        {"demand_cv": cv, "distribution": family, "order_size": 2.0 if family == "compound_poisson" else 1.0,
         "delivery_days": 5.0, "make_days": 3.0, "assembly_days": 3.0}
    ]  # fmt: skip
    scenario = complete(make_scenario(goods, demand={"common_factor_cv": 0.0 if family == "poisson" else 0.02}))
    draws = 40 if FULL else 12
    found = resample(scenario, uncertain_inputs(0.5), draws=draws)
    for j in range(draws):
        assert check_scenario(found.draw(j)) == []


def test_shares_stay_shares():
    scenario = make_scenario([{"on_time_target": 0.97}])
    found = resample(scenario, of(**{"products.on_time_target": 0.5}), draws=30)
    values = [found.draw(j).products["on_time_target"].iloc[0] for j in range(30)]
    assert max(values) < 1.0
    assert len(set(values)) > 5


def test_order_lines_are_bootstrapped_in_place_of_the_stated_uncertainty():
    rng = np.random.default_rng(0)
    weeks = rng.gamma(4.0, 5.0, 80).round() + 1.0
    scenario = complete(make_scenario([{"demand_per_week": "", "demand_cv": ""}, {}], orders=orders(weeks)))
    found = resample(scenario, uncertain_inputs(), draws=4000)
    assert found.bootstrapped == ("P1",)
    mean = found.factors["products.demand_per_week"]
    # The standard error of a mean of 80 weeks, not 20%.
    assert mean[:, 0].std() == pytest.approx(weeks.std() / weeks.mean() / np.sqrt(80), rel=0.1)
    assert mean[:, 1].std() == pytest.approx(0.2, rel=0.1)
    assert mean[:, 0].mean() == pytest.approx(1.0, abs=0.01)
    few = make_scenario([{}], orders=orders(weeks[:10]))
    assert resample(few, uncertain_inputs(), draws=5).bootstrapped == ()


def test_names_are_told_apart_and_wrong_ones_refused():
    assert {one.name for one in uncertain_inputs()} == set(ESTIMATES)
    assert {one.name: one.uncertainty for one in of(demand_cv=0.4)} == {"products.demand_cv": 0.4}
    assert "products.demand_cv" not in {one.name for one in uncertain_inputs(0.2, {"demand_cv": 0.0})}
    with pytest.raises(EngineError, match=r"products\.unit_cost or components\.unit_cost"):
        of(unit_cost=0.1)
    with pytest.raises(EngineError, match=r"did you mean 'products\.demand_cv'"):
        of(demand_cvv=0.1)
    with pytest.raises(EngineError, match="no share"):
        of(demand_cv=-0.1)


def test_a_random_portfolio_stays_sound():
    targets = {"on_time_target": 0.9}
    scenario = random_scenario(np.random.default_rng(4), products=6, resources=1, product_columns=targets)
    found = resample(scenario, uncertain_inputs(0.4), draws=10)
    faults = [fault for j in range(10) for fault in check_scenario(found.draw(j))]
    # A promise may become one that nobody can keep; that is not the draw's fault.
    assert [fault for fault in faults if fault.column != "on_time_target"] == []
