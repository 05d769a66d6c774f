"""Keys that look alike: the same to a reader, not the same to a computer."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping

import pandas as pd

# Look-alikes of the hyphen: hyphens, dashes, minus signs, and the wide forms of Chinese and Japanese keyboards.
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－ーｰ"), "-")
# Small letters of Greek and Cyrillic that are drawn as Latin ones, or whose capitals are.
_LETTERS = str.maketrans("αβεζηικμνορτυχаеорсухвкмнті", "abezhikmnoptyxaeopcyxbkmhti")
_BLANKS = dict.fromkeys([0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")


def visible(text: str) -> str:
    r"""A text without characters that cannot be seen, in composed Unicode form, blanks being plain ones.

    Examples
    --------
    >>> visible("A\u200b-1\u00a0"), visible("Mu\u0308ller") == "M\u00fcller"
    ('A-1', True)
    """
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFC", text).translate(_BLANKS)
    return "".join(sign for sign in plain if unicodedata.category(sign) not in ("Cf", "Cc")).strip()


def folded(key: str) -> str:
    r"""What keys that look alike have in common: case, blanks, Unicode form and hyphens do not count.

    Examples
    --------
    >>> folded("ab\u2013 1") == folded("AB-1")
    True
    """
    text = key if key.isascii() else unicodedata.normalize("NFKC", visible(key)).translate(_HYPHENS)
    return "".join(text.casefold().split())


def drawn(key: str) -> str:
    r"""What keys have in common that programs write otherwise or that are drawn the same.

    Beside what `folded` leaves out these are zeros in front, a decimal zero behind a number, and letters of another
    alphabet that look like Latin ones.

    Examples
    --------
    >>> drawn("007"), drawn("7.0"), drawn("\N{CYRILLIC CAPITAL LETTER A}-1")
    ('7', '7', 'a-1')
    """
    text = folded(key)
    text = (text if text.isascii() else text.translate(_LETTERS)).lstrip("0")
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def resembling(values: Iterable[str], keys: Iterable[str]) -> Mapping[str, str]:
    """For values the one known key that differs by the signs between letters and digits only.

    Examples
    --------
    >>> resembling(["A_1", "A1", "C"], ["A-1", "D"])
    {'A_1': 'A-1', 'A1': 'A-1'}
    """
    return _alone(values, keys, _letters_and_digits)


def _letters_and_digits(key: str) -> str:
    return "".join(sign for sign in drawn(key) if sign.isalnum())


def _alone(values: Iterable[str], keys: Iterable[str], common: Callable[[str], str]) -> dict[str, str]:
    """For values the one key that has the same in common with them; nothing where there are several."""
    by_common: dict[str, set[str]] = {}
    for name in keys:
        by_common.setdefault(common(name), set()).add(name)
    near = {value: by_common.get(common(value), set()) for value in dict.fromkeys(values)}
    return {value: min(names) for value, names in near.items() if len(names) == 1 and common(value)}


def look_alikes(keys: Iterable[str], common: Callable[[str], str] = folded) -> dict[str, list[str]]:
    """Different keys that look alike, by what they have in common.

    Examples
    --------
    >>> look_alikes(["A-1", "a-1", "B"])
    {'a-1': ['A-1', 'a-1']}
    """
    alike: dict[str, list[str]] = {}
    for key in dict.fromkeys(keys):
        alike.setdefault(common(key), []).append(key)
    return {shared: same for shared, same in alike.items() if len(same) > 1}


def first_spelled(values: pd.Series) -> pd.Series:
    """Texts that look alike by the one of them that stands first.

    Examples
    --------
    >>> first_spelled(pd.Series(["PC", "box", "pc "])).tolist()
    ['PC', 'box', 'PC']
    """
    same = look_alikes(values.unique())
    one = {text: texts[0] for texts in same.values() for text in texts}
    return values.map(lambda text: one.get(text, text)) if one else values


def spellings(values: Iterable[str], keys: Iterable[str]) -> Mapping[str, str]:
    """For each value that is not known, the one known key that looks like it; nothing where there are several.

    Examples
    --------
    >>> spellings(["a-1", "007", "B"], ["A-1", "7", "B"])
    {'a-1': 'A-1', '007': '7'}
    """
    names = set(keys)
    strange = [value for value in dict.fromkeys(values) if value and value not in names]
    if not strange:
        return {}
    meant = _alone(strange, names, folded)
    # Which of several is meant where only case tells them apart, zeros do not say either.
    return meant | _alone([value for value in strange if value not in meant], names, drawn)
