"""Every word of the app in English and Simplified Chinese: flat keys, so that a test sees what is missing."""

from __future__ import annotations

from functools import partial

from engine.ui.texts import app, batch, compare, data, decide, glossary, inputs, product, state, studies, trust
from engine.words.language import LANGUAGES, Language, words_of
from engine.words.shared import SHARED

__all__ = ["CATALOGUE", "LANGUAGES", "OWN_NAMES", "PARTS", "Language", "text"]

# A language is called by its own name, whatever the reader has chosen.
OWN_NAMES: dict[Language, str] = {"en": "English", "zh": "简体中文"}

PARTS = (app, state, inputs, decide, product, compare, trust, data, batch, studies, glossary)
CATALOGUE: dict[str, tuple[str, str]] = SHARED | {key: words for part in PARTS for key, words in part.TEXTS.items()}


# The words of a key in a language: `text(key, language, **values)`.
text = partial(words_of, CATALOGUE)
