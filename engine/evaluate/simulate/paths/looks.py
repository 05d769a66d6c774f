"""Who waits for one part alone, seen at random instants: what one more unit of each part would save (`Worth`)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.demand.streams import Array
from engine.evaluate.simulate.clock.drawn import Drawn
from engine.evaluate.simulate.clock.stock import DUST
from engine.evaluate.simulate.clock.worth import LOOK_DAYS, Worth
from engine.evaluate.simulate.paths.levels import Batches
from engine.evaluate.simulate.paths.served import Requests, Serving
from engine.evaluate.simulate.paths.service import ROUNDING, Arrivals
from engine.scenario.arrays import Booleans, Integers


class Looks:
    """The run as it is at each look.

    Parameters
    ----------
    drawn : Drawn
    serving : Serving
        What is asked of the parts.
    arrivals : mapping of part to Arrivals
    """

    def __init__(self, drawn: Drawn, serving: Serving, arrivals: Mapping[int, Arrivals]) -> None:
        self.serving = serving
        self.at = _instants(drawn)
        # Of each part: units that came in, the first request that waits, whether any does; shapes (looks,).
        self.came = {
            c: arrival.level[np.searchsorted(arrival.at, self.at, side="right")] for c, arrival in arrivals.items()
        }
        self.head, self.waits = {}, {}
        for c, came in self.came.items():
            self.head[c], self.waits[c] = _head(serving.requests[c], came, self.at)

    def worth(self, worth: Worth, batches: Batches) -> Array:
        """Money a year that one more unit of each part would save, mean over the looks of each batch; (batches, parts).

        The head of the queue of a part is the first order whose units are not all there.
        """
        counted, batch = batches.inside(self.at)
        looks = np.maximum(np.bincount(batch, minlength=batches.count), 1.0)
        values = np.zeros((batches.count, len(self.came)))
        for c, waits in self.waits.items():
            value, requests = np.zeros(self.at.shape), self.serving.requests[c]
            look = np.flatnonzero(waits)
            whose = requests.good[self.head[c][look]]
            for g in np.unique(whose).tolist():
                instants = look[whose == g]
                value[instants] = self._share(c, g, instants, worth) * worth.of(self.serving.served[g].asked.good, c)
            values[:, c] = np.bincount(batch, weights=value[counted], minlength=batches.count) / looks
        return values

    def _share(self, part: int, g: int, look: Integers, worth: Worth) -> Array:
        """Share of a part in the next unit of the orders that wait for it first, shape of `look`.

        None where it holds more of this part than of another. Parts of which it holds as little share by their prices,
        where it is the head for all of them.
        """
        served = self.serving.served[g]
        order = self.serving.requests[part].order[self.head[part][look]]
        held, first, price = [], [], []
        for (c, need), line in zip(served.asked.recipe, served.lines, strict=True):
            held.append(np.clip((self.came[c][look] - line.before[order]) / need, 0.0, served.asked.units[order]))
            first.append(self._is_head(c, g, order, look))
            price.append(need * worth.carrying[c])
        dust = max(line.dust / line.need for line in served.lines)
        lacking = np.array(held) <= np.min(held, axis=0) + dust
        place = [c for c, _ in served.asked.recipe].index(part)
        shared = np.all(np.array(first) | ~lacking, axis=0) & lacking[place]
        total = (lacking * np.array(price)[:, None]).sum(axis=0)
        return np.where(shared & (total > 0.0), price[place] / np.where(total > 0.0, total, 1.0), 0.0)

    def _is_head(self, part: int, g: int, order: Integers, look: Integers) -> Booleans:
        requests = self.serving.requests[part]
        head = np.minimum(self.head[part][look], requests.order.size - 1)
        same = (requests.good[head] == g) & (requests.order[head] == order)
        return np.asarray(self.waits[part][look] & same)


def _instants(drawn: Drawn) -> Array:
    """What is looked at."""
    rng, days = drawn.stream("looks"), drawn.horizon.days
    at = np.zeros(0)
    while not at.size or at[-1] < days:
        more = rng.uniform(0.0, 2.0 * LOOK_DAYS, int(days / LOOK_DAYS) + 100)
        at = np.concatenate([at, (at[-1] if at.size else 0.0) + np.cumsum(more)])
    return at


def _head(requests: Requests, came: Array, at: Array) -> tuple[Integers, Booleans]:
    """The first request that waits at each instant, and whether any does."""
    after = np.cumsum(requests.units)
    dust = DUST + ROUNDING * float(after[-1] if after.size else 0.0)
    head = np.searchsorted(after, came + dust, side="right")
    return head, np.asarray(head < np.searchsorted(requests.at, at, side="right"))
