"""What must hold between the columns of a product, its bill of materials and its orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from math import erfc, sqrt

import numpy as np
import pandas as pd

from engine.errors import Fault
from engine.scenario.arrays import Array, Booleans
from engine.scenario.files.places import Places
from engine.scenario.rounding import at_least, at_most
from engine.scenario.scenario import Scenario
from engine.scenario.segments import segments_of
from engine.scenario.usage import longest_component
from engine.words.reason import Reason, cause

POISSON_CV_TOLERANCE = 0.01
# Highest CV of normal demand: above it more than P(Z < -2), 2.3% of the weeks, would take something back.
NORMAL_MOST_CV = 0.5


class _Products:
    """The columns of products as arrays, and faults where a condition holds."""

    def __init__(self, scenario: Scenario, places: Places) -> None:
        self.scenario, self.frame, self.places = scenario, scenario.products, places
        self.bom_unknown = "bom" in places.unreadable or "components" in places.unreadable

    @cached_property
    def has_bom(self) -> Booleans:
        """Whether a product has components."""
        return self._listed("bom")

    @cached_property
    def has_orders(self) -> Booleans:
        """Whether there are order lines of a product."""
        return self._listed("orders")

    def _listed(self, table: str) -> Booleans:
        listed = set(self.scenario.table(table)["product"])
        return np.array([name in listed for name in self.frame["product"]], dtype=bool)

    def number(self, column: str) -> Array:
        return self.frame[column].to_numpy(dtype=float)

    def text(self, column: str) -> list[str]:
        return [str(value) for value in self.frame[column]]

    def where(self, wrong: Booleans, column: str, why: Callable[[int], Reason], *cells: str) -> Iterator[Fault]:
        """A fault at each record that is wrong, unless one of its cells was reported before."""
        for record in np.flatnonzero(wrong).tolist():
            if not self.places.known("products", record, column, *cells):
                yield self.places.fault("products", record, column, why(record))


def _says(kind: str) -> Callable[[int], Reason]:
    """The same cause for every record."""
    return lambda _: cause(kind)


def _blanks(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """Blanks that nothing else can fill."""
    goods = _Products(scenario, places)
    orders_unknown = "orders" in places.unreadable
    apart = segments_of(scenario)
    has_segments = np.isin(np.arange(len(scenario.products)), list(apart))
    foreseen = scenario.products["product"].isin(scenario.forecasts["product"]).to_numpy(dtype=bool)
    for column, elsewhere in (("demand_per_week", foreseen), ("lead_time_target_days", has_segments)):
        blank = np.isnan(goods.number(column)) & ~goods.has_orders & ~elsewhere
        yield from goods.where(blank & (not orders_unknown), column, _says("blank_unfitted"))
    blank = np.isnan(goods.number("make_days")) & ~goods.has_bom & (not goods.bom_unknown)
    yield from goods.where(blank, "make_days", _says("blank_make_days"))
    unserved = np.isnan(goods.number("late_cost_per_unit_day")) & np.isnan(goods.number("on_time_target"))
    # Segments with a late cost of their own are judged where they stand.
    unserved &= ~has_segments
    if scenario.settings.on_time_target is None:
        yield from goods.where(unserved, "late_cost_per_unit_day", _says("blank_late_cost"), "on_time_target")
    unpriced = (goods.number("lost_share_if_late") > 0.0) & np.isnan(goods.number("price"))
    yield from goods.where(unpriced, "price", _says("blank_price"))


def _strategies(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """Strategies that contradict each other or need components that are not there."""
    goods = _Products(scenario, places)
    allowed, locked = goods.text("allowed"), goods.text("locked")
    none = np.array([not names for names in allowed], dtype=bool)
    yield from goods.where(none, "allowed", _says("allowed_none"))
    outside = np.array(
        [
            bool(lock and names) and lock not in names.split("|")
            for lock, names in zip(locked, allowed, strict=True)
        ],
        dtype=bool,
    )
    yield from goods.where(
        outside, "locked", lambda k: cause("locked_not_allowed", locked=locked[k], allowed=allowed[k])
    )
    only = np.array([names == "ATO" for names in allowed], dtype=bool)
    lock = np.array([name == "ATO" for name in locked], dtype=bool)
    if not goods.bom_unknown:
        yield from goods.where(lock & ~goods.has_bom, "locked", _says("ato_needs_bom"))
        yield from goods.where(only & ~lock & ~goods.has_bom, "allowed", _says("ato_needs_bom"))


def _times(scenario: Scenario, places: Places) -> Iterator[Fault]:
    goods = _Products(scenario, places)
    make, assembly = goods.number("make_days"), goods.number("assembly_days")
    yield from goods.where(
        make < assembly,
        "make_days",
        lambda k: cause("make_below_assembly", make=float(make[k]), assembly=float(assembly[k])),
        "assembly_days",
    )
    delivery, target = goods.number("delivery_days"), goods.number("lead_time_target_days")
    names = goods.text("product")
    yield from goods.where(
        delivery > target,
        "delivery_days",
        lambda k: cause(
            "delivery_beyond_target", product=names[k], delivery=float(delivery[k]), target=float(target[k])
        ),
        "lead_time_target_days",
    )


def _demand_families(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """The CV a family can have; outside it there is no such demand."""
    goods = _Products(scenario, places)
    mean, cv = goods.number("demand_per_week"), goods.number("demand_cv")
    family = np.array([name or "gamma" for name in goods.text("distribution")], dtype=object)
    common = scenario.settings.demand.common_factor_cv

    def at(wrong: Booleans, why: Callable[[int], Reason]) -> Iterator[Fault]:
        return goods.where(wrong, "demand_cv", why, "demand_per_week", "distribution", "order_size")

    implied = (family == "poisson") | (family == "empirical")
    blank = np.isnan(cv)
    if "orders" not in places.unreadable:
        yield from at(blank & ~goods.has_orders & ~implied, _says("blank_cv"))
        yield from goods.where(
            (family == "empirical") & ~goods.has_orders,
            "distribution",
            _says("empirical_needs_orders"),
        )
    below = cv < common
    yield from at(below, lambda k: cause("cv_below_common", cv=float(cv[k]), common=common))
    # The family describes the product's own demand, beside the common factor.
    cv_alone = np.sqrt(np.maximum(cv**2 - common**2, 0.0) / (1.0 + common**2))
    judged = ~blank & ~below & ~np.isnan(mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        single = np.sqrt(1.0 / mean)
        least = np.sqrt(goods.number("order_size") / mean)

    def written(value: float) -> float:
        """The CV to write so that the product's own is this."""
        return float((value**2 * (1.0 + common**2) + common**2) ** 0.5)

    yield from at(
        judged & (family == "poisson") & (np.abs(cv_alone - single) > POISSON_CV_TOLERANCE * single),
        lambda k: cause("cv_poisson", cv=float(cv[k]), mean=float(mean[k]), right=written(single[k])),
    )
    yield from at(
        judged & (family == "normal") & (cv_alone > NORMAL_MOST_CV * (1.0 + 1e-12)),
        lambda k: cause(
            "cv_normal", cv=float(cv[k]), share=_below_zero(cv_alone[k]), most=at_most(written(NORMAL_MOST_CV)),
            most_share=_below_zero(NORMAL_MOST_CV),
        ),
    )
    yield from at(
        judged & (family == "negative_binomial") & (cv_alone <= single),
        lambda k: cause(
            "cv_negative_binomial", cv=float(cv[k]), mean=float(mean[k]), least=at_least(written(single[k]))
        ),
    )
    yield from at(
        judged & (family == "compound_poisson") & (cv_alone < least * (1.0 - 1e-12)),
        lambda k: cause(
            "cv_compound_poisson", cv=float(cv[k]), mean=float(mean[k]), size=float(goods.number("order_size")[k]),
            least=at_least(written(least[k])),
        ),
    )


