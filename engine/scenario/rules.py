"""What of a scenario is the client's own rule, and what describes the world: every change is one or the other.

The world is what the client meets: demand, times, costs, capacity. A rule is what the client decides: a budget, a
service that is promised, how much bad years count, which strategies are in question. Today's strategies live in the
world and were never asked for the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.scenario.checks.check import checked
from engine.scenario.columns import KEYS, TABLES
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario
from engine.scenario.settings import Settings

Group = Literal["world", "rules"]
# Rules over several products by their settings, as FORMULATION.md numbers them. Whoever lifts such rules, tells which
# are broken or cannot keep them asks here, so that a new one is nowhere forgotten.
COUPLING = {"C7": "inventory_budget", "C8": "max_changes", "C10": "one_strategy_per", "C11": "limits"}
# Those of them that can bar a product a strategy that saves; a family moves as one.
BARRING = ("C8", "C11")
RULE_SETTINGS = (*COUPLING.values(), "on_time_target", "risk", "rules_in_use")
# Columns of products.
RULE_COLUMNS = ("on_time_target", "allowed", "locked", "lock_reason", "lock_owner", "lock_until")
# How a scenario is written down and computed says nothing of the business.
_NEITHER = ("name", "currency", "samples", "seed", "variants", "columns", "format", "order_book")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One setting or column in which two scenarios differ.

    Parameters
    ----------
    group : str
        ``world`` or ``rules``.
    target : str
        Setting, or table and column, with a dot between.
    rows : int
        Rows of the table that differ; 0 for a setting.
    before, after : object
        The value of a setting; of a column the only one of the rows that differ, or the mean of several numbers;
        None where that says nothing.
    """

    group: Group
    target: str
    rows: int
    before: object
    after: object

    def words(self, value: object) -> str:
        """`before` or `after` as written in a scenario.

        Examples
        --------
        >>> change = Change(group="rules", target="inventory_budget", rows=0, before=None, after=50.0)
        >>> change.words(change.before), change.words(change.after)
        ('-', '50')
        """
        if value is None or value in ("", {}):
            return "-"
        if isinstance(value, dict):
            return ", ".join(str(key) for key in value)
        return f"{value:.6g}" if isinstance(value, int | float) else str(value)


def group_of(target: str) -> Group:
    """Whether a setting or a column is a rule.

    Parameters
    ----------
    target : str
        As in `Change`, or as variants write it.

    Examples
    --------
    >>> group_of("risk.cvar_weight"), group_of("products.locked"), group_of("resources.hours_per_week")
    ('rules', 'rules', 'world')
    """
    table, _, column = target.rpartition(".")
    if table in TABLES:
        return "rules" if table == "products" and column in RULE_COLUMNS else "world"
    return "rules" if target.split(".", maxsplit=1)[0] in RULE_SETTINGS or target in RULE_COLUMNS else "world"


def says_something(setting: str) -> bool:
    """Whether a setting is about the business at all, and not about how the scenario is written or computed.

    Examples
    --------
    >>> says_something("review_days"), says_something("format.decimal")
    (True, False)
    """
    return setting.split(".", maxsplit=1)[0] not in _NEITHER


def with_rules(scenario: Scenario, given: Scenario) -> Scenario:
    """The world of one scenario under the rules of another.

    Parameters
    ----------
    scenario : Scenario
    given : Scenario
        Whose rules hold; products that it does not have keep their own.
    """
    theirs = given.products.set_index("product")
    same = scenario.products["product"].equals(given.products["product"])
    mask = scenario.products["product"].isin(theirs.index)
    products = scenario.products.copy()
    for name in RULE_COLUMNS:
        if name in products and name in theirs:
            told = given.products[name] if same else products["product"].map(theirs[name])
            products[name] = products[name].where(~mask, told)
    settings = {name: getattr(given.settings, name) for name in RULE_SETTINGS}
    return replace(scenario, products=products).with_settings(**settings)


