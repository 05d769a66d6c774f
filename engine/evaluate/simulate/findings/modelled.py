"""What the model itself says of a plan's strategies and stocks, whatever the plan promised of them.

On the plan's own samples it says again what the plan promised, unless somebody changed the plan since. On fresh samples
it says what the stocks cost without having been chosen for just these samples. Both are what causes are tested by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.decision.plan import Plan
from engine.demand.streams import Array, stream
from engine.economics.build import build_instance
from engine.economics.instance import ATO, TERMS, Booleans, Instance, Integers
from engine.evaluate.simulate.findings.ledger import as_planned, planned_ledger
from engine.evaluate.trust.first_stage import FirstStage, assess_fixed, of_plan
from engine.scenario.scenario import Scenario

# Fresh samples come in batches, whose spread tells the error of their mean.
BATCHES = 10
MOST_SAMPLES, LEAST_SAMPLES = 500, 50
# Products times samples of a batch: what is drawn in a few seconds.
_AFFORDABLE = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Modelled:
    """A plan by the model, I products, in units of products that are told together.

    The program leaves open how late units are split among products that share parts, so that only the sum over
    these is certain. All other products are units by themselves.

    Parameters
    ----------
    own : shape (I, terms)
        Money per year on the plan's own samples, the risk term left out.
    own_late : shape (I,)
        Units a day delivered late, on the plan's own samples.
    fresh : shape (B, I, terms)
        Money per year on each batch of fresh samples.
    fresh_late : shape (B, I)
    tested, late_tested : shape (I,)
        False where the model cannot say what a plan costs, or how late it is, whose stocks are given.
    same : shape (I,)
        Whether the cost on the plan's own samples is what the plan promised if nobody changed it: an inventory budget
        weighs on the split of late units among products that share parts, which is not so here.
    samples : int
        Fresh ones, in all batches.
    """

    own: Array
    own_late: Array
    fresh: Array
    fresh_late: Array
    tested: Booleans
    late_tested: Booleans
    same: Booleans
    samples: int


def modelled(scenario: Scenario, plan: Plan, unit: Integers) -> Modelled:
    """Evaluate a plan at its own strategies and stocks, on its own samples and on fresh ones.

    Parameters
    ----------
    scenario : Scenario
    plan : Plan
        Of this scenario, products and components in its order.
    unit : shape (I,)
        Number of the unit of each product (`units_of`).
    """
    count, seed = len(plan.decisions), int(plan.summary["seed"])
    own = build_instance(scenario, samples=int(plan.summary["samples"]), seed=seed)
    stage = of_plan(own, plan)
    cost, late = _measured(own, stage, plan)
    fresh, fresh_late = np.zeros((BATCHES, *cost.shape)), np.zeros((BATCHES, count))
    samples = int(np.clip(_AFFORDABLE // count, LEAST_SAMPLES, MOST_SAMPLES))
    for batch in range(BATCHES):
        instance = build_instance(scenario, samples=samples, seed=_fresh_seed(seed, batch))
        fresh[batch], fresh_late[batch] = _measured(instance, stage, plan)
    tested, late_tested = _testable(own, stage, unit)
    return Modelled(
        own=cost, own_late=late, fresh=fresh, fresh_late=fresh_late, tested=tested, late_tested=late_tested,
        same=np.full(count, own.budget is None) | (np.bincount(unit)[unit] == 1), samples=BATCHES * samples,
    )  # fmt: skip


def _fresh_seed(seed: int, batch: int) -> int:
    """Seed of a batch: no samples of the plan, nor of any other judge of it."""
    return int(stream(seed, "simulation", "fresh samples", str(batch)).integers(1, 2**40))


def _measured(instance: Instance, stage: FirstStage, plan: Plan) -> tuple[Array, Array]:
    """Ledger, shape (I, terms), and late units a day, shape (I,), on the samples of an instance."""
    found = assess_fixed(instance, stage).attribution
    ledger, planned = found.ledger.copy(), planned_ledger(plan)
    # Who causes overtime is a question of prices; the simulation books it by the plan's shares, and so does this.
    for term in ("overtime", "outsourcing"):
        t = TERMS.index(term)
        ledger[:, t] = ledger[:, t].sum() * as_planned(planned[:, t])
    ledger[:, TERMS.index("risk")] = 0.0
    return ledger, found.late_per_day


def _testable(instance: Instance, stage: FirstStage, unit: Integers) -> tuple[Booleans, Booleans]:
    """Where costs and late units at given stocks are certain, both shape (I,).

    Not where a strategy was written by hand that the rules leave out, whose windows nobody drew; nor where products
    that share parts lose sales, for then their split decides the cost.
    """
    rows, assembled = np.arange(len(stage.strategy)), stage.strategy == ATO
    sharing = np.bincount(unit)[unit] > 1
    lost = assembled & (instance.lost > 0.0)
    bad = ~instance.allowed[rows, stage.strategy] | (lost & sharing)
    tested = ~np.isin(unit, unit[bad])
    return tested, tested


def together(values: Array, unit: Integers, axis: int) -> Array:
    """Sums over the products of each unit along one axis, which becomes one over units."""
    moved = np.moveaxis(values, axis, 0)
    total = np.zeros((int(unit.max()) + 1, *moved.shape[1:]))
    np.add.at(total, unit, moved)
    return np.moveaxis(total, 0, axis)
