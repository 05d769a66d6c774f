"""Exports in which something is missing or doubtful: what can be told is read, and what was left out is said."""

import numpy as np
import pandas as pd
import pytest

from engine.errors import EngineError, ScenarioError
from engine.scenario.importers.by_cells import by_cells
from engine.scenario.importers.listings import read_tables
from engine.scenario.importers.sap.fields import SAP
from engine.scenario.importers.sap.today import masters_today
from engine.scenario.importers.structure import Times, total_days, without_phantoms
from engine.scenario.importers.suggest import suggest_map
from engine.scenario.importers.table import import_table
from tests.scenario.importers import test_odoo as odoo
from tests.scenario.importers.test_sap import ANSWERS, MARC, MAST, SMALL, STPO, VBAK, imported, small
from tests.scenario.importers.test_table import MAP, exports


def lead_days(found):
    return dict(zip(found.components["component"], found.components["lead_time_days"], strict=True))


def test_delivery_times_stand_in_purchasing_records_by_material_or_by_their_number(tmp_path):
    """The longest of several; where only the number of a record is exported, EINA says of which material it is."""
    named = "MATNR;INFNR;APLFZ\nB;1;12\nB;2;40\nA;3;99\n"
    sap = small(tmp_path, EINE=named)
    # The planned delivery time of A, in its master, counts before its records.
    assert lead_days(imported(tmp_path, sap)[0]) == pytest.approx({"A": 12.8, "B": 40.0, "C": 20.0})
    (sap / "EINE.csv").write_text("INFNR;APLFZ\n1;12\n2;40\n")
    assert lead_days(imported(tmp_path, sap)[0])["B"] == 30.0
    (sap / "EINA.csv").write_text("INFNR;MATNR\n1;B\n2;A\n")
    assert lead_days(imported(tmp_path, sap)[0])["B"] == 12.0


def test_without_heads_of_bills_a_bill_is_for_one(tmp_path):
    found, _ = imported(tmp_path, small(tmp_path, STKO=""))
    assert found.bom[["product", "component", "quantity"]].to_numpy().tolist() == [
        ["100", "A", 2.0], ["100", "C", 1.0], ["200", "A", 200.0], ["200", "B", 100.0], ["300", "C", 1.0],
    ]  # fmt: skip


def test_order_lines_without_a_day_are_left_out_and_counted(tmp_path):
    undated = VBAK.replace("31.12.2025", "00.00.0000")
    found, notes = imported(tmp_path, small(tmp_path, VBAK=undated))
    assert found.orders["product"].tolist() == ["200"]
    assert "Order lines without a day, left out: 1." in notes


def test_what_is_assembled_to_order_by_its_group_needs_parts(tmp_path):
    groups = MARC.replace("0000300;1000;E;0;0;0;;;VB", "0000300;1000;E;0;2;0;50;;PD")
    bills = MAST.replace("300;1000;5;9;1\n300;1000;1;3;1\n", "")
    found, _ = imported(tmp_path, small(tmp_path, MARC=groups, MAST=bills, STPO=STPO.replace("3;C;1,000;0;L\n", "")))
    assert found.products.set_index("product")["current_strategy"]["300"] == "MTO"


def test_masters_that_name_no_plant_are_read_as_one(tmp_path):
    nowhere = {name: text.replace(";1000;", ";;") for name, text in SMALL.items()}
    found, notes = imported(tmp_path, small(tmp_path, **nowhere))
    assert len(found.products) == 3
    assert any(note.startswith("Read from SAP tables") and note.endswith("; plant not named.") for note in notes)


@pytest.mark.parametrize("ordered", [True, False])
def test_plants_are_read_with_and_without_order_lines(tmp_path, ordered):
    """A line whose material stands in one plant alone is of that plant; a plant without masters has none."""
    second = "".join(f"{name};2000;F;7;0;0;;;PD;0;EX\n" for name in ("A", "D"))
    prices = "".join(f"{name};2000;S;2,00;0,00;1;0\n" for name in ("A", "D"))
    lines = SMALL["VBAP"] + "00000001;000020;D;3000;1,000;1;1;\n" if ordered else ""
    sap = small(tmp_path, MARC=MARC + second, MBEW=SMALL["MBEW"] + prices, VBAP=lines)
    found, notes = imported(tmp_path, sap)
    assert set(found.products["plant"]) >= {"1000"}
    assert any("of plants that MARC does not have, left out: 1" in note for note in notes) == ordered
    assert len(found.orders) == (2 if ordered else 0)


