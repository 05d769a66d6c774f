"""How far a plan can be believed, in words for a terminal."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.evaluate.trust.confidence import Confidence, Label
from engine.evaluate.trust.information import Information
from engine.evaluate.trust.sampling_gap import SamplingGap
from engine.evaluate.trust.trust import Trust
from engine.report.sentences.plain import counted


def trust_text(trust: Trust, *, most: int = 8) -> str:
    """Sampling gap, VSS and EVPI, labels, what to check first."""
    plan = trust.plan.summary
    money = f"{plan['currency']} a year"
    lines = [f"{plan['scenario']}: how far to believe the plan of {plan['objective_per_year']:,.0f} {money}"]
    if trust.gap is not None:
        lines += _gap(trust.gap, trust.within, money)
    if trust.information is not None:
        lines += _information(trust.information, money)
    if trust.confidence is not None:
        lines += _confidence(trust.confidence, money, most)
    lines += [f"  note: {note}" for note in trust.notes]
    return "\n".join(lines)


def _gap(gap: SamplingGap, within: float, money: str) -> list[str]:
    lines = [
        f"  on fresh samples  {gap.held_out:>12,.0f} {money}, give or take {gap.held_out_margin:,.0f}",
        (
            f"  sampling gap      {gap.interval.high:>12,.0f} {money} at most ({gap.high_share:.2%}), "
            f"{gap.level:.0%} sure; {len(gap.cost)} batches of {gap.samples} samples, solver {gap.solver_share:.2%}"
        ),
    ]
    if (tail := gap.tail) is not None:
        dear = f"costliest {100.0 * (1.0 - tail.level):.3g}%"
        lines.append(
            f"  {dear:<17} {tail.held_out:>12,.0f} {money} there, give or take {tail.margin:,.0f}; promised are "
            f"{tail.promised:,.0f}. Costs above are {100.0 * tail.weight:.3g}% these, the rest the mean"
        )
    if gap.for_targets > 0.0:
        lines.append(f"  on-time targets   {gap.for_targets:>12,.0f} {money} of stock more keeps them there too")
    if len(gap.below_target):
        missing = counted(len(gap.below_target), "product")
        verb = "misses its" if len(gap.below_target) == 1 else "miss their"
        lines.append(f"  {missing} {verb} target there as planned")
    enough = gap.enough(within)
    if enough.samples is None:
        lines.append(f"  samples for {within:.1%}: these batches do not tell; larger ones might")
    elif enough.seen:
        lines.append(f"  samples for {within:.1%}: {enough.samples:,} are enough")
    else:
        lines.append(f"  samples for {within:.1%}: about {enough.samples:,}, by scaling")
    return lines


def _information(info: Information, money: str) -> list[str]:
    vss = f"{info.vss:>12,.0f} {money}: what a plan on averages would cost more"
    if not np.isfinite(info.vss):
        vss = f"{'none':>12}: no stocks let the plan on averages keep all rules"
    return [
        f"  VSS               {vss}",
        f"  EVPI              {info.evpi:>12,.0f} {money}: the most that perfect foresight could save",
    ]


def _confidence(confidence: Confidence, money: str, most: int) -> list[str]:
    table = confidence.products
    counts = ", ".join(f"{count} {label}" for label, count in confidence.counts.items())
    lines = [f"  inputs redrawn {counted(confidence.draws, 'time')}: {counts}"]
    open_ones = table[table["label"] != str(Label.NO_REGRET)]
    open_ones = open_ones.sort_values(["expected_regret_per_year", "product"], ascending=[False, True])
    if len(open_ones):
        lines.append(f"  most at stake, expected regret in {money}:")
        lines += [_product(row) for _, row in open_ones.head(most).iterrows()]
        if len(open_ones) > most:
            lines.append(f"    and {len(open_ones) - most} more in confidence.csv")
    worth = confidence.inputs[confidence.inputs["value_per_year"] > 0.0]
    if len(worth):
        lines.append(f"  worth measuring better, {money} saved in choosing strategies if known exactly:")
        for _, row in worth.head(5).iterrows():
            lines.append(f"    {row['input']:<34} {row['value_per_year']:>10,.0f}   {row['most_affected']}")
    if len(worth) < len(confidence.inputs):
        others = "others" if len(worth) else "inputs"
        noise = f"below {float(confidence.inputs['noise_per_year'].iloc[0]):,.0f} nothing is claimed"
        told = f"over all products the {others} cannot be told from zero with {counted(confidence.draws, 'draw')}"
        lines.append(f"    {told}; {noise}")
    return lines


def _product(row: pd.Series) -> str:
    share = float(row["confidence"])
    shown = f"{share:.0%}" if np.isfinite(share) else "  ?"
    return (
        f"    {row['product']:<16} {row['strategy']} {shown:>4}  {row['label']:<11} "
        f"{float(row['expected_regret_per_year']):>9,.0f}   {row['advice']}"
    )
