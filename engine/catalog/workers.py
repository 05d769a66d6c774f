"""Partitions decided in this process, or by the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from engine.catalog.cluster import connect
from engine.catalog.deciding.partition import DiskFullError, Work, decide_partition
from engine.catalog.manifest import Receipt
from engine.errors import EngineError

# Partition, its receipt or None, and why there is none.
End = tuple[int, Receipt | None, str]


def in_this_process(work: Work, todo: list[int]) -> Iterator[End]:
    """Decide one partition after the other, without Dask."""
    for number in todo:
        try:
            yield number, decide_partition(work, number), ""
        except DiskFullError:
            raise
        except (EngineError, ArithmeticError, LookupError, ValueError, TypeError, RuntimeError) as error:
            yield number, None, _reason(error)


def on_dask(work: Work, todo: list[int], *, workers: int, scheduler: str | None, insecure_tcp: bool) -> Iterator[End]:
    """Decide partitions on workers; Dask gives those of a lost worker to another."""
    with connect(scheduler=scheduler, workers=workers, insecure_tcp=insecure_tcp) as client:
        numbers = {}
        for number in todo:
            future = client.submit(decide_partition, work, number, pure=False)
            numbers[future] = number
        try:
            for future in _as_completed(list(numbers)):
                number = numbers.pop(future)
                error = future.exception()
                if isinstance(error, DiskFullError):
                    raise error
                if error is None:
                    yield number, future.result(), ""
                else:
                    yield number, None, _reason(error)
                # Dask keeps a result as long as somebody holds its future.
                future.release()
        finally:
            client.cancel(list(numbers))


def _as_completed(futures: list[Any]) -> Iterator[Any]:
    """Futures as they end, whatever the end."""
    distributed: Any = import_module("distributed")
    completed: Iterator[Any] = distributed.as_completed(futures)
    return completed


def _reason(error: BaseException) -> str:
    kind = type(error).__name__
    if kind == "KilledWorker":
        return "it cost every worker that took it its life (out of memory?)"
    return str(error) if isinstance(error, EngineError) else f"{kind}: {error}"
