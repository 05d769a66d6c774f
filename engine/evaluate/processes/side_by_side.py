"""Independent pieces of one work, side by side in processes of their own.

Most of a small decision is Python, of which a process runs one thread at a time.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from engine.evaluate.processes.beside import copied, copying
from engine.evaluate.processes.interrupts import die_with_parent, without_ctrl_c

Given = TypeVar("Given")
Result = TypeVar("Result")

# In a process that works for another: the work and what it is given, once for all pieces.
_KEPT: list[tuple[Callable[[Any, int], Any], Any]] = []


def side_by_side(
    work: Callable[[Given, int], Result], given: Given, pieces: Sequence[int], *, processes: int = 1
) -> Iterator[Result]:
    """The result of every piece, in the order of the pieces, whoever works on it.

    Parameters
    ----------
    work : callable
        Of a module, so that other processes find it; what it returns hangs on its arguments alone.
    given : object
        What all pieces share.
    pieces : sequence of int
    processes : int
        One works here. More of them are copies of this process where it may be copied (`copied`); elsewhere the
        program's own file is read again in each, which must start nothing then.
    """
    done = 0
    if processes > 1 and len(pieces) > 1:
        try:
            for result in _elsewhere(work, given, pieces, min(processes, len(pieces))):
                yield result
                done += 1
        except BrokenProcessPool:
            # A process was killed, by the system where memory is short: the rest is done here.
            pass
    for piece in pieces[done:]:
        yield work(given, piece)


def _elsewhere(
    work: Callable[[Given, int], Result], given: Given, pieces: Sequence[int], processes: int
) -> Iterator[Result]:
    # A copy has loaded the engine and knows what it is given.
    context = multiprocessing.get_context("fork" if copied() else "spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_keep, initargs=(work, given))
    try:
        with without_ctrl_c(), copying():
            asked = [pool.submit(_work_on, piece) for piece in pieces]
        for answer in asked:
            yield answer.result()
    finally:
        # What is begun is ended, which is soon; the rest is not begun.
        pool.shutdown(cancel_futures=True)


def _keep(work: Callable[[Any, int], Any], given: object) -> None:
    die_with_parent()
    _KEPT[:] = [(work, given)]


def _work_on(piece: int) -> Any:  # noqa: ANN401  (what the work returns)
    work, given = _KEPT[0]
    return work(given, piece)
