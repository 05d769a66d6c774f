"""The few rules of style that the theme cannot say: labels and numbers wrap rather than being cut off."""

from __future__ import annotations

import streamlit as st

_RULES = """<style>
[data-testid="stMetricLabel"] p, [data-testid="stMetricLabel"] div,
[data-testid="stMetricValue"], [data-testid="stMetricValue"] * {
  white-space: normal; overflow: visible; overflow-wrap: anywhere;
}
[data-testid="stMetricValue"] { font-size: 1.7rem; }
.st-key-verdict { background: rgba(0, 114, 178, 0.08); }
.st-key-verdict p { font-size: 1.1rem; }
[data-testid="stMarkdownContainer"] td:first-child { white-space: nowrap; }
@media (max-width: 1100px) {
  [data-testid="stMainBlockContainer"] { padding-left: 1.5rem; padding-right: 1.5rem; }
  [data-testid="stMetricValue"] { font-size: 1.4rem; }
  .st-key-headline [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  .st-key-headline [data-testid="stColumn"] { min-width: 12rem; }
}
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; }
</style>"""


# White on the light blue of the dark theme cannot be read.
_DARK = """<style>
[data-testid="stMultiSelect"] span[title] { color: #14181c; }
</style>"""


def style() -> None:
    """Put the rules on the page."""
    st.html(_RULES + (_DARK if st.context.theme.type == "dark" else ""))
