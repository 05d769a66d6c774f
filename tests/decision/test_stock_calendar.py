"""The levels of each week: around the plan's, as files and read back."""

import numpy as np
import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.decision.tables.stock_calendar import CALENDAR
from engine.errors import EngineError
from engine.report.files import read_plan, write_plan
from tests.economics.test_following import HALF, SLOW
from tests.scenarios import make_scenario


@pytest.fixture(scope="module")
def plan():
    """A product made to stock in lots, and one assembled of a part; a third without a season."""
    goods = [
        {**SLOW, "demand_cv": 0.3, "min_order_quantity": 30.0},
        {**SLOW, "demand_cv": 0.3, "allowed": "ATO", "lead_time_target_days": 3.0},
        {**SLOW, "demand_cv": 0.3},
    ]
    seasons = [*HALF, *({**row, "product": "P2"} for row in HALF)]
    return solve(make_scenario(
        goods, components=[{"unit_cost": 6.0, "lead_time_days": 20.0}], bom={"P2": {"C1": 2}}, samples=200,
        seasons=seasons,
    )).plan  # fmt: skip


def test_levels_swing_around_those_of_the_plan(plan):
    table = plan.stock_calendar
    assert tuple(table.columns) == CALENDAR
    assert table.groupby(["kind", "item"])["period"].apply(list).to_dict() == {
        ("product", "P1"): list(range(1, 53)), ("component", "C1"): list(range(1, 53))
    }  # fmt: skip
    means = table.groupby("item")[["reorder_point", "order_up_to"]].mean()
    for key, row in (("P1", plan.decisions.set_index("product")), ("C1", plan.components.set_index("component"))):
        for name in means.columns:
            assert means.loc[key, name] == pytest.approx(row.loc[key, name], rel=0.01)
    assert (table["order_up_to"] - table["reorder_point"])[table["item"] == "P1"].to_numpy() == pytest.approx(30.0)
    part = table.loc[table["item"] == "C1", "reorder_point"]
    # A season of 50% seen three weeks ahead.
    assert part.max() / part.mean() == pytest.approx(1.5, abs=0.06)
    # The level leads the season: it is highest before demand is, in week 13.
    assert 9 <= int(np.argmax(part)) + 1 <= 13


def test_the_calendar_is_written_and_read_back(plan, tmp_path):
    write_plan(plan, tmp_path)
    pd.testing.assert_frame_equal(read_plan(tmp_path).stock_calendar, plan.stock_calendar, check_dtype=False)
    lines = (tmp_path / "stock_calendar.csv").read_text("utf-8").splitlines()
    lines[3] = lines[3].replace("product", "product").rsplit(",", 1)[0] + ",many"
    (tmp_path / "stock_calendar.csv").write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(EngineError, match=r"stock_calendar\.csv:4:order_up_to: 'many' is no number"):
        read_plan(tmp_path)


def test_a_plan_without_a_season_takes_the_calendar_away(plan, tmp_path):
    write_plan(plan, tmp_path)
    flat = solve(make_scenario([SLOW], samples=50)).plan
    assert flat.stock_calendar.empty
    write_plan(flat, tmp_path)
    assert not (tmp_path / "stock_calendar.csv").exists()
    assert read_plan(tmp_path).stock_calendar.empty


def test_the_calendar_of_a_part_counts_what_is_scrapped_and_lost():
    """Twice as many parts at half their cost, half of them scrapped or lost with each order: twice the levels."""
    good = {**SLOW, "demand_cv": 0.3, "allowed": "ATO", "lead_time_target_days": 3.0, "order_size": 1.0}
    swings = []
    for line, cost in (({}, 6.0), ({"scrap_share": 0.5}, 3.0), ({"loss_per_order": 1.0}, 3.0)):
        scenario = make_scenario(
            [good], components=[{"unit_cost": cost, "lead_time_days": 20.0}], samples=100, seasons=HALF,
            bom=[{"product": "P1", "component": "C1", "quantity": 1.0, **line}],
        )  # fmt: skip
        levels = solve(scenario).plan.stock_calendar["reorder_point"]
        swings.append(float(levels.max() - levels.min()))
    assert swings[1:] == pytest.approx([2.0 * swings[0]] * 2, rel=1e-6)
