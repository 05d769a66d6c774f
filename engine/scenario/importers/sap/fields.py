"""The tables and fields that are read, with their headings: technical, English, German."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from engine.scenario.checks.alike import visible
from engine.scenario.importers.layout import Field, Layout
from engine.scenario.importers.listings import ENDINGS

_MATERIAL = Field("key", ("material", "material number", "materialnummer", "article", "artikel", "material no."))
_PLANT = Field("text", ("plant", "werk", "plnt"))
_DOCUMENT = Field("text", ("sales document", "sales doc.", "verkaufsbeleg", "vertriebsbeleg",
                           "sd document", "sales doc"))
_LINE = Field("text", ("item", "sales document item", "item (sd)", "position", "position (sd)", "verkaufsbelegposition",
                       "vertriebsbelegposition"))
_SALES_UNIT = Field("text", ("sales unit", "verkaufsmengeneinheit", "verkaufs-me"))
_GONE = Field("text", ("deletion indicator", "deletion flag", "löschkennzeichen", "löschvormerkung"))
_PRICE_UNIT = Field("number", ("price unit", "per", "preiseinheit", "pro", "pe"))
_BILL = Field("text", ("bill of material", "bom", "stückliste", "stuecklistennummer"))
_ALTERNATIVE = Field("text", ("alternative bom", "alternative", "altbom", "alt. bom", "alternativstückliste",
                              "alternative stückliste", "stücklistenalternative", "alt"))
_NODE = Field("text", ("item node", "bom item node number", "positionsknoten", "knoten"))
_GROUP = Field("text", ("group", "task list group", "plangruppe", "plannr"))
_COUNTER = Field("text", ("group counter", "plangruppenzähler"))
_OPERATION = Field("text", ("task list node", "node", "plan-knoten", "knoten"))
_INFO = Field("text", ("purchasing info rec.", "info record", "purchasing info record", "einkaufsinfosatz", "infosatz"))

FIELDS: Mapping[str, Mapping[str, Field]] = {
    "MARA": {
        "MATNR": _MATERIAL,
        "MATKL": Field("text", ("material group", "matl group", "warengruppe", "warengrp.", "matl grp")),
        "MEINS": Field("text", ("base unit of measure", "base unit", "basismengeneinheit", "basis-me",
                                "bun", "bme")),
        "LVORM": Field("text", ("df at client level", "deletion flag", "lvm mandantenebene", "löschvormerkung",
                                "flag material for deletion at client level", "löschvormerkung auf mandantenebene")),
    },
    "MARM": {
        "MATNR": _MATERIAL,
        "MEINH": Field("text", ("alternative unit of measure", "alternative unit", "alternativmengeneinheit",
                                "alternative mengeneinheit", "alternativ-me")),
        "UMREZ": Field("number", ("numerator", "counter", "zähler")),
        "UMREN": Field("number", ("denominator", "nenner")),
    },
    "MAKT": {
        "MATNR": _MATERIAL,
        "SPRAS": Field("text", ("language", "language key", "sprache", "sprachenschlüssel", "lang.", "spr")),
        "MAKTX": Field("text", ("material description", "description", "materialkurztext", "bezeichnung", "kurztext",
                                "materialbezeichnung", "object description", "objektbezeichnung")),
    },
    "MARC": {
        "MATNR": _MATERIAL,
        "WERKS": _PLANT,
        "BESKZ": Field("text", ("procurement type", "proc. type", "procurement", "beschaffungsart", "pty",
                                "besch.art")),
        "PLIFZ": Field("number", ("planned deliv. time", "planned delivery time", "pl. deliv. time", "planlieferzeit",
                                  "planned delivery time in days", "planlieferzeit in tagen", "pdt",
                                  "pdt (days)", "plz")),
        "DZEIT": Field("number", ("in-house production", "in-house production time", "in-house prodn",
                                  "in-house production time in days", "eigenfertigungszeit", "eigenfert.zeit",
                                  "eigenfertigungszeit in tagen", "in-house prod. time", "ipt", "efz")),
        "WEBAZ": Field("number", ("gr processing time", "gr proc. time", "goods receipt processing time",
                                  "goods receipt processing time in days", "gr processing time in days",
                                  "wareneingangsbearbeitungszeit", "we-bearbeitungszeit", "we-bearb.zeit",
                                  "wareneingangsbearbeitungszeit in tagen",
                                  "bearbeitungszeit für den wareneingang in tagen", "grt", "wez", "web")),
        "EISBE": Field("number", ("safety stock", "sicherheitsbestand", "sichbestand")),
        "MINBE": Field("number", ("reorder point", "meldebestand")),
        "BSTMI": Field("number", ("minimum lot size", "min. lot size", "mindestlosgröße")),
        "BSTFE": Field("number", ("fixed lot size", "feste losgröße")),
        "MABST": Field("number", ("maximum stock level", "max. stock level", "höchstbestand")),
        "STRGR": Field("text", ("strategy group", "strat. group", "planning strategy group", "strategiegruppe",
                                "planungsstrategiegruppe", "strategygr", "strgr.")),
        "SBDKZ": Field("text", ("individual/coll.", "individual/collective", "individual/collect.", "dep.requirements",
                                "individual/collective requirements", "einzel/sammel", "einzel/sammelbedarf",
                                "einzel- und sammelbedarf", "kennzeichen für einzel- und sammelbedarf", "indiv./coll.",
                                "kennzeichen für sekundärbedarf für einzel- und sammelbedarf",
                                "dependent requirements ind. for individual and coll. reqmts")),
        "SOBSL": Field("text", ("special procurement", "special procurement type", "special procurem.",
                                "sonderbeschaffung", "sonderbeschaffungsart", "sonderbeschaffungsschlüssel")),
        "DISMM": Field("text", ("mrp type", "dispositionsmerkmal", "dispomerkmal", "dispmerkmal")),
        "DISLS": Field("text", ("lot size", "lot sizing procedure", "lot size key", "dispolosgröße", "losgrößenschl.",
                                "losgrößenverfahren", "lot sizing procedure within materials planning", "losgröße",
                                "losgrößenverfahren in der materialplanung", "losgrößenverfahren in der disposition",
                                "ls")),
        "LVORM": Field("text", ("df at plant level", "plant-deletion flag", "lvm werksebene", "löschvormerkung werk",
                                "flag material for deletion at plant level", "löschvormerkung auf werksebene",
                                "deletion flag", "löschvormerkung")),
    },
    "MBEW": {
        "MATNR": _MATERIAL,
        "BWKEY": Field("text", ("valuation area", "val. area", "bewertungskreis", "vala", "bewkr")),
        "BWTAR": Field("text", ("valuation type", "bewertungsart")),
        "VPRSV": Field("text", ("price control", "price ctrl", "price control indicator", "preissteuerung",
                                "kennzeichen preissteuerung", "preissteuerungskennzeichen", "vps", "pr.")),
        "STPRS": Field("money", ("standard price", "std price", "standardpreis")),
        "VERPR": Field("money", ("moving price", "moving average price", "periodic unit price", "movavgprice",
                                  "moving average price/periodic unit price", "gleitender durchschnittspreis",
                                  "gleitender preis", "gleitdurchschnpreis", "periodischer verrechnungspreis",
                                  "gleitender durchschnittspreis/periodischer verrechnungspreis")),
        "PEINH": _PRICE_UNIT,
        "LBKUM": Field("number", ("total stock", "total valuated stock", "gesamtbestand",
                                  "gesamter bewerteter bestand", "bewerteter gesamtbestand")),
    },
    "VBAK": {
        "VBELN": _DOCUMENT,
        "VBTYP": Field("text", ("sd document categ.", "document category", "sd document category", "vertriebsbelegtyp",
                                "belegtyp", "doc. category", "doc.cat.")),
        "AUDAT": Field("date", ("document date", "doc. date", "belegdatum", "document date (date received/sent)",
                                "belegdatum (eingangsdatum/ausgangsdatum)")),
        "ERDAT": Field("date", ("created on", "angelegt am", "record created on", "date on which record was created",
                                "date on which the record was created", "erstellt am", "anlegedatum",
                                "datum, an dem der satz hinzugefügt wurde")),
        "VDATU": Field("date", ("req. deliv. date", "req.dlv.date", "requested deliv.date", "requested delivery date",
                                "reqd deliv. date", "req.dlv.dt", "wunschlieferdatum")),
        "KUNNR": Field("key", ("sold-to party", "sold-to pt", "customer", "auftraggeber", "kunde")),
    },
    "VBAP": {
        "VBELN": _DOCUMENT,
        "POSNR": _LINE,
        "MATNR": _MATERIAL,
        "WERKS": _PLANT,
        "KWMENG": Field("number", ("order quantity", "cumulative order quantity", "cumulative order qty",
                                   "auftragsmenge", "cumulative order quantity in sales units",
                                   "kumulierte auftragsmenge",
                                   "kum.auftragsmenge", "kumulierte auftragsmenge in verkaufsmengeneinheit",
                                   "order qty", "cumul.order qty", "kumulierte auftragsmenge in vme")),
        "VRKME": _SALES_UNIT,
        "ERDAT": Field("date", ("created on", "angelegt am")),
        "UMVKZ": Field("number", ("numerator", "conversion numerator", "zähler", "zaehler")),
        "UMVKN": Field("number", ("denominator", "conversion denominator", "nenner")),
        "ABGRU": Field("text", ("rejection reason", "reason for rejection", "absagegrund", "rejection",
                                "reason for rejection of quotations and sales orders",
                                "reason for rejection of sales documents",
                                "absagegrund für angebote und aufträge")),
    },
    "VBEP": {
        "VBELN": _DOCUMENT,
        "POSNR": _LINE,
        "EDATU": Field("date", ("delivery date", "schedule line date", "lieferdatum", "einteilungsdatum", "deliv. date",
                                "lieferdatum der einteilung")),
        "WMENG": Field("number", ("order quantity", "order qty", "order quantity in sales units", "auftragsmenge",
                                  "auftragsmenge des kunden in vme", "auftragsmenge in verkaufsmengeneinheit",
                                  "auftragsmenge des kunden in verkaufsmengeneinheiten")),
    },
    "MAST": {
        "MATNR": _MATERIAL,
        "WERKS": _PLANT,
        "STLAN": Field("text", ("bom usage", "stücklistenverwendung", "verwendung", "usage")),
        "STLNR": _BILL,
        "STLAL": _ALTERNATIVE,
    },
    "STKO": {
        "STLNR": _BILL,
        "STLAL": _ALTERNATIVE,
        "BMENG": Field("number", ("base quantity", "basismenge", "base qty")),
        "BMEIN": Field("text", ("base unit of measure", "base unit of measure for bom", "bom base unit",
                                "basismengeneinheit")),
        "STLST": Field("text", ("bom status", "stücklistenstatus")),
        "LKENZ": _GONE,
    },
    "STAS": {"STLNR": _BILL, "STLAL": _ALTERNATIVE, "STLKN": _NODE, "LKENZ": _GONE},
    "STPO": {
        "STLNR": _BILL,
        "STLKN": _NODE,
        "IDNRK": Field("key", ("component", "bom component", "komponente", "stücklistenkomponente")),
        "MENGE": Field("number", ("quantity", "component quantity", "comp. qty (cun)", "menge", "komponentenmenge",
                                  "comp. qty", "comp. quantity")),
        "MEINS": Field("text", ("component unit of measure", "component unit", "unit of measure", "mengeneinheit",
                                "komponentenmengeneinheit", "komponenten-me")),
        "DUMPS": Field("text", ("phantom item", "dummyposition")),
        "LKENZ": _GONE,
        "AUSCH": Field("number", ("component scrap", "component scrap in percent", "ausschuss", "komponentenausschuss",
                                  "komponentenausschuß in prozent", "component scrap (%)",
                                  "komponentenausschuss (%)", "auss%")),
        "POSTP": Field("text", ("item category", "positionstyp", "item category (bill of material)", "ict",
                                "positionstyp (stückliste)")),
    },
    "MAPL": {"MATNR": _MATERIAL, "WERKS": _PLANT, "PLNNR": _GROUP, "PLNAL": _COUNTER,
             "LOEKZ": _GONE},
    # Which operations belong to which alternative of a group.
    "PLAS": {"PLNNR": _GROUP, "PLNAL": _COUNTER, "PLNKN": _OPERATION, "LOEKZ": _GONE},
    "PLPO": {
        "PLNNR": _GROUP,
        "PLNKN": _OPERATION,
        "LOEKZ": _GONE,
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
    "MARM": ("MATNR", "MEINH", "UMREZ", "UMREN"),
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
    "PLAS": ("PLNNR", "PLNAL", "PLNKN"),
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


SAP = Layout(fields=FIELDS, needed=NEEDED, list_of=table_of, key=key, asked=_ASKED, doubted=_DOUBTED, whole_rows=True,
             shortened=True)
