"""What given strategies cost and reach on the samples of an instance, with the best stocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from engine.decision.tables.attribution import Attribution, attribute
from engine.demand.streams import Array
from engine.economics.instance import Instance
from engine.search.recourse import Recourse

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """Strategies with their best stocks, measured.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    recourse : Recourse
    attribution : Attribution
    """

    instance: Instance
    recourse: Recourse
    attribution: Attribution

    @property
    def cost(self) -> float:
        """Expected cost per year."""
        return self.attribution.objective

    @property
    def inventory_value(self) -> float:
        """Average value on hand."""
        return float(self.attribution.inventory_value.sum())

    @property
    def on_time(self) -> float:
        """Share of all units that are delivered on time."""
        late, rate = self.attribution.late_per_day.sum(), self.instance.rate.sum()
        return float(np.clip(1.0 - late / rate, 0.0, 1.0))


def assess(instance: Instance, recourse: Recourse) -> Assessed:
    """Measure strategies with their stocks."""
    return Assessed(
        instance=instance,
        recourse=recourse,
        attribution=attribute(instance, recourse),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Cost of one over another on the same samples, money per year.

    Parameters
    ----------
    mean, low, high : float
        Expected difference and its two-sided 95% confidence interval.
    """

    mean: float
    low: float
    high: float

    @property
    def distinguishable(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0.0 or self.high < 0.0


def difference(of: Assessed, base: Assessed) -> Difference | None:
    """Paired difference of two costs (common random numbers; Law 2015, section 11.2), None on other samples.

    Stocks were chosen on these samples, for both. Costs of one sample are skewed, so that with few samples the interval
    holds the truth less often than it says: docs/compare.md has the measured share.

    Parameters
    ----------
    of, base : Assessed
        On the same seed.
    """
    first, second = base.attribution.sample_cost, of.attribution.sample_cost
    if len(first) != len(second):
        return None
    mean = of.cost - base.cost
    gaps: Array = second - first
    count = len(gaps)
    if count < 2:
        return None
    quantile = float(special.stdtrit(count - 1, 0.5 + CONFIDENCE / 2.0))
    half = quantile * float(gaps.std(ddof=1)) / count**0.5
    if half <= 1e-9 * max(abs(of.cost), 1e-9):
        half = 0.0
        mean = 0.0 if abs(mean) <= 1e-9 * max(abs(of.cost), 1e-9) else mean
    return Difference(mean=mean, low=mean - half, high=mean + half)
