"""A what-if in words: what differs from the scenario."""

from __future__ import annotations

from engine.report.texts.text import CATALOGUE
from engine.report.texts.text import text as report_text
from engine.scenario.columns import TABLES
from engine.scenario.scenario import Scenario
from engine.ui.language import language, t
from engine.ui.state.levers import BUDGETS, BY_NAME, NO_LIMIT_WEEKS, LeverState, LockLever, budget_unit, neutral
from engine.ui.text import CATALOGUE as OWN_WORDS
from engine.ui.words import money, strategy_name
from engine.words.language import within

_NAMED = 3


def delta_words(what_if: LeverState, given: Scenario) -> str:
    """What differs, in one line.

    Parameters
    ----------
    what_if : LeverState
    given : Scenario
        What the levers start from; it has the scenario's own variants.
    """
    parts = [_variant(what_if.variant, given)] if what_if.variant else []
    # What describes the world first, then the rules.
    for name, position in sorted(what_if.moved, key=lambda move: BY_NAME[move[0]].group != "world"):
        parts.append(lever_words(name, position, what_if, given))
    parts += [lock_words(lock) for lock in what_if.locks]
    return t("list.join").join(parts) if parts else t("delta.none")


def lever_words(name: str, position: float, what_if: LeverState, given: Scenario) -> str:
    """One lever that was moved, and where it stands in the scenario."""
    lever = BY_NAME[name]
    family = what_if.family if lever.by_product else ""
    at, start = position, neutral(lever, given, family)
    if name in BUDGETS:
        unit, currency = budget_unit(lever, given), given.settings.currency
        told = [t("inputs.no_limit") if lever.action == "weeks" and one >= NO_LIMIT_WEEKS
                else money(one * unit, currency) for one in (at, start)]  # fmt: skip
        return t("delta.lever", lever=t("lever.inventory_budget"), position=told[0], given=told[1])
    words = t("delta.lever", lever=t(f"lever.{name}"), position=f"{at:g}", given=f"{start:g}")
    return t("delta.family", words=words, family=family) if family else words


def lock_words(lock: LockLever) -> str:
    """One product that is locked."""
    return t("delta.lock", product=lock.product, strategy=strategy_name(lock.strategy, language()))


def _variant(name: str, given: Scenario) -> str:
    """A variant with what it changes, where the scenario still has it."""
    variant = given.settings.variants.get(name)
    if variant is None:
        return t("delta.variant", variant=name)
    changes = [f"{target_words(target)} = {value}" for target, value in variant.set_.items()]
    changes += [f"{target_words(target)} × {value:g}" for target, value in variant.scale.items()]
    named = {name: within(t(f"column.{name}")) for name in ("product", "family", "component", "resource")}
    where = [t("delta.where", column=named.get(c, c), values=_some(values)) for c, values in variant.where.items()]
    said = t("list.join").join(changes + where)
    return t("delta.variant_changes", variant=name, changes=said)


def target_words(name: str) -> str:
    """A column or setting as reports call it; one that has no words keeps its own name."""
    table, _, column = name.rpartition(".")
    for key in (f"input.{name}", f"input.{column}", f"setting.{name}"):
        if key in CATALOGUE and table in ("", "risk", "demand", "settings", *TABLES):
            return within(report_text(key, language()))
    return name


def input_words(name: str) -> str:
    """A redrawn input in the reader's words; one that has none keeps its own name."""
    key = f"measured.{name}"
    return t(key) if key in OWN_WORDS else target_words(name)


def _some(values: list[str]) -> str:
    shown = t("list.join").join(values[:_NAMED])
    return t("shared.more_users", users=shown, more=len(values) - _NAMED) if len(values) > _NAMED else shown
