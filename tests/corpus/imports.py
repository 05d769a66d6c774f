"""Faults of exports that are imported: the source, then the files; those of a mapping stand beside `map.yaml`."""

from tests.security.archives import sheet, workbook

_MARC = "MATNR;WERKS;STRGR\n100;1000;20\n"
_MBEW = "MATNR;BWKEY;STPRS\n100;1000;1,5\n"
_SAP = {"MARC.csv": _MARC, "MBEW.csv": _MBEW}
_ODOO = {"product.template.csv": "name,standard_price\nChair,7\n"}
_MAP = "settings: {name: case, holding_rate_per_year: 0.2}\n"
_BOOK = workbook(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))
_GOODS = "key,cost\nA,7\n"
Files = dict[str, str | bytes]


def _sap(**files: str | bytes) -> tuple[str, Files]:
    return "sap", {**_SAP, **{f"{name}.csv": text for name, text in files.items()}}


def _mapped(tables: str, **files: str | bytes) -> tuple[str, Files]:
    return "table", {"map.yaml": _MAP + tables, "goods.csv": _GOODS, **{f"{n}.csv": text for n, text in files.items()}}


CASES: dict[str, tuple[str, Files]] = {
    "no text": _sap(MARC=b"\x81\x8d\x8f"),
    "no field of the table": _sap(MARC="colour;size\nred;7\n"),
    "a sign between columns in a text": _sap(MARC=_MARC + "200;1000;20;x\n"),
    "a sign that may be a decimal one": _sap(MBEW="MATNR;BWKEY;STPRS\n100;1000;1.234\n"),
    "prices in two currencies": _sap(MBEW="MATNR;BWKEY;STPRS\n100;1000;1,5 EUR\n200;1000;3 USD\n"),
    "prices in another currency than answered": (
        "sap", {**_SAP, "MBEW.csv": _MBEW.replace("1,5", "1,5 EUR"), "answers/scenario.yaml": "currency: USD\n"},
    ),
    "orders whose day no heading is": _sap(
        VBAK="VBELN;Tag\n1;31.12.2025\n", VBAP="VBELN;POSNR;MATNR;KWMENG\n1;10;100;3\n"
    ),
    "orders whose day stands under a strange heading": _sap(
        VBAK="VBELN;Belegtag\n1;31.12.2025\n", VBAP="VBELN;POSNR;MATNR;KWMENG\n1;10;100;3\n"
    ),
    "a price in words": _sap(MBEW="MATNR;BWKEY;STPRS\n100;1000;dear\n"),
    "a material without a price": _sap(MBEW="MATNR;BWKEY;STPRS\n100;1000;\n"),
    "a whole column in words": _sap(MBEW="MATNR;BWKEY;STPRS\n" + "".join(f"{k};1000;dear\n" for k in range(30))),
    "a day that may be a month": _sap(VBAK="VBELN;AUDAT\n1;01/02/2026\n"),
    "a date unlike the others": _sap(VBAK="VBELN;AUDAT\n1;31.12.2025\n2;31.13.2025\n"),
    "a number that a spreadsheet has shortened": _sap(MBEW="MATNR;BWKEY;STPRS\n1,00E+17;1000;1,5\n"),
    "nothing that is sold or made": _sap(MARC="MATNR;WERKS;STRGR\n100;1000;\n"),
    "nothing in Odoo": ("odoo", _ODOO),
    "a cost in words in Odoo": ("odoo", {"product.template.csv": "name,standard_price\nChair,dear\n"}),
    "answers without a key": ("sap", {**_SAP, "answers/products.csv": "demand_cv\n0.5\n"}),
    "a mapping without tables": ("table", {"map.yaml": _MAP}),
    "a mapping of no table": _mapped("tables: {}\n"),
    "a mapping of no settings": ("table", {"map.yaml": "settings: 7\ntables: {products: {file: goods.csv}}\n"}),
    "a mapping with a doubtful flag": _mapped("tables: {products: {file: goods.csv, distinct: maybe}}\n"),
    "a mapping to a number": _mapped("tables: {products: {file: 7}}\n"),
    "a mapping that is a list": _mapped("tables: {products: [goods.csv]}\n"),
    "columns that are a list": _mapped("tables: {products: {file: goods.csv, columns: [key]}}\n"),
    "a mapping to an unknown table": _mapped("tables: {goods: {file: goods.csv}}\n"),
    "a mapping to an unknown column": _mapped("tables: {products: {file: goods.csv, columns: {produkt: key}}}\n"),
    "a mapping with an unknown entry": _mapped("tables: {products: {flie: goods.csv}}\n"),
    "a mapping to a heading that is not there": _mapped(
        "tables: {products: {file: goods.csv, columns: {product: id}}}\n"
    ),
    "a mapping to a file that is not there": _mapped("tables: {products: {file: good.csv}}\n"),
    "a mapping to no file": _mapped("tables: {products: {columns: {product: key}}}\n"),
    "a mapping to a sheet that is not there": (
        "table", {"map.yaml": _MAP + "tables: {products: {file: goods.xlsx, sheet: two}}\n", "goods.xlsx": _BOOK},
    ),
    "an export in another encoding": _mapped("tables: {products: {file: goods.csv}}\n", goods=b"key\n\xff\n"),
}
