"""From a checked scenario to its instance: samples drawn, windows cut, costs put into terms."""

from __future__ import annotations

import numpy as np
from scipy import stats

from engine.demand.distributions import Process, own_cv, process
from engine.demand.paths import instants, lead_times, positions, sample_paths
from engine.demand.streams import Array
from engine.economics.costs import fixed_costs
from engine.economics.instance import (
    ATO, DAYS_PER_YEAR, MTO, MTS, Booleans, Capacity, Edges, FinishedStock, Instance, Parts,
)  # fmt: skip
from engine.economics.stock import least_stock
from engine.economics.windows import component_window, exposure, stock_window
from engine.scenario.columns import STAGES
from engine.scenario.derived import Derived, derive
from engine.scenario.scenario import Scenario


def build_instance(scenario: Scenario, *, samples: int | None = None, seed: int | None = None) -> Instance:
    """Put a scenario into numbers.

    Parameters
    ----------
    scenario : Scenario
        Checked, and with its demand columns filled in.
    samples, seed : int, optional
        In place of the scenario's own.

    Returns
    -------
    Instance
    """
    settings = scenario.settings
    count = settings.samples if samples is None else samples
    key = settings.seed if seed is None else seed
    derived = derive(scenario)
    products = scenario.products
    rate = products["demand_per_week"].to_numpy(dtype=float) / 7.0
    unit_cost = products["unit_cost"].to_numpy(dtype=float)
    late_days, on_time = make_lateness(derived)
    allowed, dropped = _rule_out(scenario, derived, on_time)
    instant = instants(key, settings.review_days, count)
    draw = _Draw(scenario, derived, instant, key, count)
    stock, edges, capacity = draw.windows(allowed)
    allowed = _bounded(scenario, derived, stock, rate, allowed, dropped)
    margin = np.nan_to_num(products["price"].to_numpy(dtype=float) - unit_cost)
    lost = products["lost_share_if_late"].to_numpy(dtype=float) * margin
    late = derived.late_cost_per_unit_day * DAYS_PER_YEAR
    assembly_late = np.maximum(products["assembly_days"].to_numpy(dtype=float) - derived.wait_days, 0.0)
    return Instance(
        products=tuple(products["product"]),
        components=tuple(scenario.components["component"]),
        samples=count,
        allowed=allowed,
        dropped=dropped,
        current=derived.current,
        rate=rate,
        unit_cost=unit_cost,
        holding=settings.holding_rate_per_year * unit_cost,
        obsolescence=products["obsolescence_per_year"].to_numpy(dtype=float) * unit_cost,
        late=late,
        lost=np.maximum(lost, 0.0),
        integer=derived.integer,
        fixed=fixed_costs(
            scenario, derived, rate=rate, late=late, lost=np.maximum(lost, 0.0),
            assembly_late_days=assembly_late, make_late_days=late_days, make_on_time=on_time,
        ),
        wait_days=derived.wait_days,
        assembly_late_days=assembly_late,
        make_late_days=late_days,
        make_on_time=on_time,
        on_time_target=derived.on_time_target,
        co2=products["co2_kg"].to_numpy(dtype=float),
        stock=stock,
        parts=_parts(scenario, key, count),
        edges=edges,
        capacity=capacity,
        budget=settings.inventory_budget,
        max_changes=settings.max_changes,
        cvar_weight=settings.risk.cvar_weight,
        cvar_level=settings.risk.cvar_level,
        review_days=settings.review_days,
    )  # fmt: skip


def make_lateness(derived: Derived) -> tuple[Array, Array]:
    """E(make - L')+ and P(make <= L') of a gamma make time, both shape (I,).

    With shape k and scale s: E(X - L)+ = k s (1 - F_{k+1}(L)) - L (1 - F_k(L)), F_k the gamma distribution function.
    """
    mean, cv, wait = derived.make_days, derived.make_cv, np.maximum(derived.wait_days, 0.0)
    shape = 1.0 / np.where(cv > 0.0, cv, 1.0) ** 2
    scale = np.maximum(mean, 1e-12) / shape
    late = mean * stats.gamma.sf(wait, shape + 1.0, scale=scale) - wait * stats.gamma.sf(wait, shape, scale=scale)
    fixed = cv <= 0.0
    late = np.where(fixed, np.maximum(mean - wait, 0.0), np.maximum(late, 0.0))
    on_time = np.where(fixed, (mean <= wait + 1e-9).astype(float), stats.gamma.cdf(wait, shape, scale=scale))
    return late, on_time


