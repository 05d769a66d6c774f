"""What the tail of a plan's cost counts beside its mean (C9), sample by sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """The weight of risk, and what the plan costs beside its parts.

    Parameters
    ----------
    weight, level : float
        As of (C9): (1 - weight) E(cost) + weight CVaR(cost).
    beside : shape (W,)
        What else the plan costs in each sample, money per year.
    """

    weight: float
    level: float
    beside: Array

    def weighed(self, cost: Array) -> tuple[float, Array]:
        """Cost with its tail, less the mean of what is beside, and what each sample counts in it, shape (W,).

        Parameters
        ----------
        cost : shape (W,)
            Of parts and of waiting for them.

        Examples
        --------
        >>> risk = Risk(weight=0.5, level=0.75, beside=np.array([0.0, 0.0, 0.0, 9.0]))
        >>> risk.weighed(np.array([4.0, 4.0, 4.0, 0.0]))
        (4.875, array([0.125, 0.125, 0.125, 0.625]))
        """
        whole = cost + self.beside
        weights = (1.0 - self.weight) / len(whole) + self.weight * tail_weights(whole, self.level)
        return float(weights @ whole - self.beside.mean()), weights


def tail_weights(cost: Array, level: float) -> Array:
    """Weights of the samples in the CVaR: the dearest (1 - level) of all, the sample at the edge in part; sum one."""
    order, room = np.argsort(-cost, kind="stable"), (1.0 - level) * len(cost)
    weights = np.zeros(len(cost))
    weights[order] = np.clip(room - np.arange(len(cost)), 0.0, 1.0)
    shares: Array = weights / weights.sum()
    return shares
