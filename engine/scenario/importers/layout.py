"""How the lists of a planning system are laid out: their fields, what these are called, and what is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

Kind = Literal["text", "key", "number", "money", "date"]


class Field(NamedTuple):
    """A field of a list: how its cells are read, and what it is called besides its technical name."""

    kind: Kind
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The lists of a system.

    Parameters
    ----------
    fields : mapping of str to mapping of str to Field
        By list and technical name.
    needed : mapping of str to tuple of str
        Fields without which a list says nothing.
    list_of : callable
        The list that a file's name says; None for other files.
    key : callable
        A cell of a key to the key.
    asked : mapping of str to tuple of str
        Fields that decisions rest on, which are asked for where no heading is one.
    doubted : mapping of str to tuple of str
        Fields that are asked for where no heading is one and one looks like it.
    whole_rows : bool
        Every row says by itself whose it is: the first field that is needed is a total's, or a page's, where it is
        blank. Otherwise such a row belongs to the one above it.
    shortened : bool
        Headings may be shortened to the width of their columns.
    """

    fields: Mapping[str, Mapping[str, Field]]
    needed: Mapping[str, tuple[str, ...]]
    list_of: Callable[[Path], str | None]
    key: Callable[[str], str]
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    doubted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole_rows: bool = False
    shortened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A file's cells under their technical names.

    Parameters
    ----------
    table, file : str
    place : dict of str to int
        Field to position.
    rows : list of list of str
    numbers : list of int
        Row in the file of each record.
    others : list of str
        Headings that name no field.
    guessed : dict of str to str
        Field to the shortened heading that is taken for it.
    """

    table: str
    file: str
    place: dict[str, int]
    rows: list[list[str]]
    numbers: list[int]
    others: list[str]
    guessed: dict[str, str]

    def cells(self, field: str) -> list[str]:
        """The cells of a field; blank where a row is short."""
        at = self.place[field]
        return [row[at] if at < len(row) else "" for row in self.rows]
