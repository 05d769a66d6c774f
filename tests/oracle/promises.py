"""What a plan of the engine promises, beside what happens in the simulation with its strategies and stocks."""

from dataclasses import dataclass

import numpy as np

from engine import Solved, solve
from tests.oracle.plant import Plant
from tests.oracle.simulation import Outcome, Simulation

# Ledger terms that a simulation without capacity sees.
HOLDING, LATE, LOST = ("holding", "obsolescence"), ("late",), ("lost_margin",)


@dataclass(frozen=True)
class Promise:
    """A plan in plain numbers, products and parts in the order of the scenario."""

    strategies: tuple[str, ...]
    levels: np.ndarray
    part_levels: np.ndarray
    on_time: np.ndarray
    holding: float
    late: float
    lost: float
    objective: float

    @property
    def cost(self) -> float:
        return self.holding + self.late + self.lost


def promise_of(plan) -> Promise:
    """Read from the tables of a plan: reorder levels are reorder points where the tables name them."""
    decisions, ledger = plan.decisions, plan.ledger

    def total(terms) -> float:
        return float(ledger.loc[ledger["term"].isin(terms), "cost_per_year"].sum())

    return Promise(
        strategies=tuple(decisions["strategy"]),
        levels=_levels(decisions),
        part_levels=_levels(plan.components),
        on_time=decisions["on_time"].to_numpy(dtype=float),
        holding=total(HOLDING),
        late=total(LATE),
        lost=total(LOST),
        objective=float(plan.objective_per_year),
    )


def solved(scenario, **options) -> Promise:
    """The plan of a scenario that has one."""
    outcome = solve(scenario, **options)
    assert isinstance(outcome, Solved), outcome
    return promise_of(outcome.plan)


def happens(plant: Plant, promise: Promise, *, seed: int, runs: int, days: float) -> Outcome:
    """The simulation of a promise."""
    simulation = Simulation(plant, seed=seed, runs=runs, days=days)
    return simulation.outcome(promise.strategies, promise.levels, promise.part_levels)


def _levels(table) -> np.ndarray:
    column = "reorder_point" if "reorder_point" in table else "base_stock"
    # What nothing is stocked of has no reorder point.
    return np.nan_to_num(table[column].to_numpy(dtype=float))
