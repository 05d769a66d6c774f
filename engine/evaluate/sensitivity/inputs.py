"""The inputs whose flips are looked for: where each stands, how far it is moved, what it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, MTO, Instance
from engine.scenario.checks.check import check_scenario
from engine.scenario.columns import column
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario

HOLDING_RATE = "holding_rate_per_year"
# As many values are looked at to find a flip, and again before it, to find a nearer one.
POINTS = 24
_FACTOR = 5.0
_MOST_CV = 3.0
_PREMIUM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of a product, or of the scenario.

    Parameters
    ----------
    name : str
        Column of products, or a setting.
    words : str
        As a reader says it.
    reach : callable
        Scenario of one product to the least and largest value looked at.
    linear : bool
        Every strategy's cost is linear in it, so that a strategy which is best at both ends is best between them.
    """

    name: str
    words: str
    reach: Callable[[Scenario], tuple[float, float]]
    linear: bool = False

    def current(self, single: Scenario) -> float:
        """Value of the product as given; NaN where it is not given."""
        return float(single.products[self.name].iloc[0])

    def unit(self, currency: str) -> str:
        """Unit in words."""
        unit = column("products", self.name).unit
        return unit.replace("money", currency).replace("/unit/day", " a unit and day").replace("/", " a ")

    def outward(self, single: Scenario, direction: int) -> Array:
        """Values from the current one, without it, to the end of the reach: upwards (+1) or downwards (-1)."""
        low, high = self.reach(single)
        start, end = self.current(single), high if direction > 0 else low
        # A cut-off of order sizes moves with the premium of the large orders.
        cut = not np.isnan(float(single.products["large_order_target_days"].iloc[0]))
        if self.linear and not cut and (end - start) * direction > 0.0:
            return np.array([end])
        if (end - start) * direction <= 1e-9 * max(abs(start), 1e-9):
            return np.zeros(0)
        if self.name == "lead_time_target_days":
            steps = np.linspace(start, end, POINTS + 1)[1:]
            kinks = _kinks(single)
            inside = kinks[((kinks - start) * direction > 0.0) & ((end - kinks) * direction > 0.0)]
            return np.unique(np.concatenate([steps, inside]))[::direction]
        if min(start, end) > 0.0:
            return np.geomspace(start, end, POINTS + 1)[1:]
        return np.linspace(start, end, POINTS + 1)[1:]


def _times(factor: float, name: str) -> Callable[[Scenario], tuple[float, float]]:
    def reach(single: Scenario) -> tuple[float, float]:
        value = float(single.products[name].iloc[0])
        return value / factor, value * factor

    return reach


def _cv(single: Scenario) -> tuple[float, float]:
    value = float(single.products["demand_cv"].iloc[0])
    return max(single.settings.demand.common_factor_cv, 0.02), max(_MOST_CV, 1.5 * value)


def _wait(single: Scenario) -> tuple[float, float]:
    """From no wait to one that covers everything."""
    derived, row = derive(single), single.products.iloc[0]
    spread = 1.0 + 2.0 * max(float(derived.make_cv[0]), float(derived.replenishment_cv[0]))
    longest = max(float(derived.make_days[0]), float(derived.replenishment_days[0])) * spread
    high = float(row["delivery_days"]) + longest + single.settings.review_days
    return float(row["delivery_days"]), max(high, 1.5 * float(row["lead_time_target_days"]))


def _premium(name: str) -> Callable[[Scenario], tuple[float, float]]:
    def reach(single: Scenario) -> tuple[float, float]:
        row = single.products.iloc[0]
        return 0.0, max(_PREMIUM * float(row["unit_cost"]), 2.0 * float(row[name]))

    return reach


def _kinks(single: Scenario) -> Array:
    """Targets from which on assembly, making or replenishment is never late."""
    derived, row = derive(single), single.products.iloc[0]
    times = [float(row["assembly_days"]), float(derived.make_days[0]), float(derived.replenishment_days[0])]
    return np.unique(np.array(times) + float(row["delivery_days"]))


INPUTS: dict[str, Input] = {
    made.name: made
    for made in (
        Input(name="demand_per_week", words="demand", reach=_times(_FACTOR, "demand_per_week")),
        Input(name="demand_cv", words="demand CV", reach=_cv),
        Input(name="lead_time_target_days", words="lead-time target", reach=_wait),
        Input(name="late_cost_per_unit_day", words="late cost", reach=_times(_FACTOR, "late_cost_per_unit_day")),
        Input(name="assembly_premium", words="assembly premium", reach=_premium("assembly_premium"), linear=True),
        Input(name="make_premium", words="make premium", reach=_premium("make_premium"), linear=True),
        Input(name="unit_cost", words="unit cost", reach=_times(_FACTOR, "unit_cost")),
    )
}
NAMES = (HOLDING_RATE, *INPUTS)


def put(scenario: Scenario, name: str, product: str, value: float) -> Scenario:
    """The scenario with one input changed: of one product, or the holding rate of all."""
    if name == HOLDING_RATE:
        return scenario.with_settings(holding_rate_per_year=value)
    products = scenario.products.copy()
    row = products["product"] == product
    products.loc[row, name] = value
    if name == "demand_per_week":
        # Poisson's CV is that of its mean.
        products.loc[row & (products["distribution"] == "poisson"), "demand_cv"] = np.nan
    return replace(scenario, products=products)


def admissible(single: Scenario) -> bool:
    """Whether the changed product is a possible one."""
    return not check_scenario(single)


def without_effect(single: Scenario, name: str, instance: Instance, i: int) -> str:
    """Why no value of an input can move a product; empty where one may."""
    row, allowed = single.products.iloc[0], instance.allowed[i]
    # A longer target can let in strategies that time rules out today.
    options = str(row["locked"] or row["allowed"]).count("|") + 1 if name == "lead_time_target_days" else allowed.sum()
    value = 0.0 if name == HOLDING_RATE else float(row[name])
    reasons = {
        "only one strategy is possible": options == 1,
        "the holding rate is zero": name == HOLDING_RATE and single.settings.holding_rate_per_year <= 0.0,
        "ATO is not possible": name == "assembly_premium" and not allowed[ATO],
        "MTO is not possible": name == "make_premium" and not allowed[MTO],
        f"{row['distribution']} demand has no CV of its own": (
            name == "demand_cv" and row["distribution"] in ("poisson", "empirical")
        ),
        "not given": np.isnan(value),
        "it is zero": value <= 0.0 and name in ("late_cost_per_unit_day", "unit_cost"),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")
