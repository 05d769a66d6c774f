"""The models and fields that are read, with their headings in exports: technical, English, German."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from engine.scenario.checks.alike import visible
from engine.scenario.importers.layout import Field, Layout
from engine.scenario.importers.listings import ENDINGS
from engine.scenario.importers.odoo.variants import ONLY, VALUES

PRODUCTS, BILLS, LINES, RULES = "products", "bills of materials", "order lines", "reordering rules"
ORDERS, UNITS = "orders", "units of measure"
_PRODUCT = Field("key", ("product", "produkt", "product/display name", "product/internal reference",
                         "produkt/interne referenz", "product_id/id", "product_id/default_code"))
_UNIT = ("unit of measure", "product unit of measure", "uom", "unit", "maßeinheit", "mengeneinheit", "einheit")
_STATE = Field("text", ("status", "order status", "auftragsstatus"))
FIELDS: Mapping[str, Mapping[str, Field]] = {
    PRODUCTS: {
        "default_code": Field("text", ("internal reference", "interne referenz", "reference")),
        "display_name": Field("text", ("display name", "anzeigename", "angezeigter name")),
        "id": Field("text", ("external id", "externe id")),
        "product_variant_ids/id": Field("text", ("products/external id", "variants/external id",
                                                 "product variants/external id")),
        VALUES: Field("text", ("variant values", "variantenwerte", "attribute values", "attributwerte",
                               "product_template_attribute_value_ids", "varianten-werte")),
        "uom_id": Field("text", (*_UNIT, "uom_id/id", "unit of measure/name")),
        "type": Field("text", ("product type", "produkttyp", "produktart", "detailed_type")),
        "name": Field("text", ("name", "product name", "produktname", "bezeichnung")),
        "categ_id": Field("text", ("product category", "category", "produktkategorie", "product category/name")),
        "standard_price": Field("money", ("cost", "kosten")),
        "list_price": Field("money", ("sales price", "verkaufspreis")),
        "qty_available": Field("number", ("quantity on hand", "vorrätige menge", "bestandsmenge")),
        "route_ids": Field("text", ("routes", "routen", "routes/route", "routes/name")),
        "sale_delay": Field("number", ("customer lead time", "kundenlieferzeit", "vorlaufzeit kunde")),
        "produce_delay": Field("number", ("manufacturing lead time", "manuf. lead time", "fertigungsvorlaufzeit")),
        "seller_ids/delay": Field("number", ("vendors/delivery lead time", "vendors/lead time",
                                             "lieferanten/lieferzeit", "lieferanten/vorlaufzeit")),
        "seller_ids/min_qty": Field("number", ("vendors/quantity", "vendors/minimal quantity", "lieferanten/menge")),
        "active": Field("text", ("active", "aktiv")),
    },
    BILLS: {
        "product_tmpl_id": Field("key", ("product", "produkt", "product/display name", "product/internal reference",
                                         "produkt/interne referenz", "product_tmpl_id/id",
                                         "product_tmpl_id/default_code")),
        "product_id": Field("key", ("product variant", "produktvariante", "product variant/internal reference",
                                    "product_id/id")),
        "product_qty": Field("number", ("quantity", "menge")),
        "product_uom_id": Field("text", (*_UNIT, "product_uom_id/id")),
        "type": Field("text", ("bom type", "stücklistentyp", "stücklistenart")),
        "active": Field("text", ("active", "aktiv")),
        "produce_delay": Field("number", ("manufacturing lead time", "manuf. lead time", "fertigungsvorlaufzeit")),
        "bom_line_ids/product_id": Field("key", ("bom lines/component", "bom lines/product", "components/component",
                                                 "stücklistenpositionen/komponente", "stücklistenzeilen/komponente",
                                                 "bom lines/component/internal reference",
                                                 "components/component/internal reference",
                                                 "stücklistenpositionen/komponente/interne referenz",
                                                 "bom_line_ids/product_id/id",
                                                 "bom_line_ids/product_id/default_code")),
        "bom_line_ids/product_qty": Field("number", ("bom lines/quantity", "components/quantity",
                                                     "stücklistenpositionen/menge", "stücklistenzeilen/menge")),
        "bom_line_ids/product_uom_id": Field("text", (*(f"{lines}/{unit}" for lines in ("bom lines", "components",
                                                        "stücklistenpositionen") for unit in _UNIT),
                                                      "bom_line_ids/product_uom_id/id")),
        ONLY: Field("text", tuple(f"{lines}/{only}" for lines in ("bom lines", "components", "stücklistenpositionen",
                                                                  "stücklistenzeilen", "komponenten")
                                  for only in ("apply on variants", "auf varianten anwenden",
                                               "bei varianten anwenden"))),
        "operation_ids/workcenter_id": Field("text", ("operations/work center", "arbeitsgänge/arbeitsplatz")),
        "operation_ids/time_cycle": Field("number", ("operations/duration", "operations/manual duration",
                                                     "operations/default duration",
                                                     "operation_ids/time_cycle_manual", "arbeitsgänge/dauer")),
    },
    LINES: {
        "order_id": Field("text", ("order reference", "auftragsreferenz", "order")),
        "product_id": Field("key", (*_PRODUCT.headings, "product variant")),
        "product_uom_qty": Field("number", ("quantity", "ordered quantity", "menge", "bestellte menge")),
        "order_id/date_order": Field("date", ("order reference/order date", "order date", "auftragsdatum",
                                              "auftragsreferenz/auftragsdatum")),
        "order_id/commitment_date": Field("date", ("order reference/delivery date", "delivery date", "lieferdatum",
                                                   "auftragsreferenz/lieferdatum")),
        "order_partner_id": Field("text", ("customer", "kunde")),
        "product_uom": Field("text", (*_UNIT, "product_uom_id", "product_uom/id", "product_uom_id/id")),
        "state": _STATE,
    },
    # The same lines below each other in the list of orders, which is what most people export.
    ORDERS: {
        "name": Field("text", ("order reference", "auftragsreferenz", "number", "nummer")),
        "date_order": Field("date", ("order date", "auftragsdatum")),
        "commitment_date": Field("date", ("delivery date", "lieferdatum")),
        "partner_id": Field("text", ("customer", "kunde")),
        "state": _STATE,
        "order_line/product_id": Field("key", (*(f"{lines}/{product}" for lines in ("order lines", "auftragszeilen",
                                                 "auftragspositionen") for product in ("product", "produkt",
                                                 "product/internal reference", "produkt/interne referenz")),
                                               "order_line/product_id/id", "order_line/product_id/default_code")),
        "order_line/product_uom_qty": Field("number", ("order lines/quantity", "order lines/ordered quantity",
                                                       "auftragszeilen/menge", "auftragspositionen/menge")),
        "order_line/product_uom": Field("text", (*(f"{lines}/{unit}" for lines in ("order lines", "auftragszeilen",
                                                   "auftragspositionen") for unit in _UNIT),
                                                 "order_line/product_uom_id", "order_line/product_uom/id")),
    },
    UNITS: {
        "name": Field("text", ("unit of measure", "unit", "maßeinheit", "name", "unit name", "display_name")),
        "id": Field("text", ("external id", "externe id")),
        "factor_inv": Field("number", ("bigger ratio", "größeres verhältnis")),
        "factor": Field("number", ("ratio", "verhältnis")),
        "relative_factor": Field("number", ("contains", "enthält")),
    },
    RULES: {
        "product_id": Field("key", (*_PRODUCT.headings, "product variant")),
        "product_min_qty": Field("number", ("min quantity", "minimum quantity", "mindestmenge", "mindestbestand")),
        "product_max_qty": Field("number", ("max quantity", "maximum quantity", "maximalmenge", "höchstbestand")),
        "trigger": Field("text", ("trigger", "auslöser")),
        "qty_multiple": Field("number", ("multiple quantity", "qty multiple", "mehrfachmenge", "vielfaches")),
        "active": Field("text", ("active", "aktiv")),
    },
}  # fmt: skip
NEEDED: Mapping[str, tuple[str, ...]] = {
    PRODUCTS: ("name", "standard_price"),
    BILLS: ("product_tmpl_id", "bom_line_ids/product_id", "bom_line_ids/product_qty"),
    LINES: ("product_id", "product_uom_qty", "order_id/date_order"),
    RULES: ("product_id", "product_min_qty"),
    ORDERS: ("name", "date_order", "order_line/product_id", "order_line/product_uom_qty"),
    UNITS: ("name",),
}
# What a file's name holds, the first that fits: Odoo names exports by the model, people by what it is.
_NAMES = (
    (LINES, ("sale.order.line", "sales.order.line", "order.line")),
    (RULES, ("orderpoint", "reordering", "minimum.inventory")),
    (UNITS, ("uom.uom", "unit.of.measure", "units.of.measure")),
    (ORDERS, ("sale.order", "sales.order")),
    (BILLS, ("mrp.bom", "bill.of.material", "bom")),
    (PRODUCTS, ("product.template", "product.product", "product")),
)


def list_of(path: Path) -> str | None:
    """The list that a file's name says, like ``Product (product.template).xlsx``; None for other files."""
    if path.suffix.lower() not in ENDINGS:
        return None
    stem = re.sub(r"[^a-z]+", ".", path.stem.lower())
    return next((name for name, words in _NAMES if any(word in stem for word in words)), None)


def key(cell: str) -> str:
    """The internal reference that a product is shown with, else its name.

    Examples
    --------
    >>> key("[E-COM07] Large Cabinet"), key("Large Cabinet")
    ('E-COM07', 'Large Cabinet')
    """
    text = visible(cell)
    match = re.match(r"\[([^\]]+)\]", text)
    return match[1] if match else text


ODOO = Layout(fields=FIELDS, needed=NEEDED, list_of=list_of, key=key)
