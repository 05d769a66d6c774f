"""Ctrl-C at a moment that suits, never in the middle of starting or ending processes; and none that outlive theirs."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process, resource_tracker


@contextmanager
def without_ctrl_c(*, forget: bool = False) -> Iterator[None]:
    """Hold Ctrl-C back until the end of the block; processes and threads started in it never see it.

    A terminal sends it to every process of a command. Workers must not die of it half-way through an import: their
    parent ends them.

    Parameters
    ----------
    forget : bool
        Drop it instead of raising `KeyboardInterrupt` at the end: where everything is being ended already.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    masked = hasattr(signal, "pthread_sigmask")
    if masked:
        # Python starts it with the first process and then lifts the mask, before that process is there.
        resource_tracker.ensure_running()
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    # The mask, unlike the handler, is inherited.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masked else set()
    try:
        yield
    finally:
        if masked:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, before)
    if pressed and not forget:
        raise KeyboardInterrupt


def die_with_parent() -> None:
    """End this process as soon as the one that started it has ended, by whatever it was killed."""
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
