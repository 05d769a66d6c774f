"""The scenarios that a session may open: the bundled ones and its own uploads, each read once."""

from __future__ import annotations

import streamlit as st

from engine.demand.fitting.complete import complete
from engine.errors import EngineError
from engine.scenario.examples import examples_folder
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from engine.ui.state import store
from engine.words.reason import cause, quoted

FOLDER = examples_folder()
FIRST = "bicycles"
_UPLOADS = "_uploads"


def scenario_names() -> list[str]:
    """Folders with a ``scenario.yaml``, by name, then this session's uploads."""
    bundled = sorted(path.parent.name for path in FOLDER.glob("*/scenario.yaml"))
    return [*bundled, *(key for key in uploads() if store.place_of(key) is not None)]


def uploads() -> list[str]:
    """Keys of this session's uploads, the latest last."""
    names: list[str] = st.session_state.get(_UPLOADS, [])
    return names


def add_upload(key: str) -> None:
    """Offer an upload in this session."""
    if key not in uploads():
        st.session_state[_UPLOADS] = [*uploads(), key]


def scenario_title(name: str) -> str:
    """What a reader calls a scenario."""
    if not store.is_upload(name):
        return name.replace("-", " ").capitalize()
    try:
        return load_scenario(name).name
    except EngineError:
        return name


def load_scenario(name: str) -> Scenario:
    """A scenario, read again when one of its files has changed.

    Raises
    ------
    EngineError
        Where it is faulty.
    """
    folder = (store.place_of(name) or store.folder() / name) if store.is_upload(name) else FOLDER / name
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        raise EngineError(cause("path_unreadable", path=folder.name, error=quoted(str(error.strerror)))) from error
    return _read(str(folder), tuple((file.name, file.stat().st_mtime_ns) for file in files))


@st.cache_resource(max_entries=16, show_spinner=False)
def _read(folder: str, written: tuple[tuple[str, int], ...]) -> Scenario:  # noqa: ARG001  (part of the key)
    return complete(read_scenario(folder))
