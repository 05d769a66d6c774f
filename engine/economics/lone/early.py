"""Goods on the shelf until they fall due, where customers wait longer than the lead time: means over lead times."""

from __future__ import annotations

import numpy as np
from scipy import special

from engine.demand.streams import Array


def early_units(rate: Array, lead_days: Array, cv: Array, wait_days: Array, review_days: float) -> Array:
    """Units on the shelf before they fall due, l E min((L' - LT)+, R)^2 / (2 R), shape (n,); none where R = 0.

    What has just arrived was ordered u days after a review, u uniform on (0, R), for orders that fall due up to
    L' - LT - u days from now: l E(a - u)+ of them lie there, a = min(L' - LT, R), since nothing is ordered a review
    earlier than needed.

    Parameters
    ----------
    rate : shape (n,)
        Units a day.
    lead_days, cv, wait_days : shape (n,)
        Gamma lead time and the days that the customer leaves for it.
    review_days : float
        R.
    """
    if review_days <= 0.0:
        return np.zeros(len(rate))
    fixed = np.clip(wait_days - lead_days, 0.0, review_days) ** 2
    random = (cv > 0.0) & (lead_days > 0.0)
    if random.any():
        fixed[random] = _random(lead_days[random], cv[random], wait_days[random], review_days)
    return rate * fixed / (2.0 * review_days)


def _random(lead_days: Array, cv: Array, wait_days: Array, review_days: float) -> Array:
    """E min((s - X)+, R)^2 of a gamma lead time X with wait s.

    min(a, R)^2 = a^2 - ((a - R)+)^2 - 2 R (a - R)+ for a >= 0, and (s - X - R)+ is (s - R - X)+.
    """
    shape, scale = 1.0 / cv**2, lead_days * cv**2
    _, square = _below(shape, scale, wait_days)
    beyond, square_beyond = _below(shape, scale, wait_days - review_days)
    return np.maximum(square - square_beyond - 2.0 * review_days * beyond, 0.0)


def _below(shape: Array, scale: Array, level: Array) -> tuple[Array, Array]:
    """E(s - X)+ and E((s - X)+)^2.

    With F_k the gamma distribution of shape k, E[X; X <= s] = mean F_{k+1}(s) and E[X^2; X <= s] = mean^2 (1 + 1/k)
    F_{k+2}(s).
    """
    s = np.maximum(level, 0.0)
    share, first, second = (special.gammainc(shape + more, s / scale) for more in (0.0, 1.0, 2.0))
    mean = shape * scale
    linear = s * share - mean * first
    square = s**2 * share - 2.0 * s * mean * first + mean**2 * (1.0 + 1.0 / shape) * second
    return np.maximum(linear, 0.0), np.maximum(square, 0.0)
