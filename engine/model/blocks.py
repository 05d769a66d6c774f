"""A rule as a block of rows: which variables, with which coefficients, sense and right side. No solver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Integers
from engine.model.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """low <= form <= high, row by row.

    Parameters
    ----------
    name : str
        Of the constraint in the model, FORMULATION.md and the golden programs.
    form : Form
    rows : shape (n,)
        Rows that exist, of those the form is stated along.
    count : int
        Length of the axis that the form is stated along.
    low, high : shape (count,)
    sampled : bool
        One row for each sample; else the mean over the samples is held.
    excess : shape (count,) or None
        What counts as an excess of one, where the elastic model may exceed the rule.
    """

    name: str
    form: Form
    rows: Integers
    count: int
    low: Array
    high: Array
    sampled: bool = False
    excess: Array | None = None


def at_least(name: str, form: Form, rows: Integers, count: int, low: Array | float = 0.0, **more: object) -> Block:
    """A block of rows with a lower limit."""
    limit = np.full(count, low, dtype=float)
    return Block(name=name, form=form, rows=rows, count=count, low=limit, high=np.full(count, np.inf), **more)  # type: ignore[arg-type]


def at_most(name: str, form: Form, rows: Integers, count: int, high: Array | float = 0.0, **more: object) -> Block:
    """A block of rows with an upper limit."""
    limit = np.full(count, high, dtype=float)
    return Block(name=name, form=form, rows=rows, count=count, low=np.full(count, -np.inf), high=limit, **more)  # type: ignore[arg-type]


def exactly(name: str, form: Form, rows: Integers, count: int, value: float) -> Block:
    """A block of equations."""
    limit = np.full(count, value)
    return Block(name=name, form=form, rows=rows, count=count, low=limit, high=limit)
