"""Where a system can be simulated as whole paths, and why not where it cannot."""

from __future__ import annotations

from engine.evaluate.simulate.clock.system import System


def why_not_on_paths(system: System) -> str:
    """Why a system has to be simulated event by event; empty where whole paths tell the same.

    Whole paths need that nothing depends on what comes later: each stock orders by its position, parts are given out in
    the order of asking, a resource works in turn. That holds for everything a scenario can say, queues included.

    Examples
    --------
    >>> from engine.evaluate.simulate.clock.system import Good
    >>> from engine.evaluate.simulate.clock.orders import PoissonOrders
    >>> why_not_on_paths(System(goods=(Good(name="A", orders=PoissonOrders(per_day=1.0)),)))
    ''
    """
    shelves = [part.shelf for part in system.parts] + [good.shelf for good in system.goods if good.shelf is not None]
    if system.period_end and any(shelf.supply.crossing for shelf in shelves):
        return "deliveries overtake one another, and stock is counted just before each"
    for good in system.goods:
        if len({part for part, _ in good.parts}) < len(good.parts):
            return f"'{good.name}' asks for the same part twice"
    return ""
