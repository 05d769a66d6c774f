"""Whether what other commands found out is about the plan that is reported."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from engine.decision.plan import Plan
from engine.errors import Fault
from engine.words.reason import Reason, cause, quoted

# Two figures of the same plan differ by no more than sums of the same numbers in another order do.
_SAME = 1e-6
_DRAWN = ("samples", "seed")
CASES = "cases.csv"


def foreign(folder: Path, tables: Mapping[str, pd.DataFrame], plan: Plan) -> list[Fault]:
    """What shows that evidence is not about a plan.

    Parameters
    ----------
    folder : Path
        That a command wrote.
    tables : mapping of str to DataFrame
        Its tables by file name.
    plan : Plan
    """
    try:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:
        return [Fault(file="summary.json", cause=cause("file_unreadable", error=quoted(str(error))))]
    if not isinstance(summary, dict):
        return [Fault(file="summary.json", cause=cause("evidence_unsaid"))]
    data = summary.get("input_sha256")
    # Cases side by side are of several data: the plan has to be one of them.
    if plan.summary.get("input_sha256") not in (data if isinstance(data, list) else [data]):
        # Products and costs of other data say nothing more.
        return [Fault(file="summary.json", column="input_sha256", cause=cause("evidence_data"))]
    faults = [Fault(file="summary.json", column=key, cause=why) for key, why in _other_plan(summary, plan)]
    for name, table in tables.items():
        faults += _other_cases(name, table, plan) if name == CASES else _other_products(name, table, plan)
    return faults


def _other_cases(name: str, table: pd.DataFrame, plan: Plan) -> Iterator[Fault]:
    """Cases of which none costs what the plan costs, though one is of its data."""
    costs, value = table["cost_per_year"].astype(float).tolist(), plan.objective_per_year
    if not any(math.isclose(cost, value, rel_tol=_SAME, abs_tol=_SAME) for cost in costs):
        nearest = min(costs, key=lambda cost: abs(cost - value))
        yield Fault(file=name, column="cost_per_year", cause=cause("evidence_other", given=nearest, value=value))


def _other_plan(summary: Mapping[str, Any], plan: Plan) -> Iterator[tuple[str, Reason]]:
    """Figures of the plan that was judged or simulated, where they are not this plan's.

    Thresholds are found by deciding anew, to a gap and on samples of their own.
    """
    values: dict[str, float] = {}
    if summary.get("status") == "judged":
        values = {key: float(plan.summary[key]) for key in ("objective_per_year", *_DRAWN)}
    elif isinstance(summary.get("input_sha256"), list):
        values = {key: float(plan.summary[key]) for key in _DRAWN}
    elif "wave_gap" in summary:
        values = {"plan_per_year": plan.objective_per_year, **{key: float(plan.summary[key]) for key in _DRAWN}}
    elif "planned_cost_per_year" in summary:
        # Nobody pays the risk term, so it is not simulated.
        paid = plan.ledger.loc[plan.ledger["term"] != "risk", "cost_per_year"]
        values = {"planned_cost_per_year": float(paid.sum())}
    for key, value in values.items():
        given = summary.get(key)
        if not isinstance(given, int | float):
            yield key, cause("evidence_no_number", value=value)
        elif not math.isclose(given, value, rel_tol=_SAME, abs_tol=_SAME):
            yield key, cause("evidence_other", given=given, value=value)


def _other_products(name: str, table: pd.DataFrame, plan: Plan) -> Iterator[Fault]:
    chosen = dict(zip(plan.decisions["product"], plan.decisions["strategy"], strict=True))
    if "product" not in table:
        yield Fault(file=name, row=1, column="product", cause=cause("column_given"))
        return
    # Where a switch leads to is the plan's, too.
    column = "strategy" if "strategy" in table else "strategy_to"
    for k, product in enumerate(table["product"]):
        if product not in chosen:
            yield Fault(file=name, row=k + 2, column="product", cause=cause("product_none", product=str(product)))
        elif column in table and table[column].iloc[k] != chosen[product]:
            given = str(table[column].iloc[k])
            why = cause("strategy_other", product=str(product), given=given, chosen=chosen[product])
            yield Fault(file=name, row=k + 2, column=column, cause=why)
