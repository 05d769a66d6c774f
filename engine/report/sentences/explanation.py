"""An explanation in words a planner checks by hand."""

from __future__ import annotations

import numpy as np

from engine.evaluate.reasons.explain import CHANGE_ONCE, Explanation
from engine.report.sentences.plain import counted, rounded

# Facts that are money.
MONEY = ("unit cost", "carrying a unit for a year", "one unit late for a day", CHANGE_ONCE)
# What a move changes elsewhere is noise below half a unit of money, where it is shown as nothing.
OTHERS = "other products"


def explanation_text(explanation: Explanation) -> str:
    """The explanation as plain text, 100 columns wide at most."""
    lines = [f"{explanation.product}: {explanation.strategy}, costs on {counted(explanation.samples, 'sample')}", ""]
    for name, value in explanation.facts.items():
        title = f"{name}, {explanation.currency}" if name in MONEY else name
        lines.append(f"  {title:<38}{value:>14,.4g}")
    lines += [
        "",
        f"  {explanation.currency + ' a year':<24}" + "".join(f"{name:>15}" for name in explanation.ledgers.columns),
    ]
    for term, row in explanation.ledgers.iterrows():
        if term != "total" and not (row.abs() > (0.5 if term == OTHERS else 0.005)).any():
            continue
        if term == "total":
            lines.append("  " + "-" * 67)
        cells = "".join(f"{'-':>15}" if np.isnan(v) else f"{rounded(v):>15,.0f}" for v in row)
        name = "change, spread" if term == "change" else str(term).replace("_", " ")
        lines.append(f"  {name:<22}{cells}")
    if explanation.unavailable:
        lines += ["", *(f"  {name} is not possible: {why}{_if_it_were(explanation, name)}"
                        for name, why in explanation.unavailable.items())]  # fmt: skip
    if len(explanation.windows):
        head = f"  {'covered by':<12}{'item':<20}{'lead time':>10}{'demand':>12}{'sd':>10}"
        head += f"{'base stock':>12}{'shared with':>12}"
        lines += ["", "  demand that arrives before new supply can, less what the customer waits for:", head]
        for line in explanation.windows.itertuples(index=False):
            lines.append(
                f"  {line.strategy:<12}{str(line.item)[:19]:<20}{line.lead_time_days:>10.4g}{line.mean_demand:>12,.1f}"
                f"{line.sd_demand:>10,.1f}{line.base_stock:>12,.1f}{line.shared_with:>12d}"
            )
    if explanation.binding:
        lines += ["", "  what binds:", *(f"  - {text}" for text in explanation.binding)]
    return "\n".join(lines)


def _if_it_were(explanation: Explanation, name: str) -> str:
    """What a strategy that a rule forbids would cost."""
    cost = float(explanation.barred[name]["total"])
    return "" if np.isnan(cost) else f"; it would cost {rounded(cost):,.0f} {explanation.currency} a year"
