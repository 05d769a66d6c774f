"""SAP's table exports: the bundled scenarios come back whole, SAP's ways are read, what is missing is asked for."""

import shutil

import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import ScenarioError
from engine.scenario.files.signs import Signs, number_signs
from engine.scenario.files.workbook import write_folder, write_workbook
from engine.scenario.importers.listings import read_tables
from engine.scenario.importers.sap.convert import import_sap
from engine.scenario.importers.sap.fields import NEEDED_TABLES, SAP
from engine.scenario.read import read_scenario
from tests.conftest import ROOT
from tests.scenario.importers.return_journey import assert_the_same
from tests.scenario.importers.sap_export import sap_tables, write_answers, write_csv, write_lists


def numbered(source, folder):
    """The scenario with numbers for the keys of products and components."""
    shutil.copytree(source, folder)
    names = {}
    for table, first in (("products", 1001), ("components", 70001)):
        frame = pd.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False)
        names |= {key: str(first + k) for k, key in enumerate(frame.iloc[:, 0])}
    for path in folder.glob("*.csv"):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        for key in ("product", "component"):
            if key in frame:
                frame[key] = frame[key].map(names)
        frame.to_csv(path, index=False)
    text = (folder / "scenario.yaml").read_text(encoding="utf-8").split("variants:")[0]
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("name", "style"), [("bicycles", write_lists), ("industrial-pumps", write_csv)])
def test_a_scenario_written_as_sap_holds_it_is_decided_the_same(tmp_path, name, style):
    """German lists have numbered keys, which SAP fills with zeros; decimals, price units and base quantities differ."""
    folder = ROOT / "scenarios" / name
    if style is write_lists:
        folder = numbered(folder, tmp_path / "numbered")
    given = read_scenario(folder)
    style(tmp_path / "sap", sap_tables(given))
    write_answers(tmp_path / "answers", folder)
    notes = import_sap(tmp_path / "sap", tmp_path / "out", answers=tmp_path / "answers", work_week=7.0)
    found = read_scenario(tmp_path / "out")
    assert_the_same(given, found, notes, solved=name == "bicycles")


MARC = (
    "MATNR;WERKS;BESKZ;PLIFZ;DZEIT;WEBAZ;STRGR;SBDKZ;DISMM;BSTFE;DISLS\n"
    "0000100;1000;E;0;3;0;20;;PD;0;EX\n"
    "0000200;1000;E;0;3;1;20;;PD;25;FX\n"
    "0000300;1000;E;0;0;0;;;VB;25;HB\n"
    "A;1000;F;10;0;2;;2;PD;0;EX\n"
    "B;1000;F;0;0;0;;1;PD;0;EX\n"
    "C;1000;F;20;0;0;;;VB;0;EX\n"
)
MBEW = (
    "MATNR;BWKEY;VPRSV;STPRS;VERPR;PEINH;LBKUM\n"
    "100;1000;S;1.234,50;9,00;1;3,000-\n200;1000;V;1,00;50,00;10;7,000\n300;1000;S;5,00;0,00;1;0\n"
    "A;1000;S;2,00;0,00;1;0\nB;1000;S;3,00;0,00;1;0\nC;1000;S;4,00;0,00;1;0\n"
)
MAST = "MATNR;WERKS;STLAN;STLNR;STLAL\n100;1000;1;1;1\n200;1000;1;2;1\n200;1000;1;9;2\n300;1000;5;9;1\n300;1000;1;3;1\n"
STKO = "STLNR;STLAL;BMENG\n1;1;1,000\n2;1;100,000\n3;1;1,000\n9;1;1,000\n"
STPO = (
    "STLNR;IDNRK;MENGE;AUSCH;POSTP\n1;A;2,000;0;L\n1;C;1,000;0;L\n2;A;200,000;25,000;L\n2;B;100,000;0;L\n2;;1,000;0;T\n"
    "3;C;1,000;0;L\n9;B;99,000;0;L\n"
)
VBAK = "VBELN;AUDAT;VDATU;KUNNR\n00000001;31.12.2025;00.00.0000;0000004711\n00000002;02.01.2026;15.01.2026;0000000815\n"
VBAP = (
    "VBELN;POSNR;MATNR;WERKS;KWMENG;UMVKZ;UMVKN;ABGRU\n00000001;000010;000000000000000100;1000;3,000;12;1;\n"
    "00000002;000010;200;1000;1,500;1;1;\n00000002;000020;200;1000;8,000;1;1;61\n00000003;000010;200;1000;8,000;1;1;\n"
)
VBEP = "VBELN;POSNR;ETENR;EDATU;WMENG\n00000001;000010;1;20.01.2026;0,000\n00000001;000010;2;22.01.2026;3,000\n"
SMALL = {"MARC": MARC, "MBEW": MBEW, "MAST": MAST, "STKO": STKO, "STPO": STPO, "VBAK": VBAK, "VBAP": VBAP,
         "VBEP": VBEP}  # fmt: skip
