"""Numbers that are read only where somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.demand.streams import Array


class Numbers:
    """Numbers of a solution, an array once asked for: HiGHS gives lists, which take as long to read as many a solve.

    Parameters
    ----------
    read : callable
    factor : array, optional
        What they are multiplied by.
    """

    __slots__ = ("_factor", "_read", "_values")

    def __init__(self, read: Callable[[], Any], factor: Array | None = None) -> None:
        self._read, self._factor = read, factor
        self._values: Array | None = None

    @property
    def values(self) -> Array:
        """The array."""
        if self._values is None:
            numbers = np.array(self._read(), dtype=np.float64)
            self._values = numbers if self._factor is None else numbers * self._factor
        return self._values
