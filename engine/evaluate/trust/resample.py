"""Scenarios as they might truly be: every estimate redrawn within its uncertainty, demand from its order lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.demand.fitting.fit import WEEKS_MIN, poisson_cv
from engine.demand.fitting.stationary import scenario_weeks
from engine.demand.streams import Array, stream
from engine.evaluate.trust.inputs import UncertainInput
from engine.scenario.checks.products import NORMAL_MOST_CV
from engine.scenario.columns import column, out_of_range
from engine.scenario.scenario import Scenario

_DEMAND = ("products.demand_per_week", "products.demand_cv")
# A hair inside what a demand family admits.
_INSIDE = 1.0 + 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Resamples:
    """Redrawn estimates.

    Parameters
    ----------
    scenario : Scenario
        As given, completed.
    inputs : tuple of UncertainInput
    factors : dict of str to array
        By input, true over given, shape (draws, rows); 1 where a number is blank or zero.
    bootstrapped : tuple of str
        Products whose demand is redrawn from their order lines.
    seeds : shape (draws,)
        Seed of each draw's samples.
    """

    scenario: Scenario
    inputs: tuple[UncertainInput, ...]
    factors: dict[str, Array]
    bootstrapped: tuple[str, ...]
    seeds: tuple[int, ...]

    def draw(self, number: int) -> Scenario:
        """One scenario as it might be, kept within what the columns and demand families admit."""
        columns: dict[str, dict[str, Array]] = {"products": {}, "components": {}, "resources": {}}
        settings: dict[str, object] = {}
        for one in self.inputs:
            values = one.values(self.scenario) * self.factors[one.name][number]
            if one.table == "settings":
                settings[one.column] = float(values[0])
            else:
                columns[one.table][one.column] = _in_range(one, values)
        drawn = replace(
            self.scenario,
            products=_with(self.scenario.products, columns["products"]),
            components=_with(self.scenario.components, columns["components"]),
            resources=_with(self.scenario.resources, columns["resources"]),
        )
        return _admissible(drawn.with_settings(**settings))


def resample(
    scenario: Scenario, inputs: Sequence[UncertainInput], *, draws: int, seed: int | None = None
) -> Resamples:
    """Redraw the estimates of a scenario.

    Each number is the one given times a lognormal factor with mean 1 and the stated coefficient of variation,
    exp(s z - s^2 / 2) with s^2 = ln(1 + u^2), independent between rows and columns. Mean and CV of demand of a product
    with at least `WEEKS_MIN` weeks of order lines follow a bootstrap of its weeks instead (Efron 1979).

    Parameters
    ----------
    scenario : Scenario
        Completed.
    inputs : sequence of UncertainInput
    draws : int
        More of them extend the earlier ones without changing them.
    seed : int, optional
        In place of the scenario's own.
    """
    key = scenario.settings.seed if seed is None else seed
    factors = {one.name: _factors(scenario, one, draws=draws, seed=key) for one in inputs}
    named = [name for name in _DEMAND if name in factors]
    bootstrapped = _bootstrap(scenario, factors, draws=draws, seed=key) if named else ()
    seeds = stream(key, "resample", "samples").integers(1, 2**40, size=draws)
    return Resamples(
        scenario=scenario, inputs=tuple(inputs), factors=factors, bootstrapped=bootstrapped,
        seeds=tuple(int(one) for one in seeds),
    )  # fmt: skip


def _factors(scenario: Scenario, one: UncertainInput, *, draws: int, seed: int) -> Array:
    values = one.values(scenario)
    spread = np.sqrt(np.log1p(one.uncertainty**2))
    factors = np.ones((draws, len(values)))
    for row, key in enumerate(one.keys(scenario)):
        if np.isfinite(values[row]) and values[row] != 0.0:
            z = stream(seed, "resample", one.name, key).standard_normal(draws)
            factors[:, row] = np.exp(spread * z - spread**2 / 2.0)
    return factors


def _bootstrap(scenario: Scenario, factors: dict[str, Array], *, draws: int, seed: int) -> tuple[str, ...]:
    """Put bootstrapped factors of demand in place; the products that have them."""
    names = [str(name) for name in scenario.products["product"]]
    past = scenario_weeks(scenario, names) if len(scenario.orders) else {}
    resampled = []
    for row, name in enumerate(scenario.products["product"].astype(str)):
        weeks = np.asarray(past.get(name, ()))
        if len(weeks) < WEEKS_MIN or not weeks.any():
            continue
        picked = stream(seed, "resample", "weeks", name).integers(0, len(weeks), size=(draws, len(weeks)))
        again = weeks[picked]
        mean, spread = again.mean(axis=1), again.std(axis=1, ddof=1)
        sold = mean > 0.0
        cv = weeks.std(ddof=1) / weeks.mean()
        ratios = {
            "products.demand_per_week": np.where(sold, mean / weeks.mean(), 1.0),
            "products.demand_cv": np.where(sold & (cv > 0.0), spread / np.where(sold, mean, 1.0) / (cv or 1.0), 1.0),
        }
        for column_name, ratio in ratios.items():
            if column_name in factors:
                factors[column_name][:, row] = ratio
        resampled.append(name)
    return tuple(resampled)


def _with(frame: pd.DataFrame, columns: dict[str, Array]) -> pd.DataFrame:
    """The table with some columns replaced."""
    return frame.assign(**columns) if columns else frame


def _in_range(one: UncertainInput, values: Array) -> Array:
    """Numbers that left the range of their column, put back at its end."""
    rule = column(one.table, one.column)
    wrong = out_of_range(rule, values)
    if not wrong.any():
        return values
    top = rule.maximum if np.isfinite(rule.maximum) else rule.below * (1.0 - 1e-6)
    return np.where(wrong, np.clip(values, rule.minimum, top), values)


def _admissible(scenario: Scenario) -> Scenario:
    """Keep what must hold between columns: the CV a family can have, times that contain each other."""
    goods, common = scenario.products, scenario.settings.demand.common_factor_cv
    mean, cv = goods["demand_per_week"].to_numpy(dtype=float), goods["demand_cv"].to_numpy(dtype=float)
    size = goods["order_size"].to_numpy(dtype=float)
    family = goods["distribution"].to_numpy(dtype=object)

    def stated(estimate: Array) -> Array:
        """The CV to write so that the product's own is this, beside the common factor."""
        cv: Array = np.sqrt(estimate**2 * (1.0 + common**2) + common**2)
        return cv

    least = np.full(len(cv), common)
    least = np.where(family == "negative_binomial", stated(_INSIDE / np.sqrt(mean)), least)
    least = np.where(family == "compound_poisson", stated(_INSIDE * np.sqrt(size / mean)), least)
    cv = np.where(family == "normal", np.minimum(cv, stated(np.full(len(cv), NORMAL_MOST_CV))), cv)
    implied = np.array([poisson_cv(float(one), common) for one in mean])
    cv = np.where((family == "poisson") & np.isfinite(cv), implied, np.maximum(cv, least))
    changed = {"demand_cv": cv}
    for longer, shorter in (("lead_time_target_days", "delivery_days"), ("make_days", "assembly_days")):
        # A blank stays blank.
        days = goods[longer].to_numpy(dtype=float)
        changed[longer] = np.where(np.isnan(days), days, np.maximum(days, goods[shorter].to_numpy(dtype=float)))
    return replace(scenario, products=_with(goods, changed))
