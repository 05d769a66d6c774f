"""Decision variables of the extensive form."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from engine.demand.streams import Array
from engine.economics.instance import ATO, MTS, Booleans, Capacity, Instance

STRATEGY_INDEX = (0, 1, 2)


def wants_end_of_cycle(instance: Instance) -> bool:
    """Whether late ATO units are counted: some product that may be assembled to order has a target or lost sales."""
    return bool((instance.counts_late_units & instance.allowed[:, ATO]).any())


def is_stocked_variable(instance: Instance) -> Booleans:
    """Components whose stocking is a decision of its own: a stocking cost or a minimum order quantity; shape (C,)."""
    used = np.zeros(len(instance.components), dtype=bool)
    used[instance.edges.component] = True
    return used & ((instance.parts.stocking > 0.0) | (instance.parts.batch > 0.0))


def add_variables(m: pyo.ConcreteModel, instance: Instance) -> None:
    """First stage: strategies and base stocks. Second stage, per sample: late units, backlog, overtime.

    Units: base stocks and late units in units of the item, overtime in hours per bucket.
    """
    _add_sets(m, instance)
    _add_strategies_and_stocks(m, instance)
    m.w = _late_units(m, instance.edges.peak, "late units assembled to order")
    if wants_end_of_cycle(instance):
        m.w_end = _late_units(m, instance.edges.peak_end, "late units at the end of the cycle")
    _add_lost_sales(m, instance)
    _add_hours(m, instance.capacity)
    if instance.cvar_weight > 0.0:
        m.eta = pyo.Var(doc="value at risk of the yearly cost")
        m.excess = pyo.Var(m.samples, domain=pyo.NonNegativeReals, doc="cost above the value at risk")


def _add_sets(m: pyo.ConcreteModel, instance: Instance) -> None:
    edges, assembled = instance.edges, instance.allowed[:, ATO]
    used = np.unique(edges.component[assembled[edges.product]])
    stocked = np.flatnonzero(is_stocked_variable(instance))
    m.products = pyo.RangeSet(0, len(instance.products) - 1)
    m.samples = pyo.RangeSet(0, instance.samples - 1)
    m.strategies = pyo.Set(initialize=STRATEGY_INDEX)
    m.mts = pyo.Set(initialize=[] if instance.stock_decided else np.flatnonzero(instance.allowed[:, MTS]).tolist())
    m.ato = pyo.Set(initialize=[i for i in np.unique(edges.product).tolist() if assembled[i]])
    m.parts = pyo.Set(initialize=used.tolist())
    m.stocked_parts = pyo.Set(initialize=np.intersect1d(stocked, used).tolist())


def _add_strategies_and_stocks(m: pyo.ConcreteModel, instance: Instance) -> None:
    m.x = pyo.Var(m.products, m.strategies, domain=pyo.Binary, doc="strategy")
    for i in m.products:
        for k in STRATEGY_INDEX:
            if not instance.allowed[i, k]:
                m.x[i, k].fix(0)
    m.S = pyo.Var(m.mts, domain=pyo.Reals, doc="reorder level of finished stock")
    m.B = pyo.Var(m.mts, m.samples, domain=pyo.NonNegativeReals, doc="late backlog of finished stock")
    m.Sc = pyo.Var(m.parts, domain=pyo.NonNegativeReals, doc="base stock of a component")
    m.stocked = pyo.Var(m.stocked_parts, bounds=(0, 1), doc="component is stocked")


def _late_units(m: pyo.ConcreteModel, peak: Array, meaning: str) -> pyo.Var:
    """Late units of every product and sample, fixed at zero where nothing was ordered in the window."""
    late = pyo.Var(m.ato, m.samples, domain=pyo.NonNegativeReals, doc=meaning)
    late.construct()
    for i in m.ato:
        for s in np.flatnonzero(peak[i] <= 0.0).tolist():
            late[i, s].fix(0)
    return late


def _add_lost_sales(m: pyo.ConcreteModel, instance: Instance) -> None:
    lost = instance.lost > 0.0
    # Where assembly alone exceeds the wait, the margin lost is a fixed cost.
    counted = lost & (instance.assembly_late_days <= 0.0)
    m.lost_mts = pyo.Set(initialize=[i for i in m.mts if lost[i]])
    m.lost_ato = pyo.Set(initialize=[i for i in m.ato if counted[i]])
    m.late_mts = pyo.Var(m.lost_mts, domain=pyo.NonNegativeReals, doc="late units a day from finished stock")
    m.late_ato = pyo.Var(m.lost_ato, domain=pyo.NonNegativeReals, doc="late units a day assembled to order")
    m.all_late = pyo.Var(m.lost_ato, domain=pyo.Binary, doc="every unit counts as late")


def _add_hours(m: pyo.ConcreteModel, capacity: Capacity | None) -> None:
    if capacity is None:
        overtime, outsourced = np.zeros(0), []
    else:
        overtime, outsourced = capacity.overtime, np.flatnonzero(~np.isnan(capacity.outsourcing_cost)).tolist()
    m.resources = pyo.RangeSet(0, len(overtime) - 1)
    m.outsourcing = pyo.Set(initialize=outsourced)
    m.O = pyo.Var(
        m.resources,
        m.samples,
        bounds=lambda _, g, __: (0.0, float(overtime[g])),
        doc="overtime hours of a bucket",
    )
    m.U = pyo.Var(m.outsourcing, m.samples, domain=pyo.NonNegativeReals, doc="outsourced hours of a bucket")
