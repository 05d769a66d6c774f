"""All strategies of a small plant tried one after the other, each with the stocks that cost least in simulation.

What a product made to stock or to order costs hangs on no other product; what is assembled shares its parts. So each
product is tuned alone as MTS, each set of products together as ATO, and a choice of strategies costs their sum.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from tests.oracle.plant import ATO, MTO, MTS, Plant
from tests.oracle.simulation import YEAR, Outcome, Seen, Simulation

Levels = tuple[float, ...]
# The pattern of a descent ends when its step is this share of the first.
FINEST = 1.0 / 16.0


@dataclass(frozen=True)
class Tuned:
    """The levels that cost least, and what they cost on the orders that they were tuned on, money a year."""

    levels: Levels
    cost: float


def descend(cost: Callable[[Levels], float], starts: Iterable[Levels], step: Levels) -> Tuned:
    """The lowest point that moves of one level, or of all at once, lead to from any of some starts.

    Steps are halved where none of them is cheaper (Hooke & Jeeves 1961); levels below zero are none.
    """
    known: dict[Levels, float] = {}

    def at(levels: np.ndarray) -> float:
        key = tuple(round(float(level), 6) for level in levels)
        if key not in known:
            known[key] = cost(key)
        return known[key]

    axes = np.diag(step)
    moves = [*axes, *-axes] if len(step) == 1 else [*axes, *-axes, axes.sum(axis=0), -axes.sum(axis=0)]
    for start in starts:
        best, share = np.maximum(np.asarray(start, dtype=float), 0.0), 1.0
        while share >= FINEST:
            before = at(best)
            for move in moves:
                # As far as it goes down this way.
                while at(further := np.maximum(best + share * move, 0.0)) < at(best):
                    best = further
            if at(best) >= before:
                share /= 2.0
    levels = min(known, key=known.__getitem__)
    return Tuned(levels, known[levels])


class Choices:
    """The cost of every choice of strategies on one simulation's orders.

    Parameters
    ----------
    plant : Plant
        Parts and finished goods without lots.
    seed, runs, days
        As of `Simulation`.
    """

    def __init__(self, plant: Plant, *, seed: int, runs: int, days: float) -> None:
        self.plant = plant
        self.size = {"seed": seed, "runs": runs, "days": days}
        self.simulation = Simulation(plant, **self.size)
        self.stocked: dict[int, Tuned] = {}
        self.kits: dict[tuple[int, ...], Tuned] = {}

    def tune(self, known: dict[str, np.ndarray] | None = None, chosen: tuple[str, ...] = ()) -> None:
        """Find the best stocks of every product alone and of every set of products that is assembled.

        Parameters
        ----------
        known : dict of str to array, optional
            Levels that a plan has: of `goods` and `parts`; descents of what it has chosen begin from them as well.
        chosen : tuple of str
            The strategies of that plan.
        """
        known = known or {}
        which = range(len(self.plant.products))
        for i in which:
            starts = [(cover,) for cover in self._covers([self._use(i)], self.plant.products[i].replenishment)]
            if chosen and chosen[i] == MTS:
                starts.append((float(known["goods"][i]),))
            self.stocked[i] = descend(lambda levels, i=i: self._alone(i, levels[0]), starts, (self._week(i),))
        for size in range(1, len(which) + 1):
            for some in combinations(which, size):
                self.kits[some] = self._tuned_kit(some, known, chosen)

    def cost(self, strategies: tuple[str, ...]) -> float:
        """Money a year with the stocks found, premiums included."""
        some = self._assembled(strategies)
        total = self.kits[some].cost if some else 0.0
        for i, strategy in enumerate(strategies):
            total += self.stocked[i].cost if strategy == MTS else 0.0
            total += self._money({i: self.simulation.to_order(i)}) if strategy == MTO else 0.0
        return total + self.premiums(strategies)

    def ranked(self) -> list[tuple[str, ...]]:
        """All choices, the cheapest first."""
        return sorted(product((MTS, ATO, MTO), repeat=len(self.plant.products)), key=self.cost)

    def afresh(self, strategies: tuple[str, ...], simulation: Simulation) -> float:
        """The same with the stocks found, on other orders."""
        some = self._assembled(strategies)
        levels = [self.stocked[i].levels[0] for i in range(len(strategies))]
        parts = self.kits[some].levels if some else (0.0,) * len(self.plant.parts)
        return simulation.outcome(strategies, levels, parts).cost + self.premiums(strategies)

    def premiums(self, strategies: tuple[str, ...]) -> float:
        """Of units assembled and made to order, money a year."""
        money = 0.0
        for made, strategy in zip(self.plant.products, strategies, strict=True):
            each = {MTS: 0.0, ATO: made.assembly_premium, MTO: made.make_premium}[strategy]
            money += each * made.rate * YEAR
        return money

    def _tuned_kit(self, some: tuple[int, ...], known, chosen: tuple[str, ...]) -> Tuned:
        weeks = tuple(
            sum(dict(self.plant.products[i].parts)[c] * self._week(i) for i in some)
            for c in range(len(self.plant.parts))
        )
        covers = [self._covers([self._use(i, c) for i in some], part.lead) for c, part in enumerate(self.plant.parts)]
        starts = [*zip(*covers, strict=True)]
        if chosen and some == self._assembled(chosen):
            starts.append(tuple(float(level) for level in known["parts"]))
        return descend(lambda levels: self._together(some, levels), starts, weeks)

    def _covers(self, uses: list[tuple[float, float]], days: float) -> list[float]:
        """First guesses: nothing, and the mean of some days with a standard deviation more."""
        days += self.plant.review
        mean = sum(use for use, _ in uses) * days
        return [0.0, mean + float(np.sqrt(sum(spread for _, spread in uses) * days))]

    def _use(self, i: int, c: int | None = None) -> tuple[float, float]:
        """Units a day of a product, or of a part for it, and their variance."""
        made = self.plant.products[i]
        each = 1.0 if c is None else dict(made.parts)[c]
        return each * made.rate, (each * made.cv * made.week) ** 2 / 7.0

    def _week(self, i: int) -> float:
        return self.plant.products[i].week

    def _assembled(self, strategies: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(i for i, strategy in enumerate(strategies) if strategy == ATO)

    def _alone(self, i: int, level: float) -> float:
        return self._money({i: self.simulation.from_stock(i, level)})

    def _together(self, some: tuple[int, ...], levels: Levels) -> float:
        waiting, parts = self.simulation.assembled(some, levels)
        return self._money(dict(zip(some, waiting, strict=True)), parts)

    def _money(self, seen: dict[int, Seen], parts: tuple[Seen, ...] = ()) -> float:
        products = tuple(seen.get(i, Seen()) for i in range(len(self.plant.products)))
        parts = parts or (Seen(),) * len(self.plant.parts)
        return Outcome(plant=self.plant, products=products, parts=parts).cost
