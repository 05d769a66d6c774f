"""Numbers in words, as texts for a terminal have them."""

from __future__ import annotations

import math


def counted(count: float, noun: str) -> str:
    """A number and what it counts, one of it or several.

    Examples
    --------
    >>> [counted(count, "flip") for count in (0, 1, 2, 0.1)]
    ['0 flips', '1 flip', '2 flips', '0.1 flips']
    """
    written = f"{int(count):,}" if count == int(count) else f"{count:g}"
    return f"{written} {noun}" if count == 1 else f"{written} {noun}s"


def deviation(share: float) -> str:
    """A deviation in percent with its sign, ``-`` where there is none to tell.

    Examples
    --------
    >>> [deviation(share) for share in (0.123, -0.0001, float("nan"))]
    ['+12.3%', '+0.0%', '-']
    """
    return f"{rounded(share, 3):+.1%}" if math.isfinite(share) else "-"


def percent(share: float) -> str:
    """A share in percent, ``-`` where there is none."""
    return f"{share:.1%}" if math.isfinite(share) else "-"


def rounded(value: float, digits: int = 0) -> float:
    """A rounded value that is never minus zero, which nobody reads as nothing."""
    return round(value, digits) + 0.0
