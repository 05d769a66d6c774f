"""What this machine offers: cores, memory, where the app keeps uploads, what tests look for."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_CHROMIUM = "/usr/bin/chromium"
_CHECKOUT = Path(__file__).resolve().parents[2]
# What a container may use at most; the machine below it may have more.
_CGROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def store_folder() -> Path:
    """Where the app keeps uploads and saved runs: ``CODP_STORE``, else in the user's cache; may not be there yet."""
    if named := os.environ.get("CODP_STORE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "codp" / "uploads"


def data_folder() -> Path:
    """Where tests look for real data: ``CODP_DATA``, else beside the checkout; may not be there."""
    return Path(os.environ.get("CODP_DATA") or _CHECKOUT.parent / "shared" / "data")


def chromium() -> str | None:
    """The browser of the browser tests; None where there is none."""
    return shutil.which(os.environ.get("CODP_CHROMIUM") or _CHROMIUM)


def cores() -> int:
    """Cores that this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_bytes(limits: tuple[Path, ...] = _CGROUPS) -> int | None:
    """Memory that this process may use; None where the system does not say.

    Parameters
    ----------
    limits : tuple of Path
        Files in which a container's limit may stand.
    """
    try:
        sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    except (AttributeError, OSError, ValueError):
        sizes = []
    for limit in limits:
        try:
            text = limit.read_text(encoding="ascii").strip()
        except OSError:
            continue
        sizes += [int(text)] if text.isdigit() else []
    return min(sizes, default=None)