ANSWERS = "product,demand_per_week,demand_cv\n*,5,0.5\n"


def small(folder, **changes):
    (folder / "sap").mkdir()
    (folder / "answers").mkdir()
    (folder / "answers/products.csv").write_text(ANSWERS)
    for name, text in {**SMALL, **changes}.items():
        if text:
            (folder / f"sap/{name}.csv").write_text(text, encoding="utf-8")
    return folder / "sap"


def imported(folder, sap, **options):
    notes = import_sap(sap, folder / "out", answers=folder / "answers", **options)
    return read_scenario(folder / "out"), notes


def test_masters_say_what_their_fields_mean(tmp_path):
    found, notes = imported(tmp_path, small(tmp_path))
    goods, parts = found.products.set_index("product"), found.components.set_index("component")
    assert goods.index.tolist() == ["100", "200", "300"]
    # Standard price, or the moving one where it controls, by price unit; stock below zero is none.
    assert goods["unit_cost"].tolist() == [1234.5, 5.0, 5.0]
    assert goods["stock_on_hand"].tolist() == [0.0, 7.0, 0.0]
    # Three working days are 4.2 of the calendar; planned delivery is in days of the calendar.
    assert goods["assembly_days"].tolist() == pytest.approx([4.2, 4.2, 0.0])
    assert parts["lead_time_days"].tolist() == pytest.approx([10 + 2 * 1.4, 30.0, 20.0])
    # 100 has collective and reorder-point parts only, 200 one that is procured for each order.
    assert goods["current_strategy"].tolist() == ["ATO", "MTO", "MTS"]
    # A fixed lot counts where the procedure asks for it.
    assert goods["batch_size"].fillna(0.0).tolist() == [0.0, 25.0, 0.0]
    assert found.bom.drop(columns="plant").to_numpy().tolist() == [
        ["100", "A", 2.0, 0.0, 0.0], ["100", "C", 1.0, 0.0, 0.0], ["200", "A", 2.0, pytest.approx(0.2), 0.0],
        ["200", "B", 1.0, 0.0, 0.0], ["300", "C", 1.0, 0.0, 0.0],
    ]  # fmt: skip
    assert any("assembled to order today: 100." in note for note in notes)
    asked = [note for note in notes if note.startswith("Asked for")]
    assert any("lead_time_days (time to buy or make it) of 1 of 3; 30 days is assumed" in note for note in asked)
    assert any("late_cost_per_unit_day" in note and "of 3 of 3; 0.3% of unit_cost" in note for note in asked)
    assert goods["late_cost_per_unit_day"].tolist() == pytest.approx([3.7035, 0.015, 0.015])
    assert asked[0] in (tmp_path / "out/NOTES.md").read_text(encoding="utf-8")


