"""Exports with a declared mapping: the same scenario as the folder, faults by the export's own file and row."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import EngineError, ScenarioError
from engine.scenario.importers.headings import HEADINGS, proposed
from engine.scenario.importers.other_languages import ELSEWHERE
from engine.scenario.importers.suggest import suggest_map
from engine.scenario.importers.table import import_table
from engine.scenario.importers.table_map import read_map
from engine.scenario.read import read_scenario
from tests.conftest import ROOT
from tests.scenario.folders import write

MATERIALS = (
    "Artikelnummer;Bezeichnung;Wochenbedarf;CV;Standardpreis;Fertigung;Farbe\n"
    "007;Hocker;1.000,5;0,2;50;K10;rot\n"
    "A-2;Stuhl;20;0,8;1.200,00;K20;blau\n"
)
ORDERS = (
    "Auftragsdatum;Artikelnummer;Menge;Kunde\n"
    "05.01.2026;007;3;Meier\n"
    "19.01.2026;A-2;1,5;Meier\n"
    "20.01.2026;007;4;Schmidt\n"
)
MAP = """\
settings: {name: klein, holding_rate_per_year: 0.2, samples: 50}
format: {delimiter: ";", decimal: ",", thousands: ".", date: "%d.%m.%Y"}
tables:
  products:
    file: stamm.csv
    columns: {product: Artikelnummer, name: Bezeichnung, demand_per_week: Wochenbedarf, demand_cv: cv,
              unit_cost: Standardpreis, current_strategy: Fertigung}
    meaning: {current_strategy: {K10: MTS, K20: MTO}}
    fill: {lead_time_target_days: 5.5, late_cost_per_unit_day: 1, make_days: 12}
  orders:
    file: auftrag.csv
    columns: {order_date: Auftragsdatum, product: Artikelnummer, quantity: Menge, customer: Kunde}
"""


def exports(folder, *, materials=MATERIALS, orders=ORDERS, mapping=MAP):
    (folder / "data").mkdir()
    (folder / "data/stamm.csv").write_text(materials, encoding="utf-8")
    (folder / "data/auftrag.csv").write_text(orders, encoding="utf-8")
    (folder / "map.yaml").write_text(mapping, encoding="utf-8")
    return folder / "data", folder / "map.yaml"


def test_a_mapped_export_is_the_scenario_it_says(tmp_path):
    notes = import_table(*exports(tmp_path), tmp_path / "out")
    found = read_scenario(tmp_path / "out")
    assert (found.name, found.settings.samples) == ("klein", 50)
    names = ["product", "demand_per_week", "demand_cv", "unit_cost", "lead_time_target_days", "current_strategy"]
    assert found.products[names].to_numpy().tolist() == [
        ["007", 1000.5, 0.2, 50.0, 5.5, "MTS"], ["A-2", 20.0, 0.8, 1200.0, 5.5, "MTO"],
    ]  # fmt: skip
    assert found.orders["order_date"].dt.strftime("%Y-%m-%d").tolist() == ["2026-01-05", "2026-01-19", "2026-01-20"]
    assert found.orders["quantity"].tolist() == [3.0, 1.5, 4.0]
    assert any("assumed where it says nothing: lead_time_target_days 5.5" in note for note in notes)
    assert "lead_time_target_days 5.5" in (tmp_path / "out/NOTES.md").read_text(encoding="utf-8")


def test_products_can_be_taken_from_order_lines(tmp_path):
    head, tail = MAP.split("tables:\n")
    own = """  products:
    file: auftrag.csv
    columns: {product: Artikelnummer}
    fill: {unit_cost: 10, lead_time_target_days: 5, late_cost_per_unit_day: 1, make_days: 12}
    distinct: true
