"""Orders of sizes that have not been seen yet: what few orders leave open of how much their sizes differ.

Orders of rare demand come as often as before, but of their sizes few have been seen, and the largest hardly ever: where
sums of real spare parts lie above their range, an order is larger than all before it (docs/evidence/fit.md). To call
demand intermittent because its sizes are alike is by itself to choose those whose sizes happened to be.
"""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array

# Squared CV of sizes, and the number of orders that it weighs as much as: chosen on half of the spare parts, and looked
# at on the other half.
SIZE_CV2 = 1.5
SIZE_ORDERS = 15.0
_LEAST_ORDERS = 2


def unseen_sizes(sizes: Array, weeks: Array, cv: float) -> float:
    """What sizes that have not been seen add to the variance of a week, as a share of it.

    With r orders a week whose sizes have the squared CV c, a week has the squared CV (1 + c) / r where orders come at
    random. Of m orders c is known as badly as a variance is, and shrinks in logarithms, where it cannot fall below 0,
    towards that of others:

        log c' = (m log c + k log c0) / (m + k), k = K (1 - p),

    p being the share of weeks with sales: the more weeks have some, the more a week's sum tells by itself of how much
    sums differ. What is added is (c' - c) / (r cv^2), never less than nothing. Orders that are all alike are packs.

    Parameters
    ----------
    sizes : numpy.ndarray, shape (orders,)
        Units of each order; none where the lines are totals, of which weeks with sales count as orders.
    weeks : numpy.ndarray, shape (weeks,)
        Units of each week (bucket).
    cv : float
        Of a week (bucket).

    Examples
    --------
    >>> weeks = np.tile([4.0, 0.0, 0.0, 7.0, 0.0, 0.0, 0.0], 4)
    >>> few, none = unseen_sizes(weeks[weeks > 0.0], weeks, 1.8), unseen_sizes(np.full(8, 5.0), weeks, 1.8)
    >>> round(few, 2), none
    (0.38, 0.0)
    """
    orders = sizes if len(sizes) else weeks[weeks > 0.0]
    if len(orders) < _LEAST_ORDERS or cv <= 0.0:
        return 0.0
    mean, count = float(orders.mean()), len(orders)
    seen = float(orders.var(ddof=1)) / mean**2
    weight = SIZE_ORDERS * (1.0 - float((weeks > 0.0).mean()))
    if seen <= 1e-9 or weight == 0.0:
        return 0.0
    likely = float(np.exp((count * np.log(seen) + weight * np.log(SIZE_CV2)) / (count + weight)))
    rate = float(weeks.mean()) / mean
    return max(0.0, likely - seen) / (rate * cv**2)
