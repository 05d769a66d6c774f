"""The demand processes of a scenario's products, by family, mean and CV."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.demand.distributions import Process, own_cv, process
from engine.demand.fitting.stationary import scenario_weeks
from engine.demand.seen_orders import seen_orders
from engine.scenario.scenario import Scenario


def demand_process(scenario: Scenario, row: int) -> Process:
    """The demand process of one product, its own CV beside the common factor taken out."""
    return demand_processes(scenario, [row])[0]


def demand_processes(scenario: Scenario, rows: Sequence[int]) -> list[Process]:
    """The demand processes of some products."""
    products, common = scenario.products, scenario.settings.demand.common_factor_cv
    columns = [
        products[name].to_numpy()[rows]
        for name in ("product", "distribution", "demand_per_week", "demand_cv", "order_size")
    ]
    processes: list[Process] = []
    drawn = [str(name) for name, family in zip(columns[0], columns[1], strict=True) if family == "empirical"]
    past = scenario_weeks(scenario, drawn) if drawn else {}
    for name, family, mean, cv, size in zip(*(column.tolist() for column in columns), strict=True):
        weeks: tuple[float, ...] = ()
        if family == "empirical":
            weeks = past[str(name)]
            cv = float(np.std(weeks) / max(float(np.mean(weeks)), 1e-300)) if np.isnan(cv) else cv  # noqa: PLW2901
        cv_alone, seen = own_cv(0.0 if np.isnan(cv) else float(cv), common), scenario.order_sizes.get(str(name), ())
        if seen and family == "compound_poisson" and cv_alone > 0.0:
            processes.append(seen_orders(mean_per_week=float(mean), cv=cv_alone, sizes=seen))
            continue
        processes.append(
            process(str(family or "gamma"), mean_per_week=float(mean), cv=cv_alone, order_size=float(size), weeks=weeks)
        )
    return processes
