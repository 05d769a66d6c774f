"""Charts say what they show: colour and shape per strategy, the click that picks a product, words as handed in."""

import pandas as pd
import pytest

from engine.report.charts.pictures import png, svg
from engine.report.charts.specifications import PICK, map_points, strategy_map, with_line
from engine.report.charts.strategies import STRATEGY_COLOURS, STRATEGY_SHAPES
from engine.scenario.derived import derive
from tests.scenarios import make_scenario

WORDS = {
    key: f"<{key}>" for key in ("x", "y", "strategy", "product", "name", "family", "demand_cv", "pd_ratio", "cost")
}
NAMES = {"MTS": "stock", "ATO": "assemble", "MTO": "order"}


@pytest.fixture
def points() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "product": ["A", "B", "C"],
            "name": ["a", "", "c"],
            "family": ["F", "F", "G"],
            "strategy": ["MTS", "ATO", "MTO"],
            "demand_cv": [0.2, 0.9, 1.4],
            "pd_ratio": [5.0, 2.0, 0.0],
            "expected_cost_per_year": [10.0, 20.0, 30.0],
        }
    )


def chart(points: pd.DataFrame, picked: str | None = None) -> dict:
    return strategy_map(points, words=WORDS, strategies=NAMES, picked=picked).to_dict()


def test_each_strategy_has_its_colour_and_its_shape(points) -> None:
    encoding = chart(points)["encoding"]
    for channel, of in (("color", STRATEGY_COLOURS), ("shape", STRATEGY_SHAPES)):
        scale = encoding[channel]["scale"]
        assert dict(zip(scale["domain"], scale["range"], strict=True)) == {NAMES[k]: of[k] for k in NAMES}
        assert len(set(scale["range"])) == 3


def test_strategies_stand_below_each_other_in_the_legend_of_a_phone(points) -> None:
    encoding = chart(points)["encoding"]
    assert {channel: encoding[channel]["legend"]["columns"] for channel in ("color", "shape")} == {
        channel: {"expr": "width < 420 ? 1 : 3"} for channel in ("color", "shape")
    }


def test_a_click_gives_the_product_whatever_its_row(points) -> None:
    assert chart(points)["params"][0] == {
        "name": PICK,
        "select": {"type": "point", "fields": ["product"], "nearest": True, "on": "click"},
    }


def test_words_are_those_handed_in(points) -> None:
    encoding = chart(points)["encoding"]
    assert (encoding["x"]["title"], encoding["y"]["title"]) == ("<x>", "<y>")
    assert {tip["title"] for tip in encoding["tooltip"]} == {f"<{k}>" for k in WORDS} - {"<x>", "<y>"}


def test_the_picked_product_is_drawn_last_and_no_ratio_leaves_the_axis(points) -> None:
    rows = next(iter(chart(points, picked="A")["datasets"].values()))
    assert [row["product"] for row in rows] == ["B", "C", "A"]
    assert [row["picked"] for row in rows] == [False, False, True]
    assert min(row["pd_ratio"] for row in rows) > 0.0


def test_p_over_d_is_time_to_make_and_deliver_over_accepted_wait() -> None:
    scenario = make_scenario(
        [
            {"make_days": 20.0, "delivery_days": 1.0, "lead_time_target_days": 7.0},
            {"make_days": 20.0, "lead_time_target_days": 0.0},
        ]
    )
    decisions = pd.DataFrame({"strategy": ["MTO", "MTS"], "current_strategy": ["MTS", "MTS"],
                              "expected_cost_per_year": [1.0, 2.0]})  # fmt: skip
    table = map_points(scenario.products, pd.Series(derive(scenario).make_days), decisions)
    assert table["pd_ratio"].tolist() == pytest.approx([3.0, 40.0])
    assert table["strategy"].tolist() == ["MTO", "MTS"]
    assert table["switches"].tolist() == [True, False]


def test_marks_of_one_place_stand_side_by_side_and_tell_the_truth(points) -> None:
    crowd = pd.concat([points.iloc[:1]] * 3 + [points.iloc[1:]])
    crowd = crowd.assign(product=list("ABCDE"), switches=[True] + [False] * 4)
    rows = pd.DataFrame(next(iter(chart(crowd)["datasets"].values()))).set_index("product")
    across = rows.loc[["A", "B", "C"], "across"]
    assert across.is_unique
    assert across.mean() == pytest.approx(0.2)
    assert across.max() - across.min() < 0.05 * (rows["demand_cv"].max() - rows["demand_cv"].min())
    assert rows.loc[["A", "B", "C"], "demand_cv"].tolist() == [0.2] * 3
    assert rows["pale"].tolist() == [False, True, True, True, True]


def test_the_map_is_a_picture_with_its_line(points) -> None:
    drawn = with_line(strategy_map(points, words=WORDS, strategies=NAMES), "as long as they wait")
    assert "as long as they wait" in svg(drawn.properties(width=400))
    assert png(drawn.properties(width=400)).startswith(b"\x89PNG")
