"""Long commands: progress on a terminal, and Ctrl-C that works in the middle of a solver's step, too."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

EXIT_STOPPED = 130
# A step of the solver is mostly over by then, and what was found is kept.
PATIENCE_SECONDS = 20.0


def progress(*, verbose: bool) -> Callable[[str], None]:
    """Lines of progress on the error stream: on a terminal, or where they are asked for."""
    shown = verbose or sys.stderr.isatty()

    def log(line: str) -> None:
        if shown:
            typer.echo(f"  {line}", err=True)

    return log


@contextmanager
def stoppable(seconds: float) -> Iterator[None]:
    """Let Ctrl-C end the block even where the solver does not come back to Python.

    Python sees Ctrl-C only between its own steps, and a step of the solver can take minutes. So the first one gives
    the block some time to end as it likes; after that, or at the second, the process ends.

    Parameters
    ----------
    seconds : float
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(ours, seconds), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        theirs.close()
        watcher.join()
        ours.close()


def _watch(ours: socket.socket, seconds: float) -> None:
    """Wait for Ctrl-C, then for the end of the block; the pipe closes when it ends."""
    while told := ours.recv(1):
        if told[0] != signal.SIGINT:
            continue
        print("  stopping; the solver is in the middle of a step. Ctrl-C again ends it at once", file=sys.stderr)
        ours.settimeout(seconds)
        try:
            if not ours.recv(1):
                return
        except TimeoutError:
            pass
        print("stopped in the middle of a step; nothing of it is written", file=sys.stderr, flush=True)
        os._exit(EXIT_STOPPED)
