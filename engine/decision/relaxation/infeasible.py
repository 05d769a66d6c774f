"""Why no plan keeps all rules: which of them give way, and how far, so that a plan that serves in turn exists.

First the rules over strategies alone (hours, changes), by a small program of their own; then the inventory budget: the
least inventory value that any plan needs, a plan that has it in hand, or the on-time targets, where lowering them is
the smaller step. What is advised is a plan that was found, so that following it always leaves one.
"""

from __future__ import annotations

from operator import itemgetter

import numpy as np

from engine.decision.outcome import Conflict, Infeasible
from engine.decision.relaxation.choices import nearest_choice
from engine.decision.relaxation.conflicts import budget_conflict, family_conflict, relaxed_instance, target_conflict
from engine.decision.relaxation.elastic import targets_to_lower
from engine.decision.relaxation.least_inventory import least_inventory
from engine.economics.instance import ATO, MTO, Instance
from engine.errors import EngineError
from engine.program.deadline import NEVER, Deadline
from engine.scenario.columns import STRATEGIES
from engine.scenario.rounding import at_most
from engine.words.reason import Reason, cause

# Halvings of the targets' reduction, and seconds that are enough for all of it.
_HALVINGS, _ENOUGH = 6, 8.0


def infeasible(instance: Instance, *, deadline: Deadline = NEVER, scenario: str = "") -> Infeasible:
    """The reasons why an instance that no plan satisfies has none.

    Parameters
    ----------
    instance : Instance
    deadline : Deadline
        What is not known by then is left out; an answer that is missing is not an impossibility.
    scenario : str
        Its name.
    """
    return Infeasible(conflicts=unserved(instance) or advice(instance, deadline=deadline), scenario=scenario)


def unserved(instance: Instance) -> tuple[Conflict, ...]:
    """Products that no strategy can serve by itself: on-time target, shelf life and times leave none."""
    apart = np.asarray(instance.ties.narrowed.any(axis=1) & ~instance.allowed.any(axis=1))
    conflicts = [family_conflict(instance, members) for members in instance.ties.families if apart[members].all()]
    for i in np.flatnonzero(~instance.allowed.any(axis=1) & ~apart).tolist():
        bars = tuple(
            Reason(kind="bar", values={"strategy": STRATEGIES[k], "why": (why,)})
            for (j, k), why in sorted(instance.dropped.items(), key=itemgetter(0)) if j == i
        )  # fmt: skip
        # What is made to order comes as it comes, and assembly leaves some segments on time; the others are ruled out
        # whatever the target.
        of_strategy = {MTO: instance.make_on_time, ATO: instance.assembly_on_time}
        reached = max((float(share[i]) for k, share in of_strategy.items() if (i, k) in instance.dropped), default=0.0)
        conflicts.append(
            Conflict(
                rule="C6",
                concerns=(instance.products[i],),
                reason=Reason(
                    kind="no_strategy",
                    values={"product": instance.products[i], "bars": bars, "step": (_step(reached),)},
                ),
                setting="on_time_target",
                needed=reached,
            )
        )
    return tuple(conflicts)


def _step(reached: float) -> Reason:
    """To which target, where there is one that can be kept."""
    if reached > 0.0:
        return Reason(kind="lower_to", values={"reached": at_most(100.0 * reached, digits=1)})
    return Reason(kind="lower")


def advice(instance: Instance, *, deadline: Deadline = NEVER) -> tuple[Conflict, ...]:
    """The rules to relax, all together, and by how much.

    Parameters
    ----------
    instance : Instance
        Every product has a strategy; no plan keeps all rules.
    deadline : Deadline

    Returns
    -------
    tuple of Conflict
        Empty where there was no time to tell.

    Raises
    ------
    EngineError
        Where there is a plan that keeps every rule: that none does was not to be believed.
    """
    deadline = deadline.within(_ENOUGH)
    choice = nearest_choice(instance, deadline=deadline)
    if choice is None:
        return ()
    if instance.budget is None:
        return _believed(choice.conflicts)
    changed = relaxed_instance(instance, choice.conflicts)
    needed = _least_value(changed, deadline)
    if needed is None:
        return choice.conflicts
    if needed <= instance.budget:
        return _believed(choice.conflicts)
    lowered = _lowered(changed, targets_to_lower(changed, deadline=deadline.share(0.5)), deadline)
    return (*choice.conflicts, *(lowered or (budget_conflict(instance, needed),)))


def _believed(conflicts: tuple[Conflict, ...]) -> tuple[Conflict, ...]:
    """The rules that some choice of strategies and stocks exceeds by least, if it exceeds any."""
    if not conflicts:
        raise EngineError(cause("solver_contradicts"))
    return conflicts


def _least_value(instance: Instance, deadline: Deadline) -> float | None:
    """The least inventory value known to do, money."""
    least = least_inventory(instance, deadline=deadline)
    return None if least is None else least[1]


def _lowered(instance: Instance, targets: tuple[Conflict, ...], deadline: Deadline) -> tuple[Conflict, ...]:
    """The targets, lowered as far as it takes for the budget to hold in turn; empty where nothing is left of them.

    Parts shared with hindsight need less stock than parts given out in turn. To give a target up is no advice: the
    budget is what has to give way then.
    """

    def scaled(share: float) -> tuple[Conflict, ...]:
        return tuple(target_conflict(instance, one.concerns[0], share * one.needed) for one in targets)

    def keeps(tried: tuple[Conflict, ...]) -> bool:
        needed = _least_value(relaxed_instance(instance, tried), deadline)
        return needed is not None and needed <= (instance.budget or 0.0)

    if not targets or keeps(targets):
        return targets
    if not keeps(scaled(0.0)):
        return ()
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        if deadline.passed():
            break
        share = 0.5 * (low + high)
        low, high = (share, high) if keeps(scaled(share)) else (low, share)
    return scaled(low) if low > 0.0 else ()
