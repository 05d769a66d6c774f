"""What today's service says that lateness costs."""

from __future__ import annotations

from dataclasses import replace

from engine.scenario.scenario import Scenario
from engine.scenario.stock_prices import stock_prices


def implied_late_cost(holding_per_unit_year: float, on_time_share: float) -> float:
    """Late cost per unit and year under which today's service would be the best: h beta / (1 - beta).

    A newsvendor stocks up to P(demand <= S) = b / (b + h) (Arrow, Harris & Marschak 1951); this is solved for
    b. The share of orders on time stands for that probability.

    Parameters
    ----------
    holding_per_unit_year : float
        h, holding and obsolescence, money per unit and year.
    on_time_share : float
        beta, in [0, 1).

    Returns
    -------
    float
        Money per unit and year of lateness; divide by 365 for ``late_cost_per_unit_day``.

    Raises
    ------
    ValueError
        Where the share is not in [0, 1).

    Examples
    --------
    >>> implied_late_cost(10.0, 0.95)
    190.0
    """
    if not 0.0 <= on_time_share < 1.0:
        raise ValueError(f"on_time_share {on_time_share:g} is not in [0, 1)")
    return round(holding_per_unit_year * on_time_share / (1.0 - on_time_share), 12)


def with_implied_late_cost(scenario: Scenario, on_time_share: float) -> Scenario:
    """A scenario whose blank late costs follow from today's service.

    Parameters
    ----------
    scenario : Scenario
    on_time_share : float
        Share of orders on time today, in [0, 1).

    Returns
    -------
    Scenario
        The same object where no late cost is blank.
    """
    products = scenario.products
    blank = products["late_cost_per_unit_day"].isna()
    if not blank.any():
        return scenario
    carrying = stock_prices(products, scenario.settings.holding_rate_per_year).carrying
    per_holding = implied_late_cost(1.0, on_time_share) / 365.0
    implied = products["late_cost_per_unit_day"].where(~blank, carrying * per_holding)
    return replace(scenario, products=products.assign(late_cost_per_unit_day=implied))
