"""The few rules of style that the theme cannot say: labels and numbers wrap rather than being cut off."""

from __future__ import annotations

import streamlit as st

_RULES = """<style>
[data-testid="stMetricLabel"] p, [data-testid="stMetricLabel"] div,
[data-testid="stMetricValue"], [data-testid="stMetricValue"] * {
  white-space: normal; overflow: visible; overflow-wrap: anywhere;
}
[data-testid="stMetricValue"] { font-size: 1.7rem; }
[data-testid="stMainBlockContainer"] { padding-top: 3.75rem; padding-left: 2.5rem; padding-right: 2.5rem; }
[data-testid="stLayoutWrapper"]:has(> [class*="st-key-echo"]) { display: none; }
.st-key-verdict { padding: 0.5rem 0.9rem; }
.st-key-verdict p { font-size: 1.1rem; }
/* What to do and what it saves stays in sight below the bar at the top. */
[data-testid="stLayoutWrapper"]:has(> .st-key-verdict) { position: sticky; top: 3.5rem; z-index: 90; }
[data-testid="stMain"] h1 { font-size: 1.6rem; line-height: 1.25; padding: 0.2rem 0 1.2rem; }
[data-testid="stMain"] h2 { font-size: 1.25rem; padding: 0.4rem 0 0.6rem; }
[data-testid="stMain"] [data-testid="stAlertContainer"] { padding: 0.4rem 0.8rem; min-height: 0; }
.st-key-headline [data-testid="stColumn"] [data-testid="stVerticalBlock"] [data-testid="stVerticalBlock"] {
  padding: 0.5rem 0.7rem;
}
.st-key-headline [data-testid="stMarkdownContainer"] p { font-size: 0.82rem; line-height: 1.3; }
.st-key-headline [data-testid="stMetricValue"], .st-key-headline [data-testid="stMetricValue"] p { font-size: 1.35rem; }
[data-testid="stMarkdownContainer"] td:first-child { white-space: nowrap; }
@media (max-width: 1100px) {
  [data-testid="stMainBlockContainer"] { padding-left: 1.5rem; padding-right: 1.5rem; }
  [data-testid="stMetricValue"] { font-size: 1.4rem; }
  .st-key-headline [data-testid="stHorizontalBlock"] { flex-wrap: wrap; gap: 0.5rem; }
  .st-key-headline [data-testid="stColumn"] { min-width: 7rem; flex: 1 1 7rem; }
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding-left: 0.8rem; padding-right: 0.8rem; }
  .st-key-headline [data-testid="stColumn"] { min-width: 44%; flex: 1 1 44%; }
  .st-key-verdict p { font-size: 1rem; }
  /* The way to the next product beside the list, not below it. */
  .st-key-chooser [data-testid="stHorizontalBlock"] { flex-wrap: nowrap; gap: 0.4rem; }
  .st-key-chooser [data-testid="stColumn"] { min-width: 0; }
  .st-key-chooser [data-testid="stColumn"]:nth-child(2) { flex: 3 1 0; }
  .st-key-chooser button { padding: 0.25rem 0.3rem; }
}
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.6rem; }
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], [class*="st-key-pictures_"], [data-testid="stButton"],
  [data-testid="stDownloadButton"], [data-testid="stButtonGroup"] { display: none; }
  [data-testid="stVegaLiteChart"], [data-testid="stMetric"], tr { break-inside: avoid; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-verdict) { position: static; }
  [data-testid="stAppViewContainer"], [data-testid="stMain"], [data-testid="stApp"] {
    position: static; overflow: visible; height: auto;
  }
}
</style>"""

_LIGHT = """<style>
.st-key-verdict { background: #eaf2f8; }
</style>"""
# White on the light blue of the dark theme cannot be read.
_DARK = """<style>
.st-key-verdict { background: #16262f; }
[data-testid="stMultiSelect"] span[title] { color: #14181c; }
</style>"""


def style() -> None:
    """Put the rules on the page."""
    st.html(_RULES + (_DARK if st.context.theme.type == "dark" else _LIGHT))
