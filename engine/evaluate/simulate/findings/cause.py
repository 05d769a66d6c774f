"""A cause: what is behind a deviation, as a kind and its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.words.causes import CAUSES
from engine.words.language import Language, words_of

Value = str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a simulation finds other than the plan promises.

    Parameters
    ----------
    kind : str
        A key of `engine.words.causes.CAUSES`.
    values : mapping of str to str, int or float
        What stands in the words.
    """

    kind: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def words(self, language: Language = "en") -> str:
        """The cause as a reader of the language reads it."""
        return words_of(CAUSES, self.kind, language, **self.values)

    def as_dict(self) -> dict[str, object]:
        """Kind and values, as results hold them."""
        return {"kind": self.kind, "values": dict(self.values)}


def causes_of(said: Iterable[Mapping[str, Any]]) -> tuple[Cause, ...]:
    """Causes from what `Cause.as_dict` gave, so that they can be told in another language.

    Examples
    --------
    >>> [cause.words() for cause in causes_of([{"kind": "queue", "values": {"resource": "LINE"}}])]
    ['queue at LINE']
    """
    return tuple(Cause(kind=one["kind"], values=one["values"]) for one in said)
