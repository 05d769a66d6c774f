"""A run that is complete, as what comes after it reads it: its layout, its tables, what it was drawn with."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engine.catalog.deciding.partition import Work
from engine.catalog.intake.source import Catalogue
from engine.catalog.intake.staging import PLAN
from engine.catalog.manifest import MANIFEST, differences, identity
from engine.catalog.options import BatchOptions
from engine.errors import EngineError
from engine.words.reason import cause, quoted


def work_of(folder: Path, catalogue: Catalogue) -> Work:
    """How a run's partitions are read; it has to be of this catalogue, whatever versions it was made with.

    Raises
    ------
    EngineError
        Where the run is of another catalogue, or its layout is gone.
    """
    try:
        made = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        plan = json.loads((folder / PLAN / "plan.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise EngineError(cause("batch_gone", path=str(error.filename))) from error
    except (OSError, ValueError) as error:
        raise EngineError(cause("path_unreadable", path=str(folder), error=quoted(str(error)))) from error
    options = BatchOptions(**made["options"])
    now = identity(catalogue, options)
    if changed := differences({**made, "versions": {}}, {**now, "versions": {}}):
        head = cause("run_of_other_data", folder=str(folder))
        raise EngineError(cause("listed", head=head, faults=changed))
    return Work(out=str(folder.resolve()), settings=catalogue.settings, options=options, text=dict(plan["text"]))


def drawn(work: Work) -> tuple[int, int]:
    """Samples and seed."""
    options, settings = work.options, work.settings
    return options.samples or settings.samples, settings.seed if options.seed is None else options.seed


def table_of(folder: Path, kind: str, number: int, columns: list[str]) -> pa.Table:
    """Some columns of a partition's table.

    Raises
    ------
    EngineError
        Where it cannot be read.
    """
    path = folder / kind / f"{number:05d}.parquet"
    try:
        return pq.read_table(path, columns=columns)
    except (pa.ArrowException, OSError) as error:
        why = cause("batch_part", path=str(path), error=quoted(str(error)))
        raise EngineError(why) from error
