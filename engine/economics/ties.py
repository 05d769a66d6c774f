"""What ties the strategies of products together, whatever parts and hours they share: families, and limits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.demand.streams import Array
from engine.economics.axes import Booleans, Integers, along
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.scenario.settings import GROUPED_BY, StrategyLimit
from engine.words.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Least and most products of a strategy (C11); L limits, one for each family or plant where a limit holds per such.

    Parameters
    ----------
    name : tuple of str
        Of the limit, as in the settings.
    by, of : tuple of str
        ``family`` or ``plant``, and which of them is counted; empty where all products are.
    strategy : shape (L,)
    counted : shape (L, I)
    least, most : shape (L,)
        Zero and infinite where nothing is said.
    """

    name: tuple[str, ...] = along("limit")
    by: tuple[str, ...] = along("limit")
    of: tuple[str, ...] = along("limit")
    strategy: Integers = along("limit")
    counted: Booleans = along("limit", "product")
    least: Array = along("limit")
    most: Array = along("limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Rules over the strategies of several products.

    Parameters
    ----------
    family : shape (I,)
        Number of the family whose products share one strategy (C10); -1 where a product is free of them.
    narrowed : shape (I, 3)
        Strategies that a product may have by itself and its family may not.
    limits : Limits
    """

    family: Integers = along("product")
    narrowed: Booleans = along("product")
    limits: Limits

    @property
    def tied(self) -> Booleans:
        """Products whose strategy a rule ties to that of others, shape (I,)."""
        return np.asarray((self.family >= 0) | self.limits.counted.any(axis=0))

    @property
    def first(self) -> Integers:
        """First product of each product's family, a product that is free itself; shape (I,)."""
        first = np.arange(len(self.family))
        numbers, place = np.unique(self.family, return_index=True)
        tied = self.family >= 0
        first[tied] = place[np.searchsorted(numbers, self.family[tied])]
        return first

    @property
    def labels(self) -> list[Integers]:
        """Products that one rule ties together, for each rule and what it is stated for."""
        counted = [np.flatnonzero(row) for row in self.limits.counted]
        return [*self.families, *[members for members in counted if members.size]]

    @property
    def families(self) -> list[Integers]:
        """Products of each family that shares one strategy."""
        return [np.flatnonzero(self.family == number) for number in np.unique(self.family[self.family >= 0])]

    def without(self) -> Ties:
        """No ties: what each product may be by itself stays as it is."""
        return no_ties(len(self.family))


def no_ties(products: int) -> Ties:
    """Products whose strategies are free of each other."""
    return Ties(
        family=np.full(products, -1, dtype=np.int64), narrowed=np.zeros((products, 3), dtype=bool),
        limits=_limits([], np.zeros((0, products), dtype=bool)),
    )  # fmt: skip


def _limits(stated: list[tuple[str, str, str, StrategyLimit]], counted: Booleans) -> Limits:
    """Limits by name, column, value and what is said, and the products that each counts, shape (L, I)."""
    given = [limit for *_, limit in stated]
    return Limits(
        name=tuple(name for name, *_ in stated), by=tuple(by for _, by, *_ in stated),
        of=tuple(of for _, _, of, _ in stated),
        strategy=np.array([STRATEGIES.index(limit.strategy) for limit in given], dtype=np.int64), counted=counted,
        least=np.array([limit.at_least or 0 for limit in given], dtype=np.float64),
        most=np.array([np.inf if limit.at_most is None else limit.at_most for limit in given], dtype=np.float64),
    )  # fmt: skip


def ties(scenario: Scenario, allowed: Booleans, dropped: dict[tuple[int, int], Reason]) -> Ties:
    """The ties of a scenario; what a family rules out is taken from `allowed` and told in `dropped`, in place.

    Parameters
    ----------
    scenario : Scenario
    allowed : shape (I, 3)
        Strategies that each product may have by itself.
    dropped : dict of (int, int) to Reason

    Returns
    -------
    Ties
    """
    rules = replace(no_ties(len(allowed)), limits=_stated_limits(scenario))
    if scenario.settings.one_strategy_per == "family":
        names = scenario.products["family"].astype(str).to_numpy()
        for number, name in enumerate(sorted(set(names.tolist()) - {""})):
            _one_strategy(name, number, np.flatnonzero(names == name), rules, scenario, allowed, dropped)
    return rules


def _stated_limits(scenario: Scenario) -> Limits:
    """The limits of the settings, those per family or plant one for each."""
    products, limits = scenario.products, scenario.settings.limits
    columns: dict[str, npt.NDArray[np.object_]] = {
        name: products[name].astype(str).to_numpy() for name in (GROUPED_BY if limits else ())
    }
    stated: list[tuple[str, str, str, StrategyLimit]] = []
    for name, limit in limits.items():
        by: str = limit.per or next((one for one in GROUPED_BY if getattr(limit, one) is not None), "")
        each = sorted(set(columns[by].tolist()) - {""}) if limit.per else [getattr(limit, by) if by else ""]
        stated += [(name, by, of, limit) for of in each]
    counted = [columns[by] == of if by else np.ones(len(products), dtype=bool) for _, by, of, _ in stated]
    return _limits(stated, np.array(counted, dtype=bool).reshape(len(stated), len(products)))


def _one_strategy(  # noqa: PLR0917 (what is changed in place)
    name: str, number: int, members: Integers, rules: Ties, scenario: Scenario, allowed: Booleans,
    dropped: dict[tuple[int, int], Reason],
) -> None:  # fmt: skip
    """Tie the products of one family, those that have no strategy by themselves aside."""
    members = members[allowed[members].any(axis=1)]
    if len(members) < 2:
        return
    rules.family[members] = number
    common = allowed[members].all(axis=0)
    rules.narrowed[members] = allowed[members] & ~common
    for k in np.flatnonzero(~common).tolist():
        other = scenario.products["product"].iloc[int(members[~allowed[members, k]][0])]
        for i in members[allowed[members, k]].tolist():
            values = {"family": name, "strategy": STRATEGIES[k], "other": str(other)}
            dropped[i, k] = Reason(kind="family", values=values)
            allowed[i, k] = False
