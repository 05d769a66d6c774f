"""From a checked scenario to its instance: samples drawn, windows cut, costs put into terms."""

from __future__ import annotations

import numpy as np

from engine.demand.panel import positions_of_many
from engine.demand.paths import instants
from engine.economics.exposure.draw import Draw, SampleCache
from engine.economics.exposure.following import Following, following
from engine.economics.instance import (
    ATO,
    MTO,
    MTS,
    Booleans,
    FinishedStock,
    Instance,
    Parts,
)
from engine.economics.optima.cutoff import with_cutoffs
from engine.economics.optima.large_orders import no_large_orders
from engine.economics.optima.lateness import Lateness, lateness
from engine.economics.optima.segment_prices import with_segment_prices
from engine.economics.prices import Prices, price_table
from engine.economics.processes import demand_process, demand_processes
from engine.economics.ties import ties
from engine.scenario.derived import Derived, derive
from engine.scenario.scenario import Scenario
from engine.scenario.usage import part_lots, whole_parts
from engine.words.reason import Reason

__all__ = ["build_instance", "demand_process"]


def build_instance(
    scenario: Scenario, *, samples: int | None = None, seed: int | None = None, cache: SampleCache | None = None
) -> Instance:
    """Put a scenario into numbers.

    Parameters
    ----------
    scenario : Scenario
        Checked, and with its demand columns filled in.
    samples, seed : int, optional
        In place of the scenario's own.
    cache : SampleCache, optional
        Keeps paths and windows between calls for what-ifs on the same products.

    Returns
    -------
    Instance
    """
    settings = scenario.settings
    count = settings.samples if samples is None else samples
    key = settings.seed if seed is None else seed
    derived = derive(scenario)
    plain = _built(scenario, derived, samples=count, seed=key, cache=cache)
    return with_cutoffs(
        plain, scenario, derived, seed=key,
        build=lambda part, count, key, name: _built(
            part, derive(part), samples=count, seed=key, cache=None if cache is None else cache.beside(name)
        ),
    )  # fmt: skip


def _built(scenario: Scenario, derived: Derived, *, samples: int, seed: int, cache: SampleCache | None) -> Instance:
    """The instance whose finished stocks serve all orders."""
    settings, products = scenario.settings, scenario.products
    rate = products["demand_per_week"].to_numpy(dtype=float) / 7.0
    unit_cost = products["unit_cost"].to_numpy(dtype=float)
    late = lateness(scenario, derived)
    allowed, dropped = _rule_out(scenario, derived, late)
    instant = instants(seed, settings.review_days, samples)
    prices = price_table(scenario, derived, late)
    season = season_of(scenario, derived, prices)
    draw = Draw(scenario, derived, instant, seed=seed, samples=samples, cache=cache, season=season)
    stock, edges, capacity, segments = draw.windows(allowed)
    _drop_unsellable(scenario, stock, allowed, dropped)
    tied = ties(scenario, allowed, dropped)
    built = Instance(
        products=tuple(products["product"]),
        components=tuple(scenario.components["component"]),
        samples=samples,
        allowed=allowed,
        dropped=dropped,
        current=derived.current,
        rate=rate,
        unit_cost=unit_cost,
        write_off_rate=products["obsolescence_per_year"].to_numpy(dtype=float),
        integer=derived.integer,
        whole=derived.whole,
        prices=prices,
        wait_days=derived.wait_days,
        assembly_late_days=late.assembly_days,
        make_late_days=late.make_days,
        assembly_on_time=late.assembly_on_time,
        make_on_time=late.make_on_time,
        on_time_target=derived.on_time_target,
        co2=products["co2_kg"].to_numpy(dtype=float),
        stock=stock,
        large=no_large_orders(len(products)),
        parts=_parts(scenario, seed, samples),
        edges=edges,
        capacity=capacity,
        budget=settings.inventory_budget,
        max_changes=settings.max_changes,
        ties=tied,
        cvar_weight=settings.risk.cvar_weight,
        cvar_level=settings.risk.cvar_level,
        review_days=settings.review_days,
    )
    return with_segment_prices(built, segments)


