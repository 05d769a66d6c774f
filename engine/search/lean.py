"""The instance that pays for inventory and nothing else: whether any plan keeps a budget, and which."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.economics.instance import Instance
from engine.economics.prices import TERMS, Prices


def lean(instance: Instance) -> Instance:
    """The same products under the same rules but for the budget (C7), the cost of a plan its inventory value.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    """
    return replace(instance, budget=None, cvar_weight=0.0, prices=_value_alone(instance))


def _value_alone(instance: Instance) -> Prices:
    """The unit cost of what is on hand, as if it were holding."""
    now = instance.prices
    free = Prices(**{name: np.zeros_like(getattr(now, name)) for name in now.__slots__})
    holding = TERMS.index("holding")
    free.on_hand[:, holding] = instance.unit_cost
    free.part_on_hand[:, holding] = instance.parts.unit_cost
    return free
