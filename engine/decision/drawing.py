"""Draw the samples of a decision: all that are asked for, or as many as a time limit leaves room to decide on."""

from __future__ import annotations

from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import Instance
from engine.program.deadline import Deadline
from engine.scenario.scenario import Scenario

# Samples drawn first, to see how long they take; nobody is given fewer.
FIRST = 100
# What a decision takes at least, in times that drawing its samples takes: some five on bicycles, eight on pumps, 300 to
# 400 samples, to a gap of 0.1%. Below it the relaxation is not solved in time, and nothing is proven. Where samples are
# left out anyway, so many that the decision is proven in most cases.
_LEAST, _AMPLE = 6.0, 9.0
# Samples are told in round numbers.
_ROUND = 10
# Of few samples most of the time is what the first one takes. Where they seem too slow, so many times as many are
# timed, if that takes no more than this share of what is left.
_MORE, _PILOT = 4, 0.1


class _OutOfTimeError(Exception):
    """Time was up before all samples were drawn."""


def draw(
    scenario: Scenario, *, samples: int, seed: int | None, cache: SampleCache, deadline: Deadline, all_of_them: bool
) -> Instance | None:
    """The instance on its samples; None where not even the first are drawn in time.

    Parameters
    ----------
    scenario : Scenario
        Its demand columns filled in.
    samples : int
        Asked for.
    seed : int, optional
        In place of the scenario's own.
    cache : SampleCache
        Keeps the draws, and is told how long they took: what goes through them once takes about as long.
    deadline : Deadline
    all_of_them : bool
        Never fewer samples than asked for.
    """
    size, each = samples, cache.seconds / cache.size if cache.size else 0.0
    if deadline.limited and samples > FIRST and not all_of_them:
        pace = each if cache.size else _pace(scenario, samples, seed=seed, deadline=deadline)
        if pace is None:
            return None
        size = affordable(samples, pace, deadline.room())
    instance, seconds = _drawn(scenario, samples=size, seed=seed, cache=cache, deadline=deadline)
    # What is kept of a scenario before takes no time here: what goes through it takes as long as it took to draw.
    cache.seconds, cache.size = max(seconds, each * size), size
    return instance


def _pace(scenario: Scenario, samples: int, *, seed: int | None, deadline: Deadline) -> float | None:
    """Seconds that drawing a sample takes, at most; None where not even the first are drawn in time."""
    size = FIRST
    while True:
        tried, seconds = _drawn(scenario, samples=size, seed=seed, cache=SampleCache(), deadline=deadline)
        if tried is None:
            return None
        room, more = deadline.room(), _MORE * size
        enough = affordable(samples, seconds / size, room) == samples
        if enough or more > samples or _MORE * seconds > _PILOT * room:
            return seconds / size
        size = more


def affordable(samples: int, seconds_per_sample: float, room: float) -> int:
    """Samples that can be decided on in the seconds left, at most those asked for.

    Examples
    --------
    >>> affordable(3000, 0.001, 3.7), affordable(3000, 0.001, 60.0), affordable(3000, 0.1, 3.7)
    (410, 3000, 100)
    """
    most = room / max(seconds_per_sample, 1e-9)
    if samples * _LEAST <= most:
        return samples
    return min(max(int(most / _AMPLE) // _ROUND * _ROUND, FIRST), samples)


def _drawn(
    scenario: Scenario, *, samples: int, seed: int | None, cache: SampleCache, deadline: Deadline
) -> tuple[Instance | None, float]:
    """The instance, None where its samples are not drawn in time, and the seconds that it took."""

    def check() -> None:
        if deadline.passed():
            raise _OutOfTimeError

    began = deadline.clock()
    free, cache.check = cache.check, check
    try:
        instance = build_instance(scenario, samples=samples, seed=seed, cache=cache)
    except _OutOfTimeError:
        instance = None
    finally:
        cache.check = free
    return None if deadline.passed() else instance, deadline.clock() - began