def test_order_lines_are_those_that_were_not_rejected_by_their_schedule(tmp_path):
    found, notes = imported(tmp_path, small(tmp_path))
    lines = found.orders
    days = [lines[name].dt.strftime("%Y-%m-%d").tolist() for name in ("order_date", "requested_date")]
    # The first schedule line with a quantity, else the date of the head; sales units as base units.
    assert days == [["2025-12-31", "2026-01-02"], ["2026-01-22", "2026-01-15"]]
    cells = lines[["product", "quantity", "customer"]].to_numpy().tolist()
    assert cells == [["100", 36.0, "4711"], ["200", 1.5, "815"]]
    assert any("Rejected order lines left out: 1." in note for note in notes)
    assert any("document is not in VBAK, left out: 1" in note for note in notes)


def test_quotations_are_no_orders_and_returns_come_back(tmp_path):
    kinds = VBAK.replace("VBELN;", "VBELN;VBTYP;").replace("0001;31", "0001;H;31").replace("0002;02", "0002;B;02")
    found, notes = imported(tmp_path, small(tmp_path, VBAK=kinds))
    assert found.orders[["product", "quantity"]].to_numpy().tolist() == [["100", -36.0]]
    assert any("no orders (quotations, contracts), left out: 1" in note for note in notes)


def test_alternatives_of_a_bill_are_told_apart_where_they_can_be(tmp_path):
    """Bill 2 has an alternative with part B alone, made for one unit, where the first is for a hundred."""
    heads = f"{STKO}2;2;1,000\n"
    _, notes = imported(tmp_path, small(tmp_path, STKO=heads))
    assert any("nothing tells apart" in note and note.endswith("counted: 2.") for note in notes)
    lines = STPO.splitlines()
    nodes = "\n".join([f"STLKN;{lines[0]}", *(f"{k};{line}" for k, line in enumerate(lines[1:]))])
    links = "STLNR;STLAL;STLKN\n1;1;0\n1;1;1\n2;1;2\n2;2;3\n3;1;5\n"
    for name, text in {"STPO": nodes, "STAS": links}.items():
        (tmp_path / f"sap/{name}.csv").write_text(text)
    for alternative, part in (("1", "A"), ("2", "B")):
        mast = MAST.replace("200;1000;1;2;1", f"200;1000;1;2;{alternative}").replace("200;1000;1;9;2\n", "")
        (tmp_path / "sap/MAST.csv").write_text(mast)
        found, notes = imported(tmp_path, tmp_path / "sap")
        assert found.bom.loc[found.bom["product"] == "200", "component"].tolist() == [part]
        assert not any("nothing tells apart" in note for note in notes)
    assert found.bom.loc[found.bom["product"] == "200", "quantity"].tolist() == [100.0]


def test_several_plants_are_one_scenario_or_one_of_them(tmp_path):
    """Plant 2000 buys C faster and made the second lot of 100; whatever names no plant is of the one that has it."""
    other = "0000100;2000;E;0;3;0;20;;PD;0;EX\nA;2000;F;10;0;2;;2;PD;0;EX\nC;2000;F;12;0;0;;;VB;0;EX\n"
    prices = "100;2000;S;999,00;0,00;1;5,000\nA;2000;S;2,00;0,00;1;0\nC;2000;S;4,00;0,00;1;0\n"
    orders = "00000002;000030;100;2000;4,000;1;1;\n00000002;000040;100;;7,000;1;1;\n00000002;000050;200;;2,000;1;1;\n"
    orders += "00000001;000060;100;3000;1,000;1;1;\n"
    sap = small(tmp_path, MARC=MARC + other, MBEW=MBEW + prices, VBAP=VBAP + orders,
                MAST=MAST + "100;2000;1;1;1\n")  # fmt: skip
    (tmp_path / "answers/products.csv").write_text(
        "product,plant,demand_per_week,demand_cv\n*,,5,0.5\n100,2000,8,\n200,,6,\n300,2000,9,\n"
    )
    found, notes = imported(tmp_path, sap)
    goods = found.products.set_index("product")
    assert goods.index.tolist() == ["100@1000", "200@1000", "300@1000", "100@2000"]
    assert goods["unit_cost"].tolist() == [1234.5, 5.0, 5.0, 999.0]
    assert goods["demand_per_week"].tolist() == [5, 6, 5, 8]
    assert found.components.set_index("component")["lead_time_days"]["C@2000"] == 12.0
    pairs = found.bom.loc[found.bom["product"] == "100@2000", ["component", "plant"]].to_numpy().tolist()
    assert pairs == [["A@2000", "2000"], ["C@2000", "2000"]]
    sold = found.orders.groupby("product")["quantity"].sum().to_dict()
    assert sold == {"100@1000": 36.0, "200@1000": 1.5 + 2.0, "100@2000": 4.0}
    assert any("plants 1000, 2000." in note for note in notes)
    assert any("no plant, of materials that do not stand in one alone, left out: 1." in note for note in notes)
    assert any("of plants that MARC does not have, left out: 1." in note for note in notes)
    assert any(note.startswith("Plant 2000: ") for note in notes)
    assert any("Answers for what is in no export, left out: products.csv: 300." in note for note in notes)
    assert "@" not in (tmp_path / "out/bom.csv").read_text(encoding="utf-8")
    with pytest.raises(ScenarioError, match="MARC has no plant '100'; did you mean '1000'"):
        imported(tmp_path, sap, plant="100")
    assert len(imported(tmp_path, sap, plant="1000")[0].products) == 3


