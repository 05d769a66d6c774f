"""Exports of Odoo as versions and people differ: lines in the list of orders, identifiers, variants, kits, units."""

import pandas as pd
import pytest

from engine.scenario.importers.listings import read_tables
from engine.scenario.importers.odoo.convert import import_odoo
from engine.scenario.importers.odoo.fields import FIELDS, LINES, ODOO, ORDERS, UNITS, list_of
from engine.scenario.importers.odoo.lists import lines_of_orders
from engine.scenario.importers.odoo.names import one_row_each
from engine.scenario.read import read_scenario

PRODUCT = (
    "Internal Reference,Name,Product Category,Cost,Unit of Measure,Product Type\n"
    "T-1,Table,All,100,Units,Goods\nL-1,Leg,All,5,Units,Goods\nS-1,Screw,All,0.1,Units,Goods\n"
    "G-1,Glue,All,8,kg,Goods\n,Delivery,All,10,Units,Service\n"
)
BOM = (
    "Product,Quantity,Unit of Measure,BoM Type,BoM Lines/Component,BoM Lines/Quantity,BoM Lines/Unit of Measure\n"
    "[T-1] Table,1,Dozens,Manufacture this product,[L-1] Leg,4,Dozens\n,,,,[S-1] Screw,8,Box of 6\n"
    ",,,,[G-1] Glue,600,g\n"
)
ANSWERS = "product,demand_per_week,demand_cv\n*,5,0.5\n"


def imported(folder, answers=ANSWERS, **files):
    (folder / "odoo").mkdir()
    (folder / "answers").mkdir()
    (folder / "answers/products.csv").write_text(answers)
    for name, text in files.items():
        (folder / f"odoo/{name.replace('_', '.')}.csv").write_text(text, encoding="utf-8")
    notes = import_odoo(folder / "odoo", folder / "out", answers=folder / "answers")
    return read_scenario(folder / "out"), notes


def quantities(found):
    return {(row.product, row.component): row.quantity for row in found.bom.itertuples(index=False)}


@pytest.mark.parametrize(
    ("units", "screws"),
    [
        ("Unit of Measure,Bigger Ratio\nUnits,1\nBox of 6,6\nDozens,12\n", 4.0),
        # From 19.0 on a unit contains others.
        ("Unit Name,Contains\nUnits,1\nBox of 6,6\nDozens,12\n", 4.0),
        ("name,factor\nUnits,1\nBox of 6,0.1666666666666667\nDozens,0.08333333333333333\n", 4.0),
        ("", 8.0 / 12.0),
    ],
)
def test_quantities_are_in_the_units_of_their_products(tmp_path, units, screws):
    """A bill of a dozen tables: 4 dozen legs, 8 boxes of screws, 600 grams of a glue that is bought by the kilo."""
    orders = "Order Reference,Order Date,Product,Quantity,Unit of Measure\nS1,2026-01-05,[T-1] Table,2,Dozens\n"
    files = {"uom_uom": units} if units else {}
    found, notes = imported(tmp_path, product_template=PRODUCT, mrp_bom=BOM, sale_order_line=orders, **files)
    assert quantities(found) == pytest.approx({("T-1", "L-1"): 4.0, ("T-1", "S-1"): screws, ("T-1", "G-1"): 0.05})
    assert found.orders["quantity"].tolist() == [24.0]
    asked = "Asked for: uom.uom: Bigger Ratio for Box of 6 of S-1; 1 base unit is assumed."
    assert (asked in notes) == (not units)
    assert "Left out, services: 1 products." in notes


def test_the_list_of_orders_has_the_lines_below_each_other():
    table = pd.DataFrame({
        "name": ["S1", "", "Azure (2)", "S2"], "date_order": pd.to_datetime(["2026-01-05", None, None, "2026-01-06"]),
        "partner_id": ["Azure", "", "", "Deco"], "state": ["Sales Order", "", "", "Quotation"],
        "order_line/product_id": ["T-1", "L-1", "", "T-1"], "order_line/product_uom_qty": [1.0, 2.0, 5.0, 4.0],
    })  # fmt: skip
    found = lines_of_orders(table)
    assert found["order_id"].tolist() == ["S1", "S1", "S2"]
    assert found["state"].tolist() == ["Sales Order", "Sales Order", "Quotation"]
    assert found["order_id/date_order"].dt.day.tolist() == [5, 5, 6]
    assert found["product_uom_qty"].tolist() == [1.0, 2.0, 4.0]


