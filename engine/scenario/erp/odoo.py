"""Odoo's routes and reordering rules, by version.

What differs between versions (source of `stock` of each): `qty_multiple` of a reordering rule rounds an order down so
that the maximum is kept up to 18.0, and is replaced by a unit of measure that rounds up in 19.0.
"""

from __future__ import annotations

VERSIONS = ("17.0", "18.0", "19.0")
DEFAULT_VERSION = "18.0"
# From here on lots are units of measure.
_LOTS_AS_UNITS = "19.0"
ON_ORDER = "Replenish on Order (MTO)"
PRODUCT, RULE = "product.template", "stock.warehouse.orderpoint"
# The precision "Product Unit of Measure" that Odoo is installed with.
DECIMALS = 2


def lots_as_units(version: str) -> bool:
    """Whether a reordering rule takes its lot from a unit of measure, and so rounds up.

    Examples
    --------
    >>> lots_as_units("18.0"), lots_as_units("19.0")
    (False, True)
    """
    return VERSIONS.index(version) >= VERSIONS.index(_LOTS_AS_UNITS)
