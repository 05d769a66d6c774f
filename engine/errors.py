"""Errors for people: what is wrong, where, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.words.few import few
from engine.words.language import Language
from engine.words.reason import Reason, cause, followed

# Characters that steer a terminal, or turn the direction of what stands beside them; tabs and line ends are text. A
# carriage return alone goes back over what stands before it.
UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)")

# Names in the environment the file that takes the cause of an error as JSON, beside its words in English.
CAUSE_FILE = "CODP_CAUSE_FILE"


def printed(text: str) -> str:
    r"""A text as it may go to a terminal.

    Examples
    --------
    >>> printed("P\x1b[2J")
    'P<U+001B>[2J'
    """
    return UNPRINTED.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


class EngineError(Exception):
    """A problem the user can act on; its text is shown as it is, without a traceback.

    Parameters
    ----------
    said : str or Reason
        What is wrong and what would be right; a reason can be told in another language.
    """

    def __init__(self, said: str | Reason = "") -> None:
        super().__init__(printed(str(said)) if isinstance(said, Reason) else said)
        self.cause = said if isinstance(said, Reason) else None

    def words(self, language: Language = "en") -> str:
        """The problem as a reader of the language reads it, where it has a cause; else as it was said."""
        return str(self) if self.cause is None else printed(self.cause.words(language))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with the input.

    Parameters
    ----------
    file : str
        File, sheet or frame, for example ``products.csv``.
    cause : Reason
        What is wrong and what would be right, as a kind and its values.
    row : int or None
        Row as a spreadsheet counts it (the header is row 1), of a frame as ``iloc`` does; None where the whole
        is meant.
    column : str or None
        Column or setting name.
    """

    file: str
    cause: Reason
    row: int | None = None
    column: str | None = None

    @property
    def message(self) -> str:
        """What is wrong and what would be right, in English."""
        return self.cause.words()

    @property
    def place(self) -> str:
        """``file:row:column``, as of a notice."""
        return ":".join(str(part) for part in (self.file, self.row, self.column) if part is not None)

    def words(self, language: Language = "en") -> str:
        """What is wrong and what would be right, as a reader of the language reads it."""
        return printed(self.cause.words(language))

    @property
    def located(self) -> Reason:
        """The cause with its place."""
        return cause("at", place=self.place, why=self.cause)

    def told(self, language: Language = "en") -> str:
        """The fault with its place, as a reader of the language reads it."""
        return printed(self.located.words(language))

    def __str__(self) -> str:
        return self.told()


class ScenarioError(EngineError):
    """The scenario is faulty; every fault found is listed, not only the first.

    Of faults of one kind in one column the text lists the first, and counts the others: a whole column that is written
    otherwise than expected is one thing to mend.

    Parameters
    ----------
    issues : iterable of Fault
        All faults, in the order of the tables and rows.
    """

    def __init__(self, issues: Iterable[Fault]) -> None:
        self.issues: tuple[Fault, ...] = tuple(issues)
        super().__init__(listed(cause("scenario_faulty", count=counted(self.issues)), at_most(self.issues)))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Fault, ...]]]:
        return type(self), (self.issues,)


def counted(faults: Sequence[Fault]) -> Reason:
    """How many faults there are."""
    return cause("fault" if len(faults) == 1 else "faults", count=len(faults))


def at_most(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The first faults of each kind and column one by one; the last of them says how many follow."""
    fewer = few(faults, lambda fault: (fault.file, fault.column, fault.cause.core.kind))
    return tuple(
        replace(fault, cause=followed(fault.cause, cause("more_alike", count=len(rest)))) if rest else fault
        for fault, rest in fewer
    )


def listed(head: Reason, faults: Iterable[Fault]) -> Reason:
    """A cause with faults below it, one a line."""
    return cause("listed", head=head, faults=tuple(cause("line", fault=fault.located) for fault in faults))
