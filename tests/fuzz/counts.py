"""How many examples a fuzzing test takes, and what a fault may say."""

import os
import re

from hypothesis import HealthCheck, Phase, settings

from engine.errors import EngineError
from tests.evidence import FULL

# What belongs to a program, not to its reader.
_INSIDE = re.compile(r"[\x00-\x08\x0b-\x1f]|Error\(|object at 0x|Scalar\w*\(|Traceback")


# Set by `python -m tests.fuzz.run`: some examples at a time, nothing made smaller and nothing kept.
ROUND = os.environ.get("CODP_FUZZ") == "round"
_ROUND = 20


def examples(few: int, many: int) -> settings:
    """The same few examples in every run of the suite, many others in each run of `CODP_EVIDENCE=full`."""
    phases = [Phase.generate] if ROUND else [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]
    return settings(
        max_examples=_ROUND if ROUND else many if FULL else few, derandomize=not (FULL or ROUND), deadline=None,
        suppress_health_check=list(HealthCheck), print_blob=FULL, phases=phases,
    )  # fmt: skip


def told(error: EngineError, expected: str = "") -> None:
    """A fault has words, those expected among them, and they are for people."""
    words = str(error)
    assert words.strip()
    assert re.search(expected, words), words
    assert not _INSIDE.search(words), words
