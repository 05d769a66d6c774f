"""What Odoo calls a product: its reference, its names, its identifiers; and rows that are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from engine.scenario.checks.alike import folded
from engine.scenario.erp.odoo import ON_ORDER
from engine.scenario.importers.listings import column_or
from engine.scenario.importers.odoo.fields import key as shown_key
from engine.scenario.importers.units import BaseUnits

# Headings of groups in a list that was exported as it was grouped: "All / Saleable (12)".
_GROUP = r".* \(\d+\)"
_SERVICE = ("service", "dienstleistung", "serv")
# The route by its names: it was 'Make To Order' before 12.0.
_ON_ORDER = (ON_ORDER.lower(), "make to order", "(mto)", "auftragsbezogen")
_UNITS_OF = ("uom.uom", "Bigger Ratio")


@dataclass(frozen=True, slots=True)
class Names:
    """Keys of products by whatever other lists call them.

    Parameters
    ----------
    several : dict of str to list of str
        Name, shown name or identifier to the keys that it stands for: several where products are variants of one.
    """

    several: dict[str, list[str]] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """The one key of a name; the name itself where there is none, or are several."""
        keys = self.several.get(name, ())
        return keys[0] if len(keys) == 1 else name

    def keys(self, name: str) -> list[str]:
        """The keys of a name; the name itself where there is none."""
        return self.several.get(name, [name])


def group_rows(table: pd.DataFrame, first: str, others: Sequence[str]) -> pd.Series:
    """Which rows are headings of groups: a text with a count, and nothing else that is text."""
    match = table[first].str.fullmatch(_GROUP)
    for name in others:
        match &= column_or(table, name, "") == ""
    return match


def one_row_each(table: pd.DataFrame, notes: list[str]) -> tuple[pd.DataFrame, Names]:
    """Products by key, and what else they are called.

    The key is the internal reference, else the name. Rows without a name belong to the product above them: its second
    vendor, its second route. Services are no products here.

    Parameters
    ----------
    table : DataFrame
    notes : list of str
        What was done is added.
    """
    code = column_or(table, "default_code", "")
    groups = group_rows(table.assign(default_code=code), "default_code", ("name", "categ_id"))
    groups |= group_rows(table, "name", ("default_code", "categ_id")) if "categ_id" in table else False
    table, code = table[~groups], code[~groups]
    frame = table.assign(key=code.where(code != "", table["name"]))
    frame = frame.assign(record=(frame["key"] != "").cumsum())
    if "route_ids" in frame:
        routes = frame.groupby("record")["route_ids"].agg(lambda found: ", ".join(one for one in found if one))
        frame["route_ids"] = frame["record"].map(routes)
    variants = frame.loc[column_or(frame, "product_variant_ids/id", "") != ""]
    frame = frame[frame["key"] != ""]
    for gone, what in (
        (column_or(frame, "active", "true").str.lower().isin(("false", "falsch")), "archived"),
        (column_or(frame, "type", "").str.lower().isin(_SERVICE), "services"),
    ):
        left = gone.reindex(frame.index, fill_value=False)
        if left.any():
            notes.append(f"Left out, {what}: {int(left.sum()):,} products.")
        frame = frame[~left]
    double = frame["key"].duplicated()
    if double.any():
        shown = ", ".join(frame.loc[double, "key"].unique()[:10])
        notes.append(f"Products of one reference or name, the first of each is taken: {shown}.")
    frame = frame[~double]
    of_record = dict(zip(frame["record"], frame["key"], strict=True))
    called = [(name if field_name != "display_name" else shown_key(name), key)
              for field_name in ("name", "display_name", "id") if field_name in frame
              for name, key in zip(frame[field_name], frame["key"], strict=True)]  # fmt: skip
    if len(variants):
        ids = zip(variants["product_variant_ids/id"], variants["record"], strict=True)
        called += [(name.strip(), of_record[record]) for names, record in ids if record in of_record
                   for name in names.split(",")]  # fmt: skip
    keys = set(frame["key"])
    names: dict[str, list[str]] = {}
    for name, key in called:
        # A name that is another product's key is that product.
        if name and (name == key or name not in keys) and key not in names.setdefault(name, []):
            names[name].append(key)
    return frame.set_index("key"), Names(names)


def on_order(master: pd.DataFrame) -> set[str]:
    """Products with the route *Replenish on Order*."""
    routes = column_or(master, "route_ids", "").str.lower()
    return {str(name) for name in master.index if any(word in routes[name] for word in _ON_ORDER)}


def first_rules(rules: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The first reordering rule in use of each product, by its key."""
    rules = rules[~column_or(rules, "active", "true").str.lower().isin(("false", "falsch"))]
    keyed = rules.assign(product_id=rules["product_id"].map(names.key)).drop_duplicates("product_id")
    return keyed.set_index("product_id")


def base_units(master: pd.DataFrame, units: pd.DataFrame | None) -> BaseUnits:
    """The units that products are counted in, and what others are in them, by the list of units where it is there.

    Parameters
    ----------
    master : DataFrame
        Products by key.
    units : DataFrame or None
    """
    base = {str(name): str(unit) for name, unit in column_or(master, "uom_id", "").items()}
    sizes: dict[str, float] = {}
    if units is not None:
        size, inverse = (column_or(units, name, 0.0) for name in ("relative_factor", "factor_inv"))
        size = size.where(size > 0.0, inverse)
        ratio = column_or(units, "factor", 0.0)
        size = size.where(size > 0.0, (1.0 / ratio.where(ratio > 0.0)).fillna(0.0))
        for name in ("name", "id"):
            if name in units:
                sizes |= {folded(unit): float(many) for unit, many in zip(units[name], size, strict=True) if many > 0.0}
    return BaseUnits(base=base, own={}, sizes=sizes, asked=(_UNITS_OF, ("product.template", "Unit of Measure")))
