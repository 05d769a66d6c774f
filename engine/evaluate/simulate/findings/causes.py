"""Causes of deviations that matter, each tested before it is told.

The model is asked again at the plan's strategies and stocks (`modelled`). If on the plan's own samples it says other
than the plan promised, the plan was changed. If fresh samples explain most of what is left, that is sampling. Only what
the model gets wrong on many samples too can come from what the simulation knows and the model does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from engine.decision.plan import Plan
from engine.demand.streams import Array
from engine.economics.instance import TERMS, Integers
from engine.evaluate.simulate.clock.orders import ReplayedOrders, WeekLots
from engine.evaluate.simulate.findings.modelled import Modelled, together
from engine.evaluate.simulate.findings.promise import COST_MATTERS, SERVICE_MATTERS, Compared
from engine.evaluate.simulate.findings.statistics import half_widths, ratio_half_widths
from engine.evaluate.simulate.replicate import Simulated

# Units drawn or replayed that differ by more from what was planned with are a cause by themselves.
UNITS_MATTER = 0.02
# Work that took longer than the days given, as a share of the units, is a queue.
QUEUE_MATTERS = 0.01
# A cause explains a deviation that it leaves no more than this share of.
MOST = 0.5
# The model says the same again to within rounding; more than this share of a figure, and the plan was changed.
SAME = 1e-3
# How causes begin that are none: the run is too short to tell.
CHANCE, FEW = "chance", "too few orders delivered"
UNKNOWN = "no cause is known"
STOPPED_EARLY = "causes were not looked for: stopped early"
CHANGED = "the plan was changed after it was decided"
HINDSIGHT = "parts go first come first served; the plan shares them with hindsight"
END_OF_CYCLE = "the plan counts late parts at the end of the review cycle, which is conservative"
LONGER = "fewer units are late than in the plan, and each for longer"
SPLIT = "lateness falls on other products than in the plan's split"
UNEVEN = "uneven load: the plan takes the hours of stock orders at their mean"
WEEKS = "weeks begin on a day of their own, not with the day of observation"

_LATE = [TERMS.index("late"), TERMS.index("lost_margin")]
_STOCK = [TERMS.index("holding"), TERMS.index("obsolescence")]
_HOURS = [TERMS.index("overtime"), TERMS.index("outsourcing")]
_LOST = [TERMS.index("lost_margin")]
# Draws and programs are the same again under these only.
_VERSIONS = ("codp", "highspy", "numpy", "scipy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a unit of products, from four sides.

    Parameters
    ----------
    promised, own, fresh, seen : float
        As planned; by the model at the plan's stocks, on the plan's own samples and on fresh ones; as simulated.
        Where the model cannot tell, own and fresh are as promised.
    fresh_error, seen_error : float
        Half widths.
    matters : float
        Least difference that is one.
    tested : bool
        Whether the model could tell.
    """

    promised: float
    own: float
    fresh: float
    seen: float
    fresh_error: float
    seen_error: float
    matters: float
    tested: bool

    @property
    def changed(self) -> bool:
        """Whether the plan promised something else than its stocks give on its own samples."""
        return self.tested and abs(self.own - self.promised) > SAME * max(abs(self.promised), abs(self.own))

    @property
    def off(self) -> bool:
        """Whether the simulation surely differs from the plan's stocks on its own samples."""
        return abs(self.seen - self.own) > max(self.matters, self.seen_error)

    @property
    def sampled(self) -> bool:
        """Whether fresh samples explain most of that, and it is no error of theirs.

        They may explain more than all of it, where something else makes up for a part.
        """
        shift, whole = self.fresh - self.own, self.seen - self.own
        left = (whole - shift) * float(np.sign(whole))
        return self.tested and abs(shift) > self.fresh_error and left <= MOST * abs(whole)

    @property
    def rest(self) -> float:
        """What fresh samples do not explain, zero where it is within the errors."""
        left = self.seen - self.fresh
        return left if abs(left) > float(np.hypot(self.seen_error, self.fresh_error)) else 0.0


