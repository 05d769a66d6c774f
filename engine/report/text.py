"""Every word of the exports in English and Simplified Chinese, so that a test sees what is missing."""

from __future__ import annotations

from typing import Literal

from engine.report.text_labels import LABELS
from engine.report.text_sentences import SENTENCES

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
# Tags for documents, and the locale whose numbers, dates and currencies a reader of the language expects.
DOCUMENT_LANGUAGE: dict[Language, str] = {"en": "en", "zh": "zh-CN"}
LOCALE: dict[Language, str] = {"en": "en", "zh": "zh_Hans_CN"}

CATALOGUE: dict[str, tuple[str, str]] = {**LABELS, **SENTENCES}


def text(key: str, language: Language, **values: object) -> str:
    """The words of a key.

    Parameters
    ----------
    key : str
    language : str
    **values
        What stands in the braces.

    Raises
    ------
    KeyError
        Where the catalogue has no such key.

    Examples
    --------
    >>> text("strategy.ATO", "en"), text("strategy.ATO", "zh")
    ('Assemble to order', '按订单装配')
    """
    words = CATALOGUE[key][LANGUAGES.index(language)]
    return words.format(**values) if values else words
