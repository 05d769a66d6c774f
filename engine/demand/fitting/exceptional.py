"""Orders that are far larger than all others: projects, not demand that comes again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.demand.streams import Array

TIMES_OTHERS = 3.0
LEAST_ORDERS = 12
# Of few orders the largest is often thrice the next; it stands apart where it is this many times that.
FEW_ORDERS, TIMES_FEW = 6, 10.0
SHARE_OF_ORDERS = 0.01
MOST_ORDERS = 3
# More orders than that, up to this share, stand apart where they are as many times the others as of few.
SHARE_FAR_ABOVE = 0.05
WEEKS_OF_DEMAND = 4.0


def exceptional(sizes: Array, *, weekly: float) -> npt.NDArray[np.int64]:
    """Positions of orders that stand apart, the largest first.

    The few largest orders (1 in 100, and not more than three where there are few) stand apart where the smallest of
    them is more than `TIMES_OTHERS` times the largest of the others, and more than `WEEKS_OF_DEMAND` weeks of what the
    others sum up to; up to `SHARE_FAR_ABOVE` of the orders, where it is `TIMES_FEW` times. Of fewer than
    `LEAST_ORDERS` but `FEW_ORDERS` at least, one alone may, at `TIMES_FEW`.

    Parameters
    ----------
    sizes : shape (orders,)
    weekly : float
        Mean demand a week, these orders included.

    Examples
    --------
    >>> exceptional(np.array([10.0] * 100 + [600.0]), weekly=16.0).tolist()
    [100]
    """
    if len(sizes) < FEW_ORDERS:
        return np.zeros(0, dtype=np.int64)
    small = len(sizes) < LEAST_ORDERS
    most = 1 if small else max(MOST_ORDERS, int(SHARE_OF_ORDERS * len(sizes)))
    far_above = 0 if small else int(SHARE_FAR_ABOVE * len(sizes))
    order = np.argsort(-sizes, kind="stable")
    ranked, total = sizes[order], float(sizes.sum())
    for few in range(max(most, far_above), 0, -1):
        times = TIMES_FEW if small or few > most else TIMES_OTHERS
        others = weekly * (1.0 - float(ranked[:few].sum()) / total)
        if ranked[few - 1] > max(times * ranked[few], WEEKS_OF_DEMAND * others):
            return order[:few].astype(np.int64)
    return np.zeros(0, dtype=np.int64)
