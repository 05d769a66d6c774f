"""Whether tests run in their long form, whose figures the documentation has: `make evidence`."""

import os
from collections.abc import Callable
from typing import TypeVar

import pytest

FULL = os.environ.get("CODP_EVIDENCE") == "full"

_Test = TypeVar("_Test", bound=Callable[..., object])


def long_form(why: str) -> Callable[[_Test], _Test]:
    """Leave a test to the long form; `why` says what it takes, or where the short form shows the same."""

    def marked(test: _Test) -> _Test:
        return pytest.mark.evidence(pytest.mark.skipif(not FULL, reason=f"{why}: CODP_EVIDENCE=full")(test))

    return marked
