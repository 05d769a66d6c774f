"""Long work: ``codp`` in processes of their own, a few at a time, the rest in a queue.

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
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Generic, TypeVar

from engine.errors import CAUSE_FILE
from engine.ui.work.fork_server import Process, fork_server, python_path
from engine.words.reason import Reason, reason_of

T = TypeVar("T")
# What a process said: its last words, or the cause of its error, which can be told in every language.
Said = str | Reason
_CAUSE = "cause.json"
SOLVED, FAULTY, INFEASIBLE, TIMED_OUT = 0, 1, 3, 4


class Stage(Enum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(slots=True, eq=False)
class Job(Generic[T]):
    """One command on its way; made by `JobQueue.start`.

    Parameters
    ----------
    folder : Path
        Scratch folder of the job, gone when it has ended.
    command : list of str
        What follows ``codp``.
    read : callable
        Folder, exit code and what the process said to its result.
    prepare : callable or None
        Still to be called for the command, which is empty until then.
    """

    folder: Path
    command: list[str]
    read: Callable[[Path, int, Said], T] = field(repr=False)
    prepare: Callable[[Path], list[str]] | None = field(default=None, repr=False)
    stage: Stage = Stage.QUEUED
    verdict: T | None = None
    process: Process | None = field(default=None, repr=False)
    began: float = 0.0
    looks: int = 0
    asked: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Time since the process was started."""
        return time.monotonic() - self.began if self.process is not None else 0.0

    @property
    def said(self) -> list[str]:
        """Lines of progress so far."""
        try:
            return (self.folder / "stderr").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []


class JobQueue(Generic[T]):
    """Jobs of this server.

    Parameters
    ----------
    most : int, optional
        Processes at once; one core less than there are by default, so that the pages stay quick.
    rest_seconds : float
        A job younger than this is not started: a reader who is still moving a slider would only have it stopped.
    niceness : int
        Readers at the sliders go first.
    """

    def __init__(self, most: int | None = None, *, rest_seconds: float = 0.0, niceness: int = 10) -> None:
        self.rest_seconds, self.niceness = rest_seconds, niceness
        self.most = max(1, (os.cpu_count() or 2) - 1) if most is None else most
        self._lock = threading.Lock()
        self._waiting: deque[Job[T]] = deque()
        self._running: list[Job[T]] = []
        atexit.register(self.close)

    def start(self, prepare: Callable[[Path], list[str]], read: Callable[[Path, int, Said], T]) -> Job[T]:
        """Queue a command.

        Parameters
        ----------
        prepare : callable
            Writes what the command reads into the job's folder; the command without ``codp``.
        read : callable
            Folder, exit code and what the process said to the result.
        """
        if not self.rest_seconds:
            fork_server().begin()
        job = Job(folder=Path(tempfile.mkdtemp(prefix="codp-job-")), command=[], read=read, prepare=prepare)
        # What rests first may well be cancelled unstarted, so that its inputs are not written yet.
        if not self.rest_seconds:
            try:
                _prepare(job)
            except BaseException:
                shutil.rmtree(job.folder, ignore_errors=True)
                raise
        with self._lock:
            self._waiting.append(job)
            self._advance()
        return job

    def poll(self, job: Job[T]) -> Stage:
        """Look after all jobs; how far this one is."""
        with self._lock:
            job.looks += 1
            # The first look is that of the page which asked, whose figures would wait for what is loaded now.
            if job.looks > 1 and job.stage is Stage.QUEUED:
                fork_server().begin()
            self._advance()
            return job.stage

    def cancel(self, job: Job[T]) -> None:
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
                job.verdict = job.read(job.folder, code, last_words(job))
                job.stage = Stage.ENDED
                _end(job)
        rested = time.monotonic() - self.rest_seconds
        # What rests anyway waits for a copy: to load the engine twice at once takes longer.
        loads = self.rest_seconds > 0.0 and fork_server().loads
        while self._waiting and not loads and self._waiting[0].asked <= rested and len(self._running) < self.most:
            job = self._waiting.popleft()
            _prepare(job)
            job.process = run_codp(job.command, job.folder, niceness=self.niceness)
            job.began, job.stage = time.monotonic(), Stage.RUNNING
            self._running.append(job)


def run_codp(command: list[str], folder: Path, *, niceness: int) -> Process:
    """Have ``codp`` run with these arguments, in a copy of what has loaded it where there is one; it ends with us."""
    with (folder / "stderr").open("wb") as said:
        process = fork_server().start(command, folder=folder, environment=_environment(folder), stderr=said)
    if process is None:
        return start_codp(command, folder, niceness=niceness)
    _give_way(process.pid, niceness)
    return process


def start_codp(command: list[str], folder: Path, *, niceness: int) -> subprocess.Popen[bytes]:
    """Start ``codp`` with these arguments; what it says goes to the file ``stderr`` of the folder."""
    with (folder / "stderr").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "engine", *command], cwd=folder, env=_environment(folder),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said,
        )  # fmt: skip
    _give_way(process.pid, niceness)
    return process


def _environment(folder: Path) -> dict[str, str]:
    """That of a command, which leaves the cause of its error in this folder."""
    # Of the command before, where this one goes on with its work.
    (folder / _CAUSE).unlink(missing_ok=True)
    return {**os.environ, "PYTHONPATH": python_path(), CAUSE_FILE: str(folder / _CAUSE)}


def _give_way(pid: int, niceness: int) -> None:
    if hasattr(os, "setpriority"):
        # The process may have ended already.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, niceness)


def _prepare(job: Job[T]) -> None:
    """Have the inputs written, once."""
    if job.prepare is not None:
        job.command, job.prepare = job.prepare(job.folder), None


def _end(job: Job[T]) -> None:
    if job.process is not None and job.process.poll() is None:
        job.process.kill()
        job.process.wait()
    shutil.rmtree(job.folder, ignore_errors=True)


def cause_left(folder: Path) -> Reason | None:
    """The cause that a command left in its folder; None where it left none, or one of another version."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        why = reason_of(json.loads((folder / _CAUSE).read_text(encoding="utf-8")))
        # A cause of another version has no words here.
        str(why)
        return why
    return None


def last_words(job: Job[T]) -> Said:
    """What the process said, as a cause where it left one; a traceback goes to the server's log."""
    if (why := cause_left(job.folder)) is not None:
        return why
    said = "\n".join(job.said).strip()
    if "Traceback" in said:
        print(said, file=sys.stderr)  # noqa: T201
        return ""
    return said
