"""Random systems: rows of a scenario, and the plant that they describe."""

from dataclasses import dataclass

import numpy as np

from tests.oracle.plant import Plant, plant_of
from tests.scenarios import make_scenario

FAMILIES = ("gamma", "gamma", "poisson", "negative_binomial", "compound_poisson")
HOLDING = 0.25


@dataclass(frozen=True)
class System:
    """Rows as a client would write them."""

    products: list[dict]
    components: list[dict]
    bom: dict[str, dict[str, float]]
    settings: dict

    def scenario(self, **settings):
        """As the engine takes it."""
        return make_scenario(
            self.products, components=self.components, bom=self.bom, **{**self.settings, **settings}
        )

    @property
    def has_random_lead_times(self) -> bool:
        return any(part.get("lead_time_cv") for part in self.components) or any(
            made.get("make_cv") for made in self.products
        )

    @property
    def plant(self) -> Plant:
        """As it is simulated."""
        return plant_of(self.products, self.components, self.bom, **self.settings)


def draw_system(number: int) -> System:
    """One of a fixed list of systems; everything that the contract has a word for appears among forty of them."""
    rng = np.random.default_rng([14, number])
    review = (0.0, 1.0, 7.0)[number % 3]
    count, shelves = int(rng.integers(1, 6)), int(rng.integers(1, 5))
    components = [_part(rng, c) for c in range(shelves)]
    products, bom = [], {}
    for i in range(count):
        name = f"P{i + 1}"
        chosen = np.sort(rng.choice(shelves, size=int(rng.integers(1, min(shelves, 3) + 1)), replace=False))
        bom[name] = {f"C{c + 1}": float(rng.integers(1, 4)) for c in chosen.tolist()}
        products.append(_product(rng, name, bom[name], components))
    settings = {"holding_rate_per_year": HOLDING, "review_days": review, "seed": 1000 + number}
    return System(products, components, bom, settings)


def draw_pair_system(number: int) -> System:
    """Two or three products on two shared parts, every strategy open and often close: small enough to try them all."""
    rng = np.random.default_rng([15, number])
    components = [
        {
            "component": f"C{c + 1}",
            "unit_cost": _drawn(rng, 20, 80),
            "lead_time_days": float(rng.integers(7, 29)),
        }
        for c in range(2)
    ]
    products, bom = [], {}
    for i in range(int(rng.integers(2, 4))):
        name = f"P{i + 1}"
        bom[name] = {"C1": float(rng.integers(1, 3)), "C2": float(rng.integers(1, 3))}
        material = sum(part["unit_cost"] * bom[name][part["component"]] for part in components)
        cost = round(material * rng.uniform(1.2, 2.2), 2)
        longest = max(part["lead_time_days"] for part in components)
        products.append({
            "product": name, "demand_per_week": round(float(np.exp(rng.uniform(np.log(0.4), np.log(30)))), 4),
            "demand_cv": _drawn(rng, 0.4, 1.8), "unit_cost": cost, "obsolescence_per_year": _drawn(rng, 0, 0.3),
            "lead_time_target_days": float(rng.integers(0, longest)), "assembly_days": 2.0,
            "make_days": round(longest * rng.uniform(0.5, 1.2)) + 2.0, "replenishment_days": longest + 2.0,
            "late_cost_per_unit_day": round(cost * 10 ** rng.uniform(-3.6, -2.2), 4),
            "assembly_premium": round(cost * rng.uniform(0, 0.01), 3),
            "make_premium": round(cost * rng.uniform(0, 0.01), 3),
        })  # fmt: skip
    settings = {"holding_rate_per_year": HOLDING, "review_days": (0.0, 7.0)[number % 2], "seed": 2000 + number}
    return System(products, components, bom, settings)


def _part(rng: np.random.Generator, c: int) -> dict:
    part = {
        "component": f"C{c + 1}",
        "unit_cost": _drawn(rng, 5, 60),
        "lead_time_days": float(rng.integers(3, 29)),
        "obsolescence_per_year": _drawn(rng, 0, 0.2),
    }
    if rng.uniform() < 0.3:
        part["lead_time_cv"] = _drawn(rng, 0.1, 0.4)
    if rng.uniform() < 0.3:
        part["min_order_quantity"] = float(rng.integers(10, 80))
    return part


def _product(rng: np.random.Generator, name: str, lines: dict[str, float], components: list[dict]) -> dict:
    material = sum(components[int(part[1:]) - 1]["unit_cost"] * quantity for part, quantity in lines.items())
    longest = max(components[int(part[1:]) - 1]["lead_time_days"] for part in lines)
    cost = round(material * rng.uniform(1.05, 1.5), 2)
    assembly = float(rng.integers(0, 4))
    family = str(rng.choice(FAMILIES))
    week = _drawn(rng, 3, 40)
    made = {
        "product": name, "demand_per_week": week, "distribution": family, "unit_cost": cost,
        "price": round(cost * 1.6, 2), "lead_time_target_days": float(rng.integers(0, 26)), "assembly_days": assembly,
        "make_days": longest + assembly, "obsolescence_per_year": _drawn(rng, 0, 0.2),
        "late_cost_per_unit_day": round(cost * 10 ** rng.uniform(-3, -2), 4),
        "assembly_premium": round(0.01 * cost, 3), "make_premium": round(0.03 * cost, 3),
        "allowed": str(rng.choice(["MTS", "ATO", "ATO", "MTO", "MTS|ATO|MTO"])),
    }  # fmt: skip
    made["demand_cv"] = _cv(rng, made)
    if rng.uniform() < 0.3:
        made["make_cv"] = _drawn(rng, 0.1, 0.4)
    if rng.uniform() < 0.3:
        made["batch_size"] = float(rng.integers(5, 60))
    if rng.uniform() < 0.25:
        made["lost_share_if_late"] = _drawn(rng, 0.02, 0.15)
    if rng.uniform() < 0.3 and assembly <= made["lead_time_target_days"] and "MTO" not in made["allowed"]:
        made["on_time_target"] = _drawn(rng, 0.8, 0.97)
    return made


def _cv(rng: np.random.Generator, made: dict) -> float | str:
    """A weekly CV that the family can have; Poisson demand's is left blank."""
    week = made["demand_per_week"]
    if made["distribution"] == "poisson":
        return ""
    if made["distribution"] == "negative_binomial":
        return round(float(np.sqrt((1.0 / week) * rng.uniform(1.3, 6.0))), 4)
    if made["distribution"] == "compound_poisson":
        made["order_size"] = float(rng.integers(2, 8))
        least = np.sqrt(made["order_size"] / week)
        return round(float(least * rng.uniform(1.02, 1.6)), 4)
    return _drawn(rng, 0.3, 1.4)


def _drawn(rng: np.random.Generator, low: float, high: float) -> float:
    return round(float(rng.uniform(low, high)), 4)
