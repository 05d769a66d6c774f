"""One partition: its rows read, decided block by block, written under a temporary name and renamed."""

from __future__ import annotations

import errno
import os
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.catalog.deciding.always import always_uses, without_stock
from engine.catalog.deciding.block import Rows, pick, sound_scenario
from engine.catalog.deciding.groups import Bundle, certify_group, decide_bundle
from engine.catalog.deciding.lone import decide_block
from engine.catalog.intake.aside import (
    LOCKS,
    NO_DEMAND,
    WARNINGS,
    lock_ends,
    no_rows,
    receipt_notices,
    split_idle,
    write_listed,
)
from engine.catalog.intake.listing import DECIDED_WITH, OWNED, SIZE_COLUMNS, SIZES
from engine.catalog.intake.owned import of_block
from engine.catalog.intake.rejected import Rejected, write_rejected
from engine.catalog.intake.source import ROW, file_sha256
from engine.catalog.intake.staging import ALWAYS, BLOCK, GROUP, PLAN, read_staged
from engine.catalog.intake.typed import typed_frame
from engine.catalog.options import BatchOptions
from engine.catalog.results.decisions import CALENDAR_SCHEMA, COMPONENT_SCHEMA, DECISION_SCHEMA, GroupResults
from engine.errors import EngineError, Fault
from engine.notices import Notice
from engine.scenario.scenario import Scenario
from engine.scenario.settings import Settings
from engine.words.reason import cause, quoted

