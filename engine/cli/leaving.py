"""What a command leaves behind where it fails: the cause, for a program that tells it in another language."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from engine.errors import CAUSE_FILE, EngineError


def leave_cause(error: EngineError) -> None:
    """Write down what was wrong where a program asks for it, so that it can be told in another language."""
    place = os.environ.get(CAUSE_FILE)
    if place and error.cause is not None:
        with suppress(OSError):
            Path(place).write_text(json.dumps(error.cause.as_dict(), default=float), encoding="utf-8")
