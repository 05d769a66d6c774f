"""Decision variables of the extensive form."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from engine.economics.instance import ATO, MTS, Booleans, Instance

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
    count, samples = len(instance.products), instance.samples
    stocked = [] if instance.stock_decided else [int(i) for i in np.flatnonzero(instance.allowed[:, MTS])]
    assembled = [int(i) for i in np.unique(instance.edges.product) if instance.allowed[i, ATO]]
    used = sorted({int(c) for c, i in zip(instance.edges.component, instance.edges.product, strict=True)
                   if instance.allowed[i, ATO]})  # fmt: skip
    m.products = pyo.RangeSet(0, count - 1)
    m.samples = pyo.RangeSet(0, samples - 1)
    m.strategies = pyo.Set(initialize=STRATEGY_INDEX)
    m.mts = pyo.Set(initialize=stocked)
    m.ato = pyo.Set(initialize=assembled)
    m.parts = pyo.Set(initialize=used)
    m.x = pyo.Var(m.products, m.strategies, domain=pyo.Binary, doc="strategy")
    for i in m.products:
        for k in STRATEGY_INDEX:
            if not instance.allowed[i, k]:
                m.x[i, k].fix(0)
    m.S = pyo.Var(m.mts, domain=pyo.Reals, doc="reorder level of finished stock")
    m.B = pyo.Var(m.mts, m.samples, domain=pyo.NonNegativeReals, doc="late backlog of finished stock")
    m.Sc = pyo.Var(m.parts, domain=pyo.NonNegativeReals, doc="base stock of a component")
    m.w = pyo.Var(m.ato, m.samples, domain=pyo.NonNegativeReals, doc="late units assembled to order")
    decided = np.flatnonzero(is_stocked_variable(instance))
    m.stocked_parts = pyo.Set(initialize=[int(c) for c in decided if int(c) in set(used)])
    m.stocked = pyo.Var(m.stocked_parts, bounds=(0, 1), doc="component is stocked")
    for i in assembled:
        for s in np.flatnonzero(instance.edges.peak[i] <= 0.0):
            m.w[i, int(s)].fix(0)
    if wants_end_of_cycle(instance):
        m.w_end = pyo.Var(
            m.ato, m.samples, domain=pyo.NonNegativeReals, doc="late units at the end of the cycle"
        )
        for i in assembled:
            for s in np.flatnonzero(instance.edges.peak_end[i] <= 0.0):
                m.w_end[i, int(s)].fix(0)
    lost = [int(i) for i in np.flatnonzero(instance.lost > 0.0)]
    m.lost_mts = pyo.Set(initialize=[i for i in lost if i in stocked])
    m.lost_ato = pyo.Set(
        initialize=[i for i in lost if i in assembled and instance.assembly_late_days[i] <= 0.0]
    )
    m.late_mts = pyo.Var(m.lost_mts, domain=pyo.NonNegativeReals, doc="late units a day from finished stock")
    m.late_ato = pyo.Var(m.lost_ato, domain=pyo.NonNegativeReals, doc="late units a day assembled to order")
    m.all_late = pyo.Var(m.lost_ato, domain=pyo.Binary, doc="every unit counts as late")
    m.resources = pyo.Set(initialize=range(0 if instance.capacity is None else len(instance.capacity.names)))
    outsourced = (
        [] if instance.capacity is None else np.flatnonzero(~np.isnan(instance.capacity.outsourcing_cost))
    )
    m.outsourcing = pyo.Set(initialize=[int(g) for g in outsourced])

    def overtime_bounds(_: pyo.ConcreteModel, g: int, __: int) -> tuple[float, float]:
        assert instance.capacity is not None
        return 0.0, float(instance.capacity.overtime[g])

    m.O = pyo.Var(m.resources, m.samples, bounds=overtime_bounds, doc="overtime hours of a bucket")
    m.U = pyo.Var(m.outsourcing, m.samples, domain=pyo.NonNegativeReals, doc="outsourced hours of a bucket")
    if instance.cvar_weight > 0.0:
        m.eta = pyo.Var(doc="value at risk of the yearly cost")
        m.excess = pyo.Var(m.samples, domain=pyo.NonNegativeReals, doc="cost above the value at risk")
