"""How far a plan is proven, in one sentence for terminal, app and reports: what search and queue leave open.

The search finds the best plan of the program, which shares parts with hindsight, to within a gap. The plan itself
serves orders in turn, which costs more than hindsight would: the allocation gap. Both are shares of the plan's cost.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from engine.decision.extensive import NotCertified
from engine.decision.plan import Plan
from engine.report.numbers import Numbers, numbers_for
from engine.report.texts.text import Language, text

# Below this a gap is the rounding of the arithmetic.
NO_GAP = 1e-9


def proof_sentence(plan: Plan, language: Language, *, money: Callable[[float], str] | None = None) -> str:
    """What is proven of a plan, on how many samples, and whether the Pyomo model has certified it.

    Parameters
    ----------
    plan : Plan
    language : str
    money : callable, optional
        Writes an amount in whole units; by default amounts are written as in reports.
    """
    numbers = numbers_for(language, str(plan.summary.get("currency", "")), plan.objective_per_year)
    said = [text("proof.none", language)]
    if math.isfinite(plan.bound_per_year):
        sentence = text(
            "proof.sentence", language, head=text(f"proof.{_certified(plan)}", language),
            samples=numbers.count(plan.summary["samples"]), left=_left(plan, numbers, money),
        )  # fmt: skip
        said = [sentence]
    if "samples_asked" in plan.summary:
        said.append(text("source.fewer_samples", language, asked=numbers.count(plan.summary["samples_asked"])))
    return text("sentence.join", language).join(said)


def _certified(plan: Plan) -> str:
    """The last part of the key that tells whether, and why not, the plan is certified."""
    certificate = plan.summary.get("certified_by")
    if not isinstance(certificate, dict):
        return "uncertified"
    if certificate.get("model"):
        return "certified"
    reasons = {reason.value: reason.name.lower() for reason in NotCertified}
    return f"not_certified.{reasons.get(str(certificate.get('reason')), NotCertified.NOT_ASKED.name.lower())}"


def _left(plan: Plan, numbers: Numbers, money: Callable[[float], str] | None) -> str:
    """What is left open, in its two parts, and the bound."""
    whole, search, allocation = gaps_as_shown(plan)
    if not whole:
        return text("proof.left.nothing", numbers.language)
    # Rounded down to the digits that are written: a bound with cents would be rounded up where there are none.
    bound = numbers.money(bound_as_shown(plan, numbers.decimals)) if money is None else money(bound_as_shown(plan))
    if not plan.summary["counts"]["ATO"]:
        # Nobody shares parts: what the program is below the plan are whole units, and lateness that it does not count.
        search, allocation = whole, 0.0
    key = "both" if search and allocation else "search" if search else "allocation"
    shown = {"whole": whole, "search": search, "allocation": allocation}
    return text(
        f"proof.left.{key}", numbers.language, bound=bound, **{name: numbers.gap(gap) for name, gap in shown.items()}
    )


def gaps_as_shown(plan: Plan) -> tuple[float, float, float]:
    """The whole gap, that of the search and that of serving orders in turn, as shares.

    In hundredths of a percent, rounded up; the parts add up to the whole. As they are where nothing is proven.
    """
    if not math.isfinite(plan.whole_gap):
        return plan.whole_gap, plan.gap, plan.allocation_gap
    whole, search = (math.ceil(share * 1e4 - 1e-9) if share > NO_GAP else 0 for share in (plan.whole_gap, plan.gap))
    return whole / 1e4, search / 1e4, (whole - search) / 1e4


def bound_as_shown(plan: Plan, decimals: int = 0) -> float:
    """The bound with so many decimals: rounded down, so that it stays one; as the cost is where nothing is open."""
    if not math.isfinite(plan.bound_per_year):
        return plan.bound_per_year
    unit = 10.0**decimals
    return (round if plan.whole_gap <= NO_GAP else math.floor)(plan.bound_per_year * unit) / unit
