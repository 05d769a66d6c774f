"""Shelves under normal demand, stepped through on a grid of hours: by how much what waits grows as demand comes.

No formula of the model is in it, and no distribution of demand over a lead time. Demand is Brownian motion by its
increments; each part has come up to what was due when it was ordered, and its level. What waits is what the slowest
part lacks. A step's demand comes first, then its deliveries: late units are what waiting grows by in between, net of
what is taken back. Continuous review is a review at every step.
"""

import numpy as np

# Days of a step; reviews, lead times and waits are multiples of it.
STEP = 1.0 / 32.0


def late_share(parts, *, week, cv, wait, review, seed, runs=40, days=7000):
    """Share of the units that are late, and its standard error.

    Parameters
    ----------
    parts : list of tuple
        Lead time in days, level in units, units a product; finished stock is one of one unit.
    week, cv : float
        Mean demand of a week and its coefficient of variation.
    wait, review : float
        Days.
    """
    rng = np.random.default_rng([22, seed])
    steps, waits = round(days / STEP), round(wait / STEP)
    cycle = max(round(review / STEP), 1)
    longest = max(round(lead / STEP) for lead, _, _ in parts) + cycle
    increments = rng.normal(week / 7.0 * STEP, cv * week * (STEP / 7.0) ** 0.5, (runs, longest + steps + 1))
    # Units due before each step.
    due = np.concatenate([np.zeros((runs, 1)), np.cumsum(increments, axis=1)], axis=1)
    now = np.arange(longest, longest + steps)
    before = after = np.zeros((runs, steps))
    for lead, level, units in parts:
        ordered = (now - round(lead / STEP)) // cycle * cycle
        # What was due by then, and what customers had ordered ahead of it.
        at, then = np.minimum(now, ordered + waits), np.minimum(now + 1, ordered + waits)
        before = np.maximum(before, due[:, now] - due[:, at] - level / units)
        after = np.maximum(after, due[:, now + 1] - due[:, then] - level / units)
    share = (after - before).mean(axis=1) / (week / 7.0 * STEP)
    return float(share.mean()), float(share.std(ddof=1) / runs**0.5)