def test_what_masters_hold_today_is_text_by_plant(tmp_path):
    sap = small(tmp_path, MARC=MARC.replace("DISLS", "MABST").replace(";EX\n", ";1,500\n").replace(";FX\n", ";40,000\n")
                .replace(";HB\n", ";\n"))  # fmt: skip
    held = masters_today(sap, None, decimal=",")
    assert held["100", "1000", "MABST"] == "1.5"
    assert held["200", "1000", "MABST"] == "40"
    # Blank is zero.
    assert held["300", "1000", "MABST"] == "0"
    assert held["200", "1000", "STRGR"] == "20"
    # No column, no field.
    assert not [key for key in held if key[2] == "EISBE"]
    (sap / "MARC.csv").write_text("WERKS;STRGR\n1000;20\n")
    with pytest.raises(ScenarioError, match="no column of MARC is MATNR"):
        masters_today(sap, None)


def test_phantoms_that_hold_each_other_end():
    """PH holds PH2 and PH2 holds PH: below neither is a part that could be taken."""
    lines = pd.DataFrame({
        "product": ["BIKE", "PH", "PH2", "PH2"], "component": ["PH", "PH2", "PH", "TUBE"],
        "quantity": [2.0, 1.0, 1.0, 3.0], "scrap_share": 0.0, "phantom": [True, True, True, False],
    })  # fmt: skip
    notes = []
    found = without_phantoms(lines, notes)
    bike = found[found["product"] == "BIKE"]
    assert bike.loc[bike["component"] == "TUBE", "quantity"].tolist()[:1] == [6.0]
    assert notes == ["Phantom assemblies, their parts stand for them: PH, PH2."]


def test_a_bill_that_holds_itself_takes_the_time_of_its_other_parts():
    lines = pd.DataFrame({"product": ["BIKE", "BIKE", "FRAME"], "component": ["FRAME", "BIKE", "BIKE"]})
    times = Times(making={"BIKE": 2.0, "FRAME": 5.0}, buying={}, receipt={})
    assert total_days(["BIKE", "FRAME"], lines, times)["BIKE"] == 7.0


def test_a_folder_of_exports_that_is_not_there_is_told(tmp_path):
    with pytest.raises(EngineError, match="gone: there is no such folder"):
        read_tables(tmp_path / "gone", SAP, needed=())
    sap = small(tmp_path)
    (tmp_path / "answers").rename(tmp_path / "elsewhere")
    with pytest.raises(EngineError, match="answers: there is no such folder of answers"):
        imported(tmp_path, sap)


def test_a_list_of_one_column_and_files_of_something_else(tmp_path):
    """One field of one table has no separator; a text of another name is none of the lists."""
    (tmp_path / "MARA.csv").write_text("MATNR\n100\n200\n")
    (tmp_path / "readme.txt").write_text("MATNR\n300\n")
    tables, faults = read_tables(tmp_path, SAP, needed=())
    assert not faults
    assert {name: frame["MATNR"].tolist() for name, frame in tables.items()} == {"MARA": ["100", "200"]}


def test_dates_that_are_all_blank_are_no_dates(tmp_path):
    (tmp_path / "VBAK.csv").write_text("VBELN;AUDAT;KUNNR\n1;00.00.0000;7\n2;;8\n")
    tables, faults = read_tables(tmp_path, SAP, needed=())
    assert not faults
    assert tables["VBAK"]["AUDAT"].isna().all()


def test_an_answer_that_cannot_be_read_is_a_fault_of_its_file(tmp_path):
    sap = small(tmp_path)
    (tmp_path / "answers/components.csv").write_text("")
    with pytest.raises(ScenarioError, match=r"components\.csv"):
        imported(tmp_path, sap)


def test_work_without_its_hours_a_week_is_left_out_and_asked_for(tmp_path):
    sap = small(tmp_path)
    (tmp_path / "answers/products.csv").write_text(ANSWERS)
    for name, text in {
        "MAPL": "MATNR;WERKS;PLNNR\n100;1000;7\n", "PLPO": "PLNNR;ARBID;BMSCH;VGW02;VGE02\n7;1;1,000;0,500;H\n",
        "CRHD": "OBJID;ARBPL;WERKS\n1;MILL;1000\n",
    }.items():  # fmt: skip
        (sap / f"{name}.csv").write_text(text)
    found, notes = imported(tmp_path, sap)
    assert found.routing.empty
    assert any("hours_per_week of the work centres; capacity is left out meanwhile" in note for note in notes)
    (tmp_path / "answers/resources.csv").write_text("resource,hours_per_week\nMILL,40\n")
    assert imported(tmp_path, sap)[0].routing["hours_per_unit"].tolist() == [0.5]


