"""Decides lone products: three exact costs each, the least wins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.demand.distributions import NEXT_TO_POISSON
from engine.demand.streams import Array
from engine.economics.costs import fixed_costs
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTO, MTS, TERMS
from engine.economics.lateness import make_lateness
from engine.economics.lone.demand import FAMILIES
from engine.economics.lone.kit import BestKit, KitCase, best_kit
from engine.economics.lone.lines import Kits, exposed_kits
from engine.economics.lone.mixture import shortage
from engine.economics.lone.stock import BestStock, StockCase, best_stock
from engine.economics.lone.windows import WINDOW_CLASSES, Exposure, cycle_windows, fixed_windows, window_classes
from engine.economics.losses import Family
from engine.scenario.derived import Derived, derive
from engine.scenario.scenario import Scenario

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
# What wins a tie: the order in which screening prefers them.
_PREFERENCE = (ATO, MTS, MTO)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneDecisions:
    """Lone products decided by themselves.

    Parameters
    ----------
    exact : shape (I,)
        Decided here; the others need samples, and hold nothing below.
    allowed : shape (I, 3)
        Strategies left after time, targets and shelf life.
    cost : shape (I, 3)
        Expected cost a year, NaN where not allowed.
    strategy : shape (I,)
        -1 where no strategy is left.
    level : shape (I,)
        Reorder level of finished stock, NaN where the product is not made to stock.
    sets : shape (I,)
        Stock of every exposed part in sets, zero where the product is not assembled to order.
    ledger : shape (I, terms)
        Of the chosen strategy; the terms add up to its cost.
    backlog, late_per_day, inventory_value, scrap_co2 : shape (I,)
        Of the chosen strategy: late units at any time, units a day late, value on hand, kg a year written off.
    part_on_hand : shape (I,)
        Mean stock of the exposed parts in sets, zero where the product is not assembled to order.
    derived : Derived
    kits : Kits
    """

    exact: Flags
    allowed: Flags
    cost: Array
    strategy: Integers
    level: Array
    sets: Array
    ledger: Array
    backlog: Array
    late_per_day: Array
    inventory_value: Array
    scrap_co2: Array
    part_on_hand: Array
    derived: Derived
    kits: Kits


def decide_lone(scenario: Scenario) -> LoneDecisions:
    """Decide products that share no component and use no scarce resource.

    Parameters
    ----------
    scenario : Scenario
        Checked, its demand columns filled in; without budget, change limit and CVaR.

    Returns
    -------
    LoneDecisions
        `exact` is false for products without a closed form: compound Poisson, empirical and constant demand, a common
        factor, parts with several windows.
    """
    return _Lone(scenario).decide()


class _Lone:
    """The columns of lone products, and their costs strategy by strategy."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.settings = scenario, scenario.settings
        self.derived = derive(scenario)
        self.kits = exposed_kits(scenario, self.derived)
        products = scenario.products
        self.count = len(products)
        self.rate = self.column("demand_per_week") / 7.0
        self.cv = np.nan_to_num(self.column("demand_cv"))
        family = products["distribution"].replace("", "gamma").to_numpy(dtype=object)
        nearly = self.cv**2 * self.rate * 7.0 - 1.0 < NEXT_TO_POISSON
        self.family = np.where(nearly & (family == "negative_binomial"), "poisson", family)
        self.unit_cost = self.column("unit_cost")
        self.holding = self.settings.holding_rate_per_year * self.unit_cost
        self.obsolescence = self.column("obsolescence_per_year") * self.unit_cost
        margin = np.nan_to_num(self.column("price") - self.unit_cost)
        self.lost = np.maximum(self.column("lost_share_if_late") * margin, 0.0)
        self.late = self.derived.late_cost_per_unit_day * DAYS_PER_YEAR
        assembly = self.column("assembly_days")
        self.assembly_late = np.maximum(assembly - self.derived.wait_days, 0.0)
        self.make_late, self.make_on_time = make_lateness(self.derived)
        self.fixed = fixed_costs(
            scenario, self.derived, rate=self.rate, late=self.late, lost=self.lost,
            assembly_late_days=self.assembly_late, make_late_days=self.make_late, make_on_time=self.make_on_time,
        )  # fmt: skip
        self.total = self.fixed.sum(axis=2)
        target = self.derived.on_time_target
        self.allowed = self.derived.allowed.copy()
        self.allowed[:, ATO] &= (target <= 0.0) | (assembly <= self.derived.wait_days + 1e-9)
        self.allowed[:, MTO] &= (target <= 0.0) | (self.make_on_time >= target - 1e-12)
        self.variance = np.where(self.family == "poisson", self.rate, self.cv**2 * self.rate**2 * 7.0)

    def column(self, name: str) -> Array:
        return self.scenario.products[name].to_numpy(dtype=float)

    def closed(self) -> Flags:
        """Products with a closed form."""
        kits = self.kits
        known = np.isin(self.family, FAMILIES) & ((self.cv > 0.0) | (self.family == "poisson"))
        if self.settings.demand.common_factor_cv > 0.0:
            known[:] = False
        one_batch = (kits.batches == 1) & (kits.count == 1) & ~self.derived.integer
        kit = (kits.count == 0) | (kits.same & ((kits.batches == 0) | one_batch))
        return np.asarray(known & (~self.allowed[:, ATO] | kit))

    def decide(self) -> LoneDecisions:
        count, exact = self.count, self.closed()
        stock = {name: np.zeros(count) for name in ("level", "on_hand", "backlog", "late_per_day")}
        kit = {name: np.zeros(count) for name in ("sets", "on_hand", "backlog", "late_per_day")}
        for family in FAMILIES:
            for which in self._alike(exact & self.allowed[:, MTS] & (self.family == family), self._finished_kinds()):
                found = self._stock(family, which)
                for name, values in stock.items():
                    values[which] = getattr(found, name)
                self.allowed[which[~found.sellable], MTS] = False
            exposed = exact & self.allowed[:, ATO] & (self.kits.count > 0) & (self.family == family)
            for which in self._alike(exposed, self._kit_kinds()):
                sets = self._kit(family, which)
                for name, values in kit.items():
                    values[which] = getattr(sets, name)
        return self._result(exact, stock, kit)

    def _alike(self, which: Flags, kinds: Integers) -> list[Integers]:
        """The products chosen, split by the nodes that their windows take."""
        groups = [np.flatnonzero(which & (kinds == kind)) for kind in range(WINDOW_CLASSES)]
        return [group for group in groups if group.size]

    def _kinds(self, lead: Array, cv: Array, wait: Array) -> Integers:
        return window_classes(
            lead, cv, wait, self.settings.review_days, noise_days=self.variance / self.rate**2,
            blunt=np.asarray(self.family == "normal"),
        )  # fmt: skip

    def _finished_kinds(self) -> Integers:
        derived = self.derived
        return self._kinds(derived.replenishment_days, derived.replenishment_cv, derived.wait_days)

    def _kit_kinds(self) -> Integers:
        kits = self.kits
        return self._kinds(kits.lead_days, kits.lead_cv, kits.slack_days)

    def _over_cycle(self, kind: int, lead: Array, cv: Array, wait: Array, *, part: bool = False) -> Exposure:
        review = self.settings.review_days
        if self.settings.cost_timing == "period_end":
            return fixed_windows(kind, lead, cv, wait, review, only_longer=part)
        return cycle_windows(kind, lead, cv, wait, review, only_longer=part)

    def _stock(self, family: Family, which: Integers) -> BestStock:
        derived, review = self.derived, self.settings.review_days
        kind = int(self._finished_kinds()[which[0]])
        lead, cv, wait = (
            values[which] for values in (derived.replenishment_days, derived.replenishment_cv, derived.wait_days)
        )
        exposures = {
            "now": self._over_cycle(kind, lead, cv, wait),
            "start": fixed_windows(kind, lead, cv, wait, 0.0),
            "end": fixed_windows(kind, lead, cv, wait, review),
        }
        windows = {
            name: shortage(
                family, mean_per_day=self.rate[which], variance_per_day=self.variance[which], exposure=exposure,
                batch=derived.batch[which],
            )
            for name, exposure in exposures.items()
        }  # fmt: skip
        return best_stock(
            StockCase(
                **windows, rate=self.rate[which], carrying=(self.holding + self.obsolescence)[which],
                late=self.late[which], lost=self.lost[which], target=derived.on_time_target[which],
                life_days=self.column("shelf_life_days")[which], review_days=review,
            )
        )  # fmt: skip

    def _kit(self, family: Family, which: Integers) -> BestKit:
        kits, review = self.kits, self.settings.review_days
        kind = int(self._kit_kinds()[which[0]])
        cycle = review if review > 0.0 else 1.0
        lead, cv, slack = (values[which] for values in (kits.lead_days, kits.lead_cv, kits.slack_days))
        exposures = {
            "now": self._over_cycle(kind, lead, cv, slack, part=True),
            "end": fixed_windows(kind, lead, cv, slack, cycle, only_longer=True),
        }
        windows = {
            name: shortage(
                family, mean_per_day=self.rate[which], variance_per_day=self.variance[which], exposure=exposure,
                batch=kits.batch[which],
            )
            for name, exposure in exposures.items()
        }  # fmt: skip
        lost = np.where(self.assembly_late > 0.0, 0.0, self.lost)[which]
        return best_kit(
            KitCase(
                **windows, rate=self.rate[which], kit=(kits.holding + kits.obsolescence)[which],
                late=self.late[which], lost=lost, target=self.derived.on_time_target[which], cycle_days=cycle,
                review_days=review,
            )
        )  # fmt: skip

    def _result(self, exact: Flags, stock: dict[str, Array], kit: dict[str, Array]) -> LoneDecisions:
        kits, total, rate = self.kits, self.total, self.rate
        lost_ato = np.where(self.assembly_late > 0.0, 0.0, self.lost) * DAYS_PER_YEAR
        terms = {
            MTS: {
                "holding": self.holding * stock["on_hand"],
                "obsolescence": self.obsolescence * stock["on_hand"],
                "late": self.late * stock["backlog"],
                "lost_margin": self.lost * DAYS_PER_YEAR * stock["late_per_day"],
            },
            ATO: {
                "holding": kits.holding * kit["on_hand"],
                "obsolescence": kits.obsolescence * kit["on_hand"],
                "late": self.late * kit["backlog"],
                "lost_margin": lost_ato * kit["late_per_day"],
                "stocking": kits.stocking,
            },
        }
        cost = total.copy()
        for chosen, costs in terms.items():
            for values in costs.values():
                cost[:, chosen] += values
        cost = np.where(self.allowed & exact[:, None], cost, np.nan)
        ranked = np.where(np.isnan(cost), np.inf, cost)[:, _PREFERENCE]
        strategy = np.array(_PREFERENCE)[np.argmin(ranked, axis=1)]
        strategy = np.where(np.isfinite(ranked).any(axis=1), strategy, -1)
        rows = np.arange(self.count)
        ledger = self.fixed[rows, np.maximum(strategy, 0)]
        for chosen, costs in terms.items():
            for term, values in costs.items():
                ledger[:, TERMS.index(term)] += np.where(strategy == chosen, values, 0.0)
        ledger[(strategy < 0) | ~exact] = 0.0
        made, assembled, stocked = strategy == MTO, strategy == ATO, strategy == MTS
        always = self.assembly_late > 0.0
        scrap = np.where(self.unit_cost > 0.0, self.column("obsolescence_per_year"), 0.0)
        return LoneDecisions(
            exact=exact,
            allowed=self.allowed,
            cost=cost,
            strategy=strategy,
            level=np.where(stocked, stock["level"], np.nan),
            sets=np.where(assembled, kit["sets"], 0.0),
            ledger=ledger,
            backlog=np.select(
                [stocked, assembled, made],
                [stock["backlog"], kit["backlog"] + rate * self.assembly_late, rate * self.make_late],
                0.0,
            ),
            late_per_day=np.select(
                [stocked, assembled & always, assembled, made],
                [stock["late_per_day"], rate, kit["late_per_day"], rate * (1.0 - self.make_on_time)],
                0.0,
            ),
            inventory_value=np.select(
                [stocked, assembled], [self.unit_cost * stock["on_hand"], kits.value * kit["on_hand"]], 0.0
            ),
            scrap_co2=np.select(
                [stocked, assembled],
                [self.column("co2_kg") * scrap * stock["on_hand"], kits.scrap_co2 * kit["on_hand"]],
                0.0,
            ),
            part_on_hand=np.where(assembled, kit["on_hand"], 0.0),
            derived=self.derived,
            kits=kits,
        )
