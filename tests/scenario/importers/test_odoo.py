"""Odoo's exports: the bundled scenarios come back whole, Odoo's ways are read, what is missing is asked for."""

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import ScenarioError
from engine.scenario.importers.odoo.convert import import_odoo
from engine.scenario.importers.odoo.fields import BILLS, LINES, PRODUCTS, RULES, list_of
from engine.scenario.read import read_scenario
from tests.conftest import ROOT
from tests.scenario.importers.odoo_export import IN_ODOO, odoo_tables, write_csv, write_workbooks
from tests.scenario.importers.return_journey import assert_the_same
from tests.scenario.importers.sap_export import write_answers


@pytest.mark.parametrize(("name", "style"), [("bicycles", write_csv), ("industrial-pumps", write_workbooks)])
def test_a_scenario_written_as_odoo_exports_it_is_decided_the_same(tmp_path, name, style):
    folder = ROOT / "scenarios" / name
    given = read_scenario(folder)
    style(tmp_path / "odoo", odoo_tables(given))
    write_answers(tmp_path / "answers", folder, told=IN_ODOO)
    notes = import_odoo(tmp_path / "odoo", tmp_path / "out", answers=tmp_path / "answers")
    found = read_scenario(tmp_path / "out")
    assert_the_same(given, found, notes, solved=name == "industrial-pumps")


PRODUCT = (
    "default_code,name,standard_price,route_ids,qty_available,sale_delay,seller_ids/delay,active\n"
    'T-1,Table,"1,234.50",Manufacture,-2,3,0,True\n,,,Replenish on Order (MTO),,,,\n'
    "D-1,Desk,80,Manufacture,4,0,0,True\nL-1,Lamp,10,Buy,4,0,6,True\n,Board,5,Buy,7,0,12,True\n"
    'S-1,Screw,0.1,"Buy, Replenish on Order (MTO)",0,0,0,True\nX-1,Old,1,Buy,0,0,0,False\n'
)
BOM = (
    "Product,Quantity,Manufacturing Lead Time,BoM Lines/Component,BoM Lines/Quantity\n"
    "[T-1] Table,2,1.5,Board,2\n,,,[L-1] Lamp,4\n[T-1] Table,1,9,Board,99\n"
    "[D-1] Desk,1,0,Board,1\n,,,[S-1] Screw,8\n"
)
ORDERS = (
    "Order Reference,Order Date,Delivery Date,Customer,Product,Quantity,Status\n"
    "S00001,2026-01-05 10:22:11,2026-01-12 00:00:00,Azure,[T-1] Table,3,Sales Order\n"
    "S00001,2026-01-05 10:22:11,2026-01-12 00:00:00,Azure,[L-1] Lamp,2,Sales Order\n"
    "S00002,2026-01-06 08:00:00,,Deco,[D-1] Desk,5,Cancelled\nS00003,2026-02-06 08:00:00,,Deco,Desk,5,Sales Order\n"
)
RULE = "Product,Min Quantity,Max Quantity,Multiple Quantity\n[D-1] Desk,5,30,25\nBoard,10,50,20\n[L-1] Lamp,1,2,1\n"
SMALL = {"product.template": PRODUCT, "mrp.bom": BOM, "sale.order.line": ORDERS, "stock.warehouse.orderpoint": RULE}


def imported(folder, answers="product,demand_per_week,demand_cv\n*,5,0.5\n", **changes):
    (folder / "odoo").mkdir()
    (folder / "answers").mkdir()
    (folder / "answers/products.csv").write_text(answers)
    for name, text in {**SMALL, **changes}.items():
        (folder / f"odoo/{name}.csv").write_text(text, encoding="utf-8")
    notes = import_odoo(folder / "odoo", folder / "out", answers=folder / "answers")
    return read_scenario(folder / "out"), notes


