"""What is on its way to the browser: whether all that a run has drawn is sent, and will not be dropped any more."""

from __future__ import annotations

import asyncio

from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.session_manager import ActiveSessionInfo, SessionClient

_PATIENCE_SECONDS = 5.0
_LOOKS_EACH_SECONDS = 0.005


def connection() -> SessionClient | None:
    """The browser's line to the server, another one where it had to connect anew; None where there is none."""
    info = _session()
    return None if info is None else info.client


def emptied() -> bool:
    """Wait until the browser was sent what this run has drawn so far; whether it was.

    Streamlit drops what waits to be sent as the next run begins: only of what was sent is known that it arrives.
    """
    info = _session()
    if info is None:
        return False
    session = info.session

    async def wait() -> None:
        # It has no event to wait for.
        while not session._browser_queue.is_empty():  # noqa: ASYNC110, SLF001
            await asyncio.sleep(_LOOKS_EACH_SECONDS)

    # What the run has drawn comes to the server's loop first, in turn.
    waiting = asyncio.run_coroutine_threadsafe(wait(), session._event_loop)  # noqa: SLF001
    try:
        waiting.result(_PATIENCE_SECONDS)
    except TimeoutError:
        waiting.cancel()
        return False
    return True


def _session() -> ActiveSessionInfo | None:
    """Streamlit tells it nowhere else; what tests run pages in has none."""
    context = get_script_run_ctx()
    sessions = getattr(get_instance(), "_session_mgr", None) if exists() else None
    if context is None or sessions is None:
        return None
    info: ActiveSessionInfo | None = sessions.get_active_session_info(context.session_id)
    return info
