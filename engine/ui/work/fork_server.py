"""Commands of the app in copies of a process that has loaded the engine: to load it takes longer than to prove little.

What runs is what ``python -m engine`` runs: arguments, folder, environment and standard error are the command's own.
The server itself has threads and must not be copied; nothing runs in the process that is (`serve`).
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn, Protocol

ROOT = Path(__file__).resolve().parents[3]
# What decisions load while they work, and the studies that begin from one.
_MODULES = (
    "engine.cli", "engine.decision.extensive", "engine.decision.solve", "engine.report.files",
    "engine.evaluate.studies.compare", "engine.evaluate.studies.frontier",
)  # fmt: skip
_READY = "ready"
_ENDED_WITHIN_SECONDS = 10.0
# Nothing that a copy runs goes before a reader at the sliders.
_NICENESS = 10


class Process(Protocol):
    """What jobs ask of a process."""

    pid: int

    def poll(self) -> int | None:
        """The exit code, once it has ended."""

    def wait(self) -> int:
        """The exit code, as soon as it has ended."""

    def kill(self) -> None:
        """End it, whatever it does."""


class ForkedProcess:
    """A copy that runs a command: what `subprocess.Popen` is of a process that was started.

    Parameters
    ----------
    pid : int
    server : subprocess.Popen
        The process it is a copy of.
    folder : Path
        Where its exit code is left.
    """

    def __init__(self, pid: int, server: subprocess.Popen[str], folder: Path) -> None:
        self.pid, self.returncode = pid, None
        self._server, self._code = server, folder / str(pid)

    returncode: int | None

    def poll(self) -> int | None:
        """The exit code, once it has ended."""
        if self.returncode is None:
            # Looked at before the file: what ended with the server may have left it until then.
            alone = self._server.poll() is not None and not _alive(self.pid)
            try:
                self.returncode = int(self._code.read_text("ascii"))
                self._code.unlink(missing_ok=True)
            except FileNotFoundError:
                if alone:
                    self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self) -> int:
        """The exit code, as soon as it has ended."""
        while (code := self.poll()) is None:
            time.sleep(0.005)
        return code

    def kill(self) -> None:
        """End it, whatever it does."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


class ForkServer:
    """The process that is copied; it ends with this one, and its copies with it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: subprocess.Popen[str] | None = None
        self._folder: Path | None = None

    def begin(self) -> None:
        """Start it, unless it is there; nothing where processes are not copied."""
        if sys.platform != "linux":
            return
        with self._lock:
            if self._server is not None and self._server.poll() is None:
                return
            self._forget()
            self._folder = Path(tempfile.mkdtemp(prefix="codp-fork-"))
            environment = {**os.environ, "PYTHONPATH": python_path()}
            self._server = subprocess.Popen(
                [sys.executable, "-m", __name__, str(self._folder)], env=environment, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip

    @property
    def ready(self) -> bool:
        """Whether a copy starts at once; while it still loads, a process of its own is as soon."""
        return self._folder is not None and (self._folder / _READY).exists()

    @property
    def loads(self) -> bool:
        """Whether it is there, and a copy has to wait until it has loaded the engine."""
        server = self._server
        return server is not None and server.poll() is None and not self.ready

    def start(
        self, arguments: list[str], *, folder: Path, environment: dict[str, str], stderr: IO[bytes]
    ) -> ForkedProcess | None:
        """A copy that runs ``codp`` with these arguments; None where there is none to copy.

        Parameters
        ----------
        arguments : list of str
        folder : Path
            Where it runs.
        environment : dict
        stderr : file
            Open for writing, with a name.
        """
        asked = {"arguments": arguments, "folder": str(folder), "environment": environment, "stderr": stderr.name}
        with self._lock:
            server, place = self._server, self._folder
            if server is None or place is None or not self.ready or server.stdin is None or server.stdout is None:
                return None
            try:
                server.stdin.write(json.dumps(asked) + "\n")
                server.stdin.flush()
                return ForkedProcess(int(server.stdout.readline()), server, place)
            except (OSError, ValueError):
                # It is gone, killed where memory was short: the next job begins another.
                self._forget()
                return None

    def close(self) -> None:
        """Stop it, and all that it has started."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        if self._server is not None:
            # What is loaded ends its copies first; what is not has none.
            if self.ready:
                with contextlib.suppress(OSError, ValueError, subprocess.TimeoutExpired):
                    self._server.communicate(timeout=_ENDED_WITHIN_SECONDS)
            self._server.kill()
            self._server.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._server = self._folder = None


def python_path() -> str:
    """`PYTHONPATH` with which ``-m engine`` finds this engine, whatever folder a server was started in."""
    return os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))


_SERVER = ForkServer()
atexit.register(_SERVER.close)


def fork_server() -> ForkServer:
    """The one of this process."""
    return _SERVER


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def serve(folder: Path) -> None:
    """Copy this process for each line of standard input until it ends, and leave the exit codes of those that end.

    Parameters
    ----------
    folder : Path
        Where codes are left, each in a file named by its process, and the sign that all is loaded.
    """
    os.nice(_NICENESS)
    for name in _MODULES:
        import_module(name)
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    # Ctrl-C comes to every process of a terminal; this one ends with the server, which waits for nothing.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A search for garbage in a copy would write to all objects, and so copy the memory of both.
    gc.collect()
    gc.freeze()
    (folder / _READY).touch()
    running: set[int] = set()
    while True:
        ready, _, _ = select.select([sys.stdin, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _leave_codes(running, folder)
        if sys.stdin in ready:
            line = sys.stdin.readline()
            if not line:
                break
            with warnings.catch_warnings():
                # Of threads that wait for sums to do, and hold no lock.
                warnings.simplefilter("ignore", DeprecationWarning)
                pid = os.fork()
            if pid == 0:
                _run(json.loads(line))
            running.add(pid)
            print(pid, flush=True)  # noqa: T201
    for pid in running:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _leave_codes(running: set[int], folder: Path) -> None:
    for pid in tuple(running):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            running.remove(pid)
            made = folder / f"{pid}.new"
            # The folder is gone where the server is.
            with contextlib.suppress(OSError):
                made.write_text(str(os.waitstatus_to_exitcode(status)), "ascii")
                made.rename(folder / str(pid))


def _run(asked: dict[str, Any]) -> NoReturn:
    """Be ``python -m engine``, and end."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.dup2(os.open(asked["stderr"], os.O_WRONLY | os.O_APPEND), 2)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv = ["codp", *asked["arguments"]]
        import_module("engine.cli").main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)  # noqa: T201
    except BaseException:  # noqa: BLE001  (whatever it is, it ends this process alone)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
