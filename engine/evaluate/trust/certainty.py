"""How sure each choice is: one badge, from what sampling, inputs and thresholds leave open (docs/plan.md).

Every page, table and report takes the badge from here, so that none calls certain what another calls contested.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.decision.close import CLOSE_SHARE
from engine.decision.plan import Plan
from engine.demand.streams import Array
from engine.economics.instance import Booleans
from engine.evaluate.trust.confidence import Label

# A flip nearer to today's value than this share of it is as good as there.
_NEAR_FLIP = 0.05
Words = npt.NDArray[np.str_]


class Certainty(StrEnum):
    """How sure a choice is, the surest first."""

    FIRM = "firm"
    LIKELY = "likely"
    OPEN = "open"


class Doubt(StrEnum):
    """What keeps a choice from being firm: of several the one that weighs most."""

    NOT_COMPARED = "not_compared"
    RIVAL = "rival"
    SAMPLING = "sampling"
    CLOSE = "close"
    FLIP = "flip"
    INPUT = "input"
    NOT_JUDGED = "not_judged"
    NONE = ""


def certainties(
    plan: Plan, *, judged: pd.DataFrame | None = None, thresholds: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The badge of every choice, and what keeps it from being firm.

    - *open*: not compared with every strategy; sampling does not tell the next best apart or it costs at most 5% more;
      a flip lies at today's value; once the inputs are judged, contested, or a rival that is cheaper on average.
    - *firm*: judged no-regret, and none of these.
    - *likely*: the rest. Nothing is firm before the inputs are judged; what is judged no-regret is never open.

    Parameters
    ----------
    plan : Plan
    judged : pandas.DataFrame, optional
        The products of `Confidence`, as ``confidence.csv``.
    thresholds : pandas.DataFrame, optional
        As ``thresholds.csv``.

    Returns
    -------
    pandas.DataFrame
        product, certainty, doubt, depends_on (of the doubt *input*, else ''), in the order of the decisions.
    """
    unknown = {str(name) for name in plan.summary.get("not_compared") or ()}
    return certainties_of(plan.decisions, not_compared=unknown, judged=judged, thresholds=thresholds)


def certainties_of(
    table: pd.DataFrame,
    *,
    not_compared: Collection[str] = (),
    judged: pd.DataFrame | None = None,
    thresholds: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The same of a table of decisions alone, as a catalogue run writes it.

    Parameters
    ----------
    table : pandas.DataFrame
        product, expected_cost_per_year, regret_per_year; regret_low_per_year where sampling is known.
    not_compared : collection of str
        Products whose other strategies were not costed.
    judged, thresholds : pandas.DataFrame, optional
        As of `certainties`.
    """
    products = table["product"].astype(str)
    unknown = products.isin(set(not_compared)).to_numpy()
    regret = table["regret_per_year"].to_numpy(dtype=float)
    cost = np.abs(table["expected_cost_per_year"].to_numpy(dtype=float))
    low = table["regret_low_per_year"].to_numpy(dtype=float) if "regret_low_per_year" in table else regret
    label, advantage, depends = _judgement(products, judged)
    no_regret = label == Label.NO_REGRET
    # A regret that is not known is no small one: what is not compared is told apart.
    doubts = {
        Doubt.NOT_COMPARED: unknown,
        Doubt.RIVAL: (label == Label.CONTESTED) | (advantage < 0.0),
        Doubt.SAMPLING: low <= 0.0,
        Doubt.CLOSE: regret <= CLOSE_SHARE * cost,
        Doubt.FLIP: _at_a_flip(products, thresholds),
        Doubt.INPUT: label == Label.CONDITIONAL,
        Doubt.NOT_JUDGED: label == "",
    }
    doubt = np.select(list(doubts.values()), [str(one) for one in doubts], default=str(Doubt.NONE))
    weak = np.isin(doubt, [Doubt.INPUT, Doubt.NOT_JUDGED])
    # What keeps its strategy in nearly all redraws is not open for a small difference on the samples alone.
    weak |= no_regret & np.isin(doubt, [Doubt.RIVAL, Doubt.SAMPLING, Doubt.CLOSE, Doubt.FLIP])
    badge = np.select([doubt == Doubt.NONE, weak], [str(Certainty.FIRM), str(Certainty.LIKELY)], str(Certainty.OPEN))
    told = np.where(doubt == Doubt.INPUT, depends, "")
    return pd.DataFrame({"product": products.to_numpy(), "certainty": badge, "doubt": doubt, "depends_on": told})


def counts(badges: pd.Series) -> dict[str, int]:
    """Number of choices by badge."""
    return {str(one): int((badges == str(one)).sum()) for one in Certainty}


def _judgement(products: pd.Series, judged: pd.DataFrame | None) -> tuple[Words, Array, Words]:
    """Label, what the rival costs more, and the input that decides, by product; '' and NaN where nothing is judged."""
    if judged is None or judged.empty or "label" not in judged:
        return np.full(len(products), ""), np.full(len(products), np.nan), np.full(len(products), "")
    judgement = judged.assign(product=judged["product"].astype(str)).drop_duplicates("product").set_index("product")
    judgement = judgement.reindex(index=products, columns=["label", "advantage_per_year", "depends_on"])
    label, depends = (judgement[name].astype(object).fillna("").to_numpy(dtype=str) for name in ("label", "depends_on"))
    return label, judgement["advantage_per_year"].to_numpy(dtype=float), depends


def _at_a_flip(products: pd.Series, thresholds: pd.DataFrame | None) -> Booleans:
    """Products with a flip at today's value of an input, or where sampling may put one there."""
    if thresholds is None or not {"strategy_below", "current_value", "low", "high"} <= set(thresholds):
        return np.zeros(len(products), dtype=bool)
    flips = thresholds[thresholds["strategy_below"].fillna("") != ""]
    now, low, high = (flips[name].to_numpy(dtype=float) for name in ("current_value", "low", "high"))
    reach = _NEAR_FLIP * np.abs(now)
    near = (low - reach <= now) & (now <= high + reach)
    if {"sampling_low", "sampling_high"} <= set(flips):
        near |= (flips["sampling_low"].to_numpy(dtype=float) <= now) & (
            now <= flips["sampling_high"].to_numpy(dtype=float)
        )
    return np.asarray(products.isin(set(flips.loc[near, "product"].astype(str))))
