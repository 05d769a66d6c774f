"""The nearest flip of one product: found with the others fixed, then verified by deciding the portfolio again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

import numpy as np

from engine.decision.solve import DEFAULT_GAP
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import Integers
from engine.evaluate.sensitivity.inputs import HOLDING_RATE, INPUTS, POINTS, admissible, put
from engine.evaluate.sensitivity.lone_move import LoneMove, alone
from engine.evaluate.studies.redecide import Redecided, decided, redecide
from engine.scenario.scenario import Scenario

# A flip is shown this share of its value to either side.
SIDE = 0.01
_ROUNDS = 4
# How much further out an end is moved until the proof covers it.
_WIDER = (0.0, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64)
# Of the values looked at for one product, every so many are decided where a rule ties the products.
_EVERY = 3
# So little is taken before it is asked how the other products answer the change.
_NEAR_BY = _WIDER[:5]
# A margin below this share of the gap is not worth a finer proof: it hardly ever leaves so little open.
_HOPELESS = 0.25


Lookup = Callable[[float], Redecided | None]


class FlipStatus(StrEnum):
    """What is known of a flip."""

    VERIFIED = "verified"
    OPEN = "open"
    NONE = "none found"
    NO_EFFECT = "no effect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One end of the range in which a product keeps its strategy.

    Parameters
    ----------
    direction : int
        +1 above the current value, -1 below.
    status : FlipStatus
    low, high : float
        Between them either strategy is within the proven gap; equal where the flip is a point. Where none was
        found, the last value looked at.
    strategy : int
        Beyond the flip, -1 where none was found.
    before, after : shape (I,), optional
        Strategies of the portfolio on either side, where there is a flip.
    """

    direction: int
    status: FlipStatus
    low: float
    high: float
    strategy: int
    before: Integers | None = None
    after: Integers | None = None


class Redecisions:
    """Decides changed scenarios again, each once.

    Parameters
    ----------
    scenario : Scenario
    gap : float
    samples, seed : int, optional
    """

    def __init__(
        self, scenario: Scenario, *, gap: float, samples: int | None = None, seed: int | None = None
    ) -> None:
        self.scenario, self.gap, self.samples = scenario, gap, samples
        self.seed = scenario.settings.seed if seed is None else seed
        self.cache = SampleCache()
        self.count = 0
        self.rates: dict[tuple[float, float], Redecided | None] = {}
        # The plan that `solve` makes: a finer proof may find another within its gap, which no other page knows.
        plan = self._decide(scenario, max(gap, DEFAULT_GAP))
        self.base = decided(plan, scenario, samples=samples, seed=self.seed, cache=self.cache)

    def _decide(self, scenario: Scenario, gap: float | None = None) -> Redecided | None:
        self.count += 1
        gap = self.gap if gap is None else gap
        return redecide(scenario, gap=gap, samples=self.samples, seed=self.seed, cache=self.cache)

    def at(self, name: str, product: str, value: float, gap: float | None = None) -> Redecided | None:
        """The decision with one input changed; those of the holding rate serve all products."""
        changed = put(self.scenario, name, product, value)
        if name != HOLDING_RATE:
            return self._decide(changed, gap)
        key = value, self.gap if gap is None else gap
        if key not in self.rates:
            self.rates[key] = self._decide(changed, gap)
        return self.rates[key]

    def shown(self, i: int, name: str, value: float, *, stays: bool, rough: Lookup, fine: Lookup) -> bool:
        """Whether product i keeps or leaves its strategy at a value, for sure.

        What `solve` shows at its own gap is asked first: it fails more often. A finer proof has to say the same, and
        where the first leaves more open than the other strategies cost, to be sure of it.

        Parameters
        ----------
        i : int
        name : str
            Of the input.
        value : float
        stays : bool
            Whether the strategy should be that of the base.
        rough, fine : callable
            The decision at a value, to the gap of `solve` and to that of the portfolio.
        """
        strategy = int(self.base.recourse.strategy[i])

        def right(decision: Redecided | None) -> bool:
            return decision is not None and (int(decision.recourse.strategy[i]) == strategy) == stays

        decision = rough(value) if self.gap < DEFAULT_GAP else fine(value)
        if decision is None or not right(decision):
            return False
        margin = self._margin(decision, i, name, value)
        sure = margin > decision.open_cost
        if self.gap >= DEFAULT_GAP or (not sure and margin <= _HOPELESS * self.gap * abs(decision.objective)):
            return sure
        # The margin holds the others as they were decided; where several products answer together, a finer proof may
        # find them in another place, and this one with them.
        finer = fine(value)
        if finer is None or finer.recourse.strategy[i] != decision.recourse.strategy[i]:
            return False
        return sure or self._margin(finer, i, name, value) > finer.open_cost

    def _margin(self, decision: Redecided, i: int, name: str, value: float) -> float:
        """What the other strategies of product i cost more, the others as decided; a proof without a gap needs none."""
        if decision.open_cost <= 1e-9 * abs(decision.objective):
            return np.inf
        product = decision.instance.products[i]
        move = LoneMove(decision.instance, decision.recourse.strategy, i, seed=self.seed)
        cost = move.costs(put(alone(self.scenario, product), name, product, value))
        cost[decision.recourse.strategy[i]] = np.inf
        return float(cost.min()) - decision.objective


