"""Flips of a run's products, group by group: at which value of an input a strategy changes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.catalog.deciding.groups import Bundle
from engine.catalog.deciding.partition import DECISIONS, Work, sound_bundles
from engine.catalog.intake.source import open_catalogue
from engine.catalog.manifest import LEDGER, Ledger
from engine.catalog.results.finished import drawn, table_of, work_of
from engine.catalog.results.report import read_summary
from engine.errors import EngineError
from engine.evaluate.sensitivity.flips import FlipStatus
from engine.evaluate.sensitivity.inputs import NAMES
from engine.evaluate.sensitivity.thresholds import COLUMNS, Thresholds
from engine.evaluate.sensitivity.thresholds import thresholds as of_scenario
from engine.report.files import read_result
from engine.scenario.settings import nearest
from engine.words.reason import cause, named, quoted

THRESHOLDS = "thresholds"
INPUTS = ("demand_per_week",)
# Products that are looked at where none are named: those whose second best strategy is nearest.
MOST = 100
GAP = 1e-4
_NAMED = 3


def thresholds_of_run(
    run: str | Path, catalogue: str | Path, *, products: Sequence[str] = (), inputs: Sequence[str] = INPUTS,
    most: int = MOST, gap: float = GAP, log: Callable[[str], None] = lambda _: None,
) -> Thresholds:  # fmt: skip
    """Find flips as `engine.evaluate.sensitivity.thresholds.thresholds` does, of each product with its group alone.

    Parameters
    ----------
    run : str or Path
        Folder of a complete batch run.
    catalogue : str or Path
        That it was made from.
    products : sequence of str
        By default those whose second best strategy costs least more, as a share of what they cost.
    inputs : sequence of str
    most : int
        Products that are looked at where none are named.
    gap : float
        Relative gap to which groups are decided.
    log : callable
        Takes a line of progress.

    Raises
    ------
    EngineError
        Where the run is not complete or of another catalogue, or a name is unknown.
    """
    began = time.perf_counter()
    for name in inputs:
        if name not in NAMES:
            raise EngineError(cause("name_none", what=cause("an_input"), name=name, near=nearest(name, list(NAMES))))
    folder, opened = Path(run), open_catalogue(catalogue)
    made, work = read_summary(folder), work_of(folder, opened)
    partitions = sorted(Ledger(folder / LEDGER).read())
    chosen = _chosen(folder, partitions, products, most)
    tables: list[pd.DataFrame] = []
    done, left_out, other, decisions = 0, 0, 0, 0
    for part, product, strategy in _groups(work, partitions, chosen):
        if len(part.scenario.products) > work.options.moved_group:
            left_out += 1
            continue
        samples, seed = drawn(work)
        found = of_scenario(part.scenario, products=[product], inputs=inputs, gap=gap, samples=samples, seed=seed)
        decisions += int(found.summary["decisions"])
        # Closed forms and samples part where two strategies cost the same.
        if (found.table["strategy"] == strategy).all():
            tables.append(found.table)
        else:
            other += 1
        done += 1
        log(f"{product}: {done} of {len(chosen)} products")
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
    summary: dict[str, Any] = {
        "scenario": made["scenario"], "currency": made["currency"], "status": "solved",
        "products_done": done, "products_asked": len(chosen), "groups_too_large": left_out, "other_strategy": other,
        "counts": {status.value: int((table["status"] == status.value).sum()) for status in FlipStatus},
        "decisions": decisions, "gap": gap, "samples": drawn(work)[0], "seed": drawn(work)[1],
        "seconds": round(time.perf_counter() - began, 3), "input_sha256": made["input_sha256"],
    }  # fmt: skip
    return Thresholds(table=table, summary=summary)


def read_thresholds(folder: Path, run: Path) -> pd.DataFrame:
    """The flips that a folder holds of a run.

    Raises
    ------
    EngineError
        Where it holds none, or those of other data.
    """
    path, summary = folder / f"{THRESHOLDS}.csv", folder / "summary.json"
    if not path.is_file():
        raise EngineError(cause("evidence_none", folder=str(folder)))
    try:
        table, about = read_result(path), json.loads(summary.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError(cause("path_unreadable", path=str(folder), error=quoted(str(error)))) from error
    if about.get("input_sha256") != read_summary(run)["input_sha256"]:
        raise EngineError(cause("flips_other", folder=str(folder)))
    return table


def _chosen(folder: Path, partitions: list[int], products: Sequence[str], most: int) -> dict[int, dict[str, str]]:
    """Products and their strategies by partition."""
    columns = ["product", "strategy", "expected_cost_per_year", "regret_per_year"]
    read = {number: table_of(folder, DECISIONS, number, columns).to_pandas() for number in partitions}
    every = pd.concat([table.assign(partition=number) for number, table in read.items()], ignore_index=True)
    if products:
        strange = sorted(set(products) - set(every["product"]))
        if strange:
            raise EngineError(cause("run_no_products", names=named(strange, _NAMED)))
        every = every[every["product"].isin(list(products))]
    else:
        share = every["regret_per_year"] / np.maximum(every["expected_cost_per_year"].abs(), 1e-9)
        every = every[share.notna()].assign(share=share).nsmallest(most, "share")
    return {
        number: dict(zip(rows["product"].astype(str), rows["strategy"].astype(str), strict=True))
        for number, rows in ((int(str(key)), rows) for key, rows in every.groupby("partition"))
    }


def _groups(
    work: Work, partitions: list[int], chosen: dict[int, dict[str, str]]
) -> Iterator[tuple[Bundle, str, str]]:
    """The group of each product that was chosen, with the strategy that the run gave it."""
    for number in partitions:
        left = dict(chosen.get(number, {}))
        for bundle in sound_bundles(work, number) if left else ():
            for product in [name for name in bundle.scenario.products["product"].astype(str) if name in left]:
                part = bundle.of(product)
                if part is not None:
                    yield part, product, left.pop(product)