def test_long_headings_workbooks_and_both_dates_are_read(tmp_path):
    sap = small(tmp_path, MARC="", VBAK="")
    marc = {"Material": ["100", "200"], "Plant": "1000", "Planned Deliv. Time": [0, 4], "MRP Type": "VB"}
    pd.DataFrame(marc).to_excel(sap / "export marc.xlsx", index=False)
    (sap / "VBAK.txt").write_text("Sales Document\tDocument Date\n00000001\t20251231\n00000002\t20260102\n")
    tables, faults = read_tables(sap, SAP, needed=NEEDED_TABLES)
    assert not faults
    assert tables["MARC"]["PLIFZ"].tolist() == [0.0, 4.0]
    assert tables["MARC"]["DISMM"].tolist() == ["VB", "VB"]
    assert tables["VBAK"]["AUDAT"].dt.day.tolist() == [31, 2]
    assert tables["MBEW"]["LBKUM"][0] == -3.0


def test_a_workbook_whose_numbers_are_text_is_read_by_their_signs(tmp_path):
    """As lists become that were opened and saved in a spreadsheet; true numbers beside them have no signs to read."""
    sap = small(tmp_path, MBEW="", VBEP="")
    prices = {"MATNR": ["100", "200", "300"], "STPRS": ["1.234,50", 1.5, "1.234"], "LBKUM": ["3,000-", 7.125, "0"]}
    pd.DataFrame(prices, dtype=object).to_excel(sap / "MBEW.xlsx", index=False)
    lines = {"VBELN": ["00000001"], "POSNR": ["000010"], "EDATU": ["20.01.2026"], "WMENG": ["1,000"]}
    pd.DataFrame(lines, dtype=object).to_excel(sap / "VBEP.xlsx", index=False)
    tables, faults = read_tables(sap, SAP, needed=NEEDED_TABLES)
    assert not faults
    assert tables["MBEW"]["STPRS"].tolist() == [1234.5, 1.5, 1234.0]
    assert tables["MBEW"]["LBKUM"].tolist() == [-3.0, 7.125, 0.0]
    # Nothing there tells the sign; the other files do.
    assert tables["VBEP"]["WMENG"].tolist() == [1.0]


