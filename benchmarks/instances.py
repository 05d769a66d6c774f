"""Instances to measure on: one connected group of any size, and AdventureWorks' bicycles."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from engine.report import machine
from engine.scenario.importers.adventureworks import import_adventureworks
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario, empty_table
from engine.scenario.settings import Settings, Variant
from engine.scenario.variants import apply_variant

# The ten settings of AdventureWorks: base, targets, late cost, premiums, variability, holding, samples.
AW_SETTINGS: dict[str, tuple[dict[str, float], dict[str, float], int]] = {
    "base": ({}, {}, 300),
    "target 2": ({"lead_time_target_days": 2.0}, {}, 300),
    "target 20": ({"lead_time_target_days": 20.0}, {}, 300),
    "target 24": ({"lead_time_target_days": 24.0}, {}, 300),
    "late cost 0.05%": ({}, {"late_cost_per_unit_day": 0.05 / 0.3}, 300),
    "premiums 3% and 4%": ({}, {"assembly_premium": 3.0, "make_premium": 4.0 / 3.0}, 300),
    "premiums 3% and 0, late cost 0.1%": (
        {"make_premium": 0.0}, {"assembly_premium": 3.0, "late_cost_per_unit_day": 1.0 / 3.0}, 300,
    ),
    "CV doubled": ({}, {"demand_cv": 2.0}, 300),
    "holding 50%": ({"holding_rate_per_year": 0.5}, {}, 300),
    "200 samples": ({}, {}, 200),
}  # fmt: skip


def group(products: int, *, seed: int = 1, samples: int = 200, capacity: bool = False) -> Scenario:
    """One connected group: each product takes four to ten of its platform's modules and one that all share.

    Parameters
    ----------
    products : int
    seed, samples : int
    capacity : bool
        With an assembly line that is busy 87% of its regular hours and works overtime in weeks of high demand.
    """
    rng = np.random.default_rng(seed)
    parts = max(8, int(1.2 * products))
    lead = rng.choice([7.0, 10.0, 14.0, 21.0, 28.0], size=parts)
    cost = np.round(rng.lognormal(3.0, 0.7, size=parts), 2)
    lines = []
    for i in range(products):
        near = (int(i / products * parts) + rng.integers(-12, 13, size=int(rng.integers(4, 11)))) % parts
        lines += [(f"P{i:04d}", f"C{c:04d}", 1.0) for c in sorted({0, *near.tolist()})]
    bom = pd.DataFrame(lines, columns=["product", "component", "quantity"])
    material = bom["component"].map(dict(zip([f"C{c:04d}" for c in range(parts)], cost, strict=True)))
    unit = material.groupby(bom["product"]).sum().to_numpy() / 0.75
    frame = pd.DataFrame({"product": [f"P{i:04d}" for i in range(products)]})
    frame["demand_per_week"] = np.round(rng.lognormal(2.0, 1.0, size=products), 2)
    frame["demand_cv"] = np.round(rng.uniform(0.3, 1.8, size=products), 3)
    frame["unit_cost"] = np.round(unit, 2)
    frame["lead_time_target_days"] = rng.choice([2.0, 7.0, 10.0, 14.0, 21.0, 30.0], size=products)
    frame["assembly_days"] = rng.choice([1.0, 2.0, 4.0], size=products)
    frame["late_cost_per_unit_day"] = np.round(unit * rng.uniform(0.002, 0.008, size=products), 4)
    frame["assembly_premium"] = np.round(unit * rng.uniform(0.0, 0.03, size=products), 3)
    frame["make_premium"] = np.round(unit * rng.uniform(0.01, 0.06, size=products), 3)
    frame["batch_setup_cost"] = 40.0
    frame["obsolescence_per_year"] = 0.1
    tables = {name: empty_table(name) for name in ("products", "components", "bom", "resources", "routing", "orders")}
    whole = {"order_size": 1.0, "distribution": "gamma", "allowed": "MTS|ATO|MTO"}
    blank = {"replenishment_cv", "make_days", "replenishment_days", "batch_size", "on_time_target", "price"}
    blank |= {"shelf_life_days"}
    tables["products"] = _filled(tables["products"], frame, whole, blank)
    stock = pd.DataFrame({"component": [f"C{c:04d}" for c in range(parts)], "unit_cost": cost, "lead_time_days": lead})
    tables["components"] = _filled(tables["components"], stock, {"obsolescence_per_year": 0.05}, set())
    tables["bom"] = _filled(tables["bom"], bom, {}, set())
    if capacity:
        load = float(frame["demand_per_week"].sum()) * 0.5
        line = pd.DataFrame(
            {"resource": ["line"], "hours_per_week": [load * 1.15], "overtime_hours_per_week": [load * 9.0]}
        )
        line["overtime_cost_per_hour"] = 30.0
        tables["resources"] = _filled(tables["resources"], line, {}, {"outsourcing_cost_per_hour"})
        tables["routing"] = pd.DataFrame({"product": frame["product"], "resource": "line", "stage": "assemble",
                                          "hours_per_unit": 0.5, "hours_cv": 0.0})  # fmt: skip
    settings = Settings(name=f"group of {products}", holding_rate_per_year=0.25, samples=samples, seed=seed)
    return Scenario(settings=settings, **tables)


def _filled(empty: pd.DataFrame, given: pd.DataFrame, values: dict[str, object], blank: set[str]) -> pd.DataFrame:
    """A table with all columns: given ones, defaults, and zero or blank for the rest."""
    columns: dict[str, object] = {}
    for name in empty.columns:
        if name in given:
            columns[name] = given[name].to_numpy()
        elif name in values:
            columns[name] = values[name]
        elif empty[name].dtype == np.float64:
            columns[name] = np.nan if name in blank else 0.0
        else:
            columns[name] = ""
    return pd.DataFrame(columns, index=range(len(given)))


def data_folder() -> Path | None:
    """The real data, where it is present."""
    folder = machine.data_folder()
    return folder if folder.is_dir() else None


def bicycles(*, alone: bool = False) -> Scenario | None:
    """AdventureWorks: its 79 bicycles, with or without the modules sold alone; None where the data is absent."""
    folder = data_folder()
    if folder is None:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        import_adventureworks(folder / "adventureworks", Path(scratch) / "scenario")
        scenario = read_scenario(Path(scratch) / "scenario")
    if alone:
        return scenario
    keep = ~scenario.products["product"].str.endswith("/spare")
    products = scenario.products[keep].reset_index(drop=True)
    bom = scenario.bom[scenario.bom["product"].isin(products["product"])].reset_index(drop=True)
    return replace(scenario, products=products, bom=bom)


def setting(scenario: Scenario, name: str) -> tuple[Scenario, int]:
    """One of the ten settings, with its number of samples."""
    fixed, scaled, samples = AW_SETTINGS[name]
    return apply_variant(scenario, Variant.model_validate({"set": fixed, "scale": scaled})), samples
