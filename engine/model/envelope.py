"""Lower convex envelope of late units over the reorder level, for lost sales from finished stock."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.economics.instance import Instance
from engine.economics.optima.stock import breakpoints, measure_stock


def late_unit_facets(instance: Instance, i: int) -> list[tuple[float, float]]:
    """Slope and intercept of every facet of the envelope of late units a day over S.

    Late units fall in steps as S rises past what a sample reaches, so the model holds their lower convex envelope
    (lower hull of the steps' lower ends; Andrew 1979) and the plan evaluates the curve itself.

    Returns
    -------
    list of (slope, intercept)
        Units a day per unit of stock, and units a day.
    """
    levels = breakpoints(instance.stock, i, late_units=True)
    late = measure_stock(instance.stock, i, levels, rate=float(instance.stock_rate[i])).late_per_day
    hull: list[tuple[float, float]] = []
    for point in zip(levels.tolist(), late.tolist(), strict=True):
        while len(hull) > 1 and _turns_down(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    # y >= slope (S - s0) + y0 between neighbours of the hull, and y >= what the most stock leaves late.
    facets = [(0.0, float(np.min(late)))]
    for (s0, y0), (s1, y1) in pairwise(hull):
        slope = (y1 - y0) / (s1 - s0)
        if slope < 0.0:
            facets.append((slope, y0 - slope * s0))
    return facets


def _turns_down(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[1] - a[1]) * (c[0] - a[0]) >= (c[1] - a[1]) * (b[0] - a[0])
