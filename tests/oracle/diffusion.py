"""Shelves under normal demand, stepped through on a grid of hours: by how much what waits grows as demand comes.

No formula of the model is in it, and no distribution of demand over a lead time. Demand is Brownian motion by its
increments; each part has come up to what was due when it was ordered, and its level. What waits is what the slowest
part lacks. A step's demand comes first, then its deliveries: late units are what waiting grows by in between, net of
what is taken back. Continuous review is a review at every step.
"""

import numpy as np

from tests.evidence import FULL

# Days of a step; reviews, lead times and waits are multiples of it.
STEP = 1.0 / 32.0
# Of a run.
DAYS = 7000 if FULL else 2000


def late_share(parts, *, week, cv, wait, review, seed, runs=40, days=DAYS):
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
    now = np.arange(longest, longest + steps)
    looked_at = []
    for lead, level, units in parts:
        ordered = (now - round(lead / STEP)) // cycle * cycle
        # What was due by then, and what customers had ordered ahead of it.
        looked_at.append((np.minimum(now, ordered + waits), np.minimum(now + 1, ordered + waits), level / units))
    share = np.zeros(runs)
    # Run by run: what one of them takes stays in the processor's cache.
    for k in range(runs):
        increments = rng.normal(week / 7.0 * STEP, cv * week * (STEP / 7.0) ** 0.5, longest + steps + 1)
        # Units due before each step.
        due = np.concatenate([[0.0], np.cumsum(increments)])
        before = after = np.zeros(steps)
        for at, then, level in looked_at:
            before = np.maximum(before, due[longest:-2] - due[at] - level)
            after = np.maximum(after, due[longest + 1 : -1] - due[then] - level)
        share[k] = (after - before).mean() / (week / 7.0 * STEP)
    return float(share.mean()), float(share.std(ddof=1) / runs**0.5)