def test_orders_are_read_from_a_workbook_of_orders_with_german_headings(tmp_path):
    rows = [["S1", "2026-01-05", "Azure", "Verkaufsauftrag", "[T-1] Tisch", 3], ["", None, "", "", "[L-1] Bein", 2],
            ["S2", "2026-01-06", "Deco", "Storniert", "[T-1] Tisch", 9]]  # fmt: skip
    heads = ["Auftragsreferenz", "Auftragsdatum", "Kunde", "Status", "Auftragszeilen/Produkt", "Auftragszeilen/Menge"]
    (tmp_path / "odoo").mkdir()
    pd.DataFrame(rows, columns=heads).to_excel(tmp_path / "odoo/Verkaufsauftrag (sale.order).xlsx", index=False)
    (tmp_path / "odoo/product.template.csv").write_text(PRODUCT)
    (tmp_path / "odoo/mrp.bom.csv").write_text(BOM)
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/products.csv").write_text(ANSWERS)
    notes = import_odoo(tmp_path / "odoo", tmp_path / "out", answers=tmp_path / "answers")
    orders = read_scenario(tmp_path / "out").orders
    assert orders[["product", "quantity", "order_number"]].to_numpy().tolist() == [
        ["T-1", 3.0, "S1"], ["L-1", 2.0, "S1"],
    ]  # fmt: skip
    assert "Lines of quotations and cancelled orders, left out: 1." in notes


def test_identifiers_of_an_export_for_updates_are_products(tmp_path):
    """Products by the identifier of the template, and of their only variant."""
    products = (
        "id,default_code,name,standard_price,product_variant_ids/id\n"
        "my.t1,T-1,Table,100,__export__.product_product_1\nmy.l1,L-1,Leg,5,__export__.product_product_2\n"
    )
    bom = "product_tmpl_id/id,product_qty,bom_line_ids/product_id/id,bom_line_ids/product_qty\nmy.t1,1,{leg},4\n"
    table, leg = "__export__.product_product_1", "__export__.product_product_2"
    orders = f"order_id,order_id/date_order,product_id/id,product_uom_qty\nS1,2026-01-05,{table},3\n"
    found, _ = imported(tmp_path, product_template=products, mrp_bom=bom.format(leg=leg), sale_order_line=orders)
    assert quantities(found) == {("T-1", "L-1"): 4.0}
    assert found.orders["product"].tolist() == ["T-1"]


def test_a_bill_of_a_product_with_variants_is_one_of_each_that_has_none_of_its_own(tmp_path):
    products = (
        "Internal Reference,Name,Display Name,Cost\nT-W,Table,[T-W] Table (White),100\n"
        "T-B,Table,[T-B] Table (Black),110\nL-1,Leg,[L-1] Leg,5\nB-1,Board,[B-1] Board,9\n"
    )
    bom = (
        "Product,Product Variant,Quantity,BoM Lines/Component,BoM Lines/Quantity\n"
        "Table,,1,[L-1] Leg,4\nTable,[T-B] Table (Black),1,[B-1] Board,1\n"
    )
    orders = "Order Reference,Order Date,Product,Quantity\nS1,2026-01-05,[T-W] Table (White),3\n"
    found, _ = imported(tmp_path, product_product=products, mrp_bom=bom, sale_order_line=orders)
    assert quantities(found) == {("T-W", "L-1"): 4.0, ("T-B", "B-1"): 1.0}
    assert found.orders["product"].tolist() == ["T-W"]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        # As the column says, as the shown name does, in words of before 13.0 which name no attribute.
        (("Color: White,Legs: Steel", "Color: Black,Legs: Steel"), False),
        (("", ""), False),
        (("White, Steel", "Black, Steel"), False),
        (("", ""), True),
    ],
)
def test_lines_for_some_variants_are_parts_of_those_alone(tmp_path, values, told):
    """White tables have a white board, black ones a black; wooden legs neither; the bill's first row is a line."""
    white, black = (f"[{key}] Table" + ("" if told else f" ({colour}, Steel)")
                    for key, colour in (("T-W", "White"), ("T-B", "Black")))  # fmt: skip
    first, second = ("", "") if told else values
    products = (
        "Internal Reference,Name,Display Name,Cost,Variant Values\n"
        f'T-W,Table,"{white}",100,"{first}"\nT-B,Table,"{black}",110,"{second}"\n'
        "B-W,Board white,[B-W] Board white,9,\nB-B,Board black,[B-B] Board black,9,\n"
        "L-S,Steel leg,[L-S] Steel leg,5,\nL-W,Wooden leg,[L-W] Wooden leg,5,\n"
    )
    bom = (
        "Product,Quantity,BoM Lines/Component,BoM Lines/Quantity,BoM Lines/Apply on Variants\n"
        "Table,2,[B-W] Board white,2,Color: White\n,,[B-B] Board black,2,Color: Black\n"
        ',,[L-S] Steel leg,8,"Legs: Steel,Legs: Iron"\n,,[L-W] Wooden leg,8,"Legs: Wood,Color: White"\n'
    )
    found, notes = imported(tmp_path, product_product=products, mrp_bom=bom)
    right = {("T-W", "B-W"): 1.0, ("T-W", "L-S"): 4.0, ("T-B", "B-B"): 1.0, ("T-B", "L-S"): 4.0}
    parts = {"B-W": 1.0, "B-B": 1.0, "L-S": 4.0, "L-W": 4.0}
    every = {(table, part): count for table in ("T-W", "T-B") for part, count in parts.items()}
    assert quantities(found) == (every if told else right)
    asked = (
        "Asked for: product.product: Variant Values of T-W, T-B, whose bills have lines for some variants alone; all "
        "lines are counted meanwhile."
    )
    assert (asked in notes) == told


