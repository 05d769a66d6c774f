"""Large tables, held by columns with each text once: read as they are cell by cell."""

import numpy as np
import pandas as pd
import pytest

from engine.scenario.files import raw
from engine.scenario.files.coded import CodedRows, plain_rows
from engine.scenario.files.parse import parse_table
from engine.scenario.files.raw import NativeCell, parse_csv
from engine.scenario.settings import Format
from tests.evidence import covering

HEAD = "order_date,product,quantity,customer,order_number\n"
PLAIN = HEAD + "2025-01-02,P1,3,c1,7\n2025-01-03, P1 ,4,,7\n2025-01-03,P2,3,c1,8\n"
BOOKS = {
    "plain": PLAIN,
    "other line ends": PLAIN.replace("\n", "\r\n"),
    "no line end at the end": PLAIN.rstrip("\n"),
    "blank line": PLAIN.replace("2025-01-03,P2", "\n2025-01-03,P2"),
    "line of commas": PLAIN + ",,,,\n",
    "short line": PLAIN + "2025-01-04,P1,5\n",
    "long line": PLAIN + "2025-01-04,P1,5,c1,9,more,still\n",
    "quotes": PLAIN.replace("P2", '"P2, large"'),
    "text of a formula": PLAIN.replace("P2", '="007"'),
    "title above": "Orders of 2025\n\n" + PLAIN,
    "unnamed column": PLAIN.replace("customer", ""),
    "unknown column": PLAIN.replace("customer", "client"),
    "blank product": PLAIN.replace(",P2,", ",,"),
    "no number": PLAIN.replace("P1,3", "P1,three"),
    "no day": PLAIN.replace("2025-01-02", "2025-02-30"),
    "number of a spreadsheet": PLAIN.replace("2025-01-02", "45000"),
    "midnight elsewhere": HEAD + "".join(f"2025-01-0{k}T23:00:00Z,P1,3,c1,7\n" for k in (1, 1, 1, 2, 2, 2)),
    "grouped thousands": HEAD + "2025-01-02,P1,1.200,c1,7\n" * 4 + "2025-01-02,P1,1.500,c1,7\n",
    "digits lost": HEAD + "2025-01-02,1234567890123450,1,c1,7\n" * 2,
    "digits lost once": HEAD + "2025-01-02,1234567890123450,1,c1,7\n",
    "unseen sign": PLAIN.replace("P2", "P\u200b2"),
    "row of sums": PLAIN + "Total,,10,,\n",
    "row called so": PLAIN + ",Total,4,c1,\n",
    "half a line": PLAIN.replace("P2", "P\r2"),
    "no lines": HEAD,
    "nothing": "",
}  # fmt: skip


def read(text, form):
    table, faults = parse_csv(text, name="orders", file="orders.csv", form=form)
    if table is None:
        return None, None, [str(fault) for fault in faults]
    parsed, more = parse_table(table, form, {}, has_orders=True)
    said = [(note.kind, note.row, note.column, dict(note.values), note.more) for note in parsed.notices]
    return parsed, said, [str(fault) for fault in (*faults, *more)]


@pytest.mark.parametrize(
    ("name", "form"), covering(BOOKS, [Format(), Format(decimal=",", thousands="."), Format(date="%d.%m.%Y")])
)
def test_large_tables_are_read_as_small_ones(name, form, monkeypatch):
    cell_by_cell, said, faults = read(BOOKS[name], form)
    monkeypatch.setattr(raw, "LARGE_TEXT", 0)
    monkeypatch.setattr(raw, "LARGE_ROWS", 1)
    at_once, said_at_once, faults_at_once = read(BOOKS[name], form)
    assert faults_at_once == faults
    assert said_at_once == said
    if cell_by_cell is not None:
        pd.testing.assert_frame_equal(at_once.frame, cell_by_cell.frame)
        assert np.asarray(at_once.rows).tolist() == np.asarray(cell_by_cell.rows).tolist()
        assert at_once.bad == cell_by_cell.bad


def test_only_plain_text_is_read_at_once():
    plain = {name for name, text in BOOKS.items() if plain_rows(text, ",") is not None}
    odd = {"blank line", "line of commas", "short line", "long line", "quotes", "text of a formula", "title above",
           "unnamed column", "half a line", "no lines", "nothing"}  # fmt: skip
    assert plain == set(BOOKS) - odd


def test_cells_of_a_workbook_keep_their_kind(monkeypatch):
    monkeypatch.setattr(raw, "LARGE_ROWS", 1)
    grid = [["product", "quantity"], ["P1", NativeCell("3")], ["P1", "3"]]
    table, _ = raw.workbook_table("orders", "case.xlsx[orders]", grid)
    assert [type(cell) for cell in table.cells(1)] == [NativeCell, str]


def test_a_million_equal_lines_take_some_bytes_a_row():
    rows = CodedRows.of([["2025-01-02", "P1", "3"]] * 1_000)
    assert [column.codes.nbytes for column in rows.columns] == [4_000] * 3
    assert rows[-1] == ["2025-01-02", "P1", "3"]
    assert list(rows) == [["2025-01-02", "P1", "3"]] * 1_000


def test_what_is_read_is_read_once_for_each_text(monkeypatch):
    """Else a million lines are read cell by cell all the same."""
    monkeypatch.setattr(raw, "LARGE_TEXT", 0)
    table, _ = raw.parse_csv(PLAIN, name="orders", file="orders.csv", form=Format())
    monkeypatch.setattr(raw.RawTable, "cells", None)
    parsed, faults = parse_table(table, Format(), {}, has_orders=True)
    assert faults == []
    assert parsed.frame["product"].tolist() == ["P1", "P1", "P2"]
