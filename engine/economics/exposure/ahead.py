"""Orders that have been placed and fall due later: what windows below zero hold (`windows`, beside this file)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.demand.distributions import Process
from engine.demand.paths import sample_paths
from engine.demand.streams import Array
from engine.economics.instance import Integers


def demand_ahead(
    made: Sequence[Process], names: Sequence[str], product: Integers, days: Array, *, seed: int, common_factor_cv: float
) -> Array:
    """Demand of the days after the observed instant in windows below zero, shape (n, W); zero in others.

    Parameters
    ----------
    made, names : sequences, one per product
    product : shape (n,)
        Of each window.
    days : shape (n, W)
        Windows; below zero by the days ahead.
    seed : int
    common_factor_cv : float
    """
    ahead = np.maximum(-days, 0.0)
    units = np.zeros(days.shape)
    for i in np.unique(product[ahead.any(axis=1)]).tolist():
        rows = np.flatnonzero(product == i)
        # Independent of what is past, as demand over disjoint stretches is, but for the week of the instant.
        paths = sample_paths(
            made[i], seed=seed, key=names[i], days=float(ahead[rows].max()), samples=days.shape[1],
            common_factor_cv=common_factor_cv, ahead=True,
        )  # fmt: skip
        for row in rows.tolist():
            units[row] = paths.window(ahead[row])
    return units


def early_units(rate: Array, lead_days: Array, wait_days: Array, review_days: float) -> Array:
    """Mean units on the shelf until they fall due, l min((L' - LT)+, R)^2 / (2 R), shape (n, W); none where R = 0.

    Parameters
    ----------
    rate : shape (n,)
        Units a day.
    lead_days : shape (n, W)
    wait_days : shape (n, 1)
        What the customer leaves for the supply.
    review_days : float
        R.
    """
    if review_days <= 0.0:
        return np.zeros(lead_days.shape)
    ahead = np.clip(wait_days - lead_days, 0.0, review_days)
    return np.asarray(rate[:, None] * ahead**2 / (2.0 * review_days))