def test_exports_say_what_their_fields_mean(tmp_path):
    found, notes = imported(tmp_path)
    goods, parts = found.products.set_index("product"), found.components.set_index("component")
    # A part that is sold is a product of itself; a product without a reference has its name.
    assert (goods.index.tolist(), parts.index.tolist()) == (["T-1", "D-1", "L-1"], ["L-1", "Board", "S-1"])
    assert goods["unit_cost"].tolist() == [1234.5, 80.0, 10.0]
    assert goods["stock_on_hand"].tolist() == [0.0, 4.0, 4.0]
    # The table is made to order from parts in stock; the route stands in the row below it.
    assert goods["current_strategy"].tolist() == ["ATO", "MTS", "ATO"]
    assert goods["assembly_days"].tolist() == [1.5, 0.0, 0.0]
    # The lamp's is left to its order lines, which say when they were wanted.
    assert goods["lead_time_target_days"].fillna(0.0).tolist() == [3.0, 7.0, 0.0]
    assert goods["batch_size"].fillna(0.0).tolist() == [0.0, 25.0, 0.0]
    assert parts["lead_time_days"].tolist() == [6.0, 12.0, 30.0]
    assert parts["min_order_quantity"].tolist() == [0.0, 20.0, 0.0]
    # The first bill of two, for two tables.
    assert found.bom[["product", "component", "quantity"]].to_numpy().tolist() == [
        ["T-1", "Board", 1.0], ["T-1", "L-1", 2.0], ["D-1", "Board", 1.0], ["D-1", "S-1", 8.0], ["L-1", "L-1", 1.0],
    ]  # fmt: skip
    said = "\n".join(notes)
    assert "several bills, the first of each is taken: 1" in said
    assert "archived: 1 products" in said
    assert "quotations and cancelled orders, left out: 1" in said
    assert "lead_time_days (time to buy or make it) of 1 of 3; 30 days is assumed" in said


def test_order_lines_have_days_without_times(tmp_path):
    lines = imported(tmp_path)[0].orders
    assert lines["order_date"].dt.strftime("%Y-%m-%d %H").tolist() == ["2026-01-05 00"] * 2 + ["2026-02-06 00"]
    assert lines["requested_date"].notna().tolist() == [True, True, False]
    assert lines[["product", "quantity", "order_number", "customer"]].to_numpy().tolist() == [
        ["T-1", 3.0, "S00001", "Azure"], ["L-1", 2.0, "S00001", "Azure"], ["D-1", 5.0, "S00003", "Deco"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"product.template": PRODUCT.replace("80", "8O")}, "product.template.csv:4:standard_price: '8O' is not a"),
        ({"mrp.bom": BOM.replace("BoM Lines/Component", "Part")}, "mrp.bom.csv:1: no column of bills of materials is"),
        ({"sale.order.line": ORDERS.replace("2026-02-06", "06-02-26")}, ":5:order_id/date_order: '06-02-26' is not"),
    ],
)
def test_faults_name_file_row_and_field(tmp_path, change, said):
    with pytest.raises(ScenarioError) as caught:
        imported(tmp_path, **change)
    assert said in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_files_are_known_by_their_model(tmp_path):
    names = {"Product (product.template).xlsx": PRODUCTS, "product.product.csv": PRODUCTS, "mrp.bom.csv": BILLS,
             "Bill of Material.xlsx": BILLS, "Sales Order Line (sale.order.line).csv": LINES,
             "Minimum Inventory Rule (stock.warehouse.orderpoint).csv": RULES, "partner.csv": None,
             "product.pdf": None}  # fmt: skip
    assert {name: list_of(tmp_path / name) for name in names} == names


def test_the_command_reads_a_folder_and_refuses_what_it_does_not_use(tmp_path):
    imported(tmp_path)

    def run(*options):
        arguments = ["import", "odoo", tmp_path / "odoo", "--out", tmp_path / "again", *options]
        return CliRunner().invoke(app, [str(one) for one in arguments])

    found = run("--answers", tmp_path / "answers")
    assert found.exit_code == 0, found.output
    assert "Asked for: components.csv: lead_time_days" in found.stdout
    assert "'odoo' does not use it" in run("--plant", "1000").output
