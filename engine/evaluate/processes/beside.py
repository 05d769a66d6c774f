"""One piece of work beside this process, in a copy of it, so that nothing is loaded or drawn anew.

A copy begins with all that its parent knows at that moment and shares its memory until either writes to it.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any

from engine.decision.aside import Aside, Result, at_once
from engine.evaluate.processes.interrupts import die_with_parent

# This one, and the one that waits for Ctrl-C.
_THREADS = 2


@contextmanager
def beside() -> Iterator[Aside]:
    """Begin work in copies of this process; at the end of the block all of them have ended.

    The results are those of the same work done here, which it is where a copy cannot be made or does not answer: errors
    are raised here too.
    """
    if not copied():
        yield at_once
        return
    copies: list[Any] = []

    def aside(work: Callable[[], Iterable[Result]], /) -> Iterator[Result]:
        return _results(_begun(work, copies), work)

    try:
        yield aside
    finally:
        for copy in copies:
            copy.kill()
            copy.join()


def copied() -> bool:
    """Whether this process may be copied: on Linux, with a core to spare, no worker of another, no threads at work."""
    return (
        sys.platform == "linux"
        and len(os.sched_getaffinity(0)) > 1
        and multiprocessing.parent_process() is None
        and threading.current_thread() is threading.main_thread()
        and threading.active_count() <= _THREADS
    )


@contextmanager
def copying() -> Iterator[None]:
    """Make copies: Python 3.12 warns of every one of a process with threads; those here wait and hold no lock."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def _begun(work: Callable[[], Iterable[Any]], copies: list[Any]) -> Connection:
    """Start a copy on the work; where its answer comes from."""
    context = multiprocessing.get_context("fork")
    answer, theirs = context.Pipe(duplex=False)
    copy = context.Process(target=_answer, args=(work, theirs), daemon=True)
    # A terminal sends Ctrl-C to every process of a command: the copy, which inherits the mask, is ended by its parent.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with copying():
            copy.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    theirs.close()
    copies.append(copy)
    return answer


def _answer(work: Callable[[], Iterable[Any]], answer: Connection) -> None:
    """In the copy: do the work, and say nothing where it fails, for it fails where it is done again, too."""
    die_with_parent()
    # A search for garbage would write to all objects, and so copy the memory of both.
    gc.freeze()
    with open(os.devnull, "w") as nothing:  # noqa: PTH123  (a device)
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
        for result in work():
            answer.send([result])
        answer.send([])


def _results(answer: Connection, work: Callable[[], Iterable[Result]]) -> Iterator[Result]:
    told = 0
    while (message := _message(answer)) is not None:
        if not message:
            return
        told += 1
        yield from message
    # The copy is gone: what it has not told is worked out here.
    yield from islice(work(), told, None)


def _message(answer: Connection) -> list[Any] | None:
    """The next result of a copy, nothing after the last of them; None where it does not answer."""
    try:
        message: list[Any] = answer.recv()
    except (EOFError, OSError):
        return None
    return message
