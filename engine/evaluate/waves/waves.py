"""`waves`: in which order to switch from today's strategies to the plan, and what each wave saves and costs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.decision.solve import DEFAULT_GAP, solve
from engine.decision.today import today_of
from engine.demand.fitting.complete import complete
from engine.demand.streams import Array
from engine.economics.exposure.draw import SampleCache
from engine.errors import EngineError
from engine.evaluate.reasons.today import repaid, today_figures
from engine.evaluate.waves.cash import CASH, cash_table, levels_of, stays_above, stock_flows
from engine.evaluate.waves.order import State, Switching, grouped
from engine.evaluate.waves.sizes import DEFAULT_SIZES, sizes_of
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.scenario.settings import GROUPED_BY
from engine.words.reason import cause

# Waves are of some hundredths of the whole cost, so that the best of them is proven finer than a plan.
WAVE_GAP = 1e-4
# Months between the waves, and told at least after the last one has begun.
EVERY, TOLD = 3, 12
# The order found, and two others that it is held against.
WAVES, AT_ONCE, LARGEST_FIRST = "waves", "all_at_once", "largest_first"
COLUMNS = (
    "wave", "month", "switches", "switched", *STRATEGIES, "change_cost", "saving_per_year", "payback_months",
    "change_cost_so_far", "saving_so_far", "payback_months_so_far", "cost_per_year", "inventory_value",
    "inventory_released", "inventory_built", "stranded_value", "run_down_days",
)  # fmt: skip
SWITCHES = ("wave", "product", "strategy_from", "strategy_to", "change_cost", "saving_by_itself_per_year")
SCHEDULES = ("schedule", "waves", "saving_in_first_wave", "saving_per_year", "cash_at_end", "most_money_out",
             "month_paid_back")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Waves:
    """An order of switches.

    Parameters
    ----------
    waves : pandas.DataFrame
        One row per wave, columns `COLUMNS`; wave 0 is today. Savings are of running costs, a change being paid once.
    switches : pandas.DataFrame
        Who switches in which wave, columns `SWITCHES`.
    cash : pandas.DataFrame
        Month by month for each schedule, columns `schedule` and `CASH`.
    schedules : pandas.DataFrame
        The order held against all at once and the largest single savings first, columns `SCHEDULES`.
    plan : Plan
        The last wave.
    summary : dict
    """

    waves: pd.DataFrame
    switches: pd.DataFrame
    cash: pd.DataFrame
    schedules: pd.DataFrame
    plan: Plan
    summary: dict[str, Any]


def waves(
    scenario: Scenario,
    *,
    sizes: str = DEFAULT_SIZES,
    by: str | None = None,
    budget: float | None = None,
    plan: Plan | None = None,
    every: int = EVERY,
    months: int | None = None,
    gap: float = DEFAULT_GAP,
    wave_gap: float = WAVE_GAP,
    samples: int | None = None,
    seed: int | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> Waves:
    """Put the switches from today's strategies to the plan in order: each wave the best next one.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    sizes : str
        Most switches of each wave, then the rest.
    by : str, optional
        ``family`` or ``plant``: a wave is a family or a plant, in place of sizes.
    budget : float, optional
        Money once that the changes of a wave may cost, in place of sizes.
    plan : Plan, optional
        Of this scenario, where there is one; else it is decided.
    every : int
        Months from one wave to the next.
    months : int, optional
        To tell cash of; by default two years, or one after the last wave has begun.
    gap : float
        Relative gap to which the plan is decided, as by `solve`.
    wave_gap : float
        The same of each wave.
    samples, seed : int, optional
        In place of the scenario's own, or of the plan's.
    log : callable
        Takes one line of progress at a time.

    Raises
    ------
    EngineError
        Where the scenario names no strategies of today, nothing is to be grouped by, or there is no plan.
    """
    began = time.perf_counter()
    counts = _asked(scenario, sizes, by, budget)
    scenario, cache = complete(scenario), SampleCache()
    if plan is None:
        plan = solve(scenario, gap=gap, samples=samples, seed=seed, cache=cache, log=log).plan_or_raise()
    seed = int(plan.summary["seed"])
    now = today_of(scenario, plan.decisions["strategy"], samples=int(plan.summary["samples"]), seed=seed, cache=cache)
    if now is None:
        raise EngineError(cause("waves_today", scenario=scenario.name))
    switching = Switching(scenario, now, plan, gap=wave_gap, seed=seed, cache=cache)
    if budget is not None:
        cheapest = switching.once[switching.switches].min(initial=np.inf)
        if np.isfinite(cheapest) and cheapest > budget:
            raise EngineError(cause("waves_budget_least", budget=budget, least=float(cheapest)))
        path = _in_turn(switching, lambda at: switching.of_budget(at, budget), log)
    elif by is not None:
        labels = scenario.products[by].astype(str).tolist()
        path = _in_turn(
            switching, lambda at: switching.of_one(at, grouped(switching.remaining(at.strategy), labels)), log
        )
    else:
        path = _of_sizes(switching, counts, log)
    schedules = {WAVES: path, AT_ONCE: [path[0], path[-1]], LARGEST_FIRST: _largest_first(switching, path)}
    if len(path) == 1:
        schedules = dict.fromkeys(schedules, path)
    horizon = max(2 * TOLD, (len(path) - 2) * every + TOLD) if months is None else months
    told = {name: _told(scenario, states, every, horizon, switching) for name, states in schedules.items()}
    table = told[WAVES][0]
    return Waves(
        waves=table,
        switches=_switches(switching, path),
        cash=pd.concat([cash.assign(schedule=name) for name, (_, cash) in told.items()], ignore_index=True)[
            ["schedule", *CASH]
        ],
        schedules=pd.DataFrame([_schedule(name, *of) for name, of in told.items()], columns=list(SCHEDULES)),
        plan=plan,
        summary={
            "scenario": scenario.name,
            "currency": scenario.settings.currency,
            "status": "solved",
            "sizes": sizes if by is None and budget is None else None,
            "by": by,
            "budget": budget,
            "over_budget": 0.0 if budget is None else max(0.0, float(table["change_cost"].max()) - budget),
            "waves": len(path) - 1,
            "switches": len(switching.switches),
            "change_cost": float(table["change_cost_so_far"].iloc[-1]),
            "saving_per_year": float(table["saving_so_far"].iloc[-1]),
            "saving_falls_by": max(0.0, -float(table["saving_per_year"].min())),
            "every_months": every,
            "months": horizon,
            "plan_per_year": plan.objective_per_year,
            "today": today_figures(now, scenario),
            "gap": plan.gap,
            "wave_gap": wave_gap,
            "samples": int(plan.summary["samples"]),
            "seed": seed,
            "seconds": round(time.perf_counter() - began, 3),
            "input_sha256": scenario.digest(),
        },
    )


def _asked(scenario: Scenario, sizes: str, by: str | None, budget: float | None) -> tuple[int, ...]:
    """The sizes, where waves are of sizes.

    Raises
    ------
    EngineError
        Where what is asked for is not there.
    """
    if by is not None and budget is not None:
        raise EngineError(cause("waves_of_two"))
    if by is not None:
        if by not in GROUPED_BY:
            raise EngineError(cause("waves_by", by=by))
        if not (scenario.products[by] != "").any():
            raise EngineError(cause("waves_unnamed", scenario=scenario.name, by=by))
    if budget is not None and not budget > 0.0:
        raise EngineError(cause("waves_budget", budget=budget))
    return sizes_of(sizes) if by is None and budget is None else ()


def _of_sizes(switching: Switching, sizes: tuple[int, ...], log: Callable[[str], None]) -> list[State]:
    """Today and the states after each wave; a size of which nothing saves by itself comes with the next."""
    states = [switching.first]
    for size in sizes:
        if len(switching.remaining(states[-1].strategy)) <= size:
            break
        state = switching.of_size(states[-1], size)
        if state is not None:
            states.append(state)
        log(f"best {size}: {states[-1].cost:,.0f} a year")
    return _ended(switching, states)


def _in_turn(switching: Switching, best: Callable[[State], State | None], log: Callable[[str], None]) -> list[State]:
    """Today and the states after each wave, as long as one saves by itself; the last wave is what is left."""
    states = [switching.first]
    while len(switching.remaining(states[-1].strategy)):
        state = best(states[-1])
        if state is None:
            break
        states.append(state)
        log(f"wave {len(states) - 1}: {state.cost:,.0f} a year")
    return _ended(switching, states)


def _ended(switching: Switching, states: list[State]) -> list[State]:
    """The plan itself as the last state, its stocks and figures those of the plan."""
    if np.array_equal(states[-1].strategy, switching.last.strategy):
        # Nothing to switch leaves today, whose stocks are the best too.
        return states if len(states) == 1 else [*states[:-1], switching.last]
    return [*states, switching.last]


def _largest_first(switching: Switching, path: list[State]) -> list[State]:
    """Waves of the same sizes, those switches first that save most by themselves."""
    ranked, states = switching.remaining(switching.first.strategy), [switching.first]
    for state in path[1:-1]:
        count = int((state.strategy != switching.first.strategy).sum())
        measured = switching.measure(switching.after(switching.first.strategy, ranked[:count]))
        if measured is not None:
            states.append(measured)
    return _ended(switching, states)


def _told(
    scenario: Scenario, states: list[State], every: int, months: int, switching: Switching
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of a schedule, and its cash month by month."""
    first, once = states[0], switching.once
    starts = [every * k for k in range(len(states) - 1)]
    moved, released, built = stock_flows(levels_of(scenario, [one.plan for one in states]), starts, months)
    rows = [_row(first, first, first, once) | {"wave": 0, "month": 0}]
    rows += [
        _row(first, before, after, once) | {"wave": k, "month": starts[k - 1] + 1}
        for k, (before, after) in enumerate(pairwise(states), start=1)
    ]
    for row, movement in zip(rows[1:], moved, strict=True):
        row |= {
            "inventory_released": movement.released, "inventory_built": movement.built,
            "stranded_value": movement.stranded, "run_down_days": movement.run_down_days,
        }  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for of in ("", "_so_far"):
        saved = "saving_per_year" if not of else "saving_so_far"
        table[f"payback_months{of}"] = repaid(table[f"change_cost{of}"], table[saved])
    whole = table.iloc[1:]
    return table, cash_table(
        starts=starts, switched=whole["switches"].tolist(), once=whole["change_cost"].tolist(),
        saving=whole["saving_per_year"].tolist(), released=released, built=built,
    )  # fmt: skip


