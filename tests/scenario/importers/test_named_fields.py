"""Headings as lists write them: technical, long, shortened to the width of a column; amounts with a currency."""

import pandas as pd
import pytest

from engine.errors import ScenarioError
from engine.scenario.files.money import amount
from engine.scenario.importers.layout import Field
from engine.scenario.importers.listings import read_tables
from engine.scenario.importers.named_fields import letters, named_fields, shortened_fields
from engine.scenario.importers.odoo.convert import import_odoo
from engine.scenario.importers.sap.fields import FIELDS, SAP
from engine.scenario.importers.suggest import suggest_map
from engine.scenario.importers.table import import_table
from engine.scenario.read import read_scenario
from tests.scenario.importers.test_sap import MBEW, imported, small

# What the data dictionary calls fields, at length and as columns of a list show it.
CALLED = {
    "MARC": {
        "MATNR": ("Material Number", "Material"), "WERKS": ("Plant", "Werk"),
        "BESKZ": ("Procurement Type", "BeschArt"), "PLIFZ": ("Planned Delivery Time in Days", "PLZ"),
        "DZEIT": ("In-house production time", "EFZ"),
        "WEBAZ": ("Goods Receipt Processing Time in Days", "WE-Bearb.Zeit"),
        "BSTMI": ("Minimum Lot Size", "Mindestlosgr."), "BSTFE": ("Fixed lot size", "Feste Losgr."),
        "STRGR": ("Planning Strategy Group", "StratGruppe"), "DISMM": ("MRP Type", "DispoMerkm."),
        "SBDKZ": ("Dependent Requirements Ind. for Individual and Coll. Reqmts", "Einzel/Samm."),
        "DISLS": ("Lot Sizing Procedure within Materials Planning", "Losgröße"),
    },
    "MBEW": {"STPRS": ("Standard price", "StandPreis"), "PEINH": ("Price unit", "PE"),
             "VERPR": ("Moving Average Price/Periodic Unit Price", "Gleit.Preis"),
             "LBKUM": ("Total Valuated Stock", "Gesamtbest.")},
    "VBAK": {"AUDAT": ("Document Date (Date Received/Sent)", "Belegdat."),
             "VDATU": ("Requested Delivery Date", "Wunschlief.datum"), "VBTYP": ("SD Document Category", "Belegtyp")},
    "VBAP": {"KWMENG": ("Cumulative Order Quantity in Sales Units", "Kum.Auftragsmenge"),
             "ABGRU": ("Reason for Rejection of Quotations and Sales Orders", "Absagegr.")},
    "STPO": {"AUSCH": ("Component Scrap in Percent", "AUSS%"), "POSTP": ("Item Category (Bill of Material)", "PosTyp")},
}  # fmt: skip

# A master with most of its fields, as a list shows them.
GERMAN_MASTER = (
    "Material|Werk|Pflegestatus|LVM Werksebene|WerksspMatStatus|Gültig ab|ABC-Kennz.|Krit. Teil|"
    "Einkäufergruppe|Ausgabemeng.einh.|Dispoprofil|DispoMerkm.|Disponent|Planlieferzeit|WE-Bearb.Zeit|"
    "Periodenkz.|BaugruppenAussch.|Losgröße|Beschaffungsart|Sonderbesch.|Sicherheitsbest.|Meldebestand|"
    "Mind.losgröße|Max. Losgröße|Feste Losgröße|Rundungswert|Höchstbestand|BestellfixeKosten|"
    "Einzel/Sammelbed.|LagerkostenKennz.|Alternativ-Stl.|Auslaufkennz.|Auslaufdatum|Nachfolgemat.|"
    "Sammelbedarf|Horizontschl.|Fertigungsverf.|Einzelfert.|Bearb.zeit|Rüstzeit|Übergangszeit|Basismenge|"
    "Eigenfert.Zeit|Max.Lagerzeit|Liefertoleranz|Überlief.tol.|Ladegruppe|Chargenpfl.|Gesamtwbz.|"
    "Lieferbereitsch.|Verfüg.prüfung|Strategiegruppe|Verrechn.modus|Verr.intervall|Vorplanungsmat.|"
    "Planungswerk|Fert.steuerer|Prod.lagerort|Min.Sich.best.|Bestandsart|Sicherheitszeit|Profitcenter|"
    "Bestand Umlag.|Losgröße Kalk.|SpezBesch.Kalk."
)
ENGLISH_MASTER = (
    "Material|Plnt|Maint. status|DF at plant level|Plant-sp.matl status|Valid from|ABC indicator|"
    "Critical part|Purch. group|Unit of issue|MRP profile|MRP Type|MRP Contr.|Pl. Deliv. Time|"
    "GR Proc. Time|Period Indic.|Assembly Scrap|Lot Size|Proc. type|Spec.Procurem.|Safety Stock|"
    "Reorder Point|Min. Lot Size|Max. Lot Size|Fixed lot size|Rounding value|Max. stock level|Ord.costs|"
    "Indiv./coll.|Stor.costs ind.|Altern. BOM|Disc. indic.|Eff.-out date|Follow-up matl|Req. grouping|"
    "SchedMargin key|Prod.stor.loc.|In-house prodn|Setup time|Processing time|Interop.time|Base qty|"
    "Max. stor. period|Underdely tol.|Overdely tol.|Loading Grp|Batch mgmt|TotRepLeadTime|Service level|"
    "Avail. check|Strategy Group|Consump. mode|Fwd cons. per.|Planning matl|Plng plant|Prodn Superv.|"
    "Min.Safety Stk|Stk type|Safety time|Profit Center|Stk in transfer|Costing lot size|"
    "SpProcTypeCosting"
)


