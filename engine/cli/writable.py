"""Where results go, tried before any work is done."""

from __future__ import annotations

import tempfile
from pathlib import Path

from engine.errors import EngineError
from engine.words.reason import cause, quoted


def check_results(out: Path | None, name: str) -> None:
    """Refuse a folder that takes no results, or holds what they would replace, before they are worked out.

    Parameters
    ----------
    out : Path or None
        Need not be there yet, and is not made by this; None is fine.
    name : str
        Of the results, as proposed for a folder of their own.

    Raises
    ------
    EngineError
    """
    from engine.report.files import refuse_to_replace

    check_folder(out)
    if out is not None:
        refuse_to_replace(out, name)


def check_folder(out: Path | None) -> None:
    """Refuse a folder that no results can be written into, before they are worked out.

    Parameters
    ----------
    out : Path or None
        Need not be there yet, and is not made by this; None is fine.

    Raises
    ------
    EngineError
    """
    if out is None:
        return
    there = next(path for path in (out, *out.absolute().parents) if path.exists())
    if not there.is_dir():
        raise EngineError(cause("out_is_file", out=str(out), path=str(there)))
    try:
        # Rights, a full disk, a file system that takes no folders: only trying tells.
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=there):
            pass
    except OSError as error:
        said = quoted(str(error.strerror or error))
        raise EngineError(cause("out_unwritten", out=str(out), path=str(there), error=said)) from error
