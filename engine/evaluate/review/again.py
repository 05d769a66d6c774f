"""The plan decided again at the levels since: whom it switches, what that saves, what the plan has cost meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.decision.settling.promise import with_stocks
from engine.decision.tables.attribution import attribute
from engine.decision.whatif import best_stocks
from engine.demand.streams import Array
from engine.economics.axes import Integers
from engine.economics.build import build_instance
from engine.evaluate.studies.redecide import redecide_instance
from engine.scenario.columns import STRATEGIES, strategy_numbers
from engine.scenario.scenario import Scenario
from engine.search.groups import groups

# Of demand that has ended so much is left, as a share: nothing sold any more is hardly anything.
_HARDLY = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """What a plan has set.

    Parameters
    ----------
    strategy : shape (I,)
    level : shape (I,)
        Base stock of finished goods, NaN where there is none.
    base : dict of str to float
        Base stock of components; those not named are not stocked.
    """

    strategy: Integers
    level: Array
    base: Mapping[str, float]

    def part(self, which: npt.NDArray[np.bool_]) -> InUse:
        """Of some products alone."""
        return InUse(strategy=self.strategy[which], level=self.level[which], base=self.base)


def in_use(products: pd.Series, decisions: pd.DataFrame, components: pd.DataFrame) -> InUse:
    """What the tables of a plan have set.

    Parameters
    ----------
    products : Series of str
        In this order; all of them decided.
    decisions, components : pandas.DataFrame
        With the base stocks of a plan, in any order.
    """
    of = decisions.set_index("product").loc[products]
    return InUse(
        strategy=strategy_numbers(of["strategy"]), level=of["base_stock"].to_numpy(dtype=float),
        base=dict(zip(components["component"].tolist(), components["base_stock"].tolist(), strict=True)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A plan decided again.

    Parameters
    ----------
    strategy : shape (I,)
        Of products that share nothing with one that was told, the plan's.
    saving : float or None
        Money a year against the strategies as they are, both with their best stocks; None where those keep no rule.
    over : shape (I,)
        Cost a year of each product with the plan's strategies and its stocks as they are, above that of the plan
        decided again; NaN where it is not known. What products share is charged as in the ledger, so that one of them
        may be below zero.
    """

    strategy: Integers
    saving: float | None
    over: Array


def decide_again(
    scenario: Scenario, used: InUse, level: Array, told: npt.NDArray[np.bool_], *, gap: float, samples: int, seed: int,
    settle: bool = True,
) -> Again | None:  # fmt: skip
    """Decide what was told of, with all that it shares parts, hours or a rule with; None where no plan keeps the rules.

    Parameters
    ----------
    scenario : Scenario
    used : InUse
        A switch away from its strategies costs `change_cost`.
    level : shape (I,)
        Units a week.
    told : shape (I,)
        Products whose level is another one than the plan's.
    gap : float
        Relative gap to prove.
    samples, seed : int
    settle : bool
        As of `redecide`.
    """
    planned = scenario.products["demand_per_week"].to_numpy(dtype=float)
    products = scenario.products.assign(
        demand_per_week=np.maximum(level, _HARDLY * planned),
        current_strategy=[STRATEGIES[k] for k in used.strategy.tolist()],
    )
    whole = build_instance(replace(scenario, products=products), samples=samples, seed=seed)
    touched = [members for members in groups(whole, whole.allowed) if told[members].any()]
    members = np.sort(np.concatenate(touched)) if touched else np.zeros(0, dtype=np.int64)
    instance = whole if len(members) == len(level) else whole.restricted(products=members)
    before, over = used.strategy[members], np.zeros(len(level))
    redecided = redecide_instance(instance, gap=gap, start=before, settle=settle)
    if redecided is None:
        return None
    strategy = used.strategy.copy()
    strategy[members] = redecided.recourse.strategy
    staying = best_stocks(instance, before)
    if staying is None:
        over[members] = np.nan
        return Again(strategy=strategy, saving=None, over=over)
    base = np.array([used.base.get(name, 0.0) for name in instance.components], dtype=np.float64)
    kept = with_stocks(instance, staying, used.level[members], base)
    over[members] = attribute(instance, kept).cost - attribute(instance, redecided.recourse).cost
    return Again(strategy=strategy, saving=max(0.0, staying.objective - redecided.objective), over=over)
