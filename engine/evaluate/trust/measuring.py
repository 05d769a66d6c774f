"""What it would be worth to know an input exactly, from the redrawn scenarios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import Integers
from engine.evaluate.trust.draws import Draws
from engine.evaluate.trust.resample import Resamples

# Regressors of one fit, at most this share of the draws.
_DENSE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """Value of knowing each input exactly, and which way it points.

    Parameters
    ----------
    inputs : tuple of str
    value : shape (I, inputs)
        Expected saving of the product, money per year, when its strategy is chosen knowing the input.
    slope : shape (I, inputs)
        Correlation of the input with the advantage of the plan's strategy over its rival: above zero, a higher
        number speaks for the plan.
    everything : shape (I,)
        The same, knowing every input.
    """

    inputs: tuple[str, ...]
    value: Array
    slope: Array
    everything: Array


def measuring(resamples: Resamples, draws: Draws, rival: Integers) -> Measuring:
    """Expected value of partial perfect information (EVPPI) of every product and input.

    The cost differences between strategies are regressed on the input over the draws; the value is what choosing by
    the fitted differences saves against choosing once (Strong, Oakley & Brennan 2014, eq. 4). One number enters with
    its square, the parts of a product linearly; fits are shrunk by the adjusted coefficient of determination, so that
    an input without effect is worth nothing.

    Parameters
    ----------
    resamples : Resamples
    draws : Draws
    rival : shape (I,)
        The strategy nearest to the plan's, -1 where there is none.
    """
    scenario = resamples.scenario
    names = tuple(one.name for one in resamples.inputs)
    products = len(draws.strategy)
    index = {str(name): c for c, name in enumerate(scenario.components["component"])}
    lines = scenario.bom.groupby("product")["component"].apply(lambda found: [index[str(name)] for name in found])
    parts = {str(name): found for name, found in lines.items()} if len(scenario.bom) else {}
    used = {}
    if len(scenario.routing):
        resources = {str(name): g for g, name in enumerate(scenario.resources["resource"])}
        grouped = scenario.routing.groupby("product")["resource"].apply(lambda found: sorted(set(found)))
        used = {str(name): [resources[str(one)] for one in found] for name, found in grouped.items()}
    value, slope = np.zeros((products, len(names))), np.zeros((products, len(names)))
    everything = np.zeros(products)
    for i, name in enumerate(scenario.products["product"].astype(str)):
        if rival[i] < 0:
            continue
        usable = np.isfinite(draws.dearer[:, i, rival[i]])
        differences = _differences(draws.dearer[usable, i])
        if usable.sum() < 3:
            continue
        everything[i] = _saving(differences)
        own = {"products": [i], "settings": [0], "components": parts.get(name, []), "resources": used.get(name, [])}
        advantage = draws.dearer[usable, i, rival[i]]
        for n, one in enumerate(resamples.inputs):
            moved = np.log(np.maximum(resamples.factors[one.name][usable][:, own[one.table]], 1e-12))
            moved = moved[:, moved.std(axis=0) > 0.0]
            if not moved.shape[1]:
                continue
            value[i, n] = _saving(_fitted(moved, differences))
            slope[i, n] = _correlation(moved.sum(axis=1), advantage)
    return Measuring(inputs=names, value=value, slope=slope, everything=everything)


def _differences(dearer: Array) -> Array:
    """Costs of the other strategies less the plan's, shape (draws, strategies), all finite.

    A strategy that is hardly ever possible is left out; where a rule breaks now and then, its cost is the largest
    seen.
    """
    columns = []
    for k in range(3):
        known = np.isfinite(dearer[:, k])
        if known.mean() > 0.5:
            columns.append(np.where(known, dearer[:, k], dearer[known, k].max()))
    return np.stack(columns, axis=1) if columns else np.zeros((len(dearer), 1))


def _saving(differences: Array) -> float:
    """What choosing draw by draw saves against choosing once; the plan's own difference, zero, is among them."""
    once = min(0.0, float(differences.mean(axis=0).min()))
    return max(0.0, once - float(np.minimum(differences.min(axis=1), 0.0).mean()))


def _fitted(moved: Array, differences: Array) -> Array:
    """Differences expected given the input, shrunk for the number of regressors."""
    count = len(moved)
    if moved.shape[1] > max(1, int(_DENSE * count)):
        moved = moved.sum(axis=1, keepdims=True)
    terms = np.concatenate([moved, moved**2], axis=1) if moved.shape[1] == 1 else moved
    centred = terms - terms.mean(axis=0)
    mean = differences.mean(axis=0)
    weights = np.linalg.lstsq(centred, differences - mean, rcond=None)[0]
    part = centred @ weights
    total = ((differences - mean) ** 2).sum(axis=0)
    share = np.where(total > 0.0, (part**2).sum(axis=0) / np.where(total > 0.0, total, 1.0), 0.0)
    adjusted = 1.0 - (1.0 - share) * (count - 1) / max(1, count - 1 - terms.shape[1])
    keep = np.sqrt(np.clip(adjusted, 0.0, 1.0) / np.where(share > 0.0, share, 1.0))
    fitted: Array = mean + part * keep
    return fitted


def _correlation(moved: Array, advantage: Array) -> float:
    """Pearson's, zero where either does not move."""
    if moved.std() <= 0.0 or advantage.std() <= 0.0:
        return 0.0
    return float(np.corrcoef(moved, advantage)[0, 1])
