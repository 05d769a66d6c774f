"""How an export writes its cells: separator, decimal sign, dates; told by the cells themselves, or not at all."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import NamedTuple

from engine.scenario.files.money import amount

SEPARATORS = (";", "\t", "|", ",")
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y")
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,' ]*-?")
_GROUP = 3


class Signs(NamedTuple):
    """The decimal sign and that between thousands ('' for none)."""

    decimal: str
    thousands: str


def separator(lines: Iterable[str]) -> str:
    """The sign that stands equally often, and most often, in the first lines; a comma where none does.

    Examples
    --------
    >>> separator(["a;b;c", "1,5;2;3"])
    ';'
    """
    some = [line for line in lines if line.strip()][:20]
    counts = {sign: [line.count(sign) for line in some] for sign in SEPARATORS}
    even = {sign: min(counted) for sign, counted in counts.items() if counted and min(counted) > 0}
    return max(even, key=lambda sign: even[sign]) if even else ","


def number_signs(cells: Iterable[str]) -> Signs | None:
    """The signs that numbers are written with; None where they contradict each other or leave it open.

    A cell tells where it holds both signs, one of them twice, or a group that cannot be thousands.

    Examples
    --------
    >>> number_signs(["1.234,500", "12,000"]), number_signs(["7", "12"])
    (Signs(decimal=',', thousands='.'), Signs(decimal='.', thousands=''))
    >>> number_signs(["1,234"]), number_signs(["1,5", "1.5"])
    (None, None)
    """
    decimals: set[str] = set()
    others: set[str] = set()
    for cell in cells:
        plain, _ = amount(cell)
        if not _NUMBER.fullmatch(plain):
            continue
        number = plain.strip("+-").replace(" ", "").replace("'", "")
        signs = [sign for sign in number if sign in ".,"]
        if not signs:
            continue
        others.update(signs)
        if len(set(signs)) > 1:
            decimals.add(signs[-1])
        elif len(signs) > 1:
            decimals.add("," if signs[0] == "." else ".")
        else:
            whole, rest = number.split(signs[0])
            # 0,123 and 1234,567 are no thousands, though three digits follow.
            if len(rest) != _GROUP or whole in ("", "0") or len(whole) > _GROUP:
                decimals.add(signs[0])
    if len(decimals) > 1 or (others and not decimals):
        return None
    if not decimals:
        return Signs(".", "")
    decimal = decimals.pop()
    return Signs(decimal, "," if decimal == "." else ".")


def date_pattern(cells: Iterable[str]) -> str | None:
    """The one way in which all dates are written that are not blank; None where none or several fit them all.

    Examples
    --------
    >>> date_pattern(["31.12.2025", ""]), date_pattern(["01/02/2025"]), date_pattern(["01/31/2025"])
    ('%d.%m.%Y', None, '%m/%d/%Y')
    """
    some = {cell for cell in cells if cell}
    fitting = [pattern for pattern in DATES if some and all(is_day(cell, pattern) for cell in some)]
    return fitting[0] if len(fitting) == 1 else None


def likely_date_pattern(cells: Iterable[str]) -> str | None:
    """The one way in which most dates are written; None where none is, or several are as likely.

    Examples
    --------
    >>> likely_date_pattern(["31.12.2025", "30.11.2025", "2025"]), likely_date_pattern(["01/02/2025"])
    ('%d.%m.%Y', None)
    """
    some = {cell for cell in cells if cell}
    fits = {pattern: sum(is_day(cell, pattern) for cell in some) for pattern in DATES}
    most = max(fits.values())
    likely = [pattern for pattern, count in fits.items() if count == most]
    return likely[0] if most and len(likely) == 1 else None


def is_day(cell: str, pattern: str) -> bool:
    """Whether a cell is a day written so."""
    try:
        dt.datetime.strptime(cell, pattern)  # noqa: DTZ007  (a day has no time zone)
    except ValueError:
        return False
    return True
