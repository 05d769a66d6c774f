"""Locks that a scenario gives: to which strategy, why, until when. An end that has passed is told, never acted on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from engine.notices import Notice, at_most
from engine.scenario.scenario import Scenario
from engine.words.reason import Reason

# Kinds of notice: of a lock that nobody answers for, and of one that somebody does.
EXPIRED, EXPIRED_OF = "lock_expired", "lock_expired_of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A product that is kept at a strategy.

    Parameters
    ----------
    record : int
        Row of the products.
    product, strategy : str
    reason, owner : str
        Why, and who answers for it; '' where none is given.
    until : datetime.date or None
        Last day; None where no end is given.
    """

    record: int
    product: str
    strategy: str
    reason: str
    owner: str
    until: dt.date | None

    @property
    def why(self) -> Reason:
        """Where it is kept, until when and why, as readers of both languages are told."""
        until = (Reason(kind="until", values={"day": str(self.until)}),) if self.until else ()
        because = (Reason(kind="because", values={"reason": self.reason}),) if self.reason else ()
        return Reason(kind="locked", values={"strategy": self.strategy, "until": until, "because": because})

    def expired(self, today: dt.date) -> bool:
        """Whether the last day has passed."""
        return self.until is not None and self.until < today


def locks_of(scenario: Scenario) -> tuple[Lock, ...]:
    """All locks, in the order of the products."""
    return locks_in(scenario.products)


def locks_in(goods: pd.DataFrame) -> tuple[Lock, ...]:
    """The locks of a table of products, in its order."""
    columns = ("product", "locked", "lock_reason", "lock_owner", "lock_until")
    rows = zip(*(goods[name] for name in columns), strict=True)
    return tuple(
        Lock(record=k, product=str(product), strategy=str(strategy), reason=str(reason), owner=str(owner),
             until=None if until is None or until != until else until.date())  # noqa: PLR0124  (NaT differs from itself)
        for k, (product, strategy, reason, owner, until) in enumerate(rows) if strategy
    )  # fmt: skip


def expired_locks(scenario: Scenario, today: dt.date) -> tuple[Notice, ...]:
    """A notice for each lock whose last day has passed.

    It still binds: lifting it by the calendar would change a strategy that nobody has looked at.

    Parameters
    ----------
    scenario : Scenario
    today : datetime.date
        Given by whoever asks; the engine has no clock.
    """
    return at_most(
        end_of_lock(lock, scenario.row("products", lock.record)) for lock in locks_of(scenario) if lock.expired(today)
    )


def end_of_lock(lock: Lock, row: int | None) -> Notice:
    """What is told of a lock once its last day has passed, with its row in the table of products."""
    return Notice(
        kind=EXPIRED_OF if lock.owner else EXPIRED, file="products.csv", row=row, column="lock_until",
        product=lock.product, values={"strategy": lock.strategy, "date": str(lock.until),
                                      **({"owner": lock.owner} if lock.owner else {})},
    )  # fmt: skip
