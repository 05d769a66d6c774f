"""The grid of time: instants that are sums of the same days are the same instant, whoever adds them up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.demand.streams import Array

# A power of two: sums and differences of days on this grid are exact for ten thousand years.
TICKS_PER_DAY = 2.0**30


def on_ticks(days: npt.ArrayLike) -> Array:
    """Days to the nearest tick, a ten-thousandth of a second.

    A delivery that falls due at the instant of an order comes before it or after it by a rule then, not by rounding.

    Examples
    --------
    >>> float(on_ticks(0.1) + on_ticks(0.2) - on_ticks(0.3))
    0.0
    """
    return np.asarray(np.rint(np.asarray(days, dtype=np.float64) * TICKS_PER_DAY) / TICKS_PER_DAY)
