"""Uploads and runs of the tests stay in folders of their own, and no process outlives its test."""

import json
import os
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import pytest
from altair.utils import schemapi
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.caching import clear_session_resource_cache
from streamlit.testing.v1 import local_script_runner

import engine.ui.state.scenarios
from engine.decision.whatif import WhatIf
from engine.report.charts import specifications as map_module
from engine.scenario.examples import examples_folder
from engine.scenario.read import read_scenario
from engine.ui.state import store
from engine.ui.state.memo import kept
from engine.ui.state.session import proof_queue
from engine.ui.views.decide import strategy_map as map_view
from engine.ui.work import jobs, proof
from engine.ui.work.fork_server import ForkServer, fork_server
from engine.ui.work.proof import write_down
from engine.ui.work.runs import registry
from engine.ui.work.studies import study_queue, unasked_queue
from tests.ui import previews
from tests.ui.commands import Commands
from tests.ui.proofs import SharedProofs, wait_until_loaded

# As AppTest calls each of its sessions.
SESSION = "test session id"


@pytest.fixture(autouse=True)
def uploads_folder(tmp_path_factory, monkeypatch) -> Path:
    """An empty store."""
    folder = tmp_path_factory.mktemp("store")
    monkeypatch.setenv("CODP_STORE", str(folder))
    store.folder.cache_clear()
    yield folder
    store.folder.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _pages_are_waited_for() -> Iterator[None]:
    """Wait for a page's thread to end: to ask each millisecond whether it has, as AppTest does, slows it down."""
    asks = local_script_runner.require_widgets_deltas

    def waits(runner: local_script_runner.LocalScriptRunner, timeout: float = 3.0) -> None:
        runner._script_thread.join(timeout)
        asks(runner, 0.1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", waits)
        yield


@pytest.fixture(scope="session", autouse=True)
def _components_are_looked_for_once() -> Iterator[None]:
    """A server looks through all that is installed for components as it starts, AppTest whenever a page is drawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def _what_was_valid_is_valid_again() -> Iterator[None]:
    """Altair holds each part of each chart against its schema: what is written alike was found valid before."""
    valid, held = {}, schemapi._get_errors_from_spec

    def errors(spec, schema, rootschema=None):
        key = id(schema), id(rootschema), json.dumps(spec, sort_keys=True, default=repr)
        if key in valid:
            return []
        found = held(spec, schema, rootschema=rootschema)
        if not found:
            # Schemas are kept, so that no other one gets the place of one of them.
            valid[key] = schema, rootschema
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schemapi, "_get_errors_from_spec", errors)
        yield


@pytest.fixture(scope="session", autouse=True)
def _maps_are_shared() -> Iterator[None]:
    """The map of the same points in the same words is the same, on every page that shows it and each time it does."""
    maps, lines = {}, {}

    def shared_map(points, **told):
        return kept(maps, (points.to_json(), repr(told)), partial(map_module.strategy_map, points, **told), most=60)

    def shared_line(chart, told):
        return kept(lines, (id(chart), told), lambda: (chart, map_module.with_line(chart, told)), most=60)[1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(map_view, "strategy_map", shared_map)
        patch.setattr(map_view, "with_line", shared_line)
        yield


@pytest.fixture(scope="session", autouse=True)
def _previews_are_shared() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        previews.share(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _previews_end_by_their_gap() -> Iterator[None]:
    """A first answer ends by the clock in the app, and would be another one on a busy machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(WhatIf.__init__.__kwdefaults__, "clock", lambda: 0.0)
        yield


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    """No process, and nothing of a session: AppTest gives all of them one name, and the next would find its proof."""
    yield
    clear_session_resource_cache(SESSION)
    proof_queue().close()
    study_queue().close()
    unasked_queue().close()
    registry().close()


@pytest.fixture(scope="session")
def bundled(tmp_path_factory) -> Path:
    """The scenarios that the app opens with, tiny on a fifth of its samples."""
    folder = tmp_path_factory.mktemp("scenarios")
    for path in examples_folder().iterdir():
        if path.name == "tiny":
            write_down(read_scenario(path).with_settings(samples=200), folder / "tiny")
        elif path.is_dir():
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture(autouse=True)
def _tiny_is_quick(bundled, monkeypatch) -> None:
    """What pages show of tiny takes a thousand samples nowhere."""
    monkeypatch.setattr(engine.ui.state.scenarios, "FOLDER", bundled)


@pytest.fixture(autouse=True)
def _no_proof_unasked(monkeypatch) -> None:
    """A proof begins when a test waits for it, and else takes the processor from the page for nothing."""
    monkeypatch.setattr(proof_queue(), "rest_seconds", 3600.0)


@pytest.fixture
def commands(proofs, monkeypatch) -> Commands:
    """What the app asks for waits until the test has it run, in this process; what was proven before is copied."""
    found = Commands(proofs)
    monkeypatch.setattr(proof, "verdict", proofs.verdict)
    monkeypatch.setattr(jobs, "run_codp", found.start)
    monkeypatch.setattr(proof_queue(), "rest_seconds", 0.0)
    return found


@pytest.fixture
def proven_here(commands) -> None:
    """Proofs run in this process, as soon as the app asks for them."""
    commands.at_once = ("solve",)


@pytest.fixture(scope="session")
def proofs(tmp_path_factory) -> SharedProofs:
    """What was proven for a test of this run, in any of its processes."""
    mine = tmp_path_factory.getbasetemp()
    folder = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "proofs"
    folder.mkdir(exist_ok=True)
    return SharedProofs(folder)


@pytest.fixture(scope="session")
def preloaded() -> ForkServer:
    """What starts processes at once, where they can be copied."""
    server = fork_server()
    server.begin()
    wait_until_loaded(server)
    return server


@pytest.fixture
def shared_proofs(proofs, preloaded, monkeypatch) -> SharedProofs:
    """Proofs of scenarios that were proven before are copied; other work starts with the engine loaded.

    Each begins when a test waits for it: a copy would end while a page is drawn that is to tell of its preview.
    """
    monkeypatch.setattr(jobs, "run_codp", proofs.start)
    monkeypatch.setattr(proof, "verdict", proofs.verdict)
    return proofs
