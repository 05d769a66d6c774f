"""Faults of CSV tables: what is replaced in the good scenario of `tests.scenario.folders`, or whole files."""

_LINES = "A,C1,2\nB,C1,1\nB,C2,4\n"
_P = "product,demand_per_week,demand_cv,unit_cost,lead_time_target_days,late_cost_per_unit_day,make_days\n"
_MORE = "make_days\nA,10,0.5,100,5,1,10\nB,4,0.8,80,3,1,12"


def _column(name: str, a: object, b: object = "") -> dict[str, tuple[str, str]]:
    """One more column of products, with a cell for A and one for B."""
    more = f"make_days,{name}\nA,10,0.5,100,5,1,10,{a}\nB,4,0.8,80,3,1,12,{b}"
    return {"products": (_MORE, more)}


def _columns(two: str, cells: str) -> dict[str, tuple[str, str]]:
    """Two more columns of products, with the cells of A from demand_cv on; blank for B."""
    return {"products": (_MORE, f"make_days,{two}\nA,10,{cells}\nB,4,0.8,80,3,1,12,,")}


def _files(**files: str | bytes | None) -> dict[str, object]:
    return {"files": {f"{name}.csv": text for name, text in files.items()}}


def _season(*lines: str) -> dict[str, object]:
    """A table of seasons."""
    return _files(seasons="product,family,period,factor\n" + "".join(f"{line}\n" for line in lines))


def _sited(bom: str, components: str = "C1,,20,9\nC2,,5,4\n", **more: str) -> dict[str, object]:
    """A stands in plants 1000 and 2000, B in none."""
    goods = "product,plant,family,demand_per_week,demand_cv,unit_cost,lead_time_target_days,late_cost_per_unit_day\n"
    rows = "".join(f"{key},f,10,0.5,100,5,1\n" for key in ("A,1000", "A,2000", "B,"))
    parts, lines = f"component,plant,unit_cost,lead_time_days\n{components}", f"product,plant,component,quantity\n{bom}"
    return _files(products=goods + rows, components=parts, bom=lines, **more)


def _segments() -> dict[str, dict[str, str]]:
    """Two segments of A, sound by themselves."""
    return {"files": {"segments.csv": _SEGMENTS + "A,now,0,0.5\nA,later,9,0.5\n"}}


_RESOURCES = "resource,hours_per_week\nsaw,40\n"
_SEGMENTS = "product,segment,lead_time_target_days,share\n"
_ROUTING = "product,resource,stage,hours_per_unit\n"

