"""What a review found is told with its money: what deciding again saves, and what the plan has cost since."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.evaluate.review.told import COLUMNS

ROW = {"product": "P1", "strategy": "MTS", "verdict": "decide again", "planned_per_week": 20.0, "level_per_week": 6.0,
       "level_low": 5.0, "level_high": 7.0, "since": "2027-01-04", "told_on": "2027-02-07", "strategy_again": "MTO",
       "regret_so_far": 812.4, "moved": ""}  # fmt: skip


def drawn(table, summary) -> None:
    from engine.ui.views.review import _draw

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