class Seeker:
    """Looks for the flips of one product and input.

    Parameters
    ----------
    portfolio : Redecisions
    i : int
    name : str
        Of `INPUTS`.
    """

    def __init__(self, portfolio: Redecisions, i: int, name: str) -> None:
        self.portfolio, self.i, self.name = portfolio, i, name
        self.product = portfolio.base.instance.products[i]
        self.single = alone(portfolio.scenario, self.product)
        self.strategy = int(portfolio.base.recourse.strategy[i])
        self.start = INPUTS[name].current(self.single)
        self.decisions: dict[tuple[float, float], Redecided | None] = {}

    def flip(self, direction: int) -> Flip:
        """The nearest flip above (+1) or below (-1) the current value."""
        grid = [
            value for value in INPUTS[self.name].outward(self.single, direction)
            if admissible(put(self.single, self.name, self.product, float(value)))
        ]  # fmt: skip
        if not grid:
            return _none(direction, self.start)
        others = self.portfolio.base.recourse.strategy
        near, far = self.start, float(grid[-1])
        for _ in range(_ROUNDS):
            between = [near, *(float(v) for v in grid if (v - near) * direction > 0.0 and (far - v) * direction >= 0.0)]
            point = self._crossing(others, between)
            if point is None:
                break
            near_by = self._verified(point, direction, _NEAR_BY)
            if near_by.status is FlipStatus.VERIFIED:
                return near_by
            inner, outer = point * (1.0 - direction * SIDE), point * (1.0 + direction * SIDE)
            before = self._strategy(inner)
            if before == self.strategy and self._strategy(outer) not in (self.strategy, -1):
                return self._verified(point, direction)
            # The others answered the change: look again with them as they are there.
            near, far = (near, inner) if before != self.strategy else (outer, far)
            answer = self._decide(inner if before != self.strategy else outer)
            if answer is None or (far - near) * direction <= 0.0:
                break
            others = answer.recourse.strategy
        return self._bracketed(direction, grid)

    def _crossing(self, others: Integers, values: list[float]) -> float | None:
        """Where the product's own strategy stops being cheapest, the others fixed; values lead outward."""
        move = LoneMove(self.portfolio.base.instance, others, self.i, seed=self.portfolio.seed)
        strategy = self.strategy

        def margin(value: float) -> float:
            cost = move.costs(put(self.single, self.name, self.product, value))
            rest = float(np.delete(cost, strategy).min())
            # Infinite costs only have a sign here.
            return (
                float(np.clip(rest - cost[strategy], -1e15, 1e15)) if np.isfinite(min(rest, cost[strategy])) else -1e15
            )

        point = first_sign_change(margin, values)
        if point is None or INPUTS[self.name].linear or len(values) < 2:
            return point
        # Where the strategies cost nearly the same, the product may leave its own and come back before that.
        return first_sign_change(margin, np.linspace(values[0], point, POINTS + 1)[:-1].tolist()) or point

    def _decide(self, value: float, gap: float | None = None) -> Redecided | None:
        key = value, self.portfolio.gap if gap is None else gap
        if key not in self.decisions:
            self.decisions[key] = self.portfolio.at(self.name, self.product, value, gap)
        return self.decisions[key]

    def _rough(self, value: float) -> Redecided | None:
        return self._decide(value, DEFAULT_GAP)

    def _strategy(self, value: float) -> int:
        """Of the product in the portfolio decided again; -1 where no plan keeps the rules."""
        decision = self._decide(value)
        return -1 if decision is None else int(decision.recourse.strategy[self.i])

    def _holds(self, value: float, *, same: bool) -> bool:
        return self.portfolio.shown(
            self.i, self.name, value, stays=same, rough=self._rough, fine=self._decide
        )

    def _verified(self, point: float, direction: int, widths: Sequence[float] = _WIDER) -> Flip:
        """Widen a flip until the proven gap covers neither side."""
        status, ends = FlipStatus.VERIFIED, [point, point]
        for end, (same, outward) in enumerate(((True, -direction), (False, direction))):
            for wider in widths:
                ends[end] = point * (1.0 + outward * wider)
                if self._holds(ends[end] * (1.0 + outward * SIDE), same=same):
                    break
            else:
                status = FlipStatus.OPEN
                if widths is _NEAR_BY:
                    return Flip(direction=direction, status=status, low=point, high=point, strategy=-1)
        before, after = (self._decide(ends[k] * (1.0 + side * direction * SIDE)) for k, side in ((0, -1), (1, 1)))
        return _between(before, after, self.i, self.strategy, direction=direction, status=status, ends=ends)

    def _bracketed(self, direction: int, grid: list[float]) -> Flip:
        """Where following the others does not end: halve between decided values, if they show a flip at all."""
        instance = self.portfolio.base.instance
        if instance.ties_strategies or instance.budget is not None:
            # Such a rule ties the products: what one by itself cannot do, two can that change together.
            for value in {*grid[_EVERY - 1 :: _EVERY], grid[-1]}:
                self._decide(float(value))
        fine = [
            (v, decision) for (v, gap), decision in self.decisions.items()
            if gap == self.portfolio.gap and (v - self.start) * direction > 0.0
        ]  # fmt: skip
        decided = sorted(fine, key=lambda pair: pair[0] * direction)
        # Beyond a value at which no plan keeps the rules nothing is told.
        values = [v for v, _ in takewhile(lambda pair: pair[1] is not None, decided)]
        beyond = [v for v in values if self._strategy(v) != self.strategy]
        if not beyond:
            return _none(direction, float(grid[-1]) if len(values) == len(decided) else (values or [self.start])[-1])
        far = beyond[0]
        near = max((v for v in values if (far - v) * direction > 0.0), key=lambda v: v * direction, default=self.start)
        while max(near, far) / max(min(near, far), 1e-12) > (1.0 + SIDE) / (1.0 - SIDE):
            middle = 0.5 * (near + far)
            if self._strategy(middle) == self.strategy:
                near = middle
            else:
                far = middle
        return self._verified(0.5 * (near + far), direction)


