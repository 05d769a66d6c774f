"""What it would be worth to know an input exactly, from the redrawn scenarios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array, stream
from engine.economics.instance import Integers
from engine.evaluate.trust.draws import Draws
from engine.evaluate.trust.resample import Resamples

# Regressors of one fit, at most this share of the draws.
_DENSE = 0.1
# Times that the inputs are shuffled against the costs, and the share of them that a real effect has to exceed.
_SHUFFLES = 200
_SURE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """Value of knowing each input exactly, and which way it points.

    Parameters
    ----------
    inputs : tuple of str
    value : shape (I, inputs)
        Expected saving of the product, money per year, when its strategy is chosen knowing the input; zero where it is
        not above `noise`.
    slope : shape (I, inputs)
        Correlation of the input with the advantage of the plan's strategy over its rival: above zero, a higher
        number speaks for the plan. Zero where shuffled inputs correlate as much, the largest of all in 95% of shuffles.
    everything : shape (I,)
        The value of knowing every input.
    noise : shape (I,)
        What the most valuable input seems to be worth in 95% of the shuffles at most, where none is worth anything.
    total : shape (inputs,)
        Saving over all products, zero where it is not above `total_noise`.
    total_noise : float
        As `noise`, of the sums over all products.
    """

    inputs: tuple[str, ...]
    value: Array
    slope: Array
    everything: Array
    noise: Array
    total: Array
    total_noise: float


def measuring(resamples: Resamples, draws: Draws, rival: Integers) -> Measuring:
    """Expected value of partial perfect information (EVPPI) of every product and input.

    The cost differences between strategies are regressed on the input over the draws; the value is what choosing by
    the fitted differences saves against choosing once (Strong, Oakley & Brennan 2014, eq. 4). One number enters with
    its square, the parts of a product linearly; fits are shrunk by the adjusted coefficient of determination.

    The estimate is biased upwards, the more so the fewer the draws (ibid.): choosing by a fit to chance
    seems to save something. So the draws of the inputs are shuffled against the costs and the values estimated again;
    what does not exceed the largest value of all inputs in 95% of the shuffles (Westfall & Young 1993) is no finding.

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
    parts = {str(name): rows for name, rows in lines.items()} if len(scenario.bom) else {}
    used = {}
    if len(scenario.routing):
        resources = {str(name): g for g, name in enumerate(scenario.resources["resource"])}
        grouped = scenario.routing.groupby("product")["resource"].apply(lambda found: sorted(set(found)))
        used = {str(name): [resources[str(one)] for one in rows] for name, rows in grouped.items()}
    value, slope = np.zeros((products, len(names))), np.zeros((products, len(names)))
    everything, noise, weakest = np.zeros(products), np.zeros(products), np.zeros(products)
    by_chance = np.zeros((len(names), _SHUFFLES))
    key = resamples.seeds[0] if resamples.seeds else scenario.settings.seed
    # The same shuffles for all products and inputs, so that what hangs together stays together.
    shuffles = stream(key, "measuring", "shuffles").random((_SHUFFLES, len(resamples.seeds)))
    for i, name in enumerate(scenario.products["product"].astype(str)):
        if rival[i] < 0:
            continue
        usable = np.isfinite(draws.dearer[:, i, rival[i]])
        differences = _differences(draws.dearer[usable, i])
        if usable.sum() < 3:
            continue
        everything[i] = float(_saving(differences))
        places = {"products": [i], "settings": [0], "components": parts.get(name, []), "resources": used.get(name, [])}
        advantage = draws.dearer[usable, i, rival[i]]
        order = np.argsort(shuffles[:, usable], axis=1)
        chance, aimless = np.zeros((len(names), _SHUFFLES)), np.zeros((len(names), _SHUFFLES))
        for n, one in enumerate(resamples.inputs):
            moved = np.log(np.maximum(resamples.factors[one.name][usable][:, places[one.table]], 1e-12))
            moved = moved[:, moved.std(axis=0) > 0.0]
            if not moved.shape[1]:
                continue
            value[i, n] = _saving(_fitted(moved, differences[None]))[0]
            slope[i, n] = _correlation(moved.sum(axis=1), advantage[None])[0]
            chance[n] = _saving(_fitted(moved, differences[order]))
            aimless[n] = np.abs(_correlation(moved.sum(axis=1), advantage[order]))
        by_chance += chance
        noise[i], weakest[i] = _sure(chance), _sure(aimless)
    total, total_noise = value.sum(axis=0), _sure(by_chance)
    return Measuring(
        inputs=names,
        value=np.where(value > noise[:, None], value, 0.0),
        slope=np.where(np.abs(slope) > weakest[:, None], slope, 0.0),
        everything=everything,
        noise=noise,
        total=np.where(total > total_noise, total, 0.0),
        total_noise=total_noise,
    )


