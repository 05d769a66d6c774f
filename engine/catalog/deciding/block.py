"""The rows of one block as a scenario, those that are faulty taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from engine.catalog.intake.listing import OWNED
from engine.catalog.intake.owned import of_block, owners
from engine.catalog.intake.rejected import Rejected
from engine.catalog.intake.source import ROW
from engine.errors import Fault
from engine.notices import Notice
from engine.scenario.checks.check import Places, check_scenario
from engine.scenario.scenario import Scenario, empty_table, scenario_of
from engine.scenario.segments import with_segments
from engine.scenario.settings import Settings
from engine.words.reason import cause

_TABLES = ("products", "components", "bom", "resources", "routing", "seasons", "segments")
# A row taken out can bring up a fault in another; deeper chains are no client's.
_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Typed rows of one block; every frame has the column `_row`.

    Parameters
    ----------
    products, components, bom, resources, routing : DataFrame
        Components and resources may hold more than the block uses.
    seasons, segments : DataFrame
        Rows of these products and of their families.
    sizes : mapping of str to tuple of float
        Units of each order seen of products that may have a cut-off.
    no_demand : DataFrame
        Products without demand, as they are listed.
    notices : tuple of Notice
        What was read otherwise than it stands.
    """

    products: pd.DataFrame
    components: pd.DataFrame
    bom: pd.DataFrame
    resources: pd.DataFrame
    routing: pd.DataFrame
    seasons: pd.DataFrame = field(default_factory=lambda: _no_rows("seasons"))
    segments: pd.DataFrame = field(default_factory=lambda: _no_rows("segments"))
    sizes: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    no_demand: pd.DataFrame = field(default_factory=pd.DataFrame)
    notices: tuple[Notice, ...] = ()


def _no_rows(name: str) -> pd.DataFrame:
    return empty_table(name).assign(**{ROW: np.zeros(0, dtype=np.int64)})


def sound_scenario(rows: Rows, settings: Settings, faults: list[Fault]) -> tuple[Scenario | None, list[Rejected]]:
    """Leave out every product with a fault of its own, in its lines or in its parts.

    Parameters
    ----------
    rows : Rows
    settings : Settings
    faults : list of Fault
        Cells that could not be read, by table file and row.

    Returns
    -------
    scenario : Scenario or None
        None where no product is left.
    rejected : list of Rejected
    """
    rejected: list[Rejected] = []
    for _ in range(_ROUNDS):
        rows, faulty = _without(rows, faults)
        rejected += faulty
        if not len(rows.products):
            return None, rejected
        scenario = as_scenario(rows, settings)
        faults = check_scenario(scenario, Places(files={name: name for name in _TABLES}, rows=dict(scenario.rows)))
        if not faults:
            return with_segments(scenario), rejected
    dropped = [
        Rejected(table="products", row=int(row), product=str(name), column="", reason=str(faults[0]))
        for row, name in zip(rows.products[ROW], rows.products["product"], strict=True)
    ]
    return None, rejected + dropped


