"""The rules (C1) to (C9), one function each; FORMULATION.md states them in the same order and words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyomo.environ as pyo

from engine.economics.instance import ATO, MTO, MTS, Instance
from engine.model.envelope import late_unit_facets
from engine.model.risk import sample_cost
from engine.model.row import Row, Variable
from engine.model.terms import lines_of_part, mean_late_bound, on_hand_part, on_hand_stock

Rule = Callable[[pyo.ConcreteModel, Instance], None]


def c1_one_strategy(m: pyo.ConcreteModel, _: Instance) -> None:
    """(C1) sum_k x[i,k] = 1; stocked[c] >= x[i,ATO] where c is ever exposed and its stocking is a decision."""
    m.C1 = pyo.Constraint(m.products, rule=lambda m, i: sum(m.x[i, k] for k in m.strategies) == 1)
    m.C1_stocked = pyo.ConstraintList()
    for c in m.stocked_parts:
        for i, _quantity, _window in lines_of_part(m, c):
            m.C1_stocked.add(m.stocked[c] - m.x[i, ATO] >= 0)


def c2_finished_stock(m: pyo.ConcreteModel, instance: Instance) -> None:
    """(C2) B_i[w] >= (D_i(t_i)[w] - V_i[w]) x[i,MTS] - S_i, with S_i >= -Q_i x[i,MTS] and the shelf life's bound."""
    net = instance.stock.net

    def backlog(_: pyo.ConcreteModel, i: int, s: int) -> tuple[float, object, None]:
        row = Row()
        row.add(1.0, m.B[i, s])
        row.add(1.0, m.S[i])
        row.add(-float(net[i, s]), m.x[i, MTS])
        return 0.0, row.expression(), None

    m.C2 = pyo.Constraint(m.mts, m.samples, rule=backlog)
    m.C2_least = pyo.Constraint(m.mts, rule=lambda _, i: m.S[i] + float(instance.stock.batch[i]) * m.x[i, MTS] >= 0)
    bounded = [i for i in m.mts if np.isfinite(instance.stock.most[i])]
    m.C2_shelf_life = pyo.Constraint(
        bounded, rule=lambda _, i: m.S[i] - float(instance.stock.most[i]) * m.x[i, MTS] <= 0
    )
    m.C2_lost = pyo.ConstraintList()
    for i in m.lost_mts:
        for slope, intercept in late_unit_facets(instance, i):
            m.C2_lost.add(m.late_mts[i] - slope * m.S[i] - intercept * m.x[i, MTS] >= 0)


def c3_component_stock(m: pyo.ConcreteModel, instance: Instance) -> None:
    """(C3) S_c + V_c[w] stocked_c + sum_i a_ci w_i[w] >= sum_i a_ci D_i(t_ci)[w] x[i,ATO]."""
    m.C3 = _component_rows(m, instance, end=False)


def c4_late_at_most_ordered(m: pyo.ConcreteModel, instance: Instance) -> None:
    """(C4) w_i[w] <= max(0, max_c D_i(t_ci)[w]) x[i,ATO]."""
    m.C4 = _late_rows(m, instance, end=False)


def c5_capacity(m: pyo.ConcreteModel, instance: Instance) -> None:
    """(C5) order-driven hours of the bucket + mean stock-driven hours <= hours + O_r[w] + outsourced[w]."""
    capacity = instance.capacity
    m.C5_excess = pyo.Var(m.resources, m.samples, domain=pyo.NonNegativeReals)
    if capacity is None:
        m.C5 = pyo.Constraint(m.resources, m.samples, rule=lambda *_: pyo.Constraint.Skip)
        return
    steady, driven = capacity.mean_hours(instance.rate), capacity.order_hours()

    def hours(_: pyo.ConcreteModel, g: int, s: int) -> tuple[None, object, float]:
        row = Row()
        for i in m.products:
            for k in m.strategies:
                row.add(float(steady[i, k, g] + driven[i, k, g] * capacity.demand[i, s]), m.x[i, k])
        row.add(-1.0, m.O[g, s])
        if g in m.outsourcing:
            row.add(-1.0, m.U[g, s])
        _relax(m, row, -1.0, m.C5_excess[g, s])
        return None, row.expression(), float(capacity.hours[g])

    m.C5 = pyo.Constraint(m.resources, m.samples, rule=hours)


