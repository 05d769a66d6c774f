"""The languages, and the words of a key in one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
# Tags for documents, and the locale whose numbers, dates and currencies a reader of the language expects.
DOCUMENT_LANGUAGE: dict[Language, str] = {"en": "en", "zh": "zh-CN"}
LOCALE: dict[Language, str] = {"en": "en", "zh": "zh_Hans_CN"}

Catalogue = Mapping[str, tuple[str, str]]


def words_of(catalogue: Catalogue, key: str, language: Language, /, **values: object) -> str:
    """The words of a key; of one thing alone those of ``<key>#one``, where there are such.

    Parameters
    ----------
    catalogue : mapping
        Key to English and Chinese.
    key : str
    language : str
    **values
        What stands in the braces; `count` is how many things are told of.

    Raises
    ------
    KeyError
        Where the catalogue has no such key.

    Examples
    --------
    >>> words_of({"count": ("{n} left", "剩余 {n}")}, "count", "zh", n=3)
    '剩余 3'
    >>> faults = {"faults": ("{count} faults", "{count} 处错误"), "faults#one": ("one fault", "一处错误")}
    >>> [words_of(faults, "faults", "en", count=count) for count in (1, 2)]
    ['one fault', '2 faults']
    """
    if str(values.get("count")) == "1" and f"{key}#one" in catalogue:
        key = f"{key}#one"
    words = catalogue[key][LANGUAGES.index(language)]
    return words.format(**values) if values else words


def within(words: str) -> str:
    """A label inside a sentence: without its capital, but for abbreviations.

    Examples
    --------
    >>> within("Unit cost"), within("CO2e, kg a year"), within("单位成本")
    ('unit cost', 'CO2e, kg a year', '单位成本')
    """
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