def as_scenario(rows: Rows, settings: Settings) -> Scenario:
    """The rows as a scenario, with the components and resources that its lines name."""

    def plain(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.drop(columns=[name for name in frame.columns if str(name).startswith("_")]).reset_index(drop=True)

    frames = {
        "products": rows.products, "bom": rows.bom, "routing": rows.routing,
        "components": rows.components[rows.components["component"].isin(set(rows.bom["component"]))],
        "resources": rows.resources[rows.resources["resource"].isin(set(rows.routing["resource"]))],
        "seasons": of_block(rows.seasons, rows.products), "segments": of_block(rows.segments, rows.products),
    }  # fmt: skip
    numbered = {name: frames[name][ROW].to_numpy(dtype=np.int64) for name in _TABLES}
    scenario = scenario_of(settings, {name: plain(frames[name]) for name in _TABLES}, rows=numbered)
    return replace(scenario, order_sizes=dict(rows.sizes))


def _without(rows: Rows, faults: list[Fault]) -> tuple[Rows, list[Rejected]]:
    """The rows without the products that faults concern, and why they went."""
    if not faults:
        return rows, []
    inside = set(rows.products["product"].astype(str))
    reasons, bad_parts = _reasons(rows, faults)
    gone = {name for name in reasons if name in inside}
    if not gone:
        # A fault without a product here, such as a part listed twice that nothing uses.
        gone = inside
        reasons.update({name: _rejected("products", faults[0], name) for name in inside})
    keep = ~rows.products["product"].isin(gone).to_numpy(dtype=bool)
    remaining = replace(
        rows, products=rows.products[keep], bom=rows.bom[~rows.bom["product"].isin(gone)],
        routing=rows.routing[~rows.routing["product"].isin(gone)],
        components=rows.components[~rows.components["component"].isin(bad_parts)],
    )  # fmt: skip
    return remaining, [reasons[name] for name in sorted(gone)]


def _reasons(rows: Rows, faults: list[Fault]) -> tuple[dict[str, Rejected], set[str]]:
    """Products that faults concern, with the first reason, and components that are faulty themselves."""
    names = rows.products["product"].astype(str)
    of_row = dict(zip(rows.products[ROW].tolist(), names.tolist(), strict=True))
    reasons: dict[str, Rejected] = {}
    bad: dict[str, dict[str, Fault]] = {"components": {}, "resources": {}}
    for fault in faults:
        table = fault.file.split(".")[0]
        if table == "products":
            if fault.row in of_row:
                name = of_row[fault.row]
                reasons.setdefault(name, _rejected("products", fault, name))
            continue
        frame = getattr(rows, table)
        if table in OWNED:
            for name in owners(frame, (frame[ROW] == fault.row).to_numpy(dtype=bool), rows.products):
                reasons.setdefault(name, _rejected(table, fault, name))
            continue
        key = "product" if table in ("bom", "routing") else table.removesuffix("s")
        for name in frame.loc[frame[ROW] == fault.row, key].astype(str):
            if table in bad:
                bad[table].setdefault(name, fault)
            else:
                reasons.setdefault(name, _rejected(table, fault, name))
    for frame, table in ((rows.bom, "components"), (rows.routing, "resources")):
        key = table.removesuffix("s")
        users = frame[frame[key].isin(bad[table])]
        for product, used in zip(users["product"].astype(str), users[key].astype(str), strict=True):
            fault = bad[table][used]
            reason = replace(fault, cause=cause("used_faulty", used=used, column=str(fault.column), why=fault.cause))
            reasons.setdefault(product, _rejected(table, reason, product))
    return reasons, set(bad["components"])


def _rejected(table: str, fault: Fault, product: str) -> Rejected:
    return Rejected(table=table, row=fault.row or 0, product=product, column=fault.column or "", reason=fault.message)


def pick(scenario: Scenario, which: np.ndarray) -> Scenario:
    """The scenario of some products alone, with what they use.

    Parameters
    ----------
    which : shape (products,)
        Flags.
    """
    products = scenario.products[which].reset_index(drop=True)
    names = set(products["product"])
    bom = scenario.bom[scenario.bom["product"].isin(names)].reset_index(drop=True)
    routing = scenario.routing[scenario.routing["product"].isin(names)].reset_index(drop=True)
    parts = scenario.components[scenario.components["component"].isin(set(bom["component"]))].reset_index(drop=True)
    machines = scenario.resources[scenario.resources["resource"].isin(set(routing["resource"]))].reset_index(drop=True)
    seasons, segments = (of_block(scenario.table(name), products).reset_index(drop=True) for name in OWNED)
    # Rows of the file are those of the whole.
    return replace(
        scenario, products=products, bom=bom, routing=routing, components=parts, resources=machines, seasons=seasons,
        segments=segments, rows={},
    )  # fmt: skip