def c6_on_time(m: pyo.ConcreteModel, instance: Instance) -> None:
    """(C6) S_i >= S_min x[i,MTS]; for ATO, (C3)-(C4) at the end of the cycle and E(w_end) <= (1 - target) l R x.

    Lost sales of ATO count the same end-of-cycle backlog over R, at most the demand rate.
    """
    with_least = [i for i in m.mts if np.isfinite(instance.stock.least[i])]
    m.C6_stock = pyo.Constraint(
        with_least, rule=lambda _, i: m.S[i] - float(instance.stock.least[i]) * m.x[i, MTS] >= 0
    )
    if not hasattr(m, "w_end"):
        return
    m.C6_parts = _component_rows(m, instance, end=True)
    m.C6_late = _late_rows(m, instance, end=True)
    targeted = [i for i in m.ato if instance.on_time_target[i] > 0.0]
    m.C6_excess = pyo.Var(targeted, domain=pyo.NonNegativeReals)

    def late_units(i: int) -> Row:
        row = Row()
        for s in m.samples:
            row.add(1.0 / instance.samples / instance.cycle_days, m.w_end[i, s])
        return row

    def target(_: pyo.ConcreteModel, i: int) -> tuple[None, object, float]:
        row = late_units(i)
        row.add(-(1.0 - float(instance.on_time_target[i])) * float(instance.rate[i]), m.x[i, ATO])
        _relax(m, row, -1.0, m.C6_excess[i])
        return None, row.expression(), 0.0

    def lost(_: pyo.ConcreteModel, i: int) -> tuple[None, object, float]:
        row = late_units(i)
        row.add(-1.0, m.late_ato[i])
        row.add(-mean_late_bound(instance, i), m.all_late[i])
        return None, row.expression(), 0.0

    m.C6_target = pyo.Constraint(targeted, rule=target)
    m.C6_lost = pyo.Constraint(m.lost_ato, rule=lost)
    m.C6_all_late = pyo.Constraint(
        m.lost_ato, rule=lambda _, i: m.late_ato[i] - float(instance.rate[i]) * m.all_late[i] >= 0
    )


def c7_budget(m: pyo.ConcreteModel, instance: Instance) -> None:
    """(C7) average value of finished stock and components on hand <= budget."""
    if instance.budget is None:
        return
    row = Row()
    for i in m.mts:
        on_hand_stock(row, m, instance, i, float(instance.unit_cost[i]))
    for c in m.parts:
        on_hand_part(row, m, instance, c, float(instance.parts.unit_cost[c]))
    m.C7_excess = pyo.Var(domain=pyo.NonNegativeReals)
    _relax(m, row, -1.0, m.C7_excess)
    m.C7 = pyo.Constraint(expr=(None, row.expression(), instance.budget))


def c8_changes(m: pyo.ConcreteModel, instance: Instance) -> None:
    """(C8) at most max_changes products leave their current strategy."""
    if instance.max_changes is None:
        return
    row = Row()
    known = np.flatnonzero(instance.current >= 0)
    for i in known:
        for k in (MTS, ATO, MTO):
            if k != instance.current[i]:
                row.add(1.0, m.x[int(i), k])
    m.C8_excess = pyo.Var(domain=pyo.NonNegativeReals)
    _relax(m, row, -1.0, m.C8_excess)
    if row.vars:
        m.C8 = pyo.Constraint(expr=(None, row.expression(), float(instance.max_changes)))


def c9_cvar(m: pyo.ConcreteModel, instance: Instance) -> None:
    """(C9) risk = weight (CVaR - mean); CVaR = eta + E(excess) / (1 - level), excess[w] >= cost[w] - eta.

    Rockafellar & Uryasev (2000), theorem 1.
    """
    if instance.cvar_weight <= 0.0:
        return

    def above(_: pyo.ConcreteModel, s: int) -> tuple[None, object, float]:
        row = sample_cost(m, instance, s)
        row.add(-1.0, m.eta)
        row.add(-1.0, m.excess[s])
        return None, row.expression(), 0.0

    m.C9 = pyo.Constraint(m.samples, rule=above)


RULES: dict[str, Rule] = {
    "C1": c1_one_strategy,
    "C2": c2_finished_stock,
    "C3": c3_component_stock,
    "C4": c4_late_at_most_ordered,
    "C5": c5_capacity,
    "C6": c6_on_time,
    "C7": c7_budget,
    "C8": c8_changes,
    "C9": c9_cvar,
}


def _relax(m: pyo.ConcreteModel, row: Row, coefficient: float, excess: Variable) -> None:
    """In the elastic model a rule may be exceeded, at the price of its excess; else the excess is zero."""
    if m.elastic:
        row.add(coefficient, excess)
    else:
        excess.fix(0)


def _component_rows(m: pyo.ConcreteModel, instance: Instance, *, end: bool) -> pyo.Constraint:
    windows = instance.edges.windows_end if end else instance.edges.windows
    late = m.w_end if end else m.w

    def cover(_: pyo.ConcreteModel, c: int, s: int) -> object:
        row = Row()
        for i, quantity, window in lines_of_part(m, c):
            row.add(-quantity * float(windows[window, s]), m.x[i, ATO])
        if not row.vars:
            return pyo.Constraint.Skip
        row.add(1.0, m.Sc[c])
        if c in m.stocked_parts:
            row.add(float(instance.parts.position[c, s]), m.stocked[c])
        for i, quantity, _window in lines_of_part(m, c):
            row.add(quantity, late[i, s])
        return 0.0, row.expression(), None

    return pyo.Constraint(m.parts, m.samples, rule=cover)


def _late_rows(m: pyo.ConcreteModel, instance: Instance, *, end: bool) -> pyo.Constraint:
    peak = instance.edges.peak_end if end else instance.edges.peak
    late = m.w_end if end else m.w

    def bound(_: pyo.ConcreteModel, i: int, s: int) -> object:
        if peak[i, s] <= 0.0:
            return pyo.Constraint.Skip
        row = Row()
        row.add(1.0, late[i, s])
        row.add(-float(peak[i, s]), m.x[i, ATO])
        return None, row.expression(), 0.0

    return pyo.Constraint(m.ato, m.samples, rule=bound)
