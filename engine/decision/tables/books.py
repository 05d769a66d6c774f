"""What lies in stock today beside what the plan holds: capital released, days to run down, what is stranded."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from engine.demand.streams import Array
from engine.scenario.derived import derive
from engine.scenario.no_demand import no_demand_rows
from engine.scenario.scenario import Scenario
from engine.scenario.usage import parts_per_unit

BOOKS = ("stock_on_hand", "capital_released", "run_down_days", "stranded_value")
# Of what runs down, so much by value is gone within the days that are told of all stock together: one slow item in a
# thousand would say nothing of the others.
_GONE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Stock on hand today against the plan's, over the products and components whose stock is given.

    Parameters
    ----------
    products, products_given, components, components_given : int
        How many there are, and of how many the stock is given.
    book_value, planned_value : float
        On hand today, and on average under the plan.
    capital_released : float
        The difference; below zero where the plan needs more than is there.
    surplus_value : float
        What is there beyond the plan, without what is missing elsewhere.
    stranded_value : float
        Of the surplus, what the plan has no use for.
    run_down_days : float or None
        Within which demand takes 90% of the rest, by value; None where there is none.
    no_demand_value : float
        Of products without demand, which are in none of the figures above.
    """

    products: int
    products_given: int
    components: int
    components_given: int
    book_value: float
    planned_value: float
    capital_released: float
    surplus_value: float
    stranded_value: float
    run_down_days: float | None
    no_demand_value: float


def with_books(
    scenario: Scenario, decisions: pd.DataFrame, components: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float | None] | None]:
    """The tables of a plan with the columns of `BOOKS` after the inventory value, and the figures of all stock.

    Parameters
    ----------
    scenario : Scenario
    decisions, components : pandas.DataFrame
        As of `Plan`, in the order of the scenario.

    Returns
    -------
    decisions, components : pandas.DataFrame
    books : dict or None
        As of `Books`; None where no stock on hand is given.
    """
    goods, parts = scenario.products, scenario.components
    if not any(table["stock_on_hand"].notna().any() for table in (goods, parts)):
        # Previews are many, and most cases give none.
        return _blank(decisions), _blank(components), None
    finished, bought = (_columns(items) for items in stock_items(scenario, decisions, components))
    tables = (_inserted(decisions, finished), _inserted(components, bought))
    return *tables, _together(scenario, finished, bought)


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """Stocked items of one kind; all of shape (n,).

    Parameters
    ----------
    on_hand : units, NaN where it is not given
    unit_cost : money
    rate : units a day
    planned_value : the plan's stock on average, money
    useful : units that the plan has a use for, whatever is there
    """

    on_hand: Array
    unit_cost: Array
    rate: Array
    planned_value: Array
    useful: Array

    @property
    def planned(self) -> Array:
        """The plan's stock on average, units."""
        value, cost = self.planned_value, self.unit_cost
        return np.divide(value, cost, out=np.zeros_like(cost), where=cost > 0.0)


def stock_items(scenario: Scenario, decisions: pd.DataFrame, components: pd.DataFrame) -> tuple[Items, Items]:
    """What lies in stock today and what a plan holds and has a use for: finished goods, and parts.

    Parameters
    ----------
    scenario : Scenario
    decisions, components : pandas.DataFrame
        As of `Plan`, in the order of the scenario.
    """
    goods, parts = scenario.products, scenario.components
    kept = (decisions["strategy"] == "MTS").to_numpy()
    rate, use = goods["demand_per_week"].to_numpy(dtype=float) / 7.0, _use_per_day(scenario)
    # What a product's customers take until the first one is served in the new way finds its buyers.
    sold = rate * np.where(decisions["strategy"] == "MTO", derive(scenario).make_days, _assembled_days(scenario))
    finished = Items(
        on_hand=goods["stock_on_hand"].to_numpy(dtype=float), unit_cost=goods["unit_cost"].to_numpy(dtype=float),
        rate=rate, planned_value=np.where(kept, decisions["inventory_value"], 0.0),
        useful=np.where(kept, np.inf, sold),
    )  # fmt: skip
    bought = Items(
        on_hand=parts["stock_on_hand"].to_numpy(dtype=float), unit_cost=parts["unit_cost"].to_numpy(dtype=float),
        rate=use, planned_value=components["inventory_value"].to_numpy(dtype=float),
        useful=np.where(use > 0.0, np.inf, 0.0),
    )  # fmt: skip
    return finished, bought