def test_a_field_that_no_heading_is_is_asked_for_with_the_heading_that_may_mean_it(tmp_path):
    """Without it all assembly would take no time, and nobody would know."""
    marc = MARC.replace("DZEIT", "Eigenfertigung (Tage)").replace("PLIFZ", "Days").replace("WEBAZ", "Colour")
    found, notes = imported(tmp_path, small(tmp_path, MARC=marc, MBEW=MBEW.replace("PEINH", "Preiseinheit")))
    asked = [note for note in notes if note.startswith("Asked for: MARC") or "MBEW" in note.split(";")[0]]
    assert asked[:2] == [
        "Asked for: MARC: PLIFZ (planned deliv. time), which no heading is; left out meanwhile.",
        ("Asked for: MARC: DZEIT (in-house production), which no heading is; left out meanwhile; is it "
         "'Eigenfertigung (Tage)'? Then call it DZEIT."),
    ]
    # What may well be left away is not asked for where nothing looks like it.
    assert not any("WEBAZ" in note or "PEINH" in note for note in notes)
    assert "where the heading 'Eigenfertigung (Tage)' is it, call it DZEIT" in " ".join(map(str, found.notices))


def test_what_was_assumed_is_told_to_every_reader_of_the_scenario(tmp_path):
    found, notes = imported(tmp_path, small(tmp_path))
    told = {notice.column: notice for notice in found.notices}
    assert len(told) == len([note for note in notes if note.startswith("Asked for")])
    assert told["late_cost_per_unit_day"].words()[:2] == (
        "late_cost_per_unit_day (3 / 3) is not in the exports", "0.3% of unit_cost is assumed",
    )  # fmt: skip
    assert told["lead_time_days"].words("zh")[:2] == ("导出文件中没有 lead_time_days (1 / 3)", "假设为 30 天")
    assert told["currency"].words()[1] == "EUR is assumed"
    # Mended in the folder, its row is taken out.
    beside = tmp_path / "out" / "assumptions.csv"
    rows = beside.read_text(encoding="utf-8").splitlines(keepends=True)
    beside.write_text("".join(row for row in rows if "lead_time_days" not in row), encoding="utf-8")
    left = [notice.column for notice in read_scenario(tmp_path / "out").notices]
    assert left == [notice.column for notice in found.notices if notice.column != "lead_time_days"]
    # Answered, it is no assumption any more.
    (tmp_path / "answers/scenario.yaml").write_text("currency: USD\nholding_rate_per_year: 0.2\n")
    again, _ = imported(tmp_path, tmp_path / "sap")
    assert {"currency", "holding_rate_per_year"}.isdisjoint(notice.column for notice in again.notices)


def test_what_a_switch_costs_is_asked_for_where_something_can_switch(tmp_path):
    found, notes = imported(tmp_path, small(tmp_path))
    said = "Asked for: products.csv: change_cost (paid once for leaving current_strategy) of 3 of 3; 0 is assumed."
    assert said in notes
    assert "change_cost" in [notice.column for notice in found.notices]
    (tmp_path / "answers/products.csv").write_text("product,demand_per_week,demand_cv,change_cost\n*,5,0.5,400\n")
    found, notes = imported(tmp_path, tmp_path / "sap")
    assert found.products["change_cost"].tolist() == [400.0] * 3
    assert not any("change_cost" in note for note in notes)
    # Nobody knows today's strategies: there is none to leave.
    (tmp_path / "sap/MARC.csv").write_text(MARC.replace("STRGR", "X").replace("DISMM", "Y"))
    (tmp_path / "answers/products.csv").write_text(ANSWERS)
    assert not any("change_cost" in note for note in imported(tmp_path, tmp_path / "sap")[1])


def test_a_workbook_keeps_what_was_assumed(tmp_path):
    """As the app gives a scenario away, and takes it back."""
    found, _ = imported(tmp_path, small(tmp_path))
    write_workbook(found, tmp_path / "case.xlsx")
    again = read_scenario(tmp_path / "case.xlsx")
    assert list(map(str, again.notices)) == list(map(str, found.notices))
    assert any(notice.kind == "assumed_days" for notice in again.notices)
    # And the folder after it.
    write_folder(again, tmp_path / "again")
    assert list(map(str, read_scenario(tmp_path / "again").notices)) == list(map(str, found.notices))


