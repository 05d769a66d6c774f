"""How deciding ends: solved, out of time with the best plan so far, or infeasible with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from engine.decision.plan import Plan
from engine.errors import EngineError
from engine.scenario.rounding import at_least, at_most
from engine.words.language import Language, words_of
from engine.words.reason import Reason, cause, reason_of
from engine.words.rules import ADVICE, RULE_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """The plan is proven to be within the asked gap of the optimum.

    Where lost sales from finished stock meet a budget (C7) or CVaR (C9), the program holds the convex envelope of the
    late units; the plan's own gap then counts the envelope's distance too and may be wider than asked.

    Parameters
    ----------
    plan : Plan
    """

    plan: Plan

    def plan_or_raise(self) -> Plan:
        """The plan."""
        return self.plan


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """The gap asked for is not proven; the best plan found so far, where there is one, with the gap that is.

    Time ran out, or without a limit of it the numbers are so far apart that the solver lost its way: then the plan's
    status is `unproven`.

    Parameters
    ----------
    plan : Plan or None
    bound_per_year : float
    scenario : str
        Its name.
    """

    plan: Plan | None
    bound_per_year: float
    scenario: str = ""

    def plan_or_raise(self) -> Plan:
        """The best plan found, with its proven gap.

        Raises
        ------
        NoPlanError
            Where none was found in time.
        """
        if self.plan is None:
            raise NoPlanError(self.scenario, self)
        return self.plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One rule that cannot hold together with the others.

    Parameters
    ----------
    rule : str
        Name of the rule, for example ``C5``.
    concerns : tuple of str
        Products or resources.
    reason : Reason
        What is short.
    setting : str
        Column or setting that would have to change.
    needed : float
        Its least value, in the unit of the setting, with all other conflicts relaxed as stated.
    """

    rule: str
    concerns: tuple[str, ...]
    reason: Reason
    setting: str
    needed: float

    @property
    def message(self) -> str:
        """What is short, in English words."""
        return str(self.reason)

    def words(self, language: Language = "en") -> str:
        """What is short, and the value to write: whole where it is a count, and never rounded below the need."""
        said = {"name": words_of(RULE_NAMES, self.rule, language), "rule": self.rule, "setting": self.setting,
                "short": self.reason.words(language)}  # fmt: skip
        if self.setting == "one_strategy_per":
            return words_of(ADVICE, "leave_out", language, **said)
        digits = 0 if float(self.needed).is_integer() else 3
        rounded = at_most if self.setting.endswith("target") else at_least
        said["needed"] = rounded(self.needed, digits=digits).replace(",", "")
        if self.rule in {"C5", "C6"} and self.concerns:
            return words_of(ADVICE, "set_of", language, concerns=", ".join(self.concerns), **said)
        return words_of(ADVICE, "set", language, **said)

    def as_dict(self) -> dict[str, object]:
        """The conflict as ``summary.json`` tells it."""
        return {
            "rule": self.rule, "concerns": list(self.concerns), "message": self.message,
            "reason": self.reason.as_dict(), "setting": self.setting, "needed": self.needed,
        }  # fmt: skip


def conflict_of(said: Mapping[str, Any]) -> Conflict:
    """A conflict from what `Conflict.as_dict` gave, so that it can be told in another language."""
    return Conflict(
        rule=str(said["rule"]), concerns=tuple(str(one) for one in said["concerns"]), reason=reason_of(said["reason"]),
        setting=str(said["setting"]), needed=float(said["needed"]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Infeasible:
    """No plan keeps all rules.

    Parameters
    ----------
    conflicts : tuple of Conflict
    scenario : str
        Its name.
    """

    conflicts: tuple[Conflict, ...]
    scenario: str = ""

    def plan_or_raise(self) -> NoReturn:
        """Never a plan.

        Raises
        ------
        NoPlanError
            With the rules in conflict.
        """
        raise NoPlanError(self.scenario, self)


class NoPlanError(EngineError):
    """There is no plan to go on with: none keeps all rules, and those in conflict are named, or time ran out.

    Parameters
    ----------
    scenario : str
        Its name; '' where it is not at hand.
    outcome : Infeasible or TimedOut
    """

    def __init__(self, scenario: str, outcome: Infeasible | TimedOut) -> None:
        self.scenario, self.outcome = scenario, outcome
        if isinstance(outcome, Infeasible):
            why = cause("no_plan", rules=tuple(conflict.reason for conflict in outcome.conflicts))
        else:
            why = cause("no_time")
        super().__init__(cause("in_scenario", scenario=scenario, why=why) if scenario else why)


Outcome = Solved | TimedOut | Infeasible
