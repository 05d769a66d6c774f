"""Bills of materials as SAP holds them: phantoms, units, by-products, alternatives out of use, items taken out."""

import pandas as pd
import pytest

from engine.scenario.importers.sap.bills import bill_lines
from engine.scenario.importers.sap.units import base_units

MATERIALS = {"BIKE": "", "FRAME": "", "PH": "50", "PH2": "50", "TUBE": "", "NUT": "", "PAINT": ""}


def table(columns, *rows):
    return pd.DataFrame([list(row) for row in rows], columns=columns.split())


def lines(notes=None, **changes):
    """BIKE = 1 FRAME + 2 PH; PH = 4 NUT + 1 PH2; PH2 = 0.5 TUBE."""
    tables = {
        "MAST": table("MATNR STLNR STLAL", ("BIKE", "1", "1"), ("PH", "2", "1"), ("PH2", "3", "1")),
        "STKO": table("STLNR STLAL BMENG", ("1", "1", 1.0), ("2", "1", 1.0), ("3", "1", 2.0)),
        "STPO": table("STLNR IDNRK MENGE AUSCH", ("1", "FRAME", 1.0, 0.0), ("1", "PH", 2.0, 25.0),
                      ("2", "NUT", 4.0, 100.0), ("2", "PH2", 1.0, 0.0), ("3", "TUBE", 1.0, 0.0)),
    } | changes  # fmt: skip
    master = pd.DataFrame({"SOBSL": MATERIALS})
    found = bill_lines(tables, master, base_units(tables), [] if notes is None else notes)
    return {(row.product, row.component): (row.quantity, row.scrap_share) for row in found.itertuples(index=False)}


def test_the_parts_of_phantoms_stand_for_them_as_deep_as_they_go():
    notes = []
    found = lines(notes)
    bike = {part: said for (product, part), said in found.items() if product == "BIKE"}
    assert bike["FRAME"] == (1.0, 0.0)
    # 2 x 4; of what is taken 1 / (1.25 x 2) is what is needed.
    assert bike["NUT"] == (8.0, pytest.approx(1.0 - 1.0 / 2.5))
    assert bike["TUBE"] == (1.0, pytest.approx(1.0 - 1.0 / 1.25))
    assert set(bike) == {"FRAME", "NUT", "TUBE"}
    assert notes == ["Phantom assemblies, their parts stand for them: PH, PH2."]


def test_a_phantom_of_one_item_alone_is_one_there(tmp_path):
    items = table("STLNR IDNRK MENGE DUMPS", ("1", "FRAME", 1.0, "X"), ("2", "FRAME", 3.0, ""), ("4", "TUBE", 7.0, ""))
    links = table("MATNR STLNR STLAL", ("BIKE", "1", "1"), ("PAINT", "2", "1"), ("FRAME", "4", "1"))
    found = lines(STPO=items, MAST=links)
    assert found["BIKE", "TUBE"] == (7.0, 0.0)
    assert found["PAINT", "FRAME"] == (3.0, 0.0)


def test_a_phantom_without_a_bill_or_that_holds_itself_does_not_run_on():
    notes = []
    items = table("STLNR IDNRK MENGE", ("1", "PH", 2.0), ("2", "PH2", 1.0), ("3", "PH", 1.0), ("3", "TUBE", 1.0))
    assert ("BIKE", "TUBE") in lines(notes, STPO=items)
    alone = table("STLNR IDNRK MENGE", ("1", "PH", 2.0))
    assert lines(STPO=alone, MAST=table("MATNR STLNR STLAL", ("BIKE", "1", "1"))) == {("BIKE", "PH"): (2.0, 0.0)}


def test_quantities_are_in_base_units_as_prices_are():
    """Grams of a paint kept in kilos, boxes of nuts by their own table, a bill by the dozen."""
    items = table("STLNR IDNRK MENGE MEINS", ("1", "PAINT", 500.0, "G"), ("1", "NUT", 2.0, "KAR"),
                  ("1", "TUBE", 3.0, "ST"))  # fmt: skip
    heads = table("STLNR STLAL BMENG BMEIN", ("1", "1", 2.0, "DZ"))
    masters = table("MATNR MEINS", ("BIKE", "ST"), ("PAINT", "KG"), ("NUT", "ST"), ("TUBE", "M"))
    own = table("MATNR MEINH UMREZ UMREN", ("NUT", "KAR", 300.0, 1.0), ("BIKE", "DZ", 12.0, 1.0))
    found = lines(STPO=items, STKO=heads, MARA=masters, MARM=own)
    assert found["BIKE", "PAINT"][0] == pytest.approx(0.5 / 24)
    assert found["BIKE", "NUT"][0] == pytest.approx(600.0 / 24)
    # Nothing says how many metres a piece is: asked for.
    units = base_units({"MARA": masters, "MARM": own})
    assert units.per(pd.Series(["TUBE", "NUT"]), pd.Series(["ST", ""])).tolist() == [1.0, 1.0]
    assert [one.line for one in units.questions()] == ["MARM: UMREZ for ST of TUBE; 1 base unit is assumed."]
    bare = base_units({})
    assert bare.per(pd.Series(["TUBE", "PAINT"]), pd.Series(["ST", "G"])).tolist() == [1.0, 1.0]
    assert [one.line for one in bare.questions()] == ["MARA: MEINS for G of PAINT; 1 base unit is assumed."]


def test_what_is_made_besides_is_no_part():
    notes = []
    items = table("STLNR IDNRK MENGE", ("1", "FRAME", 1.0), ("1", "NUT", -1.0))
    assert set(lines(notes, STPO=items)) == {("BIKE", "FRAME")}
    assert "Items below zero (what is made besides) left out of bills: 1." in notes


def test_alternatives_out_of_use_and_items_taken_out_do_not_count():
    links = table("MATNR STLNR STLAL", ("BIKE", "1", "1"), ("BIKE", "1", "2"))
    heads = table("STLNR STLAL BMENG STLST LKENZ", ("1", "1", 1.0, "02", ""), ("1", "2", 1.0, "01", ""))
    items = table("STLNR STLKN IDNRK MENGE LKENZ", ("1", "1", "FRAME", 1.0, ""), ("1", "2", "TUBE", 2.0, ""),
                  ("1", "3", "NUT", 3.0, ""), ("1", "4", "PAINT", 4.0, "X"))  # fmt: skip
    which = table("STLNR STLAL STLKN LKENZ", ("1", "1", "1", ""), ("1", "2", "2", ""), ("1", "2", "3", ""),
                  ("1", "2", "3", "X"), ("1", "2", "4", ""))  # fmt: skip
    assert lines(MAST=links, STKO=heads, STPO=items, STAS=which) == {("BIKE", "TUBE"): (2.0, 0.0)}
    # The only one counts, though nobody uses it; a deleted one never.
    assert lines(MAST=links[:1], STKO=heads, STPO=items, STAS=which) == {("BIKE", "FRAME"): (1.0, 0.0)}
    gone = heads.assign(LKENZ=["", "X"])
    assert lines(MAST=links, STKO=gone, STPO=items, STAS=which) == {("BIKE", "FRAME"): (1.0, 0.0)}
