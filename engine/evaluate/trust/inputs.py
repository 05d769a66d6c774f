"""Which numbers of a scenario are estimates, and how far each can be off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.errors import EngineError
from engine.scenario.columns import COLUMNS
from engine.scenario.scenario import Scenario
from engine.scenario.settings import nearest
from engine.words.reason import cause, either

DEFAULT_UNCERTAINTY = 0.2
# What a client estimates. Promises (on-time targets), choices (allowed, locked) and limits (budget, hours) are given;
# any other number can be named.
ESTIMATES = (
    "products.demand_per_week", "products.demand_cv", "products.unit_cost", "products.lead_time_target_days",
    "products.assembly_days", "products.make_days", "products.replenishment_days", "products.obsolescence_per_year",
    "products.stocking_cost_per_year", "products.batch_setup_cost", "products.assembly_order_cost",
    "products.make_order_cost", "products.assembly_premium", "products.make_premium",
    "products.late_cost_per_unit_day", "components.unit_cost", "components.lead_time_days",
    "components.obsolescence_per_year", "components.stocking_cost_per_year", "settings.holding_rate_per_year",
)  # fmt: skip
_TABLES = ("products", "components", "resources")
_KEY = {"products": "product", "components": "component", "resources": "resource"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertainInput:
    """A column, or a setting, whose numbers are estimates.

    Parameters
    ----------
    table : str
        A table of the scenario, or ``settings``.
    column : str
    uncertainty : float
        Coefficient of variation of the true number around the one given.
    """

    table: str
    column: str
    uncertainty: float

    @property
    def name(self) -> str:
        """Table and column, as in ``products.demand_cv``."""
        return f"{self.table}.{self.column}"

    def values(self, scenario: Scenario) -> Array:
        """The numbers given, shape (rows,); NaN where blank."""
        if self.table == "settings":
            return np.array([float(getattr(scenario.settings, self.column))])
        return scenario.table(self.table)[self.column].to_numpy(dtype=float)

    def keys(self, scenario: Scenario) -> list[str]:
        """What the numbers are of, one per row."""
        return [""] if self.table == "settings" else scenario.table(self.table)[_KEY[self.table]].astype(str).tolist()


def uncertain_inputs(
    uncertainty: float = DEFAULT_UNCERTAINTY, of: Mapping[str, float] | None = None
) -> tuple[UncertainInput, ...]:
    """The estimates and how far each can be off.

    Parameters
    ----------
    uncertainty : float
        Of every estimate that `of` does not name.
    of : mapping of str to float, optional
        By column (``demand_cv``), with its table where two tables have it (``components.unit_cost``); 0 takes it as
        known.

    Raises
    ------
    EngineError
        For a name that is no number of a scenario, or an uncertainty that is none.
    """
    spread = dict.fromkeys(ESTIMATES, uncertainty)
    for name, value in (of or {}).items():
        spread[_full_name(name)] = value
    for name, value in spread.items():
        if not 0.0 <= value <= 2.0:
            raise EngineError(cause("uncertainty_share", value=value, name=name))
    return tuple(
        UncertainInput(table=name.split(".")[0], column=name.split(".")[1], uncertainty=value)
        for name, value in spread.items()
        if value > 0.0
    )


def _full_name(name: str) -> str:
    names = [f"{table}.{c.name}" for table in _TABLES for c in COLUMNS[table] if c.kind == "number"]
    names.append("settings.holding_rate_per_year")
    matches = [full for full in names if name in (full, full.split(".")[1])]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise EngineError(cause("column_in_several", name=name, choices=either(matches)))
    raise EngineError(cause("number_unknown", name=name, near=nearest(name, names)))
