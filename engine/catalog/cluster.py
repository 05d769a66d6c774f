"""Dask: a cluster of processes on this machine, or one that is already running."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from engine.errors import EngineError
from engine.evaluate.processes.interrupts import without_ctrl_c

# How many workers a partition may lose before it is given up.
DEATHS = 12
_ENVIRONMENT = {
    # Dask trims freed memory at once, which makes NumPy four times slower.
    "MALLOC_TRIM_THRESHOLD_": "134217728",
    "MALLOC_MMAP_THRESHOLD_": "134217728",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


@contextmanager
def connect(*, scheduler: str | None, workers: int, insecure_tcp: bool = False) -> Iterator[Any]:
    """A Dask client.

    Parameters
    ----------
    scheduler : str or None
        ``tls://host:port`` of a running cluster (certificates as Dask's own settings name them), or ``tcp://``; None
        starts worker processes here.
    workers : int
        Processes to start.
    insecure_tcp : bool
        Allow ``tcp://`` to another host: whoever reaches its port can run any code there.

    Raises
    ------
    EngineError
        Without Dask, or where the scheduler is refused or cannot be reached.
    """
    if scheduler is not None:
        check_address(scheduler, insecure_tcp=insecure_tcp)
    dask, distributed = _libraries()
    settings = {
        "distributed.scheduler.allowed-failures": DEATHS,
        "distributed.nanny.pre-spawn-environ": _ENVIRONMENT,
        "distributed.worker.daemon": True,
        "distributed.worker.profile.enabled": False,
        "distributed.admin.large-graph-warning-threshold": "100MB",
        "logging.distributed": "critical",
    }
    with dask.config.set(settings):
        stack = ExitStack()
        try:
            with without_ctrl_c():
                if scheduler is None:
                    client = stack.enter_context(distributed.Client(stack.enter_context(_processes(workers))))
                else:
                    client = stack.enter_context(_client(scheduler))
            yield client
        finally:
            with without_ctrl_c(forget=True):
                stack.close()


def _libraries() -> tuple[Any, Any]:
    """Dask and its cluster, imported whole: Python ends by the signal after a Ctrl-C inside a generated class."""
    try:
        # Dask ships no types for what is called here.
        with without_ctrl_c():
            return import_module("dask"), import_module("distributed")
    except ModuleNotFoundError as error:
        message = "several processes need Dask: pip install 'codp[cluster]', or run with --workers 0 in this process"
        raise EngineError(message) from error


def _processes(workers: int) -> AbstractContextManager[Any]:
    """Worker processes on this machine."""
    distributed: Any = import_module("distributed")
    cluster: AbstractContextManager[Any] = distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        memory_limit=0,
        # Any free port, here only: two runs at a time must not fight over one.
        dashboard_address="127.0.0.1:0",
        host="127.0.0.1",
        silence_logs=50,
    )
    return cluster


def _client(scheduler: str) -> AbstractContextManager[Any]:
    distributed: Any = import_module("distributed")
    try:
        secure = distributed.Security() if scheduler.startswith("tls:") else None
        client: AbstractContextManager[Any] = distributed.Client(scheduler, security=secure, timeout=20)
    except TypeError as error:
        message = f"{scheduler}: Dask has no certificates for it; docs/cluster.md says how to name them"
        raise EngineError(message) from error
    except (OSError, TimeoutError, ValueError) as error:
        raise EngineError(f"{scheduler}: no scheduler answers there ({error})") from error
    return client


def check_address(scheduler: str, *, insecure_tcp: bool) -> None:
    """Refuse an address that is none, and plain TCP to another host."""
    parts = urlsplit(scheduler)
    try:
        complete = parts.scheme in ("tls", "tcp") and bool(parts.hostname) and parts.port is not None
    except ValueError:
        complete = False
    if not complete:
        raise EngineError(f"--scheduler {scheduler}: write tls://host:port (or tcp://127.0.0.1:port)")
    if parts.scheme == "tcp" and not insecure_tcp and not _loopback(str(parts.hostname)):
        message = (
            f"--scheduler {scheduler}: whoever reaches a Dask port over plain TCP can run any code there; use tls://, "
            "or add --insecure-tcp where the network itself is closed"
        )
        raise EngineError(message)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        pass
    try:
        addresses = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return bool(addresses) and all(ipaddress.ip_address(address).is_loopback for address in addresses)
