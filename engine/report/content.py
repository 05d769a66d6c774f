"""What a report is made of: the plan, its scenario, today's cost, and evidence where there is any."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path

import numpy as np
import pandas as pd

from engine.economics.build import build_instance
from engine.errors import EngineError
from engine.scenario.columns import STRATEGIES
from engine.scenario.formulas import unescaped
from engine.scenario.scenario import Scenario
from engine.solve.decide import needs_extensive
from engine.solve.plan import Plan
from engine.solve.whatif import stocks


class NoCurrentCost(Enum):
    """Why the cost of today's strategies is not known."""

    NO_CURRENT = "no_current"
    BREAKS_RULES = "current_breaks"
    OPEN = "current_open"
    NO_SCENARIO = "no_scenario"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What other commands found out about the plan; None where they have not been run.

    Columns that are not listed are shown under their own names.

    Parameters
    ----------
    confidence : pandas.DataFrame, optional
        product, label (no_regret, conditional, contested), share_kept, expected_regret_per_year, depends_on.
    simulation : pandas.DataFrame, optional
        product, promised_cost_per_year, simulated_cost_per_year, promised_on_time, simulated_on_time.
    thresholds : pandas.DataFrame, optional
        product, strategy, input, given, flips_at, flips_to.
    readers : pandas.DataFrame, optional
        reader (customer, investor, regulator), figure, value, unit.
    """

    confidence: pd.DataFrame | None = None
    simulation: pd.DataFrame | None = None
    thresholds: pd.DataFrame | None = None
    readers: pd.DataFrame | None = None

    def table(self, part: str) -> pd.DataFrame | None:
        """A part by its name; None also where it has no rows."""
        found: pd.DataFrame | None = getattr(self, part)
        return None if found is None or found.empty else found


PARTS = tuple(field.name for field in fields(Evidence))
# Which command finds out each part.
COMMANDS = {"confidence": "confidence", "simulation": "simulate", "thresholds": "thresholds", "readers": "solve"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that a workbook, a page or a deck is made of.

    Parameters
    ----------
    plan : Plan
    scenario : Scenario, optional
        Names, families, the map and the settings come from it.
    current_cost_per_year : float or NoCurrentCost
        Cost of today's strategies with their best stocks, on the plan's samples.
    evidence : Evidence
    date : datetime.date, optional
        Printed on the cover; left out, the same plan gives the same bytes on any day.
    """

    plan: Plan
    scenario: Scenario | None = None
    current_cost_per_year: float | NoCurrentCost = NoCurrentCost.NO_SCENARIO
    evidence: Evidence = Evidence()
    date: dt.date | None = None


def make_report(
    plan: Plan, scenario: Scenario | None = None, *, evidence: Evidence | None = None, date: dt.date | None = None
) -> Report:
    """Put a report together.

    Raises
    ------
    EngineError
        Where the plan was made from another scenario.
    """
    found: float | NoCurrentCost = NoCurrentCost.NO_SCENARIO
    if scenario is not None:
        if scenario.digest() != plan.summary.get("input_sha256"):
            raise EngineError(
                f"the plan of '{plan.summary.get('scenario')}' was made from another state of the scenario "
                f"'{scenario.name}'; solve it again, or name the variant it was made for"
            )
        found = current_cost(scenario, plan)
    return Report(plan=plan, scenario=scenario, current_cost_per_year=found, evidence=evidence or Evidence(), date=date)


def current_cost(scenario: Scenario, plan: Plan) -> float | NoCurrentCost:
    """Cost per year of today's strategies with their best stocks, on the plan's own samples.

    Products without a current strategy follow the plan.
    """
    instance = build_instance(scenario, samples=int(plan.summary["samples"]), seed=int(plan.summary["seed"]))
    known = instance.current >= 0
    if not known.any():
        return NoCurrentCost.NO_CURRENT
    if needs_extensive(instance):
        return NoCurrentCost.OPEN
    planned = np.array([STRATEGIES.index(k) for k in plan.decisions["strategy"]], dtype=np.int64)
    found = stocks(instance, np.where(known, instance.current, planned))
    return NoCurrentCost.BREAKS_RULES if found is None else float(found.objective)


def read_evidence(folders: list[Path]) -> Evidence:
    """Evidence from the folders that other commands wrote; of two with the same part the later counts.

    Raises
    ------
    EngineError
        Where a folder holds none, or a table cannot be read.
    """
    found: dict[str, pd.DataFrame] = {}
    for folder in folders:
        here = [part for part in PARTS if (folder / f"{part}.csv").is_file()]
        if not here:
            names = ", ".join(f"{part}.csv" for part in PARTS)
            raise EngineError(f"{folder}: holds none of {names}")
        for part in here:
            found[part] = _read(folder / f"{part}.csv")
    return Evidence(**found)


def _read(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype={"product": "str"}, keep_default_na=False, na_values=[""])
    except (ValueError, OSError) as error:
        raise EngineError(f"{path}: cannot be read: {error}") from error
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].fillna("").astype(object).map(lambda value: unescaped(str(value)))
    return frame
