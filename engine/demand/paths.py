"""Sample paths of one product's demand: every window is a prefix of the same path."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from engine.demand.calendar_weeks import by_day, days_to_come, week_uniforms
from engine.demand.distributions import Empirical, Process
from engine.demand.streams import Array, uniforms

# Windows closer than this to a whole day are that day: the remainder is rounding.
_WHOLE = 1e-9
# Windows of a product that are kept.
_MOST_CUT = 64
# What the streams of a product are for.
DEMAND, PART_OF_A_DAY, POSITION, COMMON = "demand", "part of a day", "position", "common factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Demand counted back from the observation instant.

    Parameters
    ----------
    process : Process
    seed : int
    key : str
        Of the product's streams.
    increments : numpy.ndarray, shape (days, samples)
        The product's own demand of each day, the day before the observation first.
    cumulated : numpy.ndarray, shape (days + 1, samples)
        Demand since the start of each day, the common factor included.
    factor : numpy.ndarray or None, shape (days, samples)
        Common factor of each day.
    cut : dict
        Windows that divide a day and were cut before, by their digest: what-ifs ask for most of them again.
    """

    process: Process
    seed: int
    key: str
    increments: Array
    cumulated: Array
    factor: Array | None = None
    cut: dict[bytes, Array] = field(default_factory=dict, repr=False, compare=False)

    @property
    def days(self) -> int:
        """Days drawn."""
        return len(self.increments)

    def window(self, days: Array) -> Array:
        """Demand in the last `days` before the observation.

        Parameters
        ----------
        days : numpy.ndarray, shape (samples,)
            Length of the window in each sample, days; negative counts as zero.

        Returns
        -------
        numpy.ndarray, shape (samples,)
            Units.
        """
        whole, fraction = whole_days(days)
        sample = np.arange(days.shape[0])
        total = self.cumulated[whole, sample]
        part = np.flatnonzero(fraction)
        if part.size:
            digest = digest_of(days)
            if (kept := self.cut.get(digest)) is not None:
                return kept.copy()
            day = whole[part]
            # The bridge divides the product's own demand; the common factor multiplies the result.
            scale = 1.0 if self.factor is None else self.factor[day, part]
            within = uniforms(self.seed, PART_OF_A_DAY, self.key, *self.increments.shape)
            share = self.process.bridge(self.increments[day, part], fraction[part], within[day, part])
            total[part] += share * scale
            keep_cut(self.cut, digest, total)
        return total

    def windows(self, days: Array) -> Array:
        """The same of windows of different lengths, shape (windows, samples)."""
        return np.stack([self.window(length) for length in days])


def keep_cut(cut: dict[bytes, Array], digest: bytes, total: Array) -> None:
    """Keep a copy of a window among those cut before, of which there are never many."""
    if len(cut) >= _MOST_CUT:
        cut.clear()
    cut[digest] = total.copy()


def sample_paths(
    process: Process, *, seed: int, key: str, days: float, samples: int, common_factor_cv: float = 0.0,
    ahead: bool = False,
) -> Paths:  # fmt: skip
    """Draw the paths of one product.

    Parameters
    ----------
    process : Process
    seed : int
    key : str
        The product: the stream depends on (seed, key) alone.
    days : float
        Longest window that will be asked for.
    samples : int
    common_factor_cv : float
        CV of the weekly factor that all products share.
    ahead : bool
        Of the days after the instant, independent of those before it but for the week that both are of.

    Returns
    -------
    Paths
        A longer horizon extends the paths without changing them.
    """
    horizon = horizon_days(days)
    stream = f"{key} ahead" if ahead else key
    if isinstance(process, Empirical):
        increments = days_of_history(process, seed=seed, key=key, days=horizon, samples=samples, ahead=ahead)
    else:
        increments = process.increments(uniforms(seed, DEMAND, stream, horizon, samples))
    factor = common_factor(seed, horizon, samples, common_factor_cv, ahead=ahead) if common_factor_cv > 0.0 else None
    return Paths(
        process=process, seed=seed, key=stream, increments=increments, cumulated=cumulate(increments, factor),
        factor=factor,
    )  # fmt: skip


def horizon_days(days: float) -> int:
    """Days to draw for windows of up to `days`.

    One spare day, so that a window of exactly `days` finds the day its rounding may fall into; whole weeks, so that a
    week drawn from history is complete.
    """
    return int(np.ceil((np.floor(days + _WHOLE) + 1) / 7.0)) * 7


