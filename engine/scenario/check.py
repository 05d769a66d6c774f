"""What must hold between the columns and tables of a scenario, each rule once, all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.stats import gamma as gamma_distribution

from engine.errors import Fault
from engine.scenario.columns import COLUMNS, FITTED, KEYS
from engine.scenario.scenario import Scenario

POISSON_CV_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the records of each table stand, and which cells are already known to be bad."""

    files: dict[str, str] = field(default_factory=dict)
    rows: dict[str, np.ndarray] = field(default_factory=dict)
    bad: dict[str, set[tuple[int, str]]] = field(default_factory=dict)

    def fault(self, table: str, record: int, column: str | None, message: str) -> Fault:
        """A fault at one record of a table."""
        row = int(self.rows[table][record]) if table in self.rows else record + 2
        return Fault(file=self.files.get(table, f"{table}.csv"), row=row, column=column, message=message)

    def known(self, table: str, record: int, *columns: str) -> bool:
        """Whether any of these cells was reported before."""
        bad = self.bad.get(table, set())
        return any((record, column) in bad for column in columns)


def check_scenario(scenario: Scenario, places: Places | None = None) -> list[Fault]:
    """Every fault between columns and tables of a typed scenario.

    Parameters
    ----------
    scenario : Scenario
    places : Places, optional
        Rows and files for the messages; by default row k + 2 of ``table.csv``.

    Returns
    -------
    list of Fault
        Empty where the scenario can be decided.
    """
    places = places or Places()
    return [fault for rule in RULES for fault in rule(scenario, places)]