def free_of(rules: Iterable[str] = COUPLING) -> dict[str, object]:
    """Settings under which rules over several products bind nothing.

    Parameters
    ----------
    rules : iterable of str
        As FORMULATION.md numbers them, by default all; those over no several products are passed over.

    Examples
    --------
    >>> free_of(["C8", "C11", "C6"])
    {'max_changes': None, 'limits': {}}
    """
    return {COUPLING[rule]: Settings.model_fields[COUPLING[rule]].default for rule in rules if rule in COUPLING}


def stated_rules(settings: Settings) -> list[str]:
    """Rules over several products that settings state, as FORMULATION.md numbers them."""
    return [rule for rule, name in COUPLING.items() if getattr(settings, name) != Settings.model_fields[name].default]


def without_targets(scenario: Scenario, which: npt.NDArray[np.bool_]) -> Scenario:
    """The scenario with no on-time target for some products.

    Parameters
    ----------
    scenario : Scenario
    which : shape (products,)
    """
    products = scenario.products.copy()
    # Zero and not blank, which would be the whole scenario's target.
    products["on_time_target"] = products["on_time_target"].astype(float).mask(which, 0.0)
    return replace(scenario, products=products)


def with_least_on_time(
    scenario: Scenario, least: float, which: npt.NDArray[np.bool_] | None = None
) -> Scenario:
    """The scenario with every on-time target at least this; below the lowest one given, every target this.

    Parameters
    ----------
    scenario : Scenario
    least : float
        Share of units.
    which : shape (products,), optional
        Products that it holds for, by default all.

    Raises
    ------
    ScenarioError
        Where that makes it impossible.
    """
    rows = np.ones(len(scenario.products), dtype=bool) if which is None else which
    given = derive(scenario).on_time_target
    lowers = least < given[rows].min(initial=1.0)
    products = scenario.products.copy()
    products.loc[rows, "on_time_target"] = (np.minimum if lowers else np.maximum)(given[rows], least)
    return checked(replace(scenario, products=products))


def changes(before: Scenario, after: Scenario) -> list[Change]:
    """In what two scenarios differ, the world first; rows that only one of them has are not compared.

    Parameters
    ----------
    before, after : Scenario
    """
    differences = [*_of_settings(before.settings, after.settings), *_of_tables(before, after)]
    return sorted(differences, key=lambda change: change.group != "world")


def _of_settings(before: Settings, after: Settings) -> Iterator[Change]:
    for name in Settings.model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if not says_something(name) or old == new:
            continue
        if hasattr(old, "model_fields_set"):
            for inner in type(old).model_fields:
                if getattr(old, inner) != getattr(new, inner):
                    target = f"{name}.{inner}"
                    yield Change(group=group_of(target), target=target, rows=0, before=getattr(old, inner),
                                 after=getattr(new, inner))  # fmt: skip
        else:
            yield Change(group=group_of(name), target=name, rows=0, before=old, after=new)


def _of_tables(before: Scenario, after: Scenario) -> Iterator[Change]:
    for table, column, rows in differences(before, after):
        target = f"{table}.{column}"
        yield Change(group=group_of(target), target=target, rows=len(rows), before=_value(rows["before"]),
                     after=_value(rows["after"]))  # fmt: skip


def differences(before: Scenario, after: Scenario) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Table, column and rows in which two scenarios differ: the keys of the rows, `before` and `after`.

    Rows that only one of them has are not compared.
    """
    for table, keys in KEYS.items():
        if not keys:
            # Order lines have no key; what they are fitted to stands in the columns of products.
            continue
        old, new = before.table(table), after.table(table)
        if old.empty or new.empty:
            continue
        both = old.merge(new, on=list(keys), suffixes=("", " after"))
        for column in old.columns:
            if column in keys or f"{column} after" not in both:
                continue
            was, is_now = both[column], both[f"{column} after"]
            differ = ((was != is_now) & ~(was.isna() & is_now.isna())).to_numpy(dtype=bool, na_value=True)
            if differ.any():
                yield table, column, both.loc[differ, list(keys)].assign(before=was[differ], after=is_now[differ])


def _value(values: pd.Series) -> object:
    """The one value of several rows, or the mean of several numbers; None where there is none."""
    if len(values.drop_duplicates()) == 1:
        return None if pd.isna(values.iloc[0]) else values.iloc[0]
    return float(values.mean()) if pd.api.types.is_numeric_dtype(values) else None
