"""What must hold between the columns of a product, its bill of materials and its orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from math import erfc, sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.errors import Fault
from engine.scenario.places import Places
from engine.scenario.rounding import at_least, at_most
from engine.scenario.scenario import Scenario
from engine.scenario.usage import longest_component

POISSON_CV_TOLERANCE = 0.01
# Highest CV of normal demand: above it more than P(Z < -2), 2.3% of the weeks, would take something back.
NORMAL_MOST_CV = 0.5
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


class _Products:
    """The columns of products as arrays, and faults where a condition holds."""

    def __init__(self, scenario: Scenario, places: Places) -> None:
        self.scenario, self.frame, self.places = scenario, scenario.products, places
        self.bom_unknown = "bom" in places.unreadable or "components" in places.unreadable

    @cached_property
    def has_bom(self) -> Flags:
        """Whether a product has components."""
        return self._listed("bom")

    @cached_property
    def has_orders(self) -> Flags:
        """Whether there are order lines of a product."""
        return self._listed("orders")

    def _listed(self, table: str) -> Flags:
        listed = set(self.scenario.table(table)["product"])
        return np.array([name in listed for name in self.frame["product"]], dtype=bool)

    def number(self, column: str) -> Numbers:
        return self.frame[column].to_numpy(dtype=float)

    def text(self, column: str) -> list[str]:
        return [str(value) for value in self.frame[column]]

    def where(self, wrong: Flags, column: str, message: Callable[[int], str], *cells: str) -> Iterator[Fault]:
        """A fault at each record that is wrong, unless one of its cells was reported before."""
        for record in np.flatnonzero(wrong).tolist():
            if not self.places.known("products", record, column, *cells):
                yield self.places.fault("products", record, column, message(record))


def _says(message: str) -> Callable[[int], str]:
    """The same message for every record."""
    return lambda _: message


def _blanks(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """Blanks that nothing else can fill."""
    goods = _Products(scenario, places)
    orders_unknown = "orders" in places.unreadable
    for column in ("demand_per_week", "lead_time_target_days"):
        blank = np.isnan(goods.number(column)) & ~goods.has_orders
        message = "is blank and there are no order lines of this product to fit it from"
        yield from goods.where(blank & (not orders_unknown), column, _says(message))
    blank = np.isnan(goods.number("make_days")) & ~goods.has_bom & (not goods.bom_unknown)
    message = "is blank and there is no bill of materials to derive it from"
    yield from goods.where(blank, "make_days", _says(message))
    unserved = np.isnan(goods.number("late_cost_per_unit_day")) & np.isnan(goods.number("on_time_target"))
    if scenario.settings.on_time_target is None:
        needed = "is blank; give a late cost or an on_time_target"
        yield from goods.where(unserved, "late_cost_per_unit_day", lambda _: needed, "on_time_target")
    unpriced = (goods.number("lost_share_if_late") > 0.0) & np.isnan(goods.number("price"))
    reason = "is blank; lost sales (lost_share_if_late) cost margin, so a price is needed"
    yield from goods.where(unpriced, "price", _says(reason))


def _strategies(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """Strategies that contradict each other or need components that are not there."""
    goods = _Products(scenario, places)
    allowed, locked = goods.text("allowed"), goods.text("locked")
    none = np.array([not names for names in allowed], dtype=bool)
    yield from goods.where(none, "allowed", _says("names no strategy; leave it out to allow all three"))
    outside = np.array(
        [
            bool(lock and names) and lock not in names.split("|")
            for lock, names in zip(locked, allowed, strict=True)
        ],
        dtype=bool,
    )
    yield from goods.where(outside, "locked", lambda k: f"{locked[k]} is not in allowed ({allowed[k]})")
    only = np.array([names == "ATO" for names in allowed], dtype=bool)
    lock = np.array([name == "ATO" for name in locked], dtype=bool)
    if not goods.bom_unknown:
        needs = "ATO needs components; add this product to bom"
        yield from goods.where(lock & ~goods.has_bom, "locked", _says(needs))
        yield from goods.where(only & ~lock & ~goods.has_bom, "allowed", _says(needs))


def _times(scenario: Scenario, places: Places) -> Iterator[Fault]:
    goods = _Products(scenario, places)
    make, assembly = goods.number("make_days"), goods.number("assembly_days")
    yield from goods.where(
        make < assembly,
        "make_days",
        lambda k: f"{make[k]:g} is shorter than assembly_days {assembly[k]:g}",
        "assembly_days",
    )
    delivery, target = goods.number("delivery_days"), goods.number("lead_time_target_days")
    names = goods.text("product")
    yield from goods.where(
        delivery > target,
        "delivery_days",
        lambda k: (
            f"'{names[k]}': delivery alone takes {delivery[k]:g} days, the target is {target[k]:g}; "
            "no strategy can be on time"
        ),
        "lead_time_target_days",
    )


def _demand_families(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """The CV a family can have; outside it there is no such demand."""
    goods = _Products(scenario, places)
    mean, cv = goods.number("demand_per_week"), goods.number("demand_cv")
    family = np.array([name or "gamma" for name in goods.text("distribution")], dtype=object)
    common = scenario.settings.demand.common_factor_cv

    def at(wrong: Flags, message: Callable[[int], str]) -> Iterator[Fault]:
        return goods.where(wrong, "demand_cv", message, "demand_per_week", "distribution", "order_size")

    implied = (family == "poisson") | (family == "empirical")
    blank = np.isnan(cv)
    if "orders" not in places.unreadable:
        yield from at(blank & ~goods.has_orders & ~implied, _says("is blank; a number 0 or more is required"))
        yield from goods.where(
            (family == "empirical") & ~goods.has_orders,
            "distribution",
            _says("empirical needs order lines of this product"),
        )
    below = cv < common
    yield from at(
        below, lambda k: f"{cv[k]:g} is below demand.common_factor_cv {common:g}; it must be at least that"
    )
    # The family describes the product's own demand, beside the common factor.
    own = np.sqrt(np.maximum(cv**2 - common**2, 0.0) / (1.0 + common**2))
    judged = ~blank & ~below & ~np.isnan(mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        single = np.sqrt(1.0 / mean)
        least = np.sqrt(goods.number("order_size") / mean)

    def written(value: float) -> float:
        """The CV to write so that the product's own is this."""
        return float((value**2 * (1.0 + common**2) + common**2) ** 0.5)

    yield from at(
        judged & (family == "poisson") & (np.abs(own - single) > POISSON_CV_TOLERANCE * single),
        lambda k: (
            f"{cv[k]:g} cannot be: Poisson demand of {mean[k]:g} a week has CV {written(single[k]):.4g}; "
            "leave it blank"
        ),
    )
    yield from at(
        judged & (family == "normal") & (own > NORMAL_MOST_CV * (1.0 + 1e-12)),
        lambda k: (
            f"{cv[k]:g} is too high: normal demand would be below zero in {_below_zero(own[k]):.1%} of the weeks; "
            f"it needs a CV of at most {at_most(written(NORMAL_MOST_CV))} ({_below_zero(NORMAL_MOST_CV):.1%}), or gamma"
        ),
    )
    yield from at(
        judged & (family == "negative_binomial") & (own <= single),
        lambda k: (
            f"{cv[k]:g} is too low: negative binomial demand of {mean[k]:g} a week needs a CV above "
            f"{at_least(written(single[k]))}"
        ),
    )
    yield from at(
        judged & (family == "compound_poisson") & (own < least * (1.0 - 1e-12)),
        lambda k: (
            f"{cv[k]:g} is too low: compound Poisson demand of {mean[k]:g} a week in orders of "
            f"{goods.number('order_size')[k]:g} needs a CV of at least {at_least(written(least[k]))}"
        ),
    )


