"""Cost of every product's other strategies: it moves with its family or alone, all stocks are optimised again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, Booleans, Instance, Integers
from engine.model.portfolio import portfolio
from engine.program.deadline import NEVER, Deadline
from engine.search.evaluator import PooledEvaluator, Priced
from engine.search.move_bounds import MoveBounds
from engine.search.neighbours import Neighbourhood
from engine.search.recourse import Recourse
from engine.search.tied_moves import TiedMoves

# Bounds of moves are sums of many terms; closer than this share of the cost to a limit they decide nothing.
_ROUNDING = 1e-7
_NONE: Mapping[tuple[int, int], Priced] = MappingProxyType({})


def moves(instance: Instance, strategy: Integers) -> Iterator[tuple[int, int]]:
    """Every allowed change of one product."""
    for i, k in zip(*np.nonzero(instance.allowed), strict=True):
        if k != strategy[i]:
            yield int(i), int(k)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What a plan would cost after every move of one product.

    Parameters
    ----------
    objective : shape (I, 3)
        The plan's own where the product stays, inf where the rules break; NaN where not allowed or left out.
    at_least : shape (I, 3)
        Where the objective is a lower bound: no plan after the move costs less.
    """

    objective: Array
    at_least: Booleans


# Worked out when asked for. Takes what a move may add and be told exactly, shape (I, 3); where it adds more its lower
# bound will do. None: all are exact.
AfterMoves = Callable[[Array | None], Moves]


