from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.demand.fitting.complete import complete
from engine.demand.fitting.fit import fit_demand
from engine.errors import ScenarioError
from engine.scenario.columns import FITTED
from tests.demand.test_fit import frame_of_weeks, lines
from tests.scenarios import make_scenario

WEEKLY = np.random.default_rng(7).negative_binomial(1.0, 0.2, 60).astype(float)
WEEKLY[[0, -1]] = 4.0
BLANK = {"demand_per_week": "", "demand_cv": "", "lead_time_target_days": ""}


def scenario(*products, weekly=WEEKLY, wait="2030-01-01", **settings):
    book = [*lines(weekly, requested_date=wait), *frame_of_weeks(len(weekly))]
    frame = {"product": "frame", "distribution": "gamma", "order_size": 1.0}
    return make_scenario(products=[*products, frame], orders=book, **settings)


def of(completed, product="P1"):
    return completed.products.set_index("product").loc[product]


def test_blanks_are_filled_with_the_fit():
    given = scenario({"product": "P1", **BLANK})
    done = of(complete(given))
    row = fit_demand(given, replicates=0).table.set_index("product").loc["P1"]
    for name in FITTED:
        assert done[name] == row[name], name
    assert given.products["demand_per_week"].isna().any()  # the client's table is not touched


def test_what_the_client_gave_is_kept():
    given = {"demand_per_week": 9.0, "demand_cv": 0.4, "order_size": 3.0, "lead_time_target_days": 8.0}
    done = of(complete(scenario({"product": "P1", **given, "distribution": "normal"})))
    assert {name: done[name] for name in given} == given
    assert done["distribution"] == "normal"
    done = of(complete(scenario({"product": "P1", **given})))
    assert {name: done[name] for name in given} == given
    assert done["distribution"] != ""


def test_nothing_blank_nothing_changed():
    whole = make_scenario()
    assert complete(whole) is whole
    filled = complete(scenario({"product": "P1", **BLANK}))
    assert complete(filled) is filled


def test_empirical_stays():
    done = of(complete(scenario({"product": "P1", **BLANK, "distribution": "empirical"})))
    assert done["distribution"] == "empirical"
    assert done["demand_per_week"] == pytest.approx(WEEKLY.mean())


def test_a_given_cv_rules_poisson_out_and_a_blank_one_follows_it():
    weekly = np.random.default_rng(0).poisson(4.0, 200).astype(float)
    weekly[[0, -1]] = 4.0
    done = of(complete(scenario({"product": "P1", **BLANK}, weekly=weekly)))
    assert done["distribution"] == "poisson"
    assert done["demand_cv"] == pytest.approx(done["demand_per_week"] ** -0.5)
    done = of(complete(scenario({"product": "P1", "demand_per_week": 4.0, "demand_cv": 0.8}, weekly=weekly)))
    assert done["distribution"] != "poisson"


def test_poisson_beside_a_common_factor_passes_the_check():
    weekly = np.random.default_rng(0).poisson(4.0, 200).astype(float)
    weekly[[0, -1]] = 4.0
    settings = {"demand": {"common_factor_cv": 0.2}}
    product = {"product": "P1", **BLANK, "distribution": "poisson"}
    frame = {"demand_cv": 0.5}
    done = of(complete(scenario(product, weekly=weekly, **settings)))
    assert done["demand_cv"] > done["demand_per_week"] ** -0.5
    assert frame


def test_every_product_that_cannot_be_fitted_is_a_fault():
    products = [{"product": "P1", **BLANK}, {"product": "P2", **BLANK}]
    book = [*lines([3.0] * 10), *lines([2.0] * 10, "P2"), *frame_of_weeks(10)]
    frame = {"product": "frame", "distribution": "gamma", "order_size": 1.0}
    with pytest.raises(ScenarioError) as raised:
        complete(make_scenario(products=[*products, frame], orders=book))
    text = str(raised.value)
    assert "products.csv:2:demand_per_week: 'P1': 10 weeks of history; at least 26 are needed" in text
    assert "products.csv:3:demand_cv: 'P2': 10 weeks" in text
    assert "products.csv:3:lead_time_target_days: 'P2': is blank and its order lines have no" in text


def test_optional_blanks_of_a_short_history_take_their_defaults():
    book = [*lines([3.0] * 10), *frame_of_weeks(10)]
    done = of(complete(make_scenario(products=[{"product": "P1"}, {"product": "frame"}], orders=book)))
    assert (done["distribution"], done["order_size"]) == ("gamma", 1.0)


def test_a_completed_scenario_can_be_put_into_numbers():
    from engine.economics.build import build_instance

    instance = build_instance(complete(scenario({"product": "P1", **BLANK})), samples=20)
    assert np.isfinite(instance.stock.demand).all()


def seasonal(**product):
    """Three years of weeks with a season of 50%, of one product whose columns are given."""
    weeks = np.arange(156)
    units = 40.0 * (1.0 + 0.5 * np.sin(2.0 * np.pi * weeks / 52.0)) * np.random.default_rng(3).gamma(100.0, 0.01, 156)
    return make_scenario([{"product": "P1", "family": "oils", **BLANK, **product}], orders=lines(
        units.tolist(), requested_date="2030-01-01"
    ), check=False)  # fmt: skip


def test_a_season_that_is_fitted_fills_the_table():
    done = complete(seasonal())
    table = done.seasons
    assert table["product"].tolist() == ["P1"] * 52
    assert table["period"].tolist() == list(range(1, 53))
    assert table["factor"].mean() == pytest.approx(1.0, abs=1e-9)
    assert table["factor"].max() == pytest.approx(1.5, abs=0.06)
    assert of(done)["demand_cv"] < 0.15
    assert complete(done) is done


@pytest.mark.parametrize("owner", [{"product": "P1"}, {"family": "oils"}])
def test_a_season_that_the_client_gave_is_kept(owner):
    given = [{"product": "", "family": "", **owner, "period": float(k), "factor": f}
             for k, f in ((1, 0.8), (2, 1.2), (3, 1.1), (4, 0.9))]  # fmt: skip
    done = complete(replace(seasonal(), seasons=pd.DataFrame(given)))
    assert done.seasons["factor"].tolist() == [0.8, 1.2, 1.1, 0.9]


def test_a_cv_that_the_client_gave_may_hold_the_season():
    assert complete(seasonal(demand_cv=0.4)).seasons.empty
