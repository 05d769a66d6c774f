"""Faults of workbooks: sheets as rows of cells, or the file's own bytes."""

from tests.security.archives import sheet, workbook

SETTINGS = [["setting", "value"], ["name", "case"], ["holding_rate_per_year", 0.25]]
HEADER = ["product", "demand_per_week", "demand_cv", "unit_cost", "lead_time_target_days", "late_cost_per_unit_day"]
HEADER = [*HEADER, "make_days"]
ROW = ["A", 10, 0.5, 100, 5, 1, 10]
_VARIANT: list[object] = ["variant", "action", "target", "value"]
Cells = list[list[object]]


def _goods(**changed: object) -> Cells:
    return [HEADER, [changed.get(name, value) for name, value in zip(HEADER, ROW, strict=True)]]


def _book(**sheets: Cells) -> dict[str, Cells]:
    return {"scenario": SETTINGS, "products": _goods(), **sheets}


CASES: dict[str, dict[str, Cells] | bytes] = {
    "no sheet of products": {"scenario": SETTINGS},
    "no sheet of settings": {"products": _goods()},
    "an empty sheet": _book(products=[]),
    "a heading alone": _book(products=[HEADER]),
    "a heading below the title of a report": _book(products=[["Articles, May"], [], *_goods()]),
    "a number as text": _book(products=_goods(unit_cost="100 apiece")),
    "an amount with its currency": _book(products=_goods(unit_cost="100 EUR")),
    "a failed formula": _book(products=_goods(unit_cost="#REF!")),
    "text as it is declared": _book(
        scenario=[*SETTINGS, ["format.decimal", ","], ["format.thousands", "."]],
        products=_goods(unit_cost="1.500", demand_cv="0,5"),
    ),
    "text that may be thousands": _book(products=_goods(unit_cost="1.500")),
    "a truth value": _book(products=_goods(unit_cost=True)),
    "a cost below zero": _book(products=_goods(unit_cost=-1)),
    "a product blank": _book(products=_goods(product=None)),
    "a column misspelt": _book(products=[[*HEADER[:-1], "make_day"], ROW]),
    "a setting misspelt": _book(scenario=[*SETTINGS, ["sampels", 100]]),
    "a setting without a value": _book(scenario=[*SETTINGS, ["samples", None]]),
    "a setting below zero": _book(scenario=[*SETTINGS, ["samples", -5]]),
    "settings of three columns": _book(scenario=[["setting", "value"], ["name", "case", "x"]]),
    "settings without a heading": _book(scenario=[["name", "case"], ["holding_rate_per_year", 0.25]]),
    "a sheet misspelt": _book(componets=[["component", "unit_cost", "lead_time_days"], ["C", 1, 2]]),
    "a variant of an unknown action": _book(variants=[_VARIANT, ["a", "put", "samples", 5]]),
    "a variant without a target": _book(variants=[_VARIANT, ["a", "set", None, 5]]),
    "a date as text": _book(orders=[["order_date", "product", "quantity"], ["5 May", "A", 3]]),
    "a date as a number": _book(orders=[["order_date", "product", "quantity"], [46000, "A", 3]]),
    "not a zip": b"product,unit_cost\nA,1\n",
    "empty bytes": b"",
    "a zip of nothing": b"PK\x05\x06" + bytes(18),
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "cut off": workbook(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))[:-40],
    "sheets that are not there": workbook(sheet(""), target="none.xml"),
    "broken cells": workbook("<worksheet><sheetData><row><c></row></worksheet>"),
    "a cell beyond the last": workbook(sheet('<row r="9999999"><c r="ZZZ9999999"><v>1</v></c></row>')),
    "an entity": workbook(sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>')),
    "a setting within a value": _book(scenario=[*SETTINGS, ["samples", 100], ["samples.most", 5]]),
}
