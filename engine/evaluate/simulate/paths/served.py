"""Which pieces every order is served in: all goods that ask the same kind of stock, together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.evaluate.simulate.clock.drawn import Asked, Drawn, Source
from engine.evaluate.simulate.paths.service import AT_ONCE, NEVER, Arrivals, Line, Pieces, pieces
from engine.scenario.arrays import Booleans, Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """All that is asked of one stock, in turn.

    Parameters
    ----------
    at, units : shape (requests,)
    good, order : shape (requests,)
        Whose it is: place in the list of those that ask, and order.
    """

    at: Array
    units: Array
    good: Integers
    order: Integers

    def before_each(self) -> dict[int, Array]:
        """Units asked before each, by who asks, shape (orders,) of that one."""
        before = np.cumsum(self.units) - self.units
        whose, first = np.unique(np.sort(self.good), return_index=True)
        by_good = np.split(before[np.argsort(self.good, kind="stable")], first[1:])
        return dict(zip(whose.tolist(), by_good, strict=True)) if whose.size else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Orders of a good and the pieces that they are served in.

    Parameters
    ----------
    asked : Asked
    lines : tuple of Line
        As in its recipe.
    pieces : Pieces
    at, set_off : shape (pieces,)
        When each is complete, and when the delivery that completes it was ordered.
    relies : tuple of shape (orders,)
        Of each stock that has to cover an order, whether supply is too late for it.
    """

    asked: Asked
    lines: tuple[Line, ...]
    pieces: Pieces
    at: Array
    set_off: Array
    relies: tuple[Booleans, ...]

    @property
    def short(self) -> Booleans:
        """Lots that stand for a larger order and find too little for it, shape (orders,)."""
        asked = self.asked
        short = np.zeros(asked.units.shape, dtype=bool)
        of = {stock: line for (stock, _), line in zip(asked.recipe, self.lines, strict=True)}
        for (stock, need), relies in zip(asked.covered, self.relies, strict=True):
            line = of[stock]
            free = line.arrivals.found(asked.at) - line.before
            short |= relies & (free < need * asked.takes - line.dust)
        return short & (asked.takes > asked.units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What is asked of stocks and how it is served.

    Parameters
    ----------
    requests : mapping of stock to Requests
    served : tuple of Served
    """

    requests: Mapping[int, Requests]
    served: tuple[Served, ...]


def serve(drawn: Drawn, source: Source, arrivals: Mapping[int, Arrivals]) -> Serving:
    """First come first served at all stocks of a kind.

    Parameters
    ----------
    drawn : Drawn
    source : Source
        Finished goods or parts.
    arrivals : mapping of stock to Arrivals
    """
    asking = [asked for asked in drawn.asked if asked.source is source]
    requests = {stock: _requests(asking, stock) for stock in arrivals}
    before = {stock: request.before_each() for stock, request in requests.items()}
    # The deliveries of all stocks in the order of time; what was ordered first comes first.
    at, ordered, stock = (
        np.concatenate([np.zeros(0), *columns])
        for columns in (
            [request.at for request in arrivals.values()],
            [request.ordered for request in arrivals.values()],
            [np.full(request.at.shape, float(k)) for k, request in arrivals.items()],
        )
    )
    turn = np.lexsort((stock, ordered, at))
    rank = np.empty(turn.size, dtype=np.int64)
    rank[turn] = np.arange(turn.size)
    ranks = {k: rank[stock == k] for k in arrivals}
    at, ordered = at[turn], ordered[turn]
    served = []
    for g, asked in enumerate(asking):
        lines = tuple(
            Line(arrivals=arrivals[k], rank=ranks[k], before=before[k].get(g, np.zeros(0)), need=need)
            for k, need in asked.recipe
        )
        parts = pieces(asked.units, asked.at, list(lines))
        wait = (parts.rank != AT_ONCE) & (parts.rank != NEVER)
        done = np.where(parts.rank == NEVER, np.inf, asked.at[parts.order])
        set_off = done.copy()
        done[wait], set_off[wait] = at[parts.rank[wait]], ordered[parts.rank[wait]]
        relies = tuple(
            drawn.relies(k, asked.day, asked.at) if source is Source.PARTS else np.ones(asked.at.shape, dtype=bool)
            for k, _ in asked.covered
        )
        served.append(Served(asked=asked, lines=lines, pieces=parts, at=done, set_off=set_off, relies=relies))
    return Serving(requests=requests, served=tuple(served))


def _requests(asking: list[Asked], stock: int) -> Requests:
    needs = [(g, asked, need) for g, asked in enumerate(asking) for k, need in asked.recipe if k == stock]
    at = np.concatenate([np.zeros(0), *(asked.at for _, asked, _ in needs)])
    units = np.concatenate([np.zeros(0), *(need * asked.units for _, asked, need in needs)])
    good = np.concatenate([np.zeros(0), *(np.full(asked.units.shape, float(g)) for g, asked, _ in needs)])
    order = np.concatenate([np.zeros(0), *(np.arange(asked.units.size) for _, asked, _ in needs)])
    turn = np.argsort(at, kind="stable")
    return Requests(
        at=at[turn], units=units[turn], good=good[turn].astype(np.int64), order=order[turn].astype(np.int64)
    )
