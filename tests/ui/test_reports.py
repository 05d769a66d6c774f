"""Reports that the app has written hold what its pages have found, and today is one in the world as it stands."""

import pandas as pd
import pytest

import engine.ui.views.data.reports
from engine.report.content import read_evidence
from engine.report.files import read_plan
from engine.scenario.read import read_scenario
from engine.ui.state.session import Answer
from engine.ui.text import text
from tests.ui.pages import again_while, on_page, opened, seen, shown, until_proven


@pytest.mark.usefixtures("proven_here")
def test_a_report_of_changed_inputs_stands_beside_the_plan_as_given(bundled, monkeypatch, tmp_path) -> None:
    asked = []
    monkeypatch.setattr(engine.ui.views.data.reports, "study_panel", asked.append)
    app = until_proven(opened())
    _, before = app.session_state["_last_answer"]
    as_given: Answer = before
    app.slider(key="lever_holding_rate").set_value(40.0).run()
    _, after = app.session_state["_last_answer"]
    assert round(after.today.inventory_value) != round(as_given.today.inventory_value), "dearer stock, less of it"
    # A share of today's inventory is one of what today holds in the world of the page.
    app.selectbox(key="unit_budget").set_value("share").run()
    app.number_input(key="typed_budget_weeks_share").set_value(90.0).run()
    scenario = app.session_state["_last_answer"][1].scenario
    assert scenario.settings.inventory_budget == pytest.approx(0.9 * after.today.inventory_value, rel=1e-3)
    until_proven(app)
    app = seen(on_page(app, "data"), "data_view", "reports")
    again_while(app, lambda: text("reports.with.given", "en") not in shown(app))
    points = pd.DataFrame({"point": [1, 2], "plan": [True, False], "kept": True, "rough": False, "marginal_cost": 1.0,
                           "cost_per_year": [1.0, 2.0], "inventory_value": [2.0, 1.0]})  # fmt: skip
    _, held = app.session_state["_last_answer"]
    key = ("refined", (held.scenario.digest(), "inventory"))
    app.session_state["_studies"] = {key: (points, pd.DataFrame(), 60)}
    cost = held.plan.objective_per_year
    cases = pd.DataFrame({"case": ["A", "B"], "cost_per_year": [cost, cost + 1], "difference_per_year": [0.0, 1.0]})
    of_data = read_scenario(bundled / "tiny").digest(), held.plan.summary["samples"]
    app.session_state["_compared_cases"] = (*of_data, cases)
    app.run()
    assert text("reports.with.cases", "en") in shown(app)
    assert text("reports.with.frontier", "en") in shown(app)
    command = asked[-1].prepare(tmp_path)
    assert not app.exception
    given = read_plan(tmp_path / "given")
    assert command[command.index("--as-given") + 1] == str(tmp_path / "given")
    assert str(tmp_path / "frontier") in command
    taken = read_evidence([tmp_path / "frontier"], read_plan(tmp_path / "plan"))
    assert taken.table("frontier")["point"].tolist() == [1, 2]
    assert given.objective_per_year == pytest.approx(as_given.plan.objective_per_year)
