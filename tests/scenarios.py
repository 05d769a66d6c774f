"""Small scenarios for tests: built in memory, written to a folder, or drawn at random.

    one = make_scenario(products=[{"product": "P", "demand_cv": 0.8}], review_days=0)
    many = random_scenario(np.random.default_rng(1), products=3, components=4)
    folder = write_scenario(tmp_path / "case", products=[{}], samples=50)

Rows are dictionaries of columns; what a row leaves out has the default of the file interface, and the
required columns of products and components have the ones below.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from engine.errors import ScenarioError
from engine.scenario.checks.check import check_scenario
from engine.scenario.columns import TABLES
from engine.scenario.files.parse import parse_table
from engine.scenario.files.raw import RawTable
from engine.scenario.scenario import Scenario, empty_table
from engine.scenario.segments import with_segments
from engine.scenario.settings import Format, Settings, validate_settings
from engine.scenario.variants import variant_faults

Row = Mapping[str, object]

PRODUCT = {
    "demand_per_week": 10.0,
    "demand_cv": 0.5,
    "unit_cost": 100.0,
    "lead_time_target_days": 5.0,
    "late_cost_per_unit_day": 1.0,
}
COMPONENT = {"unit_cost": 20.0, "lead_time_days": 10.0}
SETTINGS = {"name": "case", "holding_rate_per_year": 0.25, "samples": 200, "seed": 1}


def make_scenario(
    products: Iterable[Row] = ({},),
    *,
    components: Iterable[Row] = (),
    bom: Mapping[str, Mapping[str, float]] | Iterable[Row] = (),
    resources: Iterable[Row] = (),
    routing: Iterable[Row] = (),
    orders: Iterable[Row] = (),
    stock_outs: Iterable[Row] = (),
    seasons: Iterable[Row] = (),
    segments: Iterable[Row] = (),
    forecasts: Iterable[Row] = (),
    check: bool = True,
    **settings: object,
) -> Scenario:
    """A scenario in memory; products and components without a key are P1, P2, ... and C1, C2, ...

    ``bom`` may be ``{"P1": {"C1": 2}}``. A product without a bill of materials and without make_days
    takes 10 days to make. `check=False` leaves the faults in; otherwise they are raised as ScenarioError.
    """
    tables = _tables(
        products=products, components=components, bom=bom, resources=resources, routing=routing, orders=orders,
        stock_outs=stock_outs, seasons=seasons, segments=segments, forecasts=forecasts,
    )  # fmt: skip
    parsed, faults = validate_settings({**SETTINGS, **settings})
    frames = {name: empty_table(name) for name in TABLES}
    for name, rows in tables.items():
        if rows:
            table, found = parse_table(
                _raw(name, rows), Format(), {}, has_orders=bool(tables["orders"]), has_segments=bool(tables["segments"])
            )
            faults.extend(found)
            frames[name] = table.frame
    scenario = Scenario(settings=parsed or Settings(**SETTINGS), **frames)
    if check:
        faults = faults or check_scenario(scenario) or variant_faults(scenario)
        if faults:
            raise ScenarioError(faults)
        scenario = with_segments(scenario)
    return scenario


def season_rows(amplitude: float, *, periods: int = 12, shift: float = 0.0, **owner: str) -> list[dict[str, object]]:
    """Rows of `seasons`: a yearly sine of mean 1, shifted by a share of a year."""
    angle = 2.0 * np.pi * ((np.arange(periods) + 0.5) / periods + shift)
    return [
        {**owner, "period": k, "factor": float(factor)}
        for k, factor in enumerate(1.0 + amplitude * np.sin(angle), start=1)
    ]


def write_scenario(folder: Path, **parts: object) -> Path:
    """The same scenario as a folder of CSV files with `scenario.yaml`; the folder."""
    settings = {key: value for key, value in parts.items() if key not in TABLES}
    tables = _tables(**{"products": ({},), **{key: parts[key] for key in TABLES if key in parts}})
    folder.mkdir(parents=True, exist_ok=True)
    yaml = "".join(f"{key}: {_yaml(value)}\n" for key, value in {**SETTINGS, **settings}.items())
    (folder / "scenario.yaml").write_text(yaml, encoding="utf-8", newline="\n")
    for name, rows in tables.items():
        if rows:
            raw = _raw(name, rows)
            lines = [",".join(cells) for cells in (raw.header, *raw.rows)]
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return folder


def random_scenario(
    rng: np.random.Generator,
    *,
    products: int = 3,
    components: int = 4,
    parts_per_product: int = 3,
    resources: int = 0,
    product_columns: Row = {},  # noqa: B006  (never changed)
    component_columns: Row = {},  # noqa: B006
    families: Sequence[object] = (),
    **settings: object,
) -> Scenario:
    """A small scenario in which all three strategies are plausible and components are shared.

    ``product_columns`` and ``component_columns`` are put into every row, over what was drawn; ``families`` go
    round.
    """
    parts = [
        {
            "component": f"C{c + 1}",
            "unit_cost": _drawn(rng, 5, 60),
            "lead_time_days": float(rng.integers(3, 22)),
            "obsolescence_per_year": _drawn(rng, 0, 0.2),
            **component_columns,
        }
        for c in range(components)
    ]
    goods: list[dict[str, object]] = []
    bom: dict[str, dict[str, float]] = {}
    routing: list[dict[str, object]] = []
    for i in range(products):
        name = f"P{i + 1}"
        size = min(parts_per_product, components)
        chosen = rng.choice(components, size=size, replace=False) if components else []
        bom[name] = {f"C{c + 1}": float(rng.integers(1, 4)) for c in sorted(int(c) for c in chosen)}
        material = sum(parts[int(c[1:]) - 1]["unit_cost"] * q for c, q in bom[name].items()) or 100.0
        cost = round(material * rng.uniform(1.1, 1.5), 2)
        goods.append(
            {
                "product": name,
                "demand_per_week": _drawn(rng, 2, 40),
                "demand_cv": _drawn(rng, 0.3, 1.5),
                "unit_cost": cost,
                "price": round(cost * 1.6, 2),
                "lead_time_target_days": float(rng.integers(2, 20)),
                "assembly_days": float(rng.integers(0, 4)),
                "make_days": "" if bom[name] else 12.0,
                "assembly_premium": round(0.01 * cost, 4),
                "make_premium": round(0.03 * cost, 4),
                "obsolescence_per_year": _drawn(rng, 0, 0.3),
                "late_cost_per_unit_day": round(cost * rng.uniform(0.001, 0.01), 4),
                **({"family": str(families[i % len(families)])} if families else {}),
                **product_columns,
            }
        )
        for g in range(resources):
            for stage in ("make", "assemble"):
                hours = _drawn(rng, 0.05, 0.5)
                routing.append({"product": name, "resource": f"R{g + 1}", "stage": stage, "hours_per_unit": hours})
    load = {
        f"R{g + 1}": sum(
            float(line["hours_per_unit"]) * goods[int(str(line["product"])[1:]) - 1]["demand_per_week"]
            for line in routing
            if line["resource"] == f"R{g + 1}"
        )
        for g in range(resources)
    }
    machines = [
        {
            "resource": name,
            "hours_per_week": round(hours * rng.uniform(0.9, 1.3), 3),
            "overtime_hours_per_week": round(hours, 3),
            "overtime_cost_per_hour": _drawn(rng, 5, 30),
            "outsourcing_cost_per_hour": 80.0,
        }
        for name, hours in load.items()
    ]
    return make_scenario(goods, components=parts, bom=bom, resources=machines, routing=routing, **settings)


def _drawn(rng: np.random.Generator, low: float, high: float) -> float:
    return round(float(rng.uniform(low, high)), 4)


def _tables(**given: object) -> dict[str, list[dict[str, object]]]:
    bom = given.get("bom", ())
    if isinstance(bom, Mapping):
        bom = [
            {"product": product, "component": component, "quantity": quantity}
            for product, parts in bom.items()
            for component, quantity in parts.items()
        ]
    with_bom = {line["product"] for line in bom}
    products: list[dict[str, object]] = []
    for number, row in enumerate(given.get("products", ()), start=1):
        full = {"product": f"P{number}", **PRODUCT, **row}
        if full["product"] not in with_bom:
            full = {"make_days": 10.0, **full}
        products.append(full)
    components = [
        {"component": f"C{number}", **COMPONENT, **row}
        for number, row in enumerate(given.get("components", ()), start=1)
    ]
    others = ("resources", "routing", "orders", "stock_outs", "seasons", "segments", "forecasts")
    rest = {name: [dict(row) for row in given.get(name, ())] for name in others}
    return {"products": products, "components": components, "bom": [dict(row) for row in bom], **rest}


def _raw(name: str, rows: list[dict[str, object]]) -> RawTable:
    header = tuple(dict.fromkeys(column for row in rows for column in row))
    cells = [["" if row.get(column) is None else str(row[column]) for column in header] for row in rows]
    return RawTable(name=name, file=f"{name}.csv", header=header, rows=cells, numbers=list(range(2, len(rows) + 2)))


def _yaml(value: object) -> str:
    """A setting in YAML's flow style."""
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_yaml(item) for item in value) + "]"
    return f"'{value}'" if isinstance(value, str) else str(value)
