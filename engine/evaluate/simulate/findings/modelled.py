"""What the model itself says of a plan's strategies and stocks, whatever the plan promised of them.

On the plan's own samples it says again what the plan promised, unless somebody changed the plan since. On fresh samples
it says what the stocks cost without having been chosen for just these samples. Both are what causes are tested by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.decision.plan import Plan
from engine.demand.streams import Array, stream
from engine.economics.build import build_instance
from engine.economics.instance import TERMS, Booleans, Instance, Integers
from engine.evaluate.simulate.clock.system import System
from engine.evaluate.simulate.findings.ledger import as_planned, assembled_units, planned_ledger, units_of
from engine.evaluate.trust.first_stage import FirstStage, assess_fixed, of_plan
from engine.scenario.scenario import Scenario
from engine.scenario.stock_prices import STOCK_TERMS

# Fresh samples come in batches, whose spread tells the error of their mean.
BATCHES = 10
MOST_SAMPLES, LEAST_SAMPLES = 500, 50
# Products times samples of a batch: what is drawn in a few seconds.
_AFFORDABLE = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Modelled:
    """A plan by the model, I products.

    Parameters
    ----------
    own : shape (I, terms)
        Money per year on the plan's own samples, the risk term left out.
    own_late : shape (I,)
        Units a day delivered late, on the plan's own samples.
    fresh : shape (B, I, terms)
        Money per year on each batch of fresh samples.
    fresh_late : shape (B, I)
    tested : shape (I,)
        False where a strategy was written by hand that the rules leave out: nobody drew its windows.
    samples : int
        Fresh ones, in all batches.
    """

    own: Array
    own_late: Array
    fresh: Array
    fresh_late: Array
    tested: Booleans
    samples: int


def modelled(scenario: Scenario, plan: Plan, system: System) -> Modelled:
    """Evaluate a plan at its own strategies and stocks, on its own samples and on fresh ones.

    Parameters
    ----------
    scenario : Scenario
    plan : Plan
        Of this scenario, products and components in its order.
    system : System
        That is simulated.
    """
    count, seed = len(plan.decisions), int(plan.summary["seed"])
    planned = build_instance(scenario, samples=int(plan.summary["samples"]), seed=seed)
    stage, sharing = of_plan(planned, plan), [goods for goods, _ in assembled_units(system, units_of(system))]
    cost, late = _measured(planned, stage, plan, sharing)
    fresh, fresh_late = np.zeros((BATCHES, *cost.shape)), np.zeros((BATCHES, count))
    samples = int(np.clip(_AFFORDABLE // count, LEAST_SAMPLES, MOST_SAMPLES))
    for batch in range(BATCHES):
        instance = build_instance(scenario, samples=samples, seed=_fresh_seed(seed, batch))
        fresh[batch], fresh_late[batch] = _measured(instance, stage, plan, sharing)
    tested = planned.allowed[np.arange(count), stage.strategy]
    return Modelled(
        own=cost, own_late=late, fresh=fresh, fresh_late=fresh_late, tested=tested, samples=BATCHES * samples,
    )  # fmt: skip


def _fresh_seed(seed: int, batch: int) -> int:
    """Seed of a batch: no samples of the plan, nor of any other judge of it."""
    return int(stream(seed, "simulation", "fresh samples", str(batch)).integers(1, 2**40))


def _measured(
    instance: Instance, stage: FirstStage, plan: Plan, sharing: Sequence[Integers]
) -> tuple[Array, Array]:
    """Ledger, shape (I, terms), and late units a day, shape (I,), on the samples of an instance.

    Who causes overtime and the stock of shared parts is a question of prices: the simulation books them by the plan's
    shares, and so does this.
    """
    attribution = assess_fixed(instance, stage).attribution
    ledger, planned = attribution.ledger.copy(), planned_ledger(plan)
    every = np.arange(len(ledger))
    booked = [(every, "overtime"), (every, "outsourcing")]
    booked += [(goods, term) for goods in sharing for term in STOCK_TERMS]
    for goods, term in booked:
        t = TERMS.index(term)
        ledger[goods, t] = ledger[goods, t].sum() * as_planned(planned[goods, t])
    ledger[:, TERMS.index("risk")] = 0.0
    return ledger, attribution.late_per_day
