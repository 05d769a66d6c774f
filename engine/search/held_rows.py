"""Which rows of the reduced program are held: those that matter, and those that a solution was found to violate.

Leaving a row out only lowers the optimum, so that the bound stays one whatever is held.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import Booleans, Instance, Integers
from engine.program.backlogs import violated_backlog
from engine.program.numbering import HeldRows, Numbering
from engine.program.reduced import PooledProgram, build_pooled, violated_limits, violated_rows
from engine.program.tangents import some_tangents, violated_tangents
from engine.search.cuts.families import Cut

_WIDEST = 1.6
# Rows of a component that are held beyond those next to equality.
_MORE = 2


@dataclass(slots=True, kw_only=True)
class RowPool:
    """Rows that matter and those held of them, and cuts found.

    Of the rows of (C4) few matter: one in forty on AdventureWorks, half the time of the relaxation.

    Parameters
    ----------
    tail : shape (C, W)
        Rows of (C3) whose samples have late units.
    held : HeldRows
    cuts : list of Cut
    """

    tail: Booleans
    held: HeldRows = field(default_factory=HeldRows)
    cuts: list[Cut] = field(default_factory=list)

    def build(self, instance: Instance, strategy: Integers) -> PooledProgram:
        """The program with these rows, without the cuts."""
        return build_pooled(instance, strategy, self.tail, self.held)

    def widen(self, other: RowPool) -> None:
        """Begin from what mattered to another: its samples too, unless they are many more, and the rows it held."""
        both = self.tail | other.tail
        if both.shape == self.tail.shape and both.sum() <= _WIDEST * self.tail.sum():
            self.tail = both
        held, more = self.held, other.held
        held.peak = held.peak if more.peak is None else _with(held.peak, more.peak)
        if more.cover is not None and more.cover.shape == self.tail.shape:
            held.cover = more.cover
        if held.tangent is not None and more.tangent is not None:
            held.tangent = more.tangent

    def add(self, tail: Booleans) -> None:
        """Hold rows of (C3)."""
        held = self.held
        self.tail = self.tail | tail
        held.cover = None if held.cover is None else held.cover | tail

    def grow(self, instance: Instance, pooled: PooledProgram, values: Array) -> bool:
        """Add the rows that a solution violates; whether there were any."""
        held = self.held
        missing = violated_rows(instance, pooled, values)
        grown = bool(missing.any())
        self.add(missing)
        if held.backlog is not None:
            short = violated_backlog(instance, pooled.place, values)
            held.backlog = held.backlog | short
            grown = grown or bool(short.any())
        if held.tangent is not None:
            short = violated_tangents(instance, pooled.place, values)
            held.tangent = held.tangent | short
            grown = grown or bool(short.any())
        over = violated_limits(instance, pooled, values)
        held.peak = _with(held.peak, over)
        return grown or bool(over.any())

    def thin(self, place: Numbering, slack: Array) -> None:
        """Hold only the rows that hold with equality at a solution, and as many of the next.

        Parameters
        ----------
        place : Numbering
        slack : shape (rows,)
            How far each row is from holding with equality, zero where it does.
        """
        held = self.held
        held.cover = _nearest_rows(place.rows["C3"], slack)
        if held.backlog is not None:
            held.backlog = _nearest_rows(place.rows["C2"], slack)
        if held.tangent is not None:
            # Levels move far between what-ifs: some of all are held at any time.
            held.tangent = _nearest_rows(place.rows["tangents"], slack) | some_tangents(place.rows["tangents"].shape)


def _with(rows: Booleans | None, more: Booleans) -> Booleans:
    return more if rows is None else rows | more


def _nearest_rows(rows: Integers, slack: Array) -> Booleans:
    """Of the rows of each component or product those with equality, as many of the next, and some more."""
    return nearest_rows(np.where(rows >= 0, np.append(slack, np.inf)[rows], np.inf)) & (rows >= 0)


def nearest_rows(far: Array) -> Booleans:
    """Samples of each row of a matrix that are no distance away, as many of the next, and some more; shape (n, W).

    Parameters
    ----------
    far : shape (n, W)
        Infinite where there is no row.
    """
    count = 2 * (far <= 0.0).sum(axis=1) + _MORE
    nearest = np.argsort(far, axis=1, kind="stable")
    wanted = np.zeros(far.shape, dtype=bool)
    np.put_along_axis(wanted, nearest, np.arange(far.shape[1]) < count[:, None], axis=1)
    return wanted & np.isfinite(far)
