"""Exposure windows: how many days of orders each stock has to cover at the moment it is observed."""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.economics.optima.lateness import excess
from engine.scenario.arrays import Booleans


def time_since_review(lead_time_days: Array, instant: Array, review_days: float) -> Array:
    """u(LT) = (T - LT) mod R: how long after a review the supply was ordered that has just arrived.

    Parameters
    ----------
    lead_time_days : numpy.ndarray, shape (..., samples)
    instant : numpy.ndarray, shape (samples,)
        Observation instant within the review cycle, days.
    review_days : float
        R; zero is continuous review, where u = 0.

    Returns
    -------
    numpy.ndarray, shape (..., samples)
        Days, in [0, R).
    """
    if review_days <= 0.0:
        return np.zeros(np.broadcast_shapes(lead_time_days.shape, instant.shape))
    return np.mod(instant - lead_time_days, review_days)


def exposure(lead_time_days: Array, instant: Array, review_days: float, *, period_end: bool = False) -> Array:
    """Days of orders not yet covered by arrived supply: LT + u(LT), or LT + R at the end of the cycle."""
    if period_end:
        return lead_time_days + review_days + np.zeros_like(instant)
    return lead_time_days + time_since_review(lead_time_days, instant, review_days)


def stock_window(exposure_days: Array, wait_days: Array | float) -> Array:
    """Window of finished stock, (exposure - L')+.

    A customer who waits L' days offsets supply lead time (Hariharan & Zipkin 1995).
    """
    return np.maximum(exposure_days - wait_days, 0.0)


def lot_window(exposure_days: Array, since_review: Array, wait_days: Array | float, review_days: float) -> Array:
    """Window of a shelf that is bought in lots, max(LT + u - L', u - R).

    Stock is ordered at the last review in time. Where customers wait longer than the lead time a window below zero
    says how many days of orders have come before they fall due: they lie on the shelf, or fill what a reorder level
    below zero leaves short.
    """
    return np.maximum(exposure_days - wait_days, np.minimum(since_review - review_days, 0.0))


def component_window(exposure_days: Array, lead_time_days: Array, slack_days: Array | float) -> Array:
    """Window of a component, zero where it can be bought after the order.

    Parameters
    ----------
    exposure_days, lead_time_days : numpy.ndarray, shape (..., samples)
    slack_days : float or numpy.ndarray, shape (..., 1)
        (L' - assembly)+, the days the customer leaves for getting the part.
    """
    window = np.maximum(exposure_days - slack_days, 0.0)
    return np.where(lead_time_days <= slack_days + 1e-9, 0.0, window)


def protected_days(
    lead_days: Array, cv: Array, wait_days: Array, review_days: float, *, only_longer: bool = False
) -> Array:
    """E(LT + R - L')+: days from a review until what the next one orders is there, less the days customers leave.

    Safety stock is the reorder level less mean demand of these days, what is expected on the shelf just before a
    delivery (Silver, Pyke & Thomas 2017, section 6.9).

    Parameters
    ----------
    lead_days, cv, wait_days : shape (n,)
        Gamma lead time and L', zero or more.
    review_days : float
        R.
    only_longer : bool
        A lead time within the wait exposes nothing (a part that is bought after the order).
    """
    if only_longer:
        longer, within = excess(lead_days, cv, wait_days)
        return np.asarray(longer + review_days * (1.0 - within))
    limit = wait_days - review_days
    return np.asarray(excess(lead_days, cv, np.maximum(limit, 0.0))[0] + np.maximum(-limit, 0.0))


def sold_within_life(
    rate: Array, life_days: Array, mean_demand: Array, batch: Array, *, whole: bool | Booleans
) -> Array:
    """Highest reorder level at which the fullest shelf is sold within its life at the mean rate, shape (n,).

    S + Q - E D(t) <= l life: the fullest shelf is S + Q less what is sold in the window.

    Parameters
    ----------
    rate, life_days, mean_demand, batch : shape (n,)
        Units a day, days (NaN without a life: taken as none), E D(t), Q.
    whole : bool or shape (n,)
        Whether demand comes in whole units, and so the level.
    """
    level = rate * np.nan_to_num(life_days) + mean_demand - batch
    return np.where(whole, np.floor(level + 1e-9), level)