class MoveCosts:
    """Objective after moves of one product, with all of its family where that shares one strategy.

    Parameters
    ----------
    instance : Instance
    base : Recourse
        Of the program, with its prices.
    evaluator : PooledEvaluator
    deadline : Deadline
        Moves that are not reached by then are left out.
    """

    def __init__(
        self, instance: Instance, base: Recourse, evaluator: PooledEvaluator, *, deadline: Deadline = NEVER
    ) -> None:
        self.instance, self.base, self.evaluator = instance, base, evaluator
        self.deadline, self.rules = deadline, portfolio(instance)
        self.known = np.full((len(instance.products), 3), np.nan)
        self.known[np.arange(len(self.known)), base.strategy] = base.objective
        # Prices of the programs solved for moves of tied stocks.
        self.priced: dict[tuple[int, int], Priced] = {}

    def after(self, exact: Array | None) -> Moves:
        """As `AfterMoves`."""
        if exact is None:
            return Moves(objective=self.every(), at_least=np.zeros(self.known.shape, dtype=bool))
        return self.below(self.base.objective + np.where(self.at_once, np.inf, exact))

    def every(self) -> Array:
        """Of all moves, shape (I, 3): the base objective where the product stays, inf where the rules break.

        NaN where not allowed or left out.
        """
        self._work_out(list(moves(self.instance, self.base.strategy)))
        return self.known.copy()

    def below(
        self, limit: Array, *, most: int | None = None, earlier: Mapping[tuple[int, int], Priced] = _NONE
    ) -> Moves:
        """The same of the moves that might cost less than a limit of shape (I, 3); else what they cost at least.

        Parameters
        ----------
        limit : shape (I, 3)
        most : int, optional
            Moves that need a program worked out at most, those whose bound is the furthest below the limit; and all
            without a limit.
        earlier : mapping of (int, int) to Priced
            Prices of the same moves of other plans: near those of this one they bound it more closely.
        """
        least, slack = self._bounds, _ROUNDING * (1.0 + abs(self.base.objective))
        # NaN is below nothing.
        asked = least - slack < limit
        if most is not None:
            dear = asked & ~self.at_once & np.isnan(self.known) & np.isfinite(limit)
            if dear.sum() > most:
                asked &= ~dear | _smallest(least - limit, most, among=dear)
        if earlier:
            least = least.copy()
            for i, k in np.argwhere(asked & ~self.at_once & np.isnan(self.known)).tolist():
                if (i, k) in earlier:
                    least[i, k] = max(least[i, k], self._bound(i, k, earlier[i, k]))
                    asked[i, k] = least[i, k] - slack < limit[i, k]
        self._work_out([(i, k) for i, k in moves(self.instance, self.base.strategy) if asked[i, k]])
        bounded = np.isnan(self.known) & ~asked
        return Moves(
            objective=np.where(bounded, least, self.known), at_least=bounded & np.isfinite(least)
        )

    def of(self, asked: list[tuple[int, int]]) -> Array:
        """The same as `every`, of some allowed moves alone; of others only what is known."""
        self._work_out(asked)
        return self.known.copy()

    @property
    def at_once(self) -> Booleans:
        """Moves between strategies that draw on no part: with finished stock decided they need no program."""
        alone = np.isin(np.arange(len(self.known)), self.rules.alone(range(len(self.known))))
        plain = alone & (self.base.strategy != ATO) & self.instance.stock_decided
        return np.asarray(plain[:, None] & (np.arange(3) != ATO))

    def least(self, strategy: Integers, *moves: tuple[int, int]) -> float:
        """What the program costs at least under strategies of shape (I,) that so many moves lead to.

        Its cost where that is known of a single move, else what the plan's prices say.
        """
        slack = _ROUNDING * (1.0 + abs(self.base.objective))
        known = self.known[moves[0]] if len(moves) == 1 else np.nan
        return float(self._priced_here.value(strategy) if np.isnan(known) else known) - slack

    @cached_property
    def _priced_here(self) -> MoveBounds:
        return MoveBounds(self.instance, self.base)

    @cached_property
    def _bounds(self) -> Array:
        return self._priced_here.values()

    def _bound(self, i: int, k: int, priced: Priced) -> float:
        """What a move costs at least, by prices of the same move of another plan."""
        after = self.rules.moved(self.base.strategy, i, k)
        program = replace(
            self.base, strategy=after, prices=priced.prices, budget_price=priced.budget_price, tail=priced.tail
        )
        return MoveBounds(self.instance, program).value(after)

    @cached_property
    def _pool(self) -> Neighbourhood:
        """With finished stock decided one warm program serves all moves."""
        return Neighbourhood(self.instance, self.base.strategy)

    def _near(self, asked: list[tuple[int, int]]) -> Neighbourhood | TiedMoves:
        """Warm programs for moves of products that move alone."""
        if self.instance.stock_decided:
            return self._pool
        alone = self.rules.alone(i for i, _ in asked)
        return TiedMoves(self.instance, self.base.strategy, alone, self.evaluator, deadline=self.deadline)

    def _work_out(self, asked: list[tuple[int, int]]) -> None:
        asked = [(i, k) for i, k in asked if np.isnan(self.known[i, k])]
        near = self._near(asked) if asked else None
        for i, k in asked:
            if self.deadline.passed():
                break
            members = self.rules.moves_with(i)
            first, allowed = int(members[0]), self.instance.allowed[members, k]
            if not allowed[0] or not np.isnan(self.known[first, k]):
                continue
            cost = self._cost(first, k, near=near if len(members) == 1 else None)
            if cost is None:
                break
            self.known[members[allowed], k] = cost

    def _cost(self, i: int, k: int, *, near: Neighbourhood | TiedMoves | None) -> float | None:
        """Of one move; None where time ran out."""
        cost = None if near is None else near.cost(i, k)
        if isinstance(near, TiedMoves) and near.priced is not None:
            self.priced[i, k] = near.priced
        if cost is not None:
            return cost
        recourse = self.evaluator.evaluate(self.rules.moved(self.base.strategy, i, k))
        if recourse is None and self.deadline.passed():
            return None
        return np.inf if recourse is None else recourse.objective


def _smallest(values: Array, count: int, *, among: Booleans) -> Booleans:
    """Where the so many smallest of some values are, the first of equal ones; shape as given."""
    places = np.flatnonzero(among)
    chosen = np.zeros(values.size, dtype=bool)
    chosen[places[np.argsort(values.ravel()[places], kind="stable")[:count]]] = True
    return chosen.reshape(values.shape)
