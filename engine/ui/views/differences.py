"""What a figure of the plan differs from: today's strategies, and the plan of the scenario as given."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from engine.decision.plan import Plan
from engine.scenario.scenario import Scenario
from engine.ui.charts.measures import inventory, lead_time, on_time
from engine.ui.language import t
from engine.ui.state.session import Answer
from engine.ui.words import MISSING, money


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFigure:
    """A figure of a plan, and how a difference of two is written.

    Parameters
    ----------
    name : str
        Text key ``measure.<name>``.
    of : callable
        Plan and scenario to the figure.
    worded : callable
        Size of a difference, its sign and the currency to words.
    digits : int
        To which the figure is shown: differences are those of the figures shown.
    """

    name: str
    of: Callable[[Plan, Scenario], float]
    worded: Callable[[float, str, str], str]
    digits: int = 0

    def difference(self, mine: float, other: float) -> float:
        """Of two figures as they are shown."""
        return round(mine, self.digits) - round(other, self.digits)


COST = PlanFigure(
    name="cost", of=lambda plan, _: plan.objective_per_year,
    worded=lambda more, sign, currency: t("headline.a_year", amount=f"{sign}{money(more, currency)}"),
)  # fmt: skip
INVENTORY = PlanFigure(name="inventory", of=lambda plan, _: inventory(plan),
                    worded=lambda more, sign, currency: f"{sign}{money(more, currency)}")  # fmt: skip
ON_TIME = PlanFigure(name="on_time", of=on_time, digits=3,
                  worded=lambda more, sign, _: t("headline.points", points=f"{sign}{more * 100:.1f}"))  # fmt: skip
LEAD_TIME = PlanFigure(name="lead_time", of=lead_time, digits=1,
                    worded=lambda more, sign, _: t("headline.days", days=f"{sign}{more:.1f}"))  # fmt: skip
MEASURES = (COST, INVENTORY, ON_TIME, LEAD_TIME)


def against(answer: Answer, measure: PlanFigure) -> list[str]:
    """How a figure differs from today's strategies, and from the plan of the scenario as given."""
    lines = [t("headline.no_current")]
    if answer.today is not None:
        said = signed(answer, measure, measure.of(answer.today.plan, answer.scenario))
        lines = [t("headline.against_today", difference=said) if said else t("headline.as_today")]
    if answer.given is not None and within_proof(answer, measure):
        lines.append(t("headline.as_given_within"))
    elif answer.given is not None:
        said = signed(answer, measure, measure.of(answer.given.plan, answer.given.scenario))
        key = "headline.against_given" if answer.given.proven else "headline.against_given_preview"
        lines.append(t(key, difference=said) if said else t("headline.as_given"))
    return lines


def within_proof(answer: Answer, measure: PlanFigure) -> bool:
    """Whether rules seem to save what only the proof of the plan as given has left open: that is no saving."""
    given = answer.given
    if given is None or measure is not COST or not given.same_world:
        return False
    gap = given.plan.whole_gap * abs(given.plan.objective_per_year)
    return -gap <= answer.plan.objective_per_year - given.plan.objective_per_year < 0.0


def signed(answer: Answer, measure: PlanFigure, other: float) -> str:
    """The plan's figure less another one, with its sign; blank where no difference would be seen."""
    mine, currency = measure.of(answer.plan, answer.scenario), str(answer.plan.summary["currency"])
    if not math.isfinite(mine - other):
        return MISSING
    more = measure.difference(mine, other)
    return signed_words(measure, more, currency)


def signed_words(measure: PlanFigure, more: float, currency: str) -> str:
    """A difference with its sign; blank where none would be seen."""
    if measure.worded(abs(more), "", currency) == measure.worded(0.0, "", currency):
        return ""
    return measure.worded(abs(more), "+" if more > 0.0 else "−", currency)
