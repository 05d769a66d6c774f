"""Tables edited on the page: cells become text and are read as a file would be, so that the same faults are told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from engine.errors import Fault, ScenarioError
from engine.scenario.checks.check import check_scenario
from engine.scenario.columns import TABLES
from engine.scenario.files.parse import parse_table
from engine.scenario.files.raw import RawTable
from engine.scenario.no_demand import set_aside_more, without_demand
from engine.scenario.scenario import Scenario, empty_table, scenario_of
from engine.scenario.segments import with_segments
from engine.scenario.settings import Format
from engine.scenario.variants import variant_faults


def edited(scenario: Scenario, name: str, frame: pd.DataFrame) -> Scenario:
    """The scenario with one table replaced.

    Parameters
    ----------
    scenario : Scenario
    name : str
    frame : pandas.DataFrame
        As the editor gives it back: blanks where nothing stands.

    Raises
    ------
    ScenarioError
        With every fault and its row.
    """
    filled = frame.dropna(how="all")
    faults: list[Fault] = []
    tables = {table: scenario.table(table) for table in TABLES}
    if filled.empty:
        tables[name] = empty_table(name)
    else:
        raw = RawTable(
            name=name, file=f"{name}.csv", header=tuple(str(column) for column in filled.columns),
            rows=[[_cell(value) for value in row] for row in filled.itertuples(index=False)],
            numbers=list(range(2, len(filled) + 2)), native_numbers=True,
        )  # fmt: skip
        table, faults = parse_table(
            raw, Format(), {}, has_orders=not scenario.orders.empty, has_segments=True,
            currency=scenario.settings.currency,
        )  # fmt: skip
        tables[name] = table.frame
    changed = replace(scenario_of(scenario.settings, tables), no_demand=scenario.no_demand)
    changed = set_aside_more(changed, without_demand(changed.products, None))
    faults = faults or check_scenario(changed) or variant_faults(changed)
    if faults:
        raise ScenarioError(faults)
    return with_segments(changed)


def _cell(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float | np.floating):
        number = float(value)
        return repr(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return str(value)
