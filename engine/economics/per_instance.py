"""What is worked out once for an instance, and kept as long as the instance is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from engine.economics.instance import Instance

T = TypeVar("T")


def per_instance(work: Callable[[Instance], T]) -> Callable[[Instance], T]:
    """A function of an instance that is called once for each.

    Parameters
    ----------
    work : callable
        What it returns is not changed afterwards.
    """
    kept: WeakKeyDictionary[Instance, T] = WeakKeyDictionary()

    @wraps(work)
    def once(instance: Instance) -> T:
        if instance not in kept:
            kept[instance] = work(instance)
        return kept[instance]

    return once
