"""Catalogue runs: `codp batch run` in a process that outlives the page, its files where the next session finds them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import streamlit as st

from engine.scenario.scenario import Scenario
from engine.ui.state import store
from engine.ui.work.jobs import cause_left, start_codp
from engine.ui.work.proof import write_down
from engine.words.reason import Reason, renamed

_KEY = re.compile(r"run-[0-9a-f]{32}")
_MOST = 50
_SESSION, _LISTED = "_batch_runs", 10
# Of all sessions together: each takes all cores but one, and memory of its own.
MOST_AT_ONCE = 3
_PROGRESS = re.compile(
    r"(\d+)/(\d+) partitions, ([\d,]+) of ([\d,]+) products(?:, [\d,]+ a second)?(?:, (?:(\d+) min )?(\d+) s left)?"
)


class Standing(Enum):
    """How far a run is."""

    RUNNING = "running"
    STOPPED = "stopped"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """What the command told last.

    Parameters
    ----------
    share : float
        Of the products.
    done, products : int
    seconds_left : int or None
    """

    share: float
    done: int
    products: int
    seconds_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run on disk."""

    key: str
    folder: Path
    about: dict[str, Any]

    @property
    def out(self) -> Path:
        """Folder of the results."""
        return self.folder / "out"

    @property
    def said(self) -> list[str]:
        """Lines of the command so far."""
        try:
            return (self.folder / "stderr").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []

    @property
    def why(self) -> Reason | None:
        """What was wrong, where the command left a cause; files are named within the run's folder."""
        why = cause_left(self.folder)
        return None if why is None else renamed(why, {f"{self.folder}{os.sep}": ""})


class Registry:
    """Processes of this server; whoever knows a run's key may watch and stop it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def under_way(self) -> list[str]:
        """Keys of the runs that are going on."""
        with self._lock:
            return [key for key, process in self._processes.items() if process.poll() is None]

    def full(self) -> bool:
        """Whether as many runs are going on as this server takes at once."""
        return len(self.under_way()) >= MOST_AT_ONCE

    def begin(self, run: Run) -> None:
        """Start a run, or go on with one that was stopped: the command is the same; none where the server is full."""
        full = self.full()
        with self._lock:
            process = self._processes.get(run.key)
            if full or (process is not None and process.poll() is None):
                return
            command = ["batch", "run", str(run.folder / "catalogue"), "--out", str(run.out)]
            # One process: the readers at the sliders share this machine.
            command += ["--workers", str(max(1, (os.cpu_count() or 2) - 1))]
            self._processes[run.key] = start_codp(command, run.folder, niceness=15)

    def stop(self, run: Run) -> None:
        """Ask a run to end; what is finished is kept."""
        with self._lock:
            process = self._processes.get(run.key)
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            deadline = time.monotonic() + 5.0
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            if process.poll() is None:
                process.kill()
                process.wait()

    def standing(self, run: Run) -> Standing:
        """How far a run is."""
        with self._lock:
            process = self._processes.get(run.key)
        if process is not None and process.poll() is None:
            return Standing.RUNNING
        return Standing.COMPLETE if (run.out / "summary.json").is_file() else Standing.STOPPED

    def close(self) -> None:
        """Stop all."""
        with self._lock:
            processes = list(self._processes.values())
        for process in processes:
            if process.poll() is None:
                with contextlib.suppress(OSError):
                    process.kill()
                process.wait()


@st.cache_resource(show_spinner=False)
def registry() -> Registry:
    """The runs of this server."""
    return Registry()


def new_run(scenario: Scenario) -> Run:
    """Write a catalogue down under a key that nobody guesses."""

    def lay(folder: Path) -> tuple[str, int]:
        write_down(scenario, folder)
        return scenario.name, len(scenario.products)

    return run_from(lay)


def run_from(lay: Callable[[Path], tuple[str, int]]) -> Run:
    """A run under a key that nobody guesses.

    Parameters
    ----------
    lay : callable
        Writes the catalogue into a folder; its name and the number of its products. Where it raises, nothing is left.
    """
    key = f"run-{secrets.token_hex(16)}"
    folder = runs_folder() / key
    folder.mkdir(parents=True)
    try:
        name, products = lay(folder / "catalogue")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    about = {"name": name, "products": products, "began": time.time()}
    (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    store.forget_oldest(_KEY, _MOST, within=runs_folder(), spared=registry().under_way())
    return Run(key=key, folder=folder, about=about)


def run_of(key: str) -> Run | None:
    """A run by its key."""
    folder = runs_folder() / key
    if not _KEY.fullmatch(key) or not (folder / "about.json").is_file():
        return None
    return Run(key=key, folder=folder, about=json.loads((folder / "about.json").read_text(encoding="utf-8")))


def session_runs() -> list[Run]:
    """Runs that this session knows, the one looked at first; those no longer on the server are left out."""
    said = st.session_state.get(_SESSION)
    keys = str(st.query_params.get("run", "")).split(",") if said is None else said
    st.session_state[_SESSION] = [run.key for run in map(run_of, keys) if run is not None]
    return [run for run in map(run_of, st.session_state[_SESSION]) if run is not None]


def look_at(run: Run) -> None:
    """Put a run on the page, the first of those that the session knows."""
    keys = [run.key, *(key for key in st.session_state.get(_SESSION, []) if key != run.key)]
    st.session_state[_SESSION] = keys[:_LISTED]


def written_runs() -> str:
    """The runs of this session as a link holds them."""
    return ",".join(st.session_state.get(_SESSION, []))


def runs_folder() -> Path:
    """Where runs are kept."""
    return store.folder() / "runs"


def progress(run: Run) -> RunProgress | None:
    """What the command told last; None before the first line of progress."""
    for line in reversed(run.said):
        match = _PROGRESS.search(line)
        if match:
            done, products = (int(match.group(k).replace(",", "")) for k in (3, 4))
            share = done / max(products, 1)
            return RunProgress(share=share, done=done, products=products, seconds_left=_seconds(match))
    return None


def _seconds(told: re.Match[str]) -> int | None:
    return None if told.group(6) is None else int(told.group(5) or 0) * 60 + int(told.group(6))
