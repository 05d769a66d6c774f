"""Every word of the exports in English and Simplified Chinese, so that a test sees what is missing."""

from __future__ import annotations

from engine.report.text_labels import LABELS
from engine.report.text_sentences import SENTENCES
from engine.words.language import DOCUMENT_LANGUAGE, LANGUAGES, LOCALE, Language, words_of
from engine.words.shared import SHARED

__all__ = ["CATALOGUE", "DOCUMENT_LANGUAGE", "LANGUAGES", "LOCALE", "Language", "text"]

CATALOGUE: dict[str, tuple[str, str]] = {**SHARED, **LABELS, **SENTENCES}


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
    return words_of(CATALOGUE, key, language, **values)
