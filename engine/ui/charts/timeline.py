"""Each strategy on a line of days around the order: what is made ahead of it, and what after it."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from engine.scenario.columns import STRATEGIES
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario

_PARTS_SHOWN = 6


def timeline(scenario: Scenario, product: str) -> tuple[pd.DataFrame, float]:
    """Bars of every strategy that the product may have, and the lead-time target.

    Columns strategy, item ('' for the product itself, a component, or ``+n`` for the parts not shown), step (make,
    part, assemble, wait, deliver), start, end (days from the order), phase (ahead, after, delivery, late, accepted).
    """
    i = scenario.products["product"].tolist().index(product)
    row, derived = scenario.products.iloc[i], derive(scenario)
    target, delivery = float(row["lead_time_target_days"]), float(row["delivery_days"])
    due = target - delivery
    bars: list[dict[str, object]] = [
        {"strategy": "", "item": "", "step": "wait", "start": 0.0, "end": target, "phase": "accepted"}
    ]
    for k, name in enumerate(STRATEGIES):
        if not derived.allowed[i, k]:
            continue
        if name == "MTS":
            done = due
            bars += _split(name, "", "make", days=(due - float(derived.replenishment_days[i]), due), due=due)
        elif name == "ATO":
            assembly = float(row["assembly_days"])
            begin = max(due - assembly, 0.0)
            done = begin + assembly
            for item, lead in _parts(scenario, product):
                bars += _split(name, item, "part", days=(begin - lead, begin), due=due)
            bars += _split(name, "", "assemble", days=(begin, done), due=due)
        else:
            done = max(float(derived.make_days[i]), due)
            bars += _split(name, "", "make", days=(done - float(derived.make_days[i]), done), due=due)
        if delivery > 0.0:
            bars.append({"strategy": name, "item": "", "step": "deliver", "start": done, "end": done + delivery,
                         "phase": "delivery"})  # fmt: skip
    return pd.DataFrame(bars), target


def _parts(scenario: Scenario, product: str) -> list[tuple[str, float]]:
    """The parts with the longest lead times."""
    lead = scenario.components.set_index("component")["lead_time_days"]
    parts = scenario.bom.loc[scenario.bom["product"] == product, "component"]
    ranked = sorted(((str(part), float(lead[part])) for part in parts), key=lambda part: (-part[1], part[0]))
    shown, rest = ranked[:_PARTS_SHOWN], ranked[_PARTS_SHOWN:]
    return shown + ([(f"+{len(rest)}", rest[0][1])] if rest else [])


def _split(strategy: str, item: str, step: str, *, days: tuple[float, float], due: float) -> list[dict[str, object]]:
    """A bar cut at the order (day 0) and at the day it is due."""
    start, end = days
    cuts = sorted({start, end, *(day for day in (0.0, due) if start < day < end)})
    bar = {"strategy": strategy, "item": item, "step": step}
    return [
        {**bar, "start": left, "end": right, "phase": "ahead" if right <= 0.0 else "late" if left >= due else "after"}
        for left, right in pairwise(cuts)
    ]
