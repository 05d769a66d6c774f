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


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One family of variables.

    Parameters
    ----------
    meaning : str
    present : callable
        Which exist in an instance, shape (n,) or, of a sample each, (n, W).
    lower, upper : callable
        Bounds, shape (n,).
    sampled : bool
        One for each sample: decided when the sample is known.
    binary : bool
    """

    meaning: str
    present: Callable[[Instance], Booleans]
    lower: Callable[[Instance], Array]
    upper: Callable[[Instance], Array]
    sampled: bool = False
    binary: bool = False


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
    used = np.zeros(len(instance.components), dtype=bool)
    used[instance.edges.component[instance.allowed[instance.edges.product, ATO]]] = True
    return used


def losing_stocks(instance: Instance) -> Booleans:
    """Products in `stocked_products` whose late units cost something, shape (I,)."""
    return stocked_products(instance) & (instance.lost > 0.0)


def _resources(instance: Instance) -> int:
    return 0 if instance.capacity is None else len(instance.capacity.names)


def _every_sample(rows: Booleans, instance: Instance) -> Booleans:
    return np.repeat(rows[:, None], instance.samples, axis=1)


def _constant(value: float, size: Callable[[Instance], int]) -> Callable[[Instance], Array]:
    return lambda instance: np.full(size(instance), value)


def _products(instance: Instance) -> int:
    return len(instance.products)


def _parts(instance: Instance) -> int:
    return len(instance.components)


def _choices(instance: Instance) -> int:
    return 3 * len(instance.products)


def _outsourcing(instance: Instance) -> Booleans:
    return np.zeros(0, dtype=bool) if instance.capacity is None else instance.capacity.outsourcing


def _one(_: Instance) -> int:
    return 1


VARIABLES: dict[str, Variable] = {
    "x": Variable(
        meaning="strategy", binary=True, present=lambda m: m.allowed.ravel(), lower=_constant(0.0, _choices),
        upper=_constant(1.0, _choices),
    ),
    "S": Variable(
        meaning="reorder level of finished stock", present=stocked_products, lower=_constant(-np.inf, _products),
        upper=_constant(np.inf, _products),
    ),
    "B": Variable(
        meaning="late backlog of finished stock", sampled=True,
        present=lambda m: _every_sample(stocked_products(m), m), lower=_constant(0.0, _products),
        upper=_constant(np.inf, _products),
    ),
    "late_mts": Variable(
        meaning="late units a day from finished stock", present=losing_stocks, lower=_constant(0.0, _products),
        upper=_constant(np.inf, _products),
    ),
    "Sc": Variable(
        meaning="reorder level of a component", present=used_parts, lower=lambda m: 0.0 - m.parts.batch,
        upper=_constant(np.inf, _parts),
    ),
    "stocked": Variable(
        meaning="component is stocked", present=lambda m: used_parts(m) & m.parts.stocked_by_choice,
        lower=_constant(0.0, _parts), upper=_constant(1.0, _parts),
    ),
    "w": Variable(
        meaning="late units assembled to order", sampled=True,
        present=lambda m: waiting_products(m)[:, None] & (m.edges.peak > 0.0), lower=_constant(0.0, _products),
        upper=_constant(np.inf, _products),
    ),
    "O": Variable(
        meaning="overtime hours of a bucket", sampled=True,
        present=lambda m: _every_sample(np.ones(_resources(m), dtype=bool), m), lower=_constant(0.0, _resources),
        upper=lambda m: np.zeros(0) if m.capacity is None else m.capacity.overtime,
    ),
    "U": Variable(
        meaning="outsourced hours of a bucket", sampled=True, present=lambda m: _every_sample(_outsourcing(m), m),
        lower=_constant(0.0, _resources), upper=_constant(np.inf, _resources),
    ),
    "eta": Variable(
        meaning="value at risk of the yearly cost", present=lambda m: np.array([m.cvar_weight > 0.0]),
        lower=_constant(-np.inf, _one), upper=_constant(np.inf, _one),
    ),
    "excess": Variable(
        meaning="cost above the value at risk", sampled=True,
        present=lambda m: _every_sample(np.array([m.cvar_weight > 0.0]), m), lower=_constant(0.0, _one),
        upper=_constant(np.inf, _one),
    ),
}  # fmt: skip
SAMPLED = frozenset(name for name, variable in VARIABLES.items() if variable.sampled)


def sizes(instance: Instance) -> dict[str, int]:
    """Length of each variable's own axis."""
    return {
        "x": _choices(instance), "S": _products(instance), "B": _products(instance), "late_mts": _products(instance),
        "Sc": _parts(instance), "stocked": _parts(instance), "w": _products(instance), "O": _resources(instance),
        "U": _resources(instance), "eta": 1, "excess": 1,
    }  # fmt: skip