def _none(direction: int, last: float) -> Flip:
    """That there is none up to the last value looked at."""
    return Flip(direction=direction, status=FlipStatus.NONE, low=last, high=last, strategy=-1)


def _between(
    before: Redecided | None, after: Redecided | None, i: int, strategy: int, *, direction: int, status: FlipStatus,
    ends: Sequence[float],
) -> Flip:  # fmt: skip
    """The flip of product i from its own strategy between two decisions of the portfolio, the inner end first."""
    beyond = -1 if after is None else int(after.recourse.strategy[i])
    if after is None or beyond == strategy:
        # The others answer in a way that brings the product back, or no plan is left: nothing to switch to.
        return _none(direction, ends[0])
    return Flip(
        direction=direction, status=status, low=min(ends), high=max(ends), strategy=beyond,
        before=None if before is None else before.recourse.strategy, after=after.recourse.strategy,
    )  # fmt: skip


def first_sign_change(margin: Callable[[float], float], values: list[float]) -> float | None:
    """The first place along the values where a margin stops being positive; None where it never does.

    Parameters
    ----------
    margin : callable
    values : list of float
        Ascending or descending.
    """
    from scipy.optimize import brentq  # noqa: PLC0415  (slow import, needed for a search only)

    before = values[0]
    if margin(before) <= 0.0:
        return before
    for value in values[1:]:
        if margin(value) <= 0.0:
            low, high = min(before, value), max(before, value)
            return float(brentq(margin, low, high, xtol=1e-5 * max(abs(high), 1e-9), rtol=1e-5))
        before = value
    return None


