"""Files and folders that appear whole or not at all, whatever the disk does meanwhile."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import EngineError
from engine.words.reason import cause, quoted


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Make a file or a new folder under a name beside it, which it takes at the end of the block.

    Parameters
    ----------
    path : Path
        An earlier file of this name is replaced, an empty folder too; folders above are made where missing.

    Yields
    ------
    Path
        What to write instead: same folder, same ending, a name that no other run takes.

    Raises
    ------
    EngineError
        Where the disk refuses. Nothing is left behind, and what was there before still is.
    """
    fresh = path.with_name(f".{path.stem}.{uuid.uuid4().hex[:8]}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield fresh
        if fresh.is_dir() and path.is_dir():
            path.rmdir()
        fresh.replace(path)
    except OSError as error:
        raise EngineError(cause("unwritten", path=str(path), error=quoted(str(error.strerror or error)))) from error
    finally:
        # A disk that refused to write may refuse to delete, too; what it said first is what counts.
        with suppress(OSError):
            if fresh.is_dir():
                shutil.rmtree(fresh, ignore_errors=True)
            else:
                fresh.unlink(missing_ok=True)
