"""Uploads kept on the server under the hash of their content, so that a refresh and a link find them again."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Collection
from contextlib import suppress
from functools import cache
from pathlib import Path

from engine.errors import EngineError
from engine.report.machine import store_folder
from engine.scenario.scenario import Scenario
from engine.ui.work.proof import write_down
from engine.words.reason import cause, quoted

PREFIX = "up-"
# Half of SHA-256: nobody finds an upload by trying, and two contents never share one.
_DIGITS = 32
_MOST = 200
# Of uploads or runs together, so that nobody fills the disk with them.
_MOST_BYTES = 4 << 30
_KEY = re.compile(rf"{PREFIX}[0-9a-f]{{{_DIGITS}}}")


@cache
def folder() -> Path:
    """Where uploads are kept: ``CODP_STORE``, else the user's cache, else a folder of this process."""
    place = store_folder()
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.access(place, os.W_OK):
            return place
    return Path(tempfile.mkdtemp(prefix="codp-uploads-"))


def keep(scenario: Scenario) -> str:
    """Keep a scenario; its key."""
    key = PREFIX + scenario.digest()[:_DIGITS]
    place = folder() / key
    if not (place / "scenario.yaml").is_file():
        write_down(scenario, place)
    _touch(place)
    forget_oldest(_KEY, _MOST)
    return key


def place_of(key: str) -> Path | None:
    """Folder of an upload; None where there is none of this key."""
    if not _KEY.fullmatch(key):
        return None
    place = folder() / key
    if not (place / "scenario.yaml").is_file():
        return None
    _touch(place)
    return place


def is_upload(key: str) -> bool:
    """Whether a scenario's key is that of an upload."""
    return bool(_KEY.fullmatch(key))


def _touch(place: Path) -> None:
    try:
        os.utime(place)
    except OSError as error:
        raise EngineError(cause("unkept", path=str(place), error=quoted(str(error.strerror)))) from error


def _bytes_of(place: Path) -> int:
    size = 0
    # Another session may let the same place go meanwhile.
    with suppress(OSError):
        for file in place.rglob("*"):
            size += file.stat().st_size
    return size


def forget_oldest(
    key: re.Pattern[str],
    most: int,
    most_bytes: int = _MOST_BYTES,
    *,
    within: Path | None = None,
    spared: Collection[str] = (),
) -> None:
    """Of all that is kept under such keys, let the oldest go: what is beyond a number, or beyond a size together.

    Parameters
    ----------
    key : re.Pattern
    most, most_bytes : int
    within : Path, optional
        A folder of the store, in place of the store itself.
    spared : collection of str
        Keys that stay whatever their age: they are in use.
    """
    held = folder() if within is None else within
    places = sorted((path for path in held.iterdir() if key.fullmatch(path.name)), key=lambda p: p.stat().st_mtime)
    taken = 0
    for number, place in enumerate(reversed(places), start=1):
        taken += _bytes_of(place)
        # The newest stays, whatever its size: an upload has a limit of its own.
        if number > 1 and place.name not in spared and (number > most or taken > most_bytes):
            shutil.rmtree(place, ignore_errors=True)
