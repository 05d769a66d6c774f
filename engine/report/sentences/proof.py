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
        Writes an amount; by default as reports do.
    """
    numbers = numbers_for(language, str(plan.summary.get("currency", "")), plan.objective_per_year)
    said = [text("proof.none", language)]
    if math.isfinite(plan.bound_per_year):
        sentence = text(
            "proof.sentence", language, head=text(f"proof.{_certified(plan)}", language),
            samples=numbers.count(plan.summary["samples"]), left=_left(plan, numbers, money or numbers.money),
        )  # fmt: skip
        said = [sentence]
    if "samples_asked" in plan.summary:
        said.append(text("source.fewer_samples", language, asked=numbers.count(plan.summary["samples_asked"])))
    return text("sentence.join", language).join(said)


def _certified(plan: Plan) -> str:
    """The last part of the key that tells whether, and why not, the plan is certified."""
    found = plan.summary.get("certified_by")
    if not isinstance(found, dict):
        return "uncertified"
    if found.get("model"):
        return "certified"
    reasons = {reason.value: reason.name.lower() for reason in NotCertified}
    return f"not_certified.{reasons.get(str(found.get('reason')), NotCertified.NOT_ASKED.name.lower())}"


def _left(plan: Plan, numbers: Numbers, money: Callable[[float], str]) -> str:
    """What is left open, in its two parts, and the bound."""
    # Of a hundredth of a percent, rounded up; the parts add up to the whole as shown.
    whole, search = (math.ceil(share * 1e4 - 1e-9) if share > NO_GAP else 0 for share in (plan.whole_gap, plan.gap))
    if not whole:
        return text("proof.left.nothing", numbers.language)
    # Rounded down, so that it stays a bound.
    unit = 10.0**numbers.decimals
    bound = money(math.floor(plan.bound_per_year * unit) / unit)
    key = "search" if search == whole else "both" if search else "allocation"
    shown = {"whole": whole, "search": search, "allocation": whole - search}
    return text(
        f"proof.left.{key}", numbers.language, bound=bound,
        **{name: numbers.gap(steps / 1e4) for name, steps in shown.items()},
    )  # fmt: skip
