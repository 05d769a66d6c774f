"""What Odoo's routes and reordering rules hold today, field by field."""

from __future__ import annotations

from pathlib import Path

from engine.errors import ScenarioError
from engine.scenario.erp.odoo import ON_ORDER, PRODUCT, RULE
from engine.scenario.files.raw import cell_text
from engine.scenario.importers.listings import column_or, read_tables
from engine.scenario.importers.odoo.fields import ODOO, PRODUCTS, RULES
from engine.scenario.importers.odoo.names import first_rules, on_order, one_row_each

_QUANTITIES = ("product_min_qty", "product_max_qty", "qty_multiple")
_TRIGGERS = {"auto": "auto", "manu": "manual"}


def rules_today(folder: Path, *, decimal: str | None = None) -> dict[tuple[str, str, str], str]:
    """Product, model and field to the value as text, as far as lists of products and reordering rules say it.

    Parameters
    ----------
    folder : Path
        Of exports; see `engine.scenario.importers.odoo.convert`.
    decimal : str, optional
        The decimal sign, where the numbers do not tell.

    Raises
    ------
    ScenarioError
        With every fault of the export.
    """
    tables, faults = read_tables(folder, ODOO, needed=(PRODUCTS,), decimal=decimal, only=(PRODUCTS, RULES))
    if faults:
        raise ScenarioError(faults)
    master, names = one_row_each(tables[PRODUCTS], [])
    held: dict[tuple[str, str, str], str] = {}
    if "route_ids" in master:
        routed, route = on_order(master), f"route_ids: {ON_ORDER}"
        held |= {(str(name), PRODUCT, route): "yes" if name in routed else "no" for name in master.index}
    if RULES not in tables:
        return held
    rules = first_rules(tables[RULES], names)
    # What has no rule is not reordered.
    held |= {(str(name), RULE, "active"): "yes" if name in rules.index else "no" for name in master.index}
    for field in _QUANTITIES:
        if field in rules:
            held |= {(str(name), RULE, field): cell_text(value) for name, value in rules[field].fillna(0.0).items()}
    for name, cell in column_or(rules, "trigger", "").items():
        if trigger := _TRIGGERS.get(str(cell).lower()[:4]):
            held[str(name), RULE, "trigger"] = trigger
    return held
