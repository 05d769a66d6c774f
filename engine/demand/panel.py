"""Sample paths of many products at once: the same numbers as `paths`, drawn and cut together.

A product's streams hang on seed and key alone, so that nothing changes with the company in which it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from engine.demand.distributions import Empirical, Gamma, NegativeBinomial, Normal, Poisson, Process
from engine.demand.paths import (
    DEMAND,
    PART_OF_A_DAY,
    POSITION,
    Paths,
    common_factor,
    cumulate,
    days_of_history,
    digest_of,
    horizon_days,
    keep_cut,
    whole_days,
)
from engine.demand.redraw import Redraw, days_of
from engine.demand.streams import Array, uniforms_of_many
from engine.scenario.arrays import Integers

P = TypeVar("P", bound=Process)

# Days x samples of the products drawn together: what stays in the cache of a processor, more or less.
_CELLS = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Paths of products that are drawn equally far back.

    Parameters
    ----------
    processes : tuple of Process
    keys : tuple of str
        The products.
    seed : int
    increments : shape (products, days, samples)
    cumulated : shape (products, days + 1, samples)
    factor : shape (days, samples) or None
        As of `Paths`.
    redraw : Redraw or None
        Keeps the uniforms that divide days.
    cut : dict
        Windows cut, of each product, as `Paths` has them.
    """

    processes: tuple[Process, ...]
    keys: tuple[str, ...]
    seed: int
    increments: Array
    cumulated: Array
    factor: Array | None
    redraw: Redraw | None = None
    cut: dict[int, dict[bytes, Array]] = field(default_factory=dict, repr=False, compare=False)

    def paths(self, i: int) -> Paths:
        """The paths of one product."""
        return Paths(
            process=self.processes[i], seed=self.seed, key=self.keys[i], increments=self.increments[i],
            cumulated=self.cumulated[i], factor=self.factor, cut=self.cut.get(i, {}),
        )  # fmt: skip

    def windows(self, product: Integers, days: Array) -> Array:
        """Demand in the last `days` before the observation.

        Parameters
        ----------
        product : shape (windows,)
        days : shape (windows, samples)

        Returns
        -------
        numpy.ndarray, shape (windows, samples)
        """
        total, divided = self._windows(product, days)
        for row in divided.tolist():
            keep_cut(self.cut.setdefault(int(product[row]), {}), digest_of(days[row]), total[row])
        return total

    def _windows(self, product: Integers, days: Array) -> tuple[Array, Integers]:
        """The same, and which windows divide a day."""
        whole, fraction = whole_days(days)
        total = self.cumulated[product[:, None], whole, np.arange(days.shape[1])]
        row, sample = np.nonzero(fraction)
        if row.size:
            of, day = product[row], whole[row, sample]
            part = _bridge(
                self.processes, of, self.increments[of, day, sample], fraction[row, sample],
                self._within(of, day, sample),
            )  # fmt: skip
            total[row, sample] += part if self.factor is None else part * self.factor[day, sample]
        return total, np.unique(row)

    def windows_of(self, product: int, days: Array) -> Array:
        """Demand of one product in the last `days` before the observation, shape (windows, samples)."""
        return self._windows(np.full(len(days), product), days)[0]

    def _within(self, product: Integers, day: Integers, sample: Integers) -> Array:
        """Uniforms that divide a day, of the days that are divided."""
        if self.redraw is None:
            return self._drawn_within(product, day, sample)
        asked = (self.seed, self.keys, self.increments.shape, product, day, sample)
        return self.redraw.part(asked, lambda: self._drawn_within(product, day, sample))

    def _drawn_within(self, product: Integers, day: Integers, sample: Integers) -> Array:
        _, horizon, samples = self.increments.shape
        wanted = np.zeros((len(self.keys), horizon), dtype=bool)
        wanted[product, day] = True
        place = (np.cumsum(wanted.ravel()) - 1).reshape(wanted.shape)
        drawn = uniforms_of_many(
            self.seed, PART_OF_A_DAY, self.keys, rows=horizon, samples=samples, wanted=wanted
        )
        return np.asarray(drawn[place[product, day], sample])


