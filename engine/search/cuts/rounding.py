"""Mixed-integer rounding of max(0, d'x - b) over binary x, for many rows at once.

Over binary x the function is bounded from below by a linear one that lies above its relaxation where x is fractional
(Nemhauser & Wolsey 1990; with complemented variables, Marchand & Wolsey 2001, section 3). What is complemented and by
whose coefficient is divided is the recipe of a bound: any recipe gives a valid bound for any numbers, so that a recipe
found for one what-if serves the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import Booleans, Integers

FRACTIONAL = 1e-5
_MOST_FLIPPED = 6
_REFINED = 256
# Beyond this fractional part the bound's slope explodes.
_LARGEST_PART = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounded:
    """Bounds of max(0, d'x - b), a column a row of the program.

    Parameters
    ----------
    violation : shape (rows,)
        How much the bound exceeds what is to be bounded at the point; -inf where nothing could be rounded.
    weight : shape (n, rows)
    constant : shape (rows,)
        max(0, d'x - b) >= weight'x + constant for every binary x.
    complemented : shape (n, rows)
    split : shape (rows,)
        The variable by whose coefficient was divided.
    """

    violation: Array
    weight: Array
    constant: Array
    complemented: Booleans
    split: Integers


def rounding(
    coefficients: Array, limit: Array, complemented: Booleans, split: Integers
) -> tuple[Array, Array, Booleans]:
    """The bound that a recipe gives.

    Parameters
    ----------
    coefficients : shape (n, rows)
        d.
    limit : shape (rows,)
        b.
    complemented : shape (n, rows)
    split : shape (rows,)

    Returns
    -------
    weight : shape (n, rows)
    constant : shape (rows,)
    usable : shape (rows,)
        Whether the recipe gives a bound for these numbers.
    """
    sign, counted, right = _complemented(coefficients, limit, complemented)
    divisor = np.abs(coefficients[split, np.arange(coefficients.shape[1])])
    step, level, usable = _bound(counted, right, complemented, divisor)
    return sign * step, level, usable


def _complemented(coefficients: Array, limit: Array, complemented: Booleans) -> tuple[Array, Array, Array]:
    """Signs and coefficients of the variables once some are complemented, and the right side then."""
    sign = np.where(complemented, -1.0, 1.0)
    # b - sum of d over those complemented
    return sign, sign * coefficients, limit - np.where(complemented, coefficients, 0.0).sum(axis=0)


def _bound(counted: Array, right: Array, complemented: Booleans, divisor: Array) -> tuple[Array, Array, Booleans]:
    """Weights of the variables as complemented, the constant, and whether the divisor gives a bound, by row."""
    usable = divisor > 1e-9
    divisor = np.where(usable, divisor, 1.0)
    whole = np.floor(right / divisor)
    part = right / divisor - whole
    usable &= part < _LARGEST_PART
    step = counted / divisor
    floor = np.floor(step)
    # (floor d + (d - floor d - part)+ / (1 - part)) divisor (1 - part), in place: the arrays are large.
    step -= floor
    step -= part
    np.maximum(step, 0.0, out=step)
    step /= 1.0 - np.minimum(part, _LARGEST_PART)
    step += floor
    size = divisor * (1.0 - part)
    step *= size
    return step, np.where(complemented, step, 0.0).sum(axis=0) - whole * size, usable


def rounded(coefficients: Array, share: Array, limit: Array, slack: Array) -> Rounded:
    """The most violated bound of each row at a fractional point.

    Parameters
    ----------
    coefficients : shape (n, rows)
    share : shape (n,)
        The point, each between 0 and 1.
    limit, slack : shape (rows,)
        b, and the value at the point of what is to be bounded.
    """
    count = coefficients.shape[1]
    violation, weight = np.full(count, -np.inf), np.zeros(coefficients.shape)
    constant, divided = np.zeros(count), np.zeros(count, dtype=np.int64)
    chosen = np.zeros(coefficients.shape, dtype=bool)
    split = np.flatnonzero((share > FRACTIONAL) & (share < 1.0 - FRACTIONAL))
    rows = np.arange(count)
    # Of many split ones each alone is worth a divisor, but not a complement.
    for flipped in (-1, *(split.tolist() if len(split) <= _MOST_FLIPPED else ())):
        complemented = share > 0.5
        if flipped >= 0:
            complemented[flipped] = not complemented[flipped]
        some = coefficients[:, rows]
        sign, counted, right = _complemented(some, limit[rows], complemented[:, None])
        signed = share * sign[:, 0]
        for j in split.tolist():
            gain, level, usable = _bound(counted, right, complemented[:, None], np.abs(some[j]))
            value = np.where(usable, signed @ gain + level - slack[rows], -np.inf)
            better = value > violation[rows] + 1e-12
            if better.any():
                at = rows[better]
                violation[at], constant[at] = value[better], level[better]
                weight[:, at] = sign * gain[:, better]
                chosen[:, at], divided[at] = complemented[:, None], j
        if flipped < 0:
            # Another complement improves what is violated already; it is tried on the best rows only.
            rows = np.sort(np.argsort(-violation, kind="stable")[:_REFINED])
    return Rounded(violation=violation, weight=weight, constant=constant, complemented=chosen, split=divided)
