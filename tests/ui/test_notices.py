"""Warnings and products without demand are shown folded, and nothing where there are none."""

import pytest
from streamlit.testing.v1 import AppTest

from engine.decision.solve import solve
from engine.notices import Notice
from tests.scenarios import make_scenario


def of_plan():
    import streamlit as st

    from engine.ui.views.notices import notices_view

    notices_view(st.session_state["scenario"], key="test", plan=st.session_state["plan"])


def shown(notices, idle):
    from dataclasses import replace

    import pandas as pd
    import streamlit as st

    from engine.ui.views.notices import notices_view

    scenario = st.session_state["scenario"]
    if idle:
        aside = scenario.products.assign(product="Z", stock_on_hand=7.0, demand_per_week=0.0)
        scenario = replace(scenario, no_demand={"products": pd.DataFrame(aside)})
    notices_view(replace(scenario, notices=notices), key="test")


RATE = Notice(kind="rate_above_one", file="scenario.yaml", row=2, column="holding_rate_per_year",
              values={"value": 25.0, "right": 0.25})  # fmt: skip


@pytest.mark.parametrize(("notices", "idle", "count"), [((), False, 0), ((RATE,), False, 1), ((RATE,), True, 2)])
def test_what_there_is_is_shown(notices, idle, count):
    app = AppTest.from_function(shown, args=(notices, idle))
    app.session_state["scenario"] = make_scenario()
    app.run()
    assert not app.exception
    assert len(app.expander) == count
    if notices:
        assert "scenario.yaml:2:holding_rate_per_year: 25 is 2,500%" in app.expander[0].text[0].value
    if idle:
        assert app.expander[1].dataframe[0].value["product"].tolist() == ["Z"]


def test_what_is_told_of_the_plan_is_shown():
    scenario = make_scenario([{"late_cost_per_unit_day": 40.0, "allowed": "MTS"}], samples=100)
    app = AppTest.from_function(of_plan)
    app.session_state["scenario"] = scenario
    app.session_state["plan"] = solve(scenario, certified=False).plan
    app.run()
    assert not app.exception
    assert "a year too little" in app.expander[0].text[0].value
