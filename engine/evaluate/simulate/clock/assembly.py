"""Parts reserved first come first served, and units assembled as soon as all their parts are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.evaluate.simulate.clock.stock import DUST, Stock
from engine.evaluate.simulate.clock.tally import Request


class Reservation:
    """The parts of one order: each promised to it in its turn, kept on the shelf until the unit is complete.

    Parameters
    ----------
    good : int
    request : Request
    recipe : list of (Stock, float)
        Stocks it draws on, and units of the part in each unit.
    bought : list of (Stock, float)
        The same of parts that are bought for the order and come when it needs them: theirs alone.
    complete : callable
        Called with the units whose parts are all there, when they were asked for, and how often meanwhile the stock
        that kept them waiting was counted.
    """

    __slots__ = ("asked", "bought", "complete", "good", "held", "moments", "recipe", "request", "started")

    def __init__(
        self,
        good: int,
        request: Request,
        recipe: list[tuple[Stock[Any], float]],
        bought: list[tuple[Stock[Any], float]],
        complete: Callable[[Request, float, float, int], None],
    ) -> None:
        self.good = good
        self.request, self.recipe, self.bought, self.complete = request, recipe, bought, complete
        self.held = [0.0] * len(recipe)
        self.started = self.asked = 0.0
        self.moments = [stock.moments for stock, _ in recipe]

    def reserve(self, units: float, now: float) -> None:
        """Ask every part's stock."""
        self.asked = now
        whole = True
        for k, (stock, quantity) in enumerate(self.recipe):
            wanted = quantity * units
            if stock.free >= wanted and not stock.queue:
                stock.settle(now)
                stock.free -= wanted
                self.held[k] = units
            else:
                self.held[k] = stock.take((self, k), wanted, now) / quantity
                whole = False
        if whole:
            for stock, quantity in self.recipe:
                stock.on_shelf -= quantity * units
            self.started = units
            self.complete(self.request, units, now, 0)
        else:
            for stock, quantity in self.bought:
                stock.settle(now)
                stock.on_shelf += quantity * units
            self.start(now)

    def grant(self, part: int, amount: float, now: float) -> None:
        """A part that it waited for has come."""
        self.held[part] += amount / self.recipe[part][1]
        self.start(now)

    def start(self, now: float) -> None:
        """Begin what has all its parts."""
        units = min(self.held) - self.started
        if units <= DUST:
            return
        self.started += units
        for stock, quantity in (*self.recipe, *self.bought):
            stock.settle(now)
            stock.on_shelf -= quantity * units
        # Who waits, waits for a delivery: the part that comes last was counted at least as often as any other.
        seen = max(stock.moments - before for (stock, _), before in zip(self.recipe, self.moments, strict=True))
        self.complete(self.request, units, self.asked, seen)

    def share(self, part: int) -> float:
        """Share of this part in letting work begin: one where it alone is lacking, none where another is scarcer.

        Parts that are lacking alike are needed together, so they share by what a unit's worth of each costs on the
        shelf; and only if this order is the next in turn for all of them.
        """
        least = min(self.held) + DUST
        if self.held[part] > least:
            return 0.0
        total = 0.0
        for held, (stock, quantity) in zip(self.held, self.recipe, strict=True):
            if held <= least:
                first = stock.first()
                if first is None or first[0] is not self:
                    return 0.0
                total += quantity * stock.price
        stock, quantity = self.recipe[part]
        return quantity * stock.price / total if total > 0.0 else 0.0
