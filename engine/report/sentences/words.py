"""Plans in words for a terminal: the recommendation, and one product explained."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd

from engine.decision.outcome import Infeasible, TimedOut
from engine.decision.plan import Plan, leaves_today
from engine.evaluate.reasons.today import told_payback
from engine.report.as_shown import decisions_as_shown
from engine.report.sentences.books import book_sentences
from engine.report.sentences.certainty import certainty_sentence
from engine.report.sentences.payback import payback_sentence
from engine.report.sentences.plain import counted
from engine.report.sentences.proof import bound_as_shown, proof_sentence
from engine.report.texts.text import Language, text

_WIDTH = 100


def recommendation(plan: Plan, *, largest: int = 5) -> str:
    """Counts per strategy, cost, today's, bound, gap, and the largest savings against the current strategies."""
    summary, table = plan.summary, plan.decisions
    money = str(summary.get("currency", ""))
    counts = ", ".join(f"{count} {name}" for name, count in summary["counts"].items())
    lines = [
        f"{summary['scenario']}: {counted(len(table), 'product')}, {counts}",
        f"  cost      {plan.objective_per_year:>14,.0f} {money} a year",
        *_today(plan, money),
        *_proof(plan, money),
        f"  inventory {summary['inventory_value']:>14,.0f} {money} on average",
        *_booked(plan, money),
    ]
    if summary.get("brief"):
        return "\n".join([*lines, *_told(plan, money)])
    unknown = set(summary.get("not_compared", ()))
    lines += [*_told(plan, money), *_repaid(plan, money), *_savings(table, money, largest, unknown)]
    lines += [*_sure(plan, money), *_left_out(plan)]
    return "\n".join(lines)


def _today(plan: Plan, money: str) -> list[str]:
    """What today's strategies cost, and what the plan saves against them."""
    today = plan.summary.get("today")
    if not today or plan.summary.get("corrected"):
        return []
    cost = round(float(today["cost_per_year"]))
    more = cost - round(plan.objective_per_year)
    told = f"{abs(more):,.0f} {money} {'more' if more > 0 else 'less'}" if more else "the same"
    rules = ", against rules that the plan keeps" if today["broken"] else ""
    return [f"  today     {cost:>14,.0f} {money} a year with its strategies at their best stocks: {told}{rules}"]


def _proof(plan: Plan, money: str) -> list[str]:
    """Bound and gap, or that there is none yet."""
    drawn = f"{_samples(plan)}, seed {plan.summary['seed']}"
    if not np.isfinite(plan.bound_per_year):
        return [f"  bound     {'none yet':>14}   nothing is proven of this plan; {drawn}"]
    return [
        f"  bound     {bound_as_shown(plan):>14,.0f} {money} a year (no plan can cost less)",
        f"  gap       {plan.whole_gap:>14.3%}   proven on {drawn}",
    ]


def _samples(plan: Plan) -> str:
    """On how many samples, and of how many asked for where a time limit left fewer."""
    asked = plan.summary.get("samples_asked")
    drawn = counted(plan.summary["samples"], "sample")
    return drawn if asked is None else f"{drawn} of the {asked:,} asked for"


def _told(plan: Plan, money: str) -> list[str]:
    """The proof in a sentence."""
    if not np.isfinite(plan.bound_per_year) or plan.summary.get("corrected"):
        return []
    said = proof_sentence(plan, "en", money=lambda amount: f"{amount:,.0f} {money}")
    return textwrap.wrap(said, width=_WIDTH, initial_indent="  ", subsequent_indent="  ")


def _booked(plan: Plan, money: str) -> list[str]:
    """What lies in stock today against the plan."""
    said = " ".join(book_sentences(plan, "en", money=lambda amount: f"{amount:,.0f} {money}"))
    return textwrap.wrap(said, width=_WIDTH, initial_indent="  ", subsequent_indent="  ")


def _repaid(plan: Plan, money: str) -> list[str]:
    """What the switches cost once, and how soon that pays back."""
    said = payback_sentence(plan, told_payback(plan), "en", money=lambda amount: f"{amount:,.0f} {money}")
    return textwrap.wrap(said, width=_WIDTH, initial_indent="  ", subsequent_indent="  ")


