"""A reason: why something is as it is, as a kind and its values; the words come last, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.words.causes import CAUSES
from engine.words.language import Language, words_of
from engine.words.rules import BARS, BINDS, SHORT
from engine.words.shared import SHARED

REASONS = {**CAUSES, **BARS, **BINDS, **SHORT}

Value = str | int | float | tuple["Reason", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a simulation finds other than a plan promises, a strategy is not possible, or no plan keeps the rules.

    Parameters
    ----------
    kind : str
        A key of `REASONS`.
    values : mapping of str to str, int, float or tuple of Reason
        What stands in the words.

    Examples
    --------
    >>> why = Reason(kind="assembly_long", values={"assembly": 3.0, "wait": 2.0})
    >>> str(why), why.words("zh")
    ('assembly alone takes 3 of 2 days', '仅装配就需 3 天，而客户只等 2 天')
    """

    kind: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def words(self, language: Language = "en") -> str:
        """The reason as a reader of the language reads it."""
        join = words_of(SHARED, "reason.join", language)
        values = {
            name: join.join(one.words(language) for one in value) if isinstance(value, tuple) else value
            for name, value in self.values.items()
        }
        return words_of(REASONS, self.kind, language, **values)

    def __str__(self) -> str:
        return self.words()

    def as_dict(self) -> dict[str, object]:
        """Kind and values, as results hold them."""
        values = {
            name: [one.as_dict() for one in value] if isinstance(value, tuple) else value
            for name, value in self.values.items()
        }
        return {"kind": self.kind, "values": values}


def reason_of(said: Mapping[str, Any]) -> Reason:
    """A reason from what `Reason.as_dict` gave, so that it can be told in another language.

    Examples
    --------
    >>> reason_of({"kind": "queue", "values": {"resource": "LINE"}}).words()
    'queue at LINE'
    """
    values = {
        name: reasons_of(value) if isinstance(value, list) else value for name, value in dict(said["values"]).items()
    }
    return Reason(kind=str(said["kind"]), values=values)


def reasons_of(said: Iterable[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """Reasons from what `Reason.as_dict` gave for each."""
    return tuple(reason_of(one) for one in said)
