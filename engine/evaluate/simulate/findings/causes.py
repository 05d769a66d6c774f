"""Causes of deviations that matter, each tested before it is told.

The model is asked again at the plan's strategies and stocks (`modelled`). If on the plan's own samples it says other
than the plan promised, the plan was changed. If fresh samples explain most of what is left, that is sampling. Only what
the model gets wrong on many samples too can come from what the simulation knows and the model does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from engine.decision.plan import Plan
from engine.demand.streams import Array
from engine.economics.instance import TERMS
from engine.evaluate.simulate.clock.orders import ReplayedOrders
from engine.evaluate.simulate.findings.modelled import Modelled
from engine.evaluate.simulate.findings.promise import COST_MATTERS, SERVICE_MATTERS, PromiseComparison
from engine.evaluate.simulate.findings.statistics import half_widths, ratio_half_widths
from engine.evaluate.simulate.replicate import Simulated
from engine.words.causes import CHANCE, FEW
from engine.words.reason import Reason

# Units drawn or replayed that differ by more from what was planned with are a cause by themselves.
UNITS_MATTER = 0.02
# Work that took longer than the days given, as a share of the units, is a queue.
QUEUE_MATTERS = 0.01
# A cause explains a deviation that it leaves no more than this share of.
MOST = 0.5
# The model says the same again to within rounding; more than this share of a figure, and the plan was changed.
SAME = 1e-3
UNKNOWN, STOPPED_EARLY, UNEVEN = (Reason(kind=kind) for kind in ("unknown", "stopped", "uneven"))

_LATE = [TERMS.index("late"), TERMS.index("lost_margin")]
_HOURS = [TERMS.index("overtime"), TERMS.index("outsourcing")]
# Draws and programs are the same again under these only.
_VERSIONS = ("codp", "highspy", "numpy", "scipy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a product, from four sides.

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
        gap = (whole - shift) * float(np.sign(whole))
        return self.tested and abs(shift) > self.fresh_error and gap <= MOST * abs(whole)

    @property
    def rest(self) -> float:
        """What fresh samples do not explain, zero where it is within the errors."""
        gap = self.seen - self.fresh
        return gap if abs(gap) > float(np.hypot(self.seen_error, self.fresh_error)) else 0.0


class Causes:
    """Tells why a plan deviates, product by product.

    Parameters
    ----------
    plan : Plan
    simulated : Simulated
    compared : PromiseComparison
    ledger : shape (N, I, terms)
        Of the simulation.
    model : Modelled or None
        None where it was not asked.
    stopped : bool
        The user ended the work before causes were looked for.
    """

    def __init__(
        self, plan: Plan, simulated: Simulated, compared: PromiseComparison, *, ledger: Array, model: Modelled | None,
        stopped: bool = False,
    ) -> None:  # fmt: skip
        self.plan, self.simulated, self.compared = plan, simulated, compared
        self.seen, self.model, self.stopped = ledger, model, stopped
        self.rate = np.array([good.mean_per_day for good in simulated.system.goods])

    def of(self, i: int) -> tuple[Reason, ...]:
        """The causes of a product's deviation; empty where nothing matters."""
        compared = self.compared
        if not compared.cost_matters[i] and not compared.service_matters[i]:
            return ()
        # Lines that are replayed are what they are, few or not.
        if compared.on_time.few[i] and not self._replayed(i):
            return (Reason(kind=FEW, values={"orders": round(float(compared.on_time.trials[i]))}),)
        cost, service = bool(compared.cost_off[i]), bool(compared.service_off[i])
        if not cost and not service:
            return (Reason(kind=CHANCE),)
        if self.stopped:
            return (STOPPED_EARLY,)
        why: list[Reason] = []
        flattered: list[bool] = []
        if cost:
            figure = self._cost(i)
            reasons, sampled = self._reasons(i, figure, self._beyond_cost(i, figure))
            why += reasons
            flattered += [figure.seen > figure.own] if sampled else []
        if service:
            figure = self._service(i)
            reasons, sampled = self._reasons(i, figure, [])
            # That the plan was changed is told once.
            why += [reason for reason in reasons if not (why and reason.kind.startswith("changed"))]
            flattered += [figure.seen < figure.own] if sampled else []
        if flattered:
            why.append(self._sampling(flatters=all(flattered)))
        causes = tuple(cause for place, cause in enumerate(why) if cause not in why[:place] and cause != UNKNOWN)
        return causes or (UNKNOWN,)

    # Figures -------------------------------------------------------------------------------------------------------

    def _cost(self, i: int) -> Figure:
        """Cost of a product, money per year."""
        model = self.model
        promised, seen = float(self.compared.planned[i].sum()), self.seen[:, i].sum(axis=1)
        sampled = fresh = promised
        error, tested = 0.0, model is not None and bool(model.tested[i])
        if model is not None and tested:
            sampled, batches = float(model.own[i].sum()), model.fresh[:, i].sum(axis=1)
            fresh, error = float(batches.mean()), float(half_widths(batches))
        return Figure(
            promised=promised, own=sampled, fresh=fresh, seen=float(seen.mean()), fresh_error=error,
            seen_error=float(half_widths(seen)), matters=COST_MATTERS * abs(promised), tested=tested,
        )  # fmt: skip

    def _service(self, i: int) -> Figure:
        """Share of a product's units that are on time."""
        model, rate = self.model, float(self.rate[i])
        promised, units = float(self.compared.planned_on_time[i]), self.simulated.observed.units[:, i]
        on_time = units - self.simulated.observed.late_units[:, i]
        sampled = fresh = promised
        error, tested = 0.0, model is not None and bool(model.tested[i])
        if model is not None and tested:
            sampled, batches = 1.0 - float(model.own_late[i]) / rate, 1.0 - model.fresh_late[:, i] / rate
            fresh, error = float(batches.mean()), float(half_widths(batches))
        return Figure(
            promised=promised, own=sampled, fresh=fresh, seen=float(on_time.mean()) / max(float(units.mean()), 1e-300),
            fresh_error=error, seen_error=float(ratio_half_widths(on_time, units)), matters=SERVICE_MATTERS,
            tested=tested,
        )  # fmt: skip

    # Causes --------------------------------------------------------------------------------------------------------

    def _reasons(self, i: int, figure: Figure, beyond: list[Reason]) -> tuple[list[Reason], bool]:
        """Reasons for one figure, and whether sampling is another."""
        reasons = [self._changed(figure)] if figure.changed else []
        if not figure.off:
            return reasons, False
        if figure.sampled:
            return reasons, True
        causes = [*self._demand(i), *self._queue(i, figure)]
        return [*reasons, *(causes or beyond or [UNKNOWN])], False

    def _changed(self, figure: Figure) -> Reason:
        made = self.plan.summary.get("versions", {})
        other = "_or_version" if any(made.get(name) != version(name) for name in _VERSIONS) else ""
        # Shares are at most one, and no cost that matters is.
        what = "on_time" if figure.matters == SERVICE_MATTERS else "cost"
        return Reason(kind=f"changed{other}_{what}", values={"own": figure.own})

    def _sampling(self, *, flatters: bool) -> Reason:
        return Reason(kind="flattered" if flatters else "sampling", values={"samples": self.plan.summary["samples"]})

    def _replayed(self, i: int) -> bool:
        return isinstance(self.simulated.system.goods[i].orders, ReplayedOrders)

    def _demand(self, i: int) -> list[Reason]:
        """What came in other than planned with."""
        if self.rate[i] <= 0.0:
            return []
        units = self.simulated.observed.units[:, i]
        sold, spread = float(units.mean()) / self.rate[i], float(half_widths(units)) / self.rate[i]
        if self._replayed(i):
            if abs(sold - 1.0) > UNITS_MATTER:
                return [Reason(kind="lines", values={"share": sold})]
            return [Reason(kind="drift")]
        drawn = abs(sold - 1.0) > max(UNITS_MATTER, spread)
        return [Reason(kind="drawn", values={"share": sold})] if drawn else []

    def _queue(self, i: int, figure: Figure) -> list[Reason]:
        """A resource whose work took longer than the days given, where more is late than by the model."""
        seen, good = self.simulated.observed, self.simulated.system.goods[i]
        waits = float(seen.overrun_units[:, i].mean())
        if waits <= QUEUE_MATTERS * max(float(seen.units[:, i].mean()), 1e-300):
            return []
        worse = self._rest_of(i, _LATE) > 0.0 if figure.matters != SERVICE_MATTERS else figure.rest < 0.0
        busy = max(good.uses, key=lambda use: seen.queue_days[:, use.resource].mean())
        name = self.simulated.system.servers[busy.resource].name
        return [Reason(kind="queue", values={"resource": name})] if worse else []

    def _beyond_cost(self, i: int, figure: Figure) -> list[Reason]:
        """What the simulation knows and the model does not, where that explains most of the rest of the cost."""
        tested = figure.tested and figure.rest != 0.0
        uneven = tested and self._rest_of(i, _HOURS) * float(np.sign(figure.rest)) > MOST * abs(figure.rest)
        return [UNEVEN] if uneven else []

    def _rest_of(self, i: int, terms: list[int]) -> float:
        """What a product costs more in some terms than by the model on fresh samples."""
        fresh = self.compared.planned[i] if self.model is None else self.model.fresh[:, i].mean(axis=0)
        return float((self.seen[:, i].mean(axis=0) - fresh)[terms].sum())
