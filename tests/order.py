"""In what order a run on several cores takes the files: the longest first, so that all cores end together.

pytest-xdist hands out a file as a whole, those with the most tests first. The files that take longest have few tests:
they would begin last, and one core would work on them while the others wait. `--quick` leaves them out.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

# All in one process, which serves the app and starts Chromium once, and waits for them while others compute.
BROWSER = "tests/browser"
# The journeys and the twenty files that take longest: docs/evidence/suite.md shows where another one belongs.
LONGEST = (
    BROWSER,
    "tests/test_wheel.py",
    "tests/ui/test_pages.py",
    "tests/catalog/test_processes.py",
    "tests/catalog/test_review.py",
    "tests/corpus/test_corpus.py",
    "tests/ui/test_one_truth.py",
    "tests/catalog/test_run.py",
    "tests/economics/test_lone.py",
    "tests/catalog/test_fitted.py",
    "tests/evaluate/test_frontier.py",
    "tests/demand/test_fit_evidence.py",
    "tests/test_start_up.py",
    "tests/decision/test_enumeration.py",
    "tests/decision/test_plan.py",
    "tests/evaluate/test_thresholds.py",
    "tests/test_benchmarks.py",
    "tests/ui/test_steps.py",
    "tests/ui/test_fork_server.py",
    "tests/pages/test_hour.py",
    "tests/evaluate/simulate/test_simulation.py",
)


def with_journeys(arguments: Iterable[str], root: Path) -> bool:
    """Whether a run of these files and folders, as pytest takes them, takes journeys in the browser."""
    journeys = root / BROWSER
    named = [(root / argument.partition("::")[0]).resolve() for argument in arguments]
    return any(journeys.is_relative_to(path) or path.is_relative_to(journeys) for path in named)


def share(nodeid: str) -> str:
    """What is handed out as a whole: a file, or all journeys in the browser."""
    return BROWSER if nodeid.startswith(f"{BROWSER}/") else nodeid.split("::", 1)[0]


def longest_first(items: list[pytest.Item]) -> None:
    """Sort tests in place by their shares; within a share, and after the longest, they keep their order."""
    place = {name: k for k, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(share(item.nodeid), len(LONGEST)))


def without_longest(items: list[pytest.Item]) -> list[pytest.Item]:
    """Take the tests of the longest shares out, in place; those taken out."""
    out = [item for item in items if share(item.nodeid) in LONGEST]
    items[:] = [item for item in items if share(item.nodeid) not in LONGEST]
    return out


class LongestFirst(LoadFileScheduling):
    """Hands out shares in the order of the tests."""

    def schedule(self) -> None:
        """Begin to hand out, or go on."""
        self.config.option.loadscopereorder = False
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return share(nodeid)