DECISIONS, COMPONENTS, REJECTED, CALENDAR = "decisions", "components", "rejected", "stock_calendar"
_SCHEMAS = {DECISIONS: DECISION_SCHEMA, COMPONENTS: COMPONENT_SCHEMA, CALENDAR: CALENDAR_SCHEMA}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a worker needs to decide any partition; small, since it travels with every task.

    Parameters
    ----------
    out : str
        Folder of the run, on a disk that every worker sees.
    settings : Settings
    options : BatchOptions
    text : dict of str to bool
        Tables that came as CSV.
    """

    out: str
    settings: Settings
    options: BatchOptions
    text: dict[str, bool]


class DiskFullError(EngineError):
    """There is no room for results."""


def decide_partition(work: Work, partition: int) -> dict[str, object]:
    """Decide one partition and write its files; the receipt.

    Raises
    ------
    EngineError
        Where its rows cannot be read or its results not written, in words.
    """
    began = time.perf_counter()
    out = Path(work.out)
    decided = GroupResults()
    listed: list[pd.DataFrame] = []
    notices: list[Notice] = []
    locks: list[dict[str, Any]] = []
    tables: dict[str, list[pa.Table]] = {name: [] for name in _SCHEMAS}
    for rows, group, always, faults in _blocks(work, partition):
        results = _decide_rows(work, rows, group, always, faults)
        # Columns take a fraction of the room of frames, which hold every text as an object.
        of_kind = (results.decisions, results.components, results.calendars)
        for kind, frames in zip(_SCHEMAS, of_kind, strict=True):
            tables[kind] += [
                pa.Table.from_pandas(frame, schema=_SCHEMAS[kind], preserve_index=False) for frame in frames
            ]
            frames.clear()
        decided.add(results)
        listed.append(rows.no_demand)
        notices += [*rows.notices, *results.notices]
        results.notices.clear()
        locks += lock_ends(rows.products)
    idle = pd.concat(listed) if listed else no_rows()
    try:
        files = _write(out, partition, tables, decided.rejected, idle)
    except OSError as error:
        raise _cannot_write(out, error) from error
    decisions = sum(len(table) for table in tables[DECISIONS])
    return {
        "partition": partition,
        "products": decisions,
        "rejected": len(decided.rejected),
        NO_DEMAND: len(idle),
        WARNINGS: receipt_notices(notices),
        LOCKS: locks,
        "costs": [asdict(cost) for cost in decided.costs],
        "programs": decided.programs.as_dict(),
        "always": {name: use.as_dict() for name, use in sorted(decided.always.items())},
        "files": files,
        "seconds": round(time.perf_counter() - began, 3),
    }


def _cannot_write(out: Path, error: OSError) -> EngineError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(cause("disk_full", path=str(out)))
    return EngineError(cause("unwritten_for", path=str(out), error=quoted(str(error.strerror or error))))


def _blocks(work: Work, partition: int) -> Iterator[tuple[Rows, dict[str, int], set[str], list[Fault]]]:
    """Typed rows of each block, with the groups of its products, its parts always available, and faulty cells."""
    folder = Path(work.out) / PLAN
    try:
        tables = {name: read_staged(folder, partition, name) for name in DECIDED_WITH}
    except (pa.ArrowException, OSError, EngineError, ValueError) as error:
        why = cause("rows_unreadable", error=quoted(str(error)), folder=str(folder))
        raise EngineError(why) from error
    products = tables["products"]
    if products is None:
        raise EngineError(cause("rows_missing", folder=str(folder)))
    shared, common = {}, []
    told: list[Notice] = []
    for name in ("components", "resources", *OWNED):
        frame, cell_faults = typed_frame(
            name, _without_marks(tables[name]), work.settings.format, text=work.text.get(name, False), notices=told,
            currency=work.settings.currency,
        )  # fmt: skip
        shared[name] = frame
        common += cell_faults
    parts = tables["components"]
    always: set[str] = set()
    if parts is not None:
        marked = parts.filter(parts.column(ALWAYS)).column("component")
        always = {str(name) for name in marked.to_pylist()}
    for number in np.unique(products.column(BLOCK).to_numpy()).tolist():
        faults: list[Fault] = []
        frames: dict[str, pd.DataFrame] = {}
        groups: dict[str, int] = {}
        for name in ("products", "bom", "routing"):
            table = tables[name]
            if table is not None:
                table = table.filter(pa.compute.equal(table.column(BLOCK), pa.scalar(number, pa.int32())))
            frames[name], cell_faults = typed_frame(
                name, _without_marks(table), work.settings.format, text=work.text.get(name, False), notices=told,
                segments="segments" in work.text, currency=work.settings.currency,
            )  # fmt: skip
            faults += cell_faults
            if name == "products" and table is not None:
                names = table.column("product")
                groups = dict(zip((str(k) for k in names.to_pylist()), table.column(GROUP).to_pylist(), strict=True))
        inside = {name: _used(shared[name], frames, name) for name in ("components", "resources")}
        inside |= {name: of_block(shared[name], frames["products"]) for name in OWNED}
        faults += [fault for fault in common if fault.row in set(inside[fault.file.split(".")[0]][ROW])]
        frames, idle, faults = split_idle(frames, faults)
        seen = _seen(tables[SIZES], frames["products"])
        yield Rows(**frames, **inside, sizes=seen, no_demand=idle, notices=tuple(told)), groups, always, faults
        told = []


def _seen(table: pa.Table | None, products: pd.DataFrame) -> dict[str, tuple[float, ...]]:
    """Units of every order of the products that ask for a cut-off, ascending."""
    asks = products.loc[products["large_order_target_days"].notna(), "product"]
    if table is None or not len(asks):
        return {}
    frame = table.select(SIZE_COLUMNS).to_pandas()
    frame = frame[frame["product"].isin(set(asks))].sort_values(["product", "units"])
    return {
        str(name): tuple(np.repeat(rows["units"].to_numpy(dtype=float), rows["orders"].astype(int)).tolist())
        for name, rows in frame.groupby("product", sort=True)
    }


def _used(shared: pd.DataFrame, frames: dict[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """Components or resources that the block's lines name."""
    lines, key = (frames["bom"], "component") if name == "components" else (frames["routing"], "resource")
    return shared[shared[key].isin(set(lines[key]))]


def _without_marks(table: pa.Table | None) -> pa.Table | None:
    if table is None:
        return None
    return table.drop_columns([name for name in table.column_names if name in (BLOCK, GROUP, ALWAYS)])


