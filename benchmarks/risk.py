"""Time of decisions under CVaR, beside the plain extensive form in Pyomo."""

from __future__ import annotations

import time

from benchmarks.instances import group
from engine.decision.solve import decide_instance
from engine.economics.build import build_instance
from engine.scenario.settings import Risk

# Products and samples; the extensive form of the last takes too long to wait for.
SIZES = ((20, 60, True), (40, 100, True), (100, 200, False))


def report(sizes: tuple[tuple[int, int, bool], ...] = SIZES) -> list[str]:
    """Processor seconds to a gap of 0.1%, weight 0.3 at level 0.9."""
    rows = ["| products x samples | production s | extensive form in Pyomo s |", "|---|---|---|"]
    for products, samples, both in sizes:
        risk = Risk(cvar_weight=0.3, cvar_level=0.9)
        instance = build_instance(group(products, samples=samples).with_settings(risk=risk))
        seconds = ["not run", "not run"]
        for k, extensive in enumerate((False, True)):
            if both or not extensive:
                began = time.process_time()
                decide_instance(instance, gap=1e-3, extensive=extensive, served=False)
                seconds[k] = f"{time.process_time() - began:.1f}"
        rows.append(f"| {products} x {samples} | {seconds[0]} | {seconds[1]} |")
    return rows