def test_odoo_without_bills_has_products_alone(tmp_path):
    (tmp_path / "odoo").mkdir()
    goods = "default_code,name,standard_price,route_ids,sale_delay,seller_ids/delay\nT-1,Table,100,Buy,3,9\n"
    found, notes = odoo.imported(tmp_path / "odoo", **{"product.template": goods, "mrp.bom": odoo.BOM.split("\n")[0]})
    assert (found.products["product"].tolist(), len(found.components), len(found.bom)) == (["T-1"], 0, 0)
    assert "Order lines of products that are not exported, left out: 2." in notes


def test_odoo_lines_without_a_day_and_products_named_twice_are_told(tmp_path):
    twice = odoo.PRODUCT + "T-1,Table again,9,Buy,0,0,1,True\n"
    undated = odoo.ORDERS.replace("2026-02-06 08:00:00", "")
    found, notes = odoo.imported(tmp_path, **{"product.template": twice, "sale.order.line": undated})
    assert found.products.set_index("product")["unit_cost"]["T-1"] == 1234.5
    assert "Products of one reference or name, the first of each is taken: T-1." in notes
    assert "Order lines without a day, left out: 1." in notes
    assert found.orders["product"].tolist() == ["T-1", "L-1"]


def test_a_name_that_is_another_products_reference_is_that_product(tmp_path):
    """A set called L-1 beside the lamp whose reference it is: the order is for the lamp."""
    confused = odoo.PRODUCT + "Z-1,L-1,9,Buy,0,0,1,True\n"
    found, _ = odoo.imported(tmp_path, **{
        "product.template": confused, "sale.order.line": odoo.ORDERS.replace("[L-1] Lamp", "L-1"),
    })  # fmt: skip
    assert found.orders["product"].tolist() == ["T-1", "L-1", "D-1"]


def test_a_value_of_the_mapping_that_is_text_stays_as_it_is_written(tmp_path):
    """`fill` of a choice, and of a number as the cells beside it write it."""
    mapping = MAP.replace("make_days: 12", 'make_days: "1.012,5", distribution: negative_binomial')
    import_table(*exports(tmp_path, mapping=mapping), tmp_path / "out")
    goods = pd.read_csv(tmp_path / "out/products.csv")
    assert goods["make_days"].tolist() == [1012.5, 1012.5]
    assert goods["distribution"].tolist() == ["negative_binomial"] * 2


def test_a_source_that_is_not_there_suggests_nothing(tmp_path):
    with pytest.raises(EngineError, match="there is no such file or folder"):
        suggest_map(tmp_path / "gone.csv", tmp_path / "map.yaml")


def test_what_does_not_tell_how_it_is_written_is_asked(tmp_path):
    """1.234 is a thousand or one, 01/02/2026 is in January or February; empty files and sheets say nothing."""
    source = tmp_path / "data"
    source.mkdir()
    (source / "orders.csv").write_text("Date;Material;Quantity\n01/02/2026;A1;1.234\n02/02/2026;A2;2.345\n")
    (source / "empty.csv").write_text("\n \n")
    with pd.ExcelWriter(source / "book.xlsx") as book:
        pd.DataFrame().to_excel(book, sheet_name="nothing", index=False)
    points = suggest_map(source, tmp_path / "map.yaml")
    assert "format: the numbers do not tell their decimal sign; say decimal and thousands" in points
    assert "format: the dates do not tell how they are written; say date, like %d.%m.%Y" in points
    text = (tmp_path / "map.yaml").read_text()
    assert "empty.csv" not in text
    assert "book.xlsx" not in text


def test_pairs_of_texts_that_repeat_are_no_bill():
    cells = [["x", "y", "1"], ["x", "y", "2"], ["z", "y", "3"]]
    assert by_cells(("p", "q", "n"), cells) == ("", {})
    assert by_cells(("p", "q", "n"), [*cells[:1], ["x", "w", "2"], ["z", "y", "3"]])[0] == "bom"


def test_words_of_choices_beyond_a_few_are_text_of_another_kind(tmp_path):
    """A column of strategies with as many words as rows is somebody's remark: nobody is asked what each means."""
    (tmp_path / "data").mkdir()
    rows = "".join(f"A{k};{k},5;remark {k}\n" for k in range(60))
    (tmp_path / "data/goods.csv").write_text(f"Material;Standardpreis;current_strategy\n{rows}")
    points = suggest_map(tmp_path / "data", tmp_path / "map.yaml")
    assert not any("under meaning" in point for point in points)
    assert np.char.count((tmp_path / "map.yaml").read_text(), "meaning") == 0
