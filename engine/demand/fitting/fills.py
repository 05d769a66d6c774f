"""What a fit gives for the blank demand columns of products, each value beside those that were given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.demand.distributions import own_cv
from engine.demand.fitting.fit import NO_DEMAND, DemandFit, fit_demand, poisson_cv
from engine.demand.fitting.goodness import FAMILIES
from engine.demand.fitting.row import nearest, poisson_kept
from engine.errors import Fault, ScenarioError
from engine.notices import Notice
from engine.scenario.checks.check import Places, check_scenario
from engine.scenario.no_demand import set_aside_more
from engine.scenario.scenario import Scenario
from engine.words.reason import Reason, cause


def filled(
    scenario: Scenario, some: npt.NDArray[np.bool_], *, weeks_min: int, target_quantile: float
) -> Scenario:
    """The scenario with the blanks of some products filled, as `complete` says.

    Parameters
    ----------
    scenario : Scenario
    some : shape (products,)
        Whose demand columns have a blank.
    weeks_min, target_quantile
        As in `fit_demand`.

    Raises
    ------
    ScenarioError
        With every product that cannot be fitted.
    """
    needed = set(scenario.products.loc[some, "product"])
    fit = fit_demand(
        scenario, products=needed, weeks_min=weeks_min, target_quantile=target_quantile, replicates=0
    )
    common = scenario.settings.demand.common_factor_cv
    products = scenario.products.copy()
    faults: list[Fault] = []
    refused = {fault.cause.values["name"]: fault.cause for fault in fit.faults}  # noqa: PD011  (a cause, no frame)
    for record, (_, row) in zip(np.flatnonzero(some).tolist(), fit.table.iterrows(), strict=True):
        if row["demand_class"] == NO_DEMAND and pd.isna(products["demand_per_week"].iloc[record]):
            products.loc[products.index[record], "demand_per_week"] = 0.0
            continue
        why = refused.get(row["product"])
        for column, value, problem in fills_of(products.iloc[record], row, common, why):
            if problem is not None:
                at = scenario.row("products", record)
                faults.append(Fault(file="products.csv", row=at, column=column, cause=problem))
            else:
                products.loc[products.index[record], column] = value
    if not faults:
        made = replace(scenario, products=products, seasons=_seasons(scenario, fit.seasons))
        made = made.with_notices(notices_of(scenario, fit))
        # What was sold was taken back: no demand is a fact, not a fault.
        made = set_aside_more(made, made.products["demand_per_week"].to_numpy(dtype=float) == 0.0)
        faults = check_scenario(made, Places(rows=dict(made.rows)))
        if not faults:
            return made
    raise ScenarioError(faults)


def new_seasons(scenario: Scenario, fitted: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Those of the fitted seasons whose products had their CV fitted and whose season nobody gave.

    A CV that the client gave may hold the season.

    Parameters
    ----------
    scenario : Scenario
    fitted : pandas.DataFrame
        As of a `DemandFit`.
    given : pandas.DataFrame
        Whose season is given: product and family.
    """
    products = scenario.products
    of_family = products["family"].isin(set(given["family"]) - {""})
    without = products["demand_cv"].isna() & ~products["product"].isin(given["product"]) & ~of_family
    return fitted[fitted["product"].isin(set(products.loc[without, "product"]))]


def _seasons(scenario: Scenario, fitted: pd.DataFrame) -> pd.DataFrame:
    """The table of seasons with the new ones."""
    given, products = scenario.seasons, scenario.products
    seasons = new_seasons(scenario, fitted, given)
    if not len(seasons):
        return given
    plant = seasons["product"].map(products.set_index("product")["plant"])
    more = seasons.assign(family="", plant=plant, period=seasons["period"].astype(float))[list(given.columns)]
    return more.reset_index(drop=True) if not len(given) else pd.concat([given, more], ignore_index=True)


def notices_of(scenario: Scenario, fit: DemandFit) -> tuple[Notice, ...]:
    """Notices of the order book, and of products whose mean or CV was fitted."""
    products = scenario.products
    fitted = set(products.loc[products["demand_per_week"].isna() | products["demand_cv"].isna(), "product"])
    return tuple(one for one in fit.notices if not one.product or one.row is not None or one.product in fitted)


def fills_of(
    product: pd.Series, fitted: pd.Series, common: float, problem: Reason | None
) -> list[tuple[str, float | str, Reason | None]]:
    """Column, value and problem for each blank of one product.

    Parameters
    ----------
    product : Series
        Its row of the table.
    fitted : Series
        Its row of the fit.
    common : float
        CV of the common factor.
    problem : Reason or None
        Why there is no fit.
    """
    fills: list[tuple[str, float | str, Reason | None]] = []
    mean, cv, size = product["demand_per_week"], product["demand_cv"], product["order_size"]
    if pd.isna(mean):
        mean = fitted["demand_per_week"]
        fills.append(("demand_per_week", mean, problem if pd.isna(mean) else None))
    if pd.isna(size):
        # The lines of totals say nothing of orders.
        size = 1.0 if problem or pd.isna(fitted["order_size"]) else fitted["order_size"]
        fills.append(("order_size", size, None))
    given = bool(pd.notna(cv))
    cv = cv if given else fitted["exposure_cv"]
    family = str(product["distribution"])
    if family == "":
        family = "gamma" if problem else _nearest_admitted(fitted, mean, cv, size, common, given=given)
        fills.append(("distribution", family, None))
    if not given and family == "poisson" and pd.notna(mean):
        fills.append(("demand_cv", poisson_cv(float(mean), common), None))
    elif not given:
        fills.append(("demand_cv", cv, problem))
    if pd.isna(product["lead_time_target_days"]):
        target = fitted["lead_time_target_days"]
        undated = cause("of", name=str(product["product"]), why=cause("blank_requested"))
        fills.append(("lead_time_target_days", target, undated if pd.isna(target) else None))
    return fills


def _nearest_admitted(fitted: pd.Series, mean: float, cv: float, size: float, common: float, *, given: bool) -> str:
    """The nearest family that the values in use admit."""
    distance = {name: fitted[f"distance_{name}"] for name in FAMILIES}
    distance = {name: round(float(value), 12) for name, value in distance.items() if pd.notna(value)}
    first = str(fitted["distribution"])
    distance = dict(sorted(distance.items(), key=lambda item: (item[0] != first, item[1])))
    # Poisson demand brings its own CV, which a given one contradicts, and so does what is left open of a short book.
    poisson = not given and poisson_kept(mean, float(cv), common, float(fitted["variance_ratio"]))
    return nearest(distance, mean=mean, cv=own_cv(float(cv), common), order_size=size, poisson=poisson)
