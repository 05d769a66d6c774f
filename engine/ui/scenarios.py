"""The bundled scenarios: their names, and each read once."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine.demand.complete import complete
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
FIRST = "bicycles"


def scenario_names() -> list[str]:
    """Folders with a ``scenario.yaml``, by name."""
    return sorted(path.parent.name for path in FOLDER.glob("*/scenario.yaml"))


def load_scenario(name: str) -> Scenario:
    """A bundled scenario, read again when one of its files has changed.

    Raises
    ------
    EngineError
        Where it is faulty.
    """
    folder = FOLDER / name
    files = sorted(folder.iterdir())
    return _read(str(folder), tuple((file.name, file.stat().st_mtime_ns) for file in files))


@st.cache_resource(max_entries=16, show_spinner=False)
def _read(folder: str, written: tuple[tuple[str, int], ...]) -> Scenario:  # noqa: ARG001  (part of the key)
    return complete(read_scenario(folder))
