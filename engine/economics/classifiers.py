"""Rules of thumb that planners use instead of a model: ABC-XYZ, and P:D against relative demand volatility.

They look at one product at a time and at no cost of stock, lateness or capacity. Here they are what a decision is
compared with, never a part of it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.demand.streams import Array
from engine.economics.instance import ATO, MTO, MTS, Integers

# Cumulated shares of the yearly value at which A and B end, and weekly CVs at which X and Y end.
ABC_SHARES = (0.8, 0.95)
XYZ_CVS = (0.5, 1.0)
RDV_LIMIT = 0.5
# Rows A, B, C; columns X, Y, Z.
ABC_XYZ = np.array([[MTS, ATO, MTO], [MTS, ATO, MTO], [MTS, MTS, MTO]], dtype=np.int64)
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
    return np.asarray(np.array(["A", "B", "C"])[np.searchsorted(np.array(shares), ahead + 1e-12, side="right")])


def xyz_classes(cv: Array, *, limits: tuple[float, float] = XYZ_CVS) -> Letters:
    """X, Y or Z by the CV of weekly demand: X up to the first limit, Y up to the second.

    Examples
    --------
    >>> xyz_classes(np.array([0.5, 0.7, 1.4])).tolist()
    ['X', 'Y', 'Z']
    """
    return np.asarray(np.array(["X", "Y", "Z"])[np.searchsorted(np.array(limits), cv, side="left")])


def abc_xyz(value_per_year: Array, cv: Array) -> Integers:
    """Strategies by class: X stock; Y assemble, but stock where the value is low; Z make to order.

    The classes are standard; that each stands for a strategy is how they are taught and used, with no theory behind.

    Parameters
    ----------
    value_per_year, cv : shape (products,)

    Returns
    -------
    numpy.ndarray, shape (products,)

    Examples
    --------
    >>> abc_xyz(np.array([80.0, 15.0, 5.0]), np.array([0.7, 2.0, 0.7])).tolist() == [ATO, MTO, MTS]
    True
    """
    row = np.searchsorted(np.array(["A", "B", "C"]), abc_classes(value_per_year))
    column = np.searchsorted(np.array(["X", "Y", "Z"]), xyz_classes(cv))
    return np.asarray(ABC_XYZ[row, column])


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
