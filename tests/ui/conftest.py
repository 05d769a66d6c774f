"""Uploads and runs of the tests stay in folders of their own, and no process outlives its test."""

from pathlib import Path

import pytest

from engine.ui.state import session, store
from engine.ui.state.session import proof_queue
from engine.ui.work import jobs, proof
from engine.ui.work.runs import registry
from engine.ui.work.studies import study_queue, unasked_queue
from tests.ui.commands import Commands
from tests.ui.proofs import SharedProofs


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
    unasked_queue().close()
    registry().close()


@pytest.fixture
def commands(monkeypatch) -> Commands:
    """What the app asks for waits until the test has it run, in this process."""
    found = Commands()
    monkeypatch.setattr(jobs, "start_codp", found.start)
    monkeypatch.setattr(session, "_REST_SECONDS", 0.0)
    return found


@pytest.fixture
def proven_here(commands) -> None:
    """Proofs run in this process, as soon as the app asks for them."""
    commands.at_once = ("solve",)


@pytest.fixture(scope="session")
def proofs(tmp_path_factory) -> SharedProofs:
    """What was proven for a test of this process."""
    return SharedProofs(tmp_path_factory.mktemp("proofs"))


@pytest.fixture
def shared_proofs(proofs, monkeypatch) -> SharedProofs:
    """Proofs of scenarios that were proven before are copied."""
    monkeypatch.setattr(jobs, "start_codp", proofs.start)
    monkeypatch.setattr(proof, "verdict", proofs.verdict)
    return proofs
