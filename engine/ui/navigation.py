"""The pages in the order of the menu; every file under `pages` stands here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent / "pages"
_WANTED = "_wanted_page"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """One page.

    Parameters
    ----------
    name : str
        Of the file, the address and the text key ``page.<name>``.
    """

    name: str

    @property
    def path(self) -> Path:
        """Where the page's file is."""
        return FOLDER / f"{self.name}.py"


PAGES = tuple(PageFile(name=name) for name in ("decide", "product", "compare", "trust", "data", "batch"))


def go_to(name: str) -> None:
    """Open a page when the callback that asks for it has ended; a callback itself cannot."""
    st.session_state[_WANTED] = name


def wanted_page() -> str:
    """The page asked for, once; '' where none is."""
    return str(st.session_state.pop(_WANTED, ""))
