"""Numbers as readers of a language write them, and roundings that add up."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from babel.dates import format_date
from babel.numbers import format_decimal

from engine.report.texts.text import LOCALE, Language, text

# The space between the amount and its currency, where no line may break.
_NO_BREAK = "\u00a0"
_MINUS = "−"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How numbers are written for one reader.

    Parameters
    ----------
    language : str
    currency : str
        ISO code, or whatever unit of money the scenario names.
    decimals : int
        Of amounts: none, or two where the whole plan costs so little that they matter.
    """

    language: Language
    currency: str
    decimals: int = 0

    @property
    def unit(self) -> str:
        r"""The currency behind an amount, as the scenario names it and the app writes it.

        Examples
        --------
        >>> Numbers(language="zh", currency="CNY").unit
        '\xa0CNY'
        """
        return f"{_NO_BREAK}{self.currency}" if self.currency else ""

    def amount(self, value: float) -> str:
        """An amount of money without its currency."""
        return self._decimal(value, "#,##0" if self.decimals == 0 else "#,##0.00")

    def money(self, value: float) -> str:
        r"""An amount of money.

        Examples
        --------
        >>> Numbers(language="en", currency="EUR").money(-1234.4)
        '−1,234\xa0EUR'
        """
        if not math.isfinite(value):
            return text("missing", self.language)
        sign = _MINUS if round(value, self.decimals) < 0 else ""
        return f"{sign}{self.amount(abs(value))}{self.unit}"

    def share(self, value: float, decimals: int = 0) -> str:
        """A share in percent."""
        return self._decimal(value * 100.0, "#,##0" if decimals == 0 else f"#,##0.{'0' * decimals}", "%")

    def gap(self, value: float) -> str:
        """A relative gap, never rounded down.

        Examples
        --------
        >>> [Numbers(language="en", currency="EUR").gap(gap) for gap in (1e-5, 0.0, 0.0316)]
        ['0.01%', '0%', '3.16%']
        """
        if not math.isfinite(value):
            return text("missing", self.language)
        return "0%" if value <= 1e-9 else self.share(math.ceil(value * 1e4 - 1e-9) / 1e4, 2)

    def count(self, value: float) -> str:
        """A whole number."""
        return self._decimal(value, "#,##0")

    def number(self, value: float) -> str:
        """Three digits that count, without an exponent.

        Examples
        --------
        >>> [Numbers(language="en", currency="EUR").number(number) for number in (1234.5, 0.2512, 21.0)]
        ['1,234', '0.251', '21']
        """
        if not math.isfinite(value) or value == 0.0 or abs(value) >= 1000:
            return self._decimal(value, "#,##0")
        decimals = max(0, 2 - math.floor(math.log10(abs(value))))
        return self._decimal(value, "#,##0." + "#" * decimals if decimals else "#,##0")

    def date(self, day: dt.date) -> str:
        """A day in full."""
        return format_date(day, "long", locale=LOCALE[self.language])

    def _decimal(self, value: float, pattern: str, unit: str = "") -> str:
        if not math.isfinite(value):
            return text("missing", self.language)
        written = format_decimal(abs(value), format=pattern, locale=LOCALE[self.language])
        negative = value < 0 and any(digit in "123456789" for digit in written)
        return f"{_MINUS if negative else ''}{written}{unit}"


def numbers_for(language: Language, currency: str, total: float) -> Numbers:
    """Numbers for a plan of a given cost."""
    return Numbers(language=language, currency=currency, decimals=0 if abs(total) >= 1000.0 else 2)


def add_up(values: Sequence[float] | npt.NDArray[np.float64], total: float, decimals: int = 0) -> list[float]:
    """Values rounded so that they add up to a rounded total, each by less than one unit (largest remainders).

    Parameters
    ----------
    values : sequence of float
        Their sum is the total but for its own rounding.
    total : float
        Already rounded.
    decimals : int

    Examples
    --------
    >>> add_up([0.4, 0.4, 0.2], 1.0)
    [1.0, 0.0, 0.0]
    >>> add_up([1.5, 1.5, -1.0], 2.0)
    [2.0, 1.0, -1.0]
    """
    unit = 10.0**decimals
    scaled = np.asarray(values, dtype=float) * unit
    floors = np.floor(scaled + 1e-9)
    short = round(total * unit - float(floors.sum()))
    order = np.argsort(-(scaled - floors), kind="stable")
    if len(order):
        # Whole rounds first, for totals that are further away than rounding explains.
        rounds, rest = divmod(short, len(order))
        floors += rounds
        floors[order[:rest]] += 1.0
    return [float(value) for value in np.round(floors / unit, decimals)]
