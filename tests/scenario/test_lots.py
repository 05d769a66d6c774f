"""What stays of a lot when a product is made to order is no cost of it, and is told."""

import pytest

from engine.scenario.read import read_scenario
from tests.scenarios import write_scenario

MADE = {"demand_per_week": 7.0, "lead_time_target_days": 6.0, "make_days": 5.0, "order_size": 2.0}
PART = {"unit_cost": 80.0, "lead_time_days": 4.0, "obsolescence_per_year": 0.2, "min_order_quantity": 100.0}


def told(folder, part=(), bom=1.0, **columns):
    path = write_scenario(
        folder / "case", products=[{**MADE, **columns}], components=[{**PART, **dict(part)}], bom={"P1": {"C1": bom}}
    )
    return [notice for notice in read_scenario(path).notices if notice.kind == "lot_left"]


def test_half_a_lot_lies_there(tmp_path):
    (notice,) = told(tmp_path, bom=3.0)
    assert (notice.row, notice.column) == (2, "min_order_quantity")
    assert (notice.values["lot"], notice.values["order"]) == (100.0, 6.0)
    assert notice.values["cost"] == pytest.approx(50.0 * 80.0 * (0.25 + 0.2))


@pytest.mark.parametrize(
    ("part", "columns"),
    [
        ({"min_order_quantity": ""}, {}), ({"min_order_quantity": 2.0}, {}), ({"unit_cost": 0.5}, {}),
        ({}, {"allowed": "MTS|ATO"}), ({}, {"locked": "ATO"}), ({}, {"make_days": 7.0}),
    ],
)  # fmt: skip
def test_nothing_is_told_where_little_stays_or_nothing_is_made_to_order(tmp_path, part, columns):
    assert told(tmp_path, part, **columns) == []


def test_a_product_that_is_made_to_order_alone_is_told_however_late(tmp_path):
    assert len(told(tmp_path, make_days=70.0, allowed="MTO")) == 1
    assert len(told(tmp_path, make_days="", locked="MTO")) == 1
