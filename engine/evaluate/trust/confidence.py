"""Confidence per product: does its strategy hold if the inputs are off, what is lost if not, and what to do."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from scipy import special

from engine.demand.streams import Array
from engine.economics.instance import Booleans, Integers
from engine.evaluate.trust.draws import Draws, bars_of
from engine.evaluate.trust.measuring import Measuring, measuring
from engine.evaluate.trust.resample import Resamples
from engine.scenario.columns import STRATEGIES

NO_REGRET_FROM = 0.95
# Strategies whose costs differ on average by less than this share of the product's cost are equal in practice.
MATERIAL_SHARE = 0.02
# A correlation this weak points nowhere.
_POINTS = 0.1
# An input that saves more than this share of the product's cost, if known, decides between equals on average.
_DECIDES = 0.05
# Knowing an input that saves less than this share of the expected regret decides nothing.
_TELLS = 0.05
_NONE = "no single input is seen to decide"


class Label(StrEnum):
    """What can be said of a recommendation."""

    NO_REGRET = "no-regret"
    CONDITIONAL = "conditional"
    CONTESTED = "contested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """Confidence of every recommendation and the value of better inputs.

    Parameters
    ----------
    products : pandas.DataFrame
        product, strategy, current_strategy, label, confidence, confidence_low, confidence_high (90%, Wilson), rival,
        advantage_per_year (mean cost of the rival less the strategy's), expected_regret_per_year,
        regret_if_wrong_per_year, depends_on, direction, value_of_knowing_per_year, advice.
    inputs : pandas.DataFrame
        input, uncertainty, numbers, not_given, from_order_lines, value_per_year (zero where it is not above the
        noise), noise_per_year, products_depending, most_affected; the most valuable first.
    draws, unsolved : int
        Redrawn scenarios, and those without any plan that keeps all rules, which are left out.
    """

    products: pd.DataFrame
    inputs: pd.DataFrame
    draws: int
    unsolved: int

    @property
    def counts(self) -> dict[str, int]:
        """Number of products by label."""
        return {label.value: int((self.products["label"] == label.value).sum()) for label in Label}


def judge(
    resamples: Resamples, draws: Draws, *, cost: Array, current: Integers, material: float = MATERIAL_SHARE
) -> Confidence:
    """Judge the recommendations from redrawn scenarios.

    - *no-regret*: kept in at least 95% of the draws.
    - *contested*: not so, and the rival costs on average nearly the same: within `material` of the product's cost.
      Where knowing a single input would save more than 5% of that cost, it is conditional on that input all the same.
    - *conditional*: the rest; `depends_on` is the input worth most to know, blank where none is told from chance.

    Parameters
    ----------
    resamples, draws
    cost : shape (I,)
        Cost of each product in the plan, money per year.
    current : shape (I,)
        Current strategy, -1 where unknown.
    material : float
    """
    solved = draws.solved
    kept = draws.kept[solved]
    count = int(solved.sum())
    share = kept.mean(axis=0) if count else np.full(len(cost), np.nan)
    low, high = wilson(share * count, count)
    mean = _mean_dearer(draws)
    rival = _rivals(draws, mean)
    rows = np.arange(len(cost))
    usable = np.isfinite(draws.dearer[:, rows, np.maximum(rival, 0)]).mean(axis=0)
    # A rival that is hardly ever possible has no mean to compare with.
    advantage = np.where((rival >= 0) & (usable >= 0.5), mean[rows, np.maximum(rival, 0)], np.nan)
    worth = measuring(resamples, draws, rival)
    close = np.abs(np.nan_to_num(advantage, nan=np.inf)) <= material * np.abs(cost)
    knowing = worth.value.max(axis=1, initial=0.0)
    close &= knowing <= _DECIDES * np.abs(cost)
    label = np.where(
        share >= NO_REGRET_FROM, Label.NO_REGRET, np.where(close, Label.CONTESTED, Label.CONDITIONAL)
    )
    regret = draws.regret[solved]
    expected = _mean(regret, np.isfinite(regret))
    depends, direction, value = _dependence(worth, rival, label != Label.NO_REGRET, expected)
    table = pd.DataFrame(
        {
            "product": resamples.scenario.products["product"].astype(str).to_numpy(),
            "strategy": [STRATEGIES[k] for k in draws.strategy],
            "current_strategy": ["" if k < 0 else STRATEGIES[k] for k in current],
            "label": [str(one) for one in label],
            "confidence": share,
            "confidence_low": low,
            "confidence_high": high,
            "rival": ["" if k < 0 else STRATEGIES[k] for k in rival],
            "advantage_per_year": advantage,
            "expected_regret_per_year": expected,
            "regret_if_wrong_per_year": _mean(regret, np.isfinite(regret) & ~kept),
            "depends_on": depends,
            "direction": direction,
            "value_of_knowing_per_year": value,
        }
    )
    barred = np.zeros(len(cost)) if draws.barred is None or not count else draws.barred[solved].mean(axis=0)
    told = bars_of(resamples.scenario)
    bars = f"{' and '.join(told)} {'bars' if told == ['max_changes'] else 'bar'} it"
    table["advice"] = [
        _advice(
            row, current_dearer=float(mean[i, k]) if (k := int(current[i])) >= 0 else np.nan, material=material * c,
            bars=bars if barred[i] > 0.5 else "",
        )
        for i, (row, c) in enumerate(zip(table.to_dict("records"), np.abs(cost).tolist(), strict=True))
    ]  # fmt: skip
    return Confidence(
        products=table,
        inputs=_ranking(resamples, worth, depends),
        draws=len(solved),
        unsolved=int((~solved).sum()),
    )


def wilson(kept: Array, count: int, level: float = 0.9) -> tuple[Array, Array]:
    """Interval of a share from `kept` of `count` (Wilson 1927), both of the shape of `kept`.

    Examples
    --------
    >>> low, high = wilson(np.array([90.0]), 100)
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.8396, 0.9393)
    """
    if count == 0:
        return np.zeros_like(kept), np.ones_like(kept)
    z = float(special.ndtri(0.5 + level / 2.0))
    share = kept / count
    centre = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    # All or none leaves no room for rounding.
    return np.where(kept <= 0, 0.0, centre - half), np.where(kept >= count, 1.0, centre + half)


def _mean(values: Array, which: Booleans) -> Array:
    """Mean of each column over the draws that count, zero where none does."""
    total = np.where(which, values, 0.0).sum(axis=0)
    mean: Array = total / np.maximum(which.sum(axis=0), 1)
    return mean


def _mean_dearer(draws: Draws) -> Array:
    """Mean extra cost of each strategy over the draws in which it is possible, shape (I, 3); NaN where it never is."""
    usable = np.isfinite(draws.dearer)
    mean = _mean(np.where(usable, draws.dearer, 0.0), usable)
    return np.where(usable.any(axis=0), mean, np.nan)


def _rivals(draws: Draws, mean: Array) -> Integers:
    """The strategy that wins most often where the plan's does not, else the next in mean cost; -1 where none."""
    rows = np.arange(len(draws.strategy))
    lost = draws.solved[:, None] & ~draws.kept
    least = np.where(np.isnan(draws.dearer), np.inf, draws.dearer)
    best = np.argmin(least, axis=2)
    wins = np.stack([(lost & (best == k) & np.isfinite(least.min(axis=2))).sum(axis=0) for k in range(3)], axis=1)
    wins[rows, draws.strategy] = 0
    others = mean.copy()
    others[rows, draws.strategy] = np.nan
    has = ~np.isnan(others).all(axis=1)
    nearest = np.argmin(np.where(np.isnan(others), np.inf, others), axis=1)
    rival = np.where(wins.max(axis=1) > 0, np.argmax(wins, axis=1), nearest)
    return np.asarray(np.where(has, rival, -1), dtype=np.int64)