def _row(first: State, before: State, after: State, once: Array) -> dict[str, Any]:
    """What changes from one state to the next, and what all has changed since the first."""
    new, all_of_them = after.strategy != before.strategy, after.strategy != first.strategy
    return {
        "switches": int(new.sum()), "switched": int(all_of_them.sum()),
        **{name: int((after.strategy == k).sum()) for k, name in enumerate(STRATEGIES)},
        "change_cost": float(once[new].sum()), "saving_per_year": before.cost - after.cost,
        "change_cost_so_far": float(once[all_of_them].sum()), "saving_so_far": first.cost - after.cost,
        "cost_per_year": after.cost, "inventory_value": float(after.plan.summary["inventory_value"]),
        "inventory_released": 0.0, "inventory_built": 0.0, "stranded_value": 0.0, "run_down_days": None,
    }  # fmt: skip


def _switches(switching: Switching, states: list[State]) -> pd.DataFrame:
    """Who switches in which wave, the largest single saving of a wave first."""
    names, rows = switching.scenario.products["product"].to_numpy(), []
    for wave, (before, after) in enumerate(pairwise(states), start=1):
        new = np.flatnonzero(before.strategy != after.strategy)
        for i in new[np.argsort(-switching.singles[new], kind="stable")].tolist():
            alone = float(switching.singles[i])
            rows.append(
                (wave, str(names[i]), STRATEGIES[before.strategy[i]], STRATEGIES[after.strategy[i]],
                 float(switching.once[i]), alone if np.isfinite(alone) else np.nan)
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(SWITCHES))


def _schedule(name: str, table: pd.DataFrame, cash: pd.DataFrame) -> tuple[Any, ...]:
    so_far = cash["cumulative_cash"].to_numpy(dtype=float)
    first = float(table["saving_so_far"].iloc[1]) if len(table) > 1 else 0.0
    return (
        name, len(table) - 1, first, float(table["saving_so_far"].iloc[-1]), float(so_far[-1]),
        max(-float(so_far.min()), 0.0), stays_above(so_far),
    )  # fmt: skip