def test_a_kit_is_its_parts(tmp_path):
    """Inside a bill they stand for it; sold it is assembled from them at once."""
    bom = (
        "Product,Quantity,BoM Type,BoM Lines/Component,BoM Lines/Quantity\n"
        "[T-1] Table,1,Manufacture this product,[L-1] Leg,2\n[L-1] Leg,2,Kit,[S-1] Screw,8\n,,,[G-1] Glue,1\n"
    )
    found, notes = imported(tmp_path, product_template=PRODUCT, mrp_bom=bom)
    assert quantities(found) == {("T-1", "S-1"): 8.0, ("T-1", "G-1"): 1.0}
    assert "Phantom assemblies, their parts stand for them: L-1." in notes
    (tmp_path / "odoo/sale.order.line.csv").write_text(
        "Order Reference,Order Date,Product,Quantity\nS1,2026-01-05,[L-1] Leg,3\n"
    )
    import_odoo(tmp_path / "odoo", tmp_path / "out", answers=tmp_path / "answers")
    again = read_scenario(tmp_path / "out")
    assert again.products.set_index("product")["current_strategy"].to_dict() == {"T-1": "MTS", "L-1": "ATO"}
    assert quantities(again)["L-1", "S-1"] == 4.0


def test_bills_that_are_archived_or_of_products_that_are_not_there_do_not_count(tmp_path):
    bom = (
        "Product,Quantity,Active,BoM Lines/Component,BoM Lines/Quantity\n[T-1] Table,1,False,[S-1] Screw,99\n"
        ",,,[G-1] Glue,9\n[T-1] Table,1,True,[L-1] Leg,4\n[X-9] Gone,1,True,[L-1] Leg,4\n"
    )
    found, _ = imported(tmp_path, product_template=PRODUCT, mrp_bom=bom)
    assert quantities(found) == {("T-1", "L-1"): 4.0}


def test_headings_of_groups_are_no_products():
    table = pd.DataFrame({"default_code": ["All / Goods (2)", "T-1", "S (2)"], "name": ["", "Table", "Screw (10)"],
                          "standard_price": [105.0, 100.0, 5.0]})  # fmt: skip
    assert one_row_each(table, [])[0].index.tolist() == ["T-1", "S (2)"]


def test_a_heading_means_one_field_of_a_list(tmp_path):
    for name, fields in FIELDS.items():
        headings = [heading for field in fields.values() for heading in field.headings]
        assert len(headings) == len(set(headings)), name
    names = {"Sales Order (sale.order).xlsx": ORDERS, "sale.order.line.csv": LINES, "uom.uom.csv": UNITS,
             "Units of Measure.csv": UNITS}  # fmt: skip
    assert {name: list_of(tmp_path / name) for name in names} == names
    (tmp_path / "sale.order.csv").write_text(
        "Order Reference,Order Date,Order Lines/Product,Order Lines/Quantity\nS1,2026-01-05,[T-1] Table,1\n"
    )
    tables, faults = read_tables(tmp_path, ODOO, needed=(ORDERS,))
    assert not faults
    assert tables[ORDERS]["order_line/product_id"].tolist() == ["T-1"]
