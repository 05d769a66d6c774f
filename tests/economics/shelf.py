"""One stock item simulated step by step, or order by order: bookkeeping only, no formula of the engine."""

import numpy as np
from scipy import special

from tests.evidence import FULL

STEPS_PER_DAY = 4
# What is asked of the means is 2%.
RUNS, ORDERS = (2000, 2_000_000) if FULL else (1000, 2_000_000)


def periodic(
    *, level, batch=0.0, demand_per_week, cv, lead_days, lead_cv=0.0, review_days=7, wait_days=0.0, runs=RUNS,
    weeks=200, warm_up=20, seed=7,
):  # fmt: skip
    """Gamma demand, review every `review_days`: mean units on hand and late, and units a day that become late.

    Orders are due `wait_days` after they come in and ship then, never early. At a review the position (stock,
    on order, less every order known) is raised to the level, or by whole batches to above it. Lead times wander
    slowly from review to review, so that deliveries do not overtake each other.
    """
    rng = np.random.default_rng(seed)
    step = 1.0 / STEPS_PER_DAY
    review, wait = round(review_days / step), round(wait_days / step)
    size = int((lead_days * (1 + 8 * lead_cv) + review_days) / step) + 2
    pipeline = np.zeros((size, runs))
    due = np.zeros((wait + 1, runs))
    net = np.full(runs, float(level))
    position = net.copy()
    if batch:
        extra = batch * (rng.permutation(runs) + 0.5) / runs
        net, position = net + extra, position + extra
    wander = special.ndtri((rng.permutation(runs) + 0.5) / runs)
    shape, scale = step / 7 / cv**2, demand_per_week * cv**2
    held, owed, grown = np.zeros(runs), np.zeros(runs), np.zeros(runs)
    latest = np.zeros(runs, dtype=int)
    total, skip = round(weeks * 7 / step), round(warm_up * 7 / step)
    everyone = np.arange(runs)
    for t in range(total):
        net += pipeline[t % size]
        pipeline[t % size] = 0.0
        if t % review == 0:
            short = level - position
            order = np.maximum(np.floor(short / batch) + 1, 0.0) * batch if batch else short
            lead = np.full(runs, round(lead_days / step))
            if lead_cv:
                wander = 0.97 * wander + (1 - 0.97**2) ** 0.5 * rng.standard_normal(runs)
                days = special.gammaincinv(1 / lead_cv**2, special.ndtr(wander)) * lead_days * lead_cv**2
                lead = np.minimum(np.round(days / step).astype(int), size - 1)
            latest = np.maximum(latest, t + lead)
            pipeline[latest % size, everyone] += order
            position += order
            here = latest == t
            net[here] += pipeline[t % size, here]
            pipeline[t % size, here] = 0.0
        demand = rng.gamma(shape, scale, runs)
        position -= demand
        due[t % (wait + 1)] = demand
        before = net.copy()
        net -= due[(t - wait) % (wait + 1)]
        if t >= skip:
            # Demand falls anywhere within the step, so both of its ends count half.
            held += np.maximum(before, 0)
            held += np.maximum(net, 0)
            late_before, late = np.minimum(before, 0), np.minimum(net, 0)
            owed -= late_before
            owed -= late
            grown += late_before
            grown -= late
    steps = total - skip
    return held.mean() / 2 / steps, owed.mean() / 2 / steps, grown.mean() / steps / step


def net_at_zero(
    *, orders_per_day, sizes, lead_days, wait_days=0.0, review_days=7, runs=400, weeks=200, warm_up=20, seed=7
):
    """Orders of these sizes, each as often as another, from a stock with level zero: its net stock at every step.

    At another level it is so much higher: what is ordered at a review is what came in since the last one.
    """
    rng = np.random.default_rng(seed)
    steps = [round(days * STEPS_PER_DAY) for days in (lead_days, wait_days, review_days)]
    lead, wait, review = steps
    pipeline, due = np.zeros((lead + 1, runs)), np.zeros((wait + 1, runs))
    net, position, seen = np.zeros(runs), np.zeros(runs), []
    for t in range(weeks * 7 * STEPS_PER_DAY):
        if t % review == 0:
            pipeline[(t + lead) % (lead + 1)] += -position
            position[:] = 0.0
        net += pipeline[t % (lead + 1)]
        pipeline[t % (lead + 1)] = 0.0
        came = rng.poisson(orders_per_day / STEPS_PER_DAY, runs)
        of = np.repeat(np.arange(runs), came)
        demand = np.bincount(of, weights=rng.choice(sizes, len(of)), minlength=runs)
        position -= demand
        due[t % (wait + 1)] = demand
        before = net.copy()
        net -= due[(t - wait) % (wait + 1)]
        if t >= warm_up * 7 * STEPS_PER_DAY:
            # An order comes anywhere within the step.
            seen += [before, net.copy()]
    return np.concatenate(seen)


def continuous(*, level, batch=0, orders_per_week, lead_days, lead_cv=0.0, wait_days=0.0, orders=ORDERS, seed=7):
    """Single units ordered at random instants: mean units on hand and late, and the share that is late.

    Each unit of supply meets the order in whose turn it came: it waits on the shelf, or the customer waits.
    Every order of a customer (or every batch-th one) releases one to the supplier.
    """
    rng = np.random.default_rng(seed)
    arrival = np.cumsum(rng.exponential(7.0 / orders_per_week, orders))
    span = arrival[-1]
    many = max(batch, 1)
    # A batch is released when the position has fallen to the level: unit n of supply comes with the batch
    # that customer number `released` set off; the first `level + batch` units are there at the start.
    released = (np.arange(orders) - level - batch) // many * many + many - 1
    first = np.arange(orders) < level + batch
    lead = np.full(orders, float(lead_days))
    if lead_cv:
        lead = _wandering(rng, arrival, lead_days, lead_cv)
    ready = np.where(first, 0.0, arrival[np.maximum(released, 0)] + lead[np.maximum(released, 0)])
    wanted = arrival + wait_days
    shelf, delay = np.maximum(wanted - ready, 0.0), np.maximum(ready - wanted, 0.0)
    settled = slice(orders // 100, None)
    length = span - arrival[orders // 100]
    return (
        shelf[settled].sum() / length,
        delay[settled].sum() / length,
        float(np.mean(delay[settled] > 0.0)),
    )


def _wandering(rng, arrival, lead_days, lead_cv):
    """Gamma lead times that change so slowly along the arrivals that none overtakes another."""
    knots = np.arange(0.0, arrival[-1] + 200.0, 50.0)
    noise = rng.standard_normal(len(knots) + 400)
    weights = 0.9 ** np.arange(400)
    wander = np.convolve(noise, weights, mode="valid")[: len(knots)] * (1 - 0.81) ** 0.5
    z = np.interp(arrival, knots, wander)
    # Between knots the interpolated variance is smaller: bring it back to one.
    at = np.interp(arrival, knots, np.arange(len(knots)))
    part = at - np.floor(at)
    z /= np.sqrt(part**2 + (1 - part) ** 2 + 2 * 0.9 * part * (1 - part))
    days = special.gammaincinv(1 / lead_cv**2, special.ndtr(z)) * lead_days * lead_cv**2
    return np.maximum.accumulate(arrival + days) - arrival
