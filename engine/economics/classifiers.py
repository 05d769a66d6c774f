"""Rules of thumb that planners use instead of a model: ABC-XYZ, and P:D against relative demand volatility.

They look at one product at a time and at no cost of stock, lateness or capacity. Here they are what a decision is
compared with, never a part of it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.demand.streams import Array
from engine.economics.instance import ATO, MTO, MTS, Integers
from engine.scenario.columns import STRATEGIES
from engine.scenario.settings import RulesInUse

# Cumulated shares of the yearly value at which A and B end, and weekly CVs at which X and Y end.
ABC_SHARES = (0.8, 0.95)
XYZ_CVS = (0.5, 1.0)
RDV_LIMIT = 0.5
_ABC, _XYZ = ("A", "B", "C"), ("X", "Y", "Z")
Letters = npt.NDArray[np.str_]


def abc_classes(value_per_year: Array, *, shares: tuple[float, float] = ABC_SHARES) -> Letters:
    """A, B or C by yearly value, largest first (Dickie 1951).

    A product is in A where the products ahead of it make up less than the first share of the whole, so that the
    largest always is.

    Parameters
    ----------
    value_per_year : shape (products,)
        Units a year times unit cost.
    shares : tuple of float
        Cumulated shares at which A and B end.

    Examples
    --------
    >>> abc_classes(np.array([5.0, 80.0, 15.0])).tolist()
    ['C', 'A', 'B']
    """
    order = np.argsort(-value_per_year, kind="stable")
    total = max(float(value_per_year.sum()), 1e-300)
    ahead = np.empty(len(order))
    ahead[order] = (np.cumsum(value_per_year[order]) - value_per_year[order]) / total
    return np.asarray(np.array(_ABC)[np.searchsorted(np.array(shares), ahead + 1e-12, side="right")])


def xyz_classes(cv: Array, *, limits: tuple[float, float] = XYZ_CVS) -> Letters:
    """X, Y or Z by the CV of weekly demand: X up to the first limit, Y up to the second.

    Examples
    --------
    >>> xyz_classes(np.array([0.5, 0.7, 1.4])).tolist()
    ['X', 'Y', 'Z']
    """
    return np.asarray(np.array(_XYZ)[np.searchsorted(np.array(limits), cv, side="left")])


def strategy_table(rules: RulesInUse) -> Integers:
    """The table of a rule: rows A, B, C; columns X, Y, Z.

    Examples
    --------
    >>> [[STRATEGIES[k] for k in row] for row in strategy_table(RulesInUse())]
    [['MTS', 'ATO', 'ATO'], ['MTS', 'ATO', 'MTO'], ['MTS', 'MTS', 'MTO']]
    """
    return np.array(
        [[STRATEGIES.index(getattr(getattr(rules, row), column)) for column in _XYZ] for row in _ABC], dtype=np.int64
    )


def abc_xyz(value_per_year: Array, cv: Array, rules: RulesInUse | None = None) -> Integers:
    """Strategies by class.

    The classes are standard; that each stands for a strategy is how they are used. Without a table of the client's own
    it is that of `RulesInUse`.

    Parameters
    ----------
    value_per_year, cv : shape (products,)
    rules : RulesInUse, optional

    Returns
    -------
    numpy.ndarray, shape (products,)

    Examples
    --------
    >>> abc_xyz(np.array([80.0, 15.0, 5.0]), np.array([0.7, 2.0, 0.7])).tolist() == [ATO, MTO, MTS]
    True
    """
    row = np.searchsorted(np.array(_ABC), abc_classes(value_per_year))
    column = np.searchsorted(np.array(_XYZ), xyz_classes(cv))
    return np.asarray(strategy_table(rules or RulesInUse())[row, column])


def pd_rdv(production_days: Array, delivery_days: Array, rdv: Array, *, limit: float = RDV_LIMIT) -> Integers:
    """Strategies by P:D ratio and relative demand volatility (Olhager 2003, figure 5).

    Where the customer waits long enough (P <= D), make to order. Where not, stock if demand is steady, assemble if it
    is volatile. For steady demand with P <= D Olhager leaves stock open where set-ups are dear; here it is make to
    order.

    Parameters
    ----------
    production_days : shape (products,)
        P, time to make a unit from nothing.
    delivery_days : shape (products,)
        D, time the customer leaves for it.
    rdv : shape (products,)
        Relative demand volatility, standard deviation over mean, here of weekly demand.
    limit : float
        Volatility above it is high. Olhager names no number; 0.5 is where X ends.

    Returns
    -------
    numpy.ndarray, shape (products,)

    Examples
    --------
    >>> pd_rdv(np.array([20.0, 20.0, 5.0]), np.full(3, 10.0), np.array([0.2, 1.0, 1.0])).tolist() == [MTS, ATO, MTO]
    True
    """
    in_time = production_days <= delivery_days + 1e-9
    return np.where(in_time, MTO, np.where(rdv > limit, ATO, MTS)).astype(np.int64)