def _ranges(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """Ranges again, for tables that were changed after reading."""
    for name, definitions in COLUMNS.items():
        frame = scenario.table(name)
        for definition in definitions:
            if definition.kind != "number" or not len(frame):
                continue
            values = frame[definition.name].to_numpy(dtype=float)
            low = values <= 0.0 if definition.positive else values < definition.minimum
            for record in np.flatnonzero(low | (values > definition.maximum) | np.isinf(values)):
                if not places.known(name, int(record), definition.name):
                    message = f"{values[record]:g} is out of range"
                    yield places.fault(name, int(record), definition.name, message)


def _not_empty(scenario: Scenario, places: Places) -> Iterator[Fault]:
    if not len(scenario.products):
        file = places.files.get("products", "products.csv")
        yield Fault(file=file, message="holds no product; at least one is needed")


def _unique_keys(scenario: Scenario, places: Places) -> Iterator[Fault]:
    for name, keys in KEYS.items():
        frame = scenario.table(name)
        if not keys or not len(frame):
            continue
        for record in np.flatnonzero(frame.duplicated(list(keys), keep="first").to_numpy()):
            if places.known(name, int(record), *keys):
                continue
            same = (frame[list(keys)] == frame.loc[record, list(keys)]).all(axis=1)
            first = places.fault(name, int(np.flatnonzero(same.to_numpy())[0]), None, "").row
            shown = ", ".join(f"'{frame.loc[record, key]}'" for key in keys)
            yield places.fault(name, int(record), keys[-1], f"{shown} stands already in row {first}; keep one")


def _references(scenario: Scenario, places: Places) -> Iterator[Fault]:
    known = {
        "product": set(scenario.products["product"]),
        "component": set(scenario.components["component"]),
        "resource": set(scenario.resources["resource"]),
    }
    for name, column in (
        ("bom", "product"), ("bom", "component"), ("routing", "product"), ("routing", "resource"), ("orders", "product"),
    ):  # fmt: skip
        values = scenario.table(name)[column]
        for record in np.flatnonzero(~values.isin(known[column]).to_numpy()):
            if places.known(name, int(record), column):
                continue
            message = f"'{values.iloc[record]}' is not in {column}s; add it there or mend the spelling"
            yield places.fault(name, int(record), column, message)


def _products(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """Rules within a row of products."""
    frame = scenario.products
    with_bom = set(scenario.bom["product"])
    ordered = set(scenario.orders["product"])
    for record, row in enumerate(frame.itertuples(index=False)):

        def at(column: str, message: str, record: int = record) -> Fault:
            return places.fault("products", record, column, message)

        for column in FITTED:
            blank = row.product not in ordered and column in ("demand_per_week", "lead_time_target_days")
            value = getattr(row, column)
            if blank and pd.isna(value) and not places.known("products", record, column):
                yield at(column, "is blank and there are no order lines of this product to fit it from")
        if _missing_service(scenario, row) and not places.known("products", record, "late_cost_per_unit_day"):
            yield at("late_cost_per_unit_day", "is blank; give a late cost or an on_time_target")
        if row.lost_share_if_late > 0 and pd.isna(row.price):
            yield at("price", "is blank; lost sales (lost_share_if_late) cost margin, so a price is needed")
        allowed = row.allowed.split("|") if row.allowed else []
        if not allowed and not places.known("products", record, "allowed"):
            yield at("allowed", "names no strategy; leave it out to allow all three")
        if row.locked and allowed and row.locked not in allowed:
            yield at("locked", f"{row.locked} is not in allowed ({row.allowed})")
        explicit = row.locked == "ATO" or allowed == ["ATO"]
        if explicit and row.product not in with_bom:
            yield at("allowed", "ATO needs components; add this product to bom.csv")
        if pd.isna(row.make_days) and row.product not in with_bom and not places.known("products", record, "make_days"):
            yield at("make_days", "is blank and there is no bill of materials to derive it from")
        if pd.notna(row.make_days) and row.make_days < row.assembly_days:
            yield at("make_days", f"{row.make_days:g} is shorter than assembly_days {row.assembly_days:g}")
        if pd.notna(row.lead_time_target_days) and row.delivery_days > row.lead_time_target_days:
            yield at(
                "delivery_days",
                f"'{row.product}': delivery alone takes {row.delivery_days:g} days, the target is "
                f"{row.lead_time_target_days:g}; no strategy can be on time",
            )


def _missing_service(scenario: Scenario, row: object) -> bool:
    late = getattr(row, "late_cost_per_unit_day")  # noqa: B009
    target = getattr(row, "on_time_target")  # noqa: B009
    return bool(pd.isna(late) and pd.isna(target) and scenario.settings.on_time_target is None)


def _demand_families(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """The CV a family can have; outside it there is no such demand."""
    common = scenario.settings.demand.common_factor_cv
    ordered = set(scenario.orders["product"])
    for record, row in enumerate(scenario.products.itertuples(index=False)):
        if places.known("products", record, "demand_per_week", "demand_cv", "distribution"):
            continue
        mean, cv, family = row.demand_per_week, row.demand_cv, row.distribution or "gamma"

        def at(message: str, record: int = record) -> Fault:
            return places.fault("products", record, "demand_cv", message)

        if pd.isna(cv):
            if row.product not in ordered and family not in ("poisson", "empirical"):
                yield at("is blank; a number 0 or more is required")
            continue
        if pd.isna(mean):
            continue
        implied = (1.0 / mean) ** 0.5
        own = cv
        if common > 0.0:
            if cv < common:
                yield at(f"{cv:g} is below demand.common_factor_cv {common:g}; it must be at least that")
                continue
            own = ((cv**2 - common**2) / (1.0 + common**2)) ** 0.5
        if family == "poisson" and abs(own - implied) > POISSON_CV_TOLERANCE * implied:
            yield at(f"{cv:g} cannot be: Poisson demand of {mean:g} a week has CV {implied:.4g}; leave it blank")
        if family == "negative_binomial" and own <= implied:
            yield at(f"{cv:g} is too low: negative binomial demand of {mean:g} a week needs a CV above {implied:.4g}")
        if family == "compound_poisson":
            least = (row.order_size / mean) ** 0.5
            if own < least * (1 - 1e-12):
                yield at(
                    f"{cv:g} is too low: compound Poisson demand of {mean:g} a week in orders of "
                    f"{row.order_size:g} needs a CV of at least {least:.4g}"
                )
        if family == "empirical" and row.product not in ordered:
            yield places.fault("products", record, "distribution", "empirical needs order lines of this product")


def _service(scenario: Scenario, places: Places) -> Iterator[Fault]:
    """Products that no allowed strategy can serve at their on-time target."""
    with_bom = set(scenario.bom["product"])
    longest = _longest_component(scenario)
    for record, row in enumerate(scenario.products.itertuples(index=False)):
        target = row.on_time_target if pd.notna(row.on_time_target) else scenario.settings.on_time_target
        if target is None or target <= 0.0 or pd.isna(row.lead_time_target_days):
            continue
        wait = row.lead_time_target_days - row.delivery_days
        allowed = [row.locked] if row.locked else row.allowed.split("|")
        make = row.make_days if pd.notna(row.make_days) else longest.get(row.product, np.nan) + row.assembly_days
        serves = {
            "MTS": True,
            "ATO": row.product in with_bom and row.assembly_days <= wait,
            "MTO": probability_in_time(make, row.make_cv, wait) >= target,
        }
        if np.isnan(make) or wait < 0 or any(serves.get(strategy, False) for strategy in allowed):
            continue
        yield places.fault(
            "products",
            record,
            "on_time_target",
            f"'{row.product}': none of {', '.join(allowed)} can deliver {target:.0%} within "
            f"{row.lead_time_target_days:g} days; allow MTS, lengthen the target or lower on_time_target",
        )


def probability_in_time(mean_days: float, cv: float, limit_days: float) -> float:
    """Probability that a gamma lead time is at most the limit; a CV of zero is a fixed time."""
    if cv <= 0.0 or mean_days <= 0.0:
        return 1.0 if mean_days <= limit_days + 1e-9 else 0.0
    return float(gamma_distribution.cdf(limit_days, 1.0 / cv**2, scale=mean_days * cv**2))


def _longest_component(scenario: Scenario) -> dict[str, float]:
    days = scenario.components.set_index("component")["lead_time_days"]
    days = days[~days.index.duplicated()]
    joined = scenario.bom["component"].map(days)
    longest = joined.groupby(scenario.bom["product"]).max()
    return {str(product): float(value) for product, value in longest.items()}


RULES: tuple[Callable[[Scenario, Places], Iterator[Fault]], ...] = (
    _not_empty, _ranges, _unique_keys, _references, _products, _demand_families, _service,
)  # fmt: skip