"""
    mapping = f"{head}tables:\n{own}  orders:{tail.split('  orders:')[1]}"
    import_table(*exports(tmp_path, mapping=mapping), tmp_path / "out")
    assert read_scenario(tmp_path / "out").products["product"].tolist() == ["007", "A-2"]


def test_a_workbook_and_a_single_file_are_read_too(tmp_path):
    pd.read_csv(ROOT / "scenarios/tiny/products.csv").to_excel(tmp_path / "stock.xlsx", sheet_name="Blatt", index=False)
    names = ["product", "demand_per_week", "demand_cv", "unit_cost", "lead_time_target_days", "late_cost_per_unit_day",
             "make_days"]  # fmt: skip
    columns = ", ".join(f"{name}: {name}" for name in names)
    (tmp_path / "map.yaml").write_text(
        "settings: {holding_rate_per_year: 0.2}\n"
        f"tables: {{products: {{sheet: Blatt, columns: {{{columns}}}, fill: {{demand_cv: 0.5}}}}}}\n"
    )
    import_table(tmp_path / "stock.xlsx", tmp_path / "map.yaml", tmp_path / "out")
    found, given = read_scenario(tmp_path / "out"), read_scenario(ROOT / "scenarios/tiny")
    assert found.name == "stock"
    pd.testing.assert_frame_equal(found.products[names], given.products[names])


def test_faults_name_the_exports_file_and_row_and_all_come_at_once(tmp_path):
    source = exports(
        tmp_path, materials=MATERIALS.replace("20;0,8", "zwanzig;0,8"), orders=ORDERS.replace("4;Schmidt", "x;Schmidt")
    )
    with pytest.raises(ScenarioError) as caught:
        import_table(*source, tmp_path / "out")
    told = [str(issue) for issue in caught.value.issues]
    assert [line.split(": ")[0] for line in told] == ["stamm.csv:3:demand_per_week", "auftrag.csv:4:quantity"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cv,", "Cw,", "map.yaml:6:tables.products.columns.demand_cv: stamm.csv has no column 'Cw'; did you mean 'CV'"),
        ("  products:", "  product:", "map.yaml:4:tables.product: there is no table 'product'; did you mean 'prod"),
        ("unit_cost:", "unitcost:", "tables.products.columns.unitcost: products has no column 'unitcost'; did you"),
        ("stamm.csv", "stam.csv", "map.yaml:5:tables.products.file: there is no file 'stam.csv' in data"),
        ("samples: 50", "sampels: 50", "map.yaml:1:sampels: there is no setting 'sampels'; did you mean 'samples'?"),
        ("    fill:", "    fil:", "map.yaml:9:tables.products.fil: there is no entry 'fil'; did you mean 'fill'?"),
        ("settings:", "settings: [", "not readable as YAML"),
    ],
)
def test_faults_of_the_mapping_name_its_row(tmp_path, old, new, said):
    assert old in MAP
    with pytest.raises(ScenarioError) as caught:
        import_table(*exports(tmp_path, mapping=MAP.replace(old, new, 1)), tmp_path / "out")
    assert said in str(caught.value)


def test_a_suggested_mapping_reads_what_the_headings_say(tmp_path):
    source, _ = exports(tmp_path)
    points = suggest_map(source, tmp_path / "first.yaml")
    text = (tmp_path / "first.yaml").read_text(encoding="utf-8")
    assert any("not used of stamm.csv: Farbe" in point for point in points)
    assert any("still needed" in point and "late_cost_per_unit_day" in point for point in points)
    (tmp_path / "first.yaml").write_text(
        text.replace("  products:\n", "  products:\n    fill: {late_cost_per_unit_day: 1, lead_time_target_days: 5, "
                     "make_days: 12}\n")
    )  # fmt: skip
    import_table(source, tmp_path / "first.yaml", tmp_path / "out")
    found = read_scenario(tmp_path / "out")
    assert found.products["demand_per_week"].tolist() == [1000.5, 20.0]
    assert found.orders["quantity"].tolist() == [3.0, 1.5, 4.0]
    with pytest.raises(EngineError, match="is there already"):
        suggest_map(source, tmp_path / "first.yaml")


def client_book(folder):
    """A client's own workbook: titles above the headings, words of its own for strategies, shares as text."""
    folder.mkdir(exist_ok=True)
    headings = ["Artikel", "Kosten", "Lieferzeit zugesagt (Tage)", "Liefertreue-Ziel", "Durchlaufzeit", "Fertigung",
                "Info"]
    goods = [
        ["Acme - Artikelstamm, Stand 31.10.2025", *[""] * 6], ["Notiz: ohne MwSt.", *[""] * 6], [""] * 7, headings,
        ["A-1", 20.5, 2, "95%", 10, "Ab Lager", ""], ["A-2", 30, 14, "90 %", 12, "Auftrag", "neu"],
        ["A-3", 9, 5, 0.9, 12, "K7", ""],
    ]  # fmt: skip
    days = pd.date_range("2025-01-06", periods=60, freq="3D")
    lines = [[f"B{k}", day, f"A-{k % 3 + 1}", 2] for k, day in enumerate(days)]
    lines.insert(0, ["Auftrag", "Datum", "Artikel", "Menge"])
    with pd.ExcelWriter(folder / "client.xlsx") as book:
        for sheet, rows in (("Stamm", goods), ("Aufträge", lines)):
            pd.DataFrame(rows).to_excel(book, sheet_name=sheet, header=False, index=False)
    return folder / "client.xlsx"


