"""Draws every product's path once and cuts from it all the windows that the instance needs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from engine.demand.distributions import Process
from engine.demand.own_order import own_orders, whole_orders
from engine.demand.panel import Panel, draw_panels, positions_of_many
from engine.demand.paths import horizon_days, lead_times, paces
from engine.demand.streams import Array
from engine.economics.capacity import Capacity, capacity_of
from engine.economics.exposure.ahead import demand_ahead
from engine.economics.exposure.cache import SampleCache
from engine.economics.exposure.diffusion import Diffused, diffused_products
from engine.economics.exposure.following import Following
from engine.economics.exposure.groups import groups_of
from engine.economics.exposure.lines import stocked_lines
from engine.economics.exposure.mixed import Mixed, placed
from engine.economics.exposure.seasonal import Age, Cut, SeasonalWindows, put_path
from engine.economics.exposure.segment_paths import SegmentPaths
from engine.economics.exposure.shelf import Shelf, shelf_windows
from engine.economics.exposure.stock_work import StockOrders
from engine.economics.exposure.windows import exposure, protected_days, sold_within_life
from engine.economics.instance import ATO, MTS, Booleans, Edges, FinishedStock, Integers
from engine.economics.optima.stock import least_stock
from engine.economics.processes import demand_processes
from engine.scenario.derived import Derived
from engine.scenario.scenario import Scenario

__all__ = ["Draw", "SampleCache"]

# Days this close above a whole day are that day.
_ROUNDING = 1e-9


def _put_windows(paths: Array, row: Integers, days: Array, of_part: Array) -> Array:
    """Put demand of windows, shape (n, W), on the paths of some rows; the rest of it, shape (n, W).

    What waits is counted on the path by the day. Demand of some families can fall: on the highest so far. What such a
    family takes back of orders that are not due yet is short of a window below zero, and on no path.
    """
    back = (days <= 0.0) & (of_part > 0.0)
    past = np.where(back, 0.0, of_part) if back.any() else of_part
    np.maximum.at(paths, (row[:, None], _whole_days(days), np.arange(paths.shape[2])), past)
    np.maximum.accumulate(paths, axis=1, out=paths)
    return np.asarray(of_part - past)


def _add_most(total: Array, row: Integers, values: Array) -> None:
    """Add the largest of the values of each row, shape (n, W), that are above zero."""
    if values.any():
        most = np.zeros(total.shape)
        np.maximum.at(most, row, values)
        total += most


def _whole_days(days: Array) -> Integers:
    """Whole days that hold these, but for rounding; none of those below zero."""
    return np.ceil(np.maximum(days, 0.0) - _ROUNDING).astype(np.int64)


class Draw:
    """Draws each product's path once and cuts every window it needs from it."""

    def __init__(
        self, scenario: Scenario, derived: Derived, instant: Array, *, seed: int, samples: int,
        cache: SampleCache | None, season: Following | None = None,
    ) -> None:  # fmt: skip
        self.cache = cache
        self.season = None if season is None else SeasonalWindows(season, seed=seed, samples=samples)
        self.scenario, self.derived, self.instant = scenario, derived, instant
        self.seed, self.samples = seed, samples
        settings = scenario.settings
        self.review = settings.review_days
        self.period_end = settings.cost_timing == "period_end"
        parts = scenario.components
        self.part_index = {str(name): c for c, name in enumerate(parts["component"])}
        self.part_lead = self._lead_times(
            "component lead time", list(self.part_index), *(
                parts[name].to_numpy(dtype=float) for name in ("lead_time_days", "lead_time_cv")
            ),
        )  # fmt: skip
        self.names = [str(name) for name in scenario.products["product"]]
        self.row = {name: i for i, name in enumerate(self.names)}
        # Mean demand, units a day, shape (I,).
        self._rate = scenario.products["demand_per_week"].to_numpy(dtype=float) / 7.0
        self.groups = groups_of(derived.waits)

    def windows(self, allowed: Booleans) -> tuple[FinishedStock, Edges, Capacity | None, SegmentPaths]:
        """Cut all windows; finished stock, component lines, bucket demand and whose it is."""
        derived = self.derived
        token = "" if self.cache is None else self._token(allowed)
        cut = None if self.cache is None else self.cache.cuts.get(token)
        if cut is None:
            cut = self._cut(allowed)
            if self.cache is not None:
                self.cache.keep(token, cut)
        if self.season is not None:
            shelf = self._shelf()
            since, of_parts = (
                exposure(days, self.instant, self.review, period_end=self.period_end)
                for days in (shelf.lead, self.part_lead)
            )
            cut = self.season.followed(cut, shelf.now, since, of_parts, rate=self._rate)
        position = positions_of_many(
            seed=self.seed, keys=self.names, batch=derived.batch, samples=self.samples, integer=derived.integer
        )
        count = len(position)
        stock = FinishedStock(
            position=position, demand=cut.demand, reached=cut.reached, whole=cut.whole, early=cut.early,
            pace=cut.pace, order_pace=cut.order_pace,
            batch=derived.batch, least=np.full(count, -np.inf), most=np.full(count, np.inf),
            protected=self._rate * self._protected_days(),
        )  # fmt: skip
        self._bounds(stock, allowed)
        pace = None if self.season is None else self.season.pace(self.scenario.settings.capacity_bucket_days)
        work = cut.stock_orders.pace(position, derived.batch)
        if pace is not None:
            work *= pace
        return stock, cut.edges, capacity_of(self.scenario, self.row, cut.bucket, pace, work), cut.segments

    def _token(self, allowed: Booleans) -> str:
        """What the cut windows depend on, hashed: demand, times, the bill of materials, nothing that costs."""
        scenario, derived, settings = self.scenario, self.derived, self.scenario.settings
        state = hashlib.blake2b(digest_size=16)
        products = scenario.products
        for column in ("demand_per_week", "demand_cv", "order_size", "assembly_days"):
            state.update(products[column].to_numpy(dtype=float).tobytes())
        groups = self.groups
        for part in (groups.wait_days, groups.share, groups.dear, derived.replenishment_days, derived.replenishment_cv):
            state.update(part.tobytes())
        state.update(allowed[:, ATO].tobytes())
        state.update((derived.batch > 0.0).tobytes())
        for frame, columns in (
            (products, ["product", "distribution"]),
            (scenario.components, ["component", "lead_time_days", "lead_time_cv", "min_order_quantity", "whole_units"]),
            (scenario.bom, list(scenario.bom.columns)),
            (scenario.routing, ["product"]),
        ):
            state.update(repr([frame[column].tolist() for column in columns]).encode())
        common = settings.demand.common_factor_cv
        state.update(repr((settings.capacity_bucket_days, common, self.review, self.period_end)).encode())
        state.update(repr((self.seed, self.samples, len(scenario.orders))).encode())
        for name, sizes in scenario.order_sizes.items():
            state.update(name.encode() + np.asarray(sizes).tobytes())
        if self.season is not None:
            for frame, columns in ((scenario.seasons, list(scenario.seasons.columns)), (products, ["family"])):
                state.update(repr([frame[column].tolist() for column in columns]).encode())
        return state.hexdigest()

    def _cut(self, allowed: Booleans) -> Cut:
        scenario, bucket_days = self.scenario, self.scenario.settings.capacity_bucket_days
        count, samples = len(self.names), self.samples
        every = np.arange(count)
        shelf = self._shelf()
        now, due = shelf.now, shelf.due
        lines = stocked_lines(
            scenario, allowed, self.part_lead, self.instant, rows=self.row, parts=self.part_index,
            groups=self.groups, marks=self._marks(assembled=True),
        )  # fmt: skip
        # Lines of one product whose windows are equal share them; stocks that follow a season each have their own.
        seen: dict[tuple[int, int, bytes], int] = {}
        window, in_lots = np.zeros(len(lines.product), dtype=np.int64), lines.lot > 0.0
        diffused = self._diffused()
        for e, i in enumerate(lines.product.tolist()):
            part = int(lines.component[e]) if self.season is not None and self.season.has[i] else -1
            if i in diffused.made and in_lots[e]:
                part = len(self.part_index)
            window[e] = seen.setdefault((i, part, lines.apart.get(e, lines.days[e]).tobytes()), len(seen))
        first = np.unique(window, return_index=True)[1]
        owner = lines.product[first]
        with_routing = set(scenario.routing["product"].tolist())
        routed = np.array([i for i, name in enumerate(self.names) if name in with_routing], dtype=np.int64)
        whole_bucket = np.full((len(routed), samples), bucket_days)
        assembled = np.unique(lines.product)
        longest = lines.longest(assembled, samples)
        asked = [(every, now), (routed, whole_bucket), (owner, lines.days[first])]
        apart = [shelf.apart, {}, placed(lines.apart, first)]
        if self.period_end:
            asked += [(every, due), (owner, lines.due[first])]
            apart += [shelf.due_apart, placed(lines.due_apart, first)]
        span = np.zeros(count)
        # As far back as a part's queue may reach, whoever shares it and however long they wait.
        np.maximum.at(span, lines.product, lines.reach)
        span[assembled] += lines.days_of_lots(self._rate)[assembled]
        stock_orders = StockOrders.of(
            routed, lead_days=self.derived.replenishment_days, review_days=self.review,
            bucket_days=bucket_days, instant=self.instant,
        )  # fmt: skip
        units, paths, own_order, whole_order, paced, mixed = self._demand(asked, apart, span, assembled, stock_orders)
        demand, of_bucket, of_part = units[:3]
        bucket, peak = (np.zeros((count, samples)) for _ in range(2))
        bucket[routed] = of_bucket
        path = np.zeros(count, dtype=np.int64)
        path[assembled] = np.arange(len(assembled))
        back = _put_windows(paths, path[owner], lines.days[first], of_part)
        # P_i = D_i(longest window, in whole days) + the largest Q_c / a_ci
        of_longest = np.take_along_axis(paths, _whole_days(longest)[:, None], axis=1)[:, 0]
        peak[assembled] = of_longest
        np.maximum.at(peak, lines.product, lines.lot[:, None] / lines.quantity[:, None] + of_longest[
            np.searchsorted(assembled, lines.product)])  # fmt: skip
        _add_most(peak, owner, back)
        rate = self._rate
        unit_days, of_due = (lines.due, units[4]) if self.period_end else (lines.days, of_part)
        edges = Edges(
            product=lines.product, component=lines.component, quantity=lines.quantity, window=window, windows=of_part,
            exposed=lines.days[first] > 0.0, due=units[4] if self.period_end else None,
            due_exposed=lines.due[first] > 0.0 if self.period_end else None,
            unit_exposed=lines.unit_due[first] > 0.0 if self.groups.several.size else None,
            window_product=owner, peak=peak,
            late_rate=lines.late_rates(peak, rate, period_end=self.period_end) * paced[0],
            own_order=own_order, own_beyond=diffused.beyond(own_order, owner, of_due, unit_days[first], in_lots[first]),
            whole_order=whole_order, protected=lines.protected, paths=paths, path=path,
            early_product=lines.early_product, early_component=lines.early_component, early=lines.early,
            bought=lines.bought,
        )  # fmt: skip
        due_demand = units[3] if self.period_end else demand
        # A unit that supply could still be ordered for is short where what comes of its own order after it is.
        before = diffused.own_orders(own_order, due_demand, shelf.unit_due, self.derived.batch > 0.0)
        behind = before - self.derived.integer[:, None]
        early = shelf.early
        if self.season is not None:
            self.season.scale_early(early, edges)
        return Cut(
            demand=demand, reached=np.where(shelf.unit_due > 0.0, due_demand + before, due_demand - behind),
            whole=np.where(shelf.unit_due > 0.0, due_demand + whole_order, due_demand), early=early, bucket=bucket,
            pace=paced[0], order_pace=paced[1], edges=edges, stock_orders=stock_orders, segments=mixed.segments,
        )  # fmt: skip

    def _demand(
        self, asked: list[tuple[Integers, Array]], apart: list[Mapping[int, Array]], longest: Array,
        assembled: Integers, stock_orders: StockOrders,
    ) -> tuple[list[Array], Array, Array, Array, tuple[Array, Array], Mixed]:
        """Demand of windows, each of a product, shapes (n,) and (n, W): paths are drawn once, as long as needed.

        Where customers wait differently a window is that of the least patient, and `apart` has all of them by its place
        in each of `asked`, shape (groups, W).
        With the paths of the products that may be assembled, shape (A, days + 1, W), and of all the own and the whole
        orders and the paces of units and orders, shape (I, W). What stock orders replace is put into `stock_orders`.
        """
        settings, count = self.scenario.settings, len(self.names)
        product = np.concatenate([of for of, _ in asked])
        horizon = int(np.ceil(longest[assembled].max(initial=0.0))) + 1
        made = demand_processes(self.scenario, range(count))
        scale, days, ages = self._in_season(asked, assembled, horizon)
        span = np.maximum(np.maximum(longest, settings.capacity_bucket_days), stock_orders.days)
        np.maximum.at(span, product, days.max(axis=1))
        units = np.zeros(days.shape)
        mixed = Mixed(self.groups, asked, apart)
        for i, (passed, _) in ages.items():
            span[i] = max(span[i], float(passed.max()))
        paths = np.zeros((len(assembled), horizon + 1, self.samples))
        row = np.full(count, -1, dtype=np.int64)
        row[assembled] = np.arange(len(assembled))
        common = settings.demand.common_factor_cv
        fresh = self._from_cache(made, span, product, days, units)
        drawn = {} if self.cache is None else self.cache.paths
        for i in np.setdiff1d(mixed.products, fresh).tolist():
            mixed.put(units, i, drawn[self.names[i]][1])
        place = np.full(count, -1, dtype=np.int64)
        for rows, panel in self._panels(made, fresh, span):
            place[rows] = np.arange(len(rows))
            rows_of = np.flatnonzero(place[product] >= 0)
            units[rows_of] = panel.windows(place[product[rows_of]], days[rows_of])
            place[rows] = -1
            stock_orders.put(rows.tolist(), panel.cumulated)
            for k in np.flatnonzero(np.isin(rows, mixed.products)).tolist():
                mixed.put(units, int(rows[k]), panel.paths(k))
            for k in np.flatnonzero(row[rows] >= 0).tolist():
                put_path(paths[row[rows[k]]], panel.cumulated[k], partial(panel.windows_of, k), ages.get(int(rows[k])))
        kept = np.ones(count, dtype=bool)
        kept[fresh] = False
        again = np.flatnonzero(kept).tolist()
        stock_orders.put(again, (drawn[self.names[i]][1].cumulated for i in again))
        for i in np.flatnonzero(kept & (row >= 0)).tolist():
            path = drawn[self.names[i]][1]
            put_path(paths[row[i]], path.cumulated, path.windows, ages.get(i))
        ahead = demand_ahead(made, self.names, product, days, seed=self.seed, common_factor_cv=common)
        units -= mixed.ahead(ahead, made, self.names, seed=self.seed, common_factor_cv=common)
        own_order = own_orders(made, self.names, seed=self.seed, samples=self.samples)
        pace, of_orders = (
            paces(made, self.names, seed=self.seed, samples=self.samples, common_factor_cv=cv) for cv in (common, 0.0)
        )
        if self.season is not None and scale is not None:
            units *= scale
            self.season.scale_orders(own_order)
            pace, of_orders = self.season.due_paces(pace, of_orders)
        sizes = self.scenario.products["order_size"].to_numpy(dtype=float)
        whole_order = whole_orders(made, self.names, sizes, seed=self.seed, samples=self.samples)
        demand = np.split(units, np.cumsum([len(of) for of, _ in asked])[:-1])
        return demand, paths, own_order, whole_order, (pace, of_orders), mixed

    def _panels(self, made: list[Process], fresh: Integers, span: Array) -> Iterator[tuple[Integers, Panel]]:
        """Paths of products that are drawn afresh, a panel after the other, kept where there is a cache."""
        common = self.scenario.settings.demand.common_factor_cv
        panels = draw_panels(
            [made[i] for i in fresh], [self.names[i] for i in fresh], seed=self.seed, days=span[fresh],
            samples=self.samples, common_factor_cv=common,
            redraw=None if self.cache is None else self.cache.drawn_again([self.names[i] for i in fresh]),
        )  # fmt: skip
        for places, panel in panels:
            if self.cache is not None:
                self.cache.check()
            rows = fresh[places]
            yield rows, panel
            if self.cache is not None and self.cache.others is not None:
                for k, i in enumerate(rows.tolist()):
                    self.cache.paths[self.names[i]] = ((made[i], common, self.seed, self.samples), panel.paths(k))

    def _in_season(
        self, asked: list[tuple[Integers, Array]], assembled: Integers, horizon: int
    ) -> tuple[Array | None, Array, Mapping[int, Age]]:
        """What demand of windows is multiplied by, their days, both of shape (n, W), and the days of paths."""
        if self.season is None:
            return None, np.concatenate([windows for _, windows in asked]), {}
        scale, days = self.season.scale_and_days([of for of, _ in asked], [windows for _, windows in asked])
        return scale, days, self.season.ages(assembled, horizon)

    def _from_cache(
        self, made: list[Process], span: Array, product: Integers, days: Array, units: Array
    ) -> Integers:
        """Cut what is known and long enough, into `units`; the products whose paths depend on what has changed."""
        if self.cache is None:
            return np.arange(len(made))
        common = self.scenario.settings.demand.common_factor_cv
        fresh: list[int] = []
        order = np.argsort(product, kind="stable")
        ends = np.searchsorted(product[order], np.arange(len(made) + 1))
        for i, name in enumerate(self.names):
            entry, key = self.cache.paths.get(name), (made[i], common, self.seed, self.samples)
            if entry is None or entry[0] != key or entry[1].days < horizon_days(span[i]):
                fresh.append(i)
                continue
            for row in order[ends[i] : ends[i + 1]].tolist():
                units[row] = entry[1].window(days[row])
        return np.array(fresh, dtype=np.int64)

    def _lead_times(self, kind: str, keys: Sequence[str], mean_days: Array, cv: Array) -> Array:
        """Lead times, shape (keys, W)."""
        lead = np.repeat(mean_days[:, None], self.samples, axis=1)
        for k in np.flatnonzero((cv > 0.0) & (mean_days > 0.0)).tolist():
            lead[k] = lead_times(
                mean_days=float(mean_days[k]), cv=float(cv[k]), seed=self.seed, kind=kind, key=keys[k],
                samples=self.samples,
            )  # fmt: skip
        return lead

    def _shelf(self) -> Shelf:
        """Windows of finished stock, and what comes before it is due."""
        derived = self.derived
        lead = self._lead_times("replenishment", self.names, derived.replenishment_days, derived.replenishment_cv)
        return shelf_windows(
            self.groups, lead, self.instant, self.review, rate=self._rate, in_lots=derived.batch > 0.0,
            marks=self._marks(assembled=False), period_end=self.period_end,
            early_days=self.scenario.settings.early_days,
        )  # fmt: skip

    def _diffused(self) -> Diffused:
        seasonal = None if self.season is None else self.season.has
        made = diffused_products(self.scenario, seasonal=seasonal, several=self.groups.several)
        return Diffused.of(made, self.names, seed=self.seed, samples=self.samples)

    def _marks(self, *, assembled: bool) -> dict[int, Integers]:
        """Of products with several groups, that of the unit that falls due; where assembled, of those in time."""
        groups, assembly = self.groups, self.scenario.products["assembly_days"].to_numpy(dtype=float)
        return {
            i: groups.marks(
                i, self.names[i], seed=self.seed, samples=self.samples,
                among=groups.wait_days[groups.of(i)] >= (assembly[i] if assembled else 0.0),
            )
            for i in groups.several.tolist()
        }  # fmt: skip

    def _protected_days(self) -> Array:
        """Mean days of demand until what the next review orders is there, shape (I,)."""
        waits, derived = self.derived.waits, self.derived
        of = waits.product
        return waits.mean(
            protected_days(
                derived.replenishment_days[of], derived.replenishment_cv[of], np.maximum(waits.wait_days, 0.0),
                self.review,
            )
        )  # fmt: skip

    def _bounds(self, stock: FinishedStock, allowed: Booleans) -> None:
        """Least stock for the on-time target (C6), most stock for the shelf life; written into the arrays."""
        rate = self._rate
        life = self.scenario.products["shelf_life_days"].to_numpy(dtype=float)
        for i in np.flatnonzero(allowed[:, MTS]).tolist():
            target = float(self.derived.on_time_target[i])
            if target > 0.0:
                stock.least[i] = least_stock(stock, i, target=target)
        with_life = ~np.isnan(life)
        limit = sold_within_life(rate, life, stock.demand.mean(axis=1), stock.batch, whole=self.derived.whole)
        stock.most[with_life] = limit[with_life]
