"""Programs of fixed strategies and programs that may exceed their limits, row by row beside the whole program."""

from dataclasses import replace
from itertools import product

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.repn import generate_standard_repn

from engine.economics.instance import ATO, MTS
from engine.model.build import build_model
from engine.model.formulation import formulation
from engine.model.rules import RULES
from tests.model.micro import micro_instance, risky_instance

EVERY = [
    strategy for strategy in product(range(3), repeat=3) if micro_instance().allowed[np.arange(3), strategy].all()
]


def linear(expression):
    """Coefficients by the names of variables, zeros left out."""
    form = generate_standard_repn(expression, compute_values=False)
    found = {}
    for variable, value in zip(form.linear_vars, form.linear_coefs, strict=True):
        found[variable.name] = found.get(variable.name, 0.0) + value
    return {name: value for name, value in found.items() if value}


def rows(model):
    """Limits and coefficients of every constraint."""
    found = model.component_data_objects(pyo.Constraint)
    return {row.name: (pyo.value(row.lower), pyo.value(row.upper), linear(row.body)) for row in found}


def variables(model):
    """Every variable by its name, with its bounds."""
    return {one.name: one.bounds for one in model.component_data_objects(pyo.Var)}


def needed(strategy, name):
    """Whether strategies need a variable, by its name: of the products that use it, one has the strategy for it."""
    kind, _, place = name.rstrip("]").partition("[")
    first = int(place.partition(",")[0])
    if kind == "x":
        return strategy[first] == int(place.partition(",")[2])
    if kind in ("S", "B", "late_mts"):
        return strategy[first] == MTS
    if kind == "w":
        return strategy[first] == ATO
    if kind in ("Sc", "stocked"):
        # b takes frames, c frames and motors.
        return any(strategy[i] == ATO for i in ({0: (1, 2), 1: (2,)}[first]))
    return True


@pytest.mark.parametrize("strategy", EVERY)
def test_a_program_of_fixed_strategies_is_the_whole_one_without_what_the_others_need(strategy):
    instance = risky_instance()
    whole, fixed = build_model(instance), build_model(instance, strategy=np.array(strategy))
    there = variables(fixed)
    assert there == {name: bounds for name, bounds in variables(whole).items() if needed(strategy, name)}
    chosen = [one for one in fixed.component_data_objects(pyo.Var) if one.parent_component().local_name == "x"]
    assert len(chosen) == 3
    assert all(one.fixed and one.value == 1 for one in chosen)
    for one in chosen:
        one.unfix()
    expected = {}
    for name, (low, high, terms) in rows(whole).items():
        kept = {variable: value for variable, value in terms.items() if variable in there}
        # A row without a variable is zero, and told where that breaks it.
        if kept or (low or 0.0) > 0.0 or (high is not None and high < 0.0):
            expected[name] = low, high, kept
    assert rows(fixed) == expected
    cost = {name: value for name, value in linear(whole.total.expr).items() if name in there}
    assert linear(fixed.total.expr) == pytest.approx(cost)


@pytest.mark.parametrize("elastic", [True, ("C5", "C7"), ("C11",)])
def test_a_limit_that_gives_way_is_exceeded_by_a_share_of_itself(elastic):
    """Every row that may give way has an excess of its own, priced by its limit and the samples it is stated for."""
    instance = micro_instance()
    plain, gives = rows(build_model(instance)), build_model(instance, elastic=elastic)
    expected, price = {}, {}
    of = {block.name: (rule, block) for rule in RULES for block in formulation(instance).blocks(rule)}
    for name, (low, high, terms) in plain.items():
        kind, _, place = name.partition("[")
        rule, block = of[kind]
        if block.excess is not None and (elastic is True or rule in elastic):
            slack = f"{kind}_excess[{place}"
            row = int(place.rstrip("]").partition(",")[0])
            price[slack] = 1.0 / (block.excess[row] * (2.0 if block.sampled else 1.0))
            expected[name] = low, high, {**terms, slack: -1.0}
        else:
            expected[name] = low, high, terms
    assert rows(gives) == expected
    assert linear(gives.total.expr) == pytest.approx(price)
    assert all(bounds[0] == 0.0 for name, bounds in variables(gives).items() if "_excess[" in name)
    every = {"C5", "C6", "C7", "C8", "C11_most", "C11_least"}
    assert {name.partition("_excess")[0] for name in price} == {
        name for name in every if elastic is True or name.partition("_")[0] in elastic
    }


def test_costs_by_term_add_up_to_the_mean_and_risk_comes_on_top():
    """weight (eta + E(excess) / (1 - level) - E(cost at risk)); what lost sales cost is not at risk."""
    sure, risky = build_model(micro_instance()), build_model(risky_instance())
    terms = [linear(risky.cost[term]) for term in risky.terms]
    total = {}
    for term in terms:
        for name, value in term.items():
            total[name] = total.get(name, 0.0) + value
    assert "risk" not in risky.terms
    mean = linear(sure.total.expr)
    assert {name: value for name, value in total.items() if abs(value) > 1e-12} == pytest.approx(mean)
    lost = linear(risky.cost["lost_margin"])
    assert lost
    risk = linear(risky.risk.expr)
    at_risk = {name: -0.25 * (mean.get(name, 0.0) - lost.get(name, 0.0)) for name in mean}
    tail = {"eta[0]": 0.25, "excess[0,0]": 0.25 / (2 * 0.5), "excess[0,1]": 0.25 / (2 * 0.5)}
    expected = {name: value for name, value in {**at_risk, **tail}.items() if abs(value) > 1e-12}
    assert {name: value for name, value in risk.items() if abs(value) > 1e-12} == pytest.approx(expected)


def test_hours_are_bought_where_they_can_be_and_overtime_is_worked_everywhere():
    found = variables(build_model(micro_instance()))
    outside = {name for name in found if name.startswith(("U[", "O["))}
    assert outside == {f"O[{g},{w}]" for g in (0, 1) for w in (0, 1)} | {"U[1,0]", "U[1,1]"}
    assert [found[f"O[{g},0]"] for g in (0, 1)] == [(0.0, 8.0), (0.0, 0.0)]
    none = build_model(replace(micro_instance(), capacity=None), rules=("C1", "C5", "C7"))
    assert not any(name.startswith(("U[", "O[")) for name in variables(none))


def test_rules_that_are_asked_for_are_those_that_hold():
    assert {name.partition("[")[0] for name in rows(build_model(micro_instance(), rules=("C7", "C8")))} == {"C7", "C8"}
