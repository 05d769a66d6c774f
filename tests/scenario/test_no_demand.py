"""No demand is a fact: listed with the stock on hand, not decided, and written back."""

import json

import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.demand.fitting.complete import complete
from engine.report.files import read_plan, write_plan
from engine.scenario.files.workbook import write_folder, write_workbook
from engine.scenario.no_demand import no_demand_table
from engine.scenario.read import read_scenario
from tests.scenario.folders import GOOD, ORDERS, faults, write

HEAD = GOOD["products.csv"].split("\n", 1)[0]


def with_idle(row, **files):
    text = GOOD["products.csv"].replace(HEAD, f"{HEAD},stock_on_hand").replace("1,10\n", "1,10,\n")
    return {"products.csv": text.replace("1,12\n", f"1,12,\n{row}\n"), **files}


@pytest.mark.parametrize(
    ("row", "files"),
    [
        ("Z,0,,40,5,1,9,7", {}),
        ("Z,0,0.5,40,,1,9,7", {"orders.csv": ORDERS}),
        ("Z,,,40,,1,9,7", {"orders.csv": ORDERS}),  # none in the book
        ("Z,,,40,,1,9,7", {"orders.csv": ORDERS + "2026-01-07,Z,-2\n"}),  # only what came back
    ],
)
def test_a_product_without_demand_is_listed_and_the_rest_is_decided(tmp_path, row, files):
    folder = write(tmp_path / "s", with_idle(row, **files), bom=("B,C2,4\n", "B,C2,4\nZ,C2,1\n"))
    scenario = complete(read_scenario(folder))
    assert scenario.products["product"].tolist() == ["A", "B"]
    assert "Z" not in set(scenario.bom["product"])
    listed = no_demand_table(scenario)
    assert listed[["product", "stock_on_hand", "inventory_value", "status"]].to_numpy().tolist() == [
        ["Z", 7.0, 280.0, "no demand, not stocked"]
    ]


def test_orders_that_were_all_taken_back_are_no_demand(tmp_path):
    lines = ORDERS + "2026-01-06,Z,5\n2026-01-20,Z,-5\n"
    folder = write(tmp_path / "s", with_idle("Z,,,40,2,1,9,7", **{"orders.csv": lines}))
    scenario = complete(read_scenario(folder))
    assert scenario.products["product"].tolist() == ["A", "B"]
    assert no_demand_table(scenario)["product"].tolist() == ["Z"]


def test_the_plan_lists_it_and_does_not_count_with_it(tmp_path):
    alone = solve(read_scenario(write(tmp_path / "a")), samples=50).plan
    plan = solve(read_scenario(write(tmp_path / "b", with_idle("Z,0,,40,5,1,9,7"))), samples=50).plan
    assert plan.objective_per_year == alone.objective_per_year
    write_plan(plan, tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "no_demand.csv")
    assert table.to_dict("records")[0]["status"] == "no demand, not stocked"
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["no_demand"][0]["stock_on_hand"] == 7.0
    assert read_plan(tmp_path / "out").summary["no_demand"][0]["product"] == "Z"
    write_plan(alone, tmp_path / "out")
    assert not (tmp_path / "out" / "no_demand.csv").exists()


def test_it_is_written_back_with_its_lines(tmp_path):
    folder = write(tmp_path / "s", with_idle("Z,0,,40,5,1,9,7"), bom=("B,C2,4\n", "B,C2,4\nZ,C2,1\n"))
    scenario = read_scenario(folder)
    write_folder(scenario, tmp_path / "again")
    write_workbook(scenario, tmp_path / "again.xlsx")
    for path in (tmp_path / "again", tmp_path / "again.xlsx"):
        back = read_scenario(path)
        assert back.digest() == scenario.digest()
        assert back.no_demand["bom"]["component"].tolist() == ["C2"]


def test_rows_of_later_faults_are_those_of_the_file(tmp_path):
    text = with_idle("Z,0,,40,5,1,9,7")["products.csv"].split("\n")
    text = "\n".join([text[0], text[3], text[1], text[2].replace("B,4,0.8,80,3,1", "B,4,0.8,80,3,"), ""])
    assert faults(write(tmp_path / "s", {"products.csv": text})) == [
        "products.csv:4:late_cost_per_unit_day: is blank; give a late cost or an on_time_target"
    ]


def test_a_faulty_cell_of_such_a_product_is_a_fault_all_the_same(tmp_path):
    (said,) = faults(write(tmp_path / "s", with_idle("Z,0,,forty,5,1,9,7")))
    assert said.startswith("products.csv:4:unit_cost: 'forty' is not a number")
