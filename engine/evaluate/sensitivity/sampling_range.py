"""How far a flip may move from one set of samples to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engine.decision.whatif import best_stocks
from engine.demand.streams import stream
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import Integers
from engine.evaluate.sensitivity.inputs import put
from engine.evaluate.studies.assess import Difference, assess, difference
from engine.evaluate.trust.first_stage import assess_fixed, of_recourse
from engine.scenario.scenario import Scenario

# Steps away from the flip, as shares of its value or of its distance to the current one, whichever is more.
_STEPS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28)
_HALVINGS = 4


class SamplingRange(NamedTuple):
    """Values between which the samples do not tell the two strategies apart.

    Parameters
    ----------
    low, high : float
        The current value, or the last one looked at, where no value before it is far enough; NaN where samples are too
        few, or where CVaR or lost sales tie them together.
    """

    low: float
    high: float


UNKNOWN = SamplingRange(float("nan"), float("nan"))


class Contrast:
    """Cost of one strategy of a product over another on the same samples, as one input changes.

    The difference of two costs on common random numbers has a standard error of its own, much below that of either
    cost (Law 2015, section 11.2). Stocks that are the best on few samples flatter their strategy, the one whose stocks
    are shared more than the other, so the same stocks are also costed on fresh samples: on those they are too dear
    (Mak, Morton & Wood 1999), and the truth lies between. The other products keep their strategies.

    Parameters
    ----------
    scenario : Scenario
    name : str
        Of the input.
    product : str
    i : int
        Its row.
    own, beyond : int
        The strategies before and after the flip.
    samples : int, optional
        In place of the scenario's own.
    seed : int
    cache : SampleCache
    """

    def __init__(
        self, scenario: Scenario, name: str, product: str, i: int, *, strategy: int, beyond: int,
        samples: int | None, seed: int, cache: SampleCache,
    ) -> None:  # fmt: skip
        self.scenario, self.name, self.product, self.i = scenario, name, product, i
        self.strategy, self.beyond, self.samples = strategy, beyond, samples
        fresh = int(stream(seed, "flips", "fresh samples").integers(1, 2**40))
        self.draws = ((seed, cache), (fresh, SampleCache()))

    def at(self, value: float, others: Integers) -> Difference | None:
        """What the strategy beyond the flip costs more, from the least to the most; None where either is not possible.

        Parameters
        ----------
        value : float
        others : shape (I,)
            Strategies of the other products.
        """
        changed = put(self.scenario, self.name, self.product, value)
        instance, fresh = (
            build_instance(changed, samples=self.samples, seed=seed, cache=cache) for seed, cache in self.draws
        )
        fitted, tried = [], []
        for k in (self.beyond, self.strategy):
            strategy = others.copy()
            strategy[self.i] = k
            stocks = best_stocks(instance, strategy) if instance.allowed[self.i, k] else None
            if stocks is None:
                return None
            fitted.append(assess(instance, stocks))
            tried.append(assess_fixed(fresh, of_recourse(stocks)))
        first, second = difference(*fitted), difference(*tried)
        if first is None or second is None:
            return None
        return Difference(mean=first.mean, low=min(first.low, second.low), high=max(first.high, second.high))


def sampling_range(
    of: Callable[[float, Integers], Difference | None],
    flip: tuple[float, float],
    direction: int,
    *,
    others: tuple[Integers, Integers],
    start: float,
    end: float,
) -> SamplingRange:
    """The range outside of which the 95% intervals of the difference leave out zero.

    From either end of the flip steps that double lead away from it until the interval is clear of zero, and halving
    leads back to where it begins to be.

    Parameters
    ----------
    of : callable
        A value and the others' strategies to the difference.
    flip : (float, float)
        Its low and high value.
    direction : int
        +1 where the flip is above the current value, -1 below.
    others : pair of shape (I,)
        The others' strategies before and after the flip.
    start, end : float
        The current value, and the last one that makes sense.
    """
    low, high = flip
    inner, outer = (low, high) if direction > 0 else (high, low)

    def clear_before(value: float) -> bool:
        contrast = of(value, others[0])
        return contrast is None or contrast.low > 0.0

    def clear_beyond(value: float) -> bool:
        contrast = of(value, others[1])
        return contrast is None or contrast.high < 0.0

    scale = max(abs(inner), abs(inner - start))
    before = _clear_from(clear_before, inner, -direction, start, scale)
    beyond = _clear_from(clear_beyond, outer, direction, end, scale)
    return SamplingRange(before, beyond) if direction > 0 else SamplingRange(beyond, before)


def _clear_from(clear: Callable[[float], bool], value: float, way: int, last: float, scale: float) -> float:
    """The value nearest to a flip, away from it, from which the difference is clear; the last one where none is."""
    near = far = value
    if clear(value):
        return value
    for step in _STEPS:
        far = value + way * step * scale
        far = last if (last - far) * way <= 0.0 else far
        if clear(far):
            break
        if far == last:
            return last
        near = far
    else:
        return far
    for _ in range(_HALVINGS):
        middle = 0.5 * (near + far)
        if clear(middle):
            far = middle
        else:
            near = middle
    return far
