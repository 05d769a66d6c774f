"""What a review found is told with its money: what deciding again saves, and what the plan has cost since."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from engine.cli import app as codp
from engine.decision.solve import solve
from engine.evaluate.review.told import COLUMNS
from engine.ui.work.trust_study import review_study
from tests.scenarios import make_scenario

ROW = {"product": "P1", "strategy": "MTS", "verdict": "decide again", "planned_per_week": 20.0, "level_per_week": 6.0,
       "level_low": 5.0, "level_high": 7.0, "since": "2027-01-04", "told_on": "2027-02-07", "strategy_again": "MTO",
       "regret_so_far": 812.4, "moved": ""}  # fmt: skip


def drawn(table, summary) -> None:
    from engine.ui.views.trust.review import _draw

    _draw(table, summary)


@pytest.mark.parametrize("regret", [812.4, None])
def test_the_money_of_a_review_is_told_where_it_is_known(regret) -> None:
    holds = {**ROW, "product": "P2", "verdict": "holds", "since": "", "told_on": "", "regret_so_far": 0.0}
    table = pd.DataFrame([holds, {**ROW, "regret_so_far": regret}]).reindex(columns=list(COLUMNS))
    summary = {"counts": {"holds": 1, "drifting": 0, "decide again": 1}, "saving_per_year": 2000.0, "products": 2,
               "regret_so_far": regret, "currency": "EUR", "weeks": 5, "last_day": "2027-02-07",
               "false_alarms_per_month": 0.01}  # fmt: skip
    app = AppTest.from_function(drawn, args=(table, summary)).run()
    assert not app.exception
    said = app.markdown[0].value
    assert "Deciding again saves" in said
    assert ("So far the plan has cost" in said) == (regret is not None)
    rows = app.dataframe[0].value
    assert rows["product"].tolist() == ["P1", "P2"]
    if regret is not None:
        assert rows["regret_so_far"].tolist() == [812.0, 0.0]


def test_the_case_as_it_stands_today_is_reviewed_without_an_order_line(tmp_path) -> None:
    """By the command, on what the app writes down for it; what has moved is told in words, and no week is."""
    goods = [{"late_cost_per_unit_day": 0.2}, {}]
    scenario = make_scenario(goods, samples=30)
    plan = solve(scenario).plan_or_raise()
    now = make_scenario([{**goods[0], "stocking_cost_per_year": 9000.0}, {}], samples=30)
    study = review_study(scenario, plan, None, now)
    assert study.key not in {review_study(scenario, plan, None, one).key for one in (None, scenario)}
    done = CliRunner().invoke(codp, study.prepare(tmp_path))
    assert done.exit_code == 0, done.output
    found = study.read(tmp_path, 0)
    app = AppTest.from_function(drawn, args=(found.tables["review"], found.summary)).run()
    assert not app.exception
    said = [str(one.value) for one in app.markdown]
    assert "1 of 2 products have left what the plan was made for, 1 to decide again" in said[0]
    assert said[1:] == ["Others than in the plan: fixed stocking cost of 1 product."]
    rows = app.dataframe[0].value
    assert rows["moved"].tolist() == ["fixed stocking cost", ""]
    assert "told_on" not in rows or not rows["told_on"].any()
