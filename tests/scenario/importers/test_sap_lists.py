"""Lists as SAP prints them: pages, sums, empty columns, text that calls itself a workbook, headings in short."""

import pandas as pd
import pytest

from engine.errors import ScenarioError
from engine.scenario.importers.listings import read_tables
from engine.scenario.importers.sap.fields import FIELDS, SAP
from tests.scenario.importers.test_sap import MARC, MBEW, SMALL, imported, small

PRINTED = """Tabelle:        MARC
Angezeigte Felder:  9 von 245   Feststehende Führungsspalten:  2   Listbreite 0250
--------------------------------------------------------------
|  |MATNR             |WERKS|BESKZ|PLIFZ|DZEIT|     EISBE|SBDKZ|
--------------------------------------------------------------
|  |000000000000000100|1000 |E    |   0 |   3 |1.200,000 |     |
--------------------------------------------------------------
28.11.2025                  Datenbrowser                Seite   2
--------------------------------------------------------------
|  |MATNR             |WERKS|BESKZ|PLIFZ|DZEIT|     EISBE|SBDKZ|
--------------------------------------------------------------
|  |A                 |1000 |F    |  10 |   0 |    1,500-|2    |
--------------------------------------------------------------
|* |                  |     |     |  10 |   3 |1.198,500 |     |
|**|Gesamt            |     |     |  10 |   3 |1.198,500 |     |
--------------------------------------------------------------
"""
SPREADSHEET = (
    "28.11.2025\tDynamische Listenausgabe\t\t1\r\n\r\n\tMATNR\tBWKEY\t       STPRS\tPEINH\tLBKUM\r\n\r\n"
    "\t100\t1000\t     1.234,50 \t    1\t     3,000-\r\n\tA\t1000\t2,00\t0\t1.000,000\r\n\r\n"
    "\t*\t\t\t\t     997,000\r\n"
)


def test_pages_and_sums_of_a_printed_list_are_no_materials(tmp_path):
    (tmp_path / "MARC Werk 1000.TXT").write_text(PRINTED, encoding="cp1252")
    notes = []
    tables, faults = read_tables(tmp_path, SAP, needed=("MARC",), notes=notes)
    assert not faults
    assert tables["MARC"]["MATNR"].tolist() == ["100", "A"]
    assert tables["MARC"]["EISBE"].tolist() == [1200.0, -1.5]
    assert notes == ["MARC Werk 1000.TXT: rows of sums or without MATNR, left out: 2."]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_what_sap_saves_for_a_spreadsheet_is_text_under_the_name_of_a_workbook(tmp_path, encoding):
    """A blank first column, a line between headings and rows, numbers filled up with blanks."""
    (tmp_path / "MBEW.XLS").write_text(SPREADSHEET, encoding=encoding, newline="")
    tables, faults = read_tables(tmp_path, SAP, needed=("MBEW",))
    assert not faults
    assert tables["MBEW"].to_numpy().tolist() == [["100", "1000", 1234.5, 1.0, -3.0], ["A", "1000", 2.0, 0.0, 1000.0]]


def test_a_workbook_with_a_row_of_sums_and_short_headings_is_read(tmp_path):
    heads = ["Material", "Werk", "Planlieferzeit in Tagen", "Eigenfert.Zeit", "WE-Bearb.Zeit", "Einzel-/Sammelbedarf"]
    rows = [["0000100", "1000", 0, 3, 0, None], ["A", "1000", 10, 0, 2, "2"], [None, None, 10, 3, 2, None]]
    pd.DataFrame(rows, columns=heads).to_excel(tmp_path / "MARC.XLSX", index=False)
    asked = []
    tables, faults = read_tables(tmp_path, SAP, needed=("MARC",), asked=asked)
    assert not faults
    assert tables["MARC"]["MATNR"].tolist() == ["100", "A"]
    assert tables["MARC"][["PLIFZ", "DZEIT", "WEBAZ"]].to_numpy().tolist() == [[0, 3, 0], [10, 0, 2]]
    assert tables["MARC"]["SBDKZ"].tolist() == ["", "2"]
    assert {one.notice.column for one in asked} == {"BESKZ", "STRGR"}


def test_a_heading_means_one_field_of_a_table():
    for name, fields in FIELDS.items():
        headings = [heading for field in fields.values() for heading in field.headings]
        assert len(headings) == len(set(headings)), name


def test_materials_flagged_for_deletion_everywhere_are_left_out_with_their_bills(tmp_path):
    mara = "MATNR;MATKL;LVORM\n100;P;\n200;P;X\n300;P;\n"
    found, notes = imported(tmp_path, small(tmp_path, MARA=mara))
    assert found.products["product"].tolist() == ["100", "300"]
    assert set(found.bom["product"]) == {"100", "300"}
    assert any("flagged for deletion: 1 materials" in note for note in notes)


def test_of_split_valuation_the_row_of_all_types_counts(tmp_path):
    prices = MBEW.replace("BWKEY;", "BWKEY;BWTAR;").replace(";1000;", ";1000;;")
    prices = prices.replace("A;1000;;", "A;1000;EIGEN;S;9,00;0,00;1;4,000\nA;1000;;")
    found, _ = imported(tmp_path, small(tmp_path, MBEW=prices))
    assert found.components.set_index("component")["unit_cost"]["A"] == 2.0