def test_a_clients_own_workbook_needs_no_more_than_its_words_explained(tmp_path):
    source, mapping = client_book(tmp_path), tmp_path / "map.yaml"
    points = suggest_map(source, mapping)
    assert not any("still needed" in point for point in points)
    assert any("'Ab Lager' is taken for MTS" in point for point in points)
    assert any("say under meaning what 'K7' means" in point for point in points)
    notes = import_table(source, mapping, tmp_path / "out")
    goods = read_scenario(tmp_path / "out").products
    assert goods["product"].tolist() == ["A-1", "A-2", "A-3"]
    assert goods["on_time_target"].tolist() == [0.95, 0.9, 0.9]
    assert goods["current_strategy"].fillna("").tolist() == ["MTS", "MTO", ""]
    assert any("rows of text above the names of the columns: 2" in note for note in notes)


def test_faults_below_titles_name_the_sheets_own_row(tmp_path):
    source, mapping = client_book(tmp_path), tmp_path / "map.yaml"
    suggest_map(source, mapping)
    mapping.write_text(mapping.read_text().replace('"K7": ""', '"K7": "K7"'))
    with pytest.raises(ScenarioError, match=r"client.xlsx\[Stamm\]:7:current_strategy: 'K7' is none of MTS, ATO, MTO"):
        import_table(source, mapping, tmp_path / "out")


def test_a_workbook_of_another_shape_is_told_where_to_go(tmp_path):
    with pytest.raises(EngineError, match="'codp template' writes one to fill in, 'codp import table' reads"):
        read_scenario(client_book(tmp_path))


def test_our_own_tables_suggest_themselves(tmp_path):
    folder = write(tmp_path / "case")
    suggest_map(folder, tmp_path / "map.yaml")
    import_table(folder, tmp_path / "map.yaml", tmp_path / "out")
    found, given = read_scenario(tmp_path / "out"), read_scenario(folder)
    for name in ("products", "components", "bom"):
        pd.testing.assert_frame_equal(found.table(name), given.table(name))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
def test_headings_in_chinese_are_known(tmp_path, encoding):
    goods = "物料编码,物料名称,周需求,变异系数,标准成本,目标交期,生产周期,延迟成本\nA1,泵,10.5,0.5,100,7,20,0.5\n"
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh/物料.csv").write_text(goods, encoding=encoding)
    assert suggest_map(tmp_path / "zh", tmp_path / "map.yaml") == []
    import_table(tmp_path / "zh", tmp_path / "map.yaml", tmp_path / "out")
    found = read_scenario(tmp_path / "out").products
    assert found[["product", "name", "demand_per_week", "late_cost_per_unit_day"]].to_numpy().tolist() == [
        ["A1", "泵", 10.5, 0.5],
    ]  # fmt: skip


