"""How deciding ends: solved, out of time with the best plan so far, or infeasible with the reasons."""

from __future__ import annotations

from dataclasses import dataclass

from engine.decision.plan import Plan
from engine.errors import EngineError


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """Time ran out; the best plan found so far, where there is one, with its proven gap.

    Parameters
    ----------
    plan : Plan or None
    bound_per_year : float
    """

    plan: Plan | None
    bound_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One rule that cannot hold together with the others.

    Parameters
    ----------
    rule : str
        Name of the rule, for example ``C5``.
    concerns : tuple of str
        Products or resources.
    message : str
        What is short, and the least change that would do.
    setting : str
        Column or setting that would have to change.
    needed : float
        Its least value, in the unit of the setting, with all other conflicts relaxed as stated.
    """

    rule: str
    concerns: tuple[str, ...]
    message: str
    setting: str
    needed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Infeasible:
    """No plan keeps all rules.

    Parameters
    ----------
    conflicts : tuple of Conflict
    """

    conflicts: tuple[Conflict, ...]


class NoPlanError(EngineError):
    """There is no plan to go on with, since none keeps all rules; the rules in conflict are named.

    Parameters
    ----------
    scenario : str
        Its name.
    outcome : Infeasible
    """

    def __init__(self, scenario: str, outcome: Infeasible) -> None:
        self.scenario, self.outcome = scenario, outcome
        rules = "; ".join(conflict.message for conflict in outcome.conflicts)
        super().__init__(f"{scenario}: there is no plan that keeps all rules: {rules}")


Outcome = Solved | TimedOut | Infeasible