def test_special_procurement_is_read_by_its_heading(tmp_path):
    marc = MARC.replace("DISLS", "DISLS;Sonderbeschaffung").replace(";EX\n", ";EX;\n").replace(";FX\n", ";FX;\n")
    found, notes = imported(tmp_path, small(tmp_path, MARC=marc.replace(";HB\n", ";HB;50\n")))
    # 300 is an assembly in name only, and nobody sells it.
    assert found.products["product"].tolist() == ["100", "200"]
    assert not any("Sonderbeschaffung" in note for note in notes)


def test_sales_units_are_read_where_lines_do_not_say_what_they_are(tmp_path):
    """Lines of 3 dozen; UMVKZ counts before the unit, where both are there."""
    lines = "VBELN;POSNR;MATNR;WERKS;KWMENG;VRKME\n00000001;000010;100;1000;3,000;DZ\n"
    mara = "MATNR;MEINS\n100;ST\n"
    found, _ = imported(tmp_path, small(tmp_path, VBAP=lines, MARA=mara))
    assert found.orders["quantity"].tolist() == [36.0]
    (tmp_path / "sap/VBAP.csv").write_text(lines.replace("VRKME", "VRKME;UMVKZ").replace("DZ", "DZ;10"))
    assert imported(tmp_path, tmp_path / "sap")[0].orders["quantity"].tolist() == [30.0]


def test_one_workbook_with_a_sheet_for_each_table_is_a_folder_of_them(tmp_path):
    small(tmp_path, **dict.fromkeys(SMALL, ""))
    book = tmp_path / "sap/Daten Werk 1000.xlsx"
    with pd.ExcelWriter(book) as writer:
        for name, cells in SMALL.items():
            rows = [line.split(";") for line in cells.splitlines()]
            pd.DataFrame(rows[1:], columns=rows[0]).to_excel(writer, sheet_name=f"SE16N {name}", index=False)
        pd.DataFrame({"Notiz": ["ohne Gewähr"]}).to_excel(writer, sheet_name="Deckblatt", index=False)
    found, _ = imported(tmp_path, tmp_path / "sap")
    assert found.products["product"].tolist() == ["100", "200", "300"]
    assert len(found.orders) == 2
    pd.DataFrame({"Preis": [1]}).to_excel(book, sheet_name="MBEW", index=False)
    with pytest.raises(ScenarioError) as caught:
        imported(tmp_path, tmp_path / "sap")
    told = [str(issue) for issue in caught.value.issues]
    assert told[0].startswith("Daten Werk 1000.xlsx[MBEW]: no column of MBEW is MATNR")
    # What is there and faulty is not missing.
    assert [line.split("; ")[0] for line in told[1:]] == ["sap: there is no export of MARC"]


def test_numbers_that_a_spreadsheet_shortened_are_told(tmp_path):
    with pytest.raises(ScenarioError, match=r"MBEW.csv:2:MATNR: a spreadsheet has shortened the number to '1,00E\+17'"):
        imported(tmp_path, small(tmp_path, MBEW=MBEW.replace("\n100;", "\n1,00E+17;")))


def test_order_lines_without_their_documents_have_the_day_they_were_created(tmp_path):
    dated = "VBELN;POSNR;MATNR;WERKS;KWMENG;ERDAT\n1;10;100;1000;3,000;05.01.2026\n2;10;200;1000;2,000;06.01.2026\n"
    found, notes = imported(tmp_path, small(tmp_path, VBAK="", VBEP="", VBAP=dated))
    assert found.orders["order_date"].dt.day.tolist() == [5, 6]
    assert any(note.startswith("VBAK is not exported: order lines have the day") for note in notes)
    (tmp_path / "sap/VBAP.csv").write_text("VBELN;POSNR;MATNR;WERKS;KWMENG\n1;10;100;1000;3,000\n")
    found, notes = imported(tmp_path, tmp_path / "sap")
    assert found.orders.empty
    assert "VBAK is not exported: order lines have no day and are left out." in notes
    # Nor are they lost where documents are there and do not say their day.
    (tmp_path / "sap/VBAP.csv").write_text(dated)
    (tmp_path / "sap/VBAK.csv").write_text("VBELN;VBTYP\n1;C\n2;B\n")
    found, notes = imported(tmp_path, tmp_path / "sap")
    assert found.orders["order_date"].dt.day.tolist() == [5]
    assert "VBAK has neither AUDAT nor ERDAT: order lines have the day on which they were created." in notes


@pytest.mark.parametrize("written", ["1'234.50", "1’234.50", "1 234,50", "1\u00a0234,50", "1,234.50", "1.234,50"])
def test_thousands_are_read_however_they_are_set_apart(tmp_path, written):
    prices = f"MATNR;BWKEY;STPRS;LBKUM\n100;1000;{written};{written}-\n"
    (tmp_path / "MBEW.csv").write_text(prices, encoding="utf-8")
    tables, faults = read_tables(tmp_path, SAP, needed=("MBEW",))
    assert not faults
    assert tables["MBEW"][["STPRS", "LBKUM"]].to_numpy().tolist() == [[1234.5, -1234.5]]