def draw_panels(
    processes: Sequence[Process],
    keys: Sequence[str],
    *,
    seed: int,
    days: Array,
    samples: int,
    common_factor_cv: float = 0.0,
    redraw: Redraw | None = None,
) -> Iterator[tuple[Integers, Panel]]:
    """Draw products, those that need equally long paths together.

    Parameters
    ----------
    processes, keys : sequences, one per product
    seed : int
    days : shape (products,)
        Longest window that will be asked for.
    samples : int
    common_factor_cv : float
    redraw : Redraw, optional
        Keeps what they are drawn from for the next time.

    Yields
    ------
    rows : shape (n,)
        Which products.
    panel : Panel
        Theirs, in this order.
    """
    horizons = np.array([horizon_days(float(longest)) for longest in days], dtype=np.int64)
    asked: list[tuple[int, Integers]] = []
    for horizon in np.unique(horizons).tolist():
        every = np.flatnonzero(horizons == horizon)
        size = max(1, _CELLS // (horizon * samples))
        asked += [(horizon, every[start : start + size]) for start in range(0, len(every), size)]

    def drawn(horizon: int, rows: Integers) -> tuple[Integers, Panel]:
        chosen, names = tuple(processes[i] for i in rows.tolist()), tuple(keys[i] for i in rows.tolist())
        factor = None if common_factor_cv <= 0.0 else common_factor(seed, horizon, samples, common_factor_cv)
        increments = _increments(chosen, names, seed=seed, horizon=horizon, samples=samples, redraw=redraw)
        return rows, Panel(
            processes=chosen, keys=names, seed=seed, increments=increments,
            cumulated=cumulate(increments, factor), factor=factor, redraw=redraw,
        )  # fmt: skip

    if len(asked) < 2:
        yield from (drawn(*one) for one in asked)
        return
    # The next panel is drawn while windows are cut from this one: nearly all of both is done without the interpreter.
    with ThreadPoolExecutor(max_workers=1) as beside:
        following = beside.submit(drawn, *asked[0])
        for one in asked[1:]:
            panel, following = following.result(), beside.submit(drawn, *one)
            yield panel
        yield following.result()


def _increments(
    processes: Sequence[Process], keys: Sequence[str], *, seed: int, horizon: int, samples: int, redraw: Redraw | None
) -> Array:
    """Daily demand, shape (products, days, samples)."""
    kinds = _kinds(processes)
    out = np.empty((len(processes), horizon, samples))
    for kind, rows in kinds.items():
        names, own = [keys[i] for i in rows], [processes[i] for i in rows]
        if kind is Gamma:
            drawn = days_of if redraw is None else redraw.places_of
            places = drawn(seed, DEMAND, names, rows=horizon, samples=samples)
            demand = _together(Gamma, own, (-1, 1, 1)).increments_at(places)
            if len(kinds) == 1:
                return demand
            out[rows] = demand
            continue
        if kind is Empirical:
            for i in rows:
                history = cast("Empirical", processes[i])
                out[i] = days_of_history(history, seed=seed, key=keys[i], days=horizon, samples=samples)
            continue
        u = uniforms_of_many(seed, DEMAND, names, rows=horizon, samples=samples)
        if kind is Normal:
            out[rows] = _together(kind, own, (-1, 1, 1)).increments(u)
        else:
            for k, i in enumerate(rows):
                out[i] = processes[i].increments(u[k])
    return out


def _bridge(processes: Sequence[Process], of: Integers, increment: Array, fraction: Array, u: Array) -> Array:
    """Demand of the first part of days, each of its product; all of shape (n,)."""
    out = np.empty_like(u)
    kinds = _kinds(processes)
    number = np.empty(len(processes), dtype=np.int64)
    for k, rows in enumerate(kinds.values()):
        number[rows] = k
    for k, kind in enumerate(kinds):
        at = np.flatnonzero(number[of] == k)
        if kind in (Gamma, Normal, Poisson, NegativeBinomial):
            made = _together(kind, processes, (-1,), of[at])
            out[at] = made.bridge(increment[at], fraction[at], u[at])
            continue
        for i in np.unique(of[at]).tolist():
            one = at[of[at] == i]
            out[one] = processes[i].bridge(increment[one], fraction[one], u[one])
    return out


def _kinds(processes: Sequence[Process]) -> dict[type[Process], list[int]]:
    kinds: dict[type[Process], list[int]] = {}
    for i, made in enumerate(processes):
        kinds.setdefault(type(made), []).append(i)
    return kinds


def _together(
    kind: type[P], processes: Sequence[Process], shape: tuple[int, ...], of: Integers | None = None
) -> P:
    """One process with the numbers of many in arrays."""

    def values(name: str) -> Array:
        numbers = np.array([getattr(made, name, np.nan) for made in processes], dtype=np.float64)
        return (numbers if of is None else numbers[of]).reshape(shape)

    numbers: dict[str, Any] = {"mean_per_week": values("mean_per_week")}
    if kind is not Poisson:
        numbers["cv"] = values("cv")
    return kind(**numbers)


def positions_of_many(
    *, seed: int, keys: Sequence[str], batch: Array, samples: int, integer: npt.NDArray[np.bool_]
) -> Array:
    """What `paths.positions` gives for each key, shape (keys, samples)."""
    position = np.zeros((len(keys), samples))
    some = np.flatnonzero(batch > 0.0)
    size = batch[some, None]
    u = uniforms_of_many(seed, POSITION, [keys[i] for i in some.tolist()], rows=1, samples=samples)[:, 0] * size
    position[some] = np.where(integer[some, None], np.ceil(u), u)
    return position
