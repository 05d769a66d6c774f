"""Linear expressions built as two lists, which Pyomo takes without walking an expression tree."""

from __future__ import annotations

from typing import Protocol

from pyomo.core.expr import LinearExpression


class Variable(Protocol):
    """What a row needs to know of a Pyomo variable."""

    @property
    def fixed(self) -> bool:
        """Whether its value is given."""
        ...

    @property
    def value(self) -> float | None:
        """Its value, where it has one."""
        ...

    def fix(self, value: float) -> None:
        """Give it a value for good."""
        ...


class Row:
    """A linear expression under construction: coefficients and variables side by side."""

    def __init__(self) -> None:
        self.coefs: list[float] = []
        self.vars: list[Variable] = []

    def add(self, coefficient: float, variable: Variable) -> None:
        """Add one product; zero coefficients and variables fixed at zero are left out."""
        if coefficient != 0.0 and not (variable.fixed and variable.value == 0):
            self.coefs.append(float(coefficient))
            self.vars.append(variable)

    def expression(self) -> LinearExpression:
        """The sum."""
        return LinearExpression(constant=0.0, linear_coefs=self.coefs, linear_vars=self.vars)
