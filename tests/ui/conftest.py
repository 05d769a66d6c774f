"""Uploads and runs of the tests stay in folders of their own, and no process outlives its test."""

from pathlib import Path

import pytest

from engine.ui.state import store
from engine.ui.state.session import proof_queue
from engine.ui.work.runs import registry
from engine.ui.work.studies import study_queue


@pytest.fixture(autouse=True)
def uploads_folder(tmp_path_factory, monkeypatch) -> Path:
    """An empty store."""
    folder = tmp_path_factory.mktemp("store")
    monkeypatch.setenv("CODP_STORE", str(folder))
    store.folder.cache_clear()
    yield folder
    store.folder.cache_clear()


@pytest.fixture(autouse=True)
def _no_process_left():
    yield
    proof_queue().close()
    study_queue().close()
    registry().close()
