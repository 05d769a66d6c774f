"""Starts the app's server, and loads what its pages need while the browser is still fetching the page.

What the first page imports takes as long as a browser takes to connect; side by side the two take half of it.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from streamlit import delta_generator, runtime
from streamlit.runtime import RuntimeState
from streamlit.web import cli

_HERE = Path(__file__).resolve()
# Streamlit reads the settings beside the script. The wheel has them beside the app, a checkout at its top: a build
# puts them there, so that there is one file of them.
_INSTALLED = _HERE.parent / "entry" / "app.py"
APP = _INSTALLED if (_INSTALLED.parent / ".streamlit").is_dir() else _HERE.parents[2] / "app.py"
# What the first figures need, and not the pages themselves: they are Streamlit's to run.
_NEEDED = (
    "engine.decision.whatif", "engine.ui.state.situation", "engine.ui.views.decide.headline",
    "engine.ui.views.decide.decision_table", "engine.ui.views.icon", "engine.ui.views.style",
)  # fmt: skip
_GIVES_WAY_SECONDS = 0.0005
# Charts stand below the figures: where somebody waits already, they are loaded as they are drawn.
_BELOW = ("narwhals.stable.v1", "altair.utils", "altair.expr", "altair", "engine.ui.views.decide.strategy_map")

# Where the app listens to this machine alone, it also answers to these names alone: a page of another site whose name
# was made to point here (DNS rebinding) passes for one of its own otherwise.
_HERE_ALONE = ("localhost", "127.0.0.1", "::1")


def allowed_hosts(arguments: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """Options that name whom the server answers to; none where somebody has chosen, or opened it to a network.

    Parameters
    ----------
    arguments : sequence of str
        Those of `streamlit run`.
    environment : mapping
    """
    chosen = "STREAMLIT_SERVER_ALLOWED_HOSTS" in environment or any("allowedHosts" in one for one in arguments)
    address = environment.get("STREAMLIT_SERVER_ADDRESS", _HERE_ALONE[1])
    for number, one in enumerate(arguments):
        name, _, value = one.partition("=")
        if name == "--server.address":
            address = value or arguments[number + 1]
    if chosen or address not in _HERE_ALONE:
        return []
    return [part for host in _HERE_ALONE for part in ("--server.allowedHosts", host)]


def _load() -> None:
    # What is loaded stays. To look through all of it for what nothing refers to any more takes a sixth of a second, in
    # the middle of somebody's move; so it is done neither meanwhile nor later.
    gc.disable()
    # A thread that loads gives way every so often. What fetches the page's scripts meanwhile asks for little each time,
    # and a hundred times.
    patience = sys.getswitchinterval()
    sys.setswitchinterval(_GIVES_WAY_SECONDS)
    try:
        for name in _NEEDED:
            import_module(name)
        for name in _BELOW:
            if _waited_for():
                break
            import_module(name)
    finally:
        sys.setswitchinterval(patience)
        gc.freeze()
        gc.enable()


def _waited_for() -> bool:
    """Whether a browser is connected, whose first page would share the processor with whatever is loaded now."""
    return runtime.exists() and runtime.get_instance().state is RuntimeState.ONE_OR_MORE_SESSIONS_CONNECTED


def main() -> None:
    """Serve; the arguments are those of `streamlit run` behind the script's name."""
    # Streamlit's own modules are loaded by now: two threads that load the same ones might meet half-way.
    import_module("streamlit.web.bootstrap")
    # With its first element Streamlit asks whether it runs in a console, and looks at the file of every module for it.
    delta_generator._use_warning_has_been_displayed = True  # noqa: SLF001
    threading.Thread(target=_load, daemon=True).start()
    given = sys.argv[1:]
    cli.main(args=["run", str(APP), *given, *allowed_hosts(given, os.environ)], prog_name="streamlit")


if __name__ == "__main__":
    main()