def switches(table: pd.DataFrame) -> pd.DataFrame:
    """Products that leave their current strategy, with what each switch saves alone, largest first."""
    moved = table[leaves_today(table)].copy()
    current = np.full(len(moved), np.nan)
    for k, row in enumerate(moved.itertuples(index=False)):
        current[k] = getattr(row, f"cost_if_{row.current_strategy}")
    moved["saving_per_year"] = current - moved["expected_cost_per_year"]
    return moved.sort_values(["saving_per_year", "product"], ascending=[False, True], na_position="first")


def _savings(table: pd.DataFrame, money: str, largest: int, unknown: set[str]) -> list[str]:
    count = int((table["current_strategy"] != "").sum())
    if not count:
        return ["  current strategies are not given, so no savings are shown"]
    moved = switches(decisions_as_shown(table))
    if moved.empty:
        return [f"  {'the product keeps its' if count == 1 else f'all {count} products keep their'} current strategy"]
    verb = "switches" if len(moved) == 1 else "switch"
    lines = [f"  {len(moved)} of {counted(count, 'product')} {verb}; the largest savings, each switch by itself:"]
    shown = moved.head(largest)
    for product, current, strategy, saving in zip(
        shown["product"], shown["current_strategy"], shown["strategy"], shown["saving_per_year"], strict=True
    ):
        change = f"    {product:<16} {current} -> {strategy}"
        if np.isfinite(saving):
            lines.append(f"{change} {saving:>12,.0f} {money} a year")
        elif product in unknown:
            lines.append(f"{change}   not compared: no time was left")
        else:
            lines.append(f"{change}   {current} is not possible any more")
    return lines


def _sure(plan: Plan, money: str) -> list[str]:
    """How sure the switches are that the saving rests on, where the plan tells it."""
    today = plan.summary.get("today")
    if "certainty" not in plan.decisions or not today:
        return []
    saving = round(float(today["cost_per_year"])) - round(plan.objective_per_year)
    said = certainty_sentence(
        plan, plan.decisions["certainty"], "en", saving=saving, at_stake=plan.summary.get("saving_at_stake"),
        money=lambda amount: f"{amount:,.0f} {money}",
    )  # fmt: skip
    return textwrap.wrap(said, width=_WIDTH, initial_indent="  ", subsequent_indent="  ")


def _left_out(plan: Plan) -> list[str]:
    """What a plan lacks because time was up."""
    lines = []
    if unknown := plan.summary.get("not_compared"):
        lines.append(f"  of {counted(len(unknown), 'product')} not all strategies are compared: no time was left")
    if "customer" in plan.summary and plan.summary["customer"] is None:
        lines.append("  figures for customer, investor and regulator are left out: no time was left")
    return lines


def unsolved(outcome: TimedOut | Infeasible, language: Language = "en") -> str:
    """Why there is no plan, or none that is proven."""
    if isinstance(outcome, Infeasible) and not outcome.conflicts:
        return text("unsolved.untold", language)
    if isinstance(outcome, Infeasible):
        head = text("unsolved.conflicts", language)
        return "\n".join([head, *(f"  {conflict.words(language)}" for conflict in outcome.conflicts)])
    if outcome.plan is None:
        key = "unsolved.bound" if np.isfinite(outcome.bound_per_year) else "unsolved.nothing"
        return text(key, language, bound=f"{outcome.bound_per_year:,.0f}")
    return _not_proven(outcome.plan, language)


def _not_proven(plan: Plan, language: Language) -> str:
    """Why the gap asked for is not proven of a plan, and which one is."""
    summary, gap = plan.summary, f"{plan.whole_gap:.2%}"
    within = "_within" if np.isfinite(plan.bound_per_year) else ""
    if summary["status"] == "unproven":
        return text(f"unsolved.astray{within}", language, gap=gap, unit=text("unsolved.unit", language))
    if not within:
        return text("unsolved.unproven", language)
    fewer = summary.get("samples_asked") is not None
    on = text("unsolved.on", language, drawn=summary["samples"], asked=summary["samples_asked"]) if fewer else ""
    return text("unsolved.within", language, gap=gap, on=on)
