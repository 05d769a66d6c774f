"""Replications: the same system under independent draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from typing import Literal

import numpy as np

from engine.decision.aside import Aside, at_once
from engine.errors import EngineError
from engine.evaluate.simulate.clock.drawn import Drawn
from engine.evaluate.simulate.clock.observed import Horizon, Observed, together
from engine.evaluate.simulate.clock.run import Replication
from engine.evaluate.simulate.clock.system import System
from engine.evaluate.simulate.clock.worth import Worth
from engine.evaluate.simulate.findings.statistics import CONFIDENCE, Estimate, LeadTimes, estimate, lead_times, ratio
from engine.evaluate.simulate.paths.rule import why_not_on_paths
from engine.evaluate.simulate.paths.run import PathReplication
from engine.words.reason import cause, quoted

DAYS_PER_YEAR = 365.0
# With so many replications each is one observation; with fewer, each is cut into batches.
ENOUGH_REPLICATIONS = 5
BATCHES = 10
WARM_UP_LEAST_DAYS = 180.0

Progress = Callable[[int, int], None]
# As whole paths, or event by event.
Form = Literal["paths", "events"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """Observations of a system, and what they say of each good.

    Parameters
    ----------
    system : System
    observed : Observed
    replications : int
        Finished ones.
    leads_by_replication : tuple
        Lead time in days to units, for each replication and good.
    stopped : bool
        Ended early by the user.
    warm_up_days, years : float
        Of each replication; the warm-up is not within the years.
    form : str
        Whole paths or events.
    form_reason : str
        Why not whole paths.
    """

    system: System
    observed: Observed
    replications: int
    leads_by_replication: tuple[tuple[Mapping[float, float], ...], ...]
    stopped: bool
    warm_up_days: float
    years: float
    form: Form = "paths"
    form_reason: str = ""

    def _good(self, name: str) -> int:
        return [good.name for good in self.system.goods].index(name)

    def on_time(self, name: str, *, confidence: float = CONFIDENCE) -> Estimate:
        """Share of the units that leave by their due date."""
        i, seen = self._good(name), self.observed
        return ratio(seen.units[:, i] - seen.late_units[:, i], seen.units[:, i], confidence=confidence)

    def order_fill_rate(self, name: str, *, confidence: float = CONFIDENCE) -> Estimate:
        """Share of the orders that leave whole by their due date."""
        i, seen = self._good(name), self.observed
        return ratio(seen.orders_on_time[:, i], seen.orders[:, i], confidence=confidence)

    def on_hand(self, name: str, *, confidence: float = CONFIDENCE) -> Estimate:
        """Mean units of finished stock on the shelf."""
        return estimate(self.observed.on_hand[:, self._good(name)], confidence=confidence)

    def late(self, name: str, *, confidence: float = CONFIDENCE) -> Estimate:
        """Mean units late at any time."""
        return estimate(self.observed.late[:, self._good(name)], confidence=confidence)

    def on_time_of_waits(self, name: str) -> dict[float, float]:
        """Share of the units that leave by their due date, by the days that customers who wait differently give."""
        counts = self.observed.waits[self._good(name)]
        return {days: 1.0 - late / units for days, (units, late, _) in sorted(counts.items()) if units > 0.0}

    def cycle_service(self, name: str, *, confidence: float = CONFIDENCE) -> Estimate:
        """Share of the replenishments that find nobody waiting (type 1 service)."""
        i, seen = self._good(name), self.observed
        return ratio(seen.arrivals_in_time[:, i], seen.arrivals[:, i], confidence=confidence)

    def part_on_hand(self, name: str, *, confidence: float = CONFIDENCE) -> Estimate:
        """Mean units of a part on the shelf."""
        c = [part.name for part in self.system.parts].index(name)
        return estimate(self.observed.part_on_hand[:, c], confidence=confidence)

    def cost_per_day(
        self, name: str, *, holding: float, late: float, confidence: float = CONFIDENCE
    ) -> Estimate:
        """Holding on the finished stock and lateness of a good, rates per unit and day."""
        i, seen = self._good(name), self.observed
        return estimate(holding * seen.on_hand[:, i] + late * seen.late[:, i], confidence=confidence)

    def net_stock_sd(self, name: str, *, confidence: float = CONFIDENCE) -> Estimate:
        """Standard deviation of stock less backlog: at a constant position, that of lead-time demand.

        Its interval is that of the variance, by the delta method.
        """
        i, seen = self._good(name), self.observed
        net = seen.on_hand[:, i] - seen.late[:, i]
        square = seen.net_square[:, i] - 2.0 * net.mean() * net + net.mean() ** 2
        variance = estimate(square, confidence=confidence)
        sd = max(variance.mean, 0.0) ** 0.5
        return Estimate(mean=sd, half_width=variance.half_width / max(2.0 * sd, 1e-300))

    def beyond(self, name: str, days: float, *, confidence: float = CONFIDENCE) -> Estimate:
        """Share of the units that take longer than so many days from order to delivery."""
        i = self._good(name)
        units = np.array([sum(leads[i].values()) for leads in self.leads_by_replication])
        longer = [sum(u for lead, u in leads[i].items() if lead > days) for leads in self.leads_by_replication]
        return ratio(np.array(longer), units, confidence=confidence)

    def lead_times(self, name: str) -> LeadTimes:
        """Distribution of the days from order to delivery."""
        return lead_times(self.observed.leads[self._good(name)])


def simulate_system(
    system: System,
    *,
    years: float = 5.0,
    replications: int = 10,
    seed: int = 1,
    warm_up_days: float | None = None,
    worth: Worth | None = None,
    form: Form | None = None,
    progress: Progress = lambda _done, _all: None,
    aside: Aside = at_once,
) -> Simulated:
    """Simulate a system.

    Parameters
    ----------
    system : System
    years : float
        Length of each replication after its warm-up.
    replications : int
        Independent ones. With less than five, each is cut into ten batches to tell how certain the means are.
    seed : int
    warm_up_days : float, optional
        By default three times the longest time anything takes, at least half a year.
    worth : Worth, optional
        What units are worth, to learn what one more unit of each part's base stock would save.
    form : str, optional
        Whole paths wherever they tell the same (`why_not_on_paths`), events elsewhere; both draw the same orders.
    progress : callable
        Told how many of how many steps are done.
    aside : callable
        Where the second half of the replications is worked on.

    Returns
    -------
    Simulated
        Stopped by Ctrl-C, it holds the replications that were finished, if any.
    """
    if not system.goods or not 0.0 < years < math.inf or replications < 1:
        raise EngineError(cause("simulation_empty"))
    reason = why_not_on_paths(system)
    if form == "paths" and reason:
        raise EngineError(cause("simulation_by_events", why=quoted(reason)))
    form = form or ("events" if reason else "paths")
    batches = 1 if replications >= ENOUGH_REPLICATIONS else BATCHES
    warm_up = warm_up_time(system) if warm_up_days is None else warm_up_days
    horizon = Horizon(warm_up_days=warm_up, batch_days=years * DAYS_PER_YEAR / batches, batches=batches)
    runs: list[Observed] = []
    each, stopped = batches + 1, False

    def step(steps: Iterator[int]) -> None:
        progress(next(steps), replications * each)

    def observed(numbers: range) -> Iterator[Observed]:
        for number in numbers:
            drawn = Drawn(system, horizon, seed, number)
            run = PathReplication(drawn, worth=worth) if form == "paths" else Replication(drawn, worth=worth)
            yield run.observe(partial(step, count(number * each + 1)))

    half = (replications + 1) // 2
    rest = aside(partial(observed, range(half, replications)))
    try:
        for run in chain(observed(range(half)), rest):
            runs.append(run)
            progress(len(runs) * each, replications * each)
    except KeyboardInterrupt:
        if not runs:
            raise
        stopped = True
    return Simulated(
        system=system, observed=together(runs), replications=len(runs),
        leads_by_replication=tuple(run.leads for run in runs), stopped=stopped, warm_up_days=warm_up,
        years=years, form=form, form_reason=reason if form == "events" else "",
    )  # fmt: skip


def warm_up_time(system: System) -> float:
    """Three times the longest chain of waits, at least half a year."""
    shelves = [part.shelf for part in system.parts] + [g.shelf for g in system.goods if g.shelf is not None]
    supplies = [shelf.supply for shelf in shelves] + [good.make for good in system.goods]
    longest = max((supply.mean_days + 3.0 * supply.sd_days for supply in supplies), default=0.0)
    wait = max(good.longest_wait_days + good.assembly_days for good in system.goods)
    return max(WARM_UP_LEAST_DAYS, 3.0 * (longest + wait + system.review_days))
