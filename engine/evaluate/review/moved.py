"""What has moved for each product since a plan was made: costs, times, parts, hours and settings, by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from engine.demand.fitting.complete import blank_cells
from engine.errors import EngineError
from engine.scenario.columns import FITTED
from engine.scenario.rules import changes, differences
from engine.scenario.scenario import Scenario
from engine.words.reason import cause, named

# Columns that no decision follows from; what is in use today is the plan's.
_SAY_NOTHING = ("name", "stock_on_hand", "current_strategy", "lock_reason", "lock_owner", "lock_until")
_NAMED = 3


def moved_inputs(
    before: Scenario, after: Scenario, fitted: Mapping[str, frozenset[str]] | None = None
) -> dict[str, list[str]]:
    """Names of the inputs that are others than before, by product; a column of products by its name alone.

    Parameters
    ----------
    before, after : Scenario
        Of the same products, their demand columns filled in.
    fitted : mapping of str to frozenset of str, optional
        As of `fitted_in_both`: what is not named.

    Raises
    ------
    EngineError
        Where one of them has products that the other lacks.
    """
    _refuse_others(before, after)
    inputs: dict[str, list[str]] = {str(name): [] for name in before.products["product"]}
    for name, products in _moved(before, after):
        for product in products:
            if product in (fitted or {}).get(name, ()):
                continue
            if name not in inputs.get(product, [name]):
                inputs[product].append(name)
    return {product: names for product, names in inputs.items() if names}


def fitted_in_both(before: Scenario, after: Scenario) -> dict[str, frozenset[str]]:
    """The products whose demand column was left to the order lines both times.

    A longer book gives every product another estimate; whether its demand is another one is what order lines since are
    asked, at a rate of false alarms.

    Parameters
    ----------
    before, after : Scenario
        As given, their demand columns not filled in.
    """
    blank = {column: _blank(before, column) & _blank(after, column) for column in FITTED}
    if before.seasons.empty and after.seasons.empty:
        # Seasons then come from the fit, too.
        blank["seasons.factor"] = frozenset(before.products["product"].astype(str))
    return blank


def _blank(scenario: Scenario, column: str) -> frozenset[str]:
    goods = scenario.products
    return frozenset(goods.loc[blank_cells(goods[column]), "product"].astype(str))


def _refuse_others(before: Scenario, after: Scenario) -> None:
    was, now = (set(one.products["product"].astype(str)) for one in (before, after))
    for names, kind in ((now - was, "review_new"), (was - now, "review_gone")):
        if names:
            raise EngineError(cause(kind, names=named(sorted(names), _NAMED)))


def _moved(before: Scenario, after: Scenario) -> Iterator[tuple[str, Iterable[str]]]:
    every = before.products["product"].astype(str).tolist()
    yield from ((one.target, every) for one in changes(before, after) if not one.rows)
    for table, column, rows in differences(before, after):
        if column not in _SAY_NOTHING:
            yield column if table == "products" else f"{table}.{column}", _products(after, table, rows)
    for table in ("bom", "routing"):
        keys = ["product", "component"] if table == "bom" else ["product", "resource", "stage"]
        lines = [one.table(table)[keys] for one in (before, after)]
        alone = pd.concat(lines).drop_duplicates(keep=False)
        yield table, alone["product"].astype(str).unique()


def _products(scenario: Scenario, table: str, rows: pd.DataFrame) -> Iterable[str]:
    """The products that rows of a table concern."""
    if table in ("components", "resources"):
        key, lines = ("component", scenario.bom) if table == "components" else ("resource", scenario.routing)
        return [str(name) for name in lines.loc[lines[key].isin(rows[key]), "product"].unique()]
    if table == "seasons":
        goods = scenario.products
        mine = goods["product"].isin(rows["product"]) | goods["family"].isin(set(rows["family"]) - {""})
        return [str(name) for name in goods.loc[mine, "product"]]
    return [str(name) for name in rows["product"].unique()]
