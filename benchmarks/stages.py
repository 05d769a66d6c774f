"""Where time and memory of one connected group go, stage by stage, by its size.

`CODP_GROUP=10000` goes on to that many products.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from resource import RUSAGE_SELF, getrusage
from typing import TypeVar

import numpy as np

from benchmarks.decide import GAP
from benchmarks.instances import group
from engine.decision.decided import Decided, make_plan
from engine.decision.extensive import certify
from engine.decision.settling.groups import apart, settle_groups
from engine.economics.build import build_instance
from engine.economics.optima.stock import fold
from engine.search.groups import search_whole

T = TypeVar("T")
SIZES = (500, 1_000, 2_000, 5_000, 10_000)
STAGES = ("drawn", "searched", "served in turn", "certified", "told")


def report(samples: int = 200) -> list[str]:
    """Rows of a Markdown table, each size in a process of its own, and the exponent by which each stage grows."""
    largest = int(os.environ.get("CODP_GROUP", "2000"))
    columns = ["products", *(f"{stage} s" for stage in STAGES), "all s", "peak MB", "gap"]
    rows = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    sizes, found = [size for size in SIZES if size <= largest], list[list[float]]()
    for products in sizes:
        with get_context("spawn").Pool(1) as pool:
            seconds, peak, gap = pool.apply(stages, (products, samples))
        found.append([*seconds, sum(seconds), peak])
        told = " | ".join(f"{one:.1f}" for one in found[-1][:-1])
        rows.append(f"| {products:,} | {told} | {peak:,.0f} | {gap:.3%} |")
        print(rows[-1], flush=True)
    if len(sizes) > 1:
        growth = np.log(np.maximum(found[-1], 1e-3)) - np.log(np.maximum(found[0], 1e-3))
        told = " | ".join(f"{one:.2f}" for one in growth / np.log(sizes[-1] / sizes[0]))
        rows.append(f"| exponent | {told} | |")
    return rows


def stages(products: int, samples: int) -> tuple[list[float], float, float]:
    """Processor seconds of each stage of a decision, the most memory in megabytes, and the gap of the search."""
    seconds = list[float]()

    def timed(work: Callable[[], T]) -> T:
        began = time.process_time()
        done = work()
        seconds.append(time.process_time() - began)
        return done

    scenario = group(products, samples=samples)
    instance = timed(lambda: build_instance(scenario))
    folded = fold(instance)
    search = timed(lambda: search_whole(folded, gap=GAP))
    best = search.best
    if best is None:
        raise RuntimeError(f"no plan of {products} products")
    settled, _ = timed(lambda: settle_groups(instance, folded, best, apart(instance), follow_moves=True))
    plan = settled.plan
    timed(lambda: certify(folded, plan.strategy, plan.program_value))
    decided = Decided(
        search=replace(search, best=plan), program=best, folded=folded, move_objectives=settled.moves
    )
    timed(lambda: make_plan(scenario, instance, decided))
    gap = (best.objective - search.bound) / best.objective
    return seconds, getrusage(RUSAGE_SELF).ru_maxrss / 1024, gap
