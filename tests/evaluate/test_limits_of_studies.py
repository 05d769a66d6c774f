"""What studies make of the plainest and the oddest cases: one sample, no hours, demand that never varies, Ctrl-C."""

import os
import signal
import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.economics.exposure.draw import SampleCache
from engine.economics.exposure.steep import steep_seasons
from engine.errors import EngineError
from engine.evaluate.processes.interrupts import without_ctrl_c
from engine.evaluate.review.moved import moved_inputs
from engine.evaluate.review.told import decided_again
from engine.evaluate.simulate import translate
from engine.evaluate.simulate.findings.statistics import half_widths
from tests.scenarios import make_scenario, season_rows


def test_demand_that_never_varies_comes_in_equal_lots():
    orders = translate.order_source(make_scenario([{"demand_cv": 0.0, "demand_per_week": 70.0}]), 0)
    assert (orders.mean_per_day, orders.week_cv) == (10.0, 0.0)


def test_weeks_as_they_were_come_as_they_were():
    days = pd.date_range("2024-01-01", periods=30, freq="7D")
    lines = [{"order_date": f"{day:%Y-%m-%d}", "product": "P1", "quantity": 3.0 + k % 5} for k, day in enumerate(days)]
    scenario = make_scenario([{"distribution": "empirical", "demand_per_week": 5.0, "demand_cv": ""}], orders=lines)
    weeks = translate.order_source(scenario, 0).weeks
    # Of the mean that is given, with the pattern of the book.
    assert np.mean(weeks) == pytest.approx(5.0)
    assert np.ptp(weeks) > 0.0


def test_a_demand_that_no_simulation_knows_is_said_by_name(monkeypatch):
    monkeypatch.setattr(translate, "demand_process", lambda *_: SimpleNamespace())
    with pytest.raises(EngineError, match="SimpleNamespace"):
        translate.order_source(make_scenario([{}]), 0)


def test_steps_without_hours_keep_nobody_busy():
    work = translate._work(make_scenario(
        resources=[{"resource": "saw", "hours_per_week": 40.0}],
        routing=[{"product": "P1", "resource": "saw", "stage": "make", "hours_per_unit": 0.0},
                 {"product": "P1", "resource": "saw", "stage": "assemble", "hours_per_unit": 0.5}],
    ))  # fmt: skip
    assert {key: [use.hours_per_unit for use in uses] for key, uses in work.items()} == {("P1", "assemble"): [0.5]}


def test_one_run_tells_nothing_of_its_spread():
    assert half_widths(np.array([[1.0, 2.0]])).tolist() == [np.inf, np.inf]
    assert np.isfinite(half_widths(np.array([[1.0], [2.0]]))).all()


def test_ctrl_c_waits_for_the_end_of_what_must_not_be_torn_and_is_dropped_where_all_ends():
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def torn():
        with without_ctrl_c():
            os.kill(os.getpid(), signal.SIGINT)
            seen.append("whole")

    with pytest.raises(KeyboardInterrupt):
        torn()
    with without_ctrl_c(forget=True):
        os.kill(os.getpid(), signal.SIGINT)
        seen.append("forgotten")
    assert seen == ["whole", "forgotten"]
    assert signal.getsignal(signal.SIGINT) is before


def test_in_a_thread_of_its_own_ctrl_c_is_none_of_its_business():
    before, seen = signal.getsignal(signal.SIGINT), []

    def work():
        with without_ctrl_c():
            seen.append(signal.getsignal(signal.SIGINT) is before)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [True]


def test_without_a_second_decision_a_review_stays_as_it_is():
    table = pd.DataFrame({"product": ["P1"], "verdict": ["drifting"]})
    assert decided_again(table, SimpleNamespace(week=np.array([3])), None, 5) is table


def test_a_season_that_swings_more_has_moved_its_products_and_those_of_its_family():
    rows = [{"family": "F"}, {"family": "G"}, {"family": ""}]

    def swinging(swing, **whose):
        return make_scenario(rows, seasons=season_rows(swing, **whose))

    of_one, of_family = {"product": "P3"}, {"family": "F"}
    assert moved_inputs(swinging(0.2, **of_one), swinging(0.5, **of_one)) == {"P3": ["seasons.factor"]}
    assert moved_inputs(swinging(0.2, **of_family), swinging(0.5, **of_family)) == {"P1": ["seasons.factor"]}
    assert moved_inputs(swinging(0.2, **of_one), swinging(0.2, **of_one)) == {}
    # What was fitted in both is told by the fit.
    fitted = {"seasons.factor": frozenset({"P3"})}
    assert moved_inputs(swinging(0.2, **of_one), swinging(0.5, **of_one), fitted=fitted) == {}


def test_a_season_is_steep_only_where_demand_is_known_and_other_products_are_drawn_beside():
    rows = [{"demand_per_week": 20.0}]
    steep = make_scenario(rows, seasons=season_rows(0.9, product="P1"))
    unknown = replace(steep, products=steep.products.assign(demand_per_week=np.nan))
    assert steep_seasons(unknown) == ()
    cache = SampleCache()
    beside = cache.beside("today")
    assert beside is not cache
    assert cache.beside("today") is beside
    # What is drawn beside keeps none of its own.
    assert beside.beside("more") is beside