def _use_per_day(scenario: Scenario) -> Array:
    """Parts a day that all products take together, whatever their strategy: all are made of them; shape (C,)."""
    lines = scenario.bom
    daily = lines["product"].map(scenario.products.set_index("product")["demand_per_week"]) / 7.0
    used = (parts_per_unit(scenario) * daily).groupby(lines["component"]).sum()
    return _array(scenario.components["component"].map(used).fillna(0.0))


def _assembled_days(scenario: Scenario) -> Array:
    """Days until a product can be assembled from parts that are ordered now: the longest and assembly; shape (I,)."""
    lines, goods = scenario.bom, scenario.products
    lead = lines["component"].map(scenario.components.set_index("component")["lead_time_days"])
    longest = goods["product"].map(lead.groupby(lines["product"]).max()).fillna(0.0)
    return _array(longest) + _array(goods["assembly_days"])


def _array(values: pd.Series) -> Array:
    return np.asarray(values, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """The columns of `BOOKS`, NaN where no stock is given, and what they are made of; all of shape (n,)."""

    on_hand: Array
    released: Array
    days: Array
    stranded: Array
    book_value: Array
    surplus_value: Array


def _columns(items: Items) -> _Columns:
    """Of items of one kind."""
    on_hand, unit_cost, rate = items.on_hand, items.unit_cost, items.rate
    book_value = unit_cost * on_hand
    planned = items.planned
    surplus = np.maximum(on_hand - planned, 0.0)
    stranded = np.minimum(surplus, np.maximum(on_hand - items.useful, 0.0))
    # Nobody takes what has no demand: it has no days, all of it is stranded.
    days = np.divide(surplus, rate, out=np.full_like(rate, np.nan), where=rate > 0.0)
    return _Columns(
        on_hand=on_hand, released=book_value - items.planned_value, days=days, stranded=unit_cost * stranded,
        book_value=book_value, surplus_value=unit_cost * surplus,
    )  # fmt: skip


def _inserted(table: pd.DataFrame, inserted: _Columns) -> pd.DataFrame:
    columns = (inserted.on_hand, inserted.released, inserted.days, inserted.stranded)
    return _ordered(table.assign(**dict(zip(BOOKS, columns, strict=True))))


def _blank(table: pd.DataFrame) -> pd.DataFrame:
    return _ordered(table.assign(**dict.fromkeys(BOOKS, np.nan)))


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    """The columns of `BOOKS` after the inventory value."""
    others = [name for name in table.columns if name not in BOOKS]
    at = others.index("inventory_value") + 1
    return table[[*others[:at], *BOOKS, *others[at:]]]


def _together(scenario: Scenario, finished: _Columns, bought: _Columns) -> dict[str, float | None]:
    given = [np.isfinite(kind.on_hand) for kind in (finished, bought)]
    idle = [row["inventory_value"] for row in no_demand_rows(scenario)]

    def known(name: str) -> Array:
        """Of all items whose stock is given."""
        return np.concatenate([getattr(kind, name)[told] for kind, told in zip((finished, bought), given, strict=True)])

    book, released, surplus, stranded = (
        float(known(name).sum()) for name in ("book_value", "released", "surplus_value", "stranded")
    )
    return asdict(
        Books(
            products=len(given[0]), products_given=int(given[0].sum()),
            components=len(given[1]), components_given=int(given[1].sum()),
            book_value=book, planned_value=book - released, capital_released=released, surplus_value=surplus,
            stranded_value=stranded,
            run_down_days=gone_within(known("surplus_value") - known("stranded"), known("days")),
            no_demand_value=float(sum(float(str(value)) for value in idle if value is not None)),
        )
    )  # fmt: skip


def gone_within(value: Array, days: Array, share: float = _GONE) -> float | None:
    """Days within which so large a share of several surpluses is used up, each at an even pace; None for no surplus.

    sum_j value_j min(t / days_j, 1) = share sum_j value_j, solved for t between the days at which it bends.

    Parameters
    ----------
    value : shape (n,)
        Money.
    days : shape (n,)
        Until each is gone.
    share : float

    Examples
    --------
    >>> gone_within(np.array([50.0, 50.0]), np.array([10.0, 100.0]))
    80.0
    """
    counted = (value > 0.0) & (days > 0.0)
    if not counted.any():
        return None
    order = np.argsort(days[counted], kind="stable")
    until, worth = days[counted][order], value[counted][order]
    # At the k-th of these days the first k are gone, the others as far as their pace allows.
    gone = np.cumsum(worth) + until * (np.sum(worth / until) - np.cumsum(worth / until))
    return float(np.interp(share * worth.sum(), np.append(0.0, gone), np.append(0.0, until)))
