"""Linear forms: what a measure or a rule is made of, as arrays over its rows, and no solver.

A form is a sum of parts, each a coefficient times a variable. Variables that belong to a sample have one column per
sample; a coefficient may differ by sample.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Integers, added_up


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableTerms:
    """Coefficients of one variable.

    Parameters
    ----------
    variable : str
        A name of `engine.model.variables.VARIABLES`.
    row : shape (n,)
        Row that each coefficient stands in.
    index : shape (n,)
        Place of the variable along its own axis.
    coefficient : shape (n,) or (n, W)
    """

    variable: str
    row: Integers
    index: Integers
    coefficient: Array

    def scaled(self, factor: Array) -> VariableTerms:
        """The terms with each row times a factor, shape (rows,)."""
        by = factor[self.row]
        return replace(self, coefficient=self.coefficient * (by if self.coefficient.ndim == 1 else by[:, None]))


Form = tuple[VariableTerms, ...]


def part(variable: str, row: Integers, index: Integers, coefficient: Array | float) -> VariableTerms:
    """Terms whose coefficient may be one number for all."""
    row = np.asarray(row, dtype=np.int64)
    values = coefficient if isinstance(coefficient, np.ndarray) else np.full(row.shape, float(coefficient))
    index = np.asarray(index, dtype=np.int64)
    return VariableTerms(variable=variable, row=row, index=index, coefficient=values)


def scaled(form: Form, factor: Array) -> Form:
    """Each row of a form times a factor, shape (rows,)."""
    return tuple(piece.scaled(factor) for piece in form)


def summed(form: Form) -> Form:
    """All rows of a form in one."""
    return tuple(replace(piece, row=np.zeros_like(piece.row)) for piece in form)


def only(form: Form, rows: Integers) -> Form:
    """The form's entries in some rows."""
    chosen = []
    for piece in form:
        at = np.isin(piece.row, rows)
        chosen.append(replace(piece, row=piece.row[at], index=piece.index[at], coefficient=piece.coefficient[at]))
    return tuple(chosen)


def joined(forms: Iterable[Form], starts: Iterable[int]) -> Form:
    """Forms below each other, each beginning at its own row."""
    return tuple(
        replace(piece, row=piece.row + start) for form, start in zip(forms, starts, strict=True) for piece in form
    )


# One linear function of all variables: coefficients over each variable's own axis, shape (n,), or (n, W) where they
# differ by sample.
Coefficients = dict[str, Array]


def averaged(form: Form, *, sampled: frozenset[str]) -> Form:
    """The mean of a form over the samples.

    A variable of a sample counts with 1/W, which is left to the reader: its coefficient here is that of its own
    sample.

    Parameters
    ----------
    form : Form
    sampled : set of str
        Variables of one sample each.
    """
    # E(a_rj) v_j, and a_rj[w] v_j[w] of a sample's variable
    return tuple(
        piece if piece.coefficient.ndim == 1 or piece.variable in sampled
        else replace(piece, coefficient=piece.coefficient.mean(axis=1))
        for piece in form
    )  # fmt: skip


def coefficients(form: Form, *, sizes: dict[str, int]) -> Coefficients:
    """The sum of the rows of a form.

    Parameters
    ----------
    form : Form
    sizes : mapping of str to int
        Length of each variable's own axis.
    """
    of: Coefficients = {}
    # sum_r a_rj v_j
    for piece in form:
        of = plus(of, {piece.variable: added_up(piece.coefficient, piece.index, sizes[piece.variable])})
    return of


def plus(first: Coefficients, second: Coefficients) -> Coefficients:
    """The sum of two linear functions."""
    of = dict(first)
    for variable, values in second.items():
        before = of.get(variable, np.zeros_like(values))
        if before.ndim != values.ndim:
            before, values = (terms if terms.ndim == 2 else terms[:, None] for terms in (before, values))  # noqa: PLW2901
        of[variable] = before + values
    return of
