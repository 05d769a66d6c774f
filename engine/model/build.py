"""The readable Pyomo model, from the same blocks as the arrays: variables, an expression per cost term, constraints."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import Any

import numpy as np
import pyomo.core as pyo
from pyomo.core.expr import LinearExpression

from engine.demand.streams import Array
from engine.economics.axes import Booleans, Integers
from engine.economics.instance import ATO, MTS, TERMS, Instance
from engine.model.blocks import Block
from engine.model.forms import Coefficients, VariableTerms
from engine.model.formulation import formulation
from engine.model.measures import yearly_cost
from engine.model.rules import RULES
from engine.model.variables import SAMPLED, VARIABLES


def build_model(
    instance: Instance,
    *,
    rules: Collection[str] = tuple(RULES),
    elastic: bool | Collection[str] = False,
    strategy: Integers | None = None,
) -> pyo.ConcreteModel:
    """Build the two-stage stochastic program in extensive form.

    Parameters
    ----------
    instance : Instance
    rules : collection of str
        Names of the rules to hold, all by default.
    elastic : bool or collection of str
        Let capacity, targets, budget, changes and limits be exceeded, or the rules named of them, and minimise the
        total relative excess instead of cost: what remains names the rules in conflict.
    strategy : shape (I,), optional
        Fix every product's strategy; what the others would need is left out.

    Returns
    -------
    pyomo.environ.ConcreteModel
        With ``x``, ``S``, ``Sc``, ``w``, ``B``, ``O``, ``U``, the constraints by the names of their blocks, the
        expressions ``cost[term]`` and the objective ``total``.
    """
    return _Builder(instance, strategy).build(rules, elastic=elastic)


class _Builder:
    """A model under construction.

    Its variables are listed once; along their own axes stand their places in the list, -1 where there is none.
    """

    def __init__(self, instance: Instance, strategy: Integers | None) -> None:
        self.instance, self.strategy = instance, strategy
        self.model = pyo.ConcreteModel(name="codp")
        self.listed: list[Any] = []
        self.places: dict[str, Integers] = {}
        for name in VARIABLES:
            self._add_variables(name)

    def build(self, rules: Collection[str], *, elastic: bool | Collection[str]) -> pyo.ConcreteModel:
        model, program = self.model, formulation(self.instance)
        excess: list[Any] = []
        for rule in rules:
            gives = elastic if isinstance(elastic, bool) else rule in elastic
            for block in program.blocks(rule):
                excess += self._add_rows(block, elastic=gives)
        self._add_costs()
        if elastic:
            model.total = pyo.Objective(expr=sum(excess))
            return model
        mean = sum(model.cost[term] for term in model.terms)
        if self.instance.cvar_weight > 0.0:
            # (C9) weight (CVaR - mean) of all but lost margin, CVaR = eta + E(excess) / (1 - level)
            at_risk = self._expression(program.mean_at_risk)
            tail = sum(model.excess.values()) / (self.instance.samples * (1.0 - self.instance.cvar_level))
            model.risk = pyo.Expression(expr=self.instance.cvar_weight * (model.eta[0] + tail - at_risk))
            model.total = pyo.Objective(expr=mean + model.risk)
        else:
            model.total = pyo.Objective(expr=mean)
        return model

    def _add_variables(self, name: str) -> None:
        kind, present = VARIABLES[name], self._present(name)
        lower, upper = kind.bounds(self.instance)
        at = np.nonzero(present)
        keys: list[Any] = list(zip(*(places.tolist() for places in at), strict=True)) if len(at) > 1 else at[0].tolist()
        if kind.binary:
            keys = [divmod(key, 3) for key in keys]
        limits = list(zip(_limits(lower[at[0]]), _limits(upper[at[0]]), strict=True))
        alike, bounds = len(set(limits)) == 1, dict(zip(keys, limits, strict=True))
        component = pyo.Var(
            keys, domain=pyo.Binary if kind.binary else pyo.Reals, doc=kind.meaning,
            bounds=None if kind.binary else limits[0] if alike
            else lambda _, *key: bounds[key if len(key) > 1 else key[0]],
        )  # fmt: skip
        self.model.add_component(name, component)
        places = np.full(present.shape, -1, dtype=np.int64)
        places[at] = len(self.listed) + np.arange(len(keys))
        self.places[name] = places
        self.listed += component.values()
        if kind.binary and self.strategy is not None:
            for product, choice in enumerate(self.strategy.tolist()):
                self.listed[places[3 * product + choice]].fix(1)

    def _present(self, name: str) -> Booleans:
        """Which variables there are; under fixed strategies only those that they need."""
        instance, present = self.instance, VARIABLES[name].there(self.instance)
        if self.strategy is None:
            return present
        used = instance.parts_of(self.strategy == ATO)
        chosen = 3 * np.arange(len(self.strategy)) + self.strategy
        needed = {
            "x": np.isin(np.arange(len(present)), chosen), "S": self.strategy == MTS, "B": self.strategy == MTS,
            "late_mts": self.strategy == MTS, "w": self.strategy == ATO, "Sc": used, "stocked": used,
        }  # fmt: skip
        if name not in needed:
            return present
        needs: Booleans = needed[name] if present.ndim == 1 else needed[name][:, None]
        return np.asarray(present & needs)

    def _add_rows(self, block: Block, *, elastic: bool) -> list[Any]:
        """The constraints of a block; their excess, each relative to its own limit, in the elastic model."""
        instance, model = self.instance, self.model
        width = instance.samples if block.sampled else 1
        entries = [self._entries(piece, block, width) for piece in block.form]
        rows, places, values = (np.concatenate(part) for part in zip(*entries, strict=True)) if entries else (
            np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
        )  # fmt: skip
        order = np.argsort(rows, kind="stable")
        rows, places, values = rows[order], places[order], values[order]
        distinct, first = np.unique(rows, return_index=True)
        listed = np.isin(distinct // width, block.rows)
        numbers = distinct[listed].tolist()
        ends = [pair for pair, there in zip(pairwise([*first.tolist(), len(rows)]), listed, strict=True) if there]
        # A row without a variable left is zero: it stands where that breaks it.
        broken = block.rows[(block.low[block.rows] > 0.0) | (block.high[block.rows] < 0.0)]
        bare = np.setdiff1d((broken[:, None] * width + np.arange(width)).ravel(), distinct).tolist()
        numbers, ends = [*numbers, *bare], [*ends, *[(0, 0)] * len(bare)]
        keys: list[Any] = [divmod(number, width) for number in numbers] if block.sampled else numbers
        slack, relative = None, list[Any]()
        if elastic and block.excess is not None and keys:
            slack = pyo.Var(keys, domain=pyo.NonNegativeReals)
            model.add_component(f"{block.name}_excess", slack)
            # sum of excess / limit, in the mean over the samples
            relative = [
                variable / (float(block.excess[key[0] if block.sampled else key]) * width)
                for key, variable in slack.items()
            ]
        span, coefficients, variables = dict(zip(keys, ends, strict=True)), values.tolist(), self._at(places)
        low, high = _limits(block.low), _limits(block.high)

        def row(_: pyo.ConcreteModel, *key: int) -> tuple[Any, Any, Any]:
            at: Any = key if block.sampled else key[0]
            start, end = span[at]
            coefs, terms = coefficients[start:end], variables[start:end]
            if slack is not None:
                coefs, terms = [*coefs, -1.0], [*terms, slack[at]]
            return low[key[0]], LinearExpression(constant=0.0, linear_coefs=coefs, linear_vars=terms), high[key[0]]

        model.add_component(block.name, pyo.Constraint(keys, rule=row))
        return relative

    def _at(self, places: Integers) -> list[Any]:
        """The variables at places of the list."""
        listed = self.listed
        return [listed[place] for place in places.tolist()]

    def _entries(self, piece: VariableTerms, block: Block, width: int) -> tuple[Integers, Integers, Array]:
        """Row number, place of the variable and coefficient of each entry; variables that are not there are zero."""
        places, samples = self.places[piece.variable], self.instance.samples
        by_sample = block.sampled or piece.variable in SAMPLED
        if not by_sample:
            values = piece.coefficient if piece.coefficient.ndim == 1 else piece.coefficient.mean(axis=1)
            return _some(piece.row, places[piece.index], values)
        shape = (len(piece.row), samples)
        values = np.broadcast_to(
            piece.coefficient if piece.coefficient.ndim == 2 else piece.coefficient[:, None], shape
        )
        numbers = places[piece.index]
        numbers = np.broadcast_to(numbers if numbers.ndim == 2 else numbers[:, None], shape)
        if block.sampled:
            rows = piece.row[:, None] * width + np.arange(samples)
        else:
            rows, values = np.broadcast_to(piece.row[:, None], shape), values / samples
        return _some(rows.ravel(), numbers.ravel(), values.ravel())

    def _add_costs(self) -> None:
        """`cost[term]` for every term of the ledger but risk, which belongs to (C9)."""
        model, instance = self.model, self.instance
        model.terms = pyo.Set(initialize=[term for term in TERMS if term != "risk"])
        # E(sum of price x measure), for one term
        terms = {term: self._expression(yearly_cost(instance, mean=True, term=t)) for t, term in enumerate(TERMS)}
        model.cost = pyo.Expression(model.terms, rule=lambda _, term: terms[term])

    def _expression(self, coefficients: Coefficients) -> LinearExpression:
        values, places = [np.zeros(0)], [np.zeros(0, dtype=np.int64)]
        for name, by_index in coefficients.items():
            there = self.places[name]
            values_there = by_index
            if name in SAMPLED:
                wide = by_index if by_index.ndim == 2 else by_index[:, None]
                values_there = np.broadcast_to(wide, there.shape) / self.instance.samples
            _, some, weights = _some(np.zeros(there.size), there.ravel(), values_there.ravel())
            values.append(weights)
            places.append(some)
        return LinearExpression(
            constant=0.0, linear_coefs=np.concatenate(values).tolist(), linear_vars=self._at(np.concatenate(places))
        )


def _some(rows: Integers | Array, places: Integers, values: Array) -> tuple[Any, Integers, Array]:
    """Entries whose variable is there and whose coefficient is not zero."""
    there = (places >= 0) & (values != 0.0)
    return rows[there], places[there], values[there]


def _limits(values: Array) -> list[float | None]:
    """Bounds as Pyomo knows them: None where there is none."""
    return [value if there else None for value, there in zip(values.tolist(), np.isfinite(values), strict=True)]
