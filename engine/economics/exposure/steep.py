"""Seasons that fall faster than stock is used up: what then lies on the shelf though no level asks for it."""

from __future__ import annotations

import numpy as np

from engine.demand.streams import Array
from engine.demand.year import WEEKS, period_of_day
from engine.economics.build import scenario_season
from engine.economics.prices import ATO, MTS
from engine.notices import Notice, at_most
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario
from engine.scenario.usage import parts_per_unit

# Stock left over is told from so many weeks of mean demand on, on average over the year.
TOLD_WEEKS = 0.2


def left_over(level: Array, demand: Array) -> Array:
    """Position above its level after each weekly review, at mean demand.

    What is above the level is not sent back: e_{k+1} = (e_k + S_k - S_{k+1} - d_k)+, around the year until it repeats.

    Parameters
    ----------
    level, demand : shape (52,)
        Units; of the level its differences count.

    Examples
    --------
    >>> level, demand = np.zeros(52), np.zeros(52)
    >>> level[:8], demand[:8] = 30.0, 10.0
    >>> left_over(level, demand)[[7, 8, 9, 51]].tolist()
    [0.0, 20.0, 20.0, 20.0]
    """
    over, surplus = 0.0, np.zeros(WEEKS)
    for k in (*range(WEEKS), *range(WEEKS)):
        over = max(0.0, over + float(level[k - 1] - level[k] - demand[k - 1]))
        surplus[k] = over
    return surplus


def steep_seasons(scenario: Scenario) -> tuple[Notice, ...]:
    """A notice for each stock whose season falls so fast that `TOLD_WEEKS` of demand and more are left over.

    What is left over is what mean demand leaves; demand that varies leaves more. None where demand is not known yet.
    """
    if scenario.products["demand_per_week"].isna().any():
        return ()
    season = scenario_season(scenario)
    if season is None:
        return ()
    derived, days = derive(scenario), np.bincount(period_of_day(WEEKS), minlength=WEEKS)
    demand = np.zeros((len(scenario.products), WEEKS))
    mean = scenario.products["demand_per_week"].to_numpy(dtype=float)
    for i in np.flatnonzero(season.year.seasonal).tolist():
        daily = season.year.daily[season.year.row[i]]
        demand[i] = mean[i] * np.bincount(period_of_day(WEEKS), weights=daily, minlength=WEEKS) / days
    stocks = [
        (str(name), season.stock[i], demand[i]) for i, name in enumerate(scenario.products["product"])
        if season.year.seasonal[i] and derived.allowed[i, MTS]
    ]  # fmt: skip
    place = {str(name): i for i, name in enumerate(scenario.products["product"])}
    parts = {str(name): c for c, name in enumerate(scenario.components["component"])}
    swing, used = (np.zeros((len(parts), WEEKS)) for _ in range(2))
    for line, quantity in zip(scenario.bom.itertuples(), parts_per_unit(scenario).tolist(), strict=True):
        i, c = place[str(line.product)], parts[str(line.component)]
        if derived.allowed[i, ATO] and (row := season.line.get((i, c))) is not None:
            swing[c] += quantity * season.lines[row]
            used[c] += quantity * (demand[i] if season.year.seasonal[i] else mean[i])
    stocks += [(name, swing[c], used[c]) for name, c in parts.items() if used[c].any()]
    notices = []
    for name, level, asked in stocks:
        units = float(left_over(level, asked).mean())
        if units > TOLD_WEEKS * float(asked.mean()):
            values = {"units": units, "weeks": units / float(asked.mean())}
            told = Notice(kind="season_steep", file="seasons.csv", column="factor", product=name, values=values)
            notices.append(told)
    return at_most(notices)