class RateSeeker:
    """The nearest flip of a product when the holding rate of the whole scenario changes.

    Every product's components and stocks change with the rate, so the portfolio is decided on one lattice of rates
    for all products, coarse first. Neighbours are (1 + SIDE) / (1 - SIDE) apart, so that a flip between two of them
    is shown by deciding again `SIDE` to either side.

    Parameters
    ----------
    portfolio : Redecisions
    i : int
    direction : int
        +1 above, -1 below the current rate.
    """

    STEPS, COARSE, WIDEST = 64, 8, 12
    FACTOR = ((1.0 + SIDE) / (1.0 - SIDE)) ** STEPS

    def __init__(self, portfolio: Redecisions, i: int, direction: int) -> None:
        self.portfolio, self.i, self.direction = portfolio, i, direction
        self.strategy = int(portfolio.base.recourse.strategy[i])

    def flip(self) -> Flip:
        """Coarse steps outward, halved where the strategy changes, widened until the proof covers it."""
        coarse = range(self.COARSE, self.STEPS + 1, self.COARSE)
        far = next((step for step in coarse if self._strategy(step) != self.strategy), 0)
        if not far or self._strategy(far) < 0:
            last = self._rate(far - self.COARSE if far else self.STEPS)
            return _none(self.direction, last)
        near = far - self.COARSE
        while far - near > 1:
            middle = (near + far) // 2
            near, far = (middle, far) if self._strategy(middle) == self.strategy else (near, middle)
        least, most = max(0, near - self.WIDEST), far + self.WIDEST
        near = next((step for step in range(near, least - 1, -1) if self._holds(step, as_now=True)), -1)
        far = next((step for step in range(far, most) if self._holds(step, as_now=False)), -1)
        status = FlipStatus.VERIFIED if min(near, far) >= 0 else FlipStatus.OPEN
        near, far = near if near >= 0 else least, far if far >= 0 else most
        # One `SIDE` inward of the rates that were decided.
        ends = self._rate(near) / (1.0 - self.direction * SIDE), self._rate(far) / (1.0 + self.direction * SIDE)
        if far - near == 1:
            ends = ends[0], ends[0]
        return _between(
            self._decided(near), self._decided(far), self.i, self.strategy, direction=self.direction, status=status,
            ends=ends,
        )  # fmt: skip

    def _rate(self, step: int) -> float:
        ratio = (1.0 + SIDE) / (1.0 - SIDE)
        return self.portfolio.scenario.settings.holding_rate_per_year * ratio ** (self.direction * step)

    def _decided(self, step: int) -> Redecided | None:
        return self.portfolio.at(HOLDING_RATE, "", self._rate(step)) if step else self.portfolio.base

    def _strategy(self, step: int) -> int:
        decision = self._decided(step)
        return -1 if decision is None else int(decision.recourse.strategy[self.i])

    def _holds(self, step: int, *, as_now: bool) -> bool:
        def at(rate: float, gap: float | None = None) -> Redecided | None:
            return self.portfolio.at(HOLDING_RATE, "", rate, gap)

        return self.portfolio.shown(
            self.i, HOLDING_RATE, self._rate(step), stays=as_now, rough=lambda rate: at(rate, DEFAULT_GAP), fine=at
        )


def strategies_around(flip: Flip, strategy: int) -> tuple[int, int]:
    """Strategy below and above a flip."""
    return (strategy, flip.strategy) if flip.direction > 0 else (flip.strategy, strategy)


