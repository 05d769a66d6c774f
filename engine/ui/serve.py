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

from streamlit.web import cli

_HERE = Path(__file__).resolve()
# Streamlit reads the settings beside the script. The wheel has them beside the app, a checkout at its top: a build
# puts them there, so that there is one file of them.
_INSTALLED = _HERE.parent / "entry" / "app.py"
APP = _INSTALLED if (_INSTALLED.parent / ".streamlit").is_dir() else _HERE.parents[2] / "app.py"
# Not the pages themselves: they are Streamlit's to run.
_NEEDED = ("engine.decision.whatif", "engine.ui.state.session", "altair")


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
    try:
        for name in _NEEDED:
            import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def main() -> None:
    """Serve; the arguments are those of `streamlit run` behind the script's name."""
    # Streamlit's own modules are loaded by now: two threads that load the same ones might meet half-way.
    import_module("streamlit.web.bootstrap")
    threading.Thread(target=_load, daemon=True).start()
    given = sys.argv[1:]
    cli.main(args=["run", str(APP), *given, *allowed_hosts(given, os.environ)], prog_name="streamlit")


if __name__ == "__main__":
    main()
