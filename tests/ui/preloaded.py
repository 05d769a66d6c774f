"""`codp` in processes that are forked from one which has loaded the engine: to load it takes longer than to prove tiny.

What runs is what runs elsewhere: arguments, folder, environment and standard error are the job's own.
"""

import json
import os
import runpy
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
# What a proof loads while it works; studies load a little more.
MODULES = ("engine.cli", "engine.decision.extensive", "engine.decision.solve", "engine.report.files")


class Forked:
    """A forked process, as far as jobs ask: what `subprocess.Popen` is of one that was started.

    Parameters
    ----------
    pid : int
    folder : Path
        Where its exit code is left.
    """

    def __init__(self, pid: int, folder: Path) -> None:
        self.pid, self.returncode, self._left = pid, None, folder / str(pid)

    def poll(self) -> int | None:
        if self.returncode is None and self._left.exists():
            self.returncode = int(self._left.read_text("ascii"))
            self._left.unlink()
        return self.returncode

    def wait(self) -> int:
        while self.poll() is None:
            time.sleep(0.005)
        return self.returncode

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


class Preloaded:
    """A process that has loaded the engine and forks another for each command; it starts with the first.

    Parameters
    ----------
    folder : Path
        Where exit codes are left, each in a file of its process.
    """

    DEVNULL = subprocess.DEVNULL

    def __init__(self, folder: Path) -> None:
        self.folder, self._lock = folder, threading.Lock()
        self._server: subprocess.Popen[str] | None = None

    def Popen(self, command: list[str], *, cwd: Path, env: dict[str, str], stderr: IO[bytes], **_: object) -> Forked:  # noqa: N802
        """A command as jobs start it: ``python -m engine`` and its arguments."""
        assert command[:3] == [sys.executable, "-m", "engine"]
        asked = {"arguments": command[3:], "folder": str(cwd), "environment": env, "stderr": stderr.name}
        with self._lock:
            if self._server is None:
                # Nothing runs beside it, so that it may fork.
                alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
                self._server = subprocess.Popen(
                    [sys.executable, "-m", __name__, str(self.folder)], cwd=ROOT, env=alone, stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, text=True,
                )  # fmt: skip
            self._server.stdin.write(json.dumps(asked) + "\n")
            self._server.stdin.flush()
            return Forked(int(self._server.stdout.readline()), self.folder)

    def close(self) -> None:
        """Stop it, and all that it has started."""
        if self._server is not None:
            self._server.communicate()


def serve(folder: Path) -> None:
    """Fork a process for each line of standard input until it ends, and leave the exit codes of those that end."""
    for name in MODULES:
        __import__(name)
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: set[int] = set()
    while True:
        ready, _, _ = select.select([sys.stdin, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            for pid in tuple(running):
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    running.remove(pid)
                    left = folder / f"{pid}.new"
                    left.write_text(str(os.waitstatus_to_exitcode(status)), "ascii")
                    left.rename(folder / str(pid))
        if sys.stdin in ready:
            line = sys.stdin.readline()
            if not line:
                break
            pid = os.fork()
            if pid == 0:
                _run(json.loads(line))
            running.add(pid)
            print(pid, flush=True)
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _run(asked: dict[str, object]) -> None:
    """Be ``python -m engine``, and end."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.dup2(os.open(asked["stderr"], os.O_WRONLY | os.O_APPEND), 2)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv = ["codp", *asked["arguments"]]
        runpy.run_module("engine", run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:  # noqa: BLE001  (whatever it is, it ends this process alone)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
