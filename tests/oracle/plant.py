"""What is simulated: products, parts and the reviews of a plant, in days, units and money per year.

Nothing in this room knows a formula of the engine. A plant is read from the tables a client would write, with the
defaults that the file interface names.
"""

from dataclasses import dataclass, replace

import pandas as pd

MTS, ATO, MTO = "MTS", "ATO", "MTO"


@dataclass(frozen=True, kw_only=True)
class Product:
    """One product; `wait` is what the customer waits less delivery, `carrying` money per unit on hand and year.

    What is bought for one of its orders, since it can still come in time, is that order's where `own_parts`.

    Premiums are money per unit assembled or made to order.
    """

    name: str
    week: float
    cv: float = 0.5
    family: str = "gamma"
    order_size: float = 1.0
    wait: float = 0.0
    assembly: float = 0.0
    make: float = 0.0
    make_cv: float = 0.0
    replenishment: float = 0.0
    replenishment_cv: float = 0.0
    batch: float = 0.0
    parts: tuple[tuple[int, float], ...] = ()
    own_parts: bool = True
    carrying: float = 0.0
    late: float = 0.0
    lost: float = 0.0
    assembly_premium: float = 0.0
    make_premium: float = 0.0

    @property
    def rate(self) -> float:
        """Units a day."""
        return self.week / 7.0

    @property
    def whole(self) -> bool:
        """Whether demand comes in whole units."""
        return self.family in {"poisson", "negative_binomial"}

    @property
    def slack(self) -> float:
        """Days that the customer leaves for getting parts."""
        return max(self.wait - self.assembly, 0.0)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part; `lot` is its minimum order quantity."""

    name: str
    lead: float
    lead_cv: float = 0.0
    lot: float = 0.0
    carrying: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Plant:
    """Everything a simulation needs to know but strategies and stocks."""

    products: tuple[Product, ...]
    parts: tuple[Part, ...] = ()
    review: float = 0.0

    def with_products(self, **changes: object) -> "Plant":
        return replace(self, products=tuple(replace(made, **changes) for made in self.products))


def plant_of(products: list[dict], components: list[dict], bom: dict[str, dict[str, float]], **settings) -> Plant:
    """The plant of a scenario's rows, with the defaults of the file interface."""
    rate = settings.get("holding_rate_per_year", 0.25)
    row = {part["component"]: c for c, part in enumerate(components)}
    parts = tuple(
        Part(
            name=part["component"],
            lead=part["lead_time_days"],
            lead_cv=_given(part, "lead_time_cv", 0.0),
            lot=_given(part, "min_order_quantity", 0.0),
            carrying=part["unit_cost"] * (rate + _given(part, "obsolescence_per_year", 0.0)),
        )
        for part in components
    )
    return Plant(
        products=tuple(_product(made, bom.get(made["product"], {}), parts, row, rate) for made in products),
        parts=parts,
        review=settings.get("review_days", 7.0),
    )


def plant_in(folder) -> tuple[Plant, dict[str, pd.DataFrame]]:
    """The plant of a scenario's folder, and its tables; settings are one `name: value` a line."""
    lines = (folder / "scenario.yaml").read_text(encoding="utf-8").splitlines()
    settings = dict(line.split(": ", 1) for line in lines if ": " in line)
    tables = {path.stem: pd.read_csv(path) for path in sorted(folder.glob("*.csv"))}
    lines_of_bom = tables.get("bom", pd.DataFrame(columns=["product", "component", "quantity"]))
    bom: dict[str, dict[str, float]] = {}
    for line in lines_of_bom.itertuples():
        bom.setdefault(line.product, {})[line.component] = float(line.quantity)
    components = tables["components"].to_dict("records") if "components" in tables else []
    numbers = {key: float(settings[key]) for key in ("holding_rate_per_year", "review_days") if key in settings}
    return plant_of(tables["products"].to_dict("records"), components, bom, **numbers), tables


def _product(made: dict, bom: dict[str, float], parts: tuple[Part, ...], row: dict[str, int], rate: float) -> Product:
    wait = made["lead_time_target_days"] - _given(made, "delivery_days", 0.0)
    assembly = _given(made, "assembly_days", 0.0)
    longest = max((parts[row[name]].lead for name in bom), default=10.0)
    make = _given(made, "make_days", longest + assembly)
    make_cv = _given(made, "make_cv", 0.0)
    margin = _given(made, "price", 0.0) - made["unit_cost"]
    return Product(
        name=made["product"],
        week=made["demand_per_week"],
        cv=_given(made, "demand_cv", 0.0),
        family=_given(made, "distribution", "gamma"),
        order_size=_given(made, "order_size", 1.0),
        wait=wait,
        assembly=assembly,
        make=make,
        make_cv=make_cv,
        replenishment=_given(made, "replenishment_days", make),
        replenishment_cv=_given(made, "replenishment_cv", make_cv),
        batch=_given(made, "batch_size", 0.0),
        parts=tuple((row[name], quantity) for name, quantity in bom.items()),
        carrying=made["unit_cost"] * (rate + _given(made, "obsolescence_per_year", 0.0)),
        late=365.0 * _given(made, "late_cost_per_unit_day", 0.0),
        lost=_given(made, "lost_share_if_late", 0.0) * max(margin, 0.0),
        assembly_premium=_given(made, "assembly_premium", 0.0),
        make_premium=_given(made, "make_premium", 0.0),
    )


def _given(row: dict, column: str, default):
    value = row.get(column, "")
    return default if value is None or value == "" or value != value else value
