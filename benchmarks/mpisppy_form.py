"""mpi-sppy's extensive form of the same instance, where mpi-sppy is installed (python -m pip install mpi-sppy)."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import pyomo.environ as pyo

from benchmarks.instances import group
from engine.decision.solve import decide_instance
from engine.economics.build import build_instance
from engine.economics.instance import Instance
from engine.evaluate.trust.information import one_sample
from engine.model.build import build_model

GAP = 1e-3


def solved(instance: Instance, *, limit: float) -> tuple[float, float, bool]:
    """Seconds to write the models, one a sample, put them together and solve; its objective; whether it was proven."""
    from mpisppy.opt.ef import ExtensiveForm  # noqa: PLC0415
    from mpisppy.scenario_tree import ScenarioNode  # noqa: PLC0415

    def creator(name: str) -> pyo.ConcreteModel:
        m = build_model(one_sample(instance, int(name)))
        m._mpisppy_node_list = [ScenarioNode("ROOT", 1.0, 1, 0.0, [m.x, m.S, m.Sc], m)]  # noqa: SLF001
        m._mpisppy_probability = 1.0 / instance.samples  # noqa: SLF001
        return m

    began, home = time.perf_counter(), Path.cwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        os.chdir(folder)  # It writes its logs where it runs.
        try:
            names = [str(k) for k in range(instance.samples)]
            form = ExtensiveForm({"solver": "appsi_highs"}, names, creator)
            result = form.solve_extensive_form(solver_options={"mip_rel_gap": GAP, "time_limit": limit})
            objective = float(form.get_objective_value())
        finally:
            os.chdir(home)
    done = result.solver.termination_condition == pyo.TerminationCondition.optimal
    return time.perf_counter() - began, objective, done


def report(cases: tuple[tuple[int, int], ...] = ((20, 50), (20, 100), (40, 100)), *, limit: float = 120.0) -> list[str]:
    """Random groups, both ways in turn; rows of a Markdown table."""
    if find_spec("mpisppy") is None:
        return ["not available: python -m pip install mpi-sppy"]
    head = "products | samples | production s | mpi-sppy s | ratio | proven | objectives differ by"
    rows = [f"| {head} |", "|---|---|---|---|---|---|---|"]
    for products, samples in cases:
        instance = build_instance(group(products, samples=samples))
        began = time.perf_counter()
        best = decide_instance(instance, gap=GAP, served=False).search.best
        ours = time.perf_counter() - began
        theirs, objective, done = solved(instance, limit=limit)
        differ = float("nan") if best is None else objective / best.objective - 1.0
        rows.append(
            f"| {products} | {samples} | {ours:.2f} | {theirs:.1f} | {theirs / ours:.0f} | {'yes' if done else 'no'} | "
            f"{differ:.3%} |"
        )
        print(rows[-1], flush=True)
    return rows