def _order_sizes(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """A cut-off needs to know how large orders are."""
    goods = _Products(scenario, places)
    family = np.array(goods.text("distribution"), dtype=object)
    spread = goods.number("order_size_cv")
    single = (family == "poisson") & (spread > 0.0)
    says = "Poisson demand comes in single units, which do not vary; leave it blank, or give compound_poisson"
    yield from goods.where(single, "order_size_cv", _says(says), "distribution")
    known = goods.has_orders | ~np.isnan(spread) | (family == "compound_poisson")
    unknown = ~np.isnan(goods.number("large_order_target_days")) & ~known
    if "orders" not in places.unreadable:
        says = "is given and the sizes of orders are not known; add order lines of this product, or order_size_cv"
        yield from goods.where(unknown, "large_order_target_days", _says(says), "order_size_cv", "distribution")


def _below_zero(cv: float) -> float:
    """P(Z < -1 / cv), the share of weeks of normal demand that take something back."""
    return 0.5 * erfc(1.0 / (cv * sqrt(2.0)))


def _service(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """Products that no allowed strategy can serve at their on-time target."""
    goods = _Products(scenario, places)
    if goods.bom_unknown:
        return
    default = scenario.settings.on_time_target
    target = np.nan_to_num(goods.number("on_time_target"), nan=0.0 if default is None else default)
    days, assembly = goods.number("lead_time_target_days"), goods.number("assembly_days")
    wait = days - goods.number("delivery_days")
    make = np.where(
        np.isnan(goods.number("make_days")),
        longest_component(scenario) + assembly,
        goods.number("make_days"),
    )
    with np.errstate(invalid="ignore"):
        serves = {
            "MTS": np.ones(len(make), dtype=bool),
            "ATO": goods.has_bom & (assembly <= wait),
            "MTO": probabilities_in_time(make, goods.number("make_cv"), wait) >= target,
        }
    choice = [lock or names for lock, names in zip(goods.text("locked"), goods.text("allowed"), strict=True)]
    code, spellings = pd.factorize(np.array(choice, dtype=object))
    served, named = np.zeros(len(make), dtype=bool), np.zeros(len(make), dtype=bool)
    for k, names in enumerate(spellings.tolist()):
        for name in names.split("|") if names else ():
            served |= (code == k) & serves[name]
            named |= code == k
    unserved = named & ~served & (target > 0.0) & (wait >= 0.0) & ~np.isnan(make)
    names = goods.text("product")
    yield from goods.where(
        unserved,
        "on_time_target",
        lambda k: (
            f"'{names[k]}': none of {choice[k].replace('|', ', ')} can deliver {target[k]:.4g} on time "
            f"within {days[k]:g} days; allow MTS, lengthen the target or lower on_time_target"
        ),
        "locked",
        "allowed",
    )


def probabilities_in_time(mean_days: Numbers, cv: Numbers, limit_days: Numbers) -> Numbers:
    """Probability that a gamma lead time is at most the limit, shape (products,); CV 0 is a fixed time."""
    random = (cv > 0.0) & (mean_days > 0.0)
    fixed = (mean_days <= limit_days + 1e-9).astype(np.float64)
    if not random.any():
        return fixed
    from scipy.special import gammainc  # noqa: PLC0415  (slow import, needed for random times only)

    shape = 1.0 / np.where(random, cv, 1.0) ** 2
    scale = np.where(random, mean_days, 1.0) / shape
    return np.where(random, gammainc(shape, np.maximum(limit_days, 0.0) / scale), fixed)


def probability_in_time(mean_days: float, cv: float, limit_days: float) -> float:
    """Probability that one gamma lead time is at most the limit."""
    one = probabilities_in_time(np.array([mean_days]), np.array([cv]), np.array([limit_days]))
    return float(one[0])


PRODUCT_RULES = (_blanks, _strategies, _times, _demand_families, _order_sizes, _service)
