"""When work has to end, by a clock that is handed in: tests turn its hands themselves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

Clock = Callable[[], float]
# Takes one line of progress at a time.
Log = Callable[[str], None]
# A solver asked for less gives nothing back, not even the bound of its first step.
_LEAST = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A point on a clock.

    Parameters
    ----------
    at : float
        Seconds on the clock; infinite where nothing has to end.
    clock : callable
        Seconds since some fixed instant.

    Examples
    --------
    >>> hands = iter([100.0, 101.0, 104.0, 106.0])
    >>> deadline = Deadline.after(5.0, clock=lambda: next(hands))
    >>> deadline.room(), deadline.room(), deadline.passed()
    (4.0, 1.0, True)
    """

    at: float = math.inf
    clock: Clock = time.perf_counter

    @classmethod
    def after(cls, seconds: float | None, *, clock: Clock = time.perf_counter) -> Self:
        """So many seconds from now; never where there is no limit."""
        return cls(at=math.inf if seconds is None else clock() + seconds, clock=clock)

    def room(self) -> float:
        """Seconds left, negative where it has passed; infinite without a limit."""
        return self.at - self.clock() if self.limited else math.inf

    @property
    def limited(self) -> bool:
        """Whether there is a limit at all."""
        return math.isfinite(self.at)

    def passed(self) -> bool:
        """Whether time is up."""
        return self.room() <= 0.0

    def left(self) -> float | None:
        """Seconds that a solver may take; None without a limit."""
        return max(self.room(), _LEAST) if self.limited else None

    def earlier(self, seconds: float) -> Self:
        """The same, so many seconds sooner."""
        return replace(self, at=self.at - seconds)

    def share(self, part: float) -> Self:
        """The end of a part of the time that is left now."""
        if not self.limited:
            return self
        now = self.clock()
        return replace(self, at=now + max(self.at - now, 0.0) * part)

    def within(self, seconds: float) -> Self:
        """The same, and no later than so many seconds from now."""
        return replace(self, at=min(self.at, self.clock() + seconds))


NEVER = Deadline()
