"""Draws every product's path once and cuts from it all the windows that the instance needs."""

from __future__ import annotations

import numpy as np

from engine.demand.distributions import Process, own_cv, process
from engine.demand.history import weekly_history
from engine.demand.paths import lead_times, positions, sample_paths
from engine.demand.streams import Array
from engine.economics.instance import ATO, MTS, Booleans, Capacity, Edges, FinishedStock
from engine.economics.stock import least_stock
from engine.economics.windows import component_window, exposure, stock_window
from engine.scenario.columns import STAGES
from engine.scenario.derived import Derived
from engine.scenario.scenario import Scenario


def demand_process(scenario: Scenario, row: int) -> Process:
    """The demand process of one product, its own CV beside the common factor taken out."""
    product = scenario.products.iloc[row]
    family = str(product["distribution"] or "gamma")
    cv = float(product["demand_cv"])
    weeks: tuple[float, ...] = ()
    if family == "empirical":
        weeks = weekly_history(scenario.orders, str(product["product"]))
        cv = float(np.std(weeks) / max(float(np.mean(weeks)), 1e-300)) if np.isnan(cv) else cv
    return process(
        family,
        mean_per_week=float(product["demand_per_week"]),
        cv=own_cv(np.nan_to_num(cv), scenario.settings.demand.common_factor_cv),
        order_size=float(product["order_size"]),
        weeks=weeks,
    )


class Draw:
    """Draws each product's path once and cuts every window it needs from it."""

    def __init__(self, scenario: Scenario, derived: Derived, instant: Array, seed: int, samples: int) -> None:
        self.scenario, self.derived, self.instant = scenario, derived, instant
        self.seed, self.samples = seed, samples
        settings = scenario.settings
        self.review = settings.review_days
        self.period_end = settings.cost_timing == "period_end"
        self.part_lead = {
            str(row.component): lead_times(
                mean_days=float(str(row.lead_time_days)), cv=float(str(row.lead_time_cv)), seed=seed,
                kind="component lead time", key=str(row.component), samples=samples,
            )
            for row in scenario.components.itertuples()
        }  # fmt: skip
        self.part_index = {str(name): c for c, name in enumerate(scenario.components["component"])}
        self.bom: dict[str, list[tuple[str, float]]] = {}
        for row in scenario.bom.itertuples():
            self.bom.setdefault(str(row.product), []).append((str(row.component), float(str(row.quantity))))

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
        """Windows of every part, now and at the end of the cycle; parts never exposed are left out."""
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
        for i in np.flatnonzero(allowed[:, MTS]).tolist():
            target = float(self.derived.on_time_target[i])
            if target > 0.0:
                stock.least[i] = least_stock(stock, i, target=target, rate=float(rate[i]), review_days=self.review)
        with_life = ~np.isnan(life)
        # The fullest shelf, S + Q less what is sold in the window, is sold within its life at the mean rate.
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
            at = rows[str(line.product)], index[str(line.resource)]
            hours[str(line.stage)][at] += float(str(line.hours_per_unit))
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
