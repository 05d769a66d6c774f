"""The rules that the reader has moved, and what each costs: the plan less that of the same world without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.decision.plan import Plan
from engine.ui.state.levers import BY_NAME, LeverState, LockLever
from engine.ui.state.session import Answer, known_verdict
from engine.ui.work.proof import Proven


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInForce:
    """One rule, or several together.

    Parameters
    ----------
    kind : str
        ``lever``, ``lock``, ``locks`` (all of them) or ``all``.
    lever : str
        Name of the lever; '' for others.
    lock : LockLever or None
    without : LeverState
        The same inputs without it.
    """

    kind: Literal["lever", "lock", "locks", "all"]
    lever: str = ""
    lock: LockLever | None = None
    without: LeverState


def rules_in_force(what_if: LeverState) -> list[RuleInForce]:
    """The rules among what was moved, each by itself, then all locks and all rules where there are several."""
    levers = [name for name, _ in what_if.moved if BY_NAME[name].group == "rules"]
    rules = [RuleInForce(kind="lever", lever=name, without=_without(what_if, levers=[name])) for name in levers]
    rules += [
        RuleInForce(kind="lock", lock=lock, without=_without(what_if, locks=[lock])) for lock in what_if.locks
    ]
    if len(what_if.locks) > 1:
        rules.append(RuleInForce(kind="locks", without=_without(what_if, locks=what_if.locks)))
    if levers and len(levers) + len(what_if.locks) > 1:
        rules.append(RuleInForce(kind="all", without=_without(what_if, levers=levers, locks=what_if.locks)))
    return rules


def plan_without(rule: RuleInForce, answer: Answer, what_if: LeverState) -> Plan | None:
    """The proven plan of the same world without a rule; None where it is not known yet."""
    given = answer.given
    if rule.without == what_if.as_given and given is not None:
        return given.plan if given.proven else None
    verdict = known_verdict(rule.without)
    return verdict.plan if isinstance(verdict, Proven) else None


def _without(
    what_if: LeverState, *, levers: list[str] | None = None, locks: Sequence[LockLever] = ()
) -> LeverState:
    moved = tuple((name, at) for name, at in what_if.moved if name not in (levers or []))
    kept = tuple(lock for lock in what_if.locks if lock not in locks)
    # Of one family alone nothing is said where no lever acts on it.
    family = what_if.family if any(BY_NAME[name].by_product for name, _ in moved) else ""
    return replace(what_if, moved=moved, locks=kept, family=family)