CASES: dict[str, dict[str, object]] = {
    "demand with a unit": {"products": ("A,10,", "A,10 pcs,")},
    "a cost with a currency sign": {"products": ("0.5,100", "0.5,€100")},
    "a cost in another currency": {"products": ("0.5,100", "0.5,100 USD")},
    "a cost in pieces": {"products": ("0.5,100", "0.5,100 PCE")},
    "demand below zero": {"products": ("A,10,", "A,-10,")},
    "demand too large": {"products": ("A,10,", "A,1e15,")},
    "demand not a number": {"products": ("A,10,", "A,NaN,")},
    "demand a formula": {"products": ("A,10,", "A,=5+5,")},
    "demand in words": {"products": ("A,10,", "A,ten,")},
    "demand in hexadecimal": {"products": ("A,10,", "A,0x10,")},
    "demand with an underscore": {"products": ("A,10,", "A,1_0,")},
    "demand with two points": {"products": ("A,10,", "A,1.0.0,")},
    "demand in Arabic digits": {"products": ("A,10,", "A,١٠,")},
    "demand in wide digits": {"products": ("A,10,", "A,１０,")},
    "demand a dash for nothing": {"products": ("A,10,", "A,-,")},
    "demand n/a": {"products": ("A,10,", "A,n/a,")},
    "demand a failed formula": {"products": ("A,10,", "A,#DIV/0!,")},
    "cv below zero": {"products": ("10,0.5", "10,-0.5")},
    "cv in percent": {"products": ("10,0.5", "10,50%")},
    "cv beyond any family": {"products": ("10,0.5", "10,500")},
    "cost blank": {"products": ("0.5,100", "0.5,")},
    "target below zero": {"products": ("100,5,1", "100,-5,1")},
    "target of eleven years": {"products": ("100,5,1", "100,4015,1")},
    "target in words": {"products": ("100,5,1", "100,a week,1")},
    "late cost below zero": {"products": ("100,5,1", "100,5,-1")},
    "make days below zero": {"products": ("5,1,10", "5,1,-10")},
    "make days missing without parts": {"products": ("5,1,10", "5,1,"), "bom": ("A,C1,2\n", "")},
    "a row of sums": {"products": ("B,4,0.8,80,3,1,12\n", "B,4,0.8,80,3,1,12\nSumme,14,,,,,\n")},
    "a product called a sum": {"products": ("B,4,0.8,80,3,1,12\n", "B,4,0.8,80,3,1,12\nTotal,7,0.8,80,3,1,12\n")},
    "key blank": {"products": ("A,10", ",10"), "bom": ("A,C1,2\n", "")},
    "key of blanks": {"products": ("A,10", '"   ",10'), "bom": ("A,C1,2\n", "")},
    "key with a steering character": {"products": ("A,10", "A\x07,10"), "bom": ("A,C1,2\n", "")},
    "key in another case": {"bom": ("A,C1", "a,C1")},
    "key with a blank behind": {"bom": ("A,C1", "A ,C1")},
    "key without its zeros": {"products": ("A,10", "007,10"), "bom": ("A,C1", "7,C1")},
    "key in another alphabet": {"bom": ("A,C1", "\N{CYRILLIC CAPITAL LETTER A},C1")},
    "a part of parts that is in no table": {"bom": ("A,C1,2", "A,S,2\nS,C1,1")},
    "key without its hyphen": {"products": ("A,10", "A-1,10"), "bom": ("A,C1", "A1,C1")},
    "key that a spreadsheet shortened": {"products": ("A,10", "1234567890123,10"), "bom": ("A,C1", "1.23457E+12,C1")},
    "key that looks like another": {"products": ("B,4", "a,4"), "bom": ("B,C1,1\nB,C2,4\n", "")},
    "distribution misspelt": _column("distribution", "normal_", ""),
    "distribution in Chinese": _column("distribution", "正态", ""),
    "distribution in capitals": _column("distribution", "NORMAL", ""),
    "empirical without orders": _column("distribution", "empirical", ""),
    "order size zero": _column("order_size", 0),
    "order size below zero": _column("order_size", -3),
    "batch below zero": _column("batch_size", -5),
    "lost share above one": _column("lost_share_if_late", 1.5),
    "lost share in percent without its sign": _column("lost_share_if_late", 50),
    "on-time target of one": _column("on_time_target", 1),
    "on-time target in percent": _column("on_time_target", "95%"),
    "on-time target as 95": _column("on_time_target", 95),
    "on-time target below zero": _column("on_time_target", -0.1),
    "allowed misspelt": _column("allowed", "MTS/MTO"),
    "allowed with a comma": _column("allowed", '"MTS,MTO"'),
    "allowed in small letters": _column("allowed", "mts|mto"),
    "locked misspelt": _column("locked", "Stock"),
    "locked to two": _column("locked", "MTS|MTO"),
    "current strategy misspelt": _column("current_strategy", "ETO"),
    "obsolescence above all": _column("obsolescence_per_year", 40),
    "shelf life zero": _column("shelf_life_days", 0),
    "price below zero": _column("price", -1),
    "delivery beyond target": _column("delivery_days", 6),
    "a column of ours misspelt": _column("assembly_day", 1),
    "a column of nobody": _column("colour", "red"),
    "a column twice": _column("make_days", 10),
    "a column without a name": _column("", "x", "y"),
    "no header": {"products": (_P, "")},
    "header alone": {"products": ("A,10,0.5,100,5,1,10\nB,4,0.8,80,3,1,12\n", ""), "bom": (_LINES, "")},
    "header in another row": {"products": (_P, "\n\nreport of May\n" + _P)},
    "cells too many": {"products": ("A,10,0.5,100,5,1,10", "A,10,0.5,100,5,1,10,7,8")},
    "semicolons": _files(products=_P.replace(",", ";") + "A;10;0.5;100;5;1;10\nB;4;0.8;80;3;1;12\n"),
    "tabs": _files(products=_P.replace(",", "\t") + "A\t10\t0.5\t100\t5\t1\t10\nB\t4\t0.8\t80\t3\t1\t12\n"),
    "an empty file": _files(products=""),
    "blanks alone": _files(products="\n \n\n"),
    "a byte order mark alone": _files(products=b"\xef\xbb\xbf"),
    "UTF-16": _files(components="component,unit_cost,lead_time_days\nC1,20,9\nC2,5,4\n".encode("utf-16")),
    "zero bytes": _files(components=b"component,unit_cost,lead_time_days\nC1,20,9\nC2\x00,5,4\n"),
    "a picture": _files(components=b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
    "a page of the web": _files(components="<!DOCTYPE html><html><body>Please log in</body></html>"),
    "a workbook called csv": _files(components=b"PK\x03\x04" + bytes(60)),
    "quote never closed": _files(bom='product,component,quantity\nA,"C1,2\nB,C1,1\n'),
    "a carriage return within a cell": {"components": ("C2,5,4", 'C2,"5\r4",4')},
    "season twice without its period": _files(seasons="product,family,period,factor\nA,,,0.5\nA,,,1.5\n"),
    "carriage returns alone": _files(bom="product,component,quantity\rA,C1,2\rB,C1,1\rB,C2,4\r"),
    "part unknown": {"bom": ("A,C1", "A,C3")},
    "product unknown": {"bom": ("A,C1", "Z,C1")},
    "quantity zero": {"bom": ("A,C1,2", "A,C1,0")},
    "quantity below zero": {"bom": ("A,C1,2", "A,C1,-2")},
    "quantity blank": {"bom": ("A,C1,2", "A,C1,")},
    "line twice": {"bom": ("B,C1,1", "B,C1,1\nB,C1,3")},
    "product twice, with parts in lots and pieces lost with orders": {
        "products": ("A,10,0.5,100,5,1,10\n", "A,10,0.5,100,5,1,10\nA,10,0.5,100,5,1,10\n"),
        "files": {
            "components.csv": "component,unit_cost,lead_time_days,min_order_quantity\nC1,20,9,10\nC2,5,4,10\n",
            "bom.csv": "product,component,quantity,loss_per_order\nA,C1,2,1\nB,C1,1,0\nB,C2,4,0\n",
        },
    },
    "order size next to nothing": _column("order_size", 2e-309),
    "part cost in words": {"components": ("C1,20", "C1,dear")},
    "part lead time below zero": {"components": ("C1,20,9", "C1,20,-9")},
    "part twice": {"components": ("C2,5,4", "C1,5,4"), "bom": ("B,C2,4\n", "")},
    "lead time cv below zero": _files(components="component,unit_cost,lead_time_days,lead_time_cv\nC1,2,9,-1\n"),
    "bill of a part taken away": _files(components="component,unit_cost,lead_time_days\nC1,2,9\n"),
    "no components": _files(components=None),
    "no bill": _files(bom=None),
    "no products": _files(products=None),
    "a table of another name": _files(boms="product,component,quantity\n"),
    "resource unknown": _files(resources=_RESOURCES, routing=_ROUTING + "A,lathe,make,1\n"),
    "stage misspelt": _files(resources=_RESOURCES, routing=_ROUTING + "A,saw,making,1\n"),
    "hours below zero": _files(resources=_RESOURCES, routing=_ROUTING + "A,saw,make,-1\n"),
    "routing without resources": _files(routing=_ROUTING + "A,saw,make,1\n"),
    "routing twice": _files(resources=_RESOURCES, routing=_ROUTING + "A,saw,make,1\nA,saw,make,2\n"),
    "capacity below zero": _files(resources="resource,hours_per_week\nsaw,-40\n"),
    "segments that leave some demand out": _files(segments=_SEGMENTS + "A,now,0,0.3\nA,later,9,0.3\n"),
    "segments of an unknown product": _files(segments=_SEGMENTS + "Z,now,0,0.5\nZ,later,9,0.5\n"),
    "segments without a share": _files(segments=_SEGMENTS + "A,now,0,\nA,later,9,\n"),
    "stock-out that ends before it begins": _files(
        orders="order_date,product,quantity\n2026-01-05,A,3\n",
        stock_outs="product,first_day,last_day\nA,2026-02-01,2026-01-01\n",
    ),
    "stock-out of an unknown product": _files(
        orders="order_date,product,quantity\n2026-01-05,A,3\n",
        stock_outs="product,first_day,last_day\nZ,2026-01-01,2026-02-01\n",
    ),
    "forecast of an unknown product": _files(forecasts="product,period,quantity\nZ,2026-01-05,7\n"),
    "forecast twice": _files(forecasts="product,period,quantity\nA,2026-01-05,7\nA,2026-01-05,9\n"),
    "a heading blank": _files(components="component,,unit_cost,lead_time_days\nC1,x,20,9\nC2,,5,4\n"),
    "a heading twice in another spelling": {"products": ("late_cost", "Unit Cost,late_cost"), "bom": ("A,C1,2\n", "")},
    "a comma in a number": {"products": ("0.5,100", '0.5,"1,000"')},
    "a point beside a declared comma": {
        "settings": ("name: case\n", "name: case\nformat: {decimal: ','}\n"), "products": ("10,0.5", "10,0.5"),
    },
    "a half among thousands": {
        "settings": ("name: case\n", "name: case\nformat: {thousands: ','}\n"), "products": ("0.5,100", '0.5,"0,500"'),
    },
    "a part with parts of its own": {"bom": ("B,C2,4\n", "B,C2,4\nC2,C1,1\n")},
    "a product as a part": {"bom": ("B,C2,4\n", "B,C2,4\nB,A,1\n")},
    "a product without parts as a part": {"bom": ("A,C1,2\n", "B,A,1\n")},
    "orders in several units": _files(
        orders="order_date,product,quantity,unit\n2026-01-05,A,3,box\n2026-01-06,A,3,pallet\n2026-01-07,A,3,\n"
    ),
    "orders of another age": _files(orders="order_date,product,quantity\n0026-01-05,A,3\n0026-02-05,A,3\n"),
    "season of a product and a family": _season("A,f,1,1"),
    "season of nobody": _season(",,1,1"),
    "season of an unknown product": _season("Z,,1,1"),
    "season of half a period": _season("A,,1.5,1"),
    "season with a quarter missing": _season("A,,1,1", "A,,2,1", "A,,4,1"),
    "season of too much": _season(*(f"A,,{k},2" for k in range(1, 5))),
    "season of nothing": _season(*(f"A,,{k},0" for k in range(1, 5))),
    "season of a family of nothing": {**_season(*(f",f,{k},0" for k in range(1, 5))), **_column("family", "f")},
    "lost sales without a price": _column("lost_share_if_late", 0.5),
    "no strategy allowed": _column("allowed", "|"),
    "locked to what is not allowed": _columns("allowed,locked", "0.5,100,5,1,10,MTS,MTO"),
    "locked to parts that are not there": {**_column("locked", "ATO"), "bom": ("A,C1,2\n", "")},
    "made faster than assembled": _column("assembly_days", 11),
    "Poisson of another cv": _column("distribution", "poisson"),
    "normal below zero": {**_column("distribution", "", "normal")},
    "negative binomial too steady": _columns("distribution,lock_reason", "0.1,100,5,1,10,negative_binomial,"),
    "compound Poisson too steady": _columns("distribution,order_size", "0.1,100,5,1,10,compound_poisson,5"),
    "single units that vary": _columns("distribution,order_size_cv", ",100,5,1,10,poisson,0.5"),
    "a cut-off without sizes": _column("large_order_target_days", 20),
    "nothing in time": _columns("on_time_target,allowed", "0.5,100,5,1,10,0.9,MTO"),
    "a table twice": {
        "files": {f"stock{sign}outs.csv": "product,first_day,last_day\n" for sign in " _"}
    },
    "a line of several plants": _sited("A,,C1,2\nB,,C1,1\n"),
    "a line of another plant": _sited("A,3000,C1,2\nA,1000,C1,2\nB,,C1,1\n"),
    "a line of a plant where there is none": _sited("A,1000,C1,2\nB,1000,C1,1\n"),
    "a line of two plants at once": _sited("A@1000,2000,C1,2\nB,,C1,1\n"),
    "a part of another plant": _sited("A,1000,C1,2\nA,2000,C1,2\n", "C1,1000,20,9\n"),
    "a material in a plant twice": _sited("A,1000,C1,2\n", "C1,1000,20,9\nC1@1000,,20,9\n"),
    "the season of a family in a plant": _sited(
        "A,1000,C1,2\nA,2000,C1,2\nB,,C1,1\n", seasons="family,plant,period,factor\n"
        + "".join(f"f,1000,{k},1\n" for k in range(1, 5)),
    ),
    "bars between columns": _files(bom="product|component|quantity\nA|C1|2\n"),
    "segments beside a season": {
        "files": {**_segments()["files"], "seasons.csv": "product,period,factor\nA,1,1\nA,2,1\nA,3,1\nA,4,1\n"}
    },
    "segments beside large orders": {**_segments(), **_columns("large_order_target_days,order_size_cv",
                                                               "0.5,100,5,1,10,20,1")},
    "segments without a late cost": {**_segments(), "products": ("100,5,1,10", "100,5,,10")},
}
