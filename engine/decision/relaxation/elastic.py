"""The elastic model: on a few samples, which on-time targets or how much budget it takes least of to give way."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.decision.outcome import Conflict
from engine.decision.relaxation.conflicts import target_conflict
from engine.economics.instance import ATO, Instance
from engine.program.deadline import NEVER, Deadline
from engine.program.highs import Solver
from engine.search.start import some_samples

_TOLERANCE = 1e-6
_GAP = 1e-3
_SAMPLES = 60


def targets_to_lower(instance: Instance, *, deadline: Deadline = NEVER) -> tuple[Conflict, ...]:
    """On-time targets of assembled products that, lowered, spare a budget more easily than the budget is raised.

    Targets and budget may be exceeded; the total excess, each relative to its own limit, is least.

    Parameters
    ----------
    instance : Instance
        Some plan keeps its other rules.
    deadline : Deadline

    Returns
    -------
    tuple of Conflict
        Empty where the budget has to give way, or time is up.
    """
    if not (instance.on_time_target[instance.allowed[:, ATO]] > 0.0).any() or deadline.passed():
        return ()
    from engine.model.build import build_model  # noqa: PLC0415  (Pyomo is slow to load, and asked rarely)
    from engine.program.compiled import compile_model  # noqa: PLC0415

    few = some_samples(instance, _SAMPLES) if instance.samples > _SAMPLES else instance
    model = build_model(few, elastic=("C6", "C7"))
    program = compile_model(model)
    values = Solver(program).solve(gap=_GAP, time_limit=deadline.left()).values
    if values is None:
        return ()

    def excess(name: str) -> dict[Any, float]:
        variable = getattr(model, f"{name}_excess", None)
        terms = {}
        for index, data in variable.items() if variable is not None else ():
            column = program.columns.get(id(data))
            if column is not None and values[column] > _TOLERANCE:
                terms[index] = float(values[column])
        return terms

    if excess("C7"):
        return ()
    lowered = []
    for i, late in excess("C6").items():
        reached = float(instance.on_time_target[i]) - late / float(instance.rate[i])
        lowered.append(target_conflict(instance, instance.products[i], float(np.clip(reached - 1e-6, 0.0, 1.0))))
    return tuple(lowered)
