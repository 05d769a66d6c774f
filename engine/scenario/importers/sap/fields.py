"""The tables and fields that are read, with their headings: technical, English, German."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from engine.scenario.checks.alike import visible
from engine.scenario.importers.listings import ENDINGS, Field, Layout

_MATERIAL = Field("key", ("material", "material number", "materialnummer"))
_PLANT = Field("text", ("plant", "werk", "plnt"))
_DOCUMENT = Field("text", ("sales document", "sales doc.", "verkaufsbeleg", "vertriebsbeleg"))
_LINE = Field("text", ("item", "sales document item", "position", "verkaufsbelegposition", "vertriebsbelegposition"))
_PRICE_UNIT = Field("number", ("price unit", "per", "preiseinheit"))
_BILL = Field("text", ("bill of material", "bom", "stückliste", "stuecklistennummer"))
_ALTERNATIVE = Field("text", ("alternative bom", "alternative", "alternativstückliste", "stücklistenalternative"))
_NODE = Field("text", ("item node", "bom item node number", "positionsknoten", "knoten"))
_GROUP = Field("text", ("group", "task list group", "plangruppe", "plannr"))
_INFO = Field("text", ("purchasing info rec.", "info record", "purchasing info record", "einkaufsinfosatz", "infosatz"))

FIELDS: Mapping[str, Mapping[str, Field]] = {
    "MARA": {
        "MATNR": _MATERIAL,
        "MATKL": Field("text", ("material group", "matl group", "warengruppe")),
        "LVORM": Field("text", ("df at client level", "deletion flag", "lvm mandantenebene", "löschvormerkung")),
    },
    "MAKT": {
        "MATNR": _MATERIAL,
        "SPRAS": Field("text", ("language", "language key", "sprache", "sprachenschlüssel")),
        "MAKTX": Field("text", ("material description", "description", "materialkurztext", "bezeichnung")),
    },
    "MARC": {
        "MATNR": _MATERIAL,
        "WERKS": _PLANT,
        "BESKZ": Field("text", ("procurement type", "beschaffungsart")),
        "PLIFZ": Field("number", ("planned deliv. time", "planned delivery time", "pl. deliv. time", "planlieferzeit")),
        "DZEIT": Field("number", ("in-house production", "in-house production time", "eigenfertigungszeit")),
        "WEBAZ": Field("number", ("gr processing time", "gr proc. time", "wareneingangsbearbeitungszeit",
                                  "we-bearbeitungszeit")),
        "EISBE": Field("number", ("safety stock", "sicherheitsbestand")),
        "MINBE": Field("number", ("reorder point", "meldebestand")),
        "BSTMI": Field("number", ("minimum lot size", "min. lot size", "mindestlosgröße", "mindestlosgroesse")),
        "BSTFE": Field("number", ("fixed lot size", "feste losgröße", "feste losgroesse")),
        "MABST": Field("number", ("maximum stock level", "max. stock level", "höchstbestand")),
        "STRGR": Field("text", ("strategy group", "planning strategy group", "strategiegruppe",
                                "planungsstrategiegruppe")),
        "SBDKZ": Field("text", ("individual/coll.", "individual/collective", "dep.requirements", "einzel/sammel",
                                "einzel-/sammelbedarf", "einzel/sammelbedarf")),
        "DISMM": Field("text", ("mrp type", "dispositionsmerkmal", "dispomerkmal")),
        "DISLS": Field("text", ("lot size", "lot sizing procedure", "lot size key", "dispolosgröße", "losgrößenschl.")),
        "LVORM": Field("text", ("df at plant level", "plant-deletion flag", "lvm werksebene", "löschvormerkung werk")),
    },
    "MBEW": {
        "MATNR": _MATERIAL,
        "BWKEY": Field("text", ("valuation area", "val. area", "bewertungskreis")),
        "VPRSV": Field("text", ("price control", "price ctrl", "preissteuerung")),
        "STPRS": Field("number", ("standard price", "standardpreis")),
        "VERPR": Field("number", ("moving price", "moving average price", "gleitender durchschnittspreis",
                                  "gleitender preis")),
        "PEINH": _PRICE_UNIT,
        "LBKUM": Field("number", ("total stock", "total valuated stock", "gesamtbestand")),
    },
    "VBAK": {
        "VBELN": _DOCUMENT,
        "VBTYP": Field("text", ("sd document categ.", "document category", "sd document category", "vertriebsbelegtyp",
                                "belegtyp")),
        "AUDAT": Field("date", ("document date", "doc. date", "belegdatum")),
        "ERDAT": Field("date", ("created on", "angelegt am")),
        "VDATU": Field("date", ("req. deliv. date", "req.dlv.date", "requested deliv.date", "wunschlieferdatum")),
        "KUNNR": Field("key", ("sold-to party", "sold-to pt", "customer", "auftraggeber", "kunde")),
    },
    "VBAP": {
        "VBELN": _DOCUMENT,
        "POSNR": _LINE,
        "MATNR": _MATERIAL,
        "WERKS": _PLANT,
        "KWMENG": Field("number", ("order quantity", "cumulative order quantity", "auftragsmenge",
                                   "kumulierte auftragsmenge")),
        "UMVKZ": Field("number", ("numerator", "conversion numerator", "zähler", "zaehler")),
        "UMVKN": Field("number", ("denominator", "conversion denominator", "nenner")),
        "ABGRU": Field("text", ("rejection reason", "reason for rejection", "absagegrund")),
    },
    "VBEP": {
        "VBELN": _DOCUMENT,
        "POSNR": _LINE,
        "EDATU": Field("date", ("delivery date", "schedule line date", "lieferdatum", "einteilungsdatum")),
        "WMENG": Field("number", ("order quantity", "order qty", "auftragsmenge")),
    },
    "MAST": {
        "MATNR": _MATERIAL,
        "WERKS": _PLANT,
        "STLAN": Field("text", ("bom usage", "stücklistenverwendung", "verwendung")),
        "STLNR": _BILL,
        "STLAL": _ALTERNATIVE,
    },
    "STKO": {
        "STLNR": _BILL,
        "STLAL": _ALTERNATIVE,
        "BMENG": Field("number", ("base quantity", "basismenge")),
    },
    "STAS": {"STLNR": _BILL, "STLAL": _ALTERNATIVE, "STLKN": _NODE},
    "STPO": {
        "STLNR": _BILL,
        "STLKN": _NODE,
        "IDNRK": Field("key", ("component", "bom component", "komponente", "stücklistenkomponente")),
        "MENGE": Field("number", ("quantity", "component quantity", "comp. qty (cun)", "menge", "komponentenmenge")),
        "AUSCH": Field("number", ("component scrap", "component scrap in percent", "ausschuss", "komponentenausschuss",
                                  "komponentenausschuß")),
        "POSTP": Field("text", ("item category", "positionstyp")),
    },
    "MAPL": {"MATNR": _MATERIAL, "WERKS": _PLANT, "PLNNR": _GROUP},
    "PLPO": {
        "PLNNR": _GROUP,
        "ARBID": Field("key", ("object id", "work center id", "objekt-id", "objekt-id des arbeitsplatzes", "resource")),
        "BMSCH": Field("number", ("base quantity", "basismenge")),
        "VGW02": Field("number", ("standard value 2", "machine", "vorgabewert 2", "maschine")),
        "VGE02": Field("text", ("unit of standard value 2", "unit machine", "einheit vorgabewert 2")),
        "VGW03": Field("number", ("standard value 3", "labor", "labour", "vorgabewert 3", "personal")),
        "VGE03": Field("text", ("unit of standard value 3", "unit labor", "einheit vorgabewert 3")),
    },
    "CRHD": {
        "OBJID": Field("key", ("object id", "objekt-id")),
        "ARBPL": Field("text", ("work center", "work ctr", "arbeitsplatz")),
        "WERKS": _PLANT,
    },
    "EINA": {"INFNR": _INFO, "MATNR": _MATERIAL},
    "EINE": {
        "INFNR": _INFO,
        "MATNR": _MATERIAL,
        "WERKS": _PLANT,
        "APLFZ": Field("number", ("planned deliv. time", "planned delivery time", "planlieferzeit")),
        "MINBM": Field("number", ("minimum qty", "minimum order quantity", "mindestmenge")),
    },
}  # fmt: skip
# Without these a table says nothing; the others are read where they are there.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "MARA": ("MATNR",),
    "MAKT": ("MATNR", "MAKTX"),
    "MARC": ("MATNR", "WERKS"),
    "MBEW": ("MATNR", "STPRS"),
    "VBAK": ("VBELN",),
    "VBAP": ("VBELN", "POSNR", "MATNR", "KWMENG"),
    "VBEP": ("VBELN", "POSNR", "EDATU"),
    "MAST": ("MATNR", "STLNR"),
    "STKO": ("STLNR", "BMENG"),
    "STPO": ("STLNR", "IDNRK", "MENGE"),
    "STAS": ("STLNR", "STLAL", "STLKN"),
    "MAPL": ("MATNR", "PLNNR"),
    "PLPO": ("PLNNR", "ARBID"),
    "CRHD": ("OBJID", "ARBPL"),
    "EINA": ("INFNR", "MATNR"),
    "EINE": ("APLFZ",),
}
# Where no heading is one of them, blanks would be taken for what SAP says: told, and asked for.
_ASKED: Mapping[str, tuple[str, ...]] = {
    "MARC": ("BESKZ", "PLIFZ", "DZEIT", "STRGR"),
    "MBEW": ("PEINH",),
    "VBAP": ("ABGRU",),
}
# Often left away, and asked for where a heading looks like one of them.
_DOUBTED: Mapping[str, tuple[str, ...]] = {
    "MARC": ("WEBAZ", "SBDKZ", "DISMM", "BSTFE", "DISLS"),
    "MBEW": ("VPRSV", "VERPR", "LBKUM"),
    "VBAK": ("AUDAT", "VDATU", "KUNNR", "VBTYP"),
    "STPO": ("AUSCH",),
}
# No scenario without them.
NEEDED_TABLES = ("MARC", "MBEW")


def table_of(path: Path) -> str | None:
    """The table that a file's name says, like ``SE16N_marc_2025.txt``; None for other files."""
    words = re.split(r"[^A-Z0-9]+", path.stem.upper()) if path.suffix.lower() in ENDINGS else []
    return next((word for word in words if word in FIELDS), None)


def key(cell: str) -> str:
    """A material, customer or object number without the zeros that SAP fills numbers up with.

    Examples
    --------
    >>> key("000000000000100123"), key("0A12"), key("000")
    ('100123', '0A12', '0')
    """
    text = visible(cell)
    return (text.lstrip("0") or "0") if text.isdecimal() else text


SAP = Layout(fields=FIELDS, needed=NEEDED, list_of=table_of, key=key, asked=_ASKED, doubted=_DOUBTED)