def _rule_out(
    scenario: Scenario, derived: Derived, make_on_time: Array
) -> tuple[Booleans, dict[tuple[int, int], str]]:
    """Strategies that cannot meet an on-time target (C6), with the reason in words."""
    allowed = derived.allowed.copy()
    dropped: dict[tuple[int, int], str] = {}
    assembly = scenario.products["assembly_days"].to_numpy(dtype=float)
    target = derived.on_time_target
    with_target = target > 0.0
    for i in np.flatnonzero(with_target & allowed[:, ATO] & (assembly > derived.wait_days + 1e-9)):
        dropped[int(i), ATO] = f"assembly alone takes {assembly[i]:g} of {derived.wait_days[i]:g} days"
    for i in np.flatnonzero(with_target & allowed[:, MTO] & (make_on_time < target - 1e-12)):
        dropped[int(i), MTO] = f"on time in {make_on_time[i]:.0%} of orders, target {target[i]:.0%}"
    for i, k in dropped:
        allowed[i, k] = False
    return allowed, dropped


def _bounded(
    scenario: Scenario,
    derived: Derived,
    stock: FinishedStock,
    rate: Array,
    allowed: Booleans,
    dropped: dict[tuple[int, int], str],
) -> Booleans:
    """Drop make to stock where the shelf life forbids the stock that the on-time target needs."""
    for i in np.flatnonzero(allowed[:, MTS] & (stock.most < np.maximum(stock.least, -stock.batch) - 1e-9)):
        allowed[i, MTS] = False
        life = scenario.products["shelf_life_days"].iloc[i]
        need = max(stock.least[i], -stock.batch[i]) + stock.batch[i]
        dropped[int(i), MTS] = (
            f"needs {need:.4g} units, more than are sold in a shelf life of {life:g} days"
        )
    return allowed


def _parts(scenario: Scenario, seed: int, samples: int) -> Parts:
    frame = scenario.components
    cost = frame["unit_cost"].to_numpy(dtype=float)
    batch = frame["min_order_quantity"].to_numpy(dtype=float)
    position = np.zeros((len(frame), samples))
    for c, name in enumerate(frame["component"]):
        position[c] = positions(seed=seed, key=f"component {name}", batch=batch[c], samples=samples, integer=False)
    return Parts(
        unit_cost=cost,
        holding=scenario.settings.holding_rate_per_year * cost,
        obsolescence=frame["obsolescence_per_year"].to_numpy(dtype=float) * cost,
        stocking=frame["stocking_cost_per_year"].to_numpy(dtype=float),
        batch=batch,
        position=position,
        co2=frame["co2_kg"].to_numpy(dtype=float),
        lead_time_days=frame["lead_time_days"].to_numpy(dtype=float),
    )


def demand_process(scenario: Scenario, row: int) -> Process:
    """The demand process of one product, its own CV beside the common factor taken out."""
    product = scenario.products.iloc[row]
    family = product["distribution"] or "gamma"
    weeks: tuple[float, ...] = ()
    if family == "empirical":
        weeks = weekly_history(scenario, str(product["product"]))
    cv = float(product["demand_cv"]) if product["demand_cv"] == product["demand_cv"] else 0.0
    return process(
        family,
        mean_per_week=float(product["demand_per_week"]),
        cv=own_cv(cv, scenario.settings.demand.common_factor_cv),
        order_size=float(product["order_size"]),
        weeks=weeks,
    )


