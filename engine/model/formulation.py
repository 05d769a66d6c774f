"""The program of an instance: its blocks by rule and its objective, worked out once however often it is asked for."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from engine.economics.instance import Instance
from engine.economics.per_instance import per_instance
from engine.model.blocks import Block
from engine.model.forms import Coefficients, plus
from engine.model.measures import AT_ITS_MEAN, yearly_cost
from engine.model.rules import RULES


class Formulation:
    """Blocks and objective of an instance.

    Parameters
    ----------
    instance : Instance
    """

    def __init__(self, instance: Instance) -> None:
        self._rules = {name: rule(instance) for name, rule in RULES.items()}
        self.mean_cost = yearly_cost(instance, mean=True)
        self.weight, self.level = instance.cvar_weight, instance.cvar_level
        self.mean_at_risk = yearly_cost(instance, mean=True, without=AT_ITS_MEAN) if self.weight > 0.0 else {}

    def blocks(self, rule: str) -> tuple[Block, ...]:
        """The blocks of one rule."""
        return self._rules[rule]

    @cached_property
    def by_name(self) -> dict[str, Block]:
        """Every block by its own name."""
        return {block.name: block for blocks in self._rules.values() for block in blocks}

    @cached_property
    def objective(self) -> Coefficients:
        """Coefficients of the objective, those of a sample's variable as if it were alone, times 1/W.

        E(cost) + weight (eta + E(excess) / (1 - level) - E(cost without lost margin)): Rockafellar & Uryasev (2000),
        theorem 1.
        """
        if self.weight <= 0.0:
            return self.mean_cost
        less = {name: -self.weight * values for name, values in self.mean_at_risk.items()}
        tail = {"eta": np.array([self.weight]), "excess": np.array([self.weight / (1.0 - self.level)])}
        return plus(plus(self.mean_cost, less), tail)


@per_instance
def formulation(instance: Instance) -> Formulation:
    """The formulation of an instance, worked out once for all programs that are made of it."""
    return Formulation(instance)