def _decide_rows(work: Work, rows: Rows, groups: dict[str, int], always: set[str], faults: list[Fault]) -> GroupResults:
    scenario, rejected = sound_scenario(rows, work.settings, faults)
    decided = GroupResults(rejected=rejected)
    if scenario is None:
        return decided
    here = always & set(scenario.components["component"])
    bundle = _bundle(scenario, rows, groups, here)
    lone = bundle.group == 0
    if lone.any():
        results, open_products = decide_block(bundle.scenario if lone.all() else pick(bundle.scenario, lone))
        decided.add(results)
        open_ = np.zeros(len(lone), dtype=bool)
        open_[np.flatnonzero(lone)[open_products]] = True
        if open_.any():
            decided.add(decide_bundle(bundle.part(open_), work.options))
    if not lone.all():
        decided.add(decide_bundle(bundle.part(~lone), work.options))
    if here and decided.decisions:
        decided.always = always_uses(scenario, here, pd.concat(decided.decisions))
    return decided


def _bundle(scenario: Scenario, rows: Rows, groups: dict[str, int], here: set[str]) -> Bundle:
    """The products that are left, parts always available at hand for nothing."""
    names = scenario.products["product"].astype(str)
    row_of = dict(zip(rows.products["product"].astype(str), rows.products[ROW].tolist(), strict=False))
    return Bundle(
        scenario=without_stock(scenario, here) if here else scenario,
        group=np.array([groups[name] for name in names], dtype=np.int64),
        rows=np.array([row_of[name] for name in names], dtype=np.int64),
    )


def sound_bundles(work: Work, partition: int, product: str | None = None) -> Iterator[Bundle]:
    """The products of each block that are not faulty, in bundles as they are decided; of one product, of its block."""
    for rows, groups, always, faults in _blocks(work, partition):
        if product is not None and product not in groups:
            continue
        scenario, _ = sound_scenario(rows, work.settings, faults)
        if scenario is not None:
            yield _bundle(scenario, rows, groups, always & set(scenario.components["component"]))


def certify_one(work: Work, partition: int, product: str) -> bool:
    """Decide the group of a product once more and let the Pyomo model have the last word; whether it was asked."""
    for bundle in sound_bundles(work, partition, product):
        group = bundle.of(product)
        if group is not None:
            return certify_group(group, work.options)
    return False


def _write(
    out: Path, partition: int, tables: dict[str, list[pa.Table]], rejected: list[Rejected], idle: pd.DataFrame
) -> dict[str, str]:
    """Write the partition's files; name to SHA-256."""
    files: dict[str, str] = {}
    for kind, pieces in tables.items():
        table = pa.concat_tables([_SCHEMAS[kind].empty_table(), *pieces]).combine_chunks()
        if kind == CALENDAR and not len(table):
            continue
        name = f"{kind}/{partition:05d}.parquet"
        _replace(out / name, partial(_write_table, table))
        files[name] = file_sha256(out / name)
    if rejected:
        name = f"{REJECTED}/{partition:05d}.csv"
        _replace(out / name, lambda path: write_rejected(path, rejected))
        files[name] = file_sha256(out / name)
    if len(idle):
        name = f"{NO_DEMAND}/{partition:05d}.csv"
        _replace(out / name, lambda path: write_listed(path, idle))
        files[name] = file_sha256(out / name)
    return files


def _write_table(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd")


def clear_unfinished(out: Path) -> None:
    """Take away what processes that were killed had begun to write; nothing of the run may be writing any more."""
    for kind in (*_SCHEMAS, REJECTED, NO_DEMAND):
        for left in (out / kind).glob(".*"):
            left.unlink(missing_ok=True)


def _replace(target: Path, write: Callable[[Path], None]) -> None:
    """Write under a name of this attempt, force it to the disk, rename it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.{os.getpid()}-{uuid.uuid4().hex[:6]}")
    try:
        write(scratch)
        with scratch.open("rb+") as file:
            os.fsync(file.fileno())
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)
