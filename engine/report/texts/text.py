"""Every word of the exports in English and Simplified Chinese, so that a test sees what is missing."""

from __future__ import annotations

from functools import partial

from engine.report.texts.choices import CHOICES
from engine.report.texts.labels import LABELS
from engine.report.texts.reliance import RELIANCE
from engine.report.texts.sentences import SENTENCES
from engine.words.language import DOCUMENT_LANGUAGE, LANGUAGES, LOCALE, Language, words_of
from engine.words.shared import SHARED

__all__ = ["CATALOGUE", "DOCUMENT_LANGUAGE", "LANGUAGES", "LOCALE", "PARTS", "Language", "text"]

PARTS = (LABELS, SENTENCES, RELIANCE, CHOICES)
CATALOGUE: dict[str, tuple[str, str]] = {**SHARED, **{key: words for part in PARTS for key, words in part.items()}}


# The words of a key in a language: `text(key, language, **values)`.
text = partial(words_of, CATALOGUE)
