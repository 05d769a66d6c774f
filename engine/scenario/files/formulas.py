"""Text in CSV results that a spreadsheet would run as a formula: written as text, read back as it was.

A spreadsheet runs what starts with = + - @, and shows what stands behind an apostrophe as text. So an apostrophe is put
before such text, and before text that looks as if that had been done already: then it can always be taken off again.
"""

from __future__ import annotations

import re

import pandas as pd

# The wide forms are those of Chinese and Japanese keyboards, which spreadsheets of those languages run too.
_RUNS = r"[=+\-@\t\r\n＝＋－＠]"
_WRITTEN = re.compile(rf"'*{_RUNS}")
_READ = re.compile(rf"'+{_RUNS}")


def escaped(text: str) -> str:
    """A text that no spreadsheet runs.

    Examples
    --------
    >>> escaped("=1+1"), escaped("'=1+1"), escaped("P-1")
    ("'=1+1", "''=1+1", 'P-1')
    """
    return f"'{text}" if _WRITTEN.match(text) else text


def unescaped(text: str) -> str:
    """The text that `escaped` was given.

    Examples
    --------
    >>> unescaped("'=1+1"), unescaped("''=1+1"), unescaped("'tis"), unescaped("-")
    ('=1+1', "'=1+1", "'tis", '-')
    """
    return text[1:] if _READ.match(text) else text


def escaped_table(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with every text escaped; numbers and dates stay what they are."""
    texts = {
        name: frame[name].map(lambda value: escaped(value) if isinstance(value, str) else value)
        for name in frame.columns
        if not pd.api.types.is_numeric_dtype(frame[name])
    }
    return frame.assign(**texts)