def test_unit_costs_are_written_without_the_noise_of_a_division(tmp_path):
    prices = MBEW.replace("200;1000;V;1,00;50,00;10", "200;1000;V;1,00;2.774,59;100")
    imported(tmp_path, small(tmp_path, MBEW=prices))
    assert ",27.7459," in (tmp_path / "out/products.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"MBEW": MBEW.replace("7,000", "7x")}, "MBEW.csv:3:LBKUM: '7x' is not a number"),
        ({"VBAK": VBAK.replace("31.12.2025", "31.13.2025")}, ":2:AUDAT: '31.13.2025' is not a date like"),
        ({"VBAK": "VBELN;AUDAT\n1;01/02/2026\n"}, "VBAK.csv:2:AUDAT: '01/02/2026' does not tell day from month"),
        ({"MAKT": "MATNR;MAKTX\nA;Screw; long\n"}, "MAKT.csv:2: 3 cells under 2 headings"),
        ({"MBEW": ""}, "sap: there is no export of MBEW"),
        ({"STPO": STPO.replace("IDNRK", "TEIL")}, "STPO.csv:1: no column of STPO is IDNRK (component)"),
        ({"MBEW": MBEW.replace("B;1000;S;3,00", "X;1000;S;3,00")}, "components of SAP:unit_cost: 'B': is blank"),
    ],
)  # fmt: skip
def test_faults_name_file_row_and_field(tmp_path, change, said):
    with pytest.raises(ScenarioError) as caught:
        imported(tmp_path, small(tmp_path, **change))
    assert said in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_answers_say_whose_they_are(tmp_path):
    sap = small(tmp_path)
    (tmp_path / "answers/products.csv").write_text("artikel,demand_per_weak\n*,5\n")
    (tmp_path / "answers/components.csv").write_text("component,lead_time_days\nB,9\nNONE,3\n")
    with pytest.raises(ScenarioError) as caught:
        imported(tmp_path, sap)
    told = [str(issue) for issue in caught.value.issues]
    assert told[-1] == "products.csv:1:product: this column is missing; it says whose answers they are"
    assert "demand_per_weak: there is no such column; did you mean 'demand_per_week'?" in told[1]
    (tmp_path / "answers/products.csv").write_text(ANSWERS)
    found, notes = imported(tmp_path, sap)
    assert found.components["lead_time_days"].tolist() == pytest.approx([12.8, 9.0, 20.0])
    assert "Answers for what is in no export, left out: components.csv: NONE." in notes


def test_a_decimal_sign_that_nothing_tells_is_asked_for(tmp_path):
    doubtful = "MATNR;BWKEY;STPRS\n100;1000;1.234\n"
    marc = "MATNR;WERKS;STRGR\n100;1000;20\n"
    only = dict.fromkeys(SMALL, "") | {"MARC": marc, "MBEW": doubtful}
    sap = small(tmp_path, **only)
    with pytest.raises(ScenarioError, match=r"MBEW.csv:2:STPRS: '1.234' does not tell .* say --decimal"):
        imported(tmp_path, sap)
    (tmp_path / "answers/products.csv").write_text("product,demand_per_week,demand_cv,make_days\n*,5,0.5,9\n")
    assert imported(tmp_path, sap, decimal=",")[0].products["unit_cost"].tolist() == [1234.0]
    assert imported(tmp_path, sap, decimal=".")[0].products["unit_cost"].tolist() == [1.234]
    assert number_signs(["1.234,500-", "7"]) == Signs(",", ".")


def test_the_command_tells_what_is_asked_for(tmp_path):
    sap = small(tmp_path)
    arguments = ["import", "sap", sap, "--out", tmp_path / "out", "--answers", tmp_path / "answers", "--plant", "1000"]
    found = CliRunner().invoke(app, [str(one) for one in arguments])
    assert found.exit_code == 0, found.output
    assert "  - Asked for: scenario.yaml: holding_rate_per_year; 0.25 is assumed." in found.stdout
    assert "plant 1000" in found.stdout