def test_headings_in_other_languages_are_known(tmp_path):
    lines = "Date de commande;Référence;Qté;Client\n17/01/2025;A1;1,5;Dupont\n"
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr/commandes.csv").write_text(lines, encoding="cp1252")
    suggest_map(tmp_path / "fr", tmp_path / "map.yaml")
    text = (tmp_path / "map.yaml").read_text(encoding="utf-8")
    for said in ('order_date: "Date de commande"', 'product: "Référence"', 'quantity: "Qté"', 'encoding: "cp1252"',
                 'decimal: ","', 'date: "%d/%m/%Y"'):  # fmt: skip
        assert said in text


def test_where_no_heading_says_it_cells_tell_keys_and_what_is_left_is_asked(tmp_path):
    """Finnish: nobody's words are known here."""
    (tmp_path / "fi").mkdir()
    for name, text in {
        "nimikkeet": "Nimike;Kuvaus;Hinta\nA1;Pumppu;100,5\nA2;Venttiili;60,25\n",
        "tilaukset": "Päivä;Nimike;Asiakas;Määrä\n6.1.2025;A1;X;3\n17.1.2025;A2;Y;2\n27.3.2025;A1;Z;2\n",
        "rakenne": "Ylä;Ala;Kpl\nA1;C1;2\nA1;C2;1\nA2;C1;1\n",
    }.items():
        (tmp_path / f"fi/{name}.csv").write_text(text, encoding="utf-8")
    points = suggest_map(tmp_path / "fi", tmp_path / "map.yaml")
    assert "products: which columns are these? 'Hinta' (100,5, 60,25)" in points
    assert any("guessed from the cells of tilaukset.csv" in point for point in points)
    written = read_map(tmp_path / "map.yaml")[0]
    assert {name: one.columns for name, one in written.tables.items()} == {
        "products": {"product": "Nimike", "name": "Kuvaus"},
        "orders": {"order_date": "Päivä", "product": "Nimike", "quantity": "Määrä"},
        "bom": {"product": "Ylä", "component": "Ala", "quantity": "Kpl"},
    }
    # The price is nobody's column yet, and tells the decimal sign.
    assert written.format.decimal == ","


def test_a_list_of_something_else_is_no_table_of_ours(tmp_path):
    """Customers stand first, have a key and a number, and are no products; another list has some known headings."""
    (tmp_path / "mixed").mkdir()
    for name, text in {
        "asiakkaat": "Asiakas;Luokka\nX;1\nY;2\n", "stamm": "Material;Bezeichnung;Standardpreis\nA1;Pumpe;100,5\n",
        "lager": "Regal;Bestand\nR1;4\nR2;5\n",
    }.items():
        (tmp_path / f"mixed/{name}.csv").write_text(text, encoding="utf-8")
    points = suggest_map(tmp_path / "mixed", tmp_path / "map.yaml")
    assert read_map(tmp_path / "map.yaml")[0].tables["products"].file == "stamm.csv"
    for name in ("asiakkaat", "lager"):
        assert f"{name}.csv: is like none of the tables; left out" in points


def test_each_heading_means_one_column_of_a_table():
    assert proposed(("Material", "Component", "Quantity"), "bom") == {
        "product": "Material", "component": "Component", "quantity": "Quantity",
    }  # fmt: skip
    assert not proposed(("Farbe", "Gewicht"), "products")
    assert all(len(set(words)) == len(words) for known in (HEADINGS, ELSEWHERE) for words in known.values())
    assert ELSEWHERE.keys() <= HEADINGS.keys()


def test_the_command_asks_for_a_mapping(tmp_path):
    source, mapping = exports(tmp_path)

    def run(*arguments):
        return CliRunner().invoke(app, ["import", *map(str, arguments)])

    assert run("table", source, "--out", tmp_path / "out").exit_code == 2
    assert run("table", source, "--map", mapping).exit_code == 2
    assert run("adventureworks", source, "--map", mapping, "--out", tmp_path / "out").exit_code == 2
    found = run("table", source, "--map", tmp_path / "new.yaml", "--suggest")
    assert found.exit_code == 0
    assert "still needed" in found.stdout
    found = run("table", source, "--map", mapping, "--out", tmp_path / "out")
    assert found.exit_code == 0, found.output
    assert "products: 2 rows of stamm.csv" in found.stdout