def weekly_history(scenario: Scenario, product: str) -> tuple[float, ...]:
    """Weekly units of a product's order lines, from the first to the last day of the whole order book."""
    orders = scenario.orders
    first = orders["order_date"].min()
    weeks = int((orders["order_date"].max() - first).days) // 7 + 1
    mine = orders[orders["product"] == product]
    at = ((mine["order_date"] - first).dt.days // 7).to_numpy(dtype=np.int64)
    totals = np.bincount(at, weights=mine["quantity"].to_numpy(dtype=float), minlength=weeks)
    return tuple(np.maximum(totals, 0.0).tolist())


class _Draw:
    """Draws each product's path once and cuts every window it needs from it."""

    def __init__(self, scenario: Scenario, derived: Derived, instant: Array, seed: int, samples: int) -> None:
        self.scenario, self.derived, self.instant = scenario, derived, instant
        self.seed, self.samples = seed, samples
        settings = scenario.settings
        self.review = settings.review_days
        self.period_end = settings.cost_timing == "period_end"
        self.part_lead = {
            str(row.component): lead_times(
                mean_days=float(row.lead_time_days), cv=float(row.lead_time_cv), seed=seed,
                kind="component lead time", key=str(row.component), samples=samples,
            )
            for row in scenario.components.itertuples()
        }  # fmt: skip
        self.part_index = {str(name): c for c, name in enumerate(scenario.components["component"])}
        self.bom: dict[str, list[tuple[str, float]]] = {}
        for row in scenario.bom.itertuples():
            self.bom.setdefault(str(row.product), []).append((str(row.component), float(row.quantity)))

    def windows(self, allowed: Booleans) -> tuple[FinishedStock, Edges, Capacity | None]:
        """Cut all windows; finished stock, component lines and bucket demand."""
        scenario, derived = self.scenario, self.derived
        size = (len(scenario.products), self.samples)
        position, demand, start, end = (np.zeros(size) for _ in range(4))
        exposed = np.zeros(size, dtype=bool)
        least, most = np.full(size[0], -np.inf), np.full(size[0], np.inf)
        peak, peak_end, bucket = np.zeros(size), np.zeros(size), np.zeros(size)
        lines: list[tuple[int, int, float, int]] = []
        cuts: list[tuple[int, Array, Array]] = []
        capacity = self._capacity(bucket)
        uses = None if capacity is None else (capacity.make_hours + capacity.assemble_hours).sum(axis=1) > 0
        for i, name in enumerate(scenario.products["product"]):
            window, at_start, at_end = self._stock_windows(i, str(name))
            own = self._component_windows(i, str(name)) if allowed[i, ATO] else {}
            days = [window, at_start, at_end, *(part for pair in own.values() for part in pair)]
            span = max([float(part.max()) for part in days] + [scenario.settings.capacity_bucket_days])
            paths = sample_paths(
                demand_process(scenario, i), seed=self.seed, key=str(name), days=span, samples=self.samples,
                common_factor_cv=scenario.settings.demand.common_factor_cv,
            )  # fmt: skip
            position[i] = positions(
                seed=self.seed, key=str(name), batch=float(derived.batch[i]), samples=self.samples,
                integer=bool(derived.integer[i]),
            )  # fmt: skip
            demand[i], start[i], end[i] = (paths.window(part) for part in (window, at_start, at_end))
            exposed[i] = window > 0.0
            if uses is not None and uses[i]:
                bucket[i] = paths.window(np.full(self.samples, scenario.settings.capacity_bucket_days))
            seen: dict[bytes, int] = {}
            for part, (days_now, days_end) in own.items():
                token = days_now.tobytes() + days_end.tobytes()
                if token not in seen:
                    seen[token] = len(cuts)
                    cuts.append((i, paths.window(days_now), paths.window(days_end)))
                    peak[i] = np.maximum(peak[i], cuts[-1][1])
                    peak_end[i] = np.maximum(peak_end[i], cuts[-1][2])
                quantity = next(q for c, q in self.bom[str(name)] if c == part)
                lines.append((i, self.part_index[part], quantity, seen[token]))
        stock = FinishedStock(
            position=position, demand=demand, demand_start=start, demand_end=end, exposed=exposed,
            batch=derived.batch, least=least, most=most,
        )  # fmt: skip
        self._bounds(stock, allowed)
        edges = Edges(
            product=np.array([line[0] for line in lines], dtype=np.int64),
            component=np.array([line[1] for line in lines], dtype=np.int64),
            quantity=np.array([line[2] for line in lines]),
            window=np.array([line[3] for line in lines], dtype=np.int64),
            windows=np.array([cut[1] for cut in cuts]).reshape(len(cuts), self.samples),
            windows_end=np.array([cut[2] for cut in cuts]).reshape(len(cuts), self.samples),
            window_product=np.array([cut[0] for cut in cuts], dtype=np.int64),
            peak=np.maximum(peak, 0.0),
            peak_end=np.maximum(peak_end, 0.0),
        )
        return stock, edges, capacity

    def _stock_windows(self, i: int, name: str) -> tuple[Array, Array, Array]:
        lead = lead_times(
            mean_days=float(self.derived.replenishment_days[i]), cv=float(self.derived.replenishment_cv[i]),
            seed=self.seed, kind="replenishment", key=name, samples=self.samples,
        )  # fmt: skip
        wait = float(self.derived.wait_days[i])
        now = exposure(lead, self.instant, self.review, period_end=self.period_end)
        return stock_window(now, wait), stock_window(lead, wait), stock_window(lead + self.review, wait)

    def _component_windows(self, i: int, name: str) -> dict[str, tuple[Array, Array]]:
        """Window of every part at the observed instant and at the end of the cycle; parts never exposed are left out."""
        slack = max(float(self.derived.wait_days[i]) - float(self.scenario.products["assembly_days"].iloc[i]), 0.0)
        found: dict[str, tuple[Array, Array]] = {}
        cycle = self.review if self.review > 0.0 else 1.0
        for part, _ in self.bom.get(name, []):
            lead = self.part_lead[part]
            now = exposure(lead, self.instant, self.review, period_end=self.period_end)
            window = component_window(now, lead, slack)
            if (window > 0.0).any():
                found[part] = (window, component_window(lead + cycle, lead, slack))
        return found

    def _bounds(self, stock: FinishedStock, allowed: Booleans) -> None:
        """Least stock for the on-time target (C6), most stock for the shelf life; written into the arrays."""
        rate = self.scenario.products["demand_per_week"].to_numpy(dtype=float) / 7.0
        life = self.scenario.products["shelf_life_days"].to_numpy(dtype=float)
        for i in np.flatnonzero(allowed[:, MTS]):
            target = float(self.derived.on_time_target[i])
            if target > 0.0:
                stock.least[i] = least_stock(stock, i, target=target, rate=float(rate[i]), review_days=self.review)
        with_life = ~np.isnan(life)
        # The fullest shelf, S + Q less what is sold in the window, is sold within the shelf life at the mean rate.
        limit = rate * np.nan_to_num(life) + stock.demand.mean(axis=1) - stock.batch
        stock.most[with_life] = limit[with_life]

    def _capacity(self, bucket: Array) -> Capacity | None:
        scenario = self.scenario
        if not len(scenario.resources):
            return None
        weeks = scenario.settings.capacity_bucket_days / 7.0
        frame = scenario.resources
        index = {str(name): g for g, name in enumerate(frame["resource"])}
        rows = {str(name): i for i, name in enumerate(scenario.products["product"])}
        hours = {stage: np.zeros((len(rows), len(index))) for stage in STAGES}
        for line in scenario.routing.itertuples():
            hours[str(line.stage)][rows[str(line.product)], index[str(line.resource)]] += float(line.hours_per_unit)
        return Capacity(
            names=tuple(index),
            bucket_days=scenario.settings.capacity_bucket_days,
            hours=frame["hours_per_week"].to_numpy(dtype=float) * weeks,
            overtime=frame["overtime_hours_per_week"].to_numpy(dtype=float) * weeks,
            overtime_cost=frame["overtime_cost_per_hour"].to_numpy(dtype=float),
            outsourcing_cost=frame["outsourcing_cost_per_hour"].to_numpy(dtype=float),
            make_hours=hours["make"],
            assemble_hours=hours["assemble"],
            demand=bucket,
        )
