"""Decision variables of the two-stage program: which there are, along which axis, within which bounds.

Shapes: I products, C components, G resources, W samples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Booleans, Integers
from engine.economics.instance import ATO, MTS, Instance

Limit = float | Callable[[Instance], Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One family of variables.

    Parameters
    ----------
    meaning : str
    size : callable
        Length n of its axis in an instance.
    present : callable
        Which exist, shape (n,) or, of a sample each, (n, W).
    lower, upper : float or callable
        Bounds, one for all or shape (n,).
    sampled : bool
        One for each sample: decided when the sample is known.
    binary : bool
    """

    meaning: str
    size: Callable[[Instance], int]
    present: Callable[[Instance], Booleans]
    lower: Limit = 0.0
    upper: Limit = np.inf
    sampled: bool = False
    binary: bool = False

    def there(self, instance: Instance) -> Booleans:
        """Which exist, shape (n,), or (n, W) where there is one for each sample."""
        present = self.present(instance)
        return np.repeat(present[:, None], instance.samples, axis=1) if self.sampled and present.ndim == 1 else present

    def bounds(self, instance: Instance) -> tuple[Array, Array]:
        """Lower and upper bounds, both of shape (n,)."""
        lower, upper = (limit(instance) if callable(limit) else limit for limit in (self.lower, self.upper))
        size = self.size(instance)
        return np.full(size, lower), np.full(size, upper)


def choice(product: Integers, strategy: int | Integers) -> Integers:
    """Place of x[i, k] along its axis."""
    return np.asarray(3 * product + strategy)


def stocked_products(instance: Instance) -> Booleans:
    """Products whose finished stock is left to the program, shape (I,)."""
    return instance.allowed[:, MTS] & (not instance.stock_decided)


def waiting_products(instance: Instance) -> Booleans:
    """Products that may be assembled to order from a part that is ever exposed, shape (I,)."""
    waiting = np.zeros(len(instance.products), dtype=bool)
    waiting[instance.edges.product] = True
    return waiting & instance.allowed[:, ATO]


def used_parts(instance: Instance) -> Booleans:
    """Parts that some such product uses while they are exposed, shape (C,)."""
    return instance.parts_of(instance.allowed[:, ATO])


def losing_stocks(instance: Instance) -> Booleans:
    """Products in `stocked_products` whose late units cost something, shape (I,)."""
    return stocked_products(instance) & (instance.lost > 0.0)


def _products(instance: Instance) -> int:
    return len(instance.products)


def _parts(instance: Instance) -> int:
    return len(instance.components)


def _resources(instance: Instance) -> int:
    return 0 if instance.capacity is None else len(instance.capacity.names)


def _of_resources(instance: Instance, field: str) -> Array:
    """A field of the capacity, shape (G,)."""
    return np.zeros(0) if instance.capacity is None else np.asarray(getattr(instance.capacity, field))


def _one(_: Instance) -> int:
    return 1


def _risk(instance: Instance) -> Booleans:
    return np.array([instance.cvar_weight > 0.0])


VARIABLES: dict[str, Variable] = {
    "x": Variable(
        meaning="strategy", size=lambda m: 3 * len(m.products), upper=1.0, binary=True,
        present=lambda m: m.allowed.ravel(),
    ),
    "S": Variable(
        meaning="reorder level of finished stock", size=_products, lower=-np.inf, present=stocked_products,
    ),
    "B": Variable(
        meaning="late backlog of finished stock", size=_products, sampled=True, present=stocked_products,
    ),
    "late_mts": Variable(meaning="late units a day from finished stock", size=_products, present=losing_stocks),
    "Sc": Variable(
        meaning="reorder level of a component", size=_parts, lower=lambda m: 0.0 - m.parts.batch, present=used_parts,
    ),
    "stocked": Variable(
        meaning="component is stocked", size=_parts, upper=1.0,
        present=lambda m: used_parts(m) & m.parts.stocked_by_choice,
    ),
    "w": Variable(
        meaning="late units assembled to order", size=_products, sampled=True,
        present=lambda m: waiting_products(m)[:, None] & (m.edges.peak > 0.0),
    ),
    "O": Variable(
        meaning="overtime hours of a bucket", size=_resources, sampled=True,
        upper=lambda m: _of_resources(m, "overtime"),
        present=lambda m: np.ones(_resources(m), dtype=bool),
    ),
    "U": Variable(
        meaning="outsourced hours of a bucket", size=_resources, sampled=True,
        present=lambda m: _of_resources(m, "outsourcing") > 0,
    ),
    "eta": Variable(meaning="value at risk of the yearly cost", size=_one, lower=-np.inf, present=_risk),
    "excess": Variable(meaning="cost above the value at risk", size=_one, sampled=True, present=_risk),
}  # fmt: skip
SAMPLED = frozenset(name for name, variable in VARIABLES.items() if variable.sampled)


def sizes(instance: Instance) -> dict[str, int]:
    """Length of each variable's own axis."""
    return {name: variable.size(instance) for name, variable in VARIABLES.items()}
