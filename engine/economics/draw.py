"""Draws every product's path once and cuts from it all the windows that the instance needs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

from engine.demand.distributions import Process, own_cv, process
from engine.demand.history import weekly_history
from engine.demand.paths import Paths, lead_times, positions, sample_paths
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """All windows of a scenario, cut from the paths; names as in `FinishedStock`, `Edges` and `Capacity`."""

    demand: Array
    start: Array
    end: Array
    exposed: Booleans
    bucket: Array
    edges: Edges


@dataclass(slots=True)
class SampleCache:
    """Paths and windows kept between what-ifs: a change of a cost redraws nothing, a change of time only cuts.

    Not shared between threads.
    """

    paths: dict[str, tuple[object, Paths]] = field(default_factory=dict)
    cuts: dict[str, Cut] = field(default_factory=dict)

    def keep(self, token: str, cut: Cut, *, most: int = 4) -> None:
        """Keep the last few sets of windows."""
        while len(self.cuts) >= most:
            self.cuts.pop(next(iter(self.cuts)))
        self.cuts[token] = cut


class Draw:
    """Draws each product's path once and cuts every window it needs from it."""

    def __init__(
        self,
        scenario: Scenario,
        derived: Derived,
        instant: Array,
        *,
        seed: int,
        samples: int,
        cache: SampleCache | None,
    ) -> None:
        self.cache = cache
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
        derived = self.derived
        token = self._token(allowed)
        cut = None if self.cache is None else self.cache.cuts.get(token)
        if cut is None:
            cut = self._cut(allowed)
            if self.cache is not None:
                self.cache.keep(token, cut)
        position = np.zeros(cut.demand.shape)
        for i, name in enumerate(self.scenario.products["product"]):
            position[i] = positions(
                seed=self.seed, key=str(name), batch=float(derived.batch[i]), samples=self.samples,
                integer=bool(derived.integer[i]),
            )  # fmt: skip
        count = len(position)
        stock = FinishedStock(
            position=position, demand=cut.demand, demand_start=cut.start, demand_end=cut.end, exposed=cut.exposed,
            batch=derived.batch, least=np.full(count, -np.inf), most=np.full(count, np.inf),
        )  # fmt: skip
        self._bounds(stock, allowed)
        return stock, cut.edges, self._capacity(cut.bucket)

    def _token(self, allowed: Booleans) -> str:
        """What the cut windows depend on, hashed: demand, times, the bill of materials, nothing that costs."""
        scenario, derived, settings = self.scenario, self.derived, self.scenario.settings
        state = hashlib.blake2b(digest_size=16)
        products = scenario.products
        for column in ("demand_per_week", "demand_cv", "order_size", "assembly_days"):
            state.update(products[column].to_numpy(dtype=float).tobytes())
        for part in (derived.wait_days, derived.replenishment_days, derived.replenishment_cv):
            state.update(part.tobytes())
        state.update(allowed[:, ATO].tobytes())
        for frame, columns in (
            (products, ["product", "distribution"]),
            (scenario.components, ["component", "lead_time_days", "lead_time_cv"]),
            (scenario.bom, list(scenario.bom.columns)),
            (scenario.routing, ["product"]),
        ):
            state.update(frame[columns].to_csv(index=False).encode())
        common = settings.demand.common_factor_cv
        state.update(repr((settings.capacity_bucket_days, common, self.review, self.period_end)).encode())
        state.update(repr((self.seed, self.samples, len(scenario.orders))).encode())
        return state.hexdigest()

    def _cut(self, allowed: Booleans) -> Cut:
        scenario = self.scenario
        size = (len(scenario.products), self.samples)
        demand, start, end, peak, peak_end, bucket = (np.zeros(size) for _ in range(6))
        exposed = np.zeros(size, dtype=bool)
        lines: list[tuple[int, int, float, int]] = []
        cuts: list[tuple[int, Array, Array]] = []
        routed = set(scenario.routing["product"])
        for i, name in enumerate(scenario.products["product"]):
            window, at_start, at_end = self._stock_windows(i, str(name))
            own = self._component_windows(i, str(name)) if allowed[i, ATO] else {}
            days = [window, at_start, at_end, *(part for pair in own.values() for part in pair)]
            span = max([float(part.max()) for part in days] + [scenario.settings.capacity_bucket_days])
            paths = self._paths(i, str(name), span)
            demand[i], start[i], end[i] = (paths.window(part) for part in (window, at_start, at_end))
            exposed[i] = window > 0.0
            if name in routed:
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
        return Cut(demand=demand, start=start, end=end, exposed=exposed, bucket=bucket, edges=edges)

    def _paths(self, i: int, name: str, span: float) -> Paths:
        """The product's paths, long enough; drawn again only where what they depend on changed."""
        made = demand_process(self.scenario, i)
        common = self.scenario.settings.demand.common_factor_cv
        key = (made, common, self.seed, self.samples)
        known = None if self.cache is None else self.cache.paths.get(name)
        if known is not None and known[0] == key and known[1].days > span + 1.0:
            return known[1]
        paths = sample_paths(
            made, seed=self.seed, key=name, days=span, samples=self.samples, common_factor_cv=common
        )
        if self.cache is not None:
            self.cache.paths[name] = (key, paths)
        return paths

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
