"""The extensive form: variables, terms, rules and the objective."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyomo.environ as pyo

from engine.economics.instance import Instance
from engine.model.rules import RULES
from engine.model.terms import add_terms, index_lines
from engine.model.variables import add_variables


def build_model(
    instance: Instance, *, rules: Collection[str] = tuple(RULES), elastic: bool = False
) -> pyo.ConcreteModel:
    """Build the two-stage stochastic program in extensive form.

    Parameters
    ----------
    instance : Instance
    rules : collection of str
        Names of the rules to hold, all by default.
    elastic : bool
        Let capacity, targets, budget and changes be exceeded, and minimise the total relative excess instead of
        cost: what remains names the rules in conflict.

    Returns
    -------
    pyomo.environ.ConcreteModel
        With ``x``, ``S``, ``Sc``, ``w``, ``B``, ``O``, ``U``, the constraints by the names of their rules, the
        expressions ``cost[term]`` and the objective ``total``.
    """
    m = pyo.ConcreteModel(name="codp")
    m.elastic = elastic
    add_variables(m, instance)
    index_lines(m, instance)
    add_terms(m, instance)
    for name, rule in RULES.items():
        if name in rules:
            rule(m, instance)
    if elastic:
        m.total = pyo.Objective(expr=_excess(m, instance))
        return m
    mean = sum(m.cost[term] for term in m.terms)
    if instance.cvar_weight > 0.0:
        tail = sum(m.excess[s] for s in m.samples) / (instance.samples * (1.0 - instance.cvar_level))
        m.risk = pyo.Expression(expr=instance.cvar_weight * (m.eta + tail - mean))
        m.total = pyo.Objective(expr=mean + m.risk)
    else:
        m.total = pyo.Objective(expr=mean)
    return m


def _excess(m: pyo.ConcreteModel, instance: Instance) -> Any:  # noqa: ANN401 (Pyomo's expressions share no type)
    """Total excess of the rules, each relative to its own limit."""
    total: Any = 0.0
    if instance.capacity is not None and hasattr(m, "C5_excess"):
        for g in m.resources:
            scale = max(float(instance.capacity.hours[g]), 1.0) * instance.samples
            total += sum(m.C5_excess[g, s] for s in m.samples) / scale
    if hasattr(m, "C6_excess"):
        total += sum(m.C6_excess[i] / float(instance.rate[i]) for i in m.C6_excess)
    if instance.budget is not None and hasattr(m, "C7_excess"):
        total += m.C7_excess / max(instance.budget, 1.0)
    if instance.max_changes is not None and hasattr(m, "C8_excess"):
        total += m.C8_excess / max(len(instance.products), 1)
    return total
