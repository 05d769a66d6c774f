"""Keys that look alike: the same to a reader, not the same to a computer."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

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


def resembling(values: Iterable[str], keys: Iterable[str]) -> Mapping[str, str]:
    """For values the one known key that differs by zeros in front, or by letters of another alphabet drawn the same.

    Examples
    --------
    >>> resembling(["7", "\N{CYRILLIC CAPITAL LETTER A}-1", "C"], ["007", "A-1", "D"])
    {'7': '007', 'А-1': 'A-1'}
    """
    drawn: dict[str, set[str]] = {}
    for name in keys:
        drawn.setdefault(_drawn(name), set()).add(name)
    near = {value: drawn.get(_drawn(value), set()) for value in dict.fromkeys(values)}
    return {value: min(names) for value, names in near.items() if len(names) == 1}


def _drawn(key: str) -> str:
    """A key as it is drawn, without zeros in front."""
    text = folded(key)
    return (text if text.isascii() else text.translate(_LETTERS)).lstrip("0")


def look_alikes(keys: Iterable[str]) -> dict[str, list[str]]:
    """Different keys that look alike, by what they have in common.

    Examples
    --------
    >>> look_alikes(["A-1", "a-1", "B"])
    {'a-1': ['A-1', 'a-1']}
    """
    alike: dict[str, list[str]] = {}
    for key in dict.fromkeys(keys):
        alike.setdefault(folded(key), []).append(key)
    return {common: same for common, same in alike.items() if len(same) > 1}


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
    """For each value that is not known, the one known key that looks like it; nothing where there are several."""
    names = list(keys)
    every = set(names)
    strange = [value for value in dict.fromkeys(values) if value and value not in every]
    if not strange:
        return {}
    by_fold: dict[str, list[str]] = {}
    for name in names:
        by_fold.setdefault(folded(name), []).append(name)
    return {
        value: by_fold[folded(value)][0] for value in strange if len(set(by_fold.get(folded(value), ()))) == 1
    }