@pytest.mark.parametrize("master", [GERMAN_MASTER, ENGLISH_MASTER])
def test_in_a_master_with_most_of_its_fields_each_is_found_and_no_other_is_taken_for_it(master):
    row, fields = master.split("|"), FIELDS["MARC"]
    places = named_fields(fields, row)
    found = {**places, **shortened_fields(fields, row, places)}
    assert set(found) == set(fields)
    assert len(set(found.values())) == len(found)
    # Beside what is meant stand a least safety stock, the lot of costing, and a safety time.
    others = ("Min.", "Losgröße Kalk", "Costing", "time", "zeit ")
    assert not any(row[found[name]].startswith(others) for name in ("EISBE", "DISLS", "BSTFE", "SOBSL"))


@pytest.mark.parametrize("table", CALLED)
def test_headings_of_the_data_dictionary_are_known_long_and_short(table):
    fields, called = FIELDS[table], CALLED[table]
    for k in (0, 1):
        row = [headings[k] for headings in called.values()]
        places = named_fields(fields, row)
        assert {**places, **shortened_fields(fields, row, places)} == {name: at for at, name in enumerate(called)}


def test_letters_mean_one_field_of_a_table():
    for name, fields in FIELDS.items():
        meant = {}
        for field, one in fields.items():
            for heading in one.headings:
                assert meant.setdefault(letters(heading), field) == field, (name, heading)


def test_a_short_heading_is_taken_only_where_it_can_mean_one_field_and_stands_alone():
    fields = {"BSTMI": Field("number", ("mindestlosgröße",)), "BSTFE": Field("number", ("feste losgröße",)),
              "MABST": Field("number", ("mindestbestand",))}  # fmt: skip
    assert shortened_fields(fields, ["Mind.", "Feste Losgr."], {}) == {"BSTFE": 1}
    # Two columns that may be it, a word that nobody shortened, too few letters, a field that is there already.
    assert shortened_fields(fields, ["Feste Losgr.", "FesteLosGr"], {}) == {}
    assert shortened_fields(fields, ["Feste", "F.L."], {}) == {}
    assert shortened_fields(fields, ["X", "Feste Losgr."], {"BSTFE": 0}) == {}


def test_what_was_read_by_a_short_heading_is_told(tmp_path):
    (tmp_path / "MARC.csv").write_text("Material;Werk;Feste Losgr.;Beschaffungsart\n100;1000;5,000;F\n")
    notes, asked = [], []
    tables, faults = read_tables(tmp_path, SAP, needed=("MARC",), decimal=",", notes=notes, asked=asked)
    assert not faults
    assert tables["MARC"]["BSTFE"].tolist() == [5.0]
    assert notes == ["MARC.csv: shortened headings are read: 'Feste Losgr.' as BSTFE."]
    assert "BSTFE" not in {one.notice.column for one in asked}