def digest_of(days: Array) -> bytes:
    """What tells windows apart, shape (samples,)."""
    return hashlib.blake2b(days.tobytes(), digest_size=16).digest()


def whole_days(days: Array) -> tuple[npt.NDArray[np.int64], Array]:
    """Whole days of windows and the fraction that is left; negative windows count as zero."""
    days = np.maximum(days, 0.0)
    whole = np.floor(days + _WHOLE).astype(np.int64)
    return whole, np.where(days - whole < _WHOLE, 0.0, days - whole)


def cumulate(increments: Array, factor: Array | None) -> Array:
    """Demand since the start of each day, the common factor included, shape (..., days + 1, samples)."""
    *before, days, samples = increments.shape
    scaled = increments if factor is None else increments * factor
    cumulated = np.zeros((*before, days + 1, samples))
    np.cumsum(scaled, axis=-2, out=cumulated[..., 1:, :])
    return cumulated


def days_of_history(
    process: Empirical, *, seed: int, key: str, days: int, samples: int, ahead: bool = False
) -> Array:
    """Demand of each day of weeks drawn from history, shape (days, samples)."""
    u = week_uniforms(seed, DEMAND, key, days=days, samples=samples, ahead=ahead)
    return by_day(process.increments(u), days_to_come(seed, samples), ahead=ahead)


@lru_cache(maxsize=8)
def common_factor(seed: int, days: int, samples: int, cv: float, *, ahead: bool = False) -> Array:
    """Gamma factor with mean 1 of the calendar week of each day away from the observation, for all products."""
    factor = by_day(_week_factors(seed, days, samples, cv, ahead=ahead), days_to_come(seed, samples), ahead=ahead)
    factor.setflags(write=False)
    return factor


def _week_factors(seed: int, days: int, samples: int, cv: float, *, ahead: bool = False) -> Array:
    shape, u = 1.0 / cv**2, week_uniforms(seed, COMMON, "", days=days, samples=samples, ahead=ahead)
    return np.asarray(gammaincinv(shape, u) / shape)


def paces(
    processes: Sequence[Process], keys: Sequence[str], *, seed: int, samples: int, common_factor_cv: float
) -> Array:
    """What falls due at the instant observed over its mean, shape (products, samples), of mean 1; not to be written to.

    A full week brings more units and is short more often, so that more of the units are late than of the moments.
    Demand with independent increments brings as much at every instant, whatever came before.

    Parameters
    ----------
    processes, keys : sequences, one per product
    seed, samples : int
    common_factor_cv : float
    """
    common = np.ones(samples)
    if common_factor_cv > 0.0:
        common = _week_factors(seed, 0, samples, common_factor_cv)[0]
    history = [k for k, made in enumerate(processes) if isinstance(made, Empirical)]
    # Where all are late, all of the mean demand is.
    even = np.broadcast_to(common / common.mean(), (len(processes), samples))
    if not history:
        return even
    pace = even.copy()
    for k in history:
        week = processes[k].increments(week_uniforms(seed, DEMAND, keys[k], days=0, samples=samples))[0]
        if (level := float((week * common).mean())) > 0.0:
            pace[k] = week * common / level
    return pace


@lru_cache(maxsize=320)
def lead_times(*, mean_days: float, cv: float, seed: int, kind: str, key: str, samples: int) -> Array:
    """Gamma lead times, shape (samples,), not to be written to; a CV of zero is a fixed time."""
    if cv <= 0.0 or mean_days <= 0.0:
        lead = np.full(samples, mean_days)
    else:
        u = uniforms(seed, kind, key, 1, samples)[0]
        lead = np.asarray(gammaincinv(1.0 / cv**2, u) * mean_days * cv**2)
    # Every instance of a scenario asks for the same ones again.
    lead.setflags(write=False)
    return lead


def instants(seed: int, review_days: float, samples: int) -> Array:
    """The observation instant of each sample within the review cycle, the same for all items; [0, R)."""
    return np.asarray(uniforms(seed, "instant", "", 1, samples)[0] * review_days)


def positions(*, seed: int, key: str, batch: float, samples: int, integer: bool) -> Array:
    """Inventory position above the reorder level, U(0, Q) or uniform on 1..Q (Hadley & Whitin 1963)."""
    if not batch > 0.0:
        return np.zeros(samples)
    u = uniforms(seed, POSITION, key, 1, samples)[0]
    return np.asarray(np.ceil(u * batch) if integer else u * batch)
