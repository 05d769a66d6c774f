"""No test is red because the machine is busy: what is waited for has one limit, far beyond what anything takes."""

import re
from pathlib import Path

from tests.conftest import ROOT

# Mutants are given up by the processor's clock; the journeys wait as Playwright does.
APART = ("browser", "fuzz", "mutants")
LIMIT = re.compile(r"timeout=[\d.]+|monotonic\(\) \+ [\d.]+|_SECONDS = \d+")


def test_limits_of_waiting_are_stated_once() -> None:
    stated = {
        path.relative_to(ROOT).as_posix(): LIMIT.findall(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "tests").rglob("*.py")) if not {*APART, Path(__file__).name} & {*path.parts}
    }  # fmt: skip
    assert {name: found for name, found in stated.items() if found} == {
        "tests/patience.py": ["_SECONDS = 600"],
        # How often a page is drawn while work goes on: nothing fails by it.
        "tests/ui/pages.py": ["_SECONDS = 20"],
    }