def _dependence(
    worth: Measuring, rival: Integers, asked: Booleans, regret: Array
) -> tuple[list[str], list[str], Array]:
    """The input that matters most to each product, which way, and what knowing it is worth; blank if none is seen."""
    names, directions, values = [], [], np.zeros(len(rival))
    for i in range(len(rival)):
        slopes = worth.slope[i]
        seen = bool((np.abs(slopes) > 0.0).any() or (worth.value[i] > 0.0).any())
        if not asked[i] or rival[i] < 0 or not seen:
            names.append("")
            directions.append("")
            continue
        # Where no single input would change the choice much, the one that moves the difference most.
        tells = worth.value[i].max() > _TELLS * regret[i] or not (np.abs(slopes) > 0.0).any()
        n = int(np.argmax(worth.value[i] if tells else np.abs(slopes)))
        values[i] = worth.value[i, n]
        names.append(worth.inputs[n])
        side = "lower" if slopes[n] > 0.0 else "higher"
        clear = abs(slopes[n]) >= _POINTS
        directions.append(f"{side} speaks for {STRATEGIES[rival[i]]}" if clear else "no clear direction")
    return names, directions, values


def _advice(row: Mapping[Hashable, object], *, current_dearer: float, material: float, bars: str) -> str:
    """What to do, in words; where a limit bars what would cost less in most draws, also that."""
    advice = _action(row, current_dearer=current_dearer, material=material)
    return f"{advice}; another strategy would cost less, but {bars}" if bars else advice


def _action(row: Mapping[Hashable, object], *, current_dearer: float, material: float) -> str:
    strategy, current, rival = str(row["strategy"]), str(row["current_strategy"]), str(row["rival"])
    stays = current in ("", strategy)
    decides = float(str(row["value_of_knowing_per_year"])) > 0.0
    if row["label"] == Label.CONTESTED and not stays and abs(current_dearer) <= material:
        return f"do not switch: {current} costs about the same"
    action = f"{strategy}" if current == "" else (f"keep {strategy}" if stays else f"switch to {strategy}")
    if row["label"] == Label.NO_REGRET:
        return action
    if row["label"] == Label.CONTESTED:
        return f"{action}; {rival} would do as well, not worth a switch between them"
    if float(str(row["advantage_per_year"])) < -material:
        check = f"check {row['depends_on']} before {strategy}" if decides else _NONE
        return f"{rival} costs less on average if the inputs are off; {check}"
    return f"check {row['depends_on']} first, then {action}" if decides else f"{action}; {_NONE}"


def _ranking(resamples: Resamples, worth: Measuring, depends: list[str]) -> pd.DataFrame:
    """Inputs by what knowing them exactly would save in all products together."""
    scenario, rows = resamples.scenario, []
    goods = scenario.products["product"].astype(str).to_numpy()
    for n, one in enumerate(resamples.inputs):
        values = one.values(scenario)
        value = worth.value[:, n]
        top = [str(goods[i]) for i in np.argsort(-value, kind="stable")[:3] if value[i] > 0.0]
        demand = one.name in ("products.demand_per_week", "products.demand_cv")
        rows.append(
            {
                "input": one.name,
                "uncertainty": one.uncertainty,
                "numbers": int((np.isfinite(values) & (values != 0.0)).sum()),
                "not_given": int((~np.isfinite(values) | (values == 0.0)).sum()),
                "from_order_lines": len(resamples.bootstrapped) if demand else 0,
                "value_per_year": float(worth.total[n]),
                "noise_per_year": worth.total_noise,
                "products_depending": depends.count(one.name),
                "most_affected": ", ".join(top),
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values(["value_per_year", "input"], ascending=[False, True], ignore_index=True)
