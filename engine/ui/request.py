"""The page that a run was asked for.

Streamlit keeps it for the session and not for the run. A run that is told to stop, since the reader turned to another
page, may just begin its next: what that one is of then counts for both, and the reader stays where he was.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

# Each run has a thread of its own.
_RUN = threading.local()
_keep_for_session = PagesManager.set_script_intent


def _keep_for_run(manager: PagesManager, page_script_hash: str, page_name: str) -> None:
    """Streamlit calls it as a run begins, with what was asked for."""
    _RUN.asked = page_script_hash, page_name
    _keep_for_session(manager, page_script_hash, page_name)


PagesManager.set_script_intent = _keep_for_run  # type: ignore[assignment,method-assign]


def asked_page(pages: Sequence[Page]) -> Page:
    """As `st.navigation` chooses, by what this run was asked for.

    Parameters
    ----------
    pages : sequence of Page
        All there are.

    Returns
    -------
    Page
        The one to draw.
    """
    context, asked = get_script_run_ctx(), getattr(_RUN, "asked", None)
    # The first run of a server began before this was here to be told.
    if context is not None and asked is not None:
        _keep_for_session(context.pages_manager, *asked)
    chosen = st.navigation(pages)
    _RUN.asked = chosen._script_hash, ""  # noqa: SLF001  (Streamlit tells it nowhere else)
    return chosen


def own_page() -> str:
    """Streamlit's mark of the page that this run is of; '' outside a run."""
    context, (mark, _) = get_script_run_ctx(), getattr(_RUN, "asked", ("", ""))
    return mark or ("" if context is None else context.page_script_hash)