def _sure(chance: Array) -> float:
    """The largest of all inputs, shape (inputs, shuffles), that 95% of the shuffles do not exceed."""
    return float(np.quantile(chance.max(axis=0, initial=0.0), _SURE, method="inverted_cdf"))


def _differences(dearer: Array) -> Array:
    """Costs of the other strategies less the plan's, shape (draws, strategies), all finite.

    A strategy that is hardly ever possible is left out; where a rule breaks now and then, its cost is the largest
    seen.
    """
    columns = []
    for k in range(3):
        mask = np.isfinite(dearer[:, k])
        if mask.mean() > 0.5:
            columns.append(np.where(mask, dearer[:, k], dearer[mask, k].max()))
    return np.stack(columns, axis=1) if columns else np.zeros((len(dearer), 1))


def _saving(differences: Array) -> Array:
    """What choosing draw by draw saves against choosing once; the plan's own difference, zero, is among them.

    Parameters
    ----------
    differences : shape (..., draws, strategies)
    """
    once = np.minimum(0.0, differences.mean(axis=-2).min(axis=-1))
    saved: Array = np.maximum(0.0, once - np.minimum(differences.min(axis=-1), 0.0).mean(axis=-1))
    return saved


def _fitted(moved: Array, differences: Array) -> Array:
    """Differences expected given the input, shrunk for the number of regressors.

    Parameters
    ----------
    moved : shape (draws, numbers)
        Logarithm of the factor of each number.
    differences : shape (n, draws, strategies)
        Each fitted by itself.
    """
    count = len(moved)
    if moved.shape[1] > max(1, int(_DENSE * count)):
        moved = moved.sum(axis=1, keepdims=True)
    terms = np.concatenate([moved, moved**2], axis=1) if moved.shape[1] == 1 else moved
    # Orthonormal columns: what the terms explain is a projection.
    basis, size, _ = np.linalg.svd(terms - terms.mean(axis=0), full_matrices=False)
    basis = basis[:, size > 1e-12 * size.max(initial=0.0)]
    mean = differences.mean(axis=1, keepdims=True)
    part = basis @ (basis.T @ (differences - mean))
    total = ((differences - mean) ** 2).sum(axis=1, keepdims=True)
    share = np.where(total > 0.0, (part**2).sum(axis=1, keepdims=True) / np.where(total > 0.0, total, 1.0), 0.0)
    adjusted = 1.0 - (1.0 - share) * (count - 1) / max(1, count - 1 - terms.shape[1])
    keep = np.sqrt(np.clip(adjusted, 0.0, 1.0) / np.where(share > 0.0, share, 1.0))
    fitted: Array = mean + part * keep
    return fitted


def _correlation(moved: Array, advantage: Array) -> Array:
    """Pearson's of an input, shape (draws,), with every row of advantages, shape (n, draws); zero if either stays."""
    from_mean = moved - moved.mean()
    others = advantage - advantage.mean(axis=1, keepdims=True)
    spread = np.sqrt((from_mean**2).sum() * (others**2).sum(axis=1))
    correlation: Array = np.divide(others @ from_mean, spread, out=np.zeros(len(advantage)), where=spread > 0.0)
    return correlation
