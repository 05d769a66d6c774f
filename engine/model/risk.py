"""The yearly cost at the rate of one sample, which (C9) compares with the value at risk."""

from __future__ import annotations

import pyomo.environ as pyo

from engine.economics.instance import ATO, DAYS_PER_YEAR, MTS, Instance
from engine.model.row import Row
from engine.model.terms import lines_of_part


def sample_cost(m: pyo.ConcreteModel, instance: Instance, s: int) -> Row:
    """Yearly cost at the rate of sample s, whose mean over the samples is the sum of the terms."""
    row = Row()
    fixed = instance.fixed_total
    for i in m.products:
        for k in m.strategies:
            row.add(float(fixed[i, k]), m.x[i, k])
    _finished_stock(row, m, instance, s)
    _components(row, m, instance, s)
    for i in m.ato:
        row.add(float(instance.late[i]), m.w[i, s])
    for late in (m.late_mts, m.late_ato):
        for i in late:
            row.add(float(instance.lost[i]) * DAYS_PER_YEAR, late[i])
    _hours(row, m, instance, s)
    return row


def _finished_stock(row: Row, m: pyo.ConcreteModel, instance: Instance, s: int) -> None:
    carrying_stock = instance.carrying
    net = instance.stock.demand[:, s] - instance.stock.position[:, s]
    for i in m.mts:
        carrying = float(carrying_stock[i])
        row.add(carrying, m.S[i])
        row.add(-carrying * float(net[i]), m.x[i, MTS])
        row.add(carrying + float(instance.late[i]), m.B[i, s])


def _components(row: Row, m: pyo.ConcreteModel, instance: Instance, s: int) -> None:
    for c in m.parts:
        carrying = float(instance.parts.carrying[c])
        row.add(carrying, m.Sc[c])
        if c in m.stocked_parts:
            row.add(carrying * float(instance.parts.position[c, s]), m.stocked[c])
            row.add(float(instance.parts.stocking[c]), m.stocked[c])
        for i, quantity, window in lines_of_part(m, c):
            row.add(-carrying * quantity * float(instance.edges.windows[window, s]), m.x[i, ATO])
            row.add(carrying * quantity, m.w[i, s])


def _hours(row: Row, m: pyo.ConcreteModel, instance: Instance, s: int) -> None:
    if instance.capacity is None:
        return
    yearly = instance.capacity.buckets_per_year
    for g in m.resources:
        row.add(float(instance.capacity.overtime_cost[g]) * yearly, m.O[g, s])
    for g in m.outsourcing:
        row.add(float(instance.capacity.outsourcing_cost[g]) * yearly, m.U[g, s])
