"""The proven answer: `python -m engine solve` in a process of its own, a few at a time, the rest in a queue.

Solving in the server would stop all readers: two Pyomo solves in one process wait for each other for ever.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.report.files import read_plan
from engine.scenario.columns import TABLES
from engine.scenario.scenario import Scenario
from engine.scenario.write import write_scenario_folder
from engine.solve.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
# Then the best plan comes with the gap proven so far. Also the longest that a process outlives a killed server.
PROOF_SECONDS = 120.0
_NICENESS = 10
_SOLVED, _INFEASIBLE, _TIMED_OUT = 0, 3, 4


class Stage(Enum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A plan with its proven gap."""

    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No plan keeps all rules: the conflicts as ``summary.json`` tells them."""

    conflicts: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The process ended without an answer; `words` are the engine's own, empty where it had none."""

    timed_out: bool
    words: str


Verdict = Proven | Refused | Failed


@dataclass(slots=True, eq=False)
class Job:
    """One scenario on its way; made by `ProofQueue.submit`."""

    folder: Path
    stage: Stage = Stage.QUEUED
    verdict: Verdict | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    began: float = 0.0
    asked: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Time since the process was started."""
        return time.monotonic() - self.began if self.process is not None else 0.0


class ProofQueue:
    """All jobs of this server.

    Parameters
    ----------
    most : int, optional
        Processes at once; one core less than there are by default, so that the pages stay quick.
    rest_seconds : float
        A job younger than this is not started: a reader who is still moving a slider would only have it stopped.
    """

    def __init__(self, most: int | None = None, *, rest_seconds: float = 0.0) -> None:
        self.rest_seconds = rest_seconds
        self.most = max(1, (os.cpu_count() or 2) - 1) if most is None else most
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._running: list[Job] = []
        atexit.register(self.close)

    def submit(self, scenario: Scenario) -> Job:
        """Write a scenario down and queue its proof."""
        job = Job(folder=Path(tempfile.mkdtemp(prefix="codp-proof-")))
        try:
            write_down(scenario, job.folder / "scenario")
        except BaseException:
            shutil.rmtree(job.folder, ignore_errors=True)
            raise
        with self._lock:
            self._waiting.append(job)
            self._advance()
        return job

    def poll(self, job: Job) -> Stage:
        """Look after all jobs; how far this one is."""
        with self._lock:
            self._advance()
            return job.stage

    def cancel(self, job: Job) -> None:
        """Stop a job and forget what it wrote; one that has ended stays as it is."""
        with self._lock:
            if job.stage is Stage.ENDED:
                return
            if job in self._waiting:
                self._waiting.remove(job)
            if job in self._running:
                self._running.remove(job)
            _end(job)
            job.stage, job.verdict = Stage.ENDED, None
            self._advance()

    def close(self) -> None:
        """Stop all jobs."""
        for job in [*self._waiting, *self._running]:
            self.cancel(job)
        atexit.unregister(self.close)

    def _advance(self) -> None:
        for job in list(self._running):
            code = None if job.process is None else job.process.poll()
            if code is not None:
                self._running.remove(job)
                job.verdict = _verdict(job, code)
                job.stage = Stage.ENDED
                _end(job)
        rested = time.monotonic() - self.rest_seconds
        while self._waiting and self._waiting[0].asked <= rested and len(self._running) < self.most:
            job = self._waiting.popleft()
            job.process, job.began, job.stage = _start(job.folder), time.monotonic(), Stage.RUNNING
            self._running.append(job)


def write_down(scenario: Scenario, folder: Path) -> None:
    """Write a scenario to a folder; reading it gives the same scenario."""
    settings = scenario.settings.model_dump(by_alias=True, exclude={"columns", "format"})
    tables = {name: scenario.table(name) for name in TABLES if not scenario.table(name).empty}
    write_scenario_folder(folder, settings=settings, tables=tables, notes=[])


def _start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "engine", "solve", str(folder / "scenario"), "--out", str(folder / "plan")]
    command += ["--time-limit", str(PROOF_SECONDS)]
    # `-m engine` finds this engine whatever folder the server was started in.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}
    with (folder / "stderr").open("wb") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
        )
    if hasattr(os, "setpriority"):
        # Readers at the sliders go first; the process may have ended already.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
    return process


def _end(job: Job) -> None:
    if job.process is not None and job.process.poll() is None:
        job.process.kill()
        job.process.wait()
    shutil.rmtree(job.folder, ignore_errors=True)


def _verdict(job: Job, code: int) -> Verdict:
    said = (job.folder / "stderr").read_text(encoding="utf-8", errors="replace").strip()
    summary = job.folder / "plan" / "summary.json"
    try:
        if code == _INFEASIBLE:
            return Refused(conflicts=tuple(json.loads(summary.read_text(encoding="utf-8"))["conflicts"]))
        if code == _SOLVED or (code == _TIMED_OUT and summary.is_file()):
            return Proven(plan=read_plan(job.folder / "plan"))
    except (EngineError, OSError, ValueError, KeyError):
        return Failed(timed_out=False, words="")
    # A traceback is no help to a reader; it goes to the server's log.
    if "Traceback" in said:
        print(said, file=sys.stderr)  # noqa: T201
        said = ""
    return Failed(timed_out=code == _TIMED_OUT, words=said)
