"""The objective: one named Expression per cost term, money per year, averages over the samples."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from engine.economics.instance import ATO, DAYS_PER_YEAR, MTS, TERMS, Instance
from engine.model.row import Row

Rows = dict[str, Row]


def on_hand_stock(row: Row, m: pyo.ConcreteModel, instance: Instance, i: int, weight: float) -> None:
    """Mean finished stock on hand of product i: S + E(V - D) x + E(B)."""
    row.add(weight, m.S[i])
    row.add(-weight * float(instance.stock.net[i].mean()), m.x[i, MTS])
    for s in m.samples:
        row.add(weight / instance.samples, m.B[i, s])


def on_hand_part(row: Row, m: pyo.ConcreteModel, instance: Instance, c: int, weight: float) -> None:
    """Mean component stock on hand, the slack of (C3): S + E(V) stocked + sum a E(w) - sum a E(D) x."""
    row.add(weight, m.Sc[c])
    if c in m.stocked_parts:
        row.add(weight * float(instance.parts.position[c].mean()), m.stocked[c])
    for i, quantity, window in lines_of_part(m, c):
        row.add(-weight * quantity * float(instance.edges.windows[window].mean()), m.x[i, ATO])
        for s in m.samples:
            row.add(weight * quantity / instance.samples, m.w[i, s])


def lines_of_part(m: pyo.ConcreteModel, c: int) -> list[tuple[int, float, int]]:
    """Product, quantity and window of every line of a component among products that may be assembled to order."""
    lines: list[tuple[int, float, int]] = m.lines_of[c]
    return lines


def index_lines(m: pyo.ConcreteModel, instance: Instance) -> None:
    """Index the bill of materials by component, once."""
    edges = instance.edges
    m.lines_of = {c: [] for c in m.parts}
    for i, c, quantity, window in zip(edges.product, edges.component, edges.quantity, edges.window, strict=True):
        if instance.allowed[i, ATO]:
            m.lines_of[int(c)].append((int(i), float(quantity), int(window)))


def add_terms(m: pyo.ConcreteModel, instance: Instance) -> None:
    """Add `cost[term]` for every term of the ledger but risk, which belongs to (C9)."""
    rows = {term: Row() for term in TERMS}
    _fixed(rows, m, instance)
    _finished_stock(rows, m, instance)
    _components(rows, m, instance)
    _late_units(rows, m, instance)
    _hours(rows, m, instance)
    m.terms = pyo.Set(initialize=[term for term in TERMS if term != "risk"])
    m.cost = pyo.Expression(m.terms, rule=lambda _, term: rows[term].expression())


def _fixed(rows: Rows, m: pyo.ConcreteModel, instance: Instance) -> None:
    for i in m.products:
        for k in m.strategies:
            for t, term in enumerate(TERMS):
                rows[term].add(float(instance.fixed[i, k, t]), m.x[i, k])


def _finished_stock(rows: Rows, m: pyo.ConcreteModel, instance: Instance) -> None:
    for i in m.mts:
        on_hand_stock(rows["holding"], m, instance, i, float(instance.holding[i]))
        on_hand_stock(rows["obsolescence"], m, instance, i, float(instance.obsolescence[i]))
        for s in m.samples:
            rows["late"].add(float(instance.late[i]) / instance.samples, m.B[i, s])


def _components(rows: Rows, m: pyo.ConcreteModel, instance: Instance) -> None:
    for c in m.parts:
        on_hand_part(rows["holding"], m, instance, c, float(instance.parts.holding[c]))
        on_hand_part(rows["obsolescence"], m, instance, c, float(instance.parts.obsolescence[c]))
    for c in m.stocked_parts:
        rows["stocking"].add(float(instance.parts.stocking[c]), m.stocked[c])


def _late_units(rows: Rows, m: pyo.ConcreteModel, instance: Instance) -> None:
    for i in m.ato:
        for s in m.samples:
            rows["late"].add(float(instance.late[i]) / instance.samples, m.w[i, s])
    _lost_margin(rows["lost_margin"], m, instance)


def _lost_margin(row: Row, m: pyo.ConcreteModel, instance: Instance) -> None:
    for late in (m.late_mts, m.late_ato):
        for i in late:
            row.add(float(instance.lost[i]) * DAYS_PER_YEAR, late[i])


def _hours(rows: Rows, m: pyo.ConcreteModel, instance: Instance) -> None:
    if instance.capacity is None:
        return
    yearly = instance.capacity.buckets_per_year / instance.samples
    for g in m.resources:
        for s in m.samples:
            rows["overtime"].add(float(instance.capacity.overtime_cost[g]) * yearly, m.O[g, s])
    for g in m.outsourcing:
        for s in m.samples:
            rows["outsourcing"].add(float(instance.capacity.outsourcing_cost[g]) * yearly, m.U[g, s])


def mean_late_bound(instance: Instance, i: int) -> float:
    """Most late units a day that the end-of-cycle backlog of product i can show."""
    return float(np.maximum(instance.edges.peak_end[i], 0.0).mean()) / instance.cycle_days
