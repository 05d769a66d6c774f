"""The plan: what the engine returns, as tables in the columns of the file interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.decision.tables.attribution import Attribution
from engine.decision.tables.books import BOOKS
from engine.decision.tables.order_points import CUTOFFS, cutoffs, ex_stock_days, order_points
from engine.decision.tables.pooling import pooling_savings
from engine.decision.tables.reasons import reasons, settled_beforehand
from engine.decision.tables.stock_calendar import no_calendar
from engine.decision.tables.whole_orders import on_time_in_full
from engine.demand.streams import Array
from engine.economics.instance import ATO, MTO, MTS, TERMS, Booleans, Instance, Integers
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse, hours_needed

if TYPE_CHECKING:
    from altair import Chart

    from engine.search.alternatives import Moves

# Strategies whose `cost_if` is a lower bound, as `allowed` names several.
AT_LEAST = "cost_if_at_least"
DECISIONS = (
    "product", "strategy", "current_strategy", "base_stock", "reorder_point", "order_up_to", "lot_size",
    "safety_stock", *CUTOFFS, "expected_cost_per_year", "cost_if_MTS", "cost_if_ATO", "cost_if_MTO",
    AT_LEAST, "next_best", "regret_per_year", "on_time", "otif", "lead_time_days", "ex_stock_days",
    "inventory_value", *BOOKS, "obsolescence_per_year", "co2_kg_per_year", "reason",
)  # fmt: skip


# Of each segment, where customers of a product wait differently.
SEGMENTS = ("product", "segment", "share", "lead_time_target_days", "on_time", "lead_time_days")


def no_segments() -> pd.DataFrame:
    """A table of segments without rows."""
    text = {"product", "segment"}
    return pd.DataFrame({name: pd.Series([], dtype=object if name in text else float) for name in SEGMENTS})


def at_least_of(row: Mapping[Any, Any] | pd.Series) -> list[str]:
    """The strategies of a decision whose cost is a lower bound; none in plans that tell no such thing."""
    given = str(row.get(AT_LEAST) or "").split("|")
    return [k for k in STRATEGIES if k in given]


def told_at_least(decisions: pd.DataFrame) -> pd.DataFrame:
    """The same of a table: whether the amount is a lower bound, by the columns of the amounts; rows as given."""
    given = decisions[AT_LEAST] if AT_LEAST in decisions else pd.Series("", index=decisions.index, dtype=object)
    # No strategy's name is part of another's.
    named = {k: given.fillna("").astype(str).str.contains(k, regex=False) for k in STRATEGIES}
    rival = [named[k] & (decisions["next_best"] == k) for k in STRATEGIES]
    told = {f"cost_if_{k}": named[k] for k in STRATEGIES} | {"regret_per_year": rival[0] | rival[1] | rival[2]}
    return pd.DataFrame(told, index=decisions.index, dtype=bool)


def leaves_today(decisions: pd.DataFrame) -> pd.Series:
    """Which products of a table of decisions leave today's strategy."""
    return (decisions["current_strategy"] != "") & (decisions["current_strategy"] != decisions["strategy"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A decided scenario.

    Parameters
    ----------
    decisions : pandas.DataFrame
        One row per product, columns as in ``decisions.csv``.
    components : pandas.DataFrame
        component, base_stock, reorder_point, order_up_to, lot_size, safety_stock, inventory_value, those of `BOOKS`,
        products_served, pooling_saving_per_year.
    ledger : pandas.DataFrame
        product, term, cost_per_year; the terms add up to the objective.
    resources : pandas.DataFrame
        resource, mean_utilisation, p95_utilisation, overtime_cost_per_year, outsourcing_cost_per_year.
    stock_calendar : pandas.DataFrame
        item, kind (product or component), period (week 1 to 52), reorder_point, order_up_to of the stocks that follow
        a season; no rows where none does.
    segments : pandas.DataFrame
        Share, target, on-time share and mean lead time of each segment (`SEGMENTS`), once readers' figures are
        there; no rows where nobody waits differently.
    summary : dict
        status, objective_per_year, program_per_year, bound_per_year, gap, allocation_gap, certified_by, counts,
        samples, seed, seconds, versions, input_sha256, and
        not_compared: products whose other strategies there was no time to cost, or that nobody asked for (`brief`).
    """

    decisions: pd.DataFrame
    components: pd.DataFrame
    ledger: pd.DataFrame
    resources: pd.DataFrame
    summary: dict[str, Any]
    stock_calendar: pd.DataFrame = field(default_factory=no_calendar)
    segments: pd.DataFrame = field(default_factory=no_segments)

    @property
    def objective_per_year(self) -> float:
        """Expected cost per year (with the risk term where risk counts)."""
        return float(self.summary["objective_per_year"])

    @property
    def bound_per_year(self) -> float:
        """Proven lower bound on the optimal objective."""
        return float(self.summary["bound_per_year"])

    @property
    def gap(self) -> float:
        """What the search leaves open: the program's best plan less the bound, as a share of the objective."""
        return float(self.summary["gap"])

    @property
    def allocation_gap(self) -> float:
        """What serving orders in turn costs above the program's best plan, which has hindsight, as such a share."""
        return float(self.summary.get("allocation_gap", 0.0))

    @property
    def whole_gap(self) -> float:
        """Both together: no plan can cost less by more than this share of the objective."""
        return self.gap + self.allocation_gap

    def plot(self, scenario: Scenario | None = None, *, language: str = "en") -> Chart:
        """A chart for notebooks: cost by term and strategy, or with its scenario the map of its products.

        Parameters
        ----------
        scenario : Scenario, optional
        language : str
            ``en`` or ``zh``.
        """
        # Drawing is a room above this one, entered only where somebody asks for a picture.
        plots = import_module("engine.report.charts.plots")
        chart: Chart = (
            plots.cost_chart(self, language=language)
            if scenario is None
            else plots.map_chart(self, scenario, language=language)
        )
        return chart


def decision_table(
    instance: Instance,
    recourse: Recourse,
    attribution: Attribution,
    moves: Moves,
    products: pd.DataFrame,
) -> pd.DataFrame:
    """One row per product, without the columns of `BOOKS`.

    Parameters
    ----------
    moves : Moves
        After the product alone moves; NaN where there was no time to tell.
    products : pandas.DataFrame
        The scenario's, in the order of the instance.
    """
    count, strategy = len(instance.products), recourse.strategy
    # No zero below zero.
    rows, level = np.arange(count), recourse.level + 0.0
    cost = attribution.cost
    cost_if = cost[:, None] + (moves.objective - recourse.objective)
    cost_if[rows, strategy] = cost
    next_best, regret = rivals(cost_if, strategy)
    lateness = attribution.backlog / instance.rate
    target, delivery, assembly = (
        products[name].to_numpy(dtype=float) for name in ("lead_time_target_days", "delivery_days", "assembly_days")
    )
    stock, large = instance.stock, instance.large
    # Customers of large orders accept another wait.
    target = target + large.beside(strategy == MTS) * (large.target_days - target)
    table = pd.DataFrame(
        {
            "product": instance.products,
            "strategy": [STRATEGIES[k] for k in strategy],
            "current_strategy": ["" if k < 0 else STRATEGIES[k] for k in instance.current],
            "base_stock": level,
            **order_points(level, stock.batch, stock.protected, strategy == MTS),
            **cutoffs(instance.large, strategy == MTS),
            "expected_cost_per_year": cost,
            "cost_if_MTS": _finite(cost_if[:, MTS]),
            "cost_if_ATO": _finite(cost_if[:, ATO]),
            "cost_if_MTO": _finite(cost_if[:, MTO]),
            AT_LEAST: ["|".join(np.array(STRATEGIES)[bound]) for bound in moves.at_least],
            "next_best": next_best,
            "regret_per_year": regret,
            "on_time": np.clip(1.0 - attribution.late_per_day / instance.rate, 0.0, 1.0),
            "otif": on_time_in_full(instance, recourse),
            "lead_time_days": target + lateness,
            "ex_stock_days": ex_stock_days(strategy, delivery, assembly),
            "inventory_value": attribution.inventory_value,
            "obsolescence_per_year": attribution.ledger[:, TERMS.index("obsolescence")],
            "co2_kg_per_year": instance.co2 * instance.rate * 365.0 + attribution.scrap_co2,
        }
    )
    unknown = not_compared(instance, moves.objective)
    table["reason"] = reasons(
        instance, recourse.strategy, attribution.ledger, cost_if, unknown=unknown, at_least=moves.at_least,
        settled=settled_beforehand(products),
    )  # fmt: skip
    return table[[name for name in DECISIONS if name not in BOOKS]]


def rivals(cost_if: Array, strategy: Integers) -> tuple[list[str], Array]:
    """The cheapest other strategy of each product, '' where there is none, and what it costs more, shape (I,).

    Parameters
    ----------
    cost_if : shape (I, 3)
        Money per year, exact or at least; NaN or infinite where a strategy is not possible or not known.
    strategy : shape (I,)
        Chosen.
    """
    rows = np.arange(len(strategy))
    others = np.where(np.isfinite(cost_if), cost_if, np.inf)
    others[rows, strategy] = np.inf
    cheapest = np.argmin(others, axis=1)
    more = others[rows, cheapest] - cost_if[rows, strategy]
    has_other = np.isfinite(more)
    names = [STRATEGIES[k] if ok else "" for k, ok in zip(cheapest, has_other, strict=True)]
    return names, np.where(has_other, more, np.nan)


def not_compared(instance: Instance, move_objectives: Array) -> Booleans:
    """Products with a strategy that they may have and whose cost is not known, shape (I,).

    Parameters
    ----------
    instance : Instance
    move_objectives : shape (I, 3)
        NaN where a move was not evaluated.
    """
    return np.asarray((instance.allowed & np.isnan(move_objectives)).any(axis=1))


def component_table(instance: Instance, recourse: Recourse, attribution: Attribution) -> pd.DataFrame:
    """One row per component; components that no chosen product stocks have base stock zero."""
    edges = instance.edges
    used = recourse.strategy[edges.product] == ATO
    count = len(instance.components)
    served = np.bincount(edges.component[used], minlength=count)
    protected = np.bincount(edges.component[used], weights=edges.protected[used], minlength=count).astype(float)
    return pd.DataFrame(
        {
            "component": instance.components,
            "base_stock": np.where(served > 0, recourse.base, 0.0),
            **order_points(recourse.base, instance.parts.batch, protected, served > 0),
            "inventory_value": instance.parts.unit_cost * attribution.part_on_hand,
            "products_served": served.astype(np.int64),
            "pooling_saving_per_year": pooling_savings(instance, recourse),
        }
    )


def ledger_table(instance: Instance, attribution: Attribution) -> pd.DataFrame:
    """Every term of every product that is not zero; their sum is the objective."""
    product, term = np.nonzero(attribution.ledger)
    return pd.DataFrame(
        {
            "product": [instance.products[i] for i in product],
            "term": [TERMS[t] for t in term],
            "cost_per_year": attribution.ledger[product, term],
        }
    )


def resource_table(instance: Instance, recourse: Recourse) -> pd.DataFrame:
    """Utilisation of regular hours over the samples, and what exceeds them."""
    columns = [
        "resource",
        "mean_utilisation",
        "p95_utilisation",
        "overtime_cost_per_year",
        "outsourcing_cost_per_year",
    ]
    capacity = instance.capacity
    if capacity is None:
        return pd.DataFrame({name: pd.Series(dtype=object if name == "resource" else float) for name in columns})
    needed = hours_needed(instance, recourse.strategy)
    use = needed / np.maximum(capacity.hours[:, None], 1e-12)
    over, outside = instance.hour_prices
    values = (
        list(capacity.names),
        use.mean(axis=1),
        np.quantile(use, 0.95, axis=1),
        over * recourse.overtime.mean(axis=1) * capacity.buckets_per_year,
        outside * recourse.outsourced.mean(axis=1) * capacity.buckets_per_year,
    )
    return pd.DataFrame(dict(zip(columns, values, strict=True)))


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)
