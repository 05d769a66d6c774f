"""Parts that are bought after the order, of products that wait for other parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Integers, added_up, along


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """Bill-of-material lines whose part is bought for each order and comes when the order needs it.

    No such part is stocked. It lies on the shelf as long as its unit waits for a part that is: a_ci w_i units.
    Only lines of products with a part that may run short are here; of others nothing waits.

    Parameters
    ----------
    product, component : shape (B,)
    quantity : shape (B,)
        a_ci.
    """

    product: Integers = along("bought", of="product")
    component: Integers = along("bought", of="component")
    quantity: Array = along("bought")

    def of_products(self, value: Array, products: int) -> Array:
        """What one unit of each product has of these parts, sum_c a_ci value_c; shape (products, ...).

        Parameters
        ----------
        value : shape (C, ...)
            Of a unit of each part.
        products : int
        """
        return added_up(self._scaled(value[self.component]), self.product, products)

    def of_components(self, units: Array, components: int) -> Array:
        """Parts on the shelf with units that wait, sum_i a_ci units_i; shape (components, ...).

        Parameters
        ----------
        units : shape (I, ...)
        components : int
        """
        return added_up(self._scaled(units[self.product]), self.component, components)

    def with_product(self, i: int, other: Bought) -> Bought:
        """These lines with those of product i as in `other`, an instance of that product alone with all components."""
        others = self.product != i
        return Bought(
            product=np.concatenate([self.product[others], np.full(len(other.product), i, dtype=np.int64)]),
            component=np.concatenate([self.component[others], other.component]),
            quantity=np.concatenate([self.quantity[others], other.quantity]),
        )

    def _scaled(self, values: Array) -> Array:
        scaled: Array = values * self.quantity.reshape(-1, *(1,) * (values.ndim - 1))
        return scaled
