"""Starts the app's server, and loads what its pages need while the browser is still fetching the page.

What the first page imports takes as long as a browser takes to connect; side by side the two take half of it.
"""

from __future__ import annotations

import sys
import threading
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


def _load() -> None:
    for name in _NEEDED:
        import_module(name)


def main() -> None:
    """Serve; the arguments are those of `streamlit run` behind the script's name."""
    # Streamlit's own modules are loaded by now: two threads that load the same ones might meet half-way.
    import_module("streamlit.web.bootstrap")
    threading.Thread(target=_load, daemon=True).start()
    cli.main(args=["run", str(APP), *sys.argv[1:]], prog_name="streamlit")


if __name__ == "__main__":
    main()
