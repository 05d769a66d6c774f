"""Routings as SAP holds them: operations by base quantity and unit, alternatives, what was deleted."""

import pandas as pd
import pytest

from engine.scenario.importers.sap.hours import routing
from tests.scenario.importers.test_sap_bills import table


def tables(**changes):
    """P: 30 minutes for 10 on M1, and 2 hours of labour on M2."""
    return {
        "MAPL": table("MATNR PLNNR PLNAL LOEKZ", ("P", "G", "1", ""), ("P", "G", "2", "")),
        "PLPO": table("PLNNR PLNKN ARBID BMSCH VGW02 VGE02 VGW03 VGE03 LOEKZ",
                      ("G", "1", "10", 10.0, 30.0, "MIN", 99.0, "MIN", ""),
                      ("G", "2", "11", 1.0, 0.0, "", 2.0, "STD", ""),
                      ("G", "3", "10", 1.0, 7.0, "H", 0.0, "", ""), ("G", "4", "10", 1.0, 50.0, "H", 0.0, "", "X")),
        "PLAS": table("PLNNR PLNAL PLNKN LOEKZ", ("G", "1", "1", ""), ("G", "1", "2", ""), ("G", "2", "3", ""),
                      ("G", "1", "4", ""), ("G", "1", "3", "X")),
        "CRHD": table("OBJID ARBPL", ("10", "M1"), ("11", "M2")),
    } | changes  # fmt: skip


def hours(given, notes=None):
    found = routing(given, pd.Series(["P"]), set(), [] if notes is None else notes)
    return found.set_index("resource")["hours_per_unit"].to_dict()


def test_hours_are_those_of_the_first_alternative():
    assert hours(tables()) == pytest.approx({"M1": 0.05, "M2": 2.0})


def test_where_nothing_tells_alternatives_apart_all_count_and_that_is_told():
    given, notes = tables(), []
    del given["PLAS"]
    assert hours(given, notes) == pytest.approx({"M1": 7.05, "M2": 2.0})
    assert any("nothing tells apart" in note and note.endswith("counted: G.") for note in notes)


def test_a_deleted_assignment_is_none():
    links = table("MATNR PLNNR PLNAL LOEKZ", ("P", "G", "1", "X"), ("P", "G", "2", ""))
    assert hours(tables(MAPL=links)) == pytest.approx({"M1": 7.0})
