"""The measures that costs and rules are linear in, each as a form of the variables, in every sample.

On-hand stocks are the slack of (C2) and (C3), which the rules take from here. A unit late leaves what it waits
for on the shelf, and pays for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTS, Instance
from engine.model.forms import Coefficients, Form, averaged, coefficients, part, plus, scaled
from engine.model.variables import SAMPLED, choice, losing_stocks, sizes, stocked_products, used_parts, waiting_products


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure with its prices.

    Parameters
    ----------
    form : callable
        Rows along the measure's axis, in every sample.
    prices : callable
        Money per unit and year by term, shape (rows, terms).
    """

    form: Callable[[Instance], Form]
    prices: Callable[[Instance], Array]


def strategies(instance: Instance) -> Form:
    """x[i,k], rows along choices."""
    every = np.flatnonzero(instance.allowed.ravel())
    return (part("x", every, every, 1.0),)


def stock_on_hand(instance: Instance) -> Form:
    """The slack of (C2), and what lies on the shelf until it falls due, early_i x[i,MTS]; rows along products."""
    i = np.flatnonzero(stocked_products(instance))
    return *stock_slack(instance), part("x", i, choice(i, MTS), instance.stock.early[i])


def stock_slack(instance: Instance) -> Form:
    """S_i + (V_i - D_i(t_i)) x[i,MTS] + B_i, rows along products: on-hand (S + V - D)+ where B is least."""
    i = np.flatnonzero(stocked_products(instance))
    return (
        part("S", i, i, 1.0),
        part("x", i, choice(i, MTS), -instance.stock.net[i]),
        part("B", i, i, 1.0),
    )


def late_backlog(instance: Instance) -> Form:
    """B_i, rows along products."""
    i = np.flatnonzero(stocked_products(instance))
    return (part("B", i, i, 1.0),)


def waiting_units(instance: Instance) -> Form:
    """w_i, rows along products."""
    j = np.flatnonzero(waiting_products(instance))
    return (part("w", j, j, 1.0),)


def late_units(instance: Instance) -> Form:
    """Units delivered late a day, rows along products: late_mts_i + r_i w_i, r_i = l_i / P_i, at most what is counted.

    A unit that falls due while others wait is late, and no more than P_i can wait: l_i P(w_i > 0) >= E(l_i w_i / P_i).
    Where assembly alone exceeds the wait all units are late whatever waits: that is a price of the choice, as it is of
    the segments of a product that it makes late. Of the others' share A, r_i w_i is what parts make late.
    """
    i = np.flatnonzero(losing_stocks(instance))
    j = np.flatnonzero(waiting_products(instance) & (instance.assembly_on_time > 0.0))
    rate = instance.edges.late_rate[j] * instance.assembly_on_time[j, None]
    return part("late_mts", i, i, 1.0), part("w", j, j, rate)


def part_on_hand(instance: Instance) -> Form:
    """The slack of (C3), what lies there until it is needed, early_ci x[i,ATO], or waits with its order, a_ci w_i.

    Rows along components.
    """
    edges = instance.edges
    ahead = np.flatnonzero(instance.allowed[edges.early_product, ATO])
    early = part("x", edges.early_component[ahead], choice(edges.early_product[ahead], ATO), edges.early[ahead])
    bought = edges.bought
    waits = np.flatnonzero(instance.allowed[bought.product, ATO])
    kept = part("w", bought.component[waits], bought.product[waits], bought.quantity[waits])
    return *part_slack(instance), early, kept


def part_slack(instance: Instance) -> Form:
    """S_c + V_c stocked_c + sum_i a_ci w_i - sum_i a_ci D_i(t_ci) x[i,ATO], rows along components."""
    c = np.flatnonzero(used_parts(instance))
    chosen = c[instance.parts.stocked_by_choice[c]]
    edges = instance.edges
    line = np.flatnonzero(instance.allowed[edges.product, ATO])
    product, component, quantity = edges.product[line], edges.component[line], edges.quantity[line]
    return (
        part("Sc", c, c, 1.0),
        part("stocked", chosen, chosen, instance.parts.position[chosen]),
        part("w", component, product, quantity),
        part("x", component, choice(product, ATO), -edges.demand[line]),
    )


def part_stocked(instance: Instance) -> Form:
    """stocked_c, rows along components."""
    c = np.flatnonzero(used_parts(instance) & instance.parts.stocked_by_choice)
    return (part("stocked", c, c, 1.0),)


def overtime(instance: Instance) -> Form:
    """O_g, hours a bucket, rows along resources."""
    g = np.arange(0 if instance.capacity is None else len(instance.capacity.names))
    return (part("O", g, g, 1.0),)


def outsourced(instance: Instance) -> Form:
    """U_g, hours a bucket, rows along resources."""
    g = np.flatnonzero([] if instance.capacity is None else instance.capacity.outsourcing)
    return (part("U", g, g, 1.0),)


def _buckets(instance: Instance) -> float:
    return 0.0 if instance.capacity is None else instance.capacity.buckets_per_year


MEASURES: dict[str, Measure] = {
    "choice": Measure(form=strategies, prices=lambda m: m.prices.choice.reshape(3 * len(m.products), -1)),
    "on_hand": Measure(form=stock_on_hand, prices=lambda m: m.carrying_terms),
    "backlog": Measure(form=late_backlog, prices=lambda m: m.prices.backlog),
    "waiting": Measure(form=waiting_units, prices=lambda m: m.prices.waiting),
    "late_unit": Measure(form=late_units, prices=lambda m: DAYS_PER_YEAR * m.prices.late_unit),
    "part_on_hand": Measure(form=part_on_hand, prices=lambda m: m.part_carrying_terms),
    "part_stocked": Measure(form=part_stocked, prices=lambda m: m.prices.part_stocked),
    "overtime": Measure(form=overtime, prices=lambda m: _buckets(m) * m.prices.overtime),
    "outsourced": Measure(form=outsourced, prices=lambda m: _buckets(m) * m.prices.outsourced),
}


# What is lost of late units is told by how many there are in a year, not by a sample's instant, at which one unit falls
# due or is late: risk (C9) counts it at its mean, the same from whatever stock.
AT_ITS_MEAN = ("late_unit",)


def yearly_cost(
    instance: Instance, *, mean: bool, term: int | None = None, without: Collection[str] = ()
) -> Coefficients:
    """Sum over the measures of price x measure, of all terms or of one: the mean, or at the rate of each sample.

    Parameters
    ----------
    instance : Instance
    mean : bool
        Over the samples, as `averaged` has it.
    term : int, optional
        Place among `TERMS`.
    without : names of measures
        Left out.
    """
    total: Coefficients = {}
    for measure in (measure for name, measure in MEASURES.items() if name not in without):
        prices = measure.prices(instance)
        price = prices.sum(axis=1) if term is None else prices[:, term]
        if price.any():
            # price' measure, or E(price' measure)
            form = scaled(measure.form(instance), price)
            form = averaged(form, sampled=SAMPLED) if mean else form
            total = plus(total, coefficients(form, sizes=sizes(instance)))
    return total


def inventory_value(instance: Instance) -> tuple[tuple[Form, Array], ...]:
    """Forms and unit costs of all that counts as inventory (C7)."""
    return (
        (stock_on_hand(instance), instance.unit_cost),
        (part_on_hand(instance), instance.parts.unit_cost),
    )
