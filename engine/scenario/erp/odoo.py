"""Odoo's routes and reordering rules, by version.

What differs between versions (source of `stock` of each): `qty_multiple` of a reordering rule rounds an order down so
that the maximum is kept up to 18.0, and is replaced by a unit of measure that rounds up in 19.0.
"""

from __future__ import annotations

from enum import StrEnum


class OdooVersion(StrEnum):
    """Versions of Odoo whose rules are known, ascending."""

    v17 = "17.0"
    v18 = "18.0"
    v19 = "19.0"


VERSIONS = tuple(OdooVersion)
DEFAULT_VERSION = OdooVersion.v18
# From here on lots are units of measure.
_LOTS_AS_UNITS = OdooVersion.v19
ON_ORDER = "Replenish on Order (MTO)"
PRODUCT, RULE = "product.template", "stock.warehouse.orderpoint"
# The precision "Product Unit of Measure" that Odoo is installed with.
DECIMALS = 2


def lots_as_units(version: OdooVersion) -> bool:
    """Whether a reordering rule takes its lot from a unit of measure, and so rounds up.

    Examples
    --------
    >>> lots_as_units(OdooVersion.v18), lots_as_units(OdooVersion.v19)
    (False, True)
    """
    return VERSIONS.index(version) >= VERSIONS.index(_LOTS_AS_UNITS)
