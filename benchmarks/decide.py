"""Time to a proven decision: production path against raw HiGHS and against Pyomo written term by term."""

from __future__ import annotations

import time
from dataclasses import dataclass
from multiprocessing import get_context
from resource import RUSAGE_SELF, getrusage

import numpy as np
import pyomo.environ as pyo

from benchmarks.instances import AW_SETTINGS, bicycles, group, setting
from engine.decision.solve import decide_instance
from engine.economics.build import build_instance
from engine.economics.instance import ATO, MTS, Instance
from engine.economics.optima.screen import screen
from engine.economics.optima.stock import fold
from engine.model.build import build_model
from engine.program.compiled import compile_model
from engine.program.deadline import Deadline
from engine.program.highs import Solver
from engine.search.branch_and_cut import PooledSearch
from engine.search.groups import groups

GAP = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds and proven gap of one way to decide."""

    seconds: float
    gap: float
    objective: float


def production(instance: Instance, *, limit: float) -> Timing:
    """Screen, group, relax, tighten, round, branch: the same program as the others, parts shared with hindsight."""
    began = time.perf_counter()
    found = decide_instance(instance, gap=GAP, deadline=Deadline(at=began + limit), served=False).search
    objective = np.inf if found.best is None else found.best.objective
    return Timing(seconds=time.perf_counter() - began, gap=_gap(objective, found.bound), objective=objective)


def plan(instance: Instance, *, limit: float) -> Timing:
    """All that `solve` does to a plan first come first served; the gap is what that costs above the program."""
    began = time.perf_counter()
    decided = decide_instance(instance, gap=GAP, deadline=Deadline(at=began + limit), settle=True)
    served, program = decided.search.best, decided.program
    objective, least = (np.inf if found is None else found.objective for found in (served, program))
    return Timing(seconds=time.perf_counter() - began, gap=_gap(objective, least), objective=objective)


def raw_highs(instance: Instance, *, limit: float) -> Timing:
    """HiGHS on the ready matrix of the extensive form; only its own run is timed."""
    program = compile_model(build_model(instance))
    began = time.perf_counter()
    answer = Solver(program).solve(gap=GAP, time_limit=limit)
    return Timing(
        seconds=time.perf_counter() - began, gap=_gap(answer.objective, answer.bound), objective=answer.objective
    )


def pyomo_by_hand(instance: Instance, *, limit: float) -> Timing:
    """The extensive form written expression by expression, built and solved by `appsi_highs`."""
    began = time.perf_counter()
    model = written_out(instance)
    solver = pyo.SolverFactory("appsi_highs")
    solver.options["mip_rel_gap"] = GAP
    result = solver.solve(model, timelimit=limit, load_solutions=False)
    # Without a plan in time appsi gives no upper bound.
    high = np.inf if result.problem.upper_bound is None else float(result.problem.upper_bound)
    low = -np.inf if result.problem.lower_bound is None else float(result.problem.lower_bound)
    return Timing(seconds=time.perf_counter() - began, gap=_gap(high, low), objective=high)


def written_out(instance: Instance) -> pyo.ConcreteModel:
    """(C1) to (C4) without lots and lost sales, as one would first write them in Pyomo."""
    m, samples = pyo.ConcreteModel(), range(instance.samples)
    products = range(len(instance.products))
    edges, fixed, carried, net = instance.edges, instance.standing, instance.part_carrying, instance.stock.net
    lines = list(zip(edges.product.tolist(), edges.component.tolist(), edges.quantity.tolist(), edges.window.tolist(),
                     strict=True))  # fmt: skip
    used = sorted({c for _, c, _, _ in lines})
    m.x = pyo.Var(products, range(3), domain=pyo.Binary)
    m.S = pyo.Var(products)
    m.B = pyo.Var(products, samples, domain=pyo.NonNegativeReals)
    m.C = pyo.Var(used, domain=pyo.NonNegativeReals)
    m.w = pyo.Var(products, samples, domain=pyo.NonNegativeReals)
    for i in products:
        for k in range(3):
            if not instance.allowed[i, k]:
                m.x[i, k].fix(0)
    m.one = pyo.Constraint(products, rule=lambda m, i: sum(m.x[i, k] for k in range(3)) == 1)
    m.least = pyo.Constraint(products, rule=lambda m, i: m.S[i] >= -instance.stock.batch[i] * m.x[i, MTS])
    m.back = pyo.Constraint(products, samples, rule=lambda m, i, s: m.B[i, s] >= net[i, s] * m.x[i, MTS] - m.S[i])
    m.peak = pyo.Constraint(products, samples, rule=lambda m, i, s: m.w[i, s] <= edges.peak[i, s] * m.x[i, ATO])
    of = {c: [line for line in lines if line[1] == c] for c in used}

    def hand(m: pyo.ConcreteModel, c: int, s: int) -> object:
        return m.C[c] + sum(q * (m.w[i, s] - edges.windows[k, s] * m.x[i, ATO]) for i, _, q, k in of[c])

    m.cover = pyo.Constraint(used, samples, rule=lambda m, c, s: hand(m, c, s) >= 0)
    m.cost = pyo.Objective(
        expr=sum(fixed[i, k] * m.x[i, k] for i in products for k in range(3))
        + sum(
            instance.carrying[i] * (m.S[i] - net[i, s] * m.x[i, MTS] + m.B[i, s])
            + instance.late[i] * (m.B[i, s] + m.w[i, s])
            for i in products for s in samples
        ) / instance.samples
        + sum(carried[c] * hand(m, c, s) for c in used for s in samples) / instance.samples
    )  # fmt: skip
    return m


def first_answer(instance: Instance, *, seconds: float) -> Timing:
    """One relaxation from nothing, its rounding, and cuts while there is time."""
    began = time.perf_counter()
    folded = fold(instance)
    search = PooledSearch(folded, gap=0.01)
    found, _ = search.first(until=Deadline(at=began + seconds), allowed=screen(folded).allowed)
    objective = np.inf if found.best is None else found.best.objective
    return Timing(seconds=time.perf_counter() - began, gap=_gap(objective, found.bound), objective=objective)


def _gap(objective: float, bound: float) -> float:
    if not np.isfinite(objective) or not np.isfinite(bound):
        return float("inf")
    return max(0.0, objective - bound) / max(abs(objective), 1e-9)


def adventureworks(
    names: tuple[str, ...] = tuple(AW_SETTINGS), *, limit: float = 150.0, by_hand: bool = True
) -> list[str]:
    """The ten settings, or some of them, each way in turn; rows of a Markdown table."""
    base = bicycles()
    if base is None:
        return ["AdventureWorks is absent: set CODP_DATA to the folder with the real data."]
    head = "setting | samples | production s | gap | raw HiGHS s | gap | ratio | Pyomo by hand s | ratio"
    rows = [f"| {head} | first answer s | gap | plan s | allocation |", "|---" * 13 + "|"]
    ratios: list[tuple[float, float]] = []
    for name in names:
        scenario, samples = setting(base, name)
        instance = build_instance(scenario, samples=samples)
        ours, raw = production(instance, limit=limit), raw_highs(instance, limit=limit)
        hand = pyomo_by_hand(instance, limit=limit) if by_hand else Timing(seconds=np.nan, gap=np.nan, objective=np.nan)
        first, whole = first_answer(instance, seconds=1.0), plan(instance, limit=limit)
        ratios.append((raw.seconds / ours.seconds, hand.seconds / ours.seconds))
        rows.append(
            f"| {name} | {samples} | {ours.seconds:.1f} | {ours.gap:.3%} | {raw.seconds:.1f} | {raw.gap:.3%} | "
            f"{ratios[-1][0]:.1f} | {hand.seconds:.1f} | {ratios[-1][1]:.1f} | {first.seconds:.2f} | {first.gap:.2%} | "
            f"{whole.seconds:.1f} | {whole.gap:.2%} |"
        )
        print(rows[-1], flush=True)
    means = np.exp(np.log(np.array(ratios)).mean(axis=0))
    rows.append(f"| geometric mean | | | | | | {means[0]:.1f} | | {means[1]:.1f} | | | | |")
    return rows


SIZES = ((20, 200), (100, 200), (300, 200), (1000, 200), (2000, 200), (100, 500), (100, 1000))


def sizes(cases: tuple[tuple[int, int], ...] = SIZES, *, limit: float = 150.0) -> list[str]:
    """One connected group of growing size, each in a process of its own for its memory; rows of a Markdown table."""
    head = "products | samples | connected after screening | production s | gap | peak memory MB | first answer s | gap"
    rows = [f"| {head} | plan s | allocation |", "|---|---|---|---|---|---|---|---|---|---|"]
    spawn = get_context("spawn")
    for products, samples in cases:
        with spawn.Pool(1) as pool:
            rows.append(pool.apply(_size, (products, samples, limit)))
        print(rows[-1], flush=True)
    return rows


def _size(products: int, samples: int, limit: float) -> str:
    instance = build_instance(group(products, samples=samples))
    folded = fold(instance)
    connected = max(len(members) for members in groups(folded, screen(folded).allowed))
    ours = production(instance, limit=limit)
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    first, whole = first_answer(instance, seconds=1.0), plan(instance, limit=limit)
    return (
        f"| {products:,} | {samples:,} | {connected:,} | {ours.seconds:.1f} | {ours.gap:.3%} | {peak:,.0f} | "
        f"{first.seconds:.2f} | {first.gap:.2%} | {whole.seconds:.1f} | {whole.gap:.2%} |"
    )
