"""Limits in words: rounded so that what is written is still admissible."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

# What arithmetic leaves beside a number is no part of it.
_DUST = 1e-12


def at_least(value: float, *, digits: int | None = None, significant: int = 4) -> str:
    """A least value, never written as one below it.

    Parameters
    ----------
    value : float
    digits : int, optional
        Behind the point, thousands marked; by default so many significant ones.
    significant : int

    Examples
    --------
    >>> at_least(2**0.5), at_least(0.1), at_least(299_978.2, digits=0)
    ('1.415', '0.1', '299,979')
    """
    return _written(value - _DUST * abs(value), ROUND_CEILING, digits, significant)


def at_most(value: float, *, digits: int | None = None, significant: int = 4) -> str:
    """A largest value, never written as one above it.

    Examples
    --------
    >>> at_most(2**0.5), at_most(0.87689, digits=2)
    ('1.414', '0.87')
    """
    return _written(value + _DUST * abs(value), ROUND_FLOOR, digits, significant)


def _written(value: float, rounding: str, digits: int | None, significant: int) -> str:
    exact = Decimal(repr(float(value)))
    step = Decimal(1).scaleb(-digits if digits is not None else exact.adjusted() - significant + 1)
    rounded = (exact / step).to_integral_value(rounding=rounding) * step
    return f"{rounded:,.{digits}f}" if digits is not None else f"{float(rounded):.{significant + 2}g}"
