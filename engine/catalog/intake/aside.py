"""What a run lists beside its decisions: products without demand, and warnings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.catalog.intake.source import ROW
from engine.catalog.manifest import Receipt
from engine.errors import Fault
from engine.notices import Notice, at_most, notice_of
from engine.scenario.files.formulas import escaped_table
from engine.scenario.locks import end_of_lock, locks_in
from engine.scenario.no_demand import COLUMNS_TOLD, STATUS, without_demand

NO_DEMAND, WARNINGS, LOCKS = "no_demand", "warnings", "locks"
_LINES = ("bom", "routing")


def split_idle(
    frames: dict[str, pd.DataFrame], faults: list[Fault]
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, list[Fault]]:
    """Rows without the products that have no demand, those products as they are listed, and the faults that are left.

    A product with a faulty cell stays, so that it is rejected with its reason.

    Parameters
    ----------
    frames : dict of str to DataFrame
        products, bom and routing, with `_row`.
    faults : list of Fault
    """
    goods = frames["products"]
    faulty = {fault.row for fault in faults if fault.file.split(".")[0] == "products"}
    idle = without_demand(goods, None) & ~goods[ROW].isin(faulty).to_numpy(dtype=bool)
    listed = pd.DataFrame(
        {
            "product": goods.loc[idle, "product"], "name": goods.loc[idle, "name"],
            "stock_on_hand": goods.loc[idle, "stock_on_hand"],
            "inventory_value": goods.loc[idle, "stock_on_hand"] * goods.loc[idle, "unit_cost"], "status": STATUS,
        }
    )[list(COLUMNS_TOLD)]  # fmt: skip
    if not idle.any():
        return frames, listed, faults
    names = set(goods.loc[idle, "product"])
    remaining = {"products": goods[~idle].reset_index(drop=True)}
    gone: set[tuple[str, int]] = set()
    for table in _LINES:
        theirs = frames[table]["product"].isin(names).to_numpy(dtype=bool)
        gone |= {(table, int(row)) for row in frames[table].loc[theirs, ROW]}
        remaining[table] = frames[table][~theirs].reset_index(drop=True)
    kept = [fault for fault in faults if (fault.file.split(".")[0], fault.row) not in gone]
    return remaining, listed, kept


def write_listed(path: Path, listed: pd.DataFrame) -> None:
    """Write products without demand, sorted."""
    ordered = listed.sort_values("product", kind="stable")
    escaped_table(ordered).to_csv(path, index=False, lineterminator="\n")


def merge_listed(paths: Sequence[Path], out: Path) -> int:
    """All products without demand of several files in one, which is not there where there are none; how many."""
    frames = [pd.read_csv(path, dtype=str, keep_default_na=False) for path in paths]
    if not frames:
        out.unlink(missing_ok=True)
        return 0
    whole = pd.concat(frames, ignore_index=True).sort_values("product", kind="stable")
    whole.to_csv(out, index=False, lineterminator="\n")
    return len(whole)


def receipt_notices(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    """Notices as a receipt holds them."""
    return [notice.as_dict() for notice in at_most(notices)]


def lock_ends(goods: pd.DataFrame) -> list[dict[str, Any]]:
    """What is told of each lock with a last day once that has passed, as a receipt holds it: a run knows no day."""
    rows = goods[ROW].tolist()
    return [end_of_lock(lock, int(rows[lock.record])).as_dict() for lock in locks_in(goods) if lock.until is not None]


def merge_notices(
    first: Iterable[Notice], done: dict[int, Receipt], out: Path, *, today: dt.date | None = None
) -> list[dict[str, object]]:
    """Warnings of the catalogue and of all partitions, written as a table where there are any; as records.

    Of a day also the locks whose last day had passed by then.
    """
    notices = list(first)
    for number in sorted(done):
        notices += [notice_of(said) for said in done[number].get(WARNINGS, [])]
        if today is not None:
            ends = done[number].get(LOCKS, [])
            notices += [notice_of(said) for said in ends if dt.date.fromisoformat(said["values"]["date"]) < today]
    return write_notices(notices, out)


def write_notices(notices: Iterable[Notice], out: Path) -> list[dict[str, object]]:
    """Warnings as a table, which is not there where there are none; as records."""
    told = [notice.as_dict() for notice in at_most(notices)]
    if told:
        table = pd.DataFrame(told).drop(columns="values")
        table["row"] = table["row"].astype("Int64")
        escaped_table(table).to_csv(out, index=False, lineterminator="\n")
    else:
        out.unlink(missing_ok=True)
    return told


def no_rows() -> pd.DataFrame:
    """The list without rows."""
    return pd.DataFrame({name: pd.Series(np.zeros(0), dtype=object) for name in COLUMNS_TOLD})