@pytest.mark.parametrize(
    ("cell", "number", "currency"),
    [
        ("1.234,50 EUR", "1.234,50", "EUR"), ("EUR 1.234,50-", "1.234,50-", "EUR"), ("1'234.50 CHF", "1'234.50", "CHF"),
        ("€1,5", "1,5", "EUR"), ("-3\u00a0€", "-3", "EUR"), ("¥ 20", "20", "CNY"), ("7 kr", "7", "SEK"),
        ("12 PCE", "12 PCE", ""), ("10 pcs", "10 pcs", ""), ("EUR", "EUR", ""), ("EUR 5 USD", "EUR 5 USD", ""),
        ("5", "5", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_an_amount_is_a_number_and_a_currency(cell, number, currency):
    told, meant = amount(cell)
    assert (told, (meant or ("",))[0]) == (number, currency)


def test_currencies_of_amounts_are_that_of_the_scenario_and_have_to_agree(tmp_path):
    """In SAP's lists; the currency is then known, and not asked for."""
    prices = MBEW.replace("9,00;", "9,00 USD;").replace("2,00;", "USD 2,00;")
    assert prices != MBEW
    found, notes = imported(tmp_path, small(tmp_path, MBEW=prices))
    assert found.settings.currency == "USD"
    assert not any("currency" in note for note in notes)
    (tmp_path / "answers/scenario.yaml").write_text("currency: CHF\n")
    with pytest.raises(ScenarioError, match="the answers say CHF, and the amounts of the exports are in USD"):
        imported(tmp_path, tmp_path / "sap")
    (tmp_path / "sap/MBEW.csv").write_text(prices.replace("USD 2,00", "EUR 2,00"))
    with pytest.raises(ScenarioError, match=r"MBEW.csv:\d+:\w+: '.*' is in another currency than amounts before it"):
        imported(tmp_path, tmp_path / "sap")


def test_a_sign_of_several_currencies_is_asked_for_with_the_likeliest(tmp_path):
    (tmp_path / "odoo").mkdir()
    text = 'Name,Cost,Customer Lead Time\nChair,"$1,234.50",3\nSeat,$5.00,0\n'
    (tmp_path / "odoo/product.template.csv").write_text(text, encoding="utf-8")
    (tmp_path / "odoo/mrp.bom.csv").write_text("Product,BoM Lines/Component,BoM Lines/Quantity\nChair,Seat,1\n")
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/products.csv").write_text("product,demand_per_week,demand_cv\n*,5,0.5\n")
    notes = import_odoo(tmp_path / "odoo", tmp_path / "out", answers=tmp_path / "answers")
    assert "Asked for: scenario.yaml: currency; USD is assumed." in notes
    assert read_scenario(tmp_path / "out").products["unit_cost"].tolist() == [1234.5]
    (tmp_path / "answers/scenario.yaml").write_text("currency: CAD\n")
    import_odoo(tmp_path / "odoo", tmp_path / "out", answers=tmp_path / "answers")
    assert read_scenario(tmp_path / "out").settings.currency == "CAD"


def test_a_mapped_export_may_name_its_currency_beside_its_amounts(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    rows = {"Material": ["A", "B"], "Kosten": ["1.234,50 CHF", "7,00 CHF"], "Wochenbedarf": ["3", "4"]}
    pd.DataFrame(rows).to_csv(folder / "goods.csv", sep=";", index=False)
    suggest_map(folder, tmp_path / "map.yaml")
    text = (tmp_path / "map.yaml").read_text(encoding="utf-8")
    assert 'currency: "CHF"' in text
    fill = "    fill: {demand_cv: 0.5, lead_time_target_days: 3, late_cost_per_unit_day: 1, make_days: 9}\n"
    (tmp_path / "map.yaml").write_text(text.rstrip("\n") + "\n" + fill, encoding="utf-8")
    import_table(folder, tmp_path / "map.yaml", tmp_path / "case")
    assert read_scenario(tmp_path / "case").products["unit_cost"].tolist() == [1234.5, 7.0]
    (tmp_path / "map.yaml").write_text(
        (tmp_path / "map.yaml").read_text(encoding="utf-8").replace("CHF", "USD"), encoding="utf-8"
    )
    with pytest.raises(ScenarioError, match=r"goods.csv:2:unit_cost: '1.234,50 CHF' is in another currency than USD"):
        import_table(folder, tmp_path / "map.yaml", tmp_path / "again")