def _order_sizes(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """A cut-off needs to know how large orders are."""
    goods = _Products(scenario, places)
    family = np.array(goods.text("distribution"), dtype=object)
    spread = goods.number("order_size_cv")
    single = (family == "poisson") & (spread > 0.0)
    yield from goods.where(single, "order_size_cv", _says("poisson_single"), "distribution")
    seen = scenario.products["product"].isin(list(scenario.order_sizes)).to_numpy(dtype=bool)
    sized = seen | goods.has_orders | ~np.isnan(spread) | (family == "compound_poisson")
    unknown = ~np.isnan(goods.number("large_order_target_days")) & ~sized
    if "orders" not in places.unreadable:
        unsaid = _says("sizes_unknown")
        yield from goods.where(unknown, "large_order_target_days", unsaid, "order_size_cv", "distribution")


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
    # What segments leave is said when they are put into numbers.
    unserved[list(segments_of(scenario))] = False
    names = goods.text("product")
    yield from goods.where(
        unserved,
        "on_time_target",
        lambda k: cause(
            "nothing_on_time", product=names[k], strategies=choice[k].replace("|", ", "), target=float(target[k]),
            days=float(days[k]),
        ),
        "locked",
        "allowed",
    )


def probabilities_in_time(mean_days: Array, cv: Array, limit_days: Array) -> Array:
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
