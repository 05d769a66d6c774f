"""What a unit in stock costs, and what a unit written off, by term: products and components alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

# The terms of the ledger that stock costs.
STOCK_TERMS = ("holding", "obsolescence", "disposal")


@dataclass(frozen=True, slots=True, kw_only=True)
class StockPrices:
    """Money by term, each of shape (rows,).

    Parameters
    ----------
    on_hand : mapping of str to array
        Per unit on hand and year.
    written_off : mapping of str to array
        Per unit written off.
    write_off_rate : array
        Share of the units on hand written off in a year.
    """

    on_hand: dict[str, npt.NDArray[np.float64]]
    written_off: dict[str, npt.NDArray[np.float64]]
    write_off_rate: npt.NDArray[np.float64]

    @property
    def carrying(self) -> npt.NDArray[np.float64]:
        """What a unit on hand costs a year, what is written off of it included, shape (rows,)."""
        # h = sum of on-hand prices + share written off x sum of write-off prices
        held = np.sum(list(self.on_hand.values()), axis=0)
        return np.asarray(held + self.write_off_rate * np.sum(list(self.written_off.values()), axis=0))


def stock_prices(items: pd.DataFrame, holding_rate: float) -> StockPrices:
    """Prices of the stock of products or of components.

    Parameters
    ----------
    items : DataFrame
        The table of products or that of components.
    holding_rate : float
        Share of the unit cost a year.

    Returns
    -------
    StockPrices

    Examples
    --------
    >>> items = pd.DataFrame({"unit_cost": [100.0], "obsolescence_per_year": [0.1], "disposal_cost_per_unit": [8.0]})
    >>> stock_prices(items, 0.25).carrying.round(9).tolist()
    [35.8]
    """
    unit_cost = items["unit_cost"].to_numpy(dtype=np.float64)
    return StockPrices(
        on_hand={"holding": holding_rate * unit_cost},
        written_off={
            "obsolescence": unit_cost,
            "disposal": items["disposal_cost_per_unit"].to_numpy(dtype=np.float64),
        },
        write_off_rate=items["obsolescence_per_year"].to_numpy(dtype=np.float64),
    )