class Causes:
    """Tells why a plan deviates, product by product.

    Parameters
    ----------
    plan : Plan
    simulated : Simulated
    compared : Compared
    ledger : shape (N, I, terms)
        Of the simulation.
    unit : shape (I,)
        Number of each product's unit (`units_of`).
    model : Modelled or None
        None where it was not asked.
    stopped : bool
        The user ended the work before causes were looked for.
    """

    def __init__(
        self, plan: Plan, simulated: Simulated, compared: Compared, *, ledger: Array, unit: Integers,
        model: Modelled | None, stopped: bool = False,
    ) -> None:  # fmt: skip
        self.plan, self.simulated, self.compared = plan, simulated, compared
        self.unit, self.model, self.stopped = unit, model, stopped
        self.sharing = np.bincount(unit)[unit] > 1
        self.strategy = plan.decisions["strategy"].astype(str).to_numpy()
        self.planned = together(compared.planned, unit, 0)
        self.seen = together(ledger, unit, 1)
        self.own = self.planned if model is None else together(model.own, unit, 0)
        self.batches = self.planned[None] if model is None else together(model.fresh, unit, 1)
        self.fresh = self.batches.mean(axis=0)
        self.rate = np.array([good.mean_per_day for good in simulated.system.goods])

    def of(self, i: int) -> str:
        """The causes of a product's deviation, joined by semicolons; empty where nothing matters."""
        compared = self.compared
        if not compared.cost_matters[i] and not compared.service_matters[i]:
            return ""
        # Lines that are replayed are what they are, few or not.
        if compared.on_time.few[i] and not self._replayed(i):
            return f"{FEW} ({compared.on_time.trials[i]:.0f}) to tell"
        cost, service = bool(compared.cost_off[i]), bool(compared.service_off[i])
        if not cost and not service:
            return f"{CHANCE}: the interval holds the promise"
        if self.stopped:
            return STOPPED_EARLY
        found: list[str] = []
        flattered: list[bool] = []
        if cost:
            figure = self._cost(i)
            reasons, sampled = self._reasons(i, figure, self._split_cost(i, figure), self._beyond_cost)
            found += reasons
            flattered += [figure.seen > figure.own] if sampled else []
        if service:
            figure = self._service(i)
            reasons, sampled = self._reasons(i, figure, self._split_service(i, figure), self._beyond_service)
            # That the plan was changed is told once.
            found += [reason for reason in reasons if not (found and reason.startswith(CHANGED))]
            flattered += [figure.seen < figure.own] if sampled else []
        if flattered:
            found.append(self._sampling(flatters=all(flattered)))
        known = [reason for reason in dict.fromkeys(found) if reason != UNKNOWN]
        return "; ".join(known) or UNKNOWN

    # Figures -------------------------------------------------------------------------------------------------------

    def _cost(self, i: int) -> Figure:
        """Cost of a product's unit, money per year."""
        u, model = int(self.unit[i]), self.model
        promised, seen = float(self.planned[u].sum()), self.seen[:, u].sum(axis=1)
        own = fresh = promised
        error, tested = 0.0, model is not None and bool(model.tested[i])
        if model is not None and tested:
            own, batches = float(self.own[u].sum()), self.batches[:, u].sum(axis=1)
            fresh, error = float(batches.mean()), float(half_widths(batches))
            if not model.same[i]:
                own, fresh = promised, promised + fresh - own
        return Figure(
            promised=promised, own=own, fresh=fresh, seen=float(seen.mean()), fresh_error=error,
            seen_error=float(half_widths(seen)), matters=COST_MATTERS * abs(promised), tested=tested,
        )  # fmt: skip

    def _service(self, i: int) -> Figure:
        """Share of a unit's units that are on time.

        Where parts are shared, targets bind the plan's split and not the model's here: only the change from own to
        fresh samples counts.
        """
        own_ones, model = self.unit == self.unit[i], self.model
        rate = float(self.rate[own_ones].sum())
        promised = float(self.compared.planned_on_time[own_ones] @ self.rate[own_ones]) / rate
        units = self.simulated.observed.units[:, own_ones].sum(axis=1)
        on_time = units - self.simulated.observed.late_units[:, own_ones].sum(axis=1)
        own = fresh = promised
        error, tested = 0.0, model is not None and bool(model.late_tested[i])
        if model is not None and tested:
            own = 1.0 - float(model.own_late[own_ones].sum()) / rate
            batches = 1.0 - model.fresh_late[:, own_ones].sum(axis=1) / rate
            fresh, error = float(batches.mean()), float(half_widths(batches))
            if self.sharing[i]:
                own, fresh = promised, promised + fresh - own
        return Figure(
            promised=promised, own=own, fresh=fresh, seen=float(on_time.mean()) / max(float(units.mean()), 1e-300),
            fresh_error=error, seen_error=float(ratio_half_widths(on_time, units)), matters=SERVICE_MATTERS,
            tested=tested,
        )  # fmt: skip

    def _split_cost(self, i: int, figure: Figure) -> bool:
        """Whether the products that share parts hold together what this one by itself does not, for lateness."""
        dearer = float(self.compared.dearer[i])
        late = float((self.compared.simulated - self.compared.planned)[i, _LATE].sum())
        return self._unit_holds(i, figure, dearer) and late * np.sign(dearer) > MOST * abs(dearer)

    def _split_service(self, i: int, figure: Figure) -> bool:
        return self._unit_holds(i, figure, -float(self.compared.later[i]))

    def _unit_holds(self, i: int, figure: Figure, deviation: float) -> bool:
        same_way = (figure.seen - figure.promised) * deviation > 0.0
        small = abs(figure.seen - figure.promised) <= max(figure.matters, figure.seen_error)
        return bool(self.sharing[i]) and (small or not same_way)

    # Causes --------------------------------------------------------------------------------------------------------

    def _reasons(
        self, i: int, figure: Figure, split: bool, beyond: Callable[[int, Figure], list[str]]  # noqa: FBT001
    ) -> tuple[list[str], bool]:
        """Reasons for one figure, and whether sampling is another."""
        reasons = [self._changed(i, figure)] if figure.changed else []
        if split:
            return [*reasons, SPLIT], False
        if not figure.off:
            return reasons, False
        if figure.sampled:
            return reasons, True
        found = [*self._demand(i), *self._queue(i, figure)]
        return [*reasons, *(found or beyond(i, figure) or self._weeks(i, figure) or [UNKNOWN])], False

    def _changed(self, i: int, figure: Figure) -> str:
        said = CHANGED
        made = self.plan.summary.get("versions", {})
        if any(made.get(name) != version(name) for name in _VERSIONS):
            said += ", or decided by another version"
        if self.sharing[i]:
            return said
        # Shares are at most one, and no cost that matters is.
        own = f"{figure.own:.1%} on time" if figure.matters == SERVICE_MATTERS else f"{figure.own:,.0f} a year"
        return f"{said}: its own samples say {own}"

    def _sampling(self, *, flatters: bool) -> str:
        samples = self.plan.summary["samples"]
        how = f"the best on {samples} samples, which flatters it" if flatters else f"measured on {samples} samples"
        return f"sampling: the plan is {how}"

    def _replayed(self, i: int) -> bool:
        return isinstance(self.simulated.system.goods[i].orders, ReplayedOrders)

    def _demand(self, i: int) -> list[str]:
        """What came in other than planned with."""
        if self.rate[i] <= 0.0:
            return []
        units = self.simulated.observed.units[:, i]
        sold, spread = float(units.mean()) / self.rate[i], float(half_widths(units)) / self.rate[i]
        if self._replayed(i):
            if abs(sold - 1.0) > UNITS_MATTER:
                return [f"the order lines hold {sold:.0%} of the demand planned with"]
            return ["the order lines move together or drift, which the plan does not know"]
        return [f"orders drawn come to {sold:.0%} of the mean"] if abs(sold - 1.0) > max(UNITS_MATTER, spread) else []

    def _queue(self, i: int, figure: Figure) -> list[str]:
        """A resource whose work took longer than the days given, where more is late than by the model."""
        seen, good = self.simulated.observed, self.simulated.system.goods[i]
        waits = float(seen.overrun_units[:, i].mean())
        if waits <= QUEUE_MATTERS * max(float(seen.units[:, i].mean()), 1e-300):
            return []
        worse = self._rest_of(i, _LATE) > 0.0 if figure.matters != SERVICE_MATTERS else figure.rest < 0.0
        busy = max(good.uses, key=lambda use: seen.queue_days[:, use.resource].mean())
        return [f"queue at {self.simulated.system.servers[busy.resource].name}"] if worse else []

    def _beyond_cost(self, i: int, figure: Figure) -> list[str]:
        """What the simulation knows and the model does not, where that explains most of the rest of the cost."""
        good, rest = self.simulated.system.goods[i], figure.rest
        if not figure.tested or rest == 0.0:
            return []

        if self._mostly(i, figure, _HOURS):
            return [UNEVEN]
        if self.strategy[i] == "ATO":
            return self._beyond_parts(i, figure)
        if good.shelf is not None and self._in_cycles():
            ahead = good.wait_days - good.shelf.supply.mean_days
            if ahead > 0.0 and rest > 0.0 and self._mostly(i, figure, _STOCK):
                return [f"customers wait {ahead:g} days longer than the supplier, and early stock lies on the shelf"]
        return []

    def _beyond_parts(self, i: int, figure: Figure) -> list[str]:
        """What giving out parts one order at a time does to the cost of an assembled product."""
        if figure.rest < 0.0:
            return [END_OF_CYCLE] if self._mostly(i, figure, _LOST) and self._in_cycles() else []
        if not self._mostly(i, figure, _LATE):
            return []
        served = self._service(i)
        if served.tested and served.rest > SERVICE_MATTERS:
            return [LONGER]
        return [HINDSIGHT] if self.sharing[i] else []

    def _beyond_service(self, i: int, figure: Figure) -> list[str]:
        """The same for the share on time."""
        if not figure.tested or self.strategy[i] != "ATO":
            return []
        if figure.rest > 0.0:
            return [END_OF_CYCLE] if self._in_cycles() else []
        return [HINDSIGHT] if figure.rest < 0.0 and self.sharing[i] else []

    def _weeks(self, i: int, figure: Figure) -> list[str]:
        """Where the calendar matters to demand, the model has weeks begin with the observation."""
        calendar = isinstance(self.simulated.system.goods[i].orders, WeekLots)
        calendar = calendar or self.simulated.system.common_factor_cv > 0.0
        return [WEEKS] if figure.tested and figure.rest != 0.0 and calendar else []

    def _in_cycles(self) -> bool:
        return self.simulated.system.review_days > 0.0

    def _mostly(self, i: int, figure: Figure, terms: list[int]) -> bool:
        """Whether some terms explain most of what fresh samples do not."""
        return self._rest_of(i, terms) * float(np.sign(figure.rest)) > MOST * abs(figure.rest)

    def _rest_of(self, i: int, terms: list[int]) -> float:
        """What a unit costs more in some terms than by the model on fresh samples."""
        u = int(self.unit[i])
        return float((self.seen[:, u].mean(axis=0) - self.fresh[u])[terms].sum())
