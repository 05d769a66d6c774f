"""Random products whose customers wait and cost differently, and the plants in which each kind is a product apart."""

from dataclasses import dataclass

import numpy as np

from tests.oracle.plant import ATO, MTS, Part, Plant, Product
from tests.oracle.simulation import Simulation
from tests.scenarios import make_scenario

HOLDING = 0.25
FAMILIES = ("gamma", "negative_binomial", "poisson")


@dataclass(frozen=True)
class SegmentSystem:
    """One or two products of the same strategy; the segments of each: share, wait, late cost a day."""

    products: list[dict]
    components: list[dict]
    bom: dict[str, dict[str, float]]
    segments: dict[str, list[tuple[float, float, float]]]
    strategy: str
    review: float
    seed: int

    def scenario(self, samples):
        """As the engine takes it."""
        rows = [
            {"product": name, "segment": f"s{k}", "share": share, "lead_time_target_days": wait,
             "late_cost_per_unit_day": cost}
            for name, parts in self.segments.items() for k, (share, wait, cost) in enumerate(parts)
        ]  # fmt: skip
        return make_scenario(
            self.products, components=self.components, bom=self.bom, segments=rows, samples=samples, seed=self.seed,
            holding_rate_per_year=HOLDING, review_days=self.review,
        )  # fmt: skip

    @property
    def plant(self) -> Plant:
        """Each segment a product: a share of the orders, and so of mean and variance."""
        parts = tuple(
            Part(name=row["component"], lead=row["lead_time_days"], carrying=HOLDING * row["unit_cost"])
            for row in self.components
        )
        place = {part.name: c for c, part in enumerate(parts)}
        made = tuple(
            Product(
                name=f"{row['product']} {k}", week=share * row["demand_per_week"],
                cv=(row["demand_cv"] or 1.0) / share**0.5, family=row["distribution"], wait=wait,
                replenishment=row["make_days"], carrying=HOLDING * row["unit_cost"], late=365.0 * cost,
                own_parts=False, parts=tuple((place[c], q) for c, q in self.bom[row["product"]].items()),
            )
            for row in self.products for k, (share, wait, cost) in enumerate(self.segments[row["product"]])
        )  # fmt: skip
        return Plant(products=made, parts=parts, review=self.review)


def happens(system: SegmentSystem, promise, *, seed: int, runs: int, days: float) -> float:
    """Cost a year of holding and lateness, each segment's at its own price."""
    plant = system.plant
    simulation = Simulation(plant, seed=seed, runs=runs, days=days)
    if system.strategy == ATO:
        return simulation.outcome([ATO] * len(plant.products), np.zeros(len(plant.products)), promise.part_levels).cost
    cost, first = 0.0, 0
    for row, level in zip(system.products, promise.levels, strict=True):
        own = tuple(range(first, first + len(system.segments[row["product"]])))
        waited, shelf = simulation.from_one_shelf(own, float(level))
        on_hand = shelf.mean_net(float(level)) + sum(seen.backlog for seen in waited)
        cost += plant.products[first].carrying * on_hand
        cost += sum(plant.products[k].late * seen.backlog for k, seen in zip(own, waited, strict=True))
        first += len(own)
    return cost


def draw_segment_system(number: int) -> SegmentSystem:
    """One of a fixed list: waits below and above the time of supply, late costs up to thirty times each other's."""
    rng = np.random.default_rng([37, number])
    strategy = (MTS, ATO)[number % 2]
    family = FAMILIES[number // 2 % 3]
    components = [{"component": f"C{c + 1}", "unit_cost": 40.0, "lead_time_days": float(rng.integers(5, 22))}
                  for c in range(2)]  # fmt: skip
    products, bom, segments = [], {}, {}
    for i in range(1 + number // 4 % 2):
        name, week = f"P{i + 1}", float(rng.uniform(6.0, 30.0))
        spread, orders = float(rng.uniform(0.4, 1.2)), float(rng.uniform(2.0, 6.0))
        cv = {"gamma": spread, "poisson": None}.get(family, (orders / week) ** 0.5)
        products.append({
            "product": name, "demand_per_week": week, "demand_cv": cv, "distribution": family, "unit_cost": 100.0,
            "make_days": float(rng.integers(5, 22)), "assembly_days": 0.0, "locked": strategy,
            "lead_time_target_days": None, "late_cost_per_unit_day": None,
        })  # fmt: skip
        bom[name] = {"C1": 1.0, "C2": float(rng.integers(1, 3))} if rng.uniform() < 0.7 else {"C1": 1.0}
        share = float(rng.uniform(0.2, 0.8))
        costs = 10 ** rng.uniform(-0.7, 0.8, 2)
        segments[name] = [(share, float(rng.integers(0, 4)), float(costs[0])),
                          (1.0 - share, float(rng.integers(8, 31)), float(costs[1]))]  # fmt: skip
    return SegmentSystem(products, components, bom, segments, strategy, (0.0, 1.0, 7.0)[number % 3], 3700 + number)