def season_of(scenario: Scenario, derived: Derived, prices: Prices) -> Following | None:
    """Seasons of the products and the stocks that follow them; None where there is none."""
    if not len(scenario.seasons):
        return None
    return following(scenario, derived, prices, demand_processes(scenario, range(len(scenario.products))))


def scenario_season(scenario: Scenario) -> Following | None:
    """The same of a scenario alone."""
    if not len(scenario.seasons):
        return None
    derived = derive(scenario)
    return season_of(scenario, derived, price_table(scenario, derived, lateness(scenario, derived)))


def _rule_out(
    scenario: Scenario, derived: Derived, late: Lateness
) -> tuple[Booleans, dict[tuple[int, int], Reason]]:
    """Strategies that cannot meet an on-time target (C6), with the reason."""
    allowed = derived.allowed.copy()
    dropped: dict[tuple[int, int], Reason] = {}
    assembly = scenario.products["assembly_days"].to_numpy(dtype=float)
    target = derived.on_time_target
    with_target = target > 0.0
    make_on_time = late.make_on_time
    # Rounding of times apart, all or none is on time where customers wait alike.
    close = np.where(late.assembly_days <= 1e-9, 1.0, late.assembly_on_time)
    for i in np.flatnonzero(with_target & allowed[:, ATO] & (close < target - 1e-12)):
        if close[i] > 0.0:
            shares = {"share": float(close[i]), "target": float(target[i])}
            dropped[int(i), ATO] = Reason(kind="assembly_late", values=shares)
            continue
        days = {"assembly": float(assembly[i]), "wait": float(derived.wait_days[i])}
        dropped[int(i), ATO] = Reason(kind="assembly_long", values=days)
    for i in np.flatnonzero(with_target & allowed[:, MTO] & (make_on_time < target - 1e-12)):
        shares = {"share": float(make_on_time[i]), "target": float(target[i])}
        dropped[int(i), MTO] = Reason(kind="make_late", values=shares)
    for product, strategy in dropped:
        allowed[product, strategy] = False
    return allowed, dropped


def _drop_unsellable(
    scenario: Scenario, stock: FinishedStock, allowed: Booleans, dropped: dict[tuple[int, int], Reason]
) -> None:
    """Drop make to stock, in place, where the shelf life forbids the stock that the on-time target needs."""
    short = stock.most < np.maximum(stock.least, -stock.batch) - 1e-9
    for i in np.flatnonzero(allowed[:, MTS] & short).tolist():
        allowed[i, MTS] = False
        life = scenario.products["shelf_life_days"].iloc[i]
        need = max(stock.least[i], -stock.batch[i]) + stock.batch[i]
        dropped[i, MTS] = Reason(kind="shelf_life", values={"units": float(need), "life": float(life)})


def _parts(scenario: Scenario, seed: int, samples: int) -> Parts:
    frame = scenario.components
    cost = frame["unit_cost"].to_numpy(dtype=float)
    whole, even = units = whole_parts(scenario)
    batch = part_lots(scenario, units)
    position = positions_of_many(
        seed=seed, keys=[f"component {name}" for name in frame["component"]], batch=batch, samples=samples,
        integer=even,
    )  # fmt: skip
    return Parts(
        unit_cost=cost,
        write_off_rate=frame["obsolescence_per_year"].to_numpy(dtype=float),
        stocked_by_choice=(batch > 0.0) | (frame["stocking_cost_per_year"].to_numpy(dtype=float) > 0.0),
        batch=batch,
        whole=whole,
        position=position,
        co2=frame["co2_kg"].to_numpy(dtype=float),
        lead_time_days=frame["lead_time_days"].to_numpy(dtype=float),
    )
