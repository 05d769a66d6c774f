"""The reader's language: the switch, and `t` for the words of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable

import streamlit as st

from engine.ui.text import LANGUAGES, OWN_NAMES, Language, text
from engine.words.language import DOCUMENT_LANGUAGE

_KEY = "language"


def language() -> Language:
    """The language chosen; at first the link's (``?lang=zh``), else the browser's."""
    chosen = st.session_state.get(_KEY)
    if chosen in LANGUAGES:
        name: Language = chosen
        return name
    wanted = st.query_params.get("lang", "") or str(st.context.locale or "")
    return "zh" if wanted.lower().startswith("zh") else "en"


def t(key: str, **values: object) -> str:
    """The words of a key in the reader's language; a product's name among them is never a picture or a link."""
    return text(key, language(), **{name: _plain(value) for name, value in values.items()})


def _plain(value: object) -> object:
    """Text without what a browser would fetch: pages are Markdown, and names in them are whatever was uploaded."""
    return re.sub(r"(!?)\[([^\]]*)\](?=[(\[])", r"\1\\[\2]", value) if isinstance(value, str) else value


def sentences(parts: Iterable[str]) -> str:
    """Sentences one after the other; Chinese needs no space between them."""
    return ("" if language() == "zh" else " ").join(parts)


def language_switch() -> None:
    """Draw the switch, and tell the browser and screen readers which language the page is in."""
    # Written again in every run: a widget that is new to a page would start from its own default.
    st.session_state[_KEY] = language()
    st.radio(
        t("app.language"), LANGUAGES, format_func=OWN_NAMES.__getitem__, key=_KEY, horizontal=True,
        persist_state="session",
    )  # fmt: skip
    script = f"<script>document.documentElement.lang = '{DOCUMENT_LANGUAGE[language()]}';</script>"
    st.html(script, unsafe_allow_javascript=True)
