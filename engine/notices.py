"""Notices: what the engine did with input that is sound enough to go on with, and what would be right.

A notice is no fault: the scenario is decided all the same. Each has a kind, a place and typed values, so that a program
can count with them; the words of every kind stand in `engine.words.notices` in both languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from engine.words.few import TOLD_ONE_BY_ONE, few
from engine.words.notices import WORDS, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that was read, left out or taken otherwise than it stands.

    Parameters
    ----------
    kind : str
        A key of `engine.words.notices.WORDS`.
    file : str
        File or sheet, for example ``orders.csv``.
    row : int or None
        Row as a spreadsheet counts it; None where no single row is meant.
    column : str or None
    product : str
        Where one product is concerned.
    values : mapping of str to str, int or float
        What stands in the words.
    more : int
        Rows of the same kind that are not told one by one.
    """

    kind: str
    file: str
    row: int | None = None
    column: str | None = None
    product: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    more: int = 0

    @property
    def place(self) -> str:
        """``file:row:column``, as of a fault."""
        return ":".join(str(part) for part in (self.file, self.row, self.column) if part is not None)

    def words(self, language: str = "en") -> tuple[str, str, str]:
        """What was found, what was done, what would be right.

        Parameters
        ----------
        language : str
            ``en`` or ``zh``.
        """
        values = {"product": self.product, **self.values}
        finding, done, right = (text.format(**values) for text in WORDS[self.kind][0 if language == "en" else 1])
        return finding, done, right

    def __str__(self) -> str:
        finding, done, right = self.words()
        more = f" (and {self.more:,} more)" if self.more else ""
        return f"{self.place}: {finding}{more}; {done}" + (f"; {right}" if right else "")

    def as_dict(self, language: str = "en") -> dict[str, object]:
        """Place, values and words, as results hold them."""
        finding, done, right = self.words(language)
        return {
            "kind": self.kind, "file": self.file, "row": self.row, "column": self.column, "product": self.product,
            "more": self.more, "values": dict(self.values), "found": finding, "done": done, "right": right,
        }  # fmt: skip


def notice_of(said: Mapping[str, object]) -> Notice:
    """A notice from what `Notice.as_dict` gave, so that it can be told in another language.

    Raises
    ------
    KeyError, TypeError, ValueError
        Where it is none.
    """
    values = said["values"]
    row, column = said["row"], said["column"]
    if not isinstance(values, Mapping) or str(said["kind"]) not in WORDS:
        raise ValueError("is no notice")
    notice = Notice(
        kind=str(said["kind"]), file=str(said["file"]), row=None if row is None else int(str(row)),
        column=None if column is None else str(column), product=str(said["product"]), values=dict(values),
        more=int(str(said["more"])),
    )  # fmt: skip
    notice.words()
    return notice


def at_most(notices: Iterable[Notice], most: int = TOLD_ONE_BY_ONE) -> tuple[Notice, ...]:
    """The first notices of each kind and file one by one; the last of them stands for all that follow."""
    fewer = few(notices, lambda notice: (notice.kind, notice.file), most)
    return tuple(replace(told, more=told.more + sum(1 + one.more for one in rest)) for told, rest in fewer)
