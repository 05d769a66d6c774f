"""Lateness that no stock can mend: assembling or making alone takes longer than the customer waits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from engine.demand.streams import Array
from engine.scenario.derived import Derived
from engine.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """What assembling and making after the order make late.

    Parameters
    ----------
    assembly_days, make_days : shape (I,)
        (assembly - L')+ and E(make - L')+, means over the segments.
    assembly_dear_days, make_dear_days : shape (I,)
        The same, each segment's days by its own late cost over the mean: what the mean late cost prices.
    assembly_on_time, make_on_time : shape (I,)
        Share of demand with assembly <= L', and P(make <= L').
    """

    assembly_days: Array
    make_days: Array
    assembly_dear_days: Array
    make_dear_days: Array
    assembly_on_time: Array
    make_on_time: Array


def lateness(scenario: Scenario, derived: Derived) -> Lateness:
    """Lateness of every product of a scenario."""
    waits = derived.waits
    of, wait = waits.product, waits.wait_days
    over = np.maximum(scenario.products["assembly_days"].to_numpy(dtype=float)[of] - wait, 0.0)
    days, on_time = excess(derived.make_days[of], derived.make_cv[of], np.maximum(wait, 0.0))
    return Lateness(
        assembly_days=waits.mean(over), make_days=waits.mean(days), assembly_dear_days=waits.late_mean(over),
        make_dear_days=waits.late_mean(days), assembly_on_time=waits.mean((over <= 0.0).astype(float)),
        make_on_time=waits.mean(on_time),
    )  # fmt: skip


def excess(mean: Array, cv: Array, wait: Array) -> tuple[Array, Array]:
    """E(X - L)+ and P(X <= L) of gamma times X, fixed where the CV is zero; both of the arguments' shape.

    With shape k and scale s: E(X - L)+ = k s (1 - F_{k+1}(L)) - L (1 - F_k(L)), F_k the gamma distribution
    function.

    Parameters
    ----------
    mean, cv, wait : arrays of one shape
        L, `wait`, is zero or more.
    """
    shape = 1.0 / np.where(cv > 0.0, cv, 1.0) ** 2
    scale = np.maximum(mean, 1e-12) / shape
    beyond, heavier = (special.gammaincc(power, wait / scale) for power in (shape, shape + 1.0))
    late = mean * heavier - wait * beyond
    fixed = cv <= 0.0
    late = np.where(fixed, np.maximum(mean - wait, 0.0), np.maximum(late, 0.0))
    on_time = np.where(fixed, (mean <= wait + 1e-9).astype(float), 1.0 - beyond)
    return late, on_time
