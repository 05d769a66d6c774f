"""Amounts that name their currency in the same cell: 1.234,50 EUR."""

from __future__ import annotations

import re

from engine.scenario.files.raw import NativeCell
from engine.words.reason import Reason, cause

# ISO 4217, without funds and metals.
_WRITTEN = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK "
    "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL "
    "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON "
    "RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH "
    "UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL RMB DEM"
)
_CODES = frozenset(_WRITTEN.split())
# What signs stand for, the first where nothing else tells.
_SIGNS = {"€": ("EUR",), "£": ("GBP",), "¥": ("CNY", "JPY"), "￥": ("CNY", "JPY"), "元": ("CNY",), "zł": ("PLN",),
          "₹": ("INR",), "₺": ("TRY",), "₩": ("KRW",), "₽": ("RUB",), "Kč": ("CZK",), "Ft": ("HUF",),
          "kr": ("SEK", "NOK", "DKK", "ISK"), "kr.": ("DKK", "SEK", "NOK", "ISK"), "Fr.": ("CHF",), "SFr.": ("CHF",),
          "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "BRL", "CLP", "COP", "ARS"),
          "US$": ("USD",), "R$": ("BRL",)}  # fmt: skip
_SAME = {"RMB": "CNY"}
# What plain numbers begin and end with.
_DIGITS = frozenset("0123456789.,+-")
_NAME = r"[A-Za-z]{3}|" + "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
_NUMBER = r"[-+]?[0-9][0-9.,'\u2019\u00a0\u202f ]*(?<! )-?"
_AMOUNT = re.compile(rf"(?P<before>{_NAME})?\s*(?P<number>{_NUMBER})\s*(?P<after>{_NAME})?")


def amount(cell: str) -> tuple[str, tuple[str, ...]]:
    """The number of a cell as it is written, and the currencies that the cell can mean: none where it names none.

    Examples
    --------
    >>> amount("1.234,50 EUR"), amount("€ 3-"), amount("12 PCE"), amount("¥5")
    (('1.234,50', ('EUR',)), ('3-', ('EUR',)), ('12 PCE', ()), ('5', ('CNY', 'JPY')))
    """
    if not cell or (cell[0] in _DIGITS and cell[-1] in _DIGITS):
        return cell, ()
    match = _AMOUNT.fullmatch(cell)
    name = "" if match is None else "".join(part or "" for part in (match["before"], match["after"]))
    if match is None or not name:
        return cell, ()
    code = _SAME.get(name.upper(), name.upper())
    meant = _SIGNS.get(name) or ((code,) if code in _CODES else ())
    return (match["number"].strip(), meant) if meant else (cell, ())


def amounts(cells: list[str], currency: str) -> tuple[list[str], list[tuple[int, Reason]]]:
    """The numbers of cells, and which of them name another currency than theirs.

    Parameters
    ----------
    cells : list of str
    currency : str
        In which they have to be; '' where nobody knows.
    """
    if not any(cell[:1] not in _DIGITS or cell[-1:] not in _DIGITS for cell in cells if cell):
        return cells, []
    read = [(cell, ()) if isinstance(cell, NativeCell) else amount(cell) for cell in cells]
    wrong = [
        (k, cause("cell_currency", cell=cells[k], currency=currency))
        for k, (_, meant) in enumerate(read)
        if not same_currency(meant, currency)
    ]
    return [number for number, _ in read], wrong


def same_currency(meant: tuple[str, ...], currency: str) -> bool:
    """Whether an amount can be in a currency; one that is none of ISO's can be called anything.

    Examples
    --------
    >>> same_currency(("CNY", "JPY"), "JPY"), same_currency(("USD",), "eur"), same_currency(("USD",), "kUSD")
    (True, False, True)
    """
    code = _SAME.get(currency.upper(), currency.upper())
    named = amount(f"1 {currency}")[1] or ((code,) if code in _CODES else ())
    return not meant or not named or bool(set(meant) & set(named))
