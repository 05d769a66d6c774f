"""Rows of sums below (or between) the rows that they add up: left out and told; what is only called so is kept."""

import pytest

from engine.scenario.read import read_scenario
from tests.scenario.folders import GOOD, ORDERS, write

PRODUCTS = GOOD["products.csv"]


def read(folder):
    scenario = read_scenario(folder)
    told = [one for one in scenario.notices if one.kind.startswith("total_")]
    return scenario, [(one.kind, one.file, one.row, one.values["name"]) for one in told]


@pytest.mark.parametrize("name", ["Summe", "Total", "Gesamt:", "合计", "Subtotal", "ZWISCHENSUMME", "* Grand  total"])
@pytest.mark.parametrize("cells", [",14,,180,,,", ",14,1.3,180,8,2,22", ",,,,,,22", ",,,,,,"])
def test_a_row_of_sums_is_no_product(tmp_path, name, cells):
    scenario, told = read(write(tmp_path / "s", {"products.csv": f"{PRODUCTS}{name}{cells}\n"}))
    assert scenario.products["product"].tolist() == ["A", "B"]
    assert told == [("total_row", "products.csv", 4, name)]


def test_a_product_of_such_a_name_is_kept_and_told(tmp_path):
    scenario, told = read(write(tmp_path / "s", {"products.csv": f"{PRODUCTS}Total,7,0.5,90,5,1,10\n"}))
    assert scenario.products["product"].tolist() == ["A", "B", "Total"]
    assert told == [("total_called", "products.csv", 4, "Total")]
    # With a name of its own nothing is told.
    named = PRODUCTS.replace("make_days", "make_days,name").replace(",10\n", ",10,\n").replace(",12\n", ",12,\n")
    scenario, told = read(write(tmp_path / "t", {"products.csv": f"{named}Total,14,0.5,90,5,1,10,Engine oil\n"}))
    assert len(scenario.products) == 3
    assert told == []


def test_sums_between_and_below_order_lines_are_no_orders(tmp_path):
    lines = ORDERS + ",Subtotal,7\n2026-02-10,B,2\n2026-02-16,A,1\nSubtotal,,3\nTotal,,10\n"
    scenario, told = read(write(tmp_path / "s", {"orders.csv": lines}))
    assert scenario.orders["quantity"].tolist() == [3, 4, 2, 1]
    rows = ((4, "Subtotal"), (7, "Subtotal"), (8, "Total"))
    assert told == [("total_row", "orders.csv", row, name) for row, name in rows]
    # Rows keep the numbers that a spreadsheet shows.
    assert scenario.rows["orders"].tolist() == [2, 3, 5, 6]


def test_an_order_of_a_product_called_total_is_one(tmp_path):
    files = {
        "products.csv": f"{PRODUCTS}Total,7,0.5,90,5,1,10\n", "orders.csv": f"{ORDERS}2026-02-10,Total,7\n",
    }  # fmt: skip
    scenario, _ = read(write(tmp_path / "s", files))
    assert scenario.orders["product"].tolist() == ["A", "A", "Total"]


def test_sums_are_read_in_the_numbers_of_the_client(tmp_path):
    semicolons = PRODUCTS.replace(",", ";").replace("A;10;", "A;1.000,5;").replace("0.5;", "0,5;").replace("0.8", "0,8")
    yaml = GOOD["scenario.yaml"] + "format: {delimiter: ';', decimal: ',', thousands: '.'}\n"
    others = {name: text.replace(",", ";") for name, text in GOOD.items() if name in ("components.csv", "bom.csv")}
    full = f"{semicolons}Summe;1.004,5;1,3;180;8;2;22\n"
    scenario, told = read(write(tmp_path / "s", {**others, "scenario.yaml": yaml, "products.csv": full}))
    assert len(scenario.products) == 2
    assert told[0][0] == "total_row"


def test_the_rule_is_one_of_each_table(tmp_path):
    files = {"components.csv": GOOD["components.csv"] + "Total,25,\n", "bom.csv": GOOD["bom.csv"] + "Total,,7\n"}
    scenario, told = read(write(tmp_path / "s", files))
    assert scenario.components["component"].tolist() == ["C1", "C2"]
    assert len(scenario.bom) == 3
    assert [one[1] for one in told] == ["components.csv", "bom.csv"]
