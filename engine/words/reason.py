"""A reason: why something is as it is, as a kind and its values; the words come last, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Union

from engine.words.causes import CAUSES
from engine.words.faults import FAULTS, LISTED
from engine.words.language import Language, words_of
from engine.words.rules import BARS, BINDS, SHORT
from engine.words.sayings import SAYINGS
from engine.words.shared import SHARED

REASONS = {**CAUSES, **BARS, **BINDS, **SHORT, **FAULTS, **SAYINGS}
_SAYING = {english: kind for kind, (english, _) in SAYINGS.items()}

Value = Union[str, int, float, "Reason", tuple["Reason", ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an input is faulty, a strategy not possible, a promise not kept by a simulation, or a rule by no plan.

    Parameters
    ----------
    kind : str
        A key of `REASONS`.
    values : mapping of str to str, int, float, Reason or tuple of Reason
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
        join = "\n" if self.kind == LISTED else words_of(SHARED, "reason.join", language)
        values = {name: _worded(value, language, join) for name, value in self.values.items()}
        return words_of(REASONS, self.kind, language, **values)

    def __str__(self) -> str:
        return self.words()

    @property
    def core(self) -> Reason:
        """What was found, without whose it is and what would be right.

        Examples
        --------
        >>> followed(cause("table_missing", table="bom"), cause("none_known")).core.kind
        'table_missing'
        """
        inner = self.values.get({"of": "why", "then": "found"}.get(self.kind, ""))
        return inner.core if isinstance(inner, Reason) else self

    def as_dict(self) -> dict[str, object]:
        """Kind and values, as results hold them."""
        return {"kind": self.kind, "values": {name: _plain(value) for name, value in self.values.items()}}


def cause(kind: str, /, **values: Value) -> Reason:
    """A reason, its values by name.

    Examples
    --------
    >>> str(cause("table_missing", table="products"))
    'the table products is missing'
    """
    return Reason(kind=kind, values=values)


def quoted(text: str) -> Reason:
    """What the system or a library says: told in both languages where it is known, else quoted.

    Examples
    --------
    >>> quoted("Permission denied").words("zh"), quoted("bad magic").words("zh")
    ('没有权限', '原文：bad magic')
    """
    return cause(_SAYING[text]) if text in _SAYING else cause("said", text=text)


def followed(reason: Reason, right: Reason | None) -> Reason:
    """What was found, then what would be right where that is known.

    Examples
    --------
    >>> followed(cause("settings_required"), None) == cause("settings_required")
    True
    """
    return reason if right is None else cause("then", found=reason, right=right)


def either(names: Sequence[Value]) -> Value:
    """Names of which one is wanted, the last two joined by *or*.

    Examples
    --------
    >>> str(either(["MTS", "ATO", "MTO"]))
    'MTS, ATO or MTO'
    """
    *first, last = names
    return cause("either", first=", ".join(map(str, first)), last=last) if first else last


def named(names: Sequence[str], most: int) -> Value:
    """The first of many names, and how many more there are.

    Examples
    --------
    >>> named(["A", "B"], 3), str(named(["A", "B", "C", "D"], 3))
    ('A, B', 'A, B, C and 1 more')
    """
    first, more = ", ".join(names[:most]), len(names) - most
    return cause("names_more", names=first, more=more) if more > 0 else first


def renamed(why: Reason, names: Mapping[str, str]) -> Reason:
    """A cause in whose values files are named otherwise.

    Parameters
    ----------
    why : Reason
    names : mapping of str to str
        What stands there to what the reader knows.

    Examples
    --------
    >>> str(renamed(cause("table_missing", table="scratch.xlsx"), {"scratch": "mine"}))
    'the table mine.xlsx is missing'
    """

    def known(value: Value) -> Value:
        if isinstance(value, Reason):
            return renamed(value, names)
        if isinstance(value, tuple):
            return tuple(renamed(one, names) for one in value)
        return reduce(lambda text, pair: text.replace(*pair), names.items(), value) if isinstance(value, str) else value

    return Reason(kind=why.kind, values={name: known(value) for name, value in why.values.items()})


def _worded(value: Value, language: Language, join: str) -> object:
    if isinstance(value, Reason):
        return value.words(language)
    return join.join(one.words(language) for one in value) if isinstance(value, tuple) else value


def _plain(value: Value) -> object:
    if isinstance(value, Reason):
        return value.as_dict()
    return [one.as_dict() for one in value] if isinstance(value, tuple) else value


def reason_of(said: Mapping[str, Any]) -> Reason:
    """A reason from what `Reason.as_dict` gave, so that it can be told in another language.

    Examples
    --------
    >>> reason_of({"kind": "queue", "values": {"resource": "LINE"}}).words()
    'queue at LINE'
    """
    values = {name: _given(value) for name, value in dict(said["values"]).items()}
    return Reason(kind=str(said["kind"]), values=values)


def _given(value: Any) -> Value:  # noqa: ANN401
    if isinstance(value, Mapping):
        return reason_of(value)
    return reasons_of(value) if isinstance(value, list) else value


def reasons_of(said: Iterable[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """Reasons from what `Reason.as_dict` gave for each."""
    return tuple(reason_of(one) for one in said)
