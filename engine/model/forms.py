"""Linear forms: what a measure or a rule is made of, as arrays over its rows, and no solver.

A form is a sum of parts, each a coefficient times a variable. Variables that belong to a sample have one column per
sample; a coefficient may differ by sample.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Integers


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
    values = np.broadcast_to(np.float64(coefficient), row.shape) if np.ndim(coefficient) == 0 else coefficient
    index = np.asarray(index, dtype=np.int64)
    return VariableTerms(variable=variable, row=row, index=index, coefficient=np.asarray(values))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """One linear function of all variables, by variable.

    Parameters
    ----------
    of : mapping of str to array
        Shape (n,) over the variable's own axis, or (n, W).
    """

    of: dict[str, Array]


def mean_coefficients(form: Form, weight: Array, *, sizes: dict[str, int], sampled: frozenset[str]) -> Coefficients:
    """Weight' E(form): coefficients of the mean over the samples of a weighted sum of rows.

    A variable of a sample counts with 1/W, which is left to the reader: its coefficient here is that of its own
    sample.

    Parameters
    ----------
    form : Form
    weight : shape (rows,)
    sizes : mapping of str to int
        Length of each variable's own axis.
    sampled : set of str
        Variables of one sample each.
    """
    of: dict[str, Array] = {}
    # sum_r weight_r E(a_rj) v_j, and sum_r weight_r a_rj[w] v_j[w] of a sample's variable
    for piece in scaled(form, weight):
        flat = piece.coefficient if piece.coefficient.ndim == 1 or piece.variable in sampled else (
            piece.coefficient.mean(axis=1)
        )  # fmt: skip
        of[piece.variable] = _added(of.get(piece.variable), piece.index, flat, sizes[piece.variable])
    return Coefficients(of=of)


def sample_coefficients(form: Form, weight: Array, *, sizes: dict[str, int]) -> Coefficients:
    """Weight' form in every sample: coefficients of shape (n,), or (n, W) where they differ by sample."""
    of: dict[str, Array] = {}
    # sum_r weight_r a_rj[w] v_j
    for piece in scaled(form, weight):
        of[piece.variable] = _added(of.get(piece.variable), piece.index, piece.coefficient, sizes[piece.variable])
    return Coefficients(of=of)


def plus(first: Coefficients, second: Coefficients) -> Coefficients:
    """The sum of two linear functions."""
    of = dict(first.of)
    for variable, values in second.of.items():
        if variable in of and of[variable].ndim != values.ndim:
            left, right = (part if part.ndim == 2 else part[:, None] for part in (of[variable], values))
            of[variable] = left + right
        else:
            of[variable] = of[variable] + values if variable in of else values
    return Coefficients(of=of)


def _added(before: Array | None, index: Integers, values: Array, size: int) -> Array:
    """Values added up by index, on top of what was there."""
    total = np.zeros((size, *values.shape[1:]))
    if len(index) and not (np.diff(index) > 0).all():
        np.add.at(total, index, values)
    else:
        total[index] = values
    if before is None:
        return total
    if before.ndim != total.ndim:
        before, total = (part if part.ndim == 2 else part[:, None] for part in (before, total))
    return np.asarray(before + total)
